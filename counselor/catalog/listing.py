"""The list of products: search, filters, order, pages. A constant number of statements, whatever the size.

Words, route, form, brand, state, count and date are the database's; THC and CBD are worked out (`strengths`)
and cut and ordered here. One batch stands for a product's THC and CBD: the first by number that can be sold
here today, or the first of all. It is the one whose bar the list shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from math import ceil
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Subquery, Table, and_, exists, func, or_, select
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
    if asked.narrows or asked.sort in ("thc", "cbd"):
        ids = _all_ids(asked, store, today)
        shown = len(ids)
        page = _within(asked, shown)
        wanted = ids[(page - 1) * asked.per : page * asked.per]
    else:
        shown = db.session.scalar(select(func.count()).select_from(Product)) or 0
        page = _within(asked, shown)
        every, order = _fitting(asked, store, today)
        ordered = every.order_by(*order).offset((page - 1) * asked.per).limit(asked.per)
        wanted = list(db.session.scalars(ordered))
    found = {product.id: product for product in db.session.scalars(_whole(wanted))}
    return Found([found[product_id] for product_id in wanted], shown, page, asked.per)


def fitting_ids(asked: Asked, *, store: Store, today: date) -> list[int]:
    """Every product that fits, by name: what "all that fit the search" means."""
    return _all_ids(replace(asked, sort="name", down=False), store, today)


def _all_ids(asked: Asked, store: Store, today: date) -> list[int]:
    """Ids of all that fit, in order."""
    by_strength = asked.sort in ("thc", "cbd")
    in_database = replace(asked, sort="name", down=False) if by_strength else asked
    fitting, order = _fitting(in_database, store, today)
    ids = list(db.session.scalars(fitting.order_by(*order)))
    return _by_strength(ids, asked, store, today) if by_strength or asked.ranges() else ids


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
    ask: Select[Any] = select(cast("Table", Product.__table__).c.id)  # plain rows: there may be many
    for word in asked.text.split()[:8]:
        like = _containing(word)
        words = Product.name + " " + Product.brand + " " + Product.sku
        numbered = select(Batch.product_id).where(Batch.number.ilike(like, escape="\\"))
        ask = ask.where(or_(words.ilike(like, escape="\\"), Product.id.in_(numbered)))
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


def _by_strength(ids: list[int], asked: Asked, store: Store, today: date) -> list[int]:
    """The ids cut to the asked amounts, and in order: mg per serving first, then percent, then what is not
    known. Where amounts are asked for, what is not measured in servings does not fit.
    """
    known = strengths()
    standing = _standing(ids, known.batches, store, today)
    found = {one: known.of_batch[standing[one]] if one in standing else None for one in ids}
    for analyte, (least, most) in asked.ranges().items():
        ids = [one for one in ids if _lies_between(found[one], analyte, least, most)]
    if asked.sort not in ("thc", "cbd"):
        return ids
    parts: dict[str, list[tuple[float, int]]] = {"serving": [], "gram": []}
    unknown = []
    for place, one in enumerate(ids):
        strength = found[one]
        amount = None if strength is None else strength.of(asked.sort)
        if strength is None or amount is None:
            unknown.append(one)
        else:
            parts[strength.per].append((-amount if asked.down else amount, place))
    ordered = [ids[place] for part in parts.values() for _, place in sorted(part)]
    return [*ordered, *unknown]


def _lies_between(strength: Strength | None, analyte: str, least: float | None, most: float | None) -> bool:
    amount = None if strength is None else strength.mg_per_serving(analyte)
    return amount is not None and (least is None or amount >= least) and (most is None or amount <= most)


def _standing(
    ids: Sequence[int], batches: Mapping[int, Sequence[int]], store: Store, today: date
) -> dict[int, int]:
    """The batch that stands for each product: the first that can be sold, else the first."""
    there = {one: batches[one] for one in ids if one in batches}
    if all(len(of) == 1 for of in there.values()):
        return {one: of[0] for one, of in there.items()}
    several = select(Batch.product_id).group_by(Batch.product_id).having(func.count() > 1)
    asked = select(Batch.id).where(Batch.product_id.in_(several), *in_state("saleable", store, today))
    saleable = set(db.session.scalars(asked))
    return {one: next((b for b in of if b in saleable), of[0]) for one, of in there.items()}


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
