"""Passwords: what may be one, how it is kept, how a one-time password is made.

By NIST SP 800-63B: at least 15 characters, any characters, no rules of composition, no routine expiry, and
none that a guesser would try first. The check list (`common_words.txt`, words people build passwords from,
put together for this program) is not a breach corpus: it refuses what is made of such words, names of this
store or person, runs and repeats.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from counselor.config import Settings

SHORTEST = 15
LONGEST = 256
LEAST_OWN = 6  # letters that must remain once common words, digits and signs are taken away

_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
)


def normal(password: str) -> str:
    """The password in Unicode form NFC, so that it is the same from every keyboard."""
    return unicodedata.normalize("NFC", password)


def why_not(password: str, *, names: Iterable[str] = ()) -> str | None:
    """Why this cannot be a password, in a sentence for the person; None where it can.

    `names` are words a guesser would try for this person: username, own name, the store's name.
    """
    password = normal(password)
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; this has {len(password)}. Four or five words do well."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters; this has {len(password)}."
    folded = password.casefold()
    if _repeats(folded):
        return "This repeats itself. Use words or characters that do not."
    if _runs(folded):
        return "This follows the keyboard, the alphabet or the digits. Use unrelated words instead."
    if _own_part(folded, names) < LEAST_OWN:
        return "This is made of words that guessers try first. Use words unrelated to you and the store."
    return None


def _repeats(text: str) -> bool:
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 7)) or len(set(text)) < 5


def _runs(text: str) -> bool:
    """Whether three quarters of the characters follow a keyboard, alphabet or digit run, either way."""
    steps = 0
    for pair in pairwise(text):
        two = "".join(pair)
        steps += any(two in run or two in run[::-1] for run in _RUNS)
    return steps >= 0.75 * (len(text) - 1)


def _own_part(text: str, names: Iterable[str]) -> int:
    """How many characters stay once common words, the names, digits and signs are taken away."""
    plain = text.translate(str.maketrans("013457@$!", "oleastasi"))
    own = {part for name in names for part in re.split(r"\W+", name.casefold()) if len(part) >= 3}
    left = len(text)
    for form in (text, plain):
        for word in sorted(own | common_words(), key=lambda word: (-len(word), word)):
            form = form.replace(word, " ")
        left = min(left, len(re.sub(r"[\W\d_]", "", form)))
    return left


@cache
def common_words() -> frozenset[str]:
    """The words guessers start with, from `common_words.txt`."""
    text = Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _hasher(settings: Settings) -> PasswordHasher:
    return PasswordHasher(
        time_cost=settings.argon2_rounds, memory_cost=settings.argon2_memory_kib, parallelism=1
    )


def hash_password(password: str, settings: Settings) -> str:
    """The password as it is kept: argon2id with its own salt."""
    return _hasher(settings).hash(normal(password))


def matches(password: str, kept: str | None, settings: Settings) -> bool:
    """Whether the password is the one kept. None, for an unknown account, takes the same time."""
    hasher = _hasher(settings)
    try:
        hasher.verify(kept if kept is not None else _nobody(settings), normal(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobody(settings: Settings) -> str:
    return hash_password(secrets.token_urlsafe(24), settings)


_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper


def one_time_password() -> str:
    """A random password to read out once: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
