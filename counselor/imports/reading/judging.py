"""What keeps a whole row off the shelf: form, verdict, sums, contradicting totals, a dose nobody can work
out.
"""

from __future__ import annotations

import json

from counselor.guidance.profile import CANNABINOIDS, Unit
from counselor.guidance.shelf import FORMS, goes_together

from .cells import read_cell
from .checks import CONTRADICTS, percent_sum, stated_total
from .fields import FieldReader
from .findings import CODES, RowHold, shown
from .formats import Fields
from .notes import HELD, RowNotes
from .rows import NormalRow

_ALL = frozenset(CANNABINOIDS)
ROUNDING = 0.5
"""Percent by which cannabinoids may exceed the whole through rounding alone."""


STATED_DOSES = frozenset(
    {"stated_thc_serving", "stated_cbd_serving", "stated_thc_package", "stated_cbd_package"}
)


def judge(row: NormalRow, told: Fields, notes: RowNotes, reader: FieldReader) -> None:
    """Note every reason why the row may not be sold."""
    _form(row, told, notes, reader)
    _verdict(told, notes, reader)
    _sum(row, notes)
    if "total_thc" in told or "total_cbd" in told:
        _totals(row, told, notes, reader)
    if not STATED_DOSES.isdisjoint(told):
        _stated_doses(row, told, notes, reader)
    _dose(row, told, notes)
    _weighed(told, notes, reader)
    if told.get("holds"):
        _carried(told["holds"], notes)


def _form(row: NormalRow, told: Fields, notes: RowNotes, reader: FieldReader) -> None:
    if goes_together(row.form, row.route):
        return
    column = reader.header("kind" if "kind" in told else "form")
    message = "The dosage form is not stated, not known, or could be of several routes."
    notes.find("unknown-form", column, HELD, message)
    said = told.get("form_said") or told.get("kind") or " / ".join(filter(None, (row.form, row.route)))
    notes.hold(
        "unknown-form", f"Form and route are not known for certain ({shown(said, 60) or 'none stated'})"
    )


def _verdict(told: Fields, notes: RowNotes, reader: FieldReader) -> None:
    verdict = told.get("verdict")
    if verdict is None or verdict.lower() in {"pass", "passed"}:
        return
    message = "The certificate is not finished or does not say that the batch passed."
    notes.find("missing", reader.header("verdict"), HELD, message, key="verdict")
    notes.hold("missing", f"The certificate does not say “pass” (status: {verdict or 'blank'})")


def _sum(row: NormalRow, notes: RowNotes) -> None:
    summed = percent_sum(row.analytes, _ALL)
    if summed > 100 + ROUNDING:
        message = "The cannabinoids together are more than the whole mass."
        for key in (key for key in CANNABINOIDS if key in row.analytes and row.analytes[key].value):
            notes.find("over-100-percent", key, HELD, message)
        notes.hold("over-100-percent", f"Its cannabinoids add up to {summed:.0f} % of the mass")


def _totals(row: NormalRow, told: Fields, notes: RowNotes, reader: FieldReader) -> None:
    for key, field in (("THC", "total_thc"), ("CBD", "total_cbd")):
        stated = reader.number(told, field)
        if not stated:
            continue
        header = reader.header(field)
        verdict, unit = stated_total(
            row.analytes, key, stated, serving_g=row.serving_g, package_g=row.package_g
        )
        if verdict == "agrees" and unit != "the same unit":
            message = f"“{header}” is {unit} in some rows; in that unit it agrees."
            notes.find("scale", header, "our own total is used", message, key=header + unit)
        elif verdict in {"differs", "contradicts"}:
            message = f"“{header}” is not {key} + 0.877 x {key}A in any unit."
            notes.find("total-mismatch", header, "our own total is used", message, key=header)
        if verdict == "contradicts":
            notes.hold("total-mismatch", f"The file's total {key} ({stated:g}) contradicts its own readings")


def _stated_doses(row: NormalRow, told: Fields, notes: RowNotes, reader: FieldReader) -> None:
    """A dose that the file states must be what its percent and grams make."""
    for key, field, grams in (
        ("THC", "stated_thc_serving", row.serving_g),
        ("CBD", "stated_cbd_serving", row.serving_g),
        ("THC", "stated_thc_package", row.package_g),
        ("CBD", "stated_cbd_package", row.package_g),
    ):
        cell = read_cell(told.get(field, ""), Unit.MG_PER_SERVING)
        if cell.code:
            notes.reject(reader.header(field), told[field], cell.code, cell.message)
        stated = cell.reading.value
        ours = row.analytes.get(key)
        if not stated or not grams or ours is None or not ours.value or ours.unit is not Unit.PERCENT:
            continue
        made = ours.value * 10 * grams
        if abs(stated - made) > CONTRADICTS * max(stated, made):
            header = reader.header(field)
            message = f"“{header}” is not what percent and grams make."
            notes.find("total-mismatch", header, HELD, message, key=header)
            notes.hold("total-mismatch", f"{header} says {stated:g} mg, percent and grams make {made:.3g} mg")


def _dose(row: NormalRow, told: Fields, notes: RowNotes) -> None:
    """Of a menu, something systemic to swallow or stick on whose mg per serving cannot be worked out."""
    form = FORMS.get(row.form)
    if "verdict" not in told or form is None or form.administration in {"local", "inhaled"}:
        return
    usable = {Unit.MG_PER_SERVING}
    if row.serving_g:
        usable |= {Unit.PERCENT, Unit.MG_PER_G}
    if row.servings_per_package:
        usable.add(Unit.MG_PER_PACKAGE)
    thc = row.analytes.get("THC")
    if thc is None or thc.unit not in usable:
        message = "How large one serving is, or how many are in the package, is not stated."
        notes.find("missing", "serving", HELD, message)
        notes.hold(
            "missing", "The dose of one serving cannot be worked out: how large a serving is, is not stated"
        )


def _weighed(told: Fields, notes: RowNotes, reader: FieldReader) -> None:
    """A package counted by weight is not yet what a patient buys."""
    weight = told.get("stock_by_weight")
    if weight:
        message = "The quantity is a weight, not a count of packages; no stock was read."
        notes.find("missing", reader.header("quantity"), HELD, message, key="weighed")
        notes.hold(
            "missing", f"Its quantity is a weight ({weight}): how many packages it makes is not stated"
        )


def _carried(text: str, notes: RowNotes) -> None:
    """Holds of our own export: the words it carries stand for what is found again; nothing ends by them."""
    try:
        kept = [RowHold(str(code), str(words)) for code, words in json.loads(text)]
        readable = all(hold.code in CODES and hold.words.strip() for hold in kept)
    except (ValueError, TypeError, RecursionError):
        readable = False
    if not readable:
        notes.hold("missing", f"The column “holds” could not be read (“{shown(text, 40)}”)")
        return
    known = {hold.code for hold in kept}
    notes.hold_only([*kept, *(hold for hold in notes.holds if hold.code not in known)])
