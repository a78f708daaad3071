"""A data row after normalisation: the product, its batch, its readings with their qualifiers, and why it is
held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from counselor.guidance.profile import ReadAs, Reading, total

from .findings import RowHold


@dataclass(frozen=True, slots=True)
class NormalRow:
    """One row of a file in our words. Masses in grams, money in the store's currency; None is "not stated".

    `analytes` holds one reading for each analyte of the file, `others` those stated a second time in
    another unit. `repeat_of` is the row that says exactly the same product and batch, 0 where none does.
    """

    row: int
    sku: str
    name: str
    brand: str = ""
    form: str = ""
    route: str = ""
    serving: str = ""
    serving_g: float | None = None
    servings_per_package: float | None = None
    package_g: float | None = None
    smallest_dose: float | None = None
    ingredients: str | None = None
    lineage: str = ""
    batch: str = ""
    tested_on: date | None = None
    expires_on: date | None = None
    laboratory: str = ""
    certificate_number: str = ""
    stock: int | None = None
    price: float | None = None
    analytes: Mapping[str, Reading] = field(default_factory=dict)
    others: tuple[tuple[str, Reading], ...] = ()
    hold_reasons: tuple[RowHold, ...] = ()
    repeat_of: int = 0
    skipped: bool = False
    """Not applied: torn, without a SKU, or in conflict with an earlier row."""
    is_line: bool = False
    """One line of a certificate, not a product."""

    @property
    def holds(self) -> tuple[str, ...]:
        """The codes of what keeps the row from being sold, each once, in the order they were found."""
        return tuple(dict.fromkeys(reason.code for reason in self.hold_reasons))

    @property
    def saleable(self) -> bool:
        """Whether nothing found in the file speaks against selling it."""
        return not self.hold_reasons and not self.skipped

    @property
    def totals(self) -> dict[str, Reading]:
        """THC and CBD with their acids converted, where the neutral form has a number."""
        found = {key: total(self.analytes.get(key), self.analytes.get(f"{key}A")) for key in ("THC", "CBD")}
        return {key: reading for key, reading in found.items() if reading is not None}

    def as_json(self) -> dict[str, Any]:
        """The row as `--rows` writes it."""
        return {
            "row": self.row,
            "sku": self.sku,
            "name": self.name,
            "brand": self.brand,
            "form": self.form,
            "route": self.route,
            "batch": self.batch,
            "saleable": self.saleable,
            "holds": list(self.holds),
            "analytes": {key: reading_json(reading) for key, reading in self.analytes.items()},
            "totals": {
                key: {"value": round(reading.value or 0.0, 3), "unit": reading.unit.value}
                for key, reading in self.totals.items()
            },
        }


def reading_json(reading: Reading) -> dict[str, Any]:
    """A reading as the contract writes it; `limit` only where something is below it."""
    said: dict[str, Any] = {"value": reading.value, "unit": reading.unit.value, "as": reading.read_as.value}
    if reading.read_as is ReadAs.BELOW_LIMIT:
        said["limit"] = reading.limit
    return said
