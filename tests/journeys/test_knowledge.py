"""The reading rooms and the approval, as a counselor and a pharmacist walk them."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import Walker


def test_a_medicine_and_a_condition_are_found_by_one_box(walker: Callable[[str], Walker]) -> None:
    counselor = walker("counselor")
    counselor.go("/knowledge?kind=medicine")
    counselor.look("knowledge-medicines")
    counselor.page.fill("#q", "Klonopin")
    counselor.press("Find", "main")
    counselor.look("knowledge-search")
    counselor.press("Klonopin", "main .list")
    counselor.look("knowledge-medicine")
    assert counselor.page.get_by_role("link", name="THC benzodiazepine").first.is_visible()
    counselor.page.fill("#name", "glorbizol")
    counselor.press("Find", "main")
    counselor.look("knowledge-not-recognised")
    assert "Not checked" in counselor.page.inner_text("main")
    counselor.go("/knowledge/statements/ms-spasticity")
    counselor.look("knowledge-condition")


def test_a_pharmacist_approves_the_version_and_takes_it_back(walker: Callable[[str], Walker]) -> None:
    pharmacist = walker("pharmacist")
    pharmacist.go("/knowledge")
    assert "awaiting a pharmacist's approval" in pharmacist.page.inner_text(".standing")
    pharmacist.press("More", ".standing")
    pharmacist.look("approval")
    pharmacist.press("Approve version", "main form")
    pharmacist.look("approval-not-read")
    pharmacist.page.check("#read")
    pharmacist.press("Approve version", "main form")
    assert "approved by Pat Pharmacist, pharmacist, on" in pharmacist.page.inner_text(".standing")
    pharmacist.look("approval-given")
    pharmacist.page.locator("summary", has_text="Withdraw the approval").click()
    pharmacist.page.fill("#because", "tried out only")
    pharmacist.press("Withdraw it", "main form")
    assert "awaiting a pharmacist's approval" in pharmacist.page.inner_text(".standing")
    pharmacist.look("approval-withdrawn")
