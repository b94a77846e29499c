"""Every page, as its reader opens it: no accessibility violation, no sideways scroll, no console error, in both languages."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Site, Visitor

pytestmark = pytest.mark.browser

INDICATOR = "/indicators/high_tech_enterprises/"
PAGES = {
    "officer": [
        "/",
        "/organisations/",
        "/records/",
        "/records/?kind=patent",
        "/records/patent/new/",
        "/records/event/new/",
        "/proposals/",
        "/observations/",
        "/observations/choices/",
        "/imports/",
        "/indicators/",
        INDICATOR,
        f"{INDICATOR}records/",
        "/documents/",
        "/documents/write/",
        "/verify/",
        "/cases/letters/",
        "/letters/check/",
        "/notices/",
        "/notices/choices/",
        "/calendar/",
        "/calendar/?view=month",
        "/gallery/",
    ],
    "minle": ["/", "/indicators/?period=2024-H1", "/observations/", "/observations/choices/", "/documents/"],
    "director": ["/", "/records/?state=draft"],
    "reviewer": ["/", "/documents/", "/notices/"],
    "superior": ["/", "/indicators/", INDICATOR],
    "enterprise": ["/", "/organisations/"],
    "commissioner": ["/"],
    "statistician": ["/", "/records/contract/new/", "/observations/", "/imports/"],
    "system": ["/", "/accounts/", "/accounts/new/", "/messages/", "/messages/rules/"],
    "security": ["/", "/grants/", "/grants/give/"],
    "auditor": ["/", "/audit/"],
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_can_be_read_by_everybody(name: str, width: int, browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    visitor = Visitor(context, site).sign_in(name)
    wrong: list[str] = []

    for path in PAGES[name]:
        page = visitor.open(path)
        if page.locator("h1").count() != 1:
            wrong.append(f"{path}: {page.locator('h1').count()} h1")
        wrong += visitor.check_accessibility()
        if visitor.width_overflow() > 0:
            wrong.append(f"{path}: {visitor.width_overflow()} px wider than the window")

    context.close()
    assert wrong + visitor.complaints == []


def test_a_stranger_switches_the_language_where_they_are_and_gets_a_cookie_only_then(
    width: int, browser: Browser, site: Site
) -> None:
    """Also without JavaScript; and a page that was read in one language is not shown again out of the browser's cache."""
    for has_script in (True, False):
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=has_script)
        page = context.new_page()
        page.goto(f"{site.url}/?x=1")
        assert context.cookies() == []
        for button, language in (("English", "en"), ("中文", "zh-hans"), ("English", "en")):
            page.click(f"header button:has-text('{button}')")
            assert (page.url, page.get_attribute("html", "lang")) == (f"{site.url}/?x=1", language)
        assert [(each["name"], each["expires"]) for each in context.cookies()] == [("xingke_language", -1)]
        context.close()


def test_in_english_no_chinese_sentence_is_left(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
    visitor = Visitor(context, site).sign_in("officer")
    visitor.page.click("button:has-text('English')")
    left: list[str] = []

    for path in PAGES["officer"]:
        page = visitor.open(path)
        assert page.locator("html").get_attribute("lang") == "en"
        # Names of places, firms and documents stay Chinese; the frame, headings and buttons must not.
        words = page.locator("header nav a, main button, main thead th").all_inner_texts()
        left += [f"{path}: {text!r}" for text in words if any("一" <= char <= "鿿" for char in text)]
    visitor.page.click("button:has-text('中文')")  # the choice is kept with the account: leave it as it was
    context.close()
    assert left + visitor.complaints == []
