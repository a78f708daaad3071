"""The catalog as a Counselor CSV: what the importer reads back without changing anything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from counselor.catalog.models import AnalyteReading, Batch, Hold, HoldKind, Product, Stock
from counselor.database import db
from counselor.guidance.profile import CANNABINOIDS, ReadAs, Unit
from counselor.imports.reading.safety import safe_cell
from counselor.staff.models import Store

COLUMNS = (
    "sku", "name", "brand", "form", "route", "serving", "serving_g", "servings_per_package", "package_g",
    "smallest_dose", "ingredients", "lineage", "batch", "tested_on", "expires_on", "laboratory",
    "certificate_number", "stock", "price", "holds", "left_blank",
)  # fmt: skip
CHUNK = 400
_WORDS = {
    ReadAs.NOT_DETECTED: "ND",
    ReadAs.NOT_TESTED: "N/T",
    ReadAs.BLANK: "",
    ReadAs.REJECTED: "not readable",
}


def counselor_csv(store: Store) -> Iterator[str]:
    """The store's batches, a line at a time: every batch it counts, those on hold and those sold out too.

    `left_blank` names the readings that a certificate has a place for and leaves blank: other blank cells are
    of readings that the batch's own file does not have. Amounts in the units of the readings, masses in
    grams, money in the store's currency.
    """
    columns = _reading_columns(store)
    yield _line([*COLUMNS, *(f"{analyte}_{unit}" for analyte, unit in columns)])
    ids = db.session.scalars(
        select(Batch.id)
        .join(Batch.product)
        .join(Batch.stocks)
        .where(Stock.store_id == store.id)
        .order_by(Product.sku, Batch.number, Batch.id)
    ).all()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        batches = db.session.scalars(
            select(Batch)
            .join(Batch.product)
            .where(Batch.id.in_(chunk))
            .options(
                contains_eager(Batch.product),
                selectinload(Batch.readings),
                selectinload(Batch.holds),
                selectinload(Batch.stocks),
            )
            .order_by(Product.sku, Batch.number, Batch.id)
        )
        for batch in batches:
            yield _line([*_facts(batch, store), *_readings(batch, columns)])


def _reading_columns(store: Store) -> list[tuple[str, Unit]]:
    """Cannabinoids in the order in which people read them, then the rest by name."""
    found = db.session.execute(
        select(AnalyteReading.analyte, AnalyteReading.unit)
        .join(Stock, Stock.batch_id == AnalyteReading.batch_id)
        .where(Stock.store_id == store.id)
        .distinct()
    ).all()
    order = {key: place for place, key in enumerate(CANNABINOIDS)}
    return sorted(
        ((analyte, unit) for analyte, unit in found),
        key=lambda each: (order.get(each[0], len(order)), each[0], each[1].value),
    )


def _facts(batch: Batch, store: Store) -> list[str]:
    product = batch.product
    stock = next(stock.count for stock in batch.stocks if stock.store_id == store.id)
    return [
        safe_cell(product.sku),
        safe_cell(product.name),
        safe_cell(product.brand),
        product.form,
        product.route,
        safe_cell(product.serving),
        _number(product.serving_g),
        _number(product.servings_per_package),
        _number(product.package_g),
        _number(product.smallest_dose),
        safe_cell(product.ingredients or ""),
        safe_cell(product.lineage),
        safe_cell(batch.number),
        _day(batch.tested_on),
        _day(batch.expires_on),
        safe_cell(batch.laboratory),
        safe_cell(batch.certificate_number),
        str(stock),
        _number(batch.price),
        safe_cell(holds_text(batch.holds)),
        " ".join(
            sorted(f"{each.analyte}_{each.unit}" for each in batch.readings if each.read_as is ReadAs.BLANK)
        ),
    ]


def holds_text(holds: Sequence[Hold]) -> str:
    """Findings of earlier files as JSON pairs of code and words: reading back neither ends nor repeats one.

    A finding that a manager released is in it too: where it is known it stays released, where the batch is
    new to a store it holds again. Holds that a person placed are not in it: no file ends those.
    """
    found = dict.fromkeys((hold.code, hold.reason) for hold in holds if hold.kind is HoldKind.FINDING)
    return json.dumps(list(found), ensure_ascii=False) if found else ""


def _readings(batch: Batch, columns: Sequence[tuple[str, Unit]]) -> Iterator[str]:
    there = {(reading.analyte, reading.unit): reading for reading in batch.readings}
    for column in columns:
        reading = there.get(column)
        if reading is None:
            yield ""
        elif reading.read_as is ReadAs.NUMBER:
            yield _number(reading.value)
        elif reading.read_as is ReadAs.BELOW_LIMIT:
            yield f"<{_number(reading.limit_value)}" if reading.limit_value else "<LOQ"
        else:
            yield _WORDS[reading.read_as]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
