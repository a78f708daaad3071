"""The recall drill: three batches, forty patients, letters, calls, closing; and what is missing."""

from __future__ import annotations

import re

import pytest

from counselor import clock
from counselor.audit.models import AuditEvent
from counselor.audit.queries import check_chain
from counselor.catalog.models import Stock
from counselor.consultations.models import Outcome
from counselor.database import db
from counselor.recalls import queries
from counselor.recalls.models import Recall
from counselor.staff.models import Store


def page_of(client, recall):
    answer = client.get(f"/recalls/{recall.id}")
    assert answer.status_code == 200
    return answer.text


def standing_of(recall):
    db.session.expire_all()
    return queries.standing(queries.find(recall.id))


@pytest.fixture
def drill(make_batch, make_patient, sell, manager_client, recall_of):
    """Three batches, forty patients who have one or two of them, and some who have not."""
    batches = [make_batch(f"CAP-{n}", number=f"B-{n}", count=4) for n in (1, 2, 3)]
    other = make_batch("CAP-9", number="B-9")
    people = [
        make_patient(given_name=f"Given{n}", family_name=f"Family{n:02}", phone=f"555-01{n:02}", language="")
        for n in range(40)
    ]
    for n, one in enumerate(people):
        sell(one, batches[n % 3], packages=1 + n % 2, days=40 - n)
    sell(people[0], batches[1], days=2)
    sell(make_patient(family_name="Elsewhere"), other)
    sell(make_patient(family_name="Refused"), batches[0], outcome=Outcome.NOTHING)
    return recall_of(manager_client, *batches), people, batches


def test_the_whole_drill_closes_with_evidence_and_the_log_tells_it(drill, manager_client, counselor_client):
    recall, people, batches = drill
    assert standing_of(recall).counts()["patients"] == 40
    page = page_of(manager_client, recall)
    assert "Family00, Given0" in page and "555-0139" in page
    assert "Elsewhere" not in page and "Refused" not in page

    letters = counselor_client.get(f"/recalls/{recall.id}/letters").text
    assert letters.count('<article class="sheet">') == 40
    every = re.findall(r'name="patient" value="(\d+)"', letters)
    assert len(set(every)) == 40
    printed = counselor_client.post(
        f"/recalls/{recall.id}/letters", data={"patient": every, "what": "printed"}
    )
    assert printed.status_code == 303
    assert standing_of(recall).counts()["letters printed"] == 40
    assert len(standing_of(recall).open_calls) == 40, "a printed letter has reached nobody"

    for n, one in enumerate(people):
        kinds = ("no-answer", "left-message", "letter-sent") if n < 9 else ("reached",)
        for kind in kinds:
            data = {"patient": str(one.id), "kind": kind, "note": f"call {n}"}
            assert counselor_client.post(f"/recalls/{recall.id}/contacts", data=data).status_code == 303
    counts = standing_of(recall).counts()
    assert (counts["reached"], counts["tried enough"]) == (31, 9)

    early = manager_client.post(f"/recalls/{recall.id}/closing", data={"version": str(recall.version)})
    assert early.status_code == 422
    assert "nobody has set aside the 4 packages on the shelf" in early.text.replace("\n", " ")
    for batch, fate in zip(batches, ("returned", "destroyed", "destroyed"), strict=True):
        for what in ("set-aside", fate):
            data = {"batch": str(batch.id), "step": what, "packages": "4", "note": "seen by Pat"}
            answer = manager_client.post(f"/recalls/{recall.id}/packages", data=data)
            assert answer.status_code == 303, answer.text
    assert standing_of(recall).missing() == []
    assert set(db.session.scalars(db.select(Stock.count).where(Stock.batch_id != 4))) <= {0, 5}

    closed = manager_client.post(f"/recalls/{recall.id}/closing", data={"version": str(recall.version)})
    assert closed.status_code == 303
    db.session.expire_all()
    assert recall.closed_at is not None
    assert recall.evidence["reached"] == 31 and recall.evidence["missing"] == []
    assert all(one.hold.released_at is None for one in recall.batches), "closing sells nothing"

    told = page_of(manager_client, recall)
    for words in (
        "Opened the recall: 3 batches held in every store, 12 packages on the shelves",
        "40 letters printed",
        "Family12, Given12: reached",
        "4 packages of batch B-1 returned to the producer (stock 4 → 0)",
        "Closed with evidence: 31 of 40 patients reached, 9 not reached after enough tries",
    ):
        assert words in told, words
    assert check_chain().whole


def test_reading_list_sheet_or_letters_is_one_event_for_each_patient(drill, counselor_client):
    recall, people, _ = drill
    for path, kind in (
        ("", "patient.listed"),
        ("/call-sheet", "recall.call-sheet-shown"),
        ("/letters", "recall.letter-shown"),
    ):
        counselor_client.get(f"/recalls/{recall.id}{path}")
        read = db.session.scalars(
            db.select(AuditEvent.patient_id).where(
                AuditEvent.kind == kind, AuditEvent.by_id == counselor_client.staff.id
            )
        ).all()
        assert sorted(read) == sorted(one.id for one in people), path


def test_showing_the_letters_notes_no_printing(drill, counselor_client):
    recall, _, _ = drill
    counselor_client.get(f"/recalls/{recall.id}/letters")
    assert standing_of(recall).counts()["letters printed"] == 0


def test_a_manager_may_close_with_work_left_only_with_a_reason_and_nobody_else_may(
    drill, manager_client, pharmacist_client, counselor_client
):
    recall, _, _ = drill
    path, version = f"/recalls/{recall.id}/closing", {"version": str(recall.version)}
    assert counselor_client.post(path, data=version).status_code == 403
    refused = pharmacist_client.post(path, data=version | {"because": "enough"})
    assert refused.status_code == 422
    assert "Only a manager may close it" in refused.text
    silent = manager_client.post(path, data=version)
    assert silent.status_code == 422
    assert "40 patients are neither reached nor tried often enough (3 tries)." in silent.text
    assert manager_client.post(path, data=version | {"because": "The state took over."}).status_code == 303
    db.session.expire_all()
    assert recall.unfinished_because == "The state took over."
    assert len(recall.evidence["missing"]) == 4
    assert "Closed with work left" in page_of(manager_client, recall)


def test_what_is_set_aside_must_agree_with_the_shelf_or_be_explained(make_batch, manager_client, recall_of):
    batch = make_batch(count=4)
    recall = recall_of(manager_client, batch)

    def note(step, packages, text=""):
        data = {"batch": str(batch.id), "step": step, "packages": packages, "note": text}
        return manager_client.post(f"/recalls/{recall.id}/packages", data=data)

    assert note("set-aside", "3").status_code == 303
    assert "4 packages stood on the shelf, 3 set aside. Say why." in page_of(manager_client, recall)
    over = note("destroyed", "4")
    assert over.status_code == 422
    assert "Only 3 packages of this batch are set aside here." in over.text
    assert note("set-aside", "0", "The fourth was a counting error, seen by Pat").status_code == 303
    assert standing_of(recall).missing() == [
        "One to one CAP-1, batch B-1, Green Door: 3 packages set aside, neither returned nor destroyed yet."
    ]
    assert note("destroyed", "3").status_code == 303
    assert standing_of(recall).missing() == []
    assert note("set-aside", "three").status_code == 422


def test_what_a_patient_brings_back_must_be_accounted_for_too(
    patient, make_batch, sell, manager_client, recall_of
):
    batch = make_batch(count=0)
    sell(patient, batch, packages=2)
    recall = recall_of(manager_client, batch)
    path = f"/recalls/{recall.id}/contacts"
    data = {"patient": str(patient.id), "kind": "returned-product", "batch": str(batch.id)}
    missing = manager_client.post(path, data=data)
    assert missing.status_code == 422
    assert "Write how many packages they brought back" in missing.text
    assert manager_client.post(path, data=data | {"packages": "2"}).status_code == 303
    assert standing_of(recall).missing() == [
        "One to one CAP-1, batch B-1, Green Door: 2 packages set aside, neither returned nor destroyed yet."
    ]


def test_a_next_try_lies_ahead_and_is_shown(patient, make_batch, sell, counselor_client, manager_client,
                                            recall_of, store):  # fmt: skip
    batch = make_batch()
    sell(patient, batch)
    recall = recall_of(manager_client, batch)
    data = {"patient": str(patient.id), "kind": "no-answer", "note": "rang long"}
    past = counselor_client.post(f"/recalls/{recall.id}/contacts", data=data | {"next_try": "2020-01-01"})
    assert past.status_code == 422
    assert "This day is past." in past.text and 'value="rang long"' in past.text
    today = clock.today(store).isoformat()
    counselor_client.post(f"/recalls/{recall.id}/contacts", data=data | {"next_try": today})
    assert "try again" in page_of(counselor_client, recall)


def test_patients_of_every_store_are_found_and_the_store_that_sold_last_calls(
    patient, make_batch, make_staff, sell, manager_client, recall_of
):
    far = Store(name="Far Door", zone="America/New_York", phone="555-777-1234")
    db.session.add(far)
    db.session.commit()
    batch = make_batch()
    sell(patient, batch, days=9)
    sell(patient, batch, days=3, by=make_staff("counselor", username="far", store=far))
    recall = recall_of(manager_client, batch)
    (call,) = standing_of(recall).to_call
    assert call.store.name == "Far Door" and len(call.given) == 2
    letter = manager_client.get(f"/recalls/{recall.id}/letters").text
    assert "Call 555-777-1234" in letter
    here = manager_client.get(f"/recalls/{recall.id}/call-sheet?only=here").text
    assert "Nobody is left on this list." in here


def test_symptoms_lead_to_the_form_for_a_reaction(patient, make_batch, sell, counselor_client, manager_client,
                                                  recall_of):  # fmt: skip
    batch = make_batch()
    sell(patient, batch)
    recall = recall_of(manager_client, batch)
    answer = counselor_client.post(
        f"/recalls/{recall.id}/contacts", data={"patient": str(patient.id), "kind": "symptoms"}
    )
    assert answer.location == f"/patients/{patient.id}/reactions/new?batch={batch.id}"
    assert standing_of(recall).to_call[0].reached


def test_a_contact_is_only_for_somebody_on_the_list(make_patient, make_batch, manager_client, recall_of):
    recall = recall_of(manager_client, make_batch())
    stranger = make_patient()
    answer = manager_client.post(
        f"/recalls/{recall.id}/contacts", data={"patient": str(stranger.id), "kind": "reached"}
    )
    assert answer.status_code == 404


def test_somebody_elses_closing_in_between_is_not_done_twice(drill, manager_client):
    recall, _, _ = drill
    path, data = f"/recalls/{recall.id}/closing", {"version": str(recall.version), "because": "Taken over."}
    assert manager_client.post(path, data=data).status_code == 303
    assert manager_client.post(path, data=data).status_code == 409
    assert (
        len(db.session.scalars(db.select(AuditEvent).where(AuditEvent.kind.like("recall.closed%"))).all())
        == 1
    )


def test_the_first_page_says_how_many_are_open_and_to_call(drill, counselor_client):
    assert "1 recall open, 40 patients to call" in counselor_client.get("/").text
    assert db.session.scalars(db.select(Recall)).one().closed_at is None


def test_the_list_asks_the_database_the_same_number_of_times_for_one_patient_and_forty(
    drill, make_batch, patient, sell, manager_client, recall_of
):
    from sqlalchemy import event

    recall, _, _ = drill
    single = make_batch("CAP-8", number="B-8")
    sell(patient, single)
    small = recall_of(manager_client, single)
    counted = []
    event.listen(db.engine, "before_cursor_execute", lambda *_: counted.append(1))
    numbers = []
    for one in (recall, small):
        db.session.expire_all()
        found = queries.find(one.id)
        counted.clear()
        queries.standing(found)
        numbers.append(len(counted))
    assert numbers[0] <= numbers[1] + 2
