"""What a table says by its form: which row is the header, cells merged over several rows, 同上, two header rows."""

import pytest

from xingke.press.cells import Remark
from xingke.press.filling import is_sum
from xingke.press.packages import Unreadable
from xingke.press.sheets import Sheet, read_sheet
from xingke.press.tests.books import TABLE, book, cell, data

WORDS = (
    "县区",
    "企业名称",
    "证书编号",
    "认定日期",
    "金额",
    "卖方名称",
    "买方名称",
    "名称",
    "合同成交额",
    "成交额",
    "技术交易额",
    "授权日期",
)
HEADER = ["县区", "企业名称", "金额（万元）"]


def merged(*areas: str) -> str:
    return "<mergeCells>" + "".join(f'<mergeCell ref="{area}"/>' for area in areas) + "</mergeCells>"


def notes(sheet: Sheet, *remarks: Remark) -> list[tuple[str, str]]:
    return [(note.cell, str(note.text)) for note in sheet.notes if note.remark in remarks]


# --- merged cells ----------------------------------------------------------------------------------


def test_a_cell_merged_downwards_is_said_by_every_row_it_covers() -> None:
    rows = data(
        HEADER, ["青溪县", "甲公司", 1.0], [None, "乙公司", 2.0], ["云渡县", "丙公司", 3.0], [None, "丁公司", 4.0]
    )

    sheet = read_sheet(book(rows + merged("A2:A3", "A4:A5")), words=WORDS)

    assert [row[0] for row in sheet.rows] == ["青溪县", "青溪县", "云渡县", "云渡县"]
    assert notes(sheet, Remark.MERGED) == [
        ("A2", "所在的 A2:A3 是合并单元格，各行都按“青溪县”读入"),
        ("A4", "所在的 A4:A5 是合并单元格，各行都按“云渡县”读入"),
    ]
    assert sheet.damage == {}


def test_a_sum_merged_over_several_rows_belongs_to_none_of_them() -> None:
    rows = data(HEADER, ["青溪县", "甲公司", 30.0], ["青溪县", "乙公司", None], ["青溪县", "丙公司", 5.0])

    sheet = read_sheet(book(rows + merged("C2:C3")), words=WORDS)

    assert {number: [note.cell for note in found] for number, found in sheet.damage.items()} == {2: ["C2"], 3: ["C3"]}
    assert str(sheet.damage[3][0].text) == (
        "所在的 C2:C3 是合并单元格，一个数“30”对着几行，不知道各行多少；请取消合并，逐行填写"
    )


def test_a_record_on_two_lines_of_the_sheet_keeps_its_sum() -> None:
    rows = data(HEADER, ["青溪县", "甲公司", 30.0], [None, None, None], ["青溪县", "乙公司", 5.0])

    sheet = read_sheet(book(rows + merged("A2:A3", "B2:B3", "C2:C3")), words=WORDS)

    assert (sheet.rows, sheet.damage) == ([("青溪县", "甲公司", "30"), ("青溪县", "乙公司", "5")], {})


def test_a_value_under_a_merged_cell_that_is_another_is_not_chosen_between() -> None:
    rows = data(HEADER, ["青溪县", "甲公司", 1.0], ["云渡县", "乙公司", 2.0], ["青溪县", "丙公司", 3.0])

    sheet = read_sheet(book(rows + merged("A2:A4")), words=WORDS)

    assert {number: [note.remark for note in found] for number, found in sheet.damage.items()} == {3: [Remark.COVERED]}


def test_what_was_lost_in_a_merged_cell_is_lost_in_all_its_rows() -> None:
    rows = data(["代码", "名称", "数"], [913301001234567890.0, "甲", 1.0], [None, "乙", 2.0])

    sheet = read_sheet(book(rows + merged("A2:A3")))

    assert {number: [note.remark for note in found] for number, found in sheet.damage.items()} == {
        2: [Remark.PRECISION],
        3: [Remark.PRECISION],
    }


def test_a_cell_merged_across_belongs_to_its_first_column() -> None:
    rows = data(HEADER, ["青溪县", None, 1.0])

    sheet = read_sheet(book(rows + merged("A2:B2")), words=WORDS)

    assert sheet.rows == [("青溪县", "", "1")]
    assert notes(sheet, Remark.MERGED) == [("A2", "所在的 A2:B2 是横向合并的单元格，“青溪县”算作 A 列的内容")]


@pytest.mark.parametrize(
    ("text", "header", "is_one"),
    [
        ("30", "金额（万元）", True),
        ("30万元", "备注", True),
        ("1,200.5", "数量", True),
        ("约120人次", "人次", True),
        ("2024", "年度", False),
        ("990121", "区划代码", False),
        ("202310123456.7", "专利号", False),
        ("7", "序号", False),
        ("青溪县", "县区", False),
        ("2024-03-05", "认定日期", False),
        ("2024", "2024年金额", True),
    ],
)
def test_a_number_that_names_something_is_no_sum(text: str, header: str, is_one: bool) -> None:
    assert is_sum(text, header) is is_one


# --- 同上 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["同上", "〃", "″", "(同上)", "”"])
def test_a_ditto_sign_is_the_value_above_and_never_a_value(sign: str) -> None:
    sheet = read_sheet(book(data(HEADER, ["青溪县", "甲公司", 1.0], [sign, sign, 2.0])), words=WORDS)

    assert sheet.rows[1] == ("青溪县", "甲公司", "2")
    assert notes(sheet, Remark.DITTO)[0] == ("A3", f"“{sign}”按上一行的“青溪县”读入")


def test_a_ditto_sign_stands_for_no_sum_and_for_nothing_where_nothing_is_above() -> None:
    sheet = read_sheet(
        book(data(HEADER, ["", "甲公司", 1.0], ["同上", "乙公司", "同上"], ["青溪县", "丙公司", 2.0])), words=WORDS
    )

    assert [str(note.text) for note in sheet.damage[3]] == [
        "“同上”的上一行没有值；请逐行填写",
        "“同上”不能代替数字“1”；请逐行填写",
    ]


# --- header and sheet ------------------------------------------------------------------------------


def test_the_header_is_the_row_of_known_words_however_full_the_others_are() -> None:
    rows = data(
        ["填报单位", "青溪县科技局", "填报时间", "2025"],
        ["企业名称", "证书编号", "认定日期"],
        ["甲公司", "GR1", "2025-10-28"],
    )

    sheet = read_sheet(book(rows), words=WORDS)

    assert (sheet.header_row, sheet.header, sheet.numbers) == (2, ("企业名称", "证书编号", "认定日期"), [3])
    assert list(sheet.above) == ["填报单位", "青溪县科技局", "填报时间", "2025"]


def test_a_header_is_known_with_its_unit_and_its_marks() -> None:
    rows = data(["甲", "乙", "丙", "丁"], ["* 企业名称：", "金额/万元", "其他"], ["甲公司", 1.0, "无"])

    assert read_sheet(book(rows), words=WORDS).header_row == 2


def test_the_sheet_is_the_one_of_known_words() -> None:
    named = data(["企业名称", "认定日期"], ["甲公司", "2025-10-28"])

    sheet = read_sheet(book(more=[("名单", "visible", named), ("底稿", "hidden", named)]), words=WORDS)

    assert sheet.sheet_name == "名单"
    assert notes(sheet, Remark.OTHER_SHEET) == [
        ("A1", "工作表“表一”没有读入，只读了“名单”"),
        ("A1", "工作表“底稿”没有读入，只读了“名单”"),
    ]


def test_another_sheet_with_such_a_table_is_named_loudly() -> None:
    named = data(["企业名称", "认定日期"], ["甲公司", "2025-10-28"])

    sheet = read_sheet(book(named, more=[("续表", "visible", named)]), words=WORDS)

    assert notes(sheet, Remark.OTHER_SHEET) == [
        ("A1", "工作表“续表”里也有这样的表，没有读入，只读了“表一”；要读它，请指定工作表再导入一次"),
    ]


def test_without_known_words_the_fullest_rows_tell() -> None:
    assert read_sheet(book(), words=WORDS).header == ("名称", "数量")
    assert read_sheet(book(TABLE)).header == ("名称", "数量")


TWO_ROWS = [
    (
        "sums under one",
        ["企业名称", "合同金额（万元）", None],
        [None, "成交额", "技术交易额"],
        ("A1:A2", "B1:C1"),
        ("企业名称", "成交额（万元）", "技术交易额（万元）"),
    ),
    (
        "names that are known together",
        ["卖方", None, "买方", None, "认定日期"],
        ["名称", "代码", "名称", "代码", None],
        ("A1:B1", "C1:D1", "E1:E2"),
        ("卖方名称", "卖方 代码", "买方名称", "买方 代码", "认定日期"),
    ),
    (
        "one that changes the meaning",
        ["企业名称", "预计", None],
        [None, "授权日期", "金额"],
        ("A1:A2", "B1:C1"),
        ("企业名称", "预计 授权日期", "预计 金额"),
    ),
    (
        "the lower one has more words",
        ["企业情况", None, "结果", None],
        ["企业名称", "县区", "证书编号", "认定日期"],
        ("A1:B1", "C1:D1"),
        ("企业名称", "县区", "结果 证书编号", "结果 认定日期"),
    ),
    (
        "unknown words",
        ["名目", "经费", None],
        [None, "财政", "企业"],
        ("A1:A2", "B1:C1"),
        ("名目", "经费 财政", "经费 企业"),
    ),
]


@pytest.mark.parametrize("story, upper, lower, areas, names", TWO_ROWS, ids=[story for story, *_ in TWO_ROWS])
def test_two_header_rows_are_one_where_it_is_clear_what_stands_over_what(
    story: str, upper: list[str | None], lower: list[str | None], areas: tuple[str, ...], names: tuple[str, ...]
) -> None:
    values = ["甲公司", "2025-10-28", "3", "4", "5"][: len(upper)]

    sheet = read_sheet(book(data(upper, lower, values) + merged(*areas)), words=WORDS)

    assert (sheet.header, sheet.numbers) == (names, [3])


def test_units_and_hints_in_the_row_below_belong_to_the_header() -> None:
    rows = data(
        ["企业名称", "金额", "培训人次", "认定日期"],
        ["必填", "（万元）", "人次", "（必填）"],
        ["甲公司", 3.0, 4.0, "2025-10-28"],
    )

    sheet = read_sheet(book(rows), words=WORDS)

    assert sheet.header == ("企业名称", "金额（万元）", "培训人次（人次）", "认定日期")
    assert (sheet.numbers, notes(sheet, Remark.MERGED)) == ([3], [("A1", "第 1 行和第 2 行合起来作为表头")])


def test_a_line_of_who_filled_it_in_is_no_upper_header() -> None:
    rows = data(
        ["填报单位：青溪县科技局", None, "填报时间：2025年", None],
        ["企业名称", "县区", "证书编号", "认定日期"],
        ["甲", "乙", "丙", "丁"],
    )

    sheet = read_sheet(book(rows + merged("A1:B1", "C1:D1")), words=WORDS)

    assert sheet.header == ("企业名称", "县区", "证书编号", "认定日期")


def test_a_row_of_data_is_never_taken_for_a_second_header() -> None:
    gaps = data(["企业名称", "认定日期", None, "备注"], ["甲公司", "2025-10-28", "无", None])
    under = data(["企业名称", "评级", None], ["甲公司", "优", "良"]) + merged("B1:C1")

    for xml in (gaps, under):
        with pytest.raises(Unreadable, match="表头占了两行（第 1 行和第 2 行），分不清哪个名称管哪一列"):
            read_sheet(book(xml), words=WORDS)


def test_in_a_text_two_header_rows_are_told_by_known_words() -> None:
    sheet = read_sheet(
        "企业名称,合同金额（万元）,,认定日期\n,成交额,技术交易额,\n甲公司,3,2,2025-10-28\n".encode(), words=WORDS
    )

    assert sheet.header == ("企业名称", "成交额（万元）", "技术交易额（万元）", "认定日期")
    assert sheet.rows == [("甲公司", "3", "2", "2025-10-28")]


def test_a_cell_far_away_counts_only_where_it_holds_something() -> None:
    far = cell("A1", "名称") + cell("B1", "数量") + '<c r="XFD1" s="1"/>'
    xml = (
        f'<dimension ref="A1:XFD1048576"/><sheetData><row r="1">{far}</row>'
        f'<row r="2">{cell("A2", "甲")}{cell("B2", 1.0)}</row><row r="1048576"><c r="A1048576" s="1"/></row></sheetData>'
    )

    assert read_sheet(book(xml)).rows == [("甲", "1")]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_cell_that_no_spreadsheet_can_hold_is_named_and_the_file_refused(suffix: str) -> None:
    longest, longer = "长" * 32_767, "长" * 32_768

    def file(text: str) -> bytes:
        rows = [["单位名称", "专利名称"], ["甲", "乙"], ["丙", text]]
        return "\n".join(map(",".join, rows)).encode() if suffix == "csv" else book(data(*rows))

    assert read_sheet(file(longest)).rows[-1][1] == longest
    with pytest.raises(Unreadable, match=r"B3 格有 32,768 个字，超过电子表格一格 32,767 个字的上限"):
        read_sheet(file(longer))
