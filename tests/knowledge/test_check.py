"""What the check finds beyond what the loader refuses, and how the command says it."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counselor import knowledge, places
from counselor.cli import main
from counselor.guidance.knowledge import Knowledge, Raise, Severity, When
from counselor.knowledge import content

TODAY = date(2026, 11, 27)
RULE = "thc-benzodiazepine"


def told(known: Knowledge, statement: str, on: date = TODAY, hardest: float | None = None) -> list[str]:
    """What the check says of one statement."""
    return [
        fault.message
        for fault in content.faults_of(known, on=on, hardest=hardest)
        if fault.statement == statement
    ]


def with_rule(**changes: Any) -> Knowledge:
    """The knowledge with one rule changed."""
    known = knowledge.current()
    return replace(known, rules={**known.rules, RULE: replace(known.rules[RULE], **changes)})


def raised(severity: Severity, **when: Any) -> tuple[Raise, ...]:
    return (Raise(When(**when), severity, "said so"),)


def all_benzodiazepines() -> frozenset[str]:
    entries = knowledge.current().medicines.ingredients.values()
    return frozenset(entry.name for entry in entries if "benzodiazepine" in entry.classes)


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "crossed ages": ({"age": (70, 60)}, "can never fire: its age runs from 70 to 60"),
    "ages apart": (
        {"age": (65, None), "only_if": When(age_max=40)},
        "can never fire: the age of only_if lies outside its own age",
    ),
    "circumstances with crossed ages": ({"only_if": When(age_min=50, age_max=20)},
                                        "can never fire: only_if has an age from 50 to 20"),
    "an unknown route": ({"only_if": When(route=frozenset({"nose"}))},
                         "can never fire: only_if has the route nose, not one of smoked, vaporized, edible,"
                         " topical"),
    "an unknown sex": ({"only_if": When(sex="both")},
                       "can never fire: only_if has the sex 'both', not one of female, male"),
    "an unknown group": ({"only_if": When(groups=frozenset({"noses"}))},
                         "can never fire: only_if has the group noses, not one of spasticity, myoclonus,"
                         " cramps, pain, epilepsy, movement, other"),
    "a raise below the base": ({"severity": Severity.MAJOR, "raised": raised(Severity.MODERATE, age_min=65)},
                               "raised to moderate when said so: never has effect, it is major already"),
    "a raise that cannot be": ({"raised": raised(Severity.MAJOR, experience=frozenset({"expert"}))},
                               "raised when said so: never has effect, it has the experience expert, not one"
                               " of none, occasional, regular"),
    "a clearance that worsens": ({"cleared_severity": Severity.CONTRAINDICATED},
                                 "counts as more severe once it is cleared"),
    "a vehicle without its unknown": ({"vehicle": "alcohol"}, "vehicle and unknown_severity belong together"),
    "a medicine named and excepted": (
        {"ingredients": frozenset({"clobazam"}), "excepted": frozenset({"clobazam"})},
        "names clobazam and excepts it",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_is_found_that_cannot_do_what_it_says(case: str) -> None:
    changes, message = CASES[case]
    assert told(knowledge.current(), RULE) == []
    assert told(with_rule(**changes), RULE) == [message]


def test_a_rule_is_found_whose_every_medicine_is_excepted() -> None:
    classes = frozenset({"platelet-blocker-of-no-name"})
    known = knowledge.current()
    entry = replace(known.medicines.ingredients["clopidogrel"], classes=tuple(classes))
    medicines = replace(known.medicines, ingredients={**known.medicines.ingredients, "clopidogrel": entry})
    rule = replace(known.rules[RULE], classes=classes, excepted=frozenset({"clopidogrel"}))
    changed = replace(known, medicines=medicines, rules={**known.rules, RULE: rule})
    assert told(changed, RULE) == ["can never fire on a medicine: every member of its classes is excepted"]


def test_a_class_word_still_raises_a_rule_whose_members_are_excepted() -> None:
    assert told(with_rule(excepted=all_benzodiazepines()), RULE) == []


def test_an_overdue_review_is_told_from_the_day_after_it_was_due() -> None:
    known = knowledge.current()
    due = known.rules[RULE].origin.review
    assert due is not None
    assert told(known, RULE, on=due.next) == []
    after = date.fromordinal(due.next.toordinal() + 1)
    assert told(known, RULE, on=after) == [f"its review was due on {due.next}"]
    assert told(known, RULE, on=date(2026, 1, 1)) == [f"is dated ahead: written {due.written}"]


def test_terms_are_found_that_nobody_can_say() -> None:
    known = knowledge.current()
    silent = replace(known.terms["lung-disease"], id="silent", name="Silent", synonyms=(), patterns=())
    assert told(replace(known, terms={**known.terms, "silent": silent}), "silent") == [
        "has no synonyms and no patterns, and no term leads to it",
        "can be said by nobody: all its words mean other terms",
    ]
    hidden = replace(silent, synonyms=("copd",))
    assert told(replace(known, terms={**known.terms, "silent": hidden}), "silent") == [
        "can be said by nobody: all its words mean other terms"
    ]


def test_red_flags_are_found_that_can_never_be_raised() -> None:
    known = knowledge.current()
    flag = known.red_flags[0]
    for changes, message in (
        ({"all_of": ()}, "can never be raised: all_of has nothing to choose from"),
        ({"all_of": (frozenset(),)}, "can never be raised: all_of has nothing to choose from"),
        ({"unless": flag.all_of[0]}, "can never be raised: unless holds all that it needs"),
    ):
        changed = replace(known, red_flags=(replace(flag, **changes), *known.red_flags[1:]))
        assert told(changed, flag.id) == [message]


def test_evidence_and_counsel_are_checked_too() -> None:
    known = knowledge.current()
    row = known.evidence["ms-spasticity"][0]
    changed = replace(
        row,
        id="odd",
        ratio=replace(row.ratio, any=False, min=3.0, max=1.0),
        grade="limited",
        direction="none",
    )
    assert told(replace(known, evidence={**known.evidence, "ms-spasticity": (changed,)}), "odd") == [
        "its ratio has a min above its max",
        "has the grade limited and points nowhere",
    ]
    line = replace(known.counsel[0], id="odd", when=When(disposition=frozenset({"maybe"})))
    assert told(replace(known, counsel=(line,)), "odd") == [
        "is never said: it has the disposition maybe, not one of suggest, refer-first, no-product"
    ]


def test_a_forbidden_claim_and_a_hard_text_are_told_with_their_field() -> None:
    wording = knowledge.current().rules[RULE].wording
    claim = with_rule(wording=replace(wording, action="This product is safe."))
    assert told(claim, RULE) == ["action says that it is safe: 'is safe'"]
    hard = "Concomitant administration potentiates psychomotor impairment considerably."
    (message,) = told(with_rule(wording=replace(wording, handout=hard)), RULE, hardest=8.0)
    assert message.startswith("handout reads at grade ") and message.endswith(
        "shorter sentences, plainer words"
    )


def test_our_own_knowledge_is_clean_but_for_how_hard_it_reads() -> None:
    """How hard texts read is a report with a threshold; everything else is a fault."""
    known = knowledge.current()
    day = max(TODAY, date.today())
    assert [str(fault) for fault in content.faults_of(known, on=day, hardest=None)] == []
    hard = [fault for fault in content.faults_of(known, on=day) if "reads at grade" in fault.message]
    assert len(hard) <= 10


def test_the_command_is_clean_with_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["knowledge", "check", "--grade", "20"])
    assert done.exit_code == 0, done.output
    (line,) = done.output.splitlines()
    assert line.startswith(f"Clean: {knowledge.current().version}, ") and "medicine names" in line


def test_the_command_says_file_and_line_and_fails(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(places.seed() / "knowledge", tmp_path / "k"))
    path = copy / "red-flags.toml"
    text = path.read_text(encoding="utf-8")
    said = next(line for line in text.splitlines() if line.startswith("say = "))
    first = re.findall(r'^id = "(.*)"$', text[: text.index(said)], re.MULTILINE)[-1]
    path.write_text(text.replace(said, 'say = "This product is safe."', 1), encoding="utf-8")
    line = path.read_text(encoding="utf-8").splitlines().index('say = "This product is safe."') + 1
    done = CliRunner().invoke(main, ["knowledge", "check", str(copy), "--grade", "20"])
    assert done.exit_code == 1
    assert f"red-flags.toml:{line}: {first}: say says that it is safe: 'is safe'" in done.output
    assert "1 fault." in done.output

    path.write_text(text.replace(said, "", 1), encoding="utf-8")
    done = CliRunner().invoke(main, ["knowledge", "check", str(copy)])
    assert done.exit_code == 1
    header = text[: text.index(said)].count("\n[[red_flag]]")
    lines = [n for n, one in enumerate(text.splitlines(), start=1) if one == "[[red_flag]]"]
    assert f"red-flags.toml:{lines[header - 1]}: {first}: lacks say" in done.output
    assert "does not start" in done.output


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["knowledge", "check", str(tmp_path / "nowhere")])
    assert done.exit_code == 1 and "is no folder" in done.output
