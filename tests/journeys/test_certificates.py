"""Certificates as a manager and a counselor meet them: attached, read, confirmed, shown, printed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Walker
from .test_main_job import add_patient


@pytest.fixture(scope="module")
def papers() -> Any:
    """The module that draws certificates."""
    place = Path(__file__).parents[1] / "certificates" / "papers.py"
    found = importlib.util.spec_from_file_location("drawn_papers", place)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def attach(manager: Walker, path: Path) -> None:
    """Attach a file to the first batch of the product that is open."""
    manager.page.locator("summary", has_text="Attach").first.click()
    manager.page.set_input_files("input[type=file] >> nth=0", str(path))
    with manager.page.expect_navigation():
        manager.page.get_by_role("button", name="Attach", exact=True).first.click()


def test_a_manager_reads_a_certificate_into_its_batch_and_a_counselor_sees_it(
    walker: Callable[[str], Walker], papers: Any, tmp_path: Path
) -> None:
    (tmp_path / "coa.pdf").write_bytes(papers.per_serving_and_container())
    (tmp_path / "page.pdf").write_bytes(b"<!doctype html><script>alert(1)</script>")
    manager = walker("manager")
    manager.go("/certificates/missing")
    manager.look("certificates-missing")
    manager.go("/certificates/missing?state=expired&stock=all")
    manager.look("certificates-expired")
    manager.go("/catalog?q=Northmere+1:1+Tincture")
    manager.press("Northmere 1:1 Tincture", "main table")
    product = manager.page.url
    manager.page.locator("summary", has_text="Attach").first.click()
    manager.look("certificates-product")
    manager.go("/certificates/missing")
    manager.page.goto(product)
    attach(manager, tmp_path / "page.pdf")
    assert "neither a PDF nor a picture" in manager.page.inner_text("main")
    manager.look("certificates-refused")
    manager.page.goto(product)
    attach(manager, tmp_path / "coa.pdf")
    manager.look("certificates-read")
    manager.press("Read and confirm", "main")
    manager.look("certificates-confirm")
    assert "The document names batch" in manager.page.inner_text("main")
    assert manager.page.locator("input[type=checkbox]:checked").count() == 0
    for row in ("laboratory", "certificate_number"):
        manager.page.check(f"[name=take-{row}]")
    manager.page.check("[name=line-1-take]")
    manager.page.fill("[name=line-1-value]", "lots")
    manager.press("Confirm what is ticked", "main")
    manager.look("certificates-confirm-mistake")
    manager.page.fill("[name=line-1-value]", "4.96")
    manager.press("Confirm what is ticked", "main")
    assert "Confirmed. Changed:" in manager.page.inner_text("main")
    manager.look("certificates-confirmed")

    counselor = walker("counselor")
    counselor.page.goto(product)
    counselor.press("coa.pdf", "main")
    assert "Night Pears Gummies" in counselor.page.inner_text(".certificate-text")
    with counselor.page.expect_download() as got:
        counselor.page.get_by_role("link", name="Open the PDF").click()
    assert got.value.suggested_filename == "coa.pdf"
    counselor.look("certificates-counter")

    add_patient(counselor)
    counselor.press("New consultation")
    counselor.add("Condition", "multiple sclerosis")
    counselor.page.click("[data-route=edible]")
    counselor.page.get_by_label("New to cannabis").check()
    counselor.saved()
    link = counselor.page.locator("#advice .product a", has_text="Certificate").first
    link.wait_for()
    counselor.look("certificates-advice")
    with counselor.page.expect_popup() as opened:
        link.click()
    assert "Night Pears Gummies" in opened.value.inner_text(".certificate-text")


def test_labels_are_printed_for_a_shelf(walker: Callable[[str], Walker]) -> None:
    counselor = walker("counselor")
    counselor.go("/certificates/missing")
    for box in counselor.page.locator("tbody input[type=checkbox]").all()[:6]:
        box.check()
    counselor.press("Labels for those ticked", "main")
    assert counselor.page.locator(".label").count() >= 1
    assert counselor.page.locator(".label svg").count() == counselor.page.locator(".label").count()
    counselor.look("certificates-labels")
    counselor.page.emulate_media(media="print")
    counselor.look("certificates-labels-print")


def test_pages_of_certificates_keep_to_the_policy(strict: Callable[[str], Walker]) -> None:
    counselor = strict("counselor")
    counselor.go("/certificates/missing")
    counselor.page.locator("tbody input[type=checkbox]").first.check()
    counselor.press("Labels for those ticked", "main")
    assert counselor.page.locator(".label-qr svg").first.bounding_box()["width"] > 60
