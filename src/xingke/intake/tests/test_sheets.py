"""Which column of a file is what, and what a pack may say about it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cast import PACKS
from xingke.base.definitions import DefinitionError, read_pack
from xingke.base.quantities import Unit
from xingke.base.refusals import Refused
from xingke.intake.checking import sheet_form
from xingke.intake.rows.cells import NO_DAY, NO_DAY_ONLY_MONTH, SERIAL_DAY, SHORT_YEAR, day_or_remedy
from xingke.intake.rules.days import written_day
from xingke.intake.rules.headers import plain
from xingke.intake.rules.lines import group_line, is_no_record
from xingke.intake.sheets.columns import understand
from xingke.registry import queries as registry

UNITS = {"万元": Unit(code="万元", kind="money", factor=Decimal(10_000)), "元": Unit(code="元", kind="money")}

DAYS = [
    ("2024-03-05", date(2024, 3, 5)),
    ("2024/3/5", date(2024, 3, 5)),
    ("2024.03.05", date(2024, 3, 5)),
    ("2024年3月5日", date(2024, 3, 5)),
    ("20240305", date(2024, 3, 5)),
    ("２０２４年３月５日", date(2024, 3, 5)),
    ("2024-03-05 00:00:00", date(2024, 3, 5)),
    ("2024-02-29", date(2024, 2, 29)),
    ("2024/3/5 0:00:00", date(2024, 3, 5)),
    ("2024-03-05 00:00:00.0", date(2024, 3, 5)),
    ("2024/3/5 0:00", date(2024, 3, 5)),
    ("2024-03-05 10:21:33", date(2024, 3, 5)),
    ("2024-03-05T10:21:33.120+08:00", date(2024, 3, 5)),
    ("2024-03-05T16:00:00Z", date(2024, 3, 6)),
    ("2024-03-05T15:59:59.000+0000", date(2024, 3, 5)),
    ("2024-03-05T00:00:00+08:00[Asia/Shanghai]", date(2024, 3, 5)),
    ("2024/3/5 12:00:00 AM", date(2024, 3, 5)),
    ("2024/3/5 下午 3:20", date(2024, 3, 5)),
    ("2024年3月5日 10时21分", date(2024, 3, 5)),
    ("2024年3月5日10:21", date(2024, 3, 5)),
    ("20240305102133", date(2024, 3, 5)),
    ("20240305 102133", date(2024, 3, 5)),
    ("2024年3月5号", date(2024, 3, 5)),
    ("2024 年 3 月 5 日", date(2024, 3, 5)),
    ("2024年3月5日（星期二）", date(2024, 3, 5)),
    ("2024-03-05 周二", date(2024, 3, 5)),
    ("二〇二四年三月五日", date(2024, 3, 5)),
    ("二○二四年十二月三十一日", date(2024, 12, 31)),
    ("二零二四年十月廿一日", date(2024, 10, 21)),
]
NO_DAYS = [
    "25/3/5",
    "25年3月5日",
    "3月5号",
    "2024-03-05 25:00",
    "2024-03-05 10:61",
    "2024年3月5日（星期三）",
    "2024/3/50:00",
    "2024-03-05至2024-06-30",
    "2024-03-05前",
    "约2024-03-05",
    "二〇二四年三月",
    "二〇二四年二月三十日",
    "2024-03-05 +08:00",
    "2024年3月上旬",
    "2024、3、5",
    "",
    "2024",
    "2024-03",
    "2024年3月",
    "2023-02-29",
    "2024-13-01",
    "05/03/2024",
    "45356",
    "2024-3/5",
    "去年",
]


@pytest.mark.parametrize("text, day", DAYS)
def test_a_day_is_read_however_it_is_written(text: str, day: date) -> None:
    assert written_day(text) == day


@pytest.mark.parametrize("text", NO_DAYS)
def test_no_day_is_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        written_day(text)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("25/3/5", SHORT_YEAR),
        ("25年3月5日", SHORT_YEAR),
        ("2025年3月", NO_DAY_ONLY_MONTH),
        ("45721", SERIAL_DAY),
        ("3月5号", NO_DAY),
    ],
)
def test_what_is_no_day_is_told_what_would_be_one(text: str, remedy: str) -> None:
    assert day_or_remedy(text, date(2026, 11, 29)) == remedy


HEADER = ["序号", "所在县区", "单位名称", "类别", "兑现金额（万元）"]
NO_RECORDS = [
    (["合计", "", "", "", "12"], "total"),
    (["", "总 计：", "", "", "12"], "total"),
    (["8", "青溪县", "", "小计", "30"], "total"),
    (["", "青溪县小计", "", "", "30"], "total"),
    (["本页小计", "", "", "", "30"], "total"),
    (["总计（大写）", "", "叁拾万元整", "", ""], "total"),
    (["合计：2家", "", "", "", ""], "total"),
    (["", "", "合计", "", "30"], "total"),
    (["共计3家", "", "", "", "30"], "total"),
    (["Total", "", "", "", "30"], "total"),
    (["", "", "", "合计", "30"], "total"),
    (["1", "", "合计科技公司", "", "3"], ""),
    (["1", "青溪县", "共计两公司", "", "3"], ""),
    (["1", "青溪县", "累计测试有限公司", "累计", "3"], ""),
    (["1", "青溪县", "甲公司", "合计", "3"], ""),
    (["1", "青溪县", "总计量检测中心", "", "3"], ""),
    (["1", "2", "3", "4", "5"], "header"),
    (["甲", "乙", "丙", "1", "2"], "header"),
    (["1", "2", "", "", ""], ""),
    (["第 2 页 共 3 页", "", "", "", ""], "footer"),
    (["— 2 —", "", "", "", ""], "footer"),
    (["负责人：", "张三", "制表人：", "李四", ""], "footer"),
    (["填表人：张三", "", "审核：李四", "", "导出时间：2024"], "footer"),
    (["1", "青溪县", "复核科技公司", "", "3"], ""),
    (["注：数据截至年底", "", "", "", ""], "footer"),
    (["备注：", "有", "三格", "", ""], ""),
    (HEADER, "header"),
    (["", "所在县区", "单位名称", "", ""], "header"),
    (["1", "示例行，导入时跳过", "", "", ""], "example"),
]


@pytest.mark.parametrize(("cells", "why"), NO_RECORDS)
def test_what_is_no_record_is_told_apart(cells: list[str], why: str) -> None:
    assert is_no_record(cells, HEADER) == why


LINES = [
    (["云渡县", "", "", "", ""], "云渡县"),
    (["一、青溪县（3家）", "", "", "", ""], "青溪县"),
    (["", "（二）云渡县：", "", "", ""], "云渡县"),
    (["一", "云渡县", "", "", ""], "云渡县"),
    (["云渡县", "", "", "", "3"], "云渡县"),
    (["云渡县 3家", "", "", "", ""], "云渡县"),
    (["省级", "", "", "", ""], "省级"),
    (["3", "云渡县", "", "", ""], ""),
    (["", "", "青溪县甲有限公司", "", ""], ""),
    (["云渡县", "甲", "", "", ""], ""),
    (["", "", "", "", "3"], ""),
    (["2024-03-05", "", "", "", ""], ""),
]


@pytest.mark.parametrize(("cells", "line"), LINES)
def test_a_line_between_the_rows_is_told_from_a_record(cells: list[str], line: str) -> None:
    assert group_line(cells, HEADER) == line


@pytest.mark.parametrize(
    "typed, known",
    [
        ("＊申请号（必填）", "申请号"),
        (" 专利\n名称 ", "专利名称"),
        ("县（区）", "县(区)"),
        ("编号：", "编号"),
        ("PCT", "pct"),
    ],
)
def test_headers_are_compared_without_how_they_are_typed(typed: str, known: str) -> None:
    assert plain(typed) == known


@pytest.mark.django_db
def test_the_unit_of_an_amount_is_that_of_its_header() -> None:
    header = ["合同类别", "合同名称", "签订日期", "合同金额（单位：元）", "登记日期", "登记金额[万元]"]

    found = understand(sheet_form("contract"), header, UNITS)

    units = {role: taken.unit.code for role, taken in found.taken.items() if taken.unit}
    assert units == {"signed amount": "元", "registered amount": "万元"}
    assert found.unused == []


@pytest.mark.django_db
def test_a_unit_of_the_pack_holds_where_the_header_names_none() -> None:
    found = understand(sheet_form("event"), ["主题", "活动名称", "日期", "人数"], registry.units())

    unit = found.taken["held people"].unit
    assert unit is not None and unit.code == "人次"


SHEET = """
[[sheet]]
code = "own"
kind = "{kind}"
label = {{ zh = "自有", en = "Own" }}
[[sheet.column]]
headers = ["申请号"]
to = "number"
[[sheet.column]]
headers = ["授权日"]
{column}
"""
WRONG = [
    ("visitor", 'event = "granted"', "kind is 'visitor'"),
    ("patent", 'event = "knighted"', "a patent has no 'knighted'"),
    ("patent", 'to = "colour"', "a patent has no 'colour'"),
    ("patent", 'event = "granted"\nmeasure = "amount"', "a patent has no 'granted amount'"),
    ("patent", 'to = "number"', "is 'number' like column 1"),
    ("patent", 'to = "form"\nvalues = { "发明" = "idea" }', "form is said to be 'idea'"),
    ("project", 'event = "approved"\nmeasure = "amount"\nunit = "担"', "unit '担'"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("kind, column, sentence", WRONG)
def test_a_pack_that_names_what_there_is_not_is_refused(tmp_path: Path, kind: str, column: str, sentence: str) -> None:
    (tmp_path / "sheets.toml").write_text(SHEET.format(kind=kind, column=column), encoding="utf-8")

    with pytest.raises(DefinitionError) as error:
        read_pack(tmp_path, loaded=registry.loaded_catalogue())

    assert any(sentence in str(issue) for issue in error.value.issues)


@pytest.mark.django_db
def test_every_kind_of_record_has_a_sheet_that_is_called_like_it() -> None:
    from xingke.ledger.tables import TABLES

    forms = {code: found.value.kind for code, found in registry.catalogue("sheet").items()}

    assert {kind: forms.get(kind) for kind in [*TABLES, "observation"]} == {
        kind: kind for kind in [*TABLES, "observation"]
    }
    assert (PACKS / "national" / "sheets.toml").is_file()


@pytest.mark.django_db
def test_an_unknown_sheet_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(Refused, match="没有名为“nothing”的表格；可用：appointment、"):
        sheet_form("nothing")
