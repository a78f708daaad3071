"""Certificate documents, and which batches each belongs to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counselor.catalog.models import Batch
from counselor.certificates.content import Kind
from counselor.database import Model
from counselor.staff.models import Staff


def _values(kinds: type[StrEnum]) -> list[str]:
    return [kind.value for kind in kinds]


class Certificate(Model):
    """A document as it came, byte for byte, in the database: one backup holds it, every server finds it."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("size > 0", name="it_is_not_empty"),
        CheckConstraint("name <> ''", name="name_is_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Kind] = mapped_column(
        Enum(
            Kind,
            native_enum=False,
            length=20,
            name="kind_is_known",
            create_constraint=True,
            values_callable=_values,
        )
    )
    sha256: Mapped[str] = mapped_column(String(64), unique=True)  # the same document is kept once
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    attached_at: Mapped[datetime]
    attached_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    attached_by: Mapped[Staff] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="certificate", order_by="Attachment.id"
    )


class Attachment(Model):
    """A certificate on a batch. Withdrawn with a reason, never deleted; the newest standing is "the" one."""

    __tablename__ = "certificate_of_batch"
    __table_args__ = (
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name="withdrawal_is_signed",
        ),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmation_is_signed"),
        Index("ix_certificate_of_batch_open", "batch_id", "withdrawn_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    attached_at: Mapped[datetime]
    attached_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_because: Mapped[str | None] = mapped_column(Text)

    certificate: Mapped[Certificate] = relationship(back_populates="attachments")
    batch: Mapped[Batch] = relationship()
    attached_by: Mapped[Staff] = relationship(foreign_keys=[attached_by_id])
    confirmed_by: Mapped[Staff | None] = relationship(foreign_keys=[confirmed_by_id])
    withdrawn_by: Mapped[Staff | None] = relationship(foreign_keys=[withdrawn_by_id])

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn."""
        return self.withdrawn_at is None
