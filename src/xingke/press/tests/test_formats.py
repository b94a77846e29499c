"""Tables that are no .xlsx and no CSV, whatever they are called: read like those, or refused with a way out."""

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from xingke.press.cells import Remark
from xingke.press.packages import Unreadable
from xingke.press.sheets import Sheet, read_sheet
from xingke.press.sniffing import FileKind
from xingke.press.tests.books import SHEET, book, packed, parts, relationships

FILES = Path(__file__).parent / "files"
OLD = (FILES / "old.xls").read_bytes()  # made by hand in a spreadsheet and saved as Excel 97
WORDS = ("县区", "单位名称", "认定日期", "证书编号", "金额")


def said(sheet: Sheet) -> list[tuple[str, Remark]]:
    return [(note.cell, note.remark) for note in sheet.notes]


# --- Excel 97 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["名单.xls", "名单.et", "名单.xlsx"])
def test_an_old_workbook_is_read_like_a_new_one(name: str) -> None:
    sheet = read_sheet(OLD, name=name, words=WORDS)

    assert (sheet.kind, sheet.sheet_name, sheet.header_row) == (FileKind.XLS, "表一", 2)
    assert sheet.header == ("县区", "单位名称", "占比", "认定日期", "证书编号", "金额（万元）")
    assert sheet.rows == [
        ("青溪县", "青溪县甲有限公司", "12.5%", "2025-03-05 10:21:33", "GR202533000001", "12.5"),
        ("青溪县", "青溪县乙有限公司", "50%", "2025-03-06", "9.13301001234568e+17", ""),
        ("云渡县", "云渡县丙有限公司", "25%", "2025-03-07", "GR202533000003", "35000"),
    ]
    assert (("A1", Remark.KIND) in said(sheet)) is name.endswith(".xlsx")


def test_what_an_old_workbook_lost_is_damage_there_too() -> None:
    sheet = read_sheet(OLD, words=WORDS)

    assert {number: [(note.cell, note.remark) for note in notes] for number, notes in sheet.damage.items()} == {
        4: [("E4", Remark.PRECISION), ("F4", Remark.ERROR)],
        5: [("F5", Remark.SCALED)],
    }
    assert ("A5", Remark.HIDDEN_ROW) in said(sheet)


def test_an_old_workbook_with_macros_is_refused() -> None:
    named = "_VBA_PROJECT_CUR".encode("utf-16-le")
    summary = "\x05SummaryInformation".encode("utf-16-le")

    with pytest.raises(Unreadable, match="带有宏"):
        read_sheet(OLD.replace(summary, named.ljust(len(summary), b"\0")), name="名单.xls")


# --- web pages -------------------------------------------------------------------------------------

PAGE = """<html><head><meta charset="gb2312"><title>导出</title><style>td{mso-number-format:"\\@"}</style></head><body>
<table><tr><td>菜单</td></tr></table>
<table border=1><tr><th>县区</th><th>单位名称</th><th>证书编号</th><th>认定日期</th><th>金额（万元）</th></tr>
<tr><td rowspan="2">云渡县</td><td>甲&nbsp;公司</td><td>'20253300001</td><td>2025-03-05<br></td><td>1,200.5</td></tr>
<tr style="display:none"><td>乙公司<script>1</script></td><td>="0036"</td><td>2025-03-06</td><td>5</td></tr>
<tr><td>青溪县</td><td colspan=2>丙公司</td><td>2025-03-07</td><td>9.13E+17</td></tr>
</table></body></html>"""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_web_page_called_a_workbook_is_read_with_its_spans(encoding: str) -> None:
    sheet = read_sheet(PAGE.encode(encoding), name="导出.xls", words=WORDS)

    assert (sheet.kind, sheet.sheet_name, sheet.header_row) == (FileKind.HTML, "表 2", 1)
    assert sheet.rows == [
        ("云渡县", "甲 公司", "20253300001", "2025-03-05", "1,200.5"),
        ("云渡县", "乙公司", "0036", "2025-03-06", "5"),
        ("青溪县", "丙公司", "", "2025-03-07", "9.13E+17"),
    ]
    assert said(sheet) == [
        ("A1", Remark.KIND),
        ("A1", Remark.OTHER_SHEET),
        ("A3", Remark.HIDDEN_ROW),
        ("A2", Remark.MERGED),
        ("E4", Remark.SCIENTIFIC),
        ("B4", Remark.MERGED),
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><p>没有</p></body></html>",
        "<html><frameset><frame src='a.htm'></frameset></html>",
        "<table></table>",
    ],
)
def test_a_page_without_a_table_is_said_to_have_none(page: str) -> None:
    with pytest.raises(Unreadable, match="这个网页里没有表格"):
        read_sheet(page.encode(), name="导出.xls")


def test_a_page_reads_no_file_and_runs_nothing() -> None:
    page = (
        '<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/hostname">]><table><tr><td>名称<td>数量<tr><td>&e;<td>1</table>'
    )

    assert read_sheet(page.encode()).rows == [("&e;", "1")]


def test_a_marking_beside_a_table_is_found() -> None:
    with pytest.raises(Unreadable, match="标有密级"):
        read_sheet("<p>机密★1年</p><table><tr><td>名称<td>数量<tr><td>甲<td>1</table>".encode())


# --- XML Spreadsheet 2003 --------------------------------------------------------------------------

XML = """<?xml version="1.0" encoding="{encoding}"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel">
<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style>
<Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style></Styles>
<Worksheet ss:Name="说明"><Table><Row><Cell><Data ss:Type="String">填表说明</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="名单"><Table><Column ss:Index="2" ss:Hidden="1"/>
<Row ss:Index="2"><Cell><Data ss:Type="String">县区</Data></Cell><Cell><Data ss:Type="String">单位名称</Data></Cell>
 <Cell><Data ss:Type="String">认定日期</Data></Cell><Cell><Data ss:Type="String">占比</Data></Cell><Cell><Data ss:Type="String">金额</Data></Cell></Row>
<Row><Cell ss:MergeDown="1"><Data ss:Type="String">云渡县</Data></Cell>
 <Cell><ss:Data ss:Type="String"><B xmlns="http://www.w3.org/TR/REC-html40">甲</B>公司</ss:Data></Cell>
 <Cell ss:StyleID="d"><Data ss:Type="DateTime">2025-03-05T00:00:00.000</Data></Cell><Cell ss:StyleID="p"><Data ss:Type="Number">0.125</Data></Cell>
 <Cell><Data ss:Type="Number">12.5</Data></Cell></Row>
<Row ss:Hidden="1"><Cell ss:Index="2"><Data ss:Type="String">乙公司</Data></Cell><Cell><Data ss:Type="DateTime">2025-03-06T10:21:33.000</Data></Cell>
 <Cell ss:Index="5" ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_xml_called_a_workbook_is_read(encoding: str) -> None:
    sheet = read_sheet(XML.format(encoding=encoding).encode(encoding), name="名单.xls", words=WORDS)

    assert (sheet.kind, sheet.sheet_name, sheet.header_row, sheet.numbers) == (FileKind.XML, "名单", 2, [3, 4])
    assert sheet.rows == [
        ("云渡县", "甲公司", "2025-03-05", "12.5%", "12.5"),
        ("云渡县", "乙公司", "2025-03-06 10:21:33", "", ""),
    ]
    assert [(note.cell, note.remark) for note in sheet.damage[4]] == [("E4", Remark.ERROR)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<?xml version='1.0'?><a/>", "这个 XML 文件不是表格"),
        (XML.replace("<Workbook", '<!DOCTYPE x [<!ENTITY e "x">]><Workbook', 1), "文档类型声明"),
        (XML[:900], "不是完整的 XML"),
        (XML.replace('ss:Index="5"', 'ss:Index="1"'), "次序颠倒"),
    ],
)
def test_other_xml_ends_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        read_sheet(text.replace("{encoding}", "utf-8").encode(), name="名单.xls")


# --- text, and workbooks under other names ---------------------------------------------------------


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_text_called_a_workbook_is_read(delimiter: str) -> None:
    text = delimiter.join(("单位名称", "证书编号")) + "\n" + delimiter.join(("甲公司", "`20253300001")) + "\n"

    sheet = read_sheet(text.encode("gb18030"), name="导出.xls", words=WORDS)

    assert (sheet.kind, sheet.rows) == (FileKind.CSV, [("甲公司", "20253300001")])
    assert "内容其实是文本（CSV）" in str(sheet.notes[0].text)


def moved() -> dict[str, str | bytes]:
    """A workbook whose parts have other names; only its relationships tell which is which."""
    usual = parts(strings="<si><t>无</t></si>", more=[("附表", "visible", "<sheetData/>")])
    return {
        "[Content_Types].xml": usual["[Content_Types].xml"],
        "_rels/.rels": relationships(("officeDocument", "book/Main.xml")),
        "book/Main.xml": usual["xl/workbook.xml"],
        "book/_rels/Main.xml.rels": relationships(
            ("worksheet", "Tables/One.xml"),
            ("worksheet", "Tables/Two.xml"),
            ("styles", "/book/Look.xml"),
            ("sharedStrings", "Words.xml"),
        ),
        "book/Tables/One.xml": usual[SHEET],
        "book/Tables/Two.xml": usual["xl/worksheets/sheet2.xml"],
        "book/Look.xml": usual["xl/styles.xml"],
        "book/Words.xml": usual["xl/sharedStrings.xml"],
    }


TYPES = '<Override PartName="/book/Main.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
NAMED = [
    ("with the strokes of Windows", {name.replace("/", "\\"): part for name, part in parts().items()}),
    (
        "in other cases",
        {
            name.replace("sharedStrings", "SharedStrings").replace("sheet1", "Sheet1"): part
            for name, part in parts().items()
        },
    ),
    ("elsewhere", moved() | {"[Content_Types].xml": str(moved()["[Content_Types].xml"]).replace("</Types>", TYPES)}),
]


@pytest.mark.parametrize("story, content", NAMED, ids=[story for story, _ in NAMED])
def test_a_workbook_is_one_by_what_it_holds(story: str, content: dict[str, str | bytes]) -> None:
    sheet = read_sheet(packed(content), name="表.xlsx")

    assert (sheet.sheet_name, sheet.rows) == ("表一", [("甲", "1"), ("乙", "2.5")])


LINKED = [
    (
        "another workbook",
        {
            "xl/_rels/workbook.xml.rels": relationships(
                ("worksheet", "worksheets/sheet1.xml"), ("externalLink", "externalLinks/externalLink1.xml")
            ),
            "xl/externalLinks/externalLink1.xml": "<x/>",
        },
        "xl/externalLinks/externalLink1.xml",
    ),
    (
        "a data connection",
        {
            "xl/_rels/workbook.xml.rels": relationships(
                ("worksheet", "worksheets/sheet1.xml"), ("connections", "connections.xml")
            ),
            "xl/connections.xml": "<x/>",
        },
        "xl/connections.xml",
    ),
    (
        "a picture elsewhere",
        {
            "xl/worksheets/_rels/sheet1.xml.rels": relationships(
                ("image", "http://example.invalid/x.png"), external=["image"]
            )
        },
        "http://example.invalid/x.png",
    ),
]


@pytest.mark.parametrize("story, added, name", LINKED, ids=[story for story, *_ in LINKED])
def test_a_link_outside_is_said_and_never_opened(story: str, added: dict[str, str], name: str) -> None:
    sheet = read_sheet(packed({**parts(), **added}))

    assert sheet.rows == [("甲", "1"), ("乙", "2.5")]
    assert str(sheet.notes[0].text) == f"文件链接了外部内容（{name}）；只读了存着的值，没有打开链接"


# --- anything at all -------------------------------------------------------------------------------

SEEDS = {"old": OLD, "page": PAGE.encode(), "xml": XML.format(encoding="utf-8").encode(), "book": book()}


@pytest.mark.parametrize("name", SEEDS)
def test_whatever_is_done_to_a_file_ends_in_a_table_or_in_one_sentence(name: str) -> None:
    chance = random.Random(f"{name} 2026")
    for _ in range(12):
        data = bytearray(SEEDS[name])
        for _change in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randint(1, 60)]
                case 2:
                    data[at:at] = bytes(chance.randrange(256) for _byte in range(chance.randint(1, 20)))
                case _:
                    data[at : at + 8] = data[chance.randrange(len(data)) :][:8]
        began = time.monotonic()
        with suppress(Unreadable):
            read_sheet(bytes(data), words=WORDS)
        assert time.monotonic() - began < 20
