"""Movements of stock, the line below which it is low, and the files that the point of sale sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counselor.catalog.models import Batch, Product
from counselor.database import Model
from counselor.staff.models import Staff


class Why(StrEnum):
    """Why a count changed."""

    SALE = "sale"
    RECEIVED = "received"
    COUNTED = "counted"
    DAMAGED = "damaged"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    TRANSFER = "transfer"
    RECALL = "recall"
    FILE = "file"
    IMPORT = "import"


class StockMovement(Model):
    """One change of one count, never changed itself. `note` is a person's reason, or the file's name."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint(" OR ".join(f"why = '{why}'" for why in Why), name="why_is_known"),
        CheckConstraint("count_after >= 0", name="count_is_not_negative"),
        CheckConstraint("change <> 0", name="something_moved"),
        Index("ix_stock_movement_batch", "store_id", "batch_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    change: Mapped[int]
    count_after: Mapped[int]
    why: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))

    batch: Mapped[Batch] = relationship()
    by: Mapped[Staff | None] = relationship()


class StockLine(Model):
    """Below how many packages a product counts as low in a store; else the house's line holds."""

    __tablename__ = "stock_line"
    __table_args__ = (
        UniqueConstraint("store_id", "product_id", name="uq_stock_line_of_product"),
        CheckConstraint("least >= 0", name="least_is_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    least: Mapped[int]

    product: Mapped[Product] = relationship()


class StockFile(Model):
    """A stock file of the point of sale that was loaded: counts as of a moment."""

    __tablename__ = "stock_file"
    __table_args__ = (Index("ix_stock_file_as_of", "store_id", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[datetime]
    loaded_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    rows: Mapped[int]
    unknown: Mapped[int]
