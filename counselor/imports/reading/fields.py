"""A row's columns other than readings: names, servings, dates, counts, prices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from counselor.guidance.profile import ReadAs, Reading

from .analytes import reading_column
from .cells import date_of, grams_of, number_of
from .findings import shown
from .formats import Fields
from .notes import HELD, RowNotes
from .rows import NormalRow


class FieldReader:
    """Turns one file's fields into a row. `headers`: our name of a column -> the file's own."""

    def __init__(self, headers: dict[str, str], *, decimal_comma: bool) -> None:
        self._headers = headers
        self._decimal_comma = decimal_comma
        self._known: dict[tuple[str, str], float] = {}
        """Numbers that were read without a word: a file says the same few again and again."""

    def header(self, field: str) -> str:
        """The file's own name of a column, ours where it has none."""
        return self._headers.get(field, field)

    def row(
        self,
        told: Fields,
        notes: RowNotes,
        analytes: Mapping[str, Reading],
        others: tuple[tuple[str, Reading], ...],
    ) -> NormalRow:
        """The row with these readings; one without a SKU is skipped."""
        sku = told.get("sku", "")
        if not sku:
            message = "The row has no SKU, so it cannot be told apart from others."
            notes.reject(self.header("sku"), "", "missing", message, refuses=True)
        if told.get("failed"):
            message = "A laboratory test was not passed; hold the batch it belongs to."
            notes.find("missing", self.header("passed"), HELD, message, key="failed")
            notes.hold("missing", f"The test “{shown(told.get('key', ''), 60)}” was not passed")
        if "left_blank" in told:
            analytes = _as_exported(analytes, told["left_blank"])
        serving, serving_g = self._serving(told, notes)
        package_g = self._number(told, "package_g", notes)
        servings = self._number(told, "servings_per_package", notes)
        if servings is None and serving_g and package_g:
            servings = round(package_g / serving_g, 3)
        return NormalRow(
            row=notes.number,
            sku=sku,
            name=told.get("name", "") or sku,
            brand=told.get("brand", ""),
            form=told.get("form", ""),
            route=told.get("route", ""),
            serving=serving,
            serving_g=serving_g,
            servings_per_package=servings,
            package_g=package_g,
            smallest_dose=self._number(told, "smallest_dose", notes, most=1.0),
            ingredients=told.get("ingredients") or None,
            lineage=told.get("lineage", ""),
            batch=told.get("batch", ""),
            tested_on=self._date(told, "tested_on", notes),
            expires_on=self._date(told, "expires_on", notes),
            laboratory=told.get("laboratory", ""),
            certificate_number=told.get("certificate_number", ""),
            stock=self._count(told, "stock", notes),
            price=self._number(told, "price", notes, zero=True, matters=False),
            analytes=analytes,
            others=others,
            skipped=not sku,
        )

    def number(self, told: Fields, field: str) -> float | None:
        """A number that is only compared with ours; None where it is none."""
        return number_of(told.get(field, ""), decimal_comma=self._decimal_comma)

    def _serving(self, told: Fields, notes: RowNotes) -> tuple[str, float | None]:
        serving = told.get("serving", "")
        if "serving_mg" in told:
            milligrams = self._number(told, "serving_mg", notes, matters=False)
            return serving, milligrams / 1000 if milligrams else None
        if "serving_g" not in told:
            return serving, grams_of(serving)
        grams = self._number(told, "serving_g", notes)
        if serving or "serving" in told or not grams:
            return serving, grams
        return f"1 serving ({grams:g} g)", grams

    def _number(
        self,
        told: Fields,
        field: str,
        notes: RowNotes,
        *,
        most: float | None = None,
        zero: bool = False,
        matters: bool = True,
    ) -> float | None:
        text = told.get(field)
        if not text:
            return None
        if (field, text) in self._known:
            return self._known[field, text]
        text = text.strip()
        value = number_of(text.lstrip("$€£ "), decimal_comma=self._decimal_comma)
        if value is None or value < 0 or (value == 0 and not zero) or (most is not None and value > most):
            limits = "0 or more" if zero else "above 0" if most is None else f"above 0 and at most {most:g}"
            code = "formula" if text.startswith("=") else "not-a-number"
            self._cannot_read(field, text, code, f"is not a number {limits}.", notes, matters=matters)
            return None
        self._known[field, text] = value
        return value

    def _count(self, told: Fields, field: str, notes: RowNotes) -> int | None:
        value = self._number(told, field, notes, zero=True)
        if value is None:
            return None
        if not value.is_integer() or value > 1e6:
            self._cannot_read(field, told[field], "not-a-number", "is not a count of packages.", notes)
            return None
        return int(value)

    def _date(self, told: Fields, field: str, notes: RowNotes) -> date | None:
        text = told.get(field, "").strip()
        if not text:
            return None
        day = date_of(text)
        if day is None:
            why = "is not a date we can read for certain. Write 2027-05-20."
            self._cannot_read(field, text, "not-a-date", why, notes)
        return day

    def _cannot_read(
        self, field: str, text: str, code: str, why: str, notes: RowNotes, *, matters: bool = True
    ) -> None:
        header = self.header(field)
        notes.reject(header, text, code, f"“{shown(text, 40)}” {why}")
        if matters:
            notes.hold(code, f"{header} could not be read (“{shown(text, 30)}”)")


def _as_exported(analytes: Mapping[str, Reading], left_blank: str) -> dict[str, Reading]:
    """Of our own export: a blank cell is no reading, but for those that the row names as left blank."""
    kept = {key: reading for key, reading in analytes.items() if reading.read_as is not ReadAs.BLANK}
    for name in left_blank.split():
        column = reading_column(name)
        if column is not None and column[1] is not None:
            kept.setdefault(column[0], Reading(None, column[1], ReadAs.BLANK))
    return kept
