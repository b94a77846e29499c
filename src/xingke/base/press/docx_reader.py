"""Reading a .docx that may come from anywhere: its text with the figures still bound, part A, part B.

Nothing in the file is trusted: sizes are bounded before anything is unfolded, DTDs are refused, nothing external is
opened. What the reader gives is the *final view*: tracked insertions are in, deletions are out, hidden text is out; that
there were changes, and where, is told. Beside what LibreOffice and Word write on saving again, it takes strict OOXML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from lxml import etree

from xingke.base.press.docx_looks import Styles
from xingke.base.press.docx_looks import W as _W
from xingke.base.press.docx_looks import value as _w
from xingke.base.press.packages import DOCX, Package
from xingke.base.press.packages import Limits as Limits
from xingke.base.press.packages import Unreadable as Unreadable
from xingke.base.press.proof import FIGURES_NAMESPACE, FIGURES_PREFIX, PROOF_NAMESPACE, Proof, ProofError, from_xml
from xingke.base.press.tree import MASK
from xingke.base.sayings import say

LIMITS = Limits()


class Story(StrEnum):
    """Where in the document a paragraph stands."""

    BODY = "body"
    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"
    ENDNOTE = "endnote"
    TEXT_BOX = "text box"
    CHART = "chart"
    DIAGRAM = "diagram"
    NUMBERING = "numbering"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A content control bound to XML. slot is None when the binding is not a position in part A."""

    xpath: str
    alias: str
    text: str
    slot: int | None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A place in a table: table and row 1-based (row 1 is the head), column 0-based."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """A tracked change. start and end are offsets in the paragraph's final text; a deletion has start == end."""

    is_insertion: bool
    start: int
    end: int
    text: str
    author: str
    holds_control: bool


@dataclass(frozen=True, kw_only=True)
class Odd:
    """Words that may look otherwise than they are read. what: the property or element that does it, by its name."""

    start: int
    end: int
    what: str


@dataclass(frozen=True, kw_only=True)
class ComputedField:
    """A field whose result a program computes from its instruction, so that it may show anything."""

    at: int
    instruction: str


@dataclass(frozen=True, kw_only=True)
class ReadParagraph:
    """One paragraph: pieces of text and bound controls. number: 1-based within its story, cells counted apart."""

    story: Story
    number: int
    pieces: tuple[str | Bound, ...]
    cell: Cell | None = None
    changes: tuple[Change, ...] = ()
    oddities: tuple[Odd, ...] = ()
    fields: tuple[ComputedField, ...] = ()

    @property
    def text(self) -> str:
        """What a reader sees."""
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)

    @property
    def masked(self) -> str:
        """Same length as text, bound figures replaced by MASK."""
        return "".join(piece if isinstance(piece, str) else MASK * len(piece.text) for piece in self.pieces)

    @property
    def controls(self) -> Iterator[tuple[int, Bound]]:
        """Each bound control with its offset in text."""
        at = 0
        for piece in self.pieces:
            if isinstance(piece, Bound):
                yield at, piece
                at += len(piece.text)
            else:
                at += len(piece)


class Opaque(StrEnum):
    """Content whose words cannot be read here."""

    PICTURE = "picture"
    OBJECT = "object"
    EMBEDDED_DOCUMENT = "embedded document"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file says.

    strings: part A in order, None when there is none. proof: part B; proof_error: why part B is unreadable.
    """

    paragraphs: tuple[ReadParagraph, ...]
    strings: tuple[str, ...] | None
    proof: Proof | None
    proof_error: str | None
    identifier: str | None
    title: str | None
    opaque: tuple[Opaque, ...] = field(default=())

    @property
    def controls(self) -> Iterator[tuple[ReadParagraph, int, Bound]]:
        """Every bound control with its paragraph and offset."""
        for paragraph in self.paragraphs:
            for at, control in paragraph.controls:
                yield paragraph, at, control


def read(data: bytes, *, limits: Limits = LIMITS) -> Reading:
    """Read a .docx. Raises Unreadable with a Chinese sentence when it is none, is damaged, or would cost too much."""
    return _Document(data, limits, DOCX).reading()


# --- package ---------------------------------------------------------------------------------------

_DC = "http://purl.org/dc/elements/1.1/"
_STORIES = {
    "header": Story.HEADER,
    "footer": Story.FOOTER,
    "footnotes": Story.FOOTNOTE,
    "endnotes": Story.ENDNOTE,
    "chart": Story.CHART,
    "chartEx": Story.CHART,
    "diagramData": Story.DIAGRAM,
    "numbering": Story.NUMBERING,
}


class _Document(Package):
    """The package of a Word document."""

    def reading(self) -> Reading:
        mains = [path for kind, path in self.relations("") if kind == "officeDocument"]
        main = mains[0] if len(mains) == 1 else None
        root = self.xml(main) if main else None
        if main is None or root is None or root.tag != f"{{{_W}}}document":
            raise Unreadable(say("这个压缩包不是 Word 文档，请上传 .docx 文件。"))
        strings, proof, proof_error = self._custom_parts(main)
        styles = next((path for kind, path in self.relations(main) if kind == "styles"), None)
        walker = _Walker(Styles(self.xml(styles) if styles else None))
        walker.part(root, Story.BODY)
        seen = {main}
        queue = sorted(self.relations(main), key=lambda relation: relation[0] == "numbering")
        while queue:
            kind, path = queue.pop(0)
            if path in seen or kind not in _STORIES:
                if kind == "aFChunk":
                    walker.opaque.append(Opaque.EMBEDDED_DOCUMENT)
                continue
            seen.add(path)
            part = self.xml(path)
            if part is not None:
                walker.part(part, _STORIES[kind])
                queue += self.relations(path)
        identifier, title = self._core()
        return Reading(
            paragraphs=tuple(walker.paragraphs),
            strings=strings,
            proof=proof,
            proof_error=proof_error,
            identifier=identifier,
            title=title,
            opaque=tuple(walker.opaque),
        )

    def _custom_parts(self, main: str) -> tuple[tuple[str, ...] | None, Proof | None, str | None]:
        strings: tuple[str, ...] | None = None
        proof: Proof | None = None
        proof_error: str | None = None
        for root in self._items(main):
            if root.tag == f"{{{FIGURES_NAMESPACE}}}figures":
                if strings is not None:
                    raise Unreadable(say("文件里有两份数字清单，无法判断以哪一份为准，不予核验。"))
                strings = tuple(map(_text, root.iterchildren(f"{{{FIGURES_NAMESPACE}}}figure")))
            elif root.tag == f"{{{PROOF_NAMESPACE}}}proof":
                if proof is not None or proof_error is not None:
                    raise Unreadable(say("文件里有两份证明，无法判断以哪一份为准，不予核验。"))
                try:
                    proof = from_xml(root)
                except ProofError as error:
                    proof_error = str(error)
        return strings, proof, proof_error

    def _items(self, main: str) -> Iterator[etree._Element]:
        for kind, path in self.relations(main):
            root = self.xml(path) if kind == "customXml" else None
            if root is not None:
                yield root

    def _core(self) -> tuple[str | None, str | None]:
        path = next((path for kind, path in self.relations("") if kind == "core-properties"), None)
        root = self.xml(path) if path else None
        if root is None:
            return None, None
        return tuple(((root.findtext(f"{{{_DC}}}{name}") or "").strip() or None) for name in ("identifier", "title"))  # type: ignore[return-value]


# --- text ------------------------------------------------------------------------------------------

_POSITION = re.compile(rf"^/{FIGURES_PREFIX}:figures\[1\]/{FIGURES_PREFIX}:figure\[([1-9][0-9]{{0,5}})\]$")
_PLAIN_NUMBER = r"(?:\s+\\\*\s*(?:MERGEFORMAT|ARABIC|ARABICDASH))*\s*$"
_PAGE_FIELD = re.compile(rf"^\s*(?:PAGE|NUMPAGES){_PLAIN_NUMBER}", re.IGNORECASE)
_PAGE_REFERENCE = re.compile(rf"^\s*PAGEREF\s+\w+(?:\s+\\h)?{_PLAIN_NUMBER}", re.IGNORECASE)
_SHOWS_ITS_TEXT = (
    re.compile(  # a link, a list of the headings (read themselves), what a trip through .odt makes of controls
        r'^\s*(?:HYPERLINK\b.*|TOC(?:\s+\\(?:[hzu]|o\s+"[1-9]-[1-9]"))*\s*|FILLIN\s+""\s*)$', re.IGNORECASE | re.DOTALL
    )
)
_PLACES = re.compile(r"%[0-9](?:[.．-]%[0-9])*")
_LETTER = re.compile(r"[^\W\d_]")
_PAGE_NUMBER = re.compile(r"^[\s0-9]{0,6}$")
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_DELETED = frozenset({"del", "moveFrom"})
_INSERTED = frozenset({"ins", "moveTo"})
_SKIPPED = frozenset(
    {
        *("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblPrEx", "tblGrid", "tcPr", "trPr", "sectPr", "rubyPr"),
        *("instrText", "delText", "delInstrText", "fldData", "docPartObj", "proofErr"),
        *("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd"),
    }
)


_PLAIN = frozenset(
    {
        *("r", "t", "tab", "ptab", "br", "cr", "noBreakHyphen", "sdt", "ins", "moveTo", "hyperlink", "smartTag"),
        *("customXml", "fldSimple", "fldChar"),
    }
)  # what may hold or be words that look as they are read

_WORD_ONLY = _SKIPPED | _DELETED | _INSERTED | {"sdt", "fldChar", "fldSimple"}


def _local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty when only WordprocessingML may use a name that hides text."""
    space, _, name = str(element.tag).rpartition("}")
    return "" if name in _WORD_ONLY and space != f"{{{_W}" else name


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def _words(paragraph: etree._Element) -> str:
    """The text of a DrawingML paragraph."""
    return "".join(_text(node) for node in paragraph.iter(tag=etree.Element) if _local(node) == "t")


def _child(element: etree._Element, *path: str) -> etree._Element | None:
    for name in path:
        found = element.find(f"{{{_W}}}{name}")
        if found is None:
            return None
        element = found
    return element


@dataclass
class _Control:
    """A bound control that is open while its content is walked; one Bound per paragraph it reaches."""

    xpath: str
    alias: str


@dataclass
class _Open:
    """A paragraph being read."""

    pieces: list[str | Bound] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    oddities: list[Odd] = field(default_factory=list)
    style: str | None = None
    length: int = 0
    control: _Control | None = None  # the control whose text comes last in pieces
    fields: list[list[str | bool]] = field(default_factory=list)  # [instruction, in result]
    computed: list[ComputedField] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)  # results of page fields that are still open


class _Walker:
    """Walks the stories of a document and collects paragraphs in the final view."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.part_story = Story.BODY
        self.paragraphs: list[ReadParagraph] = []
        self.opaque: list[Opaque] = []
        self.tables = 0
        self.counts: dict[tuple[Story, bool], int] = {}

    # -- parts and blocks

    def part(self, root: etree._Element, story: Story) -> None:
        self.part_story = story
        if story in (Story.CHART, Story.DIAGRAM):
            self._labels(root, story)
        elif story is Story.NUMBERING:
            self._list_labels(root)
        else:
            self._blocks(root, story, None, None, _Open())

    def _list_labels(self, root: etree._Element) -> None:
        """What the labels of lists say, and the numbers that lists begin with where no list could have come so far."""
        for level in root.iter(f"{{{_W}}}lvlText"):
            said = _w(level, "val") or ""
            bare = _PLACES.sub("", said)
            self._label(_PLACES.sub("1", said) if _LETTER.search(bare) else bare, Story.NUMBERING)
        for start in root.iter(f"{{{_W}}}start", f"{{{_W}}}startOverride"):
            number = _w(start) or ""
            if not number.isdecimal() or int(number) > len(self.paragraphs):
                self._label(number, Story.NUMBERING)

    def _blocks(
        self, parent: etree._Element, story: Story, cell: Cell | None, control: _Control | None, carry: _Open
    ) -> None:
        """Paragraphs and tables below parent. carry holds text whose paragraph mark a tracked deletion took away."""
        last = self._block_children(parent, story, cell, control, carry)
        if last.pieces or last.changes:
            self._close(last, story, cell)

    def _block_children(
        self, parent: etree._Element, story: Story, cell: Cell | None, control: _Control | None, carry: _Open
    ) -> _Open:
        for child in parent.iterchildren(tag=etree.Element):
            match _local(child):
                case "p":
                    style = _child(child, "pPr", "pStyle")
                    carry.style = None if style is None else _w(style)
                    self._inside(child, story, carry, control)
                    if _child(child, "pPr", "rPr", "del") is None and _child(child, "pPr", "rPr", "moveFrom") is None:
                        self._close(carry, story, cell)
                        carry = _Open()
                case "tbl":
                    self._table(child, story, control)
                case "sdt":
                    content = _child(child, "sdtContent")
                    if content is not None:
                        inner = self._control_of(child) or control
                        carry = self._block_children(content, story, cell, inner, carry)
                case "footnote" | "endnote":
                    self._blocks(child, story, cell, control, _Open())
                case "altChunk" | "subDoc":
                    self.opaque.append(Opaque.EMBEDDED_DOCUMENT)
                case "AlternateContent":
                    for branch in self._branches(child):
                        carry = self._block_children(branch, story, cell, control, carry)
                case name if name in _SKIPPED or name in _DELETED:
                    continue
                case _:
                    carry = self._block_children(child, story, cell, control, carry)
        return carry

    def _table(self, table: etree._Element, story: Story, control: _Control | None) -> None:
        self.tables += 1
        number, row_number = self.tables, 0
        for row, row_control in self._through(table, "tr", control):
            if _child(row, "trPr", "del") is not None:
                continue
            row_number += 1
            column = 0
            for tc, cell_control in self._through(row, "tc", row_control):
                self._blocks(tc, story, Cell(table=number, row=row_number, column=column), cell_control, _Open())
                span = _child(tc, "tcPr", "gridSpan")
                width = _w(span, "val") if span is not None else None
                column += int(width) if width and width.isdecimal() else 1

    def _through(
        self, parent: etree._Element, name: str, control: _Control | None
    ) -> Iterator[tuple[etree._Element, _Control | None]]:
        """The rows or cells of a table, also inside content controls and custom XML."""
        for child in parent.iterchildren(tag=etree.Element):
            local = _local(child)
            if local == name:
                yield child, control
            elif local == "sdt":
                content = _child(child, "sdtContent")
                if content is not None:
                    yield from self._through(content, name, self._control_of(child) or control)
            elif local not in _SKIPPED and local not in _DELETED:
                yield from self._through(child, name, control)

    def _close(self, opened: _Open, story: Story, cell: Cell | None) -> None:
        for instruction, in_result in opened.fields:
            if not in_result:  # its instruction never ends in this paragraph
                opened.computed.append(ComputedField(at=opened.length, instruction=str(instruction).strip()))
        if opened.numbers:  # a page field that never ends shows its text
            opened.fields.clear()
            self._say("".join(opened.numbers), opened, None)
        key = (story, cell is not None)
        self.counts[key] = number = self.counts.get(key, 0) + 1
        pieces = tuple(piece for piece in opened.pieces if piece != "")
        changes = tuple(opened.changes)
        self.paragraphs.append(
            ReadParagraph(
                story=story,
                number=number,
                pieces=pieces,
                cell=cell,
                changes=changes,
                oddities=tuple(opened.oddities),
                fields=tuple(opened.computed),
            )
        )

    # -- inside a paragraph

    def _inside(self, parent: etree._Element, story: Story, to: _Open, control: _Control | None) -> None:
        for child in parent.iterchildren(tag=etree.Element):
            name = _local(child)
            if name in _SKIPPED and name != "instrText":
                continue
            start = to.length
            if name in _DELETED:
                self._deleted(child, story, to)
            elif name in _INSERTED:
                self._inserted(child, story, to, control)
            elif name == "sdt":
                self._inline_control(child, story, to, control)
            elif name == "r":
                self._run(child, story, to, control)
            elif name == "fldSimple":
                to.fields.append([_w(child, "instr") or "", True])
                self._inside(child, story, to, control)
                self._field("end", to)
            else:
                self._leaf(child, name, story, to, control)
            if to.length > start and (child.tag != f"{{{_W}}}{name}" or name not in _PLAIN):
                self._odd(name, start, to)

    def _run(self, run: etree._Element, story: Story, to: _Open, control: _Control | None) -> None:
        is_hidden, looks = self.styles.look(to.style, _child(run, "rPr"))
        if is_hidden:  # a field is computed all the same
            for node in run.iter(f"{{{_W}}}fldChar", f"{{{_W}}}instrText"):
                self._leaf(node, _local(node) or "instrText", story, to, control)
            return
        start = to.length
        self._inside(run, story, to, control)
        if to.length > start:
            for what in looks:
                self._odd(what, start, to)

    def _odd(self, what: str, start: int, to: _Open) -> None:
        to.oddities.append(Odd(start=start, end=to.length, what=what))

    def _leaf(
        self,
        child: etree._Element,
        name: str,
        story: Story,
        to: _Open,
        control: _Control | None,
    ) -> None:
        match name:
            case "t":
                start = to.length
                self._say(_text(child), to, control)
                if len(child):
                    self._odd("t", start, to)
            case "tab" | "ptab" | "br" | "cr" | "noBreakHyphen":
                self._say(_BREAKS[name], to, control)
            case "sym":
                self._say(_symbol(child), to, control)
            case "fldChar":
                self._field(_w(child, "fldCharType") or "", to)
            case "instrText":
                if to.fields and to.fields[-1][1] is False:
                    to.fields[-1][0] = str(to.fields[-1][0]) + _text(child)
            case "subDoc":
                self.opaque.append(Opaque.EMBEDDED_DOCUMENT)
            case "drawing" | "pict" | "object":
                self._drawing(child, name, story)
            case "AlternateContent":
                for branch in self._branches(child):
                    self._inside(branch, story, to, control)
            case _:
                self._inside(child, story, to, control)

    def _say(self, text: str, to: _Open, control: _Control | None) -> None:
        if not text or any(in_result is False for _, in_result in to.fields):  # the instruction of a field is no text
            return
        if _PAGE_NUMBER.match(text) and self._is_page_number(to):
            to.numbers.append(text)
            return
        last = to.pieces[-1] if to.pieces else None
        if control is None:
            if isinstance(last, str):
                to.pieces[-1] = last + text
            else:
                to.pieces.append(text)
        elif isinstance(last, Bound) and to.control is control:
            to.pieces[-1] = _bound(control, last.text + text)
        else:
            to.pieces.append(_bound(control, text))
        to.control = control
        to.length += len(text)

    def _is_page_number(self, to: _Open) -> bool:
        """Whether a number here is computed by the layout: a page field, or a page reference behind a leader tab."""
        behind_tab = bool(to.pieces) and isinstance(to.pieces[-1], str) and to.pieces[-1].endswith("\t")
        return any(
            in_result and (self._is_page(str(instruction)) or (behind_tab and _PAGE_REFERENCE.match(str(instruction))))
            for instruction, in_result in to.fields
        )

    def _is_page(self, instruction: str) -> bool:
        """Whether a field numbers pages, which only the head and foot of a page do."""
        return self.part_story in (Story.HEADER, Story.FOOTER) and _PAGE_FIELD.match(instruction) is not None

    def _is_computed(self, instruction: str) -> bool:
        known = _PAGE_REFERENCE.match(instruction) or _SHOWS_ITS_TEXT.match(instruction)
        return not (known or self._is_page(instruction))

    def _field(self, kind: str, to: _Open) -> None:
        if kind == "begin":
            to.fields.append(["", False])
        elif kind == "separate" and to.fields:
            to.fields[-1][1] = True
        elif kind == "end" and to.fields:
            instruction = str(to.fields.pop()[0])
            to.numbers.clear()
            if self._is_computed(instruction):
                to.computed.append(ComputedField(at=to.length, instruction=instruction.strip()))

    def _inline_control(self, sdt: etree._Element, story: Story, to: _Open, outer: _Control | None) -> None:
        content = _child(sdt, "sdtContent")
        if content is None:
            return
        own = self._control_of(sdt)
        if own is None:
            self._inside(content, story, to, outer)
            return
        before = len(to.pieces)
        self._inside(content, story, to, own)
        if not any(isinstance(piece, Bound) for piece in to.pieces[before:]):
            to.pieces.append(_bound(own, ""))  # emptied: the figure is there, its text is not
            to.control = own

    def _control_of(self, sdt: etree._Element) -> _Control | None:
        """The control, if bound to anything: a binding to something else is shown as that on the next load."""
        properties = _child(sdt, "sdtPr")
        bindings = [] if properties is None else [node for node in properties if _is_binding(node)]
        if not bindings:
            return None
        alias = _child(sdt, "sdtPr", "alias")
        xpath = _w(bindings[0], "xpath") or ""
        mappings = re.sub(r"\s", "", (_w(bindings[0], "prefixMappings") or "").replace('"', "'"))
        if len(bindings) > 1 or mappings != f"xmlns:{FIGURES_PREFIX}='{FIGURES_NAMESPACE}'":
            xpath = f"{mappings} {xpath}"
        return _Control(xpath=xpath, alias=(_w(alias, "val") or "") if alias is not None else "")

    def _deleted(self, change: etree._Element, story: Story, to: _Open) -> None:
        text = "".join(_text(node) for node in change.iter(f"{{{_W}}}delText", f"{{{_W}}}t"))
        holds = any(self._control_of(sdt) is not None for sdt in change.iter(f"{{{_W}}}sdt"))
        holds = holds or any(self._control_of(parent) is not None for parent in change.iterancestors(f"{{{_W}}}sdt"))
        self._note(change, to, is_insertion=False, start=to.length, text=text, holds=holds)

    def _inserted(self, change: etree._Element, story: Story, to: _Open, control: _Control | None) -> None:
        start = to.length
        self._inside(change, story, to, control)
        text = "".join(piece if isinstance(piece, str) else piece.text for piece in to.pieces)[start:]
        holds = control is not None or any(self._control_of(sdt) is not None for sdt in change.iter(f"{{{_W}}}sdt"))
        self._note(change, to, is_insertion=True, start=start, text=text, holds=holds)

    def _note(
        self, change: etree._Element, to: _Open, *, is_insertion: bool, start: int, text: str, holds: bool
    ) -> None:
        """Remember a change; neighbours by one author are one change, which LibreOffice writes run by run."""
        if not text and not holds:
            return
        author = _w(change, "author") or ""
        last = to.changes[-1] if to.changes else None
        if last and (last.is_insertion, last.author, last.end) == (is_insertion, author, start):
            start, text, holds = last.start, last.text + text, last.holds_control or holds
            to.changes.pop()
        to.changes.append(
            Change(is_insertion=is_insertion, start=start, end=to.length, text=text, author=author, holds_control=holds)
        )

    # -- things that float

    def _branches(self, alternate: etree._Element) -> list[etree._Element]:
        """What an AlternateContent says, once: which branch is shown depends on the program, so both if they differ."""
        branches = [
            each for each in alternate.iterchildren(tag=etree.Element) if _local(each) in ("Choice", "Fallback")
        ]
        kept: dict[str, etree._Element] = {}
        for branch in branches:
            kept.setdefault(_words(branch), branch)
        spoken = [branch for words, branch in kept.items() if words]
        return spoken or branches[:1]

    def _drawing(self, drawing: etree._Element, name: str, story: Story) -> None:
        """Text boxes and shape labels are stories of their own; what is only a picture cannot be read."""
        if name == "object":
            self.opaque.append(Opaque.OBJECT)
        self._floating(drawing, story)

    def _floating(self, parent: etree._Element, story: Story) -> None:
        for child in parent.iterchildren(tag=etree.Element):
            match _local(child):
                case "txbxContent":
                    self._blocks(child, Story.TEXT_BOX, None, None, _Open())
                case "AlternateContent":
                    for branch in self._branches(child):
                        self._floating(branch, story)
                case "blip" | "imagedata":
                    self.opaque.append(Opaque.PICTURE)
                case "txBody" | "textbox" if child.find(f".//{{{_W}}}txbxContent") is None:
                    self._shape_text(child)
                case "textpath":
                    self._label(child.get("string") or "", Story.TEXT_BOX)
                case _:
                    self._floating(child, story)

    def _shape_text(self, body: etree._Element) -> None:
        for paragraph in body.iter(tag=etree.Element):
            if _local(paragraph) == "p":
                self._label(_words(paragraph), Story.TEXT_BOX)

    def _labels(self, root: etree._Element, story: Story) -> None:
        """Charts and diagrams: cached values and labels, one paragraph each."""
        for node in root.iter(tag=etree.Element):
            if _local(node) == "pt":  # c:pt holds c:v; the newer cx:pt holds the text itself
                self._label(_text(node), story)
            elif _local(node) == "p":
                self._label(_words(node), story)

    def _label(self, text: str, story: Story) -> None:
        if text.strip():
            opened = _Open()
            self._say(text, opened, None)
            self._close(opened, story, None)


def _is_binding(node: etree._Element) -> bool:
    """w:dataBinding, and the w15 one for rich text."""
    return str(node.tag).endswith("}dataBinding")


def _bound(control: _Control, text: str) -> Bound:
    position = _POSITION.match(control.xpath)
    slot = int(position[1]) if position else None
    return Bound(xpath=control.xpath, alias=control.alias, text=text, slot=slot)


def _symbol(element: etree._Element) -> str:
    """A character given by number; symbol fonts shift theirs into the private range, the low byte is what was meant."""
    try:
        code = int(_w(element, "char") or "", 16)
    except ValueError:
        return ""
    return chr(code - 0xF000 if 0xF020 <= code <= 0xF0FF else code) if 0x20 <= code <= 0xFFFF else ""
