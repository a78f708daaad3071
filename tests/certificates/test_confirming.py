"""Confirming what a certificate says: nothing is written unticked, and what was is kept."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from counselor.audit.models import AuditEvent
from counselor.catalog.models import Batch, HoldKind
from counselor.catalog.presenters import reading_words
from counselor.database import db

from .conftest import upload
from .test_content import png

PAGE = "/certificates/attachments/1/confirm"


@pytest.fixture
def attach(manager_client, papers):
    """Attach a drawn certificate to a batch."""

    def put(batch, paper):
        content = paper if isinstance(paper, bytes) else getattr(papers, paper)()
        manager_client.post(
            f"/certificates/batches/{batch.id}", data=upload(content), content_type="multipart/form-data"
        )

    return put


def fields(html):
    """The page's form as a browser would send it back."""
    sent = {}
    for tag in re.findall(r"<input[^>]*>", html):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if told.get("type") == "checkbox" and " checked" not in tag:
            continue
        if told.get("name") not in (None, "csrf_token", "form_token", "text"):
            sent[told["name"]] = unescape(told.get("value", ""))
    for name, body in re.findall(r'<select name="([\w-]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        sent[name] = chosen.group(1) if chosen else ""
    return sent


def stored(batch):
    db.session.refresh(batch)
    return {(row.analyte, row.unit.value): reading_words(row.reading) for row in batch.readings}


def last(kind):
    return db.session.scalars(
        db.select(AuditEvent).where(AuditEvent.kind == kind).order_by(AuditEvent.number.desc())
    ).first()


def test_looking_at_a_proposal_changes_nothing(manager_client, batch, attach):
    attach(batch, "percent_with_units_column")
    before = stored(batch)
    page = manager_client.get(PAGE).get_data(as_text=True)
    assert "A proposal, not a fact" in page or "a proposal, not a fact" in page
    assert stored(batch) == before
    assert last("certificate.confirmed") is None


def test_confirming_writes_facts_and_readings_and_keeps_what_was(manager_client, batch, attach):
    attach(batch, "percent_with_units_column")
    sent = fields(manager_client.get(PAGE).get_data(as_text=True))
    answer = manager_client.post(PAGE, data=sent)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    db.session.refresh(batch)
    assert (batch.laboratory, batch.certificate_number) == (
        "Redwood Analytical Laboratories", "RAL-24-00917",
    )  # fmt: skip
    assert (batch.tested_on, batch.expires_on) == (date(2026, 4, 17), date(2027, 4, 17))
    told = stored(batch)
    assert told["THC", "percent"] == "0.62 %"
    assert ("THC", "mg_per_serving") not in told  # replaced in every unit
    assert told["CBDA", "percent"] == "Below its limit of 0.1 %"
    assert told["CBN", "percent"] == "Not tested"
    assert told["linalool", "percent"] == "0.2 %"  # not named, so left
    event = last("certificate.confirmed")
    assert event.note == "from certificate 1"
    assert event.detail["changes"]["THC"] == ["5 mg per serving", "0.62 %"]
    assert event.detail["changes"]["tested on"] == ["2026-09-01", "2026-04-17"]
    assert "CBD" not in event.detail["changes"]
    history = manager_client.get(f"/catalog/products/{batch.product_id}").get_data(as_text=True)
    assert "Certificate confirmed" in history


def test_only_what_is_ticked_is_written(manager_client, batch, attach):
    attach(batch, "percent_with_units_column")
    sent = fields(manager_client.get(PAGE).get_data(as_text=True))
    kept = {
        name: value
        for name, value in sent.items()
        if not (name.startswith("take-") or name.endswith("-take"))
    }
    manager_client.post(PAGE, data=kept | {"take-laboratory": "yes"})
    db.session.refresh(batch)
    assert batch.laboratory == "Redwood Analytical Laboratories"
    assert batch.tested_on == date(2026, 9, 1)
    assert stored(batch)["THC", "mg_per_serving"] == "5 mg per serving"


def test_nothing_ticked_is_said(manager_client, batch, attach):
    attach(batch, "percent_with_units_column")
    sent = fields(manager_client.get(PAGE).get_data(as_text=True))
    answer = manager_client.post(PAGE, data={"seen": sent["seen"]})
    assert answer.status_code == 422
    assert "Nothing is ticked." in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("line-0-value", "2l.45", "cannot be read as one number"),
        ("line-0-value", "-3", "below zero"),
        ("line-0-value", "", "write what the certificate says"),
        ("line-0-value", "—", "a dash says nothing"),
        ("line-0-value", "214.5 mg/g", "another unit"),
        ("line-0-value", "214.5", "more than 100"),
        ("line-0-unit", "", "choose the unit"),
        ("line-0-unit", "unknown", "choose the unit"),
        ("line-0-analyte", "sugar", "choose the cannabinoid"),
        ("line-1-analyte", "THCA", "ticked twice"),
        ("tested_on", "17.4.2026", "is not a day"),
        ("tested_on", "2099-01-01", "in the future"),
        ("expires_on", "2026-01-01", "before it was tested"),
        ("laboratory", "", "write it, or untick it"),
        ("laboratory", "x" * 201, "at most 200"),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost_or_written(
    manager_client, batch, attach, name, typed, message
):
    attach(batch, "percent_with_units_column")
    before = stored(batch)
    sent = fields(manager_client.get(PAGE).get_data(as_text=True)) | {name: typed}
    answer = manager_client.post(PAGE, data=sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in page
    again = fields(page)
    assert again["certificate_number"] == "RAL-24-00917"
    if not name.endswith("-unit"):
        assert again[name] == typed
    assert stored(batch) == before


def test_another_batchs_certificate_is_said_loudly_and_nothing_is_ticked(manager_client, make_batch, attach):
    attach(make_batch("HV-99"), "percent_beside_mg_per_gram")
    page = manager_client.get(PAGE).get_data(as_text=True)
    assert "The document names batch “HV-22”; this is batch “HV-99”" in page
    assert not [name for name in fields(page) if "take" in name]


def test_a_batch_that_was_changed_meanwhile_is_not_written_over(manager_client, batch, attach):
    attach(batch, "percent_with_units_column")
    sent = fields(manager_client.get(PAGE).get_data(as_text=True))
    batch.laboratory = "Somebody else's"
    db.session.commit()
    answer = manager_client.post(PAGE, data=sent)
    assert answer.status_code == 409
    assert "changed in the meantime" in answer.get_data(as_text=True)
    db.session.refresh(batch)
    assert batch.laboratory == "Somebody else's"
    again = manager_client.post(PAGE, data=sent | {"seen": fields(answer.get_data(as_text=True))["seen"]})
    assert again.status_code == 303


def test_a_failed_certificate_proposes_a_hold_and_confirming_places_it(manager_client, make_batch, attach):
    batch = make_batch("PO-7")
    attach(batch, "two_tables_side_by_side")
    page = manager_client.get(PAGE).get_data(as_text=True)
    assert "The certificate says FAIL" in page
    manager_client.post(PAGE, data=fields(page))
    db.session.refresh(batch)
    assert [(one.kind, one.reason) for one in batch.open_holds] == [
        (HoldKind.MANUAL, "Certificate 1 says it failed")
    ]


@pytest.mark.parametrize("code", ["missing", "unit-unknown"])
def test_a_finding_the_certificate_answers_is_released_only_when_ticked_with_a_reason(
    manager_client, make_batch, attach, code
):
    batch = make_batch(held=code)
    attach(batch, "percent_with_units_column")
    sent = fields(manager_client.get(PAGE).get_data(as_text=True))
    assert "release" not in sent
    hold = batch.open_holds[0].id
    refused = manager_client.post(PAGE, data=sent | {"release": hold})
    assert refused.status_code == 422
    assert "Write why the hold is settled." in refused.get_data(as_text=True)
    manager_client.post(PAGE, data=sent | {"release": hold, "reason": "The unit is percent"})
    db.session.refresh(batch)
    assert batch.open_holds == []
    assert batch.holds[0].release_reason == "From certificate 1: The unit is percent"


def test_other_holds_are_never_released_here(manager_client, make_batch, attach):
    batch = make_batch(held="twin-columns")
    attach(batch, "percent_with_units_column")
    page = manager_client.get(PAGE).get_data(as_text=True)
    assert "Stays on hold: Found: twin-columns" in page
    manager_client.post(PAGE, data=fields(page) | {"release": batch.open_holds[0].id, "reason": "please"})
    db.session.refresh(batch)
    assert len(batch.open_holds) == 1


def test_a_picture_is_typed_in_by_hand(manager_client, batch, attach):
    attach(batch, png())
    page = manager_client.get(PAGE).get_data(as_text=True)
    assert "Nothing is read out of a picture" in page
    sent = fields(page) | {
        "line-0-take": "yes", "line-0-analyte": "CBD",
        "line-0-unit": "mg_per_serving", "line-0-value": "<0.05",
    }  # fmt: skip
    assert manager_client.post(PAGE, data=sent).status_code == 303
    told = stored(batch)
    assert told["CBD", "mg_per_serving"] == "Below its limit of 0.05 mg per serving"
    assert ("CBD", "percent") not in told


def test_a_withdrawn_certificate_confirms_nothing(manager_client, batch, attach):
    attach(batch, "percent_with_units_column")
    sent = fields(manager_client.get(PAGE).get_data(as_text=True))
    manager_client.post("/certificates/attachments/1/withdraw", data={"reason": "wrong"})
    manager_client.post(PAGE, data=sent)
    assert db.session.get(Batch, batch.id).laboratory == ""


def test_sent_by_a_server_that_never_read_it_the_same_is_written(manager_client, batch, attach):
    from counselor.certificates.reading import pdf

    attach(batch, "percent_with_units_column")
    sent = fields(manager_client.get(PAGE).get_data(as_text=True))
    pdf._kept.clear()
    assert manager_client.post(PAGE, data=sent).status_code == 303
    assert stored(batch)["THCA", "percent"] == "21.45 %"


def test_a_counselor_confirms_nothing(counselor_client, manager_client, batch, attach):
    attach(batch, "percent_with_units_column")
    assert counselor_client.get(PAGE).status_code == 403
    assert counselor_client.get("/certificates/1/read").status_code == 200
