"""A line of a page as pieces with their places, split where two spaces or more stand between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECE = re.compile(r"\S+(?: \S+)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and where they begin and end, counted in characters from the left."""

    text: str
    start: int
    end: int

    @property
    def middle(self) -> float:
        """Half way between."""
        return (self.start + self.end) / 2


def pieces_of(line: str) -> list[Piece]:
    """The pieces of a line, left to right."""
    line = line.replace("\u00a0", " ").replace("\t", "    ")
    return [Piece(found.group(), found.start(), found.end()) for found in _PIECE.finditer(line)]
