"""A manager counts: the list, a change with its reason, a file that is checked first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .conftest import Walker


def test_stock_is_counted_and_a_file_checked(walker: Callable[..., Walker], tmp_path: Path) -> None:
    manager = walker("manager")
    page = manager.page
    manager.go("/stock")
    manager.look("stock-list")
    page.locator("tbody th a").first.click()
    page.get_by_label("Packages now on the shelf").fill("2")
    page.get_by_label("Reason").fill("Counted after closing")
    page.get_by_role("button", name="Save the count").click()
    assert "Counted after closing" in page.locator("main").inner_text()
    manager.look("stock-batch")
    faulty = tmp_path / "pos.csv"
    faulty.write_text("sku,batch,count\nX,Y,many\n", encoding="utf-8")
    manager.go("/stock")
    page.set_input_files("#stock-file", faulty)
    page.get_by_role("button", name="Only check it").click()
    assert "Row 2, count" in page.locator("main").inner_text()
    manager.look("stock-file-refused")
