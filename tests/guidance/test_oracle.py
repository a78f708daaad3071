"""The engine agrees with a slow, independent reading of the rules (oracle.py) on random people.

10,000 of them here, 100,000 in CI; COUNSELOR_ORACLE_CASES=1000000 asks for a million. The seed is fixed, so a
disagreement comes back; each says whom it was about.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from datetime import date

import pytest

from counselor import places
from counselor.guidance.advise import advise
from counselor.guidance.intake import Clearance, CurrentUse, Exposure, Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.resolve import resolve
from counselor.guidance.shelf import ROUTES, Shelf

from .conftest import TODAY
from .oracle import STOPS, Files, Person, expect

BLOCKS = 20
CASES = int(os.environ.get("COUNSELOR_ORACLE_CASES") or (100_000 if os.environ.get("CI") else 10_000))
EMPTY = Shelf()


@dataclass(frozen=True)
class Words:
    """Ids that the program reads as just themselves: what is compared is the reasoning, not the reading."""

    medicines: list[str]
    usual: list[str]
    """Medicines of which some rule speaks: half of everything taken is drawn from these."""
    classes: dict[str, str]
    terms: list[str]
    conditions: list[str]
    rules: list[str]
    counted: list[str]
    """Ingredients that a term counts as: "drinks every day" is alcohol."""


@pytest.fixture(scope="module")
def files() -> Files:
    return Files.read(places.seed() / "knowledge")


@pytest.fixture(scope="module")
def words(knowledge: Knowledge, files: Files) -> Words:
    def facts(**said: tuple[str, ...]):
        return resolve(Intake(conditions=said.pop("conditions", ()), **said), knowledge, on=TODAY).facts

    medicines = [
        name
        for name in sorted(files.ingredients)
        if set((read := facts(medicines=(name,))).ingredients) == {name} and not read.terms
    ]
    named = {name for rule in files.rules for name in rule.get("ingredients", ())}
    flagged = {c for rule in files.rules for c in rule.get("classes", ())}
    classes: dict[str, str] = {}
    for name, entry in sorted((entry.name, entry) for entry in knowledge.medicines.names.values()):
        if entry.how == "class" and not entry.ingredients and len(entry.classes) == 1:
            read = facts(medicines=(name,))
            if read.class_only == entry.classes and not read.ingredients and not read.terms:
                classes.setdefault(entry.classes[0], name)
    return Words(
        medicines,
        [m for m in medicines if m in named or flagged & set(files.ingredients[m])],
        classes,
        [
            id
            for id, row in sorted(files.terms.items())
            if row["kind"] in ("history", "symptom", "goal")
            and (read := facts(history=(id,))).said_as.get(id) == id
            and set(read.said_as.values()) == {id}
            and (row.get("ingredient") or not read.ingredients)
        ],
        [
            id
            for id, row in sorted(files.conditions.items())
            if not row.get("generic")
            and not row.get("becomes")
            and facts(conditions=(id,)).conditions == (id,)
        ],
        sorted({row["id"] for row in (*files.rules, *files.families, *files.flags)}),
        sorted({row["ingredient"] for row in files.terms.values() if row.get("ingredient")}),
    )


def somebody(chance: random.Random, words: Words) -> Person:
    """One random person; most are ordinary, some have everything at once."""
    many = chance.random() < 0.1
    medicines = [
        chance.choice(words.usual if chance.random() < 0.7 else words.medicines)
        for _ in range(chance.randint(0, 12 if many else 5))
    ]
    asked = None
    if chance.random() < 0.75:
        asked = (
            chance.choice([("THC",), ("CBD",), ("THC", "CBD")]),
            chance.choice([*ROUTES, ""]),
        )
    return Person(
        medicines=tuple(dict.fromkeys(medicines)),
        classes=tuple(chance.sample(sorted(words.classes), chance.choice([0, 0, 0, 1, 2]))),
        terms=tuple(chance.sample(words.terms, chance.randint(0, 6 if many else 3))),
        conditions=(chance.choice(words.conditions),) if chance.random() < 0.7 else (),
        age=chance.choice([None, 17, 18, 24, 25, 64, 65, 80, chance.randint(0, 100)]),
        sex=chance.choice(["", "female", "male"]),
        experience=chance.choice(["none", "occasional", "regular"]),
        wishes=tuple(chance.sample(ROUTES, chance.randint(0, 4))),
        uses_by=chance.choice(["", "", *ROUTES]),
        cbd_used=chance.choice([None, None, 10.0, 50.0, 100.0, 300.0]),
        asked=asked,
        cleared=tuple(chance.sample(words.rules, chance.choice([0, 0, 2, 30]))),
    )


def intake_of(person: Person, words: Words) -> Intake:
    everything = (*person.medicines, *person.classes, *person.conditions, *words.terms, *words.counted, "age")
    return Intake(
        conditions=person.conditions,
        age=person.age,
        sex=person.sex,
        routes=person.wishes,
        medicines=(*person.medicines, *(words.classes[c] for c in person.classes)),
        history=person.terms,
        experience=person.experience,
        current_use=CurrentUse(person.uses_by, None, None, person.cbd_used),
        exposure=Exposure(*person.asked) if person.asked else None,
        clearances=tuple(
            Clearance(rule, "pharmacist", TODAY, date(2027, 1, 1), "", everything) for rule in person.cleared
        ),
    )


def shown(warnings: dict[str, tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted((rule, *rest) for rule, rest in warnings.items())


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_engine_and_the_oracle_agree(
    block: int, knowledge: Knowledge, files: Files, words: Words
) -> None:
    chance = random.Random(block)
    for _ in range(max(1, CASES // BLOCKS)):
        person = somebody(chance, words)
        advice = advise(intake_of(person, words), EMPTY, knowledge, on=TODAY)
        expected = expect(person, files)
        found = {
            w.rule: (w.severity, sorted(w.because), sorted(w.cannabinoids), sorted(w.routes), w.cleared)
            for w in advice.warnings
        }
        wanted = {
            rule: (w.severity, sorted(w.because), sorted(w.cannabinoids), sorted(w.routes), w.cleared)
            for rule, w in expected.warnings.items()
        }
        assert shown(found) == shown(wanted), person
        stops = set(advice.disposition.because) if advice.disposition.code == "no-product" else set()
        urgent = {f["id"] for f in files.flags if f["id"] in expected.flags and f["urgency"] in STOPS}
        assert urgent <= stops, person
        if person.asked is not None or expected.disposition == "no-product":
            assert advice.disposition.code == expected.disposition, person
        else:
            assert advice.disposition.code != "no-product", person


def test_there_is_enough_to_draw_from(words: Words) -> None:
    assert len(words.medicines) > 1500
    assert len(words.usual) > 500
    assert len(words.classes) > 30
    assert len(words.terms) > 150
    assert len(words.conditions) > 15
