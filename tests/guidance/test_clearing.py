"""When a recorded answer of a pharmacist or prescriber still holds. A doubtful answer clears nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from counselor.guidance.clearing import agreed, clear, limit_of, limit_said
from counselor.guidance.findings import Finding
from counselor.guidance.intake import Clearance
from counselor.guidance.knowledge import Knowledge, Severity

from .small import TODAY, finding, intake

MINOR, MODERATE, MAJOR, FORBIDDEN = Severity
BY_MOUTH = ["edible"]


def answered(
    knowledge: Knowledge,
    one: Finding | None = None,
    asked: Any = BY_MOUTH,
    *more: dict[str, Any],
    **said: Any,
) -> Finding:
    """The finding after this answer, given two days ago by a pharmacist unless said otherwise."""
    clearance = {"rule": "a-rule", "by": "pharmacist", "on": "2026-11-20", **said}
    visit = intake("ms", routes=asked, clearances=[clearance, *more])
    return clear(one or finding(), visit, knowledge, TODAY)


def clears(knowledge: Knowledge, asked: Any = BY_MOUTH, **said: Any) -> bool:
    return answered(knowledge, None, asked, **said).cleared


# Who said it, and what


@pytest.mark.parametrize(
    "by",
    ["pharmacist", "Ann Lee, PharmD", "RPh Lee", "the prescriber", "Dr. Lee", "her doctor", "Lee, MD",
     "Lee NP", "neurologist", "psychiatrist", "pain clinic", "nurse practitioner", "PHYSICIAN"],
)  # fmt: skip
def test_a_pharmacist_or_prescriber_may_clear(knowledge: Knowledge, by: str) -> None:
    assert clears(knowledge, by=by)


@pytest.mark.parametrize("by", ["counselor", "the patient", "her sister", "", "Amanda", "Napoleon", "nurse"])
def test_nobody_else_may(knowledge: Knowledge, by: str) -> None:
    assert not clears(knowledge, by=by)


@pytest.mark.parametrize(
    "said",
    ["no", "No, not this one", "do not sell", "Don't use it", "must not take it", "should not use it",
     "cannot approve", "not cleared", "not recommended", "not ok", "refused", "declines", "denied",
     "I am against it"],
)  # fmt: skip
def test_a_refusal_clears_nothing(knowledge: Knowledge, said: str) -> None:
    assert not clears(knowledge, said=said)


@pytest.mark.parametrize(
    "said",
    ["", "fine", "no more than 2.5 mg", "No objection", "no concern", "No change needed",
     "ok, knows the risk", "noted and agreed"],
)  # fmt: skip
def test_an_agreement_clears_though_it_holds_the_word_no(knowledge: Knowledge, said: str) -> None:
    assert clears(knowledge, said=said)


def test_an_answer_to_another_rule_clears_nothing_and_does_not_hide_the_one_that_does(
    knowledge: Knowledge,
) -> None:
    assert not clears(knowledge, rule="another-rule")
    right = {"rule": "a-rule", "by": "pharmacist", "on": "2026-11-20"}
    assert answered(knowledge, None, BY_MOUTH, right, rule="another-rule").cleared
    assert answered(knowledge, None, BY_MOUTH, right, because=["morphine"]).cleared


# When


@pytest.mark.parametrize(
    ("given", "until", "holds"),
    [
        (0, None, True),
        (-1, None, False),
        (365, None, True),
        (366, None, False),
        (500, 0, True),
        (500, -1, False),
        (10, 30, True),
    ],
)
def test_an_answer_holds_from_its_day_to_its_end_or_for_a_year(
    knowledge: Knowledge, given: int, until: int | None, holds: bool
) -> None:
    said = {"on": (TODAY - timedelta(days=given)).isoformat()}
    if until is not None:
        said["until"] = (TODAY + timedelta(days=until)).isoformat()
    assert clears(knowledge, **said) is holds


# For which routes


@pytest.mark.parametrize(
    ("answer", "asked", "holds"),
    [
        ({"routes": ["edible"]}, ["edible"], True),
        ({"routes": ["edible", "topical"]}, ["edible"], True),
        ({"routes": ["edible"]}, ["edible", "smoked"], False),
        ({"routes": ["topical"]}, ["edible"], False),
        ({"routes": ["edible"]}, [], True),
        ({"said": "oral only"}, ["edible"], True),
        ({"said": "oral only"}, ["smoked"], False),
        ({"said": "Only creams"}, ["edible"], False),
        ({"said": "only topical"}, ["topical"], True),
        ({"said": "vaping only"}, ["vaporized"], True),
        ({"said": "vaping only"}, ["smoked"], False),
        ({"said": "smoking only"}, ["smoked"], True),
        ({"said": "no smoking"}, ["smoked"], False),
        ({"said": "no smoking"}, ["smoked", "edible"], False),
        ({"said": "never smoked"}, ["edible", "vaporized"], True),
        ({"said": "without any vape"}, ["vaporized"], False),
        ({"said": "by mouth only, not smoked"}, ["edible"], True),
        ({"said": "by mouth only, not smoked"}, ["topical"], False),
        ({"said": "oral or vaped"}, ["smoked"], True),
        ({"said": "only if not smoked"}, ["smoked"], False),
        ({"said": "only if not smoked"}, ["edible"], True),
        ({"said": "ok with food: no capsules, no smoking, no vaping, no creams"}, ["edible"], False),
        ({"said": "not by mouth"}, ["edible"], False),
        ({"routes": ["smoked"], "said": "oral only"}, ["smoked"], True),
    ],
)
def test_an_answer_holds_for_the_routes_that_it_names(
    knowledge: Knowledge, answer: dict[str, Any], asked: list[str], holds: bool
) -> None:
    assert clears(knowledge, asked, **answer) is holds


# For which medicines


@pytest.mark.parametrize(
    ("because", "answer", "holds"),
    [
        (("oxycodone",), {"because": ["oxycodone"]}, True),
        (("oxycodone",), {"because": ["oxycodone", "morphine"]}, True),
        (("oxycodone", "morphine"), {"because": ["oxycodone"]}, False),
        (("oxycodone",), {"because": ["morphine"], "said": "ok with oxycodone"}, False),
        (("oxycodone",), {"said": "ok with oxycodone"}, True),
        (("oxycodone",), {"said": "ok with Percocet"}, True),
        (("oxycodone",), {"said": "ok for morphine"}, False),
        (("oxycodone", "morphine"), {"said": "ok with morphine"}, True),
        (("oxycodone",), {"said": "has naloxone at home, CBD first"}, True),
        (("oxycodone",), {"said": "fine, no alcohol with it"}, True),
        (("oxycodone",), {"said": "knows Marinol from before"}, True),
        (("oxycodone",), {"said": "may use cannabis, CBG or delta-8 THC"}, True),
        (("oxycodone",), {"said": "may use cannabis beside morphine"}, False),
        (("falls",), {"said": "ok with morphine"}, True),
    ],
)
def test_a_clearance_that_names_another_medicine_clears_nothing(
    knowledge: Knowledge, because: tuple[str, ...], answer: dict[str, Any], holds: bool
) -> None:
    assert answered(knowledge, finding(because=because), **answer).cleared is holds


# What it changes


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ({}, MAJOR),
        ({"cleared_severity": MODERATE}, MODERATE),
        ({"cleared_severity": MODERATE, "raised_by": ("lungs",)}, MAJOR),
        ({"cleared_severity": MAJOR, "severity": MINOR}, MINOR),
    ],
)
def test_a_cleared_warning_falls_to_what_its_rule_allows_unless_something_raised_it(
    knowledge: Knowledge, said: dict[str, Any], severity: Severity
) -> None:
    one = finding(**{"severity": MAJOR, **said})
    assert answered(knowledge, one).severity is severity


def test_what_forbids_every_product_is_cleared_by_nobody(knowledge: Knowledge) -> None:
    forbids = finding(no_product=True)
    assert answered(knowledge, forbids) is forbids


def test_what_it_excludes_stays_excluded_and_the_answer_is_kept(knowledge: Knowledge) -> None:
    found = answered(knowledge, finding(excludes="inhaled"), said="at most 2.5 mg")
    assert found.excludes == "inhaled"
    assert found.cleared_by is not None
    assert (found.cleared_by.by, found.cleared_by.max_thc_mg) == ("pharmacist", 2.5)


def test_an_agreement_to_a_condition_is_found_by_its_rule_and_its_day() -> None:
    visit = intake("als", clearances=[{"rule": "als", "by": "neurologist", "on": "2026-11-20"}])
    assert agreed("als", visit, TODAY)
    assert not agreed("epilepsy", visit, TODAY)
    assert not agreed("als", visit, TODAY - timedelta(days=3))
    assert not agreed("als", intake("als"), TODAY)


# How much it allows


@pytest.mark.parametrize(
    ("said", "most"),
    [
        ("2.5 mg oral at most", 2.5),
        ("2,5 mg max", 2.5),
        ("1 mg only", 1.0),
        ("5mg is the limit", 5.0),
        ("at most 2.5 mg", 2.5),
        ("no more than 5 mg a day", 5.0),
        ("Up to 1.25 mg THC", 1.25),
        ("limit: 2 mg", 2.0),
        ("maximum dose of 10 mg", 10.0),
        ("only 3 mg", 3.0),
        ("takes oxycodone 5 mg", None),
        ("fine", None),
        ("at most twice a day", None),
        ("", None),
    ],
)
def test_the_most_that_an_answer_allows_is_read_from_it(said: str, most: float | None) -> None:
    assert limit_said(said) == most


@pytest.mark.parametrize(
    "said", ["CBD only", "no THC", "only CBD please", "THC-free", "without THC", "not THC"]
)
def test_cbd_only_allows_no_thc_at_all(said: str) -> None:
    given = Clearance("a-rule", "pharmacist", TODAY, said=said)
    assert limit_of(given) == 0.0
    assert limit_of(replace(given, max_thc_mg=2.0)) == 2.0


def test_a_recorded_limit_comes_before_what_was_said_and_none_means_none() -> None:
    assert limit_of(Clearance("a-rule", "", TODAY, said="at most 5 mg", max_thc_mg=0.0)) == 0.0
    assert limit_of(Clearance("a-rule", "", TODAY, said="at most 5 mg")) == 5.0
    assert limit_of(Clearance("a-rule", "", TODAY, said="fine")) is None
