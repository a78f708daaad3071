"""What a manager has to decide about a file: findings that hold rows, grouped, with what we propose.

Pure: rows in, questions out. A question's `id` is made of what it asks, so it is the same at each reading.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from counselor.guidance.profile import CANNABINOIDS, ReadAs, Reading, Unit
from counselor.guidance.shelf import FORMS
from counselor.imports.reading import CatalogFile, NormalRow, RowHold
from counselor.imports.reading.analytes import reading_column, strange_unit
from counselor.imports.reading.dosage import form_of
from counselor.imports.reading.tables import Table

EXAMPLES = 3
MOST_QUESTIONS = 60
"""More kinds of trouble than this in one file are not decided one by one; the rest stays held."""

UNIT_WORDS = {
    Unit.PERCENT: "percent",
    Unit.MG_PER_G: "mg per gram",
    Unit.MG_PER_SERVING: "mg per serving",
    Unit.MG_PER_PACKAGE: "mg per package",
}
KIND_WORDS = {
    "inhaled": "flower, concentrates and vapes",
    "swallowed": "edibles, oils and capsules",
    "applied": "topicals",
    "": "products of unknown form",
}
_KINDS = {
    "inhaled": "inhaled",
    "swallowed": "swallowed",
    "oromucosal": "swallowed",
    "local": "applied",
    "transdermal": "applied",
}
_ANALYTE = re.compile(r"\b(" + "|".join(sorted(CANNABINOIDS, key=len, reverse=True)) + r")\b")
_PARTICULAR = re.compile(r"“[^”]*”|\([^)]*\)|\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Example:
    """One cell: its row as a spreadsheet shows it, its column, what it says, how we read it."""

    row: int
    column: str
    text: str
    read: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that holds rows until it is decided.

    `correct` names what may be put right: "unit", "form", "analyte", or nothing. `proposal` is our reading in
    words, empty where we have none; `proposed` the value it stands for. `accept` says what accepting does;
    empty: it cannot be accepted.
    """

    id: str
    code: str
    key: str
    said: str
    rows: int
    words: str
    proposal: str = ""
    proposed: str = ""
    accept: str = ""
    correct: str = ""
    examples: tuple[Example, ...] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Any]:
        """The question as it is kept with the waiting file."""
        return asdict(self)


def kind_of(form: str) -> str:
    """Inhaled, swallowed, applied, or nothing: units differ by how a product is used, within one column."""
    return _KINDS.get(FORMS[form].administration, "") if form in FORMS else ""


def topic_of(hold: RowHold, row: NormalRow) -> tuple[str, str, str]:
    """What a hold asks about: its code, the analyte, and what else tells it from others of that code."""
    found = _ANALYTE.search(hold.words)
    key = found.group() if found else ""
    if hold.code == "unit-unknown":
        return hold.code, key, kind_of(row.form)
    if hold.code == "twin-columns":
        return hold.code, key, ""
    if hold.code == "unknown-form":
        inside = re.search(r"\((.*)\)", hold.words)
        return hold.code, "", inside.group(1) if inside else ""
    return hold.code, key, _PARTICULAR.sub("…", hold.words)


def id_of(topic: tuple[str, str, str]) -> str:
    """A topic as a short name that a form can carry."""
    digest = hashlib.sha256("\x1f".join(topic).encode()).hexdigest()[:10]
    return f"{topic[0]}-{digest}"


def askable(rows: Iterable[NormalRow]) -> Iterator[NormalRow]:
    """Rows that a decision can release: not torn, not repeats, and products rather than lines."""
    return (row for row in rows if not row.skipped and not row.repeat_of and not row.is_line)


def questions(catalog: CatalogFile, cells: Cells) -> list[Question]:
    """What holds rows of this file, most rows first."""
    asked: dict[tuple[str, str, str], list[tuple[NormalRow, RowHold]]] = {}
    for row in askable(catalog.rows):
        for hold in row.hold_reasons:
            asked.setdefault(topic_of(hold, row), []).append((row, hold))
    most = sorted(asked.items(), key=lambda item: -len(item[1]))[:MOST_QUESTIONS]
    return [_question(topic, held, cells) for topic, held in most]


class Cells:
    """The file's own text of a row's column, found by the column's name or by the analyte it is read as."""

    def __init__(self, table: Table, meanings: Mapping[str, str] | None = None) -> None:
        """`meanings`: header -> analyte, where a mapping says so rather than the header itself."""
        self.headers = table.headers
        self._rows = dict(table.rows)
        self._places = {header: place for place, header in enumerate(table.headers) if header}
        self._analytes: dict[str, list[int]] = {}
        for place, header in enumerate(table.headers):
            column = reading_column(header)
            key = (meanings or {}).get(header) or (column[0] if column else strange_unit(header))
            if header and key:
                self._analytes.setdefault(key, []).append(place)

    def places(self, name: str) -> list[int]:
        """The columns that a header or an analyte stands for."""
        if name in self._places:
            return [self._places[name]]
        return self._analytes.get(name, [])

    def text(self, row: int, name: str) -> tuple[str, str]:
        """Header and text of the first column of this name that says something, else two blanks."""
        cells = self._rows.get(row) or []
        for place in self.places(name):
            if place < len(cells) and cells[place].strip():
                return self.headers[place], " ".join(cells[place].split())[:120]
        return "", ""


def said(reading: Reading | None) -> str:
    """A reading in words: "35.1 %", "not detected", "below 0.1 %", "not read"."""
    if reading is None:
        return ""
    unit = {Unit.PERCENT: "%", Unit.UNKNOWN: "of unknown unit"}.get(reading.unit) or UNIT_WORDS[reading.unit]
    if reading.is_number:
        return f"{reading.value:g} {unit}"
    if reading.read_as is ReadAs.BELOW_LIMIT and reading.limit:
        return f"below {reading.limit:g} {unit}"
    return {
        ReadAs.NOT_DETECTED: "not detected",
        ReadAs.BELOW_LIMIT: "below the limit",
        ReadAs.NOT_TESTED: "not tested",
        ReadAs.BLANK: "blank",
    }.get(reading.read_as, "not read")


def _question(
    topic: tuple[str, str, str], held: Sequence[tuple[NormalRow, RowHold]], cells: Cells
) -> Question:
    code, key, detail = topic
    rows = [row for row, _ in held]
    words = held[0][1].words
    shown = tuple(_examples(topic, held, cells))
    base: dict[str, Any] = {
        "id": id_of(topic),
        "code": code,
        "key": key,
        "rows": len({row.row for row in rows}),
    }
    if code == "unit-unknown":
        proposal, unit = _unit_proposed(rows, key, detail)
        return Question(
            **base, said=detail, words=f"Nothing says in which unit {key} is, for {KIND_WORDS[detail]}.",
            proposal=proposal, proposed=unit, accept="Read it so" if unit else "", correct="unit",
            examples=shown,
        )  # fmt: skip
    if code == "unknown-form":
        form = _form_proposed(rows)
        return Question(
            **base, said=detail,
            words=f"We cannot tell for certain what “{detail}” is and how it is taken.",
            proposal=f"By the product names it is {form.replace('-', ' ')}." if form else "",
            proposed=form, accept="Read it so" if form else "", correct="form", examples=shown,
        )  # fmt: skip
    if code == "twin-columns":
        return Question(
            **base, said="", words=words + ".",
            proposal=f"We do not store this column: {key} stays “not known”.",
            accept=f"Sell these with {key} not known", correct="analyte", examples=shown,
        )  # fmt: skip
    if code == "over-100-percent":
        return Question(
            **base, said="",
            words=f"{words}." if len(rows) == 1 else "More than the whole mass; perhaps another unit.",
            correct="unit", examples=shown,
        )  # fmt: skip
    proposal, accept = _settled(code, key, detail)
    return Question(**base, said="", words=f"{words}.", proposal=proposal, accept=accept, examples=shown)


def _settled(code: str, key: str, detail: str) -> tuple[str, str]:
    """Our proposal and what accepting it does, where there is nothing to put right but the cell itself."""
    if code == "total-mismatch":
        return "We keep the readings and work out the total ourselves (THC + 0.877 × THCA).", "Sell these so"
    if code == "duplicate":
        return "We keep the first row and leave the later one out.", "Sell the first row"
    if code == "missing" and "certificate" in detail.lower():
        return "We hold them until a certificate says “pass”.", "I have seen a passed certificate"
    if code in {"not-a-number", "formula"} and key:
        return (
            f"{key} stays “not known” in these rows. Or type the value below.",
            f"Sell with {key} not known",
        )
    if code == "not-a-date":
        return "The date stays blank. Or type it below.", "Sell without that date"
    return "We hold these rows until somebody has looked.", "I have looked: these may be sold"


def _unit_proposed(rows: Sequence[NormalRow], key: str, kind: str) -> tuple[str, str]:
    """Percent for what is inhaled, where no value contradicts it; nothing else is certain enough."""
    values = [r.value for row in rows if (r := row.analytes.get(key)) is not None and r.value is not None]
    if kind != "inhaled" or not values or max(values) > 100:
        return "", ""
    return (
        f"Flower and concentrates are sold by percent, and no value is above {max(values):g}:"
        f" we would read {key} as percent.",
        Unit.PERCENT.value,
    )


def _form_proposed(rows: Sequence[NormalRow]) -> str:
    forms = {form_of(row.name) for row in rows}
    return forms.pop() if len(forms) == 1 else ""


def _examples(
    topic: tuple[str, str, str], held: Sequence[tuple[NormalRow, RowHold]], cells: Cells
) -> Iterator[Example]:
    code, key, detail = topic
    for row, hold in held[:EXAMPLES]:
        if key and (found := cells.text(row.row, key))[0]:
            yield Example(row.row, *found, said(row.analytes.get(key)))
        elif code == "over-100-percent":
            named = [k for k in CANNABINOIDS if (r := row.analytes.get(k)) is not None and r.value]
            yield Example(row.row, row.name, ", ".join(f"{k} {said(row.analytes[k])}" for k in named[:4]))
        else:
            yield Example(row.row, row.name, detail if code == "unknown-form" else hold.words)


def verdict(rows: Iterable[NormalRow]) -> dict[str, int]:
    """How many rows can be sold as they are, are held, are lines of certificates, are not brought in."""
    counted: Counter[str] = Counter()
    for row in rows:
        if row.skipped or row.repeat_of:
            counted["left"] += 1
        elif row.is_line:
            counted["lines"] += 1
        else:
            counted["saleable" if row.saleable else "held"] += 1
    return {name: counted[name] for name in ("saleable", "held", "lines", "left")}


def noted(catalog: CatalogFile, cells: Cells, asked: Sequence[Question]) -> list[dict[str, Any]]:
    """Findings that hold nothing, with cells as examples: what was read otherwise than it was written."""
    held = {question.code for question in asked}
    rows = {row.row: row for row in catalog.rows}
    found = []
    for finding in catalog.findings:
        if finding.code in held and "saleable" in finding.effect:
            continue
        if finding.code == "twin-columns" and finding.code in held:
            continue
        numbers = [int(each) for each in re.findall(r"\d+", _where(finding.message))][:EXAMPLES]
        shown = []
        for number in numbers:
            for column in finding.columns:
                header, text = cells.text(number, column)
                if header:
                    key = (reading_column(header) or ("",))[0]
                    read = said(rows[number].analytes.get(key)) if key and number in rows else ""
                    shown.append(asdict(Example(number, header, text, read)))
                    break
        found.append({**finding.as_json(), "examples": shown})
    return found


def _where(message: str) -> str:
    found = re.search(r"Rows? ([\d, ]+)(?: and more)?\.$", message)
    return found.group(1) if found else ""
