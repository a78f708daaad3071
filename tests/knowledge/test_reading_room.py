"""The reading room and the type-ahead."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest

from counselor import knowledge, places
from counselor.guidance.advise import advise
from counselor.guidance.intake import Intake
from counselor.imports.reading import read_catalog, to_shelf
from counselor.knowledge import medicines, queries
from counselor.knowledge.changing import what_would_change
from counselor.knowledge.statements import KIND_WORDS, ROOMS

TODAY = date(2026, 11, 27)


def ask(client: Any, kind: str, text: str) -> list[dict[str, str]]:
    """What the type-ahead offers."""
    answer = client.post("/knowledge/lookup", json={"kind": kind, "text": text})
    assert answer.status_code == 200
    matches: list[dict[str, str]] = answer.get_json()["matches"]
    return matches


@pytest.mark.parametrize(
    ("kind", "text", "name", "meaning"),
    [
        ("medicine", "klon", "Klonopin", "clonazepam"),
        ("medicine", "oxyc", "oxycodone", ""),
        ("condition", "multiple", "multiple sclerosis", "Multiple sclerosis, spasticity"),
        ("condition", "ms", "MS", "Multiple sclerosis, spasticity"),
        ("history", "copd", "copd", "Lung disease"),
    ],
)
def test_the_beginning_of_a_word_is_completed(
    kind: str, text: str, name: str, meaning: str, counselor_client: Any
) -> None:
    assert {"name": name, "meaning": meaning} in ask(counselor_client, kind, text)


def test_what_is_spelled_nearly_right_is_offered_too(counselor_client: Any) -> None:
    assert any(
        match["meaning"] == "clonazepam" or match["name"] == "clonazepam"
        for match in ask(counselor_client, "medicine", "klonipin")
    )
    assert ask(counselor_client, "condition", "multipel sclerosis")


@pytest.mark.parametrize("text", ["", "   ", "\x00", "%", "(" * 500])
def test_nothing_and_nonsense_offer_nothing_and_break_nothing(text: str, counselor_client: Any) -> None:
    assert isinstance(ask(counselor_client, "medicine", text), list)
    assert isinstance(ask(counselor_client, "condition", text), list)


@pytest.mark.parametrize("body", [[], {"text": 5}, {"kind": "medicine"}, "klon"])
def test_a_body_that_is_no_question_is_refused_in_plain_words(body: Any, counselor_client: Any) -> None:
    answer = counselor_client.post("/knowledge/lookup", json=body)
    assert answer.status_code == 400 and answer.get_json()["error"]["field"] == "text"


def test_every_kind_of_statement_has_its_room(counselor_client: Any) -> None:
    known = queries.all_statements(knowledge.current())
    assert {one.kind for one in known.values()} <= set(KIND_WORDS)
    for kind in {one.kind for one in known.values()}:
        assert counselor_client.get(f"/knowledge?kind={kind}").status_code == 200


def test_every_statement_and_source_can_be_read(counselor_client: Any) -> None:
    known = knowledge.current()
    for statement in list(queries.all_statements(known).values())[::15]:
        page = counselor_client.get(f"/knowledge/statements/{statement.key}")
        assert page.status_code == 200, statement.key
    for key in list(known.sources)[::15]:
        assert counselor_client.get(f"/knowledge/sources/{key}").status_code == 200


def shown(client: Any, path: str) -> str:
    """The page as a person reads it."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


INTAKES: list[dict[str, Any]] = [
    {"conditions": ["MS"], "medicines": ["Klonopin, oxycodone 5mg", "warfarin", "glorbizol"],
     "routes": ["smoked", "edible"], "history": ["COPD", "past psychosis", "drives for work"], "age": 71},
    {"conditions": ["epilepsy"], "medicines": ["clobazam", "seizure medicine", "Antabuse"],
     "allergies": ["coconut"]},
    {"conditions": ["chronic pain", "myoclonus"], "medicines": ["methadone", "prednisone", "Zoloft"],
     "history": ["liver disease", "pregnant"], "certification": {"state": "PA", "expires": "2020-01-01"}},
    {"conditions": ["nocturnal leg cramps"], "medicines": ["lisinopril", "tacrolimus", "benzo", "alcohol"],
     "routes": ["topical"]},
]  # fmt: skip


@pytest.mark.parametrize("intake", INTAKES, ids=lambda intake: str(intake["conditions"][0]))
def test_every_warning_and_grade_of_an_advice_leads_to_its_statement(intake: dict[str, Any]) -> None:
    known = knowledge.current()
    shelf = to_shelf(read_catalog(places.seed() / "catalog" / "clinic-shelf.csv").applicable, on=TODAY)
    advice = advise(Intake.from_json(intake), shelf, known, on=TODAY).to_json()
    assert advice["warnings"] and advice["evidence"]
    for warning in advice["warnings"]:
        found = queries.find_statement(known, warning["rule"])
        assert found is not None, warning["rule"]
        assert found.table not in ("condition", "evidence", "counsel"), warning["rule"]
    for row in advice["evidence"]:
        found = queries.find_statement(known, row["id"])
        assert found is not None and found.table == "evidence" and found.title == row["statement"]
    for offer in advice["suggestions"]:
        if offer["evidence_id"]:
            found = queries.find_statement(known, offer["evidence_id"])
            assert found is not None and found.table == "evidence"
            assert f"{offer['evidence_grade'].replace('-', ' ')}," in dict(found.parts)["Grade"]


def test_two_statements_of_one_id_both_have_a_page() -> None:
    known = knowledge.current()
    rows = queries.all_statements(known)
    assert len(rows) == len({(one.table, one.id) for one in rows.values()})
    assert all(rows[key].key == key for key in rows)
    for rule in known.rules:
        assert rows[rule].table == "rule"


def test_a_statement_shows_scope_three_voices_sources_and_what_would_change_it(counselor_client: Any) -> None:
    rule = knowledge.current().rules["thc-benzodiazepine"]
    page = shown(counselor_client, "/knowledge/statements/thc-benzodiazepine")
    for words in (
        *(rule.wording.effect, rule.wording.action, rule.wording.mechanism, rule.wording.handout),
        *("For the counselor", "For the pharmacist", "For the patient", "Raised by", "certainty A"),
        *("Look again by", "What would change this?", "This is the first version seen here"),
    ):
        assert words in page, words
    for cited in rule.sources:
        assert knowledge.current().sources[cited.key].citation in page
        assert cited.at in page


def test_a_condition_shows_the_evidence_and_rules_that_belong_to_it(counselor_client: Any) -> None:
    page = counselor_client.get("/knowledge/statements/ms-spasticity").get_data(as_text=True)
    for row in knowledge.current().evidence["ms-spasticity"]:
        assert f"/knowledge/statements/{row.id}" in page


def test_what_would_change_a_statement_is_derived_from_what_it_rests_on() -> None:
    known = knowledge.current()
    for key, one in queries.all_statements(known).items():
        said = " ".join(what_would_change(one, known, on=TODAY, approved=False))
        assert said, key
        unread = [
            known.sources[c.key].citation.rstrip(".")
            for c in one.sources
            if known.sources[c.key].checked == "reference-list"
        ]
        assert all(source in said for source in unread), key
        assert ("A study in people" in said) == (one.certainty == "C"), key
        house = bool(one.sources) and all(cited.key == "house-policy" for cited in one.sources)
        assert ("our own" in said) == house, key
        assert "A pharmacist's review" in said
        assert "A pharmacist's review" not in " ".join(what_would_change(one, known, on=TODAY, approved=True))
        late = " ".join(what_would_change(one, known, on=date(2040, 1, 1), approved=True))
        assert "overdue" in late, key


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_room_can_be_entered(room: str, counselor_client: Any) -> None:
    page = counselor_client.get(f"/knowledge?kind={room}").get_data(as_text=True)
    assert "aria-current" in page and "/knowledge/" in page


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("klonopin", "clonazepam"),
        ("thc-benzodiazepine", "/knowledge/statements/thc-benzodiazepine"),
        ("warfarin", "/knowledge/statements/"),
        ("multiple sclerosis", "/knowledge/statements/ms-spasticity"),
        ("copd", "is understood as <b>Lung disease</b>"),
        ("filippini", "/knowledge/sources/filippini-2022"),
    ],
)
def test_one_box_finds_medicines_statements_and_sources(
    typed: str, finds: str, counselor_client: Any
) -> None:
    assert finds in counselor_client.get(f"/knowledge?q={typed}").get_data(as_text=True)


@pytest.mark.parametrize(
    "typed", ["qqqqqqqq", "💊💊", "'; drop table staff; --", "x" * 5000, "<script>alert(1)</script>"]
)
def test_whatever_is_typed_is_answered(typed: str, counselor_client: Any) -> None:
    for path, name in (("/knowledge", "q"), ("/knowledge/medicines", "name")):
        answer = counselor_client.get(path, query_string={name: typed})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.get_data(as_text=True)


def test_a_medicine_that_is_not_known_is_not_checked_and_never_without_interactions(
    counselor_client: Any,
) -> None:
    page = shown(counselor_client, "/knowledge/medicines?name=glorbizol")
    assert "Not checked" in page and "“glorbizol” is not recognized" in page
    assert "no rule" not in page and "no interaction" not in page.lower()


def test_a_medicine_page_says_what_the_engine_says_by_cannabinoid_and_route(counselor_client: Any) -> None:
    (page,), unread = medicines.look_up("Klonopin", knowledge.current(), on=TODAY)
    assert not unread and page.ingredients == ("clonazepam",) and page.how == "brand"
    grid = {(route, cannabinoid): cell for route, row in page.grid for cannabinoid, cell in row}
    for route, asked in (("Smoked", "smoked"), ("By mouth", "edible"), ("On the skin, local", "topical")):
        for cannabinoid in ("THC", "CBD"):
            intake = {"conditions": [], "medicines": ["Klonopin"],
                      "exposure": {"cannabinoids": [cannabinoid], "route": asked}}  # fmt: skip
            advice = advise(Intake.from_json(intake), to_shelf([], on=TODAY), knowledge.current(), on=TODAY)
            told = {
                (w["rule"], w["severity"]) for w in advice.to_json()["warnings"] if w["kind"] == "interaction"
            }
            cell = grid[route, cannabinoid]
            assert {(one.id, one.severity.word) for one in cell.findings} == told, (route, cannabinoid)
    shown_page = shown(counselor_client, "/knowledge/medicines?name=Klonopin")
    assert "clonazepam" in shown_page and "THC benzodiazepine" in shown_page


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("hydrocortisone cream", "hardly reaches the blood"),
        ("amoxicillin", "no rule names it"),
    ],
)
def test_a_recognised_medicine_that_is_silent_says_why(
    name: str, because: str, counselor_client: Any
) -> None:
    page = shown(counselor_client, f"/knowledge/medicines?name={name}")
    assert "Recognized, and silent because" in page and because in page
    assert "not a proof that nothing can happen" in page


def test_a_spelling_is_shown_to_be_confirmed(counselor_client: Any) -> None:
    page = shown(counselor_client, "/knowledge/medicines?name=klonipin")
    assert "was read as clonazepam" in page and "Confirm" in page


def test_a_statement_says_that_it_awaits_a_pharmacists_approval(counselor_client: Any) -> None:
    page = counselor_client.get("/knowledge/statements/thc-benzodiazepine").get_data(as_text=True)
    assert "awaiting a pharmacist" in page and "nobody yet" in page and knowledge.current().version in page


def test_an_unknown_statement_is_a_plain_404(counselor_client: Any) -> None:
    assert counselor_client.get("/knowledge/statements/nothing").status_code == 404
    assert counselor_client.get("/knowledge/sources/nothing").status_code == 404


@pytest.mark.parametrize("opening", ["[", '{"text":'])
def test_brackets_thousands_deep_are_refused_in_plain_words(opening: str, counselor_client: Any) -> None:
    answer = counselor_client.post(
        "/knowledge/lookup", data=opening * 50_000, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400 and answer.get_json()["error"]["field"] == "text"


def test_the_page_of_a_medicine_known_by_name_only_says_that_nobody_assessed_it(
    counselor_client: Any,
) -> None:
    page = shown(counselor_client, "/knowledge/medicines?name=delavirdine")
    assert "Nobody here has checked delavirdine with cannabis" in page and "no rule" not in page
