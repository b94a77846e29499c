"""What cannot be is not filed: by import and form alike, and named by its cause."""

from datetime import date

import pytest

from tests.cast import NOW, Cast
from xingke.base.refusals import Refused
from xingke.intake.rows.incoming import Options
from xingke.intake.tests.test_importing_histories import PATENT, bring, found, said
from xingke.ledger import rules
from xingke.ledger.actions import NewEvent, NewHistory, file_histories
from xingke.ledger.rules import Happening

pytestmark = pytest.mark.db

FIRM = "青溪县明渠传感科技有限公司"
TITLE = {"企业名称": FIRM, "证书编号": "GR202499000001", "发证日期": "2024-11-08"}

NUMBERED = [
    ("applied in the year of its number", "202310123456.6", "applied", date(2023, 2, 14), "", ""),
    ("applied after it", "202310123456.6", "applied", date(2024, 1, 5), "", "晚于申请号表示的年份 2023"),
    ("applied before it: divided", "202310123456.6", "applied", date(2021, 1, 5), "", "早于申请号表示的年份 2023"),
    ("granted before it", "202310123456.6", "granted", date(2022, 1, 5), "早于申请号表示的年份 2023", ""),
    ("a number of two digits of the year", "85100001.X", "granted", date(1984, 1, 5), "早于申请号表示的年份 1985", ""),
    ("a number of 2003", "03100001.X", "applied", date(2003, 1, 5), "", ""),
    ("no such number", "PCT/CN2024/123456", "applied", date(2020, 1, 5), "", ""),
]


@pytest.mark.parametrize("story, number, event, on, wrong, doubt", NUMBERED, ids=[story for story, *_ in NUMBERED])
def test_the_days_of_a_patent_are_held_against_the_year_of_its_number(
    story: str, number: str, event: str, on: date, wrong: str, doubt: str
) -> None:
    found = [str(each) for each in rules.against_number(number, [Happening(event, on)])]

    assert [bool(each) for each in found] == [bool(wrong), bool(doubt)]
    assert wrong in found[0] and doubt in found[1]


def test_a_patent_granted_before_its_number_was_given_out_is_refused(cast: Cast) -> None:
    row = {**PATENT, "申请日": "", "授权公告日": "2022-03-05"}

    assert said(bring("patent", row, by=cast.officer)) == [
        "授权公告日 列为“2022-03-05”：授权公告日（2022-03-05）早于申请号表示的年份 2023，不可能；请核对日期和申请号。"
    ]
    assert found(bring("patent", {**PATENT, "申请日": "2021-02-14"}, by=cast.officer)) == {"rejected": 1}
    sure = {**PATENT, "申请日": "2021-02-14", "确认无误": "是", "理由": "分案申请，已对照受理通知书"}
    assert found(bring("patent", sure, by=cast.officer)) == {"new": 1}


def test_whoever_files_it_by_hand_is_refused_as_well(cast: Cast) -> None:
    history = NewHistory(
        fields={"form": "invention", "name": "一种示例装置", "number": "202310123456.6"},
        region=cast.county,
        organisation=cast.firm,
        is_fictional=True,
        events=[NewEvent(event="granted", on=date(2022, 3, 5), region=cast.county)],
    )

    with pytest.raises(Refused, match="早于申请号表示的年份 2023"):
        file_histories(kind="patent", histories=[history], by=cast.officer, now=NOW, source="表单")


@pytest.mark.parametrize("day", ["1900-01-01", "0225-03-05", "1899-12-31"])
def test_a_day_before_all_that_can_have_happened_is_refused(cast: Cast, day: str) -> None:
    assert said(bring("high_tech_list", {**TITLE, "发证日期": day}, by=cast.officer)) == [
        f"发证日期 列为“{day}”：早于 1949 年 10 月 1 日，请核对年份。"
    ]


@pytest.mark.parametrize(
    "until, is_doubted",
    [("2027-11-07", False), ("2027-11-30", False), ("2208-11-07", True), ("30年", True), ("2026-03-31", False)],
)
def test_a_certificate_that_holds_longer_than_its_title_does_needs_a_reason(
    cast: Cast, until: str, is_doubted: bool
) -> None:
    row = {**TITLE, "有效期至": until}

    assert found(bring("high_tech_list", row, by=cast.officer, is_trial=True)) == (
        {"rejected": 1} if is_doubted else {"new": 1}
    )
    assert found(bring("high_tech_list", {**row, "确认无误": "是", "理由": "证书如此"}, by=cast.officer)) == {"new": 1}


ORDER = [
    ("重新认定日期", "2023-06-03", "重新认定日期（2023-06-03）早于发证日期（2024-11-08），不可能；请核对这两个日期。"),
    ("取消日期", "2023-06-03", "取消日期（2023-06-03）早于发证日期（2024-11-08），不可能；请核对这两个日期。"),
]


@pytest.mark.parametrize("header, day, remedy", ORDER)
def test_days_in_the_wrong_order_are_named_both(cast: Cast, header: str, day: str, remedy: str) -> None:
    assert said(bring("high_tech_list", {**TITLE, header: day}, by=cast.officer)) == [f"{header} 列为“{day}”：{remedy}"]


def test_nobody_sells_to_himself(cast: Cast) -> None:
    row = {"卖方名称": FIRM, "买方名称": FIRM, "合同类别": "技术开发", "合同名称": "甲", "登记日期": "2025-06-03"}

    assert said(bring("contract", row, by=cast.officer)) == [
        f"买方名称 列为“{FIRM}”：“{FIRM}”既是卖方又是买方，不可能；请核对。"
    ]


@pytest.mark.parametrize(
    "names, are_several",
    [
        ("张三、李四", True),
        ("张三和李四", True),
        ("张三 李四", True),
        ("张三等3人", True),
        ("张和平", False),
        ("欧阳 明华", False),
        ("张 三", False),
        ("和志强", False),
    ],
)
def test_several_people_are_not_filed_as_one(cast: Cast, names: str, are_several: bool) -> None:
    row = {"姓名": names, "岗位": "科技特派员", "专业领域": "马铃薯", "选派时间": "2024-06-03"}

    assert found(bring("appointment", row, by=cast.officer)) == ({"rejected": 1} if are_several else {"new": 1})


def test_two_firms_have_no_certificate_in_common(cast: Cast) -> None:
    other = {**TITLE, "企业名称": "青溪县恒生材料有限公司"}

    outcome = bring(
        "high_tech_list", TITLE, other, by=cast.officer, options=Options(region="990121", new_organisations=True)
    )

    assert said(outcome) == [
        f"证书编号 列为“GR202499000001”：与第 2 行“{FIRM}”的编号相同，单位却不同，不可能；请核对编号。"
    ]
