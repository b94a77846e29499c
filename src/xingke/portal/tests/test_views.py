"""The workbench: each reader finds what waits for them, and nothing of what they may not see."""

import errno
import os
import re
from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import NOW, PASSWORD, Cast, file, keep_records
from xingke.accounts import actions as accounts
from xingke.base import probing, tasks
from xingke.base.periods import Period
from xingke.indicators.choosing import running_year
from xingke.ledger import actions as ledger
from xingke.reports.actions import write_document

SignedIn = Callable[[str], Client]
TODAY = timezone.localdate()


def _draft(cast: Cast, now: datetime = NOW) -> None:
    """A patent the officer filed, which waits for confirmation."""
    history = ledger.NewHistory(
        fields={"form": "invention", "name": "一种明渠", "number": "201710601862.3"},
        region=cast.county,
        organisation=cast.firm,
        events=[ledger.NewEvent(event="applied", on=date(2017, 2, 3), region=cast.county)],
    )
    ledger.file_histories(kind="patent", histories=[history], by=cast.officer, now=now, source="测试")


def words(answer: object) -> str:
    """What a reader sees: the page without its tags, blanks folded."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", text)


def test_an_officer_sees_the_numbers_of_the_county_with_their_evidence(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician)
    file("recognition", "甲证书", [("recognised", f"{TODAY.year - 1}-12-05")], firm=cast.firm, by=cast.statistician)
    file("recognition", "乙证书", [("recognised", f"{TODAY.year}-01-01")], firm=cast.firm, by=cast.statistician)

    answer = signed_in("officer").get("/")

    page = words(answer)
    assert f"青溪县，{TODAY.year}年（截至{TODAY.month}月{TODAY.day}日）" in page
    assert f"高新技术企业数 2 家 {TODAY.year - 1}年 1家" in page
    assert "/indicators/high_tech_enterprises/records/?region=990121&amp;period=" + running_year(TODAY).code in (
        answer.content.decode()
    )
    assert "虚构数据 · 演示" in page


def test_another_period_is_chosen_on_the_page(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician)
    file("recognition", "甲证书", [("recognised", "2024-12-05")], firm=cast.firm, by=cast.statistician)

    page = words(signed_in("officer").get("/?period=2024"))

    assert "青溪县，2024年" in page
    assert "高新技术企业数 1 家" in page


def test_a_period_nobody_can_read_is_said_and_the_year_under_way_is_shown(cast: Cast, signed_in: SignedIn) -> None:
    page = words(signed_in("officer").get("/?period=去年"))

    assert "“去年”不是一个时期" in page
    assert f"青溪县，{TODAY.year}年（截至" in page


def test_a_superior_compares_the_counties_below(cast: Cast, signed_in: SignedIn) -> None:
    for county in (cast.county, cast.sibling):
        keep_records(county, by=cast.statistician)
    file("recognition", "甲证书", [("recognised", "2024-12-05")], firm=cast.firm, by=cast.statistician)

    below = signed_in("superior").get("/").context["numbers"].below

    by_name = {row["name"]: row["cells"][0]["text"] for row in below["rows"]}
    assert below["title"] == "清源市各下级区划"
    assert below["heads"][0]["label"] == "高新技术企业数"
    assert (by_name["青溪县"], by_name["云渡县"]) == ("1家", "0家")
    assert set(by_name.values()) == {"1家", "0家", "—"}


def test_what_waits_is_a_link_with_its_words_and_says_since_when(cast: Cast, signed_in: SignedIn) -> None:
    _draft(cast)

    page = signed_in("director").get("/").content.decode()

    assert re.search(
        r'<a href="/records/\?state=draft">待确认的记录 <strong class="tnum">1</strong> 条</a>'
        r'<span class="list-meta">最早的自2026年3月2日起</span>',
        page,
    )


def test_the_rooms_say_what_waits_and_the_most_urgent_comes_first() -> None:
    urgent = sorted(tasks.DUTIES, key=lambda duty: duty.order)

    assert [duty.code for duty in urgent] == [
        "declaring",
        "notices",
        "meetings-decided",
        "choosing",
        "publicity-run",
        "substitutes",
        "cases",
        "identities",
        "letters",
        "meetings-prepared",
        "confirming",
        "paying",
        "accounts-to-pay",
        "commitments-left",
        "reviewing",
        "publishing",
        "to-archive",
        "to-sign",
        "mending",
        "importing",
        "accounts",
    ]
    assert [duty.code for duty in urgent if not duty.is_theirs] == [
        "substitutes",  # knowing who stands in is no duty
        "identities",  # nor is reading numbers
        "accounts-to-pay",  # nor is seeing accounts
        "to-archive",  # what is filed may wait for the end of the year
    ]


def test_when_nothing_waits_that_is_said(cast: Cast, signed_in: SignedIn) -> None:
    assert "没有要您处理的。" in words(signed_in("director").get("/"))
    assert "没有要您处理的。" in words(signed_in("enterprise").get("/"))
    assert "等您处理" not in words(signed_in("superior").get("/"))


def test_whoever_may_declare_is_asked_to_where_records_do_not_count_yet(cast: Cast, signed_in: SignedIn) -> None:
    file("recognition", "甲证书", [("recognised", "2024-12-05")], firm=cast.firm, by=cast.statistician)

    page = words(signed_in("director").get("/"))
    officer = words(signed_in("officer").get("/"))
    keep_records(cast.county, by=cast.statistician)
    declared = words(signed_in("director").get("/"))

    assert "台账完整，去声明 1 类 青溪县的资质认定还没有声明完整，指标暂不计数" in page
    assert "去声明" not in officer
    assert "去声明" not in declared


def test_what_is_remembered_of_the_tasks_is_said_in_the_language_of_each_page(cast: Cast, signed_in: SignedIn) -> None:
    file("recognition", "甲证书", [("recognised", "2024-12-05")], firm=cast.firm, by=cast.statistician)
    browser = signed_in("director")

    chinese = words(browser.get("/"))
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = words(browser.get("/"))

    assert "青溪县的资质认定还没有声明完整" in chinese
    assert "的资质认定" not in english


def test_the_first_steps_are_ticked_by_what_stands_and_gone_when_all_are_done(cast: Cast, signed_in: SignedIn) -> None:
    def steps(who: str) -> list[tuple[str, str, str]]:
        found = signed_in(who).get("/").context["steps"] or []
        return [(each["label"], each["state"], each["note"] or each["url"]) for each in found]

    begun = steps("officer")
    file("recognition", "甲证书", [("recognised", "2024-12-05")], firm=cast.firm, by=cast.statistician)
    confirmed = steps("director")
    keep_records(cast.county, by=cast.statistician)
    write_document(outline="annual", region=cast.county, period=Period.parse("2024"), by=cast.officer, now=NOW)

    assert begun == [
        ("换密码", "done", ""),
        ("登记单位", "done", ""),
        ("导入清单", "current", "/imports/"),
        ("确认记录", "todo", "由局领导做"),
        ("声明台账完整", "todo", "由局领导做"),
        ("写第一篇", "todo", "/documents/write/"),
    ]
    assert [(label, state) for label, state, _note in confirmed] == [
        ("换密码", "done"),
        ("登记单位", "done"),
        ("导入清单", "done"),
        ("确认记录", "done"),
        ("声明台账完整", "current"),
        ("写第一篇", "todo"),
    ]
    assert steps("director") == []
    assert steps("superior") == []


def test_an_officer_sees_what_they_filed_today_and_what_still_waits(cast: Cast, signed_in: SignedIn) -> None:
    _draft(cast, now=timezone.now())

    mine = signed_in("officer").get("/").context["mine"]

    assert [(each.label, each.value) for each in mine] == [
        ("我今天登记的", 1),
        ("我登记的，还没有确认", 1),
        ("我今天办的步骤", 0),
        ("我办过的事项", 0),
        ("我发起的事项", 0),
    ]
    director = [each.label for each in signed_in("director").get("/").context["mine"]]
    assert director == ["我今天办的步骤", "我办过的事项", "我发起的事项"]
    assert signed_in("superior").get("/").context["mine"] is None


def test_the_records_filed_last_come_first_with_the_day_they_were_filed(cast: Cast, signed_in: SignedIn) -> None:
    file("patent", "新近的事", [("applied", "2025-02-03")], firm=cast.firm, by=cast.statistician)
    file("patent", "后来才登记的旧事", [("applied", "2021-02-03")], firm=cast.firm, by=cast.statistician)

    records = signed_in("officer").get("/").context["records"]

    assert [(item["when"].isoformat(), item["text"]) for item in records] == [
        ("2026-03-02", "申请 · 后来才登记的旧事（发明专利） · 2021年2月3日"),
        ("2026-03-02", "申请 · 新近的事（发明专利） · 2025年2月3日"),
    ]


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


def test_a_system_administrator_sees_how_the_installation_is(cast: Cast, signed_in: SignedIn) -> None:
    Client().post("/sign-in/", {"username": "officer", "password": "wrong-wrong"})

    facts = {item["label"]: item["value"] for item in signed_in("system").get("/").context["health"]}

    assert list(facts) == [
        "启用的账号",
        "数据库",
        "后台任务",
        "数据盘空余",
        "最近 24 小时登录失败",
        "备份",
        "规则包",
        "版本",
    ]
    assert facts["后台任务"] == "等待和进行中 0 个，未完成 0 个"
    assert facts["最近 24 小时登录失败"] == "1 次"
    assert facts["规则包"].startswith("national（")


def test_a_security_administrator_sees_grants_and_their_last_changes(cast: Cast, signed_in: SignedIn) -> None:
    grants = signed_in("security").get("/").context["grants"]

    assert [(each["label"], each["value"]) for each in grants["stats"]] == [
        ("有效的授权", 16),
        ("身兼几种岗位角色的账号", 0),
    ]
    assert (grants["changes"][0]["title"], grants["changes"][0]["text"]) == ("授予角色", "enterprise，企业用户 · 系统")


def test_an_auditor_sees_the_chain_and_what_was_changed_without_sign_ins(cast: Cast, signed_in: SignedIn) -> None:
    Client().post("/sign-in/", {"username": "officer", "password": PASSWORD})

    trail = signed_in("auditor").get("/").context["trail"]

    assert trail["chain"].broken_at is None
    assert {each["title"] for each in trail["changes"]} == {"授予角色", "登记单位"}


def test_of_the_reported_figures_only_who_reads_a_region_finds_the_menu(cast: Cast, signed_in: SignedIn) -> None:
    assert 'href="/observations/"' in signed_in("officer").get("/").content.decode()
    assert 'href="/observations/"' not in signed_in("enterprise").get("/").content.decode()


def test_the_enterprise_user_finds_what_was_published(cast: Cast, signed_in: SignedIn) -> None:
    assert "已公布的文件 还没有公布的文件" in words(signed_in("enterprise").get("/"))


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


def test_health_says_when_the_disk_is_nearly_full(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=3 * 2**20))

    answer = client.get("/health/")

    assert (answer.status_code, answer.content.decode()) == (503, "磁盘快满了，只剩 3 MB；请腾出空间。\n")


@pytest.mark.parametrize(
    "number, sentence",
    [
        (errno.ENOSPC, "服务器的磁盘已满，写不下去；请系统管理员腾出空间后再试。"),
        (errno.EROFS, "数据文件夹不能写：Read-only file system"),
    ],
)
def test_health_says_when_nothing_can_be_written(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    def refuse(**_where: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(probing.tempfile, "TemporaryFile", refuse)

    answer = client.get("/health/")

    assert (answer.status_code, answer.content.decode()) == (503, f"{sentence}\n")


def test_health_tries_to_write_a_row_and_leaves_none(client: Client, db: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        client.get("/health/")

    assert [each["sql"] for each in asked if each["sql"].startswith("INSERT")] != []
    assert not Session.objects.exists()


def test_health_says_when_the_database_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("gone") from psycopg.OperationalError("connection refused")

    monkeypatch.setattr(probing.connection, "cursor", gone)

    answer = client.get("/health/")

    assert (answer.status_code, answer.content.decode()) == (503, "数据库没有应答，请稍后再试。\n")


def test_the_gallery_is_for_whoever_is_signed_in(cast: Cast, client: Client, signed_in: SignedIn) -> None:
    assert client.get("/gallery/").status_code == 302
    assert signed_in("stranger").get("/gallery/").status_code == 200
    assert "drawer-title" in signed_in("stranger").get("/gallery/?evidence").content.decode()


def test_a_new_account_reads_its_page_in_its_language(cast: Cast, client: Client) -> None:
    user = accounts.create_account(username="new", name="新同事", password="qingxi-2026-verify", by=None, now=NOW)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    assert "新同事" in words(client.get("/"))
