"""Which grade a product may show: that of a statement on its condition, its route, its way and its ratio."""

from __future__ import annotations

from typing import Any

import pytest

from counselor.guidance.knowledge import Cited, Evidence, Ratio
from counselor.guidance.weigh import NOT_STUDIED, evidence_shown, weigh

from .small import knowledge, product, statement

STUDIED = statement("substantial", administration="oromucosal")


def grade(item: Any, *rows: Evidence, conditions: tuple[str, ...] = ("ms",)) -> tuple[str, str]:
    found = weigh(item, conditions, knowledge(statements=rows))
    return found.grade, found.direction


NOTHING = ("none-or-insufficient", "none")


def test_what_was_studied_lends_its_grade_its_direction_and_what_it_was_about() -> None:
    row = statement("limited", direction="mixed", extrapolated="from another illness")
    found = weigh(product("tincture"), ("ms",), knowledge(statements=[row]))
    assert (found.grade, found.direction, found.scope) == ("limited", "mixed", "stiffness, 1:1")
    assert (found.statement, found.extrapolated) == (row, "from another illness")


@pytest.mark.parametrize(
    "item",
    [
        product("capsule"),
        product("vape-cartridge", 30, 30),
        product("cream"),
        product("tincture", 10, 1),
        product("tincture", 2.5, "not-tested"),
        product("tincture", 0, 2.5, holding={"D8THC": 2.5}),
    ],
    ids=["swallowed", "inhaled", "on the skin", "another ratio", "half unmeasured", "delta-8"],
)
def test_a_grade_never_travels_to_another_way_or_another_content(item: Any) -> None:
    assert grade(product("tincture"), STUDIED) == ("substantial", "for")
    assert grade(item, STUDIED) == NOTHING


def test_a_grade_never_travels_to_another_condition() -> None:
    assert grade(product("tincture"), statement(condition="als"), conditions=("ms",)) == NOTHING


def test_a_statement_about_any_ratio_covers_what_nobody_measured() -> None:
    row = statement("limited", ratio=Ratio(any=True))
    found = weigh(product("capsule", "not-tested"), ("ms",), knowledge(statements=[row]))
    assert (found.grade, found.scope) == ("limited", "stiffness")


def test_what_lends_nothing_is_passed_over_for_what_does() -> None:
    medicine = statement("conclusive", id="licensed", lends=False)
    assert grade(product(), medicine, statement("limited")) == ("limited", "for")


def test_a_ratio_that_does_not_fit_leaves_the_next_statement_to_speak() -> None:
    thc_only = statement("substantial", id="thc", ratio=Ratio(only="THC"))
    assert grade(product(), thc_only, statement("limited")) == ("limited", "for")


def test_cbd_beside_thc_that_was_never_measured_is_not_cbd_alone() -> None:
    cbd_only = statement("substantial", ratio=Ratio(only="CBD"))
    assert grade(product(thc=0), cbd_only) == ("substantial", "for")
    assert grade(product(thc="not-tested"), cbd_only) == NOTHING


def test_the_first_statement_that_fits_speaks() -> None:
    assert grade(product(), statement("limited"), statement("moderate", id="two")) == ("limited", "for")


def test_what_nobody_studied_says_so_and_names_the_condition_beside_others() -> None:
    known = knowledge(statements=[statement(condition="als"), statement(condition="ms", route="smoked")])
    assert weigh(product(), ("ms",), known).scope == NOT_STUDIED
    assert weigh(product(), ("ms", "als"), known).scope == "Als: stiffness, 1:1"
    both = weigh(product("cream"), ("ms", "als"), known)
    assert (both.scope, both.grade) == (f"Ms: {NOT_STUDIED}", "none-or-insufficient")


@pytest.mark.parametrize(
    ("first", "second", "speaks"),
    [
        (("limited", "for"), ("moderate", "for"), "als"),
        (("moderate", "for"), ("moderate", "mixed"), "ms"),
        (("conclusive", "against"), ("limited", "for"), "als"),
        (("conclusive", "none"), ("limited", "mixed"), "als"),
        (("limited", "against"), ("conclusive", "against"), "ms"),
    ],
)
def test_of_several_conditions_the_one_it_speaks_best_for_is_shown(
    first: tuple[str, str], second: tuple[str, str], speaks: str
) -> None:
    known = knowledge(
        statements=[
            statement(first[0], condition="ms", direction=first[1]),
            statement(second[0], condition="als", direction=second[1]),
        ]
    )
    assert weigh(product(), ("ms", "als"), known).scope.startswith(speaks.capitalize())


def test_without_a_condition_there_is_no_grade_and_nothing_said() -> None:
    found = weigh(product(), (), knowledge())
    assert (found.grade, found.direction, found.scope, found.strength) == (*NOTHING, "", 0)


@pytest.mark.parametrize(
    ("grade", "direction", "strength"),
    [
        ("conclusive", "for", 4),
        ("limited", "mixed", 1),
        ("conclusive", "against", 0),
        ("conclusive", "none", 0),
        ("none-or-insufficient", "for", 0),
    ],
)
def test_only_what_speaks_for_it_counts(grade: str, direction: str, strength: int) -> None:
    known = knowledge(statements=[statement(grade, direction=direction)])
    assert weigh(product(), ("ms",), known).strength == strength


# What is shown about a condition, whatever the shelf


def shown(*rows: Evidence, routes: tuple[str, ...], conditions: tuple[str, ...] = ("ms",)) -> list[str]:
    return [row.id for row in evidence_shown(conditions, routes, knowledge(statements=rows))]


SMOKED = statement("moderate", id="smoked", route="smoked")
SPRAY = statement("limited", id="spray", weight=10)
CAPSULE = statement("limited", id="capsule", weight=20)


def test_every_asked_route_is_shown_in_the_order_asked_and_each_once() -> None:
    assert shown(SPRAY, SMOKED, routes=("smoked", "edible", "smoked")) == ["smoked", "spray"]


def test_beside_what_is_inhaled_stands_the_best_that_is_not() -> None:
    assert shown(SMOKED, SPRAY, CAPSULE, routes=("smoked",)) == ["smoked", "capsule"]
    assert shown(SMOKED, routes=("edible",)) == []
    assert shown(SPRAY, CAPSULE, routes=("edible",)) == ["spray", "capsule"]
    assert shown(SPRAY, routes=("smoked",), conditions=("ms",)) == ["spray"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"grade": "moderate"}, {"grade": "limited", "weight": 99}),
        ({"grade": "limited"}, {"grade": "conclusive", "direction": "against", "weight": 99}),
        (
            {"grade": "limited", "direction": "mixed"},
            {"grade": "conclusive", "direction": "none", "weight": 99},
        ),
        ({"grade": "limited"}, {"grade": "limited", "direction": "mixed", "weight": 99}),
        ({"grade": "limited", "weight": 3}, {"grade": "limited", "weight": 2}),
    ],
)
def test_best_is_the_grade_then_what_speaks_for_it_then_its_weight(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    rows = [statement(**better, id="better"), statement(**worse, id="worse")]
    assert shown(*rows, routes=("smoked",)) == ["better"]
    assert shown(*reversed(rows), routes=("smoked",)) == ["better"]


def test_what_is_shown_says_everything_that_the_statement_says() -> None:
    row = statement(sources=(Cited("a", "p. 1"), Cited("b"), Cited("a", "p. 2")), handout="In plain words.")
    (found,) = evidence_shown(("ms",), ("edible",), knowledge(statements=[row]))
    for name in ("condition", "route", "administration", "profile", "symptom", "grade", "direction"):
        assert getattr(found, name) == getattr(row, name), name
    assert (found.statement, found.handout, found.id) == (row.statement, row.handout, row.id)
    assert found.sources == ("a", "b")
