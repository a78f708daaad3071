"""Finding uploads and imports."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from counselor.database import db
from counselor.imports.models import ImportMapping, ImportRun
from counselor.staff.models import Store


def applied_run(*, store: Store, sha256: str) -> ImportRun | None:
    """The import that brought these very bytes into this store, if one did."""
    return db.session.scalar(
        select(ImportRun)
        .where(
            ImportRun.store_id == store.id,
            ImportRun.sha256 == sha256,
            ImportRun.applied_at.is_not(None),
            ImportRun.undone_at.is_(None),
        )
        .order_by(ImportRun.id.desc())
        .limit(1)
    )


def find_run(run_id: int, *, store: Store) -> ImportRun | None:
    """An upload or import of this store."""
    return db.session.scalar(select(ImportRun).where(ImportRun.id == run_id, ImportRun.store_id == store.id))


def newest_runs(*, store: Store, limit: int = 30) -> Sequence[ImportRun]:
    """Uploads and imports of this store, newest first."""
    ask = select(ImportRun).where(ImportRun.store_id == store.id).options(selectinload(ImportRun.by))
    return db.session.scalars(ask.order_by(ImportRun.id.desc()).limit(limit)).all()


def mapping_of(*, store: Store, fingerprint: str) -> ImportMapping | None:
    """What the columns of files with these headers mean, if somebody said so."""
    return db.session.scalar(
        select(ImportMapping).where(
            ImportMapping.store_id == store.id, ImportMapping.fingerprint == fingerprint
        )
    )
