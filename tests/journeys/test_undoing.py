"""Taking back what was filed by mistake: an import on its own page, and then the same file once more."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
FILE = "导错的清单.csv"


def hands_over(visitor: Visitor) -> Page:
    """A list with one new patent, checked and filed."""
    page = visitor.open("/organisations/?q=青溪县")
    firm = page.locator("main tbody a").first.inner_text()
    lines = [
        "序号,专利权人,专利类型,专利名称,申请号,申请日,授权公告日",
        f"1,{firm},发明,一种撤销用装置,202310777003.5,2023/8/1,2025年3月4日",
    ]
    page = visitor.open("/imports/")
    page.select_option("select[name=form]", "patent")
    data = ("\r\n".join(lines) + "\r\n").encode("gb18030")
    page.set_input_files("input[type=file]", files=[{"name": FILE, "mimeType": "text/csv", "buffer": data}])
    page.click("button:has-text('交来核对')")
    expect(page.locator("h1")).to_contain_text(FILE, timeout=20_000)
    page.get_by_role("button", name="登记 1 行").click()
    expect(page.locator("main")).to_contain_text("台账序号", timeout=20_000)
    return page


def test_an_import_is_taken_back_and_handed_over_again(visitor: Visitor) -> None:
    page = hands_over(visitor.sign_in("officer"))

    page.click("summary:has-text('撤销这次导入')")
    page.click(".confirm-panel button:has-text('撤销')")
    expect(page.locator("main .page-header")).to_contain_text("已撤销", timeout=20_000)
    expect(page.locator("summary:has-text('撤销这次导入')")).to_have_count(0)

    hands_over(visitor)
