"""Rules about an amount of CBD read it: in a product the patient asks about, and in what is used now."""

from __future__ import annotations

from typing import Any

import pytest

from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.guidance.shelf import Shelf, ShelfItem

from .conftest import TODAY, Ask


def cbd_softgel(mg: float, **said: Any) -> ShelfItem:
    return ShelfItem(
        sku="SOFT",
        name="CBD softgel",
        form="capsule",
        route="edible",
        batch="B1",
        serving="1 capsule",
        tested_on=TODAY,
        readings={
            "THC": Reading(None, Unit.MG_PER_SERVING, ReadAs.NOT_DETECTED),
            "CBD": Reading(mg, Unit.MG_PER_SERVING, ReadAs.NUMBER),
        },
        **said,
    )


def severity(advice: dict[str, Any], medicine: str) -> str:
    """The severity of the CBD warning that names this medicine; the worst where there are several."""
    return next(
        w["severity"]
        for w in advice["warnings"]
        if w["kind"] == "interaction" and medicine in w["because"] and w["cannabinoids"] == ["CBD"]
    )


BY_AMOUNT = [
    # medicine, where no amount is known, above the amount that the reference names
    ("Depakote", "valproate", "moderate", "major"),
    ("riluzole", "riluzole", "moderate", "major"),
    ("tamoxifen", "tamoxifen", "minor", "moderate"),
    ("topiramate", "topiramate", "minor", "moderate"),
    ("citalopram", "citalopram", "minor", "moderate"),
]


@pytest.mark.parametrize(("said", "medicine", "base", "above"), BY_AMOUNT)
def test_a_rule_about_much_cbd_rises_with_the_product_that_is_asked_about(
    ask: Ask, said: str, medicine: str, base: str, above: str
) -> None:
    small, large = Shelf.of([cbd_softgel(5)]), Shelf.of([cbd_softgel(150)])
    about = {"medicines": [said], "consider": ["SOFT"], "routes": ["edible"]}
    assert severity(ask("chronic pain", shelf=small, **about), medicine) == base
    assert severity(ask("chronic pain", shelf=large, **about), medicine) == above


@pytest.mark.parametrize(("said", "medicine", "base", "above"), BY_AMOUNT)
def test_a_rule_about_much_cbd_rises_with_what_is_used_now(
    ask: Ask, said: str, medicine: str, base: str, above: str
) -> None:
    assert severity(ask("chronic pain", medicines=[said]), medicine) == base
    used = {"route": "edible", "cbd_mg_per_day": 200}
    assert severity(ask("chronic pain", medicines=[said], current_use=used), medicine) == above


def test_what_is_used_and_what_is_asked_for_add_up(ask: Ask) -> None:
    shelf = Shelf.of([cbd_softgel(50)])
    said = {"medicines": ["Depakote"], "consider": ["SOFT"], "shelf": shelf}
    assert severity(ask("chronic pain", **said), "valproate") == "moderate"
    assert severity(ask("chronic pain", **said, current_use={"cbd_mg_per_day": 50}), "valproate") == "major"


def test_an_amount_that_nobody_asked_about_raises_nothing(ask: Ask) -> None:
    shelf = Shelf.of([cbd_softgel(150)])
    assert severity(ask("chronic pain", shelf=shelf, medicines=["Depakote"]), "valproate") == "moderate"


def test_with_a_bare_exposure_the_amount_is_unknown(ask: Ask) -> None:
    exposure = {"cannabinoids": ["CBD"], "route": "edible"}
    assert severity(ask("chronic pain", medicines=["Depakote"], exposure=exposure), "valproate") == "moderate"
