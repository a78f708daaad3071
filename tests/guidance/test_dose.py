"""The first dose: the largest measurable part of a serving that stays under both caps, or why none is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from counselor.guidance.advice import StartingDose
from counselor.guidance.dose import (
    FirstDose,
    amount_text,
    caps_shown,
    cost,
    first_dose,
    mg_text,
    start,
)
from counselor.guidance.profile import Unit
from counselor.guidance.shelf import ShelfItem

from .small import DOSES, TODAY, dose, facts, finding, first_dose_of, intake, knowledge, product, screened

NOTHING_ELSE = knowledge()


def started(item: ShelfItem, cap: FirstDose | None = None) -> StartingDose:
    found, why = start(item, cap or first_dose_of(), NOTHING_ELSE)
    assert found is not None, why
    assert why == ""
    return found


def refused(item: ShelfItem, cap: FirstDose | None = None) -> str:
    found, why = start(item, cap or first_dose_of(), NOTHING_ELSE)
    assert found is None
    return why


# How much of a serving


@pytest.mark.parametrize(
    ("thc", "cbd", "smallest", "servings"),
    [
        (2.5, 2.5, None, 1.0),
        (2.6, 2.6, None, 1.0),  # five in a hundred above the cap is within it
        (5.0, 5.0, 0.25, 0.5),
        (10.0, 1.0, 0.25, 0.25),
        (3.0, 0.0, 0.25, 0.75),
        (1.0, 20.0, 0.25, 0.25),  # here CBD is what limits it
        (0.0, 10.0, 0.5, 0.5),
        (1.0, 1.0, 0.25, 1.0),  # never more than a serving
        (2.5, 0.0, 0.3, 0.9),
        (3.5, 0.0, 0.25, 0.75),  # exactly at the cap
        (0.0, 0.5, None, 1.0),
        (0.5, 0.0, 2.0, 2.0),  # a serving is two puffs, and one alone cannot be measured
    ],
)
def test_the_largest_measurable_part_of_a_serving_that_stays_under_both_caps(
    thc: float, cbd: float, smallest: float | None, servings: float
) -> None:
    assert started(product("tincture", thc, cbd, smallest_dose=smallest)).servings == pytest.approx(servings)


@pytest.mark.parametrize(
    ("thc", "cbd", "named"),
    [(2.7, 0.0, "2.7 mg THC"), (0.0, 5.3, "5.3 mg CBD"), (1.0, 25.0, "25 mg CBD"), (10, 99, "10 mg THC")],
)
def test_what_cannot_be_measured_small_enough_says_which_amount_is_too_large(
    thc: float, cbd: float, named: str
) -> None:
    why = refused(product("capsule", thc, cbd))
    assert "1 capsule" in why and named in why
    assert ("2.5 mg" if "THC" in named else "5 mg") in why.split(named)[1]


def test_the_smallest_measurable_part_is_what_counts() -> None:
    why = refused(product("gummy", 12, 0, smallest_dose=0.5))
    assert "½ gummy" in why and "6 mg THC" in why
    assert started(product("gummy", 5, 0, smallest_dose=0.5)).servings == 0.5


def test_the_dose_names_its_amount_every_cannabinoid_and_its_source() -> None:
    found = started(product("tincture", 4, 1, holding={"D8THC": 1}, serving="1 mL", smallest_dose=0.25))
    assert found.mg == {"THC": 2.0, "D8THC": 0.5, "CBD": 0.5}
    assert found.handout == "½ mL (2 mg THC and 0.5 mg delta-8 THC and 0.5 mg CBD)"
    assert found.text.startswith("½ mL: 2 mg THC and") and found.text.endswith("The start of thc-first.")
    assert found.sources == ("source-of-thc-first",)


def test_amounts_are_told_to_the_hundredth_of_a_milligram() -> None:
    assert started(product("tincture", 1.2341, 0, smallest_dose=0.25)).mg == {"THC": 1.23}


def test_cbd_alone_rests_on_the_start_of_cbd() -> None:
    found = started(product(thc=0, cbd=5))
    assert found.mg == {"CBD": 5.0} and found.sources == ("source-of-cbd-first",)


def test_a_serving_that_holds_neither_has_no_dose() -> None:
    assert "neither THC nor CBD" in refused(product(thc=0, cbd=0, holding={"CBG": 10}))


def test_a_dose_without_a_published_source_is_ours() -> None:
    unsourced = dose("thc-first", sources=())
    assert started(product(), first_dose_of(thc=unsourced)).sources == ("house-policy",)


# What has no measured dose


def test_a_cream_has_and_needs_no_dose() -> None:
    assert start(product("cream"), first_dose_of(), NOTHING_ELSE) == (None, "")


def test_a_patch_without_thc_is_one_patch_and_a_question_to_the_pharmacist() -> None:
    found = started(product("transdermal-patch", 0, 20, serving="1 patch"))
    assert found.text.startswith("1 patch,") and "pharmacist" in found.text
    assert (found.mg, found.servings, found.sources) == ({}, 1.0, ("source-of-transdermal",))


@pytest.mark.parametrize("thc", [5, "not-tested"])
def test_a_patch_that_may_hold_thc_is_not_offered(thc: Any) -> None:
    assert refused(product("transdermal-patch", thc, 20)) == "Ask the pharmacist first"


def test_a_concentrate_is_not_for_someone_new_to_it() -> None:
    small = product("oral-concentrate", 1, 1)
    assert "concentrate" in refused(small)
    assert started(small, first_dose_of(new_to_it=False)).servings == 1.0


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (product(thc="not-tested"), "not known"),
        (product(cbd="rejected"), "not known"),
        (product(thc=5, cbd=5, unit=Unit.PERCENT), "only a percentage"),
        (product("tincture", "not-tested", 5, unit=Unit.PERCENT), "not known"),
    ],
)
def test_where_the_mg_of_a_serving_are_not_known_there_is_no_dose(item: ShelfItem, words: str) -> None:
    assert words in refused(item)
    assert ("percentage" in refused(item)) == (words == "only a percentage")


# What is inhaled


@pytest.mark.parametrize(
    ("percent", "cap", "allowed"),
    [
        (10.0, {}, True),
        (10.1, {}, False),
        (10.1, {"new_to_it": False}, True),
        (10.1, {"new_to_it": False, "careful": True}, False),
        (9.9, {"careful": True}, True),
        (5.0, {"max_thc_mg": 2.5}, False),
        (5.0, {"max_thc_mg": 2.5, "new_to_it": False}, False),
    ],
)
def test_one_inhalation_is_offered_up_to_ten_percent_to_whoever_should_take_care(
    percent: float, cap: dict[str, Any], allowed: bool
) -> None:
    item = product("flower", percent, 5)
    if allowed:
        found = started(item, first_dose_of(**cap))
        assert (found.text, found.mg, found.servings) == ("One inhalation.", {}, None)
        assert found.sources == ("source-of-inhaled-first",)
    else:
        assert refused(item, first_dose_of(**cap))


def test_what_is_too_strong_names_its_percentage_and_a_limit_names_its_milligrams() -> None:
    assert refused(product("flower", 22.5, 1)).startswith("22.5 % THC: above 10 %")
    assert "at most 2.5 mg THC" in refused(product("flower", 5, 1), first_dose_of(max_thc_mg=2.5))


def test_flower_whose_thc_was_never_measured_is_not_offered_to_anybody() -> None:
    assert "not measured" in refused(product("flower", "not-tested", 1), first_dose_of(new_to_it=False))
    assert started(product("flower", 5, "not-tested")).mg == {}


def test_a_metered_inhaler_is_measured_like_anything_else() -> None:
    puff = product("metered-inhaler", 1, 1, unit=Unit.MG_PER_SERVING, serving="1 puff")
    assert started(puff).mg == {"THC": 1.0, "CBD": 1.0}


# Whose first dose


def first(said: dict[str, Any] | None = None, who: Any = None, *findings: Any, on: date = TODAY) -> FirstDose:
    return first_dose(intake(**(said or {})), who or facts(), screened(*findings), NOTHING_ELSE, on=on)


def test_somebody_new_starts_at_the_published_first_dose() -> None:
    cap = first()
    assert (cap.thc_mg, cap.cbd_mg, cap.careful, cap.new_to_it) == (2.5, 5.0, False, True)
    assert (cap.thc_cap(product()), cap.cbd_cap()) == (2.5, 5.0)


@pytest.mark.parametrize(
    ("who", "findings"),
    [
        (facts(strong=("clonazepam",)), ()),
        (facts(weak=("baclofen",)), ()),
        (facts(), (finding(), finding(lower_first_dose=True))),
    ],
    ids=["a strong sedative", "a weak one", "a rule that asks for it"],
)
def test_whoever_must_take_care_starts_at_the_smaller_dose(who: Any, findings: tuple[Any, ...]) -> None:
    cap = first({}, who, *findings)
    assert (cap.careful, cap.thc_mg, cap.cbd_mg) == (True, 1.25, 2.5)
    assert started(product(thc=1.2, cbd=1), cap).sources == ("source-of-thc-first-fragile",)


REGULAR = facts(experience="regular", current_route="edible")


@pytest.mark.parametrize(("days", "counts"), [(None, True), (0, True), (30, True), (31, False)], ids=str)
def test_a_break_of_more_than_thirty_days_makes_regular_use_new_again(days: int | None, counts: bool) -> None:
    last = {} if days is None else {"last": (TODAY - timedelta(days=days)).isoformat()}
    cap = first({"current_use": {"route": "edible", **last}}, REGULAR)
    assert (cap.regular_route, cap.new_to_it) == (("edible", False) if counts else ("", True))
    assert cap.thc_cap(product()) == (5.0 if counts else 2.5)


def test_regular_use_without_anything_said_of_it_is_recent() -> None:
    assert first({}, REGULAR).regular_route == "edible"


def test_occasional_use_is_new_to_it() -> None:
    cap = first({}, facts(experience="occasional", current_route="edible"))
    assert (cap.regular_route, cap.new_to_it) == ("", True)


def test_regular_use_lifts_thc_on_its_own_route_only_and_lifts_no_cbd() -> None:
    cap = first({}, REGULAR)
    swallowed, inhaled = product(), product("metered-inhaler", unit=Unit.MG_PER_SERVING)
    assert (cap.thc_cap(swallowed), cap.thc_cap(inhaled), cap.cbd_cap()) == (5.0, 2.5, 5.0)
    assert started(product(thc=5, cbd=0), cap).sources == ("source-of-thc-first-regular",)
    assert started(inhaled, cap).sources == ("source-of-thc-first",)
    assert started(product(thc=0, cbd=5), cap).sources == ("source-of-cbd-first",)


def test_who_must_take_care_is_lifted_by_no_regular_use() -> None:
    cap = first({}, facts(experience="regular", current_route="edible", weak=("baclofen",)))
    assert cap.thc_cap(product()) == 1.25
    assert started(product(thc=1, cbd=1), cap).sources == ("source-of-thc-first-fragile",)


@pytest.mark.parametrize(("limit", "cap"), [(None, 2.5), (1.0, 1.0), (0.0, 0.0), (10.0, 2.5)])
def test_a_clearance_can_only_lower_the_cap(limit: float | None, cap: float) -> None:
    limited = first_dose(intake(), facts(), screened(max_thc_mg=limit), NOTHING_ELSE, on=TODAY)
    assert limited.thc_cap(product()) == cap
    assert caps_shown(limited) == {"THC": cap, "CBD": 5.0}


def test_a_clearance_for_no_thc_leaves_cbd_alone() -> None:
    none = first_dose_of(max_thc_mg=0.0)
    assert "0 mg" in refused(product(), none)
    assert started(product(thc=0, cbd=5), none).mg == {"CBD": 5.0}


def test_a_table_without_a_number_allows_nothing() -> None:
    empty = {id: dose(id, None) for id in ("thc-first", "cbd-first")}
    unknown = first_dose(intake(), facts(), screened(), knowledge(doses={**DOSES, **empty}), on=TODAY)
    assert (unknown.thc_mg, unknown.cbd_mg) == (0.0, 0.0)
    regular = first_dose_of(regular_route="edible", regular=dose("thc-first-regular", None))
    assert regular.thc_cap(product()) == 2.5


# In words


@pytest.mark.parametrize(
    ("serving", "servings", "words"),
    [
        ("1 mL", 0.25, "¼ mL"),
        ("1 capsule", 1.0, "1 capsule"),
        ("1 capsule", 2.0, "2 capsules"),
        ("1 gummy", 0.5, "½ gummy"),
        ("1 mL", 1.5, "1½ mL"),
        ("2 sprays", 0.5, "1 sprays"),
        ("0.5 mL", 0.5, "¼ mL"),
        ("1 mL", 2.0, "2 mL"),
        ("1 drop", 2.0, "2 drops"),
        ("1 dropper full", 2.0, "2 dropper full"),
        ("5 drops", 2.0, "10 drops"),
        ("1 mL", 0.3, "0.3 mL"),
        ("spray", 0.75, "¾ spray"),
        ("", 1.0, "1 serving"),
        ("  1   piece ", 1.0, "1 piece"),
        ("3 cap", 1.0, "3 cap"),
        ("0.1 mL", 3.0, "0.3 mL"),
    ],
)
def test_a_part_of_a_serving_is_said_in_the_words_of_the_label(
    serving: str, servings: float, words: str
) -> None:
    assert amount_text(product(serving=serving), servings) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(2.5, "2.5 mg"), (5.0, "5 mg"), (1.254, "1.25 mg"), (0.0, "0 mg"), (0.126, "0.13 mg")],
)
def test_milligrams_have_two_decimals_at_most_and_no_idle_zeros(value: float, words: str) -> None:
    assert mg_text(value) == words


# What it costs


def test_a_first_dose_costs_its_part_of_the_package() -> None:
    half = StartingDose("", {}, (), 0.5)
    assert cost(product(price=40.0, servings_per_package=30), half) == 0.67


@pytest.mark.parametrize(
    ("item", "taken"),
    [
        (product(price=40.0, servings_per_package=30), None),
        (product(price=40.0, servings_per_package=30), StartingDose("", {}, ())),
        (product(price=None, servings_per_package=30), StartingDose("", {}, (), 1.0)),
        (product(price=40.0), StartingDose("", {}, (), 1.0)),
    ],
    ids=["no dose", "not measured", "no price", "unknown package"],
)
def test_what_cannot_be_counted_out_of_the_package_has_no_cost(
    item: ShelfItem, taken: StartingDose | None
) -> None:
    assert cost(item, taken) is None
