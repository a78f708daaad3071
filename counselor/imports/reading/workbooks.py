"""The first sheet of an XLSX workbook as a table, with limits against zip and entity bombs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import openpyxl
from openpyxl.xml import DEFUSEDXML

from .findings import Finding, UnreadableFile
from .tables import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Table, shape

MOST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 2_000

if not DEFUSEDXML:  # openpyxl parses with defusedxml where it finds it; then no entity is ever expanded
    raise ImportError("Workbooks are only read with defusedxml installed.")


def read_workbook(raw: bytes, name: str) -> Table:
    """Read the first sheet; UnreadableFile for a damaged, protected or hostile workbook."""
    _refuse_bombs(raw, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever the damage leads it to
        raise UnreadableFile(f"{name} cannot be read as a workbook: it is damaged or protected.") from error
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        if not sheets:
            raise UnreadableFile(f"{name} has no sheet with cells.")
        findings = _other_sheets(sheets)
        records = list(_records(sheets[0], name))
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(f"{name} cannot be read as a workbook: its first sheet is damaged.") from error
    finally:
        book.close()
    widest = next((len(cells) for _, cells in records), 0)
    padded = ((number, cells + [""] * (widest - len(cells))) for number, cells in records)
    return shape(padded, name, encoding="xlsx", findings=findings)


def _refuse_bombs(raw: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(f"{name} is a damaged workbook or archive.") from error
    if len(entries) > MOST_ENTRIES:
        raise UnreadableFile(
            f"{name} holds {len(entries):,} files; no workbook needs more than {MOST_ENTRIES:,}. "
            "It was not opened."
        )
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise UnreadableFile(f"{name} unpacks to more than {MOST_UNPACKED // 1048576} MB; it was not opened.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile(f"{name} is protected with a password.")
    if not any(entry.filename.startswith("xl/") for entry in entries):
        raise UnreadableFile(f"{name} is an archive, not a workbook. Unpack it and import the files inside.")


def _other_sheets(sheets: list[Any]) -> list[Finding]:
    if len(sheets) < 2:
        return []
    others = ", ".join(f"“{sheet.title}”" for sheet in sheets[1:6])
    return [
        Finding(
            "missing", (), 0, "other sheets not read", f"Only the first sheet was read; not read: {others}."
        )
    ]


def _records(sheet: Any, name: str) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # the stated size may lie
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS:
            raise UnreadableFile(f"{name} has more than {MOST_ROWS:,} rows. Split it and import the parts.")
        if len(row) > MOST_COLUMNS:
            raise UnreadableFile(f"{name} has more than {MOST_COLUMNS} columns.")
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _text(cell: Any) -> str:
    """A cell as it is shown: 0.351 formatted as a percentage is 35.1%, a whole number has no ".0"."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.min.time() else "%Y-%m-%dT%H:%M:%S")
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        if "%" in (cell.number_format or ""):
            return f"{value * 100:.10g}%"
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)[: LONGEST_CELL + 1]
