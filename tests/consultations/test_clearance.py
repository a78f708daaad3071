"""A major warning: who may clear it, within which limits, and for how long."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from counselor import clock
from counselor.catalog.models import Batch
from counselor.consultations.models import Clearance, ClearanceRequest, Outcome, RequestState, State
from counselor.database import db
from counselor.patients.models import Patient

from .conftest import ALL_ASKED, READY, READY_WITH_SEDATIVES, Visit, left

Begin = Callable[..., Visit]


def answer(client: Any, visit: Visit, **fields: Any) -> Any:
    """Fill the pharmacist's form as it comes and record it."""
    rules = db.session.scalars(db.select(ClearanceRequest.rules)).all()[-1]
    usual = {
        "answer": "cleared",
        "said": "1.25 mg at most",
        "by_role": "pharmacist",
        "by_name": "",
        "rules": rules,
        "clear_routes": ["edible"],
        "max_thc_mg": "1.25",
        "until": (date.today() + timedelta(days=60)).isoformat(),
    }
    return client.post(f"/consultations/{visit.id}/clearance", data=usual | fields)


@pytest.fixture
def asked(counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin) -> Visit:
    """A visit with two sedatives that waits for the pharmacist."""
    visit = visit_of(counselor_client, patient, READY_WITH_SEDATIVES)
    visit.press("ask", question="May she try 1.25 mg?")
    assert visit.row.state is State.WAITING
    return visit


def test_a_counselor_cannot_clear_her_own_warning(asked: Visit, counselor_client: Any) -> None:
    assert counselor_client.get(f"/consultations/{asked.id}/clearance").status_code == 403
    assert answer(counselor_client, asked).status_code == 403
    assert asked.row.state is State.WAITING


def test_the_pharmacist_sees_medicines_warnings_and_mechanism_on_one_page(
    asked: Visit, pharmacist_client: Any
) -> None:
    assert "Rivera, Ana" in pharmacist_client.get("/queue").get_data(as_text=True)
    page = pharmacist_client.get(f"/consultations/{asked.id}/clearance").get_data(as_text=True)
    assert (
        "clonazepam" in page
        and "oxycodone" in page
        and "Mechanism" in page
        and "May she try 1.25 mg?" in page
    )


def test_after_a_clearance_the_counselor_signs_the_sale_within_the_limit(
    asked: Visit, pharmacist_client: Any, capsules: Batch
) -> None:
    assert answer(pharmacist_client, asked).status_code == 303
    assert asked.row.state is State.DRAFT
    asked.press("choose", choose="CAP-1|B-1")
    asked.sign("sold")
    assert asked.row.outcome is Outcome.SOLD and left(capsules) == 4


def test_a_first_dose_above_the_cleared_limit_is_not_sold(
    asked: Visit, pharmacist_client: Any, capsules: Batch
) -> None:
    answer(pharmacist_client, asked, max_thc_mg="0.5")
    asked.press("choose", choose="CAP-1|B-1")
    asked.sign("sold")
    assert asked.row.state is State.DRAFT and left(capsules) == 5


def test_another_route_than_the_cleared_one_is_not_sold(
    asked: Visit, pharmacist_client: Any, capsules: Batch
) -> None:
    answer(pharmacist_client, asked, clear_routes=["topical"])
    asked.press("choose", choose="CAP-1|B-1")
    asked.sign("sold")
    assert asked.row.state is State.DRAFT and left(capsules) == 5


@pytest.mark.parametrize(
    ("lacks", "message"),
    [
        ({"said": " "}, "Write what was said"),
        ({"rules": []}, "Tick the warnings"),
        ({"clear_routes": []}, "Tick at least one route"),
        ({"until": "2001-01-01"}, "lies in the past"),
        ({"until": "soon"}, "Write the last day"),
        ({"until": "2099-01-01"}, "a year at most"),
        ({"max_thc_mg": "lots"}, "is not an amount"),
        ({"by_role": "prescriber", "by_name": ""}, "Name who decided"),
        ({"answer": ""}, "Say what was decided"),
    ],
)
def test_an_answer_that_lacks_something_is_told_at_its_field_and_keeps_what_was_typed(
    lacks: dict[str, Any], message: str, asked: Visit, pharmacist_client: Any
) -> None:
    page = answer(pharmacist_client, asked, **({"said": "spoke with Dr Hale"} | lacks))
    assert page.status_code == 422 and message in page.get_data(as_text=True)
    assert lacks.get("said") or "spoke with Dr Hale" in page.get_data(as_text=True)
    assert asked.row.state is State.WAITING


def test_a_prescriber_who_was_not_reached_keeps_the_visit_waiting_with_a_note(
    asked: Visit, pharmacist_client: Any
) -> None:
    answer(pharmacist_client, asked, answer="waiting", said="called at 2, again at 4")
    assert asked.row.state is State.WAITING
    assert "called at 2, again at 4" in pharmacist_client.get("/queue").get_data(as_text=True)


def test_a_refusal_leaves_only_referred_or_nothing_sold(
    asked: Visit, pharmacist_client: Any, capsules: Batch
) -> None:
    answer(pharmacist_client, asked, answer="refused", said="Not with this dose of oxycodone")
    assert "Not with this dose of oxycodone" in asked.page()
    asked.sign("sold")
    assert asked.row.state is State.DRAFT
    asked.sign("referred-not-sold")
    assert asked.row.outcome is Outcome.REFERRED and left(capsules) == 5


def test_a_word_given_by_phone_names_who_said_it_and_who_wrote_it_down(
    asked: Visit, pharmacist_client: Any
) -> None:
    answer(pharmacist_client, asked, by_role="prescriber", by_name="Dr Hale")
    clearance = db.session.scalars(db.select(Clearance)).one()
    assert (clearance.by_name, clearance.by_role) == ("Dr Hale", "prescriber")
    assert clearance.recorded_by_id == pharmacist_client.staff.id


def test_while_the_pharmacist_looks_the_sheet_is_closed(asked: Visit) -> None:
    late = asked.save({"medicines": "none"})
    assert late.status_code == 409 and asked.row.sheet["medicines"] == ["Klonopin, oxycodone 5mg"]
    asked.press("withdrawal")
    assert asked.row.state is State.DRAFT
    assert asked.row.requests[-1].state is RequestState.WITHDRAWN


def test_a_visit_that_waits_may_still_be_signed_as_referred(asked: Visit) -> None:
    asked.sign("referred-not-sold")
    assert asked.row.outcome is Outcome.REFERRED
    assert asked.row.requests[-1].state is RequestState.WITHDRAWN


def test_two_pharmacists_answering_at_once_give_one_answer(asked: Visit, pharmacist_client: Any) -> None:
    answer(pharmacist_client, asked)
    second = answer(pharmacist_client, asked, answer="refused", said="no")
    assert second.status_code == 303
    assert db.session.scalars(db.select(ClearanceRequest.state)).all() == [RequestState.CLEARED]


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"medicines": "oxycodone 5 mg\nKlonopin"}, True),
        ({"medicines": "Klonopin, oxycodone 10mg"}, False),
        ({"medicines": "Klonopin, oxycodone 5mg\nZolpidem"}, False),
        ({"medicines": "Klonopin"}, False),
        ({"routes": ["vaporized"]}, False),
    ],
    ids=["same", "other words", "higher dose", "new medicine", "one less", "other route"],
)
def test_a_later_visit_respects_a_clearance_until_a_medicine_dose_or_route_changes(
    change: dict[str, Any],
    holds: bool,
    asked: Visit,
    pharmacist_client: Any,
    counselor_client: Any,
    patient: Patient,
    visit_of: Begin,
) -> None:
    answer(pharmacist_client, asked)
    asked.sign("nothing-sold")
    later = visit_of(counselor_client, patient, READY_WITH_SEDATIVES | change)
    page = later.page()
    assert ("1 cleared" in page) is holds
    if not holds and change.get("medicines") != "Klonopin":
        assert "no longer counts" in page


def test_a_clearance_ends_on_its_day(
    asked: Visit, pharmacist_client: Any, counselor_client: Any, store: Any
) -> None:
    answer(pharmacist_client, asked)
    clearance = db.session.scalars(db.select(Clearance)).one()
    clearance.cleared_on = clock.today(store) - timedelta(days=9)
    clearance.until = clock.today(store) - timedelta(days=1)
    db.session.commit()
    assert "1 cleared" not in asked.page()


def test_nothing_is_sent_to_the_pharmacist_where_nothing_waits(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    assert "no warning here waits" in visit.press("ask").get_data(as_text=True)
    assert visit.row.state is State.DRAFT


def test_a_manager_neither_advises_nor_clears(asked: Visit, manager_client: Any) -> None:
    assert (
        manager_client.post(f"/consultations/{asked.id}/signature", data={"outcome": "sold"}).status_code
        == 403
    )
    assert manager_client.get(f"/consultations/{asked.id}/clearance").status_code == 403
    assert manager_client.get(f"/consultations/{asked.id}").status_code == 200


def test_all_asked_is_complete() -> None:
    assert len([name for name in ALL_ASKED if name.startswith("topic-")]) == 8


def test_a_condition_that_needs_a_clinician_first_can_be_agreed_to(
    counselor_client: Any, pharmacist_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY | {"conditions": "epileptic myoclonus"})
    visit.sign("sold")
    assert visit.row.state is State.DRAFT
    visit.press("ask")
    rules = db.session.scalars(db.select(ClearanceRequest.rules)).one()
    assert rules == ["myoclonus-epileptic"]
    assert "must agree first" in pharmacist_client.get(f"/consultations/{visit.id}/clearance").get_data(
        as_text=True
    )
    answer(
        pharmacist_client,
        visit,
        by_role="prescriber",
        by_name="Dr Neuro",
        said="CBD only, seizures are stable",
    )
    assert visit.row.state is State.DRAFT
    assert "Pharmacist or prescriber first" not in visit.page()


def test_the_conflict_and_the_refused_answer_are_reads_in_the_audit_log(
    asked: Visit, pharmacist_client: Any
) -> None:
    from counselor.audit.models import AuditEvent

    kind = AuditEvent.kind == "consultation.shown-for-clearance"
    counted = db.select(db.func.count()).select_from(AuditEvent).where(kind)
    answer(pharmacist_client, asked, said="")
    assert db.session.scalar(counted) == 1


@pytest.mark.parametrize(
    "changed",
    [
        "Klonopin, oxycodone ten mg",
        "Klonopin, oxycodone 5mg ER",
        "Klonopin, OxyContin 5mg",
        "Klonopin high dose, oxycodone 5mg",
        "Klonopin, oxycodone .5mg",
        "Klonopin, oxycodone 5mg, four times a day",
        "Klonopin, oxycodone 5mg\noxycodone 5mg at night",
        "Klonopin, Klonopin, oxycodone 5mg",
        "Klonopin at night, oxycodone 5mg",
    ],
)
def test_a_clearance_lapses_when_anything_said_of_a_medicine_changes(
    changed: str, asked: Visit, pharmacist_client: Any
) -> None:
    answer(pharmacist_client, asked)
    assert "1 cleared" in asked.page()
    asked.save({"medicines": changed})
    page = asked.page()
    assert "1 cleared" not in page and "no longer counts" in page


def test_swapping_two_directions_within_a_line_is_a_change(
    counselor_client: Any, pharmacist_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    told = "oxycodone 5 mg, once a day, Klonopin, twice a day"
    visit = visit_of(counselor_client, patient, READY_WITH_SEDATIVES | {"medicines": told})
    visit.press("ask")
    answer(pharmacist_client, visit)
    assert "1 cleared" in visit.page()
    visit.save({"medicines": "oxycodone 5 mg, twice a day, Klonopin, once a day"})
    assert "1 cleared" not in visit.page()


def test_beside_a_lapsed_clearance_no_green_line_says_cleared(asked: Visit, pharmacist_client: Any) -> None:
    answer(pharmacist_client, asked)
    assert "Cleared by Pat Pharmacist" in asked.page()
    asked.save({"medicines": "Klonopin, oxycodone 10mg"})
    page = asked.page()
    assert "no longer counts" in page and "Cleared by Pat Pharmacist" not in page


def test_a_cleared_warning_is_quiet_and_says_how_severe_it_stays(
    asked: Visit, pharmacist_client: Any
) -> None:
    answer(pharmacist_client, asked)
    page = asked.page()
    assert "finding-cleared" in page and ", cleared by Pat Pharmacist (pharmacist)" in page
    asked.sign("nothing-sold")
    assert "Severity: " in asked.page()


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({"conditions": "epilepsy"}, "epilepsy"),
        ({"current_route": "edible", "current_thc": "500"}, "thc-ceiling-hard"),
        ({"symptoms": "ms relapse"}, "ms-relapse"),
        ({"medicines": "Klonopin, oxycodone", "topic-medicines": "yes"}, "sedatives-together"),
    ],
    ids=["condition", "ceiling", "red flag of the day", "warning"],
)
def test_whatever_waits_for_a_clinician_is_sent_answered_and_then_free(
    told: dict[str, Any],
    rule: str,
    counselor_client: Any,
    pharmacist_client: Any,
    patient: Patient,
    capsules: Batch,
    visit_of: Begin,
) -> None:
    visit = visit_of(counselor_client, patient, READY | told)
    assert "Send to pharmacist" in visit.page()
    visit.press("ask")
    assert visit.row.state is State.WAITING
    assert db.session.scalars(db.select(ClearanceRequest.rules)).one()
    answer(pharmacist_client, visit, by_role="prescriber", by_name="Dr Hale", said="Agreed, 1.25 mg at most")
    assert visit.row.state is State.DRAFT
    page = visit.page()
    assert "Sign as sold" in page and "Send to pharmacist" not in page
    given = db.session.scalars(db.select(Clearance).where(Clearance.rule == rule)).one()
    assert given.because and given.routes and given.by_role == "prescriber"
    visit.sign("nothing-sold")
    passed = json.loads(visit.row.intake or "{}")
    assert {"rule", "because", "routes", "max_thc_mg"} <= set(passed["clearances"][0])
    assert json.loads(visit.row.advice or "{}")["ignored"] == []


def test_more_cannabis_a_day_than_was_agreed_to_is_asked_again(
    counselor_client: Any, pharmacist_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY | {"current_route": "edible", "current_thc": "60"})
    visit.press("ask")
    answer(pharmacist_client, visit)
    assert "Sign as sold" in visit.page()
    visit.save({"current_thc": "600"})
    assert "Sign as sold" not in visit.page() and "no longer counts" in visit.page()


def test_an_emergency_is_never_offered_for_an_answer(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    told = {"symptoms": "chest pain now\nms relapse", "medicines": "oxycodone", "topic-medicines": "yes"}
    visit = visit_of(counselor_client, patient, READY | told)
    assert "Send to pharmacist" not in visit.page()
    visit.press("ask")
    assert visit.row.state is State.DRAFT
    visit.sign("referred-not-sold")
    assert visit.row.outcome is Outcome.REFERRED


def test_an_unknown_medicine_goes_to_the_pharmacist_and_back_with_its_name(
    counselor_client: Any, pharmacist_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY | {"medicines": "glorbizol", "topic-medicines": "yes"})
    assert "Send to pharmacist" in visit.page() and "A pharmacist must say what it is" in visit.page()
    visit.press("ask")
    page = pharmacist_client.get(f"/consultations/{visit.id}/clearance").get_data(as_text=True)
    assert "cannot be cleared" in page and "Sent back" in page and 'value="cleared"' not in page
    answer(pharmacist_client, visit, answer="refused", said="It is baclofen 10 mg", rules=[])
    assert visit.row.state is State.DRAFT and "Sent back by Pat Pharmacist" in visit.page()
    visit.save({"medicines": "baclofen 10 mg"})
    assert "Sign as sold" in visit.page()


def test_an_answer_whose_words_would_lift_nothing_is_told_before_it_is_recorded(
    asked: Visit, pharmacist_client: Any
) -> None:
    page = answer(pharmacist_client, asked, said="No, do not sell this")
    assert page.status_code == 422 and "would not lift the warning" in page.get_data(as_text=True)
    assert asked.row.state is State.WAITING
    assert db.session.scalars(db.select(Clearance)).all() == []
