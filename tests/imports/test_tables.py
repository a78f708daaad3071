"""Files as they come: encodings, torn rows, workbooks, and what is no table at all."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counselor.guidance.profile import ReadAs
from counselor.imports.reading import UnreadableFile, read_catalog

from .conftest import shelf_file, shelf_line

Write = Callable[..., Path]


def test_a_byte_order_mark_is_no_part_of_the_first_header(write: Write) -> None:
    read = read_catalog(write(b"\xef\xbb\xbf" + shelf_file(shelf_line()).encode()))
    assert read.encoding == "utf-8-sig"
    assert read.rows[0].sku == "S1"


def test_utf_16_from_a_spreadsheet_is_read(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(name="Crème")).encode("utf-16")))
    assert (read.encoding, read.rows[0].name) == ("utf-16", "Crème")


def test_what_is_not_utf_8_is_read_as_windows_1252_and_reported(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(name="Crème")).encode("cp1252")))
    assert read.rows[0].name == "Crème"
    assert [finding.code for finding in read.findings] == ["encoding"]


def test_semicolons_bring_decimal_commas(write: Write) -> None:
    text = (
        shelf_file(shelf_line(ingredients="olive oil", readings="2.5,10"))
        .replace(",", ";")
        .replace("2.5", "2,5")
    )
    row = read_catalog(write(text)).rows[0]
    assert (row.analytes["THC"].value, row.analytes["CBD"].value, row.price) == (2.5, 10, 42)


def test_a_torn_row_refuses_the_file_and_is_named(write: Write) -> None:
    text = shelf_file(shelf_line(), "S2,Half a row", shelf_line("S3"))
    read = read_catalog(write(text))
    torn = read.rejected[0]
    assert read.refused
    assert (torn.row, torn.code) == (3, "truncated")
    assert "2 cells where the header has 17" in torn.message
    assert [row.row for row in read.rows] == [2, 3, 4]


def test_a_quotation_mark_that_never_closes_refuses_the_file(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(), shelf_line("S2", name='"open'))))
    assert read.refused
    assert read.rejected[0].code == "truncated"
    assert "torn" in read.rejected[0].message


def test_blank_lines_count_as_rows_of_the_spreadsheet(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(), "", shelf_line("S3"))))
    assert [row.row for row in read.rows] == [2, 4]


def test_a_line_break_inside_a_cell_is_one_row(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(name='"Two\nlines"'), shelf_line("S2"))))
    assert [row.row for row in read.rows] == [2, 3]
    assert not read.refused


def test_two_columns_of_one_name_that_differ_refuse_the_file(write: Write) -> None:
    text = shelf_file(shelf_line(readings="2.5,3.5"), readings="THC_percent,THC_percent")
    read = read_catalog(write(text))
    assert read.refused
    assert read.rejected[0].code == "duplicate"
    assert "differ, first in row 2" in read.rejected[0].message


def test_two_columns_of_one_name_that_agree_are_one(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(readings="2.5,2.5"), readings="THC_percent,THC_percent")))
    assert not read.refused
    assert [finding.code for finding in read.findings] == ["duplicate"]


def test_a_cell_cut_off_by_a_spreadsheet_is_reported(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(name="x" * 32_767))))
    assert "truncated" in {finding.code for finding in read.findings}


def test_a_formula_is_never_a_value_and_never_run(write: Write) -> None:
    read = read_catalog(write(shelf_file(shelf_line(name="=HYPERLINK(1)", readings="=1+1,2.5"))))
    assert read.rows[0].name == "=HYPERLINK(1)"
    assert read.rows[0].analytes["THC"].read_as is ReadAs.REJECTED
    assert not read.rows[0].saleable
    assert {finding.code for finding in read.findings} | {one.code for one in read.rejected} == {"formula"}


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEADERS = ["sku", "name", "form", "route", "batch", "THC_percent", "CBD_percent"]


def test_a_workbook_is_read_like_a_csv(write: Write) -> None:
    content = workbook(
        HEADERS,
        ["F1", "Flower", "flower", "smoked", "B1", 21.5, "<0.1"],
        [],
        ["F2", "Bud", "flower", "smoked", 7, 3, None],
    )
    read = read_catalog(write(content, "shelf.xlsx"))
    assert [row.row for row in read.rows] == [2, 4]
    assert read.rows[0].analytes["THC"].value == 21.5
    assert read.rows[0].analytes["CBD"].read_as is ReadAs.BELOW_LIMIT
    assert read.rows[1].batch == "7"
    assert read.rows[1].analytes["CBD"].read_as is ReadAs.BLANK


def test_a_workbooks_formula_is_rejected_with_its_row_and_column(write: Write) -> None:
    read = read_catalog(
        write(workbook(HEADERS, ["F1", "Flower", "flower", "smoked", "B1", "=20+1", 0.1]), "shelf.xlsx")
    )
    assert [(one.row, one.column, one.code) for one in read.rejected] == [(2, "THC_percent", "formula")]


def test_a_cell_shown_as_a_percentage_means_what_it_shows(write: Write) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADERS)
    book.active.append(["F1", "Flower", "flower", "smoked", "B1", 0.215, 0.01])
    for column in ("F2", "G2"):
        book.active[column].number_format = "0.00%"
    out = io.BytesIO()
    book.save(out)
    row = read_catalog(write(out.getvalue(), "shelf.xlsx")).rows[0]
    assert (row.analytes["THC"].value, row.analytes["CBD"].value) == (21.5, 1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"   \n", "is empty"),
        (b"just one line of words\n", "not a table"),
        (b"%PDF-1.7 ...", "not a CSV or XLSX"),
        (b"\x00\x01\x02binary", "binary data"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\xff\xfea", "breaks off"),
        (b"a,b\n1,2\n", "no format we know"),
    ],
)
def test_what_is_no_catalog_says_so_in_plain_words(write: Write, content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read_catalog(write(content, "thing.csv"))


def test_a_file_that_is_not_there_and_a_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read_catalog(tmp_path / "none.csv")
    with pytest.raises(UnreadableFile, match="is a folder"):
        read_catalog(tmp_path)


def test_a_file_above_the_limit_is_not_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counselor.imports.reading.tables.MOST_BYTES", 1000)
    with pytest.raises(UnreadableFile, match="at most"):
        read_catalog(write(b"x" * 1001))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(write: Write) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 210 * 1024 * 1024)
    started = time.monotonic()
    with pytest.raises(UnreadableFile, match="unpacks to more"):
        read_catalog(write(out.getvalue(), "bomb.xlsx"))
    assert time.monotonic() - started < 2


def test_a_workbook_of_thousands_of_files_is_refused_for_their_number(write: Write) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(2001):
            archive.writestr(f"xl/{number}", b"")
    with pytest.raises(UnreadableFile, match="holds 2,001 files"):
        read_catalog(write(out.getvalue(), "many.xlsx"))


def test_an_entity_bomb_is_not_expanded(write: Write) -> None:
    source = io.BytesIO(workbook(HEADERS, ["F1", "Flower", "flower", "smoked", "B1", 1, 1]))
    out = io.BytesIO()
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b"<worksheet>&b;</worksheet>"
    )
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, bomb if entry.filename.endswith("sheet1.xml") else old.read(entry))
    with pytest.raises(UnreadableFile, match="damaged"):
        read_catalog(write(out.getvalue(), "bomb.xlsx"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_but_never_an_accident(write: Write, content: bytes) -> None:
    with suppress(UnreadableFile):
        read_catalog(write(content, "any.csv"))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.text(alphabet='aAN/T<.0123456789%,-="\n mgÃ©', max_size=9), min_size=17, max_size=17),
        max_size=6,
    )
)
def test_any_cells_under_our_own_headers_keep_their_rows(write: Write, cells: list[list[str]]) -> None:
    import csv

    out = io.StringIO()
    csv.writer(out).writerows(cells)
    read = read_catalog(write(shelf_file() + out.getvalue()))
    assert all(row.row >= 2 for row in read.rows)
    for row in read.rows:
        for reading in row.analytes.values():
            assert (reading.value is not None) == reading.is_number
