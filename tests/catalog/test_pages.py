"""The catalog's pages: what each role may do, and that nothing typed is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from counselor import places
from counselor.audit.models import AuditEvent
from counselor.catalog import queries
from counselor.catalog.models import Batch, Hold, HoldKind, Product, Stock
from counselor.database import db
from counselor.imports import actions
from counselor.imports.models import ImportRun
from counselor.staff.models import Store

from .conftest import AT, HERE, shelf_file, shelf_line

Write = Callable[..., Path]


@pytest.fixture
def capsules(app: object, store: Store, write: Write) -> Product:
    """One product with one saleable batch."""
    actions.import_file(write(shelf_file(shelf_line())), by=None, at=AT, store=store)
    db.session.commit()
    return db.session.scalars(select(Product)).one()


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def typed(product: Product, **changes: Any) -> dict[str, Any]:
    """What the edit form would send for the product as it is, with changes."""
    batch = product.batches[0]
    return {
        "sku": product.sku,
        "name": product.name,
        "brand": product.brand,
        "form": product.form,
        "route": product.route,
        "serving": product.serving,
        "servings_per_package": "30",
        "smallest_dose": "1",
        "ingredients": product.ingredients or "",
        "lineage": "",
        "new_batch": "",
        "version": str(product.version),
        f"batch-{batch.id}-count": "7",
        f"batch-{batch.id}-counted": "7",
        f"batch-{batch.id}-price": "42.00",
        f"batch-{batch.id}-tested_on": "2026-09-16",
        f"batch-{batch.id}-expires_on": "2027-07-22",
    } | changes


# reading


def test_a_counselor_reads_the_catalog_and_is_offered_no_change(
    counselor_client: Any, capsules: Product
) -> None:
    page = counselor_client.get("/catalog")
    assert page.status_code == 200
    assert "Plain Capsules" in text(page)
    shown = text(counselor_client.get(f"/catalog/products/{capsules.id}"))
    assert "Can be sold" in shown
    assert "Put on hold" not in shown
    assert "Edit" not in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=plain+cap", True),
        ("q=B1", True),
        ("q=S1", True),
        ("q=alder", True),
        ("q=nothing", False),
        ("q=%25", False),
        ("q=_", False),
        ("route=edible", True),
        ("route=smoked", False),
        ("form=capsule", True),
        ("state=saleable", True),
        ("state=held", False),
        ("state=expired", False),
        ("state=untested", False),
        ("state=no-such-state", True),
        ("page=999999999999", True),
        ("page=x", True),
        ("page=-4", True),
    ],
)
def test_search_and_filters_find_what_they_say(
    counselor_client: Any, capsules: Product, asked: str, found: bool
) -> None:
    page = counselor_client.get(f"/catalog?{asked}")
    assert page.status_code == 200
    assert ("Plain Capsules" in text(page)) is found


def test_each_kind_of_reading_is_worded_differently(manager_client: Any, store: Store, write: Write) -> None:
    columns = "THC_percent,THCA_percent,CBD_percent,CBDA_percent,CBG_percent,CBN_percent"
    line = shelf_line(readings="2.5,ND,<0.1,N/T,,v")
    actions.import_file(write(shelf_file(line, readings=columns)), by=None, at=AT, store=store)
    db.session.commit()
    page = text(manager_client.get(f"/catalog/products/{db.session.scalars(select(Product.id)).one()}"))
    for words in (
        "2.5 %",
        "Not detected",
        "Below its limit of 0.1 %",
        "Not tested",
        "Left blank",
        "Could not be read",
    ):
        assert words in page


def test_an_empty_catalog_says_what_to_do(manager_client: Any) -> None:
    assert "The catalog is empty" in text(manager_client.get("/catalog"))


def test_a_product_that_is_not_there_is_not_found(manager_client: Any) -> None:
    assert manager_client.get("/catalog/products/77").status_code == 404
    assert manager_client.get("/catalog/imports/77").status_code == 404
    assert manager_client.post("/catalog/batches/77/hold", data={"reason": "x"}).status_code == 404


# editing


def test_a_manager_changes_a_product_and_the_history_says_what_was_and_became(
    manager_client: Any, capsules: Product
) -> None:
    batch = capsules.batches[0]
    change = {"name": "Better Capsules", f"batch-{batch.id}-count": "3", "new_batch": "B2"}
    answer = manager_client.post(f"/catalog/products/{capsules.id}", data=typed(capsules, **change))
    assert answer.status_code == 303
    page = text(manager_client.get(answer.location))
    assert "Better Capsules" in page
    assert "Name: Plain Capsules Better Capsules" in page
    assert "Batch B1: packages: 7 3" in page
    assert sorted(batch.number for batch in db.session.scalars(select(Batch))) == ["B1", "B2"]


def test_a_save_that_changes_nothing_leaves_no_event(manager_client: Any, capsules: Product) -> None:
    assert manager_client.post(f"/catalog/products/{capsules.id}", data=typed(capsules)).status_code == 303
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "product.changed")).all() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "Write the product's name."),
        ({"name": "  "}, "Write the product's name."),
        ({"servings_per_package": "many"}, "“many” is not a number."),
        ({"smallest_dose": "3"}, "at most 1"),
        ({"serving_g": "-2"}, "above 0"),
        ({"route": "smoked"}, "does not go with"),
        ({"route": ""}, "Give both the form and the route"),
        ({"new_batch": "B1"}, "is there already"),
        ({"serving_g": "nan"}, "above 0"),
        ({"serving_g": "1e400"}, "above 0"),
    ],
)
def test_a_form_with_an_error_says_so_at_the_field_and_loses_nothing(
    manager_client: Any, capsules: Product, change: dict[str, str], says: str
) -> None:
    data = typed(capsules, **({"brand": "Typed Just Now"} | change))
    answer = manager_client.post(f"/catalog/products/{capsules.id}", data=data)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert says in text(answer).replace("&#39;", "'").replace("&#x27;", "'")
    assert "Typed Just Now" in page
    for value in change.values():
        assert not value.strip() or f'value="{value}"' in page
    assert db.session.scalars(select(Product.brand)).one() == "Alder"


def test_an_error_in_a_batch_names_the_batch_and_keeps_what_was_typed(
    manager_client: Any, capsules: Product
) -> None:
    batch = capsules.batches[0]
    change = {f"batch-{batch.id}-count": "a few", f"batch-{batch.id}-price": "cheap"}
    answer = manager_client.post(f"/catalog/products/{capsules.id}", data=typed(capsules, **change))
    assert answer.status_code == 422
    assert "Batch B1: please put this right." in text(answer)
    assert 'value="a few"' in answer.get_data(as_text=True)
    assert 'value="cheap"' in answer.get_data(as_text=True)


def test_two_managers_saving_see_both_sides_and_lose_nothing(manager_client: Any, capsules: Product) -> None:
    stale = typed(capsules, name="My Name")
    manager_client.post(f"/catalog/products/{capsules.id}", data=typed(capsules, name="Their Name"))
    answer = manager_client.post(f"/catalog/products/{capsules.id}", data=stale)
    assert answer.status_code == 409
    assert "Name Their Name My Name" in text(answer)
    assert 'value="My Name"' in answer.get_data(as_text=True)
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.get_data(as_text=True))
    assert version is not None
    again = manager_client.post(f"/catalog/products/{capsules.id}", data=stale | {"version": version[1]})
    assert again.status_code == 303
    assert db.session.scalars(select(Product.name)).one() == "My Name"


def test_a_batch_that_was_never_counted_here_does_not_stand_in_the_way_of_saving(
    manager_client: Any, capsules: Product
) -> None:
    db.session.delete(capsules.batches[0].stocks[0])
    db.session.commit()
    batch = f"batch-{capsules.batches[0].id}"
    sent = typed(capsules, name="Better", **{f"{batch}-count": "", f"{batch}-counted": ""})
    assert manager_client.post(f"/catalog/products/{capsules.id}", data=sent).status_code == 303
    assert capsules.name == "Better"
    assert capsules.batches[0].stocks == []


def test_what_is_sold_while_a_form_is_open_is_not_put_back(manager_client: Any, capsules: Product) -> None:
    open_form = typed(capsules, name="Better Capsules")
    stock = db.session.scalars(select(Stock)).one()
    stock.count = 5
    assert manager_client.post(f"/catalog/products/{capsules.id}", data=open_form).status_code == 303
    assert db.session.scalars(select(Stock.count)).one() == 5


def test_a_count_typed_over_another_count_shows_both(manager_client: Any, capsules: Product) -> None:
    open_form = typed(capsules, **{f"batch-{capsules.batches[0].id}-count": "9"})
    db.session.scalars(select(Stock)).one().count = 5
    answer = manager_client.post(f"/catalog/products/{capsules.id}", data=open_form)
    assert answer.status_code == 409
    assert "Packages here, batch B1 5 9" in text(answer)
    assert db.session.scalars(select(Stock.count)).one() == 5
    again = open_form | {f"batch-{capsules.batches[0].id}-counted": "5"}
    assert manager_client.post(f"/catalog/products/{capsules.id}", data=again).status_code == 303
    assert db.session.scalars(select(Stock.count)).one() == 9


def test_a_sku_belongs_to_one_product(manager_client: Any, capsules: Product) -> None:
    answer = manager_client.post(
        "/catalog/products", data={"sku": "S1", "name": "Other", "form": "", "route": ""}
    )
    assert answer.status_code == 422
    assert "This SKU belongs to Plain Capsules." in text(answer)


def test_a_manager_adds_a_product_with_a_batch_of_which_nothing_is_offered(
    manager_client: Any, store: Store
) -> None:
    data = {"sku": "N1", "name": "New Oil", "form": "oral-oil", "route": "edible", "new_batch": "B9"}
    answer = manager_client.post("/catalog/products", data=data)
    assert answer.status_code == 303
    assert "Untested" in text(manager_client.get(answer.location))
    assert queries.shelf_of(store).items[0].stock == 0


# holding


@pytest.mark.parametrize("role", ["manager", "pharmacist"])
def test_managers_and_pharmacists_hold_and_release_with_a_reason(
    role: str, request: pytest.FixtureRequest, capsules: Product, store: Store
) -> None:
    client = request.getfixturevalue(f"{role}_client")
    batch = capsules.batches[0]
    held = client.post(
        f"/catalog/batches/{batch.id}/hold", data={"kind": "recall", "reason": "State notice 12"}
    )
    assert held.status_code == 303
    hold = db.session.scalars(select(Hold)).one()
    assert (hold.kind, hold.placed_by_id) == (HoldKind.RECALL, client.staff.id)
    assert queries.shelf_of(store).items[0].holds == ("State notice 12",)
    assert "On hold. It is offered to nobody." in text(client.get(f"/catalog/products/{capsules.id}"))
    released = client.post(
        f"/catalog/batches/{batch.id}/release", data={"hold": str(hold.id), "reason": "Notice withdrawn"}
    )
    assert released.status_code == 303
    assert queries.shelf_of(store).items[0].holds == ()
    page = text(client.get(f"/catalog/products/{capsules.id}"))
    assert "Notice withdrawn" in page
    kinds = db.session.scalars(select(AuditEvent.kind).where(AuditEvent.subject_kind == "batch")).all()
    assert kinds == ["batch.held", "batch.released"]


def test_a_counselor_can_neither_hold_nor_release_nor_edit(counselor_client: Any, capsules: Product) -> None:
    batch = capsules.batches[0]
    for address, data in (
        (f"/catalog/batches/{batch.id}/hold", {"kind": "manual", "reason": "x"}),
        (f"/catalog/batches/{batch.id}/release", {"reason": "x"}),
        (f"/catalog/products/{capsules.id}", {"name": "x"}),
        ("/catalog/imports", {}),
    ):
        assert counselor_client.post(address, data=data).status_code == 403
    assert counselor_client.get("/catalog/imports").status_code == 403
    assert db.session.scalars(select(Hold)).all() == []


def test_a_hold_without_a_reason_is_asked_for_one(manager_client: Any, capsules: Product) -> None:
    answer = manager_client.post(
        f"/catalog/batches/{capsules.batches[0].id}/hold", data={"kind": "recall", "reason": "  "}
    )
    assert answer.status_code == 422
    assert "Write why it is put on hold." in text(answer)
    assert '<option value="recall" selected>' in answer.get_data(as_text=True)


def test_a_release_names_which_hold_it_settles(manager_client: Any, capsules: Product) -> None:
    batch = capsules.batches[0]
    for reason in ("Smells odd", "Label torn"):
        manager_client.post(f"/catalog/batches/{batch.id}/hold", data={"kind": "manual", "reason": reason})
    none = manager_client.post(f"/catalog/batches/{batch.id}/release", data={"reason": "Looked at it"})
    assert none.status_code == 422
    assert "Choose which holds to release." in text(none)
    assert "Looked at it" in none.get_data(as_text=True)
    first = db.session.scalars(select(Hold).order_by(Hold.id)).first()
    assert first is not None
    manager_client.post(
        f"/catalog/batches/{batch.id}/release", data={"hold": first.id, "reason": "Smelled it"}
    )
    db.session.expire_all()
    assert [hold.reason for hold in capsules.batches[0].open_holds] == ["Label torn"]


# importing


def upload(client: Any, content: bytes, name: str = "menu.csv") -> Any:
    return client.post(
        "/catalog/imports", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )


def test_an_upload_is_read_first_and_applied_only_when_told(manager_client: Any, store: Store) -> None:
    sent = upload(manager_client, (HERE / "ca-menu.csv").read_bytes())
    assert sent.status_code == 303
    page = text(manager_client.get(sent.location))
    assert "Nothing is changed yet" in page
    assert "The unit stands in the cell" in page
    assert queries.count_products() == 0
    applied = manager_client.post(f"{sent.location}/apply", data={"count": "5"})
    assert applied.status_code == 303
    assert "All of it is in the catalog" in text(manager_client.get(applied.location))
    assert queries.count_products() == 38
    assert {item.stock for item in queries.shelf_of(store).items} == {5}
    run = db.session.scalars(select(ImportRun)).one()
    assert not run.waiting
    assert run.content  # a month, for the annotated copy


def test_a_preview_counts_what_would_change_against_what_is_there(
    manager_client: Any, capsules: Product
) -> None:
    sent = upload(manager_client, shelf_file(shelf_line(price="40"), shelf_line("S2")).encode())
    assert "Products 1 0 1 Batches 1 1 0" in text(manager_client.get(sent.location))
    assert queries.count_products() == 1


def test_an_upload_that_was_applied_cannot_be_applied_again(manager_client: Any, store: Store) -> None:
    sent = upload(manager_client, shelf_file(shelf_line()).encode())
    manager_client.post(f"{sent.location}/apply")
    again = manager_client.post(f"{sent.location}/apply")
    assert again.status_code == 303
    assert "Nothing was changed now." in text(manager_client.get(again.location))
    assert queries.count_products() == 1


def test_the_same_file_uploaded_again_leads_to_its_first_import(manager_client: Any, store: Store) -> None:
    content = shelf_file(shelf_line()).encode()
    first = upload(manager_client, content)
    manager_client.post(f"{first.location}/apply")
    second = upload(manager_client, content)
    answer = manager_client.post(f"{second.location}/apply")
    assert answer.location == first.location
    assert "This very file was imported before" in text(manager_client.get(answer.location))


def test_a_torn_file_is_refused_with_row_and_column(manager_client: Any, store: Store) -> None:
    sent = upload(manager_client, shelf_file(shelf_line(), "S2,torn").encode())
    page = text(manager_client.get(sent.location))
    assert "Refused" in page
    assert "Row 3 has 2 cells where the header has 17" in page
    assert "Apply all of it" not in page


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "empty.csv", "empty.csv is empty."),
        (b"%PDF-1.7", "menu.pdf", "menu.pdf is not a CSV or XLSX file"),
        (b"PK\x03\x04zip", "menu.xlsx", "damaged"),
        (b"name,sku\n" + b"x" * (20 * 1024 * 1024), "big.csv", "at most 20 MB"),
    ],
)
def test_a_file_that_is_no_catalog_is_answered_in_plain_words(
    manager_client: Any, store: Store, content: bytes, name: str, says: str
) -> None:
    answer = upload(manager_client, content, name)
    assert answer.status_code == 422
    assert says in text(answer)
    assert db.session.scalars(select(ImportRun)).all() == []


def test_no_file_at_all_is_asked_for(manager_client: Any, store: Store) -> None:
    answer = manager_client.post("/catalog/imports", data={}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choose a file first" in text(answer)


def test_a_count_that_is_no_number_changes_nothing(manager_client: Any, store: Store) -> None:
    sent = upload(manager_client, (HERE / "ca-menu.csv").read_bytes())
    answer = manager_client.post(f"{sent.location}/apply", data={"count": "lots"})
    assert answer.status_code == 422
    assert "“lots” is not a whole number" in text(answer)
    assert queries.count_products() == 0


@pytest.mark.parametrize(
    "name", ["ct-registry.csv", "ct-registry-terpenes.csv", "ma-lab.csv", "kushy.csv", "ca-lines.csv"]
)
def test_every_known_shape_has_a_report_page(manager_client: Any, store: Store, name: str) -> None:
    sent = upload(manager_client, (HERE / name).read_bytes(), name)
    assert manager_client.get(sent.location).status_code == 200
    assert manager_client.post(f"{sent.location}/apply", data={"count": "1"}).status_code == 303
    for product_id in db.session.scalars(select(Product.id).limit(3)):
        assert manager_client.get(f"/catalog/products/{product_id}").status_code == 200


def test_markup_in_a_file_stays_text_on_the_page(manager_client: Any, store: Store) -> None:
    sent = upload(
        manager_client, shelf_file(shelf_line(name="<script>alert(1)</script>", stock="<b>")).encode()
    )
    manager_client.post(f"{sent.location}/apply")
    for address in (sent.location, "/catalog"):
        page = manager_client.get(address).get_data(as_text=True)
        assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_list_of_many_products_takes_the_same_number_of_statements(
    manager_client: Any, store: Store
) -> None:
    from tests.imports.test_importing import statements

    actions.import_file(HERE / "ca-menu.csv", by=None, at=AT, store=store)
    db.session.commit()
    manager_client.get("/catalog")
    with statements() as few:
        manager_client.get("/catalog?q=indica+patch")
    actions.import_file(places.seed() / "catalog" / "ca-menu-with-coa.csv", by=None, at=AT, store=store)
    db.session.commit()
    with statements() as many:
        manager_client.get("/catalog")
    assert len(many) <= len(few) + 2
