"""Rows of a file as the shelf that advice looks at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from counselor.guidance.shelf import Shelf, ShelfItem, dose_grams, ingredient_list, shelf_readings

from .rows import NormalRow


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
