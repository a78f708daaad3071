"""Files that were uploaded or imported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counselor.database import Model
from counselor.staff.models import Staff, Store


class ImportRun(Model):
    """A file that was uploaded or imported. Its content is kept until it is applied or set aside."""

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint("waiting = (content IS NOT NULL)", name="what_waits_has_content"),
        CheckConstraint("NOT waiting OR applied_at IS NULL", name="what_is_applied_waits_no_more"),
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL)",
            name="undoing_is_whole",
        ),
        CheckConstraint(
            "undone_at IS NULL OR applied_at IS NOT NULL", name="only_what_was_applied_is_undone"
        ),
        Index("ix_import_run_same_file", "store_id", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    file: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(40))
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    applied_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]]
    waiting: Mapped[bool] = mapped_column(default=False)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    undo_reason: Mapped[str | None] = mapped_column(Text)

    store: Mapped[Store] = relationship()
    by: Mapped[Staff | None] = relationship(foreign_keys=[by_id])
    undone_by: Mapped[Staff | None] = relationship(foreign_keys=[undone_by_id])
    changes: Mapped[list[ImportChange]] = relationship(order_by="ImportChange.id")


class ImportChange(Model):
    """A product or batch that an import changed: what it was, and what the import made of it.

    What an import made anew carries the run's number itself (`made_by_run_id`).
    """

    __tablename__ = "import_change"
    __table_args__ = (CheckConstraint("kind IN ('product', 'batch')", name="kind_is_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
