"""Installations of earlier states of the program, upgraded: the old documents stand, and the year goes on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Site, Visitor, served, xingke
from tests.test_earlier import EARLIER, STATES

pytestmark = pytest.mark.browser
FIRST = "first-of-reviewer-2026"
OWN = "qingxi-2026-shencha"
ROWS = """专利权人,专利类型,专利名称,申请号,申请日,授权公告日
{firm},发明,一种升级后导入的装置,202310777001.6,2023/8/1,2025年3月4日
"""
Arrive = Callable[[str], AbstractContextManager[Visitor]]


@pytest.fixture(params=STATES)
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """An earlier state's backup in today's program, served."""
    state = EARLIER / request.param
    restored = xingke(tmp_path, "restore", str(state / "xingke.zip"))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    passwords = dict(line.split(" ", 1) for line in (state / "accounts.txt").read_text().splitlines())
    with served(tmp_path) as url:
        yield Site(url, tmp_path, passwords)


@pytest.fixture
def arrive(browser: Browser, upgraded: Site) -> Arrive:
    """A browser of one's own, signed in."""

    @contextmanager
    def signed_in(name: str) -> Iterator[Visitor]:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        visitor = Visitor(context, upgraded)
        yield visitor.sign_in(name)
        context.close()
        assert visitor.complaints == []

    return signed_in


def test_the_year_goes_on_after_an_upgrade(upgraded: Site, arrive: Arrive) -> None:
    if "reviewer" not in upgraded.passwords:
        _reviews_have_come_with_the_upgrade(upgraded, arrive)
    with arrive("officer") as officer:
        _the_old_document_is_as_it_was(officer)
        _hands_over_a_spreadsheet(officer)
        address = _writes_and_asks(officer)
    with arrive("reviewer") as reviewer:
        page = reviewer.open(address)
        page.click("a:has-text('去审查')")
        page.fill("#opinion", "可以公开。")
        page.click("button:has-text('审查通过')")
        expect(page.locator("main")).to_contain_text("审查已通过")
    with arrive("director") as director:
        page = director.open(address)
        page.click("a:has-text('去公布')")
        page.click("button:has-text('公布')")
        expect(page.locator("main")).to_contain_text("任何人都可以看")
        _the_old_document_is_as_it_was(director)


def _reviews_have_come_with_the_upgrade(site: Site, arrive: Arrive) -> None:
    """The state knew no reviewer: an account is opened, the new role is given, the password is made one's own."""
    with arrive("system") as system:
        page = system.open("/accounts/new/")
        page.fill("input[name=username]", "reviewer")
        page.fill("input[name=name]", "保密审查员")
        page.fill("input[name=password]", FIRST)
        page.click("main button[type=submit]")
        expect(page.locator("main")).to_contain_text("保密审查员")
    with arrive("security") as security:
        page = security.open("/grants/give/?account=reviewer")
        page.select_option("select[name=role]", "secrecy_reviewer")
        page.fill("input[name=region]", "990121")
        page.click("main button[data-enter]")
        expect(page.locator("main")).to_contain_text("青溪县")
    site.passwords["reviewer"] = FIRST
    with arrive("reviewer") as reviewer:
        page = reviewer.open("/password/")
        for field, word in (("old", FIRST), ("new", OWN), ("again", OWN)):
            page.fill(f"input[name={field}]", word)
        page.click("main button[type=submit]")
        expect(page.locator("main")).to_contain_text("密码已更改")
    site.passwords["reviewer"] = OWN


def _the_old_document_is_as_it_was(visitor: Visitor) -> None:
    page = visitor.open("/documents/")
    page.locator("main a", has_text="青溪县2025年科技工作总结").first.click()
    page.goto(f"{page.url}?check")
    expect(page.locator(".document-state")).to_contain_text("与台账相符", timeout=60_000)


def _hands_over_a_spreadsheet(officer: Visitor) -> None:
    page = officer.open("/organisations/?q=青溪县")
    firm = page.locator("main tbody a").first.inner_text()
    page = officer.open("/imports/")
    page.select_option("select[name=form]", "patent")
    content = ROWS.format(firm=firm).encode("gb18030")
    page.set_input_files("input[type=file]", files=[{"name": "升级.csv", "mimeType": "text/csv", "buffer": content}])
    page.click("button:has-text('交来核对')")
    expect(page.locator("h1")).to_contain_text("升级.csv", timeout=60_000)
    page.get_by_role("button", name="登记 1 行").click()
    expect(page.locator("main")).to_contain_text("台账序号", timeout=60_000)


def _writes_and_asks(officer: Visitor) -> str:
    page = officer.open("/documents/write/")
    page.check("input[value='annual']")
    page.select_option("select[name=period]", "2023")
    page.click("button:has-text('写成')")
    expect(page.locator("main")).to_contain_text("已写成", timeout=60_000)
    page.click("button:has-text('提交保密审查')")
    expect(page.locator("main")).to_contain_text("已提交保密审查")
    return page.url.removeprefix(officer.site.url)
