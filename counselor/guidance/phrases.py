"""Reading what was said: known phrases in free text, denied or past or dated.

Nothing is dropped silently: each part of an entry either becomes a `Mention` or stays as `unread` text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from .dates import told
from .denial import denied_inside, is_denied, relative_named
from .sentence import Sentence, Span
from .shorthand import written_out
from .small_words import AS_USUAL, ENDINGS, FILLER, PAST, RECENT
from .spelling import SHORTEST, Speller
from .words import WORD, fold, singular

LONGEST_PHRASE = 9
LONG_STANDING_DAYS = 120
"""What began longer ago than this and is told as lasting is an old companion."""
PREFIX = 3
NEAR = 60
"""Words on either side of a phrase that can say something of it."""
RESPELLED_AT_MOST = 150
"""Words of one entry, from its start, that are looked at for slips of the pen."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A known phrase in an entry. `days_ago` where a time was said; else `past` and `recent` by its words.

    `usual`: told as an old companion ("as always"). `whose`: "blood" or "other" for a relative's; then it is
    denied for the patient.
    """

    id: str
    start: int
    denied: bool = False
    past: bool = False
    recent: bool = False
    days_ago: int | None = None
    respelled: bool = False
    usual: bool = False
    whose: str = ""
    part: str = ""
    """The stems between commas among which it stood."""


@dataclass(frozen=True, slots=True)
class Heard:
    """All that one entry gave: what was understood, and the parts that were not."""

    mentions: tuple[Mention, ...]
    unread: tuple[str, ...]
    plain: str = ""
    """The entry as it was read, its shorthand written out."""
    taken: frozenset[int] = frozenset()
    """The words of `plain` that belong to a known phrase."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is said in many ways: all `parts` occur in one clause in any order, and `never` does not."""

    id: str
    parts: tuple[re.Pattern[str], ...]
    never: tuple[re.Pattern[str], ...] = ()
    starts: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()
    """Per part, words and word beginnings of which a clause holds one, or the part cannot match."""

    @classmethod
    def of(cls, id: str, parts: Iterable[str]) -> Pattern:
        """Compile parts as knowledge files write them; one that begins with "!" must not occur."""
        wanted = [part for part in parts if not part.startswith("!")]
        return cls(
            id,
            tuple(_compile(part) for part in wanted),
            tuple(_compile(part[1:]) for part in parts if part.startswith("!")),
            tuple(_starts(part) for part in wanted),
        )

    def hits(self, clause: str, words: set[str], prefixes: set[str]) -> list[tuple[int, int]]:
        """Where the parts stand in the clause (characters), in the order of the parts; or nothing."""
        for exact, beginnings in self.starts:
            if exact.isdisjoint(words) and beginnings.isdisjoint(prefixes):
                return []
        found = []
        for part in self.parts:
            hit = part.search(clause)
            if hit is None:
                return []
            found.append(hit.span())
        return [] if any(part.search(clause) for part in self.never) else found


@dataclass(frozen=True)
class Phrases:
    """Every phrase that names a term, by its stems, with patterns for what is said in many ways."""

    exact: Mapping[tuple[str, ...], str]
    symptoms: frozenset[str] = frozenset()
    patterns: tuple[Pattern, ...] = ()
    speller: Speller = field(default_factory=lambda: Speller({}))
    """Of the words of all phrases that are no slip of the pen."""
    misspelt: frozenset[tuple[str, ...]] = frozenset()
    """Phrases that are a common slip of the pen and are said back as such."""
    beside: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]] = field(default_factory=dict)
    """For an id, words that said beside it make it another: "short of breath" on stairs is not at rest."""

    @classmethod
    def of(
        cls,
        named: Iterable[tuple[str, str]],
        patterns: Iterable[tuple[str, tuple[str, ...]]] = (),
        symptoms: Iterable[str] = (),
        misspelt: Iterable[str] = (),
        beside: Mapping[str, Iterable[tuple[str, str]]] | None = None,
    ) -> Phrases:
        """Index `(phrase, id)` pairs and `(id, parts)` patterns; people deny `symptoms` (ids) in lists."""
        exact = {tuple(_stems(phrase)): id for phrase, id in named}
        exact.pop((), None)
        compiled = tuple(Pattern.of(id, parts) for id, parts in patterns)
        wrong = frozenset(tuple(_stems(phrase)) for phrase in misspelt)
        named_by: dict[str, set[str]] = {}
        for phrase, id in exact.items():
            for word in phrase if phrase not in wrong else ():
                named_by.setdefault(word, set()).add(id)
        by_word = {word: frozenset(ids) for word, ids in named_by.items()}
        near = {id: tuple((_compile(words), to) for words, to in rows) for id, rows in (beside or {}).items()}
        return cls(exact, frozenset(symptoms), compiled, Speller(by_word), wrong, near)

    def find(self, text: str) -> str | None:
        """The id that exactly this phrase names."""
        return self.exact.get(tuple(_stems(text)))

    def understand(self, text: str, *, on: date) -> Heard | None:
        """What an entry says, if it says nothing beside known phrases; None where a word is left over."""
        words = Sentence(text)
        found = self._scan(words.stems)
        taken = {i for start, end, _ in found for i in range(start, end)}
        if not found or any(i not in taken and words.is_content(i) for i in range(len(words.stems))):
            return None
        return self.hear(text, on=on)

    def patterns_in(self, text: str, ids: Collection[str], *, on: date) -> list[Mention]:
        """Of these ids those whose pattern the text holds; for sentences read for something else too."""
        words = Sentence(_spelled_out(text))
        whole = (0, len(words.stems))
        return [
            _mention(words, id, hits, whole, on, in_lists=False, of_pattern=True)
            for id, hits in self._patterns_of(words.stems, whole, ids)
        ]

    def hear(self, text: str, *, on: date, known: frozenset[str] = frozenset()) -> Heard:
        """Read one entry on the given day. `known` words (of medicines, say) are never respelled."""
        plain = _spelled_out(text)
        words = Sentence(plain)
        found = self._scan(words.stems)
        respelled: set[int] = set()
        corrected = words.stems
        if not found or words.has_content_outside(found):
            corrected = [
                self._respell(word, raw, known) if i < RESPELLED_AT_MOST else word
                for i, (word, raw) in enumerate(zip(words.stems, words.raw, strict=True))
            ]
            if corrected != words.stems:
                again = self._scan(corrected)
                if _covered(again) > _covered(found):
                    respelled = {i for i, word in enumerate(words.stems) if corrected[i] != word}
                    found = again
        mentions = [
            _mention(
                words,
                id,
                [(start, end)],
                words.clause_at(start),
                on,
                in_lists=id in self.symptoms,
                respelled=any(i in respelled for i in range(start, end))
                or tuple(words.stems[start:end]) in self.misspelt,
            )
            for start, end, id in found
        ]
        taken = frozenset(i for start, end, _ in found for i in range(start, end))
        heard = {mention.id for mention in mentions}
        for clause in words.clauses:
            for seen in (words.stems, corrected) if corrected != words.stems else (words.stems,):
                for id, hits in self._patterns_of(seen, clause):
                    if id in heard:
                        continue
                    slip = any(seen[i] != words.stems[i] for a, b in hits for i in range(a, b))
                    mentions.append(
                        _mention(
                            words,
                            id,
                            hits,
                            clause,
                            on,
                            in_lists=id in self.symptoms,
                            respelled=slip,
                            of_pattern=True,
                        )
                    )
                    heard.add(id)
                    found.append((*clause, id))
        mentions = [self._read_beside(mention) for mention in mentions]
        unread = words.unread(found)
        if plain != text:  # what is said back stands as it was written
            unread = list(dict.fromkeys(part if part in text else text.strip() for part in unread))
        if not mentions and not unread and text.strip():
            unread = [text.strip()]  # "20 weeks": small words alone, and still not to be dropped
        return Heard(tuple(mentions), tuple(unread), plain, taken)

    def _read_beside(self, mention: Mention) -> Mention:
        """ "short of breath on stairs": another term, unless it began lately."""
        if mention.days_ago is None or mention.days_ago > LONG_STANDING_DAYS:
            for words, id in self.beside.get(mention.id, ()):
                if words.search(mention.part):
                    return replace(mention, id=id)
        return mention

    def _patterns_of(
        self, words: list[str], clause: Span, ids: Collection[str] | None = None
    ) -> Iterable[tuple[str, list[Span]]]:
        """Each pattern that a clause holds, with the words its parts cover."""
        stems = words[clause[0] : clause[1]]
        text, known = " ".join(stems), set(stems)
        prefixes = {word[:PREFIX] for word in stems} | {""}
        for pattern in self.patterns:
            if ids is not None and pattern.id not in ids:
                continue
            hits = pattern.hits(text, known, prefixes)
            if hits:
                yield (
                    pattern.id,
                    [
                        (clause[0] + text[:a].count(" "), clause[0] + text[: b - 1].count(" ") + 1)
                        for a, b in hits
                    ],
                )

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

    def _respell(self, word: str, raw: str, known: frozenset[str]) -> str:
        """The vocabulary word that a slip of the finger stands for; else the word itself.

        `raw`: the word with its ending, which may be part of the slip ("hepatitas").
        """
        if (
            len(word) < SHORTEST
            or word in self.speller.named
            or word in FILLER
            or word in known
            or word[0].isdigit()
        ):
            return word
        right = self.speller.nearest(raw)
        return self.speller.nearest(word) if right == raw else right


def _mention(
    words: Sentence,
    id: str,
    hits: list[Span],
    clause: Span,
    on: date,
    *,
    in_lists: bool,
    respelled: bool = False,
    of_pattern: bool = False,
) -> Mention:
    """One phrase with what its own part of the sentence says of it: denied, past, recent, so long ago.

    `hits`: the words it covers; a pattern's may stand apart, and all between them belongs to it.
    """
    start, end = min(hit[0] for hit in hits), max(hit[1] for hit in hits)
    clause = (max(clause[0], start - NEAR), min(clause[1], end + NEAR))
    first, last = words.part(start, end, clause)
    inside = words.stems[first:last]
    around = inside if of_pattern else [*inside[: start - first], *inside[end - first :]]
    when = told(inside, on)
    sentence = " ".join(inside)
    past = any(word in PAST and not _since_then(around, i) for i, word in enumerate(around))
    past = past or "used to" in sentence or (when.days is not None and when.days > 365 and not when.ongoing)
    past = past or ("history" in around and "family" not in around)
    recent = bool(RECENT.intersection(around)) or (when.days is not None and when.days <= 31)
    old = when.days is None or (when.ongoing and when.days > LONG_STANDING_DAYS)
    usual = old and (when.days is not None or _as_usual(sentence))
    opens = hits[0] if of_pattern else (start, end)
    whose = relative_named(words, opens[0], clause, now=when.days is not None and when.days <= 1)
    denied = (
        bool(whose)
        or is_denied(words, opens[0] if of_pattern else start, end, clause, in_lists=in_lists)
        or (of_pattern and denied_inside(words, hits, clause))
    )
    return Mention(
        id, start, denied, past and not recent, recent, when.days, respelled, usual, whose, sentence
    )


def _since_then(words: list[str], at: int) -> bool:
    """ "chest pain since I quit smoking": the ending tells when it began, not that it is over."""
    return words[at] in ENDINGS and bool({"since", "after", "when", "ever"} & set(words[max(at - 3, 0) : at]))


def _as_usual(sentence: str) -> bool:
    """ "as always", "my usual"; but not "worse than usual", "not as usual" or "different from my usual"."""
    if re.search(r"\b(?:worse|worst|sudden\w*|more than|than usual|unlike|different|not alway)\b", sentence):
        return False
    return any(
        re.search(rf"(?<!not )(?<!isnt )(?<!not as )(?<!not my )(?<!not like )\b{phrase}\b", sentence)
        for phrase in AS_USUAL
        if phrase in sentence
    )


SHARED_NOUN = re.compile(
    r"\b((?:(?:heart|lung|liver|kidney|mental|thyroid|psychiatric)(?:, ?(?:or |and )?| or | and | ?/ ?))+)"
    r"(heart|lung|liver|kidney|mental|thyroid|psychiatric) "
    r"(diseases?|problems?|issues?|illness|trouble|conditions?|failure)\b",
    re.IGNORECASE,
)


RUN_TOGETHER = re.compile(
    r"\b(blood|heart|kidney|liver|lung|sleep|panic|chest|back|muscle|nerve|leg)"
    r"(pressures?|disease|attacks?|failure|apnea|pains?|spasms?|cramps?|clots?|problems?|stones?)\b",
    re.IGNORECASE,
)


def _spelled_out(text: str) -> str:
    """ "heart or lung disease" as "heart disease or lung disease", and shorthand in words."""

    def each(match: re.Match[str]) -> str:
        joint = " and " if re.search(r"\band\b", match.group(1)) else " or "
        organs = re.split(r"\W+(?:or\W+|and\W+)?|\s+(?:or|and)\s+", match.group(1).strip(" ,/"))
        named = [organ for organ in (*organs, match.group(2)) if organ and organ not in ("or", "and")]
        return joint.join(
            f"{organ} {'illness' if organ in ('mental', 'psychiatric') else 'disease'}" for organ in named
        )

    return SHARED_NOUN.sub(each, RUN_TOGETHER.sub(r"\1 \2", written_out(text)))


def _stems(text: str) -> list[str]:
    return [singular(match.group()) for match in WORD.finditer(fold(text))]


def _covered(found: list[tuple[int, int, str]]) -> int:
    return sum(end - start for start, end, _ in found)


def _ways(part: str) -> list[list[str]]:
    """The alternatives of a part, each as its words."""
    return [words for way in part.split("|") if (words := fold(way).replace("-", " ").split())]


def _starts(part: str) -> tuple[frozenset[str], frozenset[str]]:
    """The first words of a part, and the beginnings of those that may end in any way."""
    exact, beginnings = set(), set()
    for words in _ways(part):
        word = singular(words[0].rstrip("*"))
        if words[0].endswith("*"):
            beginnings.add(word[:PREFIX] if len(word) >= PREFIX else "")
        else:
            exact.add(word)
    return frozenset(exact), frozenset(beginnings)


def _compile(part: str) -> re.Pattern[str]:
    """ "jerk*|spasm*" as whole words over stems."""
    ways = [
        " ".join(re.escape(singular(w.rstrip("*"))) + (r"\w*" if w.endswith("*") else "") for w in words)
        for words in _ways(part)
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(ways) + r")(?!\w)")
