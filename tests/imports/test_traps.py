"""Every trap that the public files hold, numbered in the order in which their description lists them.

Connecticut 2020: 1-2 (repeated column), 3-8 (spellings); Connecticut 2023: 9-12; Massachusetts: 13-17;
California: 18-24, status 25; certificate lines: 26-28; Kushy: 29-31.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.imports.reading import CatalogFile, NormalRow, read_catalog
from counselor.imports.reading.cells import date_of, read_cell
from counselor.imports.reading.dosage import form_of
from counselor.imports.reading.tables import LONGEST_CELL

from .conftest import HERE, excerpt


@cache
def registry() -> CatalogFile:
    return excerpt("ct-registry.csv")


@cache
def terpenes() -> CatalogFile:
    return excerpt("ct-registry-terpenes.csv")


@cache
def massachusetts() -> CatalogFile:
    return excerpt("ma-lab.csv")


@cache
def menu() -> CatalogFile:
    return excerpt("ca-menu.csv")


@cache
def certificate_lines() -> CatalogFile:
    return excerpt("ca-lines.csv")


@cache
def kushy() -> CatalogFile:
    return excerpt("kushy.csv")


def named(read: CatalogFile, words: str) -> NormalRow:
    return next(row for row in read.rows if words in row.name)


def source(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def changed(name: str, write: Callable[..., Path], **cells: str) -> CatalogFile:
    """The excerpt with some cells of its first row written otherwise."""
    rows = source(name)
    rows[0] |= {header.replace("__", "-"): text for header, text in cells.items()}
    lines = [",".join(rows[0])]
    for row in rows:
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in row.values()))
    return read_catalog(write("\n".join(lines) + "\n", name))


# 1. Connecticut 2020: the CBD column repeats the THC column


def test_1_a_cbd_column_that_repeats_thc_is_never_stored_as_cbd() -> None:
    twin = next(finding for finding in registry().findings if finding.code == "twin-columns")
    assert (twin.columns, twin.effect) == (("CBD", "THC"), "CBD not imported")
    for row in registry().rows:
        assert row.analytes["CBD"].read_as is ReadAs.REJECTED
        assert "CBD" not in row.totals
        assert not row.saleable


# 2. The true target in the brand name is inferred, not documented


def test_2_a_target_in_the_brand_name_is_not_taken_for_a_reading() -> None:
    row = named(registry(), "T394C114")  # about 11.4 % CBD, says the name; nothing documents that
    assert row.analytes["CBD"].value is None
    assert row.analytes["THC"].value == 37.4


# 3. Limits, dashes and percent signs among numbers


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("<0.10", Reading(None, Unit.PERCENT, ReadAs.BELOW_LIMIT, 0.1)),
        ("<.01", Reading(None, Unit.PERCENT, ReadAs.BELOW_LIMIT, 0.01)),
        ("<0.1%", Reading(None, Unit.PERCENT, ReadAs.BELOW_LIMIT, 0.1)),
        ("---", Reading(None, Unit.PERCENT, ReadAs.BLANK)),
        ("0.35%", Reading(0.35, Unit.PERCENT, ReadAs.NUMBER)),
        (".059", Reading(0.059, Unit.PERCENT, ReadAs.NUMBER)),
    ],
)
def test_3_limits_dashes_and_percent_signs_each_mean_what_they_say(said: str, expected: Reading) -> None:
    assert read_cell(said, Unit.PERCENT).reading == expected


def test_3_they_mean_the_same_in_a_file() -> None:
    assert named(registry(), "Theraplant15023P").analytes["CBDA"].limit == 0.01
    assert named(registry(), "Ottrinda").analytes["THC"].value == 0.92
    assert named(registry(), "Sunlight").analytes["CBDA"].read_as is ReadAs.BLANK


# 4. 138 spellings of dosage form


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("Vaporizor Cartridge", "vape-cartridge"),
        ("Ecig liquid", "vape-cartridge"),
        ("Raw FLower", "flower"),
        ("Cigarettes (pre-rolled cones)", "pre-roll"),
        ("10X139.24mg Pills, 1392.4mg total, 10 pills=6.85 grams raw flower", "capsule"),
        ("30mL Oral Solution: 705mg total cannabinoids, 23.5mg/mL, =2.82g flower", "oral-oil"),
        ("60mL Transdermal Cream: 235.2mg total cannabinoids", "transdermal-gel"),
        ("CK-Concentrate Kief", "concentrate"),
        ("Sublinguals", "tincture"),
        ("Baked goods", "baked-good"),
    ],
)
def test_4_spellings_of_a_dosage_form_are_one_form(said: str, form: str) -> None:
    assert form_of(said) == form


@pytest.mark.parametrize(
    "said",
    ["Extracts, sprays, tinctures or oils", "Oil", "Syringe", "oral medication", "cannabis oil"],
)
def test_4_a_spelling_of_several_routes_is_no_form(said: str) -> None:
    assert form_of(said) == ""


@pytest.mark.parametrize(
    "said",
    [
        "1mL Syringe; 735.28mg Total Cannabinoids, 73.53mg/0.1mL= 2.94g Flower",
        "1.2mL Oil Syringe; 1051.36mg Total Cannabinoids, 87.61mg/0.1mL= 4.21g Flower",
        "80mg= 997.8 x 3/700= 4.3g Raw Flower Equiv.",
    ],
)
def test_4_a_flower_equivalent_makes_no_product_flower(said: str) -> None:
    assert form_of(said) == ""


def test_4_an_unknown_form_is_kept_and_held() -> None:
    row = named(registry(), "Ottrinda")
    assert (row.form, row.route) == ("", "")
    assert "unknown-form" in row.holds


# 5. Dates with a midnight


def test_5_a_date_with_a_midnight_behind_it_is_that_day() -> None:
    day = date_of("05/07/2020 12:00:00 AM")
    assert day is not None
    assert day.isoformat() == "2020-05-07"


# 6. Sizes hidden in the form


def test_6_a_size_in_the_form_does_not_hide_the_form() -> None:
    rows = [row for row in source("ct-registry.csv") if row["DOSAGE-FORM"] == "2.1g Pre-rolls (3pk)"]
    assert rows
    assert named(registry(), rows[0]["BRAND-NAME"]).form == "pre-roll"


# 7. One form value is a laboratory's name


def test_7_a_laboratory_in_place_of_a_form_is_an_unknown_form(write: Callable[..., Path]) -> None:
    read = changed("ct-registry.csv", write, DOSAGE__FORM="Northeast Laboratories")
    assert read.rows[0].form == ""
    assert "unknown-form" in read.rows[0].holds


# 8. Image links


def test_8_image_links_are_left_out_without_a_complaint() -> None:
    assert "Photo (https" in source("ct-registry.csv")[0]["PRODUCT-IMAGE"]
    assert not any(finding.code == "unknown-column" for finding in registry().findings)


# 9. Connecticut 2023: four columns repeat THC


def test_9_every_column_that_repeats_thc_is_caught_and_none_other() -> None:
    twins = {finding.columns for finding in terpenes().findings if finding.code == "twin-columns"}
    assert twins == {("CBD", "THC"), ("camphor", "THC"), ("fenchone", "THC"), ("beta_eudesmol", "THC")}
    for row in terpenes().rows:
        for key in ("CBD", "camphor", "fenchone", "beta_eudesmol"):
            assert row.analytes[key].value is None


# 10. A spreadsheet's percent format


def test_10_a_hundredfold_percentage_is_divided_by_a_hundred_and_said() -> None:
    assert named(terpenes(), "T31 S 11767").analytes["THCA"].value == 30.8  # "3080.00%"
    assert any(finding.code == "scale" for finding in terpenes().findings)


def test_10_a_plain_number_beside_it_stays_as_it_is() -> None:
    assert named(terpenes(), "Fioraleve A Flower").analytes["THCA"].value == 10.3


# 11. Damaged cells


@pytest.mark.parametrize(
    ("column", "value"),
    [("CBG-A", "0..36"), ("HUMULENE-HUM", "-/23"), ("OCIMENE", "a-ocimene: 1.12")],
)
def test_11_a_damaged_cell_is_rejected_by_row_and_column_and_is_no_zero(column: str, value: str) -> None:
    rejected = next(each for each in terpenes().rejected if each.value == value)
    assert (rejected.column, rejected.code) == (column, "not-a-number")
    assert source("ct-registry-terpenes.csv")[rejected.row - 2][column] == value


def test_11_a_lone_dash_says_nothing() -> None:
    assert read_cell("-", Unit.PERCENT).reading.read_as is ReadAs.BLANK


# 12. No dosage form at all


def test_12_a_registry_without_forms_holds_every_row() -> None:
    assert all(row.form == "" and "unknown-form" in row.holds for row in terpenes().rows)


# 13. Massachusetts: two units in one column set


def test_13_the_unit_column_keeps_percent_and_mg_per_serving_apart() -> None:
    for row, told in zip(massachusetts().rows, source("ma-lab.csv"), strict=True):
        units = {reading.unit.value for key, reading in row.analytes.items() if key.isupper()}
        assert units == {told["cannabinoid_units"]}


def test_13_a_unit_that_is_not_stated_is_unknown_and_held(write: Callable[..., Path]) -> None:
    row = changed("ma-lab.csv", write, cannabinoid_units="").rows[0]
    assert row.analytes["THC"].unit is Unit.UNKNOWN
    assert "unit-unknown" in row.holds


# 14. ND, BQL *, N/T, blank and 0


def test_14_nd_bql_not_tested_blank_and_zero_are_five_things(write: Callable[..., Path]) -> None:
    read = changed(
        "ma-lab.csv", write, cbd="ND", cbda="BQL *", cbg="N/T", cbn="", cbc="0", cannabinoid_units="percent"
    )
    kinds = {key: read.rows[0].analytes[key].read_as for key in ("CBD", "CBDA", "CBG", "CBN", "CBC")}
    assert kinds == {
        "CBD": ReadAs.NOT_DETECTED,
        "CBDA": ReadAs.BELOW_LIMIT,
        "CBG": ReadAs.NOT_TESTED,
        "CBN": ReadAs.BLANK,
        "CBC": ReadAs.NUMBER,
    }
    assert read.rows[0].analytes["CBC"].value == 0
    assert read.rows[0].analytes["CBD"].value is None


# 15. THC in either of two columns


def test_15_thc_is_read_from_whichever_column_has_it() -> None:
    for row, told in zip(massachusetts().rows, source("ma-lab.csv"), strict=True):
        stated = told["thc"] or told["delta_9_thc"]
        if float(stated) <= 100 or told["cannabinoid_units"] != "percent":
            assert row.analytes["THC"].value == float(stated)


# 16. Percent totals above a hundred


def test_16_cannabinoids_of_more_than_the_whole_mass_are_held(write: Callable[..., Path]) -> None:
    read = changed("ma-lab.csv", write, thc="60", thca="55", cannabinoid_units="percent")
    assert "over-100-percent" in read.rows[0].holds


def test_16_a_single_reading_above_a_hundred_is_rejected() -> None:
    tincture = named(massachusetts(), "1000mg Tincture")
    assert tincture.analytes["CBD"].read_as is ReadAs.REJECTED
    assert any(
        each.row == tincture.row and each.code == "over-100-percent" for each in massachusetts().rejected
    )


# 17. Repeated names


def test_17_rows_of_one_name_stay_apart_unless_they_are_the_same_sample() -> None:
    cubes = [row for row in massachusetts().rows if row.name == "Cubes"]
    assert cubes[1].repeat_of == cubes[0].row
    assert any(finding.code == "duplicate" for finding in massachusetts().findings)


def test_17_another_sample_of_the_same_name_is_another_batch(write: Callable[..., Path]) -> None:
    second = source("ma-lab.csv")[1]
    read = changed("ma-lab.csv", write, product_name=second["product_name"])
    assert read.rows[0].sku != read.rows[1].sku
    assert read.rows[1].repeat_of == 0


# 18. California: 1e-09


def test_18_a_billionth_stands_for_not_detected() -> None:
    assert named(menu(), "Formula 1:1:1").analytes["THCA"].read_as is ReadAs.NOT_DETECTED
    assert read_cell("1e-09", Unit.PERCENT).reading.value is None


# 19. total_thc in several units


def test_19_a_total_in_another_unit_is_recognised_and_ours_is_used() -> None:
    row = next(row for row in menu().rows if row.name.startswith("White Runtz"))  # total_thc 296.296: mg/g
    assert row.as_json()["totals"]["THC"] == {"value": 29.63, "unit": "percent"}
    assert "total-mismatch" not in row.holds
    assert any(finding.code == "scale" and "mg per gram" in finding.message for finding in menu().findings)


# 20. Cells that carry their unit


def test_20_a_unit_in_the_cell_goes_before_the_column() -> None:
    thc = named(menu(), "Formula 1:1:1").analytes["THC"]
    assert (thc.value, thc.unit) == (283.98, Unit.MG_PER_PACKAGE)
    assert any(finding.code == "unit-in-cell" for finding in menu().findings)


# 21. product_name is a batch code


def test_21_a_batch_code_in_place_of_a_name_gives_way_to_the_human_name() -> None:
    told = source("ca-menu.csv")
    for row, line in zip(menu().rows, told, strict=True):
        if line["product_name"] in {"G1025-BLRA", "210010", "N371-KELI"}:
            assert row.name.lower().replace(" ", "-") == line["menu_slug"]


# 22. amount is grams, often blank


def test_22_a_blank_amount_is_no_mass() -> None:
    rows = list(zip(menu().rows, source("ca-menu.csv"), strict=True))
    assert all(
        row.package_g is None
        for row, told in rows
        if not told["amount"] and not told["package_g"] and not told["product_size"]
    )
    assert any(row.package_g == float(told["amount"]) for row, told in rows if told["amount"])


# 23. The same certificate on several menu rows


def test_23_a_certificate_on_several_menu_rows_is_one_batch_on_the_shelf() -> None:
    gummies = [row for row in menu().rows if "kanha gummies" in row.name and "raspberry" in row.name]
    assert [bool(row.repeat_of) for row in gummies] == [False, True, True]


# 24. total THC = THC + 0.877 THCA, and not


def test_24_a_total_that_contradicts_its_readings_is_said(write: Callable[..., Path]) -> None:
    read = changed("ca-menu.csv", write, delta_9_thc="1", thca="20", total_thc="3.3")
    assert read.rows[0].as_json()["totals"]["THC"]["value"] == 18.54
    assert "total-mismatch" in read.rows[0].holds


# 25. Status


@pytest.mark.parametrize("status", ["Incomplete", "", "Tested"])
def test_25_what_is_not_a_pass_is_not_saleable(status: str, write: Callable[..., Path]) -> None:
    row = changed("ca-menu.csv", write, status=status).rows[0]
    assert "missing" in row.holds
    assert not row.saleable


# 26. Certificate lines: what a value may be


@pytest.mark.parametrize(
    ("said", "kind", "value", "unit"),
    [
        ("ND", ReadAs.NOT_DETECTED, None, Unit.PERCENT),
        ("NR", ReadAs.NOT_TESTED, None, Unit.PERCENT),
        ("<LOQ", ReadAs.BELOW_LIMIT, None, Unit.PERCENT),
        ("96.59 mg/unit", ReadAs.NUMBER, 96.59, Unit.MG_PER_PACKAGE),
        ("mg/serving", ReadAs.REJECTED, None, Unit.PERCENT),
        ("4.919 mg/serving PASS", ReadAs.NUMBER, 4.919, Unit.MG_PER_SERVING),
        ("0.12PASS", ReadAs.NUMBER, 0.12, Unit.PERCENT),
    ],
)
def test_26_a_certificate_line_is_read_as_it_says(
    said: str, kind: ReadAs, value: float | None, unit: Unit
) -> None:
    reading = read_cell(said, Unit.PERCENT).reading
    assert (reading.read_as, reading.value, reading.unit) == (kind, value, unit)


# 27. mg_g is ten times value


def test_27_mg_per_gram_of_ten_times_the_value_proves_percent() -> None:
    told = source("ca-lines.csv")
    proven = [
        (row, line)
        for row, line in zip(certificate_lines().rows, told, strict=True)
        if not line["units"] and line["mg_g"] and "THCA" in row.analytes and row.analytes["THCA"].is_number
    ]
    assert proven
    assert all(row.analytes["THCA"].unit is Unit.PERCENT for row, _ in proven)


# 28. Cells cut off by a spreadsheet


def test_28_a_cell_cut_off_at_the_spreadsheets_limit_is_said(write: Callable[..., Path]) -> None:
    read = changed("ma-lab.csv", write, product_name="x" * LONGEST_CELL)
    assert any(finding.code == "truncated" for finding in read.findings)


# 29. Kushy: milligrams and percent as text


@pytest.mark.parametrize(
    ("said", "value", "unit"),
    [("80mg", 80, Unit.UNKNOWN), ("19%", 19, Unit.PERCENT), ("12.50mg", 12.5, Unit.UNKNOWN),
     ("1,120mg", 1120, Unit.UNKNOWN)],
)  # fmt: skip
def test_29_potency_typed_as_text_keeps_its_unit(said: str, value: float, unit: Unit) -> None:
    reading = read_cell(said, Unit.UNKNOWN).reading
    assert (reading.value, reading.unit) == (value, unit)


# 30. Nothing says per piece or per pack


def test_30_milligrams_of_nobody_knows_what_are_held() -> None:
    held = [
        row
        for row in kushy().rows
        if row.analytes["THC"].is_number and row.analytes["THC"].unit is Unit.UNKNOWN
    ]
    assert held
    assert all("unit-unknown" in row.holds for row in held)


# 31. Accents encoded twice


def test_31_accents_encoded_twice_are_mended_and_said() -> None:
    assert any(row.brand == "Défoncé" for row in kushy().rows)
    assert any(finding.code == "encoding" for finding in kushy().findings)


def test_9_rare_terpenes_that_agree_in_a_few_rows_are_no_twins(write: Callable[..., Path]) -> None:
    rows = source("ct-registry-terpenes.csv")
    for row, value in zip(rows, ["0.1", "0.1", "0.2", "0.1"], strict=False):
        row["NEROL"] = row["MENTHOL"] = value
    lines = [",".join(rows[0]), *(",".join(f'"{cell}"' for cell in row.values()) for row in rows)]
    read = read_catalog(write("\n".join(lines) + "\n", "terpenes.csv"))
    assert read.rows[0].analytes["nerol"].value == 0.1
    assert read.rows[0].analytes["menthol"].value == 0.1
