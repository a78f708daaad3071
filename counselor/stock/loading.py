"""A stock file of the point of sale as counts: no database, no web."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from counselor.imports.reading import UnreadableFile
from counselor.imports.reading.analytes import plain
from counselor.imports.reading.cells import number_of
from counselor.imports.reading.findings import shown
from counselor.imports.reading.safety import read_safe_cell
from counselor.imports.reading.tables import read_table

ALIASES = {
    "sku": ("sku", "item", "item_number", "product_id", "product_sku", "item_sku"),
    "batch": ("batch", "lot", "batch_number", "lot_number", "package_label", "batch_no"),
    "count": ("count", "quantity", "on_hand", "stock", "qty", "available", "quantity_on_hand", "packages"),
}
MOST = 99_999


@dataclass(frozen=True)
class CountLine:
    """One line: its row as a spreadsheet shows it, the product's SKU, the batch's number, packages."""

    row: int
    sku: str
    batch: str
    count: int


@dataclass(frozen=True)
class CountFile:
    """What a stock file says, and each line that cannot be read, in words."""

    lines: tuple[CountLine, ...]
    faults: tuple[str, ...]


def read_counts(path: Path, name: str) -> CountFile:
    """Read SKU, batch and count. UnreadableFile where a column is missing or the file is no table."""
    table = read_table(path, name)
    places: dict[str, int] = {}
    for place, header in enumerate(table.headers):
        for field, names in ALIASES.items():
            if plain(header) in names:
                places.setdefault(field, place)
    missing = [field for field in ("sku", "count") if field not in places]
    if missing:
        raise UnreadableFile(
            f"{name} has no column for {' and '.join(missing)}."
            f" It needs sku, batch and count; it has"
            f" {', '.join(shown(header, 30) for header in table.headers[:8])}."
        )
    lines: list[CountLine] = []
    faults = [rejection.message for rejection in table.rejected]
    seen: dict[tuple[str, str], int] = {}
    for row, cells in table.rows:
        if not cells:
            continue
        sku = read_safe_cell(cells[places["sku"]].strip())
        batch = read_safe_cell(cells[places["batch"]].strip()) if "batch" in places else ""
        said = cells[places["count"]].strip()
        count = number_of(said, decimal_comma=table.decimal_comma)
        if not sku:
            faults.append(f"Row {row}: no SKU.")
        elif count is None or not count.is_integer() or not 0 <= count <= MOST:
            faults.append(f"Row {row}, count: “{shown(said, 40)}” is not a whole number from 0 to {MOST}.")
        elif (sku, batch) in seen:
            faults.append(
                f"Row {row}: {shown(sku, 40)}, batch {shown(batch, 40)}, is in row {seen[sku, batch]} too."
            )
        else:
            seen[sku, batch] = row
            lines.append(CountLine(row, sku, batch, int(count)))
    return CountFile(tuple(lines), tuple(faults))
