"""Whether a sentence denies what it names: "no chest pain", "asthma? no", "my son has epilepsy".

What is doubtful counts as said: a danger wrongly heard costs a question.
"""

from __future__ import annotations

import re

from .dates import NUMBER_WORDS
from .sentence import Sentence, Span
from .small_words import (
    BETWEEN,
    BLOOD_RELATIVES,
    DENIES,
    DENIES_WIDELY,
    FLARES,
    RELATIVES,
    SINCE,
)
from .words import words_of

_OWN = words_of("i me my im ive")
_HAVE = words_of(
    """
    has had have with is was were died got gets getting diagnosed being been took ended went developed
    suffer
    """
)
_ANSWERS_NO = words_of("no none denied denie negative neg absent never ruled unlikely")
_SMALL = words_of("any new more much")
_DENIES_NEXT = words_of("no without denie sin")
_TIMES = words_of("since for in on until any yet")
_NOBODY = words_of("nobody nadie")


def is_denied(words: Sentence, start: int, end: int, clause: Span, *, in_lists: bool) -> bool:
    """Whether the phrase from `start` to `end` is denied.

    `in_lists`: people deny such things in lists ("denies chest pain, shortness of breath").
    """
    if _lives_on(words, end, clause, passing=in_lists):
        return False
    before = words.stems[clause[0] : start]
    cue = max((i for i, word in enumerate(before, clause[0]) if word in DENIES_WIDELY), default=None)
    if cue is not None and not {"ye", "yes", "has", "positive"} & set(before):
        over_comma = any("," in words.gap(i) for i in range(cue, start))
        if in_lists or not over_comma or _stands_bare(words, start, end, clause):
            return True
    if _nobody_has_it(before) or _answered_no(words, end, clause):
        return True
    at = start - 1
    crossed = 0
    while at >= clause[0] and crossed <= 12:
        word = words.stems[at]
        if "," in words.gap(at) or ":" in words.gap(at):
            return False
        if word in DENIES:
            doubled = at > clause[0] and words.stems[at - 1] in DENIES | {"cant", "cannot"}
            return not _is_doubt(words, at) and not doubled
        if word not in BETWEEN and not _joins_denied(words, at, start, clause):
            return False
        at -= 1
        crossed += 1
    return False


def denied_inside(words: Sentence, hits: list[Span], clause: Span) -> bool:
    """Whether a later part of a pattern stands right behind a denial: "calf cramps, no swelling"."""
    for start, _ in hits[1:]:
        at = start - 1
        while at > clause[0] and words.stems[at] in _SMALL and "," not in words.gap(at):
            at -= 1
        if at < clause[0] or "," in words.gap(at):
            continue
        cue = words.stems[at]
        if cue in _DENIES_NEXT or (cue in ("not", "isnt", "arent") and words.stems[start] not in _TIMES):
            return True
    return False


def relative_named(words: Sentence, start: int, clause: Span, *, now: bool = False) -> str:
    """Whose it is: "blood" ("mom was diagnosed with ..."), "other" ("my wife has ...") or "" for the patient.

    "my wife says I have epilepsy" is the patient's. What happened today or yesterday (`now`) to somebody
    named without "has" may be the patient's, told by another.
    """
    before = words.stems[clause[0] : start]
    at = max((i for i, word in enumerate(before) if word in RELATIVES), default=None)
    if at is None or _OWN & set(before[at + 1 :]):
        return ""
    if "as" in before[max(at - 3, 0) : at]:
        return ""  # "as a child had seizures"
    between = before[at + 1 :]
    if between[:2] == ["in", "law"]:
        between, kin = between[2:], "other"
    else:
        kin = "blood" if before[at] in BLOOD_RELATIVES else "other"
    said_of_me = _OWN & set(words.stems[start : clause[1]])
    if not between and words.stems[start] in _HAVE:  # "my dog" before "had a seizure"
        return kin
    if not between:  # "my mom fainted", but not "my husband could hardly wake me"
        owned = at == 0 or before[at - 1] in ("my", "his", "her", "their")
        return kin if owned and not said_of_me and not now else ""
    return kin if between[0] in _HAVE and len(between) <= 5 else ""


def _lives_on(words: Sentence, end: int, clause: Span, *, passing: bool) -> bool:
    """Whether a denial only tells when: "no psychosis since 2015", "no attack lately", "had one in 2010".

    `passing`: symptoms come and go, so that "no chest pain today" does deny.
    """
    rest = words.stems[end : clause[1]]
    if re.search(r"\bhad (?:it|one|some|that|them)\b", " ".join(words.stems[end:])):
        return True
    if passing:
        return False
    if rest and rest[0] in FLARES:
        return True
    return any(
        word in SINCE
        or (word in ("for", "in") and any(w[0].isdigit() or w in NUMBER_WORDS for w in rest[i + 1 : i + 2]))
        for i, word in enumerate(rest[:4])
    )


def _stands_bare(words: Sentence, start: int, end: int, clause: Span) -> bool:
    """Between commas only a noun: "denies psychosis, heart disease", but not "denies pain, pregnant"."""
    first, last = words.between_commas(start, end, clause)
    others = [
        i for i in range(first, last) if not start <= i < end and words.stems[i] not in ("or", "and", "any")
    ]
    return not others and not re.search(r"(?:ant|ic|ing|al|ous)$", words.stems[end - 1])


def _nobody_has_it(before: list[str]) -> bool:
    """ "nobody in my family has ...", "no one in the family had ..."."""
    sentence = " ".join(before[-9:])
    return bool(_NOBODY & set(before[-9:])) or bool(re.search(r"\b(?:no one|none) (?:in|of) ", sentence))


def _joins_denied(words: Sentence, at: int, start: int, clause: Span) -> bool:
    """ "no chest pain or palpitations", "no chest pain/syncope": a denial reaches over "or" and a slash."""
    ahead = words.stems[at:]
    slashed = any("/" in words.gap(i) for i in range(at, start))
    if not slashed and "or" not in ahead[:5] and "nor" not in ahead[:5]:
        return False
    return any(word in DENIES for word in words.stems[clause[0] : at])


def _is_doubt(words: Sentence, at: int) -> bool:
    """ "not sure", "not only", "no change in" deny nothing."""
    following = words.stems[at + 1] if at + 1 < len(words.stems) else ""
    return following in ("sure", "certain", "only", "change", "better", "improvement", "longer", "well")


def _answered_no(words: Sentence, end: int, clause: Span) -> bool:
    """ "asthma: no", "COPD ruled out"; but "never treated" and "not treated" deny nothing."""
    rest = words.stems[end : clause[1]]
    while rest and rest[0] in ("is", "was", "are"):
        rest = rest[1:]
    if not rest or len(rest) > 2 or rest[0] not in _ANSWERS_NO:
        return False
    return rest[0] != "never" or len(rest) == 1 or rest[1] in ("had", "ever", "happened")
