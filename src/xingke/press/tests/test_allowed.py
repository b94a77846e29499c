"""What may stand in a signed .docx. Every line of FOREIGN shows something else than is read, or could; none may pass."""

import re

import pytest

from xingke.press.docx_reader import read
from xingke.press.docx_writer import write
from xingke.press.tests import surgery
from xingke.press.tests.cast import SHORT, long_document, proof_of
from xingke.press.tests.surgery import DOCUMENT, PART_A, W

FILE = write(SHORT, proof=proof_of(SHORT))
STYLES, SETTINGS, FONTS = "word/styles.xml", "word/settings.xml", "word/fontTable.xml"
RELATIONS, TYPES = "word/_rels/document.xml.rels", "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def foreign(data: bytes) -> list[str]:
    return [each.what for each in read(data).foreign]


def _body(xml: str) -> bytes:
    return surgery.with_paragraph(FILE, xml)


def _first_body_text(properties: str) -> bytes:
    """The paragraph of the figures 36 and 230 with more paragraph properties."""
    style = '<w:pPr><w:pStyle w:val="BodyText"/>'
    return surgery.replaced(FILE, DOCUMENT, style, style + properties)


def _digits(run: str) -> bytes:
    """The digits of the figure 36 written in another way."""
    return surgery.in_control(FILE, 1, lambda xml: xml.replace(surgery.content(xml), run))


def _looks(properties: str) -> bytes:
    return _digits(f"<w:r><w:rPr>{properties}</w:rPr><w:t>36</w:t></w:r>")


def _style(properties: str, *, part: str = "pPr") -> bytes:
    return surgery.edited(
        FILE, STYLES, lambda text: re.sub(rf'(w:styleId="BodyText".*?<w:{part}>)', rf"\1{properties}", text, count=1)
    )


def _part(name: str, kind: str, xml: str, content: str) -> bytes:
    parts = surgery.unpacked(surgery.with_part(FILE, name=name, kind=kind, xml=xml))
    override = f'<Override PartName="/word/{name}" ContentType="{content}"/></Types>'
    return surgery.packed({**parts, TYPES: parts[TYPES].replace("</Types>", override)})


_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def _numbering(level: str) -> bytes:
    lists = f'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0">{level}</w:lvl></w:abstractNum>'
    return _part(
        "numbering.xml", "numbering", f'<w:numbering xmlns:w="{W}">{lists}</w:numbering>', _WML + "numbering+xml"
    )


def _field(instruction: str, result: str = "36") -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{result}</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _decoy() -> bytes:
    """A first relation of an unknown type that ends in the right word, and innocent styles behind it."""
    parts = surgery.unpacked(FILE)
    relation = '<Relationship Id="rId90" Type="urn:x/styles" Target="other.xml"/>'
    parts[RELATIONS] = re.sub(r"(<Relationships[^>]*>)", rf"\1{relation}", parts[RELATIONS])
    return surgery.packed({**parts, "word/other.xml": parts[STYLES]})


RUN = "<w:r><w:t>%s</w:t></w:r>"
FOREIGN: dict[str, bytes] = {
    # words that look otherwise
    **{
        name: _looks(f"<w:{xml}/>")
        for name, xml in {
            "bold": "b",
            "underlined": 'u w:val="single"',
            "of another size": 'sz w:val="30"',
            "in another face": 'rFonts w:eastAsia="微软雅黑"',
            "hidden": "vanish",
            "hidden on the web": "webHidden",
            "white": 'color w:val="FFFFFF"',
            "a colour of the theme": 'color w:val="000000" w:themeColor="background1"',
            "tiny": 'sz w:val="2"',
            "larger than its line": 'sz w:val="80"',
            "struck out": "strike",
            "struck out twice": "dstrike",
            "in a font of pictures": 'rFonts w:ascii="Wingdings"',
            "in a font of the theme": 'rFonts w:asciiTheme="majorHAnsi"',
            "raised": 'vertAlign w:val="superscript"',
            "lifted away": 'position w:val="400"',
            "run together": 'spacing w:val="-300"',
            "a hundredth as wide": 'w w:val="1"',
            "fitted into nothing": 'fitText w:val="1"',
            "on black": 'shd w:val="clear" w:color="auto" w:fill="000000"',
            "highlighted": 'highlight w:val="black"',
            "in outline": "outline",
            "from right to left": "rtl",
            "two lines in one": 'eastAsianLayout w:combine="1"',
            "a glow": 'glow xmlns:w="http://schemas.microsoft.com/office/word/2010/wordml"',
        }.items()
    },
    "turned round": _digits(f'<w:bdo w:val="rtl">{RUN % 36}</w:bdo>'),
    "a choice": _digits(f'<mc:AlternateContent xmlns:mc="{MC}"><mc:Fallback>{RUN % 36}</mc:Fallback></mc:AlternateContent>'),
    "an element to be ignored": _digits(f'<z:x xmlns:z="urn:z">{RUN % 36}</z:x>'),
    "an element within the words": _digits('<w:r><w:t><z:x xmlns:z="urn:z">3</z:x>6</w:t></w:r>'),
    "words outside w:t": _digits("<w:r>9<w:t>36</w:t></w:r>"),
    "a tab": _digits("<w:r><w:t>3</w:t><w:tab/><w:t>6</w:t></w:r>"),
    "a break within a number": _digits("<w:r><w:t>3</w:t><w:br/><w:t>6</w:t></w:r>"),
    "a symbol": _digits('<w:r><w:t>36</w:t><w:sym w:font="Symbol" w:char="F037"/></w:r>'),
    "a page number": _digits("<w:r><w:t>36</w:t><w:pgNum/></w:r>"),
    "today's day": _digits("<w:r><w:t>36</w:t><w:dayShort/></w:r>"),
    "a soft hyphen": _digits("<w:r><w:t>36</w:t><w:softHyphen/></w:r>"),
    "two contents in a control": surgery.in_control(
        FILE, 1, lambda xml: xml.replace("</w:sdt>", f"<w:sdtContent>{RUN % 9}</w:sdtContent></w:sdt>")
    ),
    # fields
    **{
        f"the field {code}": _digits(_field(code))
        for code in ("= 30 + 6", "QUOTE 36", "SEQ 表 \\r 36", "PAGE", "NUMPAGES", "DATE", "MACROBUTTON X 36", "EQ \\o(36)",
                     "DOCPROPERTY Title", "FORMDROPDOWN", "SYMBOL 57", 'FILLIN "x"', "HYPERLINK x", "")
    },
    "a simple field": _digits(f'<w:fldSimple w:instr=" FORMTEXT ">{RUN % 36}</w:fldSimple>'),
    "a field that never ends": _digits('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + RUN % 36),
    "a field within a field": _digits(_field("FORMTEXT").replace(RUN % 36, _field("FORMTEXT"))),
    # paragraphs
    **{
        name: _first_body_text(f"<w:{xml}/>")
        for name, xml in {
            "a frame off the page": 'framePr w:w="1" w:x="-20000" w:y="1"',
            "an indent off the page": 'ind w:left="31000"',
            "an indent before the page": 'ind w:left="-9000"',
            "a first line before the page": 'ind w:hanging="4000"',
            "a line of no height": 'spacing w:line="1" w:lineRule="exact"',
            "a line whose rule comes from its style": 'spacing w:line="200"',
            "a paragraph on black": 'shd w:val="clear" w:fill="000000"',
            "a page break": "pageBreakBefore",
            "from right to left": "bidi",
            "upright": 'textDirection w:val="tbRl"',
            "thick lines": 'pBdr><w:top w:val="single" w:sz="96" w:space="0"/></w:pBdr><w:keepNext',
            "a section of its own": 'sectPr><w:pgSz w:w="100" w:h="100"/></w:sectPr><w:keepNext',
            "leaders": 'tabs><w:tab w:val="left" w:pos="1" w:leader="dot"/></w:tabs><w:keepNext',
        }.items()
    },
    # stories that no figure stands in
    "a drawing": _body('<w:p><w:r><w:drawing/></w:r></w:p>'),
    "a picture of the old kind": _body('<w:p><w:r><w:pict/></w:r></w:p>'),
    "an object": _body('<w:p><w:r><w:object/></w:r></w:p>'),
    "another document": _body('<w:altChunk xmlns:r="' + OFFICE + '" r:id="rId99"/>'),
    "a footnote": _body('<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'),
    "a comment": _body('<w:p><w:commentRangeStart w:id="1"/><w:r><w:commentReference w:id="1"/></w:r></w:p>'),
    "a tracked insertion": _body(f'<w:p><w:ins w:author="李四">{RUN % "扎实"}</w:ins></w:p>'),
    "a tracked deletion": _body('<w:p><w:del w:author="李四"><w:r><w:delText>认真</w:delText></w:r></w:del></w:p>'),
    "a deleted paragraph mark": _first_body_text('<w:rPr><w:del w:author="李四"/></w:rPr>'),
    "ruby": _body("<w:p><w:r><w:ruby/></w:r></w:p>"),
    "a formula": _body('<w:p><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"/></w:p>'),
    "a link": _body(f"<w:p><w:hyperlink>{RUN % '见附件'}</w:hyperlink></w:p>"),
    "a background": surgery.replaced(FILE, DOCUMENT, "<w:body>", '<w:background w:color="000000"/><w:body>'),
    "two bodies": surgery.replaced(FILE, DOCUMENT, "</w:body>", "</w:body><w:body/>"),
    "words in a header": surgery.replaced(FILE, "word/header1.xml", "</w:p>", RUN % "实为63项" + "</w:p>"),
    "words in a footer": surgery.replaced(FILE, "word/footer1.xml", "— </w:t>", "共 </w:t>"),
    "a typed number in a footer": surgery.replaced(FILE, "word/footer1.xml", "— </w:t>", "— 63 </w:t>"),
    "another field in a footer": surgery.replaced(FILE, "word/footer1.xml", " PAGE ", " NUMPAGES "),
    "a figure in a header": surgery.edited(
        FILE, "word/header1.xml",
        lambda text: text.replace("</w:p>", surgery.control(surgery.unpacked(FILE)[DOCUMENT], 1) + "</w:p>"),
    ),
    "line numbers": surgery.replaced(FILE, DOCUMENT, "<w:cols ", '<w:lnNumType w:countBy="1" w:start="63"/><w:cols '),
    "pages that begin at 63": surgery.replaced(FILE, DOCUMENT, "<w:cols ", '<w:pgNumType w:start="63"/><w:cols '),
    "another first page": surgery.replaced(FILE, DOCUMENT, "<w:cols ", "<w:titlePg/><w:cols "),
    "columns": surgery.replaced(FILE, DOCUMENT, "<w:cols ", '<w:cols w:num="3" '),
    "a small page": surgery.replaced(FILE, DOCUMENT, 'w:w="11906"', 'w:w="3000"'),
    "margins off the page": surgery.replaced(FILE, DOCUMENT, 'w:left="1587"', 'w:left="9000"'),
    # tables
    "a hidden row": surgery.replaced(FILE, DOCUMENT, "<w:cantSplit/>", "<w:cantSplit/><w:hidden/>"),
    "a row of no height": surgery.replaced(
        FILE, DOCUMENT, "<w:cantSplit/>", '<w:cantSplit/><w:trHeight w:val="1" w:hRule="exact"/>'
    ),
    "cells that become one": surgery.replaced(FILE, DOCUMENT, "<w:vAlign", '<w:vMerge w:val="restart"/><w:vAlign'),
    "a floating table": surgery.replaced(FILE, DOCUMENT, "<w:jc w:val=\"center\"/><w:tblLayout", '<w:tblpPr w:tblpX="20000"/><w:tblLayout'),
    "a table beside the page": surgery.replaced(FILE, DOCUMENT, "<w:tblLayout", '<w:tblInd w:w="-9000" w:type="dxa"/><w:tblLayout'),
    "columns past the edge": surgery.edited(FILE, DOCUMENT, lambda text: re.sub(r'<w:gridCol w:w="\d+"', '<w:gridCol w:w="8000"', text)),
    "a shaded cell": surgery.replaced(FILE, DOCUMENT, "<w:vAlign", '<w:shd w:val="clear" w:fill="000000"/><w:vAlign'),
    # styles, fonts, settings, lists
    "a style of hidden words": _style("<w:vanish/>", part="rPr"),
    "a style in white": _style('<w:color w:val="FFFFFF"/>', part="rPr"),
    "a style on black": _style('<w:shd w:val="clear" w:fill="000000"/>'),
    "a style in a frame": _style('<w:framePr w:x="-20000"/>'),
    "a style of large letters": surgery.edited(
        FILE, STYLES, lambda text: re.sub(r'(w:styleId="BodyText".*?<w:sz w:val=")32', r"\g<1>88", text, count=1)
    ),
    "hidden by default": surgery.replaced(FILE, STYLES, "<w:rPrDefault><w:rPr>", "<w:rPrDefault><w:rPr><w:vanish/>"),
    "looks of a table's first row": surgery.replaced(
        FILE, STYLES, "</w:styles>", '<w:style w:type="table" w:styleId="X"><w:tblStylePr w:type="firstRow"/></w:style></w:styles>'
    ),
    "another name for a font": surgery.replaced(FILE, FONTS, 'w:altName w:val="仿宋"', 'w:altName w:val="Wingdings"'),
    "an embedded font": surgery.replaced(FILE, FONTS, "<w:pitch", '<w:embedRegular/><w:pitch'),
    "backgrounds shown": surgery.replaced(FILE, SETTINGS, "<w:compat>", "<w:displayBackgroundShape/><w:compat>"),
    "a mail merge": surgery.replaced(FILE, SETTINGS, "<w:compat>", "<w:mailMerge/><w:compat>"),
    "colours changed for each other": surgery.replaced(
        FILE, SETTINGS, "<w:compat>", '<w:clrSchemeMapping w:t1="light1"/><w:compat>'
    ),
    "a list that counts": _numbering('<w:start w:val="9"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/>'),
    "a list that speaks": _numbering('<w:numFmt w:val="none"/><w:lvlText w:val="全年63项"/>'),
    "a list that says nothing of how": _numbering("<w:numFmt/><w:lvlText/>"),
    "a style of ours that looks otherwise": surgery.replaced(FILE, STYLES, 'w:line="660"', 'w:line="600"'),
    "a paragraph of no style": surgery.replaced(FILE, DOCUMENT, '<w:pStyle w:val="BodyText"/>', ""),
    "a title without air": surgery.replaced(FILE, DOCUMENT, '<w:spacing w:before="0" w:after="579"/>', ""),
    "page numbers on the other side": surgery.replaced(FILE, "word/footer1.xml", 'w:jc w:val="right"', 'w:jc w:val="left"'),
    "a style that is not there": surgery.replaced(FILE, DOCUMENT, 'w:pStyle w:val="BodyText"', 'w:pStyle w:val="X"'),
    "one head for all pages": surgery.replaced(FILE, SETTINGS, "<w:evenAndOddHeaders/>", ""),
    "a head in another style": surgery.replaced(FILE, "word/header1.xml", "PageHeader", "BodyText"),
    "a blank more at the foot": surgery.replaced(FILE, "word/footer1.xml", "— </w:t>", "—  </w:t>"),
    "a date at the edge": surgery.replaced(FILE, DOCUMENT, '<w:ind w:right="640"/>', ""),
    "a table at the left": surgery.replaced(FILE, DOCUMENT, '<w:jc w:val="center"/><w:tblLayout', "<w:tblLayout"),
    "columns of no width": surgery.replaced(FILE, DOCUMENT, "<w:gridCol w:w=", "<w:gridCol w:rsidR="),
    "a table of no style": surgery.edited(FILE, DOCUMENT, lambda text: re.sub(r'<w:tblStyle w:val="\w+"/>', "", text)),
    "a style of tables without a name": surgery.replaced(FILE, STYLES, 'w:name w:val="公文表格"', 'w:name w:val=""'),
    "a style based on nothing": surgery.replaced(FILE, STYLES, '<w:basedOn w:val="TableNormal"/>', "<w:basedOn/>"),
    "a style of looser letters": surgery.edited(
        FILE, STYLES, lambda text: re.sub(r'(w:styleId="BodyText".*?)<w:spacing w:val="-5"/>', r"\g<1>", text, count=1)
    ),
    "a style without its lines": surgery.edited(FILE, STYLES, lambda text: re.sub(r"<w:pBdr>.*?</w:pBdr>", "", text, count=1)),
    "no red line under the number": surgery.edited(
        FILE, DOCUMENT, lambda text: re.sub(r"(<w:pBdr>)<w:bottom [^>]*/>", r"\g<1>", text, count=1)
    ),
    "properties after the words": surgery.edited(
        FILE, "word/header1.xml", lambda text: re.sub(r"(<w:pPr>.*?</w:pPr>)(<w:r>.*?</w:r>)", r"\g<2>\g<1>", text)
    ),
    "page numbers without air": surgery.replaced(FILE, "word/footer1.xml", 'w:right="280"', 'w:right="0"'),
    "a blank after the foot": surgery.replaced(FILE, "word/footer1.xml", " —</w:t>", " —\u3000</w:t>"),
    "a blank that is not kept": surgery.replaced(FILE, "word/footer1.xml", ' xml:space="preserve">— <', ">— <"),
    "a page without its height": surgery.replaced(FILE, DOCUMENT, ' w:h="16838"', ""),
    "a page without a margin": surgery.edited(FILE, DOCUMENT, lambda text: re.sub(r'(<w:pgMar[^>]*?) w:top="\d+"', r"\g<1>", text)),
    "no head of the page": surgery.replaced(FILE, DOCUMENT, '<w:headerReference w:type="even" r:id="rId4"/>', ""),
    "another head of the page": surgery.replaced(FILE, "word/header1.xml", "虚构数据　仅供演示", "真实数据　仅供参考"),
    # parts
    "a decoy of styles": _decoy(),
    "styles of another content type": surgery.replaced(FILE, TYPES, _WML + "styles+xml", "text/plain"),
    "a part that nothing names": surgery.packed({**surgery.unpacked(FILE), "word/footnotes.xml": "<x/>"}),
    "a part outside": surgery.replaced(FILE, RELATIONS, 'Target="styles.xml"', 'Target="http://x/styles.xml" TargetMode="External"'),
    "a part twice": surgery.replaced(
        FILE, RELATIONS, "</Relationships>",
        f'<Relationship Id="rId91" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    ),
    "a chart": _part("charts/chart1.xml", "chart", "<x/>", "application/xml"),
    "comments": _part("comments.xml", "comments", f'<w:comments xmlns:w="{W}"/>', _WML + "comments+xml"),
    "notes with words": _part(
        "footnotes.xml", "footnotes",
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="0">{surgery.paragraph("63项")}</w:footnote></w:footnotes>',
        _WML + "footnotes+xml",
    ),
    "other custom XML": _part("../customXml/item9.xml", "customXml", "<x/>", "application/xml"),
    "relations of a part that has none": surgery.packed({**surgery.unpacked(FILE), "word/_rels/styles.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r" Type="{OFFICE}/image" Target="x.png"/></Relationships>'
    )}),
    "an odd node in the list of figures": surgery.replaced(FILE, PART_A, "<figure>36<", "<note/><figure>36<"),
    "what every program must understand": surgery.replaced(
        FILE, DOCUMENT, "<w:document ", f'<w:document xmlns:mc="{MC}" xmlns:z="urn:z" mc:Ignorable="z" '
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_not_on_the_list_is_named(what: str) -> None:
    assert foreign(FOREIGN[what])


@pytest.mark.parametrize("document", [SHORT, long_document()], ids=["short", "long"])
def test_what_our_writer_writes_is_on_the_list(document: type[SHORT]) -> None:  # type: ignore[valid-type]
    assert foreign(write(document, proof=proof_of(document))) == []
    assert foreign(write(document, proof=None)) == []


MARKS: dict[str, bytes] = {
    "what LibreOffice writes for nothing": _looks('<w:kern w:val="0"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'),
    "switches that are off": _looks('<w:strike w:val="false"/><w:vanish w:val="0"/><w:position w:val="0"/><w:effect w:val="none"/>'),
    "the numbers of revisions": surgery.replaced(FILE, DOCUMENT, "<w:p><w:pPr>", '<w:p w:rsidR="00A1" w:rsidRDefault="00B2"><w:pPr>'),
    "the ids of paragraphs": surgery.edited(FILE, DOCUMENT, lambda text: text.replace(
        "<w:document ", f'<w:document xmlns:mc="{MC}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14" '
    ).replace("<w:p><w:pPr>", '<w:p w14:paraId="5A1F0C2D" w14:textId="77777777"><w:pPr>', 1)),
    "bookmarks and spelling": _body('<w:p><w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/><w:proofErr w:type="spellStart"/></w:p>'),
    "where pages broke": _digits("<w:r><w:lastRenderedPageBreak/><w:t>36</w:t></w:r>"),
    "a form field after .doc": _digits(_field("FORMTEXT").replace(
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="Unnamed"/><w:enabled/><w:calcOnExit w:val="0"/><w:textInput/></w:ffData></w:fldChar>', 1)),
    "a form field after .odt": _digits(_field('FILLIN ""')),
    "latent styles": surgery.replaced(
        FILE, STYLES, "<w:style ",
        '<w:latentStyles w:defLockedState="0"><w:lsdException w:name="Normal"/></w:latentStyles><w:style ',
    ),
    "a list without labels": _numbering('<w:start w:val="1"/><w:numFmt w:val="none"/><w:suff w:val="nothing"/><w:lvlText w:val=""/>'),
    "the lines above notes": _part(
        "footnotes.xml", "footnotes",
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote></w:footnotes>',
        _WML + "footnotes+xml",
    ),
    "a theme": _part("theme/theme1.xml", "theme", "<x/>", "application/vnd.openxmlformats-officedocument.theme+xml"),
}  # fmt: skip


@pytest.mark.parametrize("what", MARKS)
def test_marks_of_known_editors_are_on_the_list(what: str) -> None:
    assert foreign(MARKS[what]) == []


def test_what_is_foreign_is_told_with_the_words_beside_it() -> None:
    (found,) = read(FOREIGN["white"]).foreign

    assert (found.what, found.at) == ("color", "2024年上半年，全县申报省级科技项目36项，立…")
