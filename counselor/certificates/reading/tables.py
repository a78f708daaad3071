"""Cannabinoid tables in the text of a certificate.

A table begins with a heading line that names a column of analytes and at least one of results. Each line
below is read against it; one whose cells do not fall under the headings one by one is handed back unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from counselor.guidance.profile import ReadAs, Unit
from counselor.imports.reading.analytes import analyte_of, plain
from counselor.imports.reading.cells import Cell, number_of, read_cell

from .pieces import Piece, pieces_of

UNITS = {
    "%": Unit.PERCENT, "mg/g": Unit.MG_PER_G,
    "mg/serving": Unit.MG_PER_SERVING, "mg/dose": Unit.MG_PER_SERVING, "mg/capsule": Unit.MG_PER_SERVING,
    "mg/piece": Unit.MG_PER_SERVING,
    "mg/container": Unit.MG_PER_PACKAGE, "mg/package": Unit.MG_PER_PACKAGE, "mg/pkg": Unit.MG_PER_PACKAGE,
    "mg/pack": Unit.MG_PER_PACKAGE, "mg/unit": Unit.MG_PER_PACKAGE,
    "mg/ml": Unit.UNKNOWN, "ppm": Unit.UNKNOWN, "ug/g": Unit.UNKNOWN, "mg": Unit.UNKNOWN,
}  # fmt: skip
"""Units of headings. A unit from which no dose can be worked out is kept as unknown, and said."""

_UNIT = r"mg\s*/\s*(?:serving|dose|capsule|piece|container|package|pkg|pack|unit|ml|g)\b|%|ppm|[uµ]g/g|mg\b"
_HEAD = re.compile(
    rf"(?P<analyte>analytes?|compounds?|cannabinoids?|components?)\b(?!\s+(?:profile|potency|content|results))"
    rf"|(?P<limit>lod|loq|mrl|mdl|rl|limit)\b|(?P<result>results?|mass|conc(?:entration|\.)?|amount|value)(?![a-z])"
    rf"|(?P<units>units?)\b|(?P<status>status|pass/fail|qualifier|action level|rsd)\b|(?P<bare>{_UNIT})",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(rf"\s*[\(\[]?\s*({_UNIT})\s*[\)\]]?", re.IGNORECASE)
_TOTAL = re.compile(r"^total\s+(?:potential\s+|active\s+|max\s+)?(?P<what>thc|cbd)\b", re.IGNORECASE)
_QUALIFIED = re.compile(r"\b(?:loq|mrl|bql|blq|rl)\b", re.IGNORECASE)
_NUMBER = r"[<≤]?\s?\d[\d.,]*(?:[eE][+-]?\d+)?"
_WORDS = (
    r"[<≤]\s?(?:loq|lod|mrl|rl)\b|not detected|none detected|not tested|n\.?[/]?d\.?(?=\s|$)|n/?[tar]\b"
    rf"|b[ql]l?q\b|bdl\b|trace\b|[-–—]+(?=\s|$)|pass(?:ed)?\b|fail(?:ed)?\b|{_UNIT}"
)
_VALUE = re.compile(rf"{_NUMBER}|{_WORDS}", re.IGNORECASE)
_VALUE_WITH_UNIT = re.compile(rf"{_NUMBER}(?:\s?(?:{_UNIT}))?|{_WORDS}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """One heading: its role (analyte, limit, result, units, status), its place, and its unit if stated."""

    role: str
    place: Piece
    unit: Unit | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One reading as the certificate states it. `said` is its cell; a rejected cell says why."""

    analyte: str
    said: str
    cell: Cell


@dataclass(slots=True)
class Tables:
    """What all tables of a certificate say."""

    lines: list[Line] = field(default_factory=list)
    totals: list[tuple[str, Cell]] = field(default_factory=list)
    """Totals of THC and CBD as the certificate itself states them: compared, never stored."""
    unread: list[str] = field(default_factory=list)
    """Lines inside a cannabinoid table that nobody could read."""


MOST_MISSES = 4
"""So many lines in a row that are none of the table end it."""


def tables_of(lines: Sequence[str]) -> Tables:
    """Every reading of every cannabinoid table, in the order of the page."""
    found = Tables()
    open_tables: list[list[Column]] = []
    strange: list[str] = []  # lines that are told only if their table turns out to be one of cannabinoids
    is_ours, misses = False, 0
    for place, line in enumerate(lines):
        if heads := _headings(line):
            open_tables, misses = [_with_units(head, lines, place) for head in heads], 0
            strange, is_ours = [], False
            continue
        if not open_tables or _only_units(line):
            continue
        hit = False
        for part, table in _parts(line, open_tables):
            hit |= _take(part, table, found, strange)
        is_ours |= hit
        misses = 0 if hit else misses + 1
        if is_ours:
            found.unread += strange
            strange = []
        if misses >= MOST_MISSES:
            open_tables = []
    return found


def _headings(line: str) -> list[list[Column]]:
    """The heading of each table on this line; two tables may stand side by side."""
    columns = []
    end = -1
    for match in _HEAD.finditer(line):
        if match.start() < end:
            continue
        role = str(match.lastgroup)
        unit, end, name = None, match.end(), match.group().lower()
        if role == "bare":
            role, unit = "result", _unit(match.group())
        elif role in ("limit", "result") and (stated := _IN_BRACKETS.match(line, match.end())):
            unit, end = _unit(stated.group(1)), stated.end()
        columns.append(Column(role, Piece(line[match.start() : end], match.start(), end), unit, name))
    starts = [number for number, column in enumerate(columns) if column.role == "analyte"]
    tables = [columns[a:b] for a, b in zip(starts, [*starts[1:], len(columns)], strict=False)]
    return [table for table in tables if any(column.role == "result" for column in table)]


def _unit(text: str) -> Unit:
    return UNITS.get("".join(text.lower().replace("µ", "u").split()), Unit.UNKNOWN)


def _only_units(line: str) -> bool:
    rest = re.sub(rf"[\(\[]?(?:{_UNIT})[\)\]]?", "", line, flags=re.IGNORECASE)
    return not rest.strip() and bool(line.strip())


def _with_units(table: list[Column], lines: Sequence[str], place: int) -> list[Column]:
    """The heading with the units of the line under it, where that line holds nothing but units."""
    below = lines[place + 1] if place + 1 < len(lines) else ""
    if not _only_units(below) or all(c.unit is not None for c in table if c.role == "result"):
        return table
    units = [Piece(m.group(), m.start(), m.end()) for m in re.finditer(_UNIT, below, re.IGNORECASE)]
    made = []
    for column in table:
        near = min(units, key=lambda one: abs(one.middle - column.place.middle), default=None)
        fits = near is not None and abs(near.middle - column.place.middle) <= 6
        if column.role in ("limit", "result") and column.unit is None and near is not None and fits:
            column = replace(column, unit=_unit(near.text))
        made.append(column)
    return made


def _parts(line: str, tables: list[list[Column]]) -> Iterator[tuple[str, list[Column]]]:
    """The part of a line that belongs to each table, with its place on the page kept."""
    if len(tables) == 1:
        yield line, tables[0]
        return
    pieces = pieces_of(line)
    for number, table in enumerate(tables):
        left = table[0].place.start - 2 if number else 0
        right = tables[number + 1][0].place.start - 2 if number + 1 < len(tables) else len(line)
        mine = [piece for piece in pieces if left <= piece.start < right]
        if mine:
            yield " " * mine[0].start + line[mine[0].start : mine[-1].end], table


def _take(line: str, table: list[Column], found: Tables, strange: list[str]) -> bool:
    """Read one line of a table; False where it is none of it, and then a line with values is `strange`."""
    name, rest, start = _name(line)
    if name is None:
        return False
    total = _TOTAL.match(name)
    analyte = None if total else known_analyte(name)
    has_units = any(column.role == "units" for column in table)
    shape = _VALUE if has_units else _VALUE_WITH_UNIT
    values = [Piece(m.group().strip(), start + m.start(), start + m.end()) for m in shape.finditer(rest)]
    if analyte is None and total is None:
        if values and not name.lower().startswith(("total", "sum")):
            strange.append(" ".join(line.split()))
        return False
    cells = _cells(values, table[1:])
    if cells is None or shape.sub("", rest).strip(" *†‡"):
        found.unread.append(" ".join(line.split()))
        return True
    for column, text in cells:
        if column.role != "result":
            continue
        cell = _cell(column, text, cells)
        if total:
            found.totals.append((total.group("what").upper(), cell))
        elif analyte is not None and cell.reading.read_as is not ReadAs.BLANK:
            found.lines.append(Line(analyte, text, cell))
    return True


def _name(line: str) -> tuple[str | None, str, int]:
    """The analyte's name at the head of a line, what stands behind it, and where that begins."""
    pieces = pieces_of(line)
    if not pieces:
        return None, "", 0
    first = pieces[0]
    words = first.text.split(" ")
    for many in range(len(words), 0, -1):
        name = " ".join(words[:many])
        if known_analyte(name) is not None or _TOTAL.fullmatch(name):
            start = first.start + len(name)
            return name, line[start:], start
    if len(pieces) > 1:
        return first.text, line[first.end :], first.end
    return None, "", 0


def known_analyte(name: str) -> str | None:
    """The analyte of a name as certificates print it: "Δ9-THC", "THC-A", "Cannabidiol (CBD)"."""
    name = name.strip(" *†‡:").replace("Δ", "delta ").replace("∆", "delta ")
    if (key := analyte_of(plain(name))) is not None:
        return key
    inner = re.fullmatch(r"(.+?)\s*\((.+?)\)", name)
    if inner is None:
        return None
    told = {analyte_of(plain(part)) for part in inner.groups()} - {None}
    return told.pop() if len(told) == 1 else None


def _cells(values: Sequence[Piece], columns: Sequence[Column]) -> list[tuple[Column, str]] | None:
    """Each heading's cell: one by one where they are as many, else by place; None where that is not clear."""
    if len(values) == len(columns):
        return [(column, value.text) for column, value in zip(columns, values, strict=True)]
    if not values or len(values) > len(columns):
        return None
    taken: dict[int, str] = {}
    for value in values:
        far, nearest = min(
            (
                min(
                    abs(value.middle - c.place.middle),
                    abs(value.start - c.place.start),
                    abs(value.end - c.place.end),
                ),
                n,
            )
            for n, c in enumerate(columns)
        )
        if nearest in taken or far > 5:
            return None
        taken[nearest] = value.text
    return [(columns[number], text) for number, text in sorted(taken.items())]


def _cell(column: Column, text: str, cells: Sequence[tuple[Column, str]]) -> Cell:
    """A result in its column's unit, or the one in the line's own units column; "<LOQ" gets its limit."""
    stated = next((other for head, other in cells if head.role == "units"), "")
    unit = column.unit or (_unit(stated) if stated else Unit.UNKNOWN)
    cell = read_cell(text, unit)
    if cell.reading.read_as is not ReadAs.BELOW_LIMIT or cell.reading.limit is not None:
        return cell
    if not _QUALIFIED.search(text):
        return cell
    for head, other in cells:
        limit = number_of(other) if head.name in ("loq", "mrl", "rl") else None
        if limit and (head.unit is unit or (head.unit is None and stated)):
            return replace(cell, reading=replace(cell.reading, limit=limit))
    return cell
