"""Reading stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import selectinload

from counselor.catalog.models import Batch, Product, Stock
from counselor.consultations.models import Consultation, Outcome
from counselor.database import db
from counselor.staff.models import Store
from counselor.stock.loading import CountLine
from counselor.stock.models import StockFile, StockLine, StockMovement, Why

LEAST = 3
"""Packages below which a product is low where nobody set a line of its own: house policy."""

PAGE = 100


@dataclass(frozen=True)
class Shelved:
    """A page of the store's batches, each with packages and its line; how many fit."""

    rows: Sequence[tuple[Batch, int, int]]
    found: int


def shelved(*, store: Store, text: str = "", low: bool = False, page: int = 1) -> Shelved:
    """This store's batches, lowest first: batch, packages, and the line below which they are few."""
    least = func.coalesce(StockLine.least, LEAST)
    ask = (
        select(Batch, Stock.count.label("packages"), least.label("least"))
        .join(Stock, and_(Stock.batch_id == Batch.id, Stock.store_id == store.id))
        .join(Product, Batch.product_id == Product.id)
        .outerjoin(StockLine, and_(StockLine.product_id == Product.id, StockLine.store_id == store.id))
    )
    for word in text.split()[:8]:
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        ask = ask.where(
            or_(
                *(
                    column.ilike(like, escape="\\")
                    for column in (Product.name, Product.sku, Product.brand, Batch.number)
                )
            )
        )
    if low:
        ask = ask.where(Stock.count < least)
    found = db.session.scalar(select(func.count()).select_from(ask.subquery())) or 0
    rows = db.session.execute(
        ask.order_by(Stock.count, Product.name, Batch.number)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
        .options(selectinload(Batch.product))
    ).all()
    return Shelved([(batch, packages, least) for batch, packages, least in rows], found)


def count_of(batch: Batch, *, store: Store) -> int | None:
    """Packages of a batch in a store; None where it never had it."""
    return db.session.scalar(
        select(Stock.count).where(Stock.store_id == store.id, Stock.batch_id == batch.id)
    )


def line_of(product: Product, *, store: Store) -> StockLine | None:
    """The line somebody set for a product here."""
    return db.session.scalar(
        select(StockLine).where(StockLine.store_id == store.id, StockLine.product_id == product.id)
    )


def movements(*, store: Store, batch: Batch | None = None, limit: int = 200) -> Sequence[StockMovement]:
    """What moved, newest first."""
    ask = select(StockMovement).where(StockMovement.store_id == store.id)
    if batch is not None:
        ask = ask.where(StockMovement.batch_id == batch.id)
    return db.session.scalars(
        ask.order_by(StockMovement.id.desc())
        .limit(limit)
        .options(
            selectinload(StockMovement.by), selectinload(StockMovement.batch).selectinload(Batch.product)
        )
    ).all()


def newest_file(*, store: Store) -> StockFile | None:
    """The stock file with the latest moment that was loaded here."""
    return db.session.scalar(
        select(StockFile)
        .where(StockFile.store_id == store.id)
        .order_by(StockFile.as_of.desc(), StockFile.id.desc())
    )


def batches_named(lines: Sequence[CountLine]) -> dict[tuple[str, str], int]:
    """The batches that lines name, by SKU and number; a line without a batch names the only one."""
    found: dict[tuple[str, str], int] = {}
    skus = sorted({line.sku for line in lines})
    for start in range(0, len(skus), 400):
        rows = db.session.execute(
            select(Product.sku, Batch.number, Batch.id)
            .join(Batch, Batch.product_id == Product.id)
            .where(Product.sku.in_(skus[start : start + 400]))
        ).all()
        alone: dict[str, list[int]] = {}
        for sku, number, batch_id in rows:
            found[sku, number] = batch_id
            alone.setdefault(sku, []).append(batch_id)
        for sku, ids in alone.items():
            if len(ids) == 1:
                found.setdefault((sku, ""), ids[0])
    return found


def moved_since(moment: datetime, *, store: Store) -> dict[int, int]:
    """How the count of each batch changed here after a moment, by sales and by hand; files apart."""
    rows = db.session.execute(
        select(StockMovement.batch_id, func.sum(StockMovement.change))
        .where(
            StockMovement.store_id == store.id, StockMovement.why != Why.FILE.value, StockMovement.at > moment
        )
        .group_by(StockMovement.batch_id)
    ).all()
    return {batch_id: int(change) for batch_id, change in rows}


def signed_sale(number: str, *, store: Store) -> Consultation | None:
    """A visit of this store that was signed as sold, by its number."""
    return db.session.scalar(
        select(Consultation).where(
            Consultation.number == number,
            Consultation.store_id == store.id,
            Consultation.outcome == Outcome.SOLD,
        )
    )


def prices_of(batch_ids: Sequence[int]) -> dict[int, float | None]:
    """Prices by batch."""
    return dict(db.session.execute(select(Batch.id, Batch.price).where(Batch.id.in_(batch_ids))).all())
