"""From cells to rows: what each column means, what must be held, and what the file gets wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from counselor.guidance.profile import UNITS_PREFERRED, ReadAs, Reading, Unit

from .analytes import plain, reading_column, strange_unit
from .cells import Cell, read_cell
from .checks import twins, unscaled, was_scaled
from .fields import FieldReader
from .findings import Finding, Rejection, RowHold, shown
from .formats import Fields, Format
from .judging import judge
from .lines import read_line
from .notes import HELD, Ledger, RowNotes
from .repeats import mark_repeats
from .rows import NormalRow
from .tables import LONGEST_CELL, Table

_MOJIBAKE = re.compile("[ÃÂâ][\u0080-\u00bf\u0152-\u2122]")
_DOSE_READINGS = frozenset({"THC", "THCA", "CBD", "CBDA"})
_MOST = {Unit.PERCENT: 100.0, Unit.MG_PER_G: 1000.0}
"""No reading can be more than the whole mass."""

_UNIT_WORDS = {
    Unit.PERCENT: "percent",
    Unit.MG_PER_G: "mg per gram",
    Unit.MG_PER_SERVING: "mg per serving",
    Unit.MG_PER_PACKAGE: "mg per package",
}


def normalise(table: Table, known: Format) -> tuple[list[NormalRow], list[Finding], list[Rejection]]:
    """Every data row of the table in our words, with what was found and rejected on the way."""
    return _Reader(table, known).read()


class _Reader:
    """One file being read. Column positions are worked out once, cells are understood column by column."""

    def __init__(self, table: Table, known: Format) -> None:
        self.table = table
        self.known = known
        self.findings = list(table.findings)
        self.ledger = Ledger(list(table.rejected))
        self.fields: dict[int, str] = {}
        self.readings: dict[int, tuple[str, Unit | None]] = {}
        self.twin_of: dict[int, str] = {}
        self._sort_columns()
        headers = {name: table.headers[place] for place, name in self.fields.items()}
        self.field_reader = FieldReader(headers, decimal_comma=table.decimal_comma)

    def _sort_columns(self) -> None:
        for place, header in enumerate(self.table.headers):
            name = plain(header)
            if not header or name in self.known.known_unused:
                continue
            if name in self.known.columns:
                self.fields[place] = self.known.columns[name]
            elif name in self.known.readings:
                self.readings[place] = self.known.readings[name]
            elif not self.known.one_analyte_a_row and (column := reading_column(header)) is not None:
                self.readings[place] = column
            elif (key := strange_unit(header)) is not None:
                self.readings[place] = (key, Unit.UNKNOWN)
            else:
                message = f"The column “{header}” is not known and was not imported."
                rows = len(self.table.rows)
                self.findings.append(Finding("unknown-column", (header,), rows, "not imported", message))

    def read(self) -> tuple[list[NormalRow], list[Finding], list[Rejection]]:
        """Read all rows; twins and scale are known before any row is judged."""
        fields = [self._fields_of(row, cells) if cells else None for row, cells in self.table.rows]
        columns = {place: self._cells(place, fields) for place in self.readings}
        self._find_twins(columns)
        self._undo_scaling(columns)
        rows = []
        for place, (number, cells) in enumerate(self.table.rows):
            told = fields[place]
            if told is None:
                torn = RowHold("truncated", "The row is torn")
                rows.append(NormalRow(number, "", "", hold_reasons=(torn,), skipped=True))
            else:
                found = [(column, read[place]) for column, read in columns.items()]
                rows.append(self._row(number, cells, told, found))
        if not self.known.one_analyte_a_row:
            rows = mark_repeats(rows, self.ledger, crawled=self.known.twice_is_crawled)
        return rows, self.findings + self.ledger.findings(), self.ledger.rejected

    def _fields_of(self, row: int, cells: Sequence[str]) -> Fields:
        told: Fields = {}
        for place, name in self.fields.items():
            text = cells[place].strip()
            told[name] = self._mended(text, row, self.table.headers[place]) if text else ""
        self.known.tidy(told)
        return told

    def _mended(self, text: str, row: int, header: str) -> str:
        if len(text) >= LONGEST_CELL:
            message = "A spreadsheet cut a cell off at 32,767 characters."
            self.ledger.add("truncated", header, row, "kept as it is", message)
        if text[0] in "=@" and len(text) > 1:
            message = "A cell is a formula; it is kept as text and never run."
            self.ledger.add("formula", header, row, "kept as text", message)
        if not text.isascii() and _MOJIBAKE.search(text):
            try:
                text = text.encode("cp1252").decode("utf-8")
            except (UnicodeEncodeError, UnicodeDecodeError):
                message = "Letters were damaged before and cannot be mended."
                self.ledger.add("encoding", header, row, "kept as it is", message)
            else:
                message = "Letters were encoded twice (“Ã©” for “é”) and were mended."
                self.ledger.add("encoding", header, row, "accents mended", message)
        return text

    def _cells(self, place: int, fields: list[Fields | None]) -> list[Cell | None]:
        unit, comma = self.readings[place][1], self.table.decimal_comma
        if unit is None and plain(self.table.headers[place]).startswith("terp_"):
            unit = Unit.PERCENT
        return [
            None
            if told is None
            else read_cell(cells[place], unit or self.known.unit(told), decimal_comma=comma)
            for (_, cells), told in zip(self.table.rows, fields, strict=True)
        ]

    def _find_twins(self, columns: dict[int, list[Cell | None]]) -> None:
        headers = self.table.headers
        for place, (other, agreeing) in twins(columns, at_source=self.known.twins_at_source).items():
            mine, theirs = self.readings[place][0], self.readings[other][0]
            message = (
                f"The column “{headers[place]}” repeats “{headers[other]}” in {agreeing} of"
                f" {len(self.table.rows)} rows, so it does not tell {mine}."
            )
            self.findings.append(
                Finding("twin-columns", (mine, theirs), agreeing, f"{mine} not imported", message)
            )
            self.twin_of[place] = theirs

    def _undo_scaling(self, columns: dict[int, list[Cell | None]]) -> None:
        if not self.known.percent_round_trip or not was_scaled(columns.values()):
            return
        message = "A spreadsheet wrote percentages a hundredfold (3510.00% for 35.10)."
        for place, cells in columns.items():
            for at, cell in enumerate(cells):
                if cell is not None and cell.is_percent_sign:
                    cells[at] = unscaled(cell)
                    header, row = self.table.headers[place], self.table.rows[at][0]
                    self.ledger.add("scale", header, row, "divided by 100", message)

    def _row(
        self, number: int, cells: Sequence[str], told: Fields, found: list[tuple[int, Cell | None]]
    ) -> NormalRow:
        notes = RowNotes(number, self.ledger)
        analytes: dict[str, Reading] = {}
        others: list[tuple[str, Reading]] = []
        for place, cell in found:
            if cell is not None:
                reading = self._accepted(place, cell, cells[place], notes)
                _put(analytes, others, self.readings[place][0], reading)
        if self.known.one_analyte_a_row:
            analytes |= self._line(told, notes)
        row = self.field_reader.row(told, notes, analytes, tuple(others))
        if self.known.one_analyte_a_row:
            row = replace(row, is_line=True)
        else:
            judge(row, told, notes, self.field_reader)
        return replace(row, hold_reasons=notes.holds) if notes.holds else row

    def _accepted(self, place: int, cell: Cell, text: str, notes: RowNotes) -> Reading:
        """The reading of a cell, unless its column is a twin or it says what cannot be."""
        header, key = self.table.headers[place], self.readings[place][0]
        if place in self.twin_of:
            notes.hold(
                "twin-columns", f"{key} in the file repeats {self.twin_of[place]}, so {key} is not known"
            )
            blank = cell.reading.read_as is ReadAs.BLANK
            return cell.reading if blank else Reading(None, cell.reading.unit, ReadAs.REJECTED)
        return _checked(cell, key, header, text, notes)

    def _line(self, told: Fields, notes: RowNotes) -> dict[str, Reading]:
        """The one analyte of a certificate's line; nothing where the line is of something else."""
        notes.hold("missing", "A line of a certificate; it adds to a batch that must be in the catalog")
        read = read_line(told, decimal_comma=self.table.decimal_comma)
        if read is None:
            message = f"Some lines are of analytes that are not kept (“{shown(told.get('key', ''), 40)}”)."
            notes.find("unknown-column", "", "line not imported", message)
            return {}
        key, cell = read
        return {key: _checked(cell, key, self.field_reader.header("value"), told.get("value", ""), notes)}


def _checked(cell: Cell, key: str, header: str, text: str, notes: RowNotes) -> Reading:
    reading = cell.reading
    code, message = cell.code, cell.message
    most = _MOST.get(reading.unit)
    if not code and most is not None and max(reading.value or 0, reading.limit or 0) > most:
        code = "over-100-percent"
        message = f"{shown(text, 40)} is more than the whole mass. Perhaps the unit is another one."
    if code:
        notes.reject(header, text, code, message)
        if key in _DOSE_READINGS:
            notes.hold(code, f"{key} could not be read (“{shown(text, 30)}”)")
        return Reading(None, reading.unit, ReadAs.REJECTED)
    if reading.unit is Unit.UNKNOWN:
        if reading.is_number or reading.read_as is ReadAs.BELOW_LIMIT:
            message = f"Nothing says per piece, per pack or per gram (“{shown(text, 30)}”)."
            notes.find("unit-unknown", header, HELD, message)
            notes.hold("unit-unknown", f"The unit of {key} is not known")
    elif cell.differs or (cell.stated and not cell.is_percent_sign):
        message = f"Cells carry their unit (“{shown(text, 30)}”)."
        notes.find("unit-in-cell", header, f"read as {_UNIT_WORDS[reading.unit]}", message)
    return reading


def _put(analytes: dict[str, Reading], others: list[tuple[str, Reading]], key: str, reading: Reading) -> None:
    """Keep one reading of an analyte in front: one that says something before a blank, then the better
    unit.
    """
    there = analytes.get(key)
    if there is None or there.read_as is ReadAs.BLANK:
        analytes[key] = reading if there is None or reading.read_as is not ReadAs.BLANK else there
        return
    if reading.read_as is ReadAs.BLANK or reading == there:
        return
    better = UNITS_PREFERRED.index(reading.unit) < UNITS_PREFERRED.index(there.unit)
    analytes[key] = reading if better else there
    others.append((key, there if better else reading))


def missing_columns(table: Table, known: Format) -> Iterator[str]:
    """Columns a format cannot do without that the file lacks."""
    there = {plain(header) for header in table.headers}
    yield from sorted(known.signature - there)
