"""Writing the log: in the same transaction as what it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select, text
from werkzeug.local import LocalProxy

from counselor.audit import chain
from counselor.audit.models import AuditEvent, AuditHead
from counselor.database import Model, db, is_only_reading
from counselor.staff.models import Staff

_READS = "audit reads of this page"


def record(
    kind: str,
    *,
    subject: Model | str,
    by: Staff | None,
    at: datetime,
    patient_id: int | None = None,
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add one event to the chain, inside the caller's transaction.

    `kind` is noun.verb in the past ("consultation.signed"); `subject` is the row it is about, or a word where
    there is none. `detail` holds JSON values only. The caller commits. Raises RuntimeError in a page that
    only reads: there, use `record_read`.
    """
    if is_only_reading():
        raise RuntimeError(f"{kind}: a page that only reads records with audit.record_read(...)")
    kept = _subject(subject)
    return _append(
        kind, kept, by.id if by else None, by.display_name if by else "", at, patient_id, note, detail
    )


def record_read(
    kind: str, *, subject: Model | str, by: Staff, at: datetime, patient_id: int | None, note: str = ""
) -> None:
    """Remember that a page shows a patient; it is written before the page leaves the house.

    The page itself reads without the write lock. Once it is rendered, `web/guard.py` opens one short writing
    transaction for all reads noted; if that fails, the page is not sent.
    """
    reads = db.session.info.setdefault(_READS, [])
    reads.append((kind, _subject(subject), by.id, by.display_name, at, patient_id, note, None))


def take_noted_reads() -> list[tuple[Any, ...]]:
    """The reads this page noted, handed over once."""
    taken: list[tuple[Any, ...]] = db.session.info.pop(_READS, [])
    return taken


def append_noted(reads: list[tuple[Any, ...]]) -> None:
    """Write what `take_noted_reads` gave. The caller commits."""
    for read in reads:
        _append(*read)


def _subject(subject: Model | str) -> tuple[str, int | None]:
    if isinstance(subject, str):
        return subject, None
    row: Any = subject._get_current_object() if isinstance(subject, LocalProxy) else subject
    if inspect(row).identity is None:
        db.session.flush()
    return str(row.__tablename__), inspect(row).identity[0]


def _append(
    kind: str,
    subject: tuple[str, int | None],
    by_id: int | None,
    by_name: str,
    at: datetime,
    patient_id: int | None,
    note: str,
    detail: dict[str, Any] | None,
) -> AuditEvent:
    head = _locked_head()
    event = AuditEvent(
        number=head.number + 1,
        at=at,
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        patient_id=patient_id,
        by_id=by_id,
        by_name=by_name,
        note=note,
        detail=detail,
        previous_hash=head.hash,
    )
    event.hash = chain.hash_of(event)
    head.number, head.hash = event.number, event.hash
    db.session.add(event)
    db.session.flush()
    return event


def _locked_head() -> AuditHead:
    """The chain's head, locked until the transaction ends (SQLite already holds its write lock)."""
    ask = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = db.session.scalar(ask)
    if head is not None:
        return head
    first = "INSERT INTO audit_head (id, number, hash) VALUES (1, 0, :start) ON CONFLICT (id) DO NOTHING"
    db.session.execute(text(first), {"start": chain.START})
    return db.session.scalars(ask).one()
