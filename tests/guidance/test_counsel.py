"""What there is to say to this patient about these products, and what a score says at follow-up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from counselor.guidance.advice import FollowUpAdvice
from counselor.guidance.counsel import counsel_lines, follow_up_advice
from counselor.guidance.intake import FollowUp
from counselor.guidance.knowledge import Cited, Counsel, DrugClass, Knowledge, When
from counselor.guidance.resolve import Facts

from .small import condition, counsel, facts, knowledge, measure

LINE = "a line"


def said(
    *pieces: Counsel,
    who: Facts | None = None,
    ways: Any = ("swallowed",),
    held: Any = ("THC",),
    disposition: str = "suggest",
    **parts: Any,
) -> list[str]:
    known = knowledge(counsel=pieces, **parts)
    return [line.text for line in counsel_lines(who or facts(), ways, held, disposition, known)]


@pytest.mark.parametrize(
    ("when", "circumstances", "is_said"),
    [
        (When(always=True), {}, True),
        (When(disposition=frozenset({"suggest"})), {}, True),
        (When(disposition=frozenset({"refer-first"})), {}, False),
        (When(administration=frozenset({"inhaled"})), {}, False),
        (When(administration=frozenset({"inhaled"})), {"ways": ("swallowed", "inhaled")}, True),
        (When(cannabinoids=frozenset({"CBD"})), {}, False),
        (When(cannabinoids=frozenset({"CBD"})), {"held": ("THC", "CBD")}, True),
        (When(terms=frozenset({"falls"})), {}, False),
        (When(terms=frozenset({"falls"})), {"who": facts(terms=frozenset({"falls"}))}, True),
        (
            When(terms=frozenset({"falls"}), disposition=frozenset({"no-product"})),
            {"who": facts(terms=frozenset({"falls"}))},
            False,
        ),
    ],
)
def test_a_line_is_said_where_all_its_circumstances_hold(
    when: When, circumstances: dict[str, Any], is_said: bool
) -> None:
    after = counsel("after it")
    assert said(counsel(LINE, when=when), after, **circumstances) == [LINE] * is_said + ["after it"]


def test_a_line_names_the_medicines_that_make_it_so() -> None:
    piece = counsel(
        "Keep {names}.", when=When(classes=frozenset({"opioid"}), ingredients=frozenset({"baclofen"}))
    )
    who = facts(
        ingredients={"oxycodone": ("opioid",), "aspirin": ("nsaid",), "baclofen": ()},
        classes=frozenset({"opioid"}),
        class_only=("opioid", "nsaid"),
    )
    classes = {"opioid": DrugClass("opioid", "an opioid", "opioids", "")}
    assert said(piece, who=who, classes=classes) == ["Keep oxycodone, baclofen and an opioid."]
    assert said(counsel("Keep {names}.")) == ["Keep your medicines."]


def test_nobody_is_told_to_go_on_with_what_was_never_prescribed() -> None:
    piece = counsel("Keep {names}.", topic="do-not-stop", when=When(classes=frozenset({"opioid"})))
    opioids = {"heroin": ("opioid",), "methadone": ("opioid",)}
    both = facts(ingredients=opioids, classes=frozenset({"opioid"}))
    heroin = facts(ingredients={"heroin": ("opioid",)}, classes=frozenset({"opioid"}))
    after = counsel("after it")
    assert said(piece, after, who=both) == ["Keep methadone.", "after it"]
    assert said(piece, after, who=heroin) == ["after it"]
    assert said(replace(piece, topic="general"), who=heroin) == ["Keep heroin."]
    always = counsel("Keep {names}.", topic="do-not-stop")
    assert said(always, who=heroin) == ["Keep your medicines."]


def test_a_line_has_its_topic_its_sources_once_and_words_to_take_home() -> None:
    piece = counsel(
        "Of {names}.",
        topic="liver",
        handout="About {names}.",
        sources=(Cited("a"), Cited("b"), Cited("a", "7")),
    )
    (line,) = counsel_lines(facts(), (), (), "suggest", knowledge(counsel=(piece,)))
    assert (line.topic, line.handout, line.sources) == ("liver", "About your medicines.", ("a", "b"))


def test_what_treats_the_condition_is_named_after_all_else_unless_nothing_is_sold() -> None:
    rows = [
        condition("ms", treatment_note="Go on with baclofen.", sources=(Cited("a"),)),
        condition("als", treatment_note="Go on with riluzole."),
        condition("cramps"),
    ]
    who = facts("ms", "als", "cramps")
    known = knowledge(conditions=rows, counsel=(counsel(LINE),))
    lines = counsel_lines(who, (), (), "refer-first", known)
    assert [line.text for line in lines] == [LINE, "Go on with baclofen.", "Go on with riluzole."]
    assert [(line.topic, line.sources) for line in lines[1:]] == [
        ("do-not-stop", ("a",)),
        ("do-not-stop", ("house-policy",)),
    ]
    assert [line.text for line in counsel_lines(who, (), (), "no-product", known)] == [LINE]


# Follow-up


def after(baseline: float | None, now: float | None, weeks: float | None = 5, **of: Any) -> FollowUpAdvice:
    known: Knowledge = knowledge(measures={"spasticity-nrs": measure(**of)})
    found = follow_up_advice(FollowUp("spasticity-nrs", baseline, now, weeks), known)
    assert found is not None
    return found


UPWARD = {"better": "higher"}
BY_POINTS = {"points": 2.0, "useful_percent": 30.0}
NO_PERCENT = {"useful_percent": None}


@pytest.mark.parametrize(
    ("baseline", "now", "weeks", "of", "verdict"),
    [
        (10, 8, 5, {}, "useful"),
        (10, 8.1, 5, {}, "little"),
        (10, 10, 5, {}, "little"),
        (10, 8.1, 3.9, {}, "too-early"),
        (10, 8.1, 4, {}, "little"),
        (10, 8.1, None, {}, "little"),
        (10, 8, 1, {}, "useful"),
        (10, 10.1, 5, {}, "worse"),
        (10, 10.1, 1, {}, "worse"),
        (10, 14, 5, {}, "worse"),
        (None, 5, 5, {}, "unknown"),
        (5, None, 5, {}, "unknown"),
        (0, 0, 5, {}, "unknown"),
        (0, 2, 5, {}, "worse"),
        (5, 6, 5, UPWARD, "useful"),
        (5, 5.9, 5, UPWARD, "little"),
        (5, 4, 5, UPWARD, "worse"),
        (8, 6, 5, BY_POINTS, "useful"),  # two points though not thirty percent
        (8, 6.1, 5, BY_POINTS, "little"),
        (3, 2.1, 5, BY_POINTS, "useful"),  # thirty percent though not two points
        (10, 5, 5, NO_PERCENT, "no-threshold"),
        (0, 5, 5, NO_PERCENT, "unknown"),
        (10, 5, 5, {"better": "none"}, "no-threshold"),
    ],
)
def test_a_score_is_judged_by_its_percentage_or_its_points_after_four_weeks(
    baseline: float | None, now: float | None, weeks: float | None, of: dict[str, Any], verdict: str
) -> None:
    assert after(baseline, now, weeks, **of).verdict == verdict


@pytest.mark.parametrize(
    ("baseline", "now", "change"),
    [
        (7, 6.5, -7.1),
        (8, 6, -25.0),
        (4, 5, 25.0),
        (8, 0, -100.0),
        (0, 5, None),
        (None, 5, None),
        (5, None, None),
    ],
)
def test_a_change_is_told_in_percent_of_the_start_and_never_invented(
    baseline: float | None, now: float | None, change: float | None
) -> None:
    assert after(baseline, now).change_percent == change


@pytest.mark.parametrize(
    ("weeks", "following"),
    [
        (None, (2, 4, 12)),
        (0, (2, 4, 12)),
        (2, (4, 12)),
        (5, (12,)),
        (12, (24,)),
        (23.5, (24,)),
        (24, (36,)),
    ],
)
def test_the_next_score_is_asked_at_two_four_and_twelve_weeks_and_then_every_twelve(
    weeks: float | None, following: tuple[int, ...]
) -> None:
    assert after(5, 5, weeks).next_weeks == following


def test_a_follow_up_names_its_measure_and_its_sources_once() -> None:
    found = after(5, 5, sources=(Cited("a"), Cited("b"), Cited("a")))
    assert (found.measure, found.sources) == ("spasticity-nrs", ("a", "b"))


def test_a_verdict_that_the_scale_has_no_words_for_stays_empty() -> None:
    assert after(10, 5, verdicts={}).verdict == ""
    assert follow_up_advice(None, knowledge()) is None
