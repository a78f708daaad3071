"""Finding and reading patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from counselor.database import db
from counselor.patients.models import Patient
from counselor.patients.names import card_key, name_key

SHOWN = 25


@dataclass(frozen=True)
class Found:
    """What a search gave.

    `look_alikes` are ids of patients whose name another patient has too; `by_card` says that the text was
    somebody's whole card number.
    """

    patients: Sequence[Patient]
    more: bool
    look_alikes: frozenset[int]
    by_card: bool = False


def find(patient_id: int) -> Patient | None:
    """The patient, or None."""
    return db.session.get(Patient, patient_id)


def search(text: str, *, limit: int = SHOWN) -> Found:
    """Patients by name (in any order, by the beginning of each word) or by card number, scanned or typed.

    An exact card number wins alone. Nothing typed finds nobody: this is no way to list everybody.
    """
    words = name_key(text).split()
    key = card_key(text)
    if not words and not key:
        return Found((), False, frozenset())
    if key and any(letter.isdigit() for letter in key):
        by_card = db.session.scalars(select(Patient).where(Patient.card_key == key)).all()
        if by_card:
            return Found(by_card, False, look_alikes(by_card), by_card=True)
    wanted = select(Patient)
    for word in words[:5]:
        begins = _escape(word)
        wanted = wanted.where(
            or_(
                Patient.family_key.like(f"{begins}%", escape="\\"),
                Patient.given_key.like(f"{begins}%", escape="\\"),
                Patient.family_key.like(f"% {begins}%", escape="\\"),
                Patient.given_key.like(f"% {begins}%", escape="\\"),
                *(
                    [Patient.card_key.like(f"%{_escape(card_key(word))}", escape="\\")]
                    if _could_be_card(word)
                    else []
                ),
            )
        )
    rows = db.session.scalars(
        wanted.order_by(Patient.family_key, Patient.given_key, Patient.born, Patient.id).limit(limit + 1)
    ).all()
    return Found(rows[:limit], len(rows) > limit, look_alikes(rows[:limit]))


def look_alikes(patients: Sequence[Patient]) -> frozenset[int]:
    """Those of the patients who share their name with somebody else in the whole register."""
    if not patients:
        return frozenset()
    other = aliased(Patient)
    twins = (
        select(Patient.id)
        .join(
            other,
            (other.family_key == Patient.family_key)
            & (other.given_key == Patient.given_key)
            & (other.id != Patient.id),
        )
        .where(Patient.id.in_([patient.id for patient in patients]))
    )
    return frozenset(db.session.scalars(twins))


def has_card(number: str, *, but: Patient | None = None) -> Patient | None:
    """The other patient who already has this card number."""
    wanted = select(Patient).where(Patient.card_key == card_key(number))
    if but is not None:
        wanted = wanted.where(Patient.id != but.id)
    return db.session.scalar(wanted) if card_key(number) else None


def same_person(family_name: str, given_name: str, born: object) -> Patient | None:
    """A patient with the same name and birth date, who may be the same person."""
    return db.session.scalar(
        select(Patient).where(
            Patient.family_key == name_key(family_name),
            Patient.given_key == name_key(given_name),
            Patient.born == born,
        )
    )


def count() -> int:
    """How many patients there are."""
    return db.session.scalar(select(func.count(Patient.id))) or 0


def _could_be_card(word: str) -> bool:
    return len(word) >= 4 and any(letter.isdigit() for letter in word)


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
