"""Readings as rows of a form: what was typed stays, each fault stands at its own row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import HiddenInput

from counselor.catalog import readings
from counselor.catalog.forms import BatchForm
from counselor.catalog.models import Batch, Product
from counselor.catalog.presenters import analyte_words
from counselor.guidance.profile import CANNABINOIDS, ReadAs, Reading, Unit
from counselor.imports.reading.analytes import analyte_of, plain
from counselor.web.forms import Amount, RoomForm

UNITS = [(unit.value, words) for unit, words in readings.UNIT_SHORT.items()]
SPARE = 4
"""Empty rows at the end."""
MOST_ROWS = 120


@dataclass
class Row:
    """One reading as typed. `was` is the stored one; a blank, or one that could not be read, stays as it is
    while its cell stays empty.
    """

    number: int
    analyte: str = ""
    value: str = ""
    unit: str = Unit.MG_PER_SERVING.value
    was: Reading | None = None
    error: str = ""

    @property
    def words(self) -> str:
        """The analyte as people write it."""
        return analyte_words(self.analyte) if self.analyte else ""

    @property
    def note(self) -> str:
        """What an empty cell stands for."""
        if self.was is None or self.was.read_as not in (ReadAs.BLANK, ReadAs.REJECTED):
            return ""
        return "Left blank on the certificate" if self.was.read_as is ReadAs.BLANK else "Could not be read"


def stored_rows(batch: Batch) -> list[Row]:
    """The batch's readings, cannabinoids first, and empty rows to fill."""
    order = {key: place for place, key in enumerate(CANNABINOIDS)}
    there = sorted(readings.stored(batch).items(), key=lambda one: (order.get(one[0][0], 99), one[0]))
    rows = [
        Row(number, analyte, readings.written(reading), unit.value, reading)
        for number, ((analyte, unit), reading) in enumerate(there)
    ]
    return _with_spare(rows)


def empty_rows() -> list[Row]:
    """For a new batch: the four that a dose needs, and empty rows."""
    return _with_spare([Row(number, key) for number, key in enumerate(("THC", "THCA", "CBD", "CBDA"))])


def _with_spare(rows: list[Row]) -> list[Row]:
    unit = rows[0].unit if rows else Unit.MG_PER_SERVING.value
    return [*rows, *(Row(len(rows) + n, unit=unit) for n in range(SPARE))]


def typed_rows(
    told: Mapping[str, str], batch: Batch | None = None
) -> tuple[list[Row], dict[readings.Key, Reading]]:
    """The rows as typed, with their faults, and the readings they make. Nothing is guessed."""
    stored = readings.stored(batch) if batch is not None else {}
    rows: list[Row] = []
    made: dict[readings.Key, Reading] = {}
    for number in range(MOST_ROWS):
        if f"r{number}-value" not in told:
            break
        row = Row(
            number,
            " ".join(told.get(f"r{number}-analyte", "").split())[:60],
            " ".join(told.get(f"r{number}-value", "").replace("\x00", "").split())[:60],
            told.get(f"r{number}-unit", ""),
        )
        rows.append(row)
        _read_row(row, stored, made)
    return rows, made


def _read_row(row: Row, stored: Mapping[readings.Key, Reading], made: dict[readings.Key, Reading]) -> None:
    if row.unit not in {unit.value for unit in Unit}:
        row.error, row.unit = "Choose a unit.", Unit.UNKNOWN.value
        return
    unit = Unit(row.unit)
    analyte = row.analyte if any(row.analyte == key for key, _ in stored) else analyte_of(plain(row.analyte))
    row.was = stored.get((analyte or "", unit))
    if not row.value:
        if row.note and row.was is not None and analyte:
            made[analyte, unit] = row.was
        return
    if not row.analyte:
        row.error = "Write which analyte this is, like CBD."
    elif analyte is None:
        row.error = f"“{row.analyte}” is no analyte we know."
    elif (analyte, unit) in made:
        row.error = f"{analyte_words(analyte)} stands here twice in the same unit."
    elif row.was is not None and readings.written(row.was) == row.value:
        made[analyte, unit] = row.was  # untouched: not even rounded
    else:
        try:
            made[analyte, unit] = readings.read(row.value, unit)
        except ValueError as wrong:
            row.error = str(wrong)


class TotalsForm(RoomForm):
    """What the certificate itself says THC and CBD add up to, to compare with ours."""

    total_thc = Amount("Total THC on the certificate", [Optional()])
    total_cbd = Amount("Total CBD on the certificate", [Optional()])
    checked = BooleanField("I looked again: the certificate says exactly this")

    def summary(self) -> list[dict[str, str]]:
        """Its errors, each with the field it belongs to."""
        return [{"field": field.id, "message": message} for field in self for message in field.errors]

    def compare(self, product: Product, made: Mapping[readings.Key, Reading]) -> list[str]:
        """What is to be said of the totals, for the log; a difference nobody has looked at is an error."""
        told = []
        for key, field in (("THC", self.total_thc), ("CBD", self.total_cbd)):
            if field.data is None or field.errors:
                continue
            verdict, ours = readings.compare_total(product, made, key, field.data)
            if verdict == "agrees":
                told.append(f"Total {key} {field.data:g} agrees with ours, {ours}")
                continue
            if verdict == "unchecked":
                words = f"Total {key} {field.data:g} cannot be compared: {key} has no number to add up"
            else:
                words = f"Total {key} {field.data:g} is not ours: {ours} ({key} + 0.877 x {key}A)"
            told.append(words)
            if not self.checked.data:
                field.errors = [*field.errors, f"{words}. Look again, or tick that you did."]
        return told


class ReadingsForm(TotalsForm):
    """Why readings are changed, and against which state of the product."""

    reason = TextAreaField("Why", [DataRequired("Write why the readings change."), Length(max=1000)])
    version = IntegerField(widget=HiddenInput(), default=0)


class NewBatchForm(BatchForm, TotalsForm):
    """A batch with everything that its label and its certificate say."""

    number = StringField("Batch number", [DataRequired("Write the batch number."), Length(max=120)])
    source = StringField(
        "Where the readings are from", [Optional(), Length(max=300)],
        description="Needed with readings. For example: paper certificate from the delivery.",
    )  # fmt: skip

    def batch_facts(self) -> dict[str, Any]:
        """The batch's own fields."""
        names = ("tested_on", "expires_on", "laboratory", "certificate_number", "price")
        return {name: value for name, value in self.facts().items() if name in names}


def faults(rows: list[Row], made: Mapping[readings.Key, Reading]) -> list[dict[str, str]]:
    """Errors of the rows, each with its field, for the summary."""
    found = [{"field": f"r{row.number}-value", "message": _said(row)} for row in rows if row.error]
    summed = readings.sum_of_mass(made)
    if summed > 100 + readings.ROUNDING:
        message = f"The cannabinoids add up to {summed:.1f} % of the mass, which is more than there is."
        found.append({"field": "r0-value", "message": message})
    return found


def _said(row: Row) -> str:
    return f"{row.words or 'Row ' + str(row.number + 1)}: {row.error}"
