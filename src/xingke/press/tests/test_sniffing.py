"""What a file is, by its bytes; and names that say something else."""

import pytest

from xingke.press.docx_writer import write
from xingke.press.sniffing import FileKind, Sniffed, disguise, encoding_of, named_kind, no_table, sniff
from xingke.press.tests import books
from xingke.press.tests.cast import SHORT, proof_of

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
KINDS = [
    ("nothing", b"", FileKind.EMPTY),
    ("blanks", b"\xef\xbb\xbf \r\n\t", FileKind.EMPTY),
    ("zeros", bytes(64), FileKind.UNKNOWN),
    ("a table as text", "名称,数量\n甲,1\n".encode(), FileKind.CSV),
    ("a workbook", books.book(), FileKind.XLSX),
    ("one with macros", books.packed({**books.parts(), "xl/vbaProject.bin": b"x"}), FileKind.XLSM),
    ("a binary one", books.packed({"xl/workbook.bin": b"x"}), FileKind.XLSB),
    ("a document", write(SHORT, proof=proof_of(SHORT)), FileKind.DOCX),
    ("any other zip", books.packed({"a.txt": "x"}), FileKind.ZIP),
    ("an old workbook", OLD + "Workbook\0".encode("utf-16-le"), FileKind.XLS),
    (
        "one by what it says of its parts",
        books.packed(
            {
                "a/b.xml": "<x/>",
                "[Content_Types].xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            }
        ),
        FileKind.XLSX,
    ),
    ("one with the strokes of Windows", books.packed({"xl\\workbook.xml": "<x/>"}), FileKind.XLSX),
    ("a page that says it is XML first", b'<?xml version="1.0"?><html><table>', FileKind.HTML),
    (
        "a page in one file",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n<html>",
        FileKind.MHT,
    ),
    (
        "one with ten thousand parts",
        books.packed({**books.parts(), **{f"xl/media/{'x' * 60}{at}": "" for at in range(10_000)}}),
        FileKind.XLSX,
    ),
    ("an encrypted one", OLD + "EncryptedPackage\0".encode("utf-16-le"), FileKind.ENCRYPTED),
    ("another old file", OLD, FileKind.DOC),
    ("a PDF", b"%PDF-1.7\n1 0 obj", FileKind.PDF),
    ("a PDF behind a line", b"\n%PDF-1.7\n1 0 obj", FileKind.PDF),
    ("a web page called a workbook", b"<html><table><tr><td>1</td></tr></table>", FileKind.HTML),
    ("a page with a comment first", b"<!-- x -->\n<TABLE>", FileKind.HTML),
    ("XML", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', FileKind.XML),
    ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", FileKind.PNG),
    ("a photograph", b"\xff\xd8\xff\xe0\0\x10JFIF", FileKind.JPEG),
    ("a layout document", books.packed({"OFD.xml": "<x/>"}), FileKind.OFD),
]


@pytest.mark.parametrize("story, data, kind", KINDS, ids=[story for story, _, _ in KINDS])
def test_a_file_is_what_its_bytes_are(story: str, data: bytes, kind: FileKind) -> None:
    assert sniff(data).kind is kind


TEXT = "名称,数量\n青溪县科学技术局,36\n"


@pytest.mark.parametrize(
    "written, read",
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(written: str, read: str) -> None:
    assert encoding_of(TEXT.encode(written)) == read
    assert TEXT.encode(written).decode(read) == TEXT


def test_a_character_of_four_bytes_is_no_reason_to_refuse() -> None:
    assert encoding_of("镇名,𠮷山镇\n".encode("gb18030")) == "gb18030"


@pytest.mark.parametrize(
    "encoding, text",
    [("big5", "機構名稱,發展經費總額\n臺灣電腦科技\n"), ("shift-jis", "ひらがなカタカナのデータです\n")],
)
def test_text_that_would_turn_into_rare_characters_is_no_text(encoding: str, text: str) -> None:
    assert encoding_of(text.encode(encoding)) == ""


def test_zero_bytes_in_a_text_make_it_none() -> None:
    assert encoding_of(b"a,b\n1,\0\n") == ""


NAMES = [
    ("a workbook called CSV", "表.csv", FileKind.XLSX, True),
    ("a web page called .xls", "表.XLS", FileKind.HTML, True),
    ("a text called .xlsx", "表.xlsx", FileKind.CSV, True),
    ("a CSV called .txt", "表.txt", FileKind.CSV, False),
    ("the truth", "表.XLSX", FileKind.XLSX, False),
    ("no suffix", "表", FileKind.XLSX, False),
    ("no name", "", FileKind.CSV, False),
    ("another name of the same", "表.et", FileKind.XLS, False),
]


@pytest.mark.parametrize("story, name, kind, is_said", NAMES, ids=[story for story, *_ in NAMES])
def test_a_name_that_says_something_else_is_noted(story: str, name: str, kind: FileKind, is_said: bool) -> None:
    assert (disguise(Sniffed(kind), name) is not None) is is_said


def test_what_is_no_table_is_named_with_a_way_out() -> None:
    sentences = {kind: str(no_table(Sniffed(kind))) for kind in FileKind if no_table(Sniffed(kind))}

    assert sentences[FileKind.PDF] == (
        "这是PDF 文件，不能当作表格读；请向发文单位要表格原件，或在 Word、WPS 中转成表格后另存为 .xlsx。"
    )
    assert set(FileKind) - set(sentences) == {FileKind.CSV, FileKind.XLSX, FileKind.XLS, FileKind.HTML, FileKind.XML}


def test_what_a_name_says() -> None:
    assert (named_kind("a.b.XLSM"), named_kind("a.tsv"), named_kind("a.exe")) == (FileKind.XLSM, FileKind.CSV, None)
