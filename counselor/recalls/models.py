"""A recall, the batches it holds, what was done with the packages, and each try to reach a patient."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counselor.catalog.models import Batch, Hold
from counselor.database import Model, Versioned
from counselor.patients.models import Patient
from counselor.staff.models import Staff, Store


class Source(StrEnum):
    """Who called the product back."""

    REGULATOR = "regulator"
    PRODUCER = "producer"
    OWN = "own"


class Step(StrEnum):
    """What happened to packages of a recalled batch in a store."""

    ON_SHELF = "on-shelf"  # counted by the program when the recall began
    SET_ASIDE = "set-aside"
    RETURNED = "returned"  # to the producer
    DESTROYED = "destroyed"


class ContactKind(StrEnum):
    """How a try to reach a patient ended."""

    REACHED = "reached"
    LEFT_MESSAGE = "left-message"
    NO_ANSWER = "no-answer"
    WRONG_NUMBER = "wrong-number"
    LETTER_PRINTED = "letter-printed"
    LETTER_SENT = "letter-sent"
    RETURNED_PRODUCT = "returned-product"
    SYMPTOMS = "symptoms"


REACHED = frozenset({ContactKind.REACHED, ContactKind.RETURNED_PRODUCT, ContactKind.SYMPTOMS})
"""The patient knows."""
TRIES = frozenset(
    {ContactKind.LEFT_MESSAGE, ContactKind.NO_ANSWER, ContactKind.WRONG_NUMBER, ContactKind.LETTER_SENT}
)
"""Somebody tried. A printed letter is no try before it is sent."""


def _words(kind: type[StrEnum], name: str) -> Enum:
    return Enum(
        kind, native_enum=False, length=20, name=name, create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
    )  # fmt: skip


class Recall(Versioned, Model):
    """One recall. It belongs to the organisation: its batches are held in every store at once."""

    __tablename__ = "recall"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="recall_has_a_reason"),
        CheckConstraint("least_tries BETWEEN 1 AND 9", name="tries_are_few"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (evidence IS NULL)",
            name="closing_is_whole",
        ),
        CheckConstraint("closed_at IS NOT NULL OR unfinished_because = ''", name="only_closing_is_explained"),
        Index("ix_recall_closed", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))  # where it was begun
    source: Mapped[Source] = mapped_column(_words(Source, "source_is_known"))
    reference: Mapped[str] = mapped_column(String(120), default="")
    recall_class: Mapped[str] = mapped_column(String(80), default="")  # as the notice says it
    reason: Mapped[str] = mapped_column(Text)
    tell_patients: Mapped[str] = mapped_column(Text, default="")
    least_tries: Mapped[int] = mapped_column(default=3)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    unfinished_because: Mapped[str] = mapped_column(Text, default="")  # closed with work left: why
    evidence: Mapped[dict[str, Any] | None]

    store: Mapped[Store] = relationship()
    opened_by: Mapped[Staff] = relationship(foreign_keys=[opened_by_id])
    closed_by: Mapped[Staff | None] = relationship(foreign_keys=[closed_by_id])
    batches: Mapped[list[RecallBatch]] = relationship(back_populates="recall", order_by="RecallBatch.id")
    steps: Mapped[list[RecallStep]] = relationship(back_populates="recall", order_by="RecallStep.id")
    contacts: Mapped[list[RecallContact]] = relationship(back_populates="recall", order_by="RecallContact.id")


class RecallBatch(Model):
    """A batch in a recall, and the hold that the recall put on it."""

    __tablename__ = "recall_batch"
    __table_args__ = (
        UniqueConstraint("recall_id", "batch_id", name="uq_recall_batch_once"),
        UniqueConstraint("hold_id", name="uq_recall_batch_hold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recall_id: Mapped[int] = mapped_column(ForeignKey("recall.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"))

    recall: Mapped[Recall] = relationship(back_populates="batches")
    batch: Mapped[Batch] = relationship()
    hold: Mapped[Hold] = relationship()


class RecallStep(Model):
    """Packages of one batch in one store: on the shelf, set aside, sent back, destroyed."""

    __tablename__ = "recall_step"
    __table_args__ = (
        CheckConstraint("packages >= 0", name="packages_are_counted"),
        Index("ix_recall_step_recall", "recall_id", "store_id", "batch_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recall_id: Mapped[int] = mapped_column(ForeignKey("recall.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    step: Mapped[Step] = mapped_column(_words(Step, "step_is_known"))
    packages: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    recall: Mapped[Recall] = relationship(back_populates="steps")
    by: Mapped[Staff] = relationship()


class RecallContact(Model):
    """One try to reach one patient, or what they brought back."""

    __tablename__ = "recall_contact"
    __table_args__ = (
        CheckConstraint("(batch_id IS NULL) = (packages IS NULL)", name="packages_are_of_a_batch"),
        CheckConstraint("packages IS NULL OR packages BETWEEN 1 AND 99", name="packages_are_few"),
        Index("ix_recall_contact_recall", "recall_id", "patient_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recall_id: Mapped[int] = mapped_column(ForeignKey("recall.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))  # whose counter called
    kind: Mapped[ContactKind] = mapped_column(_words(ContactKind, "contact_is_known"))
    note: Mapped[str] = mapped_column(Text, default="")
    next_try: Mapped[date | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    packages: Mapped[int | None]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    recall: Mapped[Recall] = relationship(back_populates="contacts")
    patient: Mapped[Patient] = relationship()
    by: Mapped[Staff] = relationship()
