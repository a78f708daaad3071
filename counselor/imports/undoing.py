"""Taking a whole import back: what it made goes, what it changed becomes what it was.

What somebody changed, sold, held or recalled since stays as it is and is named: undoing never undoes what
people did later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, delete, exists, or_, select
from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.catalog.models import AnalyteReading, Batch, Hold, HoldKind, Product, Stock
from counselor.database import db
from counselor.guidance.profile import ReadAs, Unit
from counselor.imports.applying import BATCH_FACTS, state_of
from counselor.imports.models import ImportRun
from counselor.staff.models import Staff

DATES = frozenset({"tested_on", "expires_on"})


@dataclass
class UndoOutcome:
    """How many products and batches went, how many became what they were, and what was kept, in words."""

    removed_products: int = 0
    removed_batches: int = 0
    restored: int = 0
    kept: list[str] = field(default_factory=list)


def undo_import(*, run: ImportRun, reason: str, by: Staff, at: datetime) -> UndoOutcome:
    """Take an applied import back. Raises StaleDataError where it is not applied or was undone before."""
    if run.applied_at is None or run.undone_at is not None:
        raise StaleDataError()
    outcome = UndoOutcome()
    for change in reversed(run.changes):
        kind: type[Product] | type[Batch] = Product if change.kind == "product" else Batch
        thing = db.session.get(kind, change.subject_id)
        if isinstance(thing, (Product, Batch)):
            _restore(thing, change.before, change.after, run, at, outcome)
    db.session.flush()
    _remove_what_it_made(run, by, at, outcome)
    run.undone_at, run.undone_by_id, run.undo_reason = at, by.id, reason
    db.session.flush()
    audit.record(
        "catalog.import-undone", subject=run, by=by, at=at, note=reason,
        detail={"file": run.file, "products": outcome.removed_products, "batches": outcome.removed_batches,
                "restored": outcome.restored, "kept": outcome.kept[:100]},
    )  # fmt: skip
    return outcome


def _restore(
    thing: Product | Batch,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    run: ImportRun,
    at: datetime,
    outcome: UndoOutcome,
) -> None:
    """Set back what still is as the import left it; name the rest."""
    now = state_of(thing, run.store)
    mine = [name for name in before if now[name] == after[name]]
    for name in mine:
        _set_back(thing, name, before[name], run)
    if mine:
        product = thing if isinstance(thing, Product) else thing.product
        product.updated_at = at
        outcome.restored += 1
    outcome.kept += [
        f"{_called(thing)}: {name.replace('_', ' ')} was changed since" for name in before if name not in mine
    ]


def _set_back(thing: Product | Batch, name: str, value: Any, run: ImportRun) -> None:
    if isinstance(thing, Product) or name in BATCH_FACTS:
        setattr(thing, name, date.fromisoformat(value) if name in DATES and value else value)
    elif name == "readings":
        _set_readings(thing, value)
    elif name == "packages":
        stock = next(stock for stock in thing.stocks if stock.store_id == run.store_id)
        if value is None:
            thing.stocks.remove(stock)
            db.session.delete(stock)
        else:
            stock.count = value
    else:
        _set_holds(thing, run)


def _set_readings(batch: Batch, wanted: Mapping[str, Any]) -> None:
    there = {f"{one.analyte} {one.unit.value}": one for one in batch.readings}
    for key in there.keys() - wanted.keys():
        batch.readings.remove(there[key])
    for key, (value, read_as, limit) in wanted.items():
        analyte, _, unit = key.rpartition(" ")
        one = there.get(key)
        if one is None:
            one = AnalyteReading(analyte=analyte, unit=Unit(unit))
            batch.readings.append(one)
        one.value, one.read_as, one.limit_value = value, ReadAs(read_as), limit


def _set_holds(batch: Batch, run: ImportRun) -> None:
    """Holds that the import placed go, those that it ended hold again."""
    for hold in list(batch.holds):
        if hold.kind is not HoldKind.FINDING:
            continue
        if hold.placed_at == run.applied_at:
            batch.holds.remove(hold)
            db.session.delete(hold)
        elif hold.released_at == run.applied_at:
            hold.released_at = hold.release_reason = hold.released_by_id = None


def _remove_what_it_made(run: ImportRun, by: Staff, at: datetime, outcome: UndoOutcome) -> None:
    """Batches and products that only this import knows of go; others are held."""
    made = Batch.made_by_run_id == run.id
    touched = exists().where(
        Product.id == Batch.product_id, Product.updated_at != run.applied_at, Product.made_by_run_id == run.id
    )
    held = exists().where(
        Hold.batch_id == Batch.id, or_(Hold.kind != HoldKind.FINDING, Hold.released_by_id.is_not(None))
    )
    in_use = or_(touched, held, *_referred_to(Batch, but=(Hold, AnalyteReading, Stock)))
    kept = db.session.scalars(select(Batch).where(made, in_use)).all()
    for batch in kept:
        batch.holds.append(
            Hold(
                kind=HoldKind.MANUAL,
                reason="The import that brought this batch was undone.",
                placed_at=at,
                placed_by_id=by.id,
            )
        )
        outcome.kept.append(f"{_called(batch)}: in use since, kept and put on hold")
    db.session.flush()
    going = (
        select(Batch.id).where(made, ~in_use, Batch.id.not_in([batch.id for batch in kept])).scalar_subquery()
    )
    for model in (AnalyteReading, Stock, Hold):
        _run(delete(model).where(model.batch_id.in_(going)))
    outcome.removed_batches = _run(
        delete(Batch).where(made, ~in_use, Batch.id.not_in([batch.id for batch in kept]))
    )
    free = and_(Product.made_by_run_id == run.id, *(~used for used in _referred_to(Product, but=())))
    outcome.removed_products = _run(delete(Product).where(free))
    db.session.expire_all()


def _referred_to(
    model: type[Product] | type[Batch], *, but: tuple[type, ...]
) -> Iterator[ColumnElement[bool]]:
    """For every column of any room that points at the model: whether a row points at this one."""
    mine = cast("Table", model.__table__)
    left_out = {one.__table__ for one in but}  # type: ignore[attr-defined]
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if table not in left_out and any(key.column is mine.c.id for key in column.foreign_keys):
                yield exists().where(column == model.id)


def _run(statement: Any) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _called(thing: Product | Batch) -> str:
    if isinstance(thing, Product):
        return thing.name
    return f"{thing.product.name}, batch {thing.number or 'without number'}"
