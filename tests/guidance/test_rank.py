"""Which products fit, in which order, why, and why the rest does not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from counselor.guidance.knowledge import Evidence, Knowledge, Ratio, Refused, Severity
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
    statement,
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


def points(item: ShelfItem, *statements: Evidence, **said: Any) -> dict[str, int]:
    """Thousandths by factor."""
    known = said.pop("known", None) or knowledge(conditions=[MS, CRAMPS], statements=statements)
    found = judged(item, known=known, **said)
    assert found.candidate is not None, found.against
    assert sum(round(r.points * 1000) for r in found.candidate.reasons) == found.candidate.points
    assert found.candidate.score == found.candidate.points / 1000
    assert sum(r.points for r in found.candidate.reasons) == pytest.approx(found.candidate.score, abs=1e-9)
    return {reason.factor: round(reason.points * 1000) for reason in found.candidate.reasons}


def said_of(item: ShelfItem, factor: str, *statements: Evidence, **said: Any) -> str:
    known = said.pop("known", None) or knowledge(conditions=[MS, CRAMPS], statements=statements)
    found = judged(item, known=known, **said)
    assert found.candidate is not None, found.against
    return next(reason.text for reason in found.candidate.reasons if reason.factor == factor)


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


# Points: profile


def test_a_product_of_the_studied_ratio_gets_all_points_of_its_profile() -> None:
    row = statement("limited", condition="cramps")
    assert points(product(thc=2.5, cbd=2.5), row)["profile"] == 300
    assert "the ratio that was studied (1:1)" in said_of(product(thc=2.5, cbd=2.5), "profile", row)


@pytest.mark.parametrize(
    ("ratio", "thc", "cbd", "distance"),
    [
        (Ratio(0.5, 2.0), 2.5, 0.5, math.log(5 / 2)),
        (Ratio(0.5, 2.0), 0.5, 5.0, math.log(0.5 / 0.1)),
        (Ratio(0.5, 2.0), 2.0, 1.0, 0.0),
        (Ratio(0.1, 0.2), 1.0, 4.0, math.log(0.25 / 0.2)),
        (Ratio(0.5, 2.0), 2.5, 0.04, math.log(62.5 / 2)),
        (Ratio(max=0.5), 2.5, 2.5, math.log(2)),
        (Ratio(min=2.0), 2.5, 2.5, math.log(2)),
        (Ratio(only="CBD"), 0.2, 5.0, math.log(4)),
        (Ratio(only="THC"), 2.5, 0.1, math.log(4)),
        (Ratio(only="CBD"), 0.0, 5.0, 0.0),
        (Ratio(only="CBD"), 0.1, 4.0, 0.0),
        (Ratio(only="CBD"), 0.5, 5.0, math.log(10)),
        (Ratio(only="THC"), 2.5, 0.5, math.log(20)),
        (Ratio(only="THC"), 2.0, 2.0, math.log(100)),
        (Ratio(only="CBD"), 2.0, 2.0, math.log(100)),
        (Ratio(only="THC"), 2.5, 0.0, 0.0),
    ],
)
def test_points_fall_with_the_logarithm_of_the_distance_from_what_was_studied(
    ratio: Ratio, thc: float, cbd: float, distance: float
) -> None:
    row = statement("limited", condition="cramps", ratio=ratio)
    expected = 0 if distance >= 4 else round(300 * math.exp(-distance))
    assert points(product(thc=thc, cbd=cbd), row)["profile"] == expected


def test_one_alone_is_far_from_a_mixture_and_gets_nothing_for_its_profile() -> None:
    row = statement("limited", condition="cramps", ratio=Ratio(0.5, 2.0))
    for thc, cbd in ((2.5, 0), (0, 5)):
        assert points(product(thc=thc, cbd=cbd), row)["profile"] == 0
        assert "what was studied is 1:1" in said_of(product(thc=thc, cbd=cbd), "profile", row)


def test_another_way_of_taking_counts_as_further_away() -> None:
    spray = statement("limited", condition="cramps", administration="oromucosal")
    assert points(product("tincture"), spray)["profile"] == 300
    assert points(product("capsule"), spray)["profile"] == round(300 * math.exp(-0.35))
    assert "1:1, oromucosal" in said_of(product("capsule"), "profile", spray)


def test_the_nearest_of_several_studied_profiles_counts() -> None:
    rows = [
        statement("limited", condition="cramps", id="far", ratio=Ratio(only="CBD"), profile="CBD only"),
        statement("limited", condition="cramps", id="near"),
    ]
    assert points(product(), *rows)["profile"] == 300
    tie = [statement("limited", condition="cramps", id=id, profile=id) for id in ("two", "one")]
    assert "(one)" in said_of(product(), "profile", *tie)


@pytest.mark.parametrize(
    "row",
    [
        statement("limited", condition="ms"),
        statement("limited", condition="cramps", lends=False),
        statement("limited", condition="cramps", route="smoked"),
        statement("limited", condition="cramps", direction="against"),
        statement("none-or-insufficient", condition="cramps"),
        statement("limited", condition="cramps", ratio=Ratio(any=True)),
    ],
    ids=["another condition", "lends nothing", "another route", "against", "no grade", "any ratio"],
)
def test_only_what_was_studied_with_some_good_draws_a_product_near(row: Evidence) -> None:
    assert points(product(), row)["profile"] == 0
    assert "No profile was studied" in said_of(product(), "profile", row)


def test_what_was_studied_with_mixed_results_draws_near_as_well() -> None:
    assert points(product(), statement("limited", condition="cramps", direction="mixed"))["profile"] == 300


def test_a_profile_that_was_never_measured_is_near_nothing() -> None:
    row = statement("limited", condition="cramps", route="smoked")
    flower = product("flower", 5, "not-tested")
    assert points(flower, row, routes=["smoked"])["profile"] == 0
    assert "could not both be read" in said_of(flower, "profile", row, routes=["smoked"])


# Points: evidence


@pytest.mark.parametrize(
    ("grade", "direction", "expected", "words"),
    [
        ("none-or-insufficient", "for", 0, "None or insufficient evidence: "),
        ("limited", "for", 80, "Limited evidence: "),
        ("moderate", "for", 160, "Moderate evidence: "),
        ("substantial", "for", 230, "Substantial evidence: "),
        ("conclusive", "for", 280, "Conclusive evidence: "),
        ("substantial", "mixed", 115, "Substantial evidence, trials disagree: "),
        ("conclusive", "against", 0, "Conclusive evidence, against it: "),
        ("moderate", "none", 0, "Moderate evidence: "),
    ],
)
def test_a_grade_counts_by_its_step_and_half_where_trials_disagree(
    grade: str, direction: str, expected: int, words: str
) -> None:
    row = statement(grade, condition="cramps", direction=direction)
    assert points(product(), row)["evidence"] == expected
    assert said_of(product(), "evidence", row) == f"{words}stiffness, 1:1"


# Points: route


@pytest.mark.parametrize(
    ("form", "asked", "expected"),
    [
        ("capsule", [], 150),
        ("metered-inhaler", [], 100),
        ("cream", [], 60),
        ("pre-roll", [], 30),
        ("capsule", ["edible"], 200),
        ("cream", ["topical", "edible"], 200),
        ("capsule", ["topical", "edible"], 150),
        ("capsule", ["topical", "vaporized", "edible"], 100),
        ("capsule", ["topical", "vaporized", "smoked", "edible"], 70),
        ("pre-roll", ["smoked"], 50),
        ("pre-roll", ["edible", "smoked"], 50),
        ("capsule", ["smoked"], 100),
        ("transdermal-patch", ["topical"], 70),
        ("transdermal-patch", ["edible"], 70),
    ],
)
def test_the_route_counts_in_the_order_asked_and_smoke_never_for_much(
    form: str, asked: list[str], expected: int
) -> None:
    item = product(form, 0 if "patch" in form else 2, 2)
    assert points(item, routes=asked)["route"] == expected


def test_the_route_says_the_place_that_the_patient_gave_it() -> None:
    assert "first choice" in said_of(product(), "route", routes=["edible"])
    assert "choice number 2 of" in said_of(product(), "route", routes=["topical", "edible"])
    assert said_of(product(), "route").startswith("Edible; the patient named no route")
    assert "shown beside" in said_of(product(), "route", routes=["smoked"])
    assert "no trial" in said_of(product("pre-roll", 2, 2), "route", routes=["smoked"])


# Points: dose, caution, goal, batch


@pytest.mark.parametrize(
    ("thc", "cbd", "smallest", "expected", "words"),
    [
        (2.5, 0, None, 60, "from 2.5 mg THC; first dose at most 2.5 mg"),
        (2.5, 0, 0.5, 80, "from 1.25 mg THC; first dose at most 2.5 mg"),
        (2.52, 0, 0.5, 60, "from 1.26 mg THC; first dose at most 2.5 mg"),
        (1.111, 0, 0.5, 80, "from 0.56 mg THC; first dose at most 2.5 mg"),
        (0, 5, 0.5, 80, "from 2.5 mg CBD; first dose at most 5 mg"),
        (0, 5, None, 60, "from 5 mg CBD; first dose at most 5 mg"),
        (1, 5, None, 80, "from 1 mg THC; first dose at most 2.5 mg"),
    ],
)
def test_a_first_dose_that_leaves_room_below_the_cap_counts_in_full(
    thc: float, cbd: float, smallest: float | None, expected: int, words: str
) -> None:
    item = product(thc=thc, cbd=cbd, smallest_dose=smallest)
    assert points(item)["dose"] == expected
    assert said_of(item, "dose") == f"Can be measured {words}"


def test_what_has_no_measured_dose_gets_nothing_for_it() -> None:
    assert points(product("cream"))["dose"] == points(product("pre-roll", 2, 2))["dose"] == 0
    assert said_of(product("cream"), "dose") == "Used on the skin: no measured dose"
    assert said_of(product("pre-roll", 2, 2), "dose") == "One dose cannot be measured"


@pytest.mark.parametrize(
    ("thc", "cbd", "expected", "share"),
    [(0, 2, 60, "0 %"), (1, 1, 30, "50 %"), (1, 0, 0, "100 %"), (0.5, 1.5, 45, "25 %")],
)
def test_for_whoever_must_take_care_less_thc_counts_a_little(
    thc: float, cbd: float, expected: int, share: str
) -> None:
    careful = first_dose_of(1.25, 2.5, careful=True)
    assert points(product(thc=thc, cbd=cbd), cap=careful)["caution"] == expected
    assert share in said_of(product(thc=thc, cbd=cbd), "caution", cap=careful)
    assert "caution" not in points(product(thc=thc, cbd=cbd))


def test_a_share_of_thc_that_nobody_knows_counts_nothing() -> None:
    cream = product("cream", "not-tested", 0, holding={"CBG": 5})
    careful = first_dose_of(careful=True)
    assert points(cream, cap=careful)["caution"] == 0
    assert "not known" in said_of(cream, "caution", cap=careful)


PUFF = product("metered-inhaler", 1, 1, unit=Unit.MG_PER_SERVING)


@pytest.mark.parametrize(
    ("wish", "item", "expected"),
    [
        ("sleep", product("capsule"), 40),
        ("sleep", product("tincture"), 40),
        ("sleep", product("transdermal-patch", 0, 5), 40),
        ("sleep", PUFF, 0),
        ("sleep", product("cream"), 0),
        ("sleep-problem", product("capsule"), 40),
        ("spasms-at-night", product("capsule"), 40),
        ("nocturnal-leg-cramps", product("capsule"), 40),
        ("quick-relief", PUFF, 40),
        ("quick-relief", product("capsule"), 0),
        ("less-pain", product("capsule"), None),
    ],
)
def test_a_wish_for_the_night_or_for_quick_relief_counts_by_how_long_and_how_soon_it_acts(
    wish: str, item: ShelfItem, expected: int | None
) -> None:
    who = {"terms": frozenset({"cramps", wish})}
    assert points(item, who=who).get("goal") == expected


def test_the_night_comes_before_quick_relief() -> None:
    both = {"terms": frozenset({"sleep", "quick-relief"})}
    assert points(product("capsule"), who=both)["goal"] == 40
    assert "within a few hours" in said_of(PUFF, "goal", who=both)


@pytest.mark.parametrize(
    ("tested", "expires", "expected"),
    [
        (0, 365, 40),
        (550, 365, 20 + 20),
        (551, 365, 20),
        (0, 60, 40),
        (0, 59, 20),
        (551, 59, 0),
        (0, None, 20),
        (None, 365, 20),
        (None, None, 0),
    ],
)
def test_a_recent_certificate_and_a_far_expiry_count_twenty_each(
    tested: int | None, expires: int | None, expected: int
) -> None:
    item = product(
        tested_on=None if tested is None else TODAY - timedelta(days=tested),
        expires_on=None if expires is None else TODAY + timedelta(days=expires),
    )
    assert points(item)["batch"] == expected


def test_a_batch_says_what_is_and_what_is_not_known_of_it() -> None:
    assert said_of(product(tested_on=date(2026, 11, 2)), "batch") == (
        "Batch B1: own certificate of 2 Nov 2026, at least 60 days to expiry"
    )
    unknown = product(tested_on=None, expires_on=None, stock=None)
    assert said_of(unknown, "batch") == "Batch B1: no expiry date stated, packages not counted"
    near = product(tested_on=None, expires_on=TODAY)
    assert said_of(near, "batch") == "Batch B1: no certificate date, and expiry is near"
    assert said_of(product(batch="", expires_on=TODAY), "batch").startswith("own certificate")


def test_what_was_tried_in_vain_loses_at_most_150_and_never_more_than_it_has() -> None:
    vain = [{"sku": "A1", "benefit": "none"}]
    before = sum(points(product(), routes=["edible"]).values())
    tried = points(product(), routes=["edible"], tried=vain)
    assert (tried["tried"], sum(tried.values())) == (-150, before - 150)
    cream = points(product("cream"), of="ms", tried=vain)
    assert cream["tried"] == -20 and sum(cream.values()) == 0
    for other in ({"sku": "A1", "benefit": "some"}, {"sku": "A2", "benefit": "none"}):
        assert "tried" not in points(product(), tried=[other])


# A cream for what it cannot reach


def test_a_cream_for_ms_gets_at_most_twenty_thousandths_and_says_so() -> None:
    row = statement("conclusive", route="topical", ratio=Ratio(any=True))
    cream = product("cream")
    assert points(cream, row, of="ms", routes=["topical"]) == {"route": 10, "batch": 10}
    stale = product("cream", tested_on=None, expires_on=TODAY)
    assert points(stale, row, of="ms")["batch"] == 0
    assert points(cream, row, of="ms cramps")["batch"] == 10
    found = judged(cream, of="ms").candidate
    assert found is not None and found.caption == LOCAL_CAPTION and found.dose is None
    assert LOCAL_CAPTION in said_of(cream, "route", of="ms")


def test_a_cream_for_sore_muscles_and_a_patch_for_ms_are_judged_like_any_other() -> None:
    assert points(product("cream"), of="cramps").keys() >= {"profile", "evidence", "dose"}
    assert points(product("transdermal-patch", 0, 5), of="ms").keys() >= {"profile", "evidence", "dose"}
    assert points(product("capsule"), of="ms").keys() >= {"profile", "evidence", "dose"}
    plain = judged(product("cream"), of="cramps").candidate
    assert plain is not None and plain.caption == ""


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


def test_nothing_counts_but_the_patient_and_the_batch() -> None:
    plain = points(product())
    assert points(product(price=999.0, brand="Ours", name="Best seller", serving_g=1.0)) == plain


def test_warnings_are_carried_by_what_is_suggested() -> None:
    found = judged(product(), finding("one"), finding("two", cannabinoids=("THC",))).candidate
    assert found is not None and found.warnings == ("one", "two")
    without_thc = judged(product(thc=0), finding("one"), finding("two", cannabinoids=("THC",)))
    assert without_thc.warnings == ("one",)
