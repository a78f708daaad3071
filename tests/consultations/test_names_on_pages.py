"""Pages say names, never ids; and a medicine known by name only is never shown as checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from counselor import knowledge
from counselor.catalog.models import Batch
from counselor.consultations import presenters
from counselor.knowledge.presenters import named, rule_words
from counselor.patients.models import Patient

from .conftest import READY, Visit
from .test_handout import handout

Begin = Callable[..., Visit]
OLD_AND_ILL = READY | {
    "medicines": "Klonopin, oxycodone 5mg, zzyzx, delavirdine, water pill",
    "history": "COPD\nhigh blood pressure",
    "topic-medicines": "yes",
}


def text_of(page: str) -> str:
    """The words of a page, without its tags, addresses and hidden marks."""
    return re.sub(r"<[^>]*>", " ", page)


def test_ids_of_conditions_terms_and_classes_read_as_their_names() -> None:
    assert named(["lung-disease", "antihypertensive", "age", "clonazepam"]) == [
        "Lung disease",
        "blood pressure medicine",
        "age",
        "clonazepam",
    ]


def test_an_ingredient_keeps_its_hyphens_and_an_id_of_an_older_version_loses_them() -> None:
    assert named(["interferon beta-1a", "l-theanine"]) == ["interferon beta-1a", "l-theanine"]
    assert named(["no-such-thing-today"]) == ["No such thing today"]


def test_every_class_condition_and_term_has_a_name_that_is_no_id() -> None:
    known = knowledge.current()
    for table in (known.classes, known.conditions, known.terms):
        for id in table:
            assert "-unnamed" not in named([id])[0], id


def test_a_rule_reads_as_words_with_its_short_words_in_capitals() -> None:
    assert rule_words("cbd-valproate") == "CBD valproate"
    assert rule_words("sedatives-together") == "Sedatives together"


def test_the_page_of_a_visit_shows_names_where_the_advice_holds_ids(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    words = text_of(visit_of(counselor_client, patient, OLD_AND_ILL).page())
    assert "High blood pressure" in words and "blood pressure medicine" in words
    for id in ("high-blood-pressure", "antihypertensive", "pain-medicine-unnamed"):
        assert id not in words, id


def test_a_medicine_known_by_name_only_has_a_mark_of_its_own_and_counts_as_not_checked(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    page = visit_of(counselor_client, patient, READY | {"medicines": "delavirdine", "topic-medicines": "yes"})
    words = text_of(page.page())
    assert "Not assessed" in words and "nobody here has checked it with cannabis" in words
    assert "1 medicine NOT checked" in words


def test_a_medicine_that_is_known_and_judged_has_no_such_mark(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    page = visit_of(counselor_client, patient, READY | {"medicines": "metformin", "topic-medicines": "yes"})
    words = text_of(page.page())
    assert "Not assessed" not in words and "NOT checked" not in words


def test_the_handout_does_not_say_that_a_medicine_known_by_name_only_was_checked(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, OLD_AND_ILL)
    visit.sign("referred-not-sold")
    words = " ".join(text_of(handout(visit)).split())
    checked = words.partition("Checked with your list:")[2].partition("Keep taking")[0]
    assert "oxycodone" in checked and "delavirdine" not in checked and "zzyzx" not in checked
    box = words.partition("Not checked")[2].partition("What not to mix")[0]
    assert "delavirdine" in box and "zzyzx" in box


def test_the_handout_tells_the_patient_whom_to_ask_once_and_gives_no_orders_to_the_counter(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, OLD_AND_ILL)
    visit.sign("referred-not-sold")
    words = " ".join(text_of(handout(visit)).split())
    assert "do not sell yet" not in words and "Marked major" not in words
    assert words.count("Pharmacist. Ask about") == 1
    steps = words.partition("What to do next")[2].partition("Not checked")[0]
    for name in ("clonazepam", "oxycodone", "delavirdine", "zzyzx"):
        assert name in steps, name


def test_the_record_and_the_pharmacists_page_carry_the_mark_too(
    counselor_client: Any, pharmacist_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, OLD_AND_ILL)
    visit.press("ask")
    answer = pharmacist_client.get(f"/consultations/{visit.id}/clearance")
    words = text_of(answer.get_data(as_text=True))
    assert answer.status_code == 200 and "Not assessed" in words
    assert "high-blood-pressure" not in words
    visit.sign("referred-not-sold")
    words = text_of(visit.page())
    assert "Not assessed" in words and "High blood pressure" in words
    assert "high-blood-pressure" not in words


def test_a_referral_is_shown_once_for_each_person_with_all_its_reasons() -> None:
    def to(who: str, urgency: str, reason: str, because: list[str]) -> dict[str, Any]:
        return {"to": who, "urgency": urgency, "reason": reason, "because": because, "sources": ["a"]}

    advice = {
        "warnings": [{"action": "Pause."}],
        "referrals": [
            to("911", "emergency", "Chest pain.", []),
            to("pharmacist", "this-week", "Pause.", ["lung-disease"]),
            to("pharmacist", "this-week", "Look it up.", ["delavirdine"]),
            to("doctor", "this-week", "New pain.", []),
        ],
    }
    rows = presenters.later_referrals(advice)
    assert [(row["to"], row["reasons"]) for row in rows] == [
        ("pharmacist", ["For Lung disease: see the warning.", "Look it up."]),
        ("doctor", ["New pain."]),
    ]


def test_one_line_with_several_medicines_tells_on_its_chip_what_of_it_was_not_recognised(
    counselor_client: Any, patient: Patient, capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, patient, OLD_AND_ILL)
    line = "Klonopin, oxycodone 5mg, zzyzx, delavirdine, water pill"
    advice = presenters_known(visit, line)
    assert advice["how"] == "unrecognised" and "“zzyzx” not recognized" in advice["meaning"]


def presenters_known(visit: Visit, line: str) -> dict[str, str]:
    """The chip of one line, as the page's script gets it."""
    import html
    import json

    page = visit.page()
    rows = [json.loads(html.unescape(found)) for found in re.findall(r'data-known="([^"]*)"', page)]
    return next(row for known in rows for row in known if row["said"] == line)


def test_what_the_states_program_says_is_one_card_with_every_line(
    counselor_client: Any, make_patient: Callable[..., Patient], capsules: Batch, visit_of: Begin
) -> None:
    visit = visit_of(counselor_client, make_patient(certification_state="PA"), READY)
    page = visit.page()
    assert page.count("<h3>The state&#39;s program</h3>") + page.count("<h3>The state's program</h3>") == 1
    lines = re.findall(r'<li id="warning-([^"]+)">', page)
    assert len(lines) >= 2 and f"{len(lines)} on the state" in page
