"""What all forms share: text without spaces around it; amounts, prices, counts that keep what was typed."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, FloatField, IntegerField, PasswordField, ValidationError
from wtforms.widgets import TextInput


class StrippedForm(FlaskForm):
    """A form whose text fields drop spaces at both ends and store Unicode in one form (NFC)."""

    class Meta(FlaskForm.Meta):
        """Adds the filter to every field but passwords, which stay as typed."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Bind the field, with our filter in front of its own."""
            if not issubclass(unbound_field.field_class, PasswordField):
                own = unbound_field.kwargs.get("filters", ())
                unbound_field.kwargs["filters"] = (tidy, *(f for f in own if f is not tidy))
            return unbound_field.bind(form=form, **options)


def tidy(value: Any) -> Any:
    """Text without spaces around it, NFC, without NUL; anything else as it is."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).replace("\x00", "").strip()
    return value


class RoomForm(StrippedForm):
    """A form of a page behind the sign-in."""

    class Meta(StrippedForm.Meta):
        """The guard has asked for the page's token already."""

        csrf = False


class Amount(FloatField):
    """A number above 0. A plain text field: a browser's number field forgets what it cannot read."""

    widget = TextInput()
    least = 1e-6
    wanted = "Write a number above 0."

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.4f}".rstrip("0").rstrip(".")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say which text is no number."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            self.data = float(valuelist[0].replace(",", "."))
        except ValueError as error:
            self.data = None
            raise ValidationError(f"“{valuelist[0]}” is not a number. Write it like 2.5.") from error
        if not self.least <= self.data < 1e6:
            raise ValidationError(self.wanted)


class Price(Amount):
    """An amount of money of 0 or more."""

    least = 0.0
    wanted = "Write a price of 0 or more, like 42.00."

    def _value(self) -> str:
        if self.raw_data or self.data is None:
            return super()._value()
        return f"{self.data:.2f}"


class Count(IntegerField):
    """A whole number of 0 or more; what was typed stays in the field."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say which text is no count."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        if not typed.isascii() or not typed.isdigit() or len(typed) > 5:
            raise ValidationError(f"“{typed}” is not a whole number from 0 to 99999.")
        self.data = int(typed)
