"""A consultation from its draft to its signed record, and what a pharmacist answered on the way."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counselor.database import Model, Versioned
from counselor.patients.models import Patient
from counselor.staff.models import Staff, Store


class State(StrEnum):
    """Where a consultation stands."""

    DRAFT = "draft"
    WAITING = "waiting"  # for the pharmacist; the intake is closed meanwhile
    SIGNED = "signed"
    ABANDONED = "abandoned"


class Outcome(StrEnum):
    """How a signed visit ended."""

    SOLD = "sold"
    REFERRED = "referred-not-sold"
    NOTHING = "nothing-sold"


class RequestState(StrEnum):
    """What became of a question to the pharmacist."""

    OPEN = "open"
    CLEARED = "cleared"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def _words(kind: type[StrEnum], name: str) -> Enum:
    return Enum(
        kind, native_enum=False, length=20, name=name, create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
    )  # fmt: skip


class NumberSeries(Model):
    """A store's consultation numbers: MAIN-000001, MAIN-000002, ... One row is locked while a number is
    given."""

    __tablename__ = "number_series"
    __table_args__ = (CheckConstraint("last >= 0", name="counts_up"),)

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(12), unique=True)
    last: Mapped[int]


class Consultation(Versioned, Model):
    """One visit. `sheet` is what was typed; `intake` and `advice` are the exact text that was signed."""

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL) AND (signed_at IS NULL) = (signed_by_id IS NULL)",
            name="signature_is_whole",
        ),
        CheckConstraint(
            "(state = 'signed') = (outcome IS NOT NULL AND intake IS NOT NULL AND advice IS NOT NULL"
            " AND knowledge_version IS NOT NULL)",
            name="signed_record_is_whole",
        ),
        Index("ix_consultation_store_state", "store_id", "state"),
        Index("ix_consultation_patient_started", "patient_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    counselor_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))
    state: Mapped[State] = mapped_column(_words(State, "state_is_known"), default=State.DRAFT)
    outcome: Mapped[Outcome | None] = mapped_column(_words(Outcome, "outcome_is_known"))
    sheet: Mapped[dict[str, Any]]
    intake: Mapped[str | None] = mapped_column(Text)
    advice: Mapped[str | None] = mapped_column(Text)
    knowledge_version: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    noted_at: Mapped[datetime]  # when a save was last written to the audit log: autosaves share one event
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    store: Mapped[Store] = relationship()
    patient: Mapped[Patient] = relationship()
    counselor: Mapped[Staff] = relationship(foreign_keys=[counselor_id])
    saved_by: Mapped[Staff] = relationship(foreign_keys=[saved_by_id])
    signed_by: Mapped[Staff | None] = relationship(foreign_keys=[signed_by_id])
    previous: Mapped[Consultation | None] = relationship(remote_side=[id])
    items: Mapped[list[ConsultationItem]] = relationship(
        back_populates="consultation", cascade="all, delete-orphan", order_by="ConsultationItem.id"
    )
    removals: Mapped[list[MedicineRemoval]] = relationship(order_by="MedicineRemoval.id")
    amendments: Mapped[list[Amendment]] = relationship(order_by="Amendment.id")
    requests: Mapped[list[ClearanceRequest]] = relationship(
        back_populates="consultation", order_by="ClearanceRequest.id"
    )

    @property
    def open_request(self) -> ClearanceRequest | None:
        """The question that waits for the pharmacist, if one does."""
        return next((asked for asked in self.requests if asked.state is RequestState.OPEN), None)


class ConsultationItem(Model):
    """A chosen batch, with its names as they were on the day, and the first dose it was chosen with."""

    __tablename__ = "consultation_item"
    __table_args__ = (
        UniqueConstraint("consultation_id", "batch_id", name="uq_consultation_item_batch"),
        CheckConstraint("packages BETWEEN 1 AND 99", name="packages_are_few"),
        CheckConstraint("first_dose_thc_mg IS NULL OR first_dose_thc_mg >= 0", name="dose_is_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    sku: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(300))
    batch: Mapped[str] = mapped_column(String(120))
    route: Mapped[str] = mapped_column(String(20))
    packages: Mapped[int]
    first_dose: Mapped[str] = mapped_column(Text, default="")
    first_dose_thc_mg: Mapped[float | None]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    consultation: Mapped[Consultation] = relationship(back_populates="items")


class MedicineRemoval(Model):
    """A medicine that had raised a warning and was taken off the list, with the reason given."""

    __tablename__ = "medicine_removal"
    __table_args__ = (CheckConstraint("reason <> ''", name="says_why"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    said: Mapped[str] = mapped_column(String(300))
    ingredients: Mapped[list[str]]
    rules: Mapped[list[str]]
    reason: Mapped[str] = mapped_column(Text)
    removed_at: Mapped[datetime]
    removed_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    removed_by: Mapped[Staff] = relationship()


class Amendment(Model):
    """What was added to a signed record afterwards, and why. The record itself stays as it was signed."""

    __tablename__ = "amendment"
    __table_args__ = (CheckConstraint("reason <> '' AND text <> ''", name="says_what_and_why"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    amended_at: Mapped[datetime]
    amended_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    amended_by: Mapped[Staff] = relationship()


class ClearanceRequest(Versioned, Model):
    """A question to the pharmacist about the major warnings of one visit, and the answer."""

    __tablename__ = "clearance_request"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('cleared', 'refused')) = (answered_at IS NOT NULL)"
            " AND (answered_at IS NULL) = (answered_by_id IS NULL) AND (answered_at IS NULL) = (said = '')",
            name="answer_is_whole",
        ),
        Index("ix_clearance_request_one_open", "consultation_id", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    state: Mapped[RequestState] = mapped_column(
        _words(RequestState, "state_is_known"), default=RequestState.OPEN, index=True
    )
    rules: Mapped[list[str]]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    question: Mapped[str] = mapped_column(Text, default="")
    waiting_note: Mapped[str] = mapped_column(Text, default="")  # "prescriber not reached, trying again at 3"
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    said_by: Mapped[str] = mapped_column(
        String(200), default=""
    )  # who decided, where somebody else wrote it down
    said: Mapped[str] = mapped_column(Text, default="")

    consultation: Mapped[Consultation] = relationship(back_populates="requests")
    asked_by: Mapped[Staff] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[Staff | None] = relationship(foreign_keys=[answered_by_id])


class Clearance(Model):
    """A pharmacist's or prescriber's answer to one rule for one patient, within limits, until a day.

    It holds for the medicines (with their doses) and the routes the patient asked for when it was given;
    `routes` are those of them that were agreed to.
    """

    __tablename__ = "clearance"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ending_has_a_reason"),
        CheckConstraint("max_thc_mg IS NULL OR max_thc_mg >= 0", name="limit_is_not_negative"),
        CheckConstraint("until >= cleared_on", name="ends_after_it_begins"),
        Index("ix_clearance_patient_rule", "patient_id", "rule"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("clearance_request.id"), index=True)
    rule: Mapped[str] = mapped_column(String(120))
    because: Mapped[list[str]]
    medicines: Mapped[list[str]]
    asked_routes: Mapped[list[str]]
    routes: Mapped[list[str]]
    max_thc_mg: Mapped[float | None]
    said: Mapped[str] = mapped_column(Text)
    by_name: Mapped[str] = mapped_column(String(200))
    by_role: Mapped[str] = mapped_column(String(20))  # pharmacist or prescriber
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    cleared_on: Mapped[date]
    until: Mapped[date]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(300))

    patient: Mapped[Patient] = relationship()
    recorded_by: Mapped[Staff] = relationship()
