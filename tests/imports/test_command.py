"""`counselor catalog import` from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from counselor import places

from .conftest import HERE, shelf_file, shelf_line

Write = Callable[..., Path]


def run(*arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "counselor", "catalog", "import", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=places.PACKAGE.parent,
        env=os.environ | {"COUNSELOR_HOME": str(home)},
        timeout=60,
        check=False,
    )


def test_a_dry_run_writes_report_and_rows_and_touches_no_database(tmp_path: Path) -> None:
    home, report, rows = tmp_path / "home", tmp_path / "r.json", tmp_path / "r.jsonl"
    done = run(HERE / "ct-registry.csv", "--dry-run", "--report", report, "--rows", rows, home=home)
    assert done.returncode == 0, done.stderr
    assert not home.exists()
    said = json.loads(report.read_text())
    assert (said["format"], said["encoding"], said["applied"]) == ("ct-brand-registry", "utf-8", False)
    lines = [json.loads(line) for line in rows.read_text().splitlines()]
    assert len(lines) == said["rows"]
    assert list(lines[0]) == [
        "row",
        "sku",
        "name",
        "brand",
        "form",
        "route",
        "batch",
        "saleable",
        "holds",
        "analytes",
        "totals",
    ]
    assert lines[0]["holds"] == ["twin-columns"]
    assert lines[0]["analytes"]["CBD"] == {"value": None, "unit": "percent", "as": "rejected"}


def test_a_dry_run_imports_no_database_code() -> None:
    code = (
        "import sys; from counselor.imports.reading import read_catalog, to_shelf; import"
        " counselor.catalog.cli;"
        f"read_catalog({str(HERE / 'ca-menu.csv')!r});"
        "print(sorted(set(sys.modules) & {'flask', 'sqlalchemy', 'openpyxl', 'counselor.database'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=places.PACKAGE.parent, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_refused_file_ends_with_one_and_still_reports(write: Write, tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    done = run(write(shelf_file("torn,row")), "--report", report, home=tmp_path / "home")
    assert done.returncode == 1
    assert json.loads(report.read_text())["rejected"][0]["code"] == "truncated"
    assert not (tmp_path / "home").exists()


def test_what_cannot_be_read_at_all_ends_with_two(write: Write, tmp_path: Path) -> None:
    done = run(write(b"%PDF-1.4", "menu.csv"), "--dry-run", home=tmp_path / "home")
    assert done.returncode == 2
    assert "menu.csv is not a CSV or XLSX file" in done.stderr


def test_a_report_that_cannot_be_written_is_said_plainly(write: Write, tmp_path: Path) -> None:
    done = run(
        write(shelf_file(shelf_line())),
        "--dry-run",
        "--report",
        tmp_path / "no" / "r.json",
        home=tmp_path / "home",
    )
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def counselor(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "counselor", *arguments],
        capture_output=True,
        text=True,
        cwd=places.PACKAGE.parent,
        env={**os.environ, "COUNSELOR_HOME": str(home), "DATABASE_URL": ""},
        timeout=60,
        check=False,
    )


def test_a_file_is_applied_whole_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    home, report = tmp_path / "home", tmp_path / "r.json"
    file = str(places.seed() / "catalog" / "clinic-shelf.csv")
    early = counselor("catalog", "import", file, home=home)
    assert early.returncode == 1
    assert "counselor db upgrade" in early.stderr
    counselor("db", "upgrade", home=home)
    counselor("store", "open", "--name", "Green Door", "--zone", "America/New_York", home=home)
    first = counselor("catalog", "import", file, "--report", str(report), home=home)
    assert first.returncode == 0, first.stderr
    said = json.loads(report.read_text())
    assert (said["applied"], said["products"]) == (True, {"new": 48, "changed": 0, "unchanged": 0})
    counselor("catalog", "import", file, "--report", str(report), home=home)
    assert json.loads(report.read_text())["products"] == {"new": 0, "changed": 0, "unchanged": 48}
