"""What is done with a reaction or a return. One verb each; the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.catalog.actions import hold_batch
from counselor.catalog.models import Batch, HoldKind
from counselor.database import db
from counselor.patients.models import Patient
from counselor.reactions.models import (
    HoldAnswer,
    Reaction,
    ReactionReport,
    Recipient,
    Seriousness,
    Told,
)
from counselor.staff.models import Staff


@dataclass(frozen=True)
class Account:
    """What the patient told."""

    told: Told
    sku: str
    what: str
    happened_on: date
    name: str = ""
    batch_number: str = ""
    batch: Batch | None = None
    onset: str = ""
    dose_taken: str = ""
    other_medicines: str = ""
    symptoms: tuple[str, ...] = ()
    seriousness: Seriousness | None = None


def record(
    *, patient: Patient, account: Account, hold_asked: bool, may_hold: bool, by: Staff, at: datetime
) -> Reaction:
    """Keep what was told. Where a hold is asked for, who may place one does so at once; from anybody else it
    waits, open, for a pharmacist or manager.
    """
    reaction = Reaction(
        patient=patient,
        store_id=by.store_id,
        told=account.told,
        batch=account.batch,
        sku=account.sku,
        name=account.name,
        batch_number=account.batch_number,
        happened_on=account.happened_on,
        onset=account.onset,
        dose_taken=account.dose_taken,
        other_medicines=account.other_medicines,
        symptoms=list(account.symptoms),
        seriousness=account.seriousness,
        what=account.what,
        recorded_at=at,
        recorded_by=by,
        hold_answer=HoldAnswer.OPEN if hold_asked and account.batch is not None else HoldAnswer.NONE,
        hold_reason="",
        settled_because="",
    )
    db.session.add(reaction)
    db.session.flush()
    audit.record(
        "reaction.recorded" if account.told is Told.REACTION else "return.recorded",
        subject=reaction,
        by=by,
        at=at,
        patient_id=patient.id,
        detail={
            "sku": account.sku,
            "batch": account.batch_number,
            "seriousness": account.seriousness.value if account.seriousness else "",
            "hold": reaction.hold_answer.value,
        },
    )
    if reaction.hold_answer is HoldAnswer.OPEN and may_hold:
        decide_hold(reaction=reaction, hold=True, reason=held_because(reaction), by=by, at=at)
    return reaction


def held_because(reaction: Reaction) -> str:
    """What every counter reads of it: never the patient."""
    what = "A patient told of a reaction" if reaction.told is Told.REACTION else "A patient brought it back"
    return f"{what}, recorded {reaction.recorded_at.day} {reaction.recorded_at:%b %Y}"


def decide_hold(*, reaction: Reaction, hold: bool, reason: str, by: Staff, at: datetime) -> None:
    """Hold the batch for everybody, or say why not. Raises StaleDataError where it was decided before."""
    if reaction.hold_answer is not HoldAnswer.OPEN or reaction.batch is None:
        raise StaleDataError()
    if hold:
        hold_batch(batch=reaction.batch, reason=reason, by=by, at=at, kind=HoldKind.REACTION)
    reaction.hold_answer = HoldAnswer.HELD if hold else HoldAnswer.LEFT
    reaction.hold_decided_at, reaction.hold_decided_by, reaction.hold_reason = at, by, reason
    db.session.flush()
    audit.record(
        "reaction.hold-decided",
        subject=reaction,
        by=by,
        at=at,
        patient_id=reaction.patient_id,
        note=reason,
        detail={"hold": reaction.hold_answer.value, "batch": reaction.batch_number},
    )


def settle(*, reaction: Reaction, reason: str, by: Staff, at: datetime) -> None:
    """A pharmacist says why the product may be offered to this patient again."""
    if reaction.settled_at is not None:
        raise StaleDataError()
    reaction.settled_at, reaction.settled_by, reaction.settled_because = at, by, reason
    db.session.flush()
    audit.record(
        "reaction.settled",
        subject=reaction,
        by=by,
        at=at,
        patient_id=reaction.patient_id,
        note=reason,
        detail={"sku": reaction.sku},
    )


def note_sent(
    *,
    reaction: Reaction,
    recipient: Recipient,
    how: str,
    sent_at: datetime,
    note: str,
    by: Staff,
    at: datetime,
) -> ReactionReport:
    """Note that a report was sent, when and how."""
    report = ReactionReport(
        recipient=recipient, how=how, note=note, sent_at=sent_at, recorded_at=at, sent_by=by
    )
    reaction.reports.append(report)
    db.session.flush()
    audit.record(
        "reaction.reported",
        subject=reaction,
        by=by,
        at=at,
        patient_id=reaction.patient_id,
        note=note,
        detail={"to": recipient.value, "how": how, "sent": sent_at.isoformat()},
    )
    return report
