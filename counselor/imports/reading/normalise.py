"""From cells to rows: what each column means, what must be held, and what the file gets wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
        """Read all rows, column by column; twins and scale are known before any row is judged."""
        whole = [(number, cells) for number, cells in self.table.rows if cells]
        texts: list[tuple[str, ...]] = list(zip(*(cells for _, cells in whole), strict=True))
        numbers = [number for number, _ in whole]
        fields = self._fields_of(texts, numbers)
        columns = (
            {place: self._cells(place, texts[place], fields) for place in self.readings} if whole else {}
        )
        self._find_twins(columns)
        self._undo_scaling(columns, numbers)
        taken = _Taken(columns, self.readings, set(self.twin_of))
        made = iter(
            self._row(number, cells, fields[at], at, columns, taken)
            for at, (number, cells) in enumerate(whole)
        )
        rows = [next(made) if cells else _torn_row(number) for number, cells in self.table.rows]
        if not self.known.one_analyte_a_row:
            rows = mark_repeats(rows, self.ledger, crawled=self.known.twice_is_crawled)
        return rows, self.findings + self.ledger.findings(), self.ledger.rejected

    def _fields_of(self, texts: Sequence[tuple[str, ...]], numbers: Sequence[int]) -> list[Fields]:
        """Each row's columns by our names, mended and tidied."""
        names = list(self.fields.values())
        mended = (
            [self._mended(texts[place], numbers, self.table.headers[place]) for place in self.fields]
            if texts
            else []
        )
        fields = [dict(zip(names, row, strict=True)) for row in zip(*mended, strict=True)]
        if not mended:
            fields = [{} for _ in numbers]
        for told in fields:
            self.known.tidy(told)
        return fields

    def _mended(self, column: Sequence[str], numbers: Sequence[int], header: str) -> list[str]:
        """A column's texts without spaces around them and without damage that can be undone.

        Each different text is looked at once; what was done to it is noted for every row it stands in.
        """
        told: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
            text: _mend(text.strip()) for text in set(column)
        }
        if any(notes for _, notes in told.values()):
            for number, text in zip(numbers, column, strict=True):
                for code, effect, message in told[text][1]:
                    self.ledger.add(code, header, number, effect, message)
        clean = {text: mended for text, (mended, _) in told.items()}
        return [clean[text] for text in column]

    def _cells(self, place: int, column: Sequence[str], fields: list[Fields]) -> list[Cell]:
        """A column of readings understood; each different text (in each unit) once."""
        unit, comma = self.readings[place][1], self.table.decimal_comma
        if unit is None and plain(self.table.headers[place]).startswith("terp_"):
            unit = Unit.PERCENT
        if unit is not None:
            known = {text: read_cell(text, unit, decimal_comma=comma) for text in set(column)}
            return [known[text] for text in column]
        units = [self.known.unit(told) for told in fields]
        pairs = {pair: read_cell(*pair, decimal_comma=comma) for pair in set(zip(column, units, strict=True))}
        return [pairs[pair] for pair in zip(column, units, strict=True)]

    def _find_twins(self, columns: dict[int, list[Cell]]) -> None:
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

    def _undo_scaling(self, columns: dict[int, list[Cell]], numbers: Sequence[int]) -> None:
        if not self.known.percent_round_trip or not was_scaled(columns.values()):
            return
        message = "A spreadsheet wrote percentages a hundredfold (3510.00% for 35.10)."
        for place, cells in columns.items():
            for at, cell in enumerate(cells):
                if cell.is_percent_sign:
                    cells[at] = unscaled(cell)
                    self.ledger.add(
                        "scale", self.table.headers[place], numbers[at], "divided by 100", message
                    )

    def _row(
        self,
        number: int,
        cells: Sequence[str],
        told: Fields,
        at: int,
        columns: dict[int, list[Cell]],
        taken: _Taken,
    ) -> NormalRow:
        notes = RowNotes(number, self.ledger)
        if at in taken.odd:
            analytes, others = self._judged(at, cells, columns, notes)
        elif columns:
            analytes, others = taken.readings(at)
        else:
            analytes, others = {}, ()
        if self.known.one_analyte_a_row:
            analytes |= self._line(told, notes)
        row = self.field_reader.row(told, notes, analytes, tuple(others))
        if self.known.one_analyte_a_row:
            row = replace(row, is_line=True)
        else:
            judge(row, told, notes, self.field_reader)
        return replace(row, hold_reasons=notes.holds) if notes.holds else row

    def _judged(
        self, at: int, cells: Sequence[str], columns: dict[int, list[Cell]], notes: RowNotes
    ) -> tuple[dict[str, Reading], Sequence[tuple[str, Reading]]]:
        """The readings of a row of which something has to be said, cell by cell."""
        analytes: dict[str, Reading] = {}
        others: list[tuple[str, Reading]] = []
        for place, column in columns.items():
            reading = self._accepted(place, column[at], cells[place], notes)
            _put(analytes, others, self.readings[place][0], reading)
        return analytes, others

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


class _Taken:
    """Readings of the rows in which nothing is to be said about any of them, ready to be taken.

    `odd` are the places of all other rows; there each cell is judged by itself.
    """

    def __init__(
        self,
        columns: Mapping[int, Sequence[Cell]],
        meaning: Mapping[int, tuple[str, Unit | None]],
        twins: set[int],
    ) -> None:
        self.odd: set[int] = set()
        keys = [meaning[place][0] for place in columns]
        for place, column in columns.items():
            different = {id(cell): cell for cell in column}
            strange = {
                name for name, cell in different.items() if place in twins or not _speaks_for_itself(cell)
            }
            if strange:
                self.odd.update(at for at, cell in enumerate(column) if id(cell) in strange)
        self._keys = keys
        self._once = len(set(keys)) == len(keys)
        self._rows = list(
            zip(*([cell.reading for cell in column] for column in columns.values()), strict=True)
        )

    def readings(self, at: int) -> tuple[dict[str, Reading], Sequence[tuple[str, Reading]]]:
        """Of one row: one reading for each analyte, and those stated a second time in another unit."""
        row = self._rows[at]
        if self._once:
            return dict(zip(self._keys, row, strict=True)), ()
        analytes: dict[str, Reading] = {}
        others: list[tuple[str, Reading]] = []
        for key, reading in zip(self._keys, row, strict=True):
            if key in analytes:
                _put(analytes, others, key, reading)
            else:
                analytes[key] = reading
        return analytes, others


def _speaks_for_itself(cell: Cell) -> bool:
    """Whether `_checked` would take it as it is and say nothing."""
    reading = cell.reading
    if reading.unit is Unit.UNKNOWN:
        return not (cell.code or reading.is_number or reading.read_as is ReadAs.BELOW_LIMIT)
    most = _MOST.get(reading.unit)
    too_much = most is not None and max(reading.value or 0, reading.limit or 0) > most
    return not (cell.code or too_much or cell.differs or (cell.stated and not cell.is_percent_sign))


def _torn_row(number: int) -> NormalRow:
    return NormalRow(number, "", "", hold_reasons=(RowHold("truncated", "The row is torn"),), skipped=True)


def _mend(text: str) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """A field's text as it was meant, and what has to be said: (code, effect, message)."""
    notes: list[tuple[str, str, str]] = []
    if len(text) >= LONGEST_CELL:
        notes.append(("truncated", "kept as it is", "A spreadsheet cut a cell off at 32,767 characters."))
    if text[:1] in ("=", "@") and len(text) > 1:
        notes.append(("formula", "kept as text", "A cell is a formula; it is kept as text and never run."))
    if not text.isascii() and _MOJIBAKE.search(text):
        try:
            text = text.encode("cp1252").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            message = "Letters were damaged before and cannot be mended."
            notes.append(("encoding", "kept as it is", message))
        else:
            message = "Letters were encoded twice (“Ã©” for “é”) and were mended."
            notes.append(("encoding", "accents mended", message))
    return text, tuple(notes)


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
