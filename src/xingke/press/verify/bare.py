"""Files without controls: their numerals in order against those of the frozen tree, and every figure's sentence."""

import difflib
import itertools
import re
from collections.abc import Collection, Iterator, Sequence

from xingke.press import numerals
from xingke.press.docx_reader import ReadParagraph
from xingke.press.findings import FigureRow, Finding, FindingKind
from xingke.press.tree import (
    Chip,
    DocumentTree,
    passages,
    plain,
)
from xingke.press.verify.expected import Expected
from xingke.press.verify.page import AT_THE_END, ReadPage, row_of, title_gone


def against_frozen(
    page: ReadPage, frozen: DocumentTree, expected: Sequence[Expected]
) -> tuple[list[Finding], list[FigureRow]]:
    """Numerals of the body in order against those of the frozen tree, and every figure's sentence."""
    findings = list(title_gone(page, frozen.title))
    stored = list(_frozen_numerals(frozen, page.terms))
    body = page.reading.paragraphs
    read = [
        (paragraph, each)
        for index, paragraph in enumerate(body)
        if not (index >= len(body) - AT_THE_END and page.is_closing(index))
        for each in numerals.find(paragraph.text, terms=page.terms)
    ]
    before, after = [text for text, _ in stored], [each.text for _, each in read]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for code, low, high, start, end in matcher.get_opcodes():
        if code != "equal":
            findings += _differences(page, stored[low:high], read[start:end])
    findings += _lost_sentences(page, body, expected, {finding.slot for finding in findings})
    failed = {finding.slot: finding.found for finding in findings if finding.slot is not None}
    rows = [row_of(each, failed.get(each.slot, each.text), holds=each.slot not in failed) for each in expected]
    return findings, rows


def _frozen_numerals(frozen: DocumentTree, terms: Collection[str]) -> Iterator[tuple[str, Chip | None]]:
    """The numerals of a tree in reading order, each with the figure it belongs to."""
    for inlines in passages(frozen):
        spans: list[tuple[int, int, Chip]] = []
        at = 0
        for part in inlines:
            size = len(part) if isinstance(part, str) else len(part.text)
            if isinstance(part, Chip):
                spans.append((at, at + size, part))
            at += size
        for numeral in numerals.find(plain(inlines), terms=terms):
            yield (
                numeral.text,
                next((chip for low, high, chip in spans if low < numeral.end and numeral.start < high), None),
            )


def _differences(
    page: ReadPage,
    stored: Sequence[tuple[str, Chip | None]],
    read: Sequence[tuple[ReadParagraph, numerals.Numeral]],
) -> Iterator[Finding]:
    for known, now in itertools.zip_longest(stored, read):
        spot = page.spot(now[0], now[1].start, now[1].end) if now else None
        if known is None:
            yield Finding(kind=FindingKind.UNBOUND_NUMERAL, spot=spot, found=now[1].text)
            continue
        text, chip = known
        yield Finding(
            kind=FindingKind.NUMERAL_DIFFERS,
            slot=chip.slot if chip else None,
            figure=chip.figure if chip else None,
            spot=spot,
            expected=text,
            found=now[1].text if now else "—",
        )


_MOST_NEAR = 2000  # sentences looked through for the one that may have been meant
_DIGITS = re.compile(r"\d[\d.,]*")


def _lost_sentences(
    page: ReadPage, body: Sequence[ReadParagraph], expected: Sequence[Expected], told: Collection[int | None]
) -> Iterator[Finding]:
    """Figures whose own sentence is gone; one that differs in numerals only was told when they were compared."""
    sentences = list(dict.fromkeys(sentence for paragraph in body for sentence in page.sentences(paragraph)))
    wordings = {_DIGITS.sub("#", sentence) for sentence in sentences}
    for figure in expected:
        if figure.slot in told or _DIGITS.sub("#", figure.sentence) in wordings:
            continue
        near = difflib.get_close_matches(figure.sentence, sentences[:_MOST_NEAR], n=1, cutoff=0.3)
        yield Finding(
            kind=FindingKind.SENTENCE_CHANGED,
            slot=figure.slot,
            figure=figure.figure,
            expected=figure.sentence,
            found=near[0] if near else "—",
            params={"label": figure.label, "figure_text": figure.text},
        )
