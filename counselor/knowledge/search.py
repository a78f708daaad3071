"""One search box for the reading rooms: medicines by any name, statements, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from counselor.guidance.knowledge import Knowledge, Source
from counselor.guidance.words import stems
from counselor.knowledge import queries
from counselor.knowledge.statements import KIND_WORDS, Statement

MOST = 12
"""Of one kind, before the rest is counted."""


@dataclass(frozen=True)
class Found:
    """What a search gave. `meant` is the term the words are known by, if another word than what was typed."""

    meant: str
    medicines: Sequence[queries.Match]
    statements: Sequence[tuple[str, Sequence[Statement], int]]
    sources: Sequence[Source]

    @property
    def nothing(self) -> bool:
        """Whether nothing was found at all."""
        return not (self.medicines or self.statements or self.sources)


_haystacks: dict[str, dict[str, frozenset[str]]] = {}  # by version: the words of each statement


def search(knowledge: Knowledge, text: str) -> Found:
    """Statements with all the words typed (or with the term they mean), medicines of this name, sources."""
    wanted = set(stems(text))
    term = knowledge.phrases.find(text)
    name = knowledge.name_of(term) if term else ""
    meant = set(stems(name))
    words = _words(knowledge)
    hits = [
        one
        for one in queries.all_statements(knowledge).values()
        if wanted and (_holds(words[one.key], wanted) or (meant and meant <= words[one.key]))
    ]
    by_kind: list[tuple[str, Sequence[Statement], int]] = []
    for kind in ("condition", *KIND_WORDS):
        rows = [one for one in hits if one.kind == kind]
        if rows and kind not in (known for known, _, _ in by_kind):
            rows.sort(key=lambda one: not wanted <= set(stems(f"{one.id} {one.title}")))
            by_kind.append((kind, rows[:MOST], len(rows)))
    return Found(
        name if name.casefold() != text.strip().casefold() else "",
        queries.lookup(knowledge, "medicine", text)[:6],
        by_kind,
        [
            source
            for source in knowledge.sources.values()
            if wanted and _holds(frozenset(stems(f"{source.key} {source.citation} {source.kind}")), wanted)
        ][:MOST],
    )


def _holds(words: frozenset[str], wanted: set[str]) -> bool:
    """Whether every word wanted is there, or the beginning of one that is."""
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _words(knowledge: Knowledge) -> dict[str, frozenset[str]]:
    words = _haystacks.get(knowledge.version)
    if words is None:
        words = {
            key: frozenset(stems(" ".join([one.id, one.title, *(text for _, text in one.parts)])))
            for key, one in queries.all_statements(knowledge).items()
        }
        _haystacks[knowledge.version] = words
    return words
