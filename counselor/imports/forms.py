"""The forms of an import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from counselor.guidance.profile import CANNABINOIDS, Unit
from counselor.guidance.shelf import FORMS
from counselor.imports.deciding import CHOICES, Decisions, Settled
from counselor.imports.models import ImportRun
from counselor.imports.reading import UnreadableFile
from counselor.imports.reading.tables import Table
from counselor.web.forms import Count, RoomForm

MOST_CELLS = 500


class ApplyForm(RoomForm):
    """Apply an upload."""

    count = Count(
        "Packages of each new batch",
        [Optional()],
        default=0,
        description="The file counts none. 0 leaves them off the shelf until somebody counts.",
    )


class UndoForm(RoomForm):
    """Take a whole import back."""

    reason = TextAreaField("Why is it undone?", [DataRequired("Write why it is undone."), Length(max=1000)])


def mapping_of_form(table: Table, typed: Mapping[str, str]) -> dict[str, Any]:
    """Header -> field, [analyte, unit] or "", as the mapping page sends it: `column-PLACE`."""
    said: dict[str, Any] = {}
    for place, header in enumerate(table.headers):
        if not header:
            continue
        meaning = typed.get(f"column-{place}", "")
        analyte, _, unit = meaning.partition("|")
        said[header] = [analyte, unit] if unit else meaning
    return said


def decisions_of_form(run: ImportRun, typed: Mapping[str, str]) -> Decisions:
    """What was decided, question by question. UnreadableFile, in words, for what no question offers."""
    settled: dict[str, Settled] = {}
    for question in run.report.get("questions", ()):
        name = question["id"]
        choice = typed.get(f"{name}-choice", "leave")
        if choice not in CHOICES or choice == "leave":
            continue
        value, unit = question["proposed"], ""
        if choice == "correct":
            value, unit = typed.get(f"{name}-value", ""), typed.get(f"{name}-unit", "")
            _check(question, value, unit)
        elif not question["accept"]:
            raise UnreadableFile(f"“{question['words']}” cannot be accepted as it is.")
        settled[name] = Settled(choice, value, unit)
    cells = {}
    for cell in run.report.get("rejected", ())[:MOST_CELLS]:
        text = typed.get(f"cell-{cell['row']}-{cell['column']}", "").strip()
        if text:
            cells[cell["row"], cell["column"]] = text[:200]
    before = Decisions.from_json(run.decisions).cells
    return Decisions(settled, {**before, **cells})


def _check(question: Mapping[str, Any], value: str, unit: str) -> None:
    units = {each.value for each in Unit if each is not Unit.UNKNOWN}
    offered = {"unit": units, "form": set(FORMS), "analyte": set(CANNABINOIDS)}.get(
        question["correct"], set()
    )
    if value not in offered or (question["correct"] == "analyte" and unit not in units):
        raise UnreadableFile(f"“{question['words']}” Choose what it should be.")
