"""Looking at a part of a .docx for what is not on the list of what may stand there (see allowed)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from xingke.press.allowed import (
    EVERYWHERE,
    ISSUER_MARK,
    LARGEST,
    LEAST_LINE,
    MARKS,
    MICROSOFT,
    PREFIXES,
    REVISION,
    Element,
    Part,
    W,
)
from xingke.press.official import TEXT_WIDTH


@dataclass(frozen=True)
class Foreign:
    """Something that is not on the list. what: element, attribute or part by name. at: the words beside it, or the part."""

    what: str
    at: str


def name_of(element: etree._Element) -> str:
    """An element's name with the usual prefix of its namespace, none for WordprocessingML; {…}name for the unknown."""
    return _prefixed(str(element.tag))


def _prefixed(tag: str) -> str:
    space, closed, name = tag.rpartition("}")
    if not closed:
        return ":" + tag
    prefix = PREFIXES.get(space[1:])
    return tag if prefix is None else prefix + name


def foreign(root: etree._Element, part: Part) -> Iterator[Foreign]:
    """What in a parsed part is not on the list, in reading order. Nothing below a foreign element is looked at."""
    if part.elements is None:
        return
    if name_of(root) != part.root:
        yield Foreign(name_of(root), "")
        return
    stack = [root]
    while stack:
        element = stack.pop()
        name = name_of(element)
        known = part.elements[name]
        yield from (Foreign(what, words_near(element)) for what in _said_by(element, name, known))
        if known.is_inert:
            continue
        inner = []
        for child in element.iterchildren(tag=etree.Element):
            child_name = name_of(child)
            if child_name in known.children and child_name in part.elements:
                inner.append(child)
            else:
                yield Foreign(child_name, words_near(child))
        stack += reversed(inner)
    yield from _fields(root, part)


def _said_by(element: etree._Element, name: str, known: Element) -> Iterator[str]:
    """Attributes that are not on the list, or say what is not, and words where none may stand."""
    for attribute, said in element.attrib.items():
        said_name = _prefixed(str(attribute))
        if said_name == "mc:Ignorable":
            if all((element.nsmap.get(prefix) or "").startswith(MICROSOFT) for prefix in str(said).split()):
                continue
        elif known.is_inert or REVISION.fullmatch(said_name):
            continue
        else:
            says = known.attributes.get(said_name) or EVERYWHERE.get(said_name)
            if says is not None and says(str(said)):
                continue
        yield f"{name}@{said_name}={said}"[:80]
    if any(element.get(f"{{{W}}}{attribute}") is None for attribute in known.must_say.split()):
        yield name
    if not known.is_inert:
        yield from _beyond_values(element, name)
        loose = [] if name in ("t", "instrText") else [element.text, *(child.tail for child in element)]
        if any(each and each.strip() for each in loose):
            yield f"{name}/text()"


def _beyond_values(element: etree._Element, name: str) -> Iterator[str]:
    """What no single value tells: lines too low, letters too large for them, columns past the edge, things said twice."""

    def number(attribute: str, else_: int = 0) -> int:
        said = element.get(f"{{{W}}}{attribute}") or ""
        return int(said) if said.isdecimal() else else_  # what is no number was told of by itself

    is_auto = element.get(f"{{{W}}}lineRule") == "auto"
    if name == "spacing" and not is_auto and number("line", LEAST_LINE) < LEAST_LINE:
        yield f"spacing@line={number('line')}"
    if name in ("sz", "szCs") and number("val") > LARGEST and not _is_issuer_mark(element):
        yield f"{name}@val={number('val')}"
    if name == "br" and _style_of(element) != "Title":  # a break in a number, or in words, is another text
        yield "br"
    if name in ("tblGrid", "tr") and _breadth(element) > TEXT_WIDTH + 60:
        yield f"{name}@w={_breadth(element)}"
    names = [name_of(child) for child in element.iterchildren(tag=etree.Element)]
    before = [each for each in names if each not in MARKS.split()]
    if f"{name}Pr" in before[1:]:  # properties that come late are none: nobody reads them
        yield f"{name}Pr"
    yield from (f"{each}×2" for each in dict.fromkeys(names) if each not in _REPEATED and names.count(each) > 1)


_REPEATED = frozenset(
    f"p tbl r t br sdt tr tc gridCol style font lvl abstractNum num footnote endnote {MARKS} tab fldChar instrText "
    "lastRenderedPageBreak headerReference footerReference separator continuationSeparator".split()
)


def _style_of(element: etree._Element) -> str:
    """The style of the paragraph around an element."""
    paragraph = next(element.iterancestors(f"{{{W}}}p"), None)
    style = None if paragraph is None else paragraph.find(f"{{{W}}}pPr/{{{W}}}pStyle")
    return "" if style is None else style.get(f"{{{W}}}val") or ""


def _is_issuer_mark(element: etree._Element) -> bool:
    style = next(element.iterancestors(f"{{{W}}}style"), None)
    name = None if style is None else style.find(f"{{{W}}}name")
    return name is not None and name.get(f"{{{W}}}val") == ISSUER_MARK


def _breadth(element: etree._Element) -> int:
    """Twips that the columns of a grid, or the cells of a row, take together."""
    names = (f"{{{W}}}gridCol",) if name_of(element) == "tblGrid" else (f"{{{W}}}tcW",)
    widths = (each.get(f"{{{W}}}w") or "" for each in element.iter(*names))
    return sum(int(width) for width in widths if width.isdecimal())


_STEPS = {  # what the marks of a field make of where we are; a field within a field is on no list
    ("", "begin"): "begin",
    ("begin", "separate"): "separate",
    ("begin", "end"): "",
    ("separate", "end"): "",
}


def _fields(root: etree._Element, part: Part) -> Iterator[Foreign]:
    """Fields other than the few that show their own result, and those that are not whole."""
    for paragraph in root.iter(f"{{{W}}}p"):
        for what in _field_faults(paragraph, part.instructions):
            yield Foreign(what, words_near(paragraph))


def _field_faults(paragraph: etree._Element, instructions: re.Pattern[str] | None) -> Iterator[str]:
    state, instruction = "", ""
    for node in paragraph.iter(f"{{{W}}}fldChar", f"{{{W}}}instrText", f"{{{W}}}t"):
        name = name_of(node)
        if name == "fldChar":
            after = _STEPS.get((state, node.get(f"{{{W}}}fldCharType") or ""))
            if after is None:
                yield "fldChar"
                return
            if state == "begin" and (instructions is None or not instructions.fullmatch(instruction)):
                yield f"instrText={instruction.strip()}"[:80]
            state, instruction = after, ""
        elif (name == "instrText") != (state == "begin"):
            yield "fldChar"
            return
        else:
            instruction += node.text or "" if name == "instrText" else ""
    if state:
        yield "fldChar"


def words_near(element: etree._Element) -> str:
    """The first words of the paragraph around an element, or inside it, or those before it."""
    at: etree._Element | None = element
    while at is not None and at.tag != f"{{{W}}}p":
        at = at.getparent()
    text = "".join((at if at is not None else element).itertext(f"{{{W}}}t")).strip()
    return text[:24] + ("…" if len(text) > 24 else "")


def edge_words(root: etree._Element) -> str:
    """The words of a header or footer with their blanks, the numbers of pages apart; its paragraphs parted by a line feed."""
    said = []
    for paragraph in root.iter(f"{{{W}}}p"):
        in_result = False
        words = ""
        for node in paragraph.iter(f"{{{W}}}fldChar", f"{{{W}}}t"):
            if name_of(node) == "t":
                is_page = in_result and re.fullmatch(r"\s*[0-9]{0,4}\s*", node.text or "")
                words += "" if is_page else _kept(node)
            else:
                in_result = node.get(f"{{{W}}}fldCharType") == "separate"
        said.append(words)
    return "\n".join(said)


def _kept(text: etree._Element) -> str:
    """The words of a w:t as they are shown: at its ends blanks count only where it says so."""
    said = text.text or ""
    return said if text.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve" else said.strip(" \t\r\n")
