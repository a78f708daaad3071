"""What is noted while a file is read: findings over many rows, and the rejections and holds of one row."""

from __future__ import annotations

from collections.abc import Iterable

from .findings import Finding, Rejection, RowHold, shown

HELD = "kept, not saleable"


class Ledger:
    """Findings with the columns and rows they touch, and every rejected cell, collected while the file is
    read.
    """

    def __init__(self, rejected: list[Rejection]) -> None:
        self.rejected = rejected
        self._found: dict[tuple[str, str, str], tuple[dict[str, None], dict[int, None], str]] = {}

    def add(self, code: str, column: str, row: int, effect: str, message: str, *, key: str = "") -> None:
        """Count one more row, and perhaps one more column, for a finding; `key` keeps apart what is not the
        same.
        """
        columns, rows, _ = self._found.setdefault((code, effect, key), ({}, {}, message))
        if column:
            columns[column] = None
        rows[row] = None

    def findings(self) -> list[Finding]:
        """What was gathered, each with its first rows named."""
        return [
            Finding(code, tuple(columns), len(rows), effect, f"{message} {_where(sorted(rows))}")
            for (code, effect, _), (columns, rows, message) in self._found.items()
        ]


def _where(rows: list[int]) -> str:
    first = ", ".join(str(row) for row in rows[:5])
    return f"Row{'s' if len(rows) > 1 else ''} {first}{' and more' if len(rows) > 5 else ''}."


class RowNotes:
    """What is noted about one row: why it is held, which of its cells are rejected."""

    def __init__(self, number: int, ledger: Ledger) -> None:
        self.number = number
        self._ledger = ledger
        self._holds: dict[RowHold, None] = {}

    @property
    def holds(self) -> tuple[RowHold, ...]:
        """Each reason once, in the order they were found."""
        return tuple(self._holds)

    def hold(self, code: str, words: str) -> None:
        """Keep the row from being sold until a manager has looked."""
        self._holds[RowHold(code, words)] = None

    def hold_only(self, holds: Iterable[RowHold]) -> None:
        """These are the reasons, whatever was noted before."""
        self._holds = dict.fromkeys(holds)

    def reject(self, column: str, text: str, code: str, message: str, *, refuses: bool = False) -> None:
        """One cell could not be understood."""
        self._ledger.rejected.append(Rejection(self.number, column, shown(text), code, message, refuses))

    def find(self, code: str, column: str, effect: str, message: str, *, key: str = "") -> None:
        """This row adds to a finding."""
        self._ledger.add(code, column, self.number, effect, message, key=key)
