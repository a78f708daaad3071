"""A made-up state, Utopia, that allows neither smoking nor gummies: what its programme says, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from counselor.guidance.advice import CounselLine
from counselor.guidance.findings import Finding
from counselor.guidance.knowledge import Cited, Program, Refused, Severity, StateLine, StateProgram, Urgency
from counselor.guidance.programs import Programs, in_force, not_allowed, of_programs, with_program
from counselor.guidance.shelf import Shelf, ShelfItem

from .small import OURS, TODAY, facts, intake, knowledge, product

MINOR, MODERATE, MAJOR, FORBIDDEN = Severity
SMOKING = Refused("smoking", ("smoked",), ())
GUMMIES = Refused("gummies", (), ("gummy", "chocolate"))
LINES = {
    topic: StateLine(
        topic, topic, f"About {topic}.", f"Do {topic}.", f"Your {topic}.", (Cited("law"), Cited("law"))
    )
    for topic in ("card", "caregiver", "supply", "consult", "forms", "driving")
}
UTOPIA = StateProgram(
    "utopia",
    OURS,
    "UT",
    "Utopia",
    date(2026, 1, 1),
    None,
    date(2026, 3, 5),
    (90, 10),
    (SMOKING, GUMMIES),
    LINES,
)
GENERAL = (
    *(f"certification-{what}" for what in ("expired", "expiring", "expiring-soon")),
    *(f"caregiver-{what}" for what in ("expired", "expiring", "expiring-soon")),
    "state-unknown",
    "federal-work",
)  # fmt: skip
KNOWN = knowledge(
    states={"utopia": UTOPIA},
    program={
        id: Program(id, OURS, f"{id}: {{days}}, {{day}}, {{state}}.", (Cited("us-law"),)) for id in GENERAL
    },
)
FLOWER = product("flower", 10, 1)
GUMMY = product("gummy")
CAPSULE = product("capsule")


def programs(shelf: Any = (), who: Any = None, card: dict[str, Any] | None = None, **said: Any) -> Programs:
    visit = intake("ms", certification=card, **said)
    return of_programs(visit, who or facts(), Shelf.of(shelf), KNOWN, TODAY)


def in_days(count: int) -> str:
    return (TODAY + timedelta(days=count)).isoformat()


def ids(findings: tuple[Finding, ...]) -> list[str]:
    return [one.id for one in findings]


def forms(shelf: Any = (), **said: Any) -> Finding | None:
    found = programs(shelf, card={"state": "UT"}, **said).lines
    return next((one for one in found if one.id == "forms"), None)


# What is said, and in which order


def test_without_a_certification_no_programme_speaks() -> None:
    assert programs() == Programs()


def test_a_state_says_what_may_be_bought_and_who_must_consult() -> None:
    found = programs(card={"state": "UT"}, routes=["topical"])
    assert (ids(found.lines), found.expired, found.when_stopped) == (["supply", "consult"], (), ())
    assert found.state is UTOPIA
    supply = found.lines[0]
    assert (supply.severity, supply.kind, supply.refer, supply.excludes) == (MINOR, "program", "no", "")
    assert (supply.because, supply.cannabinoids, supply.routes) == ((), (), ())
    assert (supply.wording.effect, supply.wording.action) == ("About supply.", "Do supply.")
    assert (supply.wording.handout, supply.sources) == ("Your supply.", LINES["supply"].sources)
    assert supply.wording.mechanism == "State law as read on 5 March 2026."
    assert (supply.urgency, supply.certainty, supply.direction) == (Urgency.ROUTINE, "A", "patient")
    assert (supply.refer_to, supply.no_product, supply.lower_first_dose) == ("pharmacist", False, False)


@pytest.mark.parametrize(
    ("card", "age", "told"),
    [
        ({}, None, False),
        ({}, 18, False),
        ({}, 17, True),
        ({"caregiver_expires": in_days(400)}, None, True),
    ],
)
def test_the_caregivers_rule_is_told_to_a_minor_and_to_whoever_has_a_caregiver(
    card: dict[str, str], age: int | None, told: bool
) -> None:
    found = programs(card={"state": "UT", **card}, age=age, routes=["topical"])
    assert ids(found.lines) == ["caregiver"] * told + ["supply", "consult"]
    assert ids(found.when_stopped) == ["caregiver"] * told


@pytest.mark.parametrize("whose", ["certification", "caregiver"])
@pytest.mark.parametrize(
    ("days", "in_utopia", "elsewhere"),
    [
        (-1, None, None),
        (0, "-soon", "-soon"),
        (10, "-soon", "-soon"),
        (11, "", "-soon"),
        (30, "", "-soon"),
        (31, "", ""),
        (60, "", ""),
        (61, "", None),
        (90, "", None),
        (91, None, None),
    ],
)
def test_the_end_of_a_card_is_told_on_the_days_that_the_state_names(
    whose: str, days: int, in_utopia: str | None, elsewhere: str | None
) -> None:
    field = "expires" if whose == "certification" else "caregiver_expires"
    for state, expected in (("UT", in_utopia), ("", elsewhere)):
        found = programs(card={"state": state, field: in_days(days)})
        told = [id for id in ids(found.when_stopped) if id.startswith(whose) and id != "caregiver"]
        assert told == ([] if expected is None else [f"{whose}-expiring{expected}"])
        assert ids(found.expired) == ([f"{whose}-expired"] if days < 0 else [])
        told_of_card = "card" in ids(found.when_stopped)
        assert told_of_card == (state == "UT" and (days < 0 or expected is not None))


@pytest.mark.parametrize(
    ("days", "words"), [(0, "today"), (1, "tomorrow"), (2, "in 2 days"), (8, "in 8 days")]
)
def test_a_reminder_says_in_how_many_days_and_on_which(days: int, words: str) -> None:
    (line,) = programs(card={"expires": in_days(days)}).lines
    day = TODAY + timedelta(days=days)
    assert line.wording.effect == f"certification-expiring-soon: {words}, {day.day} November 2026, ."
    assert line.wording.effect == line.wording.action == line.wording.handout
    assert (line.severity, line.sources) == (MINOR, (Cited("us-law"),))


def test_an_expired_card_ends_the_sale_and_names_itself_as_the_reason() -> None:
    found = programs(card={"state": "UT", "expires": in_days(-1), "caregiver_expires": in_days(-9)})
    assert ids(found.expired) == ["certification-expired", "caregiver-expired"]
    for one in found.expired:
        assert (one.severity, one.because, one.excludes) == (FORBIDDEN, (one.id,), "all")
    assert ids(found.when_stopped) == ["card", "caregiver"]
    assert ids(found.lines) == ["card", "caregiver", "forms", "supply", "consult"]


def test_a_state_that_is_not_ours_is_said_back_shortened() -> None:
    (line,) = programs(card={"state": f"  Far   away {'x' * 90}"}).lines
    assert line.wording.effect.endswith(f", Far away {'x' * 31}.")
    for silent in ("", "   "):
        assert programs(card={"state": silent}).lines == ()


def test_whoever_is_tested_at_work_hears_that_a_card_is_no_excuse() -> None:
    tested = facts(terms=frozenset({"drug-tested"}))
    for state in ("UT", "Nowhere"):
        found = programs(who=tested, card={"state": state})
        assert "federal-work" in ids(found.when_stopped) and "federal-work" in ids(found.lines)
        assert "federal-work" not in ids(programs(card={"state": state}).lines)
    assert programs(who=tested, card={"expires": in_days(400)}).lines == ()


# Which state, and from when


@pytest.mark.parametrize("said", ["UT", "ut", "Utopia", "U.T.", " state of Utopia", "Commonwealth of Utopia"])
def test_a_state_is_known_by_its_letters_and_by_its_name(said: str) -> None:
    assert in_force(said, KNOWN, TODAY) is UTOPIA


@pytest.mark.parametrize("said", ["", "U", "Uto", "state of", "Republic of Utopia", "Utopia state of"])
def test_nothing_else_is_taken_for_it(said: str) -> None:
    assert in_force(said, KNOWN, TODAY) is None


def test_settings_hold_from_their_first_day_until_the_day_before_they_end() -> None:
    ended = replace(UTOPIA, until=date(2026, 6, 1))
    known = replace(KNOWN, states={"utopia": ended})
    assert in_force("UT", known, date(2025, 12, 31)) is None
    assert in_force("UT", known, date(2026, 1, 1)) is in_force("UT", known, date(2026, 5, 31)) is ended
    assert in_force("UT", known, date(2026, 6, 1)) is None


# What is not allowed


def test_a_product_is_refused_by_its_route_or_by_its_form() -> None:
    assert not_allowed(FLOWER, UTOPIA) == ["Utopia's program does not allow smoking"]
    assert not_allowed(GUMMY, UTOPIA) == ["Utopia's program does not allow gummies"]
    assert not_allowed(CAPSULE, UTOPIA) == not_allowed(GUMMY, None) == []


@pytest.mark.parametrize(
    ("asked", "shelf", "severity", "named"),
    [
        ([], (), MINOR, "smoking or gummies"),
        (["edible"], (), MINOR, "gummies"),
        (["edible"], (GUMMY, CAPSULE), MINOR, "gummies"),
        (["edible"], (GUMMY,), MODERATE, "gummies"),
        (["edible"], (FLOWER,), MINOR, "gummies"),
        (["smoked"], (), MODERATE, "smoking or gummies"),
        (["smoked"], (CAPSULE,), MODERATE, "smoking or gummies"),
        (["vaporized"], (), MINOR, "gummies"),  # what is swallowed stands beside what is inhaled
        (["edible", "smoked"], (CAPSULE,), MODERATE, "smoking or gummies"),
    ],
)
def test_a_wish_that_it_closes_is_told_louder_than_one_that_it_only_narrows(
    asked: list[str], shelf: tuple[ShelfItem, ...], severity: Severity, named: str
) -> None:
    line = forms(shelf, routes=asked)
    assert line is not None and line.severity is severity
    assert line.wording.effect.endswith(f"Utopia's program does not allow {named}.")
    assert ("was asked for" in line.wording.effect) == (severity is MODERATE)
    assert (line.wording.action, line.wording.handout) == ("Do forms.", "Your forms.")
    assert (
        line.wording.mechanism.startswith("State law as read on") and line.sources == LINES["forms"].sources
    )


def test_a_wish_that_it_leaves_alone_gets_no_line() -> None:
    assert forms(routes=["topical"]) is None
    assert forms(exposure={"cannabinoids": ["THC"], "route": "topical"}, routes=["smoked"]) is None


def test_every_closed_wish_is_named() -> None:
    line = forms((GUMMY,), routes=["edible", "smoked"])
    assert line is not None and line.wording.effect.startswith("Edible and Smoked was asked for. ")


def test_an_exposure_is_a_wish_for_its_route_and_one_without_route_for_the_routes_asked() -> None:
    smoked = forms(exposure={"cannabinoids": ["THC"], "route": "smoked"})
    assert smoked is not None and smoked.severity is MODERATE
    assert forms(exposure={"cannabinoids": ["THC"]}, routes=["topical"]) is None
    any_route = forms(exposure={"cannabinoids": ["THC"]}, routes=["smoked"])
    assert any_route is not None and any_route.severity is MODERATE


# What is said of driving

SAID = (CounselLine("liver", "a", ()), CounselLine("driving", "b", ()), CounselLine("driving", "c", ()))


def test_the_driving_law_comes_before_what_is_said_of_hours() -> None:
    lines = with_program(SAID, UTOPIA, "suggest")
    assert [line.text for line in lines] == ["a", "About driving.", "b", "c"]
    assert (lines[1].topic, lines[1].handout, lines[1].sources) == ("driving", "Your driving.", ("law",))


def test_where_nothing_is_said_of_driving_the_law_comes_last() -> None:
    assert [line.topic for line in with_program(SAID[:1], UTOPIA, "suggest")] == ["liver", "driving"]


def test_a_state_without_a_driving_line_adds_nothing() -> None:
    silent = replace(UTOPIA, lines={"card": LINES["card"]})
    assert with_program(SAID, silent, "refer-first") == SAID


def test_nothing_is_added_where_nothing_may_be_taken_home_and_where_no_state_is_known() -> None:
    assert with_program(SAID, UTOPIA, "no-product") == SAID
    assert with_program(SAID, None, "suggest") == SAID
