"""Reading medicine lists as people say them: "Klonopin .5 twice a day for the jerks, oxys".

Exact names first, longest first; then known misspellings; then a spelling that wins clearly. What stays
unclear is handed back with its nearest names and is *not checked*: it never counts as harmless.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from rapidfuzz.distance import OSA

from .wide_names import Cells, WideNames, grouped, near
from .words import WORD, fold, singular, sound

WIDE = 4
"""How common a compiled name is: rarer than anything written by hand (1 to 3)."""
BY_USE = {1: 0.06, 2: 0.03, WIDE: -0.03}
"""What being often or rarely used adds to how like a name is (0..1)."""
FAR = 3
"""Slips: a name known to be confused is out of the question so far off, where the other is one slip away."""
LONGEST_SPELLED = 45
"""Letters; what is longer is no name misspelt."""


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
    unassessed: tuple[str, ...] = ()
    """Ingredients of which nobody has judged what they do with cannabis: recognised is not checked."""


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
    """The vocabulary: what was written by hand, indexed by the words of each name, and the wide list."""

    names: Mapping[tuple[str, ...], MedicineName]
    ingredients: Mapping[str, Ingredient]
    misspellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sound_alikes: frozenset[frozenset[tuple[str, ...]]] = frozenset()
    spoken: tuple[str, ...] = ()
    first_words: frozenset[str] = frozenset()
    everyday: frozenset[str] = frozenset()
    wide: WideNames = field(default_factory=WideNames)
    by_length: Mapping[int, Collection[str]] = field(default_factory=dict)
    by_ending: frozenset[str] = frozenset()
    """Ingredients of the wide list alone that a line of stems.csv assesses."""

    @classmethod
    def of(
        cls,
        ingredients: Iterable[Ingredient],
        names: Iterable[MedicineName],
        misspellings: Iterable[tuple[str, str]] = (),
        sound_alikes: Iterable[tuple[str, str]] = (),
        everyday: Iterable[str] = (),
        wide: Mapping[str, Cells] | None = None,
        wide_ingredients: Iterable[Ingredient] = (),
    ) -> Medicines:
        """Index the vocabulary. An ingredient is also a name; a misspelling of no known name is dropped.

        `wide` holds compiled names by their folded words, `wide_ingredients` those of their ingredients that
        were assessed; an ingredient in neither list of ingredients counts as assessed by nobody.
        """
        by_ingredient = {entry.name: entry for entry in ingredients}
        index = {
            _key(e.name): MedicineName(e.name, (e.name,), (), "generic", e.common)
            for e in by_ingredient.values()
        }
        for name in names:
            index.setdefault(_key(name.name), name)
        index.pop((), None)
        by_ending = {e.name: e for e in wide_ingredients if e.name not in by_ingredient}
        wrong = {" ".join(_key(w)): _key(right) for w, right in misspellings if _key(right) in index}
        pairs = frozenset(frozenset({_key(a), _key(b)}) for a, b in sound_alikes)
        spoken = tuple(sorted(" ".join(key) for key in index if len("".join(key)) >= 5))
        words = frozenset(word for key in index for word in key)
        return cls(
            index, by_ingredient | by_ending, wrong, pairs, spoken, words, frozenset(everyday),
            WideNames.of(wide or {}), grouped(spoken), frozenset(by_ending),
        )  # fmt: skip

    @cached_property
    def by_sound(self) -> Mapping[str, tuple[str, ...]]:
        """Single-word names by how they sound. Made when first asked for: most start-ups never need it."""
        found: dict[str, tuple[str, ...]] = {}
        for name in self.spoken:
            if " " not in name:
                heard = sound(name)
                found[heard] = (*found.get(heard, ()), name)
        return found

    def curated(self) -> Medicines:
        """The vocabulary without its wide list."""
        by_hand = {name: entry for name, entry in self.ingredients.items() if name not in self.by_ending}
        return replace(self, ingredients=by_hand, wide=WideNames(), by_ending=frozenset())

    def find(self, text: str) -> MedicineName | None:
        """The medicine that exactly this name means."""
        return self.find_words(_key(text))

    def find_words(self, words: tuple[str, ...]) -> MedicineName | None:
        """The medicine that exactly these folded words mean; a plural counts as its singular."""
        found = self.names.get(words)
        if found is not None:
            return found
        alone = tuple(singular(word) for word in words)
        return self.names.get(alone) or self._wide(" ".join(words)) or self._wide(" ".join(alone))

    def _wide(self, name: str) -> MedicineName | None:
        """A compiled name, unless it may as well be a common medicine misspelt."""
        cells = self.wide.rows.get(name)
        return None if cells is None or cells[2] else _wide_name(name, cells)

    def unassessed(self, ingredients: Iterable[str]) -> tuple[str, ...]:
        """Those of which nobody has judged what they do with cannabis."""
        return tuple(sorted(name for name in ingredients if name not in self.ingredients))

    def classes_of(self, ingredients: Iterable[str]) -> tuple[str, ...]:
        """Classes of all these ingredients, each once, in a fixed order."""
        found = {
            c for name in ingredients if name in self.ingredients for c in self.ingredients[name].classes
        }
        return tuple(sorted(found))

    def suggest(self, text: str, limit: int = 8) -> list[MedicineName]:
        """Names for type-ahead: those that begin so first, common ones before rare; then what sounds so."""
        typed = " ".join(_key(text))
        if not typed:
            return []
        begins = sorted(map(self._entry, self._beginning(typed)), key=_by_use)
        found = begins[:limit]
        if len(found) < limit and len(typed) >= 3:
            rare = sorted(self.wide.beginning(typed), key=lambda n: (len(n), n))
            found += [_wide_name(name, self.wide.rows[name]) for name in rare[: limit - len(found)]]
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
        doubtful = self.wide.rows.get(typed)
        if doubtful is not None and doubtful[2]:
            return None, (doubtful[2], typed)
        if not 5 <= len(joined) <= LONGEST_SPELLED:
            return None, ()
        ranked = self._near(typed)
        nearest = tuple(entry.name for entry, _ in ranked[:5])
        clear = self._clear_winner(typed, len(joined), ranked)
        if clear is None and len(words) == 1:
            clear = self._alike_in_sound(typed, ranked)
        return (clear, ()) if clear is not None else (None, nearest)

    def _clear_winner(
        self, typed: str, letters: int, ranked: list[tuple[MedicineName, float]]
    ) -> MedicineName | None:
        """The nearest name, where it is near enough and no other comes close."""
        if not ranked:
            return None
        (best, score), rest = ranked[0], ranked[1:]
        spoken = " ".join(_key(best.name))
        slips = OSA.distance(typed, spoken)
        begins = letters >= 7 and spoken.startswith(typed)
        if not begins and (slips > max(1, letters // 4) or score < 0.78):
            return None
        for other, other_score in rest:
            if slips <= 1 and _adds_to(other, best, typed):
                continue  # "bisoprolo" is bisoprolol; its combinations would have been said
            if best.common >= 3 > other.common and (best.common == WIDE or score - other_score < 0.18):
                return None  # "advare" is no Advate while Advair is nearly as near
            if score - other_score < 0.06:
                return None
            pair = frozenset({_key(best.name), _key(other.name)})
            confused = pair in self.sound_alikes and score - other_score < 0.255
            if confused and (slips > 1 or OSA.distance(typed, " ".join(_key(other.name))) < FAR):
                return None
        return best

    def _alike_in_sound(self, typed: str, ranked: list[tuple[MedicineName, float]]) -> MedicineName | None:
        """The one common medicine that sounds just so ("celeksa"), where nothing is nearer in letters.

        Only within two thirds of its letters, and never between two names that are known to be confused.
        """
        alike = [self._entry(name) for name in self.by_sound.get(sound(typed), ())]
        if len({(entry.ingredients, entry.classes) for entry in alike}) != 1 or alike[0].common > 2:
            return None
        best = alike[0]
        letters = OSA.normalized_similarity(typed, " ".join(_key(best.name)))
        for other, _ in ranked:
            if other.ingredients == best.ingredients:
                continue
            if OSA.normalized_similarity(typed, " ".join(_key(other.name))) >= letters:
                return None
            if frozenset({_key(best.name), _key(other.name)}) in self.sound_alikes:
                return None
        return best if letters >= 0.66 else None

    def _near(self, typed: str) -> list[tuple[MedicineName, float]]:
        """Names like this one, best first, one for each meaning.

        Common medicines and the same first letter count a little: distance alone takes "xanex" for Banex.
        """
        scored = dict(near(typed, self.by_length, 0.66, 25))
        if len(typed) >= 6:
            scored |= {name: max(0.9, scored.get(name, 0)) for name in self._beginning(typed)}
        entries = [(name, similarity, self._entry(name)) for name, similarity in scored.items()]
        entries += [
            (name, similarity, _wide_name(name, self.wide.rows[name]))
            for name, similarity in self.wide.near(typed, 0.8, 10)
        ]
        best: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[float, MedicineName]] = {}
        for name, similarity, entry in sorted(entries, key=lambda row: row[0]):
            score = similarity + BY_USE.get(entry.common, 0.0) + (0.03 if name[0] == typed[0] else -0.05)
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


def _wide_name(name: str, cells: Cells) -> MedicineName:
    return MedicineName(name, tuple(cells[0].split("|")), (), cells[1], WIDE)


def _by_use(entry: MedicineName) -> tuple[int, int, int, str]:
    """Order of type-ahead: common before rare, generic names before brands, short before long."""
    kind = {"generic": 0, "brand": 1}.get(entry.how, 2)
    return entry.common, kind, len(entry.name), entry.name


def _adds_to(other: MedicineName, best: MedicineName, typed: str) -> bool:
    """Whether one name is the other's combination with something more that nobody typed."""
    return set(other.ingredients) > set(best.ingredients) and " ".join(_key(other.name)).startswith(
        typed[:-1]
    )


def _key(name: str) -> tuple[str, ...]:
    return tuple(match.group() for match in WORD.finditer(fold(name)))
