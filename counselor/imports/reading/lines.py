"""Certificate lines, one analyte a row: which analyte, in which unit."""

from __future__ import annotations

import re

from counselor.guidance.profile import ReadAs, Reading, Unit

from .analytes import analyte_of, plain
from .cells import UNITS, Cell, number_of, read_cell
from .formats import Fields

_PER = re.compile(r"_per_(serving|package)")


def read_line(told: Fields, *, decimal_comma: bool = False) -> tuple[str, Cell] | None:
    """The analyte of a line and its cell; None where the line is of something else (a verdict, a sum)."""
    name = plain(told.get("key", ""))
    per = _PER.search(name)
    key = analyte_of(name[: per.start()] if per else name)
    if key is None:
        return None
    value, milligrams = told.get("value", ""), told.get("mg_g", "")
    unit = _unit(value, milligrams, told.get("reading_unit", ""), per.group(1) if per else "")
    cell = read_cell(value, unit, decimal_comma=decimal_comma)
    if cell.reading.read_as is ReadAs.BELOW_LIMIT and cell.reading.limit is None:
        limit = number_of(told.get("loq", ""), decimal_comma=decimal_comma)
        cell = Cell(Reading(None, cell.reading.unit, ReadAs.BELOW_LIMIT, limit), stated=cell.stated)
    return key, cell


def _unit(value: str, milligrams: str, stated: str, per: str) -> Unit:
    """The unit of a line: by its name, else percent where mg/g is ten times the value, else as stated."""
    if per:
        return Unit.MG_PER_SERVING if per == "serving" else Unit.MG_PER_PACKAGE
    if stated.strip().lower() in {"percent", "%"}:
        return Unit.PERCENT
    if stated.strip().lower() in UNITS:
        return UNITS[stated.strip().lower()]
    ours, theirs = number_of(value), number_of(milligrams)
    if ours is not None and theirs is not None:
        return Unit.PERCENT if abs(theirs - 10 * ours) <= 0.011 * max(theirs, 0.1) else Unit.UNKNOWN
    return Unit.UNKNOWN
