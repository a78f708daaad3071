"""Reading what the database keeps of each version: who approved it, what it said, what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select, true

from counselor.database import db
from counselor.guidance.knowledge import Knowledge
from counselor.knowledge.differences import Change, Differences, compare
from counselor.knowledge.models import KnowledgeApproval, KnowledgeVersion
from counselor.knowledge.records import Record, record_of, unpack
from counselor.staff.models import Store


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


def record_of_row(row: KnowledgeVersion) -> Record | None:
    """What was kept of a version, None where only its name is known."""
    if row.statements is None or row.names is None:
        return None
    return unpack(row.version, row.statements, row.names)


_now: dict[str, Record] = {}  # the record of the knowledge in use, by version: made once for each process


def record_now(knowledge: Knowledge) -> Record:
    """The record of the knowledge in use."""
    if knowledge.version not in _now:
        _now.clear()
        _now[knowledge.version] = record_of(knowledge)
    return _now[knowledge.version]


@lru_cache(maxsize=64)
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
    if key not in _since:
        record = record_of_row(row)
        if record is None:
            return None
        if len(_since) > 16:
            _since.clear()
        _since[key] = compare(record, record_now(knowledge))
    return _since[key]


@dataclass(frozen=True)
class Event:
    """One thing that happened to a statement: in which version, first seen here when, and what."""

    version: str
    at: datetime | None
    words: str


def history_of(kind: str, id: str, knowledge: Knowledge) -> list[Event]:
    """What happened to one statement over the versions this database has seen, the oldest first."""
    rows = [row for row in seen() if row.version != knowledge.version]
    kept = find(knowledge.version)
    events: list[Event] = []
    before: KnowledgeVersion | None = None
    for row in rows:
        if before is not None:
            found = _compared(before.id, before.version, row.id, row.version)
            events += _events(found, kind, id, row.version, row.first_seen_at)
        before = row
    if before is not None:
        events += _events(
            since(before, knowledge), kind, id, knowledge.version, kept.first_seen_at if kept else None
        )
    return events


def _events(found: Differences | None, kind: str, id: str, version: str, at: datetime | None) -> list[Event]:
    return [
        Event(version, at, _told(change))
        for change in (found.changes if found else ())
        if change.kind == kind and change.id == id
    ]


def _told(change: Change) -> str:
    return "; ".join(change.lines) if change.what == "changed" else change.what
