"""Advice as of today for a consultation: its sheet, this store's shelf, current knowledge, the patient's
clearances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from counselor import knowledge
from counselor.catalog.queries import shelf_of
from counselor.consultations import actions, queries
from counselor.consultations.advising import Advised, advise_on, raised_by, taken
from counselor.consultations.models import Clearance, Consultation
from counselor.consultations.sheet import Sheet
from counselor.guidance.shelf import Shelf


def sheet_of(consultation: Consultation) -> Sheet:
    """The working sheet as stored."""
    return Sheet.from_json(consultation.sheet)


def advised(consultation: Consultation, *, on: date) -> Advised:
    """The answer for the stored sheet."""
    return _ask(
        consultation,
        sheet_of(consultation),
        shelf_of(consultation.store),
        queries.clearances_in_force(consultation.patient, on=on),
        on,
    )


def with_removals(consultation: Consultation, sheet: Sheet, *, on: date) -> Sheet:
    """The sheet, with the medicines noted that raised a warning before and are not told any more."""
    before = sheet_of(consultation)
    gone = set(before.medicines) - set(sheet.medicines)
    if not gone and not sheet.removed:
        return sheet
    nothing = Shelf()
    earlier = raised_by(_ask(consultation, before, nothing, (), on)) if gone else {}
    now = _ask(
        consultation, replace(sheet, conditions=sheet.conditions or before.conditions), nothing, (), on
    )
    return replace(sheet, removed=actions.gone_with_a_warning(earlier, sheet, taken(now), sheet.removed))


def _ask(
    consultation: Consultation, sheet: Sheet, shelf: Shelf, clearances: Sequence[Clearance], on: date
) -> Advised:
    return advise_on(
        sheet,
        patient=consultation.patient,
        number=consultation.number,
        shelf=shelf,
        knowledge=knowledge.current(),
        clearances=clearances,
        on=on,
    )
