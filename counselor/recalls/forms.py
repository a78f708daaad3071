"""The forms of recalls: what to look for, what the notice says, what was done."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from counselor.recalls.actions import Notice
from counselor.recalls.finding import MOST_LINES, lines_of
from counselor.recalls.models import ContactKind, Source, Step
from counselor.recalls.presenters import CONTACTS_TO_CHOOSE, SOURCE_WORDS, STEPS_TO_CHOOSE
from counselor.recalls.queries import ToCall
from counselor.web.forms import Count, RoomForm


class FindForm(RoomForm):
    """What the notice names."""

    numbers = TextAreaField(
        "Numbers, one on each line",
        [Length(max=200_000)],  # no Optional: it would skip the check below
        description="Batch, certificate or SKU numbers, or producers, as the notice has them.",
        render_kw={"rows": 6, "spellcheck": "false", "autocomplete": "off"},
    )
    producer = StringField("Producer", [Optional(), Length(max=200)], description="Part of the name will do.")
    product = StringField("Product", [Optional(), Length(max=200)], description="Part of the name will do.")

    def validate_numbers(self, field: Field) -> None:
        """Something must be looked for, and not too much at once."""
        if not (field.data or self.producer.data or self.product.data):
            raise ValidationError("Write at least one number, a producer or a product.")
        count = len(lines_of(field.data or ""))
        if count > MOST_LINES:
            raise ValidationError(
                f"These are {count} lines. Work through them in parts of at most {MOST_LINES}."
            )


class OpenForm(RoomForm):
    """Hold or recall, and what the notice says."""

    action = RadioField(
        "What is it?",
        [InputRequired("Choose whether this is a recall or a hold.")],
        choices=[("recall", "Recall: call patients too"), ("hold", "Hold only")],
    )
    source = SelectField(
        "Who says so", choices=[(source.value, words) for source, words in SOURCE_WORDS.items()]
    )
    reference = StringField("Reference number of the notice", [Optional(), Length(max=120)])
    recall_class = StringField(
        "Class, as the notice says it", [Optional(), Length(max=80)], description="For example: Class II."
    )
    reason = TextAreaField(
        "Reason",
        [DataRequired("Write why. Every counter reads it."), Length(max=1000)],
        description="In plain words: patients read it in their letter.",
        render_kw={"rows": 2},
    )
    tell_patients = TextAreaField(
        "What else to tell patients",
        [Optional(), Length(max=2000)],
        description="Only what the notice says. The letter asks them to stop and to bring it back anyway.",
        render_kw={"rows": 2},
    )
    least_tries = SelectField(
        "Tries before a patient counts as not reachable",
        choices=[(str(count), str(count)) for count in range(1, 10)],
        default="3",
    )

    def notice(self) -> Notice:
        """The notice for the action."""
        return Notice(
            source=Source(self.source.data),
            reason=self.reason.data or "",
            reference=self.reference.data or "",
            recall_class=self.recall_class.data or "",
            tell_patients=self.tell_patients.data or "",
            least_tries=int(self.least_tries.data),
        )


class ContactForm(RoomForm):
    """One try to reach one patient."""

    kind = SelectField("How did it end?", choices=[("", "Choose"), *CONTACTS_TO_CHOOSE])
    note = StringField("Note", [Optional(), Length(max=1000)])
    next_try = DateField("Try again on", [Optional()])
    batch = SelectField("What they brought back", validate_choice=False)
    packages = Count("Packages")  # no Optional: it would skip the check below

    def __init__(self, *args: Any, call: ToCall, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        one_each = {given.batch_id: f"{given.name}, batch {given.batch}" for given in call.given}
        self.batch.choices = [(str(batch), words) for batch, words in one_each.items()]

    def validate_kind(self, field: Field) -> None:
        """An end must be chosen."""
        if not field.data:
            raise ValidationError("Choose how it ended.")

    def validate_next_try(self, field: Field) -> None:
        """Another try lies ahead."""
        if field.data and field.data < self._today:
            raise ValidationError("This day is past.")

    def validate_packages(self, field: Field) -> None:
        """What was brought back is counted."""
        if self.kind.data != ContactKind.RETURNED_PRODUCT.value:
            return
        if not field.data or field.data > 99:
            raise ValidationError("Write how many packages they brought back, 1 to 99.")
        if self.batch.data not in {key for key, _ in self.batch.choices}:
            raise ValidationError("Choose what they brought back.")

    def brought(self) -> tuple[int, int] | None:
        """Batch and packages, where something was brought back."""
        if self.kind.data != ContactKind.RETURNED_PRODUCT.value:
            return None
        return int(self.batch.data), int(self.packages.data or 0)


class StepForm(RoomForm):
    """Packages set aside, returned or destroyed in this store."""

    batch = SelectField("Batch", validate_choice=False)
    step = SelectField("What was done", choices=STEPS_TO_CHOOSE)
    packages = Count("Packages", [InputRequired("Write how many packages.")])
    note = StringField("Note", [Optional(), Length(max=1000)], description="Where, seen by whom, manifest.")

    def __init__(self, *args: Any, batches: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch.choices = batches

    def validate_batch(self, field: Field) -> None:
        """One of the recalled batches."""
        if field.data not in {key for key, _ in field.choices}:
            raise ValidationError("Choose the batch.")

    def validate_packages(self, field: Field) -> None:
        """Nothing is returned or destroyed zero times; nothing may be set aside where nothing was found."""
        if field.data == 0 and self.step.data != Step.SET_ASIDE.value:
            raise ValidationError("Write how many packages, at least 1.")


class CloseForm(RoomForm):
    """Close the recall."""

    version = IntegerField(widget=HiddenInput(), default=0)
    because = TextAreaField(
        "Why is it closed with this left?", [Optional(), Length(max=2000)], render_kw={"rows": 2}
    )


class ReleaseForm(RoomForm):
    """Let several holds go."""

    reason = TextAreaField(
        "Reason",
        [DataRequired("Write why they may be sold again."), Length(max=1000)],
        render_kw={"rows": 2},
    )
