"""From the officer's keyboard to the public page, and what the public page's owner learns when a record is corrected."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site, Visitor, xingke

pytestmark = pytest.mark.browser
LAST = ".edit-block:has(.rich) >> nth=-1"


@pytest.fixture
def somebody(browser: Browser, site: Site) -> Callable[[str], "contextmanager[Visitor]"]:  # type: ignore[type-arg]
    """A browser of one's own: ``with somebody("officer") as visitor``; "" is a stranger."""

    @contextmanager
    def arrive(name: str) -> Iterator[Visitor]:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True, locale="zh-CN")
        visitor = Visitor(context, site)
        yield visitor.sign_in(name) if name else visitor
        context.close()
        # a refused text is answered with 409, which the browser writes to its console
        assert [each for each in visitor.complaints if "409" not in each] == []

    return arrive


def kept(page: Page) -> None:
    expect(page.locator("[data-state]")).to_contain_text("草稿已存", timeout=10_000)


def test_from_the_keyboard_to_the_public_and_back_to_the_record(
    somebody: Callable[[str], "contextmanager[Visitor]"],
    tmp_path: Path,  # type: ignore[type-arg]
) -> None:
    with somebody("officer") as officer:
        page = officer.open("/documents/write/")
        page.check("input[value='half-year']")
        page.select_option("select[name=period]", "2025-H1")
        page.click("button:has-text('写成')")
        expect(page.locator("main")).to_contain_text("已写成", timeout=30_000)

        page.click("main a:text-is('编辑')")
        last = page.locator(LAST)
        last.locator(".rich").click()
        page.keyboard.press("Control+End")
        page.keyboard.type("知识产权工作稳步推进，期内新增36项，专利授权")
        page.keyboard.press("/")
        page.keyboard.type("专利授权量")
        option = page.locator("#picker [role=option][aria-selected=true]")
        expect(option).to_contain_text("专利授权量", timeout=10_000)
        chosen = option.locator("b").inner_text()
        page.keyboard.press("Enter")
        page.keyboard.type("。")
        expect(last.locator(".rich .rich-chip").last).to_have_text(chosen)
        kept(page)
        assert officer.check_accessibility() == []

        page.click("button:has-text('存为新版')")
        expect(page.locator("[role=alert]")).to_contain_text("数“36项”没有依据", timeout=20_000)
        first = page.locator(".rich:has(.rich-chip) >> nth=0")
        first.click()
        page.keyboard.press("Control+Home")
        page.keyboard.type("总的看，")
        text = page.locator(LAST).locator(".rich")
        text.evaluate(
            "(text) => { const node = [...text.childNodes].find((one) => one.data && one.data.includes('，期内新增36项'));"
            " const at = node.data.indexOf('，期内新增36项'); getSelection().setBaseAndExtent(node, at, node, at + 8); text.focus(); }"
        )
        page.keyboard.press("Delete")
        kept(page)
        page.click("button:has-text('存为新版')")
        expect(page.locator("main")).to_contain_text("已存为第 2 版", timeout=30_000)
        expect(page.locator(".paper")).to_contain_text(f"专利授权{chosen}。")

        with page.expect_download() as download:
            page.click("a[href$='/file.docx']")
        file = tmp_path / "edited.docx"
        download.value.save_as(file)
        checked = xingke(officer.site.data, "verify", str(file))
        assert checked.returncode == 0, checked.stdout

        page.click("button:has-text('提交保密审查')")
        expect(page.locator("main")).to_contain_text("已提交保密审查")
        address = page.url.removeprefix(officer.site.url)

    with somebody("reviewer") as reviewer:
        page = reviewer.open("/")
        expect(page.locator("#tasks")).to_contain_text("待我审查的文稿")
        page = reviewer.open(address)
        page.click("a:has-text('去审查')")
        assert reviewer.check_accessibility() == []
        page.fill("#opinion", "可以公开。")
        page.click("button:has-text('审查通过')")
        expect(page.locator("main")).to_contain_text("审查已通过")

    with somebody("director") as director:
        page = director.open(address)
        page.click("a:has-text('去公布')")
        page.click("button:has-text('公布')")
        expect(page.locator("main")).to_contain_text("任何人都可以看")

    with somebody("") as stranger:
        page = stranger.open("/")
        page.click("a:has-text('青溪县2025年上半年科技工作总结')")
        chip = page.locator(".paper a.chip", has_text=re.compile(f"^{chosen}$")).last
        chip.click()
        drawer = page.locator("#drawer")
        expect(drawer).to_contain_text("记录本身不公开")
        expect(drawer).to_contain_text("虚构")
        assert stranger.context.cookies() == []
        page.keyboard.press("Escape")
        assert stranger.check_accessibility() == []

    with somebody("officer") as officer:
        page = officer.open("/indicators/patents_granted/records/?region=990121&period=2025-H1")
        page.locator("main a[href*='/records/patent/']").first.click()
        page.click("a:has-text('更正')")
        day = page.locator("input[name=happened_on]")
        day.fill("2025-07-15")
        page.fill("[name=reason]", "授权日期录错")
        page.click("main button[type=submit]")
        expect(page.locator("main")).to_contain_text("已更正")
        page = officer.open(f"{address}?check")
        expect(page.locator("main")).to_contain_text("已变动", timeout=30_000)
        expect(page.locator("#paper .notice")).to_contain_text("专利授权量")


def test_what_was_typed_survives_a_reload_and_undo_is_the_browsers_own(
    somebody: Callable[[str], "contextmanager[Visitor]"],  # type: ignore[type-arg]
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
