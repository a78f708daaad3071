"""Reading medicine lists as people say them: "Klonopin .5 twice a day for the jerks, oxys".

Exact names first, longest first; then known misspellings; then a spelling that wins clearly. What stays
unclear is handed back with its nearest names and is *not checked*: it never counts as harmless.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .words import WORD, fold, singular


@dataclass(frozen=True, slots=True)
class MedicineName:
    """A name people use: `how` is generic, brand, synonym or class."""

    name: str
    ingredients: tuple[str, ...]
    classes: tuple[str, ...]
    how: str
    common: int = 3
    local: bool = False


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An active substance and its classes. `systemic`: it can reach the blood; `common`: how widely used."""

    name: str
    classes: tuple[str, ...]
    systemic: bool = True
    common: int = 3


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine as said and as understood. `local`: on skin, eye or ear, so not checked for the blood."""

    said: str
    line: str
    ingredients: tuple[str, ...]
    classes: tuple[str, ...]
    how: str
    denied: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class UnreadMedicine:
    """A name nobody could identify, with the known names most like it, best first."""

    said: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MedicineList:
    """What one entry held. `said_none`: it says in so many words that nothing is taken."""

    medicines: tuple[Medicine, ...] = ()
    unread: tuple[UnreadMedicine, ...] = ()
    said_none: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Medicines:
    """The vocabulary, indexed by the words of each name."""

    names: Mapping[tuple[str, ...], MedicineName]
    ingredients: Mapping[str, Ingredient]
    misspellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sound_alikes: frozenset[frozenset[tuple[str, ...]]] = frozenset()
    spoken: tuple[str, ...] = ()
    first_words: frozenset[str] = frozenset()
    everyday: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        ingredients: Iterable[Ingredient],
        names: Iterable[MedicineName],
        misspellings: Iterable[tuple[str, str]] = (),
        sound_alikes: Iterable[tuple[str, str]] = (),
        everyday: Iterable[str] = (),
    ) -> Medicines:
        """Index the vocabulary. An ingredient is also a name; a misspelling of no known name is dropped."""
        by_ingredient = {entry.name: entry for entry in ingredients}
        index = {
            _key(e.name): MedicineName(e.name, (e.name,), (), "generic", e.common)
            for e in by_ingredient.values()
        }
        for name in names:
            index.setdefault(_key(name.name), name)
        index.pop((), None)
        wrong = {" ".join(_key(w)): _key(right) for w, right in misspellings if _key(right) in index}
        pairs = frozenset(frozenset({_key(a), _key(b)}) for a, b in sound_alikes)
        spoken = tuple(sorted(" ".join(key) for key in index if len("".join(key)) >= 5))
        words = frozenset(word for key in index for word in key)
        return cls(index, by_ingredient, wrong, pairs, spoken, words, frozenset(everyday))

    def find(self, text: str) -> MedicineName | None:
        """The medicine that exactly this name means."""
        key = _key(text)
        return self.names.get(key) or self.names.get(tuple(singular(word) for word in key))

    def classes_of(self, ingredients: Iterable[str]) -> tuple[str, ...]:
        """Classes of all these ingredients, each once, in a fixed order."""
        found = {
            c for name in ingredients if name in self.ingredients for c in self.ingredients[name].classes
        }
        return tuple(sorted(found))

    def suggest(self, text: str, limit: int = 8) -> list[MedicineName]:
        """Names for type-ahead: those that begin so first, then those that sound so."""
        typed = " ".join(_key(text))
        if not typed:
            return []
        begins = sorted(self._beginning(typed), key=lambda n: (self._entry(n).common, len(n), n))
        found = [self._entry(name) for name in begins[:limit]]
        if len(found) < limit and len(typed) >= 4:
            found += [entry for entry, _ in self._near(typed) if entry not in found]
        return found[:limit]

    def spell(self, words: list[str]) -> tuple[MedicineName | None, tuple[str, ...]]:
        """The name these words clearly mean, or None with up to five that are near."""
        typed = " ".join(words)
        joined = "".join(words)
        for way in (typed, joined):
            key = self.misspellings.get(way) or ((way,) if (way,) in self.names else None)
            if key is not None:
                return self.names[key], ()
        if len(joined) < 5:
            return None, ()
        ranked = self._near(typed)
        if not ranked:
            return None, ()
        nearest = tuple(entry.name for entry, _ in ranked[:5])
        (best, score), rest = ranked[0], ranked[1:]
        slips = OSA.distance(typed, " ".join(_key(best.name)))
        begins = len(joined) >= 7 and " ".join(_key(best.name)).startswith(typed)
        if not begins and (slips > max(1, len(joined) // 4) or score < 0.78):
            return None, nearest
        for other, other_score in rest:
            pair = frozenset({_key(best.name), _key(other.name)})
            if score - other_score < 0.06 or (pair in self.sound_alikes and score - other_score < 0.2):
                return None, nearest
        return best, ()

    def _near(self, typed: str) -> list[tuple[MedicineName, float]]:
        """Names like this one, best first, one for each meaning.

        Common medicines and the same first letter count a little: distance alone takes "xanex" for Banex.
        """
        hits = process.extract(
            typed, self.spoken, scorer=OSA.normalized_similarity, score_cutoff=0.66, limit=25
        )
        scored = {name: similarity for name, similarity, _ in hits}
        if len(typed) >= 6:
            scored |= {name: max(0.9, scored.get(name, 0)) for name in self._beginning(typed)}
        best: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[float, MedicineName]] = {}
        for name, similarity in sorted(scored.items()):
            entry = self._entry(name)
            score = (
                similarity
                + {1: 0.06, 2: 0.03}.get(entry.common, 0.0)
                + (0.03 if name[0] == typed[0] else -0.05)
            )
            meaning = (entry.ingredients, entry.classes)
            if meaning not in best or score > best[meaning][0]:
                best[meaning] = (score, entry)
        ordered = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].name))
        return [(entry, score) for score, entry in ordered]

    def _beginning(self, typed: str) -> tuple[str, ...]:
        """Names that begin with what was typed; `spoken` is sorted, so they stand together."""
        first = bisect_left(self.spoken, typed)
        return self.spoken[first : bisect_left(self.spoken, typed + "\U0010ffff", lo=first)]

    def _entry(self, spoken: str) -> MedicineName:
        return self.names[tuple(spoken.split())]


def _key(name: str) -> tuple[str, ...]:
    return tuple(match.group() for match in WORD.finditer(fold(name)))
