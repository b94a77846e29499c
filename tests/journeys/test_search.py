"""Finding something from anywhere: by the keyboard, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


def test_a_slash_a_word_and_two_arrows_lead_to_a_record(visitor: Visitor) -> None:
    page = visitor.sign_in("officer").open("/")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("/")
    page.keyboard.type("有限公司", delay=30)
    box = page.locator("#header-search-input")
    expect(page.locator("#header-search-suggestions [role=option]").first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")

    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    first = page.locator("#header-search-suggestions [role=option]").first
    expect(first).to_have_attribute("aria-selected", "true")
    address = first.get_attribute("href")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"{address}$"))


def test_enter_opens_the_page_with_counts_and_one_kind_alone(visitor: Visitor) -> None:
    page = visitor.sign_in("officer").open("/search/")
    page.fill("#search-input", "有限公司")
    page.keyboard.press("Enter")
    page.click("nav.tabs a:has-text('单位')")

    expect(page).to_have_url(re.compile("kind=organisation"))
    expect(page.locator(".hit mark").first).to_have_text("有限公司")


def test_without_javascript_the_box_is_a_form(visitor: Visitor, browser_without_script: Visitor) -> None:
    page = browser_without_script.sign_in("officer").open("/search/")
    page.fill("#search-input", "高新技术企业")
    page.click("main button[type=submit]")

    expect(page.locator("main")).to_contain_text("全部")
    expect(page.locator(".hit").first).to_be_visible()
