"""Products, batches and their readings, stock per store, holds, and the imports that brought them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counselor.database import Model, Versioned
from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.guidance.shelf import ROUTES
from counselor.staff.models import Staff, Store


class HoldKind(StrEnum):
    """Why a batch may not be sold."""

    FINDING = "finding"
    MANUAL = "manual"
    RECALL = "recall"
    REACTION = "reaction"


def _one_of(column: str, values: Iterable[str]) -> str:
    """The condition that a column holds one of these. SQLite builds a table for each IN of each row; an OR
    chain makes a large import three times as fast.
    """
    return " OR ".join(f"{column} = '{value}'" for value in values)


def _named(values: type[StrEnum], name: str, length: int = 20, *, checked: bool = True) -> Enum:
    return Enum(
        values,
        native_enum=False,
        length=length,
        name=name,
        create_constraint=checked,
        values_callable=lambda kinds: [kind.value for kind in kinds],
    )


class Product(Versioned, Model):
    """What a producer makes. Form and route are ours, empty where a file did not say; grams are grams."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("sku <> ''", name="sku_is_given"),
        CheckConstraint("name <> ''", name="name_is_given"),
        CheckConstraint(_one_of("route", ("", *ROUTES)), name="route_is_known"),
        CheckConstraint("serving_g IS NULL OR serving_g > 0", name="serving_weighs_something"),
        CheckConstraint("package_g IS NULL OR package_g > 0", name="package_weighs_something"),
        CheckConstraint(
            "servings_per_package IS NULL OR servings_per_package > 0", name="package_has_servings"
        ),
        CheckConstraint(
            "smallest_dose IS NULL OR (smallest_dose > 0 AND smallest_dose <= 1)",
            name="dose_is_part_of_a_serving",
        ),
        Index("ix_product_name", "name"),
        Index("ix_product_brand", "brand"),
        Index("ix_product_form", "form"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    brand: Mapped[str] = mapped_column(String(200), default="")
    form: Mapped[str] = mapped_column(String(40), default="")
    route: Mapped[str] = mapped_column(String(20), default="", index=True)
    serving: Mapped[str] = mapped_column(String(120), default="")
    serving_g: Mapped[float | None]
    servings_per_package: Mapped[float | None]
    package_g: Mapped[float | None]
    smallest_dose: Mapped[float | None]
    ingredients: Mapped[str | None] = mapped_column(Text)  # NULL: not stated, which is not "free of"
    lineage: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_by_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"), index=True)

    batches: Mapped[list[Batch]] = relationship(back_populates="product", order_by="Batch.number")
    updated_by: Mapped[Staff | None] = relationship()


class Batch(Model):
    """A lot of a product, with what its certificate of analysis says. Price in the store's currency."""

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("product_id", "number", name="uq_batch_of_product"),
        CheckConstraint("price IS NULL OR price >= 0", name="price_is_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    number: Mapped[str] = mapped_column(String(120), default="")  # empty: the file named none
    tested_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    laboratory: Mapped[str] = mapped_column(String(200), default="")
    certificate_number: Mapped[str] = mapped_column(String(120), default="")
    price: Mapped[float | None] = mapped_column(Numeric(10, 2, asdecimal=False))
    made_by_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"), index=True)

    product: Mapped[Product] = relationship(back_populates="batches")
    readings: Mapped[list[AnalyteReading]] = relationship(
        back_populates="batch",
        order_by="(AnalyteReading.analyte, AnalyteReading.unit)",
        cascade="all, delete-orphan",
    )
    holds: Mapped[list[Hold]] = relationship(back_populates="batch", order_by="Hold.id")
    stocks: Mapped[list[Stock]] = relationship(back_populates="batch", order_by="Stock.store_id")

    @property
    def open_holds(self) -> list[Hold]:
        """What keeps it from being sold now."""
        return [hold for hold in self.holds if hold.released_at is None]


class AnalyteReading(Model):
    """One analyte of a batch in one unit, as the certificate states it: six kinds, never mixed."""

    __tablename__ = "analyte_reading"
    __table_args__ = (
        CheckConstraint(_one_of("unit", Unit), name="unit_is_known"),
        CheckConstraint(_one_of("read_as", ReadAs), name="kind_is_known"),
        CheckConstraint("(value IS NOT NULL) = (read_as = 'number')", name="a_number_has_its_value"),
        CheckConstraint(
            "limit_value IS NULL OR read_as = 'below-limit'", name="only_below_limit_has_a_limit"
        ),
        CheckConstraint("value IS NULL OR value >= 0", name="value_is_not_negative"),
        {"sqlite_with_rowid": False},  # the key is the row's place: half the writing of a large import
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    analyte: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit: Mapped[Unit] = mapped_column(_named(Unit, "unit", checked=False), primary_key=True)
    value: Mapped[float | None]
    read_as: Mapped[ReadAs] = mapped_column(_named(ReadAs, "kind", checked=False))
    limit_value: Mapped[float | None]

    batch: Mapped[Batch] = relationship(back_populates="readings")

    @property
    def reading(self) -> Reading:
        """The same, as the guidance reads it."""
        return Reading(self.value, self.unit, self.read_as, self.limit_value)


class Stock(Model):
    """How many packages of a batch a store has. No row: this store never had it."""

    __tablename__ = "stock"
    __table_args__ = (
        UniqueConstraint("store_id", "batch_id", name="uq_stock_of_batch"),
        CheckConstraint("count >= 0", name="count_is_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    count: Mapped[int]

    batch: Mapped[Batch] = relationship(back_populates="stocks")
    store: Mapped[Store] = relationship()


class Hold(Model):
    """Why a batch may not be sold, who said so, and who let it go again with what reason."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="hold_has_a_reason"),
        CheckConstraint("(released_at IS NULL) = (release_reason IS NULL)", name="release_has_a_reason"),
        CheckConstraint("released_by_id IS NULL OR released_at IS NOT NULL", name="release_is_dated"),
        CheckConstraint("kind = 'finding' OR placed_by_id IS NOT NULL", name="a_person_placed_it"),
        Index("ix_hold_open", "batch_id", "released_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    kind: Mapped[HoldKind] = mapped_column(_named(HoldKind, "hold_kind_is_known"))
    code: Mapped[str] = mapped_column(String(40), default="")  # the finding's code
    reason: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime]
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # NULL: an import by command
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    release_reason: Mapped[str | None] = mapped_column(Text)

    batch: Mapped[Batch] = relationship(back_populates="holds")
    placed_by: Mapped[Staff | None] = relationship(foreign_keys=[placed_by_id])
    released_by: Mapped[Staff | None] = relationship(foreign_keys=[released_by_id])


class LineState(StrEnum):
    """How far one product of a bulk change has come."""

    PLANNED = "planned"
    SAME = "same"  # it says so already
    REFUSED = "refused"  # it cannot be so; the note says why
    APPLIED = "applied"
    PASSED_OVER = "passed-over"  # somebody changed it between plan and change
    UNDONE = "undone"
    KEPT = "kept"  # somebody changed it since: the undo left it alone


class BulkChange(Model):
    """One change to many products: planned, shown, then made in one go; it can be taken back once."""

    __tablename__ = "bulk_change"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="change_has_a_reason"),
        CheckConstraint("undone_at IS NULL OR applied_at IS NOT NULL", name="only_what_was_made_is_undone"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undo_is_signed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    wanted: Mapped[dict[str, Any]]  # field -> value
    reason: Mapped[str] = mapped_column(Text)
    planned_at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    by: Mapped[Staff] = relationship(foreign_keys=[by_id])
    undone_by: Mapped[Staff | None] = relationship(foreign_keys=[undone_by_id])


class BulkLine(Model):
    """One product of a bulk change: what its fields were when it was planned, and what became of it."""

    __tablename__ = "bulk_line"
    __table_args__ = (UniqueConstraint("change_id", "product_id", name="uq_bulk_line_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("bulk_change.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    was: Mapped[dict[str, Any]]
    state: Mapped[LineState] = mapped_column(_named(LineState, "line_state_is_known"))
    note: Mapped[str] = mapped_column(Text, default="")

    product: Mapped[Product] = relationship()
