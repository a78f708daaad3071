"""What is done with the catalog: editing, holding, releasing, importing. Callers commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.catalog.models import Batch, Hold, HoldKind, Product, Stock
from counselor.catalog.readings import put
from counselor.database import db
from counselor.guidance.profile import Reading, Unit
from counselor.staff.models import Staff, Store
from counselor.stock import movements
from counselor.stock.models import Why


def add_product(*, values: Mapping[str, Any], by: Staff, at: datetime) -> Product:
    """Add a product by hand. `values` are the form's."""
    product = Product(**values, created_at=at, updated_at=at, updated_by_id=by.id)
    db.session.add(product)
    db.session.flush()
    audit.record("product.added", subject=product, by=by, at=at, detail={"sku": product.sku})
    return product


def change_product(
    *,
    product: Product,
    values: Mapping[str, Any],
    batches: Sequence[tuple[Batch, Mapping[str, Any], tuple[int, int] | None]],
    version: int,
    store: Store,
    by: Staff,
    at: datetime,
    reason: str = "",
) -> bool:
    """Change a product, the facts of its batches and their counts in the store; False where nothing differs.

    `batches`: batch, its facts, and its new count with the one it was typed over (None leaves it to the sales
    of the meantime). What a field was and what it became stands in the audit event. Raises StaleDataError
    where somebody else was first.
    """
    if product.version != version:
        raise StaleDataError()
    changes = _set(product, values, "")
    for batch, facts, count in batches:
        label = f"batch {batch.number or 'without number'}: "
        changes |= _set(batch, facts, label)
        if count is not None:
            changes[label + "packages"] = list(reversed(count))
            _recount(batch, store, *count)
            movements.note(
                store_id=store.id, batch_id=batch.id, change=count[0] - count[1], why=Why.COUNTED, at=at,
                by_id=by.id, note=reason,
            )  # fmt: skip
    if not changes:
        return False
    product.updated_at, product.updated_by_id = at, by.id
    db.session.flush()
    detail = {"sku": product.sku, "changes": changes}
    audit.record("product.changed", subject=product, by=by, at=at, note=reason, detail=detail)
    return True


def _set(thing: Product | Batch, values: Mapping[str, Any], label: str) -> dict[str, list[Any]]:
    changes = {}
    for name, value in values.items():
        was = getattr(thing, name)
        if was != value:
            setattr(thing, name, value)
            changes[label + name.replace("_", " ")] = [_said(was), _said(value)]
    return changes


def _recount(batch: Batch, store: Store, count: int, was: int) -> None:
    """Set the count, unless a sale or another count came between: then StaleDataError."""
    if all(stock.store_id != store.id for stock in batch.stocks):
        batch.stocks.append(Stock(store_id=store.id, count=count))
        return
    counted = db.session.execute(
        update(Stock)
        .where(Stock.store_id == store.id, Stock.batch_id == batch.id, Stock.count == was)
        .values(count=count)
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleDataError()


def _said(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def add_batch(
    *,
    product: Product,
    number: str,
    store: Store,
    by: Staff,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    count: int = 0,
    readings: Mapping[tuple[str, Unit], Reading] | None = None,
    reason: str = "",
    totals: Sequence[str] = (),
) -> Batch:
    """Add a batch by hand. Without readings nothing of it is offered. `facts` are its dates, laboratory,
    certificate number and price; `reason` says where the readings are from, `totals` what was said of the
    certificate's own.
    """
    batch = Batch(product=product, number=number, **(facts or {}))
    batch.stocks.append(Stock(store_id=store.id, count=count))
    db.session.add(batch)
    changes: dict[str, Any] = {}
    label = f"batch {number or 'without number'}: "
    changes |= {
        label + name.replace("_", " "): [None, _said(value)]
        for name, value in (facts or {}).items()
        if value not in (None, "")
    }
    changes |= {label + name: pair for name, pair in put(batch, readings or {}).items()}
    product.updated_at, product.updated_by_id = at, by.id
    db.session.flush()
    detail: dict[str, Any] = {"sku": product.sku, "batch": number}
    if changes:
        detail["changes"] = changes
    if totals:
        detail["totals"] = list(totals)
    audit.record("batch.added", subject=batch, by=by, at=at, note=reason, detail=detail)
    return batch


def hold_batch(
    *, batch: Batch, reason: str, by: Staff, at: datetime, kind: HoldKind = HoldKind.MANUAL
) -> Hold:
    """Take a batch off the shelf, at once and in every store."""
    hold = Hold(kind=kind, reason=reason, placed_at=at, placed_by=by)
    batch.holds.append(hold)
    db.session.flush()
    audit.record(
        "batch.held",
        subject=batch,
        by=by,
        at=at,
        note=reason,
        detail={"sku": batch.product.sku, "kind": kind.value},
    )
    return hold


def release_batch(*, batch: Batch, holds: Sequence[Hold], reason: str, by: Staff, at: datetime) -> bool:
    """Let holds of a batch go, with the reason; False where all of them were released before."""
    still = [hold for hold in holds if hold.released_at is None and hold.batch_id == batch.id]
    for hold in still:
        hold.released_at, hold.released_by, hold.release_reason = at, by, reason
    if not still:
        return False
    db.session.flush()
    detail = {"sku": batch.product.sku, "holds": [hold.reason for hold in still]}
    audit.record("batch.released", subject=batch, by=by, at=at, note=reason, detail=detail)
    return True
