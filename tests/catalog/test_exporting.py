"""The catalog as a Counselor CSV, which is read back without changing anything."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counselor import places
from counselor.catalog.cli import export_command
from counselor.catalog.exporting import counselor_csv
from counselor.catalog.models import Batch, Hold
from counselor.database import db
from counselor.guidance.profile import ReadAs
from counselor.imports.actions import import_file
from counselor.imports.reading import read_catalog
from counselor.imports.reading.safety import read_safe_cell, safe_cell
from counselor.staff.models import Store
from tests.imports.conftest import AT, HERE, shelf_file, shelf_line


@given(st.text())
def test_what_is_written_safely_is_read_back_as_it_was(text: str) -> None:
    assert read_safe_cell(safe_cell(text)) == text


@given(st.sampled_from("=+-@\t\r"), st.text())
def test_no_exported_text_begins_as_a_formula(first: str, rest: str) -> None:
    written = safe_cell(first + rest)
    assert written[0] == "'" or float(written) is not None


def test_a_number_below_zero_stays_a_number() -> None:
    assert safe_cell("-5") == "-5"


def exported(store: Store, folder: Path) -> Path:
    path = folder / "export.csv"
    path.write_text("".join(counselor_csv(store)), encoding="utf-8", newline="")
    return path


def changes(path: Path, store: Store) -> tuple[int, int]:
    outcome = import_file(path, by=None, at=AT, store=store)
    assert not outcome.catalog.refused, outcome.catalog.rejected
    report = outcome.report
    return tuple(report[name]["new"] + report[name]["changed"] for name in ("products", "batches"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    "file",
    [
        places.seed() / "catalog" / "clinic-shelf.csv",
        places.seed() / "catalog" / "ca-menu-with-coa.csv",
        HERE / "ct-registry.csv",
        HERE / "ct-registry-terpenes.csv",
        HERE / "ma-lab.csv",
        HERE / "kushy.csv",
    ],
    ids=lambda path: path.name,
)
def test_reading_the_export_back_changes_nothing(file: Path, store: Store, tmp_path: Path) -> None:
    import_file(file, by=None, at=AT, store=store, count=3)
    db.session.flush()
    before = "".join(counselor_csv(store))
    holds = [(hold.code, hold.reason, hold.released_at) for hold in db.session.query(Hold).order_by(Hold.id)]
    assert changes(exported(store, tmp_path), store) == (0, 0)
    db.session.expire_all()
    assert "".join(counselor_csv(store)) == before
    assert holds == [
        (hold.code, hold.reason, hold.released_at) for hold in db.session.query(Hold).order_by(Hold.id)
    ]


def test_a_hold_that_a_manager_released_stays_released(store: Store, tmp_path: Path) -> None:
    import_file(HERE / "kushy.csv", by=None, at=AT, store=store)
    for hold in db.session.query(Hold):
        hold.released_at, hold.release_reason = AT, "Seen the label"
    db.session.flush()
    assert changes(exported(store, tmp_path), store) == (0, 0)
    assert all(not batch.open_holds for batch in db.session.query(Batch))


def test_a_file_frees_no_batch_from_what_is_found_in_it(tmp_path: Path) -> None:
    for holds in (
        "",
        "[]",
        "released unit-unknown",
        '[["missing", "x"]]',
        '[["odd", "x"]]',
        '[["unit-unknown", ""]]',
        "[[[[",
    ):
        path = tmp_path / "shelf.csv"
        made = csv.writer(out := io.StringIO())
        made.writerow(["sku", "name", "form", "batch", "CBD_unknown", "holds"])
        made.writerow(["S1", "Drops", "tincture", "B", "5", holds])
        path.write_text(out.getvalue(), encoding="utf-8")
        assert "unit-unknown" in read_catalog(path).rows[0].holds


def test_a_name_that_looks_like_a_formula_is_harmless_and_comes_back(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "shelf.csv"
    path.write_text(shelf_file(shelf_line(name='"=HYPERLINK(""x"")"', brand="-Alder")), encoding="utf-8")
    import_file(path, by=None, at=AT, store=store)
    db.session.flush()
    row = next(csv.DictReader(io.StringIO("".join(counselor_csv(store)))))
    assert row["name"].startswith("'=")
    again = read_catalog(exported(store, tmp_path)).rows[0]
    assert (again.name, again.brand) == ('=HYPERLINK("x")', "-Alder")


_WORDS = st.text(alphabet="abc XYZ'=+-@,\"%é", min_size=1, max_size=12).map(str.strip).filter(bool)
_READINGS = st.one_of(
    st.floats(min_value=0.001, max_value=99).map(lambda value: repr(round(value, 6))),
    st.sampled_from(["0", "ND", "<0.1", "<LOQ", "N/T", ""]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(st.tuples(_WORDS, _WORDS, _READINGS, _READINGS), min_size=1, max_size=4))
def test_made_up_rows_come_back_as_they_were(
    made: list[tuple[str, str, str, str]], store: Store, tmp_path: Path
) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["sku", "name", "form", "batch", "ingredients", "THC_mg_per_serving", "CBD_unknown"])
    for number, (name, ingredients, thc, cbd) in enumerate(made):
        cells = [f"H{number}", safe_cell(name), "capsule", "B", safe_cell(ingredients), thc, cbd]
        writer.writerow(cells)
    path = tmp_path / "made.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    with db.session.begin_nested() as kept:
        import_file(path, by=None, at=AT, store=store)
        db.session.flush()
        db.session.expire_all()
        before = "".join(counselor_csv(store))
        assert changes(exported(store, tmp_path), store) == (0, 0)
        assert "".join(counselor_csv(store)) == before
        kept.rollback()


def test_each_kind_of_reading_is_written_in_its_own_words(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "shelf.csv"
    lines = [
        shelf_line(f"S{place}", readings=f"{said},1")
        for place, said in enumerate(["ND", "<0.1", "<LOQ", "N/T", "0", "?"])
    ]
    path.write_text(shelf_file(*lines), encoding="utf-8")
    import_file(path, by=None, at=AT, store=store)
    db.session.flush()
    rows = list(csv.DictReader(io.StringIO("".join(counselor_csv(store)))))
    assert [row["THC_mg_per_serving"] for row in rows] == ["ND", "<0.1", "<LOQ", "N/T", "0", "not readable"]
    again = read_catalog(exported(store, tmp_path)).rows
    assert again[5].analytes["THC"].read_as is ReadAs.REJECTED


def test_the_command_writes_the_catalog(
    app: Flask, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_file(places.seed() / "catalog" / "clinic-shelf.csv", by=None, at=AT, store=store)
    db.session.commit()
    monkeypatch.setattr("counselor.schema.open_app", lambda: app)
    done = CliRunner().invoke(export_command, [str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    assert len(read_catalog(tmp_path / "out.csv").rows) == 48
    assert "A1000" in CliRunner().invoke(export_command, []).output
