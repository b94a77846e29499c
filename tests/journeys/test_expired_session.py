"""A session that ends while somebody writes: nothing that was typed is lost, with and without JavaScript."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
SESSION = "xingke_session"


def write(visitor: Visitor, name: str) -> None:
    """Open the form for a payment and fill it in."""
    page = visitor.page
    page.goto(f"{visitor.site.url}/records/payment/new/")
    page.fill("#id_holder_search", "科技")
    if (look_up := page.locator("button:has-text('查找')")).is_visible():  # without JavaScript
        look_up.click()
    page.locator("input[name=holder]").first.check()
    page.select_option("[name=purpose]", index=2)
    page.select_option("[name=level]", index=2)
    page.fill("[name=name]", name)
    page.select_option("[name=events-0-event]", "won")
    page.fill("[name=events-0-happened_on]", "2025-03-01")
    page.fill("[name=events-0-amount]", "12.5万元")


def forgive(visitor: Visitor) -> None:
    """The page in place of the answer is a 403, which the browser writes to its console."""
    visitor.complaints[:] = [each for each in visitor.complaints if "403" not in each]


def sign_in_here(visitor: Visitor, name: str = "officer") -> None:
    page = visitor.page
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", visitor.site.passwords[name])
    page.click("button[type=submit]:has-text('登录')")


def test_a_form_sent_after_the_session_ended_is_sent_again_by_one_press(
    visitor: Visitor, tmp_path: Path, width: int
) -> None:
    paper = tmp_path / "批复.pdf"
    paper.write_bytes(b"%PDF-1.7\n1 0 obj")
    page = visitor.sign_in("officer").page
    page.set_viewport_size({"width": width, "height": 900})
    write(visitor, f"过期补助{width}")
    page.set_input_files("#id_files", paper)
    visitor.context.clear_cookies(name=SESSION)

    page.click("main button:text-is('登记')")
    expect(page.locator("main")).to_contain_text("登录已过期，刚才的提交还没有保存。")
    expect(page.locator("main")).to_contain_text("附带的文件登录后须重新选择：批复.pdf")
    assert visitor.check_accessibility() == []

    sign_in_here(visitor)
    expect(page.locator("h1")).to_have_text("填写的内容还在")
    expect(page.locator("main")).to_contain_text(f"过期补助{width}")
    assert visitor.check_accessibility() == []
    assert visitor.width_overflow() <= 0
    page.set_input_files("input[type=file]", paper)
    page.click("button:text-is('再提交一次')")

    expect(page.locator("main")).to_contain_text("已登记，等待确认")
    expect(page.locator("#evidence")).to_contain_text("批复.pdf")
    forgive(visitor)


def test_a_form_is_sent_after_signing_in_again_in_another_window(visitor: Visitor) -> None:
    """With JavaScript the form takes the new token along by itself."""
    page = visitor.sign_in("officer").page
    write(visitor, "两个窗口补助")
    visitor.context.clear_cookies(name=SESSION)
    other = visitor.watch(visitor.context.new_page())
    other.goto(f"{visitor.site.url}/sign-in/")
    other.fill("input[name=username]", "officer")
    other.fill("input[name=password]", visitor.site.passwords["officer"])
    other.click("button[type=submit]:has-text('登录')")
    other.wait_for_url(f"{visitor.site.url}/")

    page.click("main button:text-is('登记')")

    expect(page.locator("main")).to_contain_text("已登记，等待确认")


def test_without_javascript_it_is_offered_anew(browser_without_script: Visitor) -> None:
    visitor = browser_without_script
    page = visitor.sign_in("officer").page
    write(visitor, "没有脚本补助")
    visitor.context.clear_cookies(name=SESSION)
    other = visitor.context.new_page()
    other.goto(f"{visitor.site.url}/sign-in/")
    other.fill("input[name=username]", "officer")
    other.fill("input[name=password]", visitor.site.passwords["officer"])
    other.click("button[type=submit]:has-text('登录')")
    other.wait_for_url(f"{visitor.site.url}/")

    page.click("main button:text-is('登记')")
    expect(page.locator("h1")).to_have_text("填写的内容还在")
    page.click("button:text-is('再提交一次')")

    expect(page.locator("main")).to_contain_text("已登记，等待确认")


def test_the_editor_goes_on_after_signing_in_again_in_another_window(visitor: Visitor) -> None:
    page = visitor.sign_in("minle").open("/documents/")
    page.click("a:has-text('民乐县2024年上半年科技工作总结')")
    page.click("main a:text-is('编辑')")
    visitor.context.clear_cookies(name=SESSION)
    page.locator(".rich >> nth=0").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("过期以后写的")
    expect(page.locator("[data-state]")).to_contain_text("登录已过期，文字还在本页", timeout=10_000)

    other = visitor.watch(visitor.context.new_page())
    other.goto(f"{visitor.site.url}/sign-in/")
    other.fill("input[name=username]", "minle")
    other.fill("input[name=password]", visitor.site.passwords["minle"])
    other.click("button[type=submit]:has-text('登录')")
    other.wait_for_url(f"{visitor.site.url}/")
    page.locator(".rich >> nth=0").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("，又写。")

    expect(page.locator("[data-state]")).to_contain_text("草稿已存", timeout=10_000)
    page.reload()
    expect(page.locator(".rich >> nth=0")).to_contain_text("过期以后写的，又写。")
    page.click("button:has-text('放弃这些修改')")
