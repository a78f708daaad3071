"""What scripts add to pages that work without them: type-ahead, autosave, shortcuts, dark counters."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import Walker
from .test_main_job import add_patient


def begin(person: Walker) -> None:
    """An empty draft for a new patient."""
    add_patient(person, given="Cam")
    person.press("New consultation")


def test_a_medicine_is_found_with_the_keyboard_alone(strict: Callable[[str], Walker]) -> None:
    counselor = strict("counselor")
    begin(counselor)
    page = counselor.page
    box = page.get_by_role("combobox", name="Medicines")
    box.focus()
    box.press_sequentially("klonop 0.5 mg")
    page.locator(".combo-option", has_text="clonazepam").first.wait_for()
    box.press("ArrowDown")
    chosen = box.get_attribute("aria-activedescendant")
    assert chosen and page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    box.press("Enter")
    assert page.locator("textarea[name=medicines]").input_value() == "Klonopin 0.5 mg"
    assert box.get_attribute("aria-expanded") == "false"
    box.press_sequentially("aspirin, klonop")
    page.locator(".combo-option", has_text="clonazepam").first.click()
    assert page.locator("textarea[name=medicines]").input_value() == "Klonopin 0.5 mg\naspirin, Klonopin"
    page.get_by_role("button", name="Remove Klonopin 0.5 mg").click()
    assert page.locator("textarea[name=medicines]").input_value() == "aspirin, Klonopin"


def test_a_lost_connection_is_said_and_nothing_typed_is_lost(walker: Callable[..., Walker]) -> None:
    counselor = walker("counselor")
    begin(counselor)
    page = counselor.page
    counselor.add("Condition", "multiple sclerosis")
    counselor.saved()
    page.context.set_offline(True)
    counselor.add("Medicines", "baclofen")
    page.locator("[data-save-state][data-state=lost]").first.wait_for()
    assert "still here" in page.locator("[data-save-state]").first.inner_text()
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "baclofen" not in kept and "sclerosis" not in kept, "a shared tablet keeps no patient's words"
    page.context.set_offline(False)
    counselor.saved()
    page.reload()
    assert page.locator("textarea[name=medicines]").input_value() == "baclofen"
    counselor.faults[:] = [fault for fault in counselor.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_one_key_goes_to_the_search_box_until_it_is_switched_off(
    walker: Callable[..., Walker],
) -> None:
    counselor = walker("counselor")
    counselor.go("/knowledge")
    page = counselor.page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "top-search"
    page.keyboard.type("n/")
    assert page.input_value("#top-search") == "n/", "keys typed into a field are text"
    page.locator(".top-menu summary").click()
    page.locator("[data-preference=shortcuts]").click()
    counselor.go("/knowledge")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "top-search"


def test_a_dark_counter_stays_dark_on_the_next_page(walker: Callable[..., Walker]) -> None:
    counselor = walker("counselor")
    page = counselor.page
    page.locator(".top-menu summary").click()
    page.locator("[data-preference=theme]").click()
    counselor.go("/knowledge")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 21, 18)"


def test_the_gallery_has_no_fault_bright_or_dark(walker: Callable[..., Walker]) -> None:
    counselor = walker("counselor")
    for scheme in ("light", "dark"):
        counselor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        counselor.go("/gallery")
        counselor.look(f"gallery-{scheme}")
