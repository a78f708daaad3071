"""The list: what it finds, in which order, and that its cost does not grow with the catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from counselor import audit
from counselor.catalog.models import AnalyteReading, Batch, Product
from counselor.catalog.presenters import ProductPresenter
from counselor.catalog.queries import find_product
from counselor.catalog.strengths import strengths
from counselor.database import db
from counselor.imports import actions
from counselor.staff.models import Store
from tests.bench.large_shop import fill

from .conftest import AT, shelf_file, shelf_line

Write = Callable[..., Path]


def names(answer: Any) -> list[str]:
    """Products in the order of the page."""
    assert answer.status_code == 200
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]+)</a>', answer.get_data(as_text=True))


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.fixture
def shop(app: object, store: Store, write: Write) -> None:
    """Four products: weak, strong, measured in percent, and one of which THC is not known."""
    columns = "THC_mg_per_serving,CBD_mg_per_serving,THC_percent,CBD_percent"
    lines = [
        shelf_line("A", name="Weak Capsules", readings="2.5,10,,", batch="B1", brand="Zinnia", stock="3"),
        shelf_line("B", name="Strong Gummies", readings="10,ND,,", batch="B2", brand="alder", stock="40",
                   form="gummy", expires_on="2026-12-01"),
        shelf_line("C", name="Green Flower", readings=",,20,0.5", batch="B3", form="flower", route="smoked",
                   serving="", smallest_dose="", servings_per_package="", brand="", stock="0"),
        shelf_line("D", name="Mystery Capsules", readings="N/T,5,,", batch="B4", stock="9"),
    ]  # fmt: skip
    actions.import_file(write(shelf_file(*lines, readings=columns)), by=None, at=AT, store=store)
    db.session.commit()


@contextmanager
def counted() -> Iterator[list[str]]:
    """Statements sent to the database inside."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("", "Green Flower, Mystery Capsules, Strong Gummies, Weak Capsules"),
        ("sort=name&order=down", "Weak Capsules, Strong Gummies, Mystery Capsules, Green Flower"),
        ("sort=brand", "Mystery Capsules, Strong Gummies, Weak Capsules, Green Flower"),
        ("sort=brand&order=down", "Weak Capsules, Mystery Capsules, Strong Gummies, Green Flower"),
        ("sort=form", "Mystery Capsules, Weak Capsules, Green Flower, Strong Gummies"),
        ("sort=thc", "Weak Capsules, Strong Gummies, Green Flower, Mystery Capsules"),
        ("sort=thc&order=down", "Strong Gummies, Weak Capsules, Green Flower, Mystery Capsules"),
        ("sort=cbd&order=down", "Weak Capsules, Mystery Capsules, Strong Gummies, Green Flower"),
        ("sort=stock", "Green Flower, Weak Capsules, Mystery Capsules, Strong Gummies"),
        ("sort=stock&order=down", "Strong Gummies, Mystery Capsules, Weak Capsules, Green Flower"),
        ("sort=expiry", "Strong Gummies, Green Flower, Mystery Capsules, Weak Capsules"),
        ("sort=nonsense", "Green Flower, Mystery Capsules, Strong Gummies, Weak Capsules"),
    ],
)
def test_every_column_sorts_both_ways_and_what_is_not_known_stands_last(
    counselor_client: Any, shop: None, asked: str, order: str
) -> None:
    assert ", ".join(names(counselor_client.get(f"/catalog?{asked}"))) == order


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("thc_from=2.5", {"Weak Capsules", "Strong Gummies"}),
        ("thc_from=2,5&thc_to=9", {"Weak Capsules"}),
        ("thc_to=9", {"Weak Capsules"}),
        ("cbd_from=0&cbd_to=0", {"Strong Gummies"}),
        ("cbd_from=5&cbd_to=5", {"Mystery Capsules"}),
        ("brand=ZINN", {"Weak Capsules"}),
        ("brand=%25", set()),
        ("most=3", {"Weak Capsules", "Green Flower"}),
        ("most=0", {"Green Flower"}),
        ("q=capsules&most=3&thc_from=1", {"Weak Capsules"}),
        ("q=B2", {"Strong Gummies"}),
        ("form=unknown", set()),
    ],
)
def test_filters_cut_to_what_they_say_and_what_is_not_known_never_fits_an_amount(
    counselor_client: Any, shop: None, asked: str, found: set[str]
) -> None:
    page = counselor_client.get(f"/catalog?{asked}")
    assert set(names(page)) == found
    if not found:
        assert "No product fits" in text(page)


def test_the_heading_in_use_says_its_direction_and_the_next_press_turns_it(
    counselor_client: Any, shop: None
) -> None:
    page = counselor_client.get("/catalog?sort=brand&q=capsules").get_data(as_text=True)
    assert page.count('aria-sort="ascending"') == 1
    assert "aria-sort" not in page.split("Sort by ")[3]
    assert "/catalog?q=capsules&amp;sort=brand&amp;order=down" in page
    turned = counselor_client.get("/catalog?sort=brand&order=down").get_data(as_text=True)
    assert 'aria-sort="descending"' in turned
    assert 'aria-sort="ascending"' not in turned


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("thc_from=much", "“much” is not an amount in mg"),
        ("cbd_to=-1", "“-1” is not an amount in mg"),
        ("thc_from=nan", "“nan” is not an amount in mg"),
        ("thc_from=5&thc_to=2", "nothing can be between 5 and 2"),
        ("most=few", "“few” is not a whole number"),
        ("most=999999", "“999999” is not a whole number"),
    ],
)
def test_a_limit_that_cannot_be_read_is_said_and_stays_in_its_field(
    counselor_client: Any, shop: None, asked: str, said: str
) -> None:
    page = counselor_client.get(f"/catalog?{asked}")
    assert said in text(page)
    name, typed = asked.rpartition("&")[2].split("=")
    assert re.search(rf'name="{name}" value="{typed}"', page.get_data(as_text=True))


def test_hostile_addresses_get_a_page(counselor_client: Any, shop: None) -> None:
    for asked in (
        "per=7",
        "per=99999999999999",
        "page=0",
        "q=%00",
        "order=sideways",
        "sort=%F0%9F%8C%BF",
    ):
        assert len(names(counselor_client.get(f"/catalog?{asked}"))) == 4, asked


def test_the_list_costs_the_same_number_of_statements_for_four_products_and_for_four_hundred(
    manager_client: Any, store: Store, shop: None
) -> None:
    asked = ("", "?q=o", "?sort=thc", "?sort=stock&order=down", "?per=200", "?state=saleable")
    manager_client.get("/catalog?sort=thc")
    few = []
    for one in asked:
        with counted() as sent:
            manager_client.get(f"/catalog{one}")
        few.append(len(sent))
    fill(store, 400)
    manager_client.get("/catalog?sort=thc")
    for one, before in zip(asked, few, strict=True):
        with counted() as sent:
            page = manager_client.get(f"/catalog{one}")
        assert len(sent) <= before + 1, one  # several batches of one product ask which of them is on sale
        assert len(names(page)) == (200 if "per" in one else 50)
        assert len(sent) < 20


def test_what_the_list_sorts_by_is_what_the_guidance_works_out(app: object, store: Store) -> None:
    fill(store, 60)
    sorted_by = strengths().of_batch
    for product_id in db.session.scalars(select(Product.id)):
        product = find_product(product_id)
        assert product is not None
        for batch in ProductPresenter(product, store=store, today=AT.date()).batches:
            profile, strength = batch.profile, sorted_by[batch.batch.id]
            amounts = profile.mg if profile.per == "serving" else profile.percent
            assert strength.per == profile.per
            for key, amount in (("THC", strength.thc), ("CBD", strength.cbd)):
                assert amount == (None if key in profile.unknown else amounts.get(key, 0.0))


def test_a_changed_reading_changes_the_order_at_once(
    manager_client: Any, make_staff: Any, shop: None, store: Store
) -> None:
    assert names(manager_client.get("/catalog?sort=thc"))[0] == "Weak Capsules"
    reading = db.session.scalars(
        select(AnalyteReading).join(Batch).where(Batch.number == "B1", AnalyteReading.analyte == "THC")
    ).one()
    reading.value = 99
    audit.record("product.changed", subject=reading.batch.product, by=None, at=AT)
    db.session.commit()
    assert names(manager_client.get("/catalog?sort=thc"))[0] == "Strong Gummies"


def test_looking_at_a_patient_does_not_make_the_list_work_everything_out_again(app: Any, shop: None) -> None:
    first = strengths()
    audit.record("patient.changed", subject="patient", by=None, at=AT)
    db.session.commit()
    assert strengths() is first
    audit.record("catalog.imported", subject="import_run", by=None, at=AT)
    db.session.commit()
    assert strengths() is not first


def test_rows_on_a_page_are_chosen_and_stay_with_the_search(
    manager_client: Any, store: Store, shop: None
) -> None:
    fill(store, 120)
    page = manager_client.get("/catalog?q=o&per=100").get_data(as_text=True)
    assert 'href="/catalog?q=o&amp;per=200"' in page
    assert 'href="/catalog?q=o&amp;per=100" aria-current="true"' in page
    assert len(names(manager_client.get("/catalog?per=100"))) == 100
    assert len(names(manager_client.get("/catalog?per=100&page=2"))) > 0


def test_a_counselor_sees_no_ticks_and_no_bulk_change(counselor_client: Any, shop: None) -> None:
    page = counselor_client.get("/catalog").get_data(as_text=True)
    assert 'type="checkbox"' not in page
    assert "of the ticked" not in page
