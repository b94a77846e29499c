"""Workbooks that were written, read back by the reader of imports and looked into part by part."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from xingke.base.refusals import Refused
from xingke.press import xlsx_writer
from xingke.press.sheets import Sheet, read_sheet
from xingke.press.xlsx_writer import Cell, Column, Form, Line, Page, write_workbook

NOW = datetime(2026, 3, 2, 9, 30)


def _read(data: bytes) -> Sheet:
    return read_sheet(data, name="表.xlsx")


def _part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def _written(*cells: Cell) -> bytes:
    columns = [Column(label=f"第{place}列") for place in range(1, len(cells) + 1)]
    return write_workbook(name="清单", columns=columns, rows=[list(cells)], made_at=NOW)


def test_a_number_that_is_a_name_comes_back_to_the_last_character() -> None:
    names: list[Cell] = [
        "201710601862.0",
        "91990121MA00000000",
        "990121100000000000",
        "00123",
        "1E5",
        "2024-1",
        "13800000000",
    ]

    read = _read(_written(*names))

    assert (list(read.rows[0]), [note for note in read.notes if note.is_damaging]) == (names, [])


def test_numbers_are_exact_and_keep_the_decimals_they_say() -> None:
    data = _written(Decimal("13.76"), Decimal("0.50"), 135, Decimal("-3"), Decimal("999999999.123456"))

    xml = _part(data, "xl/worksheets/sheet1.xml")

    assert [f"<v>{text}</v>" in xml for text in ("13.76", "0.50", "135", "-3", "999999999.123456")] == [True] * 5
    assert list(_read(data).rows[0]) == ["13.76", "0.5", "135", "-3", "999999999.123456"]
    assert 'formatCode="0.00"' in _part(data, "xl/styles.xml")


def test_a_number_of_which_a_spreadsheet_would_lose_digits_is_text() -> None:
    data = _written(1234567890123456789, Decimal("0.12345678901234567"))

    assert list(_read(data).rows[0]) == ["1234567890123456789", "0.12345678901234567"]


def test_days_are_days_and_moments_moments() -> None:
    data = _written(date(2024, 3, 5), datetime(2026, 11, 29, 8, 5))

    assert list(_read(data).rows[0]) == ["2024-03-05", "2026-11-29 08:05:00"]
    assert 'formatCode="yyyy\\-mm\\-dd"' in _part(data, "xl/styles.xml").replace("yyyy-mm-dd", "yyyy\\-mm\\-dd")


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1", "{=1}", '=HYPERLINK("x")'])
def test_nothing_that_is_written_is_a_formula_or_a_link(text: str) -> None:
    data = _written(text)

    xml = _part(data, "xl/worksheets/sheet1.xml")

    assert ("<f>" in xml, "hyperlink" in xml, 't="inlineStr"' in xml) == (False, False, True)


def test_text_that_looks_like_markup_stays_text() -> None:
    assert list(_read(_written("<r><t>甲</t></r>", "a < b & c", "一行\n两行")).rows[0]) == [
        "<r><t>甲</t></r>",
        "a < b & c",
        "一行\n两行",
    ]


def test_text_too_long_for_a_cell_says_that_it_was_cut() -> None:
    text = _read(_written("长" * 40_000)).rows[0][0]

    assert (len(text), text[-13:]) == (32_767, "长长……（太长，只到这里）")


def test_the_header_stays_in_sight_and_filters_and_columns_are_as_wide_as_what_they_hold() -> None:
    columns = [Column(label="名称"), Column(label="数", form=Form.NUMBER)]

    data = write_workbook(name="清单", columns=columns, rows=[["青溪县明渠传感科技有限公司", 1]], made_at=NOW)

    xml = _part(data, "xl/worksheets/sheet1.xml")
    assert 'ySplit="1"' in xml and 'state="frozen"' in xml and '<autoFilter ref="A1:B2"/>' in xml
    assert '<col min="1" max="1" width="27.7' in xml and '<col min="2" max="2" width="7.7' in xml


def test_a_long_text_is_wrapped_in_a_row_that_is_high_enough() -> None:
    xml = _part(_written("长" * 61, "短"), "xl/worksheets/sheet1.xml")

    assert '<row r="2"' in xml and 'ht="45" customHeight="1"' in xml


def test_on_paper_the_table_is_as_wide_as_the_page_and_the_header_stands_on_each() -> None:
    data = _written("甲", "乙")

    xml = _part(data, "xl/worksheets/sheet1.xml")
    assert '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>' in xml
    assert ">清单!$1:$1</definedName>" in _part(data, "xl/workbook.xml")


def test_what_the_table_is_about_stands_on_the_second_sheet() -> None:
    about = Page(name="口径", rows=[["名称", "台账"], ["筛选", "类别：专利"]])

    data = write_workbook(name="清单", columns=[Column(label="名称")], rows=[["甲"]], made_at=NOW, pages=[about])

    assert 'name="口径"' in _part(data, "xl/workbook.xml")
    assert "类别：专利" in _part(data, "xl/worksheets/sheet2.xml")
    assert _read(data).sheet_name == "清单"


def test_choices_are_offered_in_the_rows_to_be_filled_in() -> None:
    columns = [Column(label="名称"), Column(label="级别", choices=["国家级", "省级"])]

    data = write_workbook(name="清单", columns=columns, rows=[["甲", "省级"]], made_at=NOW, spare=10)

    xml = _part(data, "xl/worksheets/sheet1.xml")
    assert 'sqref="B2:B12"' in xml and "<formula1>'可选值'!$A$2:$A$3</formula1>" in xml
    assert "国家级" in _part(data, "xl/worksheets/sheet2.xml")
    assert [list(row) for row in _read(data).rows] == [["甲", "省级"]]


def test_a_marked_cell_is_filled_and_carries_its_note() -> None:
    line = Line(cells=["甲", ""], marks={1: "不能为空。"})

    data = write_workbook(name="清单", columns=[Column(label="名称"), Column(label="日期")], rows=[line], made_at=NOW)

    assert "不能为空。" in _part(data, "xl/comments1.xml")
    assert 'rgb="FFFFD9B3"' in _part(data, "xl/styles.xml")
    assert list(_read(data).rows[0]) == ["甲", ""]


def test_equal_tables_give_equal_bytes() -> None:
    one, other = (_written("甲", 1, date(2024, 3, 5)) for _turn in range(2))

    assert one == other


def test_more_rows_than_a_sheet_holds_are_refused_and_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_writer, "ROWS", 3)
    taken: list[int] = []

    def rows() -> Iterator[list[Cell]]:
        for number in range(10):
            taken.append(number)
            yield [number]

    with pytest.raises(Refused, match="超过 3 行，一张工作表放不下"):
        write_workbook(name="清单", columns=[Column(label="数")], rows=rows(), made_at=NOW)
    assert taken == [0, 1, 2, 3]
