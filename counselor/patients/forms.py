"""The patient's record as a form: shape is checked here, each message stands at its field."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import DateField, Field, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from counselor.web.forms import StrippedForm

OLDEST = 120
"""Nobody is known to have lived much longer; an older birth date is a typing error."""

STATES = (
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM",
    "NY", "NC", "ND", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA",
    "WA", "WV", "WI", "WY", "GU", "VI", "MP", "AS",
)  # fmt: skip


def stripped(typed: str | None) -> str:
    """Blanks around and doubled inside are no part of a name."""
    return " ".join((typed or "").split())


class Day(DateField):
    """A date as a browser's date field sends it; what is none is said back."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read year-month-day; blank is no date."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if typed:
            try:
                self.data = date.fromisoformat(typed)
            except ValueError:
                raise ValueError(f"“{typed}” is not a date. Write it like 1979-03-25.") from None


class PatientForm(StrippedForm):
    """Who the patient is, and the certification they carry."""

    class Meta(StrippedForm.Meta):
        """The guard has asked for the page's token already."""

        csrf = False

    family_name = StringField(
        "Family name", [DataRequired("Write the family name."), Length(max=100)], filters=[stripped]
    )
    given_name = StringField(
        "Given name", [DataRequired("Write the given name."), Length(max=100)], filters=[stripped]
    )
    born = Day(
        "Date of birth",
        [InputRequired("Write the date of birth, like 1979-03-25.")],
        description="As on the identity card.",
    )
    sex = SelectField(
        "Sex",
        choices=[("", "Not said"), ("female", "Female"), ("male", "Male"), ("other", "Other")],
        filters=[stripped],
    )
    card_number = StringField(
        "Patient card number",
        [Optional(), Length(max=60)],
        filters=[stripped],
        description="Scan it or type it.",
    )
    certification_state = SelectField(
        "Certified in", choices=[("", "Not said"), *[(state, state) for state in STATES]], filters=[stripped]
    )
    certification_expires = Day("Certification ends", [Optional()])
    caregiver_name = StringField("Caregiver", [Length(max=200)], filters=[stripped])
    caregiver_expires = Day("Caregiver card ends", [Optional()])
    phone = StringField("Phone", [Optional(), Length(max=40)], filters=[stripped])
    language = StringField(
        "Language",
        [Optional(), Length(max=60)],
        filters=[stripped],
        description="If an interpreter is needed.",
    )
    note = TextAreaField("Note", [Optional(), Length(max=2000)])
    version = IntegerField(widget=HiddenInput(), default=0)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def validate_born(self, field: Field) -> None:
        """Between today and 120 years ago."""
        if field.data is None:
            if not field.process_errors:  # blanks only: there is something, but no date
                raise ValidationError("Write the date of birth, like 1979-03-25.")
            return
        if field.data > self._today:
            raise ValidationError(f"{_said(field)} lies in the future. Check the year.")
        if field.data.year < self._today.year - OLDEST:
            age = self._today.year - field.data.year
            raise ValidationError(f"{_said(field)} would make the patient {age} years old. Check the year.")

    def validate_certification_expires(self, field: Field) -> None:
        """Its end is a date of our time."""
        _near(field, self._today)

    def validate_certification_state(self, field: Field) -> None:
        """A certification is a state's."""
        if self.certification_expires.data is not None and not field.data:
            raise ValidationError("Say which state certified the patient.")

    def validate_caregiver_expires(self, field: Field) -> None:
        """Its end is a date of our time."""
        _near(field, self._today)

    def validate_caregiver_name(self, field: Field) -> None:
        """A caregiver's card has a holder."""
        if self.caregiver_expires.data is not None and not field.data:
            raise ValidationError("Name the caregiver whose card this is.")

    def values(self) -> dict[str, Any]:
        """One tidy object for the action: every field but the version."""
        return {
            name: (value if value is not None else _blank(name))
            for name, value in self.data.items()
            if name != "version"
        }


def _blank(name: str) -> Any:
    return None if name in ("born", "certification_expires", "caregiver_expires") else ""


def _near(field: Field, today: date) -> None:
    if field.data is not None and not today.year - 30 <= field.data.year <= today.year + 30:
        raise ValidationError(f"{_said(field)} cannot be right. Check the year.")


def _said(field: Field) -> str:
    return str(field.raw_data[0]) if field.raw_data else field.data.isoformat()
