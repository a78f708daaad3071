"""What is done with the catalog: editing, holding, releasing, importing. Callers commit."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.catalog import queries
from counselor.catalog.importing import Importer
from counselor.catalog.models import Batch, Hold, HoldKind, ImportRun, Product, Stock
from counselor.catalog.reading import CatalogFile, read_catalog
from counselor.database import db
from counselor.staff.models import Staff, Store

KEPT_UPLOAD = timedelta(days=1)
MOST_REJECTED_KEPT = 2_000


@dataclass(frozen=True)
class ImportOutcome:
    """What came of an import. `run` is None where nothing was applied; `again` where the very same file was
    before.
    """

    catalog: CatalogFile
    report: dict[str, Any]
    run: ImportRun | None = None
    again: ImportRun | None = None

    @property
    def refused(self) -> bool:
        """Whether nothing of the file was applied."""
        return self.catalog.refused


def import_file(
    path: str | Path,
    *,
    by: Staff | None,
    at: datetime,
    store: Store,
    format: str | None = None,
    name: str | None = None,
    count: int = 0,
    run: ImportRun | None = None,
) -> ImportOutcome:
    """Read a file and bring all of it into the catalog, or none of it.

    The same bytes a second time change nothing. `count`: packages put on the shelf of each new batch of
    which the file counts none. `run` is the waiting upload that this applies, if it is one. Raises
    UnreadableFile.
    """
    path = Path(path)
    catalog = read_catalog(path, format=format, name=name)
    if catalog.refused:
        return ImportOutcome(catalog, catalog.report())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    before = queries.applied_run(store=store, sha256=digest)
    if before is not None:
        if run is not None:
            db.session.delete(run)
        return ImportOutcome(catalog, _unchanged(catalog, before), again=before)
    importer = Importer(store, by, at, count)
    unknown = []
    if any(row.is_line for row in catalog.rows):
        unknown = importer.add_lines(catalog.applicable)
    else:
        importer.bring_in(catalog.applicable)
    report = catalog.report(applied=True, counts=importer.counts.as_report())
    report["rejected"].extend(
        {"row": row.row, "column": "item_id", "value": row.sku, "code": "missing",
        "message": "No product with this number is in the catalog, so the line was not added."}
        for row in unknown
    )  # fmt: skip
    run = run or ImportRun(
        store_id=store.id, file=catalog.file[:255], sha256=digest, uploaded_at=at, by_id=by.id if by else None
    )
    run.format, run.applied_at, run.report = catalog.format, at, _kept(report)
    run.content, run.waiting = None, False
    db.session.add(run)
    db.session.flush()
    audit.record(
        "catalog.imported",
        subject=run,
        by=by,
        at=at,
        detail={"file": run.file, "sha256": digest, **importer.counts.as_report()},
    )
    return ImportOutcome(catalog, report, run=run)


def _unchanged(catalog: CatalogFile, before: ImportRun) -> dict[str, Any]:
    new = catalog.report()
    counts = {
        name: {"new": 0, "changed": 0, "unchanged": new[name]["new"]} for name in ("products", "batches")
    }
    return catalog.report(applied=before.applied_at is not None, counts=counts)


def _kept(report: dict[str, Any]) -> dict[str, Any]:
    """The report as it is stored: of very many rejected cells the first, and how many there were."""
    rejected = report["rejected"]
    return report | {"rejected": rejected[:MOST_REJECTED_KEPT], "rejected_count": len(rejected)}


def read_content(content: bytes, *, name: str, format: str | None = None) -> CatalogFile:
    """Read an uploaded file's bytes. Raises UnreadableFile."""
    with tempfile.TemporaryDirectory(prefix="counselor-import-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        return read_catalog(path, format=format, name=name)


def preview(catalog: CatalogFile, *, by: Staff, at: datetime, store: Store) -> dict[str, dict[str, int]]:
    """What applying would change, found by applying and taking it back."""
    importer = Importer(store, by, at)
    trial = db.session.begin_nested()
    try:
        if any(row.is_line for row in catalog.rows):
            importer.add_lines(catalog.applicable)
        else:
            importer.bring_in(catalog.applicable)
    finally:
        trial.rollback()
    return importer.counts.as_report()


def receive_upload(
    *, content: bytes, name: str, catalog: CatalogFile, by: Staff, at: datetime, store: Store
) -> ImportRun:
    """Keep an uploaded file with its dry-run report until a manager applies it; older waiting files are let
    go.
    """
    db.session.execute(
        update(ImportRun)
        .where(
            ImportRun.waiting,
            ImportRun.uploaded_at < at - KEPT_UPLOAD,
        )
        .values(content=None, waiting=False)
    )
    counts = None if catalog.refused else preview(catalog, by=by, at=at, store=store)
    stated = any(row.stock is not None for row in catalog.rows)
    run = ImportRun(
        store_id=store.id,
        file=name[:255],
        sha256=hashlib.sha256(content).hexdigest(),
        format=catalog.format,
        uploaded_at=at,
        by_id=by.id,
        report=_kept(catalog.report(counts=counts)) | {"refused": catalog.refused, "counts_stock": stated},
        content=None if catalog.refused else content,
        waiting=not catalog.refused,
    )
    db.session.add(run)
    db.session.flush()
    audit.record(
        "catalog.uploaded", subject=run, by=by, at=at, detail={"file": run.file, "refused": catalog.refused}
    )
    return run


def apply_upload(*, run: ImportRun, by: Staff, at: datetime, store: Store, count: int = 0) -> ImportOutcome:
    """Apply a waiting upload. Raises StaleDataError where it was applied or let go in the meantime."""
    if not run.waiting or run.content is None:
        raise StaleDataError()
    with tempfile.TemporaryDirectory(prefix="counselor-import-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(run.content)
        return import_file(
            path, by=by, at=at, store=store, format=run.format, name=run.file, count=count, run=run
        )


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
    if not changes:
        return False
    product.updated_at, product.updated_by_id = at, by.id
    db.session.flush()
    audit.record(
        "product.changed", subject=product, by=by, at=at, detail={"sku": product.sku, "changes": changes}
    )
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


def add_batch(*, product: Product, number: str, store: Store, by: Staff, at: datetime) -> Batch:
    """Add a batch by hand. It has no readings yet, so nothing of it is offered."""
    batch = Batch(product=product, number=number)
    batch.stocks.append(Stock(store_id=store.id, count=0))
    db.session.add(batch)
    product.updated_at, product.updated_by_id = at, by.id
    db.session.flush()
    audit.record("batch.added", subject=batch, by=by, at=at, detail={"sku": product.sku, "batch": number})
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
