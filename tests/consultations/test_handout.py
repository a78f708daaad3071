"""What the patient takes home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counselor import knowledge
from counselor.catalog.models import Batch
from counselor.patients.models import Patient

from .conftest import READY, Visit

Begin = Callable[..., Visit]


def handout(visit: Visit) -> str:
    """The handout's page."""
    answer = visit.client.get(f"/consultations/{visit.id}/handout")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_it_says_what_was_chosen_the_first_dose_and_whom_to_call(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1")
    visit.sign("sold")
    page = handout(visit)
    for words in ("For Ana Rivera", "One to one CAP-1", "First dose", "1.25 mg", "1-800-222-1222", "911"):
        assert words in page, words
    assert knowledge.current().version in page and "awaiting a pharmacist" in page


def test_it_says_that_nothing_was_sold_and_names_every_medicine_not_checked(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    fields = READY | {"medicines": "glorbizol\nblue pill for nerves", "topic-medicines": "yes"}
    visit = visit_of(counselor_client, patient, fields)
    visit.sign("referred-not-sold")
    page = handout(visit)
    assert "Nothing was sold today" in page and "glorbizol" in page and "blue pill for nerves" in page
    assert "Not checked" in page and "First dose" not in page


def test_there_is_none_before_the_signature(counselor_client: Any, patient: Patient, visit_of: Begin) -> None:
    visit = visit_of(counselor_client, patient, READY)
    answer = counselor_client.get(f"/consultations/{visit.id}/handout", follow_redirects=True)
    assert "Sign the visit first" in answer.get_data(as_text=True)


def test_the_record_is_read_from_what_was_signed(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1")
    visit.sign("sold")
    capsules.product.name = "Renamed since"
    page = visit.page()
    assert "One to one CAP-1" in page and "Renamed since" not in page


def test_the_counter_lists_what_was_signed_today_and_my_drafts(
    counselor_client: Any, make_patient: Callable[..., Patient], visit_of: Begin
) -> None:
    visit_of(counselor_client, make_patient(given_name="Bea"), READY).sign("nothing-sold")
    visit_of(counselor_client, make_patient(given_name="Cleo"), READY)
    page = counselor_client.get("/").get_data(as_text=True)
    drafts, _, signed = page.partition("Signed today")
    assert "Rivera, Cleo" in drafts and "Rivera, Bea" in signed
