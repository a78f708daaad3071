"""Files become products: all of one, or nothing; and the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from counselor import places
from counselor.audit.models import AuditEvent
from counselor.catalog import actions as catalog_actions
from counselor.catalog import queries
from counselor.catalog.models import AnalyteReading, Batch, Hold, HoldKind, Product, Stock
from counselor.database import db
from counselor.guidance.profile import ReadAs, Unit
from counselor.imports import actions
from counselor.imports.models import ImportRun
from counselor.imports.reading import read_catalog, to_shelf
from counselor.staff.models import Staff, Store

from .conftest import AT, HERE, shelf_file, shelf_line

Write = Callable[..., Path]
SEED = places.seed() / "catalog"
TODAY = date(2026, 11, 22)


def bring_in(path: Path, store: Store, *, by: Staff | None = None, count: int = 0) -> actions.ImportOutcome:
    outcome = actions.import_file(path, by=by, at=AT, store=store, count=count)
    db.session.commit()
    return outcome


def everything() -> list[tuple[object, ...]]:
    """Every row of the catalog's tables, to compare before and after."""
    return [
        tuple(row)
        for model in (Product, Batch, AnalyteReading, Stock, Hold, ImportRun, AuditEvent)
        for row in db.session.execute(select(*model.__table__.columns).order_by(*model.__table__.primary_key))
    ]


def product(sku: str = "S1") -> Product:
    found = queries.find_by_sku(sku)
    assert found is not None
    return found


@contextmanager
def statements() -> Iterator[list[str]]:
    said: list[str] = []

    def listen(connection: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)


def test_the_sample_shop_comes_in_whole(app: Flask, store: Store) -> None:
    for name in ("ca-menu-with-coa.csv", "clinic-shelf.csv"):
        outcome = bring_in(SEED / name, store, count=12)
        assert outcome.report["applied"] is True
        assert outcome.run is not None
    assert queries.count_products() == 262 + 48
    shelf = queries.shelf_of(store)
    saleable = [item for item in shelf.items if not item.holds]
    assert {item.route for item in saleable} == {"smoked", "vaporized", "edible", "topical"}


def test_the_stored_shelf_is_the_shelf_of_the_file(app: Flask, store: Store) -> None:
    bring_in(SEED / "clinic-shelf.csv", store)
    from_file = to_shelf(read_catalog(SEED / "clinic-shelf.csv").rows, on=TODAY)
    for stored, read in zip(queries.shelf_of(store).items, from_file.items, strict=True):
        assert stored.profile == read.profile
        assert (
            stored.sku,
            stored.batch,
            stored.stock,
            stored.price,
            stored.expires_on,
            stored.ingredients,
        ) == (
            read.sku,
            read.batch,
            read.stock,
            read.price,
            read.expires_on,
            read.ingredients,
        )


def test_the_shelf_takes_three_statements_whatever_its_size(app: Flask, store: Store) -> None:
    bring_in(HERE / "ca-menu.csv", store)
    with statements() as few:
        queries.shelf_of(store)
    bring_in(SEED / "clinic-shelf.csv", store)
    with statements() as many:
        queries.shelf_of(store)
    selects = [[said for said in each if said.lstrip().startswith("SELECT")] for each in (few, many)]
    assert len(selects[0]) == len(selects[1]) <= 4  # one more where the store itself is read anew


def test_the_same_file_twice_changes_nothing(app: Flask, store: Store) -> None:
    bring_in(SEED / "clinic-shelf.csv", store)
    before = everything()
    again = bring_in(SEED / "clinic-shelf.csv", store)
    assert again.again is not None
    assert again.report["products"] == {"new": 0, "changed": 0, "unchanged": 48}
    assert everything() == before


def test_the_same_rows_in_another_file_change_no_product(app: Flask, store: Store, write: Write) -> None:
    bring_in(SEED / "ca-menu-with-coa.csv", store)
    copy = write((SEED / "ca-menu-with-coa.csv").read_bytes() + b"\n")
    report = bring_in(copy, store).report
    assert report["products"] == {"new": 0, "changed": 0, "unchanged": 262}
    assert report["batches"] == {"new": 0, "changed": 0, "unchanged": 262}


def test_a_refused_file_leaves_nothing_behind(app: Flask, store: Store, write: Write) -> None:
    bring_in(write(shelf_file(shelf_line())), store)
    before = everything()
    outcome = bring_in(write(shelf_file(shelf_line(name="Other"), shelf_line("S2"), "torn,row")), store)
    assert outcome.refused
    assert everything() == before


def test_an_import_that_fails_halfway_leaves_nothing_behind(
    app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("counselor.imports.actions.audit.record", fail)
    with pytest.raises(RuntimeError):
        actions.import_file(SEED / "clinic-shelf.csv", by=None, at=AT, store=store)
    db.session.rollback()
    assert everything() == before


def test_six_kinds_of_reading_are_stored_apart(app: Flask, store: Store, write: Write) -> None:
    columns = "THC_percent,THCA_percent,CBD_percent,CBDA_percent,CBG_percent,CBN_percent"
    bring_in(write(shelf_file(shelf_line(readings="2.5,ND,<0.1,N/T,,v"), readings=columns)), store)
    stored = {row.analyte: row.reading for row in db.session.scalars(select(AnalyteReading))}
    assert {key: reading.read_as for key, reading in stored.items()} == {
        "THC": ReadAs.NUMBER,
        "THCA": ReadAs.NOT_DETECTED,
        "CBD": ReadAs.BELOW_LIMIT,
        "CBDA": ReadAs.NOT_TESTED,
        "CBG": ReadAs.BLANK,
        "CBN": ReadAs.REJECTED,
    }
    assert stored["CBD"].limit == 0.1
    assert stored["THC"].value == 2.5


def test_a_changed_certificate_changes_the_batch_and_only_it(app: Flask, store: Store, write: Write) -> None:
    bring_in(write(shelf_file(shelf_line(), shelf_line("S2"))), store)
    report = bring_in(write(shelf_file(shelf_line(readings="2.7,2.5"), shelf_line("S2"))), store).report
    assert report["products"] == {"new": 0, "changed": 0, "unchanged": 2}
    assert report["batches"] == {"new": 0, "changed": 1, "unchanged": 1}
    assert queries.shelf_of(store).items[0].profile.mg["THC"] == 2.7


def test_what_the_file_finds_becomes_a_hold_and_ends_with_a_corrected_file(
    app: Flask, store: Store, write: Write, make_staff: Callable[..., Staff]
) -> None:
    bring_in(write(shelf_file(shelf_line(readings="v,2.5"))), store)
    [hold] = product().batches[0].open_holds
    assert (hold.kind, hold.code) == (HoldKind.FINDING, "not-a-number")
    assert queries.shelf_of(store).items[0].holds == ("THC could not be read (“v”)",)
    manager = make_staff("manager")
    bring_in(write(shelf_file(shelf_line())), store, by=manager)
    assert product().batches[0].open_holds == []
    assert hold.release_reason == "A corrected file no longer shows this."
    assert hold.released_by == manager


def test_what_a_manager_released_stays_released_while_the_readings_do(
    app: Flask, store: Store, write: Write, make_staff: Callable[..., Staff]
) -> None:
    line = shelf_line(readings="2.5,2.5")
    bring_in(write(shelf_file(line, readings="THC,CBD")), store)
    batch = product().batches[0]
    manager = make_staff("manager")
    catalog_actions.release_batch(
        batch=batch, holds=batch.open_holds, reason="The label says mg per capsule.", by=manager, at=AT
    )
    db.session.commit()
    bring_in(write(shelf_file(line.replace(",42,", ",43,"), readings="THC,CBD")), store)
    assert product().batches[0].open_holds == []
    bring_in(write(shelf_file(line.replace("2.5,2.5", "3,2.5"), readings="THC,CBD")), store)
    assert len(product().batches[0].open_holds) == 2


def test_an_import_by_a_person_does_not_lift_what_a_person_held(
    app: Flask, store: Store, write: Write, make_staff: Callable[..., Staff]
) -> None:
    bring_in(write(shelf_file(shelf_line())), store)
    catalog_actions.hold_batch(
        batch=product().batches[0], reason="Smells odd", by=make_staff("pharmacist"), at=AT
    )
    bring_in(write(shelf_file(shelf_line(price="40"))), store)
    assert [hold.reason for hold in product().batches[0].open_holds] == ["Smells odd"]


def test_a_batch_nobody_counted_is_not_left_on_the_shelf(app: Flask, store: Store, write: Write) -> None:
    bring_in(write(shelf_file(shelf_line(stock=""))), store)
    assert queries.shelf_of(store).items[0].stock == 0
    bring_in(write(shelf_file(shelf_line("S2", stock=""))), store, count=12)
    assert queries.shelf_of(store).items[1].stock == 12


def test_certificate_lines_add_to_the_batch_they_belong_to(app: Flask, store: Store) -> None:
    bring_in(SEED / "ca-menu-with-coa.csv", store)
    outcome = bring_in(HERE / "ca-lines.csv", store)
    gummies = product("2272fcd865ff").batches[0]
    stored = {(row.analyte, row.unit): row for row in gummies.readings}
    assert stored["THC", Unit.MG_PER_SERVING].value == 4.919
    assert stored["THC", Unit.PERCENT].value == 0.1144
    assert outcome.report["batches"]["changed"] > 0


def test_lines_of_a_product_nobody_has_are_said(app: Flask, store: Store) -> None:
    outcome = bring_in(HERE / "ca-lines.csv", store)
    assert outcome.report["rejected"][-1]["code"] == "missing"
    assert queries.count_products() == 0


def test_every_import_is_one_event(app: Flask, store: Store, make_staff: Callable[..., Staff]) -> None:
    manager = make_staff("manager")
    bring_in(SEED / "clinic-shelf.csv", store, by=manager)
    said = db.session.scalars(select(AuditEvent).where(AuditEvent.kind.startswith("catalog."))).all()
    assert [(one.kind, one.by_id) for one in said] == [("catalog.imported", manager.id)]


def test_very_long_texts_of_a_file_are_cut_to_what_is_stored(app: Flask, store: Store, write: Write) -> None:
    bring_in(write(shelf_file(shelf_line(name="x" * 900, batch="b" * 400))), store)
    assert len(product().name) == 300
    assert len(product().batches[0].number) == 120


@pytest.mark.parametrize(
    "broken",
    [
        {"value": None, "read_as": ReadAs.NUMBER},
        {"value": 1.0, "read_as": ReadAs.NOT_DETECTED},
        {"value": None, "read_as": ReadAs.BLANK, "limit_value": 0.1},
        {"value": -1.0, "read_as": ReadAs.NUMBER},
    ],
)
def test_the_schema_refuses_a_reading_that_is_half_true(
    app: Flask, store: Store, write: Write, broken: dict[str, object]
) -> None:
    bring_in(write(shelf_file(shelf_line())), store)
    db.session.add(
        AnalyteReading(batch_id=product().batches[0].id, analyte="CBC", unit=Unit.PERCENT, **broken)
    )
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize(
    "broken",
    [
        {"released_at": AT},
        {"release_reason": "because"},
        {"reason": ""},
        {"kind": HoldKind.MANUAL, "placed_by_id": None},
    ],
)
def test_the_schema_refuses_a_hold_that_is_half_true(
    app: Flask, store: Store, write: Write, make_staff: Callable[..., Staff], broken: dict[str, object]
) -> None:
    bring_in(write(shelf_file(shelf_line())), store)
    whole = {
        "kind": HoldKind.MANUAL,
        "reason": "odd",
        "placed_at": AT,
        "placed_by_id": make_staff("manager").id,
    }
    db.session.add(Hold(batch_id=product().batches[0].id, **(whole | broken)))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_stock_never_goes_below_nothing(app: Flask, store: Store, write: Write) -> None:
    bring_in(write(shelf_file(shelf_line())), store)
    db.session.scalars(select(Stock)).one().count = -1
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Stock)) == 1


def test_a_new_batch_of_a_product_that_is_there_comes_in(app: Flask, store: Store, write: Write) -> None:
    bring_in(write(shelf_file(shelf_line())), store)
    outcome = bring_in(write(shelf_file(shelf_line(), shelf_line(batch="B2")), "second.csv"), store)
    assert outcome.report["batches"] == {"new": 1, "changed": 0, "unchanged": 1}
    assert [batch.number for batch in product().batches] == ["B1", "B2"]
