"""The wide list: about 49,000 names compiled from FDA's UNII names, kept as text until one is asked for.

Written by hand comes first: nothing here overrules the curated lists, and no misspelling is silently read as
one of these names while a curated one is about as near.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from rapidfuzz import process
from rapidfuzz.distance import OSA

Cells = tuple[str, str, str]
"""Ingredients joined by "|"; how it is a name; the common medicine it may be a misspelling of, or ""."""


@dataclass(frozen=True)
class WideNames:
    """Names by their folded words joined with blanks, in order."""

    rows: Mapping[str, Cells] = field(default_factory=dict)
    ordered: tuple[str, ...] = ()

    @classmethod
    def of(cls, rows: Mapping[str, Cells]) -> WideNames:
        """Put the rows in order, by which what begins alike is found."""
        return cls(rows, tuple(sorted(rows)))

    @cached_property
    def by_letter(self) -> Mapping[str, Mapping[int, tuple[str, ...]]]:
        """Names by first letter and length. Made when a first misspelling is met."""
        return {letter: grouped(its) for letter, its in groupby(self.ordered, key=lambda name: name[0])}

    def beginning(self, typed: str) -> tuple[str, ...]:
        """Names that begin with what was typed."""
        first = bisect_left(self.ordered, typed)
        return self.ordered[first : bisect_left(self.ordered, typed + "\U0010ffff", lo=first)]

    def near(self, typed: str, least: float, limit: int) -> list[tuple[str, float]]:
        """Names of the same first letter at least this similar (0..1), most similar first."""
        return near(typed, self.by_letter.get(typed[:1], {}), least, limit)


def grouped(names: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """Names long enough to be respelled, by length: only those of about its length can be like a word."""
    groups: dict[int, list[str]] = defaultdict(list)
    for name in names:
        if len(name) >= 5:
            groups[len(name)].append(name)
    return {length: tuple(its) for length, its in groups.items()}


def near(
    typed: str, by_length: Mapping[int, Collection[str]], least: float, limit: int
) -> list[tuple[str, float]]:
    """Names at least this similar (0..1: one less the share of letters to change), most similar first."""
    length = len(typed)
    found: list[tuple[str, float]] = []
    for other in range(int(length * least), int(length / least) + 1):
        names = by_length.get(other)
        if names:
            hits = process.extract(
                typed, names, scorer=OSA.normalized_similarity, score_cutoff=least, limit=limit
            )
            found += [(name, similarity) for name, similarity, _ in hits]
    found.sort(key=lambda pair: (-pair[1], pair[0]))
    return found[:limit]
