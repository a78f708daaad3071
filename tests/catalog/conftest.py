"""Files for catalog tests: excerpts of real ones, and small ones written for a test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counselor.imports.reading import CatalogFile, read_catalog

HERE = Path(__file__).parents[1] / "imports" / "files"
AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)

HEADER = (
    "sku,name,brand,form,route,serving,servings_per_package,smallest_dose,ingredients,lineage,batch,tested_on,"
    "expires_on,stock,price"
)


def excerpt(name: str) -> CatalogFile:
    """One of the excerpts, read."""
    return read_catalog(HERE / name)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file: `write("a,b\\n1,2\\n")` or with bytes."""

    def make(content: str | bytes, name: str = "shelf.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return make


def shelf_line(sku: str = "S1", *, readings: str = "2.5,2.5", batch: str = "B1", **given: str) -> str:
    """One row of the Counselor CSV; readings follow the fifteen columns."""
    fields = {
        "sku": sku,
        "name": "Plain Capsules",
        "brand": "Alder",
        "form": "capsule",
        "route": "edible",
        "serving": "1 capsule",
        "servings_per_package": "30",
        "smallest_dose": "1",
        "ingredients": '"olive oil, gelatin"',
        "lineage": "",
        "batch": batch,
        "tested_on": "2026-09-16",
        "expires_on": "2027-07-22",
        "stock": "7",
        "price": "42",
    } | given
    return ",".join(fields.values()) + "," + readings


def shelf_file(*lines: str, readings: str = "THC_mg_per_serving,CBD_mg_per_serving") -> str:
    """A Counselor CSV of these rows."""
    return "\n".join([f"{HEADER},{readings}", *lines]) + "\n"
