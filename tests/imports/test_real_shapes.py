"""Excerpts of real files: every trap that was seen in them, by name."""

from __future__ import annotations

import pytest

from counselor import places
from counselor.guidance.profile import ReadAs, Unit
from counselor.imports.reading import CatalogFile, NormalRow, read_catalog

from .conftest import excerpt

FILES = {
    "ct-registry.csv": "ct-brand-registry",
    "ct-registry-terpenes.csv": "ct-brand-registry-terpenes",
    "ma-lab.csv": "ma-lab-results",
    "ca-menu.csv": "ca-menu",
    "ca-lines.csv": "ca-coa-lines",
    "kushy.csv": "kushy",
}


def codes(read: CatalogFile) -> set[str]:
    return {finding.code for finding in read.findings}


def named(read: CatalogFile, words: str) -> NormalRow:
    return next(row for row in read.rows if words in row.name)


@pytest.mark.parametrize(("name", "format"), FILES.items())
def test_every_known_shape_is_recognised_by_its_headers(name: str, format: str) -> None:
    assert excerpt(name).format == format


@pytest.mark.parametrize("name", FILES)
def test_no_known_shape_has_columns_nobody_knows(name: str) -> None:
    assert [
        finding.columns
        for finding in excerpt(name).findings
        if finding.code == "unknown-column" and finding.columns
    ] == []


@pytest.mark.parametrize("name", FILES)
def test_row_numbers_are_those_of_a_spreadsheet(name: str) -> None:
    read = excerpt(name)
    assert [row.row for row in read.rows] == list(range(2, len(read.rows) + 2))


@pytest.mark.parametrize("name", FILES)
def test_the_report_counts_what_the_rows_say(name: str) -> None:
    read = excerpt(name)
    report = read.report()
    said = [reading["as"] for row in read.rows for reading in row.as_json()["analytes"].values()]
    assert report["rows"] == len(read.rows)
    assert report["applied"] is False
    assert report["readings"] == {kind.value: said.count(kind.value) for kind in ReadAs}
    assert set(report) == {
        "file",
        "format",
        "encoding",
        "rows",
        "applied",
        "products",
        "batches",
        "readings",
        "findings",
        "rejected",
    }


# Connecticut, 2020


def test_a_cbd_column_that_repeats_thc_is_not_imported() -> None:
    read = excerpt("ct-registry.csv")
    twin = next(finding for finding in read.findings if finding.code == "twin-columns")
    assert twin.columns == ("CBD", "THC")
    assert twin.effect == "CBD not imported"
    first = read.rows[0]
    assert (first.sku, first.form, first.route) == ("MMBR.0000180", "vape-cartridge", "vaporized")
    assert first.analytes["CBD"].read_as is ReadAs.REJECTED
    assert first.analytes["THC"].value == 17.704
    assert first.as_json()["totals"] == {"THC": {"value": 53.551, "unit": "percent"}}
    assert "twin-columns" in first.holds
    assert not any(row.saleable for row in read.rows)


def test_limits_dashes_and_percent_signs_stand_among_numbers() -> None:
    read = excerpt("ct-registry.csv")
    pills = named(read, "Theraplant15023P")
    assert pills.form == "capsule"  # "Bottle of 10 Pills ... raw flower": pills, not flower
    assert pills.analytes["CBDA"].read_as is ReadAs.BELOW_LIMIT
    assert pills.analytes["CBDA"].limit == 0.01
    assert named(read, "Ottrinda Oil").analytes["THC"].value == 0.92
    assert named(read, "Ottrinda Oil").form == ""  # "Oil" is swallowed or vaporized
    assert "scale" not in codes(read)


# Connecticut, 2023


def test_columns_that_repeat_thc_are_found_among_fifty_analytes() -> None:
    read = excerpt("ct-registry-terpenes.csv")
    twins = {finding.columns[0] for finding in read.findings if finding.code == "twin-columns"}
    assert twins == {"CBD", "camphor", "fenchone", "beta_eudesmol"}


def test_a_spreadsheet_that_wrote_a_hundredfold_is_undone() -> None:
    read = excerpt("ct-registry-terpenes.csv")
    flower = named(read, "Fioraleve A Flower")
    assert "scale" in codes(read)
    assert flower.analytes["THC"].value == 0.4  # 40.00% beside 1280.00%
    assert flower.analytes["CBDA"].value == 12.8
    assert flower.analytes["THCA"].value == 10.3  # a plain number in the same row


def test_what_cannot_be_read_is_listed_with_row_and_column() -> None:
    read = excerpt("ct-registry-terpenes.csv")
    said = {(rejection.column, rejection.value) for rejection in read.rejected}
    assert {("HUMULENE-HUM", "-/23"), ("CBG-A", "0..36"), ("OCIMENE", "a-ocimene: 1.12")} <= said
    assert ("B-CARYOPHYLLENE", "15069") in said  # more than the whole mass
    assert all(rejection.row > 1 for rejection in read.rejected)


# Massachusetts


def test_two_units_in_one_column_set_are_kept_apart_by_the_unit_column() -> None:
    read = excerpt("ma-lab.csv")
    cubes, flower = named(read, "Cubes"), named(read, "Dead Head OG")
    assert cubes.analytes["THC"].unit is Unit.MG_PER_SERVING
    assert flower.analytes["THC"].unit is Unit.PERCENT
    assert flower.form == "flower"


def test_thc_is_found_in_whichever_of_two_columns_it_stands() -> None:
    read = excerpt("ma-lab.csv")
    assert all(row.analytes["THC"].read_as in (ReadAs.NUMBER, ReadAs.REJECTED) for row in read.rows)


def test_a_zero_a_blank_and_nd_stay_apart() -> None:
    read = excerpt("ma-lab.csv")
    kinds = {
        reading.read_as for row in read.rows for key, reading in row.analytes.items() if key == "linalool"
    }
    assert {ReadAs.NUMBER, ReadAs.NOT_DETECTED, ReadAs.BLANK} <= kinds
    assert named(read, "Dead Head OG").analytes["D8THC"].value == 0


def test_a_percentage_above_a_hundred_is_rejected_not_stored() -> None:
    read = excerpt("ma-lab.csv")
    tincture = named(read, "1000mg Tincture")
    assert tincture.analytes["CBD"].read_as is ReadAs.REJECTED
    assert "over-100-percent" in tincture.holds


def test_the_same_sample_twice_is_one_batch() -> None:
    read = excerpt("ma-lab.csv")
    cubes = [row for row in read.rows if row.name == "Cubes"]
    assert [row.repeat_of for row in cubes] == [0, cubes[0].row]
    assert "duplicate" in codes(read)


# California


def test_a_unit_in_the_cell_is_used_and_reported() -> None:
    read = excerpt("ca-menu.csv")
    assert "unit-in-cell" in codes(read)
    assert named(read, "Formula 1:1:1").analytes["THC"].unit is Unit.MG_PER_PACKAGE
    assert named(read, "Formula 1:1:1").form == "transdermal-gel"


def test_a_tiny_number_stands_for_not_detected_and_another_for_below_the_limit() -> None:
    read = excerpt("ca-menu.csv")
    kinds = {reading.read_as for row in read.rows for reading in row.analytes.values()}
    assert {ReadAs.NOT_DETECTED, ReadAs.BELOW_LIMIT} <= kinds
    assert not any(0 < (reading.value or 0) < 1e-6 for row in read.rows for reading in row.analytes.values())


def test_a_patch_is_a_serving_and_its_dose_is_known() -> None:
    patch = named(excerpt("ca-menu.csv"), "Indica Transdermal Patch")
    assert (patch.form, patch.servings_per_package, patch.smallest_dose) == ("transdermal-patch", 1, 1)
    assert patch.saleable


def test_an_edible_of_unknown_serving_is_visibly_not_saleable() -> None:
    gummies = named(excerpt("ca-menu.csv"), "kanha gummies")
    assert (
        gummies.name == "Blue raspberry kanha gummies"
    )  # the name for people, not the batch code G1025-BLRA
    assert gummies.analytes["THC"].unit is Unit.MG_PER_PACKAGE
    assert not gummies.saleable
    assert any("serving" in hold.words for hold in gummies.hold_reasons)


def test_an_edible_with_grams_per_serving_has_a_dose_that_can_be_trusted() -> None:
    read = excerpt("ca-menu.csv")
    chews = next(row for row in read.rows if row.form == "gummy" and row.serving_g == 6)
    assert chews.servings_per_package == 10
    assert chews.saleable


def test_an_unfinished_or_blank_verdict_is_not_a_pass() -> None:
    read = excerpt("ca-menu.csv")
    held = [row for row in read.rows if any("does not say “pass”" in hold.words for hold in row.hold_reasons)]
    assert {"Incomplete", "Tested", "blank"} == {
        hold.words.split("status: ")[1].rstrip(")")
        for row in held
        for hold in row.hold_reasons
        if "status" in hold.words
    }


def test_totals_in_another_unit_agree_and_only_true_contradictions_are_told() -> None:
    read = excerpt("ca-menu.csv")
    assert any(finding.code == "scale" and "mg per gram" in finding.message for finding in read.findings)
    assert "total-mismatch" in codes(read)


def test_the_same_certificate_on_several_menu_rows_is_put_on_the_shelf_once() -> None:
    read = excerpt("ca-menu.csv")
    assert read.rows[1].repeat_of == 2
    assert len(read.applicable) < len(read.rows)


# California, one analyte a row


def test_certificate_lines_keep_their_unit_and_their_six_meanings() -> None:
    read = excerpt("ca-lines.csv")
    by_row = {row.row: row.analytes for row in read.rows}
    assert by_row[3]["THC"].unit is Unit.MG_PER_PACKAGE
    assert by_row[3]["THC"].value == 96.59
    kinds = {reading.read_as for row in read.rows for reading in row.analytes.values()}
    assert kinds == {
        ReadAs.NUMBER,
        ReadAs.NOT_DETECTED,
        ReadAs.NOT_TESTED,
        ReadAs.BELOW_LIMIT,
        ReadAs.REJECTED,
    } | (kinds & {ReadAs.BLANK})
    assert not any(row.saleable for row in read.rows)  # a line is no product


def test_a_line_without_a_unit_is_percent_only_where_mg_per_gram_is_ten_times_it() -> None:
    read = excerpt("ca-lines.csv")
    thca = [
        row.analytes["THCA"]
        for row in read.rows
        if row.analytes.get("THCA") and row.analytes["THCA"].value == 49.9477
    ]
    assert [reading.unit for reading in thca] == [Unit.PERCENT]


# Kushy


def test_milligrams_of_nobody_knows_what_are_kept_but_not_saleable() -> None:
    read = excerpt("kushy.csv")
    rub = read.rows[0]
    assert rub.analytes["THC"].value == 130
    assert rub.analytes["THC"].unit is Unit.UNKNOWN
    assert rub.as_json()["analytes"]["THC"] == {"value": 130.0, "unit": "unknown", "as": "number"}
    assert "unit-unknown" in rub.holds
    assert not rub.saleable


def test_accents_encoded_twice_are_mended_and_reported() -> None:
    read = excerpt("kushy.csv")
    assert "encoding" in codes(read)
    assert not any("â€" in row.name for row in read.rows)


def test_milligrams_that_percent_and_grams_do_not_make_are_held() -> None:
    read = read_catalog(places.seed() / "catalog" / "ca-menu-with-coa.csv")
    cartridges = [row for row in read.rows if row.row in (301, 302, 403)]  # half a gram, stated as five
    assert all("total-mismatch" in row.holds for row in cartridges)
    assert "percent and grams make" in cartridges[0].hold_reasons[0].words
