"""The catalog's forms: shape is checked here, each message stands at its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import HiddenInput

from counselor.catalog.listing import PAGE, PAGE_SIZES, SORTS, Asked
from counselor.catalog.models import Batch, HoldKind, Product
from counselor.catalog.presenters import HOLD_WORDS, ROUTE_WORDS, form_words
from counselor.guidance.shelf import FORMS, ROUTES, goes_together
from counselor.staff.models import Store
from counselor.web.forms import Amount, Count, Price, RoomForm

ASKED_FIELDS = (
    "q", "route", "form", "state", "brand", "thc_from", "thc_to", "cbd_from", "cbd_to", "most",
    "sort", "order", "per",
)  # fmt: skip
"""What may stand in the address of the list."""


_NOT_FACTS = frozenset({"version", "new_batch", "reason"})
WANT_A_REASON = frozenset(
    {
        "form", "route", "serving", "serving_g", "servings_per_package", "package_g", "smallest_dose",
        "ingredients", "tested_on", "expires_on",
    }
)  # fmt: skip
"""Facts on which a dose or a warning rests: whoever changes one says why."""


class ProductForm(RoomForm):
    """What a producer makes."""

    sku = StringField("SKU", [DataRequired("Write the SKU, as on the shelf label."), Length(max=80)])
    name = StringField("Name", [DataRequired("Write the product's name."), Length(max=300)])
    brand = StringField("Brand or producer", [Optional(), Length(max=200)])
    form = SelectField(
        "Dosage form", choices=[("", "Not known"), *((form, form_words(form)) for form in sorted(FORMS))]
    )
    route = SelectField(
        "Route", choices=[("", "Not known"), *((route, ROUTE_WORDS[route]) for route in ROUTES)]
    )
    serving = StringField(
        "One serving", [Optional(), Length(max=120)], description="In words: 1 capsule, 1 mL, 1 inhalation."
    )
    serving_g = Amount(
        "Grams in one serving", [Optional()], description="Needed where the certificate states percent."
    )
    servings_per_package = Amount("Servings in the package", [Optional()])
    package_g = Amount("Grams in the package", [Optional()])
    smallest_dose = Amount(
        "Smallest measurable part of a serving", [Optional()],
        description="1 for a capsule, 0.5 for a scored gummy, 0.25 for a marked dropper. Blank: counts as 1.",
    )  # fmt: skip
    ingredients = TextAreaField(
        "Ingredients", [Optional(), Length(max=2000)],
        description="Separated by commas. Blank means not stated, which is not “free of”.",
    )  # fmt: skip
    lineage = StringField(
        "Lineage", [Optional(), Length(max=60)], description="As labelled. It never counts for a suggestion."
    )
    new_batch = StringField("Add a batch with the number", [Optional(), Length(max=120)])
    reason = TextAreaField(
        "Why", [Optional(), Length(max=1000)],
        description="Needed where form, route, serving, ingredients or dates change. Kept with the history.",
    )  # fmt: skip
    version = IntegerField(widget=HiddenInput(), default=0)

    def validate_smallest_dose(self, field: Field) -> None:
        """A part of a serving is at most the whole."""
        if field.data is not None and field.data > 1:
            raise ValidationError("A part of a serving is at most 1.")

    def validate_route(self, field: Field) -> None:
        """A capsule is not smoked."""
        if self.form.data and field.data and not goes_together(self.form.data, field.data):
            raise ValidationError(f"{form_words(self.form.data)} does not go with the route {field.data}.")
        if bool(self.form.data) != bool(field.data):
            raise ValidationError("Give both the form and the route, or neither.")

    def facts(self, stored: Product | None = None) -> dict[str, Any]:
        """The product's own fields, tidy, for the action. What the page only showed rounded, or with other
        line ends, and nobody touched stays as `stored`.
        """
        told = self._told()
        for name, value in told.items() if stored is not None else ():
            was = getattr(stored, name)
            if _same(was, value):
                told[name] = was
        return told

    def _told(self) -> dict[str, Any]:
        told = {name: value for name, value in self.data.items() if name not in _NOT_FACTS}
        return told | {"ingredients": self.ingredients.data or None}


def _same(was: Any, typed: Any) -> bool:
    """Whether a field says what it was filled with: four decimals, and any line ends."""
    if isinstance(was, float) and isinstance(typed, float):
        return round(was, 4) == round(typed, 4)
    if isinstance(was, str) and isinstance(typed, str):
        return was.replace("\r\n", "\n").strip() == typed.replace("\r\n", "\n").strip()
    return bool(was == typed)


class BatchForm(RoomForm):
    """Facts of one batch, and how many packages this store has."""

    tested_on = DateField("Tested on", [Optional()])
    expires_on = DateField("Expires on", [Optional()])
    laboratory = StringField("Laboratory", [Optional(), Length(max=200)])
    certificate_number = StringField("Certificate number", [Optional(), Length(max=120)])
    price = Price("Price", [Optional()])
    count = Count("Packages here", [Optional()])
    counted = IntegerField(validators=[Optional()], widget=HiddenInput())
    """How many there were when the page was made: what is sold meanwhile is not put back by saving a name."""

    def summary(self) -> list[dict[str, str]]:
        """Its errors, each with the field it belongs to."""
        return [{"field": field.id, "message": message} for field in self for message in field.errors]

    def recount(self) -> tuple[int, int] | None:
        """The new count and the one it was typed over; None where the count was left as it was."""
        count, counted = self.count.data, self.counted.data or 0
        return None if count is None or count == counted else (count, counted)

    def facts(self) -> dict[str, Any]:
        """The batch's own fields."""
        told = {name: value for name, value in self.data.items() if name not in {"count", "counted"}}
        return told | {
            "laboratory": self.laboratory.data or "",
            "certificate_number": self.certificate_number.data or "",
            "price": None if self.price.data is None else round(self.price.data, 2),
        }


def batch_forms(
    batches: Sequence[Batch], *, store: Store, typed: MultiDict[str, str] | None = None
) -> list[tuple[Batch, BatchForm]]:
    """One form for each batch, from what is stored or from what was typed."""
    forms = []
    for batch in batches:
        count = next((stock.count for stock in batch.stocks if stock.store_id == store.id), None)
        sent = typed if typed is not None and f"batch-{batch.id}-count" in typed else None
        forms.append(
            (
                batch,
                BatchForm(
                    sent, obj=batch, data={"count": count, "counted": count}, prefix=f"batch-{batch.id}-"
                ),
            )
        )
    return forms


def reason_missing(product: Product, form: ProductForm, batches: Sequence[tuple[Batch, BatchForm]]) -> bool:
    """Say at the reason's field what was changed that wants one and has none."""
    changed = [
        form[name].label.text.lower()
        for name, value in form.facts(product).items()
        if name in WANT_A_REASON and getattr(product, name) != value
    ]
    for batch, batch_form in batches:
        changed += [
            f"{batch_form[name].label.text.lower()} of batch {batch.number or 'without a number'}"
            for name, value in batch_form.facts().items()
            if name in WANT_A_REASON and getattr(batch, name) != value
        ]
    if not changed or form.reason.data:
        return False
    form.reason.errors = [f"You changed {', '.join(changed)}. Write why."]
    return True


def differences(
    product: Product, mine: ProductForm, typed: Sequence[tuple[Batch, BatchForm]], *, store: Store
) -> list[tuple[str, Any, Any]]:
    """(label, stored now, typed) where the two differ; afterwards the forms may be saved over what is
    stored.
    """
    stored = ProductForm(formdata=None, obj=product)
    pairs = [
        (field.label.text, field.data, mine[field.name].data)
        for field in stored
        if field.name not in ("version", "reason")
    ]
    mine.version.data, mine.version.raw_data = product.version, None
    for (batch, theirs), (_, ours) in zip(batch_forms(product.batches, store=store), typed, strict=True):
        name = f"batch {batch.number or 'without a number'}"
        pairs += [
            (f"{field.label.text}, {name}", field.data, ours[field.short_name].data)
            for field in theirs
            if field.short_name != "counted"
        ]
        ours.counted.data, ours.counted.raw_data = theirs.counted.data, None
    return [pair for pair in pairs if (pair[1] or None) != (pair[2] or None)]


def read_asked(told: Mapping[str, str]) -> tuple[Asked, dict[str, Any], dict[str, str]]:
    """What the list is asked for, what was typed, and what cannot be read of it (field -> message).

    A limit that cannot be read limits nothing, and the page says so.
    """
    typed = {name: told.get(name, "").replace("\x00", "").strip()[:100] for name in ASKED_FIELDS}
    errors: dict[str, str] = {}
    amounts: dict[str, float | None] = {}
    for analyte in ("thc", "cbd"):
        for end in ("from", "to"):
            name = f"{analyte}_{end}"
            amounts[name] = _amount_asked(typed[name], name, errors)
        least, most = amounts[f"{analyte}_from"], amounts[f"{analyte}_to"]
        if least is not None and most is not None and least > most:
            errors[f"{analyte}_to"] = f"“to” is below “from”: nothing can be between {least:g} and {most:g}."
    most_here = typed["most"]
    counted = most_here.isascii() and most_here.isdigit() and len(most_here) <= 5
    if most_here and not counted:
        errors["most"] = f"“{most_here}” is not a whole number."
    asked = Asked(
        text=typed["q"], route=typed["route"], form=typed["form"], state=typed["state"], brand=typed["brand"],
        **amounts,
        most=int(most_here) if counted else None,
        sort=typed["sort"] if typed["sort"] in SORTS else "name",
        down=typed["order"] == "down",
        page=min(_whole(told.get("page", "")) or 1, 100_000),
        per=_whole(typed["per"]) if _whole(typed["per"]) in PAGE_SIZES else PAGE,
    )  # fmt: skip
    return asked, {name: value for name, value in typed.items() if value}, errors


def _amount_asked(typed: str, name: str, errors: dict[str, str]) -> float | None:
    if not typed:
        return None
    try:
        value = float(typed.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e6:
        errors[name] = f"“{typed}” is not an amount in mg. Write it like 2.5."
        return None
    return value


def _whole(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 12 else 0


class HoldForm(RoomForm):
    """Take a batch off the shelf."""

    kind = SelectField(
        "Why",
        choices=[
            (kind.value, HOLD_WORDS[kind]) for kind in (HoldKind.MANUAL, HoldKind.RECALL, HoldKind.REACTION)
        ],
    )
    reason = TextAreaField("Reason", [DataRequired("Write why it is put on hold."), Length(max=1000)])


class ReleaseForm(RoomForm):
    """Let a batch go again."""

    reason = TextAreaField("Reason", [DataRequired("Write why it may be sold again."), Length(max=1000)])
