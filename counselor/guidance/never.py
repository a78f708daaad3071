"""What lies on the shelf and can be suggested to nobody, and why: money that waits for a fact or an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .advise import advise
from .coverage import BANDS, KINDS, intake_of, kind_of, parts_of, spoken
from .knowledge import Condition, Knowledge
from .shelf import ROUTES, Shelf, ShelfItem


@dataclass(frozen=True, slots=True)
class Never:
    """A batch that no cell of the map shows: its reasons as the engine says them, and their kinds."""

    item: ShelfItem
    reasons: tuple[str, ...]
    kinds: tuple[str, ...]


SETTLED = frozenset(KINDS) - {"concentrate", "condition", "comfort", "other"}
"""Kinds that stand at the widest question whatever the condition: asking for another one changes nothing."""


def never(shelf: Shelf, knowledge: Knowledge, *, on: date) -> tuple[Never, ...]:
    """Every batch that no cell shows, most packages first, with what stands against it at its widest.

    That is regular use, by its own route, for a condition that adds no rule of its own.

    A batch that one cell shows is asked about no more.
    """
    ids = sorted(knowledge.conditions, key=lambda id: (_rules_of(knowledge.conditions[id]), id))
    words = {id: spoken(id, knowledge, on=on) for id in ids if not knowledge.conditions[id].no_product}
    out: list[Never] = []
    for route in dict.fromkeys(item.route for item in shelf.items):
        items = [item for item in shelf.items if item.route == route]
        for part in parts_of(items):
            out += _never_of(part, route, words, knowledge, on=on)
    out.sort(key=lambda one: (-(one.item.stock or 0), one.item.sku, one.item.batch))
    return tuple(out)


def _rules_of(condition: Condition) -> int:
    return sum(map(bool, (condition.exclude, condition.clinician_first, condition.central)))


def _never_of(
    part: Sequence[ShelfItem], route: str, words: dict[str, str], knowledge: Knowledge, *, on: date
) -> Iterator[Never]:
    """Ask on until each batch of the part is shown somewhere or is kept away by something settled."""
    open_ones = {(item.sku, item.batch): item for item in part}
    told: dict[tuple[str, str], tuple[str, ...]] = {}
    lost: list[ShelfItem] = []
    for said in words.values():
        for band in reversed(BANDS):
            if not open_ones:
                break
            ask = intake_of(said, route, band, on=on)
            if route not in ROUTES:
                ask = replace(ask, routes=(), current_use=None)
            advice = advise(ask, Shelf.of(open_ones.values()), knowledge, on=on)
            for suggestion in advice.suggestions:
                open_ones.pop((suggestion.sku, suggestion.batch), None)
            for row in advice.excluded:
                key = (row.sku, row.batch)
                told.setdefault(key, tuple(r for r in row.reasons if not r.startswith(_ROUTE)))
                if key in open_ones and {kind_of(r, open_ones[key], knowledge) for r in told[key]} & SETTLED:
                    lost.append(open_ones.pop(key))
    for item in (*lost, *open_ones.values()):
        reasons = told.get((item.sku, item.batch), ())
        kinds = tuple(dict.fromkeys(kind_of(reason, item, knowledge) for reason in reasons))
        yield Never(item, reasons, tuple(sorted(kinds, key=KINDS.index)) or ("other",))


_ROUTE = ("Smoked is shown only", "Not a route the patient asked for")
"""What the engine says of a route that was not asked for; of a batch without a route it says nothing new."""
