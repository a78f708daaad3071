"""What one cell of a certificate or a menu says.

"Not detected", "below limit", "not tested", blank, rejected and the number zero stay six different things; a
cell that cannot be understood is rejected and never becomes a zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from counselor.guidance.profile import ReadAs, Reading, Unit

NOT_DETECTED = frozenset({
    "nd", "n/d", "notdetected", "nonedetected", "nondetect", "non-detect", "nondetected", "undetected",
    "notdet",
})  # fmt: skip
NOT_TESTED = frozenset({
    "nt", "n/t", "nottested", "nr", "n/r", "notreported", "na", "n/a", "notanalyzed", "notanalysed",
})  # fmt: skip
BELOW_LIMIT = frozenset({
    "bql", "blq", "bloq", "blod", "bdl", "bmdl", "trace",
    "belowloq", "belowlod", "belowdetectionlimit", "belowquantitationlimit", "belowlimitofquantitation",
})  # fmt: skip
"""Words a cell may be, without blanks and full stops. "tr", "detected" and "TNTC" are of no known meaning."""
_BELOW_NAMED = re.compile(r"[<≤](?:l?loq|lod|mdl|mrl|rl|dl|ql|pql)(?:\(?=?(\d*\.?\d+)(%?)\)?)?")
_BELOW_OF = re.compile(r"([<≤]=?\d*\.?\d+%?)\((?:l?loq|lod|mdl|mrl|rl)\)")
_NOTHING_BELOW = re.compile(r"nd\(?<?\d*\.?\d+%?\)?")
DASHES = frozenset("-–—‐‒−")

SENTINEL_NOT_DETECTED = 1e-8
SENTINEL_BELOW_LIMIT = 1e-6
"""No laboratory measures a billionth of a percent: 1e-09 was written for "ND", 1e-07 for "<LOQ" (seen side
by side
with the certificates' own lines in the Cannlytics California files)."""

UNITS = {
    "%": Unit.PERCENT, "percent": Unit.PERCENT, "pct": Unit.PERCENT, "% w/w": Unit.PERCENT,
    "%w/w": Unit.PERCENT,
    "mg/g": Unit.MG_PER_G,
    "mg/serving": Unit.MG_PER_SERVING, "mg/srv": Unit.MG_PER_SERVING, "mg/dose": Unit.MG_PER_SERVING,
    "mg/piece": Unit.MG_PER_SERVING, "mg/capsule": Unit.MG_PER_SERVING, "mg/tablet": Unit.MG_PER_SERVING,
    "mg/pill": Unit.MG_PER_SERVING, "mg/gummy": Unit.MG_PER_SERVING, "mg/lozenge": Unit.MG_PER_SERVING,
    "mg/container": Unit.MG_PER_PACKAGE, "mg/bottle": Unit.MG_PER_PACKAGE,
    "mg/unit": Unit.MG_PER_PACKAGE, "mg/pkg": Unit.MG_PER_PACKAGE, "mg/package": Unit.MG_PER_PACKAGE,
    "mg/pack": Unit.MG_PER_PACKAGE,
    "mg": Unit.UNKNOWN, "mgs": Unit.UNKNOWN, "g": Unit.UNKNOWN, "mg/ml": Unit.UNKNOWN, "ppm": Unit.UNKNOWN,
    "ug/g": Unit.UNKNOWN, "µg/g": Unit.UNKNOWN,
}  # fmt: skip
"""Units as cells carry them. A bare "mg" says neither per piece nor per pack; mg/mL needs a density nobody
gave.
"""

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)*|[.,]\d+)(?:[eE][+-]?\d+)?")
_VERDICT = re.compile(r"\s*(?:passed|pass|failed|fail)\s*$", re.IGNORECASE)
_INVISIBLE = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\ufeff": None, "\u200b": None, "％": "%"}
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?")


@dataclass(frozen=True, slots=True)
class Cell:
    """A reading and how it was written. `code` names the fault of a rejected one, `stated` the unit it
    carried.
    """

    reading: Reading
    code: str = ""
    message: str = ""
    stated: str = ""
    differs: bool = False
    """Whether the stated unit is another than the column's."""

    @property
    def is_percent_sign(self) -> bool:
        """Whether the cell itself was written with a percent sign."""
        return self.stated == "%"


@lru_cache(maxsize=16384)
def number_of(text: str, *, decimal_comma: bool = False) -> float | None:
    """The number a text is, or None. "1,120" is a thousand, "12,5" twelve and a half; what may be both is
    None.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    bare = text.lstrip("+-")
    if "," in bare:
        if decimal_comma:
            if bare.count(",") > 1:
                return None
            bare = bare.replace(".", "").replace(",", ".")
        elif _THOUSANDS.fullmatch(bare):
            bare = bare.replace(",", "")
        elif bare.count(",") == 1 and "." not in bare and len(bare.split(",")[1]) in (1, 2):
            bare = bare.replace(",", ".")
        else:
            return None
    if bare.count(".") > 1 or bare in ("", "."):
        return None
    value = float(bare)
    if value == float("inf"):
        return None
    return -value if text.startswith("-") else value


@lru_cache(maxsize=16384)
def read_cell(text: str, unit: Unit, *, decimal_comma: bool = False) -> Cell:
    """Understand a reading's cell, in the unit of its column unless the cell carries its own."""
    said = " ".join(text.translate(_INVISIBLE).split())
    if not said:
        return Cell(Reading(None, unit, ReadAs.BLANK))
    if said[0] == "=":
        return _rejected(unit, "formula", f"“{said}” is a formula, not a value. Paste it as a value.")
    bare = said.rstrip("* ")  # a footnote's mark
    low = bare.lower().replace(" ", "")
    if low and set(low) <= DASHES:
        return Cell(
            Reading(None, unit, ReadAs.BLANK)
        )  # a dash says nothing: not a zero, and no test result either
    word = low if low[:1].isdigit() else low.replace(".", "")
    if word == "notreadable":  # our own export of a cell that was rejected before; its hold stands beside it
        return Cell(Reading(None, unit, ReadAs.REJECTED))
    if word in NOT_DETECTED or _NOTHING_BELOW.fullmatch(low):
        return Cell(Reading(None, unit, ReadAs.NOT_DETECTED))
    if word in NOT_TESTED:
        return Cell(Reading(None, unit, ReadAs.NOT_TESTED))
    if word in BELOW_LIMIT:
        return Cell(Reading(None, unit, ReadAs.BELOW_LIMIT))
    if named := _BELOW_NAMED.fullmatch(low):
        return Cell(
            Reading(None, unit, ReadAs.BELOW_LIMIT, float(named[1]) if named[1] else None),
            stated=named[2] or "",
        )
    if of := _BELOW_OF.fullmatch(low):
        bare = of[1]
    return (
        _measured(bare, unit, decimal_comma)
        if bare
        else _rejected(unit, "not-a-number", f"“{said}” is not a number, and not a word that stands for one.")
    )


def _measured(said: str, unit: Unit, decimal_comma: bool) -> Cell:
    below = said[0] in "<≤"
    rest = _VERDICT.sub("", said[1:].lstrip("=").strip() if below else said)
    found = _NUMBER.match(rest)
    if found is None:
        return _rejected(
            unit, "not-a-number", f"“{said}” is not a number, and not a word that stands for one."
        )
    suffix = rest[found.end() :].strip().lower().replace(" per ", "/").replace(" / ", "/")
    stated = UNITS.get(suffix) if suffix else None
    value = number_of(found.group(), decimal_comma=decimal_comma)
    if value is None or (suffix and stated is None):
        return _rejected(unit, "not-a-number", f"“{said}” cannot be read as one number with a unit we know.")
    if value < 0:
        return _rejected(unit, "not-a-number", f"“{said}” is below zero, which no reading can be.")
    actual = stated or unit
    if below:
        return Cell(
            Reading(None, actual, ReadAs.BELOW_LIMIT, value or None),
            stated=suffix,
            differs=actual is not unit,
        )
    if 0 < value <= SENTINEL_NOT_DETECTED:
        return Cell(Reading(None, actual, ReadAs.NOT_DETECTED))
    if 0 < value <= SENTINEL_BELOW_LIMIT:
        return Cell(Reading(None, actual, ReadAs.BELOW_LIMIT))
    return Cell(Reading(value, actual, ReadAs.NUMBER), stated=suffix, differs=actual is not unit)


def _rejected(unit: Unit, code: str, message: str) -> Cell:
    return Cell(Reading(None, unit, ReadAs.REJECTED), code, message)


_DATES = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%m/%d/%Y",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%y",
)


@lru_cache(maxsize=4096)
def date_of(text: str) -> date | None:
    """The day a text names (ISO, or month/day/year as American laboratories write), or None."""
    said = text.strip()
    for shape in _DATES:
        try:
            day = datetime.strptime(said, shape).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return day if 1990 <= day.year <= 2100 else None
    return None


_GRAMS = re.compile(r"(\d*\.?\d+)\s*(mg|g|grams?)\b", re.IGNORECASE)


def grams_of(text: str) -> float | None:
    """Grams named in words: "0.1 g", "4.3 grams per Serving", "500 mg"; None where no mass is named."""
    found = _GRAMS.search(text)
    if found is None:
        return None
    value = float(found.group(1)) / (1000 if found.group(2).lower() == "mg" else 1)
    return value if value > 0 else None
