"""Reading certificates, and batches by what their certificates lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import selectinload

from counselor.catalog.models import Batch, Hold, Product, Stock
from counselor.certificates import policy
from counselor.certificates.models import Attachment, Certificate
from counselor.certificates.policy import State
from counselor.database import db
from counselor.staff.models import Store

PAGE = 50


def find_certificate(certificate_id: int) -> Certificate | None:
    """A document by its number; its bytes are fetched only when asked for."""
    return db.session.get(Certificate, certificate_id)


def find_by_content(sha256: str) -> Certificate | None:
    """The document with these very bytes."""
    return db.session.scalar(select(Certificate).where(Certificate.sha256 == sha256))


def find_attachment(attachment_id: int) -> Attachment | None:
    """One certificate on one batch."""
    return db.session.get(Attachment, attachment_id)


def attachments_of(batch_id: int) -> Sequence[Attachment]:
    """Everything that was ever attached to a batch, newest first."""
    return db.session.scalars(
        select(Attachment)
        .where(Attachment.batch_id == batch_id)
        .order_by(Attachment.id.desc())
        .options(selectinload(Attachment.certificate), selectinload(Attachment.withdrawn_by))
    ).all()


def newest_of(places: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """Of batches named by SKU and number, the number of "the" certificate: one statement for all of them."""
    asked = sorted(set(places))
    if not asked:
        return {}
    rows = db.session.execute(
        select(Product.sku, Batch.number, Attachment.certificate_id)
        .join(Batch, Batch.product_id == Product.id)
        .join(Attachment, Attachment.batch_id == Batch.id)
        .where(tuple_(Product.sku, Batch.number).in_(asked), Attachment.withdrawn_at.is_(None))
        .order_by(Attachment.id)
    )
    return {(sku, number): certificate for sku, number, certificate in rows}


def batches_numbered(number: str, *, sku: str = "") -> Sequence[Batch]:
    """Batches with this number, of one product where its SKU is given."""
    ask = select(Batch).join(Product, Batch.product_id == Product.id).where(Batch.number == number)
    if sku:
        ask = ask.where(Product.sku == sku)
    return db.session.scalars(ask.order_by(Product.sku).options(selectinload(Batch.product))).all()


def find_batches(ids: Sequence[int]) -> list[Batch]:
    """Batches in the order asked for, each once, with what a label needs; unknown numbers are left out."""
    rows = db.session.scalars(
        select(Batch)
        .where(Batch.id.in_(ids))
        .options(
            selectinload(Batch.product),
            selectinload(Batch.readings),
            selectinload(Batch.holds),
            selectinload(Batch.stocks),
        )
    )
    found = {batch.id: batch for batch in rows}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


@dataclass(frozen=True)
class Found:
    """One page of batches, and how many there are in each state."""

    batches: Sequence[Batch]
    counts: Mapping[State, int]
    shown: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return ceil(self.shown / PAGE)


def batches_in(state: State, *, in_stock: bool, page: int, store: Store, today: date) -> Found:
    """Batches of a state in this store, PAGE a page, by product; with counts of every state.

    Without `in_stock`, batches that this store does not have are listed too. MISSING leaves out what is on
    hold or expired: it cannot be sold, with or without a certificate.
    """
    counts = {
        one: db.session.scalar(
            select(func.count()).select_from(_in_state(one, in_stock, store, today).subquery())
        )
        or 0
        for one in State
    }
    page = max(1, min(page, ceil(counts[state] / PAGE) or 1))
    batches: Sequence[Batch] = db.session.scalars(
        _in_state(state, in_stock, store, today)
        .join(Product, Batch.product_id == Product.id)
        .order_by(func.lower(Product.name), Product.sku, Batch.number)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
        .options(selectinload(Batch.product), selectinload(Batch.stocks))
    ).all()
    return Found(batches, counts, counts[state], page)


def _in_state(state: State, in_stock: bool, store: Store, today: date) -> Select[Any]:
    attached = exists().where(Attachment.batch_id == Batch.id, Attachment.withdrawn_at.is_(None))
    held = exists().where(Hold.batch_id == Batch.id, Hold.released_at.is_(None))
    fresh = or_(Batch.expires_on.is_(None), Batch.expires_on >= today)
    rules: dict[State, ColumnElement[bool]] = {
        State.MISSING: and_(~attached, ~held, fresh),
        State.EXPIRED: and_(Batch.expires_on.is_not(None), Batch.expires_on < today),
        State.EXPIRES_SOON: and_(Batch.expires_on >= today, Batch.expires_on <= policy.soon(today)),
        State.OLD_TEST: and_(Batch.tested_on.is_not(None), Batch.tested_on < policy.fresh_since(today)),
    }
    ask = select(Batch).where(rules[state])
    if in_stock:
        stocked = exists().where(Stock.batch_id == Batch.id, Stock.store_id == store.id, Stock.count > 0)
        ask = ask.where(stocked)
    return ask
