"""Writing a record by hand, from the list to the confirmed version, with and without JavaScript."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


def _fill_in(visitor: Visitor, name: str) -> None:
    page = visitor.page
    page.select_option("[name=purpose]", index=2)
    page.select_option("[name=level]", index=2)
    page.fill("[name=name]", name)
    page.select_option("[name=events-0-event]", "won")
    page.fill("[name=events-0-happened_on]", "2025-03-01")
    page.fill("[name=events-0-amount]", "12.5万元")


def test_money_is_filed_with_its_paper_confirmed_and_only_proposed_to_be_changed(
    visitor: Visitor, tmp_path: Path
) -> None:
    paper = tmp_path / "批复.pdf"
    paper.write_bytes(b"%PDF-1.7\n1 0 obj")
    page = visitor.sign_in("officer").open("/records/")
    page.click(".menu-button summary")
    page.click(".menu-button a:has-text('资金')")
    page.fill("#id_holder_search", "科技")
    page.locator("input[name=holder]").first.check()
    _fill_in(visitor, "研发后补助")
    page.set_input_files("#id_files", paper)
    page.click("main button:text-is('登记')")
    expect(page.locator("main")).to_contain_text("已登记，等待确认")
    expect(page.locator("#evidence")).to_contain_text("批复.pdf")
    event = page.locator("#history a[href*='/records/payment/']").last.get_attribute("href") or ""

    visitor.context.clear_cookies()
    page = visitor.sign_in("director").open("/records/?state=draft&kind=payment")
    page.check("input[name=row]")
    page.click("button:has-text('确认所选')")
    page.click("button:has-text('确认 1 条')")
    expect(page.locator("main")).to_contain_text("已确认 1 条")

    visitor.context.clear_cookies()
    visitor.sign_in("officer")
    page.goto(f"{visitor.site.url}{event}correct/")
    page.fill("[name=amount]", "13万元")
    page.fill("[name=reason]", "凭证金额录错")
    page.click("main button:has-text('提出更正')")
    expect(page.locator("#facts")).to_contain_text("12.5万元")

    visitor.context.clear_cookies()
    page = visitor.sign_in("director").open("/proposals/?outcome=open")
    page.locator("main tbody a").first.click()
    page.click("button:has-text('采纳')")
    expect(page.locator("#facts")).to_contain_text("13万元")


def test_without_javascript_the_firm_is_found_and_nothing_typed_is_lost(browser_without_script: Visitor) -> None:
    page = browser_without_script.sign_in("officer").open("/records/payment/new/")
    _fill_in(browser_without_script, "人才补贴")
    page.fill("#id_holder_search", "科技")
    page.click("button:has-text('查找')")
    page.locator("input[name=holder]").first.check()
    page.click("button:has-text('再加一件')")
    page.select_option("[name=events-1-event]", "arrived")
    page.fill("[name=events-1-happened_on]", "2025-06-01")
    page.click("main button:text-is('登记')")

    expect(page.locator("main")).to_contain_text("已登记，等待确认")
    expect(page.locator("#history")).to_contain_text("争取")
    expect(page.locator("#history")).to_contain_text("到位")
