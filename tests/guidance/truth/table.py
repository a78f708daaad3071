"""How a row of the truth tables is put to the program and judged: by its public answer only.

Nothing here reads the rules. The tables were written from drug labels and reviews; README.md beside this
file says what each column means and what `silent` allows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LEVELS = ("minor", "moderate", "major", "contraindicated")
NEUTRAL = "nerve pain"
"""A complaint that no medicine is blamed for, for the rows that name no condition."""

Row = dict[str, str]
Advise = Callable[[dict[str, Any]], dict[str, Any]]


def rows(name: str) -> list[Row]:
    """The rows of one CSV table beside this file."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def intake(row: Row, cannabinoid: str | None = None) -> dict[str, Any]:
    """The question that a row of interactions.csv asks, of its own cannabinoid or of another one."""
    asked = cannabinoid or row["cannabinoid"]
    found: dict[str, Any] = {
        "conditions": [row["condition"] or NEUTRAL],
        "medicines": [row["said"]],
        "exposure": {"cannabinoids": ["THC", "CBD"] if asked == "both" else [asked], "route": row["route"]},
    }
    if row["age"]:
        found["age"] = int(row["age"])
    if row["history"]:
        found["history"] = [row["history"]]
    return found


def plain(name: str) -> str:
    """A name without case and punctuation, so that "St. John's wort" is "st johns wort"."""
    return re.sub(r"\s+", " ", re.sub(r"[^a-z0-9 ]", " ", name.lower().replace("'", ""))).strip()


def same(said: str, expected: str) -> bool:
    """Whether an ingredient is the expected one; a further word ("aspart", "propionate") may follow."""
    return plain(said) == plain(expected) or plain(said).startswith(plain(expected) + " ")


def level(severity: str) -> int:
    """A severity as a number, -1 for none."""
    return LEVELS.index(severity) if severity in LEVELS else -1


def missing(row: Row, advice: dict[str, Any]) -> list[str]:
    """The expected ingredients that were not recognised."""
    got = [ingredient for one in advice["recognised"]["medicines"] for ingredient in one["ingredients"]]
    wanted = [name for name in row["ingredients"].split(";") if name]
    return [name for name in wanted if not any(same(one, other) for one in got for other in name.split("|"))]


def names(row: Row, advice: dict[str, Any]) -> set[str]:
    """Everything by which a warning may name this row's medicine: its ingredients and its classes."""
    found: set[str] = set()
    for one in advice["recognised"]["medicines"]:
        found |= {plain(name) for name in [*one["ingredients"], *one["classes"]]}
    return found


def warnings(row: Row, advice: dict[str, Any], kinds: Iterable[str]) -> list[dict[str, Any]]:
    """The warnings of these kinds that name the row's medicine."""
    mine = names(row, advice)
    return [
        one
        for one in advice["warnings"]
        if one["kind"] in kinds and any(plain(reason) in mine for reason in one["because"])
    ]


def worst(found: Iterable[dict[str, Any]]) -> int:
    """The highest level among warnings, -1 where there is none."""
    return max((level(one["severity"]) for one in found), default=-1)


def faults(row: Row, advise: Advise) -> list[str]:
    """What is wrong with the program's answer to a row, in words; empty when it is right."""
    advice = advise(intake(row))
    wrong = [f"not recognised: {name}" for name in missing(row, advice)]
    wrong += [f"unread: {one['said']}" for one in advice["unrecognised"] if one["field"] == "medicines"]
    found = warnings(row, advice, ("interaction",))
    causes = warnings(row, advice, ("cause",))
    said = ", ".join(f"{one['rule']} {one['severity']}" for one in [*found, *causes]) or "nothing"
    at_least, at_most = level(row["at_least"]), level(row["at_most"])
    if row["expect"] == "flag":
        if not found:
            wrong.append(f"not flagged (said: {said})")
        elif worst(found) < at_least:
            wrong.append(f"below {row['at_least']} (said: {said})")
    if row["expect"] == "cause" and worst(causes) < at_least:
        wrong.append(f"no cause at {row['at_least']} (said: {said})")
    if row["expect"] in ("silent", "nocause") and causes:
        wrong.append(f"blamed as a cause (said: {said})")
    if row["expect"] == "silent":
        at_most = level("minor")
        mine = names(row, advice)
        blamed = [one for one in advice["referrals"] if any(plain(name) in mine for name in one["because"])]
        wrong += [f"referred: {one['reason']}" for one in blamed]
    if at_most >= 0 and worst(found) > at_most:
        wrong.append(f"over-alarm: above {LEVELS[at_most]} (said: {said})")
    if row["not_for"]:
        other = advise(intake(row, row["not_for"]))
        stray = warnings(row, other, ("interaction",))
        if stray:
            rules = ", ".join(f"{one['rule']} {one['severity']}" for one in stray)
            wrong.append(f"flagged for {row['not_for']} too (said: {rules})")
    return wrong
