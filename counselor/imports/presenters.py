"""How an upload or import reads on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counselor.imports.models import ImportRun

FINDING_WORDS = {
    "twin-columns": "A potency column only repeats another",
    "scale": "Numbers in another scale",
    "unit-unknown": "No unit stated",
    "unit-in-cell": "The unit stands in the cell",
    "over-100-percent": "More than the whole mass",
    "total-mismatch": "Totals do not add up",
    "duplicate": "The same thing twice",
    "encoding": "Letters damaged",
    "unknown-form": "Dosage form not known",
    "not-a-number": "Not a number",
    "not-a-date": "Not a date",
    "missing": "Something is missing",
    "truncated": "Torn or cut off",
    "formula": "A formula instead of a value",
    "unknown-column": "A column nobody knows",
}


class RunPresenter:
    """An upload or import with its report, in plain words."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.report: Mapping[str, Any] = run.report

    @property
    def state(self) -> tuple[str, str]:
        """Words and tone."""
        if self.run.applied_at is not None:
            return "applied", "go"
        if self.report.get("refused"):
            return "refused", "stop"
        return ("waiting", "care") if self.waits else ("set aside", "plain")

    @property
    def waits(self) -> bool:
        """Whether it can still be applied. The content itself is not loaded for this."""
        return (
            self.run.applied_at is None
            and not self.report.get("refused")
            and not self.report.get("set_aside")
        )

    @property
    def counts(self) -> list[tuple[str, int, int, int]]:
        """What is new, changed and as before."""
        return [
            (name.capitalize(), counted["new"], counted["changed"], counted["unchanged"])
            for name in ("products", "batches")
            if (counted := self.report.get(name))
        ]

    @property
    def readings(self) -> list[tuple[str, str]]:
        """How many readings are of each kind."""
        words = {
            "number": "Numbers", "not-detected": "Not detected", "below-limit": "Below a limit",
            "not-tested": "Not tested", "blank": "Left blank", "rejected": "Not readable",
        }  # fmt: skip
        return [
            (words[kind], f"{count:,}") for kind, count in self.report.get("readings", {}).items() if count
        ]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Findings with a title in plain words."""
        return [
            {
                **finding,
                "title": FINDING_WORDS.get(finding["code"], finding["code"]),
                "effect": finding["effect"][:1].upper() + finding["effect"][1:],
            }
            for finding in self.report.get("findings", ())
        ]

    @property
    def rejected(self) -> Sequence[Mapping[str, Any]]:
        """The first two hundred cells that could not be read."""
        return list(self.report.get("rejected", ()))[:200]

    @property
    def rejected_count(self) -> int:
        """How many cells could not be read."""
        return int(self.report.get("rejected_count", len(self.report.get("rejected", ()))))
