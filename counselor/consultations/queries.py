"""Finding and reading consultations. A consultation belongs to its store: other stores' staff see only
signed ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from counselor.consultations.models import (
    Clearance,
    ClearanceRequest,
    Consultation,
    MedicineRemoval,
    Outcome,
    RequestState,
    State,
)
from counselor.database import db
from counselor.patients.models import Patient
from counselor.staff.models import Staff, Store


def find(consultation_id: int, *, store_id: int) -> Consultation | None:
    """The consultation of this store, or a signed one of any store: the patient is the organisation's."""
    found = db.session.get(Consultation, consultation_id)
    if found is None or (found.store_id != store_id and found.state is not State.SIGNED):
        return None
    return found


def find_own(consultation_id: int, *, store_id: int) -> Consultation | None:
    """The consultation of this store, to be changed; None for another store's."""
    found = db.session.get(Consultation, consultation_id)
    return found if found is not None and found.store_id == store_id else None


def of_patient(patient: Patient, *, store_id: int) -> Sequence[Consultation]:
    """The patient's consultations, newest first: every signed one, and this store's own drafts."""
    return db.session.scalars(
        select(Consultation)
        .where(
            Consultation.patient_id == patient.id,
            (Consultation.store_id == store_id) | (Consultation.state == State.SIGNED),
        )
        .options(
            joinedload(Consultation.counselor),
            joinedload(Consultation.store),
            selectinload(Consultation.items),
        )
        .order_by(Consultation.created_at.desc(), Consultation.id.desc())
    ).all()


def last_signed(patient: Patient) -> Consultation | None:
    """The consultation that "same as last time?" starts from."""
    return db.session.scalars(
        select(Consultation)
        .where(Consultation.patient_id == patient.id, Consultation.state == State.SIGNED)
        .order_by(Consultation.signed_at.desc(), Consultation.id.desc())
        .limit(1)
    ).first()


def open_draft(patient: Patient, *, store_id: int) -> Consultation | None:
    """A draft of this patient in this store that is neither signed nor abandoned."""
    return db.session.scalars(
        select(Consultation)
        .where(
            Consultation.patient_id == patient.id,
            Consultation.store_id == store_id,
            Consultation.state.in_([State.DRAFT, State.WAITING]),
        )
        .order_by(Consultation.id.desc())
        .limit(1)
    ).first()


def lately(consultation: Consultation, *, since: datetime) -> Sequence[Consultation]:
    """The patient's other consultations touched since then that this store may see, oldest first."""
    return db.session.scalars(
        select(Consultation)
        .where(
            Consultation.patient_id == consultation.patient_id,
            Consultation.id != consultation.id,
            (Consultation.store_id == consultation.store_id) | (Consultation.state == State.SIGNED),
            Consultation.saved_at >= since,
        )
        .order_by(Consultation.id)
    ).all()


def explained(patient: Patient) -> Sequence[MedicineRemoval]:
    """Every reason given for a medicine of this patient that is no longer on a list."""
    return db.session.scalars(
        select(MedicineRemoval)
        .join(Consultation, MedicineRemoval.consultation_id == Consultation.id)
        .where(Consultation.patient_id == patient.id)
        .order_by(MedicineRemoval.id)
    ).all()


def last_seen(patient_ids: Sequence[int]) -> Mapping[int, datetime]:
    """When each of these patients last had a signed consultation."""
    if not patient_ids:
        return {}
    rows = db.session.execute(
        select(Consultation.patient_id, func.max(Consultation.signed_at))
        .where(Consultation.patient_id.in_(patient_ids), Consultation.state == State.SIGNED)
        .group_by(Consultation.patient_id)
    )
    return {patient_id: at for patient_id, at in rows if at is not None}


def clearances_of(patient: Patient) -> Sequence[Clearance]:
    """All clearances ever given for the patient, newest first."""
    return db.session.scalars(
        select(Clearance)
        .where(Clearance.patient_id == patient.id)
        .options(joinedload(Clearance.recorded_by))
        .order_by(Clearance.id.desc())
    ).all()


def clearances_in_force(patient: Patient, *, on: date) -> Sequence[Clearance]:
    """Clearances not ended and not run out; whether each still fits the visit is decided with its advice."""
    return db.session.scalars(
        select(Clearance)
        .where(
            Clearance.patient_id == patient.id,
            Clearance.ended_at.is_(None),
            Clearance.cleared_on <= on,
            Clearance.until >= on,
        )
        .order_by(Clearance.id)
    ).all()


def drafts_of(staff: Staff) -> Sequence[Consultation]:
    """This person's open drafts, last touched first."""
    return _counter_list(
        select(Consultation)
        .where(
            Consultation.store_id == staff.store_id,
            Consultation.counselor_id == staff.id,
            Consultation.state == State.DRAFT,
        )
        .order_by(Consultation.saved_at.desc(), Consultation.id.desc())
        .limit(50)
    )


def waiting(store: Store) -> Sequence[ClearanceRequest]:
    """Questions that wait for the pharmacist, longest wait first."""
    return db.session.scalars(
        select(ClearanceRequest)
        .join(ClearanceRequest.consultation)
        .where(Consultation.store_id == store.id, ClearanceRequest.state == RequestState.OPEN)
        .options(
            joinedload(ClearanceRequest.asked_by),
            joinedload(ClearanceRequest.consultation).joinedload(Consultation.patient),
        )
        .order_by(ClearanceRequest.asked_at, ClearanceRequest.id)
    ).all()


def count_waiting(store_id: int) -> int:
    """How many questions wait in this store."""
    return (
        db.session.scalar(
            select(func.count(ClearanceRequest.id))
            .join(ClearanceRequest.consultation)
            .where(Consultation.store_id == store_id, ClearanceRequest.state == RequestState.OPEN)
        )
        or 0
    )


def answered_for(staff: Staff, *, since: datetime) -> Sequence[ClearanceRequest]:
    """Answers to this person's questions whose visit is still open."""
    return db.session.scalars(
        select(ClearanceRequest)
        .join(ClearanceRequest.consultation)
        .where(
            ClearanceRequest.asked_by_id == staff.id,
            ClearanceRequest.state.in_([RequestState.CLEARED, RequestState.REFUSED]),
            ClearanceRequest.answered_at >= since,
            Consultation.state == State.DRAFT,
        )
        .options(joinedload(ClearanceRequest.consultation).joinedload(Consultation.patient))
        .order_by(ClearanceRequest.answered_at.desc())
    ).all()


def signed_on(store: Store, day: date) -> Sequence[Consultation]:
    """What this store signed on the day, as its own clock counts days; newest first."""
    zone = ZoneInfo(store.zone)
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return _counter_list(
        select(Consultation)
        .where(
            Consultation.store_id == store.id,
            Consultation.state == State.SIGNED,
            Consultation.signed_at >= start,
            Consultation.signed_at < end,
        )
        .order_by(Consultation.signed_at.desc(), Consultation.id.desc())
    )


def returning(store: Store, *, day: date, weeks: tuple[int, ...] = (2, 4, 12)) -> Sequence[Consultation]:
    """Sales whose follow-up falls into this week (so many weeks ago) with no visit of that patient since."""
    zone = ZoneInfo(store.zone)
    later = select(Consultation.patient_id).where(
        Consultation.store_id == store.id,
        Consultation.created_at >= datetime.combine(day - timedelta(days=7), time(), zone),
    )
    windows = []
    for count in weeks:
        first = datetime.combine(day - timedelta(weeks=count, days=3), time(), zone)
        windows.append((first, first + timedelta(days=7)))
    wanted = [(Consultation.signed_at >= first) & (Consultation.signed_at < last) for first, last in windows]
    clause = wanted[0]
    for other in wanted[1:]:
        clause = clause | other
    return _counter_list(
        select(Consultation)
        .where(
            Consultation.store_id == store.id,
            Consultation.outcome == Outcome.SOLD,
            clause,
            Consultation.patient_id.not_in(later),
        )
        .order_by(Consultation.signed_at)
        .limit(50)
    )


def running_out(store: Store, *, day: date, days: int = 14) -> Sequence[Patient]:
    """Patients this store has served whose certification ends within so many days."""
    served = select(Consultation.patient_id).where(
        Consultation.store_id == store.id, Consultation.state == State.SIGNED
    )
    return db.session.scalars(
        select(Patient)
        .where(
            Patient.certification_expires >= day,
            Patient.certification_expires <= day + timedelta(days=days),
            Patient.id.in_(served),
        )
        .order_by(Patient.certification_expires, Patient.family_key)
        .limit(50)
    ).all()


def _counter_list(wanted: object) -> Sequence[Consultation]:
    return db.session.scalars(
        wanted.options(joinedload(Consultation.patient), joinedload(Consultation.counselor))  # type: ignore[attr-defined]
    ).all()
