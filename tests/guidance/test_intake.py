"""What was said at the counter, as given: the shape is checked, the field that is wrong is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from counselor.guidance.intake import (
    Certification,
    Clearance,
    CurrentUse,
    Exposure,
    FollowUp,
    Intake,
    IntakeError,
    Tried,
)


def read(**said: Any) -> Intake:
    return Intake.from_json({"conditions": ["MS"], **said})


def refused(**said: Any) -> tuple[str, str]:
    with pytest.raises(IntakeError) as caught:
        read(**said)
    assert str(caught.value) == f"{caught.value.field}: {caught.value.message}"
    return caught.value.field, caught.value.message


# What is read


def test_everything_that_was_said_is_kept_in_its_place() -> None:
    found = read(
        id="visit 1",
        on="2026-11-22",
        age=54,
        sex=" Female ",
        routes=["Edible", "topical", "edible"],
        medicines=[" baclofen ", "", "  "],
        history=["COPD"],
        symptoms=["stiff"],
        experience="regular",
        allergies=["nuts"],
        goals=["sleep"],
        asked=["Heart"],
        consider=["A1"],
        not_these=["klonipin"],
        limit=3,
    )
    assert (found.conditions, found.id, found.on, found.age) == (("MS",), "visit 1", date(2026, 11, 22), 54)
    assert (found.sex, found.routes, found.medicines) == ("female", ("edible", "topical"), ("baclofen",))
    assert (found.history, found.symptoms, found.experience) == (("COPD",), ("stiff",), "regular")
    assert (found.allergies, found.goals, found.asked) == (("nuts",), ("sleep",), ("heart",))
    assert (found.consider, found.not_these, found.limit) == (("A1",), ("klonipin",), 3)


def test_what_was_not_said_is_empty_and_ten_products_are_asked_for() -> None:
    assert read() == Intake(conditions=("MS",))
    nothing = dict.fromkeys(
        ["id", "on", "age", "sex", "routes", "medicines", "experience", "current_use", "tried", "asked",
         "certification", "clearances", "follow_up", "exposure", "consider", "limit"]
    )  # fmt: skip
    assert read(**nothing) == read(on="") == Intake(conditions=("MS",), limit=10)


@pytest.mark.parametrize("id", ["a", 7, 1.5, None])
def test_an_id_comes_back_as_it_was(id: Any) -> None:
    assert read(id=id).id == id


def test_a_field_nobody_knows_is_said_back_in_order() -> None:
    assert read(zeal=1, medicnes=[]).ignored == ("medicnes", "zeal")
    assert read(medicines=[], routes=[], on=None).ignored == ()


def test_objects_are_read_with_all_they_hold() -> None:
    found = read(
        current_use={"route": "smoked", "thc_mg_per_day": 20, "last": "2026-11-01", "cbd_mg_per_day": 5},
        tried=[{"sku": "A1", "batch": "B1", "benefit": "good", "harm": "dizzy"}, {"sku": "A2"}],
        certification={"state": "PA", "expires": "2027-01-01", "caregiver_expires": "2027-02-01"},
        follow_up={"measure": "pain-nrs", "baseline": 8, "now": 5.5, "weeks": 4},
    )
    assert found.current_use == CurrentUse("smoked", 20.0, date(2026, 11, 1), 5.0)
    assert found.tried == (Tried("A1", "B1", "good", "dizzy"), Tried("A2"))
    assert found.certification == Certification("PA", date(2027, 1, 1), date(2027, 2, 1))
    assert found.follow_up == FollowUp("pain-nrs", 8.0, 5.5, 4.0)


def test_a_clearance_is_read_with_what_it_was_given_for() -> None:
    said = {
        "rule": "thc-opioid", "by": "pharmacist", "on": "2026-11-20", "until": "2027-02-20", "said": "fine",
        "because": ["oxycodone"], "routes": ["edible"], "max_thc_mg": 2.5,
    }  # fmt: skip
    full, bare = read(clearances=[said, {"rule": "a", "on": "2026-11-20"}]).clearances
    assert full == Clearance(
        "thc-opioid",
        "pharmacist",
        date(2026, 11, 20),
        date(2027, 2, 20),
        "fine",
        ("oxycodone",),
        ("edible",),
        2.5,
    )
    assert bare == Clearance("a", "", date(2026, 11, 20))


@pytest.mark.parametrize(
    ("said", "exposure"),
    [
        ({"cannabinoids": ["thc", "CBD", "THC"], "route": "edible"}, Exposure(("THC", "CBD"), "edible")),
        ({"cannabinoids": ["cbd"]}, Exposure(("CBD",), "")),
        ({}, Exposure(("THC", "CBD"), "")),
    ],
)
def test_an_exposure_without_a_cannabinoid_is_about_both(said: Any, exposure: Exposure) -> None:
    assert read(exposure=said).exposure == exposure


# What cannot be read


@pytest.mark.parametrize("said", [None, [], "MS", 5])
def test_an_intake_is_an_object(said: Any) -> None:
    with pytest.raises(IntakeError) as caught:
        Intake.from_json(said)
    assert caught.value.field == "" and str(caught.value) == caught.value.message


def test_conditions_may_be_empty_but_not_missing() -> None:
    assert Intake.from_json({"conditions": []}).conditions == ()
    with pytest.raises(IntakeError) as caught:
        Intake.from_json({"medicines": []})
    assert caught.value.field == "conditions"


LONG, MANY = "x" * 5001, ["x"] * 301


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("id", ["a"], "id"),
        ("sex", 5, "sex"),
        ("sex", LONG, "sex"),
        ("experience", "expert", "experience"),
        ("medicines", "baclofen", "medicines"),
        ("medicines", MANY, "medicines"),
        ("medicines", ["a", 5], "medicines[1]"),
        ("medicines", ["a", "b", LONG], "medicines[2]"),
        ("routes", ["edible", "nasal"], "routes[1]"),
        ("asked", ["weather"], "asked[0]"),
        ("tried", {"sku": "A1"}, "tried"),
        ("tried", [{}] * 301, "tried"),
        ("tried", [{"sku": "A1"}, "A2"], "tried[1]"),
        ("tried", [{"sku": 5}], "tried[0].sku"),
        ("tried", [{"batch": 5}], "tried[0].batch"),
        ("tried", [{"benefit": 5}], "tried[0].benefit"),
        ("tried", [{}, {"harm": 5}], "tried[1].harm"),
        ("age", "54", "age"),
        ("age", True, "age"),
        ("age", -1, "age"),
        ("age", 126, "age"),
        ("age", float("nan"), "age"),
        ("age", float("inf"), "age"),
        ("age", 10**400, "age"),
        ("limit", 10**400, "limit"),
        ("limit", -1, "limit"),
        ("limit", 1001, "limit"),
        ("limit", 2.5, "limit"),
        ("limit", "3", "limit"),
        ("on", "22 November", "on"),
        ("on", 20261122, "on"),
        ("on", "2026-02-30", "on"),
        ("current_use", "daily", "current_use"),
        ("current_use", {"route": 5}, "current_use.route"),
        ("current_use", {"route": "nasal"}, "current_use.route"),
        ("current_use", {"thc_mg_per_day": "ten"}, "current_use.thc_mg_per_day"),
        ("current_use", {"thc_mg_per_day": -1}, "current_use.thc_mg_per_day"),
        ("current_use", {"cbd_mg_per_day": 2e6}, "current_use.cbd_mg_per_day"),
        ("current_use", {"last": "yesterday"}, "current_use.last"),
        ("certification", ["PA"], "certification"),
        ("certification", {"state": 5}, "certification.state"),
        ("certification", {"expires": "soon"}, "certification.expires"),
        ("certification", {"caregiver_expires": "soon"}, "certification.caregiver_expires"),
        ("clearances", [{"on": "2026-11-20"}], "clearances[0].rule"),
        ("clearances", [{"rule": "a", "on": "2026-11-20"}, {"rule": "a"}], "clearances[1].on"),
        ("clearances", ["a"], "clearances[0]"),
        ("clearances", [{"rule": 5}], "clearances[0].rule"),
        ("clearances", [{"rule": "a", "on": "today"}], "clearances[0].on"),
        ("clearances", [{"rule": "a", "on": "2026-11-20", "by": 5}], "clearances[0].by"),
        ("clearances", [{"rule": "a", "on": "2026-11-20", "until": "x"}], "clearances[0].until"),
        ("clearances", [{"rule": "a", "on": "2026-11-20", "said": 5}], "clearances[0].said"),
        ("clearances", [{"rule": "a", "on": "2026-11-20", "because": "all"}], "because"),
        ("clearances", [{"rule": "a", "on": "2026-11-20", "routes": ["nasal"]}], "routes[0]"),
        ("clearances", [{"rule": "a", "on": "2026-11-20", "max_thc_mg": 1001}], "clearances[0].max_thc_mg"),
        ("follow_up", "better", "follow_up"),
        ("follow_up", {"measure": 5}, "follow_up.measure"),
        ("follow_up", {"measure": "mood"}, "follow_up.measure"),
        ("follow_up", {"measure": "pain-nrs", "baseline": 10.5}, "follow_up.baseline"),
        ("follow_up", {"measure": "pain-nrs", "now": 11}, "follow_up.now"),
        ("follow_up", {"measure": "global-change", "now": 7.5}, "follow_up.now"),
        ("follow_up", {"measure": "spasm-frequency", "now": 1_000_001}, "follow_up.now"),
        ("follow_up", {"measure": "pain-nrs", "weeks": 5201}, "follow_up.weeks"),
        ("exposure", "THC", "exposure"),
        ("exposure", {"cannabinoids": ["THC", "CBG"]}, "exposure.cannabinoids[1]"),
        ("exposure", {"cannabinoids": "THC"}, "cannabinoids"),
        ("exposure", {"route": 5}, "exposure.route"),
        ("exposure", {"route": "nasal"}, "exposure.route"),
    ],
)
def test_the_field_that_cannot_be_read_is_named(field: str, value: Any, named: str) -> None:
    assert refused(**{field: value})[0] == named


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sex", "x" * 5000),
        ("medicines", ["x"] * 300),
        ("medicines", ["x" * 5000]),
        ("tried", [{}] * 300),
        ("age", 0),
        ("age", 125),
        ("age", 54.9),
        ("limit", 0),
        ("limit", 1000),
        ("current_use", {"thc_mg_per_day": 0}),
        ("current_use", {"thc_mg_per_day": 1e6}),
        ("clearances", [{"rule": "a", "on": "2026-11-20", "max_thc_mg": 1000}]),
        ("follow_up", {"measure": "spasticity-nrs", "baseline": 10, "now": 0}),
        ("follow_up", {"measure": "global-change", "baseline": 7, "now": 1}),
        ("follow_up", {"measure": "spasm-frequency", "baseline": 1_000_000, "now": 12}),
        ("follow_up", {"measure": "pain-nrs", "weeks": 5200}),
    ],
)
def test_the_longest_and_the_largest_are_still_read(field: str, value: Any) -> None:
    assert read(**{field: value})


def test_years_are_told_in_whole_years() -> None:
    assert read(age=54.9).age == 54
