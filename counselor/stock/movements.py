"""Writing a change of a count down; called by whatever changes one, in the same transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from counselor.catalog.models import Stock
from counselor.database import db
from counselor.stock.models import StockMovement, Why


def note(
    *,
    store_id: int,
    batch_id: int,
    change: int,
    why: Why,
    at: datetime,
    by_id: int | None,
    note: str = "",
    consultation_id: int | None = None,
) -> None:
    """Write down that a count changed by `change` packages, after it did. Nothing where nothing moved."""
    if not change:
        return
    left = db.session.scalar(
        select(Stock.count).where(Stock.store_id == store_id, Stock.batch_id == batch_id)
    )
    db.session.add(
        StockMovement(
            store_id=store_id,
            batch_id=batch_id,
            change=change,
            count_after=left or 0,
            why=why.value,
            note=note,
            at=at,
            by_id=by_id,
            consultation_id=consultation_id,
        )
    )
