"""A reading with what several rules ask of it."""

from collections.abc import Collection, Iterator, Sequence

from xingke.press import numerals
from xingke.press.closing import is_closing
from xingke.press.docx_reader import Reading, ReadParagraph
from xingke.press.findings import FigureRow, Finding, FindingKind, Spot
from xingke.press.tree import (
    cell_sentence,
    sentence_bounds,
)
from xingke.press.verify.expected import Expected

AT_THE_END = 12  # paragraphs among which closing lines are looked for where no word is signed


class ReadPage:
    """A reading with what several rules ask of it."""

    def __init__(self, reading: Reading, terms: Collection[str]) -> None:
        self.reading = reading
        self.terms = frozenset(terms)
        self.rows: dict[tuple[int, int], list[str]] = {}  # (table, row) → cell texts, paragraphs of a cell joined
        for paragraph in reading.paragraphs:
            if paragraph.cell is not None:
                cells = self.rows.setdefault((paragraph.cell.table, paragraph.cell.row), [])
                cells += [""] * (paragraph.cell.column + 1 - len(cells))
                cells[paragraph.cell.column] += paragraph.text

    def sentence(self, paragraph: ReadParagraph, start: int, end: int) -> str:
        """The sentence around text[start:end]; in a table the column's head with the whole row."""
        if paragraph.cell is not None:
            heads = self.rows.get((paragraph.cell.table, 1), [])
            head = heads[paragraph.cell.column] if paragraph.cell.column < len(heads) else ""
            return cell_sentence(head, self.rows[(paragraph.cell.table, paragraph.cell.row)])
        bounds = sentence_bounds(paragraph.masked)
        around = [(low, high) for low, high in bounds if low < max(end, start + 1) and high > start] or bounds[-1:]
        return paragraph.text[around[0][0] : around[-1][1]].strip() if around else ""

    def sentences(self, paragraph: ReadParagraph) -> Iterator[str]:
        """The sentences of a paragraph; a cell is one."""
        if paragraph.cell is not None:
            yield self.sentence(paragraph, 0, 0)
        else:
            yield from (paragraph.text[low:high].strip() for low, high in sentence_bounds(paragraph.masked))

    def spot(self, paragraph: ReadParagraph, start: int, end: int) -> Spot:
        """The place with up to eight characters on each side."""
        text = paragraph.text
        low, high = max(start - 8, 0), end + 8
        excerpt = ("…" if low else "") + text[low:high].strip() + ("…" if high < len(text) else "")
        cell = paragraph.cell
        return Spot(
            paragraph=paragraph.number,
            excerpt=excerpt,
            table=cell.table if cell else None,
            row=cell.row if cell else None,
        )

    def is_closing(self, index: int) -> bool:
        """Whether a paragraph is a closing line: contact, attachment, copies."""
        paragraph = self.reading.paragraphs[index]
        if paragraph.cell is not None or any(True for _ in paragraph.controls):
            return False
        before = next((each.text for each in reversed(self.reading.paragraphs[:index]) if each.text.strip()), "")
        return is_closing(paragraph.text, follows=before, terms=self.terms)

    def numerals(self, paragraph: ReadParagraph, text: str) -> list[numerals.Numeral]:
        """The numerals of a masked paragraph that are not exempt; the running numbers of a table are."""
        found = numerals.find(text, terms=self.terms)
        cell = paragraph.cell
        if cell is not None and cell.row > 1 and len(found) == 1:
            heads = self.rows.get((cell.table, 1), [])
            head = heads[cell.column].strip() if cell.column < len(heads) else ""
            if head in ("序号", "No.") and text.strip() == str(cell.row - 1):
                return []
        return found


def names_gone(page: "ReadPage", names: Sequence[tuple[str, str]], told: Collection[str]) -> Iterator[Finding]:
    """Names whose sentence does not stand any more; sentences that also speak a figure are told of with it."""
    lost = [(text, sentence) for text, sentence in names if sentence not in told]
    standing = {each for paragraph in page.reading.paragraphs for each in page.sentences(paragraph)} if lost else set()
    for text, sentence in lost:
        if sentence not in standing:
            yield Finding(kind=FindingKind.NAME_CHANGED, expected=sentence, params={"label": text})


_ABOVE_TITLE = 3  # the fictional mark, the issuer's mark, the document number


def title_gone(page: ReadPage, title: str) -> Iterator[Finding]:
    texts = [text for paragraph in page.reading.paragraphs if (text := paragraph.text.strip())]
    if title.strip() not in texts[: _ABOVE_TITLE + 1]:
        yield Finding(kind=FindingKind.TITLE_CHANGED, expected=title)


def unbound(page: ReadPage, paragraph: ReadParagraph, masked: str) -> Iterator[Finding]:
    for numeral in page.numerals(paragraph, masked):
        spot = page.spot(paragraph, numeral.start, numeral.end)
        yield Finding(kind=FindingKind.UNBOUND_NUMERAL, spot=spot, found=numeral.text)


def row_of(figure: Expected, found: str | None, *, holds: bool) -> FigureRow:
    return FigureRow(
        slot=figure.slot, figure=figure.figure, label=figure.label, expected=figure.text, found=found, holds=holds
    )
