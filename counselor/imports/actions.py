"""Importing: an uploaded file waits with its report, then is applied whole or not at all. Callers commit."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.database import db
from counselor.imports import queries
from counselor.imports.applying import Importer
from counselor.imports.models import ImportRun
from counselor.imports.reading import CatalogFile, read_catalog
from counselor.imports.reading.memory import uncollected
from counselor.staff.models import Staff, Store

KEPT_UPLOAD = timedelta(days=1)
MOST_REJECTED_KEPT = 2_000
MOST_CHANGES_SHOWN = 500


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
    run = run or ImportRun(
        store_id=store.id, file=catalog.file[:255], sha256=digest, uploaded_at=at, by_id=by.id if by else None
    )
    run.format, run.applied_at, run.report = catalog.format, at, {}
    run.content, run.waiting = None, False
    db.session.add(run)
    db.session.flush()
    importer = Importer(store, by, at, count, run.id)
    unknown = []
    with uncollected():
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
    run.report = _kept(report)
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


def preview(catalog: CatalogFile, *, by: Staff, at: datetime, store: Store) -> Importer:
    """What applying would change, found by applying what is there already and taking it back."""
    importer = Importer(store, by, at, trial=True)
    trial = db.session.begin_nested()
    try:
        if any(row.is_line for row in catalog.rows):
            importer.add_lines(catalog.applicable)
        else:
            importer.bring_in(catalog.applicable)
    finally:
        trial.rollback()
    return importer


def changes_shown(importer: Importer) -> dict[str, Any]:
    """The first rows that are new or change something, with what each field was and becomes, for the page."""
    shown = [
        {"row": one.row.row, "sku": one.row.sku, "batch": one.row.batch if one.kind == "batch" else "",
         "what": "changed", "fields": {name: [was, one.after[name]] for name, was in one.before.items()}}
        for one in importer.changed[:MOST_CHANGES_SHOWN]
    ]  # fmt: skip
    shown += [
        {"row": row.row, "sku": row.sku, "batch": row.batch, "what": "new", "fields": {}}
        for row in importer.new[: MOST_CHANGES_SHOWN - len(shown)]
    ]
    return {"changes": shown, "changes_count": len(importer.changed) + len(importer.new)}


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
    trial = None if catalog.refused else preview(catalog, by=by, at=at, store=store)
    counts = None if trial is None else trial.counts.as_report()
    stated = any(row.stock is not None for row in catalog.rows)
    run = ImportRun(
        store_id=store.id,
        file=name[:255],
        sha256=hashlib.sha256(content).hexdigest(),
        format=catalog.format,
        uploaded_at=at,
        by_id=by.id,
        report=_kept(catalog.report(counts=counts))
        | {"refused": catalog.refused, "counts_stock": stated}
        | (changes_shown(trial) if trial is not None else {}),
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
