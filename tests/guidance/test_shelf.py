"""The shelf as advice sees it: where a form acts, and what on it reaches the blood."""

from __future__ import annotations

import pytest

from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.guidance.shelf import ADMINISTRATIONS, FORMS, ROUTES, Shelf, ShelfItem


@pytest.mark.parametrize(
    ("form", "route", "administration"),
    [
        ("capsule", "edible", "swallowed"),
        ("tincture", "edible", "oromucosal"),
        ("flower", "smoked", "inhaled"),
        ("flower", "vaporized", "inhaled"),  # dry leaf for a vaporizer
        ("capsule", "smoked", "inhaled"),
        ("cream", "topical", "local"),
        ("transdermal-patch", "topical", "transdermal"),
        ("tincture", "topical", "oromucosal"),
        ("cream", "edible", "local"),
        ("hookah", "smoked", "inhaled"),
        ("dab rig", "vaporized", "inhaled"),
        ("suppository", "rectal", ""),
        ("suppository", "edible", ""),
    ],
)
def test_a_form_acts_where_it_is_taken(form: str, route: str, administration: str) -> None:
    item = ShelfItem(sku="A", name="", form=form, route=route)
    assert item.administration == administration
    assert item.is_systemic is (administration != "local")


def test_every_form_we_know_has_a_route_and_a_way_that_we_know() -> None:
    assert {form.route for form in FORMS.values()} == set(ROUTES)
    assert {form.administration for form in FORMS.values()} == set(ADMINISTRATIONS)


def test_a_shelf_has_one_order_whatever_order_it_was_read_in() -> None:
    items = [
        ShelfItem(sku, "", "capsule", "edible", batch) for sku, batch in (("B", "1"), ("A", "2"), ("A", "1"))
    ]
    expected = [("A", "1"), ("A", "2"), ("B", "1")]
    for read in (items, items[::-1]):
        assert [(item.sku, item.batch) for item in Shelf.of(read).items] == expected


def test_only_what_reaches_the_blood_gives_the_shelf_a_systemic_route() -> None:
    cream = ShelfItem("A", "", "cream", "topical")
    patch = ShelfItem("B", "", "transdermal-patch", "topical")
    capsule = ShelfItem("C", "", "capsule", "edible")
    assert Shelf.of([cream]).systemic_routes == frozenset()
    assert Shelf.of([cream, capsule]).systemic_routes == {"edible"}
    assert Shelf.of([cream, patch]).systemic_routes == {"topical"}


def test_a_product_is_read_by_its_serving_and_its_package() -> None:
    readings = {key: Reading(10.0, Unit.MG_PER_G, ReadAs.NUMBER) for key in ("THC", "CBD")}
    assert ShelfItem("A", "", "oral-oil", "edible", serving_g=0.5, readings=readings).profile.thc == 5.0
    package = {key: Reading(100.0, Unit.MG_PER_PACKAGE, ReadAs.NUMBER) for key in ("THC", "CBD")}
    item = ShelfItem("A", "", "gummy", "edible", servings_per_package=20, readings=package)
    assert (item.profile.per, item.profile.thc) == ("serving", 5.0)
