"""What a manager decided about a file, put into effect while it is read. Pure: the same file and the same
decisions give the same rows.

A typed cell replaces the file's own before anything is read; a unit, a form or the meaning of a repeated
column is set on the rows a question is about, which are then judged again; accepting ends the hold. What was
not decided stays held.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from counselor.guidance.profile import CANNABINOIDS, ReadAs, Reading, Unit
from counselor.guidance.shelf import FORMS, goes_together
from counselor.imports.asking import Cells, id_of, topic_of
from counselor.imports.reading import NormalRow, RowHold
from counselor.imports.reading.cells import read_cell
from counselor.imports.reading.checks import percent_sum
from counselor.imports.reading.judging import ROUNDING
from counselor.imports.reading.tables import Table

CHOICES = ("leave", "accept", "correct")
_WHOLE = {Unit.PERCENT: 100.0, Unit.MG_PER_G: 1000.0}


@dataclass(frozen=True)
class Settled:
    """One question's answer. `value` is the unit, the form, or the analyte of a repeated column."""

    choice: str
    value: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Decisions:
    """All that was decided about one file: answers by question, and typed cells by (row, column)."""

    settled: Mapping[str, Settled] = field(default_factory=dict)
    cells: Mapping[tuple[int, str], str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything differs from leaving all of it held."""
        return bool(self.cells) or any(one.choice != "leave" for one in self.settled.values())

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the file."""
        return {
            "settled": {
                name: {"choice": one.choice, "value": one.value, "unit": one.unit}
                for name, one in sorted(self.settled.items())
            },
            "cells": [[row, column, text] for (row, column), text in sorted(self.cells.items())],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Decisions:
        """From what was kept; nothing was decided where nothing was kept."""
        kept = kept or {}
        return cls(
            {name: Settled(**one) for name, one in kept.get("settled", {}).items()},
            {(row, column): text for row, column, text in kept.get("cells", ())},
        )


def decided(rows: Iterable[NormalRow], decisions: Decisions, cells: Cells) -> tuple[NormalRow, ...]:
    """The rows as they are after the decisions."""
    answers = {name: one for name, one in decisions.settled.items() if one.choice in {"accept", "correct"}}
    if not answers:
        return tuple(rows)
    return tuple(
        row if not row.hold_reasons or row.skipped or row.repeat_of else _settle(row, answers, cells)
        for row in rows
    )


def _settle(row: NormalRow, answers: Mapping[str, Settled], cells: Cells) -> NormalRow:
    before = row
    for hold in before.hold_reasons:
        code, key, _ = topic = topic_of(hold, before)
        answer = answers.get(id_of(topic))
        if answer is None:
            continue
        if code == "unknown-form":
            if answer.value not in FORMS:
                continue
            row = replace(row, form=answer.value, route=FORMS[answer.value].route)
            if not goes_together(row.form, row.route):
                continue
        elif code in {"unit-unknown", "over-100-percent"}:
            if answer.value not in _UNITS:
                continue
            row = _in_unit(row, code, key, Unit(answer.value), cells)
        elif code == "twin-columns" and answer.choice == "correct":
            row = _meant(row, key, answer, cells)
        row = replace(row, hold_reasons=tuple(one for one in row.hold_reasons if one != hold))
    return row if row is before else _judged_again(row)


_UNITS = {unit.value for unit in Unit if unit is not Unit.UNKNOWN}


def _in_unit(row: NormalRow, code: str, key: str, unit: Unit, cells: Cells) -> NormalRow:
    """The row with readings in the unit a manager named: of one analyte, or of all in percent together."""

    def meant(name: str, reading: Reading) -> Reading:
        if code == "unit-unknown":
            return replace(reading, unit=unit) if name == key and reading.unit is Unit.UNKNOWN else reading
        if key and name == key and reading.read_as is ReadAs.REJECTED:
            return read_cell(cells.text(row.row, key)[1], unit).reading
        if not key and name in CANNABINOIDS and reading.unit is Unit.PERCENT:
            return replace(reading, unit=unit)
        return reading

    return replace(
        row,
        analytes={name: meant(name, reading) for name, reading in row.analytes.items()},
        others=tuple((name, meant(name, reading)) for name, reading in row.others),
    )


def _meant(row: NormalRow, key: str, answer: Settled, cells: Cells) -> NormalRow:
    """The row with a repeated column stored as what it really holds; its own analyte stays unknown."""
    if answer.value not in CANNABINOIDS or answer.unit not in _UNITS:
        return row
    reading = read_cell(cells.text(row.row, key)[1], Unit(answer.unit)).reading
    return replace(row, analytes={**row.analytes, answer.value: reading})


def _judged_again(row: NormalRow) -> NormalRow:
    """What a decision cannot talk away: no reading, and no sum, above the whole mass."""
    holds = list(row.hold_reasons)
    analytes = dict(row.analytes)
    for key, reading in row.analytes.items():
        most = _WHOLE.get(reading.unit)
        if most is not None and max(reading.value or 0, reading.limit or 0) > most:
            analytes[key] = Reading(None, reading.unit, ReadAs.REJECTED)
            holds.append(RowHold("over-100-percent", f"{key} would be more than the whole mass in that unit"))
    summed = percent_sum(analytes, CANNABINOIDS)
    if summed > 100 + ROUNDING and not any(hold.code == "over-100-percent" for hold in holds):
        holds.append(RowHold("over-100-percent", f"Its cannabinoids add up to {summed:.0f} % of the mass"))
    return replace(row, analytes=analytes, hold_reasons=tuple(holds))


def with_cells(table: Table, typed: Mapping[tuple[int, str], str]) -> bytes:
    """The table as CSV with typed cells in place of the file's own; row numbers stay what they were."""
    kept = [place for place, header in enumerate(table.headers) if header]
    headers = [table.headers[place] for place in kept]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if table.decimal_comma else ",", lineterminator="\n")
    writer.writerow(headers)
    at = 1
    for number, cells in table.rows:
        out.write("\n" * (number - at - 1))  # a spreadsheet counts blank lines
        at = number
        if not cells:
            out.write("torn\n")
            continue
        writer.writerow(
            [typed.get((number, header), cells[place]) for header, place in zip(headers, kept, strict=True)]
        )
    return out.getvalue().encode("utf-8")
