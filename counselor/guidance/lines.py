"""Where in its file a fault stands: looked for only once something is wrong, so a healthy load pays nothing.

TOML's reader gives no line numbers. The n-th `[[table]]` header of a file is the n-th row that was read, so
counting headers finds the statement, and the field is looked for from there to the next header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from .entries import Fault

HEADER = re.compile(r"^\[\[?\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$")
TOLD_LINE = re.compile(r"\(at line (\d+)")
ROW = re.compile(r"row (\d+)$")
KEYS = ("id", "key", "administration")


def located(folder: Path, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The same faults with the line of each, sorted as an editor walks through the files."""
    texts: dict[str, list[str]] = {}

    def lines_of(file: str) -> list[str]:
        if file not in texts:
            path = folder / file
            found = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            texts[file] = found.splitlines()
        return texts[file]

    placed = []
    for fault in faults:
        file, line = fault.file, fault.line
        if not line and (folder / file).is_dir():
            for path in sorted((folder / file).rglob("*.toml")):
                shown = path.relative_to(folder).as_posix()
                if found := _of_statement(lines_of(shown), fault.statement, fault.field):
                    file, line = shown, found
                    break
        elif not line:
            line = _line(lines_of(file), fault)
        placed.append(
            Fault(file, fault.statement, fault.message, line, fault.table, fault.number, fault.field)
        )
    return tuple(sorted(placed, key=lambda one: (one.file, one.line)))


def _line(lines: list[str], fault: Fault) -> int:
    if told := TOLD_LINE.search(fault.message):
        return int(told.group(1))
    if row := ROW.match(fault.statement):
        return int(row.group(1))
    if fault.file.endswith(".csv"):
        start = re.compile(rf'^"?{re.escape(fault.statement)}"?\s*(,|$)', re.IGNORECASE)
        return next((n for n, text in enumerate(lines, start=1) if start.match(text)), 0)
    if fault.table:
        return _of_row(lines, fault.table, fault.number, fault.field)
    return _of_statement(lines, fault.statement, fault.field)


def _headers(lines: list[str]) -> list[tuple[int, str]]:
    """(line, table) of every header; a line inside a text of several lines is none."""
    found, inside = [], ""
    for number, text in enumerate(lines, start=1):
        if not inside and (header := HEADER.match(text)):
            found.append((number, header.group(1)))
        for quotes in ('"""', "'''"):
            if text.count(quotes) % 2 and inside in ("", quotes):
                inside = "" if inside else quotes
    return found


def _of_row(lines: list[str], table: str, number: int, field: str) -> int:
    """The line of the field in the n-th row of a table, else that of the row's header; 0 if not found."""
    headers = _headers(lines)
    rows = [place for place, (_, name) in enumerate(headers) if name == table]
    if not 0 < number <= len(rows):
        return 0
    place = rows[number - 1]
    start = headers[place][0]
    return _of_field(lines, start, _end(lines, start), field) or start


def _end(lines: list[str], start: int) -> int:
    """The line after the row that holds this line; tables inside a row belong to it."""
    above, name, end = 0, "", len(lines) + 1
    for line, table in _headers(lines):
        if line <= start:
            above, name = line, table
        elif above and not table.startswith(f"{name}."):
            end = line
            break
    return end


def _of_field(lines: list[str], start: int, stop: int, field: str) -> int:
    """The line between two lines where the field is given, or else where this word is written; 0 if none."""
    if not field:
        return 0
    name = re.escape(field)
    for pattern in (rf"^\s*{name}\s*=", rf"\b{name}\s*=", rf"[\"']{name}[\"':]"):
        for number in range(start, stop):
            if re.search(pattern, lines[number - 1]):
                return number
    return 0


def _of_statement(lines: list[str], statement: str, field: str) -> int:
    """The line of a statement by its id, or of a field of it; a whole text is found without the id too."""
    named = re.compile(rf"^\s*(?:{'|'.join(KEYS)})\s*=\s*[\"']{re.escape(statement)}[\"']")
    for number, text in enumerate(lines, start=1):
        if named.match(text):
            return _of_field(lines, number, _end(lines, number), field) or number
    return _of_field(lines, 1, len(lines) + 1, field) if " " in field else 0
