"""Audit events and the head of their chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from counselor.database import Model


class AuditEvent(Model):
    """One thing done or looked at. Rows are only ever added; each carries the hash of the one before it."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject_kind", "subject_id"),
        CheckConstraint("number >= 1", name="numbers_start_at_one"),
    )

    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False
    )  # order, whatever the clock did
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    patient_id: Mapped[int | None] = mapped_column(
        index=True
    )  # no foreign key: the log outlives what it tells of
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    by_name: Mapped[str] = mapped_column(String(120))  # as it was then; empty: nobody was signed in
    note: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any] | None]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Model):
    """The last number and hash, in one row that every writer locks: the chain cannot fork or be cut short."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one_head"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
