"""Form and file know the same thing again, ask the same holder and refuse the same: one table over all kinds.

Each kind is written twice, once by each way in, in the four orders there are; the ledger must end the same.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import Client
from lxml import html

from tests.cast import NOW, Cast
from xingke.intake.actions import import_table
from xingke.intake.checking import sheet_form
from xingke.intake.reading import read_table
from xingke.intake.rows.incoming import Options
from xingke.ledger.kinds.record_kind import Identity
from xingke.ledger.tables import TABLES

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
FIRM = "青溪县明渠传感科技有限公司"


@dataclass(frozen=True)
class Written:
    """One thing as the form takes it and as a row of a list says it; "{day}" and "{firm}" are filled in."""

    typed: Mapping[str, str]
    row: Mapping[str, str]


THINGS: dict[str, Written] = {
    "recognition": Written(
        {"title": "patent_demonstration_enterprise", "level": "county", "events-0-event": "recognised"},
        {"单位名称": "{firm}", "资质": "专利示范企业", "级别": "县级", "认定日期": "{day}"},
    ),
    "patent": Written(
        {"form": "invention", "number": "202310123456.6", "name": "一种装置", "events-0-event": "granted"},
        {"专利权人": "{firm}", "专利类型": "发明", "专利名称": "一种装置", "申请号": "202310123456.6", "授权公告日": "{day}"},
    ),
    "contract": Written(
        {"type": "development", "number": "2024990121000001", "name": "研制合同", "events-0-event": "registered"},
        {"卖方名称": "{firm}", "合同类别": "技术开发", "合同名称": "研制合同", "合同登记编号": "2024990121000001", "认定登记日期": "{day}"},
    ),
    "project": Written(
        {"programme": "key_rnd", "level": "province", "number": "24YF001", "name": "示例项目", "events-0-event": "approved"},
        {"承担单位": "{firm}", "计划类别": "重点研发计划", "级别": "省级", "项目名称": "示例项目", "项目编号": "24YF001", "立项日期": "{day}"},
    ),
    "payment": Written(
        {"purpose": "reward", "level": "county", "name": "高企奖补", "events-0-event": "paid", "events-0-amount": "10万元"},
        {"收款单位": "{firm}", "用途": "奖补", "资金级别": "县", "资金名称": "高企奖补", "兑现日期": "{day}", "兑现金额（万元）": "10"},
    ),
    "award": Written(
        {"prize": "science_progress", "level": "province", "name": "示例成果", "events-0-event": "awarded"},
        {"完成单位": "{firm}", "奖种": "科技进步奖", "级别": "省", "成果名称": "示例成果", "获奖日期": "{day}"},
    ),
    "appointment": Written(
        {"post": "tech_vice_president", "name": "传感器方向", "events-0-event": "appointed"},
        {"派驻单位": "{firm}", "岗位": "科技副总", "岗位说明": "传感器方向", "到岗日期": "{day}"},
    ),
    "event": Written(
        {"topic": "training", "name": "惠企政策培训", "events-0-event": "held"},
        {"单位": "{firm}", "主题": "科技培训", "活动名称": "惠企政策培训", "举办日期": "{day}"},
    ),
    "milestone": Written(
        {"topic": "meeting", "name": "全县科技工作会议", "events-0-event": "happened"},
        {"主题": "会议", "事项": "全县科技工作会议", "日期": "{day}"},
    ),
    "matter": Written(
        {"business": "contract_registration", "number": "HT990121202400001", "name": "合同登记申请", "events-0-event": "accepted"},
        {"申请人": "{firm}", "业务": "技术合同登记", "事项名称": "合同登记申请", "办件编号": "HT990121202400001", "受理日期": "{day}"},
    ),
    "service_log": Written(
        {"way": "on_site", "work": "guidance", "name": "柳湾蔬菜合作社", "place": "柳湾镇上游村", "events-0-event": "served"},
        {"服务方式": "现场", "服务内容": "指导", "服务对象": "柳湾蔬菜合作社", "地点（乡镇、村）": "柳湾镇上游村", "服务时间": "{day}"},
    ),
}  # fmt: skip


def by_form(cast: Cast, browser: Client, kind: str, *, day: str, firm: str = FIRM, **changed: str) -> str:
    """File it with the form; what the page says where it does not, empty where it does."""
    holder = firm if "{firm}" in THINGS[kind].row.values() else ""
    typed = {
        "key": str(uuid4()), "region": "990121", "events-TOTAL_FORMS": "1", "events-INITIAL_FORMS": "0", "holder_search": holder,
        "events-0-happened_on": day, **THINGS[kind].typed, **changed,
    }  # fmt: skip
    answer = browser.post(f"/records/{kind}/new/", typed)
    if answer.status_code == 302:
        return ""
    page = html.fromstring(answer.content.decode())
    return " ".join(page.xpath("//*[@role='alert']//text()|//*[contains(@class,'field-error')]//text()")).strip()


def by_file(cast: Cast, browser: Client, kind: str, *, day: str, firm: str = FIRM, **changed: str) -> str:
    """File it with a list; what is said of its row where nothing is filed, empty where something is."""
    row = {name: text.format(day=day, firm=firm) for name, text in {**THINGS[kind].row, **changed}.items()}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row))
    writer.writeheader()
    writer.writerow(row)
    outcome = import_table(
        form=sheet_form(kind), table=read_table(text.getvalue().encode(), name="清单.csv"),
        file_name="清单.csv", by=cast.statistician, now=NOW, options=Options(region="990121"), is_trial=False,
    )  # fmt: skip
    problems = " ".join(str(problem) for left in outcome.left for problem in left.problems)
    return problems or ("unchanged" if outcome.counts["unchanged"] else "")


WAYS: Mapping[str, Callable[..., str]] = {"form": by_form, "file": by_file}
ORDERS = [(first, second) for first in WAYS for second in WAYS]


def stand(kind: str) -> int:
    return int(TABLES[kind].subject._default_manager.filter(seq_to__isnull=True).count())


def happened(kind: str) -> list[tuple[str, str]]:
    rows = TABLES[kind].event._default_manager.filter(seq_to__isnull=True).order_by("happened_on", "step")
    return [(row.event, row.happened_on.isoformat()) for row in rows]


def test_every_kind_is_in_the_table() -> None:
    assert set(THINGS) == set(TABLES), "a kind has a row in THINGS: how a form and a table say one thing of it"


@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("first, second", ORDERS)
def test_the_same_thing_written_again_stays_one(
    cast: Cast, signed_in: SignIn, kind: str, first: str, second: str
) -> None:
    browser = signed_in("statistician")
    assert WAYS[first](cast, browser, kind, day="2024-03-05") == ""

    assert WAYS[second](cast, browser, kind, day="2024-03-05") != ""

    assert stand(kind) == 1 and len(happened(kind)) == 1


# what a second day does: a file corrects the day of what happens once and has a number, asks which it is where there is
# only a name, adds what happens again, or files another thing
CORRECTED = [("patent", "granted"), ("contract", "registered"), ("project", "approved")]
ASKED = ["award", "appointment"]
AGAIN = [("recognition", "recognised", "re_recognised"), ("payment", "paid", "paid")]


@pytest.mark.parametrize("kind, event", CORRECTED)
def test_another_day_of_what_happens_once_corrects_it_in_a_file_and_is_refused_in_a_form(
    cast: Cast, signed_in: SignIn, kind: str, event: str
) -> None:
    browser = signed_in("statistician")
    by_form(cast, browser, kind, day="2024-03-05")

    assert "台账里已有相同的记录" in by_form(cast, browser, kind, day="2024-03-15")
    assert by_file(cast, browser, kind, day="2024-03-15") == ""

    assert (stand(kind), happened(kind)) == (1, [(event, "2024-03-15")])


@pytest.mark.parametrize("kind", ASKED)
def test_another_day_of_what_only_its_name_tells_is_asked_about(cast: Cast, signed_in: SignIn, kind: str) -> None:
    browser = signed_in("statistician")
    by_form(cast, browser, kind, day="2024-03-05")

    assert "台账里已有相同的记录" in by_form(cast, browser, kind, day="2024-03-15")
    assert "是另一笔的请勾选“另一笔”，是更正的请勾选“更正”" in by_file(cast, browser, kind, day="2024-03-15")

    assert stand(kind) == 1


@pytest.mark.parametrize("kind, event, again", AGAIN)
def test_what_may_happen_again_is_one_more_event_of_the_same_thing(
    cast: Cast, signed_in: SignIn, kind: str, event: str, again: str
) -> None:
    browser = signed_in("statistician")
    by_form(cast, browser, kind, day="2023-03-05")

    assert "已" in by_form(cast, browser, kind, day="2024-03-15")
    assert by_file(cast, browser, kind, day="2024-03-15") == ""

    assert (stand(kind), happened(kind)) == (1, [(event, "2023-03-05"), (again, "2024-03-15")])


@pytest.mark.parametrize(
    "kind", [code for code, kind in TABLES.items() if kind.names.identity is Identity.NAME_AND_DAY]
)
@pytest.mark.parametrize("first, second", ORDERS)
def test_of_one_name_there_may_be_many_on_different_days(
    cast: Cast, signed_in: SignIn, kind: str, first: str, second: str
) -> None:
    browser = signed_in("statistician")
    WAYS[first](cast, browser, kind, day="2024-03-05")

    assert WAYS[second](cast, browser, kind, day="2024-03-15") == ""

    assert stand(kind) == 2


@pytest.mark.parametrize("kind", [code for code, kind in TABLES.items() if kind.names.needs_holder])
@pytest.mark.parametrize("way", WAYS)
def test_what_is_always_somebody_s_is_refused_without_them(cast: Cast, signed_in: SignIn, kind: str, way: str) -> None:
    refusal = WAYS[way](cast, signed_in("statistician"), kind, day="2024-03-05", firm="")

    assert "单位" in refusal or "专利权人" in refusal or "卖方" in refusal
    assert stand(kind) == 0


@pytest.mark.parametrize("kind", [code for code, kind in TABLES.items() if not kind.names.needs_holder])
@pytest.mark.parametrize("first, second", ORDERS)
def test_what_may_be_nobody_s_is_known_again_by_where_it_is(
    cast: Cast, signed_in: SignIn, kind: str, first: str, second: str
) -> None:
    browser = signed_in("statistician")
    assert WAYS[first](cast, browser, kind, day="2024-03-05", firm="") == ""

    assert WAYS[second](cast, browser, kind, day="2024-03-05", firm="") != ""

    assert stand(kind) == 1


LEVELS = {"form": {"level": "city"}, "file": {"级别": "市级"}}


@pytest.mark.parametrize("first, second", ORDERS)
def test_a_title_that_is_held_is_refused_at_another_level(
    cast: Cast, signed_in: SignIn, first: str, second: str
) -> None:
    browser = signed_in("statistician")
    WAYS[first](cast, browser, "recognition", day="2024-03-05")

    refusal = WAYS[second](cast, browser, "recognition", day="2025-03-05", **LEVELS[second])

    assert "同一" in refusal or "一家单位的一项资质只登记一条" in refusal
    assert stand("recognition") == 1


NO_SUCH_LEVEL = {"form": {"title": "high_tech_enterprise"}, "file": {"资质": "高新技术企业"}}


@pytest.mark.parametrize("way", WAYS)
def test_a_level_that_a_title_does_not_have_is_refused(cast: Cast, signed_in: SignIn, way: str) -> None:
    refusal = WAYS[way](cast, signed_in("statistician"), "recognition", day="2024-03-05", **NO_SUCH_LEVEL[way])

    assert "级别" in refusal
    assert stand("recognition") == 0
