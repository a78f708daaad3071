"""The reports' pages and files: true to the shelf, open to everybody who reads the catalog, and harmless."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counselor import clock
from counselor.audit.models import AuditEvent
from counselor.catalog.models import Batch, Product, Stock
from counselor.database import db
from counselor.imports import actions
from counselor.reports import exports
from counselor.staff.models import Store
from tests.catalog.conftest import AT, shelf_file, shelf_line, write

__all__ = ["write"]

Shelve = Callable[..., None]


@pytest.fixture
def shelve(app: object, store: Store, write: Callable[..., Path]) -> Shelve:
    """Put rows of the Counselor CSV on the store's shelf, good for another year from today."""

    def put(*lines: str) -> None:
        actions.import_file(write(shelf_file(*lines)), by=None, at=AT, store=store)
        for batch in db.session.scalars(db.select(Batch)):
            today = clock.today(store)
            batch.tested_on, batch.expires_on = today - timedelta(days=30), today + timedelta(days=365)
        db.session.commit()

    return put


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def lines(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def found(sku: str) -> Product:
    product: Product = db.session.scalars(db.select(Product).where(Product.sku == sku)).one()
    return product


# the map


def test_an_empty_shelf_says_so_instead_of_drawing_a_map(manager_client: Any) -> None:
    assert "Nothing is on this shelf yet" in text(manager_client.get("/reports/coverage"))


def test_the_map_lists_every_condition_and_what_was_studied_and_is_missing(
    counselor_client: Any, shelve: Shelve
) -> None:
    shelve(shelf_line("S1"))
    page = text(counselor_client.get("/reports/coverage?group=all"))
    assert "Huntington disease" in page
    assert (
        "Edible, under the tongue or in the cheek, THC:CBD about 1:1, at most 2.5 mg THC and 5 mg CBD" in page
    )
    assert "missing for everybody Multiple sclerosis, spasticity: substantial evidence" in page
    assert "Hemifacial spasm, for" not in page


def test_a_group_narrows_the_map_and_an_unknown_group_is_let_be(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1"))
    page = text(manager_client.get("/reports/coverage?group=pain"))
    assert "Fibromyalgia" in page
    assert "Huntington" not in page
    assert "Huntington" in text(manager_client.get("/reports/coverage?group=<script>"))


def test_a_sold_package_changes_the_map_at_once(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1"))
    address = "/reports/coverage/chronic-pain/edible"
    assert "New to it 1 product" in text(manager_client.get(address))
    before = lines(manager_client.get("/reports/coverage.csv?group=pain"))
    db.session.scalars(db.select(Stock)).one().count = 0
    db.session.commit()
    assert "New to it 1 none left." in text(manager_client.get(address))
    after = lines(manager_client.get("/reports/coverage.csv?group=pain"))
    pick = [("Chronic pain", "edible", "New to it")]
    told = [
        next(row for row in rows if (row["condition"], row["route"], row["for whom"]) in pick)
        for rows in (before, after)
    ]
    assert (told[0]["on the shelf"], told[0]["products"]) == ("one product", "S1")
    assert (told[1]["on the shelf"], told[1]["why"]) == ("no product", "1 none left.")


def test_a_cell_shows_for_whom_a_product_is_weak_enough(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1", readings="5,0"))
    page = text(manager_client.get("/reports/coverage/chronic-pain/edible"))
    assert "New to it 1 too strong for a first dose." in page
    assert "Regular use 1 product" in page


def test_a_condition_that_gets_no_product_says_so(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1"))
    page = text(manager_client.get("/reports/coverage/myoclonus-opioid/edible"))
    assert "No product is suggested for this condition, whatever lies on the shelf." in page


@pytest.mark.parametrize("address", ["/reports/coverage/x/edible", "/reports/coverage/chronic-pain/x"])
def test_what_does_not_exist_is_not_found(manager_client: Any, address: str) -> None:
    assert manager_client.get(address).status_code == 404


def test_what_to_order_comes_as_a_file_with_grade_and_sources(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1"))
    rows = lines(manager_client.get("/reports/order.csv?group=spasticity"))
    assert rows
    assert all(row["evidence"] != "Not studied" and row["sources"] for row in rows)
    assert rows[0]["evidence"] == "Substantial evidence"


def test_a_counselor_is_offered_no_setting_of_facts(counselor_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("SILENT", readings="20,0", smallest_dose="", name="Silent Ones"))
    page = text(counselor_client.get("/reports/never"))
    assert "Silent Ones" in page
    assert "Set it" not in page


# never


def test_what_nobody_can_be_given_stands_with_its_reason_and_the_fullest_group_first(
    manager_client: Any, shelve: Shelve
) -> None:
    shelve(
        shelf_line("FINE"),
        shelf_line("STRONG", readings="50,0", stock="3", name="Strong Ones"),
        shelf_line("SILENT", readings="20,0", smallest_dose="", stock="40", name="Silent Ones"),
    )
    page = text(manager_client.get("/reports/never"))
    assert "43 packages of 2 batches" in page
    assert "Plain Capsules" not in page
    assert page.index("Smallest measurable part not stated") < page.index("Too strong to begin with")
    assert f"/catalog/products/{found('SILENT').id}" in manager_client.get("/reports/never").get_data(
        as_text=True
    )
    assert page.count("Set it") == 1
    rows = lines(manager_client.get("/reports/never.csv"))
    assert [(row["sku"], row["packages"]) for row in rows] == [("SILENT", "40"), ("STRONG", "3")]


def test_a_shelf_on_which_everything_fits_says_so(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("FINE"))
    assert "Everything on the shelf can be suggested to somebody" in text(
        manager_client.get("/reports/never")
    )


def test_what_is_not_there_is_not_counted_as_lying_there(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("GONE", stock="0"))
    page = text(manager_client.get("/reports/never"))
    assert "0 packages of 0 batches" in page
    assert "Batches with no package left (1)" in page


# substitutes


def test_a_product_page_leads_to_what_is_near_it(counselor_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1"), shelf_line("S2", readings="5,5", name="Twice As Much"))
    product = found("S1")
    shown = counselor_client.get(f"/catalog/products/{product.id}").get_data(as_text=True)
    assert f"/reports/substitute/{product.id}" in shown
    page = text(counselor_client.get(f"/reports/substitute/{product.id}"))
    assert "Twice As Much" in page
    assert "2.5 mg more THC in a serving (5 mg instead of 2.5 mg)" in page
    assert "Milligrams of one route are never exchanged" in page
    (row,) = lines(counselor_client.get(f"/reports/substitute/{product.id}.csv"))
    assert row["sku"] == "S2"
    assert "More THC than before" in row["caution"]


def test_a_product_that_this_store_never_had_has_substitutes_all_the_same(
    manager_client: Any, shelve: Shelve
) -> None:
    shelve(shelf_line("S1"), shelf_line("S2"))
    batch = found("S1").batches[0]
    db.session.execute(db.delete(Stock).where(Stock.batch_id == batch.id))
    db.session.commit()
    page = text(manager_client.get(f"/reports/substitute/{batch.product_id}"))
    assert "By the same route Plain Capsules" in page


def test_an_unknown_strength_is_called_near_to_nothing(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1", readings=","), shelf_line("S2"))
    page = text(manager_client.get(f"/reports/substitute/{found('S1').id}"))
    assert "a likeness would be a guess" in page
    assert "S2" not in page


def test_a_batch_may_be_chosen_and_a_foreign_one_is_let_be(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1", batch="B1"), shelf_line("S1", batch="B2", readings="1,1"), shelf_line("S2"))
    product = found("S1")
    second = next(batch for batch in product.batches if batch.number == "B2")
    address = f"/reports/substitute/{product.id}"
    assert "Compared with batch B2" in text(manager_client.get(f"{address}?batch={second.id}"))
    assert "Compared with batch B" in text(manager_client.get(f"{address}?batch=99999"))


def test_the_sku_alone_finds_the_page(counselor_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1"))
    answer = counselor_client.get("/reports/substitute?sku=S1")
    assert answer.headers["Location"] == f"/reports/substitute/{found('S1').id}"
    assert counselor_client.get("/reports/substitute?sku=nothing").status_code == 404
    assert counselor_client.get("/reports/substitute/999").status_code == 404


# files and harmlessness


@pytest.mark.parametrize("said", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_a_file_is_a_formula(said: str) -> None:
    assert exports.as_text(said) == f"'{said}"
    assert exports.as_text("plain") == "plain"
    assert exports.as_text(None) == ""


def test_a_product_named_like_a_formula_stays_text(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1", readings="50,0", name='"=HYPERLINK(""http://x"")"'))
    assert lines(manager_client.get("/reports/never.csv"))[0]["product"].startswith("'=HYPERLINK")


def test_reading_reports_writes_nothing(manager_client: Any, shelve: Shelve) -> None:
    shelve(shelf_line("S1"))
    count = db.select(db.func.count()).select_from(AuditEvent)
    manager_client.get("/catalog")
    before = db.session.scalar(count)
    for address in (
        "coverage",
        "coverage.csv",
        "order.csv",
        "never",
        "never.csv",
        "coverage/chronic-pain/edible",
    ):
        assert manager_client.get(f"/reports/{address}").status_code == 200
    assert db.session.scalar(count) == before
