"""Medicines that are named in a sentence about something else: "agitated since tramadol was added to Zoloft".

Only exact names count here; what no list knows is no medicine in a sentence. A medicine said to be over, of
somebody else, or to be an allergy is kept as not taken, so that it is shown and checks nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from .dates import told
from .denial import is_denied, relative_named
from .medicines import MedicineName, Medicines
from .sentence import Sentence, Span
from .words import singular

LONGEST_NAME = 5
SHORTEST_NAME = 4
"""Letters; shorter names ("Ten", "Ada") are too like other words to be heard in a sentence."""
NEW_DAYS = 60
"""A medicine begun or raised within so many days is new; the day limit of a red flag (house policy)."""
_OVER = re.compile(
    r"\b(?:stopped|quit|tapered off|came off|weaned|discontinued|former|formerly|used to|in the past|past"
    r"|previously|allerg\w*|anaphyla\w*|intoleran\w*|tried|failed|never|instead of|clean|sober|recovery"
    r"|addict\w*|abus\w*|withdrawal|misus\w*|overdos\w*)\b"
)
_GONE = re.compile(
    r"\b(?:ran out|run out|out of|out|none|dry|lapsed|without|missed|forgot|skipped|shorted|stopped|quit|held"
    r"|lost|cut off|cold turkey|discontinued|weaned|taken off|took (?:me|him|her) off"
    r"|last (?:dose|pill|tablet)|(?:can|could)(?:no|n)?t (?:get|afford|refill|fill))\b"
)
_KEPT = re.compile(
    r"\b(?:no|not|never|havent|hasnt|without) (?:a |any )?(?:missed|missing|skipped|forgot)"
    r"|\b(?:back on|resumed|restarted)\b"
)
GONE_DAYS = 28
"""A medicine that ended within so many days may still be missed by the body (see the terms "stopped-...")."""
_SINCE = frozenset({"since", "after", "from", "when", "once", "new", "newly", "just"})
_RAISED = re.compile(
    r"\b(?:added|adding|adds|raised?|bump|bumped|upped|increas\w*|doubl\w*|tripl\w*|went up|goes up|gone up"
    r"|higher|put (?:me|him|her)? ?on|started?|starting|began|beginning|new|newly|switch\w*|chang\w*"
    r"|prescribed|gave|shot|injection|dose)\b"
)


@dataclass(frozen=True, slots=True)
class Aside:
    """A medicine named in passing: `taken` unless it is over or not the patient's.

    `new`: begun or raised lately. `gone`: it ended or ran out lately, and counts as taken.
    """

    said: str
    name: MedicineName
    taken: bool
    new: bool
    gone: bool


def named_aside(
    vocabulary: Medicines, text: str, *, on: date, taken: frozenset[int] = frozenset()
) -> list[Aside]:
    """The medicines that a sentence names exactly, in its order; none of words that are `taken` already."""
    words = Sentence(text)
    out = []
    for start, end, name in _names(vocabulary, words):
        if taken.intersection(range(start, end)):
            continue
        clause = words.clause_at(start)
        inside = " ".join(words.stems[clause[0] : clause[1]])
        own = words.part(start, end, clause)
        whose = bool(relative_named(words, start, clause))
        gone = not whose and _is_gone(words, start, own, on)
        over = not gone and (
            whose or bool(_OVER.search(inside)) or is_denied(words, start, end, clause, in_lists=False)
        )
        new = not over and not gone and _is_new(words, start, own, on)
        out.append(Aside(words.text_of(start, end - 1), name, not over, new, gone))
    return out


def _names(vocabulary: Medicines, words: Sentence) -> list[tuple[int, int, MedicineName]]:
    found, at = [], 0
    while at < len(words.raw):
        length, name = (
            _longest(vocabulary, words.raw, at) if words.raw[at] in vocabulary.first_words else (0, None)
        )
        if name is None:
            at += 1
            continue
        found.append((at, at + length, name))
        at += length
    return found


def _longest(vocabulary: Medicines, raw: list[str], at: int) -> tuple[int, MedicineName | None]:
    for length in range(min(LONGEST_NAME, len(raw) - at), 0, -1):
        piece = tuple(raw[at : at + length])
        if length == 1 and (len(piece[0]) < SHORTEST_NAME or _is_everyday(vocabulary, piece[0])):
            continue
        name = vocabulary.names.get(piece) or vocabulary.names.get(tuple(singular(word) for word in piece))
        if name is not None:
            return length, name
    return 0, None


def _is_everyday(vocabulary: Medicines, word: str) -> bool:
    return word in vocabulary.everyday or singular(word) in vocabulary.everyday


def _is_gone(words: Sentence, start: int, own: Span, on: date) -> bool:
    """ "pharmacy shorted my gabapentin, none since Wednesday", "last Klonopin was Sunday"."""
    inside = words.stems[own[0] : own[1]]
    days = told(inside, on).days
    if days is None or days > GONE_DAYS or _KEPT.search(" ".join(inside)):
        return False
    return bool(_GONE.search(" ".join(inside))) or "last" in words.stems[max(start - 2, 0) : start]


def _is_new(words: Sentence, start: int, own: Span, on: date) -> bool:
    """ "since tramadol was added", "new on sertraline", "jerks on cipro since Tuesday"."""
    inside = words.stems[own[0] : own[1]]
    days = told(inside, on).days
    if days is not None and days > NEW_DAYS:
        return False
    since = bool(_SINCE & set(inside))
    raised = bool(_RAISED.search(" ".join(inside)))
    return (
        (since and raised)
        or (days is not None and (since or raised))
        or (since and _begins_there(words, start))
    )


def _begins_there(words: Sentence, start: int) -> bool:
    """ "twitching since Cymbalta"."""
    return bool({"since", "after", "new"} & set(words.stems[max(start - 6, 0) : start]))
