"""Reading medicine lists as people say them: "Klonopin .5 twice a day for the jerks, oxys".

Exact names first, longest first; then known misspellings; then a spelling that wins clearly. What stays
unclear is handed back with its nearest names and is *not checked*: it never counts as harmless.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .small_words import CHATTER, ENDED, NOT_TAKEN
from .words import WORD, fold, singular

LONGEST_NAME = 7

SAID_NONE = re.compile(
    r"^(none|nil|no|nothing|n/?a|zero|not any|"
    r"no (other )?(medicines?|medications?|meds?|drugs|pills|prescriptions?)( at all)?|"
    r"nothing (else|at all|currently|regular)|not (taking|on) (anything|any.*)|"
    r"does ?nt take (anything|any.*)|none (currently|at all|known))$"
)
LOCAL_FORMS = re.compile(
    r"\b(cream|ointment|eye ?drops?|ear ?drops?|drops? (for|in) (the |my |his |her )?(eyes?|ears?)|"
    r"lotion|shampoo|topical(ly)?|nail lacquer|foam|mouthwash)\b"
)
LONG_AGO = re.compile(
    r"\b((\d+|two|three|four|five|six|several|many|a few|few|couple of) (months|years|decades)|"
    r"a year|years) (ago|back)\b"
)


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


@dataclass(frozen=True)
class Medicines:
    """The vocabulary, indexed by the words of each name."""

    names: Mapping[tuple[str, ...], MedicineName]
    ingredients: Mapping[str, Ingredient]
    misspellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sound_alikes: frozenset[frozenset[tuple[str, ...]]] = frozenset()
    spoken: tuple[str, ...] = ()
    first_words: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        ingredients: Iterable[Ingredient],
        names: Iterable[MedicineName],
        misspellings: Iterable[tuple[str, str]] = (),
        sound_alikes: Iterable[tuple[str, str]] = (),
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
        return cls(index, by_ingredient, wrong, pairs, spoken, words)

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

    def read(self, line: str) -> MedicineList:
        """Read one entry, which may hold several medicines."""
        if SAID_NONE.match(" ".join(fold(line).replace(".", " ").split())):
            return MedicineList(said_none=True)
        medicines: list[Medicine] = []
        unread: list[UnreadMedicine] = []
        for part in _parts(line):
            self._read_part(part, line, medicines, unread)
        return MedicineList(tuple(medicines), tuple(unread))

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

    def _read_part(
        self, part: str, line: str, medicines: list[Medicine], unread: list[UnreadMedicine]
    ) -> None:
        plain = fold(part)
        spans = [match.span() for match in WORD.finditer(plain)]
        words = [plain[a:b] for a, b in spans]
        if not words:
            if part.strip():
                unread.append(UnreadMedicine(part.strip(), ()))
            return
        hits, loose = self._scan(words)
        source = part if len(part) == len(plain) else plain
        unsure: list[tuple[int, int, tuple[str, ...]]] = []
        for start, end in loose:
            if _is_reason(words, start, hits):
                continue
            name, nearest = self._spell(words[start:end])
            if name is not None:
                hits.append((start, end, name, "spelling"))
            else:
                unsure += self._spell_apart(words, start, end, hits, nearest)
        hits.sort(key=lambda hit: hit[0])
        local = bool(LOCAL_FORMS.search(plain))
        for i, (start, end, name, how) in enumerate(hits):
            if len(hits) == 1 and not unsure:
                said = part.strip()
            else:
                stop = hits[i + 1][0] if i + 1 < len(hits) else len(words)
                stop = min([stop, *(a for a, _, _ in unsure if a >= end)])
                said = _trim(
                    source[spans[start][0] : spans[stop - 1][1]], source[spans[start][0] : spans[end - 1][1]]
                )
            medicines.append(
                self._medicine(said, line, name, how, local=local, denied=_is_denied(words, start, plain))
            )
        if not hits:
            unsure = _joined(words, unsure)
        for start, end, nearest in unsure:
            said = (
                part.strip() if not hits and len(unsure) == 1 else source[spans[start][0] : spans[end - 1][1]]
            )
            unread.append(UnreadMedicine(said.strip(), nearest))
        if not hits and not unsure:
            unread.append(UnreadMedicine(part.strip(), ()))

    def _medicine(
        self, said: str, line: str, name: MedicineName, how: str, *, local: bool, denied: bool
    ) -> Medicine:
        known = [self.ingredients[i] for i in name.ingredients if i in self.ingredients]
        applied = bool(known) and (local or name.local or not any(i.systemic for i in known))
        classes = () if applied else tuple(sorted({*name.classes, *self.classes_of(name.ingredients)}))
        return Medicine(said, line, tuple(sorted(name.ingredients)), classes, how, denied, applied)

    def _scan(
        self, words: list[str]
    ) -> tuple[list[tuple[int, int, MedicineName, str]], list[tuple[int, int]]]:
        """Exact names, longest first; and the runs of words that are neither name nor chatter."""
        hits: list[tuple[int, int, MedicineName, str]] = []
        loose: list[tuple[int, int]] = []
        at = 0
        while at < len(words):
            length, name, how = self._longest(words, at)
            if name is not None:
                hits.append((at, at + length, name, how))
                at += length
            elif words[at] in CHATTER or words[at] in NOT_TAKEN | ENDED or _is_amount(words[at]):
                at += 1
            else:
                if loose and loose[-1][1] == at:
                    loose[-1] = (loose[-1][0], at + 1)
                else:
                    loose.append((at, at + 1))
                at += 1
        return hits, loose

    def _longest(self, words: list[str], at: int) -> tuple[int, MedicineName | None, str]:
        for length in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            piece = tuple(words[at : at + length])
            if length == 1 and (piece[0] in CHATTER or len(piece[0]) < 2):
                return 0, None, ""
            name = self.names.get(piece) or self.names.get(tuple(singular(word) for word in piece))
            if name is not None:
                return length, name, name.how
            right = self.misspellings.get(" ".join(piece))
            if right is not None:
                return length, self.names[right], "spelling"
        return 0, None, ""

    def _spell_apart(
        self,
        words: list[str],
        start: int,
        end: int,
        hits: list[tuple[int, int, MedicineName, str]],
        nearest: tuple[str, ...],
    ) -> list[tuple[int, int, tuple[str, ...]]]:
        """A run that is no one name may be several, or a name among chatter we do not know."""
        found = [(i, self._spell(words[i : i + 1])[0]) for i in range(start, end)] if end - start > 1 else []
        named = [(i, name) for i, name in found if name is not None]
        if named:
            hits += [(i, i + 1, name, "spelling") for i, name in named]
            taken = {i for i, _ in named}
            return [
                (i, i + 1, self._spell(words[i : i + 1])[1])
                for i in range(start, end)
                if i not in taken and len(words[i]) > 4
            ]
        if hits and end - start == 1 and len(words[start]) <= 3 and not nearest:
            return []
        return [(start, end, nearest)]

    def _spell(self, words: list[str]) -> tuple[MedicineName | None, tuple[str, ...]]:
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


def _parts(line: str) -> list[str]:
    """Cut at commas, semicolons and line ends, but not inside a number ("0,5 mg", "1,000 units")."""
    return [part for part in re.split(r"[;\n\r\t•|]+|,(?!\d)|(?<!\d),", line) if part.strip(" .-*")]


def _is_amount(word: str) -> bool:
    """ "5mg", "0.5", "12h", "2x", "325"."""
    return bool(
        re.fullmatch(
            r"\d+(?:[.,]\d+)*(?:mg|mcg|ug|g|ml|iu|units?|meq|h|hr|hrs|x|d|am|pm|st|nd|rd|th|er|xr|tabs?|caps?)?",
            word,
        )
    )


def _is_reason(words: list[str], start: int, hits: list[tuple[int, int, MedicineName, str]]) -> bool:
    """In "Klonopin for the jerks" the jerks are why, not what."""
    return any(end <= start and "for" in words[end:start] for _, end, _, _ in hits)


def _joined(
    words: list[str], runs: list[tuple[int, int, tuple[str, ...]]]
) -> list[tuple[int, int, tuple[str, ...]]]:
    """ "blue pill for nerves" is one thing that nobody knows; only "and" or "plus" parts two."""
    out: list[tuple[int, int, tuple[str, ...]]] = []
    for start, end, nearest in runs:
        if out and not {"and", "plus", "also", "with"} & set(words[out[-1][1] : start]):
            first, _, before = out[-1]
            out[-1] = (first, end, before or nearest)
        else:
            out.append((start, end, nearest))
    return out


def _is_denied(words: list[str], start: int, plain: str) -> bool:
    before = words[max(0, start - 4) : start]
    if any(word in NOT_TAKEN for word in before) or "no longer" in " ".join(before):
        return True
    return bool(LONG_AGO.search(plain)) and bool(set(words) & ENDED or "used to" in plain)


def _trim(text: str, least: str) -> str:
    """Drop a trailing "and", "with" or mark that belongs to what follows."""
    cut = re.sub(r"(?:[\s,&+/-]|\b(?:and|with|plus|also|then)\b)+$", "", text, flags=re.IGNORECASE)
    return cut if len(cut) >= len(least) else least
