"""The import page as a data doctor: decisions, any file through a mapping, the annotated copy, undo."""

from __future__ import annotations

import csv
import io
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from counselor.audit.models import AuditEvent
from counselor.catalog.models import Batch, Product
from counselor.database import db
from counselor.imports.models import ImportMapping, ImportRun
from counselor.imports.upload import Upload
from counselor.staff.models import Store
from tests.conftest import CounterClient

from .conftest import HERE, shelf_file, shelf_line

Write = Callable[..., Path]
UNKNOWN = (
    b"Stock no,What,Kind,Lot,Strength THC,Strength CBD\n"
    b"A1,Calm Caps,Capsule,L1,2.5,ND\nA2,Day Caps,Capsule,L2,5,<0.1\n"
)


def send(client: CounterClient, content: bytes, name: str = "shelf.csv") -> Any:
    return client.post(
        "/catalog/imports", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def newest() -> ImportRun:
    return db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()  # type: ignore[return-value]


def question(run: ImportRun, code: str) -> dict[str, Any]:
    return next(one for one in run.report["questions"] if one["code"] == code)


@pytest.fixture
def bare_units(app: Flask, store: Store, manager_client: CounterClient) -> ImportRun:
    """A waiting file whose THC and CBD columns state no unit."""
    send(manager_client, shelf_file(shelf_line(), shelf_line("S2"), readings="THC,CBD").encode())
    return newest()


def test_a_unit_that_was_decided_ends_the_hold_and_is_stored(
    bare_units: ImportRun, manager_client: CounterClient
) -> None:
    asked = [one for one in bare_units.report["questions"] if one["code"] == "unit-unknown"]
    assert [one["rows"] for one in asked] == [2, 2]
    assert bare_units.report["verdict"]["held"] == 2
    decided = {f"{one['id']}-choice": "correct" for one in asked}
    decided |= {f"{one['id']}-value": "mg_per_serving" for one in asked}
    kept = manager_client.post(f"/catalog/imports/{bare_units.id}/decide", data=decided)
    assert kept.status_code == 303
    assert newest().report["verdict"] == {"saleable": 2, "held": 0, "lines": 0, "left": 0}
    assert "All 2 rows can be sold as they are." in text(manager_client.get(kept.location))
    manager_client.post(f"/catalog/imports/{bare_units.id}/apply", data={})
    batches = db.session.scalars(select(Batch)).all()
    assert [(len(batch.open_holds), batch.readings[0].unit.value) for batch in batches] == [
        (0, "mg_per_serving")
    ] * 2
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "catalog.finding-decided")).one()


def test_what_is_left_stays_held(bare_units: ImportRun, manager_client: CounterClient) -> None:
    manager_client.post(f"/catalog/imports/{bare_units.id}/decide", data={})
    manager_client.post(f"/catalog/imports/{bare_units.id}/apply", data={})
    assert all(batch.open_holds for batch in db.session.scalars(select(Batch)))


def test_a_cell_that_could_not_be_read_is_put_right_by_hand(
    app: Flask, store: Store, manager_client: CounterClient
) -> None:
    sent = send(manager_client, shelf_file(shelf_line(readings="lots,2.5")).encode())
    page = manager_client.get(sent.location).get_data(as_text=True)
    assert 'name="cell-2-THC_mg_per_serving"' in page
    manager_client.post(f"{sent.location}/decide", data={"cell-2-THC_mg_per_serving": "2.5"})
    assert newest().report["verdict"]["saleable"] == 1 and newest().report["rejected"] == []
    manager_client.post(f"{sent.location}/apply", data={})
    batch = db.session.scalars(select(Batch)).one()
    assert {reading.analyte: reading.value for reading in batch.readings} == {"THC": 2.5, "CBD": 2.5}


def test_an_answer_no_question_offers_is_refused_in_words(
    bare_units: ImportRun, manager_client: CounterClient
) -> None:
    name = question(bare_units, "unit-unknown")["id"]
    answer = manager_client.post(
        f"/catalog/imports/{bare_units.id}/decide",
        data={f"{name}-choice": "correct", f"{name}-value": "furlongs"},
    )
    assert answer.status_code == 422
    assert "Choose what it should be." in text(answer)


def test_a_twin_column_is_stored_only_as_what_a_manager_says_it_holds(
    app: Flask, store: Store, manager_client: CounterClient
) -> None:
    send(manager_client, (HERE / "ct-registry.csv").read_bytes(), "ct.csv")
    run = newest()
    asked = question(run, "twin-columns")
    manager_client.post(f"/catalog/imports/{run.id}/decide", data={f"{asked['id']}-choice": "accept"})
    manager_client.post(f"/catalog/imports/{run.id}/apply", data={})
    told = {
        r.analyte: r.read_as.value
        for b in db.session.scalars(select(Batch))
        for r in b.readings
        if r.analyte == "CBD"
    }
    assert told["CBD"] in {"rejected", "blank"}


def test_a_file_of_no_known_format_is_read_through_a_mapping_that_is_remembered(
    app: Flask, store: Store, manager_client: CounterClient
) -> None:
    sent = send(manager_client, UNKNOWN, "odd.csv")
    assert sent.location.endswith("/columns")
    page = text(manager_client.get(sent.location))
    assert "What is each column?" in page
    assert "Calm Caps · Day Caps" in page
    columns = ["sku", "name", "form", "batch", "THC|mg_per_serving", "CBD|mg_per_serving"]
    typed = {f"column-{place}": meaning for place, meaning in enumerate(columns)}
    nameless = manager_client.post(sent.location, data=typed)
    assert nameless.status_code == 422
    assert 'value="THC|mg_per_serving" selected' in nameless.get_data(as_text=True)  # nothing chosen is lost
    assert manager_client.post(sent.location, data=typed | {"source": "Odd Supplier"}).status_code == 303
    run = newest()
    assert run.report["verdict"]["saleable"] + run.report["verdict"]["held"] == 2
    manager_client.post(f"/catalog/imports/{run.id}/apply", data={"count": "4"})
    assert {product.sku: product.form for product in db.session.scalars(select(Product))} == {
        "A1": "capsule", "A2": "capsule",
    }  # fmt: skip
    assert db.session.scalars(select(ImportMapping)).one().name == "Odd Supplier"
    again = send(manager_client, UNKNOWN.replace(b"2.5", b"3.5"), "odd-2.csv")
    assert not again.location.endswith("/columns")
    assert newest().report["changes"][0]["fields"]["readings"][1]["THC mg_per_serving"] == [
        3.5,
        "number",
        None,
    ]


def test_a_mapping_without_a_product_is_refused_and_keeps_what_was_chosen(
    app: Flask, store: Store, manager_client: CounterClient
) -> None:
    sent = send(manager_client, UNKNOWN, "odd.csv")
    answer = manager_client.post(sent.location, data={"column-2": "form", "source": "Odd Supplier"})
    assert answer.status_code == 422
    assert 'value="form" selected' in answer.get_data(as_text=True)
    assert "Odd Supplier" in answer.get_data(as_text=True)


def test_the_annotated_copy_says_by_each_row_what_was_found_and_runs_no_formula(
    app: Flask, store: Store, manager_client: CounterClient
) -> None:
    bad = shelf_file(shelf_line(readings="lots,2.5"), shelf_line("S2", name="=2+2"))
    send(manager_client, bad.encode())
    answer = manager_client.get(f"/catalog/imports/{newest().id}/annotated.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0][-2:] == ["Counselor: what was found", "Counselor: why it is held"]
    assert "“lots” is not a number" in rows[1][-2]
    assert rows[2][1] == "'=2+2"


def test_an_applied_import_is_undone_from_its_page_with_a_reason(
    app: Flask, store: Store, manager_client: CounterClient
) -> None:
    send(manager_client, shelf_file(shelf_line()).encode())
    run = newest()
    manager_client.post(f"/catalog/imports/{run.id}/apply", data={})
    assert manager_client.post(f"/catalog/imports/{run.id}/undo", data={"reason": ""}).status_code == 422
    done = manager_client.post(f"/catalog/imports/{run.id}/undo", data={"reason": "Wrong store."})
    page = text(manager_client.get(done.location))
    assert "Undone. Removed: 1 products, 1 batches." in page
    assert "Wrong store." in page
    assert db.session.scalars(select(Product)).all() == []


def test_a_counselor_decides_nothing_about_files(
    bare_units: ImportRun, counselor_client: CounterClient
) -> None:
    for address in ("decide", "undo", "columns"):
        assert (
            counselor_client.post(f"/catalog/imports/{bare_units.id}/{address}", data={}).status_code == 403
        )


@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="SQLite alone has one lock for all who write")
def test_nobody_waits_while_a_file_is_read(
    app: Flask, store: Store, manager_client: CounterClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = app.extensions["counselor"].sqlite_file
    written: list[str] = []
    read = Upload.read

    def somebody_writes_meanwhile(upload: Upload) -> Any:
        other = sqlite3.connect(file, timeout=0.1, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()
        written.append(upload.name)
        return read(upload)

    send(manager_client, shelf_file(shelf_line()).encode())
    monkeypatch.setattr(Upload, "read", somebody_writes_meanwhile)
    done = manager_client.post(f"/catalog/imports/{newest().id}/apply", data={})
    assert done.status_code == 303 and written == ["shelf.csv"]
    assert db.session.scalars(select(Product)).one().sku == "S1"
