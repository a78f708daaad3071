"""Bringing rows of a file into the catalog: what is new, what differs, what stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import selectinload

from counselor.catalog.models import AnalyteReading, Batch, Hold, HoldKind, Product, Stock
from counselor.database import db, insert_columns, next_ids
from counselor.guidance.profile import CANNABINOIDS, ReadAs, Reading
from counselor.imports.models import ImportChange
from counselor.imports.reading import NormalRow, RowHold
from counselor.staff.models import Staff, Store
from counselor.stock import movements
from counselor.stock.models import Why

CHUNK = 400
"""Products looked up in one statement; below the number of variables that every database takes."""

MANY = 2_000
"""From so many SKUs on it is quicker to read all that the catalog has."""

PRODUCT_FACTS = (
    "name", "brand", "form", "route", "serving", "serving_g", "servings_per_package", "package_g",
    "smallest_dose",
    "ingredients", "lineage",
)  # fmt: skip
BATCH_FACTS = ("tested_on", "expires_on", "laboratory", "certificate_number", "price")
LENGTHS = {
    "sku": 80,
    "name": 300,
    "brand": 200,
    "serving": 120,
    "lineage": 60,
    "number": 120,
    "laboratory": 200,
    "certificate_number": 120,
}

_CANNABINOIDS = frozenset(CANNABINOIDS)


@dataclass
class Counts:
    """Products and batches: new, changed, unchanged."""

    products: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0})
    batches: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0})

    def as_report(self) -> dict[str, dict[str, int]]:
        """As the report carries them."""
        return {"products": self.products, "batches": self.batches}

    @property
    def changes_nothing(self) -> bool:
        """Whether the catalog already says what the file says."""
        return not any(
            counted[kind] for counted in (self.products, self.batches) for kind in ("new", "changed")
        )


@dataclass(frozen=True)
class Changed:
    """A product or batch that the catalog had: what it was, and what the row of the file makes of it."""

    kind: str
    subject_id: int
    row: NormalRow
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class Importer:
    """One import into one store. `count` packages are put on the shelf of each new batch of which a file
    counts none.
    """

    store: Store
    by: Staff | None
    at: datetime
    count: int = 0
    run_id: int | None = None
    trial: bool = False
    """Only to see what would change: nothing new is written."""
    changed: list[Changed] = field(default_factory=list)
    new: list[NormalRow] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def bring_in(self, rows: Sequence[NormalRow]) -> Counts:
        """Add and change products, batches, readings, stock and holds; flushes, does not commit."""
        by_sku = _by_sku(rows)
        known = _skus_known(list(by_sku))
        self._add_products({sku: rows for sku, rows in by_sku.items() if sku not in known})
        for skus in _chunks([sku for sku in by_sku if sku in known]):
            self._change_products({sku: by_sku[sku] for sku in skus})
        return self.counts

    def _change_products(self, by_sku: Mapping[str, list[NormalRow]]) -> None:
        fresh: dict[tuple[int, str], NormalRow] = {}
        for product in db.session.scalars(_products_named(list(by_sku))):
            rows = by_sku[product.sku]
            was = state_of(product, self.store)
            changed = self._change(product, _facts_of(rows[0]))
            self._note("product", product, rows[0], was)
            self.counts.products["changed" if changed else "unchanged"] += 1
            numbered = {batch.number: batch for batch in product.batches}
            for row in rows:
                number = _number_of(row)
                if number in numbered:
                    was = state_of(numbered[number], self.store)
                    changed = self._update_batch(numbered[number], row)
                    self._note("batch", numbered[number], row, was)
                    self.counts.batches["changed" if changed else "unchanged"] += 1
                else:
                    fresh.setdefault((product.id, number), row)
        db.session.flush()
        self._add_batches(fresh)

    def _note(self, kind: str, thing: Product | Batch, row: NormalRow, was: dict[str, Any]) -> None:
        """Keep what a row changed, for the page before and for undoing after."""
        now = state_of(thing, self.store)
        if now != was:
            before = {name: value for name, value in was.items() if now[name] != value}
            after = {name: now[name] for name in before}
            self.changed.append(Changed(kind, thing.id, row, before, after))
            if self.run_id is not None:
                change = ImportChange(
                    run_id=self.run_id, kind=kind, subject_id=thing.id, before=before, after=after
                )
                db.session.add(change)

    def _add_products(self, by_sku: Mapping[str, list[NormalRow]]) -> None:
        """Products that nobody had, with their batches: each table is written column by column, once."""
        if not by_sku:
            return
        count = len(by_sku)
        if self.trial:
            self.counts.products["new"] += count
            self._add_batches(
                {(at, _number_of(row)): row for at, rows in enumerate(by_sku.values()) for row in rows}
            )
            return
        table = cast("Table", Product.__table__)
        product_ids = next_ids(table, count)
        facts = _columns(PRODUCT_FACTS, [rows[0] for rows in by_sku.values()])
        made: dict[str, Any] = {"created_at": self.at, "updated_at": self.at, "version": 1, **self._signed()}
        columns: dict[str, Sequence[Any]] = {"id": product_ids, "sku": list(by_sku), **facts}
        insert_columns(table, columns | {name: [value] * count for name, value in made.items()})
        self.counts.products["new"] += count
        self._add_batches(
            {
                (product_id, _number_of(row)): row
                for product_id, rows in zip(product_ids, by_sku.values(), strict=True)
                for row in reversed(rows)
            }
        )

    def _signed(self) -> dict[str, int | None]:
        return {"updated_by_id": self.by.id if self.by else None, "made_by_run_id": self.run_id}

    def _add_batches(self, numbered: Mapping[tuple[int, str], NormalRow]) -> None:
        """New batches, by product and number, with their readings, stock and holds."""
        if not numbered:
            return
        rows = list(numbered.values())
        if self.trial:
            self.counts.batches["new"] += len(rows)
            self.new.extend(rows)
            return
        table = cast("Table", Batch.__table__)
        ids = next_ids(table, len(rows))
        facts = _columns(BATCH_FACTS, rows)
        facts["price"] = [None if price is None else round(price, 2) for price in facts["price"]]
        product_ids, numbers = zip(*numbered, strict=True)
        keys: dict[str, Sequence[Any]] = {
            "id": ids,
            "product_id": product_ids,
            "number": numbers,
            "made_by_run_id": [self.run_id] * len(ids),
        }
        insert_columns(table, keys | facts)
        self.counts.batches["new"] += len(ids)
        self._fill(ids, rows)

    def _fill(self, ids: Sequence[int], rows: Sequence[NormalRow]) -> None:
        """Readings, stock and holds of new batches, each kind at once."""
        readings = [
            (batch_id, key, one) for batch_id, row in zip(ids, rows, strict=True) for key, one in _kept(row)
        ]
        insert_columns(
            cast("Table", AnalyteReading.__table__),
            {
                "batch_id": [batch_id for batch_id, _, _ in readings],
                "analyte": [key for _, key, _ in readings],
                "unit": [one.unit for _, _, one in readings],
                "value": [one.value for _, _, one in readings],
                "read_as": [one.read_as for _, _, one in readings],
                "limit_value": [one.limit for _, _, one in readings],
            },
        )
        insert_columns(
            cast("Table", Stock.__table__),
            {
                "store_id": [self.store.id] * len(ids),
                "batch_id": ids,
                "count": [self.count if row.stock is None else row.stock for row in rows],
            },
        )
        holds = [
            {"batch_id": batch_id, **self._hold_values(hold)}
            for batch_id, row in zip(ids, rows, strict=True)
            for hold in row.hold_reasons
        ]
        if holds:
            names = list(holds[0])
            insert_columns(
                cast("Table", Hold.__table__), {name: [hold[name] for hold in holds] for name in names}
            )

    def _hold_values(self, hold: RowHold) -> dict[str, Any]:
        return {
            "kind": HoldKind.FINDING,
            "code": hold.code,
            "reason": hold.words,
            "placed_at": self.at,
            "placed_by_id": self.by.id if self.by else None,
        }

    def _change(self, thing: Product | Batch, facts: Mapping[str, Any]) -> bool:
        changed = False
        for name, value in facts.items():
            if getattr(thing, name) != value:
                setattr(thing, name, value)
                changed = True
        if changed and isinstance(thing, Product):
            thing.updated_at, thing.updated_by_id = self.at, self.by.id if self.by else None
        return changed

    def _update_batch(self, batch: Batch, row: NormalRow) -> bool:
        changed = self._change(batch, _batch_facts_of(row))
        read = self._replace_readings(batch, row)
        held = self._follow_holds(batch, row, read_anew=read)
        counted = self._count(batch, row)
        if changed:  # whoever has the product's form open learns of it
            batch.product.updated_at, batch.product.updated_by_id = self.at, self.by.id if self.by else None
        return changed or read or held or counted

    def _replace_readings(self, batch: Batch, row: NormalRow) -> bool:
        wanted = {(values["analyte"], values["unit"]): values for values in _reading_values(row)}
        there = {(reading.analyte, reading.unit): reading for reading in batch.readings}
        stated = {key: _plain(reading) for key, reading in there.items()}
        if stated == {key: (v["value"], v["read_as"], v["limit_value"]) for key, v in wanted.items()}:
            return False
        for key, reading in there.items():
            if key not in wanted:
                batch.readings.remove(reading)
        for key, values in wanted.items():
            old = there.get(key)
            if old is None:
                batch.readings.append(AnalyteReading(**values))
            else:
                old.value, old.read_as, old.limit_value = (
                    values["value"],
                    values["read_as"],
                    values["limit_value"],
                )
        return True

    def _follow_holds(self, batch: Batch, row: NormalRow, *, read_anew: bool) -> bool:
        """Findings of the file become holds and end with it; what a manager released stays so while the
        readings do.
        """
        wanted = {(hold.code, hold.words): hold for hold in row.hold_reasons}
        mine = [hold for hold in batch.holds if hold.kind is HoldKind.FINDING]
        changed = False
        for hold in mine:
            if hold.released_at is None and (hold.code, hold.reason) not in wanted:
                hold.released_at, hold.release_reason = self.at, "A corrected file no longer shows this."
                hold.released_by_id = self.by.id if self.by else None
                changed = True
        for key, wish in wanted.items():
            same = [old for old in mine if (old.code, old.reason) == key]
            if any(old.released_at is None for old in same) or (same and not read_anew):
                continue
            batch.holds.append(Hold(**self._hold_values(wish)))
            changed = True
        return changed

    def _count(self, batch: Batch, row: NormalRow) -> bool:
        here = next((stock for stock in batch.stocks if stock.store_id == self.store.id), None)
        if here is None:
            batch.stocks.append(
                Stock(store_id=self.store.id, count=self.count if row.stock is None else row.stock)
            )
            return True
        if row.stock is None or here.count == row.stock:
            return False
        was, here.count = here.count, row.stock
        db.session.flush()
        movements.note(
            store_id=self.store.id, batch_id=batch.id, change=row.stock - was, why=Why.IMPORT, at=self.at,
            by_id=self.by.id if self.by else None,
        )  # fmt: skip
        return True

    def add_lines(self, rows: Iterable[NormalRow]) -> list[NormalRow]:
        """Add certificate lines to the newest batch of the product each names; gives the lines of unknown
        products.
        """
        by_sku: dict[str, list[NormalRow]] = defaultdict(list)
        for row in rows:
            by_sku[row.sku].append(row)
        unknown: list[NormalRow] = []
        for skus in _chunks(list(by_sku)):
            known = {product.sku: product for product in db.session.scalars(_products_named(skus))}
            for sku in skus:
                product = known.get(sku)
                if product is None or not product.batches:
                    unknown.extend(by_sku[sku])
                    continue
                batch = max(
                    product.batches, key=lambda one: (one.tested_on is not None, one.tested_on, one.id)
                )
                was = state_of(batch, self.store)
                changed = _merge_lines(batch, by_sku[sku])
                self._note("batch", batch, by_sku[sku][0], was)
                self.counts.batches["changed" if changed else "unchanged"] += 1
                self.counts.products["unchanged"] += 1
        db.session.flush()
        return unknown


def state_of(thing: Product | Batch, store: Store) -> dict[str, Any]:
    """What a file can say of a product or batch, as plain JSON: to compare, to show, and to go back to."""
    if isinstance(thing, Product):
        return {name: getattr(thing, name) for name in PRODUCT_FACTS}
    facts = {name: getattr(thing, name) for name in BATCH_FACTS}
    readings = {
        f"{one.analyte} {one.unit.value}": [one.value, one.read_as.value, one.limit_value]
        for one in thing.readings
    }
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()
    } | {
        "readings": readings,
        "packages": next((stock.count for stock in thing.stocks if stock.store_id == store.id), None),
        "held for": sorted(
            hold.reason for hold in thing.holds if hold.kind is HoldKind.FINDING and not hold.released_at
        ),
    }


def _merge_lines(batch: Batch, rows: Sequence[NormalRow]) -> bool:
    there = {(reading.analyte, reading.unit): reading for reading in batch.readings}
    changed = False
    for row in rows:
        for key, reading in row.analytes.items():
            if reading.read_as is ReadAs.BLANK:
                continue
            values = _values(key, reading)
            old = there.get((key, reading.unit))
            if old is None:
                there[key, reading.unit] = new = AnalyteReading(**values)
                batch.readings.append(new)
                changed = True
            elif _plain(old) != (values["value"], values["read_as"], values["limit_value"]):
                old.value, old.read_as, old.limit_value = (
                    values["value"],
                    values["read_as"],
                    values["limit_value"],
                )
                changed = True
    return changed


def _products_named(skus: Sequence[str]) -> Any:
    return (
        select(Product)
        .where(Product.sku.in_(skus))
        .options(
            selectinload(Product.batches).selectinload(Batch.readings),
            selectinload(Product.batches).selectinload(Batch.holds),
            selectinload(Product.batches).selectinload(Batch.stocks),
        )
    )


def _by_sku(rows: Sequence[NormalRow]) -> dict[str, list[NormalRow]]:
    by_sku: dict[str, list[NormalRow]] = defaultdict(list)
    for row in rows:
        by_sku[row.sku[: LENGTHS["sku"]]].append(row)
    return by_sku


def _skus_known(skus: Sequence[str]) -> set[str]:
    """Those of the SKUs that the catalog has."""
    if len(skus) > MANY:
        return set(db.session.scalars(select(Product.sku))).intersection(skus)
    return set(db.session.scalars(select(Product.sku).where(Product.sku.in_(skus))))


def _columns(names: Sequence[str], rows: Sequence[NormalRow]) -> dict[str, list[Any]]:
    """Facts of many rows, column by column, texts as long as they may be."""
    columns = {name: [getattr(row, name) for row in rows] for name in names}
    for name, most in LENGTHS.items():
        if name in columns and any(len(text) > most for text in columns[name]):
            columns[name] = [text[:most] for text in columns[name]]
    return columns


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _cut(name: str, value: Any) -> Any:
    return value[: LENGTHS[name]] if name in LENGTHS and isinstance(value, str) else value


def _number_of(row: NormalRow) -> str:
    return row.batch[: LENGTHS["number"]]


def _facts_of(row: NormalRow) -> dict[str, Any]:
    return {name: _cut(name, getattr(row, name)) for name in PRODUCT_FACTS}


def _batch_facts_of(row: NormalRow) -> dict[str, Any]:
    facts = {name: _cut(name, getattr(row, name)) for name in BATCH_FACTS}
    if facts["price"] is not None:
        facts["price"] = round(facts["price"], 2)
    return facts


def _kept(row: NormalRow) -> Iterator[tuple[str, Reading]]:
    """The readings that are stored, each analyte once in each unit; a blank only where it matters that a
    cannabinoid was left blank.
    """
    for key, reading in row.analytes.items():
        if reading.read_as is not ReadAs.BLANK or key in _CANNABINOIDS:
            yield key, reading
    seen = {(key, row.analytes[key].unit) for key, _ in row.others}
    for key, reading in row.others:
        if (key, reading.unit) not in seen and reading.read_as is not ReadAs.BLANK:
            seen.add((key, reading.unit))
            yield key, reading


def _reading_values(row: NormalRow) -> Iterator[dict[str, Any]]:
    """The same as columns."""
    for key, reading in _kept(row):
        yield _values(key, reading)


def _values(key: str, reading: Reading) -> dict[str, Any]:
    return {
        "analyte": key,
        "value": reading.value,
        "unit": reading.unit,
        "read_as": reading.read_as,
        "limit_value": reading.limit,
    }


def _plain(reading: AnalyteReading) -> tuple[float | None, ReadAs, float | None]:
    return reading.value, reading.read_as, reading.limit_value
