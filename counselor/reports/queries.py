"""Reading for the reports: the store's shelf, the map over it, and the products behind SKUs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from threading import Lock

from sqlalchemy import select

from counselor import knowledge
from counselor.catalog import queries as catalog
from counselor.catalog.models import Batch, Product
from counselor.database import db
from counselor.guidance.coverage import Covered, cover
from counselor.guidance.never import Never, never
from counselor.guidance.shelf import Shelf, ShelfItem, dose_grams, ingredient_list, shelf_readings
from counselor.guidance.substitute import Substitute, substitutes
from counselor.staff.models import Store

MOST_KEPT = 500
"""Rows of the map kept in memory: about a dozen shelves' worth. Any change of a shelf makes new ones."""
ALL_AT_ONCE = 1000
"""On a larger shelf the map opens on one group of conditions: all of it takes several seconds to work out."""

_kept: OrderedDict[tuple[str, str, date, str], Covered] = OrderedDict()
_lock = Lock()


def shelf_of(store: Store) -> Shelf:
    """What the store has or had, as advice sees it."""
    return catalog.shelf_of(store)


def groups() -> dict[str, list[str]]:
    """Conditions by group, both in the order of the knowledge."""
    found: dict[str, list[str]] = {}
    for id, condition in knowledge.current().conditions.items():
        found.setdefault(condition.group or "other", []).append(id)
    return found


def covered(ids: Iterable[str], shelf: Shelf, *, on: date) -> list[Covered]:
    """The rows of these conditions; each is worked out once for a shelf, a day and a knowledge version."""
    known = knowledge.current()
    print_of_shelf = _fingerprint(shelf)
    rows = []
    for id in ids:
        key = (print_of_shelf, known.version, on, id)
        with _lock:
            row = _kept.get(key)
        if row is None:
            row = cover(id, shelf, known, on=on)
            with _lock:
                _kept[key] = row
                while len(_kept) > MOST_KEPT:
                    _kept.popitem(last=False)
        rows.append(row)
    return rows


def covered_to_the_end(id: str, shelf: Shelf, *, on: date) -> Covered:
    """The row of one condition with every product named."""
    return cover(id, shelf, knowledge.current(), on=on, to_the_end=True)


def _fingerprint(shelf: Shelf) -> str:
    """Two shelves that differ in anything that advice reads have different ones."""
    mark = blake2b(digest_size=16)
    for item in shelf.items:
        mark.update(repr(item).encode())
    return mark.hexdigest()


def unsold(shelf: Shelf, *, on: date) -> Sequence[Never]:
    """Batches that nobody can be given, most packages first."""
    return never(shelf, knowledge.current(), on=on)


def product_ids(skus: Iterable[str]) -> Mapping[str, int]:
    """Ids of products by SKU; asked for in parts, for a database takes only so many values at once."""
    wanted = sorted(set(skus))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        rows = db.session.execute(
            select(Product.sku, Product.id).where(Product.sku.in_(wanted[start : start + 500]))
        )
        found |= {row.sku: row.id for row in rows}
    return found


def items_of(product: Product) -> dict[int, ShelfItem]:
    """A product's batches by id as advice sees them, whether or not this store has any."""
    return {batch.id: _item(product, batch) for batch in product.batches}


def _item(product: Product, batch: Batch) -> ShelfItem:
    return ShelfItem(
        sku=product.sku,
        name=product.name,
        form=product.form,
        route=product.route,
        batch=batch.number,
        brand=product.brand,
        serving=product.serving,
        serving_g=dose_grams(product.form, product.serving_g),
        servings_per_package=product.servings_per_package,
        smallest_dose=product.smallest_dose,
        ingredients=ingredient_list(product.ingredients),
        tested_on=batch.tested_on,
        expires_on=batch.expires_on,
        readings=shelf_readings(product.form, catalog.preferred(batch.readings), product.package_g),
    )


def nearest(item: ShelfItem, shelf: Shelf, *, on: date, limit: int) -> Sequence[Substitute]:
    """What stands near a batch on this shelf today."""
    return substitutes(item, shelf, knowledge.current(), on=on, limit=limit)
