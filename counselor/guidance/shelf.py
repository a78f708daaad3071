"""The shelf as advice sees it: one row for each batch that the store could hand over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from .profile import Profile, Reading, Unit, profile_of


@dataclass(frozen=True, slots=True)
class DosageForm:
    """A form the trade sells: the route it is asked for by, and where it acts or is taken up."""

    route: str
    administration: str
    solid: bool = False
    """Must be chewed or swallowed whole: not for someone who may choke."""


ROUTES = ("smoked", "vaporized", "edible", "topical")
ADMINISTRATIONS = ("swallowed", "oromucosal", "inhaled", "local", "transdermal")

FORMS: Mapping[str, DosageForm] = {
    "flower": DosageForm("smoked", "inhaled"),
    "pre-roll": DosageForm("smoked", "inhaled"),
    "infused-pre-roll": DosageForm("smoked", "inhaled"),
    "vape-cartridge": DosageForm("vaporized", "inhaled"),
    "metered-inhaler": DosageForm("vaporized", "inhaled"),
    "concentrate": DosageForm("vaporized", "inhaled"),
    "capsule": DosageForm("edible", "swallowed", solid=True),
    "tablet": DosageForm("edible", "swallowed", solid=True),
    "gummy": DosageForm("edible", "swallowed", solid=True),
    "chocolate": DosageForm("edible", "swallowed", solid=True),
    "baked-good": DosageForm("edible", "swallowed", solid=True),
    "edible": DosageForm("edible", "swallowed", solid=True),
    "beverage": DosageForm("edible", "swallowed"),
    "powder": DosageForm("edible", "swallowed"),
    "oral-oil": DosageForm("edible", "swallowed"),
    "oral-concentrate": DosageForm("edible", "swallowed"),
    "tincture": DosageForm("edible", "oromucosal"),
    "oromucosal-spray": DosageForm("edible", "oromucosal"),
    "lozenge": DosageForm("edible", "oromucosal", solid=True),
    "balm": DosageForm("topical", "local"),
    "cream": DosageForm("topical", "local"),
    "lotion": DosageForm("topical", "local"),
    "gel": DosageForm("topical", "local"),
    "topical": DosageForm("topical", "local"),
    "transdermal-patch": DosageForm("topical", "transdermal"),
    "transdermal-gel": DosageForm("topical", "transdermal"),
}
"""Forms by our name. A suppository is not one of the four routes and has no entry: it is never suggested."""

SWALLOW_SAFE_FORMS = frozenset({"tincture", "oral-oil", "oromucosal-spray"})
CONCENTRATE_FORMS = frozenset({"concentrate", "oral-concentrate"})


@dataclass(frozen=True)
class ShelfItem:
    """One batch of one product, with what may be reasoned about. Money in the store's currency.

    `smallest_dose` is the smallest part of a serving that a patient can measure (None: unknown, counts as a
    whole serving). `ingredients` None means not stated, which is never "free of". `holds` are the reasons why
    it may not be sold today, in words; empty when it may.
    """

    sku: str
    name: str
    form: str
    route: str
    batch: str = ""
    brand: str = ""
    serving: str = ""
    serving_g: float | None = None
    servings_per_package: float | None = None
    smallest_dose: float | None = None
    ingredients: tuple[str, ...] | None = None
    tested_on: date | None = None
    expires_on: date | None = None
    stock: int | None = None
    price: float | None = None
    readings: Mapping[str, Reading] = field(default_factory=dict)
    holds: tuple[str, ...] = ()

    @cached_property
    def administration(self) -> str:
        """swallowed, oromucosal, inhaled, local or transdermal; empty where the form is not known."""
        form = FORMS.get(self.form)
        if self.route in ("smoked", "vaporized"):
            return "inhaled"
        return form.administration if form is not None else ""

    @cached_property
    def profile(self) -> Profile:
        """THC, CBD and the rest per serving where that can be worked out, else in percent."""
        return profile_of(
            self.readings, serving_g=self.serving_g, servings_per_package=self.servings_per_package
        )

    @property
    def is_systemic(self) -> bool:
        """Everything but a local cream or balm reaches the blood."""
        return self.administration != "local"


@dataclass(frozen=True)
class Shelf:
    """What a store could hand over, in a fixed order (SKU, then batch), whatever order it was read in."""

    items: tuple[ShelfItem, ...] = ()
    currency: str = "USD"

    @classmethod
    def of(cls, items: Iterable[ShelfItem]) -> Shelf:
        """A shelf of these batches, put in its fixed order."""
        return cls(tuple(sorted(items, key=lambda item: (item.sku, item.batch))))

    @cached_property
    def systemic_routes(self) -> frozenset[str]:
        """Routes by which something on this shelf reaches the blood."""
        return frozenset(item.route for item in self.items if item.is_systemic)


def goes_together(form: str, route: str) -> bool:
    """Whether a form can be taken by a route: each by its own, and flower or concentrate by either inhaled
    one.
    """
    if form not in FORMS or route not in ROUTES:
        return False
    own = FORMS[form].route
    return route == own or (form in {"flower", "concentrate"} and route in {"smoked", "vaporized"})


_COMMA = re.compile(r",(?![^(]*\))")


def ingredient_list(text: str | None) -> tuple[str, ...] | None:
    """Ingredients one by one; None stays None, for "not stated" is not "free of"."""
    if text is None:
        return None
    return tuple(part for raw in _COMMA.split(text) if (part := raw.strip()))


def dose_grams(form: str, serving_g: float | None) -> float | None:
    """Grams of a serving where it is a dose; what is inhaled from a jar or a cartridge is not measured in
    servings.
    """
    known = FORMS.get(form)
    if known is not None and known.administration == "inhaled" and form != "metered-inhaler":
        return None
    return serving_g


def shelf_readings(
    form: str, readings: Mapping[str, Reading], package_g: float | None
) -> Mapping[str, Reading]:
    """Readings as the shelf needs them: mg in a package of known mass become mg per gram where no serving
    is a dose.
    """
    known = FORMS.get(form)
    if not package_g or known is None or known.administration != "inhaled":
        return readings
    return {
        key: replace(
            reading, unit=Unit.MG_PER_G, value=None if reading.value is None else reading.value / package_g
        )
        if reading.unit is Unit.MG_PER_PACKAGE
        else reading
        for key, reading in readings.items()
    }
