"""Cannabinoid arithmetic: units are never mixed, and nothing is counted that was not measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counselor.guidance.profile import (
    ACID_TO_NEUTRAL,
    ReadAs,
    Reading,
    Unit,
    profile_of,
    ratio_text,
    total,
)

AMOUNTS = st.floats(min_value=0.001, max_value=100).map(lambda value: round(value, 4))
UNITS = st.sampled_from(list(Unit))
KINDS = st.sampled_from([kind for kind in ReadAs if kind is not ReadAs.NUMBER])

NOT_DETECTED = Reading(None, Unit.PERCENT, ReadAs.NOT_DETECTED)
NOT_TESTED = Reading(None, Unit.PERCENT, ReadAs.NOT_TESTED)


def number(value: float, unit: Unit = Unit.PERCENT) -> Reading:
    return Reading(value, unit, ReadAs.NUMBER)


def silent(kind: ReadAs, unit: Unit = Unit.PERCENT) -> Reading:
    return Reading(None, unit, kind)


readings = st.one_of(st.builds(number, AMOUNTS, UNITS), st.builds(silent, KINDS, UNITS))
keys = st.sampled_from(["THC", "THCA", "CBD", "CBDA", "CBG", "CBN", "D8THC"])


@given(AMOUNTS, AMOUNTS, UNITS)
def test_a_total_is_the_neutral_form_and_0_877_of_the_acid(neutral: float, acid: float, unit: Unit) -> None:
    found = total(number(neutral, unit), number(acid, unit))
    assert found is not None
    assert found.value == pytest.approx(neutral + ACID_TO_NEUTRAL * acid)
    assert found.unit is unit


@given(AMOUNTS, KINDS)
def test_an_acid_without_a_number_adds_nothing(neutral: float, kind: ReadAs) -> None:
    found = total(number(neutral), silent(kind))
    assert found is not None
    assert found.value == neutral


@given(KINDS, AMOUNTS)
def test_there_is_no_total_where_the_neutral_form_has_no_number(kind: ReadAs, acid: float) -> None:
    assert total(silent(kind), number(acid)) is None
    assert total(None, number(acid)) is None


@given(AMOUNTS, AMOUNTS)
def test_two_units_are_never_added(neutral: float, acid: float) -> None:
    assert total(number(neutral, Unit.PERCENT), number(acid, Unit.MG_PER_SERVING)) is None


@given(AMOUNTS, st.floats(min_value=0.01, max_value=50))
def test_percent_and_mg_per_gram_give_the_same_dose(percent: float, grams: float) -> None:
    cbd = {"CBD": NOT_DETECTED}
    one = profile_of({"THC": number(percent, Unit.PERCENT)} | cbd, serving_g=grams)
    other = profile_of({"THC": number(percent * 10, Unit.MG_PER_G)} | cbd, serving_g=grams)
    assert one.per == other.per == "serving"
    assert one.thc == pytest.approx(other.thc, abs=0.0011)
    assert one.thc == pytest.approx(percent * 10 * grams, abs=0.0006)


@given(AMOUNTS, st.integers(min_value=1, max_value=100))
def test_a_package_is_shared_by_its_servings(milligrams: float, servings: int) -> None:
    shared = {"THC": number(milligrams, Unit.MG_PER_PACKAGE), "CBD": NOT_DETECTED}
    assert profile_of(shared, servings_per_package=servings).thc == pytest.approx(
        milligrams / servings, abs=0.0006
    )
    assert profile_of(shared).unknown == ("THC",)


@given(st.dictionaries(keys, readings), st.none() | AMOUNTS, st.none() | AMOUNTS)
def test_whatever_was_read_a_profile_says_what_it_does_not_know(
    found: dict[str, Reading], serving_g: float | None, servings: float | None
) -> None:
    profile = profile_of(found, serving_g=serving_g, servings_per_package=servings)
    assert all(value > 0 for value in profile.mg.values())
    for key, may_hold in (("THC", profile.may_hold_thc), ("CBD", profile.may_hold_cbd)):
        reading, acid = found.get(key), found.get(f"{key}A")
        if reading is None or not (reading.is_number or reading.found_nothing):
            assert key in profile.unknown
        if any(one is not None and one.is_number for one in (reading, acid)):
            assert may_hold
    assert profile.per in {"serving", "gram"}
    assert bool(profile.ratio) <= profile.is_measured


@given(st.dictionaries(keys, readings), AMOUNTS)
def test_nothing_of_unknown_unit_becomes_a_dose(found: dict[str, Reading], serving_g: float) -> None:
    unknown = {key: Reading(one.value, Unit.UNKNOWN, one.read_as) for key, one in found.items()}
    assert profile_of(unknown, serving_g=serving_g, servings_per_package=10).mg == {}


def test_raw_flower_counts_its_acid_from_nothing() -> None:
    profile = profile_of({"THC": NOT_DETECTED, "THCA": number(20), "CBD": NOT_DETECTED})
    assert profile.percent == {"THC": pytest.approx(17.54)}
    assert profile.ratio == "THC only"


def test_not_detected_is_known_and_not_tested_is_not() -> None:
    assert not profile_of({"THC": NOT_DETECTED, "CBD": number(5)}).may_hold_thc
    assert profile_of({"THC": NOT_TESTED, "CBD": number(5)}).may_hold_thc
    assert profile_of({"THC": NOT_TESTED, "CBD": number(5)}).unknown == ("THC",)


def test_a_known_dose_stays_a_dose_where_the_other_half_is_not_known() -> None:
    gummy = {"THC": number(0.249), "CBD": silent(ReadAs.BLANK)}
    profile = profile_of(gummy, serving_g=4)
    assert (profile.per, profile.unknown) == ("serving", ("CBD",))
    assert profile.thc == pytest.approx(9.96)


def test_without_a_serving_percent_is_told_per_gram() -> None:
    profile = profile_of({"THC": number(1.5), "CBD": number(3)})
    assert (profile.per, profile.mg, profile.ratio) == ("gram", {"THC": 15, "CBD": 30}, "1:2")


@given(AMOUNTS, AMOUNTS)
def test_a_ratio_reads_the_same_from_both_sides(thc: float, cbd: float) -> None:
    one, other = ratio_text(thc, cbd), ratio_text(cbd, thc)
    if ":" in one:
        assert one == "1:1" or sorted(one.split(":")) == sorted(other.split(":"))
    else:
        assert {one, other} == {"THC only", "CBD only"}


@pytest.mark.parametrize(
    ("thc", "cbd", "words"),
    [
        (2.6, 2.5, "1:1"),
        (5, 5, "1:1"),
        (1.5, 1, "1.5:1"),
        (1, 2.4, "1:2.4"),
        (2.7, 1, "3:1"),
        (3.5, 1, "4:1"),
        (99, 1, "99:1"),
        (100, 1, "THC only"),
        (0.5, 0, "THC only"),
        (0, 0.5, "CBD only"),
        (10, 5, "2:1"),
        (1, 20, "1:20"),
        (0, 5, "CBD only"),
        (5, 0, "THC only"),
        (0, 0, ""),
        (1, 150, "CBD only"),
    ],
)
def test_ratios_are_worded_as_people_say_them(thc: float, cbd: float, words: str) -> None:
    assert ratio_text(thc, cbd) == words


def mg(**amounts: float) -> dict[str, Reading]:
    """Amounts per serving."""
    return {key: number(value, Unit.MG_PER_SERVING) for key, value in amounts.items()}


def test_what_was_rejected_says_nothing_whatever_stands_in_it() -> None:
    five, zero = (Reading(value, Unit.PERCENT, ReadAs.REJECTED) for value in (5.0, 0.0))
    assert total(five, None) is None
    found = total(number(5), five)
    assert found is not None and found.value == 5
    assert not zero.found_nothing


@pytest.mark.parametrize(
    ("reading", "nothing"),
    [
        (NOT_DETECTED, True),
        (silent(ReadAs.BELOW_LIMIT), True),
        (number(0), True),
        (number(1), False),
        (NOT_TESTED, False),
        (silent(ReadAs.BLANK), False),
    ],
)
def test_nothing_was_found_where_somebody_looked(reading: Reading, nothing: bool) -> None:
    assert reading.found_nothing is nothing


def test_an_acid_of_zero_adds_nothing_in_any_unit() -> None:
    found = total(number(5, Unit.PERCENT), number(0, Unit.MG_PER_G))
    assert found is not None and (found.value, found.unit) == (5, Unit.PERCENT)


def test_delta_8_counts_as_thc_in_the_amount_and_in_the_ratio() -> None:
    profile = profile_of(mg(THC=5, D8THC=2, CBD=7))
    assert (profile.thc, profile.cbd, profile.ratio) == (7, 7, "1:1")
    assert profile_of(mg(D8THC=5, THC=0, CBD=0)).may_hold_thc


@pytest.mark.parametrize(
    ("thc", "delta_8", "more_than_a_trace"), [(9, 1, False), (9, 1.1, True), (0, 5, True), (5, 0, False)]
)
def test_a_tenth_of_delta_8_is_a_trace(thc: float, delta_8: float, more_than_a_trace: bool) -> None:
    assert profile_of(mg(THC=thc, D8THC=delta_8, CBD=0)).has_delta_8 is more_than_a_trace


@pytest.mark.parametrize(
    ("amounts", "ratio"),
    [({"THC": 5, "CBD": 0}, "THC only"), ({"THC": 0, "CBD": 5}, "CBD only"), ({"THC": 5, "CBD": 5}, "1:1")],
)
def test_what_was_not_found_has_no_part_in_the_ratio(amounts: dict[str, float], ratio: str) -> None:
    profile = profile_of(mg(**amounts))
    assert profile.ratio == ratio
    assert profile.mg == {key: value for key, value in amounts.items() if value}
    assert (profile.thc, profile.cbd) == (amounts["THC"], amounts["CBD"])
    assert (profile.may_hold_thc, profile.may_hold_cbd) == (amounts["THC"] > 0, amounts["CBD"] > 0)


def test_one_milligram_is_one_milligram() -> None:
    per_serving = profile_of(mg(THC=1, CBD=1))
    assert (per_serving.per, per_serving.mg, per_serving.percent) == ("serving", {"THC": 1, "CBD": 1}, {})
    per_gram = profile_of({key: number(1, Unit.MG_PER_G) for key in ("THC", "CBD")})
    assert (per_gram.per, per_gram.mg, per_gram.percent) == (
        "gram",
        {"THC": 1, "CBD": 1},
        {"THC": 0.1, "CBD": 0.1},
    )


def test_amounts_are_rounded_to_a_thousandth_and_a_trace_stays_a_trace() -> None:
    assert profile_of(mg(THC=1.23456, CBD=0.0002)).mg == {"THC": 1.235, "CBD": 0.0002}
    flower = profile_of({key: number(12.3456, Unit.MG_PER_G) for key in ("THC", "CBD")})
    assert flower.percent == {"THC": 1.235, "CBD": 1.235}


def test_what_was_not_found_is_known_in_whatever_unit_it_was_looked_for() -> None:
    thc = number(5, Unit.MG_PER_SERVING)
    assert profile_of({"THC": thc, "CBD": NOT_DETECTED}).is_measured
    assert profile_of({"THC": number(5), "CBD": silent(ReadAs.NOT_DETECTED, Unit.MG_PER_SERVING)}).is_measured
    unclear = silent(ReadAs.NOT_DETECTED, Unit.UNKNOWN)
    assert profile_of({"THC": thc, "CBD": unclear}).unknown == ("CBD",)
    assert profile_of({"THC": number(5), "CBD": unclear}).unknown == ("CBD",)


def test_an_acid_counts_from_nothing_in_its_own_unit() -> None:
    for nothing in (silent(ReadAs.NOT_DETECTED, Unit.MG_PER_G), number(0, Unit.MG_PER_G)):
        found = profile_of({"THC": nothing, "THCA": number(20), "CBD": NOT_DETECTED})
        assert found.percent == {"THC": pytest.approx(17.54)}
    some = profile_of({"THC": number(1, Unit.MG_PER_G), "THCA": number(20), "CBD": NOT_DETECTED})
    assert some.unknown == ("THC",)
    blank = silent(ReadAs.BLANK, Unit.UNKNOWN)
    assert profile_of({"THC": NOT_DETECTED, "THCA": blank, "CBD": number(5)}).is_measured


def test_cbd_known_as_a_dose_stays_a_dose_where_thc_is_not_known() -> None:
    profile = profile_of({"THC": silent(ReadAs.BLANK), "CBD": number(5, Unit.MG_PER_SERVING)})
    assert (profile.per, profile.cbd, profile.unknown, profile.ratio) == ("serving", 5, ("THC",), "")
