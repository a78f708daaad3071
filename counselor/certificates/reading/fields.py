"""Facts of a certificate that stand behind or under a label: sample, batch, laboratory, dates, result."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from counselor.imports.reading.cells import date_of

from .pieces import Piece, pieces_of

LABELS: Mapping[str, Sequence[str]] = {
    "product": (
        "sample name", "product name", "sample", "product", "strain name", "client sample id",
        "sample description",
    ),
    "batch": (
        "batch number", "batch no", "batch #", "batch id", "batch",
        "lot number", "lot no", "lot #", "lot id", "lot",
        "production batch", "harvest/lot id", "production/batch id", "batch/lot number", "harvest batch",
    ),
    "laboratory": ("laboratory", "testing laboratory", "lab name", "lab", "tested by", "tested at"),
    "certificate_number": (
        "certificate number", "certificate no", "certificate #", "certificate id", "certificate",
        "coa number", "coa no", "coa #", "coa id", "coa",
        "report number", "report no", "report #", "report id",
    ),
    "tested_on": (
        "date tested", "test date", "tested on", "tested", "date of test", "testing date",
        "date completed", "completed", "completed on", "analysis date", "date analyzed", "analyzed",
    ),
    "reported_on": (
        "date reported", "report date", "reported", "reported on", "date issued", "issued", "date of issue",
        "published",
    ),
    "expires_on": (
        "expiration date", "expiration", "expiry date", "expiry", "expires", "expires on",
        "exp date", "exp. date",
        "use by", "best by",
    ),
    "result": (
        "overall result", "overall status", "batch result", "final result", "pass/fail", "sample result",
        "result", "status", "overall", "compliance result",
    ),
}  # fmt: skip
"""Labels as certificates of several states print them; of several for one fact, the first is taken."""

_KEYS = {label: (key, rank) for key, labels in LABELS.items() for rank, label in enumerate(labels)}
_LABEL = re.compile(
    r"(?<![\w/])("
    + "|".join(re.escape(label) for label in sorted(_KEYS, key=len, reverse=True))
    + r")\s*:\s*",
    re.IGNORECASE,
)
_RESULT = {"pass": "pass", "passed": "pass", "fail": "fail", "failed": "fail"}
_HOUSE = re.compile(r"\b(?:laborator(?:y|ies)|labs?|analytics?|analytical)\b", re.IGNORECASE)
_DAYS = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%b %d %Y")
_DAY = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}"
)


def day_of(text: str) -> date | None:
    """The day a text begins with, however it is written; None where it begins with none."""
    found = _DAY.match(text.strip())
    if found is None:
        return None
    said = found.group().replace(".", "")
    if (day := date_of(said)) is not None:
        return day
    for shape in _DAYS:
        try:
            day = datetime.strptime(said, shape).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return day if 1990 <= day.year <= 2100 else None
    return None


def result_of(text: str) -> str:
    """ "pass" or "fail" where the text is just that; empty for anything else."""
    words = text.strip().strip(".!").lower()
    return _RESULT.get(words, "")


def fields_of(lines: Sequence[str]) -> dict[str, str]:
    """What stands behind each label, as it is written, or under one with nothing behind it.

    Two different values for one label, of equal rank, are both kept, with " / " between: somebody has to
    look.
    """
    found: dict[str, dict[int, list[str]]] = {}
    for place, line in enumerate(lines):
        pieces = pieces_of(line)
        for number, piece in enumerate(pieces):
            for key, rank, value in _labelled(piece, pieces[number + 1 :], lines[place + 1 : place + 2]):
                values = found.setdefault(key, {}).setdefault(rank, [])
                if value not in values:
                    values.append(value)
    told = {key: " / ".join(ranks[min(ranks)]) for key, ranks in found.items()}
    if "result" in found:  # a single FAIL anywhere counts, whatever stands above it
        told["result"] = " / ".join(dict.fromkeys(one for ranks in found["result"].values() for one in ranks))
    if "laboratory" not in told:
        house = next((line.strip() for line in lines[:6] if _HOUSE.search(line) and ":" not in line), "")
        if house:
            told["laboratory"] = pieces_of(house)[0].text
    return told


def _labelled(piece: Piece, rest: Sequence[Piece], below: Sequence[str]) -> list[tuple[str, int, str]]:
    """(fact, rank, value) of every label in a piece: "Batch: 12 Lot: 7" has two."""
    labels = list(_LABEL.finditer(piece.text))
    told = []
    for number, label in enumerate(labels):
        ends = labels[number + 1].start() if number + 1 < len(labels) else len(piece.text)
        value = piece.text[label.end() : ends].strip()
        if not value and number + 1 == len(labels):
            value = _beside_or_below(piece, rest, below)
        key, rank = _KEYS[label.group(1).lower()]
        if key.endswith("_on") and day_of(value) is None:
            continue
        if key == "result" and not result_of(value):
            continue
        if value and len(value) <= 200:
            told.append((key, rank, value))
    return told


def _beside_or_below(piece: Piece, rest: Sequence[Piece], below: Sequence[str]) -> str:
    if rest and not rest[0].text.rstrip().endswith(":") and not _LABEL.match(rest[0].text):
        return rest[0].text
    for line in below:
        near = [one for one in pieces_of(line) if abs(one.start - piece.start) <= 3]
        if near and not _LABEL.search(near[0].text):
            return near[0].text
    return ""
