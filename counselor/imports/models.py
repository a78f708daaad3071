"""Files that were uploaded or imported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counselor.database import Model
from counselor.staff.models import Staff


class ImportRun(Model):
    """A file that was uploaded or imported. Its content is kept until it is applied or set aside."""

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint("waiting = (content IS NOT NULL)", name="what_waits_has_content"),
        CheckConstraint("NOT waiting OR applied_at IS NULL", name="what_is_applied_waits_no_more"),
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

    by: Mapped[Staff | None] = relationship()
