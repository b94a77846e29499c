"""The palette: from any page, by the keyboard alone, with a Chinese input method, on a phone, and switched off."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser

LIST = "#palette-list"
CHOSEN = "#palette [role=option][aria-selected=true]"


def opened(page: Page) -> Page:
    """The palette of a page, opened by its key, with what it offers."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    return page


def typed(page: Page, text: str) -> None:
    page.keyboard.type(text, delay=20)
    expect(page.locator(LIST)).to_have_attribute("data-asked", text)


def test_from_a_list_to_another_page_and_to_a_form_by_initials(visitor: Visitor) -> None:
    page = opened(visitor.sign_in("officer").open("/organisations/"))
    box = page.locator("#palette-input")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "true")

    typed(page, "tz")
    expect(page.locator(CHOSEN)).to_have_text("台账")
    assert box.get_attribute("aria-activedescendant") == page.locator(CHOSEN).get_attribute("id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/records/$"))

    opened(page)
    typed(page, "djzl")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/records/patent/new/$"))


def test_a_firm_is_found_and_arrows_go_round(visitor: Visitor) -> None:
    page = opened(visitor.sign_in("officer").open("/"))
    typed(page, "有限公司")
    options = page.locator("#palette [role=option]")
    expect(options.last).to_have_text(re.compile("搜索“有限公司”"))

    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    address = options.first.get_attribute("href")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"{address}$"))


def test_who_presses_enter_before_the_answer_has_come_goes_where_they_meant(visitor: Visitor) -> None:
    page = opened(visitor.sign_in("officer").open("/"))
    page.keyboard.type("tz")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/records/$"))


def test_esc_closes_it_and_gives_the_focus_back_and_closes_nothing_else(visitor: Visitor) -> None:
    page = visitor.sign_in("officer").open("/organisations/")
    link = page.locator("table tbody a").first
    link.focus()
    opened(page)
    page.keyboard.press("Tab")  # to the button, and on within the dialog
    page.keyboard.press("j")  # a key of the list below
    page.keyboard.press("Escape")

    expect(page.locator("#palette")).to_be_hidden()
    expect(link).to_be_focused()
    assert page.locator(".row-current").count() == 0

    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_hidden()


def test_while_a_word_is_composed_nothing_happens(visitor: Visitor) -> None:
    """As an input method does it: the letters are typed and chosen from before there is a word."""
    page = opened(visitor.sign_in("officer").open("/"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/palette/" in request.url else None)
    page.evaluate(
        """() => {
            const input = document.getElementById("palette-input");
            input.dispatchEvent(new CompositionEvent("compositionstart"));
            input.value = "tai'zhang";
            input.dispatchEvent(new InputEvent("input", { isComposing: true }));
            for (const key of ["ArrowDown", "Enter", "Escape"])
                input.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode: 229, isComposing: true, bubbles: true }));
        }"""
    )
    page.wait_for_timeout(400)
    expect(page.locator("#palette")).to_be_visible()
    expect(page.locator("#palette [role=option]").first).to_have_attribute("aria-selected", "true")
    assert asked == [] and page.url.endswith("/")

    page.evaluate(
        """() => {
            const input = document.getElementById("palette-input");
            input.value = "台账";
            input.dispatchEvent(new CompositionEvent("compositionend"));
        }"""
    )
    expect(page.locator(CHOSEN)).to_have_text("台账")


def test_switched_off_with_the_keys_of_lists_the_button_still_opens_it(visitor: Visitor) -> None:
    page = visitor.sign_in("officer").open("/organisations/")
    page.click("[data-keys-switch]")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_hidden()

    page.reload()
    page.locator("[data-palette-open]:visible").first.click()
    expect(page.locator("#palette")).to_be_visible()


def test_on_a_phone_it_is_a_sheet_opened_by_the_button(visitor: Visitor) -> None:
    page = visitor.sign_in("officer").open("/records/")
    page.set_viewport_size({"width": 390, "height": 800})
    page.click(".search-link")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    box = page.locator("#palette").bounding_box()
    assert box is not None and (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 800)
    assert visitor.width_overflow() <= 0

    page.fill("#palette-input", "单位")
    expect(page.locator(CHOSEN)).to_have_text("单位")
    page.locator(CHOSEN).click()
    expect(page).to_have_url(re.compile("/organisations/$"))


def test_without_javascript_the_button_is_the_link_to_the_search(browser_without_script: Visitor) -> None:
    page = browser_without_script.sign_in("officer").open("/")
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator("#palette")).to_be_hidden()
    page.click(".search-link")

    expect(page.locator("h1")).to_have_text("搜索")


def test_it_can_be_read_by_everybody(visitor: Visitor) -> None:
    page = opened(visitor.sign_in("officer").open("/"))
    typed(page, "有限")

    assert visitor.check_accessibility() == []
