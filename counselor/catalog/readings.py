"""Readings of a batch typed by hand: how each is written, read and compared with the certificate's total."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.catalog.models import AnalyteReading, Batch, Product
from counselor.catalog.queries import preferred
from counselor.database import db
from counselor.guidance.profile import CANNABINOIDS, ReadAs, Reading, Unit, total
from counselor.imports.reading.cells import read_cell
from counselor.imports.reading.checks import stated_total
from counselor.staff.models import Staff

Key = tuple[str, Unit]

UNIT_SHORT = {
    Unit.PERCENT: "%",
    Unit.MG_PER_G: "mg/g",
    Unit.MG_PER_SERVING: "mg per serving",
    Unit.MG_PER_PACKAGE: "mg per package",
    Unit.UNKNOWN: "unit not known",
}
WHOLE = {Unit.PERCENT: 100.0, Unit.MG_PER_G: 1000.0}
"""The whole mass, in units that are parts of it."""
CEILING = 1e6
"""Milligrams, a kilogram: no serving and no package holds more."""
_AMBIGUOUS = re.compile(r"\d{1,3}(,\d{3})+")
ROUNDING = 0.5
"""Percent that rounding may add to the sum of all cannabinoids."""


def written(reading: Reading) -> str:
    """A reading as it is typed: 2.5, ND, <0.1, <LOQ, N/T; nothing for a blank or what could not be read."""
    match reading.read_as:
        case ReadAs.NUMBER:
            return f"{reading.value:.10g}"
        case ReadAs.NOT_DETECTED:
            return "ND"
        case ReadAs.BELOW_LIMIT:
            return "<LOQ" if reading.limit is None else f"<{reading.limit:.10g}"
        case ReadAs.NOT_TESTED:
            return "N/T"
    return ""


def in_words(reading: Reading | None) -> str:
    """For the log: "2.5 mg per serving", "ND", "blank", "removed"."""
    if reading is None:
        return ""
    if reading.is_number or reading.limit is not None:
        return f"{written(reading)} {UNIT_SHORT[reading.unit]}"
    return written(reading) or reading.read_as.value.replace("-", " ")


def read(typed: str, unit: Unit) -> Reading:
    """What was typed, in this unit, by the same rules as a file's cell. Raises ValueError in plain words."""
    if _AMBIGUOUS.fullmatch(typed.lstrip("<").strip()):
        raise ValueError(f"“{typed}” may be thousands or a decimal comma. Write it with a point.")
    cell = read_cell(typed, unit, decimal_comma="," in typed and "." not in typed)
    if cell.reading.read_as is ReadAs.REJECTED:
        raise ValueError(f"{cell.message} Write a number, ND, <0.1, <LOQ or N/T.")
    if cell.differs:
        raise ValueError(f"“{typed}” names another unit than the one chosen: {UNIT_SHORT[unit]}.")
    most = WHOLE.get(unit, CEILING)
    if max(cell.reading.value or 0, cell.reading.limit or 0) > most:
        what = "the whole mass" if unit in WHOLE else "any package holds"
        raise ValueError(f"“{typed}” is more than {what}: at most {most:,.0f} {UNIT_SHORT[unit]}.")
    return cell.reading


def sum_of_mass(readings: Mapping[Key, Reading]) -> float:
    """Percent of the mass that all cannabinoids make together, each counted once."""
    parts: dict[str, float] = {}
    for (analyte, unit), reading in readings.items():
        if analyte in CANNABINOIDS and reading.value and unit in WHOLE:
            parts[analyte] = max(parts.get(analyte, 0.0), reading.value * 100 / WHOLE[unit])
    return sum(parts.values())


def compare_total(
    product: Product, readings: Mapping[Key, Reading], key: str, stated: float
) -> tuple[str, str]:
    """(agrees, differs, contradicts or unchecked; our own total in words) for the certificate's total of
    "THC" or "CBD". Ours is the neutral form + 0.877 x the acid.
    """
    rows = [
        AnalyteReading(analyte=analyte, unit=unit, value=r.value, read_as=r.read_as, limit_value=r.limit)
        for (analyte, unit), r in readings.items()
    ]
    known = preferred(rows)
    verdict, _ = stated_total(known, key, stated, serving_g=product.serving_g, package_g=product.package_g)
    neutral, acid = known.get(key), known.get(f"{key}A")
    if neutral is not None and neutral.found_nothing:
        neutral = Reading(
            0.0, acid.unit if acid is not None and acid.is_number else neutral.unit, ReadAs.NUMBER
        )
    ours = total(neutral, acid)
    return verdict, "" if ours is None else f"{round(ours.value or 0.0, 3):g} {UNIT_SHORT[ours.unit]}"


def stored(batch: Batch) -> dict[Key, Reading]:
    """The batch's readings as they are."""
    return {(row.analyte, row.unit): row.reading for row in batch.readings}


def change(
    *,
    batch: Batch,
    readings: Mapping[Key, Reading],
    reason: str,
    version: int,
    totals: Sequence[str] = (),
    by: Staff,
    at: datetime,
) -> bool:
    """Let a batch's readings be these; False where nothing differs. One audit event keeps what each was and
    became, the reason, and what was said of the certificate's totals. Raises StaleDataError where somebody
    else changed the product or its batches first.
    """
    if batch.product.version != version:
        raise StaleDataError()
    changes = put(batch, readings)
    if not changes:
        return False
    batch.product.updated_at, batch.product.updated_by_id = at, by.id
    db.session.flush()
    label = f"batch {batch.number or 'without number'}: "
    detail = {"sku": batch.product.sku, "changes": {label + name: pair for name, pair in changes.items()}}
    if totals:
        detail["totals"] = list(totals)
    audit.record("batch.readings-changed", subject=batch, by=by, at=at, note=reason, detail=detail)
    return True


def put(batch: Batch, readings: Mapping[Key, Reading]) -> dict[str, list[str]]:
    """Write readings to a batch; what each was and became, in words. Flushes nothing, records nothing."""
    there = {(row.analyte, row.unit): row for row in batch.readings}
    changes: dict[str, list[str]] = {}
    for key in [key for key in there if key not in readings]:
        changes[_named(key)] = [in_words(there[key].reading), ""]
        batch.readings.remove(there[key])
    for key, reading in readings.items():
        row = there.get(key)
        if row is not None and row.reading == reading:
            continue
        changes[_named(key)] = [in_words(row.reading if row else None), in_words(reading)]
        if row is None:
            row = AnalyteReading(analyte=key[0], unit=key[1])
            batch.readings.append(row)
        row.value, row.read_as, row.limit_value = reading.value, reading.read_as, reading.limit
    return changes


def _named(key: Key) -> str:
    return f"{key[0]} in {UNIT_SHORT[key[1]]}"
