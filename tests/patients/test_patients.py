"""Finding, adding and changing patients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from counselor import clock
from counselor.audit.models import AuditEvent
from counselor.database import db
from counselor.patients.models import Patient
from counselor.patients.names import card_key, name_key
from counselor.patients.presenters import guess_names
from counselor.staff.models import Staff

ANA = {"family_name": "Rivera", "given_name": "Ana", "born": "1979-03-25", "card_number": "MN-2210 4821"}


@pytest.fixture
def make_patient(app: Any, make_staff: Callable[..., Staff]) -> Callable[..., Patient]:
    """Make a patient: Ana Rivera unless said otherwise."""
    by = make_staff("manager", username="registrar")

    def make(**given: Any) -> Patient:
        at = clock.now()
        values = {"given_name": "Ana", "family_name": "Rivera", "born": date(1979, 3, 25)} | given
        patient = Patient(**values, created_at=at, created_by_id=by.id, updated_at=at, updated_by_id=by.id)
        db.session.add(patient)
        db.session.commit()
        return patient

    return make


def search(client: Any, text: str) -> str:
    """What the counter's search shows."""
    answer = client.post("/patients/search", data={"text": text}, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    "text", ["rivera", "Ana", "ana riv", "Rivera, Ana", "RIVERA ANA", "MN-2210 4821", "mn22104821", "4821"]
)
def test_a_patient_is_found_by_name_in_any_order_and_by_card(
    text: str, counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    make_patient(card_number="MN-2210 4821")
    make_patient(given_name="Bo", family_name="Olson", card_number="MN-9900 1111")
    page = search(counselor_client, text)
    assert "Rivera, Ana" in page and "Olson" not in page


@pytest.mark.parametrize("text", ["nunez", "Núñez", "obrien nunez", "O'Brien-Núñez"])
def test_accents_and_marks_in_a_name_do_not_matter(
    text: str, counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    make_patient(family_name="O'Brien-Núñez")
    assert "O&#39;Brien-Núñez, Ana" in search(counselor_client, text)


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "' OR 1=1 --", "   ", "{{ 7*7 }}", "<script>alert(1)</script>"]
)
def test_odd_characters_find_nobody_and_break_nothing(
    text: str, counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    make_patient()
    page = search(counselor_client, text)
    assert "Rivera, Ana" not in page and "<script>alert" not in page


def test_what_is_searched_for_never_stands_in_an_address(counselor_client: Any) -> None:
    assert counselor_client.get("/patients/search?text=Rivera").status_code == 405


def test_look_alike_names_are_told_apart_by_birth_date(
    counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    make_patient()
    make_patient(born=date(1991, 7, 2))
    page = search(counselor_client, "rivera")
    assert page.count("same name as another") == 2 and "25 Mar 1979" in page and "2 Jul 1991" in page


def test_every_patient_shown_by_a_search_is_in_the_audit_log(
    counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    patient = make_patient()
    search(counselor_client, "rivera")
    counselor_client.get(f"/patients/{patient.id}")
    kinds = db.session.scalars(select(AuditEvent.kind).where(AuditEvent.patient_id == patient.id)).all()
    assert kinds == ["patient.listed", "patient.shown"]


def test_a_patient_nobody_found_is_added_without_typing_the_name_again(counselor_client: Any) -> None:
    assert "Add a new patient" in search(counselor_client, "Ana Rivera")
    page = counselor_client.post("/patients/new", data={"text": "Ana Rivera"}).get_data(as_text=True)
    assert 'value="Rivera"' in page and 'value="Ana"' in page
    answer = counselor_client.post("/patients", data=ANA)
    assert answer.status_code == 303
    assert db.session.scalars(select(Patient)).one().card_key == "MN22104821"


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("Rivera, Ana", {"family_name": "Rivera", "given_name": "Ana"}),
        ("Ana Maria Rivera", {"given_name": "Ana Maria", "family_name": "Rivera"}),
        ("Rivera", {"family_name": "Rivera"}),
        ("MN 4821", {"card_number": "MN 4821"}),
        ("", {}),
    ],
)
def test_a_search_text_is_read_as_a_name_or_a_card(text: str, guess: dict[str, str]) -> None:
    assert guess_names(text) == guess


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"born": "1025-03-25"}, "would make the patient"),
        ({"born": "2999-01-01"}, "lies in the future"),
        ({"born": "soon"}, "is not a date"),
        ({"born": ""}, "Write the date of birth"),
        ({"family_name": " "}, "Write the family name"),
        ({"certification_expires": "2027-01-01"}, "which state certified"),
        ({"certification_state": "PA", "certification_expires": "1027-01-01"}, "cannot be right"),
        ({"caregiver_expires": "2027-01-01"}, "Name the caregiver"),
        ({"card_number": "---"}, "has letters or digits"),
        ({"given_name": "x" * 101}, "longer than 100"),
    ],
)
def test_what_cannot_be_a_patient_is_told_at_its_field_and_nothing_typed_is_lost(
    change: dict[str, str], message: str, counselor_client: Any
) -> None:
    answer = counselor_client.post("/patients", data=ANA | {"note": "uses a cane"} | change)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and message in page and "uses a cane" in page
    assert db.session.scalars(select(Patient)).all() == []


def test_one_card_belongs_to_one_patient(counselor_client: Any, make_patient: Callable[..., Patient]) -> None:
    make_patient(given_name="Bo", card_number="mn 22104821")
    answer = counselor_client.post("/patients", data=ANA)
    assert answer.status_code == 422 and "belongs to Rivera, Bo" in answer.get_data(as_text=True)


def test_the_same_name_and_birth_date_asks_before_adding_a_second(
    counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    make_patient()
    answer = counselor_client.post("/patients", data=ANA)
    assert answer.status_code == 422 and "already here" in answer.get_data(as_text=True)
    assert counselor_client.post("/patients", data=ANA | {"add_anyway": "yes"}).status_code == 303


def test_two_people_changing_one_record_see_both_sides(
    counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    patient = make_patient()
    first = {"family_name": "Rivera", "given_name": "Ana", "born": "1979-03-25", "version": patient.version}
    assert counselor_client.post(f"/patients/{patient.id}", data=first | {"phone": "111"}).status_code == 303
    late = counselor_client.post(f"/patients/{patient.id}", data=first | {"phone": "222"})
    page = late.get_data(as_text=True)
    assert late.status_code == 409 and "111" in page and "222" in page
    db.session.expire_all()
    assert patient.phone == "111"
    kept = counselor_client.post(
        f"/patients/{patient.id}", data=first | {"phone": "222", "version": patient.version}
    )
    assert kept.status_code == 303
    db.session.expire_all()
    assert patient.phone == "222"


def test_a_change_says_in_the_log_which_fields_but_not_what(
    counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    patient = make_patient()
    form = {"family_name": "Rivera", "given_name": "Ana", "born": "1979-03-25", "version": patient.version}
    counselor_client.post(f"/patients/{patient.id}", data=form | {"note": "secret words"})
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "patient.changed")).one()
    assert event.detail == {"fields": ["note"]}


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 11, 23), date(2026, 11, 22), 17),
    ],
)
def test_age_is_in_full_years_on_the_day(born: date, on: date, age: int) -> None:
    assert Patient(given_name="A", family_name="B", born=born).age_on(on) == age


def test_names_and_cards_are_folded() -> None:
    assert name_key("  ÅSE  Müller-O'Neil ") == "ase muller oneil"
    assert card_key("mn-22 10.4821") == "MN22104821"


def test_a_missing_patient_is_a_plain_404(counselor_client: Any) -> None:
    assert counselor_client.get("/patients/999").status_code == 404


def test_a_scanned_card_opens_the_patient_at_once(
    counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    patient = make_patient(card_number="MN-2210 4821")
    answer = counselor_client.post("/patients/search", data={"text": "MN22104821"})
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/patients/{patient.id}")


def listed(patient: Patient) -> int:
    """How often somebody saw this patient in a list or a message."""
    db.session.expire_all()
    wanted = (AuditEvent.patient_id == patient.id) & (AuditEvent.kind == "patient.listed")
    return len(db.session.scalars(select(AuditEvent.kind).where(wanted)).all())


def test_whose_card_it_is_is_a_read_in_the_audit_log(
    counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    holder = make_patient(given_name="Bo", card_number="MN22104821")
    counselor_client.post("/patients", data=ANA)
    assert listed(holder) == 1


def test_who_is_already_here_is_a_read_in_the_audit_log(
    counselor_client: Any, make_patient: Callable[..., Patient]
) -> None:
    twin = make_patient()
    counselor_client.post("/patients", data=ANA)
    assert listed(twin) == 1


@pytest.mark.parametrize(
    ("lacks", "field", "message"),
    [
        ({"certification_expires": "2027-02-01"}, "certification_state", "Say which state"),
        ({"caregiver_expires": "2027-02-01"}, "caregiver_name", "Name the caregiver"),
        ({"born": "   "}, "born", "Write the date of birth"),
    ],
)
def test_what_is_missing_is_told_at_the_field_that_lacks_it(
    lacks: dict[str, str], field: str, message: str, counselor_client: Any
) -> None:
    answer = counselor_client.post("/patients", data=ANA | lacks)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'<a href="#{field}">{message}' in page
