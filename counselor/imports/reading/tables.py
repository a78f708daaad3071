"""A file as rows of text: encoding, delimiter, torn rows and duplicate headers of CSV, and limits on size.

Row numbers are those a spreadsheet shows: the header is row 1, a blank line counts, a cell with line breaks
does not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .findings import Finding, Rejection, UnreadableFile, shown

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 500
LONGEST_CELL = 32_767
"""What one spreadsheet cell can hold: a text of exactly this length was cut off there."""
NOT_TABLES = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!")
"""First bytes of an old workbook, a PDF, pictures and archives."""


@dataclass(frozen=True)
class Table:
    """Headers as written, then (row number, cells); every row is as wide as the header."""

    headers: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    encoding: str = "utf-8"
    decimal_comma: bool = False
    findings: list[Finding] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def read_table(path: Path, name: str) -> Table:
    """Read a CSV or XLSX file; UnreadableFile says why it is neither. `name` is what people call the file."""
    try:
        if path.is_dir():
            raise UnreadableFile(f"{name} is a folder, not a file.")
        size = path.stat().st_size
        if size > MOST_BYTES:
            most = MOST_BYTES // 1048576
            raise UnreadableFile(f"{name} has {size / 1048576:.0f} MB; at most {most} MB can be read.")
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{name} cannot be opened: {error.strerror or error}.") from error
    if not raw.strip():
        raise UnreadableFile(f"{name} is empty.")
    if raw.startswith(b"PK\x03\x04"):
        from .workbooks import read_workbook  # openpyxl takes longer to import than a catalog to read

        return read_workbook(raw, name)
    if raw.startswith(NOT_TABLES):
        raise UnreadableFile(
            f"{name} is not a CSV or XLSX file (an old or protected workbook, a PDF, a picture or an"
            f" archive)."
            " Save it as .xlsx without a password, or as CSV, and try again."
        )
    return read_csv(raw, name)


def read_csv(raw: bytes, name: str) -> Table:
    """Read CSV bytes: UTF-8 (with or without BOM), UTF-16 with BOM, else Windows-1252, which is reported."""
    text, encoding, findings = _decode(raw, name)
    delimiter = _delimiter(text)
    rejected: list[Rejection] = []
    records: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                records.append((number, cells))
            if number > MOST_ROWS:
                raise UnreadableFile(
                    f"{name} has more than {MOST_ROWS:,} rows. Split it and import the parts."
                )
    except csv.Error as error:
        rejected.append(
            Rejection(
                number + 1,
                "",
                "",
                "truncated",
                f"Row {number + 1} is torn: {error}. Quotation marks do not pair, so nothing after it can"
                f" be trusted.",
                refuses=True,
            )
        )
    return shape(
        records, name, encoding=encoding, decimal_comma=delimiter == ";", findings=findings, rejected=rejected
    )


def shape(
    records: Iterable[tuple[int, list[str]]],
    name: str,
    *,
    encoding: str,
    decimal_comma: bool = False,
    findings: list[Finding] | None = None,
    rejected: list[Rejection] | None = None,
) -> Table:
    """Make every row as wide as the header; a torn row is rejected and refuses the file."""
    findings = [] if findings is None else findings
    rejected = [] if rejected is None else rejected
    iterator = iter(records)
    first, headers = next(iterator, (0, []))
    headers = [header.strip() for header in headers]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) < 2 or first == 0:
        raise UnreadableFile(f"{name} is not a table: no header row with at least two columns was found.")
    if len(headers) > MOST_COLUMNS:
        raise UnreadableFile(f"{name} has {len(headers)} columns; at most {MOST_COLUMNS} can be read.")
    width = len(headers)
    rows: list[tuple[int, list[str]]] = []
    for number, cells in iterator:
        if len(cells) != width:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                rejected.append(_torn(number, cells, width, headers))
                rows.append((number, []))
                continue
            cells = cells[:width]
        rows.append((number, cells))
    _duplicate_headers(headers, rows, findings, rejected)
    return Table(tuple(headers), rows, encoding, decimal_comma, findings, rejected)


def _torn(number: int, cells: list[str], width: int, headers: list[str]) -> Rejection:
    last = headers[min(len(cells), width) - 1]
    return Rejection(
        number,
        last,
        shown(cells[-1]),
        "truncated",
        f"Row {number} has {len(cells)} cells where the header has {width}: it is torn, or a cell holds a"
        f" stray separator.",
        refuses=True,
    )


def _duplicate_headers(
    headers: list[str], rows: list[tuple[int, list[str]]], findings: list[Finding], rejected: list[Rejection]
) -> None:
    seen: dict[str, int] = {}
    for place, header in enumerate(headers):
        key = header.lower()
        if not header or key not in seen:
            seen.setdefault(key, place)
            continue
        first = seen[key]
        differing = next(
            (row for row, cells in rows if cells and cells[first].strip() != cells[place].strip()), None
        )
        headers[place] = ""  # a column without a name is not read
        if differing is None:
            findings.append(
                Finding(
                    "duplicate",
                    (header,),
                    len(rows),
                    "second column ignored",
                    f"The column “{header}” is there twice, with the same content.",
                )
            )
        else:
            rejected.append(
                Rejection(
                    1,
                    header,
                    header,
                    "duplicate",
                    f"Two columns are called “{header}” and differ, first in row {differing}. Rename or"
                    f" remove one.",
                    refuses=True,
                )
            )


def _decode(raw: bytes, name: str) -> tuple[str, str, list[Finding]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16"), "utf-16", []
        except UnicodeDecodeError as error:
            raise UnreadableFile(
                f"{name} says it is UTF-16 but breaks off in the middle of a character."
            ) from error
    if b"\x00" in raw:
        raise UnreadableFile(f"{name} holds binary data; it is not a CSV or XLSX file.")
    bom = raw.startswith(b"\xef\xbb\xbf")
    try:
        return raw.decode("utf-8-sig"), "utf-8-sig" if bom else "utf-8", []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        finding = Finding(
            "encoding",
            (),
            1,
            "read as Windows-1252",
            f"{name} is not UTF-8 (line {line}); it was read as Windows-1252. Look at accents and signs"
            f" in names.",
        )
        return raw.decode("cp1252", errors="replace"), "cp1252", [finding]


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t|", key=lambda mark: (header.count(mark), mark == ","))
