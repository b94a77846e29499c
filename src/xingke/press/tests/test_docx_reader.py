"""Reading files from anywhere: what is refused, and what counts as the text."""

import io
import zipfile

import pytest

from xingke.press.docx_reader import Bound, Limits, Reading, ReadParagraph, Unreadable, read
from xingke.press.docx_writer import store_id, write
from xingke.press.tests import surgery
from xingke.press.tests.cast import SHORT, proof_of
from xingke.press.tests.surgery import DOCUMENT, PART_A, PART_B, W

FILE = write(SHORT, proof=proof_of(SHORT))


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


def last(data: bytes) -> ReadParagraph:
    return read(data).paragraphs[-1]


# --- refused


def test_a_file_that_is_no_zip_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"这不是 .docx 文件"):
        read(b"hello")


def test_an_old_or_encrypted_file_is_refused_with_advice() -> None:
    with pytest.raises(Unreadable, match=r"旧版 .doc 文件或加了密码"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))


def test_a_zip_that_is_no_document_is_refused() -> None:
    with pytest.raises(Unreadable, match="不是 Word 文档"):
        read(surgery.packed({"hello.txt": "hello"}))


def test_a_zip_bomb_is_refused_before_it_is_unfolded() -> None:
    parts: dict[str, str | bytes] = {**surgery.unpacked(FILE), "word/media/image1.png": bytes(40 << 20)}

    with pytest.raises(Unreadable, match="疑似压缩炸弹"):
        read(surgery.packed(parts))


def test_too_many_entries_are_refused() -> None:
    parts = {**surgery.unpacked(FILE), **{f"word/media/{at}": "" for at in range(30)}}

    with pytest.raises(Unreadable, match=r"有 \d\d 个部件，超过 20 个的上限"):
        read(surgery.packed(parts), limits=Limits(entries=20))


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(Unreadable, match="超过 0 MB 的上限"):
        read(FILE, limits=Limits(packed=1000))


def test_an_entry_that_lies_about_its_size_is_refused() -> None:
    damaged = bytearray(FILE)
    with zipfile.ZipFile(io.BytesIO(FILE)) as package:
        at = package.getinfo(DOCUMENT).header_offset + 60 + len(DOCUMENT)
    damaged[at : at + 40] = bytes(40)

    with pytest.raises(Unreadable, match=r"word/document\.xml 已经损坏"):
        read(bytes(damaged))


def test_two_parts_of_one_name_are_refused() -> None:
    target = io.BytesIO(FILE)
    with zipfile.ZipFile(target, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr(DOCUMENT, "<other/>")

    with pytest.raises(Unreadable, match="重名的部件"):
        read(target.getvalue())


@pytest.mark.parametrize("part", [DOCUMENT, PART_A, PART_B, "docProps/core.xml", "word/_rels/document.xml.rels"])
def test_a_dtd_is_refused_wherever_it_stands(part: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;">]>'

    with pytest.raises(Unreadable, match="文档类型声明"):
        read(surgery.edited(FILE, part, lambda text: text.replace("?>\n", "?>\n" + bomb, 1)))


def test_a_dtd_in_utf_16_is_refused_too() -> None:
    text = surgery.unpacked(FILE)[DOCUMENT].replace("?>\n", "?>\n<!DOCTYPE x []>", 1).replace("UTF-8", "UTF-16")

    with pytest.raises(Unreadable, match="文档类型声明"):
        read(surgery.packed({**surgery.unpacked(FILE), DOCUMENT: text.encode("utf-16")}))


def test_other_encodings_and_broken_xml_are_refused() -> None:
    with pytest.raises(Unreadable, match="声明了 GBK 编码"):
        read(surgery.replaced(FILE, DOCUMENT, "UTF-8", "GBK"))
    with pytest.raises(Unreadable, match="不是 UTF-8 编码"):
        read(surgery.packed({**surgery.unpacked(FILE), DOCUMENT: b"<a>\xff\xfe</a>"}))
    with pytest.raises(Unreadable, match="不是完整的 XML"):
        read(surgery.replaced(FILE, DOCUMENT, "</w:body>", ""))


def test_two_proofs_in_one_file_are_refused() -> None:
    second = surgery.with_part(FILE, name="../customXml/item9.xml", kind="customXml", xml="")
    parts = surgery.unpacked(second)
    del parts["word/../customXml/item9.xml"]
    parts["customXml/item9.xml"] = parts[PART_B]
    in_place_of_part_a = {**surgery.unpacked(FILE), PART_A: parts[PART_B]}

    assert [each.what for each in read(surgery.packed(parts)).foreign] == ["relationship=customXml×2", "part"]
    with pytest.raises(Unreadable, match="两份证明"):
        read(surgery.packed(in_place_of_part_a))


# --- the text


def test_a_file_in_strict_ooxml_is_read() -> None:
    strict = surgery.edited(
        FILE, DOCUMENT, lambda text: text.replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    )

    assert texts(read(strict)) == texts(read(FILE))


def test_split_runs_are_joined_and_what_editors_leave_between_them_is_no_text() -> None:
    xml = (
        "<w:p><w:r><w:t>3</w:t></w:r><w:proofErr w:type='spellStart'/><w:bookmarkStart w:id='1' w:name='x'/>"
        "<w:r><w:rPr><w:b/></w:rPr><w:lastRenderedPageBreak/><w:t>6</w:t></w:r><w:r><w:t>项</w:t></w:r></w:p>"
    )

    assert last(surgery.with_paragraph(FILE, xml)).text == "36项"


def test_the_instruction_of_a_field_is_no_text_and_its_result_is() -> None:
    xml = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> FORMTEXT </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>36</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )

    assert last(surgery.with_paragraph(FILE, xml)).text == "36"


def test_tracked_changes_show_the_final_view() -> None:
    xml = (
        '<w:p><w:r><w:t>申报</w:t></w:r><w:del w:author="李四"><w:r><w:delText>36</w:delText></w:r></w:del>'
        '<w:ins w:author="张三"><w:r><w:t>37</w:t></w:r></w:ins><w:r><w:t>项</w:t></w:r>'
        '<w:moveFrom w:author="王五"><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo w:author="王五"><w:r><w:t>新</w:t></w:r></w:moveTo></w:p>'
    )

    reading = read(surgery.with_paragraph(FILE, xml))

    assert texts(reading)[-1] == "申报37项新"
    assert [each.what for each in reading.foreign] == ["del", "ins", "moveFrom", "moveTo", "pStyle="]


def test_cells_know_their_table_row_and_column() -> None:
    cells = {each.text: each.cell for each in read(FILE).paragraphs if each.cell is not None}

    assert [(cell.table, cell.row, cell.column) for cell in cells.values()][:5] == [
        (1, 1, 0),
        (1, 1, 1),
        (1, 1, 2),
        (1, 2, 0),
        (1, 2, 1),
    ]
    assert list(cells)[4] == "15家"


@pytest.mark.parametrize(
    "mappings, xpath",
    [
        ("xmlns:x='urn:other'", "/x:a[1]"),
        ("xmlns:f='urn:other' xmlns:g='urn:xingke:figures:1'", "/f:figures[1]/f:figure[1]"),
        ("xmlns:f='urn:xingke:figures:1'", "/f:figures[1]/f:figure[1]/text()"),
    ],
)
def test_a_control_bound_to_something_else_has_no_slot(mappings: str, xpath: str) -> None:
    xml = (
        f'<w:p><w:sdt><w:sdtPr><w:dataBinding w:prefixMappings="{mappings}" w:xpath="{xpath}" w:storeItemID="{{1}}"/>'
        "</w:sdtPr><w:sdtContent><w:r><w:t>36</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    )

    pieces = last(surgery.with_paragraph(FILE, xml)).pieces

    assert [(piece.slot, piece.text) for piece in pieces if isinstance(piece, Bound)] == [(None, "36")]


def test_a_control_bound_to_nothing_is_plain_text() -> None:
    xml = "<w:p><w:sdt><w:sdtContent><w:r><w:t>标题</w:t></w:r></w:sdtContent></w:sdt></w:p>"

    assert last(surgery.with_paragraph(FILE, xml)).pieces == ("标题",)


def test_a_control_around_a_whole_paragraph_is_still_bound() -> None:
    inline = surgery.control(surgery.unpacked(FILE)[DOCUMENT], 1)
    run = surgery.content(inline)
    block = inline.replace(run, f"<w:p>{run}</w:p>")

    (found,) = last(surgery.with_paragraph(FILE, block)).pieces

    assert isinstance(found, Bound)
    assert (found.slot, found.alias, found.text) == (1, "省级科技项目申报数 #1", "36")
    assert found.store == store_id(SHORT.id, "A")


def test_part_b_that_says_more_than_a_proof_is_unreadable() -> None:
    reading = read(surgery.replaced(FILE, PART_B, "<figure slot", "<note/><figure slot"))

    assert (reading.proof, reading.proof_error) == (None, "part B says more than a proof says")


def test_a_broken_part_b_is_told_not_fatal() -> None:
    reading = read(surgery.replaced(FILE, PART_B, ' digest="', ' dig="'))

    assert reading.proof is None
    assert reading.proof_error is not None and "lacks 'digest'" in reading.proof_error


def test_part_names_that_differ_in_case_only_are_refused() -> None:
    parts = {**surgery.unpacked(FILE), "word/DOCUMENT.xml": "<other/>"}

    with pytest.raises(Unreadable, match="重名的部件"):
        read(surgery.packed(parts))
