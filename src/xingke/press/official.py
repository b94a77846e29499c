"""The official page of GB/T 9704-2012 as .docx parts that are the same in every document: page, styles, fonts, frame.

Sizes in twips (1/20 pt) and half-points as Word wants them. The standard names typeface classes; the family names written
here are the customary products, each with an open or system substitute as altName. Nothing of them is embedded.
"""

import re

PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838  # A4
TOP, BOTTOM, LEFT, RIGHT = 2098, 1984, 1587, 1474  # 37 / 35 / 28 / 26 mm
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT  # 156 mm: 28 characters of 16 pt
HEADER_DISTANCE, FOOTER_DISTANCE = (
    1134,
    1446,
)  # 20 mm; 25.5 mm puts the dash of the page number 7 mm below the type area
LINE = 579  # 28.95 pt: 22 lines fill the type area
CHARACTER = 320  # one character of 16 pt
OUTSIDE = 280  # twips: a character of the number of a page, left free at the outer edge
CONDENSED = (
    -5
)  # 0.25 pt less after each character: 28 fit a line (a docGrid of characters makes LibreOffice space digits)
TITLE_CHARACTER = 440  # one character of 22 pt

FANGSONG, HEITI, KAITI, BIAOSONG, SONGTI = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"
LATIN = "Times New Roman"
FACES = (FANGSONG, HEITI, KAITI, BIAOSONG, SONGTI, LATIN)

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_REL = R + "/"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml."

FICTIONAL_MARK = "虚构数据"
FICTIONAL_HEADER = "虚构数据　仅供演示，不反映任何真实地区"


def _fonts(east_asian: str) -> str:
    return f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:cs="{LATIN}" w:eastAsia="{east_asian}"/>'


def _style(
    code: str,
    name: str,
    *,
    font: str = FANGSONG,
    half_points: int = 32,
    align: str = "both",
    indent: int = 0,
    line: int = LINE,
    after: int = 0,
    extra: str = "",
    run: str = "",
    based_on: str = "Normal",
) -> str:
    """One paragraph style; indent in characters of the first line, extra goes in front of spacing, run behind the fonts."""
    first = f'<w:ind w:firstLineChars="{indent * 100}" w:firstLine="{indent * half_points * 10}"/>' if indent else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="{0 if name.startswith("heading") or name == "Title" else 1}" '
        f'w:styleId="{code}"><w:name w:val="{name}"/><w:basedOn w:val="{based_on}"/><w:qFormat/>'
        f'<w:pPr>{extra}<w:spacing w:before="0" w:after="{after}" w:line="{line}" w:lineRule="exact"/>{first}'
        f'<w:jc w:val="{align}"/></w:pPr>'
        f'<w:rPr>{_fonts(font)}{run}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr></w:style>'
    )


def _heading(level: int, font: str) -> str:
    outline = f'<w:outlineLvl w:val="{level - 1}"/></w:pPr>'
    style = _style(f"Heading{level}", f"heading {level}", font=font, indent=2, extra="<w:keepNext/>", run=_TIGHT)
    return style.replace("</w:pPr>", outline, 1)


_TIGHT = f'<w:spacing w:val="{CONDENSED}"/>'


STYLES = (
    f'{_HEAD}<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{_fonts(FANGSONG)}'
    '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
    "<w:pPrDefault/></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr>'
    '<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" '
    'w:type="dxa"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    "</w:style>"
    '<w:style w:type="table" w:customStyle="1" w:styleId="OfficialTable"><w:name w:val="公文表格"/>'
    '<w:basedOn w:val="TableNormal"/><w:tblPr><w:jc w:val="center"/><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for side, size in (("top", 8), ("left", 4), ("bottom", 8), ("right", 4), ("insideH", 4), ("insideV", 4))
    )
    + "</w:tblBorders></w:tblPr></w:style>"
    + _style(
        "IssuerMark",
        "发文机关标志",
        font=BIAOSONG,
        half_points=88,
        align="center",
        line=1160,
        run='<w:color w:val="FF0000"/>',
    )
    + _style("DocumentNumber", "发文字号", align="center")
    + _style("Title", "Title", font=BIAOSONG, half_points=44, align="center", line=660)
    + _style("BodyText", "公文正文", indent=2, run=_TIGHT)
    + _heading(1, HEITI)
    + _heading(2, KAITI)
    + _heading(3, FANGSONG)
    + _heading(4, FANGSONG)
    + _style("FictionalMark", "虚构标记", font=HEITI, align="left")
    + _style(
        "OfficialNotice",
        "公文说明",
        font=KAITI,
        half_points=28,
        line=500,
        after=200,
        indent=2,
        extra="<w:keepLines/><w:pBdr>"
        + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="4" w:color="000000"/>' for side in ("top", "bottom"))
        + "</w:pBdr>",
    )
    + _style("TableHead", "公文表头", font=HEITI, half_points=24, align="center", line=400, extra="<w:keepNext/>")
    + _style("TableText", "公文表格文字", half_points=24, align="left", line=400)
    + _style("TableFigure", "公文表格数字", half_points=24, align="center", line=400)
    + _style("Signature", "署名和成文日期", align="right", extra="<w:keepLines/>")
    + _style("PageHeader", "公文页眉", font=HEITI, half_points=24, align="center", line=400)
    + _style("PageNumber", "公文页码", font=SONGTI, half_points=28, align="right", line=400)
    + "</w:styles>"
)

_ALTERNATIVES = {FANGSONG: "仿宋", KAITI: "楷体", BIAOSONG: "华文中宋", HEITI: "SimHei", SONGTI: "SimSun"}
_FAMILIES = {FANGSONG: "modern", KAITI: "modern", BIAOSONG: "script", HEITI: "modern", SONGTI: "auto"}
FONT_TABLE = (
    f'{_HEAD}<w:fonts xmlns:w="{W}"><w:font w:name="{LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/>'
    '<w:pitch w:val="variable"/></w:font>'
    + "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{_FAMILIES[name]}"/>'
        '<w:pitch w:val="default"/></w:font>'
        for name, other in _ALTERNATIVES.items()
    )
    + "</w:fonts>"
)

SETTINGS = (
    f'{_HEAD}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:evenAndOddHeaders/>'
    '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
    "<w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/>"
    '<w:adjustLineHeightInTable/><w:useFELayout/><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)


def _footer(align: str) -> str:
    """The page number: 4号 宋体 between dashes, one character free at the outer edge."""
    side = "right" if align == "right" else "left"
    fonts = f'<w:rPr><w:rFonts w:ascii="{SONGTI}" w:hAnsi="{SONGTI}" w:eastAsia="{SONGTI}" w:cs="{SONGTI}"/></w:rPr>'
    field = "".join(
        f"<w:r>{fonts}{content}</w:r>"
        for content in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        )
    )
    return (
        f'{_HEAD}<w:ftr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="PageNumber"/><w:ind w:{side}Chars="100" w:{side}="{OUTSIDE}"/>'
        f'<w:jc w:val="{align}"/></w:pPr>{field}</w:p></w:ftr>'
    )


def _header(text: str) -> str:
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f'{_HEAD}<w:hdr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="PageHeader"/></w:pPr>{run}</w:p></w:hdr>'


HEADER = {False: _header(""), True: _header(FICTIONAL_HEADER)}
FOOTER_ODD, FOOTER_EVEN = _footer("right"), _footer("left")

SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:headerReference w:type="even" r:id="rId4"/>'
    '<w:footerReference w:type="default" r:id="rId5"/><w:footerReference w:type="even" r:id="rId6"/>'
    f'<w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}"/><w:pgMar w:top="{TOP}" w:right="{RIGHT}" w:bottom="{BOTTOM}" '
    f'w:left="{LEFT}" w:header="{HEADER_DISTANCE}" w:footer="{FOOTER_DISTANCE}" w:gutter="0"/>'
    f'<w:cols w:space="720"/><w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>'
)


def _relationships(entries: list[tuple[str, str, str]]) -> str:
    body = "".join(f'<Relationship Id="{code}" Type="{kind}" Target="{target}"/>' for code, kind, target in entries)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}relationships">{body}</Relationships>'


ROOT_RELATIONSHIPS = _relationships(
    [
        ("rId1", _REL + "officeDocument", "word/document.xml"),
        ("rId2", _PACKAGE + "relationships/metadata/core-properties", "docProps/core.xml"),
        ("rId3", _REL + "extended-properties", "docProps/app.xml"),
    ]
)
APPLICATION = (
    f'{_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Xingke</Application></Properties>"
)


def document_relationships(custom_parts: int) -> str:
    """word/_rels/document.xml.rels; custom_parts: how many customXml items stand beside the text (0, 1 or 2)."""
    fixed = ["styles", "settings", "fontTable", "header", "footer", "footer"]
    names = ["styles.xml", "settings.xml", "fontTable.xml", "header1.xml", "footer1.xml", "footer2.xml"]
    entries = [(f"rId{at}", _REL + kind, name) for at, (kind, name) in enumerate(zip(fixed, names, strict=True), 1)]
    entries += [(f"rId{6 + at}", _REL + "customXml", f"../customXml/item{at}.xml") for at in range(1, custom_parts + 1)]
    return _relationships(entries)


def item_relationships(number: int) -> str:
    """customXml/_rels/itemN.xml.rels."""
    return _relationships([("rId1", _REL + "customXmlProps", f"itemProps{number}.xml")])


def item_properties(store: str, namespace: str) -> str:
    """customXml/itemPropsN.xml: the store id that data bindings name."""
    custom = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
    return (
        f'{_HEAD}<ds:datastoreItem ds:itemID="{store}" xmlns:ds="{custom}">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{namespace}"/></ds:schemaRefs></ds:datastoreItem>'
    )


def content_types(custom_parts: int) -> str:
    """[Content_Types].xml."""
    overrides = [
        ("/word/document.xml", _WML + "document.main+xml"),
        ("/word/styles.xml", _WML + "styles+xml"),
        ("/word/settings.xml", _WML + "settings+xml"),
        ("/word/fontTable.xml", _WML + "fontTable+xml"),
        ("/word/header1.xml", _WML + "header+xml"),
        ("/word/footer1.xml", _WML + "footer+xml"),
        ("/word/footer2.xml", _WML + "footer+xml"),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml"),
    ]
    custom = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    overrides += [(f"/customXml/itemProps{at}.xml", custom) for at in range(1, custom_parts + 1)]
    body = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{body}</Types>'
    )


def width_of(text: str) -> float:
    """Width in characters: half for ASCII, one for the rest."""
    return len(text) - 0.5 * sum(character < "\x80" for character in text)


_TITLE_ROOM = TEXT_WIDTH / TITLE_CHARACTER - 1  # one character of air
_BREAKS = re.compile(
    r"(?:委员会|政府|局|厅|院|中心|关于|年度|半年|季度|月份|〕|》)(?=.)|(?<=[^0-9])(?=(?:19|20)\d\d年)"
)


def title_lines(title: str) -> list[str]:
    """The title in lines that fit and are near equal, broken only where a phrase ends; one line when no such place helps."""
    if width_of(title) <= _TITLE_ROOM:
        return [title]
    places = sorted({match.end() for match in _BREAKS.finditer(title)})
    fitting = [at for at in places if max(width_of(title[:at]), width_of(title[at:])) <= _TITLE_ROOM]
    if not fitting:
        return [title]
    at = min(fitting, key=lambda at: (abs(width_of(title[:at]) - width_of(title[at:])), at))
    return [title[:at], title[at:]]
