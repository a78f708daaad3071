"""Reading the log."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from counselor.audit import chain
from counselor.audit.models import AuditEvent, AuditHead
from counselor.database import db


def newest(
    *, before: int | None = None, limit: int = 100, patient_id: int | None = None
) -> Sequence[AuditEvent]:
    """Events, newest first, `limit` at most, older than number `before`."""
    ask = select(AuditEvent).order_by(AuditEvent.number.desc()).limit(limit)
    if before is not None:
        ask = ask.where(AuditEvent.number < before)
    if patient_id is not None:
        ask = ask.where(AuditEvent.patient_id == patient_id)
    return db.session.scalars(ask).all()


def check_chain() -> chain.ChainCheck:
    """Walk the whole chain, a thousand events in memory at a time."""
    events = db.session.scalars(
        select(AuditEvent).order_by(AuditEvent.number).execution_options(yield_per=1000)
    )
    return chain.check(events, db.session.get(AuditHead, 1))


def head() -> AuditHead | None:
    """The last number and hash, None before the first event."""
    return db.session.get(AuditHead, 1)
