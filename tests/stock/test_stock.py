"""Counts: changed by hand with a reason, by sales, by the point of sale's file; never unseen."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from counselor import clock
from counselor.audit.models import AuditEvent
from counselor.catalog.models import Batch, Stock
from counselor.database import db
from counselor.imports.actions import import_file
from counselor.patients.models import Patient
from counselor.staff.models import Staff, Store
from counselor.stock import actions, queries
from counselor.stock.models import StockMovement, Why
from counselor.stock.presenters import basket_text
from tests.conftest import CounterClient
from tests.consultations.conftest import READY, Visit, left
from tests.imports.conftest import shelf_file, shelf_line

Begin = Callable[..., Visit]


def moved() -> list[tuple[str, int, int, str]]:
    rows = db.session.scalars(select(StockMovement).order_by(StockMovement.id))
    return [(one.why, one.change, one.count_after, one.note) for one in rows]


def load(path: Path, store: Store, *, minutes_ago: int = 0, check_only: bool = False) -> actions.LoadOutcome:
    as_of = clock.now() - timedelta(minutes=minutes_ago)
    outcome = actions.load_file(
        path, name=path.name, store=store, as_of=as_of, by=None, at=clock.now(), check_only=check_only
    )
    db.session.commit()
    return outcome


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / f"pos-{len(list(tmp_path.iterdir()))}.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_count_is_changed_with_a_reason_that_stays(
    manager_client: CounterClient, capsules: Batch, store: Store
) -> None:
    form = {"was": "5", "count": "4", "why": "damaged", "reason": ""}
    refused = manager_client.post(f"/stock/{capsules.id}", data=form)
    assert refused.status_code == 422 and "Write what happened." in refused.get_data(as_text=True)
    assert left(capsules) == 5
    manager_client.post(f"/stock/{capsules.id}", data=form | {"reason": "Cap broken"})
    assert left(capsules) == 4
    assert moved() == [("damaged", -1, 4, "Cap broken")]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "stock.adjusted")).one()
    assert (event.note, event.detail["was"], event.detail["count"]) == ("Cap broken", 5, 4)  # type: ignore[index]
    page = manager_client.get(f"/stock/{capsules.id}").get_data(as_text=True)
    assert "Cap broken" in page and "Damaged" in page


def test_somebody_elses_count_in_between_is_told_and_nothing_is_lost(
    manager_client: CounterClient, capsules: Batch
) -> None:
    form = {"was": "6", "count": "9", "why": "received", "reason": "Delivery 17"}
    answer = manager_client.post(f"/stock/{capsules.id}", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "it is 5 now" in page and "Delivery 17" in page and 'value="9"' in page
    assert left(capsules) == 5 and moved() == []


def test_a_sale_writes_its_movement_with_the_visits_number(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1", **{"packages|CAP-1|B-1": "2"})
    visit.sign("sold")
    assert moved() == [("sale", -2, 3, visit.row.number)]


def test_the_basket_goes_to_the_till_as_file_and_code_and_names_no_patient(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1", **{"packages|CAP-1|B-1": "2"})
    visit.sign("sold")
    number = visit.row.number
    answer = counselor_client.get(f"/stock/basket/{number}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [(row["consultation"], row["sku"], row["batch"], row["packages"]) for row in rows] == [
        (number, "CAP-1", "B-1", "2")
    ]
    assert "Rivera" not in answer.get_data(as_text=True)
    assert basket_text(visit.row) == f"C1|{number}|CAP-1~B-1~2"
    assert 'class="stock-code"' in visit.page()
    assert counselor_client.get("/stock/basket/MAIN-999999.csv").status_code == 404


def test_what_is_low_stands_first_by_the_products_own_line(
    manager_client: CounterClient, capsules: Batch, store: Store
) -> None:
    assert queries.shelved(store=store, low=True).found == 0
    manager_client.post(f"/stock/{capsules.id}/line", data={"least": "6"})
    assert queries.shelved(store=store, low=True).found == 1
    assert "Low" in manager_client.get("/stock?low=yes").get_data(as_text=True)


def test_a_file_sets_counts_whole_and_says_what_it_does_not_know(
    app: Flask, capsules: Batch, store: Store, file: Callable[[str], Path]
) -> None:
    path = file("Item,Lot,On hand\nCAP-1,B-1,9\nGHOST,B-9,4\n")
    checked = load(path, store, check_only=True)
    assert checked.changed == ((2, "CAP-1", "B-1", 5, 9),) and left(capsules) == 5
    outcome = load(path, store)
    assert left(capsules) == 9
    assert outcome.unknown == ("Row 3: GHOST, batch B-9, is not in the catalog.",)
    assert moved() == [("file", 4, 9, path.name)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sku,batch,count\nCAP-1,B-1,many\n", "Row 2, count: “many” is not a whole number"),
        ("sku,batch,count\nCAP-1,B-1,-1\n", "Row 2, count: “-1” is not a whole number"),
        ("sku,batch,count\nCAP-1,B-1,2.5\n", "Row 2, count: “2.5” is not a whole number"),
        ("sku,batch,count\n,B-1,2\n", "Row 2: no SKU."),
        ("sku,batch,count\nCAP-1,B-1,2\nCAP-1,B-1,3\n", "Row 3: CAP-1, batch B-1, is in row 2 too."),
        ("sku,batch,count\nGHOST,X,2\n", "name nothing in the catalog"),
    ],
)
def test_a_faulty_file_changes_nothing_and_names_the_row(
    app: Flask, capsules: Batch, store: Store, file: Callable[[str], Path], text: str, says: str
) -> None:
    outcome = load(file(text), store)
    assert any(says in line for line in outcome.refused), outcome.refused
    assert left(capsules) == 5 and moved() == []


def test_an_older_count_does_not_bring_sold_packages_back(
    counselor_client: Any, patient: Patient, capsules: Batch, store: Store, visit_of: Begin,
    file: Callable[[str], Path],
) -> None:  # fmt: skip
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1", **{"packages|CAP-1|B-1": "2"})
    visit.sign("sold")
    load(file("sku,batch,count\nCAP-1,B-1,5\n"), store, minutes_ago=10)
    assert left(capsules) == 3


def test_what_came_by_hand_after_the_count_is_not_lost(
    manager_client: CounterClient, capsules: Batch, store: Store, file: Callable[[str], Path]
) -> None:
    form = {"was": "5", "count": "15", "why": "received", "reason": "Delivery 17"}
    manager_client.post(f"/stock/{capsules.id}", data=form)
    load(file("sku,batch,count\nCAP-1,B-1,5\n"), store, minutes_ago=10)
    assert left(capsules) == 15


def test_a_file_of_a_moment_to_come_is_refused(
    app: Flask, capsules: Batch, store: Store, file: Callable[[str], Path]
) -> None:
    outcome = load(file("sku,batch,count\nCAP-1,B-1,2\n"), store, minutes_ago=-60)
    assert "has not come yet" in outcome.refused[0] and left(capsules) == 5


def test_two_rows_that_name_one_batch_change_nothing(
    app: Flask, capsules: Batch, store: Store, file: Callable[[str], Path]
) -> None:
    outcome = load(file("sku,batch,count\nCAP-1,B-1,4\nCAP-1,,9\n"), store)
    assert outcome.refused == ("Row 3: CAP-1 names the same batch as row 2.",) and left(capsules) == 5


def test_a_visit_that_sold_nothing_gives_the_till_no_basket(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1")
    visit.sign("nothing-sold")
    assert visit.row.number
    assert counselor_client.get(f"/stock/basket/{visit.row.number}.csv").status_code == 404


def test_a_file_older_than_the_last_one_is_refused(
    app: Flask, capsules: Batch, store: Store, file: Callable[[str], Path]
) -> None:
    load(file("sku,batch,count\nCAP-1,B-1,8\n"), store)
    outcome = load(file("sku,batch,count\nCAP-1,B-1,2\n"), store, minutes_ago=30)
    assert "is older than" in outcome.refused[0] and left(capsules) == 8


def test_the_page_says_how_old_the_counts_are(
    manager_client: CounterClient, capsules: Batch, store: Store, file: Callable[[str], Path]
) -> None:
    load(file("sku,batch,count\nCAP-1,B-1,8\n"), store, minutes_ago=90)
    page = manager_client.get("/stock").get_data(as_text=True)
    assert "As of" in page and "more than an hour old" in page


def test_a_file_is_checked_and_loaded_from_the_page(manager_client: CounterClient, capsules: Batch) -> None:
    def send(step: str) -> Any:
        content = io.BytesIO(b"sku,batch,count\nCAP-1,B-1,7\n")
        return manager_client.post(
            "/stock/file",
            data={"file": (content, "pos.csv"), "step": step},
            content_type="multipart/form-data",
        )

    assert "1 counts would change" in send("check").get_data(as_text=True) and left(capsules) == 5
    assert send("load").status_code == 303 and left(capsules) == 7


def test_exported_counts_run_no_formula_and_come_back(
    manager_client: CounterClient, capsules: Batch, store: Store, file: Callable[[str], Path]
) -> None:
    capsules.product.name = "=2+2"
    db.session.commit()
    text = manager_client.get("/stock/counts.csv").get_data(as_text=True)
    assert "'=2+2" in text
    assert load(file(text), store).changed == ()
    assert manager_client.get("/stock/movements.csv").status_code == 200


def test_a_counselor_reads_stock_and_changes_none(counselor_client: CounterClient, capsules: Batch) -> None:
    assert counselor_client.get("/stock").status_code == 200
    assert counselor_client.post(f"/stock/{capsules.id}", data={}).status_code == 403
    assert counselor_client.post("/stock/file", data={}).status_code == 403


def test_of_two_who_count_at_once_one_wins_and_one_is_told(
    app: Flask, capsules: Batch, store: Store, make_staff: Callable[..., Staff]
) -> None:
    by = make_staff("manager")
    batch_id, store_id, staff_id = capsules.id, store.id, by.id
    db.session.commit()  # and nothing is read after: this thread holds no lock
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def count(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                actions.adjust(
                    batch=db.session.get_one(Batch, batch_id),
                    store=db.session.get_one(Store, store_id),
                    was=5,
                    count=number,
                    why=Why.COUNTED,
                    reason="Counted",
                    by=db.session.get_one(Staff, staff_id),
                    at=clock.now(),
                )
                db.session.commit()
                outcomes.append("saved")
            except StaleDataError:
                db.session.rollback()
                outcomes.append("told")

    workers = [threading.Thread(target=count, args=(number,)) for number in (3, 4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert db.session.scalar(select(func.count()).select_from(StockMovement)) == 1
    assert db.session.scalar(select(Stock.count).where(Stock.batch_id == batch_id)) in (3, 4)


@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="runs the command on a home of its own")
def test_the_watched_folder_loads_what_is_whole_and_says_why_it_refuses(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "inbox"
    folder.mkdir()

    def counselor(*command: str) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("COUNSELOR", "DATABASE"))}
        subprocess.run(
            [sys.executable, "-m", "counselor", *command], env=environment | {"COUNSELOR_HOME": str(home)},
            check=True, capture_output=True,
        )  # fmt: skip

    counselor("db", "upgrade")
    counselor("store", "open", "--name", "Main", "--zone", "UTC")
    shelf = Path(__file__).parents[2] / "seed" / "catalog" / "clinic-shelf.csv"
    counselor("catalog", "import", str(shelf))
    with shelf.open(encoding="utf-8", newline="") as source:
        first = next(csv.DictReader(source))
    good, bad, fresh = folder / "good.csv", folder / "bad.csv", folder / "fresh.csv"
    good.write_text(f"sku,batch,count\n{first['sku']},{first['batch']},77\n", encoding="utf-8")
    bad.write_text("sku,batch,count\nX,Y,none\n", encoding="utf-8")
    for file in (good, bad):
        os.utime(file, (time.time() - 60, time.time() - 60))
    fresh.write_text("sku,batch,count\n", encoding="utf-8")
    os.utime(fresh, (time.time() + 3600, time.time() + 3600))
    counselor("stock", "watch", str(folder), "--once")
    assert (folder / "done" / "good.csv").exists()
    assert "Row 2, count" in (folder / "refused" / "bad.csv.txt").read_text(encoding="utf-8")
    assert fresh.exists(), "it may still be being written"


def test_an_import_that_changes_a_count_leaves_a_movement(app: Flask, store: Store, tmp_path: Path) -> None:
    for stock in ("7", "4"):
        path = tmp_path / f"shelf-{stock}.csv"
        path.write_text(shelf_file(shelf_line(stock=stock)), encoding="utf-8")
        import_file(path, by=None, at=clock.now(), store=store)
        db.session.commit()
    assert moved() == [("import", -3, 4, "")]
