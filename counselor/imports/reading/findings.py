"""What a reading of a file has to say about it: findings on columns, rejections of cells, reasons to hold."""

from __future__ import annotations

from dataclasses import dataclass

CODES = (
    "twin-columns", "scale", "unit-unknown", "unit-in-cell", "over-100-percent", "total-mismatch",
    "duplicate",
    "encoding", "unknown-form", "not-a-number", "missing", "truncated", "formula", "unknown-column",
    "not-a-date",
)  # fmt: skip


class UnreadableFile(Exception):
    """Not a table at all; the message says in plain words why, and what to do."""


class UnknownHeaders(UnreadableFile):
    """A table whose columns nobody has told the meaning of yet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a column or the whole file. `rows` counts the data rows that it touches."""

    code: str
    columns: tuple[str, ...]
    rows: int
    effect: str
    message: str

    def as_json(self) -> dict[str, object]:
        """The finding as the import report writes it."""
        return {
            "code": self.code,
            "columns": list(self.columns),
            "rows": self.rows,
            "effect": self.effect,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Rejection:
    """One cell that could not be understood. `row` as a spreadsheet shows it; the header is row 1."""

    row: int
    column: str
    value: str
    code: str
    message: str
    refuses: bool = False
    """True where the fault lets nobody tell what the file means: then nothing of it is applied."""

    def as_json(self) -> dict[str, object]:
        """The rejection as the import report writes it."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class RowHold:
    """Why a row is kept but may not be sold until a manager has looked at it."""

    code: str
    words: str


def shown(text: str, most: int = 120) -> str:
    """A cell's text short enough for a message."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
