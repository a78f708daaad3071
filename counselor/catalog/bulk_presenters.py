"""How a bulk change reads on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counselor.catalog.models import BulkChange, BulkLine, LineState
from counselor.catalog.presenters import ROUTE_WORDS, form_words, number

KIND_WORDS = {
    "brand": "Brand or producer",
    "form_route": "Form and route",
    "form": "Form alone",
    "route": "Route alone",
    "serving": "One serving, in words",
    "serving_g": "Grams in one serving",
    "servings_per_package": "Servings in the package",
    "package_g": "Grams in the package",
    "smallest_dose": "Smallest measurable part",
}
LINE_WORDS = {
    LineState.PLANNED: "Will change",
    LineState.SAME: "Says so already",
    LineState.REFUSED: "Cannot be so",
    LineState.APPLIED: "Changed",
    LineState.PASSED_OVER: "Left alone",
    LineState.UNDONE: "Taken back",
    LineState.KEPT: "Not taken back",
}
LINE_TONES = {
    LineState.PLANNED: "note",
    LineState.SAME: "plain",
    LineState.REFUSED: "stop",
    LineState.APPLIED: "go",
    LineState.PASSED_OVER: "care",
    LineState.UNDONE: "note",
    LineState.KEPT: "care",
}


def values_words(values: Mapping[str, Any]) -> str:
    """What a product says, in words: "Capsule, Edible"."""
    return ", ".join(_words(name, value) for name, value in values.items())


def _words(name: str, value: Any) -> str:
    if name == "form":
        return form_words(value)
    if name == "route":
        return ROUTE_WORDS.get(value, str(value))
    if value is None or value == "":
        return "not stated"
    return number(value) if isinstance(value, (int, float)) else str(value)


class BulkPresenter:
    """A bulk change with how many products stand where."""

    def __init__(self, change: BulkChange, counts: Mapping[LineState, int]) -> None:
        self.change = change
        self.counts = counts

    @property
    def title(self) -> str:
        """What it sets and to what."""
        return f"{KIND_WORDS[self.change.kind]}: {values_words(self.change.wanted)}"

    @property
    def state(self) -> tuple[str, str]:
        """Words and tone."""
        if self.change.undone_at is not None:
            return "Taken back", "note"
        return ("Made", "go") if self.change.applied_at is not None else ("Planned, not made", "care")

    def count(self, *states: str) -> int:
        """Products in these states."""
        return sum(self.counts.get(LineState(state), 0) for state in states)

    @property
    def tally(self) -> list[tuple[str, int, str]]:
        """(words, products, tone) of each state that occurs, the most telling first."""
        order = (
            LineState.PLANNED, LineState.APPLIED, LineState.UNDONE, LineState.KEPT, LineState.PASSED_OVER,
            LineState.REFUSED, LineState.SAME,
        )  # fmt: skip
        return [(LINE_WORDS[s], self.counts[s], LINE_TONES[s]) for s in order if self.counts.get(s)]


class LinePresenter:
    """One product of it."""

    def __init__(self, line: BulkLine, change: BulkChange) -> None:
        self.line = line
        self.was = values_words(line.was)
        self.becomes = values_words(change.wanted)
        self.words = LINE_WORDS[line.state]
        self.tone = LINE_TONES[line.state]
        self.is_change = line.state not in (LineState.SAME, LineState.REFUSED)
