"""kill -9 in the middle of an import leaves the old catalog or the new one, never a mix."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import shelf_file, shelf_line

ROWS = 1_500
KILLS = 20


def shelf(price: str, rows: int) -> str:
    return shelf_file(*(shelf_line(f"S{number:05}", price=price) for number in range(rows)))


def counselor(home: Path, *command: str) -> subprocess.Popen[bytes]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("COUNSELOR", "DATABASE"))
    }
    return subprocess.Popen(
        [sys.executable, "-m", "counselor", *command],
        env=environment | {"COUNSELOR_HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(home: Path, *command: str) -> float:
    began = time.monotonic()
    process = counselor(home, *command)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()
    return time.monotonic() - began


def fingerprint(home: Path) -> tuple[object, ...]:
    """How many products, batches, readings and runs there are, and every price with how often it stands."""
    with sqlite3.connect(home / "counselor.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        counts = tuple(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("product", "batch", "analyte_reading", "stock", "import_run")
        )
        prices = tuple(connection.execute("SELECT price, count(*) FROM batch GROUP BY price ORDER BY price"))
    return counts, prices


@pytest.mark.skipif(
    "TEST_DATABASE_URL" in os.environ, reason="kills a process over a SQLite file; once is enough"
)
def test_twenty_imports_killed_anywhere_leave_the_old_or_the_new_catalog(tmp_path: Path) -> None:
    home = tmp_path / "home"
    finish(home, "db", "upgrade")
    finish(home, "store", "open", "--name", "Main", "--zone", "UTC")
    first = tmp_path / "first.csv"
    first.write_text(shelf("42", ROWS), encoding="utf-8")
    finish(home, "catalog", "import", str(first))
    seen = set()
    took = 0.0
    for kill in range(KILLS):
        rows = ROWS + 40 * (kill + 1)  # changes every old row and adds new ones
        file = tmp_path / f"file-{kill}.csv"
        file.write_text(shelf(f"{50 + kill}", rows), encoding="utf-8")
        before = fingerprint(home)
        if not took:
            took = finish(home, "catalog", "import", str(file))
            assert fingerprint(home) != before
            continue
        process = counselor(home, "catalog", "import", str(file))
        time.sleep(took * (0.35 + 0.65 * kill / (KILLS - 1)))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        after = fingerprint(home)
        prices = dict(after[1])  # type: ignore[call-overload]
        if after == before:
            seen.add("old")
            continue
        seen.add("new")
        assert prices == {50.0 + kill: rows}, "every batch has the new price"
        assert after[0][:2] == (rows, rows)  # type: ignore[index]
    assert "old" in seen  # the kills did come in the middle
