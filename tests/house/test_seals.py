"""What is signed stays signed, whoever asks the database; and every look at a patient is written down."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from counselor import clock
from counselor.audit.models import AuditEvent
from counselor.catalog.models import Batch, Product
from counselor.consultations.models import (
    Amendment,
    Consultation,
    ConsultationItem,
    MedicineRemoval,
    Outcome,
    State,
)
from counselor.database import db
from counselor.patients.models import Patient
from counselor.staff.permissions import ENDPOINTS, Access

FAMILY = "Zyxwvut-Canary"


@pytest.fixture
def patient(app, make_staff):
    by, at = make_staff("manager"), clock.now()
    made = Patient(
        given_name="Ana",
        family_name=FAMILY,
        born=date(1979, 3, 25),
        sex="female",
        created_at=at,
        created_by_id=by.id,
        updated_at=at,
        updated_by_id=by.id,
    )
    db.session.add(made)
    db.session.commit()
    return made


@pytest.fixture
def signed(app, store, patient, make_staff):
    """A signed visit with one item, one amendment and one medicine that was taken off the list."""
    by, at = make_staff("counselor"), clock.now()
    product = Product(sku="CAP-1", name="Capsule", form="capsule", route="edible", serving="1 capsule",
                      lineage="", brand="", created_at=at, updated_at=at)  # fmt: skip
    batch = Batch(product=product, number="B-1")
    db.session.add(batch)
    db.session.flush()
    visit = Consultation(
        number="MAIN-000001",
        store_id=store.id,
        patient_id=patient.id,
        counselor_id=by.id,
        sheet={"conditions": "multiple sclerosis"},
        created_at=at,
        saved_at=at,
        saved_by_id=by.id,
        noted_at=at,
    )
    visit.items = [
        ConsultationItem(batch_id=batch.id, sku="CAP-1", name="Capsule", batch="B-1", route="edible",
                         packages=1, added_at=at, added_by_id=by.id)
    ]  # fmt: skip
    visit.removals = [
        MedicineRemoval(
            said="x", ingredients=[], rules=[], reason="stopped", removed_at=at, removed_by_id=by.id
        )
    ]
    db.session.add(visit)
    db.session.flush()
    visit.state, visit.outcome, visit.intake, visit.advice = State.SIGNED, Outcome.SOLD, "{}", "{}"
    visit.knowledge_version, visit.signed_at, visit.signed_by_id = "1", at, by.id
    db.session.flush()
    visit.amendments = [Amendment(reason="typo", text="two", amended_at=at, amended_by_id=by.id)]
    db.session.commit()
    return visit


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consultation SET advice = '{\"changed\": true}'",
        "UPDATE consultation SET intake = '{\"changed\": true}'",
        "UPDATE consultation SET outcome = 'nothing-sold'",
        'UPDATE consultation SET sheet = \'{"conditions": "other"}\'',
        "UPDATE consultation SET knowledge_version = '2'",
        "UPDATE consultation SET state = 'draft', outcome = NULL, intake = NULL, advice = NULL,"
        " knowledge_version = NULL, signed_at = NULL, signed_by_id = NULL",
        "DELETE FROM consultation",
        "UPDATE consultation_item SET packages = 2",
        "DELETE FROM consultation_item",
        "UPDATE amendment SET text = 'three'",
        "DELETE FROM amendment",
        "UPDATE medicine_removal SET reason = 'other'",
        "DELETE FROM medicine_removal",
    ],
)
def test_the_database_refuses_to_change_what_was_signed(signed, sql):
    with pytest.raises(IntegrityError):
        db.session.execute(text(sql))
    db.session.rollback()


def test_nothing_is_added_to_a_signed_sale(signed):
    item = signed.items[0]
    values = {column.name: getattr(item, column.name) for column in ConsultationItem.__table__.columns}
    del values["id"]
    db.session.execute(text("SELECT 1"))
    with pytest.raises(IntegrityError, match="kept as it was written"):
        db.session.execute(db.insert(ConsultationItem).values(**values))
    db.session.rollback()


def test_a_signed_visit_can_still_be_amended_and_counts_its_version(signed):
    signed.version += 1
    signed.amendments.append(
        Amendment(reason="late", text="called", amended_at=clock.now(), amended_by_id=signed.signed_by_id)
    )
    db.session.commit()
    assert len(signed.amendments) == 2


def test_a_draft_can_be_changed_and_thrown_away(app, store, patient, make_staff):
    by, at = make_staff("counselor"), clock.now()
    draft = Consultation(number="MAIN-000002", store_id=store.id, patient_id=patient.id, counselor_id=by.id,
                         sheet={}, created_at=at, saved_at=at, saved_by_id=by.id, noted_at=at)  # fmt: skip
    db.session.add(draft)
    db.session.commit()
    draft.sheet = {"conditions": "cramps"}
    db.session.commit()
    db.session.delete(draft)
    db.session.commit()


def looks_at(patient_id):
    return db.session.scalar(
        db.select(db.func.count()).select_from(AuditEvent).where(AuditEvent.patient_id == patient_id)
    )


def pages(app, patient_id, visit_id, draft_id):
    """Every address that is only looked at, for this patient, her signed visit and her draft."""
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or isinstance(ENDPOINTS.get(rule.endpoint), Access):
            continue
        if set(rule.arguments) - {"patient_id", "consultation_id"}:
            continue
        for number in (visit_id, draft_id) if "consultation_id" in rule.arguments else (None,):
            values = {"patient_id": patient_id, "consultation_id": number}
            with app.test_request_context():
                yield rule.build({name: values[name] for name in rule.arguments})[1]


@pytest.mark.parametrize("role", ["counselor", "pharmacist", "manager"])
def test_every_page_that_shows_a_patient_writes_down_who_looked(
    app, store, signed, patient, make_staff, client_of, role
):
    """Whatever page holds her name in its answer must have left an event about her."""
    by, at = make_staff(role), clock.now()
    draft = Consultation(number="MAIN-000003", store_id=store.id, patient_id=patient.id, counselor_id=by.id,
                         sheet={}, created_at=at, saved_at=at, saved_by_id=by.id, noted_at=at)  # fmt: skip
    db.session.add(draft)
    db.session.commit()
    browser, patient_id, unseen, shown = client_of(by), patient.id, [], 0
    for path in pages(app, patient_id, signed.id, draft.id):
        before = looks_at(patient_id)
        db.session.commit()
        answer = browser.get(path)
        if answer.status_code == 200 and FAMILY in answer.text:
            shown += 1
            if looks_at(patient_id) == before:
                unseen.append(path)
    assert unseen == []
    assert shown >= 2


def test_a_search_that_finds_a_patient_writes_down_who_looked(patient, counselor_client):
    before = looks_at(patient.id)
    answer = counselor_client.post("/patients/search", data={"text": FAMILY[:7]}, follow_redirects=True)
    assert FAMILY in answer.text
    assert looks_at(patient.id) > before


def test_no_name_and_no_medicine_reaches_a_log_or_an_address(patient, counselor_client, caplog):
    caplog.set_level("DEBUG")
    for path, data in (
        ("/patients/search", {"text": FAMILY}),
        ("/knowledge/lookup", {"kind": "medicine", "text": "canary-mab"}),
        ("/patients", {"family_name": FAMILY, "born": "not a date"}),
    ):
        answer = counselor_client.post(path, data=data)
        assert FAMILY not in (answer.location or "")
    counselor_client.post("/knowledge/lookup", json=json.loads('{"kind": "medicine", "text": "canary-mab"}'))
    assert FAMILY not in caplog.text
    assert "canary-mab" not in caplog.text
