"""Whether a file still looks as ours do: its styles, the style of every paragraph, the heads and feet of its pages.

The list of what may stand (see allowed) keeps words from being hidden; this keeps a heading a heading. Our styles are
known by their names, which editors keep; their ids they change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from lxml import etree

from xingke.press import official
from xingke.press.allowed import R, W
from xingke.press.closing import is_closing
from xingke.press.foreign import Foreign, edge_words, words_near

_DEPTH = 12


@dataclass(frozen=True)
class Look:
    """What a style says of size (half-points), line and air (twips), side, indent of the first line, face, colour.

    tight: what is added between letters (twips). drawn: the sides of a paragraph where a line is drawn.
    """

    size: str
    line: str
    rule: str
    before: str
    after: str
    side: str
    first_line: str
    face: str
    colour: str
    tight: str
    drawn: frozenset[str]


_LINES = ("top", "left", "bottom", "right")
_SIDES = {"start": "left", "end": "right"}  # what LibreOffice's second filter calls them


class _Styles:
    """The styles of a part by id, each resolved through those it is based on."""

    def __init__(self, root: etree._Element | None) -> None:
        rows = [] if root is None else root.findall(f"{{{W}}}style")
        self.rows = {row.get(f"{{{W}}}styleId") or "": row for row in rows}
        self.names = {key: _said(row, "name").lower() for key, row in self.rows.items()}
        defaults = None if root is None else root.find(f"{{{W}}}docDefaults/{{{W}}}rPrDefault")
        self.defaults = [] if defaults is None else [defaults]

    def look(self, key: str) -> Look:
        """How a style looks."""

        def said(path: str, attribute: str = "val") -> str:
            for row in [*self._chain(key), *self.defaults]:
                found = row.find("/".join(f"{{{W}}}{name}" for name in path.split("/")))
                value = None if found is None else found.get(f"{{{W}}}{attribute}")
                if value is not None:
                    return value
            return ""

        side = said("pPr/jc")
        return Look(
            size=said("rPr/sz"),
            line=said("pPr/spacing", "line"),
            rule=said("pPr/spacing", "lineRule"),
            before=said("pPr/spacing", "before"),
            after=said("pPr/spacing", "after"),
            side=_SIDES.get(side, side),
            first_line=said("pPr/ind", "firstLine") or "0",
            face=said("rPr/rFonts", "eastAsia"),
            colour=said("rPr/color").replace("000000", "").replace("auto", ""),
            tight=said("rPr/spacing") or "0",
            drawn=frozenset(each for each in _LINES if said(f"pPr/pBdr/{each}") == "single"),
        )

    def _chain(self, key: str) -> Iterator[etree._Element]:
        for _ in range(_DEPTH):
            row = self.rows.get(key)
            if row is None:
                return
            yield row
            key = _said(row, "basedOn")


def _said(element: etree._Element, name: str) -> str:
    found = element.find(f"{{{W}}}{name}")
    return "" if found is None else found.get(f"{{{W}}}val") or ""


@cache
def _ours() -> Mapping[str, Look]:
    """Our paragraph styles by name in lower case."""
    styles = _Styles(etree.fromstring(official.STYLES.encode()))
    return {
        styles.names[key]: styles.look(key)
        for key, row in styles.rows.items()
        if row.get(f"{{{W}}}type") == "paragraph"
    }


@cache
def _our_tables() -> Mapping[str, list[tuple[str, dict[str, str]]]]:
    """The lines and margins of our table styles by name in lower case."""
    known = _Styles(etree.fromstring(official.STYLES.encode()))
    return {
        known.names[key]: _said_of_table(row)
        for key, row in known.rows.items()
        if row.get(f"{{{W}}}type") == "table" and known.names[key] != "normal table"
    }


def _said_of_table(row: etree._Element) -> list[tuple[str, dict[str, str]]]:
    """What a table style says of its lines: editors put its margins in other words, and the default style aside."""
    return sorted(
        (str(each.tag), dict(sorted((str(name), str(said)) for name, said in each.attrib.items())))
        for lines in row.iter(f"{{{W}}}tblBorders")
        for each in lines.iterchildren(tag=etree.Element)
    )


def styles(root: etree._Element | None) -> Iterator[Foreign]:
    """Our styles that look otherwise in this file, and styles based on none that is there."""
    known = _Styles(root)
    for key, row in known.rows.items():
        name = known.names[key]
        if name in _ours() and name != "normal" and known.look(key) != _ours()[name]:
            yield Foreign(f"style={_said(row, 'name')}", "")
        if row.get(f"{{{W}}}type") == "table" and name in _our_tables() and _said_of_table(row) != _our_tables()[name]:
            yield Foreign(f"style={_said(row, 'name')}", "")
        for link in ("basedOn", "next", "link"):
            if row.find(f"{{{W}}}{link}") is not None and (other := _said(row, link)) not in known.rows:
                yield Foreign(f"{link}={other}"[:60], "")


_Said = tuple[
    str, tuple[str, ...], str
]  # an element, its attribute by one name or another, what it says ("" for anything)
_ALONE: Mapping[str, list[_Said]] = {  # what paragraphs of a style say besides it, in ours
    "title": [("spacing", ("after",), str(official.LINE))],
    "发文字号": [("spacing", ("after",), str(official.LINE)), ("pBdr/bottom", ("val",), "single")],
    "署名和成文日期": [("ind", ("right", "end"), "")],
}
_EDGE_STYLES = {"header": "公文页眉", "footer": "公文页码"}
_OUTER = {"default": ("right", "end"), "even": ("left", "start")}  # where the numbers of pages stand


def paragraphs(text: etree._Element, root: etree._Element | None) -> Iterator[Foreign]:
    """Paragraphs with words in no style of ours, closing lines apart, and tables without the one of ours."""
    known = _Styles(root)
    before = ""
    for paragraph in text.iter(f"{{{W}}}p"):
        words = "".join(paragraph.itertext(f"{{{W}}}t")).strip()
        properties = paragraph.find(f"{{{W}}}pPr")
        key = "" if properties is None else _said(properties, "pStyle")
        name = known.names.get(key, "")
        if (key and not name) or (words and name not in _ours() and not is_closing(words, follows=before)):
            yield Foreign(f"pStyle={key}", words_near(paragraph))
        for path, attributes, value in _ALONE.get(name, []) if words else []:
            said = _said_at(properties, path, attributes)
            if not said or (value and said != value):
                yield Foreign(path.partition("/")[0], words_near(paragraph))
        before = words or before


def _said_at(properties: etree._Element | None, path: str, attributes: tuple[str, ...]) -> str:
    """What the properties of a paragraph say in an element of theirs, by the one attribute or the other."""
    found = None if properties is None else properties.find("/".join(f"{{{W}}}{name}" for name in path.split("/")))
    return "" if found is None else "".join(found.get(f"{{{W}}}{each}") or "" for each in attributes)


def frame(text: etree._Element, settings: etree._Element | None, root: etree._Element | None) -> Iterator[Foreign]:
    """What the page and the tables of ours have and this file lacks. root: the styles."""
    known = _Styles(root)
    even = None if settings is None else settings.find(f"{{{W}}}evenAndOddHeaders")
    if even is None or (even.get(f"{{{W}}}val") or "1") in ("0", "false", "off"):
        yield Foreign("evenAndOddHeaders", "")
    sections = list(text.iter(f"{{{W}}}sectPr"))
    if len(sections) != 1 or any(sections[0].find(f"{{{W}}}{name}") is None for name in ("pgSz", "pgMar", "docGrid")):
        yield Foreign("sectPr", "")
    for table in text.iter(f"{{{W}}}tbl"):
        side = table.find(f"{{{W}}}tblPr/{{{W}}}jc")
        widths = [each.get(f"{{{W}}}w") for each in table.iter(f"{{{W}}}gridCol", f"{{{W}}}tcW")]
        if side is None or side.get(f"{{{W}}}val") != "center" or not widths or None in widths:
            yield Foreign("tblPr", words_near(table))
        style = table.find(f"{{{W}}}tblPr/{{{W}}}tblStyle")
        key = "" if style is None else style.get(f"{{{W}}}val") or ""
        if known.names.get(key) not in _our_tables() and not _is_drawn(table):
            yield Foreign(f"tblStyle={key}"[:60], words_near(table))


def edges(
    text: etree._Element, targets: Mapping[str, str], roots: Mapping[str, etree._Element], root: etree._Element | None
) -> Iterator[Foreign]:
    """What the heads and feet of the pages say that ours do not, and those of ours that are missing.

    targets: relationship id → part, in lower case. roots: part → header or footer. root: the styles.
    """
    known = _Styles(root)
    first = next(text.iter(f"{{{W}}}p"), None)
    is_fictional = first is not None and "".join(first.itertext(f"{{{W}}}t")).strip() == official.FICTIONAL_MARK
    for kind, says in (("header", official.FICTIONAL_HEADER if is_fictional else ""), ("footer", "—  —")):
        shown = [
            (each.get(f"{{{W}}}type"), roots.get(targets.get(each.get(f"{{{R}}}id") or "", "")))
            for each in text.iter(f"{{{W}}}{kind}Reference")
        ]
        for side in ("default", "even"):
            found = [root for type_, root in shown if type_ == side]
            if len(found) != 1 or found[0] is None:
                yield Foreign(f"{kind}={side}", "—")
                continue
            words = edge_words(found[0])
            if words != says:
                yield Foreign("edge", words[:60] or "—")
            named = [known.names.get(each.get(f"{{{W}}}val") or "") for each in found[0].iter(f"{{{W}}}pStyle")]
            if named != [_EDGE_STYLES[kind]]:
                yield Foreign(f"{kind}=style", words[:60] or "—")
            if kind == "footer" and _side(found[0]) != _OUTER[side][0]:
                yield Foreign("jc", words)
            if kind == "footer" and _said_at(found[0].find(f".//{{{W}}}pPr"), "ind", _OUTER[side]) != str(
                official.OUTSIDE
            ):
                yield Foreign("ind", words)
        yield from (Foreign(f"{kind}={type_}", "—") for type_, _root in shown if type_ not in ("default", "even"))


def _side(root: etree._Element) -> str:
    found = root.find(f".//{{{W}}}jc")
    said = "" if found is None else found.get(f"{{{W}}}val") or ""
    return _SIDES.get(said, said)


def _is_drawn(table: etree._Element) -> bool:
    """Whether every cell says its own four lines, as editors write them that forget the style of a table."""
    return all(
        {_SIDES.get(side, side) for side in _drawn_around(cell)} >= set(_LINES) for cell in table.iter(f"{{{W}}}tc")
    )


def _drawn_around(cell: etree._Element) -> Iterator[str]:
    for lines in cell.iterfind(f"{{{W}}}tcPr/{{{W}}}tcBorders"):
        for line in lines.iterchildren(tag=etree.Element):
            if line.get(f"{{{W}}}val") == "single":
                yield etree.QName(line).localname
