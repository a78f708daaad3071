"""A shop of many products: the sample shop, copied until there are enough. Every copy has a SKU, a name and a
batch of its own, amounts that differ a little, and its own stock and dates.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any, cast

from sqlalchemy import Row, Table, insert, select

from counselor import places
from counselor.catalog.models import AnalyteReading, Batch, Hold, HoldKind, Product, Stock
from counselor.database import Model, db
from counselor.imports import actions
from counselor.staff.models import Staff, Store

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
BRANDS = ("Alder", "Birchwater", "Cedar Hill", "Dune", "Elm Street", "Fernleaf", "Grove", "Hazel & Co")


def fill(store: Store, products: int = 10_000, *, by: Staff | None = None) -> None:
    """Import the sample shop, then copy it until the store has `products`. Commits. The same every time."""
    chance = random.Random(20261127)
    shelf = places.seed() / "catalog" / "clinic-shelf.csv"
    actions.import_file(shelf, by=by, at=AT, store=store)
    db.session.commit()
    sample = _rows(Product)
    batches: dict[int, list[Row[Any]]] = {}
    for batch in _rows(Batch):
        batches.setdefault(batch.product_id, []).append(batch)
    readings: dict[int, list[Row[Any]]] = {}
    for reading in _rows(AnalyteReading):
        readings.setdefault(reading.batch_id, []).append(reading)
    models: tuple[type[Model], ...] = (Product, Batch, AnalyteReading, Stock, Hold)
    copies: dict[type[Model], list[dict[str, Any]]] = {model: [] for model in models}
    next_product = max(row.id for row in sample) + 1
    next_batch = max(batch.id for of in batches.values() for batch in of) + 1
    for number, product in enumerate(islice(cycle(sample), max(0, products - len(sample))), 1):
        brand = chance.choice(BRANDS)
        copies[Product].append(
            dict(product._mapping)
            | {
                "id": next_product,
                "sku": f"{product.sku}-{number:05}",
                "name": f"{product.name} No. {number}",
                "brand": brand,
            }
        )
        for batch in batches.get(product.id, ()):
            copies[Batch].append(
                dict(batch._mapping)
                | {
                    "id": next_batch,
                    "product_id": next_product,
                    "number": f"{batch.number or 'L'}-{number:05}",
                    "expires_on": (AT + timedelta(days=chance.randrange(-60, 500))).date(),
                }
            )
            scale = chance.uniform(0.4, 1.0)
            for reading in readings.get(batch.id, ()):
                value = None if reading.value is None else round(reading.value * scale, 4)
                told = {name: given for name, given in reading._mapping.items() if name != "id"}
                copies[AnalyteReading].append(told | {"batch_id": next_batch, "value": value})
            count = chance.randrange(0, 40)
            copies[Stock].append({"store_id": store.id, "batch_id": next_batch, "count": count})
            if chance.random() < 0.02:
                copies[Hold].append(
                    {
                        "batch_id": next_batch,
                        "kind": HoldKind.FINDING,
                        "code": "",
                        "reason": "Sum above 100 %",
                        "placed_at": AT,
                    }
                )
            next_batch += 1
        next_product += 1
    for model in models:
        if copies[model]:
            db.session.execute(insert(cast("Table", model.__table__)), copies[model])
    db.session.commit()


def _rows(model: type[Model]) -> Sequence[Row[Any]]:
    return db.session.execute(select(cast("Table", model.__table__))).all()
