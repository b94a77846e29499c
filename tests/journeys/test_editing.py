"""The editor: nothing typed is lost, chips move as one, and every page of a document can be read at any width."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Site, Somebody, Visitor, kept

pytestmark = pytest.mark.browser


def test_what_was_typed_survives_a_reload_and_undo_is_the_browsers_own(
    somebody: Somebody,
) -> None:
    with somebody("minle") as visitor:
        page = visitor.open("/documents/")
        page.click("a:has-text('民乐县2024年上半年科技工作总结')")
        page.click("main a:text-is('编辑')")
        text = page.locator(".rich:has(.rich-chip) >> nth=0")
        chips = text.locator(".rich-chip").count()
        text.click()
        page.keyboard.press("Control+End")
        page.keyboard.type("写到一半")
        kept(page)

        page.reload()
        expect(page.locator(".rich:has(.rich-chip) >> nth=0")).to_contain_text("写到一半")
        expect(page.locator(".editor .notice")).to_contain_text("还没有保存的文字")
        text = page.locator(".rich:has(.rich-chip) >> nth=0")
        text.locator(".rich-chip").first.click()
        page.keyboard.press("Control+x")
        expect(text.locator(".rich-chip")).to_have_count(chips - 1)
        page.keyboard.press("Control+z")
        expect(text.locator(".rich-chip")).to_have_count(chips)
        page.keyboard.press("Control+x")
        page.keyboard.press("Control+End")
        page.keyboard.press("Control+v")
        expect(text.locator(".rich-chip")).to_have_count(chips)  # moved as one

        page.click("button:has-text('放弃这些修改')")
        expect(page.locator(".rich:has(.rich-chip) >> nth=0")).not_to_contain_text("写到一半")


def test_every_page_of_a_document_can_be_read_at_any_width(width: int, browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    visitor = Visitor(context, site)
    wrong: list[str] = []

    def look() -> None:
        wrong.extend(visitor.check_accessibility())
        if visitor.width_overflow() > 0:
            wrong.append(f"{visitor.page.url}: {visitor.width_overflow()} px wider than the window")
        if visitor.page.locator("h1").count() != 1:
            wrong.append(f"{visitor.page.url}: {visitor.page.locator('h1').count()} h1")

    page = visitor.open("/")
    look()
    page.click("a:has-text('青溪县2025年科技工作总结')")
    look()
    address = page.locator(".paper a.chip").first.get_attribute("href")
    assert address is not None
    visitor.open(address)
    look()
    visitor.sign_in("officer").open("/documents/?q=青溪县2025年科技工作总结")
    page.click("main table a:has-text('青溪县2025年科技工作总结')")
    look()
    page.click("main a:text-is('编辑')")
    page.locator("[data-insert]").first.click()
    page.fill("#picker-input", "高企")
    expect(page.locator("#picker [role=option]").first).to_be_visible(timeout=10_000)
    look()
    page.keyboard.press("Escape")
    page.click(".edit-actions button:has-text('预览')")
    expect(page.locator("#preview .paper")).to_be_visible(timeout=20_000)
    look()

    context.close()
    assert wrong + visitor.complaints == []
