"""What a certificate's text says, as a proposal that a person confirms line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from counselor.guidance.profile import ReadAs, Reading, Unit, total

from .fields import day_of, fields_of, result_of
from .tables import Tables, tables_of


@dataclass(frozen=True, slots=True)
class Proposed:
    """One reading to confirm. `problem` says why it is not ticked by itself."""

    analyte: str
    said: str
    reading: Reading
    problem: str = ""


@dataclass(frozen=True)
class Proposal:
    """Everything that was read. Empty text and None mean: not found, which is not "none"."""

    product: str = ""
    batch: str = ""
    laboratory: str = ""
    certificate_number: str = ""
    tested_on: date | None = None
    expires_on: date | None = None
    result: str = ""
    readings: tuple[Proposed, ...] = ()
    unread: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())


def propose(lines: Sequence[str]) -> Proposal:
    """Read the usual facts and the cannabinoid tables out of a certificate's text."""
    told, tables = fields_of(lines), tables_of(lines)
    remarks = []
    if "tested_on" not in told and "reported_on" in told:
        told["tested_on"] = told["reported_on"]
        remarks.append("It states no day of testing; the day it was reported is proposed.")
    for key, words in (("tested_on", "test date"), ("expires_on", "expiry date")):
        if " / " in told.get(key, ""):
            remarks.append(f"It names more than one {words}: {told[key]}. Look which one counts.")
            told.pop(key)
    result = told.get("result", "")
    if len({result_of(one) for one in result.split(" / ")}) > 1:
        remarks.append(f"It names more than one result: {result}. Look at the document.")
    return Proposal(
        product=told.get("product", ""),
        batch=told.get("batch", ""),
        laboratory=told.get("laboratory", ""),
        certificate_number=told.get("certificate_number", ""),
        tested_on=day_of(told.get("tested_on", "")),
        expires_on=day_of(told.get("expires_on", "")),
        result="fail" if "fail" in result.lower() else result_of(result.split(" / ")[0]),
        readings=_once(tables),
        unread=tuple(dict.fromkeys(tables.unread)),
        remarks=(*remarks, *_total_remarks(tables)),
    )


def _once(tables: Tables) -> tuple[Proposed, ...]:
    """One line for each analyte and unit; one stated twice, differently, is for a person to settle."""
    found: dict[tuple[str, Unit], Proposed] = {}
    for line in tables.lines:
        reading = line.cell.reading
        key = (line.analyte, reading.unit)
        before = found.get(key)
        if before is None:
            problem = line.cell.message
            if not problem and reading.unit is Unit.UNKNOWN:
                problem = "Its unit is none that a dose can be worked out from."
            found[key] = Proposed(line.analyte, line.said, reading, problem)
        elif before.reading != reading:
            problem = f"The certificate says “{before.said}” and “{line.said}”."
            found[key] = Proposed(line.analyte, "", Reading(None, reading.unit, ReadAs.REJECTED), problem)
    return tuple(found.values())


def _total_remarks(tables: Tables) -> list[str]:
    """Where the certificate's own total does not follow from its lines (2 % or 0.05 apart)."""
    stated = {(line.analyte, line.cell.reading.unit): line.cell.reading for line in tables.lines}
    found = []
    for key, cell in tables.totals:
        unit = cell.reading.unit
        worked = total(_neutral(stated, key, unit), stated.get((f"{key}A", unit)))
        said = cell.reading.value
        if worked is None or worked.value is None or said is None:
            continue
        if abs(worked.value - said) > max(0.05, 0.02 * max(said, worked.value)):
            found.append(
                f"Its total {key} of {said:g} does not follow from its lines, which give {worked.value:.4g}"
                " (acid counted at 0.877)."
            )
    return list(dict.fromkeys(found))


def _neutral(stated: dict[tuple[str, Unit], Reading], key: str, unit: Unit) -> Reading | None:
    neutral = stated.get((key, unit))
    return Reading(0.0, unit, ReadAs.NUMBER) if neutral is not None and neutral.found_nothing else neutral
