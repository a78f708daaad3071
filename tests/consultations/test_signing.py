"""What may be signed, by whom, and what a signature keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from counselor.audit.models import AuditEvent
from counselor.catalog.models import Batch
from counselor.consultations.models import Outcome, State
from counselor.database import db
from counselor.patients.models import Patient
from counselor.staff.models import Staff

from .conftest import ALL_ASKED, MS_ALONE, NO_MEDICINES, READY, READY_WITH_SEDATIVES, Visit, hold, left

Begin = Callable[..., Visit]


def test_a_sale_keeps_intake_and_advice_to_the_letter_and_takes_the_packages_off_the_shelf(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1", **{"packages|CAP-1|B-1": "2"})
    visit.sign("sold")
    row = visit.row
    assert (row.state, row.outcome, row.signed_by_id) == (
        State.SIGNED,
        Outcome.SOLD,
        counselor_client.staff.id,
    )
    assert json.loads(row.advice or "")["knowledge"] == row.knowledge_version
    assert json.loads(row.intake or "")["conditions"] == ["multiple sclerosis"]
    assert "Rivera" not in (row.intake or "") + (row.advice or "")
    assert left(capsules) == 3


def test_what_was_not_asked_stops_the_signature_but_not_the_look(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, MS_ALONE | NO_MEDICINES)
    assert "One to one CAP-1" in visit.page()
    visit.press("choose", choose="CAP-1|B-1")
    answer = visit.sign("sold").get_data(as_text=True)
    assert "Ask about the heart" in answer and "Say who is here" in answer
    assert visit.row.state is State.DRAFT and left(capsules) == 5


def test_a_counselor_cannot_sign_a_sale_under_a_major_warning(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY_WITH_SEDATIVES)
    visit.press("choose", choose="CAP-1|B-1")
    answer = visit.sign("sold").get_data(as_text=True)
    assert "cannot end with a sale" in answer
    assert visit.row.state is State.DRAFT and left(capsules) == 5
    visit.sign("referred-not-sold")
    assert visit.row.outcome is Outcome.REFERRED and left(capsules) == 5


def test_the_last_package_is_not_sold_twice(
    counselor_client: Any,
    make_patient: Callable[..., Patient],
    make_batch: Callable[..., Batch],
    visit_of: Begin,
) -> None:
    batch = make_batch(count=1)
    first, second = (
        visit_of(counselor_client, make_patient(given_name=name), READY) for name in ("Ana", "Bea")
    )
    for visit in (first, second):
        visit.press("choose", choose="CAP-1|B-1")
    form = second.form()
    first.sign("sold")
    answer = second.client.post(
        f"/consultations/{second.id}/signature", data=form | {"outcome": "sold"}, follow_redirects=True
    )
    assert first.row.outcome is Outcome.SOLD and second.row.state is State.DRAFT
    assert left(batch) == 0
    assert "Nothing was signed" in answer.get_data(as_text=True) or "left on the shelf" in answer.get_data(
        as_text=True
    )


def test_a_batch_held_while_the_page_was_open_is_told_before_signing(
    counselor_client: Any,
    patient: Patient,
    capsules: Batch,
    visit_of: Begin,
    make_staff: Callable[..., Staff],
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1")
    form = visit.form()
    hold(capsules, "label torn", by=make_staff("manager"))
    answer = counselor_client.post(
        f"/consultations/{visit.id}/signature", data=form | {"outcome": "sold"}, follow_redirects=True
    ).get_data(as_text=True)
    assert "label torn" in answer and "Nothing was signed" in answer
    assert visit.row.state is State.DRAFT and left(capsules) == 5


def test_two_windows_signing_one_draft_sell_once(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1")
    form = visit.form()
    visit.sign("sold")
    again = counselor_client.post(
        f"/consultations/{visit.id}/signature", data=form | {"outcome": "sold"}, follow_redirects=True
    )
    assert again.status_code == 200 and visit.row.number in again.get_data(as_text=True)
    assert left(capsules) == 4


def test_a_signed_record_is_amended_with_a_reason_and_never_edited(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.sign("nothing-sold")
    before = visit.row.intake
    late = visit.save({"conditions": "chronic pain"})
    assert late.status_code == 409 and "signed already" in late.get_data(as_text=True)
    missing = counselor_client.post(f"/consultations/{visit.id}/amendments", data={"text": "Also has COPD"})
    assert missing.status_code == 422 and "Also has COPD" in missing.get_data(as_text=True)
    counselor_client.post(
        f"/consultations/{visit.id}/amendments", data={"text": "Also has COPD", "reason": "Told later"}
    )
    assert visit.row.intake == before
    assert "Also has COPD" in visit.page()


def test_nobody_signs_for_another_store(
    patient: Patient,
    capsules: Batch,
    visit_of: Begin,
    counselor_client: Any,
    make_staff: Callable[..., Staff],
    client_of: Callable[..., Any],
    store: Any,
) -> None:
    from counselor.staff.models import Store

    elsewhere = Store(name="Hill Top", zone="America/New_York")
    db.session.add(elsewhere)
    db.session.commit()
    stranger = client_of(make_staff("counselor", store=elsewhere))
    visit = visit_of(counselor_client, patient, READY)
    assert stranger.get(f"/consultations/{visit.id}").status_code == 404
    assert (
        stranger.post(f"/consultations/{visit.id}/signature", data={"outcome": "nothing-sold"}).status_code
        == 404
    )
    assert visit.row.state is State.DRAFT


@pytest.mark.parametrize("topic", ["heart", "lung", "psychosis"])
def test_a_yes_without_saying_what_counts_as_the_plain_term_and_stops_the_signature(
    topic: str, counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY | {f"topic-{topic}": "yes"})
    answer = visit.sign("nothing-sold").get_data(as_text=True)
    assert "say what it is" in answer
    assert visit.row.state is State.DRAFT


def test_each_step_of_a_sale_is_in_the_audit_log(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1")
    visit.sign("sold")
    kinds = set(db.session.scalars(select(AuditEvent.kind).where(AuditEvent.patient_id == patient.id)))
    assert {
        "consultation.started", "consultation.saved", "consultation.shown", "consultation.product-chosen",
        "consultation.signed",
    } <= kinds  # fmt: skip


def test_an_urgent_referral_is_signed_without_waiting_for_the_safety_questions(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, {"conditions": "myoclonus", "medicines": "morphine"})
    assert "Ask about" not in visit.sign("referred-not-sold").get_data(as_text=True)
    assert visit.row.outcome is Outcome.REFERRED


def test_all_topics_asked_is_what_a_signature_needs(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, MS_ALONE | NO_MEDICINES | ALL_ASKED)
    visit.sign("nothing-sold")
    assert visit.row.outcome is Outcome.NOTHING
