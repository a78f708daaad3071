"""Patients belong to the organisation: any of its stores may serve them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from counselor.database import Model, Versioned
from counselor.patients.names import card_key, name_key
from counselor.staff.models import Staff

SEXES = ("", "female", "male", "other")


class Patient(Versioned, Model):
    """One patient. The `_key` columns hold the same words folded, so that a search is one index look-up."""

    __tablename__ = "patient"
    __table_args__ = (
        UniqueConstraint("card_key", name="uq_patient_card"),
        CheckConstraint("sex IN ('', 'female', 'male', 'other')", name="sex_is_known_or_blank"),
        CheckConstraint("(card_number = '') = (card_key IS NULL)", name="card_has_its_key"),
        CheckConstraint(
            "certification_expires IS NULL OR certification_state <> ''", name="certification_names_its_state"
        ),
        CheckConstraint(
            "caregiver_expires IS NULL OR caregiver_name <> ''", name="caregiver_card_has_a_holder"
        ),
        Index("ix_patient_family", "family_key", "given_key"),
        Index("ix_patient_given", "given_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    given_name: Mapped[str] = mapped_column(String(100))
    family_name: Mapped[str] = mapped_column(String(100))
    born: Mapped[date]
    sex: Mapped[str] = mapped_column(String(10), default="")
    card_number: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(60), default="")
    certification_state: Mapped[str] = mapped_column(String(2), default="")
    certification_expires: Mapped[date | None]
    caregiver_name: Mapped[str] = mapped_column(String(200), default="")
    caregiver_expires: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")

    family_key: Mapped[str] = mapped_column(String(200))
    given_key: Mapped[str] = mapped_column(String(200))
    card_key: Mapped[str | None] = mapped_column(String(60))

    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    updated_by: Mapped[Staff] = relationship(foreign_keys=[updated_by_id])

    @validates("given_name", "family_name", "card_number")
    def _fold(self, column: str, value: str) -> str:
        """Keep the search columns in step with what they fold."""
        if column == "card_number":
            self.card_key = card_key(value) or None
        else:
            setattr(self, column.replace("_name", "_key"), name_key(value))
        return value

    @property
    def name(self) -> str:
        """Family name first, as on the counter's lists."""
        return f"{self.family_name}, {self.given_name}"

    def age_on(self, day: date) -> int:
        """Full years on the day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))
