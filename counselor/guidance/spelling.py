"""Slips of the pen: which listed words are one, and which word a slip stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .words import words_of

SHORTEST = 5
"""Shorter words are never respelled: too many others lie near."""
_ENDINGS = words_of("y ic ia ie e a al ed es er ing ical ism s ies us sy tic sed zed") | {""}
_SPANISH = words_of("de la el con dolor calambre esclerosis lesion")


def nearest(word: str, vocabulary: Sequence[str], named: Mapping[str, Collection[str]]) -> str:
    """The one vocabulary word within a slip of the finger; the word itself where none or several are.

    `named`: the ids that phrases with a word name. Several that name one thing in common are no doubt, and the
    one used most is taken.
    """
    allowed = 1 if len(word) < 8 else 2
    found = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=allowed, limit=6)
    if not found:
        return word
    least = min(distance for _, distance, _ in found)
    near = [candidate for candidate, distance, _ in found if distance == least]
    common = set(named.get(near[0], ())).intersection(*(named.get(one, ()) for one in near[1:]))
    if len(near) > 1 and not common:
        return word
    return max(near, key=lambda one: (len(named.get(one, ())), one))


def slips(phrases: Iterable[Sequence[str]]) -> frozenset[str]:
    """Of the words in one entry's phrases those that are a common misspelling of another of its words.

    Two endings of one stem ("neuropathy", "neuropathic") are no slip, nor is the Spanish of it.
    """
    english = [phrase for phrase in phrases if not _SPANISH.intersection(phrase)]
    counts = Counter(word for phrase in english for word in phrase if len(word) > SHORTEST)
    out = set()
    for word, count in counts.items():
        for right, more in counts.items():
            near = more > count and OSA.distance(word, right, score_cutoff=2) <= 2
            if near and not _same_stem(word, right):
                out.add(word)
                break
    return frozenset(out)


def _same_stem(one: str, other: str) -> bool:
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return one[shared:] in _ENDINGS and other[shared:] in _ENDINGS
