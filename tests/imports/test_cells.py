"""One cell of a certificate: six things it may say, and nothing else becomes one of them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.imports.reading.cells import date_of, grams_of, number_of, read_cell


def reading(text: str, unit: Unit = Unit.PERCENT) -> Reading:
    return read_cell(text, unit).reading


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("17.704", ReadAs.NUMBER),
        ("0", ReadAs.NUMBER),
        (".059", ReadAs.NUMBER),
        ("0.35%", ReadAs.NUMBER),
        ("ND", ReadAs.NOT_DETECTED),
        ("Not Detected", ReadAs.NOT_DETECTED),
        ("1e-09", ReadAs.NOT_DETECTED),
        ("1E-09", ReadAs.NOT_DETECTED),
        ("<0.10", ReadAs.BELOW_LIMIT),
        ("<.01", ReadAs.BELOW_LIMIT),
        ("BQL *", ReadAs.BELOW_LIMIT),
        ("<LOQ", ReadAs.BELOW_LIMIT),
        ("1e-07", ReadAs.BELOW_LIMIT),
        ("<0.10%", ReadAs.BELOW_LIMIT),
        ("N/T", ReadAs.NOT_TESTED),
        ("NT", ReadAs.NOT_TESTED),
        ("NR", ReadAs.NOT_TESTED),
        ("", ReadAs.BLANK),
        ("   ", ReadAs.BLANK),
        ("---", ReadAs.BLANK),
        ("-", ReadAs.BLANK),
        ("0..36", ReadAs.REJECTED),
        ("-/23", ReadAs.REJECTED),
        ("a-ocimene: 1.12", ReadAs.REJECTED),
        ("v", ReadAs.REJECTED),
        ("0.3.5", ReadAs.REJECTED),
        ("-4", ReadAs.REJECTED),
        (">5", ReadAs.REJECTED),
        ("mg/serving", ReadAs.REJECTED),
        ("=A1*2", ReadAs.REJECTED),
        ("NaN", ReadAs.REJECTED),
        ("inf", ReadAs.REJECTED),
        ("1e999", ReadAs.REJECTED),
        ("5 apples", ReadAs.REJECTED),
    ],
)
def test_a_cell_says_one_of_six_things(text: str, says: ReadAs) -> None:
    assert reading(text).read_as is says


def test_zero_is_a_number_and_nothing_else_becomes_one() -> None:
    assert reading("0") == Reading(0.0, Unit.PERCENT, ReadAs.NUMBER)
    for text in ("", "-", "ND", "N/T", "v", "<0.1", "0..0", "=0"):
        assert reading(text).value is None, text


def test_a_limit_is_kept_where_it_is_stated() -> None:
    assert reading("<0.10").limit == 0.1
    assert reading("<LOQ").limit is None


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("283.98 mg/unit", 283.98, Unit.MG_PER_PACKAGE),
        ("4.919 mg/serving PASS", 4.919, Unit.MG_PER_SERVING),
        ("878.76                        mg/pkg", 878.76, Unit.MG_PER_PACKAGE),
        ("12.50mg", 12.5, Unit.UNKNOWN),
        ("1,120mg", 1120, Unit.UNKNOWN),
        ("19%", 19, Unit.PERCENT),
        ("7 mg/g", 7, Unit.MG_PER_G),
        ("20 mg/mL", 20, Unit.UNKNOWN),
    ],
)
def test_a_cell_that_carries_its_unit_is_read_in_that_unit(text: str, value: float, unit: Unit) -> None:
    assert reading(text, Unit.UNKNOWN) == Reading(value, unit, ReadAs.NUMBER)


def test_a_bare_milligram_says_neither_per_piece_nor_per_pack() -> None:
    assert reading("80mg", Unit.PERCENT).unit is Unit.UNKNOWN


@pytest.mark.parametrize(
    ("text", "decimal_comma", "value"),
    [
        ("1,120", False, 1120),
        ("12,5", False, 12.5),
        ("1,234,567.8", False, 1234567.8),
        ("1,2345", False, None),
        ("12,5", True, 12.5),
        ("1.234,5", True, 1234.5),
        ("1,120", True, 1.12),
        ("1,2,3", True, None),
        ("", False, None),
        (".", False, None),
        (",", False, None),
        ("1.2.3", False, None),
    ],
)
def test_commas_are_thousands_or_decimals_but_never_guessed(
    text: str, decimal_comma: bool, value: float | None
) -> None:
    assert number_of(text, decimal_comma=decimal_comma) == value


@given(st.text(max_size=40), st.sampled_from(list(Unit)))
def test_any_text_at_all_is_read_without_an_accident(text: str, unit: Unit) -> None:
    cell = read_cell(text, unit)
    assert (cell.reading.value is not None) == cell.reading.is_number
    assert cell.reading.limit is None or cell.reading.read_as is ReadAs.BELOW_LIMIT
    assert bool(cell.code) == (cell.reading.read_as is ReadAs.REJECTED)


@given(
    st.floats(min_value=1e-5, max_value=1e6)
    .map(lambda value: round(value, 5))
    .filter(lambda value: value > 0)
)
def test_a_plain_number_comes_back_as_it_was(value: float) -> None:
    assert reading(f"{value:.5f}").value == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-05-20", date(2027, 5, 20)),
        ("2023-10-06T12:27:00", date(2023, 10, 6)),
        ("10/16/2023", date(2023, 10, 16)),
        ("05/07/2020 12:00:00 AM", date(2020, 5, 7)),
        ("16/10/2023", None),
        ("soon", None),
        ("", None),
        ("0001-01-01", None),
    ],
)
def test_dates_are_read_as_laboratories_write_them(text: str, day: date | None) -> None:
    assert date_of(text) == day


@pytest.mark.parametrize(
    ("text", "grams"),
    [("0.1 g", 0.1), ("4.3 grams per Serving", 4.3), ("500 mg", 0.5), ("1 mL", None), ("1 capsule", None)],
)
def test_grams_are_found_in_words(text: str, grams: float | None) -> None:
    assert grams_of(text) == grams
