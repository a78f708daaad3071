"""Reading reactions and returns, and what they mean for a patient's shelf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from counselor.catalog.models import Batch, Product
from counselor.consultations.models import Consultation, ConsultationItem, Outcome, State
from counselor.database import db
from counselor.guidance.shelf import Shelf
from counselor.patients.models import Patient
from counselor.reactions.models import HoldAnswer, Reaction, Told


@dataclass(frozen=True)
class GivenBefore:
    """A batch the patient was sold, as the signed record names it."""

    batch_id: int
    sku: str
    name: str
    number: str
    on: date


def find(reaction_id: int) -> Reaction | None:
    """The reaction or return; it is the patient's, so any store of the organisation reads it."""
    return db.session.get(Reaction, reaction_id)


def of_patient(patient: Patient) -> Sequence[Reaction]:
    """All of them, newest first."""
    return db.session.scalars(
        select(Reaction)
        .where(Reaction.patient_id == patient.id)
        .options(joinedload(Reaction.recorded_by), joinedload(Reaction.settled_by))
        .order_by(Reaction.happened_on.desc(), Reaction.id.desc())
    ).all()


def newest(store_id: int, limit: int = 100) -> Sequence[Reaction]:
    """What this store recorded, newest first."""
    return db.session.scalars(
        select(Reaction)
        .where(Reaction.store_id == store_id)
        .options(
            joinedload(Reaction.patient), joinedload(Reaction.recorded_by), selectinload(Reaction.reports)
        )
        .order_by(Reaction.id.desc())
        .limit(limit)
    ).all()


def waiting_for_hold() -> Sequence[Reaction]:
    """Where a counselor asked for a hold that nobody decided; of every store: a hold is everywhere."""
    return db.session.scalars(
        select(Reaction)
        .where(Reaction.hold_answer == HoldAnswer.OPEN)
        .options(joinedload(Reaction.patient), joinedload(Reaction.recorded_by), joinedload(Reaction.store))
        .order_by(Reaction.recorded_at, Reaction.id)
    ).all()


def count_waiting() -> int:
    """How many wishes for a hold wait."""
    return (
        db.session.scalar(select(func.count(Reaction.id)).where(Reaction.hold_answer == HoldAnswer.OPEN)) or 0
    )


def given_to(patient: Patient, limit: int = 40) -> Sequence[GivenBefore]:
    """What the patient was sold, in any store, newest first, each batch once."""
    rows = db.session.execute(
        select(ConsultationItem, Consultation.signed_at)
        .join(Consultation, Consultation.id == ConsultationItem.consultation_id)
        .where(
            Consultation.patient_id == patient.id,
            Consultation.state == State.SIGNED,
            Consultation.outcome == Outcome.SOLD,
        )
        .order_by(Consultation.signed_at.desc(), ConsultationItem.id)
        .limit(limit)
    ).all()
    found: dict[int, GivenBefore] = {}
    for item, at in rows:
        if at is not None:
            one = GivenBefore(item.batch_id, item.sku, item.name, item.batch, at.date())
            found.setdefault(item.batch_id, one)
    return list(found.values())


def find_batch(batch_id: int) -> Batch | None:
    """A batch by its id."""
    return db.session.get(Batch, batch_id)


def product_of(sku: str) -> Product | None:
    """The product with the typed SKU, capital and small letters alike."""
    wanted = {sku, sku.lower(), sku.upper()}
    return db.session.scalars(
        select(Product).where(Product.sku.in_(wanted) | func.lower(Product.sku).in_(wanted)).limit(1)
    ).first()


def batch_of(product: Product, number: str) -> Batch | None:
    """The product's batch with the typed number."""
    folded = number.casefold()
    return next((one for one in product.batches if one.number.casefold() == folded), None)


def against(patient: Patient) -> Mapping[str, str]:
    """Why a product is not for this patient now, by SKU in small letters: reactions and returns on record
    that no pharmacist has settled.
    """
    rows = db.session.execute(
        select(Reaction.sku, Reaction.told, Reaction.happened_on)
        .where(Reaction.patient_id == patient.id, Reaction.settled_at.is_(None))
        .order_by(Reaction.happened_on, Reaction.id)
    ).all()
    found: dict[str, str] = {}
    for sku, told, on in rows:
        what = "reaction to" if told is Told.REACTION else "return of"
        said = f"You recorded a {what} this product on {on.day} {on:%b %Y}"
        if told is Told.REACTION or sku.casefold() not in found:
            found[sku.casefold()] = said
    return found


def shelf_for(patient: Patient, shelf: Shelf) -> Shelf:
    """The shelf as it is for this patient: what they reacted to or brought back is held, for them only."""
    reasons = against(patient)
    if not reasons:
        return shelf
    items = tuple(
        replace(item, holds=(*item.holds, reasons[item.sku.casefold()]))
        if item.sku.casefold() in reasons
        else item
        for item in shelf.items
    )
    return replace(shelf, items=items)
