"""An empty installation: from three printed passwords to the first number that records answer."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Site, Visitor, served, xingke

pytestmark = pytest.mark.browser
OWN = "qilian-2026-kejiju"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    begun = xingke(tmp_path, "begin")
    assert begun.returncode == 0, begun.stderr
    passwords = dict(re.findall(r"(system|security|auditor)\s*│\s*([0-9a-f-]{19})", begun.stdout))
    assert set(passwords) == {"system", "security", "auditor"}
    with served(tmp_path) as url:
        yield Site(url, tmp_path, passwords)


def someone(browser: Browser, site: Site, name: str) -> Visitor:
    """Signs in for the first time and makes the password their own."""
    visitor = Visitor(browser.new_context(locale="zh-CN"), site).sign_in(name)
    page = visitor.open("/indicators/")
    expect(page.locator("h1")).to_have_text("我的密码")  # nothing else before that
    page.fill("input[name=old]", site.passwords[name])
    page.fill("input[name=new]", OWN)
    page.fill("input[name=again]", OWN)
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("密码已更改")
    return visitor


def test_the_first_hour(empty: Site, browser: Browser) -> None:
    system = someone(browser, empty, "system")
    for account, name in (("zhang", "张科员"), ("li", "李局长")):
        page = system.open("/accounts/new/")
        page.fill("input[name=username]", account)
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", f"first-of-{name}-2026")
        page.click("main button[type=submit]")
        empty.passwords[account] = f"first-of-{name}-2026"
    expect(page.locator("main")).to_contain_text("李局长")

    security = someone(browser, empty, "security")
    for account, role in (("zhang", "officer"), ("li", "director")):
        page = security.open(f"/grants/give/?account={account}")
        page.select_option("select[name=role]", role)
        page.fill("input[name=region]", "620722")
        page.click("main button[data-enter]")
        expect(page.locator("main")).to_contain_text("民乐县")

    officer = someone(browser, empty, "zhang")
    for path in (
        "/",
        "/records/",
        "/indicators/",
        "/documents/",
        "/imports/",
        "/observations/",
        "/organisations/",
        "/records/keeping/",
    ):
        page = officer.open(path)  # nothing there yet, and every page says so
        expect(page.locator("h1")).to_be_visible()
        assert officer.check_accessibility() == []
    page = officer.open("/organisations/new/")
    page.fill("input[name=name]", "民乐县祁连种业有限公司")
    page.fill("input[name=credit_code]", "91620722MA0000000")
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("不是统一社会信用代码")
    page.fill("input[name=credit_code]", "")
    page.dblclick("main button[type=submit]")
    expect(page.locator("h1")).to_have_text("民乐县祁连种业有限公司")

    director = someone(browser, empty, "li")
    page = director.open("/records/keeping/")
    page.check("input[name=kinds][value=patent]")
    page.fill("input[name=since]", "2025-01-01")
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("已声明：民乐县")
    page = director.open("/indicators/patent_applications/?region=620722&period=2025")
    expect(page.locator("main")).to_contain_text("台账计数")
    for each in (system, security, officer, director):
        assert each.complaints == []
        each.context.close()
