"""What is printed: letters in simple words, a call sheet with what a caller needs."""

from __future__ import annotations

import html
import re

import pytest

from counselor.audit.models import AuditEvent
from counselor.database import db
from counselor.knowledge.readability import grade
from counselor.recalls import queries
from counselor.recalls.models import ContactKind, RecallContact


@pytest.fixture
def recall(patient, make_batch, sell, manager_client, recall_of):
    """One batch, one patient who speaks Spanish and has two packages of it."""
    patient.phone, patient.language = "555-0100", "Spanish"
    batch = make_batch()
    sell(patient, batch, packages=2)
    return recall_of(manager_client, batch)


def letter_of(client, recall):
    page = client.get(f"/recalls/{recall.id}/letters").text
    (letter,) = re.findall(r'<article class="sheet">(.*?)</article>', page, re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", letter)).split())


def test_the_letter_says_which_product_what_to_do_and_whom_to_call(recall, counselor_client):
    letter = letter_of(counselor_client, recall)
    for words in (
        "Dear Ana Rivera",
        "One to one CAP-1 , batch B-1 2 packages",
        "Mold was found. The state told us to take it back. (Notice: Class II, R-2026-17)",
        "Even a small amount of mold can matter.",
        "Stop using it",
        "Do not throw it away.",
        "Bring it back to us",
        "Call 911",
        "Call Poison Control at 1-800-222-1222",
        "Call your doctor",
    ):
        assert words in letter, words


def test_the_letter_reads_at_grade_eight_or_below(recall, counselor_client):
    assert grade(letter_of(counselor_client, recall)) <= 8.0


def test_a_store_without_a_phone_prints_no_empty_one(recall, counselor_client, store):
    assert "Questions?" not in letter_of(counselor_client, recall)
    store.phone = "555-246-8101"
    db.session.commit()
    assert "Questions? Call 555-246-8101." in letter_of(counselor_client, recall)


def test_whom_an_english_letter_may_not_help_is_said_on_the_screen_and_the_sheet(recall, counselor_client):
    assert "Rivera, Ana speaks Spanish" in counselor_client.get(f"/recalls/{recall.id}/letters").text
    sheet = counselor_client.get(f"/recalls/{recall.id}/call-sheet").text
    for words in ("speaks Spanish", "555-0100", "2 × One to one CAP-1, batch B-1", "1-800-222-1222"):
        assert words in sheet, words


def test_printing_and_sending_are_noted_by_a_button_each_and_only_sending_is_a_try(
    recall, patient, counselor_client
):
    path = f"/recalls/{recall.id}/letters"
    for what in ("printed", "sent"):
        data = {"patient": [str(patient.id)], "what": what}
        assert counselor_client.post(path, data=data).status_code == 303
    kinds = db.session.scalars(db.select(RecallContact.kind).order_by(RecallContact.id)).all()
    assert kinds == [ContactKind.LETTER_PRINTED, ContactKind.LETTER_SENT]
    (call,) = queries.standing(queries.find(recall.id)).to_call
    assert call.tries == 1 and not call.reached
    noted = db.session.scalars(db.select(AuditEvent).where(AuditEvent.kind == "recall.contacted")).all()
    assert [one.patient_id for one in noted] == [patient.id] * 2


@pytest.mark.parametrize("data", [{"what": "eaten", "patient": ["1"]}, {"what": "printed", "patient": ["x"]}])
def test_a_button_that_the_page_does_not_have_notes_nothing(recall, counselor_client, data):
    assert counselor_client.post(f"/recalls/{recall.id}/letters", data=data).status_code == 400
    assert not db.session.scalars(db.select(RecallContact)).all()


def test_names_and_reasons_are_shown_as_text_whatever_they_hold(
    patient, make_batch, sell, manager_client, recall_of
):
    patient.given_name = "<b>Ana</b>"
    batch = make_batch(name="<i>Oil</i>")
    sell(patient, batch)
    recall = recall_of(manager_client, batch, reason="<script>alert(1)</script>")
    for path in ("", "/letters", "/call-sheet"):
        page = manager_client.get(f"/recalls/{recall.id}{path}").text
        assert "<script>alert" not in page and "<b>Ana" not in page and "<i>Oil" not in page


def test_the_first_pages_number_agrees_with_the_recalls_own(recall, patient, counselor_client):
    def both():
        return queries.still_to_call(), len(queries.standing(queries.find(recall.id)).open_calls)

    assert both() == ((1, 1), 1)
    path = f"/recalls/{recall.id}/contacts"
    for _ in range(2):
        counselor_client.post(path, data={"patient": str(patient.id), "kind": "no-answer"})
    assert both() == ((1, 1), 1)
    counselor_client.post(path, data={"patient": str(patient.id), "kind": "wrong-number"})
    assert both() == ((1, 0), 0), "three tries were asked for"
