"""What outside doors read of the store."""

from __future__ import annotations

from sqlalchemy import inspect, select

from counselor.catalog import queries as catalog_queries
from counselor.database import db
from counselor.guidance.shelf import Shelf
from counselor.staff.models import Store


def shelf_of_first_store() -> Shelf:
    """The shelf of the organisation's first store; an empty one where no store was opened yet."""
    if not inspect(db.engine).has_table(Store.__tablename__):
        return Shelf()
    store = db.session.scalars(select(Store).order_by(Store.id).limit(1)).first()
    return catalog_queries.shelf_of(store) if store is not None else Shelf()
