"""Rows that say the same product and batch again, and rows of one SKU that contradict each other."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

from .findings import Rejection, RowHold, shown
from .notes import HELD, Ledger
from .rows import NormalRow

_FACTS = ("form", "route", "serving", "servings_per_package", "smallest_dose", "ingredients")


def mark_repeats(rows: list[NormalRow], ledger: Ledger, *, crawled: bool) -> list[NormalRow]:
    """An exact repeat is noted and not put on the shelf again; a differing one is not applied, and the
    first is held.

    `crawled`: the file is a menu that was read several times, each row with a number of its own.
    """
    seen: dict[tuple[str, ...], int] = {}
    marked = list(rows)
    for place, row in enumerate(rows):
        if row.skipped:
            continue
        key = (row.name, row.batch, row.brand, row.form) if crawled else (row.sku, row.batch)
        first = seen.setdefault(key, place)
        if first == place:
            continue
        earlier = rows[first]
        if crawled or replace(row, row=earlier.row) == earlier:
            marked[place] = replace(row, repeat_of=earlier.row)
            message = "Rows repeat the product and batch of an earlier row."
            ledger.add("duplicate", "sku", row.row, "not put on the shelf twice", message)
        else:
            marked[first], marked[place] = _conflict(marked[first], row, ledger)
    return marked if crawled else _same_facts(marked, ledger)


def _conflict(earlier: NormalRow, later: NormalRow, ledger: Ledger) -> tuple[NormalRow, NormalRow]:
    message = (
        f"SKU {later.sku}, batch {later.batch or 'without number'}, stands in row {earlier.row} with"
        f" other values."
        " That row is kept and held, this one is not imported."
    )
    ledger.rejected.append(Rejection(later.row, "sku", shown(later.sku), "duplicate", message))
    hold = RowHold("duplicate", f"Row {later.row} gives other values for the same batch")
    return (
        replace(earlier, hold_reasons=(*earlier.hold_reasons, hold)),
        replace(later, skipped=True, hold_reasons=(*later.hold_reasons, RowHold("duplicate", message))),
    )


def _same_facts(rows: list[NormalRow], ledger: Ledger) -> list[NormalRow]:
    """Batches of one SKU must agree on what the product is; the later row that does not is held."""
    first: dict[str, NormalRow] = {}
    facts_of = attrgetter(*_FACTS)
    for place, row in enumerate(rows):
        if row.skipped or row.repeat_of:
            continue
        earlier = first.setdefault(row.sku, row)
        if earlier is not row and facts_of(earlier) != facts_of(row):
            differing = [name for name in _FACTS if getattr(earlier, name) != getattr(row, name)]
            names = ", ".join(name.replace("_", " ") for name in differing)
            message = "Rows of one SKU do not agree on what the product is; the first row's facts are used."
            for name in differing:
                ledger.add("duplicate", name, row.row, HELD, message, key="facts")
            hold = RowHold("duplicate", f"Row {earlier.row} says otherwise for the same SKU: {names}")
            rows[place] = replace(row, hold_reasons=(*row.hold_reasons, hold))
    return rows
