"""Reading spreadsheets from anywhere: dirty cells keep their meaning, hostile files end in one sentence."""

import io
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from xingke.press import confined, sheets
from xingke.press.cells import Remark, address, letters, plain, position
from xingke.press.choosing import Candidate, choose
from xingke.press.docx_writer import write
from xingke.press.packages import Unreadable
from xingke.press.sheets import Limits, Sheet, read_sheet
from xingke.press.sniffing import FileKind
from xingke.press.tests import books
from xingke.press.tests.books import (
    HEAD,
    MAIN,
    SHEET,
    TABLE,
    Parts,
    book,
    cell,
    data,
    packed,
    parts,
    relationships,
)
from xingke.press.tests.cast import SHORT, proof_of


def said(sheet: Sheet) -> list[tuple[str, Remark]]:
    return [(note.cell, note.remark) for note in sheet.notes]


def column(sheet: Sheet, at: int = 1) -> list[str]:
    return [row[at] for row in sheet.rows]


# --- what is read ----------------------------------------------------------------------------------


def test_a_workbook_is_read_with_its_addresses() -> None:
    sheet = read_sheet(book(), name="表.xlsx")

    assert (sheet.kind, sheet.sheet_name, sheet.encoding) == (FileKind.XLSX, "表一", "")
    assert (sheet.header, sheet.header_row) == (("名称", "数量"), 1)
    assert sheet.rows == [("甲", "1"), ("乙", "2.5")]
    assert (sheet.numbers, sheet.cell(1, 1)) == ([2, 3], "B3")
    assert sheet.notes == []


@pytest.mark.parametrize(
    "encoding, named",
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16")],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_every_encoding_and_with_every_delimiter(encoding: str, named: str, delimiter: str) -> None:
    text = f'名称{delimiter}说明\r\n甲{delimiter}"一{delimiter}""二""\n三"\r\n\r\n 乙 {delimiter}\r\n'

    sheet = read_sheet(text.encode(encoding), name="表.csv")

    assert (sheet.header, sheet.encoding, sheet.sheet_name) == (("名称", "说明"), named, "")
    assert sheet.rows == [("甲", f'一{delimiter}"二"\n三'), ("乙", "")]
    assert sheet.numbers == [2, 4], "a blank record counts, a line inside quotes does not"


def test_what_excel_says_about_the_delimiter_is_no_row() -> None:
    sheet = read_sheet("sep=;\r\n名称;数量\r\n甲;1,5\r\n".encode())

    assert (sheet.header, sheet.rows, sheet.numbers) == (("名称", "数量"), [("甲", "1,5")], [3])


def test_the_delimiter_is_the_one_of_most_lines() -> None:
    sheet = read_sheet("2024年|名单\n名称,数量;单位\n甲;子,1\n乙,2\n".encode())

    assert sheet.rows == [("甲;子", "1"), ("乙", "2")]


def test_only_a_header_is_a_table_without_rows() -> None:
    assert read_sheet("名称,数量\n".encode()).rows == []
    assert read_sheet(book(data(["名称", "数量"]))).rows == []


NUMBERS = [(1.0, "1"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (2.675, "2.675"), (-12.50, "-12.5"), (330726.0, "330726"),
           (123456789012345.0, "123456789012345"), (1234.5678901234567, "1234.56789012346")]  # fmt: skip


@pytest.mark.parametrize("stored, shown", NUMBERS)
def test_a_number_is_what_the_spreadsheet_shows_in_full(stored: float, shown: str) -> None:
    assert plain(stored) == shown
    assert column(read_sheet(book(data(["名称", "数量"], ["甲", stored])))) == [shown]


STYLES = (
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;;@"/>'
    '<numFmt numFmtId="165" formatCode="000000"/><numFmt numFmtId="166" formatCode="[$-804]yyyy/m/d\\ h:mm"/></numFmts>'
    "<cellXfs>" + "".join(f'<xf numFmtId="{each}"/>' for each in (0, 10, 14, 164, 165, 166, 57, 46)) + "</cellXfs>"
)
SHOWN = [
    ("a percentage", cell("B2", 0.125, ' s="1"'), "12.5%", [("B2", Remark.SHOWN_OTHERWISE)]),
    ("a day", cell("B2", 45000.0, ' s="2"'), "2023-03-15", []),
    ("a month", cell("B2", 45352.0, ' s="3"'), "2024-03", []),
    ("a month of a Chinese Excel", cell("B2", 45352.0, ' s="6"'), "2024-03", []),
    ("a month whose day would be lost", cell("B2", 45353.0, ' s="3"'), "2024-03-02", []),
    ("a code padded with zeros", cell("B2", 123.0, ' s="4"'), "000123", [("B2", Remark.SHOWN_OTHERWISE)]),
    ("a moment", cell("B2", 45000.5, ' s="5"'), "2023-03-15 12:00:00", []),
    ("a span of time", cell("B2", 1.5, ' s="7"'), "36:00:00", []),
    ("yes", '<c r="B2" t="b"><v>1</v></c>', "TRUE", []),
    ("full-width digits stay", cell("B2", "３６家"), "３６家", [("B2", Remark.FULL_WIDTH)]),
    ("blanks around go", cell("B2", " 甲　"), "甲", []),
    ("an 18-digit code as text", cell("B2", "913301001234567890"), "913301001234567890", []),
    ("one that ends like a lost one", cell("B2", "913301001234567000"), "913301001234567000", [("B2", Remark.SUSPECT)]),
    ("a formula with its result", '<c r="B2"><f>1+1</f><v>2</v></c>', "2", []),
    ("a formula whose result is no text", '<c r="B2" t="str"><f>""</f><v></v></c>', "", []),
    ("an 18-digit code as a number", cell("B2", 913301001234567890.0), "9.13301001234568e+17", [("B2", Remark.PRECISION)]),
    ("a formula without result", '<c r="B2"><f>1+1</f></c>', "", [("B2", Remark.NO_RESULT)]),
    ("one with an empty result", '<c r="B2"><f>A1</f><v/></c>', "", [("B2", Remark.NO_RESULT)]),
    ("an error", '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "", [("B2", Remark.ERROR)]),
    ("an infinite number", '<c r="B2"><v>1E+400</v></c>', "", [("B2", Remark.ERROR)]),
]  # fmt: skip


@pytest.mark.parametrize("story, xml, text, notes", SHOWN, ids=[story for story, *_ in SHOWN])
def test_a_dirty_cell_keeps_its_meaning_or_is_marked(story: str, xml: str, text: str, notes: list[object]) -> None:
    rows = f'<row r="1">{cell("A1", "名称")}{cell("B1", "数量")}</row><row r="2">{cell("A2", "甲")}{xml}</row>'

    sheet = read_sheet(book(f"<sheetData>{rows}</sheetData>", styles=STYLES))

    assert column(sheet) == [text]
    assert said(sheet) == notes


FORMATS = [
    ('0!.0,"万元"', True), ('0\\.0,"万元"', True), ('0"."0,', True), ('0.00,,"百万"', True), ("#,##0,", True), ('0.0"亿元"', True),
    ('[>=10000]0!.0,"万";0', True), ("0.00万元", True),
    ("#,##0", False), ("#,##0.00_ ", False), ("_ * #,##0.00_ ;_ * \\-#,##0.00_ ", False), ("#,##0;[Red]-#,##0", False),
    ('0.00"元"', False), ("[$-804]yyyy/m/d", False), ("[DBNum1][$-804]yyyy年m月", False), ("0", False),
]  # fmt: skip


@pytest.mark.parametrize(("code", "is_scaled"), FORMATS)
def test_a_number_shown_in_another_unit_is_not_used(code: str, is_scaled: bool) -> None:
    styles = (
        f'<numFmts count="1"><numFmt numFmtId="164" formatCode="{escape(code, {chr(34): "&quot;"})}"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
    )
    amount = cell("B2", 35000.0, ' s="1"')
    rows = f'<row r="1">{cell("A1", "名称")}{cell("B1", "数量")}</row><row r="2">{cell("A2", "甲")}{amount}</row>'

    sheet = read_sheet(book(f"<sheetData>{rows}</sheetData>", styles=styles))

    assert [note.remark for note in sheet.damage.get(2, ())] == ([Remark.SCALED] if is_scaled else [])


def test_only_lost_values_count_as_damage() -> None:
    sheet = read_sheet(book(data(["名称", "代码", "数"], ["３", 913301001234567890.0, 1.0], ["乙", 5.0, 1.0])))

    assert [(number, [note.cell for note in notes]) for number, notes in sheet.damage.items()] == [(2, ["B2"])]


IN_CSV = [
    ("the end of a code is lost", "9.13E+17", "9.13E+17", [Remark.SCIENTIFIC]),
    ("a small number in that notation is whole", "1.5E+03", "1.5E+03", []),
    ("a column was too narrow", "#####", "#####", [Remark.HASHES]),
    ("a formula is no value", "=A1+B1", "=A1+B1", [Remark.FORMULA]),
    ("text in Excel's way", '"=""0036"""', "0036", []),
    ("our own export's guard", "'=1+1", "=1+1", []),
    ("a minus is a number", "-3", "-3", []),
]


@pytest.mark.parametrize("story, written, text, remarks", IN_CSV, ids=[story for story, *_ in IN_CSV])
def test_a_csv_cell_keeps_its_meaning_or_is_marked(story: str, written: str, text: str, remarks: list[Remark]) -> None:
    sheet = read_sheet(f"名称,数量\n甲,{written}\n".encode())

    assert column(sheet) == [text]
    assert said(sheet) == [("B2", remark) for remark in remarks]


def test_a_row_longer_than_the_header_is_marked_as_shifted() -> None:
    sheet = read_sheet("名称,数量\n甲,1,234\n乙,5,\n".encode())

    assert sheet.rows == [("甲", "1"), ("乙", "5")]
    assert said(sheet) == [("C2", Remark.SHIFTED)]


def test_titles_above_the_header_are_skipped_and_said() -> None:
    sheet = read_sheet(book(data(["2024年统计表"], ["单位：万元"], ["名称", "数量", "备注"], ["甲", 1.0, "无"])))

    assert (sheet.header, sheet.header_row, sheet.numbers) == (("名称", "数量", "备注"), 3, [4])
    assert said(sheet) == [("A1", Remark.SKIPPED), ("A2", Remark.SKIPPED)]


def test_hidden_cells_links_and_other_sheets_are_said() -> None:
    rows = data(["名称", "数量", None], ["甲", 1.0, None], ["乙", 2.0, None]).replace(
        '<row r="2"', '<row r="2" hidden="1"'
    )
    xml = (
        f'<cols><col min="2" max="2" width="0" hidden="1"/></cols>{rows}'
        '<hyperlinks><hyperlink ref="A2" display="x"/></hyperlinks>'
    )

    sheet = read_sheet(book(xml, more=[("表二", "visible", TABLE), ("空表", "visible", "<sheetData/>")]))

    assert sheet.rows == [("甲", "1"), ("乙", "2")]
    assert set(said(sheet)) == {
        ("A1", Remark.OTHER_SHEET), ("A2", Remark.HIDDEN_ROW), ("B1", Remark.HIDDEN_COLUMN), ("A2", Remark.LINK),
    }  # fmt: skip
    assert "表二" in next(str(note.text) for note in sheet.notes if note.remark is Remark.OTHER_SHEET)


def test_the_first_visible_sheet_with_content_is_read() -> None:
    sheet = read_sheet(
        book("<sheetData/>", more=[("底稿", "hidden", TABLE), ("上报", "visible", data(["a", "b"], ["1", "2"]))])
    )

    assert (sheet.sheet_name, sheet.rows) == ("上报", [("1", "2")])


def test_a_table_that_begins_in_the_middle_keeps_its_addresses() -> None:
    rows = (
        f'<row r="4">{cell("C4", "名称")}{cell("D4", "数量")}</row><row r="7">{cell("C7", "甲")}{cell("D7", 1.0)}</row>'
    )

    sheet = read_sheet(book(f"<sheetData>{rows}</sheetData>"))

    assert (sheet.header, sheet.rows, sheet.cell(0, 3)) == (("", "", "名称", "数量"), [("", "", "甲", "1")], "D7")


def test_elements_with_a_prefix_are_read_alike() -> None:
    xml = TABLE.replace('<c r="B3"><v>2.5</v></c>', '<c r="B3"><f>1</f></c>')
    prefixed = xml.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:")

    sheet = read_sheet(packed({**parts(), SHEET: f'{HEAD}<x:worksheet xmlns:x="{MAIN}">{prefixed}</x:worksheet>'}))

    assert sheet.rows == [("甲", "1"), ("乙", "")]
    assert said(sheet) == [("B3", Remark.NO_RESULT)]


def test_a_thousand_harmless_notes_are_kept_and_the_rest_counted() -> None:
    sheet = read_sheet(("名称,数量\n" + "１,2\n" * 1500).encode())

    assert len(sheet.notes) == 1001
    assert "另有 500 处提示" in str(sheet.notes[-1].text)


def test_addresses_go_there_and_back() -> None:
    assert [letters(each) for each in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert position(address(7, 27)) == (7, 27) == position("AB7")


# --- refused: headers, secrecy ---------------------------------------------------------------------

HEADERS = [
    ("three rows merged", data(["名称", "经费", None], [None, "财政", "企业"], [None, "一季度", "二季度"], ["甲", 1.0, 2.0])
     + '<mergeCells><mergeCell ref="A1:A3"/><mergeCell ref="B1:C1"/></mergeCells>', "表头占了两行（第 1 行和第 2 行）"),
    ("two rows with gaps", data(["名称", "经费", None, "备注"], [None, "财政", "企业", None], ["甲", 1.0, 2.0, "无"]),
     "表头占了两行"),
    ("too many columns", data([f"列{at}" for at in range(21)], ["甲"] * 21), "U 列，超过 200,000 行、20 列的上限"),
]  # fmt: skip


@pytest.mark.parametrize("story, xml, sentence", HEADERS, ids=[story for story, *_ in HEADERS])
def test_a_header_that_can_be_read_in_two_ways_is_refused(story: str, xml: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        read_sheet(book(xml), limits=Limits(columns=20))


def test_two_columns_of_one_name_are_handed_over_as_they_are() -> None:
    sheet = read_sheet(book(data(["名称", "联系人", "联系人"], ["甲", "张三", "李四"])))

    assert (sheet.header, sheet.rows) == (("名称", "联系人", "联系人"), [("甲", "张三", "李四")])


def test_an_unnamed_merged_column_is_said() -> None:
    sheet = read_sheet(
        book(data(["名称", "经费", None], ["甲", 1.0, 2.0]) + '<mergeCells><mergeCell ref="B1:C1"/></mergeCells>')
    )

    assert set(said(sheet)) == {("B1", Remark.MERGED), ("C2", Remark.OUTSIDE)}


MARKS = [
    "秘密",
    "机密★1年",
    "绝密★启用前",
    "密级：机密",
    "【秘密】",
    "秘 密",
    "机　密★长期",
    "秘密★10年 青溪县科技统计表",
    "绝密级",
]


@pytest.mark.parametrize("mark", MARKS)
def test_a_file_headed_with_a_secrecy_level_is_refused(mark: str) -> None:
    for file in (f"{mark},\n名称,数量\n甲,1\n".encode("gb18030"), book(data([mark], ["名称", "数量"], ["甲", 1.0]))):
        with pytest.raises(Unreadable, match=r"标有密级.*涉密文件不得上传到本系统"):
            read_sheet(file)


PLACES = [
    ("the printed header", parts(f"{TABLE}<headerFooter><oddHeader>&amp;R&amp;\"黑体\"&amp;12机密★1年</oddHeader></headerFooter>")),
    ("a shape", {**parts(), "xl/drawings/drawing1.xml": "<d><a:p><a:r><a:t>秘</a:t></a:r><a:r><a:t>密</a:t></a:r></a:p></d>"}),
    ("another sheet", parts(more=[("附表", "visible", data(["秘密"], ["a", "b"]))])),
    ("a hidden sheet", parts(more=[("附表", "hidden", data(["机密"], ["a", "b"]))])),
    ("the properties", {**parts(), "docProps/core.xml": "<c><k>机密★5年</k></c>"}),
    ("far below, with a star", parts(data(["名称", "数量"], *[["甲", 1.0]] * 30, ["机密★1年", 1.0]))),
]  # fmt: skip


@pytest.mark.parametrize("story, content", PLACES, ids=[story for story, _ in PLACES])
def test_a_marking_is_found_where_people_put_it(story: str, content: Parts) -> None:
    with pytest.raises(Unreadable, match="标有密级"):
        read_sheet(packed(content))


@pytest.mark.parametrize("word", ["商业秘密保护培训", "秘密花园文化公司", "机密性评估", "加密芯片", "保密审查通过"])
def test_words_that_only_contain_such_a_word_are_not_refused(word: str) -> None:
    assert read_sheet(book(data(["名称", "数量"], [word, 1.0]))).rows == [(word, "1")]


# --- hostile files ---------------------------------------------------------------------------------

XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
    + "]>"
)
ENTRY = 30  # bytes of a local header before the name
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def with_part(name: str, content: str | bytes, base: Parts | None = None) -> bytes:
    return packed({**(base or parts()), name: content})


def with_dtd(name: str, dtd: str = XXE) -> bytes:
    """The workbook with a DTD in one part."""
    content = parts()[name]
    assert isinstance(content, str)
    return with_part(name, content.replace(HEAD, HEAD + dtd))


def worksheet(inside: str | bytes) -> bytes:
    body = inside if isinstance(inside, bytes) else inside.encode()
    return packed({**parts(), SHEET: HEAD.encode() + f'<worksheet xmlns="{MAIN}">'.encode() + body + b"</worksheet>"})


def overlapping() -> bytes:
    """Twenty entries of the directory that all unfold one block."""
    target = io.BytesIO(packed({**parts(), "xl/media/a.bin": os.urandom(2000)}))
    with zipfile.ZipFile(target, "a") as package:
        info = package.getinfo("xl/media/a.bin")
        for at in range(20):
            twin = zipfile.ZipInfo(f"xl/media/{at}.bin")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(twin, name, getattr(info, name))
            package.filelist.append(twin)
            package.NameToInfo[twin.filename] = twin
        package._didModify = True  # type: ignore[attr-defined]
    return target.getvalue()


def understated() -> bytes:
    """A sheet of 20 MB that both headers call 5 kB, with the checksum of its first 5 kB."""
    content = f'{HEAD}<worksheet xmlns="{MAIN}">{TABLE}'.encode() + b" " * (20 << 20) + b"</worksheet>"
    file = bytearray(packed({**parts(), SHEET: content}))
    size, crc = struct.pack("<L", len(content)), struct.pack("<L", zlib.crc32(content))
    for _ in range(2):
        file = file.replace(crc, struct.pack("<L", zlib.crc32(content[:5000])), 1)
    return bytes(file.replace(size, struct.pack("<L", 5000)))


def renamed_in_place(old: str, new: str) -> bytes:
    """The workbook with an added entry whose name is changed afterwards, which no writer would write."""
    assert len(old) == len(new)
    return with_part(old, "<x/>").replace(old.encode(), new.encode())


def symbolic_link() -> bytes:
    target = io.BytesIO(book())
    with zipfile.ZipFile(target, "a") as package:
        info = zipfile.ZipInfo("xl/media/a")
        info.external_attr = 0o120777 << 16
        package.writestr(info, "/etc/passwd")
    return target.getvalue()


def related(kind: str, target: str, *, is_external: bool = False) -> bytes:
    return with_part(
        "xl/worksheets/_rels/sheet1.xml.rels", relationships((kind, target), external=[kind] if is_external else [])
    )


def encrypted() -> bytes:
    file = bytearray(book())
    for at, byte in ((6, 1),):
        file[at] |= byte
    directory = file.index(b"PK\x01\x02")
    file[directory + 8] |= 1
    return bytes(file)


def repeated_string() -> bytes:
    """One text of 30,000 characters that fifty thousand cells show."""
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c><c r="B{at}"><v>{at}</v></c></row>' for at in range(1, 50_000)
    )
    return book(f"<sheetData>{rows}</sheetData>", strings=LONG_STRING)


LONG_STRING = "<si><t>" + "长" * 30_000 + "</t></si>"
HOSTILE = [
    ("0 bytes", b"", "", "文件是空的"),
    ("only blanks", b" \n\t\n", "", "文件是空的"),
    ("zeros", bytes(5000), "", "认不出"),
    ("a CSV with NUL", b"a,b\n1,\x002\n", "a.csv", "认不出"),
    ("random bytes", bytes(range(256)) * 20, "a.xlsx", "认不出"),
    ("a CSV that is a zip", packed({"a.txt": "x"}), "a.csv", "这是压缩包.*先解压"),
    ("a PDF", b"%PDF-1.4\n1 0 obj <</JS (app.alert(1))>>", "", "这是PDF 文件.*请向发文单位要表格原件"),
    ("an old workbook", OLD + "Workbook\0".encode("utf-16-le"), "a.xls", "旧版 .xls 文件读不出来"),
    ("an encrypted workbook", OLD + "EncryptedPackage\0".encode("utf-16-le"), "a.xlsx", "加了密码"),
    ("a document", write(SHORT, proof=proof_of(SHORT)), "", "Word 文档"),
    ("a document that calls itself a workbook", with_part("xl/workbook.xml", "<x/>", {"word/document.xml": "<x/>"}), "", "不是 Excel 工作簿"),
    ("a binary workbook", packed({"xl/workbook.bin": b"x"}), "a.xlsb", "二进制 Excel"),
    ("a flat bomb", with_part("xl/media/a.bin", bytes(80 << 20)), "", "压缩炸弹"),
    ("a bomb of rows", worksheet(b"<sheetData>" + b"<row><c><v>1</v></c></row>" * 900_000 + b"</sheetData>"), "", "压缩炸弹"),
    ("a bomb over the size", with_part("xl/media/a.bin", bytes(210 << 20)), "", "压缩炸弹"),
    ("a nested zip", with_part("xl/media/a.bin", book()), "", "套着"),
    ("overlapping entries", overlapping(), "", "互相重叠"),
    ("an understated size", understated(), "", "前后矛盾"),
    ("too many entries", packed({**parts(), **{f"xl/media/{at}": "" for at in range(1100)}}), "", "个部件"),
    ("a path upwards", renamed_in_place("xl/media/aa.xml", "../../../aa.xml"), "", "可能用于攻击"),
    ("an absolute path", renamed_in_place("xl/media/aa.xml", "/etc/cron/a.xml"), "", "可能用于攻击"),
    ("a path upwards with backslashes", renamed_in_place("xl/media/aa.xml", "..\\..\\..\\aa.xml"), "", "可能用于攻击"),
    ("a case twin", with_part("xl/WORKSHEETS/sheet1.xml", "<x/>"), "", "重名"),
    ("a symbolic link", symbolic_link(), "", "指向别处"),
    ("a polyglot: a script before the zip", b"#!/bin/sh\nexit\n" + book(), "", "认不出"),
    ("a polyglot: a page behind the zip", book() + b"<html><script>1</script></html>", "", "前后夹带|损坏"),
    ("a truncated zip", book()[:-200], "", "损坏"),
    ("half a zip", book()[:900], "", "损坏|压缩包"),
    ("a flipped byte", book()[:80] + b"\xff" + book()[81:], "", "损坏"),
    ("an encrypted entry", encrypted(), "", "密码"),
    *[(f"XXE in {name}", with_dtd(name), "", "文档类型声明") for name in parts()],
    ("XXE in a drawing", with_part("xl/drawings/drawing1.xml", HEAD + XXE + "<x>&e;</x>"), "", "文档类型声明"),
    ("XXE in a part of another name", with_part("xl/media/picture.svg", HEAD + XXE + "<svg>&e;</svg>"), "", "文档类型声明"),
    ("billion laughs", with_dtd(SHEET, LAUGHS), "", "文档类型声明"),
    ("a DTD behind a megabyte", worksheet("<!--" + os.urandom(700_000).hex() + "-->" + XXE + TABLE), "", "文档类型声明"),
    ("a DTD in UTF-16", with_part(SHEET, f'<?xml version="1.0" encoding="UTF-16"?>{XXE}<worksheet xmlns="{MAIN}"/>'.encode("utf-16")), "", "文档类型声明"),
    ("UTF-16 without a mark", with_part(SHEET, f'{XXE}<worksheet xmlns="{MAIN}"/>'.encode("utf-16-le")), "", "不是 UTF-8"),
    ("UTF-7", with_part(SHEET, f'<?xml version="1.0" encoding="UTF-7"?><worksheet xmlns="{MAIN}"/>'), "", "UTF-7 编码"),
    ("macros", with_part("xl/vbaProject.bin", b"x"), "a.xlsx", "带宏"),
    ("macros under another name", related("vbaProject", "../code.bin"), "", "宏"),
    ("an old macro sheet", with_part("xl/macrosheets/sheet1.xml", "<x/>"), "", "宏"),
    ("a macro type", with_part("[Content_Types].xml", "<Types><x t='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/></Types>"), "", "宏"),
    ("a template outside", related("attachedTemplate", "file://server/x", is_external=True), "", "外部内容"),
    ("an OLE object", related("oleObject", "../embeddings/x.bin"), "", "嵌入"),
    ("an embedded file", with_part("xl/embeddings/oleObject1.bin", OLD), "", "嵌入"),
    ("an embedded file in disguise", with_part("xl/media/image1.png", OLD), "", "嵌入|套着"),
    ("a cell in the last corner", worksheet(TABLE.replace('r="B3"', 'r="XFD3"')), "", "超过 200,000 行、200 列"),
    ("a row far below", worksheet(TABLE.replace('r="3"', 'r="1048576"').replace('3"', '1048576"')), "", "超过 200,000 行、200 列"),
    ("many columns without addresses", worksheet(f"<sheetData><row>{'<c><v>1</v></c>' * 50_000}</row></sheetData>"), "", "200 列|压缩炸弹"),
    ("a row twice", worksheet(TABLE.replace('<row r="3"', '<row r="2"')), "", "出现了两次"),
    ("a string that is not there", worksheet(TABLE.replace("</row>", '<c r="C1" t="s"><v>99</v></c></row>', 1)), "", "前后矛盾"),
    ("a number that is none", worksheet('<sheetData><row r="1"><c r="A1" t="s"><v>-1</v></c></row></sheetData>'), "", "前后矛盾"),
    ("deep XML", worksheet("<sheetData>" + "<x>" * 200_000 + "</x>" * 200_000 + "<v/></sheetData>"), "", "没有可导入|矛盾|损坏|压缩炸弹"),
    ("XML that never closes", worksheet("<sheetData><row><c><v>1</v>"), "", "矛盾|损坏"),
    ("one long string fifty thousand times", repeated_string(), "", "MB 的上限"),
    ("two far corners within the limits", worksheet(TABLE.replace('<row r="3"', '<row r="199999"').replace('r="B3"', 'r="GR199999"')), "", "内存超过 300 MB"),
    ("no sheets", with_part("xl/workbook.xml", f'<workbook xmlns="{MAIN}"><sheets/></workbook>'), "", "没有可导入的内容"),
    ("a sheet that is missing", packed({name: part for name, part in parts().items() if name != SHEET}), "", "缺少工作表"),
    ("only hidden sheets", book("<sheetData/>", more=[("底稿", "veryHidden", TABLE)]), "", "是隐藏的"),
    ("a quote that never closes", b'a,b\n"' + b"x\n" * 300_000, "", "不是正确的 CSV"),
    ("one endless line", b"x" * (3 << 20), "", "不是正确的 CSV"),
    ("three million commas", b"a,b\n" + b"," * 3_000_000 + b"1\n", "", None),
    ("a full-width comma", "名称，数量\n甲，1\n".encode(), "", "全角逗号"),
    ("text in Big5", "機構名稱,發展經費總額\n臺灣電腦科技,1\n".encode("big5"), "", "编码"),
    ("ten thousand broken cells", ("a,b\n" + "x,9.1E+17\n" * 10_001).encode(), "", "超过 10000 个单元格"),
]  # fmt: skip


@pytest.mark.parametrize("story, file, name, sentence", HOSTILE, ids=[story for story, *_ in HOSTILE])
def test_a_hostile_file_ends_in_one_sentence_quickly_and_small(
    story: str, file: bytes, name: str, sentence: str | None
) -> None:
    before = resident()
    began = time.monotonic()
    peaks = []
    try:
        if sentence is None:
            peaks = [read_sheet(file, name=name).peak]
        else:
            with pytest.raises(Unreadable, match=sentence) as refusal:
                read_sheet(file, name=name)
            assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 200
            assert str(refusal.value).endswith("。")
    finally:
        seconds = time.monotonic() - began
    if file:
        peaks += [
            int(each["peak"])
            for each in confined.answers(sheets.WORK, file, sheets.request_of(name, ""), sheets.LIMITS)
            if "peak" in each
        ]

    assert seconds < 10 * patience()  # on a machine of half the speed three million commas take five
    assert resident() - before < 64 << 20
    assert all(peak < idle() + (300 << 20) for peak in peaks)


def patience() -> float:
    """How much slower than alone this machine may be just now: the load over its processors, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def resident() -> int:
    """Bytes this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def idle() -> int:
    """Bytes the child holds when there is nothing to do; generous."""
    return 60 << 20


# --- the child -------------------------------------------------------------------------------------


def test_the_child_that_takes_too_long_is_stopped() -> None:
    rows = "名称,数量\n" + "".join(f"甲{at},{at}\n" for at in range(190_000))
    began = time.monotonic()

    with pytest.raises(Unreadable, match=r"用了超过 0\.2 秒"):
        read_sheet(rows.encode(), limits=Limits(seconds=0.2))
    assert time.monotonic() - began < 3 * patience()


def test_the_child_that_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(Unreadable, match="内存超过 8 MB"):
        read_sheet(("名称,数量\n" + "甲,1\n" * 900_000).encode(), limits=Limits(memory=8 << 20))


def test_what_the_child_says_is_bounded_too() -> None:
    with pytest.raises(Unreadable, match="超过 0 MB 的上限"):
        read_sheet(("名称,数量\n" + "甲,1\n" * 2_000).encode(), limits=Limits(output=100))


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(Unreadable, match="文件超过 20 行"):
        read_sheet(("名称,数量\n" + "甲,1\n" * 21).encode(), limits=Limits(rows=20))


def test_a_file_over_the_limit_is_refused_before_any_process_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined.subprocess, "Popen", None)

    with pytest.raises(Unreadable, match="超过 20 MB"):
        read_sheet(b"a" * (20 * 2**20 + 1))


def test_the_child_sees_nothing_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINGKE_SECRET", "s")

    assert "XINGKE_SECRET" not in confined.environment()


def test_the_child_can_open_no_file_and_start_no_process(tmp_path: Path) -> None:
    code = (
        "import resource\nfrom xingke.press import confined, sheets\nconfined.confine(sheets.LIMITS)\n"
        "try:\n    open('/etc/hostname')\nexcept OSError as error:\n    print(error.errno)\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0], resource.getrlimit(resource.RLIMIT_NPROC)[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=confined.environment()
    )

    assert done.stdout.split() == ["24", "0", "0"], "EMFILE; no core; no process"


def test_twenty_thousand_rows_stay_far_below_the_limit() -> None:
    rows = data(["代码", "名称", "数量"], *[[f"C{at}", "虚构企业", at / 100] for at in range(20_000)])

    sheet = read_sheet(books.book(rows))

    assert len(sheet.rows) == 20_000
    assert sheet.rows[-1] == ("C19999", "虚构企业", "199.99")
    assert sheet.peak < 100 << 20


def test_an_example_with_the_same_header_is_not_read_for_the_list() -> None:
    candidates = [Candidate("填报示例", True, 3), Candidate("名单", True, 3), Candidate("另一张", True, 3)]

    assert choose(candidates, "") == 1
    assert choose(candidates[:1], "") == 0
