"""The main job, whole: last year's spreadsheet in, a summary out and public, and a late correction that it owns up to."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Somebody, Visitor, kept, xingke

pytestmark = pytest.mark.browser
COUNTY, PERIOD = "990121", "2025-H1"
GRANTS = f"/indicators/patents_granted/records/?region={COUNTY}&period={PERIOD}"
FIRST_DEVICE, SECOND_DEVICE = "一种全程用装置", "一种全程用支架"


def test_from_a_spreadsheet_to_the_public_and_back_to_the_record(somebody: Somebody, tmp_path: Path) -> None:
    with somebody("officer") as officer:
        before = _granted(officer)
        _hands_over_a_spreadsheet(officer)
        _corrects_the_day(officer, SECOND_DEVICE, day="2025-02-21", reason="授权公告日录错一天", answer="已更正")
        assert _granted(officer) == before, "drafts do not count"
    with somebody("director") as director:
        _confirms_the_import(director)
        assert _granted(director) == before + 2

    with somebody("officer") as officer:
        chosen = _writes_and_edits(officer)
        _downloads_and_verifies(officer, tmp_path / "edited.docx")
        officer.page.click("button:has-text('提交保密审查')")
        expect(officer.page.locator("main")).to_contain_text("已提交保密审查")
        address = officer.page.url.removeprefix(officer.site.url)
    assert chosen == f"{before + 2}件"
    with somebody("reviewer") as reviewer:
        _passes_the_review(reviewer, address)
    with somebody("director") as director:
        page = director.open(address)
        page.click("a:has-text('去公布')")
        page.click("button:has-text('公布')")
        expect(page.locator("main")).to_contain_text("任何人都可以看")

    with somebody("") as stranger:
        _reads_the_public_document(stranger, chosen)

    with somebody("officer") as officer:
        _corrects_the_day(officer, FIRST_DEVICE, day="2025-07-15", reason="授权日期录错", answer="已提出，等待别人采纳")
        assert _granted(officer) == before + 2, "what is only proposed changes nothing"
    with somebody("director") as director:
        _accepts_what_was_proposed(director)
    with somebody("officer") as officer:
        page = officer.open(f"{address}?check")
        expect(page.locator("main")).to_contain_text("已变动", timeout=30_000)
        expect(page.locator("#paper .notice-warning")).to_contain_text("专利授权量")
        assert _granted(officer) == before + 1


def _granted(visitor: Visitor) -> int:
    page = visitor.open(f"/indicators/patents_granted/?region={COUNTY}&period={PERIOD}")
    return int(re.sub(r"\D", "", page.locator(".figure-value, .headline-value").first.inner_text()))


def _hands_over_a_spreadsheet(officer: Visitor) -> None:
    page = officer.open("/organisations/?q=青溪县")
    firm = page.locator("main tbody a").first.inner_text()
    lines = [
        "序号,专利权人,专利类型,专利名称,申请号,申请日,授权公告日,代理机构",
        f"1,{firm},发明,{FIRST_DEVICE},202310777001.6,2023/8/1,2025年3月4日,某代理",
        f"2,{firm},实用新型,{SECOND_DEVICE},202420777002.0,20240811,2025-02-20,—",
    ]
    page = officer.open("/imports/")
    page.select_option("select[name=form]", "patent")
    content = ("\r\n".join(lines) + "\r\n").encode("gb18030")
    page.set_input_files("input[type=file]", files=[{"name": "全程.csv", "mimeType": "text/csv", "buffer": content}])
    page.click("button:has-text('交来核对')")
    expect(page.locator("h1")).to_contain_text("全程.csv", timeout=20_000)
    page.get_by_role("button", name="登记 2 行").click()
    expect(page.locator("main")).to_contain_text("台账序号", timeout=20_000)


def _corrects_the_day(officer: Visitor, device: str, *, day: str, reason: str, answer: str) -> None:
    page = officer.open(f"/records/?kind=patent&q={device}")
    page.locator("tbody tr", has_text="授权").first.locator("a").first.click()
    page.click("a:has-text('更正')")
    page.locator("input[name=happened_on]").fill(day)
    page.fill("[name=reason]", reason)
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text(answer)


def _accepts_what_was_proposed(director: Visitor) -> None:
    page = director.open("/proposals/?outcome=open")
    page.locator("main table tr", has_text="授权日期录错").locator("a").first.click()
    page.click("button:has-text('采纳')")
    expect(page.locator("#facts")).to_contain_text("2025年7月15日")


def _confirms_the_import(director: Visitor) -> None:
    for device in (FIRST_DEVICE, SECOND_DEVICE):
        page = director.open(f"/records/?kind=patent&state=draft&q={device}")
        for box in page.locator("input[name=row]").all():
            box.check()
        page.click("button:has-text('确认所选')")
        page.locator("main button", has_text=re.compile(r"^确认 \d+ 条$")).click()
        expect(page.locator("main")).to_contain_text("已确认")


def _writes_and_edits(officer: Visitor) -> str:
    page = officer.open("/documents/write/")
    page.check("input[value='half-year']")
    page.select_option("select[name=period]", PERIOD)
    page.click("button:has-text('写成')")
    expect(page.locator("main")).to_contain_text("已写成", timeout=30_000)
    page.click("main a:text-is('编辑')")
    chosen = _adds_a_sentence(officer)
    _is_refused_a_number_without_evidence(officer)
    page.click("button:has-text('存为新版')")
    expect(page.locator("main")).to_contain_text("已存为第 2 版", timeout=30_000)
    expect(page.locator(".paper")).to_contain_text(f"专利授权{chosen}。")
    return chosen


def _adds_a_sentence(officer: Visitor) -> str:
    """At the end: one number typed, one picked from the dictionary. Returns the picked one as it reads."""
    page = officer.page
    last = page.locator(".edit-block:has(.rich) >> nth=-1")
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
    return chosen


def _is_refused_a_number_without_evidence(officer: Visitor) -> None:
    """The typed number is refused; it is taken out, and a second sentence is edited on the way."""
    page = officer.page
    page.click("button:has-text('存为新版')")
    expect(page.locator("[role=alert]")).to_contain_text("数“36项”没有依据", timeout=20_000)
    page.locator(".rich:has(.rich-chip) >> nth=0").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("总的看，")
    page.locator(".edit-block:has(.rich) >> nth=-1").locator(".rich").evaluate(
        "(text) => { const node = [...text.childNodes].find((one) => one.data && one.data.includes('，期内新增36项'));"
        " const at = node.data.indexOf('，期内新增36项'); getSelection().setBaseAndExtent(node, at, node, at + 8); text.focus(); }"
    )
    page.keyboard.press("Delete")
    kept(page)


def _downloads_and_verifies(officer: Visitor, file: Path) -> None:
    with officer.page.expect_download() as download:
        officer.page.click("a[href$='/file.docx']")
    download.value.save_as(file)
    checked = xingke(officer.site.data, "verify", str(file))
    assert checked.returncode == 0, checked.stdout


def _passes_the_review(reviewer: Visitor, address: str) -> None:
    page = reviewer.open("/")
    expect(page.locator("#tasks")).to_contain_text("待我审查的文稿")
    page = reviewer.open(address)
    page.click("a:has-text('去审查')")
    assert reviewer.check_accessibility() == []
    page.fill("#opinion", "可以公开。")
    page.click("button:has-text('审查通过')")
    expect(page.locator("main")).to_contain_text("审查已通过")


def _reads_the_public_document(stranger: Visitor, chosen: str) -> None:
    page = stranger.open("/")
    page.click("a:has-text('青溪县2025年上半年科技工作总结')")
    page.locator(".paper a.chip", has_text=re.compile(f"^{chosen}$")).last.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("记录本身不公开")
    expect(drawer).to_contain_text("虚构")
    assert stranger.context.cookies() == []
    page.keyboard.press("Escape")
    assert stranger.check_accessibility() == []
