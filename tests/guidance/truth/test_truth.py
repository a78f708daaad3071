"""Medicine x cannabinoid x route, as the labels and reviews have it and not as our rules do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.guidance.truth.table import LEVELS, Advise, Row, faults, plain, rows

TABLE = rows("interactions.csv")
REFERENCE = [f"I{number:02}" for number in range(1, 51)] + ["S1", "S2", "S3", "S4", "R11"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["case"]) for row in TABLE])
def test_the_program_says_what_the_source_says(row: Row, put: Advise) -> None:
    assert faults(row, put) == [], f"{row['said']} with {row['cannabinoid']}, {row['route']}: {row['source']}"


def test_the_table_is_large_and_covers_every_class_of_the_reference() -> None:
    assert len(TABLE) >= 300
    assert len({row["case"] for row in TABLE}) == len(TABLE)
    silent = [row for row in TABLE if row["expect"] == "silent"]
    assert len(silent) >= 90
    assert len({plain(row["said"]) for row in silent}) >= 80
    assert set(REFERENCE) <= {row["class"] for row in TABLE}


def test_every_row_is_well_formed_and_names_its_source() -> None:
    for row in TABLE:
        assert row["source"], row["case"]
        assert row["expect"] in {"flag", "silent", "cause", "nocause"}, row["case"]
        assert row["cannabinoid"] in {"THC", "CBD", "both"}, row["case"]
        assert row["route"] in {"smoked", "vaporized", "edible", "topical"}, row["case"]
        assert {row["at_least"], row["at_most"]} <= {"", *LEVELS}, row["case"]
        assert (row["expect"] in {"flag", "cause"}) == bool(row["at_least"]), row["case"]


def _answer(row: Row, severity: str) -> dict[str, Any]:
    """A made-up answer that recognises the row's medicine and warns of it at one level for everything."""
    known = [name.split("|")[0] for name in row["ingredients"].split(";") if name] or [row["said"]]
    one = {"rule": "made-up", "severity": severity, "kind": "interaction", "because": known}
    return {
        "recognised": {"medicines": [{"ingredients": known, "classes": []}]},
        "unrecognised": [],
        "referrals": [],
        "warnings": [one] if severity else [],
    }


@pytest.mark.parametrize("severity", ["", "contraindicated"], ids=["mute", "alarmist"])
def test_the_judge_fails_a_program_that_is_mute_and_one_that_always_alarms(severity: str) -> None:
    """Without this a table could pass because its judge never looks."""
    for row in TABLE:
        found = faults(row, lambda _, row=row: _answer(row, severity))
        if row["expect"] in ("flag", "cause") and not severity:
            assert found, row["case"]
        if severity and (row["expect"] == "silent" or row["at_most"] or row["not_for"]):
            assert found, row["case"]
