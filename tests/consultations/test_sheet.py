"""The intake page: nothing typed is lost, and what is wrong is told where it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from counselor.audit.models import AuditEvent
from counselor.catalog.models import Batch
from counselor.consultations.models import Consultation, MedicineRemoval, State
from counselor.consultations.sheet import Sheet, lines
from counselor.database import db
from counselor.patients.models import Patient

from .conftest import ALL_ASKED, MS_ALONE, MS_AND_TWO_SEDATIVES, READY, Visit

Begin = Callable[..., Visit]


def test_an_empty_intake_is_kept_and_asks_for_a_condition(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, {"medicines": "Klonopin"})
    assert "say at least one thing" in visit.page()
    page = visit.sign("nothing-sold").get_data(as_text=True)
    assert "Say at least one condition" in page and "Klonopin" in page
    assert visit.row.state is State.DRAFT


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"current_route": "smoked", "current_thc": "a lot"}, "Write a number"),
        ({"current_thc": "5"}, "how the patient uses cannabis now"),
        ({"current_route": "edible", "current_cbd": "some"}, "Write a number"),
        ({"current_cbd": "5"}, "how the patient uses cannabis now"),
        ({"measure": "pain-nrs", "baseline": "7", "now": "9999"}, "can be from 0 to"),
        ({"current_route": "smoked", "current_last": "yesterday"}, "is not a date"),
        ({"medicines": "Klonopin", "topic-medicines": "no"}, "Which is it?"),
        ({"history": "x" * 400}, "longer than 300"),
    ],
)
def test_what_cannot_be_read_is_told_at_the_field_and_kept_as_typed(
    fields: dict[str, str], message: str, counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, MS_ALONE | fields)
    page = visit.sign("nothing-sold").get_data(as_text=True)
    assert message in page
    for typed in fields.values():
        assert typed in page


def test_an_unknown_condition_is_said_back_as_not_understood(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, {"conditions": "glorbitis of the zorp"})
    assert "Not understood" in visit.page() and "glorbitis of the zorp" in visit.page()


def test_a_medicine_nobody_knows_is_shown_as_not_checked(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY | {"medicines": "glorbizol", "topic-medicines": "yes"})
    page = visit.page()
    assert "Not checked" in page and "glorbizol" in page and "1 medicine NOT checked" in page
    visit.sign("sold")
    assert visit.row.state is State.DRAFT


def test_a_corrected_spelling_must_be_confirmed_before_signing(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, READY | {"medicines": "baclofin", "topic-medicines": "yes"})
    assert "Confirm the spelling" in visit.sign("nothing-sold").get_data(as_text=True)
    visit.save({}, confirm="baclofin")
    visit.sign("nothing-sold")
    assert visit.row.state is State.SIGNED


def test_a_refused_spelling_counts_as_not_checked(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, MS_ALONE | {"medicines": "baclofin"})
    visit.save({}, refuse="baclofin")
    page = visit.page()
    assert "1 medicine NOT checked" in page and "Confirm spelling" not in page


def test_a_medicine_taken_off_after_it_raised_a_warning_asks_why(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, MS_AND_TWO_SEDATIVES | ALL_ASKED)
    visit.save({"medicines": "", "topic-medicines": "no"})
    page = visit.page()
    assert "Why is it no longer on the list?" in page
    assert "Say why" in visit.sign("nothing-sold").get_data(as_text=True)
    visit.press("explain", explain="0", **{"why-0": "The prescriber stopped it", "why-more-0": "in May"})
    removal = db.session.scalars(select(MedicineRemoval)).one()
    assert removal.reason == "The prescriber stopped it: in May" and "oxycodone" in removal.ingredients
    visit.sign("nothing-sold")
    assert visit.row.state is State.SIGNED and "The prescriber stopped it" in visit.page()


def test_a_medicine_told_in_other_words_was_not_taken_off(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, MS_ALONE | {"medicines": "Klonopin"})
    visit.save({"medicines": "clonazepam 1 mg"})
    assert visit.row.sheet["removed"] == []


def test_a_medicine_put_back_needs_no_reason(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, MS_ALONE | {"medicines": "Klonopin"})
    visit.save({"medicines": ""})
    assert visit.row.sheet["removed"][0]["said"] == "Klonopin"
    visit.save({}, put_back="Klonopin")
    assert visit.row.sheet["removed"] == [] and visit.row.sheet["medicines"] == ["Klonopin"]


def test_autosave_keeps_the_draft_and_answers_with_time_and_version(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient)
    form = visit.form() | {"conditions": "ms"}
    answer = counselor_client.post(
        f"/consultations/{visit.id}/intake", data=form, headers={"X-Autosave": "1"}
    )
    assert answer.status_code == 200
    assert answer.get_json() == {"saved_at": answer.get_json()["saved_at"], "version": visit.row.version}
    assert visit.row.sheet["conditions"] == ["ms"]


def test_many_autosaves_leave_one_trace_in_the_audit_log(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient)
    counted = select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == "consultation.saved")
    row = visit.row
    row.noted_at = row.noted_at - timedelta(hours=1)
    db.session.commit()
    for text in ("m", "ms", "ms and", "ms and pain"):
        form = visit.form() | {"conditions": text}
        counselor_client.post(f"/consultations/{visit.id}/intake", data=form, headers={"X-Autosave": "1"})
    assert db.session.scalar(counted) == 1


def test_an_older_window_gets_both_sides_and_loses_nothing(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, MS_ALONE)
    old = visit.form()
    visit.save({"goals": "sleep"})
    late = counselor_client.post(f"/consultations/{visit.id}/intake", data=old | {"goals": "walk the dog"})
    page = late.get_data(as_text=True)
    assert late.status_code == 409 and "sleep" in page and "walk the dog" in page
    assert visit.row.sheet["goals"] == ["sleep"]
    auto = counselor_client.post(
        f"/consultations/{visit.id}/intake", data=old | {"goals": "x"}, headers={"X-Autosave": "1"}
    )
    assert auto.status_code == 409 and auto.get_json()["conflict"].endswith(f"/consultations/{visit.id}")


def test_the_same_form_sent_twice_counts_once(counselor_client: Any, patient: Patient) -> None:
    twice = {"form_token": "one-and-the-same"}
    for _ in range(2):
        counselor_client.post(f"/patients/{patient.id}/consultations", data=twice | {"anew": "yes"})
    assert db.session.scalar(select(func.count()).select_from(Consultation)) == 1


def test_same_as_last_time_copies_the_sheet_and_asks_what_is_new(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    first = visit_of(counselor_client, patient, READY | {"goals": "sleep"})
    first.press("choose", choose="CAP-1|B-1")
    first.sign("sold")
    counselor_client.post(f"/patients/{patient.id}/consultations", data={"again": "yes"})
    row = db.session.scalars(select(Consultation).order_by(Consultation.id.desc())).first()
    assert row is not None and row.previous_id == first.id
    sheet = Sheet.from_json(row.sheet)
    assert sheet.goals == ("sleep",) and sheet.tried == ("CAP-1",) and sheet.present == ()
    again = Visit(counselor_client, row.id, READY | {"goals": "sleep"})
    page = again.sign("nothing-sold").get_data(as_text=True)
    assert "changed since last time" in page and "Ask about side effects" in page
    news = {
        "news-medicines": "same",
        "news-illness": "no",
        "news-harm": "yes",
        "news-harm_text": "dry mouth",
        "news-benefit": "little",
    }
    again.save(news)
    again.sign("nothing-sold")
    assert again.row.state is State.SIGNED
    assert '"harm": "dry mouth"' in (again.row.intake or "")


def test_an_expired_certification_stops_the_sale(
    counselor_client: Any, make_patient: Callable[..., Patient], capsules: Batch, visit_of: Begin, store: Any
) -> None:
    from counselor import clock

    expired = clock.today(store) - timedelta(days=1)
    patient = make_patient(certification_state="PA", certification_expires=expired)
    visit = visit_of(counselor_client, patient, READY)
    assert "No product today" in visit.page()
    visit.sign("sold")
    assert visit.row.state is State.DRAFT


def test_a_state_without_an_end_date_still_brings_its_program(
    counselor_client: Any, make_patient: Callable[..., Patient], capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, make_patient(certification_state="PA"), READY)
    assert "192 units" in visit.page()


def test_a_patient_may_ask_about_one_product(
    counselor_client: Any, patient: Patient, make_batch: Callable[..., Batch], visit_of: Begin
) -> None:
    make_batch("BIG", thc=50.0, cbd=0.0)
    visit = visit_of(counselor_client, patient, READY)
    visit.save({}, consider="BIG")
    assert "Not today" in visit.page()


def test_lines_are_trimmed_and_twins_kept_once() -> None:
    assert lines(" ms \n\n MS\nms\n\tpain  in   back") == ("ms", "MS", "pain in back")


def test_a_sheet_survives_storage_whole() -> None:
    sheet = Sheet(conditions=("ms",), topics={"heart": "no"}, limit=25, news={"illness": "no"})
    assert Sheet.from_json(sheet.to_json()) == sheet


def test_a_near_name_is_picked_with_one_press_and_keeps_its_dose(
    counselor_client: Any, patient: Patient, visit_of: Begin
) -> None:
    visit = visit_of(
        counselor_client, patient, MS_ALONE | {"medicines": "blorazepan 1 mg at night\nbaclofen"}
    )
    visit.save({}, pick="blorazepan 1 mg at night|lorazepam")
    assert visit.row.sheet["medicines"] == ["lorazepam 1 mg at night", "baclofen"]


def test_a_draft_of_another_store_is_not_listed_at_the_patient(
    counselor_client: Any,
    patient: Patient,
    visit_of: Begin,
    make_staff: Callable[..., Any],
    client_of: Callable[..., Any],
) -> None:
    from counselor.staff.models import Store

    elsewhere = Store(name="Hill Top", zone="America/New_York")
    db.session.add(elsewhere)
    db.session.commit()
    stranger = client_of(make_staff("counselor", store=elsewhere))
    visit = visit_of(counselor_client, patient, READY)
    assert visit.row.number not in stranger.get(f"/patients/{patient.id}").get_data(as_text=True)
    visit.sign("nothing-sold")
    assert visit.row.number in stranger.get(f"/patients/{patient.id}").get_data(as_text=True)
    assert stranger.get(f"/consultations/{visit.id}").status_code == 200


def test_numbers_count_up_in_each_store(counselor_client: Any, patient: Patient, visit_of: Begin) -> None:
    numbers = [visit_of(counselor_client, patient).row.number for _ in range(3)]
    assert numbers == ["GREEN-000001", "GREEN-000002", "GREEN-000003"]


def test_an_abandoned_visit_stays_readable(counselor_client: Any, patient: Patient, visit_of: Begin) -> None:
    visit = visit_of(counselor_client, patient, MS_ALONE | {"goals": "sleep"})
    visit.press("abandonment")
    assert visit.row.state is State.ABANDONED and "sleep" in visit.page()
    late = visit.save({"goals": "run"})
    assert late.status_code == 409 and "was abandoned" in late.get_data(as_text=True)


def test_two_stores_with_the_same_first_word_keep_their_numbers_apart(
    counselor_client: Any,
    patient: Patient,
    visit_of: Begin,
    make_staff: Callable[..., Any],
    client_of: Callable[..., Any],
) -> None:
    from counselor.staff.models import Store

    elsewhere = Store(name="Green Hill", zone="America/New_York")
    db.session.add(elsewhere)
    db.session.commit()
    other = client_of(make_staff("counselor", store=elsewhere))
    numbers = [visit_of(client, patient).row.number for client in (counselor_client, other)]
    assert numbers == ["GREEN-000001", f"GREEN{elsewhere.id}-000001"]


def test_a_medicine_of_the_last_visit_that_nobody_tells_today_is_asked_about(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit_of(counselor_client, patient, MS_AND_TWO_SEDATIVES | ALL_ASKED).sign("referred-not-sold")
    later = visit_of(counselor_client, patient, MS_ALONE | {"medicines": "clonazepam"})
    page = later.page()
    assert "Told at the last visit, not today: oxycodone 5mg." in page
    later.save({"medicines": "clonazepam\noxycodone 10 mg"})
    assert "Told at the last visit" not in later.page()
