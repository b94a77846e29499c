"""The document tree: what an official document says, before it is a file. Every figure in it is a chip, every name a mention.

Three texts of one paragraph are used everywhere: *plain* (what a reader sees), *masked* (the same length, figures
replaced by ``MASK``, so offsets agree with plain) and the *sentence* a figure stands in, which the proof fixes.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

MASK = "\ufffc"  # OBJECT REPLACEMENT CHARACTER: no digit, no punctuation, never typed by a person
CELL_SEPARATOR = "｜"
HEADER_SEPARATOR = "："

_BOUND = re.compile(r"[0-9][0-9.,]*%?(?:[~-][0-9][0-9.,]*%?)?")
_SENTENCE = re.compile(r"[^。；！？]*[。；！？]+[”’』」）]*|[^。；！？]+")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffc\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A figure in running text.

    slot: 1-based order in the document = position in part A. figure: id of the frozen figure. text: what is shown,
    with unit and approximation word ("36项", "增长13.5%", "居全市第2位", "近50家"). label: the indicator in words.
    """

    slot: int
    figure: str
    text: str
    label: str

    @property
    def bound(self) -> str:
        """The part of the text that stands inside the content control and in part A: see split_bound."""
        return split_bound(self.text)[1]


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A name taken from a record: plain text on paper, and a way to the record wherever there are links.

    text: as it is read ("青溪芯源科技有限公司"); numerals in it are part of the name. kind, record, version: the record
    that says so, and the version of it that was read.
    """

    text: str
    kind: str
    record: str
    version: int


Inline = str | Chip | Mention


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading; text carries its own number ("一、主要工作"). level: 1 一、 · 2 （一） · 3 1. · 4 （1）."""

    level: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Running text with figures."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table; every row has as many cells as the header, a cell is a sequence of text and figures."""

    header: tuple[str, ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


@dataclass(frozen=True, kw_only=True)
class Aside:
    """A remark set apart from the text, such as where the numbers come from."""

    text: str


@dataclass(frozen=True, kw_only=True)
class TextLine:
    """A line of a letter that is no running text: to whom it is written, at the left edge (``青溪芯源科技有限公司：``), or its number, centred."""

    text: str
    is_centred: bool = False


Block = Heading | Paragraph | Table | Aside | TextLine


@dataclass(frozen=True, kw_only=True)
class DocumentTree:
    """A whole document.

    id: document id, also dc:identifier. number: 发文字号 with 〔〕 or None. date: 成文日期 as printed ("2024年7月5日").
    language: BCP 47 ("zh-CN"). label_share: of a printed form, which is never stored: the part of the width that the first of two columns
    takes, so that all its tables stand alike. Raises ValueError when slots are not 1…n in reading order, a table is ragged, a heading
    level is outside 1–4, or a text holds characters that XML cannot carry.
    """

    id: str
    title: str
    issuer: str
    date: str
    number: str | None = None
    blocks: tuple[Block, ...]
    is_fictional: bool = False
    language: str = "zh-CN"
    label_share: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a tree that could not be proved."""
        found = [chip.slot for chip in chips(self)]
        if found != list(range(1, len(found) + 1)):
            raise ValueError(f"figures must be numbered 1 to {len(found)} in reading order, got {found}")
        for block in self.blocks:
            _refuse_misshapen(block)
        for chip in chips(self):
            if not _is_one_line(chip.text):
                raise ValueError(f"figure {chip.slot} ({chip.label}) has no one-line text: {chip.text!r}")
        for mention in mentions(self):
            if not _is_one_line(mention.text):
                raise ValueError(f"the record {mention.record} has no one-line name: {mention.text!r}")
        for text in _texts(self):
            if bad := _ILLEGAL.search(text):
                raise ValueError(f"character {bad[0]!r} cannot stand in a document: {text[:40]!r}")


def _refuse_misshapen(block: Block) -> None:
    """Raise ValueError for a heading that no format has a style for, and for a ragged table."""
    if isinstance(block, Heading) and not 1 <= block.level <= 4:
        raise ValueError(f"heading level must be 1 to 4, got {block.level} at {block.text!r}")
    if isinstance(block, Table) and (widths := {len(row) for row in block.rows} - {len(block.header)}):
        raise ValueError(f"every table row needs {len(block.header)} cells, got {sorted(widths)}")


def _is_one_line(text: str) -> bool:
    """Whether a text is something that a sentence can hold: neither nothing nor several lines."""
    return bool(text.strip()) and "\n" not in text


@dataclass(frozen=True, kw_only=True)
class MentionPlace:
    """Where a name stands: the mention and the exact text of its sentence."""

    mention: Mention
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a figure stands: its chip and the exact text of its sentence (in a table: column head and whole row)."""

    chip: Chip
    sentence: str


def chips(document: DocumentTree) -> Iterator[Chip]:
    """Every figure in reading order: blocks in order, tables row by row."""
    return (part for part in _inlines_of(document) if isinstance(part, Chip))


def mentions(document: DocumentTree) -> Iterator[Mention]:
    """Every name taken from a record, in reading order."""
    return (part for part in _inlines_of(document) if isinstance(part, Mention))


def _inlines_of(document: DocumentTree) -> Iterator[Inline]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield from block.inlines
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    yield from cell


def split_bound(text: str) -> tuple[str, str, str]:
    """A figure's text as (before, bound, after): "近50家" → ("近", "50", "家").

    Only the numeral goes into the content control: LibreOffice 7.4 re-saves a bound control three times over when its
    text holds a Chinese character (tried). Before and after are proved with the sentence they stand in. A text without
    an Arabic numeral is bound as a whole, and such a document does not survive LibreOffice.
    """
    match = _BOUND.search(text)
    return (text[: match.start()], match[0], text[match.end() :]) if match else ("", text, "")


def plain(inlines: Sequence[Inline]) -> str:
    """The text a reader sees."""
    return "".join(part if isinstance(part, str) else part.text for part in inlines)


def masked(inlines: Sequence[Inline], *, names: bool = False) -> str:
    """Like plain, same length, each character of a figure replaced by MASK; names: those of mentions as well."""
    hidden = Chip | Mention if names else Chip
    return "".join(
        MASK * len(part.text) if isinstance(part, hidden) else part if isinstance(part, str) else part.text
        for part in inlines
    )


def sentence_bounds(masked_text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of a masked text, in order and without gaps; split after 。；！？ and closing marks."""
    return [match.span() for match in _SENTENCE.finditer(masked_text)]


def sentences(paragraph: Paragraph) -> tuple[tuple[Inline, ...], ...]:
    """The sentences of a paragraph, figures kept whole."""
    split: list[tuple[Inline, ...]] = []
    for start, end in sentence_bounds(masked(paragraph.inlines)):
        split.append(tuple(_cut(paragraph.inlines, start, end)))
    return tuple(split)


def _cut(inlines: Sequence[Inline], start: int, end: int) -> Iterator[Inline]:
    at = 0
    for part in inlines:
        text = part if isinstance(part, str) else part.text
        low, high = max(start - at, 0), min(end - at, len(text))
        if low < high:
            yield part if isinstance(part, Chip) or (low, high) == (0, len(text)) else text[low:high]
        at += len(text)


def cell_sentence(head: str, cells: Sequence[str]) -> str:
    """The sentence of a figure in a table: the head of its column and its whole row."""
    return f"{head}{HEADER_SEPARATOR}{CELL_SEPARATOR.join(cells)}"


def places(document: DocumentTree) -> tuple[Place, ...]:
    """Every figure with its sentence, in slot order."""
    return tuple(
        Place(chip=part, sentence=text)
        for inlines, text in _sentences_of(document)
        for part in inlines
        if isinstance(part, Chip)
    )


def mention_places(document: DocumentTree) -> tuple[MentionPlace, ...]:
    """Every name taken from a record with its sentence, in reading order."""
    return tuple(
        MentionPlace(mention=part, sentence=text)
        for inlines, text in _sentences_of(document)
        for part in inlines
        if isinstance(part, Mention)
    )


def _sentences_of(document: DocumentTree) -> Iterator[tuple[Sequence[Inline], str]]:
    """Every sentence, or cell, with the text that stands for it in a proof."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            for sentence in sentences(block):
                yield sentence, plain(sentence).strip()
        elif isinstance(block, Table):
            for row in block.rows:
                cells = [plain(cell) for cell in row]
                for head, cell in zip(block.header, row, strict=True):
                    yield cell, cell_sentence(head, cells)


def passages(document: DocumentTree) -> Iterator[tuple[Inline, ...]]:
    """Everything the document says, one passage per paragraph or cell, in reading order."""
    if document.number:
        yield (document.number,)
    yield (document.title,)
    for block in document.blocks:
        if isinstance(block, Heading | Aside | TextLine):
            yield (block.text,)
        elif isinstance(block, Paragraph):
            yield block.inlines
        else:
            yield from ((head,) for head in block.header)
            for row in block.rows:
                yield from row
    yield (document.issuer,)
    yield (document.date,)


def _texts(document: DocumentTree) -> Iterator[str]:
    yield from (document.id, document.language)
    for chip in chips(document):
        yield from (chip.figure, chip.label, chip.text)
    for mention in mentions(document):
        yield from (mention.text, mention.kind, mention.record)
    for inlines in passages(document):
        yield from (part for part in inlines if isinstance(part, str))


# --- stored form -----------------------------------------------------------------------------------

_BLOCKS: dict[str, type[Block]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "table": Table,
    "notice": Aside,
    "line": TextLine,
}
_NAMES = {kind: name for name, kind in _BLOCKS.items()}


def to_json(document: DocumentTree) -> str:
    """One line of JSON, keys sorted; from_json gives an equal document back."""
    blocks = [{"kind": _NAMES[type(block)], **asdict(block)} for block in document.blocks]
    head = {name: getattr(document, name) for name in _HEAD}
    return json.dumps({**head, "blocks": blocks}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_HEAD = ("id", "title", "issuer", "date", "number", "is_fictional", "language")


def from_json(text: str) -> DocumentTree:
    """The document that to_json wrote. Raises ValueError or KeyError when the text is not one."""
    stored = json.loads(text)
    return DocumentTree(**{name: stored[name] for name in _HEAD}, blocks=tuple(map(_block, stored["blocks"])))


def _block(stored: Mapping[str, object]) -> Block:
    fields = {key: value for key, value in stored.items() if key != "kind"}
    match stored["kind"]:
        case "heading":
            return Heading(level=int(str(fields["level"])), text=str(fields["text"]))
        case "notice":
            return Aside(text=str(fields["text"]))
        case "line":
            return TextLine(text=str(fields["text"]), is_centred=bool(fields["is_centred"]))
        case "paragraph":
            return Paragraph(inlines=_inlines(fields["inlines"]))
        case "table":
            header, rows = _list(fields["header"]), _list(fields["rows"])
            cells = tuple(tuple(_inlines(cell) for cell in _list(row)) for row in rows)
            return Table(header=tuple(map(str, header)), rows=cells)
        case other:
            raise ValueError(f"unknown block kind {other!r}; known: {', '.join(_BLOCKS)}")


def _inlines(stored: object) -> tuple[Inline, ...]:
    return tuple(part if isinstance(part, str) else _figure_or_name(part) for part in _list(stored))


def _figure_or_name(stored: object) -> Chip | Mention:
    if not isinstance(stored, dict):
        raise ValueError(f"expected a figure or a name in the stored document, got {stored!r}")
    return Mention(**stored) if "record" in stored else Chip(**stored)


def _list(stored: object) -> list[object]:
    if not isinstance(stored, list):
        raise ValueError(f"expected a list in the stored document, got {type(stored).__name__}")
    return stored
