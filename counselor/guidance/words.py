"""Words as people say them, brought to a form in which they can be compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")


def fold(text: str) -> str:
    """Lower case, accents and apostrophes gone, every kind of dash and quote made plain."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return plain.replace("'", "").replace("\u2019", "").replace("\u02bc", "").replace("`", "")


def words_of(text: str) -> frozenset[str]:
    """A word list as written in code, parted by white space."""
    return frozenset(text.split())


def tokens(text: str) -> list[str]:
    """The words and numbers of a text; hyphens, slashes and other marks part words."""
    return WORD.findall(fold(text).replace("_", " "))


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """Plain English plural folded; for comparing two sides that both went through it, not for reading."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def stems(text: str) -> list[str]:
    """The words of a text in order, each without its plural: what phrases are compared by."""
    return [singular(word) for word in tokens(text)]


def fold_in_place(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters where it stood in the original."""
    if text.isascii():
        place = [index for index, letter in enumerate(text) if letter not in "'`"]
        return text.lower().replace("'", "").replace("`", ""), place
    plain: list[str] = []
    place = []
    for index, letter in enumerate(text):
        folded = fold(letter)
        plain.append(folded)
        place += [index] * len(folded)
    return "".join(plain), place
