"""What formatting of a .docx makes of words: whether a run is hidden, and whether it may look like other words.

Hidden text is resolved through styles. Any property that could make a digit unreadable or another one is odd; what
LibreOffice and Word write by themselves, and what people do to make words stand out in black, is not.
"""

import re
from collections.abc import Iterator

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFF = frozenset({"0", "false", "off"})

_PLAIN = frozenset(
    {
        *("rFonts", "lang", "b", "bCs", "i", "iCs", "kern", "noProof", "snapToGrid", "u", "webHidden"),
        *("rPrChange", "ins", "moveTo", "ligatures", "cntxtAlts"),
    }
)
_BLACK = frozenset({"auto", "000000"})
_LEAST_SIZE = 18  # half-points: smaller is not read
_LEAST_SPACING = -20  # twips between characters: closer ones run into each other
_PICTURES = ("wingdings", "webdings", "symbol", "marlett")  # fonts whose digits are drawn as something else
_DEPTH = 12


def value(element: etree._Element, name: str = "val") -> str | None:
    """An attribute of WordprocessingML."""
    return element.get(f"{{{W}}}{name}")


def is_on(properties: etree._Element | None, name: str) -> bool | None:
    """Whether a switch is on; None where nothing is said."""
    flag = None if properties is None else properties.find(f"{{{W}}}{name}")
    return None if flag is None else (value(flag) or "1") not in OFF


def odd(properties: etree._Element | None) -> Iterator[str]:
    """The properties of a run that may make its words look like others, by name."""
    for each in () if properties is None else properties.iterchildren(tag=etree.Element):
        name = str(each.tag).rpartition("}")[2]
        if not _is_plain(each, name):
            yield name


def _is_plain(each: etree._Element, name: str) -> bool:
    said = value(each) or ""
    match name:
        case "color":
            return said in _BLACK and value(each, "themeColor") is None
        case "sz" | "szCs":
            return said.isdecimal() and int(said) >= _LEAST_SIZE
        case "spacing":
            return re.fullmatch(r"-?[0-9]{1,3}", said) is not None and int(said) >= _LEAST_SPACING
        case "rFonts":
            return not any(str(font).lower().startswith(_PICTURES) for font in each.attrib.values())
        case "vanish":
            return True  # resolved: what is hidden is no text
        case _:
            return name in _PLAIN


class Styles:
    """The styles of a document, as far as they hide or disguise words."""

    def __init__(self, root: etree._Element | None) -> None:
        rows = [] if root is None else root.iterchildren(f"{{{W}}}style")
        self._styles = {(value(row, "type") or "", value(row, "styleId") or ""): row for row in rows}
        defaults = None if root is None else root.find(f"{{{W}}}docDefaults/{{{W}}}rPrDefault/{{{W}}}rPr")
        self._defaults = defaults
        self._default_paragraph = next(
            (name for (kind, name), row in self._styles.items() if kind == "paragraph" and value(row, "default") in ("1", "true")), ""
        )  # fmt: skip

    def look(self, paragraph_style: str | None, run: etree._Element | None) -> tuple[bool, tuple[str, ...]]:
        """Whether a run is hidden, and what is odd about it. Where styles contradict each other it is odd, not hidden."""
        reference = None if run is None else run.find(f"{{{W}}}rStyle")
        levels = [self._chain("paragraph", paragraph_style or self._default_paragraph)]
        if reference is not None:
            levels.append(self._chain("character", value(reference) or ""))
        hiding = [self._hides(level) for level in levels] + [bool(is_on(self._defaults, "vanish"))]
        direct = is_on(run, "vanish")
        strange = [name for level in levels for each in level for name in odd(each)] + [*odd(self._defaults)]
        if reference is None:
            strange += odd(run)
        else:
            strange += [name for name in odd(run) if name != "rStyle"] + ["rStyle"]
        if sum(hiding) > 1 and direct is None:
            return False, (*strange, "vanish")
        return (direct if direct is not None else any(hiding)), tuple(dict.fromkeys(strange))

    def _hides(self, chain: list[etree._Element]) -> bool:
        return next((said for each in chain if (said := is_on(each, "vanish")) is not None), False)

    def _chain(self, kind: str, name: str) -> list[etree._Element]:
        """The run properties of a style and of those it is based on, the nearest first."""
        found: list[etree._Element] = []
        for _ in range(_DEPTH):
            style = self._styles.get((kind, name))
            if style is None:
                break
            own = style.find(f"{{{W}}}rPr")
            if own is not None:
                found.append(own)
            based = style.find(f"{{{W}}}basedOn")
            if based is None:
                break
            name = value(based) or ""
        return found
