"""Folding names and card numbers, so that a search finds what a person would call the same."""

from __future__ import annotations

import unicodedata


def name_key(text: str) -> str:
    """Casefolded, accents removed, punctuation as spaces: "O'Brien-Núñez" gives "obrien nunez"."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = []
    for letter in plain:
        if letter.isalnum():
            kept.append(letter)
        elif letter in "-_/.," or letter.isspace():
            kept.append(" ")
    return " ".join("".join(kept).split())


def card_key(text: str) -> str:
    """Letters and digits only, in capitals: spaces and hyphens on a card mean nothing."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).upper() if letter.isalnum())
