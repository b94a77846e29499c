"""Working a form: dirty input is read where it is plain, and refused with what to do where it is not; nothing is lost."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xingke.base.sayings import Saying, say
from xingke.casework.rules.answers import AnswersRead, canonical, listed_facts, read_answers, step_digest
from xingke.casework.rules.forms import CaseForm, FormField
from xingke.casework.rules.shown_answers import retyped
from xingke.casework.tests.flowing import catalogue

TODAY = date(2026, 3, 2)


class Known:
    """What there is in these tests."""

    def find(self, asked: FormField, text: str) -> str | Saying:
        there = {
            "重点研发": "key_rnd",
            "key_rnd": "key_rnd",
            "青溪县明渠传感科技有限公司": "firm-1",
            "田晓": "person-1",
        }
        return there.get(text) or say("没有“%(text)s”。", text=text)


def _form(fields: str, extra: str = "") -> CaseForm:
    (form,) = catalogue(
        "", f'[[form]]\ncode = "x"\nlabel = {{ zh = "样例", en = "Example" }}\nfield = [{fields}]\n{extra}'
    ).values("form")
    return form


def _field(name: str, type_: str, more: str = "") -> str:
    return f'{{ name = "{name}", label = {{ zh = "{name}", en = "{name}" }}, type = "{type_}"{", " if more else ""}{more} }}'


def _read(form: CaseForm, typed: Mapping[str, Any], known: Mapping[str, Any] | None = None) -> AnswersRead:
    return read_answers(form, typed, lookup=Known(), today=TODAY, known=known)


def _said(read: AnswersRead) -> list[str]:
    return [
        f"{fault.field}{f'[{fault.row}].{fault.column}' if fault.row else ''}: {fault.says}" for fault in read.faults
    ]


ONE = {
    "amount": _field("x", "amount", 'unit = "万元", least = "0", most = "100000"'),
    "count": _field("x", "count", 'unit = "人次"'),
    "percent": _field("x", "percent", 'least = "0", most = "100"'),
    "day": _field("x", "day", 'least = "2024-01-01", most = "today"'),
    "flag": _field("x", "flag"),
    "period": _field("x", "period"),
    "term": _field("x", "term", 'list = "programme"'),
    "organisation": _field("x", "organisation"),
    "text": _field("x", "text", "length = 5"),
    "credit_code": _field("x", "text", 'format = "credit_code"'),
    "id_number": _field("x", "text", 'format = "id_number"'),
    "phone": _field("x", "text", 'format = "phone"'),
    "email": _field("x", "text", 'format = "email"'),
    "patent_number": _field("x", "text", 'format = "patent_number"'),
    "yuan": _field("x", "amount", 'unit = "元"'),
    "area": _field("x", "count", 'unit = "m²"'),
    "terms": _field("x", "terms", 'list = "programme"'),
    "file": _field("x", "file"),
}


@pytest.mark.parametrize(
    "asked, typed, kept",
    [
        ("amount", "12.5", 12_500_000),
        ("amount", "１２．５", 12_500_000),
        ("amount", "1,234.56万元", 1_234_560_000),
        ("amount", "125000元", 12_500_000),
        ("amount", "100000", 100_000_000_000),  # ten digits of 元
        ("amount", "0", 0),
        ("yuan", "￥1,000,000,000元整", 100_000_000_000),
        ("yuan", "12 亿", 120_000_000_000),
        ("yuan", "−5", -500),  # the sign of mathematics
        ("yuan", "1.000", 100),  # what is zero is not too fine
        ("area", "1.5万m²", 150_000_000),
        ("count", "320人次", 3_200_000),
        ("percent", "12.5%", 125_000),
        ("day", "2024.3.5", "2024-03-05"),
        ("day", "2026年3月2日", "2026-03-02"),
        ("flag", "是", True),
        ("flag", "否", False),
        ("period", "2025年1-8月", "2025-01..2025-08"),
        ("term", "重点研发", "key_rnd"),
        ("organisation", "青溪县明渠传感科技有限公司", "firm-1"),
        ("text", " 明渠\u200b传感 ", "明渠传感"),
        ("text", "明\r\n渠", "明 渠"),
        ("patent_number", "ZL 2017 1 0601862.3", "201710601862.3"),
        ("terms", ["key_rnd", "—", "重点研发"], ["key_rnd"]),
        ("flag", "１", True),
        ("phone", "138 0938 0000", "13809380000"),
        ("id_number", "11010519491231002x", "11010519491231002X"),
        *[
            (asked, empty, None)
            for asked in ("amount", "day", "text", "term")
            for empty in ("", "—", "/", None, 7, ["a"])
        ],
    ],
)
def test_what_is_plain_is_read(asked: str, typed: Any, kept: Any) -> None:
    read = _read(_form(ONE[asked]), {"x": typed})
    assert (read.values.get("x"), _said(read)) == (kept, [])


@pytest.mark.parametrize(
    "asked, typed, said",
    [
        ("amount", "-1", "不能小于0万元。"),
        ("amount", "100001", "不能大于100000万元。"),
        ("amount", "12.5.", "“12.5.”不是可以精确保存的数字，请只写数，单位是万元。"),
        ("amount", "1,23", "“1,23”不是可以精确保存的数字，请只写数，单位是万元。"),
        ("amount", "0.0000001", "“0.0000001”太细：以万元为单位最多6位小数，请四舍五入后再填。"),
        ("yuan", "0.10000000000000000000000000000000000001", "“0.10000000000000000000000000000000000001”太细：以元为单位最多2位小数，请四舍五入后再填。"),
        ("yuan", "99999999999999999999", "“99999999999999999999”太大，存不下，请核对位数和单位。"),
        ("yuan", "10²", "“10²”不是可以精确保存的数字，请只写数，单位是元。"),
        ("patent_number", "abc", "“abc”不是专利号，请照证书核对，连校验位一起写。"),
        ("email", "a@b", "“a@b”不是电子邮箱，应当像 name@example.com。"),
        ("terms", "别的", "没有“别的”。"),
        ("amount", "一百", "“一百”不是可以精确保存的数字，请只写数，单位是万元。"),
        ("amount", "0,5", "“0,5”不是可以精确保存的数字，请只写数，单位是万元。"),
        ("amount", "12.5万美元", "“12.5万美元”的单位不是万元，请换算后再填。"),
        ("count", "320家", "“320家”的单位不是人次，请换算后再填。"),
        ("percent", "101", "不能大于100%。"),
        ("day", "2026-02-30", "“2026-02-30”不是一个日子，请写成 2026-03-05。"),
        ("day", "2026-03-03", "不能晚于2026-03-02。"),
        ("day", "2023-12-31", "不能早于2024-01-01。"),
        ("flag", "也许", "“也许”请写成“是”或“否”。"),
        ("period", "去年", "“去年”不是时期，请写成 2025、2025-H1 或 2025-03。"),
        ("term", "别的", "没有“别的”。"),
        ("text", "六个字的文字", "最多5字，现有6字。"),
        ("credit_code", "91110000MA00000000", "“91110000MA00000000”不是统一社会信用代码：要 18 位，校验位要对，请照证照核对。"),
        ("phone", "12345", "“12345”不是电话号码：手机号 11 位，座机写成 0938-8210000。"),
        ("id_number", "110105194912310021", "身份证号不对：要 18 位，校验位要对，请照证件核对。"),
    ],
)  # fmt: skip
def test_what_is_not_says_what_to_do(asked: str, typed: str, said: str) -> None:
    read = _read(_form(ONE[asked]), {"x": typed})
    assert ("x" in read.values, _said(read)) == (False, [f"x: {said}"])


CARD = "11010519491231002X"  # the example of GB 11643
NO_CARD = "这里像是有身份证件号码，请删去；要写明是谁，写姓名，或从登记的人员里选。"


@pytest.mark.parametrize(
    "typed",
    [
        f"张三 {CARD}",
        f"张三{CARD}。",
        "证件 110105 19491231 002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        f"号码-{CARD.lower()}",
    ],
)
@pytest.mark.parametrize("asked", ["text", "long text"])
def test_nobodys_card_is_kept_in_an_answer(asked: str, typed: str) -> None:
    """What answers hold is seen, searched, exported and kept for good; the sentence does not say the number either."""
    read = _read(_form(_field("x", asked)), {"x": typed})
    assert ("x" in read.values, _said(read)) == (False, [f"x: {NO_CARD}"])


@pytest.mark.parametrize(
    "typed", ["91110000600037341L", "合同号 110105194912310021", f"8{CARD}", "13809380000 转 8001", "20260302 20260305"]
)
def test_other_numbers_are_no_cards(typed: str) -> None:
    assert _said(_read(_form(_field("x", "text")), {"x": typed})) == []


# ── what depends on other answers ───────────────────────────────────────────────────────────────────────────────────

APPLICATION = catalogue().values("form")[0]
FILLED = {
    "title": "明渠测流",
    "programme": "重点研发",
    "asked_amount": "30",
    "own_amount": "70",
    "budget": [{"head": "设备费", "amount": "12.5"}, {"head": "业务费", "amount": "17.5"}, {"head": "", "amount": ""}],
}


def test_a_computed_field_is_worked_out_and_never_typed() -> None:
    read = _read(APPLICATION, {**FILLED, "whole": "1"})
    assert (read.faults, read.values["whole"]) == ((), 100_000_000)
    assert "whole" not in _read(APPLICATION, {**FILLED, "own_amount": ""}).values


def test_an_empty_row_is_no_row_and_a_check_over_a_table_is_shown_at_it() -> None:
    assert len(_read(APPLICATION, FILLED).values["budget"]) == 2
    assert _said(_read(APPLICATION, {**FILLED, "asked_amount": "31"})) == ["budget: 预算合计应等于申请经费。"]


def test_every_fault_is_said_at_once_with_its_row() -> None:
    budget = [{"head": "", "amount": "1"}, {"head": "业务费", "amount": "x"}]
    assert _said(_read(APPLICATION, {"programme": "重点研发", "budget": budget})) == [
        "title: 没有填写。",
        "asked_amount: 没有填写。",
        "budget[1].head: 没有填写。",
        "budget[2].amount: “x”不是可以精确保存的数字，请只写数，单位是万元。",
    ]


def test_a_table_has_so_many_rows() -> None:
    assert _said(_read(APPLICATION, {**FILLED, "budget": []}))[0] == "budget: 至少要1行，现有0行。"
    many = [{"head": "费", "amount": "0"}] * 21
    assert _said(_read(APPLICATION, {**FILLED, "budget": many}))[0] == "budget: 最多20行，现有21行。"


CONDITIONAL = _form(
    ", ".join(
        [
            _field("is_loan", "flag", "required = true"),
            _field("bank", "text", 'shown_when = "is_loan", required = true'),
            _field("rate", "percent", 'shown_when = "is_loan"'),
            _field("why", "text", 'required_when = "rate > 10"'),
        ]
    )
)


def test_what_is_not_asked_is_neither_kept_nor_refused() -> None:
    read = _read(CONDITIONAL, {"is_loan": "否", "bank": "青溪银行", "rate": "很高"})
    assert (read.values, read.faults) == ({"is_loan": False}, ())


def test_what_is_asked_on_a_condition_is_required_on_it() -> None:
    read = _read(CONDITIONAL, {"is_loan": "是", "rate": "12"})
    assert _said(read) == ["bank: 没有填写。", "why: 没有填写。"]


HIDING = _form(
    ", ".join(
        [
            _field("is_joint", "flag"),
            _field("joint", "amount", 'unit = "元", shown_when = "is_joint"'),
            _field("doubled", "amount", 'unit = "元", computed = "whole * 2"'),
            _field("whole", "amount", 'unit = "元", computed = "1 + coalesce(joint, 0)", most = "100"'),
            _field("why", "text", 'shown_when = "doubled > 50"'),
        ]
    ),
    '[[form.check]]\nrule = "whole < 90"\nsays = { zh = "偏大。", en = "Large." }\nfields = ["why", "whole"]\n',
)


def test_what_is_not_asked_counts_nowhere() -> None:
    assert _read(HIDING, {"is_joint": "是", "joint": "59", "why": "联合"}).values == {
        "is_joint": True,
        "joint": 5_900,
        "whole": 6_000,
        "doubled": 12_000,
        "why": "联合",
    }
    read = _read(HIDING, {"is_joint": "否", "joint": "59", "why": "联合"})
    assert read.values == {"is_joint": False, "whole": 100, "doubled": 200}
    assert read.shown == ("is_joint", "doubled", "whole")


def test_what_is_computed_keeps_its_limits() -> None:
    assert _said(_read(HIDING, {"is_joint": "是", "joint": "100"})) == ["whole: 不能大于100元。"]
    assert _said(_read(HIDING, {"is_joint": "是", "joint": "99"})) == ["why: 偏大。"]


def test_what_does_not_hold_refuses_wherever_it_is_shown() -> None:
    check = '[[form.check]]\nrule = "n < 10"\nsays = { zh = "偏大。", en = "Large." }\nfields = ["h"]\n'
    hidden = _field("h", "text", 'shown_when = "f"')
    form = _form(f"{_field('f', 'flag')}, {hidden}, {_field('n', 'percent')}", check)
    assert _said(_read(form, {"f": "否", "n": "50"})) == [": 偏大。"]


def test_what_cannot_be_read_is_not_taken_for_nothing() -> None:
    budget = [{"head": "设备费", "amount": "30"}, {"head": "业务费", "amount": "x"}]
    assert _said(_read(APPLICATION, {**FILLED, "budget": budget})) == [
        "budget[2].amount: “x”不是可以精确保存的数字，请只写数，单位是万元。"
    ]


ROWS = _form(
    _field(
        "rows_",
        "table",
        "columns = ["
        + ", ".join(
            [
                _field("whole", "amount", 'unit = "元", computed = "price * pieces", most = "1000"'),
                _field("price", "amount", 'unit = "元"'),
                _field("pieces", "count", 'unit = "台"'),
                _field("is_imported", "flag"),
                _field("why", "text", 'shown_when = "is_imported", required_when = "whole > 100"'),
            ]
        )
        + "]",
    )
)


def test_conditions_hold_within_a_row_and_a_row_is_counted_as_it_stands_on_the_page() -> None:
    rows = [
        {"price": "", "pieces": "—"},
        {"price": "60", "pieces": "2", "is_imported": "是"},
        {"price": "600", "pieces": "2", "is_imported": "否", "why": "国产"},
    ]
    read = _read(ROWS, {"rows_": rows})
    assert _said(read) == ["rows_[2].why: 没有填写。", "rows_[3].whole: 不能大于1000元。"]
    assert read.values["rows_"][1] == {"price": 60_000, "pieces": 20_000, "is_imported": False, "whole": 120_000}


def test_a_check_that_only_warns_refuses_nothing() -> None:
    check = '[[form.check]]\nrule = "x < 10"\nsays = { zh = "偏大。", en = "Large." }\nfields = ["x"]\nwarns = true'
    read = _read(_form(ONE["count"], check), {"x": "11"})
    assert (read.faults, [str(fault.says) for fault in read.warnings]) == ((), ["偏大。"])
    assert _read(_form(ONE["count"], check), {}).warnings == ()  # what is not known is no fault


# ── what is known already, and what must not be kept ────────────────────────────────────────────────────────────────

PREFILLED = _form(
    ", ".join(
        [
            _field("name", "text", 'prefill = "organisation.name", locked = true'),
            _field("contact", "text", 'prefill = "case.title"'),
            _field("phone", "text", 'format = "phone", personal = true'),
        ]
    )
)
FACTS = {"organisation.name": "明渠公司", "case.title": "田晓"}


def test_what_is_known_answers_until_somebody_writes_something_else() -> None:
    assert _read(PREFILLED, {"name": "别的公司"}, FACTS).values == {"name": "明渠公司", "contact": "田晓"}
    read = _read(PREFILLED, {"contact": "李雷"}, FACTS)
    assert (read.values["contact"], read.changed, read.prefilled) == ("李雷", {"contact"}, {"name"})


def test_what_is_locked_but_not_known_says_where_to_enter_it() -> None:
    form = _form(_field("name", "text", 'prefill = "organisation.name", locked = true, required = true'))
    assert _said(_read(form, {"name": "别的公司"})) == [
        "name: 这一栏由系统带入，现在还没有；请先在相应的资料里登记，再回来填。"
    ]


def test_what_is_personal_is_never_kept_among_the_answers() -> None:
    read = _read(PREFILLED, {"phone": "13809380000"}, FACTS)
    assert ("phone" in read.values, read.personal) == (False, {"phone": "13809380000"})
    assert _said(_read(PREFILLED, {"phone": "123"}, FACTS)) == [
        "phone: “…”不是电话号码：手机号 11 位，座机写成 0938-8210000。"
    ]


def test_a_digest_covers_everything_said_and_what_went_before() -> None:
    first = step_digest({"b": 1, "a": "甲"})
    assert first == step_digest({"a": "甲", "b": 1})
    assert len({first, step_digest({"a": "乙", "b": 1}), step_digest({"a": "甲", "b": 1}, first)}) == 3


def test_what_is_listed_is_kept_apart_too() -> None:
    read = _read(APPLICATION, FILLED)
    assert listed_facts(APPLICATION, read.values) == {"title": "明渠测流", "programme": "key_rnd"}


LIKELY = st.sampled_from(
    [
        "是",
        "否",
        "12.5",
        "1,234.5万元",
        "１２％",
        "3人次",
        "2024.3.5",
        "2025年1-8月",
        "重点研发",
        "—",
        "13809380000",
        "²",
        "−7",
    ]
)
RAW = st.recursive(
    st.none() | st.text() | LIKELY | st.integers() | st.floats() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["head", "amount", "price", "pieces", "is_imported", "why"]), inner, max_size=4
        )
    ),
    max_leaves=5,
)
ALL = [*catalogue().values("form"), CONDITIONAL, PREFILLED, HIDING, ROWS, *(_form(each) for each in ONE.values())]


TYPED = [
    st.tuples(st.just(form), st.dictionaries(st.sampled_from(sorted(form.named)), RAW, max_size=4)) for form in ALL
]


@given(st.one_of(TYPED))
def test_whatever_was_typed_becomes_answers_or_faults_and_what_was_kept_is_read_again_alike(
    given_: tuple[CaseForm, dict[str, Any]],
) -> None:
    form, typed = given_
    read = _read(form, typed)
    assert json.loads(canonical(read.values)) == read.values
    assert {fault.field for fault in read.faults} <= {"", *form.named}
    assert {name for name, each in form.named.items() if each.personal}.isdisjoint(read.values)
    again = _read(form, {name: retyped(form.named[name], value) for name, value in read.values.items()})
    assert again.values == read.values
