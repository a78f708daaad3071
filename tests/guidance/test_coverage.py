"""The map says what the counter would say, and nothing that nobody studied is put on a list to order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from counselor.guidance.advise import advise
from counselor.guidance.coverage import (
    BANDS,
    COMFORT,
    KINDS,
    NOTHING,
    ONE,
    SEVERAL,
    STOPPED,
    Covered,
    cover,
    intake_of,
    kind_of,
    spoken,
    studied,
)
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.never import never
from counselor.guidance.resolve import resolve
from counselor.guidance.shelf import ROUTES, Shelf, ShelfItem

from .conftest import TODAY
from .small import product, reading


@pytest.fixture(scope="module")
def whole_map(knowledge: Knowledge, clinic_shelf: Shelf) -> dict[str, Covered]:
    return {id: cover(id, clinic_shelf, knowledge, on=TODAY) for id in knowledge.conditions}


def shelf(*items: ShelfItem) -> Shelf:
    return Shelf.of(replace(item, sku=f"{item.sku}-{place}") for place, item in enumerate(items))


def capsules(thc: float, cbd: float, **said: object) -> ShelfItem:
    return product("capsule", thc, cbd, smallest_dose=1.0, **said)


# the counter's own answer


def test_every_cell_names_exactly_what_advice_would_suggest(
    knowledge: Knowledge, clinic_shelf: Shelf, whole_map: dict[str, Covered]
) -> None:
    for id in (
        "ms-spasticity",
        "als-cramps",
        "chronic-pain",
        "epilepsy",
        "myofascial-jaw-pain",
        "muscle-cramp",
    ):
        said = spoken(id, knowledge, on=TODAY)
        for cell in whole_map[id].cells:
            asked = intake_of(said, cell.route, cell.band, on=TODAY, limit=10_000)
            there = advise(asked, clinic_shelf, knowledge, on=TODAY)
            suggested = {s.sku for s in there.suggestions if s.route == cell.route}
            named = {one.sku for one in cell.products}
            assert named == suggested if cell.whole else named <= suggested, (id, cell.route, cell.band)
            assert (cell.first != "") == (there.disposition.code == "refer-first")


def test_a_large_shelf_is_counted_as_a_small_one_is(knowledge: Knowledge, clinic_shelf: Shelf) -> None:
    many = Shelf.of(
        replace(item, sku=f"{item.sku}-{copy}") for item in clinic_shelf.items for copy in range(9)
    )
    for id in ("ms-spasticity", "als-spasticity", "chronic-pain"):
        small, large = (cover(id, one, knowledge, on=TODAY) for one in (clinic_shelf, many))
        for one, other in zip(small.cells, large.cells, strict=True):
            assert (one.grade, one.direction) == (other.grade, other.direction), (id, one.route, one.band)
            assert (one.status == NOTHING) == (other.status == NOTHING)
            assert bool(one.studied) == bool(other.studied)
            assert other.studied >= min(one.studied, 2)
        assert [w.evidence for w in small.wanted] == [w.evidence for w in large.wanted]


def test_each_condition_is_asked_for_in_words_that_mean_it_and_nothing_else(knowledge: Knowledge) -> None:
    for id in knowledge.conditions:
        heard = resolve(
            intake_of(spoken(id, knowledge, on=TODAY), "edible", "none", on=TODAY), knowledge, on=TODAY
        )
        assert heard.facts.conditions == (id,)


def test_the_map_has_twelve_cells_for_each_condition(whole_map: dict[str, Covered]) -> None:
    for covered in whole_map.values():
        assert [(c.route, c.band) for c in covered.cells] == [(r, b) for r in ROUTES for b in BANDS]


# what a cell says


def test_one_product_is_one_and_its_second_batch_makes_it_no_second_product(knowledge: Knowledge) -> None:
    lone = capsules(2.5, 2.5)
    two_batches = Shelf.of([lone, replace(lone, batch="B2")])
    cell = cover("chronic-pain", two_batches, knowledge, on=TODAY).cell("edible", "none")
    assert cell.status == ONE
    two = cover("chronic-pain", shelf(lone, lone), knowledge, on=TODAY).cell("edible", "none")
    assert two.status == SEVERAL


def test_what_is_too_strong_to_begin_with_covers_only_regular_use(knowledge: Knowledge) -> None:
    covered = cover("chronic-pain", shelf(capsules(5, 0)), knowledge, on=TODAY)
    assert [covered.cell("edible", band).status for band in BANDS] == [NOTHING, NOTHING, ONE]
    assert [(r.kind, r.count) for r in covered.cell("edible", "none").reasons] == [("too-strong", 1)]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"holds": ("Recalled by the grower",)}, "hold"),
        ({"expires_on": date(2026, 1, 1)}, "expired"),
        ({"stock": 0}, "out-of-stock"),
        ({"readings": {"THC": reading("not-tested"), "CBD": reading("not-tested")}}, "untested"),
        ({"readings": {"THC": reading(50.0), "CBD": reading(0)}}, "too-strong"),
        ({"readings": {"THC": reading(50.0), "CBD": reading(0)}, "smallest_dose": None}, "step-unknown"),
        ({"readings": {"THC": reading(0), "CBD": reading(0)}}, "nothing-measured"),
        ({"tested_on": date(2027, 1, 1)}, "certificate"),
    ],
)
def test_an_empty_cell_says_what_keeps_the_batch_away(
    knowledge: Knowledge, changed: dict[str, object], kind: str
) -> None:
    one = shelf(replace(capsules(2.5, 2.5), **changed))  # type: ignore[arg-type]
    cell = cover("chronic-pain", one, knowledge, on=TODAY).cell("edible", "none")
    assert cell.status == NOTHING
    assert cell.reasons[0].kind == kind


def test_a_route_that_is_not_on_the_shelf_has_no_reasons_at_all(knowledge: Knowledge) -> None:
    cell = cover("chronic-pain", shelf(capsules(2.5, 2.5)), knowledge, on=TODAY).cell("smoked", "none")
    assert (cell.status, cell.reasons, cell.products) == (NOTHING, (), ())


def test_a_cream_is_local_comfort_and_covers_nothing_it_cannot_reach(knowledge: Knowledge) -> None:
    things = shelf(product("cream", 0, 5, serving_g=1.0), capsules(2.5, 2.5))
    cell = cover("ms-spasticity", things, knowledge, on=TODAY).cell("topical", "none")
    assert cell.status == COMFORT
    assert cell.grade == "none-or-insufficient"


def test_a_condition_that_gets_no_product_is_stopped_whatever_is_on_the_shelf(
    whole_map: dict[str, Covered],
) -> None:
    assert {cell.status for cell in whole_map["myoclonus-opioid"].cells} == {STOPPED}
    assert whole_map["myoclonus-opioid"].wanted == ()


def test_a_covered_cell_that_nobody_studied_keeps_no_grade(whole_map: dict[str, Covered]) -> None:
    cell = whole_map["hemifacial-spasm"].cell("edible", "none")
    assert cell.status == SEVERAL
    assert (cell.grade, cell.direction) == ("none-or-insufficient", "none")


def test_a_product_of_another_kind_does_not_count_as_studied(knowledge: Knowledge) -> None:
    other = shelf(capsules(2.5, 2.5), capsules(2.0, 2.0))
    covered = cover("als-spasticity", other, knowledge, on=TODAY)
    cell = covered.cell("edible", "none")
    assert (cell.status, cell.studied) == (SEVERAL, 0)
    assert [one.evidence for one in covered.wanted] == ["als-spasticity-spray"]
    spray = shelf(product("oromucosal-spray", 2.5, 2.5), capsules(2.5, 2.5))
    assert cover("als-spasticity", spray, knowledge, on=TODAY).cell("edible", "none").studied == 1


# what to order


def test_only_what_was_studied_with_some_good_is_ever_wanted(knowledge: Knowledge) -> None:
    for id in knowledge.conditions:
        wanted = cover(id, Shelf(), knowledge, on=TODAY).wanted
        rows = [] if knowledge.conditions[id].no_product else studied(id, knowledge)
        assert {one.evidence for one in wanted} == {row.id for row in rows}
        for one in wanted:
            assert one.grade != "none-or-insufficient"
            assert one.direction in ("for", "mixed")
            assert one.sources


def test_a_wanted_profile_is_said_in_words_that_can_be_ordered_by(knowledge: Knowledge) -> None:
    wanted = {one.evidence: one for one in cover("ms-spasticity", Shelf(), knowledge, on=TODAY).wanted}
    assert wanted["ms-spasticity-oral-extract"].words == (
        "Edible, swallowed, THC:CBD about 2:1, "
        "at most 2.5 mg THC and 5 mg CBD in its smallest measurable part"
    )
    assert wanted["ms-spasticity-oral-thc"].words == (
        "Edible, swallowed, THC only, at most 2.5 mg THC in its smallest measurable part"
    )
    assert wanted["ms-spasticity-smoked"].words == "Smoked, THC-dominant, 4 % THC, at most 10 % THC"
    assert (
        next(iter(wanted)) == "ms-spasticity-oral-extract"
        or wanted["ms-spasticity-spray"].grade == "substantial"
    )


def test_what_is_there_is_not_wanted_and_what_is_there_but_too_strong_is_wanted_for_the_new(
    knowledge: Knowledge,
) -> None:
    fits = cover("ms-spasticity", shelf(capsules(2.0, 1.0)), knowledge, on=TODAY).wanted
    assert "ms-spasticity-oral-extract" not in {one.evidence for one in fits}
    strong = cover("ms-spasticity", shelf(capsules(5.0, 2.5)), knowledge, on=TODAY).wanted
    assert {one.evidence: one.bands for one in strong}["ms-spasticity-oral-extract"] == ("none", "occasional")


# what can never be suggested


def test_a_batch_is_either_somewhere_on_the_map_or_never_suggested(
    knowledge: Knowledge, clinic_shelf: Shelf
) -> None:
    """Held against advice on the whole shelf, cell by cell, without the map's own shortcuts."""
    somewhere: set[tuple[str, str]] = set()
    for id in knowledge.conditions:
        said = spoken(id, knowledge, on=TODAY)
        for route in ROUTES:
            for band in BANDS:
                asked = intake_of(said, route, band, on=TODAY, limit=10_000)
                answer = advise(asked, clinic_shelf, knowledge, on=TODAY)
                somewhere |= {(s.sku, s.batch) for s in answer.suggestions if s.route == route}
    nowhere = {(one.item.sku, one.item.batch) for one in never(clinic_shelf, knowledge, on=TODAY)}
    assert somewhere | nowhere == {(item.sku, item.batch) for item in clinic_shelf.items}
    assert not somewhere & nowhere


def test_never_lists_the_fullest_shelf_first_and_each_with_a_reason(
    knowledge: Knowledge, clinic_shelf: Shelf
) -> None:
    found = never(clinic_shelf, knowledge, on=TODAY)
    packages = [one.item.stock or 0 for one in found]
    assert packages == sorted(packages, reverse=True)
    for one in found:
        assert one.reasons
        assert one.kinds
        assert set(one.kinds) <= set(KINDS)
        assert "other" not in one.kinds, one.reasons


def test_a_batch_without_a_form_is_never_suggested_because_of_its_form(knowledge: Knowledge) -> None:
    nameless = replace(capsules(2.5, 2.5), form="", route="")
    (one,) = never(shelf(nameless), knowledge, on=TODAY)
    assert one.kinds == ("form",)


def test_a_concentrate_that_regular_use_may_have_is_not_on_the_list(knowledge: Knowledge) -> None:
    assert never(shelf(product("concentrate", 60, 0)), knowledge, on=TODAY) == ()


def test_every_reason_of_the_sample_shelf_has_a_kind_of_its_own(
    knowledge: Knowledge, clinic_shelf: Shelf
) -> None:
    items = {(item.sku, item.batch): item for item in clinic_shelf.items}
    for id in ("ms-spasticity", "als-cramps", "epilepsy"):
        for route in ROUTES:
            asked = intake_of(spoken(id, knowledge, on=TODAY), route, "none", on=TODAY)
            for row in advise(asked, clinic_shelf, knowledge, on=TODAY).excluded:
                for reason in row.reasons:
                    kind = kind_of(reason, items[row.sku, row.batch], knowledge)
                    assert kind != "other" or reason.startswith("Not a route"), reason


@pytest.mark.parametrize("seed", range(6))
def test_random_shelves_are_told_apart_the_same_way(
    knowledge: Knowledge, clinic_shelf: Shelf, seed: int
) -> None:
    """What the map names for the widest question never stands on the list of what nobody gets."""
    some = Shelf.of(random.Random(seed).sample(clinic_shelf.items, 9))
    nowhere = {one.item.sku for one in never(some, knowledge, on=TODAY)}
    for id in ("chronic-pain", "muscle-cramp"):
        for cell in cover(id, some, knowledge, on=TODAY).cells:
            assert nowhere.isdisjoint(one.sku for one in cell.products)
