"""An officer's year begins with last year's spreadsheet: handed over, looked at, mended, filed, found again."""

import io
import mimetypes
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site, Visitor
from xingke.base.codes import patent_check

pytestmark = pytest.mark.browser


def _firm(visitor: Visitor) -> str:
    page = visitor.open("/organisations/?q=青溪县")
    return page.locator("main tbody a").first.inner_text()


def _number(form: int, serial: int) -> str:
    digits = f"2023{form}{serial:07}"
    return f"{digits}.{patent_check(digits)}"


def _sheet(firm: str, serial: int) -> bytes:
    """Patents as a county keeps them, in the encoding its spreadsheet writes; two cells will not do."""
    lines = [
        "序号,专利权人,专利类型,专利名称,申请号,申请日,授权公告日,代理机构",
        f"1,{firm},发明,一种导入用装置{serial},{_number(1, serial)},2023/8/1,2024年9月3日,某代理",
        f"2,{firm},实用新型,一种导入用支架{serial},{_number(2, serial)},20230811,2024-02-20,—",
        f"3,乌有科技有限公司,发明,一种未知装置{serial},{_number(1, serial + 1)},2023-08-12,,",
        f"4,{firm},外观设计,设备外壳{serial},{_number(3, serial)},2023年8月,—,",
        "合计,4,,,,,,",
    ]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def _mended(path: Path, changes: Mapping[str, str]) -> bytes:
    """A workbook with texts replaced by others, as somebody does in a spreadsheet."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            text = before.read(entry).decode()
            for old, new in changes.items():
                text = text.replace(f">{old}</t>", f">{new}</t>")
            after.writestr(entry.filename, text)
    return made.getvalue()


def _hand_over(page: Page, name: str, content: bytes) -> None:
    page.select_option("select[name=form]", "patent")
    kind = mimetypes.guess_type(name)[0] or "text/csv"
    page.set_input_files("input[type=file]", files=[{"name": name, "mimeType": kind, "buffer": content}])
    page.click("button:has-text('交来核对')")
    expect(page.locator("h1")).to_contain_text(name, timeout=20_000)  # the progress page leads on by itself


def test_last_years_patents_are_handed_over_mended_filed_and_found(
    width: int, browser: Browser, site: Site, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True, locale="zh-CN")
    visitor = Visitor(context, site).sign_in("officer")
    firm, serial = _firm(visitor), width * 100
    page = visitor.open("/imports/")

    _hand_over(page, f"2024年专利清单{width}.csv", _sheet(firm, serial))
    main = page.locator("main")
    expect(main).to_contain_text("按 GB18030 读取")
    expect(main).to_contain_text("第 6 行是合计，没有作为数据读入")
    expect(main).to_contain_text("B4 专利权人 列为“乌有科技有限公司”")
    expect(main).to_contain_text("F5 申请日 列为“2023年8月”：只有年月")
    expect(page.get_by_role("button", name="登记 2 行")).to_be_visible()
    assert visitor.width_overflow() <= 0
    assert visitor.check_accessibility() == []

    with page.expect_download() as download:
        page.click("a:has-text('下载未导入的行')")
    left = tmp_path / download.value.suggested_filename
    download.value.save_as(left)
    mended = _mended(left, {"乌有科技有限公司": firm, "2023年8月": "2023-08-15"})

    page.get_by_role("button", name="登记 2 行").click()
    expect(main).to_contain_text("台账序号", timeout=20_000)
    expect(page.get_by_role("button", name="登记 2 行")).to_have_count(0)

    visitor.open("/imports/")
    _hand_over(page, f"改好的{width}.xlsx", mended)
    page.get_by_role("button", name="登记 2 行").click()
    expect(main).to_contain_text("台账序号", timeout=20_000)

    visitor.open(f"/records/?kind=patent&q=一种导入用装置{serial}")
    expect(page.locator("tbody tr").first).to_contain_text("授权")
    page.locator("tbody a").first.click()
    expect(main).to_contain_text(f"2024年专利清单{width}.csv")
    context.close()
    assert visitor.complaints == []


def test_without_javascript_the_same_way_leads_to_the_ledger(browser_without_script: Visitor) -> None:
    someone = browser_without_script.sign_in("officer")
    firm = _firm(someone)
    page = someone.open("/imports/")

    _hand_over(page, "无脚本.csv", _sheet(firm, 900))
    page.get_by_role("button", name="登记 2 行").click()

    expect(page.locator("main")).to_contain_text("台账序号", timeout=20_000)
