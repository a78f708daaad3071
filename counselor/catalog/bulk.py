"""One change to many products: planned, looked at, made in one transaction, taken back once.

A plan keeps what each product said when it was made. Making it changes only products that still say so,
taking it back only those that still say what the change made of them: somebody else's change in between is
never written over, it is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, insert, select
from sqlalchemy.orm import contains_eager, joinedload

from counselor import audit
from counselor.catalog.models import BulkChange, BulkLine, LineState, Product
from counselor.database import db
from counselor.guidance.shelf import goes_together
from counselor.staff.models import Staff

KINDS: Mapping[str, tuple[str, ...]] = {
    "brand": ("brand",),
    "form_route": ("form", "route"),
    "form": ("form",),
    "route": ("route",),
    "serving": ("serving",),
    "serving_g": ("serving_g",),
    "servings_per_package": ("servings_per_package",),
    "package_g": ("package_g",),
    "smallest_dose": ("smallest_dose",),
}
"""What can be changed in bulk: the kind, and the product's fields that it sets."""

MOST = 1000
"""Products in one change: each gets an audit event of its own, and others wait two seconds to write."""

KEPT_FOR = timedelta(days=1)
"""A plan that nobody made is thrown away after this."""

_CHUNK = 400


def plan(
    *, products: Sequence[int], kind: str, values: Mapping[str, Any], reason: str, by: Staff, at: datetime
) -> BulkChange:
    """Work out what would become of each product; nothing of the catalog changes. At most MOST products."""
    _throw_away_old_plans(at)
    change = BulkChange(kind=kind, wanted=dict(values), reason=reason, planned_at=at, by_id=by.id)
    db.session.add(change)
    db.session.flush()
    lines = [
        {"change_id": change.id, "product_id": product.id, **_line(product, values)}
        for product in _products(products[:MOST])
    ]
    if lines:
        db.session.execute(insert(BulkLine), lines)
    return change


def _line(product: Product, values: Mapping[str, Any]) -> dict[str, Any]:
    was = {name: getattr(product, name) for name in values}
    if was == dict(values):
        return {"was": was, "state": LineState.SAME, "note": ""}
    refused = _misfit(product, values)
    return {"was": was, "state": LineState.REFUSED if refused else LineState.PLANNED, "note": refused}


def _misfit(product: Product, values: Mapping[str, Any]) -> str:
    """Why a product cannot be so; empty where it can. A capsule is not smoked."""
    form, route = values.get("form", product.form), values.get("route", product.route)
    if not values.keys() & {"form", "route"}:
        return ""
    if bool(form) != bool(route):
        missing = "form" if not form else "route"
        return f"Its {missing} would not be known. Change form and route together."
    if form and not goes_together(form, route):
        words = form.replace("-", " ").capitalize()
        return f"{words} does not go with the route {route}."
    return ""


def make(change: BulkChange, *, by: Staff, at: datetime) -> bool:
    """Make the planned change, whole or not at all; False where it was made before."""
    if _locked(change).applied_at is not None:
        return False
    change.applied_at, change.by_id = at, by.id
    counts = {LineState.APPLIED: 0, LineState.PASSED_OVER: 0}
    for line, product in _lines(change, LineState.PLANNED):
        differs = _differs(product, line.was) or _misfit(product, change.wanted)
        line.state, line.note = (LineState.PASSED_OVER, differs) if differs else (LineState.APPLIED, "")
        counts[line.state] += 1
        if not differs:
            _set(product, change.wanted, by=by, at=at, reason=change.reason, change=change)
    detail = {"changed": counts[LineState.APPLIED], "passed over": counts[LineState.PASSED_OVER]}
    _record("catalog.changed-in-bulk", change, by=by, at=at, note=change.reason, detail=detail)
    return True


def undo(change: BulkChange, *, by: Staff, at: datetime) -> bool:
    """Give each product back what it said, unless somebody changed it since; False where that was done."""
    if _locked(change).applied_at is None or change.undone_at is not None:
        return False
    change.undone_at, change.undone_by_id = at, by.id
    counts = {LineState.UNDONE: 0, LineState.KEPT: 0}
    reason = f"Taken back: {change.reason}"
    for line, product in _lines(change, LineState.APPLIED):
        differs = _differs(product, change.wanted) or _misfit(product, line.was)
        line.state, line.note = (LineState.KEPT, differs) if differs else (LineState.UNDONE, "")
        counts[line.state] += 1
        if not differs:
            _set(product, line.was, by=by, at=at, reason=reason, change=change)
    detail = {"taken back": counts[LineState.UNDONE], "left": counts[LineState.KEPT]}
    _record("catalog.bulk-undone", change, by=by, at=at, note=reason, detail=detail)
    return True


def _differs(product: Product, said: Mapping[str, Any]) -> str:
    """What the product says now where it is not what it said."""
    now = [
        f"{name.replace('_', ' ')} is now {getattr(product, name) or 'not stated'}"
        for name, value in said.items()
        if getattr(product, name) != value
    ]
    return f"Somebody changed it in between: {', '.join(now)}." if now else ""


def _set(
    product: Product, values: Mapping[str, Any], *, by: Staff, at: datetime, reason: str, change: BulkChange
) -> None:
    changes = {}
    for name, value in values.items():
        was = getattr(product, name)
        if was != value:
            setattr(product, name, value)
            changes[name.replace("_", " ")] = [was, value]
    product.updated_at, product.updated_by_id = at, by.id
    detail = {"sku": product.sku, "changes": changes, "bulk": change.id}
    audit.record("product.changed", subject=product, by=by, at=at, note=reason, detail=detail)


def _record(
    kind: str, change: BulkChange, *, by: Staff, at: datetime, note: str, detail: dict[str, Any]
) -> None:
    db.session.flush()
    audit.record(kind, subject=change, by=by, at=at, note=note, detail={"field": change.kind, **detail})


def _locked(change: BulkChange) -> BulkChange:
    """The same row, held until the transaction ends: two presses of a button cannot both make it."""
    db.session.refresh(change, with_for_update=True)
    return change


def _lines(change: BulkChange, state: LineState) -> Iterator[tuple[BulkLine, Product]]:
    """The change's lines in this state, each with its product as it is stored now, locked."""
    lines = db.session.scalars(
        select(BulkLine).where(BulkLine.change_id == change.id, BulkLine.state == state).order_by(BulkLine.id)
    ).all()
    for start in range(0, len(lines), _CHUNK):
        chunk = lines[start : start + _CHUNK]
        found = {product.id: product for product in _products([line.product_id for line in chunk])}
        yield from ((line, found[line.product_id]) for line in chunk)


def _products(ids: Sequence[int]) -> Iterator[Product]:
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        ask = select(Product).where(Product.id.in_(chunk)).order_by(Product.id)
        yield from db.session.scalars(ask.with_for_update().execution_options(populate_existing=True)).all()


def _throw_away_old_plans(at: datetime) -> None:
    old = select(BulkChange.id).where(BulkChange.applied_at.is_(None), BulkChange.planned_at < at - KEPT_FOR)
    db.session.execute(
        delete(BulkLine).where(BulkLine.change_id.in_(old)).execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(BulkChange)
        .where(BulkChange.applied_at.is_(None), BulkChange.planned_at < at - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )


def find(change_id: int) -> BulkChange | None:
    """A bulk change by its id."""
    return db.session.get(BulkChange, change_id)


def counts(*changes: BulkChange) -> dict[int, dict[LineState, int]]:
    """How many products of each change stand where: change id -> state -> products. One statement."""
    asked = (
        select(BulkLine.change_id, BulkLine.state, func.count())
        .where(BulkLine.change_id.in_([change.id for change in changes]))
        .group_by(BulkLine.change_id, BulkLine.state)
    )
    found: dict[int, dict[LineState, int]] = {change.id: {} for change in changes}
    for change_id, state, many in db.session.execute(asked):
        found[change_id][state] = many
    return found


def lines(change: BulkChange, *, page: int, per: int = 200) -> Sequence[BulkLine]:
    """One page of its products; what needs eyes stands first."""
    first = case(
        (BulkLine.state.in_((LineState.REFUSED, LineState.PASSED_OVER, LineState.KEPT)), 0),
        (BulkLine.state == LineState.SAME, 2),
        else_=1,
    )
    return db.session.scalars(
        select(BulkLine)
        .join(Product, BulkLine.product_id == Product.id)
        .where(BulkLine.change_id == change.id)
        .order_by(first, func.lower(Product.name), Product.sku)
        .offset((page - 1) * per)
        .limit(per)
        .options(contains_eager(BulkLine.product))
    ).all()


def recent(*, limit: int = 50) -> Sequence[BulkChange]:
    """Changes that were made, newest first."""
    return db.session.scalars(
        select(BulkChange)
        .where(BulkChange.applied_at.is_not(None))
        .order_by(BulkChange.applied_at.desc())
        .limit(limit)
        .options(joinedload(BulkChange.by), joinedload(BulkChange.undone_by))
    ).all()
