"""Our own plain format, and what its rows become on the shelf."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from counselor import places
from counselor.guidance.profile import ReadAs, Unit
from counselor.imports.reading import read_catalog, to_shelf

from .conftest import shelf_file, shelf_line

Write = Callable[..., Path]
TODAY = date(2026, 11, 22)


def test_the_sample_shelf_is_read_whole_and_nothing_is_held() -> None:
    read = read_catalog(places.seed() / "catalog" / "clinic-shelf.csv")
    assert (read.format, len(read.rows), read.findings, read.rejected) == ("counselor-csv", 48, (), ())
    assert all(row.saleable for row in read.rows)
    untested = next(row for row in read.rows if row.sku == "A9003")
    assert untested.analytes["THC"].read_as is ReadAs.NOT_TESTED


def test_the_sample_shelf_is_read_in_no_time() -> None:
    file = places.seed() / "catalog" / "clinic-shelf.csv"
    to_shelf(read_catalog(file).rows, on=TODAY)
    best = min(_seconds(lambda: to_shelf(read_catalog(file).rows, on=TODAY)) for _ in range(5))
    assert best < 0.1  # 5 ms on a quiet machine


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def test_a_row_becomes_a_batch_on_the_shelf(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line())))
    item = to_shelf(read.rows, on=TODAY).items[0]
    assert (item.sku, item.batch, item.form, item.route) == ("S1", "B1", "capsule", "edible")
    assert item.ingredients == ("olive oil", "gelatin")
    assert (item.stock, item.price, item.expires_on) == (7, 42.0, date(2027, 7, 22))
    assert item.profile.mg == {"THC": 2.5, "CBD": 2.5}
    assert item.holds == ()


def test_ingredients_left_blank_are_not_stated_which_is_not_free_of(write: Write) -> None:
    read = read_catalog(
        write(
            shelf_file(
                shelf_line(ingredients=""), shelf_line("S2", ingredients='"MCT oil (coconut, palm), water"')
            )
        )
    )
    first, second = to_shelf(read.rows, on=TODAY).items
    assert first.ingredients is None
    assert second.ingredients == ("MCT oil (coconut, palm)", "water")


def test_flower_is_counted_by_the_gram_not_by_the_jar(write: Write) -> None:
    line = shelf_line(
        form="flower", route="smoked", serving="1 g", smallest_dose="", readings="0.9,26.3,ND,<0.05"
    )
    read = read_catalog(write(shelf_file(line, readings="THC_percent,THCA_percent,CBD_percent,CBDA_percent")))
    profile = to_shelf(read.rows, on=TODAY).items[0].profile
    assert profile.per == "gram"
    assert profile.percent == {"THC": pytest.approx(23.965, abs=0.001)}
    assert read.rows[0].as_json()["totals"] == {"THC": {"value": 23.965, "unit": "percent"}}
    assert read.rows[0].as_json()["analytes"]["CBDA"] == {
        "value": None,
        "unit": "percent",
        "as": "below-limit",
        "limit": 0.05,
    }


def test_an_unknown_column_is_reported_not_dropped_silently(write: Write) -> None:
    text = shelf_file(shelf_line() + ",blue", readings="THC_mg_per_serving,CBD_mg_per_serving,colour")
    assert [(one.code, one.columns) for one in read_catalog(write(text)).findings] == [
        ("unknown-column", ("colour",))
    ]


@pytest.mark.parametrize("column", ["THC", "THC_ppm", "THC_mg"])
def test_a_potency_without_a_unit_we_know_is_kept_but_not_saleable(write: Write, column: str) -> None:
    read = read_catalog(write(shelf_file(shelf_line(), readings=f"{column},CBD_mg_per_serving")))
    row = read.rows[0]
    assert row.analytes["THC"].unit is Unit.UNKNOWN
    assert row.holds == ("unit-unknown",)
    assert to_shelf(read.rows, on=TODAY).items[0].holds == ("The unit of THC is not known",)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"expires_on": "next spring"}, "not-a-date"),
        ({"stock": "a few"}, "not-a-number"),
        ({"stock": "2.5"}, "not-a-number"),
        ({"stock": "-1"}, "not-a-number"),
        ({"smallest_dose": "2"}, "not-a-number"),
        ({"servings_per_package": "0"}, "not-a-number"),
        ({"form": "suppository"}, "unknown-form"),
        ({"form": "capsule", "route": "smoked"}, "unknown-form"),
        ({"form": ""}, "unknown-form"),
        ({"readings": "v,2.5"}, "not-a-number"),
    ],
)
def test_a_row_that_cannot_be_trusted_is_kept_and_held(
    write: Write, given: dict[str, str], code: str
) -> None:
    row = read_catalog(write(shelf_file(shelf_line(**given)))).rows[0]
    assert code in row.holds
    assert not row.saleable
    assert row.sku == "S1"


def test_a_price_that_cannot_be_read_is_reported_but_stops_no_sale(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(price="ask us"))))
    assert read.rows[0].price is None
    assert read.rows[0].saleable
    assert [(one.row, one.column, one.value) for one in read.rejected] == [(2, "price", "ask us")]


def test_a_row_without_a_sku_refuses_the_file(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(sku=""), shelf_line("S2"))))
    assert read.refused
    assert [(one.row, one.column, one.code) for one in read.rejected] == [(2, "sku", "missing")]


def test_a_file_without_a_column_it_needs_says_which(write: Write) -> None:
    read = read_catalog(write("sku,name,form,THC_percent\nS1,Thing,flower,3\n"), format="counselor-csv")
    assert read.refused
    assert "“batch”" in read.rejected[0].message


def test_the_same_batch_with_other_values_is_neither_guessed_nor_merged(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(), shelf_line(readings="5,5"), shelf_line())))
    first, other, same = read.rows
    assert "duplicate" in first.holds
    assert other.skipped
    assert same.repeat_of == 2
    assert [one.row for one in read.rejected] == [3]
    assert len(read.applicable) == 1


def test_batches_of_one_sku_that_disagree_on_what_it_is_are_held(write: Write) -> None:
    read = read_catalog(
        write(shelf_file(shelf_line(), shelf_line(batch="B2", form="tablet"), shelf_line(batch="B3")))
    )
    assert [row.holds for row in read.rows] == [(), ("duplicate",), ()]


def test_a_shelf_of_only_one_to_one_products_is_no_twin(write: Write) -> None:
    lines = [
        shelf_line(f"S{n}", readings=f"{dose},{dose}") for n, dose in enumerate((2.5, 5, 10, 2.5, 5, 10, 20))
    ]
    assert read_catalog(write(shelf_file(*lines))).findings == ()


def test_one_analyte_in_two_units_keeps_both_and_uses_the_one_nearer_to_a_dose(write: Write) -> None:
    row = read_catalog(
        write(shelf_file(shelf_line(readings="0.4,2.5"), readings="THC_percent,THC_mg_per_serving"))
    ).rows[0]
    assert row.analytes["THC"].unit is Unit.MG_PER_SERVING
    assert [(key, reading.unit) for key, reading in row.others] == [("THC", Unit.PERCENT)]


def test_what_is_listed_twice_is_offered_once_and_named() -> None:
    read = read_catalog(places.seed() / "catalog" / "ca-menu-with-coa.csv")
    shelf = to_shelf(read.rows, on=TODAY)
    assert len(shelf.items) == 403
    assert sum(any("Listed twice" in hold for hold in item.holds) for item in shelf.items) == 141
    assert {item.route for item in shelf.items if not item.holds} == {
        "smoked",
        "vaporized",
        "edible",
        "topical",
    }
    assert sum(not item.profile.is_measured for item in shelf.items if not item.holds) == 1  # CBD left blank


def test_a_form_or_route_that_is_none_of_ours_is_held_and_not_stored(write: Callable[..., Path]) -> None:
    read = read_catalog(write(shelf_file(shelf_line(form="suppository"), shelf_line("S2", route="%s%n"))))
    assert [(row.form, row.route, row.holds) for row in read.rows] == [
        ("", "edible", ("unknown-form",)),
        ("capsule", "", ("unknown-form",)),
    ]
    assert "suppository / edible" in read.rows[0].hold_reasons[0].words
