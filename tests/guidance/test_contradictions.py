"""Facts that cannot both be so, and input that nobody means: answered soon, safely, and said back."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .conftest import Ask
from .said import MS
from .said_alarm import ALARM
from .said_quiet import QUIET


def questions(advice: dict[str, Any], id: str) -> list[str]:
    return [
        row["to_confirm"]
        for field in ("history", "symptoms")
        for row in advice["recognised"][field]
        if row["id"] == id and not row["denied"]
    ]


@pytest.mark.parametrize(
    ("facts", "id"),
    [
        ({"sex": "male", "age": 30, "history": ["pregnant"]}, "pregnancy"),
        ({"sex": "female", "age": 80, "history": ["pregnant"]}, "pregnancy"),
        ({"sex": "female", "age": 30, "history": ["not pregnant", "8 weeks along"]}, "pregnancy"),
        ({"sex": "female", "age": 30, "history": ["not pregnant, 8 weeks along"]}, "pregnancy"),
        ({"sex": "female", "age": 45, "history": ["hysterectomy", "pregnant"]}, "pregnancy"),
        ({"age": 12, "history": ["drives to school"]}, "drives"),
        ({"age": 40, "history": ["no chest pain"], "symptoms": ["chest pain since Friday"]}, "chest-pain"),
    ],
)
def test_a_contradiction_is_asked_about_and_the_safer_reading_counts(
    ask: Ask, facts: dict[str, Any], id: str
) -> None:
    advice = ask(MS, **facts)
    assert all("Ask which is right" in question for question in questions(advice, id))
    assert questions(advice, id)
    assert advice["disposition"]["code"] == "no-product"


@pytest.mark.parametrize(
    "facts",
    [
        {"sex": "female", "age": 30, "history": ["pregnant"]},
        {"sex": "male", "age": 30, "history": ["not pregnant"]},
        {"age": 40, "history": ["no asthma, COPD", "drives"]},
        {"age": 40, "history": ["my son has epilepsy", "my dog had a seizure yesterday"]},
        {"age": 40, "history": ["seizure last Thursday", "my son had a seizure on Friday"]},
    ],
)
def test_what_agrees_raises_no_question(ask: Ask, facts: dict[str, Any]) -> None:
    rows = [row for field in ("history", "symptoms") for row in ask(MS, **facts)["recognised"][field]]
    assert not [row for row in rows if row["to_confirm"]]


SENTENCES = [said[2] for _, said in ALARM] + [said[2] for said in QUIET]


@pytest.mark.parametrize(
    "facts",
    [
        {"history": ["a" * 5_000]},
        {"history": ["no " * 1_666]},
        {"history": ["," * 5_000]},
        {"history": [("no chest pain " + "or xx " * 900)[:5_000]]},
        {"history": [" ".join(f"zqxwv{i}k" for i in range(600))[:5_000]]},
        {"symptoms": [("chest pain " * 500)[:5_000]]},
        {"medicines": [("my leg hurts and jumps at night, " * 200)[:5_000]]},
        {"history": ["\N{PREGNANT WOMAN}\N{FIRE}", "беременна", "怀孕了", "'; DROP TABLE patients;--"]},
        {"history": [f"{SENTENCES[i % len(SENTENCES)]} {i}" for i in range(300)]},
        {"history": [f"{'my leg hurts and jumps at night, ' * 20}{i}" for i in range(300)]},
    ],
    ids=[
        "one letter",
        "no",
        "commas",
        "or",
        "unknown words",
        "one phrase",
        "medicines",
        "scripts",
        "300",
        "300 long",
    ],
)
def test_hostile_input_is_answered_in_bounded_time(ask: Ask, facts: dict[str, Any]) -> None:
    start = time.process_time()
    advice = ask(MS, age=40, **facts)
    assert time.process_time() - start < 1.5
    assert advice["disposition"]["code"] in ("suggest", "refer-first", "no-product")


def test_what_nobody_understands_is_said_back(ask: Ask) -> None:
    said = ["беременна", "怀孕了", "\N{PREGNANT WOMAN}", "'; DROP TABLE patients;--"]
    unread = {row["said"] for row in ask(MS, age=40, history=said)["unrecognised"]}
    assert set(said[:3]) <= unread
    assert any("DROP TABLE" in words for words in unread)


def test_beyond_thirty_pages_nothing_is_read_and_all_of_it_is_said_back(ask: Ask) -> None:
    entries = [f"{'my leg hurts and jumps at night, ' * 20}{i}" for i in range(300)]
    advice = ask(MS, age=40, history=entries)
    heard = {row["said"] for row in advice["recognised"]["history"]}
    unread = {row["said"] for row in advice["unrecognised"]}
    assert heard | unread >= set(entries)
