"""A medicine that raised a warning is not taken off in silence, and a closed visit is not changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from counselor.catalog.models import Batch
from counselor.consultations.models import Consultation, State
from counselor.database import db
from counselor.patients.models import Patient

from .conftest import MS_ALONE, READY, READY_WITH_SEDATIVES, Visit

Begin = Callable[..., Visit]

NONE_TAKEN = {"medicines": "", "topic-medicines": "no"}
ASKS_WHY = "Why is it no longer on the list?"


def next_visit(client: Any, patient: Patient, **fields: str) -> Visit:
    """Press the patient page's button and give the visit it leads to."""
    answer = client.post(f"/patients/{patient.id}/consultations", data=fields)
    assert answer.status_code == 303
    return Visit(client, int(answer.headers["Location"].rstrip("/").split("/")[-1]))


def gone_from(visit: Visit) -> list[str]:
    """The medicines whose reason is still asked for."""
    return [one["said"] for one in visit.row.sheet["removed"]]


@pytest.mark.parametrize(
    "between",
    [
        {"current_route": "edible", "current_thc": "a lot"},
        {"conditions": ""},
        {"history": "x" * 400},
        {"topic-medicines": "no"},
        {"routes": ["topical"]},
        {"medicines": "Klonopin, oxycodone 5mg\n" + "\n".join(f"word {n}" for n in range(400))},
        {"medicines": "\n".join(f"word {n}" for n in range(400)) + "\nKlonopin, oxycodone 5mg"},
    ],
    ids=["number", "no condition", "long line", "says none", "other route", "many after", "many before"],
)
def test_a_problem_on_the_sheet_in_between_does_not_hide_what_was_taken_off(
    between: dict[str, Any], counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY_WITH_SEDATIVES)
    visit.save(between)
    visit.save(READY)
    visit.typed = READY
    visit.save(NONE_TAKEN)
    assert gone_from(visit) == ["Klonopin, oxycodone 5mg"]
    assert ASKS_WHY in visit.page()
    visit.press("choose", choose="CAP-1|B-1")
    visit.sign("sold")
    assert visit.row.state is State.DRAFT


@pytest.mark.parametrize("denial", ["no Klonopin, no oxycodone", "denies Klonopin and oxycodone"])
def test_denying_a_medicine_in_words_is_taking_it_off(
    denial: str, counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY_WITH_SEDATIVES)
    visit.save({"medicines": denial})
    assert gone_from(visit) == ["Klonopin, oxycodone 5mg"]


@pytest.mark.parametrize("instead", ["oxycodone cream", "Klonopin eye drops", "clonazepam foam"])
def test_calling_a_medicine_a_cream_is_taking_it_off(
    instead: str, counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY_WITH_SEDATIVES)
    visit.save({"medicines": instead})
    assert gone_from(visit) == ["Klonopin, oxycodone 5mg"]


def test_a_spelling_refused_and_then_taken_off_is_asked_about(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, MS_ALONE | {"medicines": "oxycodon"})
    visit.save({}, refuse="oxycodon")
    visit.save({"medicines": ""})
    assert gone_from(visit) == ["oxycodon"]


def test_a_visit_begun_again_after_it_was_given_up_still_asks_about_the_medicine(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit_of(counselor_client, patient, READY_WITH_SEDATIVES).press("abandonment")
    again = next_visit(counselor_client, patient)
    again.save(READY)
    assert ASKS_WHY in again.page()
    again.press("choose", choose="CAP-1|B-1")
    again.sign("sold")
    assert again.row.state is State.DRAFT
    again.press("explain", explain="0", **{"why-0": "It was written down by mistake"})
    assert gone_from(again) == [] and ASKS_WHY not in again.page()
    again.sign("sold")
    assert again.row.state is State.SIGNED


def test_a_second_draft_beside_an_open_one_is_no_way_around(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    first = visit_of(counselor_client, patient, MS_ALONE)
    second = next_visit(counselor_client, patient, anew="1")
    second.save(READY)
    second.press("choose", choose="CAP-1|B-1")
    first.save(READY_WITH_SEDATIVES)
    without_sheet = {name: value for name, value in second.form().items() if name in ("version", "seen")} | {
        "outcome": "sold"
    }
    counselor_client.post(f"/consultations/{second.id}/signature", data=without_sheet)
    assert second.row.state is State.DRAFT
    assert ASKS_WHY in second.page()


def test_a_medicine_of_another_visit_is_put_back_with_one_press(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit_of(counselor_client, patient, READY_WITH_SEDATIVES).press("abandonment")
    again = visit_of(counselor_client, patient, MS_ALONE)
    again.save({}, put_back="Klonopin, oxycodone 5mg")
    assert again.row.sheet["medicines"] == ["Klonopin, oxycodone 5mg"] and gone_from(again) == []


def test_what_was_explained_once_is_not_asked_again_on_the_next_visit(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit_of(counselor_client, patient, READY_WITH_SEDATIVES).press("abandonment")
    second = visit_of(counselor_client, patient, READY)
    second.press("explain", explain="0", **{"why-0": "The prescriber stopped it"})
    second.press("abandonment")
    third = visit_of(counselor_client, patient, READY)
    assert ASKS_WHY not in third.page()


def test_a_draft_of_last_week_is_not_asked_about(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    old = visit_of(counselor_client, patient, READY_WITH_SEDATIVES).row
    old.saved_at = old.saved_at - timedelta(days=7)
    db.session.commit()
    assert ASKS_WHY not in visit_of(counselor_client, patient, READY).page()


def test_another_patients_medicines_are_not_asked_about(
    counselor_client: Any, patient: Patient, make_patient: Callable[..., Patient], visit_of: Begin
) -> None:
    visit_of(counselor_client, make_patient(given_name="Bo"), READY_WITH_SEDATIVES)
    assert ASKS_WHY not in visit_of(counselor_client, patient, READY).page()


@pytest.mark.parametrize("closed", ["abandonment", "ask"])
@pytest.mark.parametrize("deed", ["choose", "drop", "explain"])
def test_a_closed_visit_is_not_changed_by_a_button_sent_without_its_sheet(
    deed: str, closed: str, counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY_WITH_SEDATIVES | {"medicines": "Klonopin"})
    visit.press("choose", choose="CAP-1|B-1")
    visit.save({"medicines": "oxycodone"})
    visit.press(closed)
    before = (visit.row.state, [item.packages for item in visit.row.items], gone_from(visit))
    assert before[0] in (State.ABANDONED, State.WAITING) and before[2] == ["Klonopin"]
    path, data = {
        "choose": ("items", {"choose": "CAP-1|B-1", "packages|CAP-1|B-1": "9"}),
        "drop": ("items", {"drop": str(visit.row.items[0].id)}),
        "explain": ("removal", {"explain": "0", "why-0": "The prescriber stopped it"}),
    }[deed]
    answer = counselor_client.post(f"/consultations/{visit.id}/{path}", data=data)
    assert answer.status_code == 409 and "Nothing was changed" in answer.get_data(as_text=True)
    assert before == (visit.row.state, [item.packages for item in visit.row.items], gone_from(visit))


@pytest.mark.parametrize("closed", ["", "abandonment", "ask"])
def test_only_a_signed_visit_is_amended_and_any_other_says_so(
    closed: str, counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY_WITH_SEDATIVES)
    if closed:
        visit.press(closed)
    answer = visit.press("amendments", text="More was said.", reason="Forgotten")
    assert answer.status_code == 200 and "Only a signed record is amended" in answer.get_data(as_text=True)
    assert db.session.scalars(select(Consultation)).one().amendments == []
