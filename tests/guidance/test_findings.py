"""What of the shelf and of the wish a danger touches, and whether somebody must be asked first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from counselor.guidance.findings import (
    Finding,
    Setting,
    carrier_reason,
    counts_first,
    holds_alcohol,
    is_thc_dominant,
    listed,
    lowered,
    open_exposures,
    setting_of,
    warning_of,
)
from counselor.guidance.intake import Clearance
from counselor.guidance.knowledge import Cited, Origin, Review, Severity
from counselor.guidance.profile import Unit
from counselor.guidance.shelf import Shelf, ShelfItem

from .small import TODAY, finding, intake, knowledge, product, setting, term

MINOR, MODERATE, MAJOR, FORBIDDEN = Severity
FLOWER = product("flower", 20, 1)
VAPE = product("vape-cartridge", 20, 1)
CREAM = product("cream")
PATCH = product("transdermal-patch", 0, 5)
CAPSULE = product("capsule")
SPRAY = product("oromucosal-spray")


def cleared(one: Finding) -> Finding:
    return replace(one, cleared_by=Clearance("a-rule", "pharmacist", TODAY))


# Which product it is about


@pytest.mark.parametrize(
    ("said", "item", "covers"),
    [
        ({}, CAPSULE, True),
        ({}, FLOWER, True),
        ({}, CREAM, False),  # an interaction needs the blood
        ({}, PATCH, True),
        ({"kind": "precaution"}, CREAM, True),
        ({"kind": "precaution", "routes": ("edible",)}, CREAM, False),
        ({"kind": "precaution", "routes": ("topical",)}, CREAM, True),
        ({"routes": ("topical",)}, CREAM, False),
        ({"routes": ("topical",)}, PATCH, True),
        ({"routes": ("smoked",)}, CAPSULE, False),
        ({"routes": ("smoked", "edible")}, CAPSULE, True),
        ({"cannabinoids": ("THC",)}, product(thc=2, cbd=0), True),
        ({"cannabinoids": ("THC",)}, product(thc=0, cbd=2), False),
        ({"cannabinoids": ("CBD",)}, product(thc=2, cbd=0), False),
        ({"cannabinoids": ("CBD",)}, product(thc=0, cbd=2), True),
        ({"cannabinoids": ("THC",)}, product(thc="not-tested", cbd=2), True),
        ({"cannabinoids": ("CBD",)}, product(thc=2, cbd="blank"), True),
        ({"cannabinoids": ("THC",)}, product(thc=0, cbd=2, holding={"D8THC": 5}), True),
        ({"cannabinoids": ("THC", "CBD")}, product(thc=0, cbd=2), True),
        ({"vehicle": "alcohol"}, product(ingredients=("ethanol",)), True),
        ({"vehicle": "alcohol"}, product(ingredients=None), True),
        ({"vehicle": "alcohol"}, product(ingredients=("olive oil",)), False),
        ({"excludes": "all", "cannabinoids": ("THC",)}, product("cream", 0, 5), True),
        ({"no_product": True, "routes": ("smoked",)}, CREAM, True),
    ],
)
def test_a_danger_covers_what_carries_it_to_where_it_acts(
    said: dict[str, Any], item: ShelfItem, covers: bool
) -> None:
    assert finding(**said).covers(item) is covers


@pytest.mark.parametrize(
    ("excludes", "out", "stays"),
    [
        ("all", (FLOWER, CREAM, CAPSULE), ()),
        ("covered", (CAPSULE, FLOWER), (CREAM,)),
        ("inhaled", (FLOWER, VAPE), (CAPSULE, CREAM, PATCH)),
        (
            "cbd-rich",
            (product(cbd=5), product(cbd="not-tested"), PATCH),
            (product(cbd=4.9), product("cream", 0, 99), product(thc=20, cbd=0)),
        ),
        (
            "solid",
            (CAPSULE, product("gummy"), product("beverage"), product("lozenge")),
            (SPRAY, product("tincture"), product("oral-oil"), FLOWER, CREAM),
        ),
        ("oromucosal", (SPRAY, product("lozenge")), (CAPSULE, FLOWER)),
        ("thc-dominant", (FLOWER, product(thc="not-tested", cbd=9)), (CAPSULE, product("cream", 9, 0))),
        (
            "concentrate",
            (product("concentrate"), product("oral-concentrate")),
            (CAPSULE, VAPE),
        ),
        ("", (), (FLOWER, CREAM, CAPSULE)),
    ],
)
def test_what_a_finding_keeps_from_being_suggested(
    excludes: str, out: tuple[ShelfItem, ...], stays: tuple[ShelfItem, ...]
) -> None:
    one = finding(excludes=excludes)
    assert [item.form for item in out if not one.excludes_item(item)] == []
    assert [item.form for item in stays if one.excludes_item(item)] == []


@pytest.mark.parametrize(
    ("thc", "cbd", "mostly"),
    [(2, 1, True), (1, 1, False), (1, 2, False), ("not-tested", 5, True), (2, 0, True)],
)
def test_mostly_thc_is_more_thc_than_cbd_or_nobody_knows(thc: Any, cbd: float, mostly: bool) -> None:
    assert is_thc_dominant(product(thc=thc, cbd=cbd)) is mostly
    assert not is_thc_dominant(product("cream", thc, cbd))


# Alcohol and allergies


@pytest.mark.parametrize(
    ("ingredients", "holds"),
    [
        (("Ethanol", "cannabis extract"), True),
        (("ethyl alcohol",), True),
        (("neutral grain spirits",), True),
        (("vodka",), True),
        (("spiced rum",), True),
        (("serum", "drumstick"), False),
        (("Alcohol-free base",), False),
        (("alcohol free base",), False),
        (("MCT oil",), False),
        ((), False),
        (None, None),
    ],
)
def test_alcohol_is_read_from_the_ingredients_and_silence_is_not_its_absence(
    ingredients: tuple[str, ...] | None, holds: bool | None
) -> None:
    assert holds_alcohol(product("tincture", ingredients=ingredients)) is holds


def test_what_is_inhaled_has_no_vehicle() -> None:
    assert holds_alcohol(product("flower", 5, 5, ingredients=None)) is False
    assert holds_alcohol(product("vape-cartridge", 5, 5, ingredients=("ethanol",))) is False


CONTAINS = "Contains what the patient is allergic to (nut allergy)"
NOT_STATED = "Ingredients are not stated: with an allergy (nut allergy) ask, do not assume"
NUTS = (("allergy-nuts", ("walnut", "tree nut")),)
WITH_NUTS = knowledge(terms={"allergy-nuts": term("allergy-nuts", "Nut allergy", "allergy")})


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (product(ingredients=("sugar", "Walnut pieces")), CONTAINS),
        (product(ingredients=("walnuts",)), CONTAINS),
        (product(ingredients=("may hold tree nuts",)), CONTAINS),
        (product(ingredients=("blackwalnut",)), ""),
        (product(ingredients=("olive oil",)), ""),
        (product(ingredients=()), ""),
        (product(ingredients=None), NOT_STATED),
        (product("vape-cartridge", ingredients=None), NOT_STATED),
        (product("flower", 5, 5, ingredients=None), ""),
        (product("pre-roll", 5, 5, ingredients=None), ""),
    ],
)  # fmt: skip
def test_an_allergy_rules_out_what_holds_it_and_what_does_not_say(item: ShelfItem, words: str) -> None:
    assert carrier_reason(item, NUTS, WITH_NUTS) == words
    assert carrier_reason(item, (), WITH_NUTS) == ""


def test_every_allergy_is_looked_for() -> None:
    both = (("allergy-milk", ("milk",)), *NUTS)
    assert "nut allergy" in carrier_reason(product(ingredients=("walnut",)), both, WITH_NUTS)
    assert carrier_reason(product("flower", 5, 5, ingredients=None), both, WITH_NUTS) == ""


# What an answer is about


def about(shelf: Shelf | None = None, **said: Any) -> Setting:
    return setting_of(intake("ms", **said), shelf or Shelf())


def test_it_is_about_both_cannabinoids_by_the_asked_routes() -> None:
    found = about(routes=["topical", "edible"])
    assert (found.cannabinoids, found.asked, found.considered) == (
        ("THC", "CBD"),
        ("topical", "edible"),
        ("edible", "topical"),
    )
    assert (found.local_only, found.has_shelf, found.asked_outright) == (False, False, False)


def test_without_a_wish_it_is_about_everything_that_reaches_the_blood() -> None:
    found = about()
    assert found.asked == found.considered == ("smoked", "vaporized", "edible")


def test_what_else_on_the_shelf_reaches_the_blood_is_considered_too() -> None:
    found = about(Shelf.of([FLOWER, CREAM]), routes=["edible"])
    assert (found.asked, found.considered, found.has_shelf) == (("edible",), ("smoked", "edible"), True)


@pytest.mark.parametrize(
    ("items", "routes", "only"),
    [
        ([CREAM], ["topical"], True),
        ([], ["topical"], True),
        ([PATCH], ["topical"], False),
        ([CAPSULE], ["topical"], False),
        ([CREAM], ["topical", "edible"], False),
        ([CREAM], ["edible"], False),
    ],
)
def test_only_creams_on_the_skin_leave_the_blood_alone(
    items: list[ShelfItem], routes: list[str], only: bool
) -> None:
    assert about(Shelf.of(items), routes=routes).local_only is only


def test_an_exposure_is_asked_outright_and_has_no_shelf() -> None:
    shelf = Shelf.of([CAPSULE])
    one = about(shelf, exposure={"cannabinoids": ["CBD"], "route": "smoked"}, routes=["edible"])
    assert (one.cannabinoids, one.asked, one.considered) == (("CBD",), ("smoked",), ("smoked",))
    assert (one.local_only, one.has_shelf, one.asked_outright, one.cbd_mg_per_day) == (
        False,
        False,
        True,
        None,
    )
    every = about(exposure={"cannabinoids": []})
    assert every.asked == every.considered == ("smoked", "vaporized", "edible")
    assert about(exposure={"cannabinoids": [], "route": "topical"}).local_only


def test_cbd_a_day_is_what_is_used_and_the_strongest_that_is_asked_about() -> None:
    weak, strong = product(sku="A", cbd=10), product(sku="B", cbd=25)
    other = product(sku="C", cbd=500)
    shelf = Shelf.of([weak, strong, other])
    used = {"current_use": {"route": "edible", "cbd_mg_per_day": 50}}
    assert about(shelf).cbd_mg_per_day is None
    assert about(shelf, **used).cbd_mg_per_day == 50
    assert about(shelf, consider=["A", "B"]).cbd_mg_per_day == 25
    assert about(shelf, consider=["A", "B"], **used).cbd_mg_per_day == 75
    assert about(shelf, current_use={"route": "edible"}).cbd_mg_per_day is None
    assert about(shelf, current_use={"route": "edible", "cbd_mg_per_day": 0}).cbd_mg_per_day == 0


@pytest.mark.parametrize(
    "item",
    [
        product("cream", 0, 99),
        product(cbd="not-tested"),
        product("flower", 1, 15),
        product(cbd=5, thc=5, unit=Unit.PERCENT),
    ],
    ids=["on the skin", "not measured", "per gram", "in percent"],
)
def test_an_amount_that_is_no_dose_of_cbd_is_not_counted(item: ShelfItem) -> None:
    assert about(Shelf.of([item]), consider=["A1"]).cbd_mg_per_day is None


# Who must be asked first

EVERY = frozenset((c, r) for c in ("THC", "CBD") for r in ("smoked", "vaporized", "edible"))


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ({}, True),
        ({"severity": MODERATE}, False),
        ({"severity": FORBIDDEN}, True),
        ({"refer": "tell"}, False),
        ({"refer": "no"}, False),
        ({"cannabinoids": ("THC",)}, True),
        ({"cannabinoids": ("CBD",)}, True),
        ({"routes": ("edible",)}, True),
        ({"routes": ("topical",)}, False),
        ({"routes": ("topical",), "excludes": "covered"}, True),
        ({"routes": ("topical",), "kind": "precaution"}, True),
        ({"routes": ("topical",), "kind": "precaution", "refer": "prescriber"}, False),
    ],
)
def test_what_is_major_and_may_still_be_offered_comes_to_a_clinician_first(
    said: dict[str, Any], first: bool
) -> None:
    one = finding(**said)
    assert counts_first(one, EVERY, reachable_products=True) is first
    assert not counts_first(cleared(one), EVERY, reachable_products=True)


@pytest.mark.parametrize(
    ("open_pairs", "first"),
    [
        ({("THC", "edible")}, True),
        ({("THC", "smoked")}, False),
        ({("CBD", "edible")}, False),
        ({("CBD", "edible"), ("THC", "smoked")}, False),
        ({("CBD", "edible"), ("THC", "edible")}, True),
        (set(), False),
    ],
)
def test_what_can_no_longer_be_offered_asks_for_nobody(open_pairs: set[tuple[str, str]], first: bool) -> None:
    one = finding(cannabinoids=("THC",), routes=("edible",))
    assert counts_first(one, frozenset(open_pairs), reachable_products=False) is first


def test_a_vehicle_is_left_out_product_by_product_where_there_is_a_shelf() -> None:
    one = finding(vehicle="alcohol")
    assert not counts_first(one, EVERY, reachable_products=True)
    assert counts_first(one, EVERY, reachable_products=False)


def pairs(*findings: Finding, offered: tuple[str, ...] = ("smoked", "edible")) -> set[str]:
    return {f"{c} {r}" for c, r in open_exposures(findings, setting("edible"), offered)}


ALL_FOUR = {"THC smoked", "CBD smoked", "THC edible", "CBD edible"}


def test_what_is_offered_is_open_until_something_forbids_it() -> None:
    assert pairs() == pairs(finding(), finding(excludes="solid")) == ALL_FOUR
    assert pairs(offered=("edible",)) == {"THC edible", "CBD edible"}


def test_what_forbids_inhaling_closes_both_ways_of_it() -> None:
    one = finding(excludes="inhaled")
    assert pairs(one, offered=("smoked", "vaporized", "edible")) == {"THC edible", "CBD edible"}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({}, set()),
        ({"cannabinoids": ("THC",)}, {"CBD smoked", "CBD edible"}),
        ({"routes": ("smoked",)}, {"THC edible", "CBD edible"}),
        ({"cannabinoids": ("THC",), "routes": ("smoked",)}, ALL_FOUR - {"THC smoked"}),
        ({"vehicle": "alcohol"}, ALL_FOUR),
    ],
)
def test_what_forbids_all_it_covers_closes_just_that(said: dict[str, Any], left: set[str]) -> None:
    assert pairs(finding(excludes="covered", **said)) == left


def test_a_clearance_opens_again_what_is_not_contraindicated() -> None:
    one = finding(excludes="covered", severity=MAJOR)
    assert pairs(cleared(one)) == ALL_FOUR
    assert pairs(cleared(replace(one, severity=FORBIDDEN))) == set()
    assert pairs(cleared(one), finding(excludes="inhaled")) == {"THC edible", "CBD edible"}


# Words


@pytest.mark.parametrize(
    ("names", "words"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_listed_as_people_do(names: list[str], words: str) -> None:
    assert listed(names) == words


def test_on_the_skin_a_danger_counts_two_steps_less_and_never_less_than_a_line() -> None:
    assert [lowered(severity) for severity in Severity] == [MINOR, MINOR, MINOR, MODERATE]


def test_the_public_form_of_a_finding_says_all_that_it_says() -> None:
    one = finding(
        sources=(Cited("a", "section 7"), Cited("b"), Cited("a", "section 9")),
        cannabinoids=("THC",),
        routes=("edible",),
        raised_by=("falls",),
    )
    shown = warning_of(one, refer=True)
    assert (shown.rule, shown.severity, shown.refer, shown.cleared) == ("a-rule", "major", True, False)
    for name in ("certainty", "kind", "because", "cannabinoids", "routes", "direction", "raised_by"):
        assert getattr(shown, name) == getattr(one, name), name
    for name in ("effect", "mechanism", "action", "handout"):
        assert getattr(shown, name) == getattr(one.wording, name), name
    assert shown.sources == ("a", "b") and shown.locators == {"a": "section 9"}
    assert warning_of(cleared(one), refer=False).cleared and not warning_of(one, refer=False).refer


@pytest.mark.parametrize(("checked_by", "awaiting"), [("", True), ("A. Pharmacist", False)])
def test_a_statement_nobody_put_a_name_to_awaits_review(checked_by: str, awaiting: bool) -> None:
    origin = Origin("small.toml", Review(TODAY, TODAY, checked_by))
    assert warning_of(finding(), refer=False).awaiting_review
    assert warning_of(replace(finding(), origin=origin), refer=False).awaiting_review is awaiting
