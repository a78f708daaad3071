"""Facts that cannot both be so: told to the counselor as something to confirm, while the safer one counts.

These are questions for the counter, not findings. All rest on house policy.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from .advice import RecognisedTerm
from .intake import Intake

OF_WOMEN = ("pregnancy", "breastfeeding", "postpartum")
OF_MEN = ("enlarged-prostate",)
PREGNANCY_UNLIKELY_FROM = 56
"""Years of age from which a pregnancy is asked about once more."""
DRIVES_FROM = 14
"""Years of age below which "drives" is asked about; below that of the earliest learner's permits."""
PAIRS = (
    ("pregnancy", "pregnancy-past"),
    ("drives", "no-driving"),
    ("smoker", "non-smoker"),
)
"""Two terms that say the opposite of each other."""

Rows = Mapping[str, Sequence[RecognisedTerm]]


def with_questions(
    intake: Intake, rows: Rows, of_others: Container[tuple[str, str]] = ()
) -> dict[str, list[RecognisedTerm]]:
    """The same rows, each that another contradicts with the question to ask in `to_confirm`.

    `of_others`: what was said and the id of rows that are denied because a relative has it; no contradiction.
    """
    own = {name: [row for row in told if (row.said, row.id) not in of_others] for name, told in rows.items()}
    questions = _questions(intake, own)
    return {
        name: [
            replace(row, to_confirm=" ".join(filter(None, (row.to_confirm, questions[row.id]))))
            if row.id in questions and not row.denied
            else row
            for row in entries
        ]
        for name, entries in rows.items()
    }


def _questions(intake: Intake, rows: Rows) -> dict[str, str]:
    present: dict[str, RecognisedTerm] = {}
    denied: dict[str, RecognisedTerm] = {}
    for entries in rows.values():
        for row in entries:
            (denied if row.denied else present).setdefault(row.id, row)
    out: dict[str, str] = {}
    for id, row in present.items():
        told = f"“{_short(row.said)}”"
        if id in denied:
            both = told if denied[id].said == row.said else f"{told} and “{_short(denied[id].said)}”"
            out[id] = f"Told both ways: {both}. Ask which is right; until then it counts as there."
        elif (id in OF_WOMEN and intake.sex == "male") or (id in OF_MEN and intake.sex == "female"):
            out[id] = f"Recorded as {intake.sex}, and told: {told}. Ask which is right; until then it counts."
        elif id == "pregnancy" and intake.age is not None and intake.age >= PREGNANCY_UNLIKELY_FROM:
            out[id] = f"Aged {intake.age}, and told: {told}. Ask which is right; until then it counts."
        elif id == "drives" and intake.age is not None and intake.age < DRIVES_FROM:
            out[id] = f"Aged {intake.age}, and told: {told}. Ask which is right; until then both count."
    for one, other in PAIRS:
        if one in present and other in present:
            out.setdefault(
                one,
                f"Told both ways: “{_short(present[one].said)}” and “{_short(present[other].said)}”. "
                "Ask which is right; until then it counts as there.",
            )
    return out


def _short(said: str) -> str:
    """An entry as a question can quote it."""
    return said if len(said) <= 80 else f"{said[:77].rstrip()}..."
