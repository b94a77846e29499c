"""Exports of lists."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import RequestFactory

from xingke.base import exports

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

    assert exports.csv_address(request) == "?year=2024&format=csv"
    assert not exports.wants_csv(request)
    assert exports.wants_csv(RequestFactory().get("/records/?format=csv"))
