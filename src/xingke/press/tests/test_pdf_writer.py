"""The PDF: what the tree says and nothing else, on the official page, with every character drawn or the file refused."""

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pypdfium2 as pdfium
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given, settings
from hypothesis import strategies as st

from xingke.press import docx_writer, pdf_writer
from xingke.press.docx_reader import read
from xingke.press.fonts import FontClass, FontMissing, Fonts, GlyphMissing
from xingke.press.pdf_writer import Untypeset, render, write
from xingke.press.tests.cast import SHORT, chip, long_document, proof_of
from xingke.press.tree import Aside, DocumentTree, Heading, Paragraph, Table

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, (210 - 26) * MM, (297 - 37) * MM, 35 * MM  # PDF counts from the lower edge
NOTHING = replace(SHORT, number=None, is_fictional=False, blocks=())
FILE = write(SHORT)


def said(text: str) -> str:
    """A text without its blanks and line ends: lines are broken where the page wants it."""
    return re.sub(r"\s", "", text.replace("\x02", "-"))  # pdfium's sign for a hyphen at the end of a line


def pages(data: bytes, *, area: tuple[float, float, float, float] = (LEFT, BOTTOM, RIGHT, TOP)) -> list[str]:
    """The text of each page within (left, bottom, right, top), in points; the type area unless told otherwise."""
    left, bottom, right, top = area
    with pdfium.PdfDocument(data) as document:
        texts = []
        for page in document:
            text = page.get_textpage()
            texts.append(said(text.get_text_bounded(left=left - 3, bottom=bottom - 3, right=right + 3, top=top + 3)))
            text.close()
            page.close()
        return texts


def boxes(data: bytes) -> Iterator[tuple[int, str, tuple[float, float, float, float]]]:
    """(page from 1, character, (left, bottom, right, top)) of everything that shows."""
    with pdfium.PdfDocument(data) as document:
        for number, page in enumerate(document, 1):
            text = page.get_textpage()
            for at in range(text.count_chars()):
                character = text.get_text_range(at, 1)
                if character.strip():
                    yield number, character, text.get_charbox(at)
            text.close()
            page.close()


def with_text(*paragraphs: str) -> DocumentTree:
    return replace(NOTHING, blocks=tuple(Paragraph(inlines=(text,)) for text in paragraphs))


def assert_says(data: bytes, passages: list[str], *, repeated: str = "") -> None:
    """The pages hold the passages one after the other; the head of a table may come again at the top of a page."""
    first, *rest = pages(data)
    stream = first + "".join(page.removeprefix(repeated) for page in rest)
    for passage in map(said, passages):
        assert stream[: len(passage)] == passage
        stream = stream[len(passage) :]
    assert stream == ""


# --- the same text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document, repeated", [(SHORT, ""), (long_document(), "指标数值增速位次")], ids=["short", "long"]
)
def test_it_says_paragraph_by_paragraph_what_the_docx_says(document: DocumentTree, repeated: str) -> None:
    paragraphs = read(docx_writer.write(document, proof=proof_of(document))).paragraphs

    assert_says(write(document), [each.text for each in paragraphs], repeated=repeated)


MARKUP = (
    "//",
    "/*",
    "*/",
    "\\\\",
    "#let",
    "#sys.inputs",
    "```",
    "---",
    "\\u{41}",
    "= ",
    "- ",
    "+ ",
    "<a>",
    "@a",
    "$x$",
    "\\n",
)
TEXT = ("\n", "\t", " ", "科", "技", "3", "。", "“", "—", "·", "é", "Ω")
SPECIALS = st.sampled_from([*"#$*_`@<>[](){}\\/=+-~'\":;.,|^%&!?", *MARKUP, *TEXT])


@settings(deadline=None, max_examples=50)
@given(st.lists(SPECIALS, min_size=1, max_size=16).map("".join).filter(str.strip))
def test_no_character_is_read_as_markup(text: str) -> None:
    """In each place that takes text: title, issuer, heading, paragraph, notice and table."""
    document = DocumentTree(
        id="甲\\#1",
        title=text,
        issuer=text,
        date="2024年7月5日",
        number=text,
        blocks=(
            Heading(level=2, text=text),
            Aside(text=text),
            Paragraph(inlines=(text, chip(1, "3项", text))),
            Table(header=(text,), rows=(((text,),),)),
        ),
    )

    assert_says(write(document), [text, text, text, text, text, text + "3项", text, text, text, "2024年7月5日"])


def test_a_word_too_long_for_its_line_is_parted_and_stays_on_the_page() -> None:
    address = "https://example.org/" + "W" * 90
    table = Table(header=("网址", "数值", "位次", "备注"), rows=(((address,), ("1",), ("2",), ("3",)),))

    data = write(replace(with_text(address), blocks=(*with_text(address).blocks, table)))

    assert address in pages(data)[0]
    assert max(right for _, _, (_, _, right, _) in boxes(data)) <= RIGHT + 0.5


def test_a_figure_is_never_parted() -> None:
    table = Table(header=("增速", "备注"), rows=((("增长10013.5%",), ("备" * 60,)),))

    with pdfium.PdfDocument(write(replace(NOTHING, blocks=(table,)))) as document:
        assert any(line.endswith("10013.5%") for line in document[0].get_textpage().get_text_range().split())


# --- the page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("characters, count", [(54, 11), (55, 17)])
def test_a_line_holds_28_characters_and_a_page_22_lines(characters: int, count: int) -> None:
    """54 characters and an indent of two are two lines, one more is three; 118 such paragraphs fill eleven pages."""
    assert len(pages(write(with_text(*["科" * characters] * 118)))) == count


def test_the_text_stands_within_the_margins_of_the_standard() -> None:
    data = write(with_text(*["科" * 54] * 40))

    with pdfium.PdfDocument(data) as document:
        assert document[0].get_size() == pytest.approx((210 * MM, 297 * MM), abs=0.2)
    first = [box for number, character, box in boxes(data) if number == 2 and character == "科"]
    assert min(box[0] for box in first) == pytest.approx(LEFT, abs=1)
    assert max(box[2] for box in first) == pytest.approx(RIGHT, abs=1)
    assert TOP - 10 < max(box[3] for box in first) < TOP
    bottoms = sorted({round(box[1], 1) for box in first}, reverse=True)
    assert {round(high - low, 1) for high, low in itertools.pairwise(bottoms)} <= {28.9, 29.0}
    assert min(bottoms) > BOTTOM


def test_page_numbers_stand_outside_seven_millimetres_below_the_text() -> None:
    data = write(with_text(*["科" * 54] * 30))
    below = [(number, character, box) for number, character, box in boxes(data) if box[3] < BOTTOM]
    odd, even = ([box for page, _, box in below if page == number] for number in (1, 2))

    assert ["".join(character for page, character, _ in below if page == number) for number in (1, 2)] == ["—1—", "—2—"]
    assert max(box[2] for box in odd) == pytest.approx(RIGHT - 14, abs=1.5)
    assert min(box[0] for box in even) == pytest.approx(LEFT + 14, abs=1.5)
    dash = odd[0]
    assert (dash[1] + dash[3]) / 2 == pytest.approx(BOTTOM - 7 * MM, abs=1)


def test_fictional_data_is_marked_at_the_head_and_on_every_page() -> None:
    document = replace(long_document(), is_fictional=True)
    above = (LEFT, TOP + 10, RIGHT, 297 * MM)

    assert pages(FILE)[0].startswith("虚构数据青溪县科学技术局青科发〔2024〕12号")
    assert set(pages(write(document), area=above)) == {"虚构数据仅供演示，不反映任何真实地区"}
    assert set(pages(write(long_document()), area=above)) == {""}


def test_a_long_table_names_its_columns_on_every_page() -> None:
    last = pages(write(long_document()))[-2:]

    assert all(page.startswith("指标数值增速位次") for page in last)


@pytest.mark.parametrize("lines", range(9, 23))
@pytest.mark.parametrize("last", ["技" * 20, "技" * 200], ids=["one line", "eight lines"])
def test_the_signature_never_stands_alone_on_a_page(lines: int, last: str) -> None:
    texts = pages(write(with_text(*["科"] * lines, last)))

    assert re.search("技青溪县科学技术局2024年7月5日$", texts[-1])
    assert "".join(texts).count("技") == len(last) + 2  # no line is lost on the way; two stand in title and signature


def test_a_heading_stays_with_its_text() -> None:
    for lines in range(15, 22):
        blocks = (
            *with_text(*["科"] * lines).blocks,
            Heading(level=1, text="一、打算"),
            Paragraph(inlines=("技" * 200,)),
        )
        assert not any(page.endswith("一、打算") for page in pages(write(replace(NOTHING, blocks=blocks))))


# --- the file --------------------------------------------------------------------------------------


def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    code = "import hashlib; from xingke.press.tests.cast import SHORT; from xingke.press.pdf_writer import write; "
    command = [sys.executable, "-c", code + "print(hashlib.sha256(write(SHORT)).hexdigest())"]
    source = str(Path(pdf_writer.__file__).parents[2])
    seeds = ("1", "2")
    found = {
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": source, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in zip(seeds, ("Asia/Shanghai", "America/New_York"), strict=True)
    }

    assert write(SHORT) == FILE
    assert len(found) == 1


@pytest.mark.parametrize(
    "word",
    [
        "#sys.inputsΩ#sys.inputs",  # a Greek letter is as wide as a Chinese character, and no line ends before it
        "科学" + "Журнал" * 4,
        "#sys.inputs“#sys.inputs”",  # nor between a letter and a quotation mark
        "'#sys.inputs ;:#sys.inputs",  # nor before a semicolon, blanks or not
        "“  '(#sys.inputs#sys.inputs",
        '$x$&3"—。:#sys.inputs^] 。',
    ],
)
def test_what_no_line_ends_in_is_parted_before_it_runs_off_the_page(word: str) -> None:
    data = write(replace(NOTHING, issuer=word, title=word, number="1"))

    assert_says(data, [word, "1", word, word, NOTHING.date])
    assert max(right for _, _, (_, _, right, _) in boxes(data)) <= RIGHT + 0.5


def test_its_properties_name_the_document_and_the_fonts_that_stand_in() -> None:
    with pdfium.PdfDocument(FILE) as document:
        properties = document.get_metadata_dict()
        outline = [(entry.level, entry.get_title()) for entry in document.get_toc()]

    assert properties["Title"] == "青溪县科学技术局2024年上半年工作总结"
    assert properties["Author"] == "青溪县科学技术局"
    assert properties["Keywords"] == "01934f00-0000-7000-8000-000000000001, 青科发〔2024〕12号"
    assert "文稿标识：01934f00-0000-7000-8000-000000000001；虚构数据" in properties["Subject"]
    for name, family in render(SHORT).substitutions:
        assert f"{name}→{family}" in properties["Subject"]
    assert outline == [(0, "一、主要工作"), (1, "（一）项目与“一企一策”"), (0, "二、下一步打算")]


def test_it_is_a_tagged_pdf_a_2b_dated_as_the_document() -> None:
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in FILE
    assert b"<xmp:CreateDate>2024-07-05T00:00:00" in FILE
    assert b"/StructTreeRoot" in FILE and b"/Lang(zh-CN)" in FILE
    assert b"<xmp:CreateDate>1980-01-01T00:00:00" in write(replace(NOTHING, date="二〇二四年七月"))


# --- fonts -----------------------------------------------------------------------------------------


def test_a_machine_without_chinese_fonts_is_told_which_package_to_install() -> None:
    with pytest.raises(
        FontMissing, match="本机没有可用的宋体字体，PDF 未生成：请安装 Debian 软件包 fonts-noto-cjk"
    ) as caught:
        write(SHORT, fonts=Fonts.found(is_system_searched=False))

    assert caught.value.font_class is FontClass.SONGTI
    assert "install the Debian package fonts-noto-cjk" in caught.value.sentence("en")


@pytest.mark.parametrize(
    "character, shown",
    [("😀", "😀 (U+1F600)"), ("\u202e", "U+202E"), ("\u200b", "U+200B"), ("\ue000", "U+E000")],
    ids=["emoji", "right to left", "nothing wide", "private"],
)
def test_a_character_that_no_font_has_is_named(character: str, shown: str) -> None:
    with pytest.raises(GlyphMissing) as caught:
        write(with_text(f"科技{character}创新"))

    assert (caught.value.character, caught.value.font_class) == (character, FontClass.FANGSONG)
    assert f"仿宋字体里没有字符 {shown}，PDF 未生成" in caught.value.sentence()
    assert f"has the character {shown}" in caught.value.sentence("en")


def test_rare_characters_of_names_are_drawn() -> None:
    assert "龚䶮、𬱖" in pages(write(with_text("龚䶮、𬱖")))[0]


def fangsong_with(characters: str, folder: Path) -> None:
    """A font called FangSong, as an office machine has it, that draws only these characters, as black boxes."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(point)
    pen.closePath()
    names = [".notdef", *(f"u{ord(character):04X}" for character in characters)]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(character): f"u{ord(character):04X}" for character in characters})
    font.setupGlyf(dict.fromkeys(names, pen.glyph()))
    font.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    font.setupHorizontalHeader(ascent=880, descent=-120)
    font.setupNameTable({"familyName": "FangSong", "styleName": "Regular", "psName": "FangSong"})
    font.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    font.setupPost()
    font.save(folder / "fangsong.ttf")


def test_the_customary_font_in_the_data_folder_is_taken_first(tmp_path: Path) -> None:
    fangsong_with("科技青溪县学术局年月日，", tmp_path)
    fonts = Fonts.found(tmp_path)

    whole = render(with_text("科技，科技"), fonts=fonts)
    rare = render(with_text("科技，䶮"), fonts=fonts)

    assert b"FangSong" in whole.data
    assert "仿宋" not in dict(whole.substitutions)
    assert dict(rare.substitutions)["仿宋"] in FontClass.FANGSONG.substitutes
    assert "科技，䶮" in pages(rare.data)[0]


def test_a_folder_that_is_not_there_holds_no_fonts(tmp_path: Path) -> None:
    assert Fonts.found(tmp_path / "fonts").chain(FontClass.SONGTI) == Fonts.found().chain(FontClass.SONGTI)


def test_a_doubt_of_typst_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    doubt = SimpleNamespace(message="unknown font family: nonesuch")
    monkeypatch.setattr(pdf_writer.typst, "compile_with_warnings", lambda *_, **__: (b"%PDF", [doubt]))

    with pytest.raises(Untypeset, match="set with doubts: unknown font family: nonesuch"):
        write(SHORT)
