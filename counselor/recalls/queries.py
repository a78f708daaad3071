"""Reading recalls: who was given the batches, what is done already, what is still missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from counselor.audit.models import AuditEvent
from counselor.catalog.models import Batch, Hold, Product
from counselor.consultations.models import Consultation, ConsultationItem, Outcome, State
from counselor.database import db
from counselor.patients.models import Patient
from counselor.recalls.models import (
    REACHED,
    TRIES,
    ContactKind,
    Recall,
    RecallBatch,
    RecallContact,
    RecallStep,
    Step,
)
from counselor.staff.models import Store

MOST_HOLDS = 300


@dataclass(frozen=True)
class Given:
    """One recalled batch on one signed visit."""

    name: str
    batch_id: int
    batch: str
    packages: int
    at: datetime
    number: str
    consultation_id: int
    store: Store


@dataclass
class ToCall:
    """A patient who was given a recalled batch, and each try to reach them."""

    patient: Patient
    given: list[Given] = field(default_factory=list)
    contacts: list[RecallContact] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """The store that gave it last, and so calls."""
        return self.given[-1].store  # oldest first: the last is the newest

    @property
    def reached(self) -> bool:
        """Whether the patient knows."""
        return any(one.kind in REACHED for one in self.contacts)

    @property
    def tries(self) -> int:
        """Tries that did not reach them; a letter counts once it was sent."""
        return sum(one.kind in TRIES for one in self.contacts)

    @property
    def last(self) -> RecallContact | None:
        """What happened last, printing aside."""
        heard = [one for one in self.contacts if one.kind is not ContactKind.LETTER_PRINTED]
        return heard[-1] if heard else None

    @property
    def next_try(self) -> date | None:
        """The day on which somebody wanted to try again; None once they are reached."""
        return None if self.reached or self.last is None else self.last.next_try

    def has(self, kind: ContactKind) -> bool:
        """Whether such a contact is on record."""
        return any(one.kind is kind for one in self.contacts)


@dataclass
class OnShelf:
    """One recalled batch in one store, in packages. `set_aside` None: nobody counted it yet."""

    batch: Batch
    store: Store
    there: int = 0
    set_aside: int | None = None
    brought_back: int = 0
    returned: int = 0
    destroyed: int = 0
    explained: bool = False
    steps: list[RecallStep] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """Packages set aside or brought back that neither went back nor were destroyed."""
        return (self.set_aside or 0) + self.brought_back - self.returned - self.destroyed

    def missing(self) -> list[str]:
        """What is not accounted for, in words."""
        name = f"{self.batch.product.name}, batch {self.batch.number or 'without number'}, {self.store.name}"
        if self.there and self.set_aside is None:
            return [f"{name}: nobody has set aside the {_packages(self.there)} on the shelf."]
        found = []
        if self.set_aside is not None and self.set_aside != self.there and not self.explained:
            found.append(
                f"{name}: {_packages(self.there)} stood on the shelf, {self.set_aside} set aside. Say why."
            )
        if self.waiting > 0:
            found.append(f"{name}: {_packages(self.waiting)} set aside, neither returned nor destroyed yet.")
        return found


@dataclass(frozen=True)
class Standing:
    """How a recall stands."""

    recall: Recall
    to_call: Sequence[ToCall]
    shelves: Sequence[OnShelf]

    def is_done(self, one: ToCall) -> bool:
        """Whether nothing more is owed to this patient: reached, or tried often enough."""
        return one.reached or one.tries >= self.recall.least_tries

    @property
    def open_calls(self) -> list[ToCall]:
        """Patients who are still to be called."""
        return [one for one in self.to_call if not self.is_done(one)]

    @property
    def to_call_first(self) -> list[ToCall]:
        """Everybody, those still to be called first."""
        return sorted(self.to_call, key=self.is_done)

    def counts(self) -> Mapping[str, int]:
        """The numbers that a closing keeps as evidence."""
        return {
            "patients": len(self.to_call),
            "reached": sum(one.reached for one in self.to_call),
            "tried enough": sum(self.is_done(one) and not one.reached for one in self.to_call),
            "letters printed": sum(one.has(ContactKind.LETTER_PRINTED) for one in self.to_call),
            "letters sent": sum(one.has(ContactKind.LETTER_SENT) for one in self.to_call),
            "on shelf": sum(one.there for one in self.shelves),
            "set aside": sum(one.set_aside or 0 for one in self.shelves),
            "brought back": sum(one.brought_back for one in self.shelves),
            "returned": sum(one.returned for one in self.shelves),
            "destroyed": sum(one.destroyed for one in self.shelves),
        }

    def missing(self) -> list[str]:
        """What keeps it from being closed, one sentence each; empty where nothing does."""
        waiting = len(self.open_calls)
        found = []
        if waiting:
            who = "1 patient is" if waiting == 1 else f"{waiting} patients are"
            tries = "1 try" if self.recall.least_tries == 1 else f"{self.recall.least_tries} tries"
            found.append(f"{who} neither reached nor tried often enough ({tries}).")
        for one in self.shelves:
            found += one.missing()
        return found


def find(recall_id: int) -> Recall | None:
    """The recall with its batches."""
    return db.session.scalar(
        select(Recall)
        .where(Recall.id == recall_id)
        .options(
            selectinload(Recall.batches).joinedload(RecallBatch.batch).joinedload(Batch.product),
            selectinload(Recall.batches).joinedload(RecallBatch.hold),
        )
    )


def newest(limit: int = 100) -> Sequence[Recall]:
    """Open recalls first, then closed ones, newest first."""
    return db.session.scalars(
        select(Recall)
        .options(selectinload(Recall.batches), joinedload(Recall.opened_by))
        .order_by(Recall.closed_at.is_not(None), Recall.opened_at.desc(), Recall.id.desc())
        .limit(limit)
    ).all()


def standing(recall: Recall) -> Standing:
    """Patients and packages of a recall as they stand now.

    Patients come from signed sales of every store: the patient is the organisation's, and whoever was given
    the batch is called, wherever that was.
    """
    ids = [one.batch_id for one in recall.batches]
    calls: dict[int, ToCall] = {}
    rows = db.session.execute(
        select(Consultation, ConsultationItem)
        .join(ConsultationItem, ConsultationItem.consultation_id == Consultation.id)
        .where(
            ConsultationItem.batch_id.in_(ids),
            Consultation.state == State.SIGNED,
            Consultation.outcome == Outcome.SOLD,
        )
        .options(joinedload(Consultation.patient), joinedload(Consultation.store))
        .order_by(Consultation.signed_at, ConsultationItem.id)
    ).all()
    for visit, item in rows:
        calls.setdefault(visit.patient_id, ToCall(visit.patient)).given.append(
            Given(
                item.name, item.batch_id, item.batch, item.packages,
                visit.signed_at or visit.saved_at, visit.number, visit.id, visit.store,
            )
        )  # fmt: skip
    for contact in _contacts(recall):
        if contact.patient_id in calls:
            calls[contact.patient_id].contacts.append(contact)
    people = sorted(calls.values(), key=lambda one: (one.patient.family_key, one.patient.given_key))
    return Standing(recall, people, _shelves(recall))


def _contacts(recall: Recall) -> Sequence[RecallContact]:
    return db.session.scalars(
        select(RecallContact)
        .where(RecallContact.recall_id == recall.id)
        .options(joinedload(RecallContact.by))
        .order_by(RecallContact.id)
    ).all()


def _shelves(recall: Recall) -> list[OnShelf]:
    batches = {one.batch_id: one.batch for one in recall.batches}
    stores = {store.id: store for store in db.session.scalars(select(Store))}
    found: dict[tuple[int, int], OnShelf] = {}

    def at(batch_id: int, store_id: int) -> OnShelf:
        return found.setdefault((batch_id, store_id), OnShelf(batches[batch_id], stores[store_id]))

    for step in db.session.scalars(
        select(RecallStep)
        .where(RecallStep.recall_id == recall.id)
        .options(joinedload(RecallStep.by))
        .order_by(RecallStep.id)
    ):
        row = at(step.batch_id, step.store_id)
        if step.step is Step.ON_SHELF:
            row.there += step.packages
            continue
        row.steps.append(step)
        if step.step is Step.SET_ASIDE:
            row.set_aside = (row.set_aside or 0) + step.packages
            row.explained = row.explained or bool(step.note)
        elif step.step is Step.RETURNED:
            row.returned += step.packages
        else:
            row.destroyed += step.packages
    for contact in _contacts(recall):
        if contact.batch_id is not None and contact.batch_id in batches:
            at(contact.batch_id, contact.store_id).brought_back += contact.packages or 0
    return sorted(found.values(), key=lambda one: (one.store.name, one.batch.product.name, one.batch.number))


def chosen_now(recall: Recall) -> Sequence[Consultation]:
    """Visits open at a counter, of any store, with one of the batches chosen: they cannot be signed so."""
    chosen = select(ConsultationItem.consultation_id).where(
        ConsultationItem.batch_id.in_([one.batch_id for one in recall.batches])
    )
    return db.session.scalars(
        select(Consultation)
        .where(Consultation.id.in_(chosen), Consultation.state.in_([State.DRAFT, State.WAITING]))
        .options(joinedload(Consultation.counselor), joinedload(Consultation.store))
        .order_by(Consultation.id)
    ).all()


def story(recall: Recall) -> Sequence[AuditEvent]:
    """The audit events that tell the recall, oldest first: its own, and releases of its holds."""
    batches = [one.batch_id for one in recall.batches]
    return db.session.scalars(
        select(AuditEvent)
        .where(
            or_(
                and_(AuditEvent.subject_kind == "recall", AuditEvent.subject_id == recall.id),
                and_(
                    AuditEvent.subject_kind == "batch",
                    AuditEvent.subject_id.in_(batches),
                    AuditEvent.kind == "batch.released",
                    AuditEvent.at >= recall.opened_at,
                ),
            )
        )
        .order_by(AuditEvent.number)
    ).all()


def open_holds(text: str = "") -> tuple[Sequence[Hold], int]:
    """Open holds of all batches, newest first, at most `MOST_HOLDS`, and how many there are in all."""
    wanted = (
        select(Hold)
        .join(Hold.batch)
        .join(Batch.product)
        .where(Hold.released_at.is_(None))
    )  # fmt: skip
    for word in text.lower().split()[:5]:
        wanted = wanted.where(
            or_(
                *(
                    func.lower(column).contains(word, autoescape=True)
                    for column in (Batch.number, Product.sku, Product.name, Product.brand, Hold.reason)
                )
            )
        )
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    holds = db.session.scalars(
        wanted.options(joinedload(Hold.batch).joinedload(Batch.product), joinedload(Hold.placed_by))
        .order_by(Hold.placed_at.desc(), Hold.id.desc())
        .limit(MOST_HOLDS)
    ).all()
    return holds, total


def holds_of(ids: Sequence[int]) -> Sequence[Hold]:
    """These holds."""
    return db.session.scalars(select(Hold).where(Hold.id.in_(ids[:MOST_HOLDS])).order_by(Hold.id)).all()


def recalls_of_patient(patient: Patient) -> Sequence[tuple[Recall, bool]]:
    """Open recalls of something the patient was given, and whether they know of it already."""
    recalls = db.session.scalars(
        select(Recall)
        .join(Recall.batches)
        .join(ConsultationItem, ConsultationItem.batch_id == RecallBatch.batch_id)
        .join(Consultation, Consultation.id == ConsultationItem.consultation_id)
        .where(
            Recall.closed_at.is_(None),
            Consultation.patient_id == patient.id,
            Consultation.state == State.SIGNED,
            Consultation.outcome == Outcome.SOLD,
        )
        .order_by(Recall.id)
    ).unique()
    told = set(
        db.session.scalars(
            select(RecallContact.recall_id).where(
                RecallContact.patient_id == patient.id, RecallContact.kind.in_(REACHED)
            )
        )
    )
    return [(recall, recall.id in told) for recall in recalls]


def still_to_call() -> tuple[int, int]:
    """How many recalls are open, and how many patients are still to be called in them: three statements."""
    rows = db.session.execute(select(Recall.id, Recall.least_tries).where(Recall.closed_at.is_(None)))
    tries = {row.id: row.least_tries for row in rows}
    if not tries:
        return 0, 0
    given = db.session.execute(
        select(RecallBatch.recall_id, Consultation.patient_id)
        .join(ConsultationItem, ConsultationItem.batch_id == RecallBatch.batch_id)
        .join(Consultation, Consultation.id == ConsultationItem.consultation_id)
        .where(
            RecallBatch.recall_id.in_(tries),
            Consultation.state == State.SIGNED,
            Consultation.outcome == Outcome.SOLD,
        )
        .distinct()
    ).all()
    reached: set[tuple[int, int]] = set()
    tried: Counter[tuple[int, int]] = Counter()
    for recall_id, patient_id, kind in db.session.execute(
        select(RecallContact.recall_id, RecallContact.patient_id, RecallContact.kind).where(
            RecallContact.recall_id.in_(tries)
        )
    ):
        if kind in REACHED:
            reached.add((recall_id, patient_id))
        elif kind in TRIES:
            tried[recall_id, patient_id] += 1
    return len(tries), sum(
        (recall_id, patient_id) not in reached and tried[recall_id, patient_id] < tries[recall_id]
        for recall_id, patient_id in given
    )


def count_stores() -> int:
    """How many stores the organisation has; with one, nobody needs its name."""
    return db.session.scalar(select(func.count(Store.id))) or 0


def _packages(count: int) -> str:
    return "1 package" if count == 1 else f"{count} packages"
