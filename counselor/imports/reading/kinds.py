"""What a kind of file is: the headers that give it away, what its columns mean, the unit of its readings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from counselor.guidance.profile import Unit

Fields = dict[str, str]
"""One row's columns by our names, as text; a column that is not there is not a key."""


@dataclass(frozen=True)
class Format:
    """One kind of file: which headers give it away, what its columns mean, in which unit its readings are."""

    name: str
    title: str
    signature: frozenset[str]
    columns: Mapping[str, str]
    unit: Callable[[Fields], Unit]
    tidy: Callable[[Fields], None]
    known_unused: frozenset[str] = field(default_factory=frozenset)
    twins_at_source: bool = False
    """The publisher is known to repeat one potency column in others: few rows are proof enough."""
    percent_round_trip: bool = False
    """Files of this kind went through a spreadsheet that turned 35.10 into "3510.00%"."""
    one_analyte_a_row: bool = False
    one_of: tuple[frozenset[str], ...] = ()
    """Beside the signature: of each of these sets of names for one column, one must be there."""
    readings: Mapping[str, tuple[str, Unit | None]] = field(default_factory=dict)
    """Reading columns that a manager named, by plain header; they come before what the header itself says."""
    twice_is_crawled: bool = False
    """The same product stands in several rows because a shop's menu was read several times."""
