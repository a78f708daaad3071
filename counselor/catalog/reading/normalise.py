"""From cells to rows: what each column means, what must be held, and what the file gets wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from counselor.guidance.profile import CANNABINOIDS, ReadAs, Reading, Unit
from counselor.guidance.shelf import FORMS

from .analytes import plain, reading_column, strange_unit
from .cells import Cell, date_of, grams_of, number_of, read_cell
from .checks import Gathered, percent_sum, stated_total, twins, unscaled, was_scaled
from .dosage import goes_together
from .findings import Finding, Rejection, RowHold, shown
from .formats import Fields, Format
from .rows import UNITS_PREFERRED, NormalRow
from .tables import LONGEST_CELL, Table

_MOJIBAKE = re.compile("[ÃÂâ][\u0080-\u00bf\u0152-\u2122]")
_DOSE_READINGS = ("THC", "THCA", "CBD", "CBDA")
_INHALED = frozenset({"smoked", "vaporized"})


def normalise(table: Table, known: Format) -> tuple[list[NormalRow], list[Finding], list[Rejection]]:
    """Every data row of the table in our words, with what was found and rejected on the way."""
    return _Reader(table, known).read()


class _Reader:
    """One file being read. Column positions are worked out once, cells are understood column by column."""

    def __init__(self, table: Table, known: Format) -> None:
        self.table = table
        self.known = known
        self.gathered = Gathered()
        self.findings = list(table.findings)
        self.rejected = list(table.rejected)
        self.fields: dict[int, str] = {}
        self.readings: dict[int, tuple[str, Unit | None]] = {}
        self._sort_columns()

    def _sort_columns(self) -> None:
        for place, header in enumerate(self.table.headers):
            name = plain(header)
            if not header or name in self.known.known_unused:
                continue
            if name in self.known.columns:
                self.fields[place] = self.known.columns[name]
            elif not self.known.one_analyte_a_row and (column := reading_column(header)) is not None:
                self.readings[place] = column
            elif (key := strange_unit(header)) is not None:
                self.readings[place] = (key, Unit.UNKNOWN)
            else:
                self.findings.append(
                    Finding(
                        "unknown-column",
                        (header,),
                        len(self.table.rows),
                        "not imported",
                        f"The column “{header}” is not known and was not imported.",
                    )
                )

    def read(self) -> tuple[list[NormalRow], list[Finding], list[Rejection]]:
        fields = [self._fields_of(row, cells) if cells else None for row, cells in self.table.rows]
        columns = {place: self._cells(place, fields) for place in self.readings}
        twin_of = self._find_twins(columns)
        self._undo_scaling(columns)
        rows = []
        for place, (number, cells) in enumerate(self.table.rows):
            told = fields[place]
            if told is None or not cells:
                rows.append(
                    NormalRow(
                        number, "", "", hold_reasons=(RowHold("truncated", "The row is torn"),), skipped=True
                    )
                )
                continue
            readings = [(column, found[place]) for column, found in columns.items()]
            rows.append(self._row(number, cells, told, readings, twin_of))
        if self.known.one_analyte_a_row is False:
            rows = _mark_repeats(rows, self.rejected, self.gathered, crawled=self.known.twice_is_crawled)
        return rows, self.findings + self.gathered.findings(), self.rejected

    def _fields_of(self, row: int, cells: Sequence[str]) -> Fields:
        told: Fields = {}
        for place, name in self.fields.items():
            text = cells[place].strip()
            if text:
                text = self._repaired(text, row, place)
            told[name] = text
        self.known.tidy(told)
        return told

    def _repaired(self, text: str, row: int, place: int) -> str:
        header = self.table.headers[place]
        if len(text) >= LONGEST_CELL:
            self.gathered.add(
                "truncated",
                header,
                row,
                "kept as it is",
                "A cell was cut off at 32,767 characters by a spreadsheet.",
            )
        if text[0] in "=@" and len(text) > 1:
            self.gathered.add(
                "formula",
                header,
                row,
                "kept as text",
                "A cell is a formula; it is kept as text and never run.",
            )
        if _MOJIBAKE.search(text):
            try:
                text = text.encode("cp1252").decode("utf-8")
            except (UnicodeEncodeError, UnicodeDecodeError):
                self.gathered.add(
                    "encoding",
                    header,
                    row,
                    "kept as it is",
                    "Letters were damaged before and cannot be mended.",
                )
            else:
                self.gathered.add(
                    "encoding",
                    header,
                    row,
                    "accents mended",
                    "Letters were encoded twice (“Ã©” for “é”) and were mended.",
                )
        return text

    def _cells(self, place: int, fields: list[Fields | None]) -> list[Cell | None]:
        unit = self.readings[place][1]
        comma = self.table.decimal_comma
        found: list[Cell | None] = []
        for (_, cells), told in zip(self.table.rows, fields, strict=True):
            if told is None:
                found.append(None)
                continue
            found.append(read_cell(cells[place], unit or self._unit_of(place, told), decimal_comma=comma))
        return found

    def _unit_of(self, place: int, told: Fields) -> Unit:
        if plain(self.table.headers[place]).startswith("terp_"):
            return Unit.PERCENT
        return self.known.unit(told)

    def _find_twins(self, columns: dict[int, list[Cell | None]]) -> dict[int, str]:
        named = {str(place): cells for place, cells in columns.items()}
        found = twins(named, at_source=self.known.twins_at_source)
        headers = self.table.headers
        for name, (other, agreeing) in found.items():
            mine, theirs = headers[int(name)], headers[int(other)]
            self.findings.append(
                Finding(
                    "twin-columns",
                    tuple(dict.fromkeys((self.readings[int(name)][0], self.readings[int(other)][0]))),
                    agreeing,
                    f"{self.readings[int(name)][0]} not imported",
                    f"The column “{mine}” repeats “{theirs}” in {agreeing} of {len(self.table.rows)} rows, so it is not {mine}.",
                )
            )
        return {int(name): self.readings[int(other)][0] for name, (other, _) in found.items()}

    def _undo_scaling(self, columns: dict[int, list[Cell | None]]) -> None:
        if not self.known.percent_round_trip or not was_scaled(
            {str(place): cells for place, cells in columns.items()}
        ):
            return
        for place, cells in columns.items():
            for at, cell in enumerate(cells):
                if cell is not None and cell.is_percent_sign:
                    cells[at] = unscaled(cell)
                    row = self.table.rows[at][0]
                    header = self.table.headers[place]
                    self.gathered.add(
                        "scale",
                        header,
                        row,
                        "divided by 100",
                        "A spreadsheet wrote percentages a hundredfold (3510.00% for 35.10).",
                    )

    def _row(
        self,
        number: int,
        cells: Sequence[str],
        told: Fields,
        found: list[tuple[int, Cell | None]],
        twin_of: dict[int, str],
    ) -> NormalRow:
        holds: list[RowHold] = []
        analytes: dict[str, Reading] = {}
        others: list[tuple[str, Reading]] = []
        if self.known.one_analyte_a_row:
            self._line(number, told, analytes, holds)
        for place, cell in found:
            if cell is None:
                continue
            key = self.readings[place][0]
            reading = self._accepted(number, place, cell, cells[place], twin_of, holds)
            _put(analytes, others, key, reading)
        row = self._plain_row(number, told, holds)
        row = replace(row, analytes=analytes, others=tuple(others))
        self._judge(row, told, holds)
        return replace(
            row,
            hold_reasons=tuple(dict.fromkeys(holds)),
            skipped=not row.sku,
            is_line=self.known.one_analyte_a_row,
        )

    def _accepted(
        self, number: int, place: int, cell: Cell, text: str, twin_of: dict[int, str], holds: list[RowHold]
    ) -> Reading:
        reading, header, key = cell.reading, self.table.headers[place], self.readings[place][0]
        if place in twin_of:
            holds.append(
                RowHold("twin-columns", f"{key} in the file repeats {twin_of[place]}, so {key} is not known")
            )
            return (
                reading if reading.read_as is ReadAs.BLANK else Reading(None, reading.unit, ReadAs.REJECTED)
            )
        if cell.code:
            return self._reject(number, header, key, text, cell.code, cell.message, reading.unit, holds)
        if reading.unit is Unit.PERCENT and max(reading.value or 0, reading.limit or 0) > 100:
            message = f"{text.strip()} % of the mass cannot be. Perhaps it is mg, or mg per gram."
            return self._reject(number, header, key, text, "over-100-percent", message, reading.unit, holds)
        if cell.stated and reading.unit is not Unit.UNKNOWN and cell.stated != "%":
            self.gathered.add(
                "unit-in-cell",
                header,
                number,
                f"read as {_words(reading.unit)}",
                f"Cells carry their unit (“{shown(text, 30)}”).",
            )
        if reading.unit is Unit.UNKNOWN and (reading.is_number or reading.read_as is ReadAs.BELOW_LIMIT):
            self.gathered.add(
                "unit-unknown",
                header,
                number,
                "kept, not saleable",
                f"Nothing says per piece, per pack or per gram (“{shown(text, 30)}”).",
            )
            holds.append(RowHold("unit-unknown", f"The unit of {key} is not known"))
        return reading

    def _reject(
        self,
        number: int,
        header: str,
        key: str,
        text: str,
        code: str,
        message: str,
        unit: Unit,
        holds: list[RowHold],
    ) -> Reading:
        self.rejected.append(Rejection(number, header, shown(text), code, message))
        if key in _DOSE_READINGS:
            holds.append(RowHold(code, f"{key} could not be read (“{shown(text, 30)}”)"))
        return Reading(None, unit, ReadAs.REJECTED)

    def _line(self, number: int, told: Fields, analytes: dict[str, Reading], holds: list[RowHold]) -> None:
        """One line of a certificate: one analyte, in percent where mg/g is ten times it."""
        from .lines import read_line

        read = read_line(told, decimal_comma=self.table.decimal_comma)
        if read is None:
            key = told.get("key", "")
            self.gathered.add(
                "unknown-column",
                "",
                number,
                "line not imported",
                f"Some lines are of analytes that are not kept (“{shown(key, 40)}”).",
            )
            return
        key, cell = read
        reading = cell.reading
        if cell.code:
            reading = self._reject(
                number, "value", key, told.get("value", ""), cell.code, cell.message, reading.unit, holds
            )
        elif reading.unit is Unit.UNKNOWN and reading.is_number:
            self.gathered.add(
                "unit-unknown", "units", number, "kept, not saleable", "The line states no unit."
            )
            holds.append(RowHold("unit-unknown", f"The unit of {key} is not known"))
        elif cell.stated and cell.stated != "%":
            self.gathered.add(
                "unit-in-cell",
                "value",
                number,
                "the cell's own unit is used",
                "Cells in “value” carry their unit.",
            )
        analytes[key] = reading

    def _plain_row(self, number: int, told: Fields, holds: list[RowHold]) -> NormalRow:
        get = told.get
        sku = get("sku", "")
        if not sku:
            self.rejected.append(
                Rejection(
                    number,
                    self._header("sku"),
                    "",
                    "missing",
                    "The row has no SKU, so it cannot be told apart from others.",
                    refuses=True,
                )
            )
        serving = get("serving", "")
        serving_g = (
            self._number(number, told, "serving_g", holds) if "serving_g" in told else grams_of(serving)
        )
        if "serving_mg" in told:
            milligrams = self._number(number, told, "serving_mg", holds, needed=False)
            serving_g = milligrams / 1000 if milligrams else None
        package_g = self._number(number, told, "package_g", holds)
        servings = self._number(number, told, "servings_per_package", holds)
        if servings is None and serving_g and package_g:
            servings = round(package_g / serving_g, 3)
        if not serving and serving_g and "serving_g" in told:
            serving = f"1 serving ({serving_g:g} g)"
        return NormalRow(
            row=number,
            sku=sku,
            name=get("name", "") or sku,
            brand=get("brand", ""),
            form=get("form", ""),
            route=get("route", ""),
            serving=serving,
            serving_g=serving_g,
            servings_per_package=servings,
            package_g=package_g,
            smallest_dose=self._number(number, told, "smallest_dose", holds, most=1.0),
            ingredients=get("ingredients") or None,
            lineage=get("lineage", ""),
            batch=get("batch", ""),
            tested_on=self._date(number, told, "tested_on", holds),
            expires_on=self._date(number, told, "expires_on", holds),
            laboratory=get("laboratory", ""),
            certificate_number=get("certificate_number", ""),
            stock=self._count(number, told, "stock", holds),
            price=self._number(number, told, "price", holds, zero=True, needed=False),
        )

    def _header(self, field: str) -> str:
        return next(
            (self.table.headers[place] for place, name in self.fields.items() if name == field), field
        )

    def _number(
        self,
        number: int,
        told: Fields,
        field: str,
        holds: list[RowHold],
        *,
        most: float | None = None,
        zero: bool = False,
        needed: bool = True,
    ) -> float | None:
        text = told.get(field, "").strip()
        if not text:
            return None
        value = number_of(text.lstrip("$€£ "), decimal_comma=self.table.decimal_comma)
        if value is None or value < 0 or (value == 0 and not zero) or (most is not None and value > most):
            code = "formula" if text.startswith("=") else "not-a-number"
            limits = (
                f"above 0 and at most {most:g}" if most is not None else "0 or more" if zero else "above 0"
            )
            self.rejected.append(
                Rejection(
                    number,
                    self._header(field),
                    shown(text),
                    code,
                    f"“{shown(text, 40)}” is not a number {limits}.",
                )
            )
            if needed:
                holds.append(RowHold(code, f"{self._header(field)} could not be read (“{shown(text, 30)}”)"))
            return None
        return value

    def _count(self, number: int, told: Fields, field: str, holds: list[RowHold]) -> int | None:
        value = self._number(number, told, field, holds, zero=True)
        if value is not None and not value.is_integer():
            text = told[field]
            self.rejected.append(
                Rejection(
                    number,
                    self._header(field),
                    shown(text),
                    "not-a-number",
                    f"“{shown(text, 40)}” is not a whole number.",
                )
            )
            holds.append(
                RowHold("not-a-number", f"The count in stock could not be read (“{shown(text, 30)}”)")
            )
            return None
        return None if value is None else int(value)

    def _date(self, number: int, told: Fields, field: str, holds: list[RowHold]) -> date | None:
        text = told.get(field, "").strip()
        if not text:
            return None
        day = date_of(text)
        if day is None:
            self.rejected.append(
                Rejection(
                    number,
                    self._header(field),
                    shown(text),
                    "not-a-date",
                    f"“{shown(text, 40)}” is not a date we can read for certain. Write 2027-05-20.",
                )
            )
            holds.append(
                RowHold("not-a-date", f"{self._header(field)} could not be read (“{shown(text, 30)}”)")
            )
        return day

    def _judge(self, row: NormalRow, told: Fields, holds: list[RowHold]) -> None:
        """What keeps a whole row off the shelf: form, verdict, sums, contradicting totals, no dose."""
        if self.known.one_analyte_a_row:
            holds.append(
                RowHold("missing", "A line of a certificate; it adds to a batch that must be in the catalog")
            )
            return
        if row.form not in FORMS or not goes_together(row.form, row.route):
            said = told.get("kind") or self._said(told)
            self.gathered.add(
                "unknown-form",
                self._header("kind" if "kind" in told else "form"),
                row.row,
                "kept, not saleable",
                "The dosage form is not stated, not known, or could be of several routes.",
            )
            holds.append(
                RowHold(
                    "unknown-form",
                    f"Form and route are not known for certain ({shown(said, 60) or 'none stated'})",
                )
            )
        if "verdict" in told and told["verdict"].lower() not in {"pass", "passed"}:
            holds.append(
                RowHold(
                    "missing", f"The certificate does not say “pass” (status: {told['verdict'] or 'blank'})"
                )
            )
            self.gathered.add(
                "missing",
                self._header("verdict"),
                row.row,
                "kept, not saleable",
                "The certificate is not finished or does not say that the batch passed.",
                key="verdict",
            )
        summed = percent_sum(row.analytes, CANNABINOIDS)
        if summed > 100.5:
            self.gathered.add(
                "over-100-percent",
                "cannabinoids",
                row.row,
                "kept, not saleable",
                "The cannabinoids together are more than the whole mass.",
            )
            holds.append(
                RowHold("over-100-percent", f"Its cannabinoids add up to {summed:.0f} % of the mass")
            )
        self._compare_totals(row, told, holds)
        self._need_a_dose(row, told, holds)

    def _said(self, told: Fields) -> str:
        return " / ".join(part for part in (told.get("form", ""), told.get("route", "")) if part)

    def _compare_totals(self, row: NormalRow, told: Fields, holds: list[RowHold]) -> None:
        for key, field in (("THC", "total_thc"), ("CBD", "total_cbd")):
            stated = number_of(told.get(field, ""), decimal_comma=self.table.decimal_comma)
            if stated is None or stated == 0:
                continue
            header = self._header(field)
            verdict, unit = stated_total(
                row.analytes, key, stated, serving_g=row.serving_g, package_g=row.package_g
            )
            if verdict == "agrees" and unit != "the same unit":
                self.gathered.add(
                    "scale",
                    header,
                    row.row,
                    "our own total is used",
                    f"“{header}” is {unit} in some rows; in that unit it agrees.",
                    key=header + unit,
                )
            elif verdict in {"differs", "contradicts"}:
                self.gathered.add(
                    "total-mismatch",
                    header,
                    row.row,
                    "our own total is used",
                    f"“{header}” is not {key} + 0.877 x {key}A in any unit.",
                )
                if verdict == "contradicts":
                    holds.append(
                        RowHold(
                            "total-mismatch",
                            f"The file's total {key} ({stated:g}) contradicts its own readings",
                        )
                    )

    def _need_a_dose(self, row: NormalRow, told: Fields, holds: list[RowHold]) -> None:
        """Something to swallow whose mg per serving cannot be worked out is not sold on trust."""
        if (
            "verdict" not in told
            or row.route in _INHALED
            or row.form not in FORMS
            or FORMS[row.form].administration == "local"
        ):
            return
        thc = row.analytes.get("THC")
        units = {Unit.MG_PER_SERVING} | ({Unit.PERCENT, Unit.MG_PER_G} if row.serving_g else set())
        units |= {Unit.MG_PER_PACKAGE} if row.servings_per_package else set()
        if thc is None or thc.unit not in units:
            holds.append(
                RowHold(
                    "missing",
                    "The dose of one serving cannot be worked out: the file does not say how large a serving is",
                )
            )
            self.gathered.add(
                "missing",
                "serving",
                row.row,
                "kept, not saleable",
                "How large one serving is, or how many are in the package, is not stated.",
            )


def _words(unit: Unit) -> str:
    return {
        Unit.PERCENT: "percent",
        Unit.MG_PER_G: "mg per gram",
        Unit.MG_PER_SERVING: "mg per serving",
        Unit.MG_PER_PACKAGE: "mg per package",
    }.get(unit, "a number without a unit")


def _put(analytes: dict[str, Reading], others: list[tuple[str, Reading]], key: str, reading: Reading) -> None:
    """Keep one reading of an analyte in front: one that says something before a blank, then the better unit."""
    there = analytes.get(key)
    if there is None or there.read_as is ReadAs.BLANK:
        analytes[key] = reading if there is None or reading.read_as is not ReadAs.BLANK else there
        return
    if reading.read_as is ReadAs.BLANK or reading == there:
        return
    better = UNITS_PREFERRED.index(reading.unit) < UNITS_PREFERRED.index(there.unit)
    analytes[key] = reading if better else there
    others.append((key, there if better else reading))


def _mark_repeats(
    rows: list[NormalRow], rejected: list[Rejection], gathered: Gathered, *, crawled: bool
) -> list[NormalRow]:
    """Rows that say the same product and batch again: an exact repeat is noted, a differing one is not applied."""
    seen: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(rows):
        if row.skipped:
            continue
        key = (row.name, row.batch, row.brand, row.form) if crawled else (row.sku, row.batch)
        first = seen.setdefault(key, place)
        if first == place:
            continue
        earlier = rows[first]
        same = replace(row, row=earlier.row, sku=earlier.sku) == replace(earlier, repeat_of=0)
        if same or crawled:
            rows[place] = replace(row, repeat_of=earlier.row)
            gathered.add(
                "duplicate",
                "sku",
                row.row,
                "not put on the shelf twice",
                "Rows repeat the product and batch of an earlier row.",
            )
            continue
        message = f"SKU {row.sku}, batch {row.batch or 'none'}, stands in row {earlier.row} with other values. That row is kept and held."
        rejected.append(Rejection(row.row, "sku", shown(row.sku), "duplicate", message))
        hold = RowHold("duplicate", f"Row {row.row} gives other values for the same batch")
        rows[first] = replace(earlier, hold_reasons=(*earlier.hold_reasons, hold))
        rows[place] = replace(
            row, skipped=True, hold_reasons=(*row.hold_reasons, RowHold("duplicate", message))
        )
    return rows


def missing_columns(table: Table, known: Format) -> Iterator[str]:
    """Columns a format cannot do without that the file lacks."""
    there = {plain(header) for header in table.headers}
    yield from sorted(known.signature - there)
