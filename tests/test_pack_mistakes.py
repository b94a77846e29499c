"""A pack that is written wrongly says so in a sentence: the file, the entry, the key, what stands there and what may stand there."""

from dataclasses import fields
from enum import StrEnum
from pathlib import Path

import pytest
from django.utils import translation

from xingke.base.definitions import DefinitionError, read_pack
from xingke.casework.rules.flows import CaseEnd, Flow, FlowStep
from xingke.casework.rules.forms import FieldType, FormField

FLOW = """
[[flow]]
code = "vouchers"
label = { zh = "创新券", en = "Vouchers" }
managed_by = "case.manage"

[[flow.step]]
code = "applied"
label = { zh = "申请", en = "Apply" }
by = ["case.handle"]
next = ["checked"]

[[flow.step]]
code = "checked"
label = { zh = "审核", en = "Check" }
by = ["case.decide"]
ends = "done"
"""
FORM = """
[[form]]
code = "voucher"
label = { zh = "申请表", en = "Application" }

[[form.field]]
name = "amount"
label = { zh = "金额", en = "Amount" }
type = "amount"
unit = "元"
"""
STEP, FIELD = 'by = ["case.decide"]', 'unit = "元"'
IN_STEP, IN_FIELD = (
    "flows.toml: [[flow]] 第 1 条“vouchers”，step 第 2 项“checked”",
    "forms.toml: [[form]] 第 1 条“voucher”，field 第 1 项“amount”",
)


def keys(of: type) -> str:
    return "、".join(each.name for each in fields(of))


def choices(of: type[StrEnum]) -> str:
    return "、".join(f'"{each}"' for each in of)


STEP_KEYS, FLOW_KEYS, FIELD_KEYS = keys(FlowStep), keys(Flow), keys(FormField)
TYPES, ENDS = choices(FieldType), choices(CaseEnd)
LIMIT = "working_days、days、months、hours、until"
MISTAKES = [
    (
        "flows",
        STEP,
        f"{STEP}\ndue = 5",
        f"{IN_STEP}，键 due: 写的是 5；这里要一张表，如 {{ working_days = … }}；可以写：{LIMIT}。",
    ),
    (
        "flows",
        STEP,
        f"{STEP}\ndue = {{ working_day = 5 }}",
        f"{IN_STEP}，键 due.working_day: 没有这个键，是不是“working_days”？可以写：{LIMIT}。",
    ),
    (
        "flows",
        STEP,
        f'{STEP}\ndue = {{ working_days = "ten" }}',
        f'{IN_STEP}，键 due.working_days: 写的是 "ten"；这里要整数，不加引号。',
    ),
    ("flows", STEP, f"{STEP}\ndue = {{ days = 1.5 }}", f"{IN_STEP}，键 due.days: 写的是 1.5；这里要整数，不加引号。"),
    ("flows", STEP, f'{STEP}\nlabell = "x"', f"{IN_STEP}，键 labell: 没有这个键，是不是“label”？可以写：{STEP_KEYS}。"),
    ("flows", STEP, f'{STEP}\ncolour = "red"', f"{IN_STEP}，键 colour: 没有这个键；可以写：{STEP_KEYS}。"),
    (
        "flows",
        STEP,
        'by = "case.decide"',
        f'{IN_STEP}，键 by: 写的是 "case.decide"；这里要一组，写在方括号里，如 ["…"]。',
    ),
    (
        "flows",
        '{ zh = "审核", en = "Check" }',
        '"审核"',
        f'{IN_STEP}，键 label: 写的是 "审核"；这里要一张表，如 {{ zh = …, en = … }}；可以写：zh、en。',
    ),
    (
        "flows",
        '{ zh = "审核", en = "Check" }',
        '{ zh = "审核" }',
        f"{IN_STEP}，键 label.en: 没有写；这里要文字，放在引号里。",
    ),
    (
        "flows",
        'ends = "done"',
        'ends = "don"',
        f'{IN_STEP}，键 ends: 写的是 "don"，是不是 "done"？只能是 {ENDS} 之一。',
    ),
    ("flows", 'ends = "done"', "ends = 5", f"{IN_STEP}，键 ends: 写的是 5；只能是 {ENDS} 之一。"),
    (
        "flows",
        STEP,
        f'{STEP}\nreason = "maybe"',
        f'{IN_STEP}，键 reason: 写的是 "maybe"；这里要 true 或 false，不加引号。',
    ),
    (
        "flows",
        STEP,
        f'{STEP}\nfiles = {{ kind = "award", event = "granted" }}',
        f'{IN_STEP}，键 files: 写的是 {{ kind = "award", event = "granted" }}；这里要一组表，写在方括号里，如 [{{ kind = …, event = … }}]。',
    ),
    (
        "flows",
        'managed_by = "case.manage"',
        'manged_by = "case.manage"',
        f"flows.toml: [[flow]] 第 1 条“vouchers”，键 manged_by: 没有这个键，是不是“managed_by”？可以写：{FLOW_KEYS}。",
    ),
    ("flows", "[[flow]]", "[flow]", "flows.toml: flow: 要用两层方括号：每一条的前面写 [[flow]]。"),
    (
        "flows",
        'ends = "done"',
        "ends = done",
        "flows.toml: 第 17 行第 8 个字符读不下去：等号后面要写值：文字放在引号里，true 和 false 小写，数不加引号。这一行写的是：ends = done",
    ),
    (
        "flows",
        'ends = "done"',
        "ends = “done”",
        'flows.toml: 第 17 行第 8 个字符读不下去：引号要用半角的 "，不用全角的“”。这一行写的是：ends = “done”',
    ),
    (
        "flows",
        'ends = "done"',
        'ends : "done"',
        'flows.toml: 第 17 行第 6 个字符读不下去：键的后面要有等号。这一行写的是：ends : "done"',
    ),
    (
        "flows",
        'ends = "done"',
        'ends = "done"\nends = "done"',
        'flows.toml: 第 18 行第 14 个字符读不下去：同一个键写了两次。这一行写的是：ends = "done"',
    ),
    (
        "flows",
        STEP,
        'by = ["case.decide"',
        'flows.toml: 第 17 行第 1 个字符读不下去：括号没有合上，或者中间少了逗号。这一行写的是：ends = "done"',
    ),
    ("forms", FIELD, f"{FIELD}\nleast = 0", f'{IN_FIELD}，键 least: 写的是 0；这里要文字，放在引号里："0"。'),
    (
        "forms",
        'type = "amount"',
        'type = "amout"',
        f'{IN_FIELD}，键 type: 写的是 "amout"，是不是 "amount"？只能是 {TYPES} 之一。',
    ),
    ("forms", FIELD, f"{FIELD}\nrows = [1]", f"{IN_FIELD}，rows 第 2 项: 没有写；这里要整数，不加引号。"),
    (
        "forms",
        FIELD,
        f'{FIELD}\nrows = "1-20"',
        f'{IN_FIELD}，键 rows: 写的是 "1-20"；这里要方括号里的 2 项，如 [1, 1]。',
    ),
    (
        "forms",
        FIELD,
        f'{FIELD}\ncolumns = "x"',
        f'{IN_FIELD}，键 columns: 写的是 "x"；这里要一组表，写在方括号里，如 [{{ name = …, label = …, type = … }}]。',
    ),
    (
        "forms",
        FIELD,
        f"{FIELD}\nrequierd = true",
        f"{IN_FIELD}，键 requierd: 没有这个键，是不是“required”？可以写：{FIELD_KEYS}。",
    ),
]


def test_what_a_flow_and_a_form_need_is_said_in_chinese_with_its_step_and_field(tmp_path: Path) -> None:
    flow = FLOW.replace('ends = "done"', 'ends = "done"\nwhen = "amount > 1"').replace(
        'next = ["checked"]', 'next = ["chcked"]'
    )
    assert said(tmp_path, flows=flow, forms=FORM.replace(FIELD, 'unit = "美元"')) == [
        "forms.toml: [[form]] voucher amount: unit 写的是“美元”；只能是元或万元",
        "flows.toml: [[flow]] vouchers 步骤“applied”: next：没有叫“chcked”的步骤",
        "flows.toml: [[flow]] vouchers 步骤“checked”: when：没有“amount”这一项；文字请放在引号里。",
        "flows.toml: [[flow]] vouchers 步骤“checked”: 从第一步怎么也走不到",
        "flows.toml: [[flow]] vouchers 步骤“applied”: 走不到头：到了这一步的事项永远办不完",
    ]


def said(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        read_pack(folder)
    return [str(issue) for issue in refused.value.issues]


@pytest.mark.parametrize("file, right, wrong, sentence", MISTAKES)
def test_a_mistake_is_one_sentence_that_says_where_and_what_would_do(
    tmp_path: Path, file: str, right: str, wrong: str, sentence: str
) -> None:
    text = {"flows": FLOW, "forms": FORM}[file]
    assert right in text
    assert said(tmp_path, **{file: text.replace(right, wrong, 1)}) == [sentence]


def test_what_is_wrong_is_said_in_english_too(tmp_path: Path) -> None:
    with translation.override("en"):
        assert said(tmp_path, flows=FLOW.replace(STEP, f"{STEP}\nreason = 5")) == [
            "flows.toml: [[flow]] 1 “vouchers”, step 2 “checked”, key reason: Found 5; expected true or false without quotes."
        ]


def test_a_key_that_is_misspelt_is_not_called_missing_too(tmp_path: Path) -> None:
    assert len(said(tmp_path, flows=FLOW.replace('managed_by = "', 'manged_by = "'))) == 1


def test_the_nearest_file_is_named_for_one_that_is_called_like_none(tmp_path: Path) -> None:
    (sentence,) = said(tmp_path, flow=FLOW)
    assert sentence.startswith("flow.toml: 没有哪种定义写在这个文件里，是不是“flows.toml”？")
