"""How hard a patient's text is to read: the Flesch-Kincaid grade, of Kincaid et al. 1975.

    0.39 x words / sentences + 11.8 x syllables / words - 15.59

Grade 6 to 8 is what most adults read with ease. Names (of medicines, states, services) and a few words that
cannot be avoided count as short words: the patient has them on the bottle, and no plainer word is right.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from counselor.guidance.knowledge import Knowledge

HARDEST = 8.0
"""The grade above which a text is reported."""
FEWEST_WORDS = 5
"""A shorter text has no grade worth the name."""

UNAVOIDABLE = frozenset(
    {
        "alcohol", "cannabis", "cbd", "cannabidiol", "counselor", "dispensary", "doctor", "emergency",
        "epilepsy", "medicine", "medicines", "mg", "naloxone", "opioid", "opioids",
        "pharmacist", "prescriber", "product", "products", "thc", "vaporizer",
    }
)  # fmt: skip

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d[\d.,/-]*")
_SENTENCE = re.compile(r"[.!?;:]+(?=\s|$)")
_COUNTED = {"every": 2, "everyone": 3, "evening": 2, "sometimes": 2, "something": 2, "someone": 2, "area": 3}
_VOWELS = re.compile(r"[aeiouy]+")
_PARTED = re.compile(r"i[ao]|[^qg]u[ao]|eo|dnt|ie[rt]$|[aiy]ety|(?<!t)ien[ct]|[aey]ing|ea$")
_JOINED = re.compile(r"[ctgs]i(?:on|ou|a)|[^aeiou]ely|people|eous")


def grade(text: str, known: Collection[str] = ()) -> float:
    """The school grade a reader needs; 0.0 for a text too short to judge. `known` are words counted short."""
    parts = [found for part in _SENTENCE.split(text) if (found := _WORD.findall(part))]
    words = sum(map(len, parts))
    if words < FEWEST_WORDS:
        return 0.0
    count = 0
    for part in parts:
        for place, word in enumerate(part):
            named = place > 0 and word[0].isupper()  # Pennsylvania, Poison Control
            plain = word.lower()
            short = named or plain in known or plain in UNAVOIDABLE or word[0].isdigit()
            count += 1 if short else syllables(plain)
    return round(0.39 * words / len(parts) + 11.8 * count / words - 15.59, 1)


def syllables(word: str) -> int:
    """About how many syllables an English word has, by its vowels; right for nine words in ten."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    if len(plain) <= 3:
        return 1
    if plain in _COUNTED:
        return _COUNTED[plain]
    short = re.sub(r"(?:(?<![cgsxz])(?<![cs]h)(?<!l)es|(?<![td])ed|(?<!l)e)$", "", plain)
    count = len(_VOWELS.findall(short))
    count += len(_PARTED.findall(short)) - len(_JOINED.findall(short))
    return max(1, count)


def medicine_words(knowledge: Knowledge) -> frozenset[str]:
    """The words of medicine names that are no everyday words."""
    words = {word for key in knowledge.medicines.names for word in key if len(word) > 4}
    return frozenset(words - knowledge.medicines.everyday)
