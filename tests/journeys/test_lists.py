"""One list from end to end: narrowing it, keeping a view, choosing columns, walking through it by keys, on a phone, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


def test_what_somebody_chose_is_kept_named_and_filed(visitor: Visitor) -> None:
    page = visitor.sign_in("officer").open("/records/")
    page.select_option("#filter-kind", "contract")
    chip = page.locator(".list-chips a", has_text="技术合同")
    expect(chip).to_be_visible()

    page.click("nav a:has-text('单位')")
    page.click("nav a:has-text('台账')")
    expect(page).to_have_url(re.compile(r"/records/\?kind=contract"))

    page.click("summary:has-text('存为视图')")
    page.fill("#records-view-name", "技术合同的事")
    page.select_option("#records-share-new", label="青溪县的同事")
    page.click(".list-views button:has-text('保存')")
    view = page.locator(".view-chip", has_text="技术合同的事")
    expect(view).to_have_attribute("aria-current", "true")
    assert visitor.check_accessibility() == []

    page.click(".list-chips a:has-text('技术合同'):has(.icon):not(.view-chip)")
    expect(page.locator(".data-table-filters .list-chip")).to_have_count(0)
    page.click("nav a:has-text('台账')")
    expect(page).to_have_url(re.compile(r"/records/$"))  # taken back is not kept
    view.click()
    expect(page.locator(".data-table-filters .list-chip")).to_have_count(1)

    page.click("summary:has-text('列')")
    page.uncheck(".list-column:has-text('区划') input")
    page.check(".list-column:has-text('来源') input")
    page.click("button:has-text('就看这些列')")
    heads = [head for head in page.locator("#records thead th").all_inner_texts() if head.strip()]
    assert "来源" in heads and "区划" not in heads
    with page.expect_download() as saved:
        page.click("a[href*='format=csv']")
    first = saved.value.path().read_text("utf-8-sig").splitlines()[0].split(",")
    assert "来源" in first and "区划" not in first and "区划代码" not in first


def test_keys_walk_through_the_rows_until_they_are_switched_off(visitor: Visitor) -> None:
    page = visitor.sign_in("officer").open("/organisations/")
    rows = page.locator("#organisations tbody tr")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class(re.compile("row-current"))
    expect(rows.nth(0).locator("a")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator(".list-keys dl")).to_be_visible()

    page.fill("#filter-q", "jjj")  # typed, not walked
    expect(rows.nth(0)).to_have_class(re.compile("row-current"))

    page.click("button:has-text('关闭快捷键')")
    page.reload()
    expect(page.locator(".list-keys")).to_contain_text("快捷键已关闭")
    page.keyboard.press("j")
    expect(page.locator(".row-current")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#header-search-input")).not_to_be_focused()
    page.click("button:has-text('打开快捷键')")
    page.keyboard.press("/")
    expect(page.locator("#header-search-input")).to_be_focused()


def test_on_a_phone_rows_are_cards_and_nothing_is_wider_than_the_window(visitor: Visitor) -> None:
    page = visitor.sign_in("officer").open("/records/?kind=contract")
    page.set_viewport_size({"width": 390, "height": 800})

    assert visitor.width_overflow() <= 0
    row = page.locator("#records tbody tr").first
    assert row.evaluate("each => getComputedStyle(each).display") == "flex"
    page.click("summary:has-text('列')")
    assert visitor.width_overflow() <= 0
    assert visitor.check_accessibility() == []


def _file_a_payment(visitor: Visitor, amount: str) -> None:
    page = visitor.open("/records/payment/new/")
    page.fill("#id_holder_search", "科技")
    page.locator("input[name=holder]").first.check()
    page.select_option("[name=purpose]", index=2)
    page.select_option("[name=level]", index=2)
    page.fill("[name=name]", f"奖补{amount}")
    page.select_option("[name=events-0-event]", "won")
    page.fill("[name=events-0-happened_on]", "2025-03-01")
    page.fill("[name=events-0-amount]", amount)
    page.click("main button:text-is('登记')")
    expect(page.locator("main")).to_contain_text("已登记，等待确认")


def test_what_is_ticked_is_counted_and_summed_before_it_is_confirmed(visitor: Visitor) -> None:
    visitor.sign_in("officer")
    for amount in ("12.5万元", "3000.01元"):
        _file_a_payment(visitor, amount)
    visitor.context.clear_cookies()
    page = visitor.sign_in("director").open("/records/?state=draft&kind=payment&event=won&q=奖补")
    ticks = page.locator("#records tbody input[name=row]")
    said = page.locator("[data-list-said]")
    expect(ticks).to_have_count(2)

    page.check("[data-tick-all]")
    expect(said).to_have_text("已选 2 条 · 合计 12.800001 万元")
    expect(page.locator("#records [data-count]")).to_contain_text("合计 12.800001 万元")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(said).to_contain_text("已选 1 条")
    page.uncheck("#records tbody input[name=row]:checked")
    expect(page.locator("button:has-text('确认所选')")).to_be_disabled()


def test_without_javascript_a_list_is_narrowed_sorted_and_turned_by_links_and_forms(
    visitor: Visitor, browser_without_script: Visitor
) -> None:
    page = browser_without_script.sign_in("officer").open("/organisations/")
    page.fill("#filter-q", "有限公司")
    page.click(".filter-go button")
    expect(page.locator(".data-table-filters .list-chip")).to_have_count(1)
    page.click("#organisations-by-name")
    expect(page).to_have_url(re.compile("sort=-name"))
    page.click("summary:has-text('存为视图')")
    page.fill("#organisations-view-name", "公司")
    page.click(".list-views button:has-text('保存')")
    expect(page.locator(".view-chip", has_text="公司")).to_be_visible()
