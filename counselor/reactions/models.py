"""What a patient told of a product: a reaction, or a package brought back; and the reports sent about it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counselor.catalog.models import Batch
from counselor.database import Model
from counselor.patients.models import Patient
from counselor.staff.models import Staff, Store


class Told(StrEnum):
    """What the patient came with."""

    REACTION = "reaction"
    RETURN = "return"


class Seriousness(StrEnum):
    """How far it went, as told."""

    HOME = "no-care"
    CARE = "needed-care"
    HOSPITAL = "hospital"
    LIFE = "life-threatening"


class HoldAnswer(StrEnum):
    """What became of a wish to hold the batch."""

    NONE = "not-asked"
    OPEN = "open"  # a counselor asked; a pharmacist or manager decides
    HELD = "held"
    LEFT = "not-held"


class Recipient(StrEnum):
    """Who is told."""

    DEPARTMENT = "department"
    PRODUCER = "producer"


def _words(kind: type[StrEnum], name: str) -> Enum:
    return Enum(
        kind, native_enum=False, length=20, name=name, create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
    )  # fmt: skip


class Reaction(Model):
    """A reaction or a return: it counts against the SKU for this patient until somebody settles it."""

    __tablename__ = "reaction"
    __table_args__ = (
        CheckConstraint("sku <> '' AND what <> ''", name="says_which_and_what"),
        CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL)"
            " AND (settled_at IS NULL) = (settled_because = '')",
            name="settling_is_whole",
        ),
        CheckConstraint("(hold_decided_at IS NULL) = (hold_decided_by_id IS NULL)", name="decision_is_whole"),
        Index("ix_reaction_patient", "patient_id", "sku"),
        Index("ix_reaction_hold_answer", "hold_answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    told: Mapped[Told] = mapped_column(_words(Told, "kind_is_known"))
    batch_id: Mapped[int | None] = mapped_column(
        ForeignKey("batch.id"), index=True
    )  # NULL: not in the catalog
    sku: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(300), default="")
    batch_number: Mapped[str] = mapped_column(String(120), default="")
    happened_on: Mapped[date]
    onset: Mapped[str] = mapped_column(String(200), default="")
    dose_taken: Mapped[str] = mapped_column(String(200), default="")
    other_medicines: Mapped[str] = mapped_column(Text, default="")
    symptoms: Mapped[list[str]]
    seriousness: Mapped[Seriousness | None] = mapped_column(_words(Seriousness, "seriousness_is_known"))
    what: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    hold_answer: Mapped[HoldAnswer] = mapped_column(
        _words(HoldAnswer, "hold_answer_is_known"), default=HoldAnswer.NONE
    )
    hold_decided_at: Mapped[datetime | None]
    hold_decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    hold_reason: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None]  # since then it no longer counts against the product
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    settled_because: Mapped[str] = mapped_column(Text, default="")

    patient: Mapped[Patient] = relationship()
    store: Mapped[Store] = relationship()
    batch: Mapped[Batch | None] = relationship()
    recorded_by: Mapped[Staff] = relationship(foreign_keys=[recorded_by_id])
    hold_decided_by: Mapped[Staff | None] = relationship(foreign_keys=[hold_decided_by_id])
    settled_by: Mapped[Staff | None] = relationship(foreign_keys=[settled_by_id])
    reports: Mapped[list[ReactionReport]] = relationship(
        back_populates="reaction", order_by="ReactionReport.id"
    )


class ReactionReport(Model):
    """A report that was sent: to whom, how, when, by whom."""

    __tablename__ = "reaction_report"
    __table_args__ = (CheckConstraint("how <> ''", name="says_how"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reaction_id: Mapped[int] = mapped_column(ForeignKey("reaction.id"), index=True)
    recipient: Mapped[Recipient] = mapped_column(_words(Recipient, "recipient_is_known"))
    how: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    reaction: Mapped[Reaction] = relationship(back_populates="reports")
    sent_by: Mapped[Staff] = relationship()
