"""Importing: an uploaded file waits with its report, then is applied whole or not at all. Callers commit."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.database import db
from counselor.imports import queries
from counselor.imports.applying import Importer
from counselor.imports.asking import verdict
from counselor.imports.deciding import Decisions
from counselor.imports.models import ImportMapping, ImportRun
from counselor.imports.reading import CatalogFile, read_catalog
from counselor.imports.reading.memory import uncollected
from counselor.imports.upload import Upload, fingerprint
from counselor.staff.models import Staff, Store

KEPT_UPLOAD = timedelta(days=1)
KEPT_CONTENT = timedelta(days=30)
"""How long a file can be sent back to the supplier with our notes."""
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
    catalog: CatalogFile | None = None,
) -> ImportOutcome:
    """Read a file and bring all of it into the catalog, or none of it.

    The same bytes a second time change nothing. `count`: packages put on the shelf of each new batch of
    which the file counts none. `run` is the waiting upload that this applies, if it is one, `catalog` the
    file where it was read before. Raises UnreadableFile.
    """
    path = Path(path)
    catalog = catalog or read_catalog(path, format=format, name=name)
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
    run.waiting = False
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


def mapping_for(content: bytes, *, name: str, store: Store) -> ImportMapping | None:
    """What a manager once said of files with these columns; None where nobody did. Raises UnreadableFile."""
    return queries.mapping_of(store=store, fingerprint=fingerprint(Upload(name, content).table().headers))


def read_content(
    content: bytes, *, name: str, format: str | None = None, known: ImportMapping | None = None
) -> CatalogFile:
    """Read an uploaded file's bytes, by a known mapping where there is one. Raises UnreadableFile."""
    if known is not None:
        return Upload(name, content, known.name, known.mapping).read()
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


def questions_of(
    content: bytes, *, name: str, catalog: CatalogFile, mapping: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What a manager has to decide about a file that was read; nothing of one that is refused."""
    return {} if catalog.refused else Upload(name, content, mapping=mapping).asked(catalog)


def receive_upload(
    *,
    content: bytes,
    name: str,
    catalog: CatalogFile,
    by: Staff,
    at: datetime,
    store: Store,
    mapping: Mapping[str, Any] | None = None,
    asked: Mapping[str, Any] | None = None,
) -> ImportRun:
    """Keep an uploaded file with its dry-run report until a manager applies it; older waiting files are let
    go.
    """
    db.session.execute(
        update(ImportRun)
        .where(ImportRun.waiting, ImportRun.uploaded_at < at - KEPT_UPLOAD)
        .values(waiting=False)
    )
    db.session.execute(
        update(ImportRun)
        .where(ImportRun.content.is_not(None), ~ImportRun.waiting, ImportRun.uploaded_at < at - KEPT_CONTENT)
        .values(content=None)
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
        | (changes_shown(trial) if trial is not None else {})
        | dict(
            asked if asked is not None else questions_of(content, name=name, catalog=catalog, mapping=mapping)
        ),
        mapping=dict(mapping) if mapping is not None else None,
        content=content,
        waiting=not catalog.refused,
    )
    db.session.add(run)
    db.session.flush()
    audit.record(
        "catalog.uploaded", subject=run, by=by, at=at, detail={"file": run.file, "refused": catalog.refused}
    )
    return run


def receive_unmapped(*, content: bytes, name: str, by: Staff, at: datetime, store: Store) -> ImportRun:
    """Keep a file of no known format until a manager says what its columns mean."""
    run = ImportRun(
        store_id=store.id, file=name[:255], sha256=hashlib.sha256(content).hexdigest(), format="unmapped",
        uploaded_at=at, by_id=by.id, report={"unmapped": True, "rows": 0, "encoding": ""}, content=content,
        waiting=True,
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    audit.record("catalog.uploaded", subject=run, by=by, at=at, detail={"file": run.file, "refused": False})
    return run


def upload_of(run: ImportRun) -> Upload:
    """A kept file with what was said about it. Raises StaleDataError where it was let go."""
    if run.content is None:
        raise StaleDataError()
    known = run.format if run.mapping is None and run.format != "unmapped" else None
    return Upload(run.file, run.content, known, run.mapping, Decisions.from_json(run.decisions))


def map_columns(
    *, run: ImportRun, mapping: Mapping[str, Any], source: str, by: Staff, at: datetime, store: Store
) -> ImportRun:
    """Say what the columns of a waiting file mean; files of this source are read so from now on.

    Raises UnreadableFile, in words for the page, where the mapping cannot be; StaleDataError where the file
    does not wait any more.
    """
    if not run.waiting:
        raise StaleDataError()
    upload = replace(upload_of(run), format=source, mapping=mapping)
    catalog = upload.read()
    print_ = fingerprint(upload.table().headers)
    known = queries.mapping_of(store=store, fingerprint=print_)
    if known is None:
        known = ImportMapping(store_id=store.id, fingerprint=print_)
        db.session.add(known)
    known.name, known.mapping, known.made_at, known.made_by_id = source, dict(mapping), at, by.id
    run.mapping, run.format = dict(mapping), catalog.format[:40]
    _read_again(run, upload, catalog, by=by, at=at, store=store)
    audit.record(
        "catalog.columns-mapped", subject=run, by=by, at=at, detail={"file": run.file, "source": source}
    )
    return run


def decide(*, run: ImportRun, decisions: Decisions, by: Staff, at: datetime, store: Store) -> None:
    """Keep what a manager decided about a waiting file's findings, and read it again so.

    Raises StaleDataError where it does not wait any more, UnreadableFile where a typed cell breaks it.
    """
    if not run.waiting or run.report.get("unmapped"):
        raise StaleDataError()
    upload = replace(upload_of(run), decisions=decisions)
    run.decisions = decisions.as_json()
    _read_again(run, upload, upload.read(), by=by, at=at, store=store)
    audit.record(
        "catalog.finding-decided", subject=run, by=by, at=at, detail={"file": run.file, **decisions.as_json()}
    )


def _read_again(
    run: ImportRun, upload: Upload, catalog: CatalogFile, *, by: Staff, at: datetime, store: Store
) -> None:
    """Renew the report of a waiting file. Its questions stay those of the file as it came, so that every
    answer can be changed until it is applied.
    """
    trial = None if catalog.refused else preview(catalog, by=by, at=at, store=store)
    before = replace(upload, decisions=Decisions(cells=upload.decisions.cells))
    run.report = (
        _kept(catalog.report(counts=trial.counts.as_report() if trial else None))
        | {"refused": catalog.refused, "counts_stock": any(row.stock is not None for row in catalog.rows)}
        | (changes_shown(trial) if trial else {})
        | before.asked(before.read())
        | {"verdict": verdict(catalog.rows)}
    )
    if catalog.refused:
        run.waiting = False


@dataclass(frozen=True)
class Prepared:
    """A waiting file read before its transaction, and the decisions and mapping it was read by."""

    catalog: CatalogFile
    decisions: Mapping[str, Any] | None
    mapping: Mapping[str, Any] | None


def prepare_upload(run: ImportRun) -> Prepared | None:
    """Read a waiting file as it was decided; None where it does not wait."""
    if not run.waiting or run.content is None or run.report.get("unmapped"):
        return None
    return Prepared(upload_of(run).read(), run.decisions, run.mapping)


def apply_upload(
    *, run: ImportRun, by: Staff, at: datetime, store: Store, count: int = 0, prepared: Prepared | None = None
) -> ImportOutcome:
    """Apply a waiting upload.

    Raises StaleDataError where it was applied, let go or decided otherwise since it was prepared.
    """
    prepared = prepared or prepare_upload(run)
    if not run.waiting or run.content is None or prepared is None:
        raise StaleDataError()
    if (prepared.decisions, prepared.mapping) != (run.decisions, run.mapping):
        raise StaleDataError()
    with tempfile.TemporaryDirectory(prefix="counselor-import-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(run.content)
        return import_file(
            path, by=by, at=at, store=store, name=run.file, count=count, run=run, catalog=prepared.catalog
        )
