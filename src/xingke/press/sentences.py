"""The canonical text of a document: its sentences in order, each with its place, by which a proof signs every word.

Of the text part only, in the order of the file: paragraphs, and the cells of tables row by row. The text of a paragraph
is that of its ``w:t``; a ``w:br``, which only a title has, says nothing; paragraphs of a cell are joined. It is cut after
。；！？ and the closing marks behind them; blanks at both ends go; what is then empty is no sentence. Written down for
strangers in docs/proof.md.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xingke.press.docx_reader import ReadParagraph
from xingke.press.official import FICTIONAL_MARK
from xingke.press.tree import Aside, DocumentTree, Heading, Paragraph, Table, TextLine, plain, sentence_bounds

FIRST, FURTHER = "p", "s"


@dataclass(frozen=True)
class Sentence:
    """One sentence. place: "p" the first of its paragraph, "s" a further one, "t1r2c3" a cell (all 1-based)."""

    place: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8, lower-case hex."""
        return digest_of(self.text)


def digest_of(text: str) -> str:
    """SHA-256 of a sentence in UTF-8, lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def sentences_of(document: DocumentTree) -> tuple[Sentence, ...]:
    """The sentences of a tree as its file says them."""
    return tuple(_of_tree(document))


def _of_tree(document: DocumentTree) -> Iterator[Sentence]:
    head = [FICTIONAL_MARK] if document.is_fictional else []
    head += [document.issuer, document.number] if document.number else []
    for text in [*head, document.title]:
        yield from of_paragraph(text)
    tables = 0
    for block in document.blocks:
        match block:
            case Heading() | Aside() | TextLine():
                yield from of_paragraph(block.text)
            case Paragraph():
                yield from of_paragraph(plain(block.inlines))
            case Table():
                tables += 1
                rows = [block.header, *([plain(cell) for cell in row] for row in block.rows)]
                yield from _of_cells(
                    ((tables, row, column), text)
                    for row, cells in enumerate(rows, 1)
                    for column, text in enumerate(cells, 1)
                )
    yield from of_paragraph(document.issuer)
    yield from of_paragraph(document.date)


def of_paragraph(text: str) -> Iterator[Sentence]:
    """The sentences of a paragraph's text."""
    place = FIRST
    for low, high in sentence_bounds(text):
        if said := text[low:high].strip():
            yield Sentence(place, said)
            place = FURTHER


def _of_cells(cells: Iterable[tuple[tuple[int, int, int], str]]) -> Iterator[Sentence]:
    for (table, row, column), text in cells:
        if said := text.strip():
            yield Sentence(f"t{table}r{row}c{column}", said)


@dataclass(frozen=True)
class Read:
    """A sentence as a file says it, and the number of its paragraph in the reading."""

    sentence: Sentence
    paragraph: int


def read_sentences(paragraphs: Iterable[ReadParagraph]) -> list[Read]:
    """The sentences of the text part; paragraph: the index of the first one they come from."""
    found: list[Read] = []
    cells: dict[tuple[int, int, int], list[tuple[int, str]]] = {}
    for index, paragraph in enumerate(paragraphs):
        if paragraph.cell is not None:
            place = (paragraph.cell.table, paragraph.cell.row, paragraph.cell.column + 1)
            cells.setdefault(place, []).append((index, paragraph.text))
            continue
        found += _close(cells)
        found += [Read(each, index) for each in of_paragraph(paragraph.text)]
    return found + list(_close(cells))


def _close(cells: dict[tuple[int, int, int], list[tuple[int, str]]]) -> list[Read]:
    read = [
        Read(each, parts[0][0])
        for place, parts in cells.items()
        for each in _of_cells([(place, "".join(text for _index, text in parts))])
    ]
    cells.clear()
    return read
