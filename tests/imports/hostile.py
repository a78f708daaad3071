"""Files that nobody should send: mutated real ones, damaged workbooks, zip and entity bombs.

`hostile_file(number)` is the same file for the same number, so that a failure can be looked at again.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent / "files"

CELLS = (
    "", " ", "\u00a0", "\t", "'", "''", '"', "0", "-0", "00", "+1", "-1", "1e308", "1e309", "-1e309",
    "1e-308", "1e-400", "9" * 400, "0." + "0" * 400 + "1", "NaN", "nan", "inf", "-Infinity", "1e", "e5",
    "1e5e5", "0x1F", "1_000", "1,000", "1,00", "1.000,5", "1,2,3", "1..2", "..", ".", ",", "%", "%%",
    "100%", "10000%", "1e2%", "-5%", "< 0", "<", "<<1", "<=", "<-1", ">100", "≤0.1", "~5", "±1", "1±0.1",
    "5 mg", "5mg/unit mg/g", "mg", "ND ND", "NDx", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+cmd", "-cmd",
    '=HYPERLINK("http://a")', "#REF!", "#DIV/0!", "#N/A", "TRUE", "None", "null", "undefined", "٣٫٥", "１２",
    "Ⅻ", "½", "²", "1\u20094", "1\u202f000", "\u200b5", "\u202e51", "é", "Ã©", "Ã", "â€™", "\ufffd",
    "\ufeff5", "💊", "a\u0301", "\x01", "\x1f", "\x7f", "\x85", "x" * 32_767, "x" * 32_766, "Δ9",
    "0000-00-00", "2026-02-30", "9999-12-31", "31/12/2026", "12/31/26", "45000", "2026-11-27T25:00",
    "<script>alert(1)</script>", "{{ 7 * 7 }}", "%s%s%n", "../../etc/passwd", "'; DROP TABLE product; --",
    "\\", "\\x00",
)  # fmt: skip


@cache
def _samples() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    found = []
    for path in sorted(HERE.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as source:
            found.append((path.stem, tuple(tuple(row) for row in csv.reader(source))))
    header = (
        "sku", "name", "brand", "form", "route", "serving", "servings_per_package", "smallest_dose",
        "ingredients", "lineage", "batch", "tested_on", "expires_on", "stock", "price", "THC_mg_per_serving",
        "CBD_percent",
    )  # fmt: skip
    row = (
        "S1", "Plain Capsules", "Alder", "capsule", "edible", "1 capsule", "30", "1", "olive oil", "", "B1",
        "2026-09-16", "2027-07-22", "7", "42", "2.5", "ND",
    )  # fmt: skip
    found.append(("counselor", (header, row, ("S2", *row[1:]), ("S3", *row[1:]))))
    return tuple(found)


def _rows(dice: random.Random) -> list[list[str]]:
    _, rows = dice.choice(_samples())
    header, *body = rows
    body = [list(row) for row in dice.sample(body, min(len(body), dice.randint(1, 12)))]
    return [list(header), *body]


def _csv(rows: list[list[str]], delimiter: str = ",", newline: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return out.getvalue()


def _change_cells(dice: random.Random, rows: list[list[str]]) -> None:
    for _ in range(dice.randint(1, 12)):
        row = dice.choice(rows if dice.random() < 0.15 else rows[1:])
        row[dice.randrange(len(row))] = dice.choice(CELLS)


def cells(dice: random.Random) -> bytes:
    """A real file with hostile cells."""
    rows = _rows(dice)
    _change_cells(dice, rows)
    text = _csv(rows, dice.choice(",,,;\t|"), dice.choice(["\r\n", "\n", "\r"]))
    return text.encode(dice.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"]), errors="replace")


def columns(dice: random.Random) -> bytes:
    """A real file whose columns are repeated, emptied, renamed, moved, or far too many."""
    rows = _rows(dice)
    place = dice.randrange(len(rows[0]))
    match dice.randrange(7):
        case 0:
            rows = [[*row, row[place]] for row in rows]
        case 1:
            rows = [[*row, rows[0][place] if not at else "other"] for at, row in enumerate(rows)]
        case 2:
            rows[0][place] = ""
        case 3:
            rows = [row[:place] + row[place + 1 :] for row in rows]
        case 4:
            rows[0] = [name.upper() if dice.random() < 0.5 else f" {name} " for name in rows[0]]
        case 5:
            rows = [row + [""] * dice.choice([1, 50, 600]) for row in rows]
        case 6:
            rows = [[row[at] for at in dice.sample(range(len(row)), len(row))] for row in rows]
    return _csv(rows).encode()


def torn(dice: random.Random) -> bytes:
    """A real file with torn rows, odd quotes, or cut off somewhere."""
    text = _csv(_rows(dice))
    at = dice.randrange(len(text))
    match dice.randrange(6):
        case 0:
            text = text[:at]
        case 1:
            text = text[:at] + '"' + text[at:]
        case 2:
            text = text[:at] + dice.choice([",", "\n", "\r", "\r\n", ";", ",,,,,"]) + text[at:]
        case 3:
            text = text[at:]
        case 4:
            text = text + text
        case 5:
            text = text[:at] + "y" * 200_000 + text[at:]
    return text.encode()


def bytes_damaged(dice: random.Random) -> bytes:
    """A real file with bytes changed, cut, doubled or mixed with binary."""
    raw = bytearray(_csv(_rows(dice)).encode(dice.choice(["utf-8", "utf-16", "utf-8-sig"])))
    for _ in range(dice.randint(1, 20)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    if dice.random() < 0.3:
        at = dice.randrange(len(raw))
        raw[at:at] = dice.randbytes(dice.randint(1, 300))
    start = dice.choice(
        [b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"PK\x03\x04", b"%PDF", b"\x1f\x8b"]
    )
    return start + bytes(raw)


def workbook(dice: random.Random) -> bytes:
    """A workbook with hostile cells, types and sheets."""
    rows = _rows(dice)
    _change_cells(dice, rows)
    book = openpyxl.Workbook(write_only=True)
    for _ in range(dice.choice([1, 1, 1, 3])):
        sheet = book.create_sheet()
        for row in rows:
            made: list[object] = []
            for text in row:
                text = "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")[:32_767]
                made.append(
                    dice.choice([text, text, text, _as_number(text), None, True, 1e300, -0.0])
                    if text
                    else None
                )
            sheet.append(made)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _as_number(text: str) -> object:
    try:
        value = float(text)
    except ValueError:
        return text
    return value if abs(value) < 1e300 else text


def workbook_damaged(dice: random.Random) -> bytes:
    """A workbook with bytes changed or parts cut off."""
    raw = bytearray(workbook(dice))
    if dice.random() < 0.4:
        return bytes(raw[: dice.randrange(4, len(raw))])
    for _ in range(dice.randint(1, 30)):
        raw[dice.randrange(4, len(raw))] = dice.randrange(256)
    return bytes(raw)


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def sheet_rewritten(dice: random.Random) -> bytes:
    """A workbook whose sheet lies: entity bombs, cells out of any range, far too large, not XML."""
    text = "<row r='1'><c r='A1' t='inlineStr'><is><t>{}</t></is></c></row>"
    header = "".join(
        f"<c t='inlineStr'><is><t>{name}</t></is></c>" for name in ("sku", "name", "form", "batch")
    )
    body = dice.choice([
        LAUGHS + SHEET.format(f"<sheetData>{text.format('&a11;')}</sheetData>"),
        OUTSIDE + SHEET.format(f"<sheetData>{text.format('&e;')}</sheetData>"),
        SHEET.format(
            f"<sheetData><row r='1'>{header}</row><row r='9999999'>"
            "<c r='XFD9999999'><v>1</v></c></row></sheetData>"
        ),
        SHEET.format("<dimension ref='A1:XFD1048576'/><sheetData><row>" + header + "</row></sheetData>"),
        SHEET.format("<sheetData><row><c r='ZZZZZZZ1'><v>1</v></c><c r='-5'><v>2</v></c></row></sheetData>"),
        SHEET.format("<sheetData><row r='-1'><c r='A1' t='s'><v>999999999</v></c></row></sheetData>"),
        SHEET.format(
            f"<sheetData><row><c t='n'><v>{'9' * 5000}</v></c><c t='d'><v>x</v></c></row></sheetData>"
        ),
        SHEET.format("<sheetData>" + "<row/>" * dice.choice([10, 250_000]) + "</sheetData>"),
        SHEET.format("<sheetData>" + "<row>" + "<c/>" * 17_000 + "</row></sheetData>"),
        SHEET.format("<a>" * 50_000 + "</a>" * 50_000),
        "<worksheet", "", "\x00" * 100,
    ])  # fmt: skip
    made = workbook(dice)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            content = body if entry.filename == "xl/worksheets/sheet1.xml" else source.read(entry)
            target.writestr(entry.filename, content)
    return out.getvalue()


def bomb(dice: random.Random) -> bytes:
    """An archive that unpacks to far more than it weighs, or is no workbook at all."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        match dice.randrange(5):
            case 0:
                target.writestr("xl/worksheets/sheet1.xml", b" " * (40 * 1024 * 1024))
            case 1:
                for number in range(2_500):
                    target.writestr(f"xl/{number}", "")
            case 2:
                target.writestr("../../xl/evil", "x")
                target.writestr("word/document.xml", "x")
            case 3:
                target.writestr("xl/workbook.xml", LAUGHS + "<workbook>&a11;</workbook>")
                target.writestr("[Content_Types].xml", LAUGHS + "<Types>&a11;</Types>")
            case 4:
                target.writestr("xl/sharedStrings.xml", "<sst>" + "<si><t>x</t></si>" * 300_000 + "</sst>")
    raw = bytearray(out.getvalue())
    if dice.random() < 0.3:  # the directory says another size than what unpacks
        at = raw.rfind(b"PK\x01\x02")
        raw[at + 24 : at + 28] = dice.randbytes(4)
    return bytes(raw)


def noise(dice: random.Random) -> bytes:
    """Anything at all."""
    return dice.choice([
        b"", b"\n", b"a", b"a,b", b"\x00\x00", dice.randbytes(dice.randint(1, 4_000)),
        (",".join("a" * dice.randint(0, 3) for _ in range(2_000)) + "\n").encode(),
        ("sku,name,form,batch\n" + "\n" * 10_000).encode(), ('"' * dice.randint(1, 50_000)).encode(),
        ("sku,name,form,batch\n" + "a,b,c,d\n" * dice.choice([3, 30_000])).encode(),
        ("sku,name,form,batch\n" + ",,,\n" * 5_000).encode(), b"{}", b"<html><body></body></html>",
    ])  # fmt: skip


KINDS: tuple[tuple[int, Callable[[random.Random], bytes]], ...] = (
    (30, cells), (15, columns), (15, torn), (15, bytes_damaged), (10, workbook), (6, workbook_damaged),
    (4, sheet_rewritten), (1, bomb), (4, noise),
)  # fmt: skip


def hostile_file(number: int) -> tuple[str, bytes]:
    """What kind the file of this number is, and its bytes."""
    dice = random.Random(number)
    kind = dice.choices([made for _, made in KINDS], [weight for weight, _ in KINDS])[0]
    return kind.__name__, kind(dice)
