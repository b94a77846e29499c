"""Document tree → .docx bytes in official format; each figure a bound content control, the proof beside the text.

The XML is written as text over the constant parts of official.py: no object model, because a summary with hundreds of
figures should cost milliseconds. Same tree and proof give the same bytes: zip times are fixed, ids follow the slots.
"""

import hashlib
import io
import itertools
import re
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from xingke.press import official
from xingke.press.official import title_lines, width_of
from xingke.press.proof import (
    FIGURES_NAMESPACE,
    FIGURES_PREFIX,
    PROOF_NAMESPACE,
    Proof,
    ProofPart,
    ProofSentence,
    to_xml,
    xpath_of,
)
from xingke.press.sentences import sentences_of
from xingke.press.tree import (
    Aside,
    Chip,
    DocumentTree,
    Heading,
    Inline,
    Paragraph,
    Table,
    TextLine,
    chips,
    mention_places,
    plain,
    split_bound,
)

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip entry can carry
_STORES = uuid.UUID("6f6b7a52-5d0b-5f0e-9c4a-3a1f0d6f2b11")
PART_B = "customXml/item2.xml"
_LEVEL = 4  # deflate: within 6 % of the best size at half the time, measured on 300 figures
_SHARED = re.compile("[“”‘’—…·]")  # characters Word draws in the Latin font unless told that they are Chinese


def store_id(document: str, part: str) -> str:
    """The store id of part "A" or "B"; it differs between documents, or a figure pasted from another would rebind."""
    return "{" + str(uuid.uuid5(_STORES, f"{document}#{part}")).upper() + "}"


def write(document: DocumentTree, *, proof: Proof | None) -> bytes:
    """The document as .docx bytes.

    proof: signed or not; None writes the figures bound but unproved. Raises ValueError when the proof speaks of another
    document or other figures.
    """
    if proof is not None:
        _check(document, proof)
    return _packed(_parts(document, None if proof is None else to_xml(proof)))


def _parts(document: DocumentTree, proof: str | None) -> list[tuple[str, str]]:
    """Every part by name, as text; proof: part B."""
    parts = [(name, text) for name, text in _constant_parts(document, 2 if proof is not None else 1)]
    parts.append(("word/document.xml", _document(document)))
    parts += _custom_part(1, store_id(document.id, "A"), FIGURES_NAMESPACE, _part_a(list(chips(document))))
    if proof is not None:
        parts += _custom_part(2, store_id(document.id, "B"), PROOF_NAMESPACE, proof)
    return parts


def sealed_parts(document: DocumentTree) -> tuple[ProofPart, ...]:
    """The digest of every part that a signed file of this document has beside its proof, in the order of the file."""
    return tuple(
        ProofPart(name=name, digest=hashlib.sha256(text.encode()).hexdigest())
        for name, text in _parts(document, "")
        if name != PART_B
    )


def sealed_sentences(document: DocumentTree) -> tuple[ProofSentence, ...]:
    """Every word of the document, as its proof lists them."""
    return tuple(ProofSentence(place=each.place, digest=each.digest) for each in sentences_of(document))


def _check(document: DocumentTree, proof: Proof) -> None:
    if (proof.document, proof.title) != (document.id, document.title):
        raise ValueError(f"the proof is of {proof.document}, {proof.title!r}, not of {document.id}, {document.title!r}")
    said = [(chip.slot, chip.figure, chip.text) for chip in chips(document)]
    proved = [(figure.slot, figure.figure, figure.text) for figure in proof.figures]
    if said != proved:
        pairs = itertools.zip_longest(said, proved)
        one, other = next(pair for pair in pairs if pair[0] != pair[1])
        raise ValueError(f"document and proof speak different figures: {one} against {other}")
    named = [(place.mention.record, place.mention.version, place.sentence) for place in mention_places(document)]
    if named != [(mention.record, mention.version, mention.sentence) for mention in proof.mentions]:
        raise ValueError(f"document and proof name different records: {named}")
    if proof.sentences and proof.sentences != sealed_sentences(document):
        raise ValueError("document and proof say different sentences")


def _constant_parts(document: DocumentTree, custom_parts: int) -> Iterator[tuple[str, str]]:
    yield "[Content_Types].xml", official.content_types(custom_parts)
    yield "_rels/.rels", official.ROOT_RELATIONSHIPS
    yield "docProps/core.xml", _core(document)
    yield "docProps/app.xml", official.APPLICATION
    yield "word/_rels/document.xml.rels", official.document_relationships(custom_parts)
    yield "word/styles.xml", official.STYLES
    yield "word/settings.xml", official.SETTINGS
    yield "word/fontTable.xml", official.FONT_TABLE
    yield "word/header1.xml", official.HEADER[document.is_fictional]
    yield "word/footer1.xml", official.FOOTER_ODD
    yield "word/footer2.xml", official.FOOTER_EVEN


def _custom_part(number: int, store: str, namespace: str, text: str) -> list[tuple[str, str]]:
    return [
        (f"customXml/item{number}.xml", text),
        (f"customXml/_rels/item{number}.xml.rels", official.item_relationships(number)),
        (f"customXml/itemProps{number}.xml", official.item_properties(store, namespace)),
    ]


def _packed(parts: Sequence[tuple[str, str]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as package:
        for name, text in parts:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same bytes on every operating system
            package.writestr(entry, text.encode(), compresslevel=_LEVEL)
    return target.getvalue()


def _part_a(figures: Sequence[Chip]) -> str:
    strings = "".join(f"<figure>{escape(chip.bound)}</figure>" for chip in figures)
    return f'{_HEAD}<figures xmlns="{FIGURES_NAMESPACE}">{strings}</figures>'


def _core(document: DocumentTree) -> str:
    kept = "".join(
        f"<dc:{name}>{escape(value)}</dc:{name}>"
        for name, value in (
            ("title", document.title),
            ("creator", document.issuer),
            ("identifier", document.id),
            ("language", document.language),
        )
    )
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{kept}</cp:coreProperties>'
    )


# --- text ------------------------------------------------------------------------------------------


def _document(document: DocumentTree) -> str:
    store = store_id(document.id, "A")
    body = "".join([*_head(document), *_blocks(document, store), *_signature(document)])
    namespaces = f'xmlns:w="{official.W}" xmlns:r="{official.R}"'
    return f"{_HEAD}<w:document {namespaces}><w:body>{body}{official.SECTION}</w:body></w:document>"


def _head(document: DocumentTree) -> Iterator[str]:
    if document.is_fictional:
        yield _paragraph("FictionalMark", _run(official.FICTIONAL_MARK))
    if document.number:
        yield _paragraph("IssuerMark", _run(document.issuer))
        rule = '<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="FF0000"/></w:pBdr>'
        space = f'<w:spacing w:before="{official.LINE}" w:after="{official.LINE}"/>'
        yield _paragraph("DocumentNumber", _run(document.number), rule + space)
    runs = "<w:r><w:br/></w:r>".join(_run(line) for line in title_lines(document.title))
    yield _paragraph("Title", runs, f'<w:spacing w:before="0" w:after="{official.LINE}"/>')


def _blocks(document: DocumentTree, store: str) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield _paragraph("BodyText", _inlines(block.inlines, store))
        elif isinstance(block, Heading):
            yield _paragraph(f"Heading{block.level}", _run(block.text))
        elif isinstance(block, TextLine):
            yield _line(block)
        elif isinstance(block, Aside):
            yield _paragraph("OfficialNotice", _run(block.text))
        else:
            yield _table(block, store, document.label_share)


def _line(line: TextLine) -> str:
    if line.is_centred:
        return _paragraph("DocumentNumber", _run(line.text), f'<w:spacing w:after="{official.LINE}"/>')
    return _paragraph("BodyText", _run(line.text), '<w:ind w:firstLineChars="0" w:firstLine="0"/>')


def _paragraph(style: str, runs: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}</w:p>'


def _run(text: str) -> str:
    if not text:
        return ""
    hint = '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>' if _SHARED.search(text) else ""
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<w:r>{hint}<w:t{space}>{escape(text)}</w:t></w:r>"


def _inlines(inlines: Sequence[Inline], store: str) -> str:
    """Text and figures; the words of a figure that stay outside its control share a run with the text beside them."""
    runs, pending = [], ""
    for part in inlines:
        if not isinstance(part, Chip):
            pending += plain((part,))
            continue
        before, bound, after = split_bound(part.text)
        runs += [_run(pending + before), _control(part, bound, store)]
        pending = after
    return "".join([*runs, _run(pending)])


def _control(chip: Chip, bound: str, store: str) -> str:
    """A plain-text content control around the figure's numeral, bound to part A; it can be edited but not deleted."""
    label = escape(f"{chip.label} #{chip.slot}", {'"': "&quot;"})
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{label}"/><w:tag w:val="figure-{chip.slot}"/><w:id w:val="{chip.slot}"/>'
        f'<w:lock w:val="sdtLocked"/><w:dataBinding w:prefixMappings="xmlns:{FIGURES_PREFIX}=\'{FIGURES_NAMESPACE}\'" '
        f'w:xpath="{xpath_of(chip.slot)}" w:storeItemID="{store}"/><w:text/></w:sdtPr>'
        f"<w:sdtContent>{_run(bound)}</w:sdtContent></w:sdt>"
    )


def _table(table: Table, store: str, label_share: float) -> str:
    widths = _column_widths(table, label_share if len(table.header) == 2 else 0.0)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = "".join(_cell(width, "TableHead", _run(text)) for width, text in zip(widths, table.header, strict=True))
    rows = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            _cell(widths[column], _cell_style(column, cell), _inlines(cell, store)) for column, cell in enumerate(row)
        )
        + "</w:tr>"
        for row in table.rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="OfficialTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>"
    )


def _cell(width: int, style: str, runs: str) -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p></w:tc>'
    )


def _cell_style(column: int, cell: Sequence[Inline]) -> str:
    figures = any(isinstance(part, Chip) for part in cell)
    return "TableFigure" if figures or (column and len(plain(cell)) <= 4) else "TableText"


def _column_widths(table: Table, label_share: float = 0.0) -> list[int]:
    """Twips per column, together the width of the text: shares follow the longest cell, between 4 and 20 characters."""
    if label_share:
        first = int(official.TEXT_WIDTH * label_share)
        return [first, official.TEXT_WIDTH - first]
    longest = [width_of(head) for head in table.header]
    for row in table.rows:
        longest = [max(width, width_of(plain(cell))) for width, cell in zip(longest, row, strict=True)]
    shares = [min(max(width, 4.0), 20.0) + 1 for width in longest]
    widths = [int(official.TEXT_WIDTH * share / sum(shares)) for share in shares]
    widths[0] += official.TEXT_WIDTH - sum(widths)
    return widths


def _signature(document: DocumentTree) -> Iterator[str]:
    """Issuer and date without a seal: the date begins two characters right of the issuer, neither past two from the edge."""
    name, date = width_of(document.issuer), width_of(document.date)
    name_right, date_right = 2.0, name - date
    if date_right < 2:  # the date is the longer one: it stands two characters from the edge, the issuer moves left
        name_right, date_right = max(date + 4 - name, 2.0), 2.0
    for text, right, before in ((document.issuer, name_right, official.LINE), (document.date, date_right, 0)):
        spacing = f'<w:spacing w:before="{before}"/>' if before else ""
        keep = "<w:keepNext/>" if before else ""
        yield _paragraph(
            "Signature", _run(text), f'{keep}{spacing}<w:ind w:right="{round(right * official.CHARACTER)}"/>'
        )
