"""The R&D post-subsidy: a firm applies on a phone, an officer checks it, a meeting decides, the public reads of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Somebody, Visitor

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PRESENT = "局长甲、副局长乙、副局长丙、组员丁、组员戊"
CLAUSES = ("registered", "reported", "honest", "once")


def test_from_a_firms_phone_to_the_public(somebody: Somebody) -> None:
    with somebody("enterprise") as firm:
        firm.page.set_viewport_size({"width": 390, "height": 844})
        number = _applies(firm)
    with somebody("officer") as officer:
        _checks(officer, number)
        _calls_a_meeting(officer, number)
    with somebody("director") as director:
        _records_the_decision(director, number)
    with somebody("officer") as officer:
        _closes_and_announces(officer)
    with somebody("") as stranger:
        page = stranger.open("/publicity/")
        page.locator("main a:has-text('关于研发投入后补助')").first.click()
        expect(page.locator("main")).to_contain_text(number)
        assert stranger.check_accessibility() == []
    with somebody("enterprise") as firm:
        page = firm.open(f"/cases/?q={number}")
        expect(page.locator("#cases")).to_contain_text("公示")
        page = firm.open("/notices/")
        expect(page.locator("main")).to_contain_text("您的事项有进展")


def _applies(firm: Visitor) -> str:
    page = firm.open("/cases/new/rnd_post_subsidy/")
    page.fill("[name=a-tax_year]", "2025")
    page.fill("[name=a-base]", "800")
    page.fill("[name=a-base_before]", "600")
    page.check("input[name=a-reported][value=true]")
    page.check("input[name=a-paid_elsewhere][value=true]")
    expect(page.locator("[name=a-which]")).to_be_visible()
    page.check("input[name=a-paid_elsewhere][value=false]")
    expect(page.locator("[name=a-which]")).to_have_count(0)
    expect(page.locator("#asked")).to_contain_text("25万元")
    page.get_by_role("button", name="申报", exact=True).click()
    expect(page.locator("#asked [role=alert]")).to_contain_text("是否被列入严重失信主体名单：没有填写")
    page.wait_for_load_state("networkidle")  # the page that says what is missing has its scripts
    page.check("input[name=a-listed_dishonest][value=false]")
    expect(page.locator("#asked [role=alert]")).to_have_count(0)  # the form was asked anew
    page.set_input_files(
        "input[type=file][name=a-tax_return]",
        files=[{"name": "A107012.pdf", "mimeType": "application/pdf", "buffer": PDF}],
    )
    expect(page.locator("#asked")).to_contain_text("已收到，不用再选")
    assert firm.width_overflow() <= 0
    assert firm.check_accessibility() == []
    page.get_by_role("button", name="申报", exact=True).click()
    expect(page.locator("main")).to_contain_text("已提交，编号")
    assert firm.width_overflow() <= 0
    found = re.search(r"YFHB-\d+-\d+-\d+", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def _checks(officer: Visitor, number: str) -> None:
    page = officer.open(f"/cases/?q={number}")
    page.locator("#cases tbody a").first.click()
    assert officer.check_accessibility() == []
    page.get_by_role("link", name="审核通过").click()
    for clause in CLAUSES:
        page.check(f"input[name=a-clause_{clause}][value=true]")
    page.fill("[name=a-verified_base]", "800")
    page.fill("[name=a-verified_before]", "600")
    page.get_by_role("button", name="审核通过", exact=True).click()
    expect(page.locator("main")).to_contain_text("已办理：审核通过")


def _calls_a_meeting(officer: Visitor, number: str) -> None:
    page = officer.open("/cases/meetings/new/")
    page.fill("[name=on]", page.evaluate("new Date().toLocaleDateString('sv-SE', {timeZone: 'Asia/Shanghai'})"))
    page.click("main form button[type=submit]")
    meeting = page.url
    page.goto(f"{meeting}agenda/")
    page.locator("main tr", has_text=number).locator("input[name=case]").check()
    page.click("main form button[type=submit]")
    expect(page.locator("#agenda")).to_contain_text(number)
    page.goto(f"{meeting}hold/")
    page.fill("[name=due]", "7")
    page.fill("[name=present]", PRESENT)
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("到会情况已记下")


def _records_the_decision(director: Visitor, number: str) -> None:
    page = director.open("/cases/meetings/")
    page.locator("main tbody a").first.click()
    page.get_by_role("link", name="记决定").click()
    expect(page.locator("main")).to_contain_text(number)
    page.check("input[value='step:settled']")
    page.locator("[name$=-granted]").fill("25")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("已记下 1 项决定")


def _closes_and_announces(officer: Visitor) -> None:
    page = officer.open("/cases/meetings/")
    page.locator("main tbody a").first.click()
    page.fill("[name=minutes_number]", "〔2026〕18号")
    page.get_by_role("button", name="填纪要号并办结").click()
    expect(page.locator("main")).to_contain_text("会议已办结")
    page = officer.open("/cases/publicity/")
    page.locator("main a[href*='/publicity/new/']").first.click()
    page.locator("input[name=case]").first.check()
    page.fill("[name=text]", "经审核并经会议审定，现予公示。")
    page.fill("[name=contact]", "科技局综合科")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("已公示 1 件")
