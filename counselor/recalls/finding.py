"""Finding the batches that a notice names: by batch number, SKU, certificate number, producer or product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from counselor.catalog.models import Batch, Hold, HoldKind, Product
from counselor.database import db

T = TypeVar("T")

MOST_LINES = 2000
"""Numbers in one pasted list. A longer notice is worked through in parts."""
MOST_FOUND = 500
"""Batches on one page; more are too many to tick with care."""
_PART = 400  # values in one IN (...): SQLite takes 999 in old builds


@dataclass(frozen=True)
class Line:
    """One line of the pasted list. Lines count from 1, blank ones too, as an editor counts them."""

    number: int
    text: str


@dataclass(frozen=True)
class Match:
    """A batch that something named, and what named it."""

    batch: Batch
    because: tuple[str, ...]
    recalled: bool
    """Another recall holds it already."""


@dataclass(frozen=True)
class Found:
    """The batches found, lines that named nothing, lines that stand there twice."""

    matches: Sequence[Match]
    missed: Sequence[Line]
    twice: Sequence[Line]
    more: int = 0
    """How many matches are not shown, because there are too many."""


def lines_of(pasted: str) -> list[Line]:
    """The lines that say something, each with its number."""
    return [
        Line(number, " ".join(text.split()))
        for number, text in enumerate(pasted.splitlines(), start=1)
        if text.strip()
    ]


def find(pasted: str, *, producer: str = "", product: str = "") -> Found:
    """Batches whose batch number, certificate number or SKU is one of the pasted lines, or whose producer is;
    and all of the given producer and product (part of the name is enough).

    Capital and small letters are the same. A line matches whole: `B-1` is not `B-10`.
    """
    first: dict[str, Line] = {}
    twice = []
    for line in lines_of(pasted):
        if line.text.casefold() in first:
            twice.append(line)
        else:
            first[line.text.casefold()] = line
    found: dict[int, tuple[Batch, list[str]]] = {}
    named: set[str] = set()
    for batch in _named(line.text for line in first.values()):
        for what, value in _names_of(batch):
            folded = " ".join(value.split()).casefold()
            if folded in first:
                named.add(folded)
                found.setdefault(batch.id, (batch, []))[1].append(f"{what}, line {first[folded].number}")
    if producer or product:
        for batch in _of(producer, product):
            because = " and ".join(
                words for words, said in (("producer", producer), ("product name", product)) if said
            )
            found.setdefault(batch.id, (batch, []))[1].append(because)
    recalled = _recalled(found)
    ordered = sorted(found.values(), key=lambda one: (one[0].product.name, one[0].number, one[0].id))
    return Found(
        matches=[Match(batch, tuple(why), batch.id in recalled) for batch, why in ordered[:MOST_FOUND]],
        missed=[line for folded, line in first.items() if folded not in named],
        twice=twice,
        more=max(0, len(ordered) - MOST_FOUND),
    )


def batches(ids: Sequence[int]) -> Sequence[Batch]:
    """These batches with product, holds and stock, in the order of their ids."""
    found: list[Batch] = []
    for part in _parts(sorted(set(ids))):
        found += db.session.scalars(_with_all().where(Batch.id.in_(part)).order_by(Batch.id)).unique()
    return found


def _names_of(batch: Batch) -> list[tuple[str, str]]:
    return [
        (what, value)
        for what, value in (
            ("batch number", batch.number),
            ("certificate", batch.certificate_number),
            ("SKU", batch.product.sku),
            ("producer", batch.product.brand),
        )
        if value
    ]


def _named(terms: Iterable[str]) -> list[Batch]:
    """Batches with one of the terms in one of the four columns.

    SQLite folds ASCII letters only, so a term is asked for as typed, in small letters and in capitals.
    """
    wanted = sorted({form for term in terms for form in (term, term.lower(), term.upper())})
    found: dict[int, Batch] = {}
    for part in _parts(wanted):
        columns = (Batch.number, Batch.certificate_number, Product.sku, Product.brand)
        rows = db.session.scalars(
            _with_all().where(or_(*(column.in_(part) | func.lower(column).in_(part) for column in columns)))
        )
        found |= {batch.id: batch for batch in rows.unique()}
    return list(found.values())


def _of(producer: str, product: str) -> Sequence[Batch]:
    wanted = _with_all()
    if producer:
        wanted = wanted.where(func.lower(Product.brand).contains(producer.lower(), autoescape=True))
    if product:
        wanted = wanted.where(func.lower(Product.name).contains(product.lower(), autoescape=True))
    return db.session.scalars(wanted).unique().all()


def _recalled(ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for part in _parts(sorted(ids)):
        found |= set(
            db.session.scalars(
                select(Hold.batch_id).where(
                    Hold.batch_id.in_(part), Hold.kind == HoldKind.RECALL, Hold.released_at.is_(None)
                )
            )
        )
    return found


def _with_all() -> Select[Any]:
    return (
        select(Batch)
        .join(Batch.product)
        .options(
            contains_eager(Batch.product),
            selectinload(Batch.holds),
            selectinload(Batch.stocks),
        )
    )


def _parts(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[start : start + _PART] for start in range(0, len(values), _PART))
