"""What all forms share: text comes without the spaces around it."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField


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
