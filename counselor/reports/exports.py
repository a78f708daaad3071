"""The reports as CSV. No cell begins as a formula: a spreadsheet shows it as the text that it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from counselor.guidance.coverage import ONE, SEVERAL, Covered
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.substitute import Substitute
from counselor.reports.presenters import (
    BAND_WORDS,
    STATUS_WORDS,
    NeverGroup,
    evidence_words,
    orders,
    why_nothing,
)

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_text(cell: object) -> str:
    """A cell that no spreadsheet reads as a formula; an empty one for what is not known."""
    said = "" if cell is None else str(cell)
    return f"'{said}" if said.startswith(FORMULA) else said


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV with a byte order mark, so that spreadsheets read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([as_text(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def coverage_csv(rows: Sequence[Covered], known: Knowledge) -> str:
    """A line for each cell of the map."""
    header = (
        "condition",
        "route",
        "for whom",
        "on the shelf",
        "products",
        "evidence",
        "clinician first",
        "why",
    )
    return csv_text(
        header,
        (
            (
                known.conditions[cell.condition].name,
                cell.route,
                BAND_WORDS[cell.band],
                STATUS_WORDS[cell.status],
                "; ".join(one.sku for one in cell.products) + ("" if cell.whole else "; and more"),
                evidence_words(cell.grade, cell.direction) if cell.status in (ONE, SEVERAL) else "",
                known.conditions[cell.condition].clinician_first,
                "" if cell.status in (ONE, SEVERAL) else why_nothing(cell),
            )
            for row in rows
            for cell in row.cells
        ),
    )


def orders_csv(rows: Sequence[Covered], known: Knowledge) -> str:
    """What was studied and is not here, a line each."""
    header = ("condition", "profile", "missing for", "evidence", "statement", "sources", "clinician first")
    return csv_text(
        header,
        (
            (one.name, one.words, one.whom, one.grade, one.evidence, "; ".join(one.sources), one.first)
            for one in orders(rows, known)
        ),
    )


def never_csv(groups: Sequence[NeverGroup]) -> str:
    """A line for each batch that nobody can be given."""
    return csv_text(
        ("reason", "sku", "product", "batch", "packages", "all reasons", "what to do"),
        (
            (group.title, row.sku, row.name, row.batch, row.packages, "; ".join(row.reasons), group.remedy)
            for group in groups
            for row in group.rows
        ),
    )


def substitutes_csv(found: Sequence[Substitute]) -> str:
    """A line for each product that is near."""
    return csv_text(
        ("sku", "product", "batch", "route", "packages", "differences", "caution", "first dose", "sources"),
        (
            (
                one.item.sku,
                one.item.name,
                one.item.batch,
                one.item.route,
                one.item.stock,
                one.text,
                one.caution,
                one.restart,
                "; ".join(one.sources),
            )
            for one in found
        ),
    )
