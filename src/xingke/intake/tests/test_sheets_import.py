"""Importing workbooks: the same rows as from a CSV, and never a value that the spreadsheet had lost."""

from collections.abc import Sequence

import pytest

from tests.cast import NOW, Cast
from xingke.base.refusals import Refused
from xingke.intake.actions import Outcome, import_table
from xingke.intake.checking import sheet_form
from xingke.intake.reading import read_table
from xingke.intake.rows.incoming import Options
from xingke.ledger.models import Observation
from xingke.press.tests.books import book, cell
from xingke.press.tests.books import data as data_of

COLUMNS = (
    "figure",
    "document",
    "region",
    "region_code",
    "stated_year",
    "real_year",
    "period",
    "indicator",
    "measure",
    "value",
    "unit",
    "as_written",
    "联系人",
)
ROW: tuple[str | float, ...] = (
    "T1#001",
    "T1",
    "青溪县",
    990121.0,
    2024.0,
    2024.0,
    2024.0,
    "地区生产总值",
    "level",
    468.3,
    "亿元",
    "468.3亿元",
    "张三",
)
VALUE, CONTACT = COLUMNS.index("value"), COLUMNS.index("联系人")


def with_cell(at: int, value: str | float) -> tuple[str | float, ...]:
    """The usual row with one cell changed and a key of its own."""
    row = list(ROW)
    row[0], row[at] = "T1#002", value
    return tuple(row)


def workbook(*rows: Sequence[str | float], replace: tuple[str, str] = ("", "")) -> bytes:
    """The rows under the header, after a title in row 1; ``replace`` changes the sheet's XML."""
    listed: list[Sequence[str | float]] = [("上报数（虚构）",), COLUMNS, *rows]
    xml = "".join(
        f'<row r="{number}">{"".join(cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(row))}</row>'
        for number, row in enumerate(listed, 1)
    )
    return book(f"<sheetData>{xml.replace(*replace) if replace[0] else xml}</sheetData>")


def bring(data: bytes, cast: Cast, name: str = "上报数.xlsx") -> Outcome:
    form, table = sheet_form("observation"), read_table(data, name=name)
    return import_table(
        form=form, table=table, file_name=name, by=cast.statistician, now=NOW, options=Options(confirmed=True)
    )


def test_a_workbook_is_filed_like_a_csv_with_its_own_row_numbers(cast: Cast) -> None:
    outcome = bring(workbook(ROW), cast)

    row = Observation.objects.get()
    assert (outcome.counts["new"], outcome.table.encoding, outcome.left) == (1, "XLSX", [])
    assert (row.region, row.value, row.real_period, row.as_written) == (
        cast.county,
        468_30_000_000_00,
        "2024",
        "468.3亿元",
    )
    assert row.source_place == "第 3 行"


def test_a_workbook_twice_changes_nothing(cast: Cast) -> None:
    bring(workbook(ROW), cast)

    assert bring(workbook(ROW), cast).counts["unchanged"] == 1


def test_what_was_skipped_is_said(cast: Cast) -> None:
    assert list(map(str, read_table(workbook(ROW)).notes)) == ["A1 表头之前的“上报数（虚构）”没有作为数据读入"]


DAMAGED = [
    (
        "too many digits",
        with_cell(VALUE, 913301001234567890.0),
        ("", ""),
        "value 列为“9.13301001234568e+17”：J4 超过 15 位",
    ),
    (
        "a formula without result",
        with_cell(VALUE, 7.0),
        ("<v>7.0</v>", "<f>1+6</f>"),
        "value 列为“”：J4 这是没有计算结果的公式",
    ),
    ("an error", with_cell(VALUE, 7.0), ("><v>7.0</v>", ' t="e"><v>#N/A</v>'), "value 列为“”：J4 公式结果是错误值"),
    (
        "a code in scientific notation",
        with_cell(0, "9.13E+17"),
        ("", ""),
        "figure 列为“9.13E+17”：A4 “9.13E+17”是科学计数法",
    ),
]


@pytest.mark.parametrize("story, row, replace, sentence", DAMAGED, ids=[story for story, *_ in DAMAGED])
def test_a_row_with_a_lost_value_is_listed_with_its_cell_and_the_others_are_filed(
    cast: Cast, story: str, row: Sequence[str | float], replace: tuple[str, str], sentence: str
) -> None:
    outcome = bring(workbook(ROW, row, replace=replace), cast)

    assert (outcome.counts["new"], outcome.counts["rejected"]) == (1, 1)
    assert [left.number for left in outcome.left] == [4]
    (problem,) = outcome.left[0].problems
    assert str(problem).startswith(sentence)
    assert Observation.objects.get().place == "T1#001"


def test_damage_in_a_column_nobody_reads_does_no_harm(cast: Cast) -> None:
    outcome = bring(workbook(ROW, with_cell(CONTACT, 913301001234567890.0)), cast)

    assert outcome.counts["new"] == 2


def test_a_csv_row_with_a_stray_comma_is_not_read_shifted(cast: Cast) -> None:
    lines = [",".join(COLUMNS), ",".join(map(str, ROW)), ",".join(map(str, with_cell(VALUE, "1,234.5")))]
    data = "\n".join(lines).replace(".0,", ",").encode("gb18030")

    outcome = bring(data, cast, "上报数.csv")

    assert (outcome.counts["new"], outcome.counts["rejected"], outcome.table.encoding) == (1, 1, "GB18030")
    assert "N3 这一行的格数比表头多" in str(outcome.left[0].problems[0])


@pytest.mark.parametrize(
    "name, data, sentence",
    [
        ("a.xlsx", b"a,b\n1,2\n", "缺少必需的列：figure.*（以第 1 行为表头）"),
        ("a.pdf", b"%PDF-1.7", "这是PDF 文件，不能当作表格读"),
        ("", book(), "缺少必需的列：figure"),
    ],
)
def test_a_file_that_will_not_do_is_refused(cast: Cast, name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        bring(data, cast, name)


def test_a_file_of_another_name_is_read_as_what_it_is_and_that_is_said(cast: Cast) -> None:
    outcome = bring(workbook(ROW), cast, "上报数.csv")

    assert outcome.counts["new"] == 1
    assert list(map(str, outcome.table.notes)) == [
        "以工作表“表一”第 2 行为表头",
        "A1 文件名以“.csv”结尾，内容其实是Excel 工作簿（.xlsx），按后者读入",
        "A1 表头之前的“上报数（虚构）”没有作为数据读入",
    ]


def test_one_sheet_of_several_is_read_by_its_name() -> None:
    data = book(more=[("表二", "visible", data_of(["名称", "数量"], ["丙", 3]))])

    assert read_table(data).sheet_name == "表一"
    assert read_table(data, sheet="表二").rows == [("丙", "3")]
    with pytest.raises(Refused, match="没有名为“表三”的有内容的工作表；可用：表一、表二"):
        read_table(data, sheet="表三")
