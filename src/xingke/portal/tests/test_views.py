"""The workbench: each reader finds what waits for them, and nothing of what they may not see."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, file, keep_records
from xingke.accounts import actions as accounts

SignedIn = Callable[[str], Client]


def words(answer: object) -> str:
    """What a reader sees: the page without its tags, blanks folded."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", text)


def test_an_officer_sees_the_numbers_of_the_county_with_their_evidence(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician)
    file("recognition", "甲证书", [("recognised", "2025-12-05")], firm=cast.firm, by=cast.statistician)

    answer = signed_in("officer").get("/")

    page = words(answer)
    assert "青溪县，2025年" in page
    assert "高新技术企业数 1 家" in page
    assert "/indicators/high_tech_enterprises/records/?region=990121&amp;period=2025" in answer.content.decode()
    assert "虚构数据 · 演示" in page


def test_without_any_number_the_page_says_how_they_come(cast: Cast, signed_in: SignedIn) -> None:
    assert "登记台账记录或导入上报数之后" in words(signed_in("officer").get("/"))


def test_the_enterprise_user_is_led_to_its_own_firm_and_sees_no_other(cast: Cast, signed_in: SignedIn) -> None:
    file("patent", "本企业专利", [("applied", "2025-02-03")], firm=cast.firm, by=cast.statistician)
    file("patent", "别家专利", [("applied", "2025-02-03")], firm=cast.other_firm, by=cast.statistician)

    answer = signed_in("enterprise").get("/")

    page = words(answer)
    assert f"/organisations/{cast.firm.key}/" in answer.content.decode()
    assert "本企业专利" in page
    assert "别家专利" not in page
    assert "写文稿" not in page


def test_the_stranger_is_told_what_to_do(cast: Cast, signed_in: SignedIn) -> None:
    page = words(signed_in("stranger").get("/"))

    assert "还没有授权" in page
    assert "请联系本单位的安全管理员" in page


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("system", "启用的账号 12 个"),
        ("security", "还没有授权的账号 1 个"),  # the stranger
        ("auditor", "最近七天的审计记录"),
    ],
)
def test_administrators_see_their_own_tasks_and_no_business(
    cast: Cast, signed_in: SignedIn, who: str, seen: str
) -> None:
    page = words(signed_in(who).get("/"))

    assert seen in page
    assert "最近登记的记录" not in page
    assert "最近的文稿" not in page


def test_more_records_need_no_more_queries(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician)
    browser = signed_in("officer")

    def queries() -> int:
        browser.get("/")
        with CaptureQueriesContext(connection) as caught:
            browser.get("/")
        return len(caught)

    for number in range(8):
        file("patent", f"专利{number}", [("granted", "2025-04-05")], firm=cast.firm, by=cast.statistician)
    few = queries()
    for number in range(8, 30):
        file("patent", f"专利{number}", [("granted", "2025-04-05")], firm=cast.firm, by=cast.statistician)

    assert queries() == few


def test_health_answers_everybody_in_plain_text(client: Client, db: None) -> None:
    answer = client.get("/health/")

    assert answer.content == b"ok\n"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_gallery_is_for_whoever_is_signed_in(cast: Cast, client: Client, signed_in: SignedIn) -> None:
    assert client.get("/gallery/").status_code == 302
    assert signed_in("stranger").get("/gallery/").status_code == 200
    assert "drawer-title" in signed_in("stranger").get("/gallery/?evidence").content.decode()


def test_a_new_account_reads_its_page_in_its_language(cast: Cast, client: Client) -> None:
    user = accounts.create_account(username="new", name="新同事", password="qingxi-2026-verify", by=None, now=NOW)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    assert "新同事" in words(client.get("/"))
