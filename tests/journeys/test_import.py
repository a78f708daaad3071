"""A manager brings files in: a registry full of faults, a file nobody knows, and takes one back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .conftest import Walker

FILES = Path(__file__).parents[1] / "imports" / "files"


def test_a_faulty_file_is_read_decided_applied_and_undone(
    walker: Callable[..., Walker], tmp_path: Path
) -> None:
    manager = walker("manager")
    page = manager.page
    manager.go("/catalog/imports")
    manager.look("imports-start")
    page.set_input_files("#file", FILES / "ct-registry.csv")
    page.get_by_role("button", name="Read the file").click()
    manager.look("imports-doctor")
    page.get_by_label("Sell these with CBD not known").first.check()
    page.get_by_role("button", name="Keep these decisions").click()
    assert page.get_by_label("Sell these with CBD not known").first.is_checked()
    manager.look("imports-decided")
    page.get_by_role("button", name="Apply all of it").click()
    manager.look("imports-applied")
    page.get_by_text("Undo this import…").click()
    page.get_by_label("Why is it undone?").fill("The state sent a corrected file.")
    page.get_by_role("button", name="Undo the import").click()
    assert "The state sent a corrected file." in page.locator("main").inner_text()
    manager.look("imports-undone")


def test_a_file_nobody_knows_is_told_column_by_column(walker: Callable[..., Walker], tmp_path: Path) -> None:
    odd = tmp_path / "odd-supplier.csv"
    odd.write_text(
        "Stock no,What,Kind,Lot,Strength THC,Strength CBD,Shelf\nA1,Calm Caps,Capsule,L1,2.5,ND,3\n"
        "A2,Day Caps,Capsule,L2,5,<0.1,4\n",
        encoding="utf-8",
    )
    manager = walker("manager")
    page = manager.page
    manager.go("/catalog/imports")
    page.set_input_files("#file", odd)
    page.get_by_role("button", name="Read the file").click()
    manager.look("imports-columns")
    page.get_by_label("Whose files look like this?").fill("Odd Supplier")
    for header, meaning in (
        ("Stock no", "sku"), ("What", "name"), ("Kind", "form"), ("Lot", "batch"),
        ("Strength THC", "THC|mg_per_serving"), ("Strength CBD", "CBD|mg_per_serving"),
    ):  # fmt: skip
        page.get_by_label(header, exact=True).select_option(meaning)
    page.get_by_role("button", name="Read the file so").click()
    assert "odd-supplier.csv" in page.locator("h1").inner_text()
    manager.look("imports-mapped")
