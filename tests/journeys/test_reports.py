"""What the shelf could offer, as a manager reads it."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import Walker


def test_a_manager_reads_the_map_and_what_lies_there_for_nobody(walker: Callable[[str], Walker]) -> None:
    manager = walker("manager")
    manager.go("/catalog")
    manager.press("Coverage", "main")
    assert "Multiple sclerosis, spasticity" in manager.page.inner_text("main")
    manager.look("reports-coverage")
    manager.press("Spasticity", "main nav[aria-label='Groups of conditions']")
    manager.look("reports-coverage-group")
    manager.go("/reports/coverage/ms-spasticity/edible")
    assert "Substantial" in manager.page.inner_text("main")
    manager.look("reports-cell")
    manager.go("/reports/coverage/als-cramps/smoked")
    assert "ruled out by the condition" in manager.page.inner_text("main")
    manager.look("reports-cell-none")
    manager.press("The map", "main")
    manager.press("Never suggested", "main")
    assert "Too strong to begin with" in manager.page.inner_text("main")
    manager.look("reports-never")


def test_a_manager_looks_for_what_is_near_a_product(walker: Callable[[str], Walker]) -> None:
    manager = walker("manager")
    manager.go("/reports/substitute?sku=A1147")
    manager.look("reports-substitute")
    manager.go("/reports/substitute?sku=A1231")
    assert "starts low again" in manager.page.inner_text("main")
    manager.look("reports-substitute-flower")
    manager.go("/reports/substitute?sku=A9003")
    assert "would be a guess" in manager.page.inner_text("main")
    manager.look("reports-substitute-unknown")
