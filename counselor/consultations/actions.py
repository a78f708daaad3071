"""What is done with a consultation. One verb each; the caller's transaction; one audit event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.catalog.models import Batch, Stock
from counselor.consultations import shelf
from counselor.consultations.advising import Advised
from counselor.consultations.models import (
    Amendment,
    Consultation,
    ConsultationItem,
    MedicineRemoval,
    NumberSeries,
    Outcome,
    RequestState,
    State,
)
from counselor.consultations.sheet import Problem, Removed, Sheet
from counselor.consultations.signing import first_thc
from counselor.database import db
from counselor.patients.models import Patient
from counselor.staff.models import Staff, Store
from counselor.stock import movements
from counselor.stock.models import Why

SAVE_SESSION = timedelta(minutes=15)
"""Autosaves by one person share one audit event for so long."""


def start(*, patient: Patient, previous: Consultation | None, by: Staff, at: datetime) -> Consultation:
    """Begin a visit; with `previous` its sheet is the last one, to be asked what is new."""
    sheet = Sheet()
    if previous is not None:
        sold = tuple(item.sku for item in previous.items) if previous.outcome is Outcome.SOLD else ()
        sheet = Sheet.from_json(previous.sheet).as_next_time(tuple(dict.fromkeys(sold)))
    consultation = Consultation(
        number=_next_number(by.store),
        store_id=by.store_id,
        patient=patient,
        counselor=by,
        previous_id=previous.id if previous else None,
        state=State.DRAFT,
        sheet=sheet.to_json(),
        created_at=at,
        saved_at=at,
        saved_by=by,
        noted_at=at,
    )
    db.session.add(consultation)
    db.session.flush()
    audit.record("consultation.started", subject=consultation, by=by, at=at, patient_id=patient.id)
    return consultation


def save(
    *, consultation: Consultation, sheet: Sheet, version: int, by: Staff, at: datetime, autosave: bool = False
) -> None:
    """Keep what was typed. Raises StaleDataError where the page was made from an older version.

    Saving what is already stored changes nothing. Autosaves within a quarter of an hour by one person share
    one audit event; every other save writes its own.
    """
    if consultation.version != version or consultation.state is not State.DRAFT:
        raise StaleDataError()
    stored = sheet.to_json()
    if stored == consultation.sheet:
        return
    noted = autosave and consultation.saved_by_id == by.id and at - consultation.noted_at < SAVE_SESSION
    consultation.sheet = stored
    consultation.saved_at, consultation.saved_by = at, by
    if not noted:
        consultation.noted_at = at
    db.session.flush()
    if not noted:
        audit.record(
            "consultation.saved",
            subject=consultation,
            by=by,
            at=at,
            patient_id=consultation.patient_id,
            note="autosaved while typing" if autosave else "",
        )


def gone_with_a_warning(
    before: Mapping[str, Removed], sheet: Sheet, taken: set[str], already: tuple[Removed, ...]
) -> tuple[Removed, ...]:
    """Medicines that had raised a warning and are no longer told, neither in the same words nor in others."""
    candidates = {one.said: one for one in already} | {
        said: one for said, one in before.items() if said not in sheet.medicines
    }
    return tuple(
        one
        for said, one in candidates.items()
        if said not in sheet.medicines and not set(one.ingredients) <= taken
    )


def explain_removal(
    *, consultation: Consultation, said: str, reason: str, by: Staff, at: datetime
) -> MedicineRemoval | Problem:
    """Record why a medicine that had raised a warning is no longer on the list. A draft only."""
    _must_be_draft(consultation)
    sheet = Sheet.from_json(consultation.sheet)
    gone = next((one for one in sheet.removed if one.said == said), None)
    if gone is None:
        return Problem("removed", "That medicine is back on the list, or its reason was already given.")
    if not reason.strip():
        return Problem("removed", f"Say why “{said}” is no longer on the list.")
    removal = MedicineRemoval(
        consultation_id=consultation.id,
        said=said[:300],
        ingredients=list(gone.ingredients),
        rules=list(gone.rules),
        reason=reason.strip(),
        removed_at=at,
        removed_by=by,
    )
    db.session.add(removal)
    consultation.sheet = replace(
        sheet, removed=tuple(one for one in sheet.removed if one is not gone)
    ).to_json()
    db.session.flush()
    audit.record(
        "consultation.medicine-removed",
        subject=consultation,
        by=by,
        at=at,
        patient_id=consultation.patient_id,
        detail={
            "said": removal.said,
            "ingredients": removal.ingredients,
            "rules": removal.rules,
            "reason": removal.reason,
        },
    )
    return removal


def choose(
    *,
    consultation: Consultation,
    batch: Batch,
    offer: Mapping[str, object],
    packages: int,
    by: Staff,
    at: datetime,
) -> ConsultationItem:
    """Put a batch of the advice among the chosen ones, or change how many packages. A draft only."""
    _must_be_draft(consultation)
    item = next((one for one in consultation.items if one.batch_id == batch.id), None)
    if item is None:
        item = ConsultationItem(batch_id=batch.id)
        consultation.items.append(item)
    dose = offer["starting_dose"]
    item.sku, item.name, item.batch = str(offer["sku"]), str(offer["name"]), str(offer["batch"])
    item.route, item.packages = str(offer["route"]), packages
    item.first_dose = str(dose["text"]) if isinstance(dose, Mapping) else ""
    item.first_dose_thc_mg = first_thc(offer)
    item.added_at, item.added_by_id = at, by.id
    db.session.flush()
    audit.record(
        "consultation.product-chosen",
        subject=consultation,
        by=by,
        at=at,
        patient_id=consultation.patient_id,
        detail={"sku": item.sku, "batch": item.batch, "packages": packages},
    )
    return item


def drop(*, consultation: Consultation, item: ConsultationItem, by: Staff, at: datetime) -> None:
    """Take a chosen batch off again. A draft only."""
    _must_be_draft(consultation)
    detail = {"sku": item.sku, "batch": item.batch}
    consultation.items.remove(item)
    db.session.flush()
    audit.record(
        "consultation.product-dropped",
        subject=consultation,
        by=by,
        at=at,
        patient_id=consultation.patient_id,
        detail=detail,
    )


def sign(
    *, consultation: Consultation, outcome: Outcome, advised: Advised, by: Staff, at: datetime
) -> tuple[Problem, ...]:
    """Sign the visit: keep intake and advice to the letter, and take what is sold from the store's stock.

    The caller has asked `signing.blockers`. Gives the problem and changes nothing where the last package went
    to somebody else in the meantime.
    """
    if consultation.state not in (State.DRAFT, State.WAITING):
        raise StaleDataError()
    if outcome is Outcome.SOLD and (problems := _take_from_stock(consultation, by=by, at=at)):
        return problems
    if (waiting := consultation.open_request) is not None:
        waiting.state = RequestState.WITHDRAWN
    _note_doses(consultation, advised)
    consultation.state, consultation.outcome = State.SIGNED, outcome
    consultation.intake, consultation.advice = advised.intake_text, advised.text
    consultation.knowledge_version = str((advised.advice or {})["knowledge"])
    consultation.signed_at, consultation.signed_by = at, by
    db.session.flush()
    audit.record(
        "consultation.signed",
        subject=consultation,
        by=by,
        at=at,
        patient_id=consultation.patient_id,
        detail={
            "outcome": outcome.value,
            "advice": advised.digest,
            "items": [[item.sku, item.batch, item.packages] for item in consultation.items],
        },
    )
    return ()


def amend(
    *, consultation: Consultation, reason: str, text: str, by: Staff, at: datetime
) -> Amendment | Problem:
    """Add to a signed record; what was signed stays as it is."""
    if consultation.state is not State.SIGNED:
        return Problem("text", "Only a signed record is amended. This one can still be edited.")
    if not text.strip():
        return Problem("text", "Write what should be added to the record.")
    if not reason.strip():
        return Problem("reason", "Say why the record is amended.")
    amendment = Amendment(
        consultation_id=consultation.id,
        reason=reason.strip(),
        text=text.strip(),
        amended_at=at,
        amended_by=by,
    )
    db.session.add(amendment)
    db.session.flush()
    audit.record(
        "consultation.amended", subject=consultation, by=by, at=at, patient_id=consultation.patient_id
    )
    return amendment


def abandon(*, consultation: Consultation, by: Staff, at: datetime) -> None:
    """Close a draft that will not be signed. It stays readable at the patient."""
    if consultation.state not in (State.DRAFT, State.WAITING):
        raise StaleDataError()
    if (waiting := consultation.open_request) is not None:
        waiting.state = RequestState.WITHDRAWN
    consultation.state = State.ABANDONED
    db.session.flush()
    audit.record(
        "consultation.abandoned", subject=consultation, by=by, at=at, patient_id=consultation.patient_id
    )


def _must_be_draft(consultation: Consultation) -> None:
    """What waits, is signed or was given up is not edited: the view shows how it stands now."""
    if consultation.state is not State.DRAFT:
        raise StaleDataError()


def _note_doses(consultation: Consultation, advised: Advised) -> None:
    """First doses as they are in the advice that is signed: a clearance may have lowered them since."""
    offers = {(one["sku"], one["batch"]): one for one in (advised.advice or {})["suggestions"]}
    for item in consultation.items:
        offer = offers.get((item.sku, item.batch))
        if offer is not None:
            dose = offer["starting_dose"]
            item.first_dose, item.first_dose_thc_mg = str(dose["text"]) if dose else "", first_thc(offer)
    db.session.flush()  # before the record is signed: the database refuses changes to a signed one


def _take_from_stock(consultation: Consultation, *, by: Staff, at: datetime) -> tuple[Problem, ...]:
    """Subtract what is sold, all of it or nothing: the count never goes below zero, whoever else is
    selling."""
    wanted = sorted(
        consultation.items, key=lambda item: item.batch_id
    )  # one order for everybody: no deadlock
    sale = db.session.begin_nested()
    for item in wanted:
        taken = db.session.execute(
            update(Stock)
            .where(
                Stock.store_id == consultation.store_id,
                Stock.batch_id == item.batch_id,
                Stock.count >= item.packages,
            )
            .values(count=Stock.count - item.packages)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            sale.rollback()
            return (
                Problem(
                    "chosen",
                    f"{item.name}, batch {item.batch}: not enough is left on the shelf. Nothing was sold.",
                ),
            )
    # The rows are ours now: a hold that was placed while the page was read is seen here at the latest.
    if held := shelf.held(wanted):
        sale.rollback()
        return tuple(
            Problem(
                "chosen", f"{item.name}, batch {item.batch}: it was put on hold just now. {holds[-1].reason}"
            )
            for item, holds in held
        )
    for item in wanted:
        movements.note(
            store_id=consultation.store_id, batch_id=item.batch_id, change=-item.packages, why=Why.SALE,
            at=at, by_id=by.id, note=consultation.number, consultation_id=consultation.id,
        )  # fmt: skip
    sale.commit()
    return ()


def _next_number(store: Store) -> str:
    series = _series_of(store) or _new_series(store)
    series.last += 1
    db.session.flush()
    return f"{series.prefix}-{series.last:06d}"


def _series_of(store: Store) -> NumberSeries | None:
    """The store's numbers, locked until this transaction ends."""
    return db.session.get(NumberSeries, store.id, with_for_update=True, populate_existing=True)


def _new_series(store: Store) -> NumberSeries:
    """Begin a store's numbers: its first word in capitals, and its own number where another store has it.

    Somebody else may begin them at the same moment; then theirs are used.
    """
    word = (re.sub(r"[^A-Z0-9 ]", "", store.name.upper()).split() or ["STORE"])[0][:8]
    for prefix in (word, f"{word}{store.id}"[:12]):
        try:
            with db.session.begin_nested():
                db.session.add(NumberSeries(store_id=store.id, prefix=prefix, last=0))
        except IntegrityError:
            pass
        if (series := _series_of(store)) is not None:
            return series
    raise RuntimeError(f"no number series for store {store.id}")
