"""Which products fit, in which order, why, and why the rest does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from counselor.guidance.knowledge import Knowledge, Refused, Severity
from counselor.guidance.profile import Unit
from counselor.guidance.rank import (
    LOCAL_CAPTION,
    Candidate,
    Judged,
    applies_to,
    judge,
    offered_routes,
    order,
    shelf_reasons,
)
from counselor.guidance.shelf import ROUTES, ShelfItem
from counselor.guidance.weigh import Weight

from .small import (
    TODAY,
    condition,
    finding,
    first_dose_of,
    intake,
    knowledge,
    product,
    reading,
    resolved,
    screened,
    term,
)

MS = condition("ms", name="MS", central=True)
CRAMPS = condition("cramps", name="Cramps")
KNOWN = knowledge(conditions=[MS, CRAMPS])


def judged(
    item: ShelfItem,
    *findings: Any,
    of: str = "cramps",
    known: Knowledge = KNOWN,
    offered: Sequence[str] = ROUTES,
    cap: Any = None,
    who: dict[str, Any] | None = None,
    screen: dict[str, Any] | None = None,
    **said: Any,
) -> Judged:
    return judge(
        item,
        intake(of, **said),
        resolved(*of.split(), **(who or {})),
        screened(*findings, **(screen or {})),
        cap or first_dose_of(),
        offered,
        known,
        on=TODAY,
    )


# Which routes are shown at all


@pytest.mark.parametrize(
    ("of", "asked", "offered"),
    [
        ("cramps", [], ("edible", "vaporized", "topical")),
        ("cramps", ["topical"], ("topical",)),
        ("cramps", ["smoked"], ("smoked", "edible")),
        ("cramps", ["vaporized", "smoked"], ("vaporized", "smoked", "edible")),
        ("cramps", ["vaporized", "topical"], ("vaporized", "topical")),
        ("cramps", ["edible", "smoked"], ("edible", "smoked")),
        ("ms", ["topical"], ("topical", "edible")),
        ("ms", ["vaporized", "topical"], ("vaporized", "topical", "edible")),
        ("ms", ["topical", "edible"], ("topical", "edible")),
    ],
)
def test_what_is_swallowed_stands_beside_what_is_inhaled_and_what_a_cream_cannot_reach(
    of: str, asked: list[str], offered: tuple[str, ...]
) -> None:
    assert offered_routes(intake(routes=asked), resolved(of), KNOWN) == offered


def test_an_exposure_is_about_its_route_or_about_everything_that_reaches_the_blood() -> None:
    smoked = intake(exposure={"cannabinoids": ["THC"], "route": "smoked"}, routes=["edible"])
    assert offered_routes(smoked, resolved("ms"), KNOWN) == ("smoked",)
    any_route = intake(exposure={"cannabinoids": ["THC"]})
    assert offered_routes(any_route, resolved("ms"), KNOWN) == ("smoked", "vaporized", "edible")


@pytest.mark.parametrize(("asked", "words"), [(["edible"], "patient asked for"), ([], "patient asks for it")])
def test_a_route_nobody_asked_for_is_looked_at_no_further(asked: list[str], words: str) -> None:
    flower = product("flower", 99, 0, stock=0)
    found = judged(flower, offered=("edible",), routes=asked)
    assert found.against[0] == "Out of stock" and words in found.against[1]
    assert len(found.against) == 2 and found.candidate is None


def test_a_product_asked_about_by_name_is_judged_in_full_on_any_route() -> None:
    flower = product("flower", 99, 0)
    found = judged(flower, finding(), offered=("edible",), routes=["edible"], consider=["A1"])
    assert "patient asked for" in found.against[0] and "99 % THC" in found.against[1]
    assert found.warnings == ("a-rule",)
    assert judged(flower, finding(), offered=("edible",), routes=["edible"]).warnings == ()


# Why a batch may not be handed over


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expires_on": TODAY - timedelta(days=1)}, "Expired on 21 November 2026"),
        ({"stock": 0}, "Out of stock"),
        ({"stock": -1}, "Out of stock"),
        ({"readings": {}}, "Not tested"),
        ({"readings": {"THC": reading("not-tested"), "CBD": reading("blank")}}, "Not tested"),
        ({"tested_on": TODAY + timedelta(days=1)}, "Its certificate is dated in the future"),
        ({"tested_on": None, "batch": ""}, "No batch and no test date"),
        ({"form": "suppository", "route": "rectal"}, "Its form is not one"),
        ({"holds": ("Recalled", "In quarantine")}, "Recalled"),
    ],
)  # fmt: skip
def test_a_batch_that_may_not_be_handed_over_says_why(change: dict[str, Any], words: str) -> None:
    item = replace(product(), **change)
    assert shelf_reasons(item, on=TODAY)[0].startswith(words)
    assert len(shelf_reasons(item, on=TODAY)) == len(change.get("holds", "1"))
    assert judged(item).candidate is None


@pytest.mark.parametrize(
    "change",
    [
        {"expires_on": TODAY},
        {"expires_on": None},
        {"stock": None},
        {"stock": 1},
        {"tested_on": TODAY},
        {"tested_on": None},
        {"batch": ""},
        {"readings": {"THC": reading("not-tested"), "CBD": reading(5)}},
        {"readings": {"THC": reading(0), "CBD": reading(0)}},
    ],
)
def test_a_batch_that_may_be_handed_over_has_nothing_against_it(change: dict[str, Any]) -> None:
    assert shelf_reasons(replace(product(), **change), on=TODAY) == []


def test_what_the_program_does_not_allow_is_left_out() -> None:
    state = type("State", (), {"name": "Utopia", "refused": [Refused("gummies", (), ("gummy",))]})()
    gummy = judged(product("gummy"), screen={"program": state})
    assert gummy.against == ("Utopia's program does not allow gummies",)
    assert judged(product("capsule"), screen={"program": state}).candidate is not None


# Why this patient does not get it


@pytest.mark.parametrize(
    ("excludes", "item", "words"),
    [
        ("inhaled", product("flower", 5, 5), "no smoked or vaporized product"),
        ("cbd-rich", product(cbd=5), "no CBD-rich product"),
        ("solid", product("capsule"), "no form that must be chewed or swallowed whole"),
        ("oromucosal", product("tincture"), "nothing held in the mouth"),
        ("thc-dominant", product(thc=2.5, cbd=0), "no product that is mostly THC"),
        ("concentrate", product("oral-concentrate"), "no concentrate"),
        ("all", product(), "no product"),
        ("covered", product(), "no product with cannabinoids"),
    ],
)
def test_what_a_finding_excludes_is_left_out_by_name_with_what_it_holds(
    excludes: str, item: ShelfItem, words: str
) -> None:
    old = first_dose_of(new_to_it=False)
    assert judged(item, cap=old).candidate is not None
    assert judged(item, finding(excludes=excludes), cap=old).against == (f"Oxycodone: {words}",)


def test_what_a_finding_does_not_exclude_stays() -> None:
    assert judged(product("tincture"), finding(excludes="solid")).candidate is not None
    assert judged(product(thc=0), finding(excludes="covered", cannabinoids=("THC",))).candidate is not None


def test_a_form_that_cannot_be_advised_on_has_that_reason_alone() -> None:
    assert len(judged(product("suppository", 50, 0, route="rectal"), offered=("rectal",)).against) == 1


@pytest.mark.parametrize(
    ("about", "item", "words"),
    [
        (("THC",), product(), "no product with THC"),
        (("THC", "CBD"), product(), "no product with THC and CBD"),
        (("THC",), product("flower", "not-tested", 5), "no product with THC (its THC is not known)"),
        (("THC", "CBD"), product("flower", 5, "blank"), "no product with THC and CBD (its CBD is not known)"),
    ],
)
def test_a_cannabinoid_that_was_never_measured_is_named_as_the_reason(
    about: tuple[str, ...], item: ShelfItem, words: str
) -> None:
    because = finding(excludes="covered", cannabinoids=about, because=("oxycodone", "aspirin"))
    assert f"Oxycodone, aspirin: {words}" in judged(item, because).against


@pytest.mark.parametrize(
    ("excludes", "severity", "stays_out"),
    [
        ("covered", Severity.MAJOR, False),
        ("covered", Severity.CONTRAINDICATED, True),
        ("inhaled", Severity.MODERATE, True),
        ("solid", Severity.MAJOR, True),
        ("thc-dominant", Severity.MAJOR, False),
    ],
)
def test_a_clearance_opens_what_was_only_closed_until_somebody_agreed(
    excludes: str, severity: Severity, stays_out: bool
) -> None:
    item = (
        product("metered-inhaler", 2, 1, unit=Unit.MG_PER_SERVING)
        if excludes == "inhaled"
        else product(thc=2.5, cbd=1)
    )
    raised = finding(severity=severity, excludes=excludes)
    assert judged(item, raised).candidate is None
    cleared = replace(
        raised,
        cleared_by=intake(clearances=[{"rule": "a-rule", "by": "pharmacist", "on": "2026-11-20"}]).clearances[
            0
        ],
    )
    assert (judged(item, cleared).candidate is None) == stays_out


@pytest.mark.parametrize(
    ("severity", "item", "words"),
    [
        (Severity.MAJOR, product(ingredients=("ethanol",)), "Oxycodone: contains alcohol"),
        (Severity.CONTRAINDICATED, product(ingredients=None), "Oxycodone: may contain alcohol"),
        (Severity.MODERATE, product(ingredients=("ethanol",)), None),
        (Severity.MAJOR, product(ingredients=("olive oil",)), None),
        (Severity.MAJOR, product("cream", ingredients=("ethanol",)), None),
        (Severity.MAJOR, product("flower", 5, 5, ingredients=None), None),
    ],
)  # fmt: skip
def test_alcohol_in_a_product_that_is_swallowed_is_left_out_where_that_is_dangerous(
    severity: Severity, item: ShelfItem, words: str | None
) -> None:
    found = judged(item, finding(severity=severity, vehicle="alcohol", kind="precaution"))
    assert [why.split(": its")[0] for why in found.against] == ([words] if words else [])


def test_an_allergy_leaves_out_what_contains_it() -> None:
    known = replace(KNOWN, terms={"allergy-nuts": term("allergy-nuts", "Nut allergy", "allergy")})
    who = {"allergens": (("allergy-nuts", ("walnut",)),)}
    carrier = finding("carrier", vehicle="carrier", because=("allergy-nuts",))
    nutty, plain = product(ingredients=("Walnut oil",)), product(ingredients=("olive oil",))
    found = judged(nutty, carrier, known=known, who=who)
    assert found.against == ("Contains what the patient is allergic to (nut allergy)",)
    assert found.warnings == ("carrier",)
    assert judged(plain, carrier, known=known, who=who).warnings == ()
    other = finding("carrier", vehicle="carrier", because=("allergy-milk",))
    assert not applies_to(other, nutty, resolved("ms", **who), known)


def test_a_finding_is_named_beside_every_product_that_it_covers_or_leaves_out() -> None:
    who = resolved("ms")
    assert applies_to(finding(cannabinoids=("THC",)), product(), who, KNOWN)
    assert not applies_to(finding(cannabinoids=("THC",)), product(thc=0), who, KNOWN)
    assert applies_to(finding(cannabinoids=("THC",), excludes="solid"), product(thc=0), who, KNOWN)


def test_a_condition_that_thc_may_worsen_gets_nothing_that_is_mostly_thc() -> None:
    known = knowledge(conditions=[condition("seizures", exclude="thc-dominant"), CRAMPS])
    mostly = product(thc=2.5, cbd=1)
    assert judged(mostly, of="seizures", known=known).against == ("Mostly THC: not for Seizures",)
    assert judged(mostly, of="cramps", known=known).candidate is not None
    assert judged(product(thc=1, cbd=2.5), of="seizures", known=known).candidate is not None


@pytest.mark.parametrize(
    ("tried", "left_out"),
    [
        ({"sku": "A1", "harm": "a rash"}, True),
        ({"sku": "A1", "batch": "B1", "harm": "a rash"}, True),
        ({"sku": "A1", "batch": "B2", "harm": "a rash"}, False),
        ({"sku": "A2", "harm": "a rash"}, False),
        ({"sku": "A1", "benefit": "good"}, False),
    ],
)
def test_what_harmed_this_patient_before_is_not_offered_again(tried: dict[str, str], left_out: bool) -> None:
    found = judged(product(), tried=[tried])
    assert found.against == (("Harmed this patient before: a rash",) if left_out else ())


def test_every_reason_is_told_once() -> None:
    twice = [finding("one", excludes="all"), finding("two", excludes="all")]
    assert judged(product(thc=50), *twice).against[0] == "Oxycodone: no product"
    assert len(judged(product(thc=50), *twice).against) == 2


# The order


def candidate(
    sku: str, points: int, form: str = "capsule", batch: str = "B1", caption: str = ""
) -> Candidate:
    item = product(form, 2, 2, sku=sku, batch=batch)
    return Candidate(item, Weight(), None, (), points, caption, ())


def ordered(
    *candidates: Candidate, of: str = "cramps", asked: Sequence[str] = ()
) -> tuple[str, dict[str, str]]:
    kept, left_out = order(candidates, intake(of, routes=list(asked)), resolved(of), KNOWN)
    names = {id(c.item): c.item.sku for c in candidates}
    return " ".join(c.item.sku for c in kept), {names[one]: why for one, why in left_out.items()}


def test_best_first_then_sku_then_batch() -> None:
    shelf = [candidate("C", 5), candidate("B", 9), candidate("A", 5)]
    assert ordered(*shelf) == ("B A C", {})
    twins = [candidate("A", 5, batch=batch) for batch in ("2", "1")]
    kept, _ = order(twins, intake(), resolved("cramps"), KNOWN)
    assert [c.item.batch for c in kept] == ["1", "2"]


def test_a_cream_never_stands_alone_for_what_it_cannot_reach() -> None:
    cream = candidate("A", 9, "cream", caption=LOCAL_CAPTION)
    kept, left_out = ordered(cream, of="ms")
    assert kept == "" and left_out["A"].startswith(LOCAL_CAPTION)
    assert ordered(cream, of="cramps") == ("A", {})
    assert ordered(cream, candidate("B", 5), of="ms") == ("A B", {})


def test_beside_what_was_asked_for_only_the_best_three_others_stay() -> None:
    others = [candidate(sku, points) for sku, points in zip("ABCDE", (5, 4, 3, 2, 1), strict=True)]
    asked = candidate("S", 3, "pre-roll")
    kept, left_out = ordered(*others, asked, asked=["smoked"])
    assert kept == "A B C S" and left_out.keys() == {"D", "E"}
    assert "best few" in left_out["D"]
    assert ordered(*others, asked=["smoked"]) == ("A B C D E", {})
    assert ordered(*others, asked=["edible"]) == ("A B C D E", {})
    assert ordered(*others, asked) == ("A B C S D E", {})


def test_a_cream_that_cannot_reach_it_is_no_answer_to_the_wish_for_a_cream() -> None:
    others = [candidate(sku, 5) for sku in "ABCDE"]
    cream = candidate("S", 3, "cream", caption=LOCAL_CAPTION)
    assert ordered(*others, cream, of="ms", asked=["topical"]) == ("A B C D E S", {})


def test_warnings_are_carried_by_what_is_suggested() -> None:
    found = judged(product(), finding("one"), finding("two", cannabinoids=("THC",))).candidate
    assert found is not None and found.warnings == ("one", "two")
    without_thc = judged(product(thc=0), finding("one"), finding("two", cannabinoids=("THC",)))
    assert without_thc.warnings == ("one",)
