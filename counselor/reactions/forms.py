"""The forms of reactions and returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from counselor.reactions import queries
from counselor.reactions.actions import Account
from counselor.reactions.models import Recipient, Seriousness, Told
from counselor.reactions.queries import GivenBefore
from counselor.reactions.reporting import RECIPIENTS
from counselor.reactions.words import SERIOUSNESS_WORDS, SYMPTOMS, TOLD_WORDS
from counselor.web.forms import RoomForm

OTHER = "other"


class ReactionForm(RoomForm):
    """What the patient tells."""

    told = RadioField(
        "What is it?",
        [InputRequired("Choose: a reaction, or a product brought back.")],
        choices=[(told.value, words) for told, words in TOLD_WORDS.items()],
    )
    given = RadioField("Which product?", [InputRequired("Choose the product.")], validate_choice=False)
    sku = StringField("SKU on the label", [Length(max=80)])  # no Optional: it would skip the check below
    batch_number = StringField("Batch on the label", [Optional(), Length(max=120)])
    happened_on = DateField("Day it happened", [DataRequired("Write the day, at least about.")])
    what = TextAreaField(
        "What happened, in their words",
        [DataRequired("Write what happened."), Length(max=4000)],
        render_kw={"rows": 3},
    )
    symptoms = SelectMultipleField("Symptoms", choices=list(SYMPTOMS.items()))
    seriousness = RadioField(
        "How far did it go?",
        choices=[(kind.value, words) for kind, words in SERIOUSNESS_WORDS.items()],
        validate_choice=False,
    )
    dose_taken = StringField("Dose taken", [Optional(), Length(max=200)], description="How much, how often.")
    onset = StringField("Began after the dose", [Optional(), Length(max=200)], description="2 hours.")
    other_medicines = TextAreaField(
        "Other medicines, and what changed",
        [Optional(), Length(max=2000)],
        description="Also alcohol, herbs, a new dose.",
        render_kw={"rows": 2},
    )
    hold = BooleanField("This batch should not be sold to anybody until somebody has looked at it")

    def __init__(self, *args: Any, before: Sequence[GivenBefore], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._before, self._today = {str(one.batch_id): one for one in before}, today
        self.given.choices = [
            (key, f"{one.name}, batch {one.number or 'without number'}") for key, one in self._before.items()
        ] + [(OTHER, "Another: from its label")]

    def validate_given(self, field: Field) -> None:
        """One of the products they were given, or a SKU."""
        if field.data != OTHER and field.data not in self._before:
            raise ValidationError("Choose the product.")

    def validate_sku(self, field: Field) -> None:
        """Another product is named by its label."""
        if self.given.data == OTHER and not field.data:
            raise ValidationError("Write the SKU from the label, or choose the product above.")

    def validate_happened_on(self, field: Field) -> None:
        """It has happened."""
        if field.data and field.data > self._today:
            raise ValidationError("This day has not come yet.")

    def validate_seriousness(self, field: Field) -> None:
        """Of a reaction it is asked how far it went."""
        if field.data and field.data not in set(Seriousness):
            raise ValidationError("Choose how far it went.")
        if self.told.data == Told.REACTION.value and not field.data:
            raise ValidationError("Choose how far it went.")

    def validate_hold(self, field: Field) -> None:
        """Only a batch that the catalog has can be held."""
        if field.data and self.given.data == OTHER and self.account().batch is None:
            raise ValidationError(
                "This SKU and batch are not in the catalog, so nothing can be held. Correct them, or untick."
            )

    def account(self) -> Account:
        """What was told, for the action."""
        told: dict[str, Any] = {
            "told": Told(self.told.data),
            "what": self.what.data or "",
            "happened_on": self.happened_on.data or self._today,
            "onset": self.onset.data or "",
            "dose_taken": self.dose_taken.data or "",
            "other_medicines": self.other_medicines.data or "",
            "symptoms": tuple(self.symptoms.data or ()),
            "seriousness": Seriousness(self.seriousness.data) if self.seriousness.data else None,
        }
        if self.given.data != OTHER:
            one = self._before[self.given.data]
            return Account(
                sku=one.sku, name=one.name, batch_number=one.number,
                batch=queries.find_batch(one.batch_id), **told,
            )  # fmt: skip
        sku, number = self.sku.data or "", self.batch_number.data or ""
        product = queries.product_of(sku)
        return Account(
            sku=product.sku if product else sku,
            name=product.name if product else "",
            batch_number=number,
            batch=queries.batch_of(product, number) if product else None,
            **told,
        )


class HoldDecisionForm(RoomForm):
    """Hold the batch that a counselor asked to hold, or not."""

    answer = RadioField(
        "Decide",
        [InputRequired("Choose.")],
        choices=[("held", "Put the batch on hold"), ("not-held", "Do not hold it")],
    )
    reason = TextAreaField("Reason", [DataRequired("Write why."), Length(max=1000)], render_kw={"rows": 2})


class SettleForm(RoomForm):
    """It no longer counts against the product for this patient."""

    because = TextAreaField(
        "Why may it be offered to this patient again?",
        [DataRequired("Write why."), Length(max=1000)],
        render_kw={"rows": 2},
    )


class SentForm(RoomForm):
    """A report that was sent."""

    recipient = SelectField("Sent to", choices=[(one.value, words) for one, words in RECIPIENTS.items()])
    how = StringField("How", [DataRequired("Write how it was sent."), Length(max=200)],
                      description="Telephone, e-mail, portal; to whom.")  # fmt: skip
    sent = DateTimeLocalField("When", [DataRequired("Write when it was sent.")], format="%Y-%m-%dT%H:%M")
    note = StringField("Note", [Optional(), Length(max=1000)])

    def __init__(self, *args: Any, now: datetime, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now, self._zone = now, ZoneInfo(zone)

    def validate_sent(self, field: Field) -> None:
        """It was sent already."""
        if field.data and self.sent_at() > self._now:
            raise ValidationError("This time has not come yet.")

    def sent_at(self) -> datetime:
        """When, aware; typed by the store's clock, to the minute."""
        typed: datetime = self.sent.data
        return typed.replace(tzinfo=self._zone)

    def to(self) -> Recipient:
        """Who it went to."""
        return Recipient(self.recipient.data)
