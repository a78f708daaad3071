"""One change to many products: shown first, made whole, taken back without touching anybody else's work."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from counselor import clock
from counselor.audit.models import AuditEvent
from counselor.catalog import bulk
from counselor.catalog.models import BulkChange, BulkLine, LineState, Product
from counselor.database import db
from counselor.imports import actions
from counselor.staff.models import Store

from .conftest import AT, shelf_file, shelf_line

Write = Callable[..., Path]


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.fixture
def products(app: object, store: Store, write: Write) -> list[Product]:
    """Three capsules and a balm."""
    lines = [shelf_line(f"S{n}", name=f"Capsules {n}", batch=f"B{n}") for n in (1, 2, 3)]
    balm = shelf_line("S4", name="Balm", batch="B4", form="balm", route="topical", brand="Birch")
    actions.import_file(write(shelf_file(*lines, balm)), by=None, at=AT, store=store)
    db.session.commit()
    return list(db.session.scalars(select(Product).order_by(Product.sku)))


def plan(client: Any, products: list[Product], kind: str, **values: Any) -> str:
    """Plan a change of these products; the address of its page."""
    sent = {"kind": kind, "scope": "ticked", "product": [str(p.id) for p in products], "reason": "Relabeled"}
    answer = client.post("/catalog/bulk", data=sent | values)
    assert answer.status_code == 303, text(answer)
    return str(answer.location)


def events(kind: str) -> list[AuditEvent]:
    return list(
        db.session.scalars(select(AuditEvent).where(AuditEvent.kind == kind).order_by(AuditEvent.number))
    )


def test_nothing_changes_until_it_is_made_and_the_page_shows_each_product(
    manager_client: Any, products: list[Product]
) -> None:
    address = plan(manager_client, products, "brand", brand="Birch")
    page = text(manager_client.get(address))
    assert "Nothing is changed yet" in page
    assert "Capsules 1 S1 Alder Birch Will change" in page
    assert "Balm S4 Birch no change Says so already" in page
    assert {product.brand for product in products[:3]} == {"Alder"}
    assert events("product.changed") == []


def test_a_change_is_made_with_one_event_each_and_one_for_the_whole_and_is_undone_exactly(
    manager_client: Any, products: list[Product]
) -> None:
    address = plan(manager_client, products, "brand", brand="Birch")
    made = manager_client.post(f"{address}/make", follow_redirects=True)
    assert "3 products changed." in text(made)
    assert {product.brand for product in products} == {"Birch"}
    each = events("product.changed")
    assert [event.detail["changes"] for event in each] == [{"brand": ["Alder", "Birch"]}] * 3
    assert {event.note for event in each} == {"Relabeled"}
    assert len(events("catalog.changed-in-bulk")) == 1
    undone = manager_client.post(f"{address}/undo", follow_redirects=True)
    assert "Taken back for 3 products." in text(undone)
    assert [product.brand for product in products] == ["Alder", "Alder", "Alder", "Birch"]
    assert len(events("product.changed")) == 6
    assert len(events("catalog.bulk-undone")) == 1


def test_what_cannot_be_so_is_refused_with_the_reason_and_the_rest_is_made(
    manager_client: Any, products: list[Product]
) -> None:
    address = plan(manager_client, products, "form", form="gummy")
    page = text(manager_client.get(address))
    assert "Gummy does not go with the route topical." in page
    manager_client.post(f"{address}/make")
    assert [product.form for product in products] == ["gummy", "gummy", "gummy", "balm"]


def test_a_product_whose_route_is_not_known_wants_both(manager_client: Any, products: list[Product]) -> None:
    products[0].form = products[0].route = ""
    db.session.commit()
    page = text(manager_client.get(plan(manager_client, products[:1], "form", form="gummy")))
    assert "Its route would not be known. Change form and route together." in page
    address = plan(manager_client, products[:1], "form_route", form="gummy", route="edible")
    manager_client.post(f"{address}/make")
    assert (products[0].form, products[0].route) == ("gummy", "edible")


def test_somebody_elses_change_between_plan_and_make_is_left_alone_and_named(
    manager_client: Any, products: list[Product]
) -> None:
    address = plan(manager_client, products[:2], "brand", brand="Birch")
    products[0].brand = "Cedar"
    db.session.commit()
    page = text(manager_client.post(f"{address}/make", follow_redirects=True))
    assert "1 products changed. 1 were left alone" in page
    assert "Somebody changed it in between: brand is now Cedar." in page
    assert [product.brand for product in products[:2]] == ["Cedar", "Birch"]


def test_another_field_changed_in_between_does_not_stand_in_the_way(
    manager_client: Any, products: list[Product]
) -> None:
    address = plan(manager_client, products[:1], "brand", brand="Birch")
    products[0].lineage = "hybrid"
    db.session.commit()
    manager_client.post(f"{address}/make")
    assert (products[0].brand, products[0].lineage) == ("Birch", "hybrid")


def test_an_undo_leaves_what_somebody_changed_since_and_says_which(
    manager_client: Any, products: list[Product]
) -> None:
    address = plan(manager_client, products[:3], "smallest_dose", smallest_dose="0.5")
    manager_client.post(f"{address}/make")
    products[1].smallest_dose = 0.25
    db.session.commit()
    page = text(manager_client.post(f"{address}/undo", follow_redirects=True))
    assert "Taken back for 2 products. 1 stay as they are" in page
    assert "smallest dose is now 0.25" in page
    assert [product.smallest_dose for product in products[:3]] == [1, 0.25, 1]


def test_an_undo_that_would_not_fit_any_more_is_not_done(
    manager_client: Any, products: list[Product]
) -> None:
    address = plan(manager_client, products[3:], "form", form="cream")
    manager_client.post(f"{address}/make")
    products[3].form, products[3].route = "cream", ""
    db.session.commit()
    manager_client.post(f"{address}/undo")
    assert products[3].form == "cream"
    line = db.session.scalars(select(BulkLine)).one()
    assert line.state is LineState.KEPT
    assert "route would not be known" in line.note


@pytest.mark.parametrize("deed", ["make", "undo"])
def test_the_same_button_twice_does_it_once(manager_client: Any, products: list[Product], deed: str) -> None:
    address = plan(manager_client, products[:1], "brand", brand="Birch")
    manager_client.post(f"{address}/make")
    if deed == "undo":
        manager_client.post(f"{address}/undo")
    before = db.session.scalar(select(func.count()).select_from(AuditEvent))
    page = text(manager_client.post(f"{address}/{deed}", follow_redirects=True))
    assert "Nothing was changed now." in page
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == before


def test_a_plan_cannot_be_undone(manager_client: Any, products: list[Product]) -> None:
    address = plan(manager_client, products, "brand", brand="Birch")
    assert "never made" in text(manager_client.post(f"{address}/undo", follow_redirects=True))
    assert products[0].brand == "Alder"


def test_all_that_the_list_found_is_changed_beyond_the_page(
    manager_client: Any, products: list[Product]
) -> None:
    sent = {"kind": "brand", "scope": "all", "list-q": "capsules", "brand": "Dune", "reason": "Sold"}
    chosen = manager_client.post("/catalog/bulk/choose", data=sent)
    assert "of 3 products" in text(chosen)
    address = manager_client.post("/catalog/bulk", data=sent).location
    manager_client.post(f"{address}/make")
    assert [product.brand for product in products] == ["Dune", "Dune", "Dune", "Birch"]


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("smallest_dose", {"smallest_dose": "2"}, "A part of a serving is at most 1."),
        ("serving_g", {"serving_g": "much"}, "“much” is not a number."),
        ("form_route", {"form": "capsule", "route": "smoked"}, "does not go with the route smoked"),
        ("form_route", {"form": "capsule", "route": ""}, "Give both the form and the route"),
        ("brand", {"brand": "x" * 201}, "cannot be longer than 200"),
        ("brand", {"brand": "Birch", "reason": " "}, "Write why this is changed."),
    ],
)
def test_wrong_input_is_said_at_its_field_and_the_ticks_are_kept(
    manager_client: Any, products: list[Product], kind: str, values: dict[str, str], said: str
) -> None:
    sent = {"kind": kind, "scope": "ticked", "product": str(products[0].id), "reason": "Why not"}
    answer = manager_client.post("/catalog/bulk", data=sent | values)
    assert answer.status_code == 422
    assert said in text(answer)
    assert f'name="product" value="{products[0].id}"' in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(BulkChange)) == 0


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "brand", "scope": "ticked"}, "Nothing is ticked."),
        ({"kind": "sku", "scope": "all"}, "Choose what to change."),
        ({"kind": "brand", "scope": "ticked", "product": "x"}, "Nothing is ticked."),
    ],
)
def test_without_products_or_a_kind_the_list_says_so(
    manager_client: Any, products: list[Product], sent: dict[str, str], said: str
) -> None:
    for address in ("/catalog/bulk/choose", "/catalog/bulk"):
        assert said in text(manager_client.post(address, data=sent, follow_redirects=True))


def test_more_than_one_change_may_take_is_refused_before_anything_is_planned(
    manager_client: Any, products: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 3)
    sent = {"kind": "brand", "scope": "all"}
    page = text(manager_client.post("/catalog/bulk/choose", data=sent, follow_redirects=True))
    assert "4 products are more than the 3" in page


def test_a_plan_nobody_made_is_thrown_away_and_what_was_made_stays(
    manager_client: Any, make_staff: Any, products: list[Product]
) -> None:
    made = plan(manager_client, products[:1], "brand", brand="Birch")
    manager_client.post(f"{made}/make")
    plan(manager_client, products[1:2], "brand", brand="Birch")
    bulk.plan(
        products=[products[2].id], kind="brand", values={"brand": "Elm"}, reason="Later",
        by=make_staff("manager"), at=clock.now() + timedelta(days=2),
    )  # fmt: skip
    db.session.commit()
    left = db.session.scalars(select(BulkChange).order_by(BulkChange.id)).all()
    assert [change.wanted["brand"] for change in left] == ["Birch", "Elm"]
    assert "Relabeled" in text(manager_client.get("/catalog/bulk"))


def test_only_a_manager_changes_in_bulk(counselor_client: Any, products: list[Product]) -> None:
    assert counselor_client.get("/catalog/bulk").status_code == 403
    for address in ("choose", "", "1/make", "1/undo"):
        assert counselor_client.post(f"/catalog/bulk/{address}".rstrip("/"), data={}).status_code == 403


def test_a_bulk_change_that_is_not_there_is_not_found(manager_client: Any, products: list[Product]) -> None:
    assert manager_client.get("/catalog/bulk/77").status_code == 404
    assert manager_client.post("/catalog/bulk/77/make").status_code == 404
