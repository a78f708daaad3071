"""What a state's programme changes in the answer, and what it must not change."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counselor.guidance.advise import advise
from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.programs import in_force
from counselor.guidance.shelf import Shelf
from counselor.knowledge.statements import statements_of

from .conftest import TODAY, Ask
from .test_loader import Break, appended, broken, first

STATES = {
    "PA": "pennsylvania",
    "FL": "florida",
    "NY": "new-york",
    "MN": "minnesota",
    "CT": "connecticut",
}
SMOKING = "Pennsylvania's program does not allow smoking"
EDIBLES = "Pennsylvania's program does not allow edibles made for sale (gummies, chocolate, baked goods)"


def program(advice: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The programme's lines of an answer, by rule."""
    return {w["rule"]: w for w in advice["warnings"] if w["kind"] == "program"}


def because_of_program(advice: dict[str, Any]) -> set[str]:
    return {
        row["sku"] for row in advice["excluded"] if any("program does not allow" in r for r in row["reasons"])
    }


# What each state says


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("PA", ["192 units", "7 days"]),
        ("FL", ["24,500 mg", "2.5 ounces"]),
        ("NY", ["60-day supply"]),
        ("MN", ["no amount could be confirmed"]),
        ("CT", ["5 ounces"]),
    ],
)
def test_the_amount_a_state_allows_is_a_line_to_read_not_an_alarm(
    ask: Ask, said: str, words: list[str]
) -> None:
    line = program(ask("MS", certification={"state": said}))[f"{STATES[said]}-supply"]
    assert line["severity"] == "minor" and line["refer"] is False and line["sources"]
    assert all(word in line["effect"] for word in words)


@pytest.mark.parametrize(
    ("said", "who", "recorded"),
    [
        ("PA", "physician or pharmacist", "tracking system"),
        ("FL", "physician's order", "registry"),
        ("NY", "licensed pharmacist", "record what was dispensed"),
        ("MN", "certified medical cannabis consultant", "current medicines"),
        ("CT", "licensed pharmacist", "prescription drug monitoring program"),
    ],
)
def test_who_must_consult_and_what_is_recorded_is_said(ask: Ask, said: str, who: str, recorded: str) -> None:
    line = program(ask("MS", certification={"state": said}))[f"{STATES[said]}-consult"]
    assert who in line["effect"] and recorded in line["action"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("PA", "any THC or its metabolite in the blood"),
        ("FL", "no immunity"),
        ("NY", "impairs the ability to drive"),
        ("MN", "impaired by cannabis"),
        ("CT", "moving vehicle"),
    ],
)
def test_the_driving_law_of_the_state_comes_before_any_number_of_hours(
    ask: Ask, said: str, words: str
) -> None:
    advice = ask("MS", routes=["edible"], certification={"state": said})
    driving = [line for line in advice["counsel"] if line["topic"] == "driving"]
    assert words in driving[0]["text"] and driving[0]["handout"] and driving[0]["sources"]
    assert "12 hours" in driving[1]["text"]


@pytest.mark.parametrize("card", [None, {"state": "NY"}])
def test_everybody_hears_of_state_lines_once(ask: Ask, card: dict[str, str] | None) -> None:
    travel = [x for x in ask("MS", certification=card)["counsel"] if x["topic"] == "travel"]
    assert len(travel) == 1 and "state line" in travel[0]["text"]


def test_somebody_bound_by_transport_rules_hears_that_a_card_is_no_excuse(ask: Ask) -> None:
    card = {"state": "PA"}
    assert "federal-work" in program(ask("MS", history=["CDL"], certification=card))
    assert "federal-work" not in program(ask("MS", certification=card))


@pytest.mark.parametrize("said", [*STATES, *map(str.lower, STATES), "Pennsylvania", "new york", " N.Y. "])
def test_a_state_is_known_by_its_letters_and_by_its_name(knowledge: Knowledge, said: str) -> None:
    assert in_force(said, knowledge, TODAY) is not None


@pytest.mark.parametrize("said", ["", "  ", "P", "Penn State", "OH", "YN", "new", "🌿"])
def test_nothing_else_is_taken_for_a_state_of_ours(knowledge: Knowledge, said: str) -> None:
    assert in_force(said, knowledge, TODAY) is None


def test_at_most_three_lines_stand_there_when_nothing_is_due(ask: Ask) -> None:
    for said in STATES:
        lines = program(ask("MS", certification={"state": said, "expires": "2027-06-01"}))
        assert len(lines) <= 3, lines.keys()


# What is not allowed


def test_pennsylvania_leaves_out_smoking_and_gummies_and_keeps_pills_oils_tinctures_and_vapor(
    ask: Ask, clinic_shelf: Shelf
) -> None:
    routes = ["smoked", "edible", "vaporized", "topical"]
    advice = ask("MS", routes=routes, certification={"state": "PA"}, limit=100)
    not_for_sale = {
        item.sku
        for item in clinic_shelf.items
        if item.route == "smoked" or item.form in ("gummy", "chocolate", "baked-good", "edible")
    }
    assert not_for_sale and because_of_program(advice) == not_for_sale
    offered = {s["form"] for s in advice["suggestions"]}
    assert {"capsule", "tincture", "oral-oil", "oromucosal-spray"} <= offered
    reasons = {row["sku"]: row["reasons"] for row in advice["excluded"]}
    flower = next(item for item in clinic_shelf.items if item.route == "smoked")
    gummy = next(item for item in clinic_shelf.items if item.form == "gummy")
    assert SMOKING in reasons[flower.sku] and EDIBLES in reasons[gummy.sku]


def test_dry_leaf_for_a_vaporizer_is_not_smoking(ask: Ask, clinic_shelf: Shelf) -> None:
    leaf = [i.sku for i in clinic_shelf.items if i.form == "flower" and i.route == "vaporized"]
    assert leaf
    advice = ask("MS", routes=["vaporized"], certification={"state": "PA"}, limit=100)
    assert not set(leaf) & because_of_program(advice)


@pytest.mark.parametrize("said", ["FL", "NY", "MN", "CT"])
def test_where_no_form_is_ruled_out_no_product_is(ask: Ask, said: str) -> None:
    routes = ["smoked", "edible", "vaporized", "topical"]
    assert because_of_program(ask("MS", routes=routes, certification={"state": said})) == set()


def test_a_wish_the_program_does_not_allow_is_told_with_what_it_does_allow(ask: Ask) -> None:
    advice = ask("MS", routes=["smoked"], certification={"state": "pennsylvania"})
    line = program(advice)["pennsylvania-forms"]
    assert line["severity"] == "moderate" and line["refer"] is False
    assert "Smoked was asked for" in line["effect"] and "does not allow smoking" in line["effect"]
    assert "capsules" in line["action"] and "may not smoke" in line["handout"]
    assert advice["disposition"]["code"] == "suggest"
    assert {s["route"] for s in advice["suggestions"]} == {"edible"}


def test_a_wish_that_the_program_leaves_open_gets_a_minor_line_at_most(ask: Ask) -> None:
    line = program(ask("MS", routes=["edible"], certification={"state": "PA"}))["pennsylvania-forms"]
    assert line["severity"] == "minor" and "smoking" not in line["effect"]
    for route in ("vaporized", "topical"):
        lines = program(ask("leg cramps", routes=[route], certification={"state": "PA"}))
        assert lines.get("pennsylvania-forms", {"severity": "minor"})["severity"] == "minor"


def test_a_shelf_of_gummies_alone_leaves_nothing_of_the_wish_and_says_so(
    ask: Ask, clinic_shelf: Shelf
) -> None:
    gummies = Shelf.of(item for item in clinic_shelf.items if item.form == "gummy")
    advice = ask("MS", shelf=gummies, routes=["edible"], certification={"state": "PA"})
    line = program(advice)["pennsylvania-forms"]
    assert line["severity"] == "moderate" and "Edible was asked for" in line["effect"]
    assert advice["suggestions"] == [] and "Nothing on this shelf fits" in advice["disposition"]["text"]


def test_smoking_asked_about_without_any_shelf_is_told_as_well(ask: Ask) -> None:
    asked = {"cannabinoids": ["THC"], "route": "smoked"}
    advice = ask("MS", shelf=Shelf(), exposure=asked, certification={"state": "PA"})
    assert program(advice)["pennsylvania-forms"]["severity"] == "moderate"


def test_a_product_asked_about_by_name_says_what_stands_against_it(ask: Ask, clinic_shelf: Shelf) -> None:
    flower = next(item.sku for item in clinic_shelf.items if item.route == "smoked")
    advice = ask("MS", routes=["edible"], consider=[flower], certification={"state": "PA"})
    assert advice["considered"][0]["suitable"] is False
    assert SMOKING in advice["considered"][0]["reasons"]


def test_no_product_carries_a_line_of_the_program_among_its_warnings(ask: Ask) -> None:
    card = {"state": "PA", "expires": "2026-12-01"}
    advice = ask("MS", routes=["edible"], certification=card)
    assert advice["suggestions"] and program(advice)
    assert not any(set(s["warnings"]) & set(program(advice)) for s in advice["suggestions"])


# Cards that end


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-1, "certification-expired"),
        (0, "certification-expiring-soon"),
        (1, "certification-expiring-soon"),
        (30, "certification-expiring-soon"),
        (31, "certification-expiring"),
        (60, "certification-expiring"),
        (61, None),
    ],
)
@pytest.mark.parametrize("said", ["PA", "OH", ""])
def test_the_end_of_a_certification_is_told_at_sixty_and_again_at_thirty_days(
    ask: Ask, days: int, expected: str | None, said: str
) -> None:
    ends = TODAY + timedelta(days=days)
    advice = ask("MS", routes=["edible"], certification={"state": said, "expires": ends.isoformat()})
    told = [rule for rule in program(advice) if rule.startswith("certification-")]
    assert told == ([expected] if expected else [])
    assert advice["disposition"]["code"] == ("no-product" if days < 0 else "suggest")
    if expected and days > 1:
        text = program(advice)[expected]["effect"]
        assert f"in {days} days" in text and f"{ends.day} {ends:%B %Y}" in text


def test_a_caregivers_card_is_told_in_the_same_way_with_who_may_act(ask: Ask) -> None:
    soon = (TODAY + timedelta(days=20)).isoformat()
    lines = program(ask("MS", certification={"state": "PA", "caregiver_expires": soon}))
    assert {"caregiver-expiring-soon", "pennsylvania-caregiver", "pennsylvania-card"} <= lines.keys()
    assert "pennsylvania-caregiver" not in program(ask("MS", certification={"state": "PA"}))


def test_what_ends_the_sale_stands_first_and_nothing_is_said_of_amounts(ask: Ask) -> None:
    advice = ask(
        "MS",
        routes=["edible"],
        medicines=["warfarin", "oxycodone", "clonazepam"],
        certification={"state": "PA", "expires": "2026-11-21"},
    )
    assert advice["warnings"][0]["rule"] == "certification-expired"
    assert advice["warnings"][0]["severity"] == "contraindicated"
    assert advice["disposition"]["code"] == "no-product"
    assert not {"pennsylvania-supply", "pennsylvania-consult"} & program(advice).keys()


def test_a_minor_gets_no_product_and_the_caregiver_rule_of_the_state(ask: Ask) -> None:
    for said, id in STATES.items():
        advice = ask("MS", age=16, certification={"state": said})
        assert advice["disposition"]["code"] == "no-product"
        assert f"{id}-caregiver" in program(advice)


def test_a_state_that_is_not_ours_is_told_in_one_line(ask: Ask) -> None:
    lines = program(ask("MS", certification={"state": "Ohio", "expires": "2027-06-01"}))
    assert lines.keys() == {"state-unknown"}
    assert "program rules of Ohio are not in Counselor" in lines["state-unknown"]["effect"]
    assert lines["state-unknown"]["severity"] == "minor"


def test_a_state_of_five_thousand_characters_is_cut_short(ask: Ask) -> None:
    lines = program(ask("MS", certification={"state": "{day} x" * 700}))
    assert len(lines["state-unknown"]["effect"]) < 200
    assert "{day}" in lines["state-unknown"]["effect"]


def test_settings_hold_from_their_day_on(knowledge: Knowledge) -> None:
    for code in STATES:
        state = in_force(code, knowledge, TODAY)
        assert state is not None
        assert in_force(code, knowledge, state.start) is state
        assert in_force(code, knowledge, state.start - timedelta(days=1)) is None
    assert in_force("PA", knowledge, date(2020, 1, 1)) is None


def test_a_changed_law_takes_over_on_its_day(knowledge: Knowledge) -> None:
    old = replace(knowledge.states["florida"], until=date(2027, 1, 1))
    new = replace(knowledge.states["florida"], id="florida-2027", start=date(2027, 1, 1))
    changed = replace(knowledge, states={"florida": old, "florida-2027": new})
    assert in_force("FL", changed, date(2026, 12, 31)) is old
    assert in_force("FL", changed, date(2027, 1, 1)) is new


# What a programme must not change

PATIENTS = st.fixed_dictionaries(
    {
        "conditions": st.lists(
            st.sampled_from(["MS", "chronic pain", "leg cramps", "hiccups", "epilepsy"]), min_size=1
        ),
    },
    optional={
        "age": st.sampled_from([16, 22, 54, 80]),
        "routes": st.lists(st.sampled_from(["smoked", "vaporized", "edible", "topical"]), unique=True),
        "medicines": st.lists(
            st.sampled_from(["oxycodone", "warfarin", "blue pill", "baclofen"]), max_size=3
        ),
        "history": st.lists(st.sampled_from(["COPD", "pregnant", "drives for work", "CDL", "heart attack"])),
        "symptoms": st.lists(st.sampled_from(["dark urine", "suicidal"]), max_size=1),
    },
)


def answer(said: dict[str, Any], shelf: Shelf, knowledge: Knowledge) -> dict[str, Any]:
    return advise(Intake.from_json(said), shelf, knowledge, on=TODAY).to_json()


@settings(max_examples=60, deadline=None)
@given(said=PATIENTS, state=st.sampled_from([*STATES, "OH"]))
def test_a_state_adds_lines_and_leaves_products_out_and_does_nothing_else(
    knowledge: Knowledge, clinic_shelf: Shelf, said: dict[str, Any], state: str
) -> None:
    without = answer({**said, "limit": 100}, clinic_shelf, knowledge)
    card = {"state": state, "expires": "2027-08-01"}
    within = answer({**said, "limit": 100, "certification": card}, clinic_shelf, knowledge)
    assert within["disposition"]["code"] == without["disposition"]["code"]
    assert within["disposition"]["because"] == without["disposition"]["because"]
    for part in ("recognised", "unrecognised", "not_assessed", "referrals", "evidence", "first_dose_cap"):
        assert within[part] == without[part], part
    clinical = [w for w in within["warnings"] if w["kind"] != "program"]
    assert clinical == without["warnings"]
    assert all(w["severity"] in ("minor", "moderate") for w in within["warnings"] if w["kind"] == "program")
    before = {s["sku"]: s for s in without["suggestions"]}
    refused = {item.sku for item in clinic_shelf.items if _refused(item, state)}
    for suggestion in within["suggestions"]:
        assert suggestion["sku"] not in refused
    assert not refused & {s["sku"] for s in within["suggestions"]}
    if state != "PA":
        assert within["suggestions"] == without["suggestions"]
        assert within["excluded"] == without["excluded"]
        added = [line for line in within["counsel"] if line not in without["counsel"]]
        assert {line["topic"] for line in added} <= {"driving", "travel"} and len(added) <= 2
    for sku in {s["sku"] for s in within["suggestions"]} & before.keys():
        now = next(s for s in within["suggestions"] if s["sku"] == sku)
        assert {**now, "rank": 0} == {**before[sku], "rank": 0}


def _refused(item: Any, state: str) -> bool:
    """Pennsylvania's list, written out a second time."""
    return state == "PA" and (item.route == "smoked" or item.form in ("gummy", "chocolate", "baked-good"))


@settings(max_examples=30, deadline=None)
@given(said=PATIENTS)
def test_without_a_certification_no_programme_speaks(
    knowledge: Knowledge, clinic_shelf: Shelf, said: dict[str, Any]
) -> None:
    plain = answer(said, clinic_shelf, knowledge)
    assert program(plain) == {}
    assert plain == answer({**said, "certification": None}, clinic_shelf, knowledge)
    empty = answer({**said, "certification": {}}, clinic_shelf, knowledge)
    assert empty == plain, "a certification of which nothing is known is not assessed"


# The table itself


def test_every_state_is_dated_sourced_and_readable_in_the_reading_room(knowledge: Knowledge) -> None:
    shown = {statement.id: statement for statement in statements_of(knowledge)}
    for state in knowledge.states.values():
        assert state.start <= state.as_of <= max(TODAY, date.today())
        for line in state.lines.values():
            statement = shown[line.id]
            assert statement.kind == "program" and statement.sources
            parts = dict(statement.parts)
            assert state.name in parts["State"] and parts["Read on"] == state.as_of.isoformat()
            assert all(cited.at for cited in line.sources), line.id
    assert "smoking (smoked)" in dict(shown["pennsylvania-forms"].parts)["Not allowed"]
    assert not any("{" in statement.title for statement in shown.values() if statement.kind == "program")


def test_the_patients_words_are_short(knowledge: Knowledge) -> None:
    for state in knowledge.states.values():
        for line in state.lines.values():
            assert all(len(part.split()) <= 22 for part in re.split(r"(?<=[.!?])\s+", line.handout)), line.id


def test_what_was_not_read_is_worded_to_be_confirmed(knowledge: Knowledge) -> None:
    for state in knowledge.states.values():
        for line in state.lines.values():
            if any(knowledge.sources[c.key].checked == "reference-list" for c in line.sources):
                assert "onfirm" in line.text + line.do, line.id


A_STATE = """
[[state_program]]
id = "{id}"
code = "{code}"
name = "Ohio"
from = {start}
as_of = 2026-11-27
reminders = [60, 30]
lines = [
    {{ topic = "card", text = "a", sources = ["house-policy"] }},
    {{ topic = "caregiver", text = "a", sources = ["house-policy"] }},
    {{ topic = "supply", text = "a", sources = ["house-policy"] }},
    {{ topic = "consult", text = "a", sources = ["house-policy"] }},
]
"""

REFUSALS: dict[str, tuple[Break, list[str]]] = {
    "a state without code": (first(r'^code = "PA"$', ""), ["pennsylvania", "lacks code"]),
    "a code that is no two capital letters": (first(r'^code = "PA"$', 'code = "Pa."'), ["two capital"]),
    "a state without name": (first(r'^name = "Florida"$', 'name = ""'), ["florida", "name is empty"]),
    "settings without a first day": (first(r"^from = 2023-03-04$", ""), ["pennsylvania", "lacks from"]),
    "settings whose first day is text": (
        first(r"^from = 2023-03-04$", 'from = "March"'),
        ["pennsylvania", "from is not a date"],
    ),
    "settings that end before they begin": (
        first(r"^from = 2023-03-04$", "from = 2023-03-04\nuntil = 2023-03-04"),
        ["pennsylvania", "ends before it begins"],
    ),
    "settings without the day they were read": (
        first(r"^as_of = 2026-11-27\nreminders", "reminders"),
        ["pennsylvania", "lacks as_of"],
    ),
    "reminders that are no days": (first(r"^reminders = .*$", "reminders = [60, 0]"), ["reminders"]),
    "reminders left out": (first(r"^reminders = .*$", ""), ["pennsylvania", "lacks reminders"]),
    "a refusal that refuses nothing": (first(r'^routes = \["smoked"\]$', ""), ["neither a route nor a form"]),
    "a refusal of an unknown route": (first(r'^routes = \["smoked"\]$', 'routes = ["nose"]'), ["nose"]),
    "a refusal of an unknown form": (first(r'^forms = \["gummy"', 'forms = ["jelly"'), ["jelly"]),
    "a refusal without words": (first(r'^what = "smoking"$', ""), ["pennsylvania", "lacks what"]),
    "a line about an unknown topic": (first(r'^topic = "supply"$', 'topic = "parking"'), ["parking"]),
    "a line without text": (first(r'^text = "Pennsylvania: a 90.*$', ""), ["pennsylvania", "lacks text"]),
    "a line with a field too many": (
        first(r'^topic = "supply"$', 'topic = "supply"\nhow_much = 1'),
        ["pennsylvania", "how_much"],
    ),
    "a line without source": (
        first(r'^sources = \[\{ key = "pa-1191a-28".*$', "sources = []"),
        ["pennsylvania", "names no source"],
    ),
    "a line with a source nobody wrote down": (
        first(r'key = "ny-ocm-faq"', 'key = "nobody-1999"'),
        ["new-york-forms", "nobody-1999"],
    ),
    "two lines about one topic": (
        first(r'^topic = "supply"$', 'topic = "card"'),
        ["pennsylvania", "two lines about card", "no line about supply"],
    ),
    "a refusal without saying what is allowed": (
        first(r'^topic = "forms"$', 'topic = "driving"'),
        ["pennsylvania", "no line about forms"],
    ),
    "two tables of a state for one day": (
        appended(A_STATE.format(id="pa-2027", code="PA", start="2027-01-01")),
        ["pa-2027", "begins before pennsylvania ends"],
    ),
    "a state without review": (
        lambda text: text.replace("[defaults.review]", "[defaults.nothing]"),
        ["pennsylvania", "no review"],
    ),
    "a reminder that nobody wrote": (
        first(r'^id = "caregiver-expiring-soon"$', 'id = "caregiver-late"'),
        ["caregiver-expiring-soon", "is missing"],
    ),
}


@pytest.mark.parametrize("case", REFUSALS, ids=str)
def test_the_loader_refuses(case: str, tmp_path: Path) -> None:
    change, expected = REFUSALS[case]
    said, _ = broken(tmp_path, "program.toml", change)
    assert all(part in said for part in ["program.toml", *expected]), said
