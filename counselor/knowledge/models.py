"""Versions of the knowledge that this database has seen, and who approved which for their store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from counselor.database import Model
from counselor.staff.models import Staff, Store

ONE_LIVE = text("withdrawn_at IS NULL")


class KnowledgeVersion(Model):
    """One version as it was when first seen, so that it can be compared when its files are gone.

    `statements` and `names` are what `records.Record.pack` gave; both None for a version that is known from
    signed visits only, from before contents were kept.
    """

    __tablename__ = "knowledge_version"
    __table_args__ = (
        CheckConstraint("(statements IS NULL) = (names IS NULL)", name="content_is_whole_or_absent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(80), unique=True)
    first_seen_at: Mapped[datetime]
    statements: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    names: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))


class KnowledgeApproval(Model):
    """A pharmacist's approval of one version for one store. Withdrawn, it stays with the reason beside it."""

    __tablename__ = "knowledge_approval"
    __table_args__ = (
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name="withdrawal_is_signed",
        ),
        Index(
            "uq_knowledge_approval_live",
            "store_id",
            "version_id",
            unique=True,
            sqlite_where=ONE_LIVE,
            postgresql_where=ONE_LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("knowledge_version.id"), index=True)
    approved_at: Mapped[datetime]
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    approved_by_name: Mapped[str] = mapped_column(String(120))  # as they were called then
    note: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_because: Mapped[str | None] = mapped_column(Text)

    store: Mapped[Store] = relationship()
    version: Mapped[KnowledgeVersion] = relationship(lazy="joined")
    approved_by: Mapped[Staff] = relationship(foreign_keys=[approved_by_id])
    withdrawn_by: Mapped[Staff | None] = relationship(foreign_keys=[withdrawn_by_id])
