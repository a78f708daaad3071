"""Undoing a whole import: the catalog is what it was, and nothing that people did since is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from counselor.audit.models import AuditEvent
from counselor.catalog import actions as catalog
from counselor.catalog.models import AnalyteReading, Batch, Hold, Product, Stock
from counselor.database import db
from counselor.imports import actions
from counselor.imports.models import ImportRun
from counselor.imports.undoing import UndoOutcome, undo_import
from counselor.staff.models import Staff, Store

from .conftest import AT, shelf_file, shelf_line

Write = Callable[..., Path]
LATER = AT + timedelta(hours=1)


def whole_catalog() -> dict[str, list[Any]]:
    """All that advice could see of it, without numbers and moments that say when something was written."""
    return {
        "products": sorted(
            (p.sku, p.name, p.brand, p.form, p.route, p.serving, p.smallest_dose, p.ingredients)
            for p in db.session.scalars(select(Product))
        ),
        "batches": sorted(
            (b.product.sku, b.number, str(b.tested_on), str(b.expires_on), b.price)
            for b in db.session.scalars(select(Batch))
        ),
        "readings": sorted(
            (r.batch.product.sku, r.analyte, r.unit, r.read_as, str(r.value), str(r.limit_value))
            for r in db.session.scalars(select(AnalyteReading))
        ),
        "stock": sorted(
            (s.batch.product.sku, s.batch.number, s.count) for s in db.session.scalars(select(Stock))
        ),
        "holds": sorted(
            (h.batch.product.sku, h.batch.number, h.reason)
            for h in db.session.scalars(select(Hold).where(Hold.released_at.is_(None)))
        ),
    }  # fmt: skip


def bring_in(path: Path, store: Store, *, later: int = 0) -> ImportRun:
    run = actions.import_file(path, by=None, at=AT + timedelta(minutes=later), store=store).run
    assert run is not None
    db.session.commit()
    return run


def undo(run: ImportRun, by: Staff) -> UndoOutcome:
    outcome = undo_import(run=run, reason="Wrong supplier file.", by=by, at=LATER)
    db.session.commit()
    db.session.expire_all()
    return outcome


@pytest.fixture
def manager(make_staff: Callable[..., Staff]) -> Staff:
    return make_staff("manager")


def test_undoing_the_first_file_leaves_an_empty_catalog(
    app: Flask, store: Store, write: Write, manager: Staff
) -> None:
    before = whole_catalog()
    run = bring_in(
        write(shelf_file(shelf_line(), shelf_line("S2"), shelf_line("S3", readings="=1,2"))), store
    )
    assert whole_catalog() != before
    outcome = undo(run, manager)
    assert whole_catalog() == before
    assert (outcome.removed_products, outcome.removed_batches, outcome.kept) == (3, 3, [])
    assert (run.undone_by_id, run.undo_reason) == (manager.id, "Wrong supplier file.")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "catalog.import-undone")).one()
    assert event.note == "Wrong supplier file."


def test_undoing_a_second_file_gives_back_what_the_first_said(
    app: Flask, store: Store, write: Write, manager: Staff
) -> None:
    bring_in(write(shelf_file(shelf_line(), shelf_line("S2", readings="2.5,"))), store)
    before = whole_catalog()
    second = shelf_file(
        shelf_line(price="40", stock="3", readings="5,<0.1"), shelf_line(batch="B2"),
        shelf_line("S2", name="Renamed", expires_on="", readings="=9,ND"), shelf_line("S4"),
    )  # fmt: skip
    run = bring_in(write(second, "second.csv"), store, later=5)
    assert whole_catalog() != before
    assert undo(run, manager).kept == []
    assert whole_catalog() == before


def test_the_same_file_can_come_in_again_after_undoing(
    app: Flask, store: Store, write: Write, manager: Staff
) -> None:
    path = write(shelf_file(shelf_line()))
    run = bring_in(path, store)
    there = whole_catalog()
    undo(run, manager)
    bring_in(path, store, later=90)
    assert whole_catalog() == there


def test_what_a_manager_changed_since_stays_and_is_named(
    app: Flask, store: Store, write: Write, manager: Staff
) -> None:
    bring_in(write(shelf_file(shelf_line())), store)
    run = bring_in(write(shelf_file(shelf_line(price="40", stock="3")), "second.csv"), store, later=5)
    batch = db.session.scalars(select(Batch)).one()
    batch.price = 38.0
    db.session.commit()
    outcome = undo(run, manager)
    batch = db.session.scalars(select(Batch)).one()
    assert batch.price == 38.0
    assert batch.stocks[0].count == 7  # nobody touched that one
    assert outcome.kept == ["Plain Capsules, batch B1: price was changed since"]


def test_a_batch_that_somebody_held_since_stays_and_is_held(
    app: Flask, store: Store, write: Write, manager: Staff
) -> None:
    run = bring_in(write(shelf_file(shelf_line(), shelf_line("S2"))), store)
    batch = db.session.scalars(select(Batch).join(Product).where(Product.sku == "S1")).one()
    catalog.hold_batch(batch=batch, reason="Smells odd", by=manager, at=AT + timedelta(minutes=9))
    db.session.commit()
    outcome = undo(run, manager)
    assert [product.sku for product in db.session.scalars(select(Product))] == ["S1"]
    reasons = {hold.reason for hold in db.session.scalars(select(Hold).where(Hold.released_at.is_(None)))}
    assert reasons == {"Smells odd", "The import that brought this batch was undone."}
    assert outcome.kept == ["Plain Capsules, batch B1: in use since, kept and put on hold"]


def test_an_import_is_undone_once(app: Flask, store: Store, write: Write, manager: Staff) -> None:
    run = bring_in(write(shelf_file(shelf_line())), store)
    undo(run, manager)
    with pytest.raises(StaleDataError):
        undo_import(run=run, reason="Again.", by=manager, at=LATER)


def test_before_applying_the_page_is_told_row_by_row_what_changes(
    app: Flask, store: Store, write: Write, manager: Staff
) -> None:
    bring_in(write(shelf_file(shelf_line(), shelf_line("S2"))), store)
    text = shelf_file(shelf_line(price="40", readings="5,2.5"), shelf_line("S2"), shelf_line("S3"))
    content = text.encode()
    read = actions.read_content(content, name="second.csv")
    run = actions.receive_upload(
        content=content, name="second.csv", catalog=read, by=manager, at=AT, store=store
    )
    db.session.commit()
    assert run.report["changes_count"] == 2
    changed, new = run.report["changes"]
    assert (changed["row"], changed["sku"], changed["what"]) == (2, "S1", "changed")
    assert changed["fields"]["price"] == [42.0, 40.0]
    assert changed["fields"]["readings"][1]["THC mg_per_serving"] == [5.0, "number", None]
    assert (new["row"], new["sku"], new["what"]) == (4, "S3", "new")
    assert [product.sku for product in db.session.scalars(select(Product).order_by(Product.sku))] == [
        "S1",
        "S2",
    ]
