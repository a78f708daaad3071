"""One entry as words: its clauses and the parts between commas, and what was left without a meaning."""

from __future__ import annotations

from functools import cached_property

from .dates import MONTHS, NUMBER_WORDS, UNIT_DAYS, WEEKDAYS
from .small_words import DENIES, DENIES_WIDELY, ENDS_CLAUSE, FILLER, ONSET, PAST, RECENT, USUAL
from .words import WORD, fold_in_place, singular

Span = tuple[int, int]
_SMALL = FILLER | PAST | RECENT | DENIES | DENIES_WIDELY | frozenset(UNIT_DAYS) | frozenset(NUMBER_WORDS)


class Sentence:
    """One entry cut into stems, remembering where each stood in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain, self.place = fold_in_place(text)
        self.spans = [match.span() for match in WORD.finditer(self.plain)]
        self.raw = [self.plain[a:b] for a, b in self.spans]
        self.stems = [singular(word) for word in self.raw]

    def gap(self, index: int) -> str:
        """The marks between word `index` and the next one."""
        end = self.spans[index][1]
        return self.plain[end : self.spans[index + 1][0] if index + 1 < len(self.spans) else None]

    @cached_property
    def clauses(self) -> list[Span]:
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

    def clause_at(self, index: int) -> Span:
        """The clause in which word `index` stands."""
        return next(((a, b) for a, b in self.clauses if a <= index < b), (0, len(self.stems)))

    def _is_question_answer(self, index: int) -> bool:
        """In "pregnant? no" the mark does not part the question from its answer."""
        return (
            "?" in self.gap(index)
            and index + 1 < len(self.stems)
            and self.stems[index + 1] in ("no", "yes", "none")
        )

    def between_commas(self, start: int, end: int, clause: Span) -> Span:
        """The words of a clause around `start` to `end`, up to the next comma on either side."""
        first, last = start, end
        while first > clause[0] and "," not in self.gap(first - 1):
            first -= 1
        while last < clause[1] and "," not in self.gap(last - 1):
            last += 1
        return first, last

    def part(self, start: int, end: int, clause: Span) -> Span:
        """The words between commas around a phrase, plus a part that says nothing alone: "sober 5 years"."""
        first, last = self.between_commas(start, end, clause)
        while last < clause[1]:
            following = last + 1
            while following < clause[1] and "," not in self.gap(following - 1):
                following += 1
            if any(self.is_content(i) and not self._tells_when(i) for i in range(last, following)):
                break
            last = following
        return first, last

    def is_content(self, index: int) -> bool:
        """Whether a word says something by itself."""
        word = self.stems[index]
        return word not in _SMALL and not word[0].isdigit()

    def _tells_when(self, index: int) -> bool:
        """ "started Tuesday", "since June": only when, of what stands before the comma."""
        word = self.stems[index]
        return word in ONSET or word in USUAL or word in WEEKDAYS or word in MONTHS

    def has_content_outside(self, found: list[tuple[int, int, str]]) -> bool:
        """Whether a word of some length stands outside these spans."""
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
