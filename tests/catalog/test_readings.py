"""Readings and batches by hand: read as a file's cell is, and every change has its reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from counselor.audit.models import AuditEvent
from counselor.catalog import readings
from counselor.catalog.models import Batch
from counselor.database import db
from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.imports import actions
from counselor.staff.models import Store

from .conftest import AT, shelf_file, shelf_line

Write = Callable[..., Path]
PERCENT, SERVING = Unit.PERCENT, Unit.MG_PER_SERVING


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.fixture
def batch(app: object, store: Store, write: Write) -> Batch:
    """A batch with all six kinds of reading."""
    columns = "THC_percent,THCA_percent,CBD_percent,CBDA_percent,CBG_percent,CBN_percent"
    line = shelf_line(readings="2.5,ND,<0.1,N/T,,v", form="flower", route="smoked", serving="")
    actions.import_file(write(shelf_file(line, readings=columns)), by=None, at=AT, store=store)
    db.session.commit()
    return db.session.scalars(select(Batch)).one()


def form_of(batch: Batch, **changes: Any) -> dict[str, Any]:
    """What the page would send untouched, with changes: `CBD="0.2"` types a value,
    `r7=(analyte, value, unit)` fills a row.
    """
    sent: dict[str, Any] = {"version": str(batch.product.version), "reason": "Misread"}
    there = sorted(readings.stored(batch).items())
    for number, ((analyte, unit), reading) in enumerate(there):
        sent[f"r{number}-analyte"], sent[f"r{number}-unit"] = analyte, unit.value
        sent[f"r{number}-value"] = changes.pop(analyte, readings.written(reading))
    for number in range(len(there), len(there) + 3):
        analyte, value, unit = changes.pop(f"r{number}", ("", "", "percent"))
        sent |= {f"r{number}-analyte": analyte, f"r{number}-value": value, f"r{number}-unit": unit}
    return sent | changes


def save(client: Any, batch: Batch, **changes: Any) -> Any:
    return client.post(f"/catalog/batches/{batch.id}/readings", data=form_of(batch, **changes))


def test_the_page_shows_each_kind_as_it_is_typed(manager_client: Any, batch: Batch) -> None:
    page = manager_client.get(f"/catalog/batches/{batch.id}/readings").get_data(as_text=True)
    shown = re.findall(r'name="r\d+-value" value="([^"]*)"', page)
    assert shown[:6] == ["2.5", "ND", "&lt;0.1", "N/T", "", ""]
    assert "Left blank on the certificate" in page
    assert "Could not be read" in page


def test_saving_untouched_changes_nothing_at_all(manager_client: Any, batch: Batch) -> None:
    before, events = readings.stored(batch), db.session.scalars(select(AuditEvent.number)).all()
    answer = save(manager_client, batch)
    assert answer.status_code == 303
    assert readings.stored(batch) == before
    kinds = db.session.scalars(select(AuditEvent.kind).where(AuditEvent.number > max(events))).all()
    assert "batch.readings-changed" not in kinds


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("3.25", Reading(3.25, PERCENT, ReadAs.NUMBER)),
        ("0", Reading(0.0, PERCENT, ReadAs.NUMBER)),
        ("2,75", Reading(2.75, PERCENT, ReadAs.NUMBER)),
        ("nd", Reading(None, PERCENT, ReadAs.NOT_DETECTED)),
        ("<0.05", Reading(None, PERCENT, ReadAs.BELOW_LIMIT, 0.05)),
        ("<LOQ", Reading(None, PERCENT, ReadAs.BELOW_LIMIT)),
        ("N/T", Reading(None, PERCENT, ReadAs.NOT_TESTED)),
        ("", None),
    ],
)
def test_a_typed_value_is_kept_as_its_kind_with_the_reason(
    manager_client: Any, batch: Batch, typed: str, reading: Reading | None
) -> None:
    assert save(manager_client, batch, THC=typed, reason="Typed wrongly").status_code == 303
    assert readings.stored(batch).get(("THC", PERCENT)) == reading
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "batch.readings-changed")).one()
    assert event.note == "Typed wrongly"
    [(field, (was, became))] = event.detail["changes"].items()
    assert (field, was) == ("batch B1: THC in %", "2.5 %")
    assert became == readings.in_words(reading)
    page = text(
        manager_client.get(f"/catalog/products/{batch.product_id}/history?field=batch+B1:+THC+in+%25")
    )
    assert "2.5 %" in page
    assert "Typed wrongly" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"THC": "a lot"}, "“a lot” is not a number"),
        ({"THC": "=1+1"}, "is a formula"),
        ({"THC": "-1"}, "below zero"),
        ({"THC": "101"}, "more than the whole mass"),
        ({"r6": ("CBC", "1e300", "mg_per_serving")}, "more than any package holds"),
        ({"THC": "1,234"}, "may be thousands or a decimal comma"),
        ({"THC": "5 mg/g"}, "names another unit"),
        ({"THC": "60", "CBD": "60"}, "add up to 120.0 % of the mass"),
        ({"r6": ("unobtainium", "1", "percent")}, "“unobtainium” is no analyte we know"),
        ({"r6": ("", "1", "percent")}, "Write which analyte this is"),
        ({"r6": ("CBD", "1", "percent")}, "CBD stands here twice"),
        ({"r6": ("CBC", "1", "pounds")}, "Choose a unit"),
        ({"THC": "3", "reason": " "}, "Write why the readings change"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_row_and_nothing_is_stored_or_lost(
    manager_client: Any, batch: Batch, changes: dict[str, Any], said: str
) -> None:
    before = readings.stored(batch)
    answer = save(manager_client, batch, **changes)
    assert answer.status_code == 422
    assert said in text(answer)
    assert readings.stored(batch) == before
    page = answer.get_data(as_text=True)
    for typed in changes.values():
        for part in typed if isinstance(typed, tuple) else (typed,):
            if part.strip() and part != "pounds":
                assert part in page


def test_another_unit_makes_another_reading_and_takes_the_old_one_away(
    manager_client: Any, batch: Batch
) -> None:
    sent = form_of(batch)
    number = next(name[1:-8] for name, value in sent.items() if value == "THC")
    manager_client.post(
        f"/catalog/batches/{batch.id}/readings",
        data=sent | {f"r{number}-unit": "mg_per_g", f"r{number}-value": "25"},
    )
    stored = readings.stored(batch)
    assert ("THC", PERCENT) not in stored
    assert stored["THC", Unit.MG_PER_G].value == 25


def test_the_certificates_total_is_compared_and_a_difference_wants_a_second_look(
    manager_client: Any, batch: Batch
) -> None:
    changes = {"THC": "1", "THCA": "20", "total_thc": "18.54"}
    assert save(manager_client, batch, **changes).status_code == 303
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "batch.readings-changed")).one()
    assert event.detail["totals"] == ["Total THC 18.54 agrees with ours, 18.54 %"]
    refused = save(manager_client, batch, THC="2", total_thc="25")
    assert refused.status_code == 422
    assert "Total THC 25 is not ours: 19.54 % (THC + 0.877 x THCA)" in text(refused)
    taken = save(manager_client, batch, THC="2", total_thc="25", checked="y")
    assert taken.status_code == 303
    last = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.kind == "batch.readings-changed")
        .order_by(AuditEvent.number.desc())
    ).first()
    assert last is not None
    assert "is not ours" in last.detail["totals"][0]


def test_somebody_elses_change_in_between_is_shown_and_not_written_over(
    manager_client: Any, batch: Batch
) -> None:
    mine = form_of(batch, THC="3")
    save(manager_client, batch, THC="4")
    answer = manager_client.post(f"/catalog/batches/{batch.id}/readings", data=mine)
    assert answer.status_code == 409
    assert "THC in % 4 % 3 %" in text(answer)
    assert readings.stored(batch)["THC", PERCENT].value == 4
    again = mine | {"version": str(batch.product.version)}
    assert manager_client.post(f"/catalog/batches/{batch.id}/readings", data=again).status_code == 303
    assert readings.stored(batch)["THC", PERCENT].value == 3


def test_a_batch_comes_with_dates_price_certificate_count_and_readings(
    manager_client: Any, batch: Batch
) -> None:
    product = batch.product
    sent = {
        "number": "H-2", "tested_on": "2026-10-01", "expires_on": "2027-10-01",
        "laboratory": "Cold Creek Lab", "certificate_number": "C-77", "price": "31.5", "count": "12",
        "source": "Paper certificate",
        "r0-analyte": "THC", "r0-value": "ND", "r0-unit": "percent",
        "r1-analyte": "thca", "r1-value": "21", "r1-unit": "percent",
        "r2-analyte": "Delta-8 THC", "r2-value": "", "r2-unit": "percent", "total_thc": "18.417",
    }  # fmt: skip
    answer = manager_client.post(f"/catalog/products/{product.id}/batches", data=sent)
    assert answer.status_code == 303, text(answer)
    added = db.session.scalars(select(Batch).where(Batch.number == "H-2")).one()
    assert (added.laboratory, added.certificate_number, added.price) == ("Cold Creek Lab", "C-77", 31.5)
    assert [stock.count for stock in added.stocks] == [12]
    assert readings.stored(added) == {
        ("THC", PERCENT): Reading(None, PERCENT, ReadAs.NOT_DETECTED),
        ("THCA", PERCENT): Reading(21.0, PERCENT, ReadAs.NUMBER),
    }
    page = text(manager_client.get(f"/catalog/products/{product.id}/history"))
    assert "Paper certificate" in page
    assert "21 %" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": ""}, "Write the batch number."),
        ({"number": "B1"}, "Batch B1 is there already."),
        ({"tested_on": "2099-01-01"}, "That day has not come yet."),
        ({"tested_on": "2026-10-01", "expires_on": "2026-09-01"}, "cannot expire before it was tested"),
        ({"price": "dear"}, "“dear” is not a number."),
        ({"count": "-3"}, "“-3” is not a whole number"),
        ({"source": ""}, "Write where the readings are from."),
        ({"r0-value": "plenty"}, "“plenty” is not a number"),
        ({"total_thc": "9"}, "Total THC 9 is not ours: 2 %"),
    ],
)
def test_a_batch_with_a_fault_is_not_added_and_loses_nothing_typed(
    manager_client: Any, batch: Batch, changes: dict[str, str], said: str
) -> None:
    sent = {
        "number": "H-3", "laboratory": "Kept Lab", "count": "1", "source": "Label",
        "r0-analyte": "THC", "r0-value": "2", "r0-unit": "percent",
    } | changes  # fmt: skip
    answer = manager_client.post(f"/catalog/products/{batch.product_id}/batches", data=sent)
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Kept Lab" in answer.get_data(as_text=True)
    assert len(db.session.scalars(select(Batch)).all()) == 1


def test_facts_a_dose_rests_on_want_a_reason_and_others_do_not(manager_client: Any, batch: Batch) -> None:
    product = batch.product
    sent = {
        "sku": product.sku, "name": product.name, "brand": "Cedar", "form": "flower", "route": "smoked",
        "serving": "", "lineage": "", "servings_per_package": "30", "smallest_dose": "1",
        "ingredients": "olive oil,\r\ngelatin", "version": str(product.version),
        f"batch-{batch.id}-count": "7", f"batch-{batch.id}-counted": "7", f"batch-{batch.id}-price": "42.00",
        f"batch-{batch.id}-tested_on": "2026-09-16", f"batch-{batch.id}-expires_on": "2027-07-22",
    }  # fmt: skip
    product.ingredients = "olive oil,\ngelatin"
    product.serving_g = 1 / 3
    db.session.commit()
    sent |= {"version": str(product.version), "serving_g": "0.3333"}
    address = f"/catalog/products/{product.id}"
    assert manager_client.post(address, data=sent).status_code == 303, "a brand wants no reason"
    assert (product.brand, product.serving_g) == ("Cedar", 1 / 3)
    sent |= {"version": str(product.version), "ingredients": "peanut oil"}
    sent[f"batch-{batch.id}-expires_on"] = "2027-08-22"
    refused = manager_client.post(address, data=sent)
    assert refused.status_code == 422
    assert "You changed ingredients, expires on of batch B1. Write why." in text(refused)
    assert "peanut oil" in refused.get_data(as_text=True)
    assert product.ingredients == "olive oil,\ngelatin"
    assert manager_client.post(address, data=sent | {"reason": "New recipe"}).status_code == 303
    page = text(manager_client.get(f"{address}/history?field=ingredients"))
    assert "peanut oil" in page
    assert "New recipe" in page
    assert "Cedar" not in page.split("Became")[1]


def test_the_history_names_the_import_that_brought_the_product(manager_client: Any, batch: Batch) -> None:
    page = text(manager_client.get(f"/catalog/products/{batch.product_id}/history"))
    assert "written by an import by command" in page
    assert "File shelf.csv" in page


def test_a_counselor_reads_the_history_and_edits_no_reading(counselor_client: Any, batch: Batch) -> None:
    assert counselor_client.get(f"/catalog/products/{batch.product_id}/history").status_code == 200
    assert counselor_client.get(f"/catalog/batches/{batch.id}/readings").status_code == 403
    assert counselor_client.post(f"/catalog/batches/{batch.id}/readings", data={}).status_code == 403
    assert counselor_client.get(f"/catalog/products/{batch.product_id}/batches/new").status_code == 403


@given(st.text(max_size=20), st.sampled_from(Unit))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_a_reading_or_refused_and_never_a_zero_by_itself(typed: str, unit: Unit) -> None:
    try:
        reading = readings.read(typed, unit)
    except ValueError:
        return
    assert reading.unit is unit
    if reading.is_number:
        assert reading.value is not None
        assert reading.value > 0 or "0" in typed
