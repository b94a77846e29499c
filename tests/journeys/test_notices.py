"""Being told, from the step that tells to the page it leads to; and a calendar another program reads."""

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Site, Somebody

pytestmark = pytest.mark.browser


def test_the_bell_leads_to_the_document_that_waits(somebody: Somebody) -> None:
    with somebody("officer") as officer:
        page = officer.open("/documents/write/")
        page.check("input[value='annual']")
        page.select_option("select[name=period]", "2023")
        page.click("button:has-text('写成')")
        expect(page.locator("main")).to_contain_text("已写成", timeout=60_000)
        title = page.locator("h1").inner_text()
        page.click("button:has-text('提交保密审查')")
        expect(page.locator("main")).to_contain_text("已提交保密审查")

    with somebody("reviewer") as reviewer:
        page = reviewer.open("/")
        expect(page.locator(".bell-count")).to_be_visible()
        before = int(page.locator(".bell-count [aria-hidden]").inner_text())
        page.locator(".bell").click()
        expect(page.locator("h1")).to_have_text("我的提醒")
        assert title not in page.locator("main").inner_text()
        page.get_by_role("button", name="有文稿等您审查").first.click()

        expect(page.locator("main")).to_contain_text(title)
        page = reviewer.open("/")
        left = page.locator(".bell-count [aria-hidden]")
        assert (int(left.inner_text()) if left.count() else 0) == before - 1


def test_a_feed_is_opened_read_without_signing_in_and_ended(somebody: Somebody, site: Site) -> None:
    with somebody("officer") as officer:
        page = officer.open("/calendar/")
        page.get_by_role("button", name="开通订阅").click()
        address = page.locator(".feed-address code").inner_text()
        path = address.partition("/calendar/")[2]
        with urllib.request.urlopen(f"{site.url}/calendar/{path}") as answer:
            assert answer.read().startswith(b"BEGIN:VCALENDAR")
        page.get_by_role("link", name="已经记下，回到日历").click()
        page.get_by_role("button", name="停用订阅").click()

        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{site.url}/calendar/{path}")
