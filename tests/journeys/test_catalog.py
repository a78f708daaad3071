"""The catalog as a manager works in it: the list by keyboard, many products at once, a batch with readings."""

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
    manager.go("/catalog")
    for row in range(3):
        page.locator("[data-tick]").nth(row).check()
    page.select_option("#kind", "form")
    manager.press("of the ticked…", within=".catalog-bulk")
    manager.look("catalog-bulk-choose")
    page.select_option("[name=form]", "gummy")
    manager.press("Show what will change")
    assert page.locator(".has-error").count() == 1
    page.fill("[name=reason]", "The producer says they are gummies")
    manager.press("Show what will change")
    manager.look("catalog-bulk-plan")
    if (
        page.get_by_role("button", name="Change 1 product").count()
        or page.get_by_role("button", name="products").count()
    ):
        manager.press("Change ", within="main .row")
        manager.look("catalog-bulk-made")
        manager.press("Undo this change")
        manager.look("catalog-bulk-undone")
    manager.go("/catalog/bulk")
    manager.look("catalog-bulk-list")
