"""Advice as of today for a consultation: its sheet, this store's shelf, current knowledge, the patient's
clearances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from counselor import knowledge
from counselor.catalog.queries import shelf_of
from counselor.consultations import actions, queries
from counselor.consultations.advising import Advised, advise_on
from counselor.consultations.medicines import joined, raised_on, taken_on
from counselor.consultations.models import Clearance, Consultation
from counselor.consultations.sheet import Removed, Sheet
from counselor.guidance.shelf import Shelf
from counselor.reactions.queries import shelf_for

LATELY = timedelta(hours=24)
"""For so long a medicine told on one visit is asked about on the next: a new sheet is no way around it."""


def sheet_of(consultation: Consultation) -> Sheet:
    """The working sheet as stored."""
    return Sheet.from_json(consultation.sheet)


def advised(consultation: Consultation, *, on: date, also: Sequence[Clearance] = ()) -> Advised:
    """The answer for the stored sheet; `also` are clearances that are about to be recorded."""
    return _ask(
        consultation,
        sheet_of(consultation),
        shelf_for(consultation.patient, shelf_of(consultation.store)),
        [*queries.clearances_in_force(consultation.patient, on=on), *also],
        on,
    )


def with_removals(consultation: Consultation, sheet: Sheet, *, on: date, at: datetime) -> Sheet:
    """The sheet, with the medicines noted that raised a warning before and are not told any more: before on
    this visit, or on another one of the patient within a day.
    """
    before = sheet_of(consultation)
    earlier = _told_elsewhere(consultation, on=on, at=at)
    if set(before.medicines) - set(sheet.medicines):
        earlier |= raised_on(before, patient=consultation.patient, knowledge=knowledge.current(), on=on)
    if not earlier and not sheet.removed:
        return sheet
    now = taken_on(sheet, patient=consultation.patient, knowledge=knowledge.current(), on=on)
    return replace(sheet, removed=actions.gone_with_a_warning(earlier, sheet, now, sheet.removed))


def watched(consultation: Consultation, *, on: date, at: datetime) -> Sheet:
    """The stored sheet, with what another visit of the last day told and this one does not."""
    return with_removals(consultation, sheet_of(consultation), on=on, at=at)


def _told_elsewhere(consultation: Consultation, *, on: date, at: datetime) -> dict[str, Removed]:
    """Medicines that raised a warning on the patient's other visits of the last day, open, given up or
    signed, and that nobody has explained since.
    """
    others = queries.lately(consultation, since=at - LATELY)
    explained = queries.explained(consultation.patient) if others else ()
    found: dict[str, Removed] = {}
    for other in others:
        sheet = sheet_of(other)
        told = {one.said: one for one in sheet.removed} | raised_on(
            sheet, patient=other.patient, knowledge=knowledge.current(), on=on
        )
        done = {one.said for one in explained if one.removed_at >= other.saved_at}
        for said, one in told.items():
            if said[:300] not in done:
                found[said] = joined(found.get(said), one)
    return found


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
