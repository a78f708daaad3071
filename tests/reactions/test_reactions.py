"""A reaction or a return told at the counter: kept, counted against the product for the patient, reported."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counselor import clock
from counselor.audit.models import AuditEvent
from counselor.audit.queries import check_chain
from counselor.catalog.models import Hold, HoldKind
from counselor.consultations.models import State
from counselor.database import db
from counselor.reactions.models import HoldAnswer, Reaction
from tests.consultations.conftest import READY


@pytest.fixture
def capsules(make_batch):
    """The capsules that were sold."""
    return make_batch()


@pytest.fixture
def told(patient, capsules, sell, store):
    """The patient has the capsules; what they tell of them."""
    sell(patient, capsules)
    return {
        "told": "reaction",
        "given": str(capsules.id),
        "happened_on": clock.today(store).isoformat(),
        "what": "Heart raced for two hours.",
        "symptoms": ["heart", "mind"],
        "seriousness": "needed-care",
        "dose_taken": "2 capsules",
        "onset": "1 hour",
        "other_medicines": "sertraline, new since Monday",
    }


@pytest.fixture
def record(patient):
    """Record it through the page."""

    def make(client, fields):
        answer = client.post(f"/patients/{patient.id}/reactions", data=fields)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return db.session.scalars(db.select(Reaction).order_by(Reaction.id.desc())).first()

    return make


def offered(visit):
    """SKUs the page offers to choose."""
    page = visit.page()
    return {sku for sku in ("CAP-1", "CAP-2") if f'value="{sku}|B-1"' in page}


def test_every_role_at_the_counter_records_one(
    told, record, counselor_client, pharmacist_client, manager_client
):
    for client in (counselor_client, pharmacist_client, manager_client):
        reaction = record(client, told)
        assert (reaction.sku, reaction.batch_number) == ("CAP-1", "B-1")
        assert reaction.recorded_by_id == client.staff.id
    assert check_chain().whole


def test_the_product_is_no_longer_offered_to_this_patient_and_still_to_others(
    told, record, patient, make_patient, make_batch, visit_of, counselor_client
):
    make_batch("CAP-2")
    other = visit_of(counselor_client, make_patient(given_name="Bo", family_name="Other"), READY)
    visit = visit_of(counselor_client, patient, READY)
    assert offered(visit) == {"CAP-1", "CAP-2"}
    record(counselor_client, told)
    assert offered(visit) == {"CAP-2"}
    assert offered(other) == {"CAP-1", "CAP-2"}
    assert not db.session.scalars(db.select(Hold)).all(), "nothing is held for everybody"


def test_asked_for_the_product_the_page_says_why_not(
    told, record, patient, visit_of, counselor_client, store
):
    visit = visit_of(counselor_client, patient, READY)
    record(counselor_client, told)
    visit.save({"consider": "CAP-1"})
    today = clock.today(store)
    said = f"You recorded a reaction to this product on {today.day} {today:%b %Y}"
    assert said in visit.page()


def test_a_draft_that_had_chosen_it_cannot_be_signed_any_more_and_says_why(
    told, record, patient, visit_of, counselor_client
):
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1", **{"packages|CAP-1|B-1": "1"})
    record(counselor_client, told)
    answer = visit.sign("sold")
    assert visit.row.state is State.DRAFT
    assert "You recorded a reaction to this product on" in answer.text


def test_a_pharmacist_alone_lets_it_be_offered_again_and_says_why(
    told, record, patient, visit_of, counselor_client, manager_client, pharmacist_client
):
    visit = visit_of(counselor_client, patient, READY)
    reaction = record(counselor_client, told)
    path = f"/reactions/{reaction.id}/settlement"
    for client in (counselor_client, manager_client):
        assert client.post(path, data={"because": "It was the coffee."}).status_code == 403
    assert pharmacist_client.post(path, data={"because": " "}).status_code == 422
    assert offered(visit) == set()
    assert pharmacist_client.post(path, data={"because": "It was the coffee."}).status_code == 303
    assert offered(visit) == {"CAP-1"}
    assert "It was the coffee." in counselor_client.get(f"/reactions/{reaction.id}").text


def test_a_return_counts_too_and_needs_no_seriousness(told, record, patient, visit_of, counselor_client):
    visit = visit_of(counselor_client, patient, READY)
    record(counselor_client, told | {"told": "return", "seriousness": "", "symptoms": [], "what": "Broken"})
    visit.save({"consider": "CAP-1"})
    assert "You recorded a return of this product on" in visit.page()


def test_a_counselors_wish_for_a_hold_waits_and_a_pharmacist_decides(
    told, record, capsules, counselor_client, pharmacist_client
):
    reaction = record(counselor_client, told | {"hold": "y"})
    assert reaction.hold_answer is HoldAnswer.OPEN
    assert not capsules.open_holds
    assert "A counselor asks to hold a batch" in pharmacist_client.get("/").text
    assert "A counselor asks to hold" not in counselor_client.get("/").text
    assert "Hold asked for" in pharmacist_client.get("/reactions").text
    path = f"/reactions/{reaction.id}/hold"
    data = {"answer": "held", "reason": "Two patients this week."}
    assert counselor_client.post(path, data=data).status_code == 403
    assert pharmacist_client.post(path, data={"answer": "held", "reason": ""}).status_code == 422
    assert pharmacist_client.post(path, data=data).status_code == 303
    db.session.expire_all()
    assert [(one.kind, one.reason) for one in capsules.open_holds] == [
        (HoldKind.REACTION, "Two patients this week.")
    ]
    assert pharmacist_client.post(path, data=data).status_code == 303
    db.session.expire_all()
    assert len(capsules.open_holds) == 1, "decided once"
    assert "A counselor asks to hold" not in pharmacist_client.get("/").text


def test_who_may_hold_holds_at_once_and_the_reason_names_no_patient(
    told, record, capsules, patient, pharmacist_client
):
    reaction = record(pharmacist_client, told | {"hold": "y"})
    assert reaction.hold_answer is HoldAnswer.HELD
    (hold,) = capsules.open_holds
    assert hold.kind is HoldKind.REACTION
    assert "Rivera" not in hold.reason and "reaction" in hold.reason


def test_a_wish_may_be_declined_with_a_reason(told, record, capsules, counselor_client, manager_client):
    reaction = record(counselor_client, told | {"hold": "y"})
    manager_client.post(
        f"/reactions/{reaction.id}/hold", data={"answer": "not-held", "reason": "A known effect."}
    )
    db.session.expire_all()
    assert reaction.hold_answer is HoldAnswer.LEFT and not capsules.open_holds
    assert "A known effect." in counselor_client.get(f"/reactions/{reaction.id}").text


def test_a_product_from_its_label_is_found_whatever_the_capitals(
    told, record, capsules, patient, make_batch, counselor_client
):
    make_batch("OIL-9", number="L-5")
    reaction = record(
        counselor_client, told | {"given": "other", "sku": "oil-9", "batch_number": "l-5", "hold": "y"}
    )
    assert (reaction.sku, reaction.batch.number, reaction.hold_answer) == ("OIL-9", "L-5", HoldAnswer.OPEN)


def test_a_sku_nobody_knows_is_kept_as_typed_and_said_to_be_unknown(told, record, patient, counselor_client):
    reaction = record(counselor_client, told | {"given": "other", "sku": "ZZ-404"})
    assert (reaction.sku, reaction.batch_id, reaction.name) == ("ZZ-404", None, "")
    assert "No product in the catalog has this SKU" in counselor_client.get(f"/reactions/{reaction.id}").text
    held = counselor_client.post(
        f"/patients/{patient.id}/reactions", data=told | {"given": "other", "sku": "ZZ-404", "hold": "y"}
    )
    assert held.status_code == 422
    assert "nothing can be held" in held.text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"what": " "}, "Write what happened."),
        ({"seriousness": ""}, "Choose how far it went."),
        ({"given": "999"}, "Choose the product."),
        ({"given": "other", "sku": ""}, "Write the SKU from the label"),
        ({"happened_on": "2999-01-01"}, "This day has not come yet."),
        ({"happened_on": "yesterday"}, "Write the day, at least about."),
        ({"told": "rumor"}, "Not a valid choice."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(told, patient, counselor_client, wrong, message):
    answer = counselor_client.post(
        f"/patients/{patient.id}/reactions", data=told | {"dose_taken": "a third"} | wrong
    )
    assert answer.status_code == 422
    assert message in answer.text
    assert 'value="a third"' in answer.text
    assert not db.session.scalars(db.select(Reaction)).all()


def test_the_emergency_stands_before_the_form(patient, told, counselor_client):
    page = counselor_client.get(f"/patients/{patient.id}/reactions/new").text
    assert "1-800-222-1222" in page
    assert page.index("Call 911") < page.index("What is it?")


@pytest.mark.parametrize(("symptoms", "first"), [(["chest-pain"], True), (["heart"], False)])
def test_alarming_symptoms_put_911_on_the_record_too(told, record, counselor_client, symptoms, first):
    reaction = record(counselor_client, told | {"symptoms": symptoms})
    assert ("Call 911" in counselor_client.get(f"/reactions/{reaction.id}").text) is first


def test_pennsylvanias_draft_has_the_facts_marks_the_blanks_and_names_no_patient(
    told, record, patient, capsules, counselor_client
):
    patient.certification_state = "PA"
    capsules.product.brand = "Keystone Growers"
    db.session.commit()
    reaction = record(counselor_client, told)
    page = counselor_client.get(f"/reactions/{reaction.id}").text
    assert "Notify the Department of Health and the grower/processor" in page
    assert "28 Pa. Code § 1151a.42(a)" in page
    for to, addressee in (
        ("department", "Pennsylvania Department of Health"),
        ("producer", "Keystone Growers"),
    ):
        answer = counselor_client.get(f"/reactions/{reaction.id}/report/{to}?text=1")
        assert answer.mimetype == "text/plain"
        text = answer.text
        assert addressee in text
        for fact in ("CAP-1", "B-1", "2 capsules", "1 hour", "sertraline", "Heart raced", "Green Door"):
            assert fact in text
        assert f"patient number {patient.id}" in text
        assert "Rivera" not in text and "Ana" not in text
        assert "Permit or license number" in text and "____" in text
    assert counselor_client.get(f"/reactions/{reaction.id}/report/newspaper").status_code == 404


def test_of_a_state_that_was_not_read_nothing_is_claimed(told, record, patient, counselor_client):
    patient.certification_state = "OH"
    db.session.commit()
    reaction = record(counselor_client, told)
    assert (
        "What OH asks to be reported is not known here."
        in counselor_client.get(f"/reactions/{reaction.id}").text
    )
    assert "Rule:" not in counselor_client.get(f"/reactions/{reaction.id}/report/department?text=1").text


def test_a_report_is_noted_as_sent_with_when_by_whom_and_how(told, record, counselor_client, store):
    reaction = record(counselor_client, told)
    assert "Nothing was sent yet." in counselor_client.get(f"/reactions/{reaction.id}").text
    now = clock.local(clock.now(), store)
    data = {"recipient": "department", "how": "Telephone, Ms. Roe", "sent": f"{now:%Y-%m-%dT%H:%M}"}
    early = data | {"sent": f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}"}
    assert counselor_client.post(f"/reactions/{reaction.id}/reports", data=early).status_code == 422
    assert counselor_client.post(f"/reactions/{reaction.id}/reports", data=data).status_code == 303
    page = counselor_client.get(f"/reactions/{reaction.id}").text
    assert "Casey Counselor, Telephone, Ms. Roe" in page
    event = db.session.scalars(db.select(AuditEvent).where(AuditEvent.kind == "reaction.reported")).one()
    assert event.detail["to"] == "department" and event.patient_id == reaction.patient_id


def test_the_patients_page_lists_them(told, record, patient, counselor_client):
    record(counselor_client, told)
    page = counselor_client.get(f"/patients/{patient.id}").text
    assert "Heart raced for two hours." in page and "Not offered again" in page


def test_reading_one_is_in_the_log(told, record, counselor_client):
    reaction = record(counselor_client, told)
    counselor_client.get(f"/reactions/{reaction.id}")
    counselor_client.get("/reactions")
    kinds = db.session.scalars(
        db.select(AuditEvent.kind).where(AuditEvent.patient_id == reaction.patient_id)
    ).all()
    assert {"reaction.recorded", "reaction.shown", "patient.listed"} <= set(kinds)
