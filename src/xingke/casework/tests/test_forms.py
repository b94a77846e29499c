"""Three forms as bureaus use them, written as a pack writes them, filled in as people fill them in, and shown again."""

import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from xingke.base.labels import Label
from xingke.base.sayings import Saying, say
from xingke.casework.rules.answers import AnswersRead, listed_facts, read_answers
from xingke.casework.rules.form_checks import forms_hold
from xingke.casework.rules.forms import CaseForm, FormField
from xingke.casework.rules.shown_answers import columns, retyped, show
from xingke.casework.tests.flowing import catalogue

TODAY = date(2026, 3, 2)
NAMES = {
    "firm-1": "青溪县明渠传感科技有限公司",
    "person-1": "田晓",
    "990102": "青溪县",
    "training": Label("技术培训", "Training"),
    "demonstration": Label("示范推广", "Demonstration"),
    "d" * 64: "纳税申报表.pdf",
}


class Register:
    """What there is in these tests: found by key or by exact name, and called by its name."""

    def find(self, asked: FormField, text: str) -> str | Saying:
        named = {(name.zh if isinstance(name, Label) else name): key for key, name in NAMES.items()}
        return text if text in NAMES else named.get(text) or say("没有登记过“%(text)s”。", text=text)

    def called(self, asked: FormField, key: str) -> str | Label:
        return NAMES[key]

    def unit(self, code: str) -> str | Label:
        return code


PACK = catalogue("", (Path(__file__).parent / "real_forms.toml").read_text(encoding="utf-8"))
FORMS: dict[str, CaseForm] = {form.code: form for form in PACK.values("form")}
KNOWN = {
    "organisation.name": "青溪县明渠传感科技有限公司",
    "organisation.credit_code": "91110000100000001A",  # as it was given out, with a wrong check
    "case.title": "明渠测流",
}


def _read(code: str, typed: Mapping[str, Any]) -> AnswersRead:
    return read_answers(FORMS[code], typed, lookup=Register(), today=TODAY, known=KNOWN)


def _said(read: AnswersRead) -> list[str]:
    return [f"{each.field}{f'[{each.row}].{each.column}' if each.row else ''}: {each.says}" for each in read.faults]


def _shown(code: str, values: Mapping[str, Any], *audiences: str) -> list[str]:
    pages = show(FORMS[code], values, Register(), audiences=audiences)
    return [f"{each.asked.label.zh}：{each.words}" for page in pages for each in page.answers]


def test_real_forms_hold() -> None:
    assert [str(issue) for issue in forms_hold(PACK)] == []


def test_a_short_form_is_one_page_called_as_the_form() -> None:
    assert [page.label.zh for page in FORMS["budget"].pages] == ["项目预算表"]
    assert [page.label.zh for page in FORMS["subsidy"].pages] == ["一、单位", "二、费用"]


# ── 研发费用后补助申请表 ────────────────────────────────────────────────────────────────────────────────────────────

ASKED = {
    "title": "明渠测流二期",
    "contact": "李雷",
    "phone": "１３８ 0938 0000",
    "year": "２０２４年",
    "base": "８００万元",
    "base_before": "6,000,000元",
    "begun_on": "2024.3.5",
    "filed_on": "2026年3月1日",
    "note": "材料齐全",
    "proof": "d" * 64,
    "asked": "9999",  # nobody types what is computed
}


def test_a_subsidy_is_read_from_dirty_cells_and_worked_out() -> None:
    read = _read("subsidy", ASKED)
    assert (_said(read), read.warnings) == ([], ())
    assert read.values == {
        "name": "青溪县明渠传感科技有限公司",
        "code": "91110000100000001A",
        "title": "明渠测流二期",
        "contact": "李雷",
        "year": "2024",
        "base": 800_000_000,
        "base_before": 600_000_000,
        "growth": 333_333,
        "asked": 25_000_000,
        "begun_on": "2024-03-05",
        "filed_on": "2026-03-01",
        "note": "材料齐全",
        "proof": ["d" * 64],
    }
    assert (read.personal, read.changed, read.prefilled) == ({"phone": "13809380000"}, {"title"}, {"name", "code"})
    assert listed_facts(FORMS["subsidy"], read.values) == {
        "year": "2024",
        "base": 800_000_000,
        "growth": 333_333,
        "asked": 25_000_000,
    }


def test_what_was_filled_in_is_judged_only_where_somebody_wrote_over_it() -> None:
    assert _said(_read("subsidy", {**ASKED, "code": "91110000100000001A"})) == []
    assert [each.field for each in _read("subsidy", {**ASKED, "code": "91110000100000001B"}).faults] == ["code"]


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"base": "1000000001万元"}, ["base: 不能大于10000000万元。"]),
        ({"base": "-5"}, ["base: 不能小于0万元。"]),
        ({"base": "—"}, ["base: 没有填写。"]),
        ({"base": "约800"}, ["base: “约800”不是可以精确保存的数字，请只写数，单位是万元。"]),
        ({"base": "500"}, ["fell_because: 没有填写。"]),
        ({"filed_on": "2024.3.4"}, ["filed_on: 申报日期早于研发开始日期。"]),
        (
            {"filed_on": "明天", "begun_on": "2026-3-3", "year": "24年"},
            [
                "year: “24年”不是时期，请写成 2025、2025-H1 或 2025-03。",
                "begun_on: 不能晚于2026-03-02。",
                "filed_on: “明天”不是一个日子，请写成 2026-03-05。",
            ],
        ),
        ({"phone": "", "proof": []}, ["phone: 没有填写。", "proof: 没有填写。"]),
    ],
)
def test_what_is_wrong_with_a_subsidy_is_said_in_the_order_of_the_page(typed: dict[str, Any], said: list[str]) -> None:
    assert _said(_read("subsidy", {**ASKED, **typed})) == said


def test_a_subsidy_is_shown_to_whom_it_may_be() -> None:
    read = _read("subsidy", {**ASKED, "base_before": "", "begun_on": ""})
    assert _shown("subsidy", read.values) == [
        "单位名称：青溪县明渠传感科技有限公司",
        "统一社会信用代码：91110000100000001A",
        "项目名称：明渠测流二期",
        "联系人：李雷",
        "所属年度：2024年",
        "加计扣除研发费用：800万元",
        "上年加计扣除研发费用：",
        "比上年增长：",
        "申请补助：21万元",
        "研发开始日期：",
        "申报日期：2026-03-01",
        "纳税申报表：纳税申报表.pdf",
    ]
    more = set(_shown("subsidy", {**read.values, **read.personal}, "bureau")) - set(_shown("subsidy", read.values))
    assert more == {"联系电话：13809380000", "科室备注：材料齐全"}


# ── 科技特派员服务记录 ──────────────────────────────────────────────────────────────────────────────────────────────

SERVED = {
    "served_on": "2026/3/1",
    "commissioner": "田晓",
    "place": "青溪县",
    "ways": ["技术培训", "demonstration"],
    "served": "５０人",
    "is_training": "是",
    "trained": "0.005万人次",
    "area": "120亩",
}


def test_a_service_is_read() -> None:
    read = _read("service", SERVED)
    assert (_said(read), read.values) == (
        [],
        {
            "served_on": "2026-03-01",
            "commissioner": "person-1",
            "place": "990102",
            "ways": ["training", "demonstration"],
            "served": 500_000,
            "is_training": True,
            "trained": 500_000,
            "area": 1_200_000,
        },
    )
    assert _shown("service", read.values)[1:6] == [
        "特派员：田晓",
        "地点：青溪县",
        "服务方式：技术培训、示范推广",
        "服务人数：50人",
        "是否培训：是",
    ]


def test_what_a_service_is_asked_depends_on_what_was_said() -> None:
    read = _read("service", {**SERVED, "ways": ["技术培训"], "is_training": "否", "trained": "很多", "area": "x"})
    assert (_said(read), {"trained", "area", "late_because"} & {*read.values, *read.shown}) == ([], set())
    late = {**SERVED, "served_on": "2026-02-20", "served": "100", "area": "/", "ways": ["示范推广", "唱戏"]}
    read = _read("service", late)
    assert _said(read) == ["ways: 没有登记过“唱戏”。", "late_because: 没有填写。"]  # of the area, nothing yet
    assert _said(_read("service", {**late, "ways": "示范推广", "late_because": "无信号"})) == ["area: 没有填写。"]
    assert [str(each.says) for each in read.warnings] == ["培训人次少于服务人数。"]


# ── 项目预算表 ──────────────────────────────────────────────────────────────────────────────────────────────────────

HEADS = [
    {"head": "光谱仪", "is_equipment": "是", "price": "500,000", "pieces": "2台（套）", "why": "现有设备精度不够"},
    {"head": "", "is_equipment": "", "price": "", "pieces": "—"},
    {"head": "测试化验", "is_equipment": "否", "price": "１２５０．５０元", "pieces": "40"},
]


def test_a_budget_adds_up_without_floats() -> None:
    read = _read("budget", {"granted": "60", "heads": HEADS, "indirect": "31.5"})
    assert _said(read) == []
    assert [row["amount"] for row in read.values["heads"]] == [100_000_000, 5_002_000]
    assert (read.values["whole"], read.values["own"]) == (105_002_000, 45_002_000)
    assert _shown("budget", read.values)[1:4] == ["预算科目：共2行", "预算合计：105.002万元", "自筹资金：45.002万元"]
    (page,) = show(FORMS["budget"], read.values, Register())
    assert [str(cell) for cell in page.answers[1].rows[1]] == [
        "测试化验",
        "否",
        "1250.5元",
        "40台（套）",
        "5.002万元",
        "",
    ]


def test_what_is_wrong_with_a_budget_is_said_at_its_row_and_column() -> None:
    heads = [{**HEADS[0], "why": ""}, HEADS[1], {"price": "-1", "pieces": "两台"}]
    assert _said(_read("budget", {"granted": "60", "heads": heads, "indirect": "9999"})) == [
        "heads[1].why: 没有填写。",
        "heads[3].head: 没有填写。",
        "heads[3].price: 不能小于0元。",
        "heads[3].pieces: “两台”不是可以精确保存的数字，请只写数，单位是台（套）。",
    ]
    assert _said(_read("budget", {"granted": "200", "heads": HEADS, "indirect": "31.6"})) == [
        "own: 不能小于0万元。",
        "indirect: 间接费用超过三成。",
    ]


def test_two_hundred_rows_of_milliards_are_added_exactly_and_at_once() -> None:
    heads = [{"head": f"科目{number}", "price": "1,000,000,000.01", "pieces": "1"} for number in range(200)]
    began = time.perf_counter()
    read = _read("budget", {"granted": "0", "heads": heads})
    assert (read.faults, read.values["whole"]) == ((), 200 * 100_000_000_001)
    assert time.perf_counter() - began < 5  # far above what it takes


@pytest.mark.parametrize(
    "code, typed", [("subsidy", ASKED), ("service", SERVED), ("budget", {"granted": "60", "heads": HEADS})]
)
def test_what_was_kept_can_be_typed_again(code: str, typed: dict[str, Any]) -> None:
    read = _read(code, typed)
    again = {name: retyped(FORMS[code].named[name], value) for name, value in read.values.items()}
    assert _read(code, again).values == read.values


def test_the_columns_of_a_sheet_are_those_of_the_form_and_of_its_tables() -> None:
    assert [(each.name, each.label.zh, each.unit) for each in columns(FORMS["budget"])] == [
        ("granted", "财政资金", "万元"),
        ("heads.head", "科目", ""),
        ("heads.is_equipment", "设备费", ""),
        ("heads.price", "单价", "元"),
        ("heads.pieces", "数量", "台（套）"),
        ("heads.amount", "小计", "万元"),
        ("heads.why", "说明", ""),
        ("whole", "预算合计", "万元"),
        ("own", "自筹资金", "万元"),
        ("indirect", "间接费用", "万元"),
    ]

    def seen(*audiences: str) -> set[str]:
        return {each.name for each in columns(FORMS["subsidy"], audiences=audiences)}

    assert seen("bureau") - seen() == {"note"} and "proof" not in seen()
