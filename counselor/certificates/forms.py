"""What is asked for around certificates: a reason to withdraw one, and what is confirmed from one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from counselor.catalog.presenters import UNIT_WORDS, analyte_words
from counselor.certificates.reading import Proposal
from counselor.guidance.profile import CANNABINOIDS, ReadAs, Reading, Unit
from counselor.imports.reading.analytes import analyte_of, plain
from counselor.imports.reading.cells import date_of, read_cell
from counselor.web.forms import RoomForm, tidy

FACTS: Mapping[str, tuple[str, int]] = {
    "tested_on": ("Tested on", 0),
    "expires_on": ("Expires on", 0),
    "laboratory": ("Laboratory", 200),
    "certificate_number": ("Certificate number", 120),
}
"""Facts of a batch that a certificate may confirm: label and most characters, 0 for a date."""
MOST_LINES = 160
BLANK_LINES = 4


class WithdrawForm(RoomForm):
    """Take a certificate off a batch."""

    reason = TextAreaField(
        "Why is it withdrawn?",
        [DataRequired("Write why this certificate no longer counts."), Length(max=1000)],
    )


class ShareForm(RoomForm):
    """Attach a document that is kept already to another batch."""

    number = StringField("Batch number", [DataRequired("Write the other batch's number."), Length(max=120)])
    sku = StringField(
        "SKU", [Optional(), Length(max=80)], description="Needed only where two products have the number."
    )


@dataclass
class Fact:
    """One fact to confirm: what was read or typed, and whether it is taken."""

    key: str
    label: str
    value: str
    taken: bool
    error: str = ""

    @property
    def is_date(self) -> bool:
        """Whether it is a day."""
        return FACTS[self.key][1] == 0


@dataclass
class Line:
    """One reading to confirm, as text a person can correct."""

    number: int
    analyte: str = ""
    unit: str = ""
    value: str = ""
    taken: bool = False
    problem: str = ""
    error: str = ""

    @property
    def words(self) -> str:
        """The analyte in words; empty on a line to fill in by hand."""
        return analyte_words(self.analyte) if self.analyte else ""


@dataclass
class ConfirmForm:
    """What a person confirms of a certificate. Shape is checked here; each message names its line."""

    facts: list[Fact]
    lines: list[Line]
    hold: bool = False
    reason: str = ""
    release: frozenset[int] = frozenset()
    seen: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)
    said_facts: dict[str, str | date | None] = field(default_factory=dict)
    said_readings: list[tuple[str, Reading]] = field(default_factory=list)

    @classmethod
    def of(cls, proposal: Proposal, *, stored: Mapping[str, Any], doubtful: bool, seen: str) -> ConfirmForm:
        """The form as it is first shown. Where the document may be another batch's, nothing is ticked."""
        facts = []
        for key, (label, _) in FACTS.items():
            value = getattr(proposal, key)
            ticked = bool(value) and value != stored[key] and not doubtful
            facts.append(
                Fact(key, label, "" if value is None else str(value)[: FACTS[key][1] or None], ticked)
            )
        lines = [
            Line(n, one.analyte, one.reading.unit.value, written(one.reading, one.said),
                 not one.problem and not doubtful, one.problem)
            for n, one in enumerate(proposal.readings[: MOST_LINES - BLANK_LINES])
        ]  # fmt: skip
        lines += [Line(len(lines) + n) for n in range(BLANK_LINES)]
        return cls(facts, lines, hold=proposal.result == "fail" and not doubtful, seen=seen)

    @classmethod
    def sent(cls, typed: MultiDict[str, str]) -> ConfirmForm:
        """The form as it was sent."""
        facts = [
            Fact(key, label, tidy(typed.get(key, ""))[:400], f"take-{key}" in typed)
            for key, (label, _) in FACTS.items()
        ]
        lines = []
        for n in range(MOST_LINES):
            if f"line-{n}-value" not in typed:
                break
            analyte, unit, value = (tidy(typed.get(f"line-{n}-{name}", ""))[:100]
                                    for name in ("analyte", "unit", "value"))  # fmt: skip
            lines.append(Line(n, analyte, unit, value, f"line-{n}-take" in typed))
        release = frozenset(int(one) for one in typed.getlist("release") if re.fullmatch(r"[0-9]{1,9}", one))
        reason, seen = tidy(typed.get("reason", ""))[:1000], typed.get("seen", "")[:64]
        return cls(facts, lines, "hold" in typed, reason, release, seen)

    def validate(self, *, today: date) -> bool:
        """Understand what is ticked; False where something is not right, with `errors` saying what."""
        for fact in self.facts:
            if fact.taken:
                self._fact(fact, today)
        dates = self.said_facts
        tested, expires = dates.get("tested_on"), dates.get("expires_on")
        if isinstance(tested, date) and isinstance(expires, date) and expires < tested:
            self._fault("expires_on", "It cannot expire before it was tested.")
        for line in self.lines:
            if line.taken:
                self._line(line)
        if self.release and not self.reason:
            self._fault("reason", "Write why the hold is settled.")
        if self.release and self.hold:
            self._fault("hold", "A hold cannot be released and placed in one step. Untick one of them.")
        if not self.errors and not (self.said_facts or self.said_readings or self.release or self.hold):
            self._fault("", "Nothing is ticked. Tick what is right, or leave the page.")
        return not self.errors

    def _fact(self, fact: Fact, today: date) -> None:
        if not fact.value:
            fact.error = f"{fact.label}: write it, or untick it."
        elif fact.is_date:
            day = date_of(fact.value)
            if day is None:
                fact.error = f"{fact.label}: “{fact.value}” is not a day. Write it like 2026-11-03."
            elif fact.key == "tested_on" and day > today:
                fact.error = f"{fact.label}: {day} is in the future."
            self.said_facts[fact.key] = day
        elif len(fact.value) > FACTS[fact.key][1]:
            fact.error = f"{fact.label}: at most {FACTS[fact.key][1]} characters."
        else:
            self.said_facts[fact.key] = fact.value
        if fact.error:
            self._fault(fact.key, fact.error)

    def _line(self, line: Line) -> None:
        where = f"{line.words or 'Line'} “{line.value}”"
        if line.analyte not in CANNABINOIDS and analyte_of(plain(line.analyte)) != line.analyte:
            line.error = f"{where}: choose the cannabinoid."
        elif line.unit not in UNITS:
            line.error = f"{where}: choose the unit."
        elif not line.value:
            line.error = f"{line.words}: write what the certificate says, or untick it."
        else:
            cell = read_cell(line.value, Unit(line.unit))
            if cell.reading.read_as in (ReadAs.REJECTED, ReadAs.BLANK):
                line.error = (
                    f"{line.words}: {cell.message or 'a dash says nothing. Write ND, NT, <LOQ or a number.'}"
                )
            elif cell.differs:
                line.error = f"{where} names another unit than the one chosen beside it."
            elif cell.reading.unit is Unit.PERCENT and (cell.reading.value or 0) > 100:
                line.error = f"{where}: more than 100 %."
            elif any((line.analyte, cell.reading.unit) == (key, one.unit) for key, one in self.said_readings):
                line.error = f"{where}: ticked twice in the same unit."
            else:
                self.said_readings.append((line.analyte, cell.reading))
        if line.error:
            self._fault(f"line-{line.number}-value", line.error)

    def _fault(self, where: str, message: str) -> None:
        self.errors.append({"field": where, "message": message})


UNITS: Mapping[str, str] = {unit.value: UNIT_WORDS[unit] for unit in Unit if unit is not Unit.UNKNOWN}


def written(reading: Reading, said: str) -> str:
    """A reading as text to correct, from which the same reading is read again."""
    match reading.read_as:
        case ReadAs.NOT_DETECTED:
            return "ND"
        case ReadAs.NOT_TESTED:
            return "NT"
        case ReadAs.BELOW_LIMIT:
            return "<LOQ" if reading.limit is None else f"<{reading.limit:g}"
        case _:
            return said.strip()


def analyte_choices() -> Sequence[tuple[str, str]]:
    """Cannabinoids for a line that is filled in by hand."""
    return [(key, analyte_words(key)) for key in CANNABINOIDS]
