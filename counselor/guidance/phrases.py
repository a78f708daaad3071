"""Reading what was said: known phrases in free text, denied or past or dated.

Nothing is dropped silently: each part of an entry either becomes a `Mention` or stays as `unread` text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from .small_words import (
    BETWEEN,
    DENIES,
    DENIES_WIDELY,
    ENDS_CLAUSE,
    FILLER,
    FLARES,
    PAST,
    RECENT,
    RELATIVES,
    SINCE,
)
from .words import WORD, fold, fold_in_place, singular

LONGEST_PHRASE = 9

NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "couple": 2, "few": 3, "several": 4, "many": 10,
}  # fmt: skip
UNIT_DAYS = {
    "hour": 0,
    "day": 1,
    "night": 1,
    "week": 7,
    "month": 30,
    "year": 365,
    "yr": 365,
    "wk": 7,
    "mo": 30,
    "decade": 3650,
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A known phrase in an entry. `days_ago` where a time was said; else `past` and `recent` by its words."""

    id: str
    start: int
    denied: bool = False
    past: bool = False
    recent: bool = False
    days_ago: int | None = None
    respelled: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """All that one entry gave: what was understood, and the parts that were not."""

    mentions: tuple[Mention, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class Phrases:
    """Every phrase that names a term, by its stems, with patterns for what is said in many ways."""

    exact: Mapping[tuple[str, ...], str]
    symptoms: frozenset[str] = frozenset()
    patterns: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = ()
    vocabulary: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(
        cls,
        named: Iterable[tuple[str, str]],
        patterns: Iterable[tuple[str, tuple[str, ...]]] = (),
        symptoms: Iterable[str] = (),
    ) -> Phrases:
        """Index `(phrase, id)` pairs and `(id, parts)` patterns; people deny `symptoms` (ids) in lists."""
        exact = {tuple(_stems(phrase)): id for phrase, id in named}
        exact.pop((), None)
        compiled = tuple((id, tuple(_compile(part) for part in parts)) for id, parts in patterns)
        words = frozenset(word for phrase in exact for word in phrase)
        return cls(exact, frozenset(symptoms), compiled, words)

    def find(self, text: str) -> str | None:
        """The id that exactly this phrase names."""
        return self.exact.get(tuple(_stems(text)))

    def understand(self, text: str, *, year: int) -> Heard | None:
        """What an entry says, if it says nothing beside known phrases; None where a word is left over."""
        words = _Words(text, year)
        found = self._scan(words.stems)
        taken = {i for start, end, _ in found for i in range(start, end)}
        if not found or any(i not in taken and words.is_content(i) for i in range(len(words.stems))):
            return None
        return self.hear(text, year=year)

    def patterns_in(self, text: str, ids: Collection[str], *, year: int) -> list[Mention]:
        """Of these ids those whose pattern the text holds; for sentences read for something else too."""
        words = _Words(text, year)
        clause = " ".join(words.stems)
        return [
            words.mention(id, 0, len(words.stems), in_lists=False, whole_clause=True)
            for id, parts in self.patterns
            if id in ids and all(part.search(clause) for part in parts)
        ]

    def hear(self, text: str, *, year: int, known: frozenset[str] = frozenset()) -> Heard:
        """Read one entry in the given year. `known` words (of medicines, say) are never respelled."""
        words = _Words(_spelled_out(text), year)
        found = self._scan(words.stems)
        respelled: set[int] = set()
        if not found or words.has_content_outside(found):
            corrected = [self._respell(word, known) for word in words.stems]
            if corrected != words.stems:
                again = self._scan(corrected)
                if _covered(again) > _covered(found):
                    respelled = {i for i, word in enumerate(words.stems) if corrected[i] != word}
                    found = again
        mentions = [
            words.mention(
                id,
                start,
                end,
                in_lists=id in self.symptoms,
                respelled=any(i in respelled for i in range(start, end)),
            )
            for start, end, id in found
        ]
        heard = {mention.id for mention in mentions}
        for clause_start, clause_end in words.clauses():
            clause = " ".join(words.stems[clause_start:clause_end])
            for id, parts in self.patterns:
                if id in heard:
                    continue
                first = _first_hit(parts, clause)
                if first is not None:
                    start = clause_start + clause[:first].count(" ")
                    mentions.append(
                        words.mention(id, start, clause_end, in_lists=id in self.symptoms, whole_clause=True)
                    )
                    heard.add(id)
                    found.append((clause_start, clause_end, id))
        unread = words.unread(found)
        if not mentions and not unread and text.strip():
            unread = [text.strip()]  # "20 weeks": small words alone, and still not to be dropped
        return Heard(tuple(mentions), tuple(unread))

    def _scan(self, stems: list[str]) -> list[tuple[int, int, str]]:
        """Longest phrase first at each place, left to right: `(start, end, id)`."""
        found, at = [], 0
        while at < len(stems):
            for length in range(min(LONGEST_PHRASE, len(stems) - at), 0, -1):
                id = self.exact.get(tuple(stems[at : at + length]))
                if id is not None:
                    found.append((at, at + length, id))
                    at += length
                    break
            else:
                at += 1
        return found

    def _respell(self, word: str, known: frozenset[str]) -> str:
        """The one vocabulary word within a slip of the finger; the word itself where none or several are."""
        if len(word) < 5 or word in self.vocabulary or word in FILLER or word in known or word[0].isdigit():
            return word
        allowed = 1 if len(word) < 8 else 2
        best, best_distance, tied = word, allowed + 1, False
        for candidate in self.vocabulary:
            if abs(len(candidate) - len(word)) > allowed or len(candidate) < 5:
                continue
            distance = OSA.distance(word, candidate, score_cutoff=allowed)
            if distance < best_distance:
                best, best_distance, tied = candidate, distance, False
            elif distance == best_distance and distance <= allowed:
                tied = True
        return word if tied or best_distance > allowed else best


class _Words:
    """One entry cut into stems, remembering where each stood in the text."""

    def __init__(self, text: str, year: int) -> None:
        self.text = text
        self.year = year
        self.plain, self.place = fold_in_place(text)
        spans = [match.span() for match in WORD.finditer(self.plain)]
        self.spans = spans
        self.stems = [singular(self.plain[a:b]) for a, b in spans]

    def gap(self, index: int) -> str:
        """The marks between word `index` and the next one."""
        end = self.spans[index][1]
        return self.plain[end : self.spans[index + 1][0] if index + 1 < len(self.spans) else None]

    def clauses(self) -> list[tuple[int, int]]:
        """Spans of words between full stops, semicolons, new lines and words like "but"."""
        out, start = [], 0
        for i, word in enumerate(self.stems):
            if word in ENDS_CLAUSE and i > start:
                out.append((start, i))
                start = i
            elif any(mark in self.gap(i) for mark in ".;\n!?") and not self._is_question_answer(i):
                out.append((start, i + 1))
                start = i + 1
        if start < len(self.stems):
            out.append((start, len(self.stems)))
        return out

    def _is_question_answer(self, index: int) -> bool:
        """In "pregnant? no" the mark does not part the question from its answer."""
        return (
            "?" in self.gap(index)
            and index + 1 < len(self.stems)
            and self.stems[index + 1] in ("no", "yes", "none")
        )

    def mention(
        self,
        id: str,
        start: int,
        end: int,
        *,
        in_lists: bool,
        respelled: bool = False,
        whole_clause: bool = False,
    ) -> Mention:
        """One phrase with what its own part of the sentence says of it: denied, past, recent, so long ago.

        `in_lists`: people deny such things in lists ("denies chest pain, shortness of breath").
        """
        clause = next(((a, b) for a, b in self.clauses() if a <= start < b), (0, len(self.stems)))
        first, last = clause if whole_clause else self._part(start, end, clause)
        inside = self.stems[first:last]
        around = set(inside) if whole_clause else {*inside[: start - first], *inside[end - first :]}
        days = _days_ago(inside, self.year)
        past = bool(around & PAST) or "used to" in " ".join(inside) or (days is not None and days > 365)
        past = past or ("history" in around and "family" not in around)
        recent = bool(around & RECENT) or (days is not None and days <= 31)
        denied = self._is_denied(start, end, clause, in_lists=in_lists) or self._of_relative(start, clause)
        return Mention(id, start, denied, past and not recent, recent, days, respelled)

    def _part(self, start: int, end: int, clause: tuple[int, int]) -> tuple[int, int]:
        """The words between commas around a phrase, plus a part that says nothing alone: "sober 5 years"."""
        first, last = start, end
        while first > clause[0] and "," not in self.gap(first - 1):
            first -= 1
        while last < clause[1] and "," not in self.gap(last - 1):
            last += 1
        while last < clause[1]:
            following = last + 1
            while following < clause[1] and "," not in self.gap(following - 1):
                following += 1
            if any(self.is_content(i) for i in range(last, following)):
                break
            last = following
        return first, last

    def is_content(self, index: int) -> bool:
        """Whether a word says something by itself."""
        word = self.stems[index]
        small = word in FILLER or word in PAST or word in RECENT or word in DENIES | DENIES_WIDELY
        return not (small or word in UNIT_DAYS or word in NUMBER_WORDS or word[0].isdigit())

    def _is_denied(self, start: int, end: int, clause: tuple[int, int], *, in_lists: bool) -> bool:
        if self._lives_on(start, end, clause, passing=in_lists):
            return False
        before = self.stems[clause[0] : start]
        cue = max((i for i, word in enumerate(before, clause[0]) if word in DENIES_WIDELY), default=None)
        if cue is not None and not {"ye", "yes", "has", "positive"} & set(before):
            over_comma = any("," in self.gap(i) for i in range(cue, start))
            if in_lists or not over_comma or self._stands_bare(start, end, clause):
                return True
        if self._answered_no(end, clause):
            return True
        at = start - 1
        crossed = 0
        while at >= clause[0] and crossed <= 12:
            word = self.stems[at]
            if "," in self.gap(at) or ":" in self.gap(at):
                return False
            if word in DENIES:
                doubled = at > clause[0] and self.stems[at - 1] in DENIES | {"cant", "cannot"}
                return not self._is_doubt(at) and not doubled
            if word not in BETWEEN and not self._joins_denied(at, clause):
                return False
            at -= 1
            crossed += 1
        return False

    def _lives_on(self, start: int, end: int, clause: tuple[int, int], *, passing: bool) -> bool:
        """Whether a denial only tells when: "no psychosis since 2015", "no attack lately", "had one in 2010".

        `passing`: symptoms come and go, so that "no chest pain today" does deny.
        """
        rest = self.stems[end : clause[1]]
        if re.search(r"\bhad (?:it|one|some|that|them)\b", " ".join(self.stems[end:])):
            return True
        if passing:
            return False
        if rest and rest[0] in FLARES:
            return True
        return any(
            word in SINCE
            or (
                word in ("for", "in")
                and any(w[0].isdigit() or w in NUMBER_WORDS for w in rest[i + 1 : i + 2])
            )
            for i, word in enumerate(rest[:4])
        )

    def _stands_bare(self, start: int, end: int, clause: tuple[int, int]) -> bool:
        """Between commas only a noun: "denies psychosis, heart disease", but not "denies pain, pregnant"."""
        first, last = start, end
        while first > clause[0] and "," not in self.gap(first - 1):
            first -= 1
        while last < clause[1] and "," not in self.gap(last - 1):
            last += 1
        others = [
            i
            for i in range(first, last)
            if not start <= i < end and self.stems[i] not in ("or", "and", "any")
        ]
        return not others and not re.search(r"(?:ant|ic|ing|al|ous)$", self.stems[end - 1])

    def _of_relative(self, start: int, clause: tuple[int, int]) -> bool:
        """ "my son has epilepsy" is not the patient's; "my wife says I have epilepsy" is."""
        before = self.stems[clause[0] : start]
        at = max((i for i, word in enumerate(before) if word in RELATIVES), default=None)
        if at is None or {"i", "me", "my"} & set(before[at + 1 :]):
            return False
        between = before[at + 1 :]
        return (
            bool(between)
            and between[0] in ("has", "had", "have", "with", "is", "was", "died", "got")
            and len(between) <= 4
        )

    def _joins_denied(self, at: int, clause: tuple[int, int]) -> bool:
        """ "no chest pain or palpitations": a denial reaches over "or" and what stands before it."""
        ahead = self.stems[at:]
        if "or" not in ahead[:5] and "nor" not in ahead[:5]:
            return False
        return any(word in DENIES for word in self.stems[clause[0] : at])

    def _is_doubt(self, at: int) -> bool:
        """ "not sure", "not only", "no change in" deny nothing."""
        following = self.stems[at + 1] if at + 1 < len(self.stems) else ""
        return following in ("sure", "certain", "only", "change", "better", "improvement", "longer", "well")

    def _answered_no(self, end: int, clause: tuple[int, int]) -> bool:
        rest = self.stems[end : clause[1]]
        while rest and rest[0] in ("is", "was", "are"):
            rest = rest[1:]
        return (
            bool(rest)
            and len(rest) <= 2
            and rest[0] in ("no", "none", "denied", "denie", "negative", "neg", "absent", "never", "ruled")
        )

    def has_content_outside(self, found: list[tuple[int, int, str]]) -> bool:
        taken = {i for start, end, _ in found for i in range(start, end)}
        return any(
            i not in taken and len(word) >= 5 and word not in FILLER for i, word in enumerate(self.stems)
        )

    def unread(self, found: list[tuple[int, int, str]]) -> list[str]:
        """Parts between commas (or "and") in which nothing was understood, as the person wrote them."""
        taken = {i for start, end, _ in found for i in range(start, end)}
        parts: list[list[int]] = [[]]
        for i in range(len(self.stems)):
            if self.stems[i] == "and" and i not in taken:
                parts.append([])
                continue
            parts[-1].append(i)
            if any(mark in self.gap(i) for mark in ",;\n/+&") and not {i, i + 1} <= taken:
                parts.append([])
        out = []
        for part in parts:
            if any(self.is_content(i) for i in part) and not taken.intersection(part):
                out.append(self.text_of(part[0], part[-1]))
        if not self.stems and self.text.strip():
            out.append(self.text.strip())
        return out

    def text_of(self, first: int, last: int) -> str:
        """The words as they were written."""
        start, end = self.place[self.spans[first][0]], self.place[self.spans[last][1] - 1] + 1
        return self.text[start:end].strip()


def _first_hit(parts: tuple[re.Pattern[str], ...], clause: str) -> int | None:
    """Where the first of these parts stands; None as soon as one is missing."""
    first = len(clause)
    for part in parts:
        hit = part.search(clause)
        if hit is None:
            return None
        first = min(first, hit.start())
    return first


SHARED_NOUN = re.compile(
    r"\b((?:(?:heart|lung|liver|kidney|mental|thyroid|psychiatric)(?:, ?(?:or |and )?| or | and | ?/ ?))+)"
    r"(heart|lung|liver|kidney|mental|thyroid|psychiatric) "
    r"(diseases?|problems?|issues?|illness|trouble|conditions?|failure)\b",
    re.IGNORECASE,
)


def _spelled_out(text: str) -> str:
    """ "heart or lung disease" as "heart disease or lung disease", so that each is heard."""

    def each(match: re.Match[str]) -> str:
        joint = " and " if re.search(r"\band\b", match.group(1)) else " or "
        organs = re.split(r"\W+(?:or\W+|and\W+)?|\s+(?:or|and)\s+", match.group(1).strip(" ,/"))
        named = [organ for organ in (*organs, match.group(2)) if organ and organ not in ("or", "and")]
        return joint.join(
            f"{organ} {'illness' if organ in ('mental', 'psychiatric') else 'disease'}" for organ in named
        )

    return SHARED_NOUN.sub(each, text)


def _stems(text: str) -> list[str]:
    return [singular(match.group()) for match in WORD.finditer(fold(text))]


def _covered(found: list[tuple[int, int, str]]) -> int:
    return sum(end - start for start, end, _ in found)


def _compile(part: str) -> re.Pattern[str]:
    """ "jerk*|spasm*" as whole words over stems."""
    ways = []
    for way in part.split("|"):
        words = [
            re.escape(singular(w.rstrip("*"))) + (r"\w*" if w.endswith("*") else "")
            for w in fold(way).replace("-", " ").split()
        ]
        ways.append(" ".join(words))
    return re.compile(r"(?<!\w)(?:" + "|".join(ways) + r")(?!\w)")


def _days_ago(words: list[str], year: int) -> int | None:
    """How long ago, where a clause says so: "5 days ago", "last week", "two years ago", "in 2019"."""
    for i, word in enumerate(words):
        if len(word) == 4 and word.isdigit() and year - 100 <= int(word) <= year:
            return (year - int(word)) * 365
        unit = UNIT_DAYS.get(word)
        if unit is not None and i > 0:
            following = words[i + 1] if i + 1 < len(words) else ""
            if words[i - 1] in ("last", "this", "past"):
                return unit
            if following in ("ago", "back", "earlier"):
                before = words[i - 1] if words[i - 1] != "of" else words[i - 2] if i > 1 else ""
                count = int(before) if before.isdigit() and len(before) < 4 else NUMBER_WORDS.get(before)
                return unit * count if count is not None else unit * 3
        if word == "yesterday":
            return 1
        if word in ("today", "tonight"):
            return 0
    return None
