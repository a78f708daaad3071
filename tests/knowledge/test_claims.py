"""What the program must never say, looked for in every sentence that anybody is shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import counselor
from counselor import knowledge, places
from counselor.knowledge import texts
from counselor.knowledge.claims import NEVER, claims_in

PACKAGE = Path(counselor.__file__).parent
NOT_SHOWN = {"claims.py"}  # the patterns themselves


def test_no_sentence_of_the_knowledge_makes_a_forbidden_claim() -> None:
    shown = list(texts.shown(knowledge.current()))
    found = [
        (text.file, text.statement, claim, words) for text in shown for claim, words in claims_in(text.text)
    ]
    assert found == []
    assert len(shown) > 1500


def strings_of(module: Path) -> Iterator[tuple[int, str]]:
    """Every text in a module but its docstrings, with its line."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    remarks = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in remarks:
            yield node.lineno, node.value


@pytest.mark.parametrize(
    "module",
    [path for path in sorted(PACKAGE.rglob("*.py")) if path.name not in NOT_SHOWN],
    ids=lambda p: p.stem,
)
def test_no_text_in_the_code_makes_one(module: Path) -> None:
    found = [(line, claim, words) for line, text in strings_of(module) for claim, words in claims_in(text)]
    assert found == []


@pytest.mark.parametrize(
    "page", sorted(places.templates().rglob("*.html")), ids=lambda page: f"{page.parent.name}/{page.name}"
)
def test_no_page_makes_one(page: Path) -> None:
    text = re.sub(r"\{#.*?#\}|<[^>]+>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert list(claims_in(text)) == []


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("that cannabis is not addictive", "Cannabis is not addictive."),
        ("that cannabis is not addictive", "It is non-habit-forming."),
        ("that cannabis is not addictive", "You cannot get addicted to it."),
        ("that cannabis is not addictive", "There is no risk of dependence."),
        ("that it works as well as or better than a treatment", "It works better than baclofen."),
        ("that it works as well as or better than a treatment", "It is as effective as your tablets."),
        ("that it works as well as or better than a treatment", "Use it instead of your medicine."),
        ("that it is safe", "This product is safe."),
        ("that it is safe", "It has no side effects."),
        ("that it is safe", "No known interactions."),
        ("that it is safe", "It works without any risk."),
        ("that it cures", "CBD cures spasms."),
        ("that it cures", "THC can heal nerves."),
        ("that a medicine be stopped, cut or swapped", "You can stop taking your medicine."),
        ("that a medicine be stopped, cut or swapped", "Cut back on your seizure pills."),
        ("that it calms spasm by fighting inflammation", "It reduces inflammation, and so spasm."),
        ("that it calms spasm by fighting inflammation", "Its anti-inflammatory effect calms cramps."),
        ("that indica or sativa predicts anything", "Indica helps you sleep."),
        ("that indica or sativa predicts anything", "A sativa for the day."),
    ],
)
def test_the_search_finds_what_it_looks_for(claim: str, sentence: str) -> None:
    assert claim in NEVER
    assert claim in [found for found, _ in claims_in(sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody should stop taking their medicine.",
        "Never stop your medicine on your own.",
        "That does not make it safe.",
        "It is not known whether this is safe with your heart.",
        "No trial shows that it works better than baclofen.",
        "Cannabis does not cure it; nothing here cured it.",
        "Take an anti-inflammatory painkiller only with your doctor.",
        "Indica and sativa say nothing about how it works.",
        "Cannabis can be addictive.",
    ],
)
def test_it_lets_pass_what_denies_the_claim(sentence: str) -> None:
    assert list(claims_in(sentence)) == []


def test_a_denial_in_the_sentence_before_excuses_nothing() -> None:
    assert list(claims_in("Do not drive. This product is safe."))


def test_every_sentence_for_a_patient_is_short_enough_to_read_aloud() -> None:
    long = [
        (text.statement, part)
        for text in texts.shown(knowledge.current())
        if text.for_patient
        for part in re.split(r"(?<=[.!?])\s+", text.text)
        if len(part.split()) > 35
    ]
    assert long == []
