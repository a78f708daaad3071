"""Slips of the pen: which listed words are one, and which word a slip stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .words import words_of

SHORTEST = 5
"""Shorter words are never respelled: too many others lie near."""
_ENDINGS = words_of("y ic ia ie e a al ed es er ing ical ism s ies us sy tic sed zed") | {""}
_SPANISH = words_of("de la el con dolor calambre esclerosis lesion")


class Speller:
    """Finds the word that a slip of the finger stands for. Remembers what it was asked."""

    REMEMBERS = 20_000

    def __init__(self, named: Mapping[str, frozenset[str]]) -> None:
        self.named = named
        """Each known word with the ids that its phrases name."""
        self.by_length: dict[int, list[str]] = {}
        for word in sorted(named):
            if len(word) >= SHORTEST:
                self.by_length.setdefault(len(word), []).append(word)
        self.found: dict[str, str] = {}

    def nearest(self, word: str) -> str:
        """The one known word within a slip of `word`; `word` itself where none or several are.

        Several that name one thing in common are no doubt, and the one used most is taken.
        """
        if word not in self.found:
            if len(self.found) >= self.REMEMBERS:
                self.found.clear()
            self.found[word] = self._search(word)
        return self.found[word]

    def _search(self, word: str) -> str:
        allowed = 1 if len(word) < 8 else 2
        near: list[str] = []
        least = allowed + 1
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for candidate, distance, _ in process.extract(
                word, self.by_length.get(length, ()), scorer=OSA.distance, score_cutoff=allowed, limit=6
            ):
                if distance < least:
                    near, least = [candidate], int(distance)
                elif distance == least:
                    near.append(candidate)
        if not near:
            return word
        common = frozenset.intersection(*(self.named[one] for one in near))
        if len(near) > 1 and not common:
            return word
        return max(near, key=lambda one: (len(self.named[one]), one))


def slips(phrases: Iterable[Sequence[str]]) -> frozenset[str]:
    """Of the words in one entry's phrases those that are a common misspelling of another of its words.

    Two endings of one stem ("neuropathy", "neuropathic") are no slip, nor is the Spanish of it.
    """
    english = [phrase for phrase in phrases if not _SPANISH.intersection(phrase)]
    counts = Counter(word for phrase in english for word in phrase if len(word) >= SHORTEST)
    out = set()
    for word, count in counts.items():
        for right, more in counts.items():
            allowed = 2 if len(word) > SHORTEST else 1
            near = more > count and OSA.distance(word, right, score_cutoff=allowed) <= allowed
            if near and word[0] == right[0] and not _same_stem(word, right):
                out.add(word)
                break
    return frozenset(out)


def _same_stem(one: str, other: str) -> bool:
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return one[shared:] in _ENDINGS and other[shared:] in _ENDINGS
