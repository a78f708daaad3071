"""The list of products: search, filters, order, pages. A constant number of statements, whatever the size.

Words, route, form, brand, state, count and date are the database's; THC and CBD are worked out (`strengths`)
and cut and ordered here. One batch stands for a product's THC and CBD: the first by number that can be sold
here today, or the first of all. It is the one whose bar the list shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import groupby
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from counselor.catalog.models import AnalyteReading, Batch, Hold, Product, Stock
from counselor.catalog.strengths import Strength, strengths
from counselor.database import db
from counselor.guidance.profile import CANNABINOIDS, ReadAs
from counselor.staff.models import Store

PAGE = 50
PAGE_SIZES = (50, 100, 200)
STATES = ("saleable", "held", "expired", "untested", "out-of-stock")
SORTS = ("name", "brand", "form", "thc", "cbd", "stock", "expiry")


@dataclass(frozen=True)
class Asked:
    """What the list is asked for. Amounts are mg in one serving, both ends included; `most` is packages."""

    text: str = ""
    route: str = ""
    form: str = ""
    state: str = ""
    brand: str = ""
    thc_from: float | None = None
    thc_to: float | None = None
    cbd_from: float | None = None
    cbd_to: float | None = None
    most: int | None = None
    sort: str = "name"
    down: bool = False
    page: int = 1
    per: int = PAGE

    @property
    def narrows(self) -> bool:
        """Whether anything but order and page is asked for."""
        plain = Asked(sort=self.sort, down=self.down, page=self.page, per=self.per)
        return self != plain

    def ranges(self) -> dict[str, tuple[float | None, float | None]]:
        """(from, to) of "thc" and "cbd" where either end is asked for."""
        asked = {"thc": (self.thc_from, self.thc_to), "cbd": (self.cbd_from, self.cbd_to)}
        return {analyte: ends for analyte, ends in asked.items() if ends != (None, None)}

    def as_json(self) -> dict[str, Any]:
        """What narrows the list, to keep with a change to everything that it found."""
        plain = asdict(Asked())
        skipped = {"sort", "down", "page", "per"}
        return {k: v for k, v in asdict(self).items() if k not in skipped and v != plain[k]}


@dataclass(frozen=True)
class Found:
    """One page of products. `shown` counts all that match, over all pages."""

    products: Sequence[Product]
    shown: int
    page: int
    per: int = PAGE

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return ceil(self.shown / self.per)


def search(asked: Asked, *, store: Store, today: date) -> Found:
    """One page of the products that fit."""
    if asked.ranges() or asked.sort in ("thc", "cbd"):
        ids = _by_strength(asked, store, today)
        shown = len(ids)
        page = _within(asked, shown)
        wanted = ids[(page - 1) * asked.per : page * asked.per]
    else:
        fitting, order = _fitting(asked, store, today)
        shown = db.session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
        page = _within(asked, shown)
        ordered = fitting.order_by(*order).offset((page - 1) * asked.per).limit(asked.per)
        wanted = list(db.session.scalars(ordered))
    found = {product.id: product for product in db.session.scalars(_whole(wanted))}
    return Found([found[product_id] for product_id in wanted], shown, page, asked.per)


def fitting_ids(asked: Asked, *, store: Store, today: date) -> list[int]:
    """Every product that fits, by name: what "all that fit the search" means."""
    asked = replace(asked, sort="name", down=False)
    if asked.ranges():
        return _by_strength(asked, store, today)
    fitting, order = _fitting(asked, store, today)
    return list(db.session.scalars(fitting.order_by(*order)))


def _within(asked: Asked, shown: int) -> int:
    return max(1, min(asked.page, ceil(shown / asked.per) or 1))


def _whole(ids: Sequence[int]) -> Select[Any]:
    """Products with what the list shows of them."""
    return (
        select(Product)
        .where(Product.id.in_(ids))
        .options(
            selectinload(Product.batches).selectinload(
                Batch.readings.and_(AnalyteReading.analyte.in_(CANNABINOIDS))
            ),
            selectinload(Product.batches).selectinload(Batch.holds.and_(Hold.released_at.is_(None))),
            selectinload(Product.batches).selectinload(Batch.stocks.and_(Stock.count > 0)),
        )
    )


def _fitting(asked: Asked, store: Store, today: date) -> tuple[Select[Any], list[Any]]:
    """Ids of the products that fit, and the columns to order them by."""
    ask = select(Product.id)
    for word in asked.text.split()[:8]:
        like = _containing(word)
        columns = (Product.name, Product.brand, Product.sku)
        numbered = select(Batch.product_id).where(Batch.number.ilike(like, escape="\\"))
        ask = ask.where(
            or_(*(column.ilike(like, escape="\\") for column in columns), Product.id.in_(numbered))
        )
    if asked.route:
        ask = ask.where(Product.route == ("" if asked.route == "unknown" else asked.route))
    if asked.form:
        ask = ask.where(Product.form == ("" if asked.form == "unknown" else asked.form))
    if asked.brand:
        ask = ask.where(Product.brand.ilike(_containing(asked.brand), escape="\\"))
    if asked.state in STATES:
        ask = ask.where(exists().where(Batch.product_id == Product.id, *in_state(asked.state, store, today)))
    packages = None
    if asked.most is not None or asked.sort == "stock":
        here = _counted_here(store)
        packages = func.coalesce(here.c.packages, 0)
        ask = ask.outerjoin(here, here.c.product_id == Product.id)
        if asked.most is not None:
            ask = ask.where(packages <= asked.most)
    return ask, _order(asked, packages)


def _containing(words: str) -> str:
    return "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _counted_here(store: Store) -> Subquery:
    """Packages of all batches of a product in this store, for all products at once."""
    return (
        select(Batch.product_id, func.sum(Stock.count).label("packages"))
        .join(Stock, Stock.batch_id == Batch.id)
        .where(Stock.store_id == store.id)
        .group_by(Batch.product_id)
        .subquery("here")
    )


def _first_expiry() -> ColumnElement[date | None]:
    asked = select(func.min(Batch.expires_on)).where(Batch.product_id == Product.id)
    return asked.correlate(Product).scalar_subquery()


def _order(asked: Asked, packages: ColumnElement[int] | None) -> list[Any]:
    """By the asked column, what is not known last in both directions, then by name and SKU."""
    name, sku = func.lower(Product.name), Product.sku
    if asked.sort in ("brand", "form"):
        column = func.lower(Product.brand if asked.sort == "brand" else Product.form)
        return [column == "", column.desc() if asked.down else column, name, sku]
    if asked.sort == "expiry":
        first = _first_expiry()
        return [first.is_(None), first.desc() if asked.down else first, name, sku]
    if packages is not None and asked.sort == "stock":
        return [packages.desc() if asked.down else packages, name, sku]
    return [name.desc(), sku.desc()] if asked.down else [name, sku]


def _by_strength(asked: Asked, store: Store, today: date) -> list[int]:
    """Ids of all that fit, cut to the asked amounts, in order: mg per serving first, then percent, then what
    is not known. Where amounts are asked for, what is not measured in servings does not fit.
    """
    by_name = replace(asked, sort="name", down=False) if asked.sort in ("thc", "cbd") else asked
    fitting, order = _fitting(by_name, store, today)
    ids: list[int] = list(db.session.scalars(fitting.order_by(*order)))
    known = strengths()
    standing = _standing(ids if len(ids) <= 500 else None, store, today)
    found = {product_id: known.get(standing.get(product_id, 0)) for product_id in ids}
    for analyte, (least, most) in asked.ranges().items():
        ids = [one for one in ids if _lies_between(found[one], analyte, least, most)]
    if asked.sort not in ("thc", "cbd"):
        return ids
    sign = -1 if asked.down else 1

    def place(product_id: int) -> tuple[int, float]:
        strength = found[product_id]
        amount = None if strength is None else strength.of(asked.sort)
        if strength is None or amount is None:
            return 2, 0.0
        return (0 if strength.per == "serving" else 1), sign * amount

    return sorted(ids, key=place)


def _lies_between(strength: Strength | None, analyte: str, least: float | None, most: float | None) -> bool:
    amount = None if strength is None else strength.mg_per_serving(analyte)
    return amount is not None and (least is None or amount >= least) and (most is None or amount <= most)


def _standing(products: Sequence[int] | None, store: Store, today: date) -> dict[int, int]:
    """The batch that stands for each product: product id -> batch id. None: for all of them."""
    ask = select(Batch.product_id, Batch.id).order_by(Batch.product_id, Batch.number)
    if products is not None:
        ask = ask.where(Batch.product_id.in_(products))
    several = select(Batch.product_id).group_by(Batch.product_id).having(func.count() > 1)
    saleable = select(Batch.id).where(Batch.product_id.in_(several), *in_state("saleable", store, today))
    can_be_sold = set(db.session.scalars(saleable))
    rows = db.session.execute(ask).all()
    return {
        product_id: _first((batch_id for _, batch_id in of), can_be_sold)
        for product_id, of in groupby(rows, key=lambda row: row[0])
    }


def _first(batches: Iterable[int], can_be_sold: set[int]) -> int:
    there = list(batches)
    return next((batch_id for batch_id in there if batch_id in can_be_sold), there[0])


def in_state(state: str, store: Store, today: date) -> list[ColumnElement[bool]]:
    """Conditions on a batch: one of STATES, in this store."""
    held = exists().where(Hold.batch_id == Batch.id, Hold.released_at.is_(None))
    expired = and_(Batch.expires_on.is_not(None), Batch.expires_on < today)
    told = (ReadAs.NUMBER, ReadAs.NOT_DETECTED, ReadAs.BELOW_LIMIT)
    tested = exists().where(
        AnalyteReading.batch_id == Batch.id, AnalyteReading.analyte == "THC", AnalyteReading.read_as.in_(told)
    )
    stocked = exists().where(Stock.batch_id == Batch.id, Stock.store_id == store.id, Stock.count > 0)
    found: dict[str, list[ColumnElement[bool]]] = {
        "saleable": [~held, or_(Batch.expires_on.is_(None), Batch.expires_on >= today), tested, stocked],
        "held": [held],
        "expired": [expired],
        "untested": [~tested],
        "out-of-stock": [~stocked],
    }
    return found[state]


def forms_in_use() -> Sequence[str]:
    """Dosage forms that at least one product has."""
    return db.session.scalars(
        select(Product.form).where(Product.form != "").distinct().order_by(Product.form)
    ).all()


def brands_in_use(*, limit: int = 300) -> Sequence[str]:
    """Brands that at least one product has, for the list of proposals."""
    return db.session.scalars(
        select(Product.brand).where(Product.brand != "").distinct().order_by(Product.brand).limit(limit)
    ).all()
