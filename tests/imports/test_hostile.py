"""Hostile files: each is refused or read in plain words, quickly, in little memory, never half imported.

How many are made is set by COUNSELOR_HOSTILE_FILES: few by default, 2,000 in CI, 20,000 by hand before a
release.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select

from counselor.catalog.models import AnalyteReading, Batch, Hold, Product, Stock
from counselor.database import db
from counselor.imports.actions import read_content
from counselor.imports.models import ImportRun
from counselor.imports.reading import UnreadableFile
from tests.conftest import CounterClient

from .hostile import hostile_file

MADE = int(os.environ.get("COUNSELOR_HOSTILE_FILES", "2000" if os.environ.get("CI") else "200"))
SENT = max(60, MADE // 10)
SLOWEST_S = 5.0
MOST_MB = 256

READ = """
import json, resource, sys, time
from counselor.imports.actions import read_content
from counselor.imports.reading import UnreadableFile
from tests.imports.hostile import hostile_file

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

faults, kinds, slowest = [], {}, (0, 0)
read_content(b"sku,name,form,batch\\na,b,capsule,d\\n", name="warm.csv")
start, stop = int(sys.argv[1]), int(sys.argv[2])
made = [hostile_file(n) for n in range(start, min(stop, start + 30))]
before = peak()
for number in range(start, stop):
    kind, content = hostile_file(number)
    before = max(before, peak())
    began = time.process_time()
    try:
        catalog = read_content(content, name="hostile.csv")
    except UnreadableFile as refusal:
        outcome = "unreadable"
        if not 10 < len(str(refusal)) < 600 or "Traceback" in str(refusal):
            faults.append((number, kind, "says: " + str(refusal)[:200]))
    except BaseException as error:
        faults.append((number, kind, repr(error)[:300]))
        continue
    else:
        outcome = "refused" if catalog.refused else "read"
        try:
            report = catalog.report()
            json.dumps(report, allow_nan=False)
            json.dumps([row.as_json() for row in catalog.rows], allow_nan=False)
        except BaseException as error:
            faults.append((number, kind, repr(error)[:300]))
            continue
        for cell in report["rejected"]:
            if not (cell["row"] >= 1 and cell["message"] and cell["code"]):
                faults.append((number, kind, f"rejection without place: {cell}"))
    took = time.process_time() - began
    slowest = max(slowest, (round(took, 2), number))
    if took > 5:
        faults.append((number, kind, f"took {took:.1f} s"))
    if peak() - before > 256:
        faults.append((number, kind, f"took {peak() - before:.0f} MB"))
    kinds[f"{kind} {outcome}"] = kinds.get(f"{kind} {outcome}", 0) + 1
print(json.dumps({"faults": faults, "kinds": kinds, "slowest": slowest, "peak": peak()}))
"""


def test_every_hostile_file_is_answered_quickly_in_little_memory_and_in_words() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ, "0", str(MADE)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["faults"] == []
    outcomes = Counter({key.split()[1]: 0 for key in told["kinds"]})
    for key, count in told["kinds"].items():
        outcomes[key.split()[1]] += count
    assert set(outcomes) == {"read", "refused", "unreadable"}  # the generator reaches every answer
    print(f"{MADE} files: {dict(outcomes)}; slowest {told['slowest']}, peak {told['peak']:.0f} MB")


def _everything() -> tuple[int, ...]:
    return tuple(
        db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Product, Batch, AnalyteReading, Stock, Hold)
    )


def test_an_uploaded_hostile_file_is_never_a_broken_page_and_never_half_applied(
    app: Flask, manager_client: CounterClient
) -> None:
    for number in range(SENT):
        kind, content = hostile_file(number)
        before = _everything()
        newest = db.session.scalar(select(func.max(ImportRun.id))) or 0
        answer = manager_client.post(
            "/catalog/imports",
            data={"file": (io.BytesIO(content), f"{kind}.csv")},
            content_type="multipart/form-data",
        )
        assert answer.status_code in (303, 422), (number, kind, answer.status_code)
        assert _everything() == before, (number, kind)
        run = db.session.scalar(select(ImportRun).where(ImportRun.id > newest))
        if answer.status_code == 422 or run is None:
            continue
        page = manager_client.get(answer.location)
        assert page.status_code == 200, (number, kind)
        if not run.waiting:
            continue
        applied = manager_client.post(f"/catalog/imports/{run.id}/apply", data={"count": "1"})
        assert applied.status_code in (303, 422), (number, kind, applied.status_code)
        shown = manager_client.get("/catalog")
        assert shown.status_code == 200, (number, kind)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    some.one_of(
        some.binary(max_size=400), some.text(max_size=400).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_any_bytes_at_all_are_read_or_refused_in_words(content: bytes) -> None:
    _read(content)


_CELL = some.text(some.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.lists(some.tuples(_CELL, _CELL, _CELL, _CELL, _CELL, _CELL), min_size=1, max_size=5))
def test_any_cells_under_our_own_headers_are_read_or_refused_in_words(rows: list[tuple[str, ...]]) -> None:
    header = "sku,name,form,batch,THC_mg_per_serving,CBD_percent"
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    _read("\n".join([header, *lines]).encode())


def _read(content: bytes) -> None:
    try:
        catalog = read_content(content, name="any.csv")
    except UnreadableFile:
        return  # how it says so is judged with the made files
    for row in catalog.rows:
        for reading in row.analytes.values():
            assert reading.value is None or (reading.is_number and 0 <= reading.value < float("inf"))
    assert all(cell.row >= 1 and cell.message for cell in catalog.rejected)
    json.dumps(catalog.report(), allow_nan=False)


@pytest.mark.parametrize("number", [0, 7])
def test_the_same_number_is_the_same_file(number: int) -> None:
    assert hostile_file(number)[0] == hostile_file(number)[0]
