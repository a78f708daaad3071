"""What the program must never say, whatever a marketing page says; looked for in everything that is shown.

A sentence that denies the claim ("that does not make it safe") is let pass: a word of denial stands shortly
before it. What a pattern finds and is right all the same stands in `ALLOWED`, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

NEVER: dict[str, str] = {
    "that cannabis is not addictive": (
        r"\b(?:not|isn't|aren't|never|non)[- ]?(?:physically |really )?(?:addictive|habit[- ]forming)\b"
        r"|\b(?:cannot|can't|will not|won't|nobody) (?:\w+ )?(?:become|get)s? (?:addicted|hooked)\b"
        r"|\bno (?:risk of |danger of )?(?:addiction|dependence)\b"
    ),
    "that it works as well as or better than a treatment": (
        r"\b(?:works?|helps?|relieves?|is|are|acts?) (?:just )?"
        r"(?:better|as well|as good|as effective|as strong)(?: than| as)\b"
        r"|\bmore effective than\b|\bsuperior to\b|\binstead of your (?:medicines?|medications?|pills?)\b"
    ),
    "that it is safe": (
        r"\b(?:is|are|it's|be|quite|completely|perfectly|very|totally) (?:safe|harmless)\b"
        r"|\bno (?:known |real )?(?:risks?|side effects?|interactions?)\b|\brisk[- ]free\b"
        r"|\bwithout (?:any )?(?:risks?|side effects?)\b"
    ),
    "that it cures": r"\b(?:cures|cured|curing|heals|healing|miracle)\b|\b(?:can|will|may) (?:cure|heal)\b",
    "that a medicine be stopped, cut or swapped": (
        r"\b(?:stop|quit|skip|replace|swap|come off|wean off|taper|cut down on|cut back on|reduce|lower)"
        r" (?:taking |using )?(?:your|the|his|her|their) (?:\w+ )?"
        r"(?:medicines?|medications?|prescriptions?|pills?|dose of)\b"
    ),
    "that it calms spasm by fighting inflammation": (
        r"anti-?inflammatory (?:effects?|action|power|propert\w+)"
        r"|(?:fight\w*|calm\w*|reduc\w*|lower\w*|eas\w*) (?:the )?inflammation"
    ),
    "that indica or sativa predicts anything": (
        r"\b(?:indica|sativa)s? (?:is|are|helps?|relax\w*|energi\w*|calm\w*|for|makes?|works?)\b"
    ),
}

DENIED = re.compile(
    r"\b(?:not|never|no|nobody|none|nothing|neither|nor|don't|doesn't|cannot|can't|without|rather than)\b"
    r"(?:\W+[\w'-]+){0,7}\W*$",
    re.IGNORECASE,
)
DENIABLE = frozenset(NEVER) - {"that cannabis is not addictive"}

ALLOWED = (
    "normal and harmless",  # hiccups and sleep starts: the finding, not cannabis
    "Hepatitis C, cured",
    "twitches after exercise, which are harmless",
)

_PATTERNS = {claim: re.compile(pattern, re.IGNORECASE) for claim, pattern in NEVER.items()}


def claims_in(text: str, allowed: tuple[str, ...] = ALLOWED) -> Iterator[tuple[str, str]]:
    """(which claim, the words) for every forbidden claim a text makes."""
    for claim, pattern in _PATTERNS.items():
        for hit in pattern.finditer(text):
            before = text[: hit.start()]
            sentence = max(before.rfind(mark) for mark in ".!?:;\n") + 1
            if claim in DENIABLE and DENIED.search(before[sentence:]):
                continue
            if any(_covers(text, words, hit.start(), hit.end()) for words in allowed):
                continue
            yield claim, hit.group()


def _covers(text: str, words: str, start: int, end: int) -> bool:
    """Whether the allowed words stand around this place."""
    at = text.lower().find(words.lower())
    while at >= 0:
        if at <= start + len(words) and start < at + len(words) and end > at:
            return True
        at = text.lower().find(words.lower(), at + 1)
    return False
