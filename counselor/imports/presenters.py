"""How an upload or import reads on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counselor.guidance.profile import CANNABINOIDS, Unit
from counselor.guidance.shelf import FORMS
from counselor.imports.asking import UNIT_WORDS
from counselor.imports.models import ImportRun
from counselor.imports.reading.mapping import FIELDS, Proposal
from counselor.imports.reading.tables import Table
from counselor.imports.upload import samples

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
        if self.run.undone_at is not None:
            return "undone", "plain"
        if self.run.applied_at is not None:
            return "applied", "go"
        if self.report.get("unmapped"):
            return "columns not known", "care"
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
            and not self.report.get("unmapped")
        )

    @property
    def verdict(self) -> tuple[str, str]:
        """The one sentence a manager reads first, and its tone."""
        counted = self.report.get("verdict")
        if not counted:
            return "", ""
        saleable, held, lines = counted["saleable"], counted["held"], counted["lines"]
        if lines:
            return f"{lines:,} lines of certificates, to be added to batches that are there.", "info"
        if not held:
            return f"All {saleable:,} rows can be sold as they are.", "success"
        words = f"{saleable:,} rows can be sold as they are; {held:,} stay held until you decide."
        return words, "warning"

    @property
    def questions(self) -> list[dict[str, Any]]:
        """What has to be decided, with what was decided so far."""
        settled = (self.run.decisions or {}).get("settled", {})
        return [
            {
                **question,
                "title": FINDING_WORDS.get(question["code"], question["code"]),
                "choice": settled.get(question["id"], {}).get("choice", "leave"),
                "value": settled.get(question["id"], {}).get("value", "") or question["proposed"],
                "unit": settled.get(question["id"], {}).get("unit", ""),
                "offers": _offers(question["correct"]),
            }
            for question in self.report.get("questions", ())
        ]

    @property
    def typed_cells(self) -> list[tuple[int, str, str]]:
        """Cells that were put right by hand: row, column, what they say now."""
        return [(row, column, text) for row, column, text in (self.run.decisions or {}).get("cells", ())]

    @property
    def units(self) -> list[tuple[str, str]]:
        """Units to choose from."""
        return _offers("unit")

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The first rows that change something, each field with what it was and becomes; then what is new."""
        return [
            {**change, "fields": [_field_words(name, *pair) for name, pair in change["fields"].items()]}
            for change in self.report.get("changes", ())[:200]
        ]

    @property
    def changes_count(self) -> int:
        """How many rows are new or change something."""
        return int(self.report.get("changes_count", 0))

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


def _offers(kind: str) -> list[tuple[str, str]]:
    """What a question may be answered with: value and words."""
    if kind == "unit":
        return [(unit.value, words) for unit, words in UNIT_WORDS.items()]
    if kind == "form":
        return [(form, form.replace("-", " ")) for form in sorted(FORMS)]
    if kind == "analyte":
        return [(key, key) for key in CANNABINOIDS]
    return []


def _field_words(name: str, was: Any, becomes: Any) -> tuple[str, str, str]:
    return name.replace("_", " "), _value_words(was), _value_words(becomes)


def _value_words(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, dict):
        return ", ".join(
            f"{key.replace('_', ' ')} {reading[0] if reading[0] is not None else reading[1]}"
            for key, reading in value.items()
        )
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class MappingPresenter:
    """A file of no known format: each column with examples and what it may be."""

    def __init__(
        self, table: Table, proposed: Mapping[str, Proposal], typed: Mapping[str, str] | None
    ) -> None:
        self._table, self._proposed, self._typed = table, proposed, typed

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Header, three examples, what is chosen, and why it was proposed."""
        shown = []
        for place, header in enumerate(self._table.headers):
            if not header:
                continue
            proposal = self._proposed[header]
            name = f"column-{place}"
            chosen = (
                self._typed.get(name, "") if self._typed is not None else _meaning_value(proposal.meaning)
            )
            shown.append(
                {"name": name, "header": header, "examples": samples(self._table, header), "chosen": chosen,
                 "why": proposal.why if proposal.meaning else ""}
            )  # fmt: skip
        return shown

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Fields a column may be."""
        return list(FIELDS.items())

    @property
    def readings(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Readings a column may be: analyte, then each unit."""
        units = [*UNIT_WORDS.items(), (Unit.UNKNOWN, "unit not known: hold the rows")]
        return [
            (key, [(f"{key}|{unit.value}", f"{key}, {words}") for unit, words in units])
            for key in CANNABINOIDS
        ]


def _meaning_value(meaning: Any) -> str:
    return meaning if isinstance(meaning, str) else f"{meaning[0]}|{meaning[1].value}"
