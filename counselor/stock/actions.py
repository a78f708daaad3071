"""Changing counts: by hand with a reason, or from the point of sale's file. Callers commit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.catalog.models import Batch, Product, Stock
from counselor.database import db
from counselor.staff.models import Staff, Store
from counselor.stock import movements, queries
from counselor.stock.loading import CountFile, read_counts
from counselor.stock.models import StockFile, StockLine, Why


def adjust(
    *, batch: Batch, store: Store, was: int | None, count: int, why: Why, reason: str, by: Staff, at: datetime
) -> None:
    """Set a count, with the reason. Raises StaleDataError where a sale or another count came between."""
    _set(batch.id, store.id, was, count)
    movements.note(
        store_id=store.id,
        batch_id=batch.id,
        change=count - (was or 0),
        why=why,
        at=at,
        by_id=by.id,
        note=reason,
    )
    audit.record(
        "stock.adjusted",
        subject=batch,
        by=by,
        at=at,
        note=reason,
        detail={"sku": batch.product.sku, "why": why.value, "was": was, "count": count},
    )


def _set(batch_id: int, store_id: int, was: int | None, count: int) -> None:
    if was is None:
        try:
            with db.session.begin_nested():
                db.session.add(Stock(store_id=store_id, batch_id=batch_id, count=count))
        except IntegrityError as error:
            raise StaleDataError() from error
        return
    done = db.session.execute(
        update(Stock)
        .where(Stock.store_id == store_id, Stock.batch_id == batch_id, Stock.count == was)
        .values(count=count)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleDataError()


def set_line(*, product: Product, store: Store, least: int, by: Staff, at: datetime) -> None:
    """Set below how many packages a product counts as low here."""
    line = queries.line_of(product, store=store)
    if line is None:
        line = StockLine(store_id=store.id, product_id=product.id, least=least)
        db.session.add(line)
    elif line.least == least:
        return
    line.least = least
    db.session.flush()
    audit.record("stock.line-set", subject=product, by=by, at=at, detail={"sku": product.sku, "least": least})


@dataclass(frozen=True)
class LoadOutcome:
    """What came of a stock file. `refused` says why in words, empty where it was loaded (or could be)."""

    refused: tuple[str, ...]
    changed: tuple[tuple[int, str, str, int, int], ...] = ()
    """Row, SKU, batch, count before and after."""
    unknown: tuple[str, ...] = ()
    rows: int = 0


def load_file(
    path: Path,
    *,
    name: str,
    store: Store,
    as_of: datetime,
    by: Staff | None,
    at: datetime,
    counted: CountFile | None = None,
    check_only: bool = False,
) -> LoadOutcome:
    """Bring the counts of a stock file in: all of it or none.

    The file says what was on the shelf `as_of`. What was sold or changed by hand here after that moment is
    put on top of it again, so that an older count does not bring sold packages back nor lose a delivery. A
    file older than the last one, or of a moment that has not come, is refused, and one of which most lines
    name nothing in the catalog. A line that names nothing is listed and
    changes nothing. Batches the file does not name keep their counts. Raises UnreadableFile.
    """
    counted = counted or read_counts(path, name)
    if counted.faults:
        return LoadOutcome(counted.faults[:200], rows=len(counted.lines))
    newest = queries.newest_file(store=store)
    if newest is not None and as_of < newest.as_of:
        return LoadOutcome((f"{name} is older than {newest.name}, which was loaded before it.",))
    if as_of > at + timedelta(minutes=5):
        return LoadOutcome(
            (f"{name} counts as of a moment that has not come yet ({as_of:%Y-%m-%d %H:%M} UTC).",)
        )
    named = queries.batches_named(counted.lines)
    first: dict[int, int] = {}
    for line in counted.lines:
        batch_id = named.get((line.sku, line.batch))
        if batch_id is not None and first.setdefault(batch_id, line.row) != line.row:
            return LoadOutcome(
                (f"Row {line.row}: {line.sku} names the same batch as row {first[batch_id]}.",)
            )
    unknown = tuple(
        f"Row {line.row}: {line.sku}, batch {line.batch or 'not stated'}, is not in the catalog."
        for line in counted.lines
        if (line.sku, line.batch) not in named
    )
    if 2 * len(unknown) > len(counted.lines):
        return LoadOutcome(
            (f"Most lines of {name} name nothing in the catalog.", *unknown[:200]), rows=len(counted.lines)
        )
    since = queries.moved_since(as_of, store=store)
    changed = []
    for line in counted.lines:
        batch_id = named.get((line.sku, line.batch))
        if batch_id is None:
            continue
        batch = db.session.get_one(Batch, batch_id)
        was = queries.count_of(batch, store=store)
        count = max(0, line.count + since.get(batch_id, 0))
        if was == count:
            continue
        changed.append((line.row, line.sku, line.batch, was or 0, count))
        if not check_only:
            _set(batch_id, store.id, was, count)
            movements.note(
                store_id=store.id,
                batch_id=batch_id,
                change=count - (was or 0),
                why=Why.FILE,
                at=at,
                by_id=by.id if by else None,
                note=name,
            )
    if not check_only:
        loaded = StockFile(
            store_id=store.id,
            name=name[:255],
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            as_of=as_of,
            loaded_at=at,
            by_id=by.id if by else None,
            rows=len(counted.lines),
            unknown=len(unknown),
        )
        db.session.add(loaded)
        db.session.flush()
        audit.record(
            "stock.file-loaded",
            subject=loaded,
            by=by,
            at=at,
            detail={
                "file": name,
                "rows": len(counted.lines),
                "changed": len(changed),
                "unknown": len(unknown),
            },
        )
    return LoadOutcome((), tuple(changed), unknown, len(counted.lines))
