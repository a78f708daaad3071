"""A copy of a file with what was found beside each row, to send back to whoever made it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict

from counselor.imports.reading.safety import safe_cell
from counselor.imports.upload import Upload

FOUND = "Counselor: what was found"
HELD = "Counselor: why it is held"


def annotated_copy(upload: Upload) -> bytes:
    """The file as CSV (UTF-8 with a mark, as spreadsheets like it) with two more columns.

    Cells that a spreadsheet would run as a formula are made plain text. Raises UnreadableFile.
    """
    table, catalog = upload.table(), upload.read()
    found: dict[int, list[str]] = defaultdict(list)
    for cell in catalog.rejected:
        where = f"{cell.column}: " if cell.column else ""
        found[cell.row].append(where + cell.message)
    held = {row.row: "; ".join(reason.words for reason in row.hold_reasons) for row in catalog.rows}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*map(safe_cell, table.headers), FOUND, HELD])
    for number, cells in table.rows:
        padded = [*cells, *[""] * (len(table.headers) - len(cells))]
        writer.writerow([*map(safe_cell, padded), " ".join(found[number]), held.get(number, "")])
    if catalog.findings:
        writer.writerow([])
        for finding in catalog.findings:
            writer.writerow(
                [f"{', '.join(finding.columns) or 'Whole file'}: {finding.message} ({finding.effect})"]
            )
    return out.getvalue().encode("utf-8-sig")
