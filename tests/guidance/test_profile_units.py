"""Converting potency: round trips, no mixed units, qualifiers kept, and what cannot be known is said."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from counselor.guidance.profile import (
    ACID_TO_NEUTRAL,
    Measures,
    ReadAs,
    Reading,
    Unit,
    acid_as_neutral,
    convert,
    from_mg_per_ml,
    mg_per_ml,
    neutral_as_acid,
    total,
)

POSITIVE = st.floats(min_value=0.01, max_value=1000)
KNOWN = st.sampled_from([unit for unit in Unit if unit is not Unit.UNKNOWN])
SILENT = st.sampled_from([kind for kind in ReadAs if kind is not ReadAs.NUMBER])


@st.composite
def readings(draw: st.DrawFn, units: st.SearchStrategy[Unit] = KNOWN) -> Reading:
    unit = draw(units)
    kind = draw(st.sampled_from(list(ReadAs)))
    value = draw(POSITIVE) if kind is ReadAs.NUMBER else None
    limit = draw(st.one_of(st.none(), POSITIVE)) if kind is ReadAs.BELOW_LIMIT else None
    return Reading(value, unit, kind, limit)


@st.composite
def measures(draw: st.DrawFn) -> Measures:
    some = st.one_of(st.none(), POSITIVE)
    return Measures(draw(some), draw(some), draw(some), draw(some))


@st.composite
def complete(draw: st.DrawFn) -> Measures:
    """A package whose grams are those of its servings."""
    serving, servings = draw(POSITIVE), draw(st.integers(1, 100))
    return Measures(serving, serving * servings, servings, draw(POSITIVE))


@given(readings(), KNOWN, complete())
def test_a_conversion_there_and_back_gives_the_reading(reading: Reading, to: Unit, known: Measures) -> None:
    there = convert(reading, to, known)
    assert isinstance(there, Reading)
    back = convert(there, reading.unit, known)
    assert isinstance(back, Reading)
    assert back.read_as is reading.read_as
    assert back.value == (None if reading.value is None else pytest.approx(reading.value))
    assert back.limit == (None if reading.limit is None else pytest.approx(reading.limit))


@given(readings(), KNOWN, KNOWN, complete())
def test_every_way_to_a_unit_gives_the_same(reading: Reading, over: Unit, to: Unit, known: Measures) -> None:
    straight, half = convert(reading, to, known), convert(reading, over, known)
    assert isinstance(straight, Reading)
    assert isinstance(half, Reading)
    around = convert(half, to, known)
    assert isinstance(around, Reading)
    assert around.value == (None if straight.value is None else pytest.approx(straight.value))


@given(readings(st.sampled_from(list(Unit))), st.sampled_from(list(Unit)), measures())
def test_an_answer_is_in_the_asked_unit_with_its_qualifier_or_says_why_not(
    reading: Reading, to: Unit, known: Measures
) -> None:
    answer = convert(reading, to, known)
    if isinstance(answer, str):
        assert answer.endswith(".")
    else:
        assert (answer.unit, answer.read_as) == (to, reading.read_as)
        assert (answer.value is None) == (reading.value is None)


@given(readings(), measures())
def test_an_unknown_unit_never_becomes_a_known_one(reading: Reading, known: Measures) -> None:
    assert isinstance(convert(reading, Unit.UNKNOWN, known), str)
    unknown = Reading(reading.value, Unit.UNKNOWN, reading.read_as, reading.limit)
    assert isinstance(convert(unknown, reading.unit, known), str)


@given(POSITIVE, st.sampled_from([Unit.PERCENT, Unit.MG_PER_G]))
def test_a_share_of_the_mass_is_no_dose_without_grams(value: float, unit: Unit) -> None:
    reading = Reading(value, unit, ReadAs.NUMBER)
    assert convert(reading, Unit.MG_PER_SERVING, Measures()) == "How many grams a serving has is not stated."
    assert convert(reading, Unit.MG_PER_PACKAGE, Measures()) == "How many grams a package has is not stated."


def test_one_percent_of_half_a_gram_is_five_milligrams() -> None:
    reading = Reading(1.0, Unit.PERCENT, ReadAs.NUMBER)
    half = convert(reading, Unit.MG_PER_SERVING, Measures(serving_g=0.5))
    assert half == Reading(5.0, Unit.MG_PER_SERVING, ReadAs.NUMBER)


def test_a_package_of_ten_servings_needs_no_grams() -> None:
    package = Reading(100.0, Unit.MG_PER_PACKAGE, ReadAs.NUMBER)
    one = convert(package, Unit.MG_PER_SERVING, Measures(servings_per_package=10))
    assert one == Reading(10.0, Unit.MG_PER_SERVING, ReadAs.NUMBER)


def test_a_limit_is_converted_with_its_reading() -> None:
    below = Reading(None, Unit.PERCENT, ReadAs.BELOW_LIMIT, 0.1)
    assert convert(below, Unit.MG_PER_G, Measures()) == Reading(None, Unit.MG_PER_G, ReadAs.BELOW_LIMIT, 1.0)


@given(readings())
def test_an_acid_and_its_neutral_form_convert_both_ways(reading: Reading) -> None:
    neutral = acid_as_neutral(reading)
    assert (neutral.unit, neutral.read_as) == (reading.unit, reading.read_as)
    if reading.value is not None:
        assert neutral.value == pytest.approx(ACID_TO_NEUTRAL * reading.value)
        assert neutral_as_acid(neutral).value == pytest.approx(reading.value)
    else:
        assert neutral.value is None


@given(POSITIVE, POSITIVE, POSITIVE, KNOWN)
def test_more_acid_never_makes_a_smaller_total(thc: float, less: float, more: float, unit: Unit) -> None:
    assume(less <= more)

    def of(acid: float) -> float:
        found = total(Reading(thc, unit, ReadAs.NUMBER), Reading(acid, unit, ReadAs.NUMBER))
        assert found is not None
        assert found.value is not None
        return found.value

    assert thc < of(less) <= of(more)


@given(POSITIVE, POSITIVE)
def test_milligrams_per_millilitre_go_there_and_back_with_a_density(value: float, density: float) -> None:
    known = Measures(density=density)
    per_gram = from_mg_per_ml(value, known)
    assert isinstance(per_gram, Reading)
    assert mg_per_ml(per_gram, known) == pytest.approx(value)


@given(readings(), measures())
def test_without_a_density_nothing_is_said_per_millilitre(reading: Reading, known: Measures) -> None:
    bare = Measures(known.serving_g, known.package_g, known.servings_per_package)
    assert isinstance(mg_per_ml(reading, bare), str)
    assert isinstance(from_mg_per_ml(5.0, bare), str)


@given(SILENT, POSITIVE)
def test_a_reading_without_a_number_is_none_per_millilitre_either(kind: ReadAs, density: float) -> None:
    answer = mg_per_ml(Reading(None, Unit.PERCENT, kind), Measures(density=density))
    assert isinstance(answer, str)
    assert kind.value in answer
