"""What is near, and how the difference is said; across routes a dose starts low and no mg are exchanged."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from counselor.guidance.knowledge import Knowledge
from counselor.guidance.rank import shelf_reasons
from counselor.guidance.shelf import Shelf, ShelfItem
from counselor.guidance.substitute import Substitute, distance, substitutes

from .conftest import TODAY
from .small import product, reading
from .test_invariants import QUIET, items, shelves

MG = re.compile(r"\d\s*mg")


def capsule(thc: float | str = 2.5, cbd: float | str = 2.5, **said: Any) -> ShelfItem:
    return product("capsule", thc, cbd, **{"sku": "OURS", "smallest_dose": 1.0, **said})


def near(item: ShelfItem, *others: ShelfItem, knowledge: Knowledge, limit: int = 5) -> tuple[Substitute, ...]:
    named = [replace(other, sku=f"S{place}") for place, other in enumerate(others)]
    return substitutes(item, Shelf.of([item, *named]), knowledge, on=TODAY, limit=limit)


# how a difference is said


def test_a_difference_within_a_route_is_said_in_mg_ratio_and_time(knowledge: Knowledge) -> None:
    (found,) = near(capsule(), product("tincture", 5, 5, smallest_dose=0.25), knowledge=knowledge)
    assert found.text == (
        "2.5 mg more THC in a serving (5 mg instead of 2.5 mg); "
        "2.5 mg more CBD in a serving (5 mg instead of 2.5 mg); the same ratio 1:1; "
        "acts in 15 to 45 minutes instead of 30 to 90 minutes, up to 3 hours; "
        "lasts 6 to 8 hours instead of 6 to 8 hours, up to 12; "
        "tincture instead of capsule; a serving is 1 tincture instead of 1 capsule"
    )
    assert "maccallum-russo-2018" in found.sources
    assert found.restart.startswith("Another way of taking it: start again at the lowest first dose")


def test_the_very_same_thing_of_another_maker_differs_in_nothing(knowledge: Knowledge) -> None:
    (found,) = near(capsule(), capsule(), knowledge=knowledge)
    assert found.distance == 0
    assert all(difference.same for difference in found.differences)
    assert (found.restart, found.caution) == ("", "")


def test_flower_is_compared_in_percentage_points(knowledge: Knowledge) -> None:
    (found,) = near(product("flower", 8, 8, sku="OURS"), product("flower", 6.5, 8), knowledge=knowledge)
    assert "1.5 percentage points less THC by weight (6.5 % instead of 8 %)" in found.text
    assert not MG.search(found.text)


@pytest.mark.parametrize(("thc", "says"), [(0.0, "none found"), (0.004, "a trace")])
def test_nothing_found_and_a_trace_stay_two_things(knowledge: Knowledge, thc: float, says: str) -> None:
    (found,) = near(capsule(0.2, 5.0), capsule(thc, 5.0), knowledge=knowledge)
    assert f"({says} instead of 0.2 mg)" in found.text


def test_delta_8_in_place_of_delta_9_is_said(knowledge: Knowledge) -> None:
    other = capsule(0, 2.5, holding={"D8THC": 2.5})
    (found,) = near(capsule(), other, knowledge=knowledge)
    assert "part of its THC is delta-8" in found.text


# what is marked


def test_more_thc_than_can_be_measured_away_is_marked(knowledge: Knowledge) -> None:
    ours = capsule(2.5, 0)
    whole, scored, silent = (capsule(5, 0, smallest_dose=part) for part in (1.0, 0.5, None))
    found = {one.item.sku: one.caution for one in near(ours, whole, scored, silent, knowledge=knowledge)}
    assert found["S0"].startswith("More THC than before: the smallest part that can be measured holds 5 mg")
    assert found["S1"] == ""
    assert "not stated" in found["S2"]


def test_stronger_flower_is_marked_and_weaker_is_not(knowledge: Knowledge) -> None:
    ours = product("flower", 8, 0, sku="OURS")
    found = near(ours, product("flower", 20, 0), product("flower", 6, 0), knowledge=knowledge)
    assert {one.item.sku: bool(one.caution) for one in found} == {"S0": True, "S1": False}


# across routes


def test_another_route_starts_low_again_and_says_no_mg_of_the_first(knowledge: Knowledge) -> None:
    ours = product("flower", 8, 8, sku="OURS")
    (found,) = near(ours, capsule(), knowledge=knowledge)
    assert not found.same_route
    assert found.restart == (
        "Another route: start again at the lowest first dose, whatever was used before. "
        "Of this one: 1 capsule (2.5 mg THC and 2.5 mg CBD)."
    )
    assert not MG.search(found.text)
    assert "acts in 30 to 90 minutes, up to 3 hours instead of within minutes" in found.text


def test_another_route_that_is_too_strong_to_begin_with_is_no_way_out(knowledge: Knowledge) -> None:
    ours = product("flower", 8, 8, sku="OURS")
    assert near(ours, capsule(10, 10), knowledge=knowledge) == ()
    assert near(capsule(), product("flower", 25, 25), knowledge=knowledge) == ()


def test_a_cream_stands_in_for_a_cream_alone(knowledge: Knowledge) -> None:
    cream = product("cream", 0, 5, sku="OURS")
    assert near(cream, capsule(0, 5), knowledge=knowledge) == ()
    assert len(near(cream, product("balm", 0, 5), knowledge=knowledge)) == 1
    assert near(capsule(0, 5), product("cream", 0, 5), knowledge=knowledge) == ()


def test_the_same_route_comes_first_though_another_route_has_the_very_ratio(knowledge: Knowledge) -> None:
    ours = product("flower", 8, 8, sku="OURS")
    found = near(ours, capsule(), product("flower", 4, 6), knowledge=knowledge)
    assert [one.same_route for one in found] == [True, False]


# what is unknown


@pytest.mark.parametrize("unknown", ["not-tested", "blank", "rejected"])
def test_an_unknown_strength_is_near_to_nothing(knowledge: Knowledge, unknown: str) -> None:
    assert near(capsule(), capsule(unknown, 2.5), knowledge=knowledge) == ()
    assert near(capsule(2.5, unknown), capsule(), knowledge=knowledge) == ()


def test_a_percentage_is_never_held_against_mg_in_a_serving(knowledge: Knowledge) -> None:
    by_weight = replace(capsule(), readings={"THC": reading(2.5, "percent"), "CBD": reading(2.5, "percent")})  # type: ignore[arg-type]
    assert distance(capsule(), by_weight) is None


def test_what_is_far_is_left_out(knowledge: Knowledge) -> None:
    assert near(capsule(2.5, 0), capsule(0, 50), capsule(100, 0), knowledge=knowledge) == ()


def test_a_second_batch_gives_one_line_and_the_nearer_one(knowledge: Knowledge) -> None:
    farther, nearer = capsule(4, 4, sku="X", batch="B1"), capsule(3, 3, sku="X", batch="B2")
    (found,) = substitutes(capsule(), Shelf.of([farther, nearer]), knowledge, on=TODAY)
    assert found.item.batch == "B2"


def test_the_limit_counts_for_each_side(knowledge: Knowledge) -> None:
    ours = product("flower", 8, 8, sku="OURS")
    others = [*(product("flower", 8, 8) for _ in range(4)), *(capsule() for _ in range(4))]
    found = near(ours, *others, knowledge=knowledge, limit=2)
    assert [one.same_route for one in found] == [True, True, False, False]


# what holds for any shelf


@given(item=items(), shelf=shelves)
@QUIET
def test_never_itself_never_unsaleable_never_an_exchange(
    knowledge: Knowledge, item: ShelfItem, shelf: Shelf
) -> None:
    found = substitutes(item, Shelf.of([*shelf.items, item]), knowledge, on=TODAY, limit=20)
    routes = [one.same_route for one in found]
    assert routes == sorted(routes, reverse=True)
    for one in found:
        assert one.item.sku != item.sku
        assert not shelf_reasons(one.item, on=TODAY)
        assert one.item.profile.is_measured
        assert item.profile.is_measured
        if not one.same_route:
            assert not MG.search(one.text)
            assert "start again at the lowest first dose" in one.restart
            assert not re.search(r"instead of|equals|same as|corresponds|exchange", one.restart)
        if one.item.administration != item.administration:
            assert one.restart
    for same in (True, False):
        far = [one.distance for one in found if one.same_route is same]
        assert far == sorted(far)


@given(one=items(), other=items())
@QUIET
def test_as_far_there_as_back(one: ShelfItem, other: ShelfItem) -> None:
    there, back = distance(one, other), distance(other, one)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there == pytest.approx(back)
        assert there >= 0


@given(one=items())
@QUIET
def test_nothing_is_nearer_than_its_own_twin(one: ShelfItem) -> None:
    assert distance(one, one) in (None, 0)


@pytest.mark.parametrize("kept", [{"holds": ("Recalled",)}, {"stock": 0}, {"expires_on": date(2026, 1, 1)}])
def test_what_may_not_be_sold_today_stands_in_for_nothing(knowledge: Knowledge, kept: dict[str, Any]) -> None:
    assert near(capsule(), capsule(**kept), knowledge=knowledge) == ()
