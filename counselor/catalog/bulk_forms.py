"""The form of one change to many products: only the fields that the chosen kind sets, and why."""

from __future__ import annotations

from typing import Any

from wtforms import Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from counselor.catalog.bulk import KINDS
from counselor.catalog.presenters import ROUTE_WORDS, form_words
from counselor.guidance.shelf import FORMS, ROUTES, goes_together
from counselor.web.forms import Amount, RoomForm

_FORMS = [("", "Not known"), *((form, form_words(form)) for form in sorted(FORMS))]
_ROUTES = [("", "Not known"), *((route, ROUTE_WORDS[route]) for route in ROUTES)]


class BulkForm(RoomForm):
    """What many products shall say."""

    brand = StringField("Brand or producer", [Optional(), Length(max=200)])
    form = SelectField("Dosage form", choices=_FORMS)
    route = SelectField("Route", choices=_ROUTES)
    serving = StringField(
        "One serving", [Optional(), Length(max=120)], description="In words: 1 capsule, 1 mL, 1 inhalation."
    )
    serving_g = Amount("Grams in one serving", [Optional()])
    servings_per_package = Amount("Servings in the package", [Optional()])
    package_g = Amount("Grams in the package", [Optional()])
    smallest_dose = Amount("Smallest measurable part of a serving", [Optional()])
    reason = TextAreaField("Why", [DataRequired("Write why this is changed."), Length(max=1000)])

    @classmethod
    def of(cls, kind: str, **given: Any) -> BulkForm:
        """The form with the fields of this kind alone."""
        form = cls(**given)
        for name in {field.short_name for field in form} - {*KINDS[kind], "reason"}:
            del form[name]
        return form

    def validate_smallest_dose(self, field: Field) -> None:
        """A part of a serving is at most the whole."""
        if field.data is not None and field.data > 1:
            raise ValidationError("A part of a serving is at most 1.")

    def validate_route(self, field: Field) -> None:
        """Where both are chosen they must go together; for the rest each product is asked."""
        if "form" not in self:
            return
        form = self["form"].data
        if form and field.data and not goes_together(form, field.data):
            raise ValidationError(f"{form_words(form)} does not go with the route {field.data}.")
        if bool(form) != bool(field.data):
            raise ValidationError("Give both the form and the route, or neither.")

    def wanted(self) -> dict[str, Any]:
        """What the products shall say: field -> value."""
        told = {field.short_name: field for field in self if field.short_name != "reason"}
        return {
            name: field.data if isinstance(field, Amount) else field.data or ""
            for name, field in told.items()
        }
