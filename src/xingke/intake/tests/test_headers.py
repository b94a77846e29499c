"""Headers as people write them: the name, the unit, hints of how to fill a cell, and what makes it another column."""

import pytest

from xingke.base.quantities import Unit, multiplied, unit_of
from xingke.base.refusals import Refused
from xingke.intake.checking import sheet_form
from xingke.intake.rules import headers
from xingke.intake.sheets.columns import Understood, understand
from xingke.registry import queries as registry

CONTRACT = ("合同类别", "合同名称", "登记日期")
ACTIVITY = ("主题", "活动名称", "日期")


def read(code: str, *header: str, above: tuple[str, ...] = ()) -> Understood:
    return understand(sheet_form(code), header, registry.units(), above)


def unit(understood: Understood, role: str) -> tuple[str, int] | None:
    """The unit a measure was read in, and what it multiplies."""
    found = understood.taken[role].unit
    return (found.code, int(found.factor)) if found else None


# ── units ──


@pytest.mark.parametrize(
    "text, times, base",
    [
        ("元", 1, "元"),
        ("千元", 1_000, "元"),
        ("百万元", 1_000_000, "元"),
        ("千万元", 10_000_000, "元"),
        ("十亿元", 10**9, "元"),
        ("万亿元", 10**12, "元"),
        ("万人次", 10_000, "人次"),
        ("百人", 100, "人"),
        ("万", 10_000, ""),
        ("件", 1, "件"),
    ],
)
def test_a_multiplied_unit_is_exact(text: str, times: int, base: str) -> None:
    assert multiplied(text) == (times, base)


@pytest.mark.parametrize("text", ["美元", "万美元", "件", "", "元/人", "千克", "w", "万万"])
def test_a_unit_that_is_none_of_the_column_is_none(text: str) -> None:
    assert unit_of(text, ("元",), "money") is None


def test_a_multiplier_alone_is_of_the_usual_unit() -> None:
    assert unit_of("万", ("人次", "人"), "count") == Unit(code="万人次", kind="count", factor=10_000)  # type: ignore[arg-type]


WRITTEN = [
    "合同成交额（{}）",
    "合同成交额({})",
    "合同成交额[{}]",
    "合同成交额【{}】",
    "合同成交额〔{}〕",
    "合同成交额/{}",
    "合同成交额 {}",
    "合同成交额：{}",
    "合同成交额:单位：{}",
    "合同成交额（单位：{}）",
    "合同成交额，单位：{}",
    "合同成交额（单位{}）",
    "合同成交额（人民币{}）",
    "合同成交额（{}，含税）",
    "合同成交额（{}人民币）",
    "合同成交额{}",
    "合同成交额_{}",
    "合同成交额-{}",
    "合同成交额\n（{}）",
    "＊合同成交额（{}）（必填）",
    "（{}）合同成交额",
    "合同成交额（RMB：{}）",
    "合同成交额（￥{}）",
    "3.合同成交额（{}）",
    "合同成交额（{}）：",
    "合同成交额（计量单位：{}）",
    "合同成交额（以{}为单位）",
    "合同成交额（按{}计）",
    "合同成交额（{}，保留两位小数）",
    "合同成交额({},精确到0.01)",
    "合同成交额（{}）人民币",
    "合同成交额单位：{}",
    "合同金额（{}） 成交额",
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said, factor", [("万元", 10_000), ("千元", 1_000), ("元", 1), ("亿元", 10**8), ("百万元", 10**6)]
)
@pytest.mark.parametrize("written", WRITTEN)
def test_the_unit_of_an_amount_is_read_however_it_is_written(written: str, said: str, factor: int) -> None:
    assert unit(read("contract", *CONTRACT, written.format(said)), "registered amount") == (said, factor)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header, expected",
    [
        ("培训人次（万）", ("万人次", 10_000)),
        ("参加人数（百人）", ("百人", 100)),
        ("人次（万人次）", ("万人次", 10_000)),
        ("参加人数（名）", ("名", 1)),
        ("参加人数(人)", ("人", 1)),
        ("参加人数/千人", ("千人", 1_000)),
        ("参加人数", ("人次", 1)),
        ("人数（人/次）", ("人次", 1)),
    ],
)
def test_people_are_counted_in_what_the_header_says(header: str, expected: tuple[str, int]) -> None:
    assert unit(read("event", *ACTIVITY, header), "held people") == expected


NO_UNIT = "“{}”一列写明的“{}”不是这一列能用的单位；请换算成{}之一，列名写成“{}”。"
MONEY, PEOPLE = "元、千元、万元、亿元", "人次、百人次、千人次、万人次"
OTHER = "“{0}”比“{1}”多出“{2}”，可能是另一项内容；就是“{1}”的，请把列名改成“{3}”，不是的请删去这一列。"
TWO = "“合同成交额（千元）（万元）”一列写了两种单位，请只留一种，如“合同成交额（万元）”。"
WRONG = [
    ("contract", "合同成交额（万美元）", NO_UNIT.format("合同成交额（万美元）", "万美元", MONEY, "合同成交额（万元）")),
    ("contract", "合同成交额/USD", NO_UNIT.format("合同成交额/USD", "usd", MONEY, "合同成交额（万元）")),
    ("contract", "合同成交额（件）", NO_UNIT.format("合同成交额（件）", "件", MONEY, "合同成交额（万元）")),
    ("contract", "合同成交额（千元）（万元）", TWO),
    ("contract", "合同金额（不含税）", OTHER.format("合同金额（不含税）", "合同金额", "不含税", "合同金额（万元）")),
    ("event", "参加人数（份）", NO_UNIT.format("参加人数（份）", "份", PEOPLE, "参加人数（人次）")),
    ("event", "发放资料（箱）", OTHER.format("发放资料（箱）", "发放资料", "箱", "发放资料（份）")),
]


@pytest.mark.django_db
@pytest.mark.parametrize("code, header, sentence", WRONG)
def test_a_unit_that_is_not_known_is_refused_by_name_with_what_would_do(code: str, header: str, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(code, *(CONTRACT if code == "contract" else ACTIVITY), header)

    assert str(refusal.value) == sentence


@pytest.mark.django_db
def test_a_unit_above_the_table_holds_for_amounts_that_name_none() -> None:
    found = read(
        "contract",
        *CONTRACT,
        "成交额",
        "技术交易额（元）",
        above=("2025年技术合同登记表", "填报单位：科技局 单位：万元"),
    )

    assert unit(found, "registered amount") == ("万元", 10_000)
    assert unit(found, "registered tech_amount") == ("元", 1)
    assert list(map(str, found.remarks)) == ["表格上方或下方写明单位是“万元”，“成交额”按此读入"]


@pytest.mark.django_db
@pytest.mark.parametrize("line", ["填报单位：青溪县科技局", "单位：万元、元", "单位：项", "万元"])
def test_what_is_no_unit_above_the_table_is_none(line: str) -> None:
    assert unit(read("contract", *CONTRACT, "成交额", above=(line,)), "registered amount") is None


# ── brackets ──

HINTS = [
    "必填",
    "选填",
    "可选",
    "全称",
    "盖章",
    "格式：2024-03-05",
    "格式为yyyy-mm-dd",
    "yyyy/mm/dd",
    "年月日",
    "如2024-03-05",
    "2024年3月5日",
    "以证书为准",
    "是/否",
    "与原件一致",
    "请填写证书上的日期",
    "没有的不填",
    "具体到日",
    "与营业执照一致",
]


@pytest.mark.django_db
@pytest.mark.parametrize("hint", HINTS)
def test_a_hint_of_how_to_fill_the_cells_changes_nothing(hint: str) -> None:
    found = read("patent", "专利类型", "专利名称", "申请号", f"授权公告日（{hint}）")

    assert list(found.taken) == ["form", "name", "number", "granted"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header, role",
    [
        ("申请日（期）", "applied"),
        ("授权（公告）日", "granted"),
        ("申请人（专利权人）", "organisation"),
        ("专利权人/申请人", "organisation"),
        ("专利类型（发明/实用新型/外观设计）", "form"),
        ("统一社会信用代码（18位）", "credit_code"),
        ("（1）申请日", "applied"),
    ],
)
def test_another_word_for_the_same_column_changes_nothing(header: str, role: str) -> None:
    found = read(
        "patent", *(name for name in ("专利类型", "专利名称", "申请号") if name[:4] != header[:4]), header, "失效日期"
    )

    assert found.taken[role].header == header


CHANGING = [
    "申请日（优先权日）",
    "专利权人（原）",
    "授权公告日（预计）",
    "专利权人（曾用名）",
    "申请日（2024年以后）",
    "授权日/失效日",
    "专利权人、发明人",
]


@pytest.mark.django_db
@pytest.mark.parametrize("header", CHANGING)
def test_anything_else_behind_a_name_may_be_another_column_and_is_asked_about(header: str) -> None:
    with pytest.raises(Refused, match="可能是另一项内容"):
        read("patent", "专利类型", "专利名称", "申请号", "受让日期", header)


@pytest.mark.django_db
def test_beside_the_column_itself_it_is_left_aside_and_said_so() -> None:
    found = read("patent", "专利类型", "专利名称", "申请号", "申请日", "申请日（优先权日）")

    assert found.taken["applied"].place == 3
    assert found.unused == [(4, "申请日（优先权日）")]
    assert list(map(str, found.remarks)) == [
        "没有读入的列：“申请日（优先权日）”比“申请日”多出“优先权日”，可能是另一项内容；就是“申请日”的，请把列名改成“申请日”，不是的请删去这一列。"
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["预计授权日", "拟认定日期", "原专利权人", "优先权日", "拟授权公告日"])
def test_a_name_with_more_before_it_is_another_column(header: str) -> None:
    found = read("patent", "专利类型", "专利名称", "申请号", "申请日", header)

    assert found.unused == [(4, header)]


# ── amounts ──


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    [
        "计划金额（万元）",
        "自筹经费",
        "财政拨款合计",
        "税额/元",
        "合同成交额合计（万元）",
        "合同成交额（万元）甲/乙",
        "培训人次",
    ],
)
def test_an_amount_nobody_reads_is_said_loudly(header: str) -> None:
    found = read("contract", *CONTRACT, "登记金额（万元）", header)

    assert found.unused_amounts == [(4, header)]
    assert list(map(str, found.remarks)) == [f"E 列“{header}”像是数量，但这种表格没有这一项，没有读入"]


@pytest.mark.parametrize("header", ["备注", "联系人", "资金来源", "技术领域", "序号", "起止年限", "人员姓名（职称）"])
def test_other_columns_are_no_amounts(header: str) -> None:
    assert not headers.is_amount_like(header)


def test_an_amount_without_the_day_of_its_event_is_refused(db: None) -> None:
    with pytest.raises(Refused) as refusal:
        read("project", "项目名称", "计划类别", "级别", "推荐时间", "立项金额（万元）")

    assert str(refusal.value) == (
        "“立项金额（万元）”没有对应的日期列，不知道是哪一天的；请补充“立项日期”一列，或删去“立项金额（万元）”这一列。"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header, amounts",
    [
        (("签订日期", "登记日期", "合同成交额（万元）"), {"signed amount": 4, "registered amount": 4}),
        (("登记日期", "合同成交额（万元）"), {"registered amount": 3}),
        (("签订日期", "合同成交额（万元）"), {"signed amount": 3}),
        (
            ("签订日期", "登记日期", "合同金额（万元）", "登记成交额（万元）"),
            {"signed amount": 4, "registered amount": 5},
        ),
        (
            ("签订日期", "登记日期", "合同成交额（万元）", "其中：技术交易额（万元）"),
            {"signed amount": 4, "registered amount": 4, "registered tech_amount": 5},
        ),
    ],
)
def test_the_price_of_a_contract_is_that_of_signing_and_of_registering(
    header: tuple[str, ...], amounts: dict[str, int]
) -> None:
    found = read("contract", "合同类别", "合同名称", *header)

    assert {role: each.place for role, each in found.taken.items() if each.unit} == amounts
    assert found.unused == []


@pytest.mark.django_db
def test_an_amount_that_does_not_say_of_what_is_that_of_the_only_event_there_is() -> None:
    one = read("payment", "用途", "级别", "资金名称", "兑现日期", "奖补金额（万元）")

    assert one.columns[-1] == {"header": "奖补金额（万元）", "as": "paid amount", "unit": "万元"}
    with pytest.raises(Refused, match="“奖补金额（万元）”没有写明是哪一笔，文件里有 到位日期、兑现日期；请把列名写成"):
        read("payment", "用途", "级别", "资金名称", "到位日期", "兑现日期", "奖补金额（万元）")
    with pytest.raises(Refused, match="“奖补金额（万元）”没有对应的日期列"):
        read("payment", "用途", "级别", "资金名称", "奖补金额（万元）")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "code, header",
    [
        ("patent", ("专利类型", "发明名称", "申请号", "申请日", "公开（公告）日")),
        ("contract", ("合同类别", "合同名称", "登记日期", "技术合同交易额（万元）")),
    ],
)
def test_a_header_with_two_meanings_is_asked_about(code: str, header: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="不能猜；请把列名改成其中一个，或删去这一列。"):
        read(code, *header)
