"""Importing what columns say: amounts to the last 分, both values of a contract, and what holds for the whole file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.cast import NOW, Cast
from xingke.base.refusals import Refused
from xingke.intake.actions import Outcome, import_table
from xingke.intake.checking import sheet_form
from xingke.intake.rows.incoming import Options
from xingke.intake.tests.test_importing_histories import HERE, found, said, table_of
from xingke.ledger.models import (
    AppointmentEvent,
    Award,
    ContractEvent,
    EventSession,
    PaymentEvent,
    ProjectEvent,
    Recognition,
    RecognitionEvent,
)

WAN = 10_000_00  # 分


def bring(kind: str, *rows: Mapping[str, str], by: Any, **given: str) -> Outcome:
    return import_table(
        form=sheet_form(kind),
        table=table_of(*rows),
        file_name="清单.csv",
        by=by,
        now=NOW,
        options=Options(region=HERE.region, given=given),
    )


def notes(outcome: Outcome) -> list[str]:
    """What is said of a file besides which row was taken for its header."""
    return [str(note) for note in [*outcome.table.notes, *outcome.reader.remarks][1:]]


# ── amounts ──


def contract(cast: Cast, **amounts: str) -> dict[str, str]:
    return {
        "卖方名称": cast.firm.name,
        "合同类别": "技术开发",
        "合同名称": "示例系统开发",
        "合同登记编号": "2025990121000001",
        "签订日期": "2025-05-10",
        "登记日期": "2025-06-03",
        **amounts,
    }


CELLS = [
    ("成交额（万元）", "120", 120 * WAN),
    ("成交额（万元）", "1,234.50", 1_234_50_00 * 100),
    ("成交额（万元）", "１２０", 120 * WAN),
    ("成交额（万元）", "120万元", 120 * WAN),
    ("成交额（万元）", "￥120", 120 * WAN),
    ("成交额（万元）", "120 万元", 120 * WAN),
    ("成交额（万元）", "35万", 35 * WAN),
    ("成交额（千元）", "1200", 120 * WAN),
    ("成交额（元）", "35万", 35 * WAN),
    ("成交额", "35万", 35 * WAN),
    ("成交额", "120万元", 120 * WAN),
    ("成交额", "1,200元", 1_200_00),
    ("成交额", "0.012亿元", 120 * WAN),
    ("成交额", "1200千元整", 120 * WAN),
    ("成交额/万元", "0", 0),
]


@pytest.mark.parametrize("header, cell, amount", CELLS)
def test_an_amount_is_exact_whoever_names_its_unit(cast: Cast, header: str, cell: str, amount: int) -> None:
    outcome = bring("contract", contract(cast, **{header: cell}), by=cast.officer)

    assert said(outcome) == []
    assert dict(ContractEvent.objects.values_list("event", "amount")) == {"signed": amount, "registered": amount}


@pytest.mark.parametrize(
    "header, cell, sentence",
    [
        ("成交额（万元）", "1200千元", "单位与列名写明的“万元”不一致，请改成同一种单位。"),
        ("成交额（元）", "120万元", "单位与列名写明的“元”不一致，请改成同一种单位。"),
        ("成交额（万元）", "12万美元", "数字后面的不是这一列能用的单位，可写：元、万元。"),
        ("成交额（万元）", "$120", "不是可以精确保存的数字，请只填数字，单位写在列名里。"),
        ("成交额（万元）", "约120", "是约数；这一列要填确切的数。"),
        ("成交额（万元）", "120余万元", "是约数；这一列要填确切的数。"),
        ("成交额（万元）", "120万元以上", "是约数；这一列要填确切的数。"),
        ("成交额（万元）", "120-150", "不是可以精确保存的数字，请只填数字，单位写在列名里。"),
        ("成交额（万元）", "120 150", "不是可以精确保存的数字，请只填数字，单位写在列名里。"),
        ("成交额（万元）", "待定", "不是可以精确保存的数字，请只填数字，单位写在列名里。"),
        ("成交额（万元）", "-3", "不能是负数。"),
    ],
)
def test_an_amount_that_is_not_exact_stops_its_row(cast: Cast, header: str, cell: str, sentence: str) -> None:
    outcome = bring("contract", contract(cast, **{header: cell}), by=cast.officer)

    assert said(outcome) == [f"{header} 列为“{cell}”：{sentence}"]


def test_a_bare_number_among_numbers_with_units_stops_its_row(cast: Cast) -> None:
    rows = [
        contract(cast, 成交额="120万元"),
        contract(cast, 成交额="35") | {"合同登记编号": "2025990121000002"},
    ]

    outcome = bring("contract", *rows, by=cast.officer)

    assert found(outcome) == {"new": 1, "rejected": 1}
    assert said(outcome) == ["成交额 列为“35”：没有写明单位；请在列名后注明，如“成交额（万元）”，或写在数字后面。"]


PEOPLE = [
    ("培训人次（万）", "1.2", 12_000, ""),
    ("参加人数（百人）", "3", 300, ""),
    ("参加人数", "约120", 120, "约"),
    ("参加人数", "120余人次", 120, "余"),
    ("参加人数", "120多人", 120, "多"),
    ("参加人数", "近120名", 120, "近"),
    ("参加人数", "120人以上", 120, "以上"),
    ("参加人数", "1.2万", 12_000, ""),
    ("参加人数（人）", "大约120", 120, "约"),
    ("参加人数（人）", "120左右", 120, "约"),
    ("参加人数", "120人", 120, ""),
]


@pytest.mark.parametrize("header, cell, people, word", PEOPLE)
def test_people_are_counted_with_the_word_they_come_with(
    cast: Cast, header: str, cell: str, people: int, word: str
) -> None:
    row = {"主题": "培训", "活动名称": "惠农培训", "日期": "2025-03-05", header: cell, "发放资料（千份）": "2"}

    outcome = bring("event", row, by=cast.officer)

    assert said(outcome) == []
    held = EventSession.objects.get()
    assert (held.people, held.approximation, held.materials) == (people * 10_000, word, 2_000 * 10_000)


@pytest.mark.parametrize(
    "header, cell, remedy",
    [("参加人数", "1200.5", "应为整数，请核对单位。"), ("发放资料", "约200份", "是约数；这一列要填确切的数。")],
)
def test_half_a_person_and_a_rough_number_of_leaflets_are_refused(
    cast: Cast, header: str, cell: str, remedy: str
) -> None:
    row = {"主题": "培训", "活动名称": "惠农培训", "日期": "2025-03-05", header: cell}

    assert said(bring("event", row, by=cast.officer)) == [f"{header} 列为“{cell}”：{remedy}"]


# ── the two values of a contract ──


def test_the_price_and_its_technology_part_are_two_quantities(cast: Cast) -> None:
    row = contract(cast, **{"合同成交金额（万元）": "120", "技术交易额（万元）": "80"})

    outcome = bring("contract", row, by=cast.officer)

    assert (said(outcome), notes(outcome)) == ([], [])
    assert list(ContractEvent.objects.order_by("step").values_list("event", "amount", "tech_amount")) == [
        ("signed", 120 * WAN, None),
        ("registered", 120 * WAN, 80 * WAN),
    ]


def test_the_part_is_never_more_than_the_whole(cast: Cast) -> None:
    row = contract(cast, **{"合同成交额（万元）": "80", "技术交易额（万元）": "120"})

    outcome = bring("contract", row, by=cast.officer)

    assert said(outcome) == ["技术交易额（万元） 列为“120”：“技术交易额（万元）”不能多于“合同成交额（万元）”，请核对。"]


def test_a_later_file_cannot_make_the_part_more_than_the_whole_that_stands(cast: Cast) -> None:
    bring("contract", contract(cast, **{"合同成交额（万元）": "80"}), by=cast.officer)

    outcome = bring("contract", contract(cast, **{"技术交易额（万元）": "120"}), by=cast.officer)

    assert said(outcome) == ["技术交易额（万元） 列为“”：“技术交易额（万元）”不能多于“认定登记成交额”，请核对。"]


def test_what_counts_as_nothing_is_said(cast: Cast) -> None:
    rows = [
        contract(cast, **{"成交额（万元）": ""}),
        contract(cast, **{"成交额（万元）": "5"}) | {"合同登记编号": "2025990121000002"},
    ]

    outcome = bring("contract", *rows, by=cast.officer)

    assert notes(outcome) == ["1 行的“签订”没有写金额，合计时按 0 计入", "1 行的“认定登记”没有写金额，合计时按 0 计入"]


# ── the whole file ──


def test_a_published_list_comes_in_with_the_day_of_its_announcement(cast: Cast) -> None:
    row = {"序号": "1", "企业名称": cast.firm.name, "证书编号": "GR202599009401"}

    outcome = bring("high_tech_list", row, by=cast.officer, on="2025-10-28")

    assert said(outcome) == []
    event = RecognitionEvent.objects.get()
    assert (event.event, event.happened_on) == ("recognised", date(2025, 10, 28))
    assert Recognition.objects.get().title == "high_tech_enterprise"


def test_a_table_of_projects_comes_in_with_what_its_title_says(cast: Cast) -> None:
    row = {
        "序号": "1",
        "项目编号": "25YF1GX001",
        "项目名称": "庚技术研究",
        "承担单位": cast.firm.name,
        "项目负责人": "张某",
        "推荐单位": "清源市科技局",
        "起止年限": "2025.07-2027.06",
        "省拨经费（万元）": "30",
    }

    outcome = bring("project", row, by=cast.officer, on="2025-07-01", 计划类别="重点研发计划", level="province")

    assert said(outcome) == []
    event = ProjectEvent.objects.get()
    assert (event.event, event.amount, event.programme, event.level) == ("approved", 30 * WAN, "key_rnd", "province")


def test_a_list_of_small_firms_and_a_roster_come_in(cast: Cast) -> None:
    firms = {
        "序号": "1",
        "企业名称": cast.firm.name,
        "注册地所在市": "清源市",
        "注册地所在县（区）": "青溪县",
        "入库登记编号": "202599012108000123",
    }
    roster = {"姓名": "张某", "专业特长": "马铃薯种植", "岗位类型": "科技特派员", "选派时间": "2025-04-01"}

    assert found(bring("tech_sme_list", firms, by=cast.officer, on="2025-03-05")) == {"new": 1}
    assert found(bring("appointment", roster, by=cast.officer)) == {"new": 1}
    assert AppointmentEvent.objects.get().post == "commissioner"


def test_the_amount_of_the_only_event_may_be_given_its_day(cast: Cast) -> None:
    row = {"企业名称": cast.firm.name, "级别": "县", "奖补金额（万元）": "5"}

    outcome = bring("payment", row, by=cast.officer, on="2025-12-20", purpose="科技奖补资金", name="认定奖补")

    assert said(outcome) == []
    assert PaymentEvent.objects.values_list("event", "amount").get() == ("paid", 5 * WAN)


def test_a_column_of_the_file_wins_and_what_was_given_beside_it_is_said(cast: Cast) -> None:
    row = {"奖项": "科技进步奖", "级别": "市", "成果名称": "示例", "获奖日期": "2025-10-28"}

    outcome = bring("award", row, by=cast.officer, level="省级")

    assert notes(outcome) == ["文件里已有“级别”列，按文件中的内容读入；给整份文件填的“省级”没有用到"]
    assert Award.objects.get().level == "city"


@pytest.mark.parametrize(
    "given, sentence",
    [
        ({"on": "2025-10-28"}, "文件里已有“认定日期”列，日期以文件为准；请不要再给整份文件填日期。"),
        ({"applied": "去年"}, "给整份文件填的“去年”不是日期，请写成 2024-03-05。"),
    ],
)
def test_what_cannot_hold_for_the_file_is_refused(cast: Cast, given: dict[str, str], sentence: str) -> None:
    row = {"企业名称": cast.firm.name, "资质": "高企", "级别": "国家级", "认定日期": "2025-10-28"}

    with pytest.raises(Refused) as refusal:
        bring("recognition", row, by=cast.officer, **given)

    assert str(refusal.value) == sentence


def test_what_the_form_does_not_know_is_refused_with_what_it_knows(cast: Cast) -> None:
    row = {"主题": "会议部署", "事项": "召开全县科技工作会议"}

    with pytest.raises(Refused) as refusal:
        bring("milestone", row, by=cast.officer, colour="red")

    assert str(refusal.value) == (
        "不能给整份文件填“colour”；这种表格可填：on、region、region_code、organisation、credit_code、topic、name、number、happened。"
    )


def test_a_term_that_is_none_stops_every_row_with_those_that_are(cast: Cast) -> None:
    row = {"企业名称": cast.firm.name, "资质": "高企", "认定日期": "2025-10-28"}

    outcome = bring("recognition", row, by=cast.officer, level="乡级")

    assert said(outcome)[0].startswith("级别（整份文件） 列为“乡级”：不在代码表中，可写：")


def test_rows_left_of_such_a_file_come_in_again_without_giving_it_anew(cast: Cast) -> None:
    row = {"企业名称": "乌有公司", "证书编号": "GR202599009401"}
    left = bring("high_tech_list", row, by=cast.officer, on="2025-10-28")

    mended = dict(zip(left.table.header, left.left[0].cells, strict=True)) | {"企业名称": cast.firm.name}

    assert found(bring("high_tech_list", mended, by=cast.officer)) == {"new": 1}


def test_a_contract_that_is_only_signed_stands_beside_one_that_is_registered(cast: Cast) -> None:
    signed = contract(cast, **{"成交额（万元）": "35"}) | {"合同登记编号": "", "合同名称": "另一份", "登记日期": ""}

    outcome = bring("contract", contract(cast, **{"成交额（万元）": "120"}), signed, by=cast.officer)

    assert said(outcome) == []
    assert list(ContractEvent.objects.order_by("amount", "event").values_list("event", "amount")) == [
        ("signed", 35 * WAN),
        ("registered", 120 * WAN),
        ("signed", 120 * WAN),
    ]


# ── amounts that nobody reads ──


@pytest.mark.parametrize(
    "header",
    [
        "合同标的额（万元）",
        "本年成交额（万元）",
        "成交额合计（万元）",
        "合同成交额1（万元）",
        "预计合同成交额",
        "RMB合同成交额（万元）",
    ],
)
def test_an_amount_that_is_not_read_is_asked_about_where_the_event_has_none(cast: Cast, header: str) -> None:
    with pytest.raises(Refused, match="像是数量，没有读入，而“签订日期”没有数量列"):
        bring("contract", {**contract(cast), header: "120"}, by=cast.officer)

    assert found(bring("contract", {**contract(cast, **{"成交额（万元）": "9"}), header: "120"}, by=cast.officer))


@pytest.mark.parametrize("header", ["培训规模（人）", "参训农民（人次）", "农民（人次）"])
def test_people_that_are_not_read_are_asked_about_too(cast: Cast, header: str) -> None:
    held = {"主办单位": cast.firm.name, "活动类型": "科技培训", "活动名称": "农技培训", "活动时间": "2024-06-03"}

    with pytest.raises(Refused, match="会按没有数量登记"):
        bring("event", {**held, header: "120"}, by=cast.officer)
    assert found(bring("event", {**held, "活动经费（万元）": "2"}, by=cast.officer)) == {"new": 1}


def test_two_amounts_of_one_event_are_to_be_added_up_not_to_be_left_out(cast: Cast) -> None:
    row = {
        "项目名称": "甲研究",
        "承担单位": cast.firm.name,
        "计划类别": "重点研发计划",
        "级别": "省级",
        "立项日期": "2025-06-03",
    }

    with pytest.raises(Refused, match="应当相加的请合计成一列"):
        bring("project", {**row, "省级财政资金（万元）": "30", "市级财政资金（万元）": "10"}, by=cast.officer)


def test_a_word_within_a_number_makes_it_rough_and_keeps_its_scale(cast: Cast) -> None:
    held = {"主办单位": cast.firm.name, "活动类型": "科技培训", "活动名称": "农技培训", "活动时间": "2024-06-03"}

    assert said(bring("event", {**held, "参加人次": "1万余人次"}, by=cast.officer)) == []
    event = EventSession.objects.get()
    assert (event.people, event.approximation) == (10_000 * 10_000, "余")
