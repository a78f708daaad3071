"""Approving knowledge for a store, and keeping what each version said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from counselor import audit
from counselor.database import db
from counselor.guidance.knowledge import Knowledge
from counselor.knowledge import versions
from counselor.knowledge.models import KnowledgeApproval, KnowledgeVersion
from counselor.staff.models import Staff, Store


def remember(*, knowledge: Knowledge, at: datetime) -> KnowledgeVersion:
    """Keep what this version says, if it is not kept yet. The caller commits.

    Two processes may see a new version at once: one of them keeps it, the other finds it.
    """
    row = versions.find(knowledge.version)
    if row is None:
        row = KnowledgeVersion(version=knowledge.version, first_seen_at=at)
        row.statements, row.names = versions.record_now(knowledge).pack()
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:
            found = versions.find(knowledge.version)
            if found is None:
                raise
            return found
    elif row.statements is None:
        row.statements, row.names = versions.record_now(knowledge).pack()
    return row


def approve(*, knowledge: Knowledge, store: Store, note: str, by: Staff, at: datetime) -> KnowledgeApproval:
    """A pharmacist approves this version for their store; approved already, it stays as it was."""
    live = versions.standing(store, knowledge.version).approval
    if live is not None:
        return live
    approval = KnowledgeApproval(
        store_id=store.id,
        version=remember(knowledge=knowledge, at=at),
        approved_at=at,
        approved_by=by,
        approved_by_name=by.display_name,
        note=note,
    )
    try:
        with db.session.begin_nested():
            db.session.add(approval)
    except IntegrityError:  # another pharmacist was first, a moment ago
        live = versions.standing(store, knowledge.version).approval
        if live is None:
            raise
        return live
    audit.record(
        "knowledge.approved",
        subject=approval,
        by=by,
        at=at,
        note=note,
        detail={"version": knowledge.version},
    )
    return approval


def withdraw(*, approval: KnowledgeApproval, because: str, by: Staff, at: datetime) -> None:
    """Take an approval back, with the reason; withdrawn already, it stays as it was."""
    if approval.withdrawn_at is not None:
        return
    approval.withdrawn_at, approval.withdrawn_by, approval.withdrawn_because = at, by, because
    audit.record(
        "knowledge.approval-withdrawn",
        subject=approval,
        by=by,
        at=at,
        note=because,
        detail={"version": approval.version.version},
    )
