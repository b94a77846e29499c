"""Reading a signed .docx that may come from anywhere: its text with the figures still bound, part A, part B.

Nothing in the file is trusted: sizes are bounded before anything is unfolded, DTDs are refused, nothing external is
opened, and whatever neither our writer nor a known editor writes is named (see allowed). Only the text part is read:
headers, notes, boxes and drawings hold no figure of ours, so that whatever stands there is foreign.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from xingke.base.sayings import say
from xingke.press.allowed import W as _W
from xingke.press.docx_parts import Parts, open_parts
from xingke.press.foreign import Foreign
from xingke.press.packages import DOCX, Package
from xingke.press.packages import PackageLimits as Limits
from xingke.press.packages import Unreadable as Unreadable
from xingke.press.proof import FIGURES_NAMESPACE, FIGURES_PREFIX, PROOF_NAMESPACE, Proof, ProofError, from_xml
from xingke.press.tree import MASK

LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A content control bound to XML. slot is None when the binding is not a position in part A; store: the id it names."""

    xpath: str
    alias: str
    text: str
    slot: int | None
    store: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A place in a table: table and row 1-based (row 1 is the head), column 0-based."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, kw_only=True)
class ReadParagraph:
    """One paragraph: pieces of text and bound controls. number: 1-based, cells counted apart."""

    number: int
    pieces: tuple[str | Bound, ...]
    cell: Cell | None = None

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


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file says.

    strings: part A in order, None when there is none. proof: part B; proof_error: why part B is unreadable. digests: name →
    SHA-256 of every part but part B. foreign: what neither our writer nor a known editor writes.
    """

    paragraphs: tuple[ReadParagraph, ...]
    strings: tuple[str, ...] | None
    proof: Proof | None
    proof_error: str | None
    identifier: str | None
    digests: Mapping[str, str] = field(default_factory=dict)
    foreign: tuple[Foreign, ...] = ()

    @property
    def controls(self) -> Iterator[tuple[ReadParagraph, int, Bound]]:
        """Every bound control with its paragraph and offset."""
        for paragraph in self.paragraphs:
            for at, control in paragraph.controls:
                yield paragraph, at, control


def read(data: bytes, *, limits: Limits = LIMITS) -> Reading:
    """Read a .docx. Raises Unreadable with a Chinese sentence when it is none, is damaged, or would cost too much."""
    package = Package(data, limits, DOCX)
    parts = open_parts(package)
    items = _Items(parts)
    return Reading(
        paragraphs=tuple(_Walker().paragraphs_of(parts.text)),
        strings=items.strings,
        proof=items.proof,
        proof_error=items.proof_error,
        identifier=None if parts.core is None else (parts.core.findtext(f"{{{_DC}}}identifier") or "").strip() or None,
        digests={
            entry.filename: _digest(package, name)
            for name, entry in package.entries.items()
            if name != items.proof_part
        },
        foreign=(*parts.foreign, *items.foreign),
    )


def _digest(package: Package, name: str) -> str:
    digest = hashlib.sha256()
    package.unfold(name, digest.update)
    return digest.hexdigest()


_DC = "http://purl.org/dc/elements/1.1/"
_FIGURE = f"{{{FIGURES_NAMESPACE}}}figure"


class _Items:
    """Part A and part B among the custom XML of a file; anything else there is foreign."""

    def __init__(self, parts: Parts) -> None:
        self.strings: tuple[str, ...] | None = None
        self.proof: Proof | None = None
        self.proof_error: str | None = None
        self.proof_part: str | None = None
        self.foreign: list[Foreign] = []
        for name, root in parts.items:
            if root.tag == f"{{{FIGURES_NAMESPACE}}}figures":
                self._take_strings(root, name)
            elif root.tag == f"{{{PROOF_NAMESPACE}}}proof":
                self._take_proof(root, name)
            else:
                self.foreign.append(Foreign(str(root.tag)[:60], name))

    def _take_strings(self, root: etree._Element, name: str) -> None:
        if self.strings is not None:
            raise Unreadable(say("文件里有两份数字清单，无法判断以哪一份为准，不予核验。"))
        self.strings = tuple("".join(map(str, each.itertext())) for each in root.iterchildren(_FIGURE))
        if root.attrib or any(each.tag != _FIGURE or each.attrib or len(each) for each in root):
            self.foreign.append(Foreign("figures", name))

    def _take_proof(self, root: etree._Element, name: str) -> None:
        if self.proof is not None or self.proof_error is not None:
            raise Unreadable(say("文件里有两份证明，无法判断以哪一份为准，不予核验。"))
        self.proof_part = name.lower()
        try:
            self.proof = from_xml(root)
        except ProofError as error:
            self.proof_error = str(error)


# --- text ------------------------------------------------------------------------------------------

_POSITION = re.compile(rf"^/{FIGURES_PREFIX}:figures\[1\]/{FIGURES_PREFIX}:figure\[([1-9][0-9]{{0,5}})\]$")
_SKIPPED = frozenset(
    f"{{{_W}}}{name}"
    for name in (
        *("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblPrEx", "tblGrid", "tcPr", "trPr", "sectPr", "rubyPr"),
        *("del", "moveFrom", "delText", "delInstrText", "instrText", "ffData"),
    )
)


def _w(element: etree._Element | None, name: str = "val") -> str:
    return "" if element is None else element.get(f"{{{_W}}}{name}") or ""


def _child(element: etree._Element, *path: str) -> etree._Element | None:
    return element.find("/".join(f"{{{_W}}}{name}" for name in path))


@dataclass
class _Control:
    """A bound control that is open while its content is walked; one Bound per paragraph it reaches."""

    xpath: str
    alias: str
    store: str

    def bound(self, text: str) -> Bound:
        position = _POSITION.match(self.xpath)
        slot = int(position[1]) if position else None
        return Bound(xpath=self.xpath, alias=self.alias, text=text, slot=slot, store=self.store)


@dataclass
class _Open:
    """A paragraph being read."""

    pieces: list[str | Bound] = field(default_factory=list)
    control: _Control | None = None  # the control whose text comes last in pieces
    is_instruction: bool = False  # between the begin of a field and its result, where nothing is text

    def write(self, text: str, control: _Control | None) -> None:
        if self.is_instruction or not text:
            return
        last = self.pieces[-1] if self.pieces else None
        if control is None and isinstance(last, str):
            self.pieces[-1] = last + text
        elif control is None:
            self.pieces.append(text)
        elif isinstance(last, Bound) and self.control is control:
            self.pieces[-1] = control.bound(last.text + text)
        else:
            self.pieces.append(control.bound(text))
        self.control = control


class _Walker:
    """Walks the text part in order and collects its paragraphs, those of cells with their place."""

    def __init__(self) -> None:
        self.paragraphs: list[ReadParagraph] = []
        self.tables = 0
        self.counts = {False: 0, True: 0}  # whether in a cell → how many

    def paragraphs_of(self, root: etree._Element) -> list[ReadParagraph]:
        self._blocks(root, None, None)
        return self.paragraphs

    def _blocks(self, parent: etree._Element, cell: Cell | None, control: _Control | None) -> None:
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag == f"{{{_W}}}p":
                opened = _Open()
                self._inside(child, opened, control)
                self._close(opened, cell)
            elif child.tag == f"{{{_W}}}tbl":
                self._table(child, control)
            elif child.tag not in _SKIPPED:
                self._blocks(child, cell, _control_of(child) or control)

    def _table(self, table: etree._Element, control: _Control | None) -> None:
        self.tables += 1
        number = self.tables
        for row_number, row in enumerate(table.iterchildren(f"{{{_W}}}tr"), 1):
            column = 0
            for tc in row.iterchildren(f"{{{_W}}}tc"):
                self._blocks(tc, Cell(table=number, row=row_number, column=column), control)
                span = _w(_child(tc, "tcPr", "gridSpan"))
                column += int(span) if span.isdecimal() else 1

    def _close(self, opened: _Open, cell: Cell | None) -> None:
        self.counts[cell is not None] += 1
        pieces = tuple(piece for piece in opened.pieces if piece != "")
        self.paragraphs.append(ReadParagraph(number=self.counts[cell is not None], pieces=pieces, cell=cell))

    def _inside(self, parent: etree._Element, to: _Open, control: _Control | None) -> None:
        for child in parent.iterchildren(tag=etree.Element):
            name = str(child.tag)
            if name in _SKIPPED:
                continue
            if name == f"{{{_W}}}t":
                to.write("".join(map(str, child.itertext())), control)
            elif name == f"{{{_W}}}fldChar":
                to.is_instruction = _w(child, "fldCharType") == "begin"
            elif name == f"{{{_W}}}sdt":
                self._control(child, to, control)
            else:
                self._inside(child, to, control)

    def _control(self, sdt: etree._Element, to: _Open, outer: _Control | None) -> None:
        own = _control_of(sdt)
        before = len(to.pieces)
        self._inside(sdt, to, own or outer)
        if own is not None and not any(isinstance(piece, Bound) for piece in to.pieces[before:]):
            to.pieces.append(own.bound(""))  # emptied: the figure is there, its text is not
            to.control = own


def _control_of(sdt: etree._Element) -> _Control | None:
    """The control, if bound to anything: a binding to something else is shown as that on the next load."""
    properties = _child(sdt, "sdtPr")
    bindings = [] if properties is None else [each for each in properties if str(each.tag).endswith("}dataBinding")]
    if not bindings:
        return None
    xpath = _w(bindings[0], "xpath")
    mappings = re.sub(r"\s", "", _w(bindings[0], "prefixMappings").replace('"', "'"))
    if len(bindings) > 1 or mappings != f"xmlns:{FIGURES_PREFIX}='{FIGURES_NAMESPACE}'":
        xpath = f"{mappings} {xpath}"
    return _Control(xpath=xpath, alias=_w(_child(sdt, "sdtPr", "alias")), store=_w(bindings[0], "storeItemID"))
