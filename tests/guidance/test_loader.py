"""The loader refuses what cannot be relied on, and says where: one broken copy of the knowledge each time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from counselor import places
from counselor.guidance.knowledge import Knowledge, Review
from counselor.guidance.loader import KnowledgeError, load

from .conftest import TODAY

Break = Callable[[str], str]


def broken(tmp_path: Path, file: str, change: Break) -> str:
    """Load a copy of the knowledge with one file changed; gives what the loader says about it."""
    copy = tmp_path / "knowledge"
    shutil.copytree(places.seed() / "knowledge", copy)
    path = copy / file
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the case does not change its file"
    path.write_text(after, encoding="utf-8")
    with pytest.raises(KnowledgeError) as refused:
        load(copy)
    return str(refused.value)


def first(pattern: str, by: str) -> Break:
    return lambda text: re.sub(pattern, by, text, count=1, flags=re.MULTILINE)


def appended(text: str) -> Break:
    return lambda before: f"{before}\n{text}\n"


A_RULE = """
[[rule]]
id = "{id}"
kind = "interaction"
direction = "additive"
{subject}
cannabinoids = ["THC"]
severity = "minor"
certainty = "C"
refer = "no"
effect = "a"
action = "b"
mechanism = "c"
handout = "d"
sources = [{{ key = "house-policy", at = "" }}]
"""

CASES: dict[str, tuple[str, Break, list[str]]] = {
    "a file that is no TOML": ("doses.toml", lambda _: "[[dose]\n", ["doses.toml", "cannot be read as TOML"]),
    "a table nobody knows": ("doses.toml", appended('[[dosis]]\nid = "x"'), ["doses.toml", "dosis"]),
    "a missing field": ("red-flags.toml", first(r"^reason = .*$", ""), ["red-flags.toml", "lacks reason"]),
    "an empty field": (
        "red-flags.toml",
        first(r"^reason = .*$", 'reason = " "'),
        ["red-flags.toml", "reason is empty"],
    ),
    "a field too many": (
        "red-flags.toml",
        first(r"^reason = ", 'reasons = "x"\nreason = '),
        ["red-flags.toml", "reasons"],
    ),
    "an unknown severity": (
        "interactions/sedatives.toml",
        first(r'^severity = "\w+"', 'severity = "awful"'),
        ["awful", "not one of"],
    ),
    "an unknown grade": (
        "evidence/pain.toml",
        first(r'^grade = ".*"', 'grade = "great"'),
        ["evidence/pain.toml", "great"],
    ),
    "a statement without source": (
        "doses.toml",
        first(r"^sources = \[[^\]]*\]", "sources = []"),
        ["doses.toml", "names no source"],
    ),
    "a source nobody wrote down": (
        "doses.toml",
        first(r'key = "[^"]+"', 'key = "nobody-1999"'),
        ["doses.toml", "nobody-1999"],
    ),
    "a source nobody cites": (
        "sources/evidence.toml",
        appended(
            '[[source]]\nkey = "lonely"\ncitation = "L"\nurl = ""\nkind = "trial"\nchecked = "abstract"'
        ),
        ["lonely", "cited by no statement"],
    ),
    "two statements with one id": (
        "doses.toml",
        lambda text: text + text[text.index("[[dose]]") : text.index("[[dose]]", 400)],
        ["doses.toml", "a second dose"],
    ),
    "a statement without review": (
        "doses.toml",
        first(r"^checked_by = .*$", ""),
        ["doses.toml", "no review"],
    ),
    "a rule that can never fire": (
        "causes.toml",
        appended(A_RULE.format(id="idle", subject="")),
        ["idle", "can never fire"],
    ),
    "a rule about an unknown class": (
        "causes.toml",
        appended(A_RULE.format(id="odd", subject='classes = ["wonder-drug"]')),
        ["odd", "wonder-drug"],
    ),
    "a rule about an unknown medicine": (
        "causes.toml",
        appended(A_RULE.format(id="odd", subject='ingredients = ["glorbizol"]')),
        ["odd", "glorbizol"],
    ),
    "a rule about an unknown term": (
        "causes.toml",
        appended(A_RULE.format(id="odd", subject='terms = ["wibbled"]')),
        ["odd", "wibbled"],
    ),
    "a red flag about nothing known": (
        "red-flags.toml",
        first(r"^all_of = .*$", 'all_of = [["wibbled"]]'),
        ["red-flags.toml", "wibbled"],
    ),
    "a class without members": (
        "medicines/classes.csv",
        appended("empty-class,Empty,Empties,,").__call__,
        ["classes.csv", "empty-class", "has no member"],
    ),
    "a brand of an unknown medicine": (
        "medicines/names.csv",
        appended("Glorb,glorbizol,brand,,3,"),
        ["names.csv", "Glorb", "glorbizol"],
    ),
    "a row with a missing cell": ("medicines/names.csv", appended("Glorb,baclofen"), ["names.csv", "cells"]),
    "words that mean two things": (
        "terms.toml",
        appended('[[term]]\nid = "copy"\nname = "Copy"\nkind = "history"\nsynonyms = ["copd"]'),
        ["terms.toml", "copy", "already mean"],
    ),
    "a condition without a route": (
        "evidence/cramps.toml",
        lambda text: re.sub(r'(condition = "muscle-cramp"\nroute = )"topical"', r'\1"edible"', text),
        ["muscle-cramp", "route topical"],
    ),
    "a version without name": ("version.toml", first(r"^name = .*$", ""), ["version.toml", "no name"]),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_loader_refuses(case: str, tmp_path: Path) -> None:
    file, change, expected = CASES[case]
    said = broken(tmp_path, file, change)
    assert all(part in said for part in expected), said


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    said = broken(
        tmp_path,
        "causes.toml",
        appended(
            A_RULE.format(id="idle", subject="") + A_RULE.format(id="odd", subject='terms = ["wibbled"]')
        ),
    )
    assert "idle" in said and "wibbled" in said


def test_the_version_is_the_content(tmp_path: Path, knowledge: Knowledge) -> None:
    copy = tmp_path / "knowledge"
    shutil.copytree(places.seed() / "knowledge", copy)
    assert load(copy).version == knowledge.version
    path = copy / "doses.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    assert load(copy).version != knowledge.version


def reviews(knowledge: Knowledge) -> dict[str, Review]:
    statements = [
        *knowledge.conditions.values(),
        *(e for rows in knowledge.evidence.values() for e in rows),
        *knowledge.rules.values(),
        *knowledge.merged.values(),
        *knowledge.red_flags,
        *knowledge.doses.values(),
        *knowledge.counsel,
        *knowledge.measures.values(),
        *knowledge.program.values(),
        *knowledge.states.values(),
    ]
    found = {}
    for statement in statements:
        assert statement.origin.review is not None, statement.id
        found[statement.id] = statement.origin.review
    return found


def test_no_review_is_overdue_and_none_is_dated_ahead(knowledge: Knowledge) -> None:
    today = max(TODAY, date.today())
    overdue = [
        id for id, review in reviews(knowledge).items() if review.next < today or review.written > today
    ]
    assert overdue == []


def test_no_reviewer_is_invented(knowledge: Knowledge) -> None:
    assert {review.checked_by for review in reviews(knowledge).values()} == {""}
