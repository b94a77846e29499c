"""Exports of lists."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from xingke.press import exports

CELLS = [
    ("text stays", "青溪县", "青溪县"),
    ("nothing is an empty cell", None, ""),
    ("a formula is made text", "=HYPERLINK(1)", "'=HYPERLINK(1)"),
    ("a full-width formula too", "＝1+1", "'＝1+1"),
    ("a call is made text", "@SUM(A1)", "'@SUM(A1)"),
    ("a tab cannot hide a formula", "\t=1", "'\t=1"),
    ("a minus with a call is made text", "-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
    ("a negative number stays a number", "-3.5", "-3.5"),
    ("an amount stays exact", Decimal("0.10"), "0.10"),
    ("a day in ISO form", date(2024, 6, 30), "2024-06-30"),
    ("a moment in Shanghai", datetime(2024, 6, 30, 17, 5, tzinfo=UTC), "2024-07-01 01:05"),
]


@pytest.mark.parametrize("story, value, written", CELLS)
def test_a_cell_is_written_so_that_a_spreadsheet_runs_nothing(story: str, value: object, written: str) -> None:
    assert exports.cell(value) == written, story


def test_a_csv_opens_in_a_spreadsheet_with_its_chinese_name_and_text() -> None:
    response = exports.csv_response("单位.csv", ["名称", "数"], [["甲,乙", 1], ['"丙"', None]])

    assert response.content.decode("utf-8") == '\ufeff名称,数\r\n"甲,乙",1\r\n"""丙""",\r\n'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%8D%95%E4%BD%8D.csv"


def test_the_address_of_the_file_keeps_the_choices_and_leaves_the_page() -> None:
    request = RequestFactory().get("/records/", {"year": "2024", "page": "3"})

    assert exports.file_addresses(request) == exports.Addresses("?year=2024&format=xlsx", "?year=2024&format=csv")
    assert not exports.wants_file(request)
    assert [exports.wants_file(RequestFactory().get(f"/?format={each}")) for each in ("xlsx", "csv", "pdf")] == [
        True,
        True,
        False,
    ]


def _sheets(content: bytes) -> dict[str, list[list[str]]]:
    """The sheets of a workbook, as texts."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: [[str(each) for each in row] for row in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    }


def test_an_xlsx_says_on_its_second_sheet_what_was_chosen_and_who_took_it_when() -> None:
    request = RequestFactory().get("/records/?format=xlsx")
    request.user = SimpleNamespace(name="张三")  # type: ignore[assignment]  # nobody is asked for more
    fields = [
        {"label": "类别", "value": "patent", "options": [{"value": "patent", "label": "专利"}]},
        None,
        {"label": "年份", "value": ""},
        {"label": "名称", "value": "明渠"},
    ]

    rows = [["202310123456.0", Decimal("0.50"), date(2024, 6, 30), "是"]]
    about = exports.About(fields=fields, notes=[("台账序号", "42")])
    response = exports.table_response(request, "台账", ["编号", "金额", "日期", "虚构"], rows, about)

    sheets = _sheets(response.content)
    assert sheets["台账"] == [["编号", "金额", "日期", "虚构"], ["202310123456.0", "0.5", "2024-06-30", "是"]]
    said = dict(sheets["口径"])
    assert said.pop("截至")[:2] == "20"
    assert said == {
        "名称": "台账",
        "筛选条件": "类别：专利；名称：明渠",
        "导出人": "张三",
        "虚构数据": "表中有虚构的演示数据，不是真实情况。",
        "台账序号": "42",
    }
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%8F%B0%E8%B4%A6.xlsx"


def test_a_list_of_real_things_is_not_called_invented() -> None:
    request = RequestFactory().get("/?format=xlsx")

    response = exports.table_response(request, "单位", ["名称", "虚构"], [["甲", ""]])

    assert [row[0] for row in _sheets(response.content)["口径"]] == ["名称", "筛选条件", "截至"]


def test_a_csv_of_the_same_list_is_still_offered() -> None:
    request = RequestFactory().get("/?format=csv")

    response = exports.table_response(request, "单位", ["名称"], [["甲"]])

    assert response.content.decode("utf-8-sig") == "名称\r\n甲\r\n"
