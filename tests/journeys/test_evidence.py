"""From a sentence to the record behind its number, and back: the walk the whole system exists for."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor, xingke

pytestmark = pytest.mark.browser


def test_from_a_real_summary_to_the_reported_figure(visitor: Visitor) -> None:
    page = visitor.sign_in("minle").open("/documents/")
    page.click("a:has-text('民乐县2024年上半年科技工作总结')")

    page.click("main a:text-is('36项')")
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("省级科技项目申报数")
    page.keyboard.press("Escape")
    expect(drawer).not_to_contain_text("省级科技项目申报数", timeout=5_000)

    page.click("main a:text-is('36项')")
    drawer.locator("a[href*='/records/observation/']").first.click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text("36项")
    expect(page.locator("main")).to_contain_text("004#001")


def test_from_a_fictional_summary_to_a_title_and_its_versions(visitor: Visitor) -> None:
    page = visitor.sign_in("officer").open("/documents/")
    page.click("a:has-text('青溪县2025年科技工作总结')")
    expect(page.locator("body")).to_contain_text("虚构数据")

    href = page.locator("main a[href*='/figures/']").first.get_attribute("href")
    assert href is not None
    visitor.open("/indicators/high_tech_recognised/records/?region=990121&period=2025")
    expect(page.locator("main")).to_contain_text("合计")
    page.locator("a[href*='/records/recognition/']").first.click()
    expect(page.locator("main")).to_contain_text("第 1 版")


def test_without_javascript_the_same_walk_works(visitor: Visitor, browser_without_script: Visitor) -> None:
    someone = browser_without_script.sign_in("minle")
    page = someone.open("/documents/")
    page.click("a:has-text('民乐县2024年上半年科技工作总结')")
    page.click("main a:text-is('36项')")

    expect(page).to_have_url(re.compile(r"/figures/[0-9a-f-]{36}/"))
    page.locator("main a[href*='/records/observation/']").first.click()
    expect(page.locator("main")).to_contain_text("004#001")


def test_a_downloaded_summary_verifies_and_an_edited_one_does_not(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.sign_in("minle").open("/documents/")
    page.click("a:has-text('民乐县2024年上半年科技工作总结')")
    with page.expect_download() as download:
        page.click("a[href$='/file.docx']")
    good = tmp_path / "summary.docx"
    download.value.save_as(good)
    edited = tmp_path / "edited.docx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(edited, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace(b"<w:t>36</w:t>", b"<w:t>38</w:t>")
            new.writestr(name, content)

    visitor.open("/verify/")
    page.set_input_files("input[type=file]", good)
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("全部相符")

    visitor.open("/verify/")
    page.set_input_files("input[type=file]", edited)
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("38")
    expect(page.locator("main")).not_to_contain_text("全部相符")

    result = xingke(visitor.site.data, "verify", str(edited))
    assert result.returncode == 1
    assert "省级科技项目申报数" in result.stdout
