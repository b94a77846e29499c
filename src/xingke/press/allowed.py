"""What may stand in a signed .docx: what our writer emits, and the marks that known editors leave on saving again.

A closed list: parts, relationships, content types, elements, attributes and their values. Whatever is not on it is
foreign and is named; nobody asks what it would do. The marks are those of LibreOffice 7.4 (seen: .docx, .odt and .doc and
back), of python-docx (seen), and of Word and WPS (from public descriptions, not tried). Nothing on the list can hide a
word, show one that is not in ``w:t``, or move one off the page; that is the only rule for adding to it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xingke.press.official import CHARACTER, FACES, LINE, PAGE_HEIGHT, PAGE_WIDTH, TEXT_WIDTH

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_XML = "http://www.w3.org/XML/1998/namespace"
MICROSOFT = "http://schemas.microsoft.com/office/"  # the extensions that mc:Ignorable may name
PREFIXES = {
    W: "",
    R: "r:",
    _MC: "mc:",
    _XML: "xml:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14:",
    "http://schemas.microsoft.com/office/word/2012/wordml": "w15:",
}

Says = Callable[[str], bool]
"""Whether the value of an attribute is on the list."""


@dataclass(frozen=True)
class Element:
    """What an element may say and hold; inert: nothing below it is ever shown, so nothing below it is looked at.

    must_say: the attributes without which it would mean something else, such as a switch that is on when nothing is said.
    """

    attributes: Mapping[str, Says]
    children: frozenset[str]
    is_inert: bool = False
    must_say: str = ""


# --- values ----------------------------------------------------------------------------------------


def _any(said: str) -> bool:
    return True


def _one_of(*known: str) -> Says:
    return frozenset(known).__contains__


def _between(low: int, high: int) -> Says:
    """A whole number, as Word writes it."""

    def says(said: str) -> bool:
        return re.fullmatch(r"-?[0-9]{1,6}", said) is not None and low <= int(said) <= high

    return says


_ON = _one_of("1", "true", "on")
_OFF = _one_of("0", "false", "off")
_SWITCH = _one_of("1", "true", "on", "0", "false", "off")
_NARROWEST = 180  # twips: no column of ours is narrower
_INK = _one_of("auto", "000000", "FF0000")  # red: the issuer's mark above the title
_FONTS = re.compile(  # faces of text; none of them draws a digit as something else
    r"仿宋|楷体|黑体|宋体|新宋体|等线|等线 Light|微软雅黑|(?:仿宋|楷体)_GB2312|"
    r"方正(?:小标宋|大标宋|仿宋|楷体|黑体|书宋)(?:简体|_GBK|_GB18030|_GB2312)?|华文(?:中宋|仿宋|楷体|宋体|细黑|黑体)|"
    r"(?:N?SimSun|SimHei|FangSong|KaiTi|STSong|STZhongsong|STFangsong|STKaiti|STXihei|DengXian|Microsoft YaHei)(?:_GB2312| Light)?|"
    r"(?:Noto|Source Han|WenQuanYi|思源|文泉驿|DejaVu|Liberation)[ \w]*|"
    r"Times New Roman|Times|Arial|Calibri|Calibri Light|Cambria|Helvetica|Courier New|Tahoma|Verdana|Georgia|Carlito|"
    r"Caladea|Open Sans|Lohit Devanagari|FreeSans|FreeSerif|Mangal|Lucida Sans|Arial Unicode MS"
)


def _font(said: str) -> bool:
    return _FONTS.fullmatch(said) is not None


def _language(said: str) -> bool:
    return re.fullmatch(r"(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2})?", said) is not None


_TWIPS = _between(0, TEXT_WIDTH // 3)  # from either edge: a third of the line is left at the least
_BLANK_WIDTH = _between(0, 200)
LEAST_LINE = 400  # twips: the smallest exact line of ours; a smaller one cuts letters of 16 points
LARGEST = 44  # half-points: what such a line still shows; larger is the issuer's mark alone
ISSUER_MARK = "发文机关标志"


# --- elements --------------------------------------------------------------------------------------

_Attributes = Mapping[str, Says]


def _element(children: str = "", /, **attributes: Says) -> Element:
    return Element({name.replace("__", ":"): says for name, says in attributes.items()}, frozenset(children.split()))


def _value(says: Says) -> Element:
    """An element that says one value; only of a switch, and of what says anything, may it be left out."""
    return Element({"val": says}, frozenset(), must_say="" if says in (_SWITCH, _any) else "val")


_INERT = Element({}, frozenset(), is_inert=True)
MARKS = "bookmarkStart bookmarkEnd proofErr"  # where an editor stood, what its spelling thought
_LINE = _element(val=_one_of("single", "none", "nil"), sz=_between(0, 12), space=_between(0, 31), color=_INK)
_SIDE = Element({**_LINE.attributes, "w": _BLANK_WIDTH, "type": _one_of("dxa")}, frozenset())
_SIDES = "top left bottom right start end insideH insideV"
_WIDTH = _element(w=_between(0, TEXT_WIDTH + 10), type=_one_of("dxa", "auto", "nil"))

_RUN_LOOKS = {
    "rFonts": _element(ascii=_font, hAnsi=_font, cs=_font, eastAsia=_font, hint=_one_of("eastAsia", "default", "cs")),
    **{name: _value(_SWITCH) for name in ("b", "bCs", "i", "iCs", "noProof", "snapToGrid")},
    **{
        name: _value(_OFF)
        for name in (
            *("strike", "dstrike", "caps", "smallCaps", "emboss", "imprint", "outline", "shadow", "vanish"),
            *("webHidden", "specVanish", "rtl", "cs"),
        )
    },
    "color": _value(_INK),
    "sz": _value(_between(18, 88)),
    "szCs": _value(_between(18, 88)),
    "spacing": _element(
        val=_between(-20, 60),
        before=_between(0, 1200),
        after=_between(0, 1200),
        beforeLines=_between(0, 200),
        afterLines=_between(0, 200),
        beforeAutospacing=_OFF,
        afterAutospacing=_OFF,
        line=_between(200, 1400),
        lineRule=_one_of("exact", "auto", "atLeast"),
    ),
    "kern": _value(_between(0, 200)),
    "lang": _element(val=_language, eastAsia=_language, bidi=_language),
    "u": _element(val=_one_of("none", "single"), color=_INK),
    "position": _value(_one_of("0")),
    "w": _value(_one_of("100")),
    "effect": _value(_one_of("none")),
    "em": _value(_one_of("none")),
    "highlight": _value(_one_of("none")),
    "vertAlign": _value(_one_of("baseline")),
    "shd": _element(val=_one_of("clear", "nil"), color=_one_of("auto"), fill=_one_of("auto")),
    "rStyle": _value(_any),  # every style is held to this list
    "w14:ligatures": _element(w14__val=_any),
}
_PARAGRAPH_LOOKS = {
    "pStyle": _value(_any),
    **{
        name: _value(_SWITCH)
        for name in (
            *("widowControl", "keepNext", "keepLines", "suppressAutoHyphens", "kinsoku", "overflowPunct"),
            *("autoSpaceDE", "autoSpaceDN", "suppressLineNumbers", "wordWrap", "topLinePunct", "adjustRightInd"),
            "contextualSpacing",
        )
    },
    **{name: _value(_OFF) for name in ("bidi", "pageBreakBefore", "mirrorIndents", "suppressOverlap")},
    "jc": _value(_one_of("both", "left", "center", "right", "start", "end")),
    "ind": _element(
        **dict.fromkeys(("left", "right", "start", "end", "firstLine"), _TWIPS),
        **dict.fromkeys(("leftChars", "rightChars", "startChars", "endChars", "firstLineChars"), _between(0, 900)),
        **dict.fromkeys(("hanging", "hangingChars"), _one_of("0")),
    ),
    "outlineLvl": _value(_between(0, 9)),
    "textAlignment": _value(_one_of("auto", "baseline")),
    "numPr": _element("ilvl numId"),  # a list without labels is all that a numbering part may define
    "ilvl": _value(_any),
    "numId": _value(_any),
    "tabs": _element("tab"),
    "tab": _element(val=_any, pos=_any, leader=_one_of("none")),
    "pBdr": _element("top left bottom right"),
    **dict.fromkeys(_SIDES.split(), _SIDE),
}
_LOOKS = frozenset(_RUN_LOOKS) - {"rStyle"}
_TEXT = {
    "document": _element("body"),
    "body": _element(f"p tbl sectPr {MARKS}"),
    "p": _element(f"pPr r sdt {MARKS}"),
    "pPr": Element(
        {},
        frozenset(_PARAGRAPH_LOOKS) - set(_SIDES.split()) - {"tab", "ilvl", "numId"} | {"spacing", "rPr", "snapToGrid"},
    ),
    "rPr": Element({}, _LOOKS | {"rStyle"}),
    "r": _element("rPr t br fldChar instrText lastRenderedPageBreak"),
    "t": _element(),
    "br": _element(type=_one_of("textWrapping"), clear=_one_of("none", "all")),
    "lastRenderedPageBreak": _element(),
    "fldChar": _element("ffData", fldCharType=_one_of("begin", "separate", "end")),
    "instrText": _element(),
    "ffData": _element("name enabled calcOnExit textInput"),
    "textInput": _element(),
    "enabled": _value(_SWITCH),
    "calcOnExit": _value(_OFF),
    "bookmarkStart": _element(id=_any, name=_any, colFirst=_any, colLast=_any),
    "bookmarkEnd": _element(id=_any),
    "proofErr": _element(type=_any),
    "sdt": _element("sdtPr sdtEndPr sdtContent"),
    "sdtPr": _element("rPr alias tag id lock placeholder showingPlcHdr dataBinding text w15:appearance"),
    "sdtEndPr": _element("rPr"),
    "sdtContent": _element(f"r {MARKS}"),
    "alias": _value(_any),
    "tag": _value(_any),
    "id": _value(_any),
    "lock": _value(_any),
    "placeholder": _element("docPart"),
    "docPart": _value(_any),
    "showingPlcHdr": _value(_OFF),
    "dataBinding": _element(prefixMappings=_any, xpath=_any, storeItemID=_any),  # held against the proof
    "text": _element(multiLine=_OFF),
    "w15:appearance": _element(w15__val=_any),
}
_TABLES = {
    "tbl": _element(f"tblPr tblGrid tr {MARKS}"),
    "tblPr": _element("tblStyle tblW jc tblLayout tblInd tblCellMar tblBorders tblLook"),
    "tblStyle": _value(_any),
    "tblW": _WIDTH,
    "tblInd": _element(w=_between(-120, 1000), type=_one_of("dxa", "auto")),
    "tblLayout": _element(type=_one_of("fixed", "autofit")),
    "tblCellMar": _element("top left bottom right start end"),
    "tblBorders": _element(_SIDES),
    "tblLook": _element(
        **dict.fromkeys(("val", "firstRow", "lastRow", "firstColumn", "lastColumn", "noHBand", "noVBand"), _any)
    ),
    "tblGrid": _element("gridCol"),
    "gridCol": _element(w=_between(_NARROWEST, TEXT_WIDTH)),
    "tr": _element("trPr tc"),
    "trPr": _element("cantSplit tblHeader trHeight jc"),
    "cantSplit": _value(_SWITCH),
    "tblHeader": _value(_SWITCH),
    "trHeight": _element(val=_between(0, 2000), hRule=_one_of("auto", "atLeast")),
    "tc": _element("tcPr p"),
    "tcPr": _element("tcW vAlign tcBorders tcMar shd noWrap"),
    "tcW": _element(w=_between(_NARROWEST, TEXT_WIDTH), type=_one_of("dxa")),
    "vAlign": _value(_one_of("center", "top")),
    "tcBorders": _element(_SIDES),
    "tcMar": _element("top left bottom right start end"),
    "noWrap": _value(_OFF),
}
_REFERENCE = _element(type=_one_of("default", "even", "first"), r__id=_any)
_MARGINS = "top right bottom left header footer"
_PAGES = {
    "sectPr": _element(
        "headerReference footerReference type pgSz pgMar cols docGrid pgNumType formProt textDirection titlePg bidi "
        "rtlGutter footnotePr endnotePr noEndnote"
    ),
    "headerReference": _REFERENCE,
    "footerReference": _REFERENCE,
    "type": _value(_one_of("nextPage", "continuous")),
    "pgSz": Element(
        {
            "w": _between(PAGE_WIDTH - 30, PAGE_WIDTH + 30),
            "h": _between(PAGE_HEIGHT - 30, PAGE_HEIGHT + 30),
            "orient": _one_of("portrait"),
            "code": _any,
        },
        frozenset(),
        must_say="w h",
    ),
    "pgMar": Element(
        {**dict.fromkeys(_MARGINS.split(), _between(500, 2400)), "gutter": _one_of("0")}, frozenset(), must_say=_MARGINS
    ),
    "cols": _element(space=_any, num=_one_of("0", "1"), equalWidth=_any, sep=_OFF),
    "docGrid": _element(type=_one_of("lines", "default"), linePitch=_between(200, 1000), charSpace=_any),
    "pgNumType": _element(fmt=_one_of("decimal", "numberInDash"), start=_one_of("1")),
    "formProt": _value(_OFF),
    "textDirection": _value(_one_of("lrTb")),
    "titlePg": _value(_OFF),
    "rtlGutter": _value(_OFF),
    "noEndnote": _value(_SWITCH),
    "footnotePr": _INERT,
    "endnotePr": _INERT,
}
_STYLES = {
    "styles": _element("docDefaults latentStyles style"),
    "docDefaults": _element("rPrDefault pPrDefault"),
    "rPrDefault": _element("rPr"),
    "pPrDefault": _element("pPr"),
    "latentStyles": _INERT,
    "style": _element(
        "name aliases basedOn next link uiPriority semiHidden unhideWhenUsed hidden locked qFormat rsid pPr rPr tblPr "
        "trPr tcPr",
        type=_one_of("paragraph", "character", "table", "numbering"),
        styleId=_any,
        default=_SWITCH,
        customStyle=_SWITCH,
    ),
    **{name: _value(_any) for name in ("name", "aliases", "basedOn", "next", "link", "uiPriority", "rsid")},
    **{name: _value(_SWITCH) for name in ("semiHidden", "unhideWhenUsed", "hidden", "locked", "qFormat")},
}
_SETTINGS = {
    "settings": _element(
        "zoom view evenAndOddHeaders defaultTabStop autoHyphenation hyphenationZone characterSpacingControl compat rsids "
        "themeFontLang clrSchemeMapping decimalSymbol listSeparator footnotePr endnotePr m:mathPr proofState "
        "bordersDoNotSurroundHeader bordersDoNotSurroundFooter drawingGridHorizontalSpacing drawingGridVerticalSpacing "
        "displayHorizontalDrawingGridEvery displayVerticalDrawingGridEvery noPunctuationKerning removePersonalInformation "
        "hideSpellingErrors hideGrammaticalErrors doNotDisplayPageBoundaries savePreviewPicture activeWritingStyle "
        "stylePaneFormatFilter docVars shapeDefaults hdrShapeDefaults w14:docId w15:docId w15:chartTrackingRefBased"
    ),
    "evenAndOddHeaders": _value(_SWITCH),
    "view": _value(_one_of("print", "normal", "none")),
    "characterSpacingControl": _value(_any),
    "autoHyphenation": _value(_SWITCH),
    "clrSchemeMapping": Element(
        {
            **{f"accent{at}": _one_of(f"accent{at}") for at in range(1, 7)},
            "bg1": _one_of("light1"),
            "t1": _one_of("dark1"),
            "bg2": _one_of("light2"),
            "t2": _one_of("dark2"),
            "hyperlink": _one_of("hyperlink"),
            "followedHyperlink": _one_of("followedHyperlink"),
        },
        frozenset(),
    ),
    **dict.fromkeys(
        (
            *("zoom", "defaultTabStop", "hyphenationZone", "compat", "rsids", "themeFontLang", "decimalSymbol"),
            *("listSeparator", "m:mathPr", "proofState", "drawingGridHorizontalSpacing", "drawingGridVerticalSpacing"),
            *("displayHorizontalDrawingGridEvery", "displayVerticalDrawingGridEvery", "activeWritingStyle", "docVars"),
            *("stylePaneFormatFilter", "shapeDefaults", "hdrShapeDefaults", "w14:docId", "w15:docId"),
            *("bordersDoNotSurroundHeader", "bordersDoNotSurroundFooter", "noPunctuationKerning"),
            *("removePersonalInformation", "hideSpellingErrors", "hideGrammaticalErrors", "savePreviewPicture"),
            *("doNotDisplayPageBoundaries", "w15:chartTrackingRefBased"),
        ),
        _INERT,
    ),
}
_FONT_TABLE = {
    "fonts": _element("font"),
    "font": _element("altName panose1 charset family notTrueType pitch sig", name=_any),  # a name alone draws nothing
    "altName": _value(lambda said: all(_font(each.strip()) for each in said.split(","))),
    **dict.fromkeys(("panose1", "charset", "family", "notTrueType", "pitch", "sig"), _INERT),
}
_NUMBERING = {
    "numbering": _element("abstractNum num"),
    "abstractNum": _element("nsid multiLevelType tmpl lvl", abstractNumId=_any),
    "num": _element("abstractNumId", numId=_any),
    **{name: _value(_any) for name in ("nsid", "multiLevelType", "tmpl", "abstractNumId", "lvlJc", "start")},
    "lvl": _element("start numFmt suff lvlText lvlJc pPr rPr pStyle", ilvl=_any, tplc=_any, tentative=_any),
    "numFmt": _value(_one_of("none")),
    "lvlText": _value(_one_of("")),
    "suff": _value(_one_of("nothing", "space", "tab")),
}
_NOTES = {
    "footnotes": _element("footnote"),
    "endnotes": _element("endnote"),
    **dict.fromkeys(
        ("footnote", "endnote"),
        _element("p", type=_one_of("separator", "continuationSeparator", "continuationNotice"), id=_any),
    ),
    "p": _element(f"pPr r {MARKS}"),
    "r": _element("rPr separator continuationSeparator"),
    "separator": _element(),
    "continuationSeparator": _element(),
}
_EDGES = {"hdr": _element("p"), "ftr": _element("p"), "p": _element(f"pPr r {MARKS}")}  # no figure stands at an edge

_OFFS = frozenset(
    name for name, known in _RUN_LOOKS.items() if known.must_say and name not in ("color", "sz", "szCs", "kern")
)
_PLAIN_PARAGRAPH = frozenset(
    {
        "pStyle",
        "widowControl",
        "keepNext",
        "keepLines",
        "suppressAutoHyphens",
        "kinsoku",
        "overflowPunct",
        "autoSpaceDE",
        "autoSpaceDN",
        "wordWrap",
        "topLinePunct",
        "adjustRightInd",
        "bidi",
        "pageBreakBefore",
        "mirrorIndents",
        "suppressOverlap",
        "textAlignment",
        "snapToGrid",
        "spacing",
        "ind",
        "pBdr",
        "rPr",
    }
)
_IN_TEXT = {  # in the text looks come from the styles; what stands at a paragraph or run is little, and ours
    "rPr": Element({}, _OFFS | {"rFonts", "lang", "kern", "noProof", "snapToGrid", "shd"}),
    "rFonts": _element(
        **dict.fromkeys(("ascii", "hAnsi", "cs", "eastAsia"), _one_of(*FACES)),
        hint=_one_of("eastAsia", "default", "cs"),
    ),
    "pPr": Element({}, _PLAIN_PARAGRAPH),
    "spacing": _element(**dict.fromkeys(("before", "after"), _one_of("0", str(LINE)))),
    "ind": _element(
        **dict.fromkeys(("left", "start", "leftChars", "startChars", "hanging", "hangingChars"), _one_of("0")),
        **dict.fromkeys(("right", "end"), _TWIPS),
        firstLine=_one_of("0", str(2 * CHARACTER), "560"),
        firstLineChars=_one_of("0", "200"),
    ),
    "pBdr": _element("bottom"),
}
_AT_THE_EDGE = {
    **_IN_TEXT,
    "pPr": Element({}, _IN_TEXT["pPr"].children | {"jc"}),
    "ind": _element(
        **dict.fromkeys(("left", "start", "right", "end"), _one_of("0", "280")),
        **dict.fromkeys(("leftChars", "startChars", "rightChars", "endChars"), _one_of("0", "100")),
        **dict.fromkeys(("hanging", "hangingChars", "firstLine", "firstLineChars"), _one_of("0")),
    ),
}
_COMMON = {**_RUN_LOOKS, **_PARAGRAPH_LOOKS, **_TEXT, **_TABLES}
REVISION = re.compile(r"rsid[A-Z]\w*")
EVERYWHERE: _Attributes = {"xml:space": _one_of("preserve", "default"), "w14:paraId": _any, "w14:textId": _any}


# --- parts -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A kind of part: where it may be related from, how often, its content type, its root, what may stand in it.

    elements is None where nothing of the part is ever shown.
    """

    relation: str
    content: tuple[str, ...]
    most: int = 1
    root: str = ""
    elements: Mapping[str, Element] | None = None
    instructions: re.Pattern[str] | None = None


_WML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_OFFICE = "application/vnd.openxmlformats-officedocument."
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/"
_XML_TYPES = ("application/xml", "text/xml")
_SHOWS_ITS_TEXT = re.compile(r'\s*(?:FORMTEXT|FILLIN ""(?:\s+\\\*\s*MERGEFORMAT)?)\s*')  # a figure after .doc and .odt
_PAGE_NUMBER = re.compile(r"\s*PAGE(?:\s+\\\*\s*(?:MERGEFORMAT|[Aa]rabic|ARABIC))*\s*")
MAIN = Part(
    R + "/officeDocument",
    (_WML + "document.main+xml",),
    root="document",
    elements={**_COMMON, **_IN_TEXT, **_PAGES, "name": _value(_any)},
    instructions=_SHOWS_ITS_TEXT,
)
_ROOT_PARTS = (
    MAIN,
    Part(_PACKAGE + "core-properties", ("application/vnd.openxmlformats-package.core-properties+xml",)),
    Part(  # what LibreOffice writes under its second name of the format
        "http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties",
        ("application/vnd.openxmlformats-package.core-properties+xml",),
    ),
    Part(R + "/extended-properties", (_OFFICE + "extended-properties+xml",)),
    Part(R + "/custom-properties", (_OFFICE + "custom-properties+xml",)),
)
_EDGE_ELEMENTS = {**_COMMON, **_AT_THE_EDGE, **_EDGES}
_MAIN_PARTS = (
    Part(R + "/styles", (_WML + "styles+xml",), root="styles", elements={**_COMMON, **_STYLES}),
    Part(R + "/settings", (_WML + "settings+xml",), root="settings", elements={**_PAGES, **_SETTINGS}),
    Part(R + "/fontTable", (_WML + "fontTable+xml",), root="fonts", elements=_FONT_TABLE),
    Part(R + "/numbering", (_WML + "numbering+xml",), root="numbering", elements={**_COMMON, **_NUMBERING}),
    Part(R + "/header", (_WML + "header+xml",), most=6, root="hdr", elements=_EDGE_ELEMENTS),
    Part(R + "/footer", (_WML + "footer+xml",), most=6, root="ftr", elements=_EDGE_ELEMENTS, instructions=_PAGE_NUMBER),
    Part(R + "/footnotes", (_WML + "footnotes+xml",), root="footnotes", elements={**_COMMON, **_NOTES}),
    Part(R + "/endnotes", (_WML + "endnotes+xml",), root="endnotes", elements={**_COMMON, **_NOTES}),
    Part(R + "/theme", (_OFFICE + "theme+xml",)),
    Part(R + "/webSettings", (_WML + "webSettings+xml",)),
    Part(R + "/customXml", _XML_TYPES, most=2),
)
_ITEM_PARTS = (Part(R + "/customXmlProps", (_OFFICE + "customXmlProperties+xml",)),)
CUSTOM_XML = R + "/customXml"


def parts_from(source: str, main: str) -> Mapping[str, Part]:
    """The kinds of part that may be related from a part ("" for the package), by their whole relationship type."""
    parts: tuple[Part, ...] = ()
    if not source:
        parts = _ROOT_PARTS
    elif source == main:
        parts = _MAIN_PARTS
    elif re.fullmatch(r"customxml/item[0-9]+\.xml", source.lower()):
        parts = _ITEM_PARTS
    return {part.relation: part for part in parts}
