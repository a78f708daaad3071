"""Certificates as laboratories lay them out, made here: real ones carry names that are nobody's business.

Each is drawn cell by cell as a laboratory's program draws it, so that its text has to be put together again.
"""

from __future__ import annotations

from collections.abc import Sequence

from fpdf import FPDF

Cell = tuple[float, str]


class Paper:
    """One page; everything is placed in millimeters from the top left corner."""

    def __init__(self, font: str = "helvetica") -> None:
        self.pdf = FPDF(format="letter")
        self.pdf.add_page()
        self.font = font
        self.y = 18.0
        self.size(9)

    def size(self, points: float) -> None:
        self.pdf.set_font(self.font, size=points)

    def row(self, *cells: Cell, height: float = 5.0) -> None:
        for x, text in cells:
            self.pdf.text(x, self.y, text)
        self.y += height

    def rows(self, places: Sequence[float], lines: Sequence[Sequence[str]], height: float = 5.0) -> None:
        for line in lines:
            self.row(*((x, text) for x, text in zip(places, line, strict=True) if text), height=height)

    def done(self) -> bytes:
        return bytes(self.pdf.output())


def percent_with_units_column() -> bytes:
    """Analyte LOD LOQ Result Units: flower, California."""
    paper = Paper()
    paper.size(14)
    paper.row((15, "Redwood Analytical Laboratories"), height=8)
    paper.size(9)
    paper.row((15, "Certificate of Analysis"))
    paper.row((15, "Sample Name: Quiet Creek Flower"), (110, "Certificate #: RAL-24-00917"))
    paper.row((15, "Batch #: QC-0417"), (110, "Date Tested: 04/17/2026"))
    paper.row((15, "Expiration Date: 04/17/2027"), (110, "Overall Result: PASS"), height=9)
    paper.row((15, "Cannabinoid Profile"))
    places = (15, 60, 85, 110, 140)
    paper.rows(places, [("Analyte", "LOD", "LOQ", "Result", "Units")])
    paper.rows(places, [
        ("THCa", "0.03", "0.10", "21.45", "%"),
        ("d9-THC", "0.03", "0.10", "0.62", "%"),
        ("d8-THC", "0.03", "0.10", "ND", "%"),
        ("CBDa", "0.03", "0.10", "<LOQ", "%"),
        ("CBD", "0.03", "0.10", "ND", "%"),
        ("CBGa", "0.03", "0.10", "0.88", "%"),
        ("CBN", "0.03", "0.10", "NT", "%"),
        ("Total THC", "", "", "19.43", "%"),
    ])  # fmt: skip
    return paper.done()


def percent_beside_mg_per_gram() -> bytes:
    """Analyte % mg/g: a label over each value, the laboratory in the letterhead. Massachusetts."""
    paper = Paper("times")
    paper.row((15, "Bay Colony Labs, Inc."), height=8)
    places = (15, 75, 135)
    paper.rows(places, [("Product Name:", "Lot Number:", "Report Number:")])
    paper.rows(places, [("Harbor Vape 0.5 g", "HV-22", "BCL 88123")], height=8)
    paper.rows(places, [("Date Reported:", "Date Completed:", "Status:")])
    paper.rows(places, [("Nov 6, 2026", "Nov 3, 2026", "Passed")], height=9)
    places = (15, 90, 130)
    paper.rows(places, [("Cannabinoid", "%", "mg/g")])
    paper.rows(places, [
        ("Tetrahydrocannabinolic Acid (THCA)", "0.21", "2.10"),
        ("Delta-9 THC", "78.40", "784.0"),
        ("Cannabidiol (CBD)", "0.35", "3.50"),
        ("Cannabidiolic Acid (CBDA)", "Not Detected", "Not Detected"),
        ("Cannabigerol (CBG)", "2.10", "21.0"),
    ])  # fmt: skip
    return paper.done()


def per_serving_and_container() -> bytes:
    """mg/serving and mg/container with the units on a line of their own: an edible, California."""
    paper = Paper()
    paper.row((15, "Laboratory: Mesa Verde Testing"), (110, "COA ID: MV-5521"))
    paper.row((15, "Sample: Night Pears Gummies"), (110, "Batch Number: NP-9"))
    paper.row((15, "Test Date: 2026-08-30"), (110, "Best By: 2027-02-28"))
    paper.row((15, "Pass/Fail: PASS"), height=9)
    places = (15, 55, 85, 118, 155)
    paper.rows(places, [("Analyte", "LOQ", "Mass", "Mass", "Mass")])
    paper.rows(places[1:], [("mg/g", "mg/g", "mg/serving", "mg/container")])
    paper.rows(places, [
        ("THC", "0.050", "1.190", "4.96", "99.2"),
        ("THCA", "0.050", "ND", "ND", "ND"),
        ("CBD", "0.050", "1.205", "5.02", "100.4"),
        ("CBDA", "0.050", "<LOQ", "<LOQ", "<LOQ"),
        ("CBN", "0.050", "0.240", "1.00", "20.0"),
    ])  # fmt: skip
    return paper.done()


def two_tables_side_by_side() -> bytes:
    """Two columns of analytes on one line, and a table of pesticides under them that is none of ours."""
    paper = Paper("courier")
    paper.size(8)
    paper.row((12, "Testing Laboratory: Great Plains Labs"), (110, "Certificate Number: GP-301"))
    paper.row((12, "Sample Name: Prairie Oil 30 mL"), (110, "Lot: PO-7"))
    paper.row((12, "Completed: 10/01/2026"), (110, "Final Result: FAIL"), height=9)
    places = (12, 45, 72, 110, 143, 170)
    head = ("Compound", "Result (%)", "LOQ (%)")
    paper.rows(places, [head + head])
    paper.rows(places, [
        ("THC", "1.020", "0.010", "CBD", "0.987", "0.010"),
        ("THCA", "ND", "0.010", "CBDA", "<0.010", "0.010"),
        ("THCV", "0.011", "0.010", "CBG", "0.044", "0.010"),
        ("CBC", "Not Tested", "", "CBN", "0.0?1", "0.010"),
    ])  # fmt: skip
    paper.y += 6
    paper.rows((12, 60, 90, 120, 150), [("Analyte", "LOD", "Limit", "Result", "Status")])
    paper.rows((12, 60, 90, 120, 150), [
        ("Abamectin", "0.01", "0.10", "ND", "Pass"),
        ("Bifenazate", "0.01", "0.10", "4.20", "Fail"),
    ])  # fmt: skip
    return paper.done()


def only_a_picture() -> bytes:
    """A page without any text, as a scanner makes it."""
    pdf = FPDF(format="letter")
    pdf.add_page()
    pdf.set_fill_color(200)
    pdf.rect(20, 20, 100, 100, style="F")
    return bytes(pdf.output())


def locked() -> bytes:
    """A PDF that asks for a password."""
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(percent_with_units_column())))
    writer.encrypt("sesame", algorithm="RC4-128")
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()
