"""`counselor advise`, as a calling program meets it: real processes, bytes in and bytes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from counselor import places

CATALOG = str(places.seed() / "catalog" / "clinic-shelf.csv")


def run(lines: bytes, *arguments: str, home: Path | None = None) -> tuple[int, list[dict[str, Any]], bytes]:
    """Exit status, answers, and what went to standard error."""
    env = dict(os.environ, COUNSELOR_HOME=str(home)) if home else dict(os.environ)
    env.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "counselor", "advise", *arguments],
        input=lines,
        capture_output=True,
        env=env,
        timeout=120,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def line(**said: Any) -> bytes:
    return json.dumps({"on": "2026-11-22", "conditions": ["MS"], **said}).encode() + b"\n"


def test_each_line_is_answered_in_order_with_its_id() -> None:
    status, answers, _ = run(
        line(id="a") + line(id="b", medicines=["klonipin"]) + line(id="c", age=12), "--catalog", CATALOG
    )
    assert status == 0
    assert [(a["id"], a["disposition"]["code"]) for a in answers] == [
        ("a", "suggest"),
        ("b", "suggest"),
        ("c", "no-product"),
    ]


def test_a_broken_line_is_an_error_object_and_the_others_go_on() -> None:
    lines = (
        b"\xef\xbb\xbf"
        + line(id="1")
        + b"{ torn\n"
        + line(id="3", age=999)
        + b'{"id": "4"}\n'
        + b"\xff\n\n"
        + line(id="6")
    )
    status, answers, _ = run(lines, "--catalog", CATALOG)
    assert status == 1
    assert [a["id"] for a in answers] == ["1", None, "3", "4", None, "6"]
    assert answers[2]["error"]["field"] == "age"
    assert answers[3]["error"]["field"] == "conditions"
    assert all(a["error"]["message"] for a in answers[1:5])
    assert answers[5]["suggestions"]


def test_the_same_lines_give_the_same_bytes() -> None:
    lines = line(medicines=["Klonopin, oxys"], history=["COPD", "fell twice"]) * 3
    first, second = (
        subprocess.run(
            [sys.executable, "-m", "counselor", "advise", "--catalog", CATALOG],
            input=lines, capture_output=True, check=True, env=dict(os.environ, PYTHONHASHSEED=seed),
        ).stdout
        for seed in ("1", "2")
    )  # fmt: skip
    assert first == second


def test_without_a_store_and_a_catalog_there_are_warnings_and_no_products(tmp_path: Path) -> None:
    status, (answer,), _ = run(line(medicines=["oxycodone"], routes=["edible"]), home=tmp_path)
    assert status == 0
    assert answer["suggestions"] == []
    assert answer["disposition"]["code"] == "refer-first"
    assert [w["routes"] for w in answer["warnings"] if w["rule"] == "thc-opioid"] == [["edible"]]
    assert "products" in answer["disposition"]["text"]


def test_a_file_that_is_no_catalog_is_refused_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "letter.csv"
    path.write_text("Dear store,\nhello\n")
    status, answers, said = run(line(), "--catalog", str(path))
    assert status == 1 and answers == []
    assert b"letter.csv" in said and b"Traceback" not in said


def test_the_real_menu_gives_advice_too() -> None:
    status, (answer,), _ = run(
        line(routes=["edible"]), "--catalog", str(places.seed() / "catalog" / "ca-menu-with-coa.csv")
    )
    assert status == 0
    assert answer["disposition"]["code"] == "suggest"
    for s in answer["suggestions"]:
        assert s["starting_dose"]["mg"].get("THC", 0) <= 2.5 * 1.05
