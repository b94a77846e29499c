"""Document tree → PDF/A-2b on the page of GB/T 9704-2012: the same text per paragraph as the .docx.

typst sets the type (``official.typ``); the text reaches it as data, so no character of it can be read as markup.
"""

import datetime
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import typst

from xingke.press import official
from xingke.press.docx_writer import _cell_style, _column_widths
from xingke.press.fonts import LATIN_RANGES, FontClass, Fonts, installed
from xingke.press.official import title_lines, width_of
from xingke.press.tree import Aside, Block, DocumentTree, Heading, Inline, Paragraph, Table, TextLine, plain

Data: TypeAlias = Mapping[str, object]

_TEMPLATE = (Path(__file__).parent / "official.typ").read_bytes()
_SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_UNDATED = datetime.date(1980, 1, 1)  # PDF/A wants a date; this one, as in the .docx, when the document names no day
_PAGE_NUMBER = "— 0123456789 —"
_HEADINGS = {1: FontClass.HEITI, 2: FontClass.KAITI, 3: FontClass.FANGSONG, 4: FontClass.FANGSONG}
_LINE_CHARACTERS = 28
_WHOLE_LINES = 4  # a last paragraph up to this long moves over whole, where its end must
_CELL_SIZE = 12  # points


class Untypeset(RuntimeError):
    """typst refused or doubted the document; the text holds its own words. No PDF is better than a doubtful one."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A PDF and what stands in for the customary fonts in it: (class, family), such as ("仿宋", "FandolFang")."""

    data: bytes
    substitutions: tuple[tuple[str, str], ...]


def write(document: DocumentTree, *, fonts: Fonts | None = None) -> bytes:
    """The document as PDF/A-2b bytes; see render."""
    return render(document, fonts=fonts).data


def render(document: DocumentTree, *, fonts: Fonts | None = None) -> Rendered:
    """The document as PDF/A-2b, the same bytes for the same document and fonts.

    fonts: None for those of the system. Raises FontMissing or GlyphMissing (``.sentence(language)`` says what to do)
    before anything is set, and Untypeset when typst has an error or as much as a warning.
    """
    fonts = fonts or installed()
    substitutions = _substitutions(document, fonts)
    data = _input(document, fonts, substitutions)
    if any(isinstance(last, Paragraph) for last in document.blocks[-1:]) and _is_signature_alone(document, data, fonts):
        data = _input(document, fonts, substitutions, is_end_moved=True)
    return Rendered(data=_pdf(document, data, fonts), substitutions=substitutions)


def _is_signature_alone(document: DocumentTree, data: Data, fonts: Fonts) -> bool:
    """Whether a last page would hold the signature and nothing else, which the standard does not want."""
    with _typst_errors(document):
        found = typst.query(
            _TEMPLATE,
            "<is-signature-alone>",
            field="value",
            one=True,
            font_paths=fonts.searched,
            sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
        )
    return json.loads(found) is True


def _pdf(document: DocumentTree, data: Data, fonts: Fonts) -> bytes:
    with _typst_errors(document):
        pdf, warnings = typst.compile_with_warnings(
            _TEMPLATE,
            font_paths=fonts.searched,
            format="pdf",
            pdf_standards=["a-2b"],
            timestamp=datetime.datetime.combine(_day(document), datetime.time(), _SHANGHAI),
            sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
        )
    if warnings:
        doubts = "; ".join(each.message for each in warnings)
        raise Untypeset(f"the document {document.id} is set with doubts: {doubts}")
    return pdf


@contextmanager
def _typst_errors(document: DocumentTree) -> Iterator[None]:
    try:
        yield
    except typst.TypstError as error:
        raise Untypeset(f"the document {document.id} cannot be set: {error.diagnostic}") from error


def _day(document: DocumentTree) -> datetime.date:
    """The date of the document, which is the date of the file: nothing in it depends on when it was made."""
    found = _DATE.search(document.date)
    try:
        return datetime.date(*map(int, found.groups())) if found else _UNDATED
    except ValueError:  # 2024年2月30日
        return _UNDATED


# --- fonts -----------------------------------------------------------------------------------------


def _classed(document: DocumentTree) -> Iterator[tuple[FontClass, str]]:
    """Every text of the page with the class that draws it, page furniture first."""
    yield FontClass.SONGTI, _PAGE_NUMBER
    if document.is_fictional:
        yield FontClass.HEITI, official.FICTIONAL_HEADER + official.FICTIONAL_MARK
    if document.number:
        yield FontClass.BIAOSONG, document.issuer
        yield FontClass.FANGSONG, document.number
    yield FontClass.BIAOSONG, document.title
    for block in document.blocks:
        match block:
            case Heading():
                yield _HEADINGS[block.level], block.text
            case Paragraph():
                yield FontClass.FANGSONG, plain(block.inlines)
            case TextLine():
                yield FontClass.FANGSONG, block.text
            case Aside():
                yield FontClass.KAITI, block.text
            case Table():
                yield FontClass.HEITI, "".join(block.header)
                yield FontClass.FANGSONG, "".join(plain(cell) for row in block.rows for cell in row)
    yield FontClass.FANGSONG, document.issuer + document.date


def _substitutions(document: DocumentTree, fonts: Fonts) -> tuple[tuple[str, str], ...]:
    """Each (class, family) used that is not customary, in the order of the classes. Raises what Fonts.drawing raises."""
    texts: dict[FontClass, str] = {}
    for font_class, text in _classed(document):
        texts[font_class] = texts.get(font_class, "") + _spaced(text)
    used = {pair for font_class, text in texts.items() for pair in fonts.drawing(text, font_class)}
    order = list(FontClass)
    stand_ins = [
        (font_class, family)
        for font_class, family in used
        if family.casefold() not in {name.casefold() for name in font_class.customary}
    ]
    ranked = sorted(stand_ins, key=lambda pair: (order.index(pair[0]), fonts.chain(pair[0]).index(pair[1])))
    return tuple((font_class.label, family) for font_class, family in ranked)


# --- what the template draws -----------------------------------------------------------------------


def _input(
    document: DocumentTree, fonts: Fonts, substitutions: Sequence[tuple[str, str]], *, is_end_moved: bool = False
) -> Data:
    """Everything the template reads; is_end_moved: the end of the text goes over to the page of the signature."""
    lang, _, region = document.language.partition("-")
    day = _day(document)
    return {
        "title": document.title,
        "issuer": document.issuer,
        "keywords": [document.id, *([document.number] if document.number else [])],
        "description": _description(document, substitutions),
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "lang": lang.lower(),
        "region": region.upper() if re.fullmatch("[A-Za-z]{2}", region) else None,
        "latin-characters": f"[{''.join(f'{chr(low)}-{chr(high)}' for low, high in LATIN_RANGES)}]",
        "fonts": {each.name.lower(): {"families": fonts.chain(each), "weight": each.weight} for each in FontClass},
        "page": _page(),
        "header": official.FICTIONAL_HEADER if document.is_fictional else None,
        "mark": official.FICTIONAL_MARK,
        "number": document.number,
        "head": {
            "issuer": _pieces(document.issuer, 8),
            "number": _pieces(document.number or "", _LINE_CHARACTERS),
            "title": [_pieces(line, 20) for line in title_lines(document.title)],
        },
        "blocks": [_block(block) for block in document.blocks[:-1]]
        + [_block(block, is_moved=is_end_moved) for block in document.blocks[-1:]],
        "signature": _signature(document),
    }


def _description(document: DocumentTree, substitutions: Sequence[tuple[str, str]]) -> str:
    """Read in the properties of the file: its id, whether it is fiction, and which fonts stand in for which."""
    said = [f"文稿标识：{document.id}"]
    if document.is_fictional:
        said.append(official.FICTIONAL_HEADER)
    if substitutions:
        said.append("代用字体：" + "、".join(f"{name}→{family}" for name, family in substitutions))
    return "；".join(said)


def _page() -> Data:
    """Points, from the twips of the .docx."""
    return {
        "width": official.PAGE_WIDTH / 20,
        "height": official.PAGE_HEIGHT / 20,
        "top": official.TOP / 20,
        "bottom": official.BOTTOM / 20,
        "left": official.LEFT / 20,
        "right": official.RIGHT / 20,
        "header": official.HEADER_DISTANCE / 20,
        "line": official.LINE / 20,
        "condensed": official.CONDENSED / 20,
    }


def _block(block: Block, *, is_moved: bool = False) -> Data:
    match block:
        case Heading():
            pieces = _pieces(block.text, _LINE_CHARACTERS)
            class_name = _HEADINGS[block.level].name.lower()
            return {"kind": "heading", "level": block.level, "class": class_name, "pieces": pieces}
        case TextLine():
            return {"kind": "paragraph", "pieces": _pieces(block.text, _LINE_CHARACTERS), "moved": None}
        case Paragraph():
            text = plain(block.inlines)
            moved = ("whole" if width_of(text) <= _WHOLE_LINES * _LINE_CHARACTERS else "end") if is_moved else None
            return {"kind": "paragraph", "pieces": _pieces(text, _LINE_CHARACTERS), "moved": moved}
        case Aside():
            return {
                "kind": "notice",
                "pieces": _pieces(block.text, _LINE_CHARACTERS),
                "breakable": width_of(block.text) > 20 * 30,  # a page holds 25 of its lines
            }
        case Table():
            return _table(block)


def _table(table: Table) -> Data:
    widths = [width / 20 for width in _column_widths(table)]
    header = [
        _cell(width, FontClass.HEITI, text, is_centred=True) for width, text in zip(widths, table.header, strict=True)
    ]
    rows = [[_body_cell(widths[column], column, cell) for column, cell in enumerate(row)] for row in table.rows]
    return {"kind": "table", "widths": widths, "header": header, "rows": rows}


def _body_cell(width: float, column: int, cell: Sequence[Inline]) -> Data:
    return _cell(width, FontClass.FANGSONG, plain(cell), is_centred=_cell_style(column, cell) == "TableFigure")


def _cell(width: float, font_class: FontClass, text: str, *, is_centred: bool) -> Data:
    room = max(int((width - 5.7) / _CELL_SIZE), 1)
    return {
        "class": font_class.name.lower(),
        "centred": is_centred,
        "pieces": _pieces(text, room),
        "breakable": width_of(text) > room * 20,  # higher than most of a page: it may run on, or it would run off
    }


def _signature(document: DocumentTree) -> Sequence[tuple[Sequence[str], float]]:
    """Issuer and date with the points they stay clear of the right edge, as in the .docx."""
    name, date = width_of(document.issuer), width_of(document.date)
    name_right, date_right = 2.0, name - date
    if date_right < 2:
        name_right, date_right = max(date + 4 - name, 2.0), 2.0
    points = official.CHARACTER / 20
    lines = ((document.issuer, name_right, name), (document.date, date_right, date))
    # the longest name or date still begins on the page
    return [
        (_pieces(text, _LINE_CHARACTERS - 2), max(min(right, _LINE_CHARACTERS - 1 - width), 0) * points)
        for text, right, width in lines
    ]


def _spaced(text: str) -> str:
    """Line ends and tabs as the blanks that Word, too, shows for them."""
    return re.sub(r"[\t\n\r]", " ", text)


# What no line is broken in by itself (UAX 14): letters of every script that is set with blanks, the signs that stick to
# them, also over a blank (LB13 to LB15), and Chinese marks that end it or ASCII ones stick to. No Chinese character.
_ENDING = "。，、；：！？）》"
_WORD = re.compile(
    r"((?:[!-~\u00a1-\u10ff\u1200-\u1fff\u2070-\u2dff“”‘’]"
    rf"|(?<=[(\[{{“‘])\ +|\ +(?=[!),./:;?\]}}{_ENDING}”’])|(?<=[\"'”’])\ +(?=[(\[{{])"
    rf"|[—…{_ENDING}]+(?=\ *[!),./:;?\]}}\"'])|(?<=[\"'])[—…]+)+[{_ENDING}]*)"
)
_LETTER = re.compile(f"[“‘]{{0,2}}[^“‘][”’{_ENDING}]{{0,2}}|[“‘]{{1,2}}")  # how a word is parted: marks stay with it
_LATIN = re.compile(f"[{''.join(f'{chr(low)}-{chr(high)}' for low, high in LATIN_RANGES)}]")
_BROAD = re.compile("[A-Z@%&mw]")


def _pieces(text: str, room: float) -> list[str]:
    """The text, parted letter by letter inside a word that may be wider than room (both in Chinese characters).

    A line can be broken between pieces, so that a long address or code does not run off the page; before the word and
    after it the text's own rules hold, or a comma might begin a line.
    """
    pieces = [""]
    for part in _WORD.split(_spaced(text)):
        if _WORD.fullmatch(part) and _widest(part) > room:
            first, *others = _LETTER.findall(part)
            pieces[-1] += first
            pieces += others
        else:
            pieces[-1] += part
    return pieces


def _widest(word: str) -> float:
    """What a word takes at most, in Chinese characters: digits half of one, Latin capitals nearly a whole, what the Latin
    fonts do not draw a whole."""
    latin = len(_LATIN.findall(word))
    return 0.56 * latin + 0.4 * len(_BROAD.findall(word)) + (len(word) - latin)
