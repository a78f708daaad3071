"""Points that add up: profile, evidence, route, dose, caution, wish and batch, in whole thousandths."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import pytest

from counselor.guidance.knowledge import Evidence, Ratio
from counselor.guidance.profile import Unit
from counselor.guidance.rank import LOCAL_CAPTION
from counselor.guidance.shelf import ShelfItem

from .small import TODAY, first_dose_of, knowledge, product, statement
from .test_rank import CRAMPS, MS, judged


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


def test_nothing_counts_but_the_patient_and_the_batch() -> None:
    plain = points(product())
    assert points(product(price=999.0, brand="Ours", name="Best seller", serving_g=1.0)) == plain
