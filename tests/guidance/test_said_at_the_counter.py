"""Sentences as people say them: the dangerous alarm, the harmless do not, and each is understood."""

from __future__ import annotations

from typing import Any

import pytest

from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.resolve import resolve

from .conftest import TODAY, Ask
from .said import ABSENT, HEARD, MISSPELT, MS, Said
from .said_alarm import ALARM
from .said_quiet import QUIET

URGENCIES = ("routine", "this-week", "same-day", "emergency")


def told(ask: Ask, said: Said) -> dict[str, Any]:
    condition, field, words, more = said
    facts = {name: list(entries) for name, entries in more.items()}
    conditions = [condition, *facts.pop("conditions", [])]
    facts[field] = [*facts.get(field, []), words]
    return ask(*conditions, age=45, **facts)


def most_urgent(advice: dict[str, Any]) -> int:
    return max((URGENCIES.index(one["urgency"]) for one in advice["referrals"]), default=-1)


@pytest.mark.parametrize(("urgency", "said"), ALARM, ids=[said[2] for _, said in ALARM])
def test_danger_is_heard_however_it_is_put(ask: Ask, urgency: str, said: Said) -> None:
    advice = told(ask, said)
    assert most_urgent(advice) >= URGENCIES.index(urgency)
    if urgency in ("same-day", "emergency"):
        assert advice["disposition"]["code"] == "no-product"
        assert advice["suggestions"] == []


@pytest.mark.parametrize("said", QUIET, ids=[said[2] for said in QUIET])
def test_what_is_harmless_over_or_another_persons_alarms_nobody(ask: Ask, said: Said) -> None:
    assert most_urgent(told(ask, said)) < URGENCIES.index("same-day")


@pytest.mark.parametrize(("said", "id"), HEARD)
def test_history_is_taken_for_what_it_is(knowledge: Knowledge, said: str, id: str) -> None:
    resolved = resolve(Intake.from_json({"conditions": [MS], "history": [said]}), knowledge, on=TODAY)
    rows = [
        row for field in ("conditions", "history", "symptoms") for row in getattr(resolved.recognised, field)
    ]
    assert id in {row.id for row in rows if not row.denied}


@pytest.mark.parametrize(("said", "id"), ABSENT)
def test_what_is_denied_or_another_persons_is_not_the_patients(
    knowledge: Knowledge, said: str, id: str
) -> None:
    resolved = resolve(Intake.from_json({"conditions": [MS], "history": [said]}), knowledge, on=TODAY)
    assert id not in resolved.facts.terms


@pytest.mark.parametrize(("said", "id"), MISSPELT)
def test_a_misspelt_illness_is_understood_and_offered_back(knowledge: Knowledge, said: str, id: str) -> None:
    resolved = resolve(Intake.from_json({"conditions": [said]}), knowledge, on=TODAY)
    rows = resolved.recognised.conditions
    assert [row.id for row in rows if row.id.startswith(id)]
    assert {row.how for row in rows} == {"spelling"}
