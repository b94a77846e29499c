"""The written file: one figure one bound control, the official page, the same bytes each time."""

from dataclasses import replace

import pytest
from lxml import etree

from xingke.press.docx_reader import read
from xingke.press.docx_writer import store_id, title_lines, write
from xingke.press.tests.cast import SHORT, chip, long_document, proof_of
from xingke.press.tests.surgery import DOCUMENT, PART_A, W, control, unpacked
from xingke.press.tree import DocumentTree, Paragraph

PROOF = proof_of(SHORT)
FILE = write(SHORT, proof=PROOF)


def test_what_is_written_is_read_back() -> None:
    reading = read(FILE)

    assert reading.proof == PROOF
    assert reading.strings == ("36", "6", "230", "13.5%", "4.15", "2", "15", "3", "31")
    assert [(control.slot, control.text, control.alias) for _, _, control in reading.controls][:2] == [
        (1, "36", "省级科技项目申报数 #1"),
        (2, "6", "省级科技项目立项数 #2"),
    ]
    assert reading.identifier == SHORT.id
    assert reading.foreign == ()
    texts = [paragraph.text for paragraph in reading.paragraphs]
    assert (
        "2024年上半年，全县申报省级科技项目36项，立项6项；到位资金230万元，增长13.5%。下一步，继续抓好“十四五”规划落实。"
        in texts
    )


def test_the_same_document_gives_the_same_bytes() -> None:
    assert write(SHORT, proof=PROOF) == FILE


def test_every_part_is_well_formed_and_stands_once() -> None:
    parts = unpacked(FILE)

    assert len(parts) == len(set(parts))
    for name, text in parts.items():
        etree.fromstring(text.encode(), None), name


def test_a_control_is_named_locked_and_bound_to_part_a() -> None:
    xml = control(unpacked(FILE)[DOCUMENT], 4)

    assert 'alias w:val="科技项目到位资金同比 #4"' in xml
    assert '<w:lock w:val="sdtLocked"/>' in xml
    assert 'w:xpath="/f:figures[1]/f:figure[4]"' in xml
    assert f'w:storeItemID="{store_id(SHORT.id, "A")}"' in xml
    assert store_id(SHORT.id, "A") in unpacked(FILE)["customXml/itemProps1.xml"]


def test_part_a_holds_display_strings_and_no_attributes() -> None:
    root = etree.fromstring(unpacked(FILE)[PART_A].encode())

    assert [child.text for child in root] == ["36", "6", "230", "13.5%", "4.15", "2", "15", "3", "31"]
    assert not root.attrib and not any(child.attrib for child in root)


def test_the_page_is_that_of_the_standard() -> None:
    section = etree.fromstring(unpacked(FILE)[DOCUMENT].encode()).find(f".//{{{W}}}sectPr")
    assert section is not None
    size, margins, grid = (section.find(f"{{{W}}}{name}") for name in ("pgSz", "pgMar", "docGrid"))
    assert size is not None and margins is not None and grid is not None

    assert (size.get(f"{{{W}}}w"), size.get(f"{{{W}}}h")) == ("11906", "16838")
    assert [margins.get(f"{{{W}}}{side}") for side in ("top", "bottom", "left", "right")] == [
        "2098",
        "1984",
        "1587",
        "1474",
    ]
    assert (grid.get(f"{{{W}}}type"), grid.get(f"{{{W}}}linePitch")) == ("lines", "579")


def test_page_numbers_change_sides() -> None:
    parts = unpacked(FILE)

    assert '<w:jc w:val="right"/>' in parts["word/footer1.xml"]
    assert '<w:jc w:val="left"/>' in parts["word/footer2.xml"]
    assert "evenAndOddHeaders" in parts["word/settings.xml"]


def test_fictional_data_is_marked_at_the_head_and_on_every_page() -> None:
    marked = read(FILE)
    plain = read(write(replace(SHORT, is_fictional=False), proof=None))

    assert marked.paragraphs[0].text == "虚构数据"
    assert "虚构数据　仅供演示，不反映任何真实地区" in unpacked(FILE)["word/header1.xml"]
    assert not any("虚构" in each.text for each in plain.paragraphs)


def test_a_document_without_proof_still_binds_its_figures() -> None:
    reading = read(write(SHORT, proof=None))

    assert reading.proof is None
    assert reading.strings is not None and len(reading.strings) == 9


def test_a_proof_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="the proof is of 01934f00-0000-7000-8000-000000000001"):
        write(long_document(), proof=PROOF)
    other = replace(PROOF, figures=(replace(PROOF.figures[0], text="37项"), *PROOF.figures[1:]))
    with pytest.raises(ValueError, match=r"speak different figures: .*36项.* against .*37项"):
        write(SHORT, proof=other)


def test_special_characters_are_escaped() -> None:
    document = DocumentTree(
        id="x",
        title="甲<乙>&丙",
        issuer="“局”",
        date="2024年1月1日",
        blocks=(Paragraph(inlines=(' 前 <b>&"', chip(1, "1<2", 'a"<&'), "]]> ")),),
    )

    texts = [paragraph.text for paragraph in read(write(document, proof=proof_of(document))).paragraphs]

    assert ' 前 <b>&"1<2]]> ' in texts and "甲<乙>&丙" in texts


@pytest.mark.parametrize(
    "title, lines",
    [
        ("青溪县科学技术局2024年工作总结", ["青溪县科学技术局2024年工作总结"]),
        (
            "青溪县科学技术局2024年上半年工作总结和下半年工作计划",
            ["青溪县科学技术局2024年上半年", "工作总结和下半年工作计划"],
        ),
        ("青溪县科学技术局关于下达县级科技计划项目的通知", ["青溪县科学技术局关于", "下达县级科技计划项目的通知"]),
    ],
)
def test_a_long_title_breaks_where_a_phrase_ends(title: str, lines: list[str]) -> None:
    assert title_lines(title) == lines
