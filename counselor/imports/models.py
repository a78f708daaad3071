"""Files that were uploaded or imported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from counselor.database import Model
from counselor.staff.models import Staff, Store


class ImportRun(Model):
    """A file that was uploaded or imported.

    Its content stays for a month, also once it is applied or refused, so that it can be sent back to the
    supplier with our notes in it. `decisions` are what a manager settled about its findings, `mapping` what
    its columns were said to mean.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint("NOT waiting OR content IS NOT NULL", name="what_waits_has_content"),
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
    has_content: Mapped[bool] = column_property(content.is_not(None))
    decisions: Mapped[dict[str, Any] | None]
    mapping: Mapped[dict[str, Any] | None]

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


class ImportMapping(Model):
    """What the columns of one source's files mean, as a manager said it once."""

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("store_id", "fingerprint", name="uq_import_mapping_of_headers"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    name: Mapped[str] = mapped_column(String(120))
    fingerprint: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    made_by: Mapped[Staff] = relationship()
