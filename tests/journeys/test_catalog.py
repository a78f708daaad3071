"""The catalog as a manager works in it: the list by keyboard, many products at once, a batch by hand."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import Walker


def focused(page: object) -> str:
    """The words of what has the focus."""
    return str(page.evaluate("document.activeElement.textContent.trim()"))  # type: ignore[attr-defined]


def test_the_list_is_walked_by_keyboard(strict: Callable[[str], Walker]) -> None:
    manager = strict("manager")
    page = manager.page
    manager.go("/catalog")
    names = page.locator("[data-row] th a").all_inner_texts()
    page.keyboard.press("j")
    assert focused(page) == names[0]
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert focused(page) == names[2]
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.locator("[data-tick]:checked").count() == 1
    assert page.locator("[data-ticked]").inner_text() == "1 ticked"
    page.locator("[data-tick-all]").check()
    assert page.locator("[data-tick]:checked").count() == len(names)
    page.keyboard.press("?")
    assert page.locator("#keys").get_attribute("open") is not None
    page.keyboard.press("f")
    page.keyboard.type("jxk?")
    assert page.locator("#q").input_value() == "jxk?", "letters typed into the search are letters"
    assert page.locator("[data-tick]:checked").count() == len(names)
    page.locator("[data-row] th a").nth(1).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == names[1]


def test_keys_are_silent_for_whoever_switched_them_off(strict: Callable[[str], Walker]) -> None:
    manager = strict("manager")
    page = manager.page
    manager.go("/catalog")
    page.evaluate("document.documentElement.dataset.shortcuts = 'off'")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_many_products_are_changed_and_changed_back(walker: Callable[..., Walker]) -> None:
    manager = walker("manager")
    page = manager.page
    manager.go("/catalog")
    manager.look("catalog-list")
    manager.go("/catalog?thc_from=5&thc_to=much&sort=thc&order=down")
    manager.look("catalog-list-filters")
    manager.go("/catalog?q=nothing-like-it")
    manager.look("catalog-list-empty")
    manager.go("/catalog?q=alder+o")
    for row in range(5):
        page.locator("[data-tick]").nth(row).check()
    page.select_option("#kind", "form")
    manager.press("of the ticked…", within=".catalog-bulk")
    page.select_option("[name=form]", "gummy")
    manager.press("Show what will change")
    assert page.locator(".has-error").count() == 1
    manager.look("catalog-bulk-choose")
    page.fill("[name=reason]", "The producer says they are gummies")
    manager.press("Show what will change")
    manager.look("catalog-bulk-plan")
    manager.press("Change ", within="main .card .row")
    manager.look("catalog-bulk-made")
    manager.press("Undo this change")
    manager.look("catalog-bulk-undone")
    manager.go("/catalog/bulk")
    manager.look("catalog-bulk-list")


def test_a_batch_is_added_and_its_readings_put_right(walker: Callable[..., Walker]) -> None:
    manager = walker("manager")
    page = manager.page
    manager.go("/catalog?q=alder+capsules")
    page.locator("[data-row] th a").first.click()
    manager.look("catalog-product")
    manager.press("Add a batch")
    for name, value in {
        "number": "HAND-1",
        "r0-value": "2.5",
        "r2-value": "<0.1",
        "r3-value": "lots",
    }.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=total_thc]", "9")
    manager.press("Add the batch")
    assert page.locator("[name=r0-value]").input_value() == "2.5"
    manager.look("catalog-batch-new")
    page.fill("[name=r3-value]", "ND")
    page.fill("[name=source]", "Paper certificate")
    manager.press("Add the batch")
    manager.look("catalog-batch-total")
    page.check("[name=checked]")
    manager.press("Add the batch")
    manager.look("catalog-batch-added")
    page.locator("article", has_text="Batch HAND-1").locator(
        "summary", has_text="Certificate readings"
    ).click()
    manager.press("Edit readings", within="article:has-text('Batch HAND-1')")
    page.fill("[name=r0-value]", "2.6")
    page.fill("[name=reason]", "Misread")
    manager.look("catalog-readings")
    manager.press("Save readings")
    page.locator("#history summary").click()
    manager.look("catalog-product-history")
    manager.press("History", within=".page-heading")
    manager.look("catalog-history")
