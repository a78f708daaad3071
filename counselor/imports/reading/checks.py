"""Checks that need more than one cell: columns that repeat another, spreadsheet percentages, totals that do
not add up.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from counselor.guidance.profile import ReadAs, Reading, Unit, total

from .cells import Cell

TWIN_SHARE = 0.9
TWIN_VALUES = 8
TWIN_VALUES_KNOWN = 2


def twins(columns: Mapping[int, Sequence[Cell]], *, at_source: bool) -> dict[int, tuple[int, int]]:
    """Reading columns that merely repeat an earlier one: place -> (the place it repeats, in how many rows).

    Two columns are twins when nine tenths of their numbers agree, most rows that say anything in either are
    among these, and the agreeing numbers are many different ones: zeros beside zeros prove nothing, nor do
    a few 1:1 products. Where the publisher is known for it fewer values will do, but only against a column
    that most rows fill, as they do THC: two rare terpenes often agree in the few rows that have them.
    """
    found: dict[int, tuple[int, int]] = {}
    numbers = {
        name: {row: cell.reading for row, cell in enumerate(cells) if cell.reading.value}
        for name, cells in columns.items()
    }
    names = list(columns)
    for place, name in enumerate(names):
        mine = numbers[name]
        for other in names[:place]:
            if other in found:
                continue
            theirs = numbers[other]
            agreeing = [reading.value for row, reading in mine.items() if theirs.get(row) == reading]
            both = sum(row in theirs for row in mine)
            either = len(mine) + len(theirs) - both
            dense = 2 * len(theirs) >= len(columns[other])
            needed = TWIN_VALUES_KNOWN if at_source and dense else TWIN_VALUES
            if (
                agreeing
                and len(agreeing) >= max(TWIN_SHARE * both, either / 2)
                and len(set(agreeing)) >= max(needed, min(len(agreeing) / (3 if dense else 2), 50))
            ):
                found[name] = (other, _same(columns[other], columns[name]))
                break
    return found


def _same(left: Sequence[Cell], right: Sequence[Cell]) -> int:
    """In how many rows two columns say the same, blanks apart."""
    return sum(
        a.reading == b.reading and a.reading.read_as is not ReadAs.BLANK
        for a, b in zip(left, right, strict=True)
    )


def was_scaled(columns: Iterable[Iterable[Cell]]) -> bool:
    """Whether a spreadsheet turned 35.10 into "3510.00%": proven by one cell above 100 % written with a %
    sign.
    """
    return any(
        cell.is_percent_sign and (cell.reading.value or cell.reading.limit or 0) > 100
        for cells in columns
        for cell in cells
    )


def unscaled(cell: Cell) -> Cell:
    """The reading that the spreadsheet's percentage meant."""
    reading = cell.reading
    value = round(reading.value / 100, 10) if reading.value is not None else None
    limit = round(reading.limit / 100, 10) if reading.limit is not None else None
    return replace(cell, reading=Reading(value, reading.unit, reading.read_as, limit))


def percent_sum(analytes: Mapping[str, Reading], cannabinoids: Container[str]) -> float:
    """Percent of the mass that the cannabinoids of a row claim together."""
    return sum(
        reading.value
        for key, reading in analytes.items()
        if reading.value and reading.unit is Unit.PERCENT and key in cannabinoids
    )


AGREES = 0.02
CONTRADICTS = 0.10


def stated_total(
    analytes: Mapping[str, Reading],
    key: str,
    stated: float,
    *,
    serving_g: float | None,
    package_g: float | None,
) -> tuple[str, str]:
    """Compare a file's own total with ours, in every unit a laboratory might have meant.

    Returns (verdict, unit): "agrees", "differs" (up to a tenth: rounding, or a label's claim),
    "contradicts", or "unchecked" where there is nothing to compare with.
    """
    neutral = analytes.get(key)
    if neutral is not None and neutral.found_nothing:
        acid = analytes.get(f"{key}A")
        neutral = Reading(
            0.0, acid.unit if acid is not None and acid.is_number else neutral.unit, ReadAs.NUMBER
        )
    ours = total(neutral, analytes.get(f"{key}A"))
    if ours is None or ours.value is None or ours.unit is Unit.UNKNOWN:
        return "unchecked", ""
    meanings = {"the same unit": ours.value}
    if ours.unit is Unit.PERCENT:
        meanings["mg per gram"] = ours.value * 10
        if serving_g:
            meanings["mg per serving"] = ours.value * 10 * serving_g
        if package_g:
            meanings["mg per package"] = ours.value * 10 * package_g
    off = {unit: abs(stated - value) / max(stated, value, 0.05) for unit, value in meanings.items()}
    unit = min(off, key=lambda name: off[name])
    if off[unit] <= AGREES or abs(stated - meanings[unit]) <= 0.051:
        return "agrees", unit
    return ("differs" if off[unit] <= CONTRADICTS else "contradicts"), unit
