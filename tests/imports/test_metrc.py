"""Exports of the state's track-and-trace system: packages, and the laboratory results of packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from counselor.guidance.profile import ReadAs, Unit
from counselor.imports.reading import CatalogFile, NormalRow, read_catalog

SHEET = (
    "Package Label,Source Harvest,Item,Item Category,Quantity,Unit Of Measure,Production Batch No,"
    "Lab Testing State,Package Date,Expiration Date"
)
TAG = "1A4060300002331000000101"


def package(**given: str) -> str:
    cells = {
        "tag": TAG, "harvest": "", "item": "Night Gummies 10 pk", "category": "Infused Edible",
        "quantity": "24",
        "unit": "Each", "batch": "PB-7", "state": "TestPassed", "packaged": "2026-09-01",
        "expires": "2027-09-01",
    } | given  # fmt: skip
    return ",".join(cells.values())


@pytest.fixture
def packages(write: Callable[..., Path]) -> Callable[..., CatalogFile]:
    def read(*lines: str) -> CatalogFile:
        return read_catalog(write("\n".join([SHEET, *lines]) + "\n", "packages.csv"))

    return read


def held(row: NormalRow) -> str:
    return " / ".join(hold.words for hold in row.hold_reasons)


def test_a_package_export_is_known_by_its_headers(packages: Callable[..., CatalogFile]) -> None:
    read = packages(package())
    assert read.format == "metrc-packages"
    row = read.rows[0]
    assert (row.sku, row.name, row.form, row.batch, row.stock) == (
        TAG, "Night Gummies 10 pk", "gummy", "PB-7", 24,
    )  # fmt: skip
    assert row.expires_on is not None
    assert row.expires_on.isoformat() == "2027-09-01"
    assert not any(finding.code == "unknown-column" for finding in read.findings)


@pytest.mark.parametrize("state", ["TestPassed", "RetestPassed", "Test Passed"])
def test_a_package_that_passed_is_not_held_for_its_state(
    state: str, packages: Callable[..., CatalogFile]
) -> None:
    row = packages(package(item="Indica 3.5g", category="Buds", state=state)).rows[0]
    assert (row.form, row.holds) == ("flower", ())


@pytest.mark.parametrize(
    "state", ["TestFailed", "NotSubmitted", "SubmittedForTesting", "TestingInProgress", "RetestFailed", ""]
)
def test_a_package_in_any_other_state_is_held(state: str, packages: Callable[..., CatalogFile]) -> None:
    row = packages(package(category="Buds", state=state)).rows[0]
    assert "missing" in row.holds
    assert (state or "blank") in held(row)


@pytest.mark.parametrize("unit", ["Grams", "Ounces", "Pounds", ""])
def test_a_weight_is_never_read_as_a_count(unit: str, packages: Callable[..., CatalogFile]) -> None:
    row = packages(package(category="Buds", quantity="28.5", unit=unit)).rows[0]
    assert row.stock is None
    assert "28.5" in held(row)


def test_names_of_the_interface_are_known_too(write: Callable[..., Path]) -> None:
    path = write(
        "Id,Label,ProductName,ProductCategoryName,Quantity,UnitOfMeasureName,LabTestingState,IsOnHold,"
        "ItemUnitThcPercent,ItemUnitThcContent,ItemUnitThcContentUnitOfMeasureName,NumberOfDoses\n"
        f"1,{TAG},Night Gummies,Infused Edible,24,Each,TestPassed,false,,100,Milligrams,10\n"
        f"2,{TAG}2,Night Gummies,Infused Edible,24,Each,TestPassed,true,,100,Grams,10\n"
    )
    first, second = read_catalog(path).rows
    assert (first.analytes["THC"].value, first.analytes["THC"].unit) == (100.0, Unit.MG_PER_PACKAGE)
    assert (first.servings_per_package, first.holds) == (10.0, ())
    assert second.analytes["THC"].unit is Unit.UNKNOWN  # 100 grams of THC
    assert "on hold" in held(second)


def results(write: Callable[..., Path], *lines: str) -> CatalogFile:
    header = "Package Label,Item,Test Type,Result,Passed,Test Date,Lab Facility"
    return read_catalog(write("\n".join([header, *lines]) + "\n", "results.csv"))


def test_a_result_has_the_unit_that_its_test_names(write: Callable[..., Path]) -> None:
    read = results(
        write,
        f"{TAG},Indica,THC (%) Raw Plant Material,0.4,True,2026-09-03,Green Lab",
        f"{TAG},Indica,THCA (%) Raw Plant Material,22.1,True,2026-09-03,Green Lab",
        f"{TAG},Indica,CBD (mg/g) Concentrate,ND,True,2026-09-03,Green Lab",
        f"{TAG},Indica,CBN (mg/thimble) Concentrate,5,True,2026-09-03,Green Lab",
        f"{TAG},Indica,Total Yeast and Mold (CFU/g) Raw Plant Material,10,True,2026-09-03,Green Lab",
    )
    assert read.format == "metrc-lab-results"
    thc, thca, cbd, cbn, mold = (row.analytes for row in read.rows)
    assert (thc["THC"].value, thc["THC"].unit) == (0.4, Unit.PERCENT)
    assert thca["THCA"].value == 22.1
    assert (cbd["CBD"].read_as, cbd["CBD"].unit) == (ReadAs.NOT_DETECTED, Unit.MG_PER_G)
    assert cbn["CBN"].unit is Unit.UNKNOWN
    assert mold == {}
    assert read.rows[0].laboratory == "Green Lab"


def test_a_test_that_was_not_passed_is_said(write: Callable[..., Path]) -> None:
    read = results(
        write, f"{TAG},Indica,Total Yeast and Mold (CFU/g) Raw Plant Material,99999,False,2026-09-03,L"
    )
    assert any("not passed" in finding.message for finding in read.findings)
    assert "Yeast" in held(read.rows[0])
