"""The store's shelf as a consultation needs it: what may be handed over, and the batch behind an offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from counselor.catalog.models import Batch, Hold, Product, Stock
from counselor.consultations.models import ConsultationItem
from counselor.database import db


def find_batch(*, sku: str, number: str) -> Batch | None:
    """The batch that an offer names."""
    return db.session.scalars(
        select(Batch)
        .join(Product, Batch.product_id == Product.id)
        .where(Product.sku == sku, Batch.number == number)
    ).first()


def in_stock(items: Sequence[ConsultationItem], *, store_id: int) -> Mapping[int, int]:
    """Packages left in the store, by batch id, of the chosen batches."""
    if not items:
        return {}
    rows = db.session.execute(
        select(Stock.batch_id, Stock.count.label("count_left")).where(
            Stock.store_id == store_id, Stock.batch_id.in_([item.batch_id for item in items])
        )
    )
    return {row.batch_id: row.count_left for row in rows}


def held(items: Sequence[ConsultationItem]) -> list[tuple[ConsultationItem, list[Hold]]]:
    """The chosen batches that are on hold now, each with its open holds: asked anew at every look."""
    if not items:
        return []
    found: dict[int, list[Hold]] = {}
    for hold in db.session.scalars(
        select(Hold)
        .where(Hold.batch_id.in_([item.batch_id for item in items]), Hold.released_at.is_(None))
        .order_by(Hold.id)
    ):
        found.setdefault(hold.batch_id, []).append(hold)
    return [(item, found[item.batch_id]) for item in items if item.batch_id in found]
