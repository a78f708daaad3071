"""Reading what the database keeps of each version: who approved it, what it said, what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from sqlalchemy import select, true

from counselor.database import db
from counselor.guidance.knowledge import Knowledge
from counselor.knowledge.differences import Change, Differences, compare
from counselor.knowledge.models import KnowledgeApproval, KnowledgeVersion
from counselor.knowledge.records import Record, record_of, unpack
from counselor.staff.models import Store

MOST_COMPARED = 64
"""Comparisons kept in memory: versions come a few times a year."""


@dataclass(frozen=True)
class Standing:
    """Whether a version is approved in a store. `approval` is the live one of this version, `last` the last
    live one of another version."""

    version: str
    approval: KnowledgeApproval | None
    last: KnowledgeApproval | None

    @property
    def awaits(self) -> bool:
        """Whether nobody has approved it here."""
        return self.approval is None


def standing(store: Store, version: str) -> Standing:
    """How a version stands in a store."""
    rows = db.session.scalars(
        select(KnowledgeApproval)
        .where(KnowledgeApproval.store_id == store.id, KnowledgeApproval.withdrawn_at.is_(None))
        .order_by(KnowledgeApproval.approved_at.desc(), KnowledgeApproval.id.desc())
    ).all()
    return Standing(
        version,
        next((row for row in rows if row.version.version == version), None),
        next((row for row in rows if row.version.version != version), None),
    )


def approvals(store: Store) -> Sequence[KnowledgeApproval]:
    """Every approval of a store, withdrawn ones too, newest first."""
    return db.session.scalars(
        select(KnowledgeApproval)
        .where(KnowledgeApproval.store_id == store.id)
        .order_by(KnowledgeApproval.approved_at.desc(), KnowledgeApproval.id.desc())
    ).all()


def find_approval(approval_id: int, store: Store) -> KnowledgeApproval | None:
    """The approval, if it is this store's."""
    return db.session.scalar(
        select(KnowledgeApproval).where(
            KnowledgeApproval.id == approval_id, KnowledgeApproval.store_id == store.id
        )
    )


def find(version: str) -> KnowledgeVersion | None:
    """The version of exactly this name."""
    return db.session.scalar(select(KnowledgeVersion).where(KnowledgeVersion.version == version))


def beginning_with(named: str) -> Sequence[KnowledgeVersion]:
    """The versions whose name begins so; one that is exactly so stands alone."""
    exact = find(named)
    if exact is not None:
        return [exact]
    begins = KnowledgeVersion.version.startswith(named, autoescape=True) if named else true()
    return db.session.scalars(select(KnowledgeVersion).where(begins)).all()


def seen() -> Sequence[KnowledgeVersion]:
    """Every version, the first seen first."""
    return db.session.scalars(
        select(KnowledgeVersion).order_by(KnowledgeVersion.first_seen_at, KnowledgeVersion.id)
    ).all()


def kept_before(version: str) -> Sequence[KnowledgeVersion]:
    """The versions other than this one whose content was kept, the first seen first."""
    return db.session.scalars(
        select(KnowledgeVersion)
        .where(KnowledgeVersion.statements.is_not(None), KnowledgeVersion.version != version)
        .order_by(KnowledgeVersion.first_seen_at, KnowledgeVersion.id)
    ).all()


def record_of_row(row: KnowledgeVersion) -> Record | None:
    """What was kept of a version, None where only its name is known."""
    if row.statements is None or row.names is None:
        return None
    return unpack(row.version, row.statements, row.names)


_now: list[Record] = []  # the record of the knowledge in use, made once for each process


def record_now(knowledge: Knowledge) -> Record:
    """The record of the knowledge in use."""
    for record in _now:
        if record.version == knowledge.version:
            return record
    record = record_of(knowledge)
    _now[:] = [record]
    return record


@lru_cache(maxsize=MOST_COMPARED)
def _compared(old_id: int, old: str, new_id: int, new: str) -> Differences | None:
    """Differences of two kept versions; a version's name is its content, so they never change."""
    rows = [db.session.get(KnowledgeVersion, id) for id in (old_id, new_id)]
    records = [record_of_row(row) for row in rows if row is not None]
    if len(records) != 2 or records[0] is None or records[1] is None:
        return None
    return compare(records[0], records[1])


_since: dict[tuple[str, str], Differences] = {}


def since(row: KnowledgeVersion, knowledge: Knowledge) -> Differences | None:
    """What changed from a kept version to the knowledge in use; None where nothing was kept of it."""
    key = (row.version, knowledge.version)
    found = _since.get(key)
    if found is None:
        record = record_of_row(row)
        if record is None:
            return None
        found = compare(record, record_now(knowledge))
        if len(_since) >= MOST_COMPARED:
            _since.clear()
        _since[key] = found
    return found


@dataclass(frozen=True)
class Event:
    """One thing that happened to a statement: in which version, first seen here when, and what."""

    version: str
    at: datetime | None
    words: str


def history_of(kind: str, id: str, knowledge: Knowledge) -> list[Event]:
    """What happened to one statement over the versions this database has seen, the oldest first."""
    rows = kept_before(knowledge.version)
    events: list[Event] = []
    for old, new in pairwise(rows):
        found = _compared(old.id, old.version, new.id, new.version)
        events += _events(found, kind, id, new.version, new.first_seen_at)
    if rows:
        now = find(knowledge.version)
        found = since(rows[-1], knowledge)
        events += _events(found, kind, id, knowledge.version, now.first_seen_at if now else None)
    return events


def _events(found: Differences | None, kind: str, id: str, version: str, at: datetime | None) -> list[Event]:
    return [
        Event(version, at, _told(change))
        for change in (found.changes if found else ())
        if change.kind == kind and change.id == id
    ]


def _told(change: Change) -> str:
    return "; ".join(change.lines) if change.what == "changed" else change.what
