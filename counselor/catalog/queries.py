"""Reading the catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import selectinload

from counselor.audit.models import AuditEvent
from counselor.catalog.models import AnalyteReading, Batch, Hold, Product, Stock
from counselor.database import db
from counselor.guidance.profile import CANNABINOIDS, UNITS_PREFERRED, ReadAs, Reading
from counselor.guidance.shelf import Shelf, ShelfItem, dose_grams, ingredient_list, shelf_readings
from counselor.staff.models import Store


def count_products() -> int:
    """How many products the organisation has."""
    return db.session.scalar(select(func.count()).select_from(Product)) or 0


def find_product(product_id: int) -> Product | None:
    """A product with its batches, readings, holds and stock; a constant number of statements."""
    return db.session.scalar(
        select(Product)
        .where(Product.id == product_id)
        .options(
            selectinload(Product.batches).selectinload(Batch.readings),
            selectinload(Product.batches).selectinload(Batch.holds).selectinload(Hold.placed_by),
            selectinload(Product.batches).selectinload(Batch.holds).selectinload(Hold.released_by),
            selectinload(Product.batches).selectinload(Batch.stocks),
        )
    )


def find_by_sku(sku: str) -> Product | None:
    """The product with this SKU."""
    return db.session.scalar(select(Product).where(Product.sku == sku))


def find_batch(batch_id: int) -> Batch | None:
    """A batch by its id."""
    return db.session.get(Batch, batch_id)


def shelf_of(store: Store) -> Shelf:
    """Every batch that the store has or had, with readings and open holds: three statements, whatever the
    size.

    A batch without a count is not on this store's shelf and counts as none left.
    """
    batches = db.session.execute(
        select(
            Batch.id, Batch.number, Batch.tested_on, Batch.expires_on, Batch.price,
            Stock.count.label("packages"),
            Product.sku, Product.name, Product.brand, Product.form, Product.route, Product.serving,
            Product.serving_g,
            Product.servings_per_package, Product.package_g, Product.smallest_dose, Product.ingredients,
        )
        .join(Product, Batch.product_id == Product.id)
        .join(Stock, and_(Stock.batch_id == Batch.id, Stock.store_id == store.id))
    ).all()  # fmt: skip
    readings = _readings_of(store)
    holds = _holds_of(store)
    return Shelf.of(
        ShelfItem(
            sku=row.sku,
            name=row.name,
            form=row.form,
            route=row.route,
            batch=row.number,
            brand=row.brand,
            serving=row.serving,
            serving_g=dose_grams(row.form, row.serving_g),
            servings_per_package=row.servings_per_package,
            smallest_dose=row.smallest_dose,
            ingredients=ingredient_list(row.ingredients),
            tested_on=row.tested_on,
            expires_on=row.expires_on,
            stock=row.packages,
            price=row.price,
            readings=shelf_readings(row.form, readings.get(row.id, {}), row.package_g),
            holds=tuple(holds.get(row.id, ())),
        )
        for row in batches
    )


def _readings_of(store: Store) -> dict[int, dict[str, Reading]]:
    rows = db.session.execute(
        select(
            AnalyteReading.batch_id, AnalyteReading.analyte, AnalyteReading.value, AnalyteReading.unit,
            AnalyteReading.read_as, AnalyteReading.limit_value,
        )
        .join(Stock, and_(Stock.batch_id == AnalyteReading.batch_id, Stock.store_id == store.id))
        .where(AnalyteReading.analyte.in_(CANNABINOIDS))
    )  # fmt: skip
    found: dict[int, dict[str, Reading]] = defaultdict(dict)
    for batch_id, analyte, value, unit, read_as, limit in rows:
        _prefer(found[batch_id], analyte, Reading(value, unit, read_as, limit))
    return found


def _prefer(readings: dict[str, Reading], analyte: str, reading: Reading) -> None:
    """Of an analyte stated in two units, keep the one nearer to a dose; a blank gives way to anything."""
    there = readings.get(analyte)
    if there is None or _rank(reading) < _rank(there):
        readings[analyte] = reading


def _rank(reading: Reading) -> tuple[bool, int]:
    return reading.read_as is ReadAs.BLANK, UNITS_PREFERRED.index(reading.unit)


def preferred(readings: Sequence[AnalyteReading]) -> dict[str, Reading]:
    """A batch's readings, one for each analyte, as the shelf uses them."""
    found: dict[str, Reading] = {}
    for row in readings:
        _prefer(found, row.analyte, row.reading)
    return found


def _holds_of(store: Store) -> dict[int, list[str]]:
    rows = db.session.execute(
        select(Hold.batch_id, Hold.reason)
        .join(Stock, and_(Stock.batch_id == Hold.batch_id, Stock.store_id == store.id))
        .where(Hold.released_at.is_(None))
        .order_by(Hold.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for batch_id, reason in rows:
        found[batch_id].append(reason)
    return found


def history_of(product: Product, *, limit: int = 40) -> Sequence[AuditEvent]:
    """What was done with a product and its batches, newest first."""
    batches = [batch.id for batch in product.batches]
    about = [and_(AuditEvent.subject_kind == "product", AuditEvent.subject_id == product.id)]
    if batches:
        about.append(and_(AuditEvent.subject_kind == "batch", AuditEvent.subject_id.in_(batches)))
    ask = select(AuditEvent).where(or_(*about)).order_by(AuditEvent.number.desc()).limit(limit)
    return db.session.scalars(ask).all()


def imports_of(product: Product) -> Sequence[AuditEvent]:
    """The imports that made the product, or changed it last: what an import writes carries its moment."""
    moments = {product.created_at, product.updated_at}
    return db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.kind.in_(("catalog.imported", "catalog.import-undone")), AuditEvent.at.in_(moments))
        .order_by(AuditEvent.number.desc())
    ).all()
