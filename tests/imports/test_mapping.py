"""Files of no known format: what is proposed for their columns, and what comes of a mapping."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from counselor.guidance.profile import ReadAs, Unit
from counselor.imports.reading import UnreadableFile, read_catalog
from counselor.imports.reading.mapping import FIELDS, mapped_format, propose_mapping

HEADERS = ("Item No", "Product", "Type", "Lot", "Qty", "THC (%)", "CBD", "CBG", "Shelf")
ROWS = (("17", "Night drops", "Tincture", "L-1", "4", "1.2", "30 mg/serving", "0.4", "B"),)


def test_headers_are_matched_by_alias_and_say_how_sure_they_are() -> None:
    proposed = propose_mapping(HEADERS, ROWS)
    assert [proposed[header].meaning for header in HEADERS[:5]] == ["sku", "name", "form", "batch", "stock"]
    assert (proposed["THC (%)"].meaning, proposed["THC (%)"].sure) == (("THC", Unit.PERCENT), "sure")
    assert proposed["CBD"].meaning == ("CBD", Unit.MG_PER_SERVING)  # the cells say so
    assert (proposed["Shelf"].meaning, proposed["Shelf"].sure) == ("", "")


def test_a_unit_that_nothing_states_is_not_guessed() -> None:
    assert propose_mapping(HEADERS, ROWS)["CBG"].meaning == ("CBG", Unit.UNKNOWN)


def test_a_field_is_proposed_for_one_column_only_and_the_surer_one_has_it() -> None:
    proposed = propose_mapping(("Barcode", "SKU", "Item No"), ())
    assert [proposed[header].meaning for header in ("Barcode", "SKU", "Item No")] == ["", "sku", ""]


def test_a_mapped_file_is_read_as_the_manager_said(write: Callable[..., Path]) -> None:
    path = write(",".join(HEADERS) + "\n" + ",".join(ROWS[0]) + "\n", "drops.csv")
    mapping = {header: each.meaning for header, each in propose_mapping(HEADERS, ROWS).items()}
    read = read_catalog(path, format="Green Acres", mapping=mapping)
    row = read.rows[0]
    assert read.format == "Green Acres"
    assert (row.sku, row.name, row.form, row.route, row.batch, row.stock) == (
        "17", "Night drops", "tincture", "edible", "L-1", 4,
    )  # fmt: skip
    assert row.analytes["THC"].value == 1.2
    assert row.analytes["CBD"].unit is Unit.MG_PER_SERVING
    assert "unit-unknown" in row.holds  # CBG, of which nobody knows the unit
    assert not any(finding.code == "unknown-column" for finding in read.findings)


def test_a_mapping_survives_json(write: Callable[..., Path]) -> None:
    path = write("Thing,Kraft\nGummies,5\n", "things.csv")
    mapping = json.loads(json.dumps({"Thing": "name", "Kraft": ["THC", "mg_per_serving"]}))
    row = read_catalog(path, mapping=mapping).rows[0]
    assert (row.sku, row.analytes["THC"].value, row.analytes["THC"].unit) == (
        "Gummies", 5.0, Unit.MG_PER_SERVING,
    )  # fmt: skip
    assert row.analytes["THC"].read_as is ReadAs.NUMBER


def test_a_column_mapped_to_nothing_is_not_read_even_where_its_name_is_known(
    write: Callable[..., Path],
) -> None:
    path = write("Thing,CBD\nGummies,5\n", "things.csv")
    assert read_catalog(path, mapping={"Thing": "name", "CBD": ""}).rows[0].analytes == {}


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"Thing": ""}, "SKU"),
        ({"Thing": "name", "Kraft": "name"}, "Two columns"),
        ({"Thing": "colour"}, "no field we know"),
        ({"Thing": "name", "Kraft": ("THC", "spoons")}, "units"),
    ],
)
def test_a_mapping_that_cannot_work_says_why(mapping: dict[str, object], words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        mapped_format(mapping, "anybody")  # type: ignore[arg-type]


def test_every_field_has_a_label_for_people() -> None:
    assert all(label[0].isupper() and "_" not in label for label in FIELDS.values())
