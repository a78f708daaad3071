"""What changed between two versions, in words, from folders, zips and the database."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counselor import knowledge, places
from counselor.cli import main
from counselor.database import db
from counselor.guidance.knowledge import Knowledge, Raise, Severity, When
from counselor.guidance.medicines import MedicineName
from counselor.knowledge import actions, cli, versions
from counselor.knowledge.differences import Differences, compare
from counselor.knowledge.records import record_of, unpack
from counselor.schema import open_app

OPIOID = "thc-opioid"
AT = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


def changed(**tables: Any) -> Knowledge:
    """The knowledge under another version, with whole tables changed."""
    return replace(knowledge.current(), version="2026-12-01+feedbeef", **tables)


def with_rule(**fields: Any) -> Knowledge:
    rules = knowledge.current().rules
    return changed(rules={**rules, OPIOID: replace(rules[OPIOID], **fields)})


def told(new: Knowledge) -> Differences:
    return compare(record_of(knowledge.current()), record_of(new))


def words(new: Knowledge) -> list[str]:
    return [one.words for one in told(new).changes]


def test_a_version_differs_from_itself_in_nothing() -> None:
    found = told(knowledge.current())
    assert not found.anything
    assert cli.lines_of(found)[-1] == "Nothing changed."


def test_a_severity_is_told_with_an_arrow() -> None:
    before = knowledge.current().rules[OPIOID].severity.word
    assert words(with_rule(severity=Severity.MINOR)) == [f"thc-opioid: severity {before} -> minor"]


def test_a_wording_is_told_old_and_new() -> None:
    old = knowledge.current().rules[OPIOID].wording
    new = replace(old, handout="Call us first. " + old.handout)
    assert words(with_rule(wording=new)) == [
        f"thc-opioid: wording of the handout changed: “{old.handout}” / “Call us first. {old.handout}”"
    ]


def test_lists_are_told_by_what_came_and_went() -> None:
    step = Raise(When(age_min=65), Severity.CONTRAINDICATED, "aged 65 or over")
    old = knowledge.current().rules[OPIOID]
    (line,) = words(
        with_rule(
            ingredients=frozenset({"kratom"}), excepted=frozenset({"tramadol"}), raised=(*old.raised, step)
        )
    )
    assert "ingredients: + kratom" in line
    assert "exceptions: + tramadol" in line
    assert "what raises it: + contraindicated when aged 65 or over" in line


def test_new_and_removed_statements_are_told_by_what_they_say() -> None:
    known = knowledge.current()
    rules = dict(known.rules)
    gone = rules.pop(OPIOID)
    rules["thc-new"] = replace(gone, id="thc-new", severity=Severity.MINOR)
    effect = gone.wording.effect
    assert words(changed(rules=rules)) == [
        f"new rule thc-new: minor. {effect}",
        f"removed rule thc-opioid: {gone.severity.word}. {effect}",
    ]


def test_where_a_statement_stands_does_not_count_but_its_review_does() -> None:
    origin = knowledge.current().rules[OPIOID].origin
    assert origin.review is not None
    assert words(with_rule(origin=replace(origin, file="elsewhere.toml"))) == []
    review = replace(origin.review, checked_by="Pat Pharmacist")
    assert words(with_rule(origin=replace(origin, review=review))) == [
        "thc-opioid: review, checked by none -> Pat Pharmacist"
    ]


def test_names_are_counted_with_the_dangerous_ones_named() -> None:
    known = knowledge.current().medicines
    names = dict(known.names)
    names["glorbo",] = MedicineName("Glorbo", ("oxycodone",), (), "brand")
    names["softo",] = MedicineName("Softo", ("cetirizine",), (), "brand")
    names["drops",] = MedicineName("Drops", ("oxycodone",), (), "brand", local=True)
    names["klonopin",] = replace(names["klonopin",], ingredients=("clonidine",))
    found = told(changed(medicines=replace(known, names=names)))
    assert found.changes == ()
    assert found.names.added == 3 and found.names.dangerous_added == ("Glorbo",)
    assert found.names.lines == (
        "3 names added, dangerous ones: Glorbo",
        f"{names['klonopin',].name}: now means clonidine, meant clonazepam",
    )


def test_the_gravest_change_stands_first_in_the_short_list() -> None:
    known = knowledge.current()
    flag = known.red_flags[0]
    rules = {**known.rules, OPIOID: replace(known.rules[OPIOID], severity=Severity.MINOR)}
    flags = (replace(flag, reason="Another reason."), *known.red_flags[1:])
    found = told(changed(rules=rules, red_flags=flags))
    assert found.changes[0].id == flag.id
    assert found.weightiest(1)[0].startswith("thc-opioid: severity")


def test_a_record_packed_is_the_record_and_is_small() -> None:
    record = record_of(knowledge.current())
    statements, names = record.pack()
    assert unpack(record.version, statements, names) == record
    assert len(statements) + len(names) < 1_500_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the knowledge with one severity changed."""
    copy = Path(shutil.copytree(places.seed() / "knowledge", tmp_path / "new" / "knowledge"))
    path = copy / "causes.toml"
    text = path.read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith("severity = "))
    new = 'severity = "minor"' if "minor" not in line else 'severity = "moderate"'
    path.write_text(text.replace(line, new, 1), encoding="utf-8")
    return copy


def test_the_command_compares_folders_and_zips(folder: Path, tmp_path: Path) -> None:
    ours = str(places.seed() / "knowledge")
    by_folder = CliRunner().invoke(main, ["knowledge", "diff", ours, str(folder)])
    assert by_folder.exit_code == 0 and "severity" in by_folder.output and "\nRules\n" in by_folder.output
    packed = tmp_path / "new.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, Path("release") / path.relative_to(folder))
    by_zip = CliRunner().invoke(main, ["knowledge", "diff", ours, str(packed), "--json"])
    assert by_zip.exit_code == 0
    told_json = json.loads(by_zip.output)
    (statement,) = told_json["statements"]
    assert statement["change"] == "changed" and statement["fields"][0]["field"] == "severity"
    assert statement["words"] in by_folder.output


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"no zip", "neither a folder nor a zip"), (None, "no version.toml in it")],
)
def test_a_file_that_holds_no_knowledge_is_told(content: bytes | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "hello")
    else:
        path.write_bytes(content)
    done = CliRunner().invoke(main, ["knowledge", "diff", str(path)])
    assert done.exit_code == 1 and says in done.output


def test_the_command_finds_versions_in_the_stores_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNSELOR_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    before = os.umask(0o022)
    try:
        none = CliRunner().invoke(main, ["knowledge", "diff", "2026-01"])
        assert none.exit_code == 1 and "there is no database here" in none.output
        assert not (tmp_path / "home" / "counselor.db").exists()
        CliRunner().invoke(main, ["db", "upgrade"])
        unknown = CliRunner().invoke(main, ["knowledge", "diff", "2026-01"])
        assert (
            unknown.exit_code == 1
            and "no kept version begins with '2026-01'. Kept: none yet." in unknown.output
        )
        with open_app().app_context():
            for number in (1, 2):
                version = f"2026-01-0{number}+0000000{number}"
                known = replace(with_rule(severity=Severity.MINOR), version=version)
                actions.remember(knowledge=known, at=AT)
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        several = CliRunner().invoke(main, ["knowledge", "diff", "2026-01"])
        assert several.exit_code == 1 and "several versions begin" in several.output
        one = CliRunner().invoke(main, ["knowledge", "diff", "2026-01-02"])
        assert one.exit_code == 0 and "thc-opioid: severity minor ->" in one.output
        assert one.output.startswith(f"2026-01-02+00000002 -> {knowledge.current().version}")
    finally:
        os.umask(before)


def test_a_version_the_database_has_kept_can_be_compared(app: Any) -> None:
    actions.remember(knowledge=with_rule(severity=Severity.MINOR), at=AT)
    db.session.commit()
    rows = versions.beginning_with("2026-12-01")
    assert [row.version for row in rows] == ["2026-12-01+feedbeef"]
    found = versions.since(rows[0], knowledge.current())
    assert found is not None
    assert [one.id for one in found.changes] == [OPIOID]
    assert versions.beginning_with("2027") == []


def test_remembering_a_version_twice_keeps_the_first(app: Any) -> None:
    first = actions.remember(knowledge=knowledge.current(), at=AT)
    again = actions.remember(knowledge=knowledge.current(), at=AT.replace(year=2027))
    assert first is again and again.first_seen_at == AT
    assert len(versions.seen()) == 1


def test_a_statement_has_a_history_over_the_versions_seen(app: Any) -> None:
    older = replace(with_rule(severity=Severity.MINOR), version="2026-01-01+00000001")
    old = replace(with_rule(severity=Severity.MODERATE), version="2026-06-01+00000002")
    for known, month in ((older, 1), (old, 6), (knowledge.current(), 11)):
        actions.remember(knowledge=known, at=AT.replace(month=month))
    db.session.commit()
    now = knowledge.current().rules[OPIOID].severity.word
    events = versions.history_of("rule", OPIOID, knowledge.current())
    assert [(one.version, one.words) for one in events] == [
        ("2026-06-01+00000002", "severity minor -> moderate"),
        (knowledge.current().version, f"severity moderate -> {now}"),
    ]
    assert versions.history_of("rule", "thc-benzodiazepine", knowledge.current()) == []
