"""Reading files from anywhere: what is refused, and what counts as the text."""

import io
import zipfile

import pytest

from xingke.base.press.docx_reader import Bound, Limits, Opaque, Reading, ReadParagraph, Story, Unreadable, read
from xingke.base.press.docx_writer import write
from xingke.base.press.tests import surgery
from xingke.base.press.tests.cast import SHORT, proof_of
from xingke.base.press.tests.surgery import DOCUMENT, PART_A, PART_B, W

FILE = write(SHORT, proof=proof_of(SHORT))
WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def texts(reading: Reading, story: Story = Story.BODY) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs if paragraph.story is story]


def last(data: bytes) -> ReadParagraph:
    return [paragraph for paragraph in read(data).paragraphs if paragraph.story is Story.BODY][-1]


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

    with pytest.raises(Unreadable, match="两份证明"):
        read(surgery.packed(parts))


# --- the text


def test_a_file_in_strict_ooxml_is_read() -> None:
    strict = surgery.edited(
        FILE, DOCUMENT, lambda text: text.replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    )

    assert texts(read(strict)) == texts(read(FILE))


def test_split_runs_are_joined_and_breaks_become_characters() -> None:
    xml = (
        "<w:p><w:r><w:t>3</w:t></w:r><w:proofErr w:type='spellStart'/><w:r><w:rPr><w:b/></w:rPr><w:t>6</w:t><w:tab/></w:r>"
        "<w:hyperlink><w:r><w:t>项</w:t><w:noBreakHyphen/></w:r></w:hyperlink><w:r><w:sym w:font='Symbol' w:char='F037'/></w:r></w:p>"
    )

    assert texts(read(surgery.with_paragraph(FILE, xml)))[-1] == "36\t项-7"


def test_hidden_text_and_the_numbers_of_pages_at_their_foot_are_no_text() -> None:
    xml = (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>显</w:t></w:r>"
        "<w:fldSimple w:instr=' PAGE '><w:r><w:t>12</w:t></w:r></w:fldSimple>"
        "<w:fldSimple w:instr=' =30+6 '><w:r><w:t>36</w:t></w:r></w:fldSimple></w:p>"
    )

    reading = read(surgery.with_paragraph(FILE, xml))

    assert texts(reading)[-1] == "显1236"  # pages are numbered at their foot, not in the text
    assert texts(reading, Story.FOOTER) == ["—  —", "—  —"]


def test_tracked_changes_show_the_final_view_and_are_told() -> None:
    xml = (
        '<w:p><w:r><w:t>申报</w:t></w:r><w:del w:author="李四"><w:r><w:delText>36</w:delText></w:r></w:del>'
        '<w:ins w:author="张三"><w:r><w:t>37</w:t></w:r></w:ins><w:r><w:t>项</w:t></w:r>'
        '<w:moveFrom w:author="王五"><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo w:author="王五"><w:r><w:t>新</w:t></w:r></w:moveTo></w:p>'
    )

    paragraph = [each for each in read(surgery.with_paragraph(FILE, xml)).paragraphs if each.story is Story.BODY][-1]

    assert paragraph.text == "申报37项新"
    assert [(each.is_insertion, each.start, each.end, each.text, each.author) for each in paragraph.changes] == [
        (False, 2, 2, "36", "李四"),
        (True, 2, 4, "37", "张三"),
        (False, 5, 5, "旧", "王五"),
        (True, 5, 6, "新", "王五"),
    ]


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    xml = (
        '<w:p><w:pPr><w:rPr><w:del w:author="李四"/></w:rPr></w:pPr><w:r><w:t>申报3</w:t></w:r></w:p>'
        + surgery.paragraph("6项")
    )

    assert texts(read(surgery.with_paragraph(FILE, xml)))[-1] == "申报36项"


def test_a_text_box_is_read_once_although_it_is_written_twice() -> None:
    inner = f"<w:txbxContent>{surgery.paragraph('框中36项')}</w:txbxContent>"
    xml = (
        f'<w:p xmlns:mc="{MC}" xmlns:wps="{WPS}"><w:r><w:t>外</w:t></w:r><w:r><mc:AlternateContent>'
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{inner}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )

    reading = read(surgery.with_paragraph(FILE, xml))

    assert texts(reading, Story.TEXT_BOX) == ["框中36项"]
    assert texts(reading)[-1] == "外"


def test_notes_charts_and_pictures_are_visited() -> None:
    notes = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="-1">{surgery.paragraph("线")}</w:footnote>'
        f'<w:footnote w:id="1">{surgery.paragraph("注")}</w:footnote></w:footnotes>'
    )
    chart = (
        f'<c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}"><a:p><a:r><a:t>标</a:t></a:r><a:r><a:t>题</a:t></a:r></a:p>'
        '<c:numCache><c:formatCode>General</c:formatCode><c:pt idx="0"><c:v>36</c:v></c:pt></c:numCache></c:chartSpace>'
    )
    data = surgery.with_part(FILE, name="footnotes.xml", kind="footnotes", xml=notes)
    data = surgery.with_paragraph(data, f'<w:p xmlns:a="{DRAWING}"><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>')

    reading = read(data)

    assert texts(reading, Story.FOOTNOTE) == ["线", "注"]
    assert reading.opaque == (Opaque.PICTURE,)
    assert texts(read(surgery.with_part(FILE, name="charts/chart1.xml", kind="chart", xml=chart)), Story.CHART) == [
        "标题",
        "36",
    ]


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


def test_a_control_around_a_whole_paragraph_or_cell_is_still_bound() -> None:
    inline = surgery.control(surgery.unpacked(FILE)[DOCUMENT], 1)
    run = surgery.content(inline)
    block = inline.replace(run, f"<w:p>{run}</w:p>")
    cell = inline.replace(run, f"<w:tc><w:p>{run}</w:p></w:tc>")
    table = f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"

    found = [
        each.pieces for each in read(surgery.with_paragraph(FILE, block + table)).paragraphs if each.story is Story.BODY
    ]

    expected = (Bound(xpath="/f:figures[1]/f:figure[1]", alias="省级科技项目申报数 #1", text="36", slot=1),)
    assert found[-2:] == [expected, expected]


def test_a_broken_part_b_is_told_not_fatal() -> None:
    reading = read(surgery.replaced(FILE, PART_B, ' digest="', ' dig="'))

    assert reading.proof is None
    assert reading.proof_error is not None and "lacks 'digest'" in reading.proof_error


# --- ways to hide words from a reader of files while a person sees them


HIDDEN = {
    "an element of another namespace with the name of a deletion": (
        '<w:p xmlns:x="urn:x"><x:del><w:r><w:t>获奖12项</w:t></w:r></x:del></w:p>'
    ),
    "properties of another namespace": '<w:p xmlns:x="urn:x"><x:pPr><w:r><w:t>获奖12项</w:t></w:r></x:pPr></w:p>',
    "a control of another namespace": '<w:p xmlns:x="urn:x"><x:sdt><w:r><w:t>获奖12项</w:t></w:r></x:sdt></w:p>',
    "a choice that no program makes": (
        f'<w:p xmlns:mc="{MC}"><w:r><mc:AlternateContent><mc:Choice Requires="zz"><w:t>认真</w:t></mc:Choice>'
        "<mc:Fallback><w:t>获奖12项</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    ),
    "the result of a page field": (
        '<w:p><w:fldSimple w:instr="PAGE"><w:r><w:t>获奖12项</w:t></w:r></w:fldSimple></w:p>'
    ),
    "a page field that never ends": (
        '<w:p><w:r><w:t>获奖</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText>'
        '<w:fldChar w:fldCharType="separate"/><w:t>12</w:t></w:r></w:p>'
    ),
    "a wrapped table row": (
        '<w:tbl xmlns:x="urn:x"><x:y><w:tr><w:tc><w:p><w:r><w:t>获奖12项</w:t></w:r></w:p></w:tc></w:tr></x:y></w:tbl>'
    ),
}


@pytest.mark.parametrize("way", HIDDEN)
def test_words_a_person_sees_are_read_however_they_are_wrapped(way: str) -> None:
    assert "获奖" in last(surgery.with_paragraph(FILE, HIDDEN[way])).text
    assert "12" in last(surgery.with_paragraph(FILE, HIDDEN[way])).text


def test_the_label_of_a_list_is_read_with_a_number_where_it_has_words() -> None:
    xml = f'<w:numbering xmlns:w="{W}"><w:lvlText w:val="获奖12项%1."/><w:lvlText w:val="%1."/></w:numbering>'

    reading = read(surgery.with_part(FILE, name="numbering.xml", kind="numbering", xml=xml))

    assert texts(reading, Story.NUMBERING) == ["获奖12项1.", "."]


def test_part_names_that_differ_in_case_only_are_refused() -> None:
    parts = {**surgery.unpacked(FILE), "word/DOCUMENT.xml": "<other/>"}

    with pytest.raises(Unreadable, match="重名的部件"):
        read(surgery.packed(parts))
