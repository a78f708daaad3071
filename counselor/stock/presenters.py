"""How stock reads, on the page, in a file and as a code."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import segno
from markupsafe import Markup

from counselor.consultations.models import Consultation
from counselor.imports.reading.safety import safe_cell
from counselor.stock.models import StockFile, StockMovement, Why

WHY_WORDS = {
    Why.SALE: "Sold",
    Why.RECEIVED: "Received",
    Why.COUNTED: "Counted",
    Why.DAMAGED: "Damaged",
    Why.RETURNED: "Returned by a patient",
    Why.DESTROYED: "Destroyed",
    Why.TRANSFER: "To or from another store",
    Why.RECALL: "Recalled",
    Why.FILE: "From the point of sale",
    Why.IMPORT: "From an import",
}
OLD = timedelta(minutes=60)
"""After so long a stock file is called old: house policy."""


def is_old(file: StockFile | None, *, at: datetime) -> bool:
    """Whether the point of sale's file drives the counts and has not come for a while."""
    return file is not None and at - file.as_of > OLD


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV that no spreadsheet runs as formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([safe_cell("" if cell is None else str(cell)) for cell in row])
    return out.getvalue()


def movements_csv(moved: Sequence[StockMovement]) -> str:
    """What moved, newest first."""
    return csv_text(
        ("at", "sku", "batch", "change", "count_after", "why", "note", "by"),
        (
            (
                one.at.isoformat(),
                one.batch.product.sku,
                one.batch.number,
                one.change,
                one.count_after,
                one.why,
                one.note,
                one.by.display_name if one.by else "",
            )
            for one in moved
        ),
    )


def basket_csv(visit: Consultation, prices: Mapping[int, float | None]) -> str:
    """What a signed visit sold, for the till. It names no patient."""
    return csv_text(
        ("consultation", "sku", "batch", "name", "packages", "price"),
        (
            (visit.number, item.sku, item.batch, item.name, item.packages, prices.get(item.batch_id))
            for item in visit.items
        ),
    )


def basket_text(visit: Consultation) -> str:
    """The same as the text of a code: C1|NUMBER|SKU~BATCH~PACKAGES|... with % | ~ in them as %25 %7C %7E."""
    lines = (
        "~".join(
            (
                *(
                    part.replace("%", "%25").replace("|", "%7C").replace("~", "%7E")
                    for part in (item.sku, item.batch)
                ),
                str(item.packages),
            )
        )
        for item in visit.items
    )
    return "|".join(("C1", visit.number, *lines))


def basket_code(visit: Consultation) -> Markup:
    """The code as a picture in the page; nothing where it would hold more than a code can."""
    try:
        code = segno.make(basket_text(visit), micro=False)
    except segno.DataOverflowError:
        return Markup("")
    return Markup(  # noqa: S704 - made by us of escaped parts
        code.svg_inline(scale=3, svgclass="stock-code", lineclass=None, title=f"Basket of {visit.number}")
    )
