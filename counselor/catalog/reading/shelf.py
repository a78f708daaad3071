"""Rows of a file as the shelf that advice looks at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from counselor.guidance.profile import Reading, Unit
from counselor.guidance.shelf import FORMS, Shelf, ShelfItem

from .rows import NormalRow

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


def to_shelf(rows: Iterable[NormalRow], *, on: date) -> Shelf:
    """The shelf that these rows make on a day.

    `holds` carries only what the import found; expiry, empty stock and missing tests are judged where
    advice is given. A row that repeats another is held and names it, so that nothing is offered twice and
    nothing disappears.
    """
    items = []
    skus = {}
    for row in rows:
        if row.skipped or row.is_line:
            continue
        skus[row.row] = row.sku
        holds = [reason.words for reason in row.hold_reasons]
        if row.repeat_of:
            holds.append(
                f"Listed twice: the same product and batch as"
                f" {skus.get(row.repeat_of, f'row {row.repeat_of}')}"
            )
        if row.tested_on is not None and row.tested_on > on:
            holds.append(f"Its test is dated {row.tested_on.isoformat()}, which has not come yet")
        items.append(
            ShelfItem(
                sku=row.sku,
                name=row.name,
                form=row.form,
                route=row.route,
                batch=row.batch,
                brand=row.brand,
                serving=row.serving,
                serving_g=dose_grams(row.form, row.serving_g),
                servings_per_package=row.servings_per_package,
                smallest_dose=row.smallest_dose,
                ingredients=ingredient_list(row.ingredients),
                tested_on=row.tested_on,
                expires_on=row.expires_on,
                stock=row.stock,
                price=row.price,
                readings=shelf_readings(row.form, row.analytes, row.package_g),
                holds=tuple(holds),
            )
        )
    return Shelf.of(items)
