"""Every figure in its control, held against the proof by text, part A and sentence."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xingke.press.docx_reader import Bound, Reading, ReadParagraph
from xingke.press.docx_writer import store_id
from xingke.press.findings import FigureRow, Finding, FindingKind
from xingke.press.proof import Proof
from xingke.press.tree import (
    MASK,
    DocumentTree,
)
from xingke.press.verify.expected import Expected
from xingke.press.verify.page import ReadPage, row_of, title_gone, unbound


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """A figure as it stands: control, offset in its paragraph, the text shown there, the sentence around."""

    paragraph: ReadParagraph
    at: int
    control: Bound
    shown: str
    start: int
    sentence: str


@dataclass
class _Ground:
    """What the rules about figures share while they run."""

    page: ReadPage
    healed: (
        ReadPage  # the same text with every known control showing what it should: its sentences tell about words only
    )
    standing: dict[int, list[_Standing]]
    covered: dict[int, list[tuple[int, int]]]  # index of the paragraph → spans that figures account for


def against_controls(
    page: ReadPage, expected: Sequence[Expected], title: str, proof: Proof | None, frozen: DocumentTree | None
) -> tuple[list[Finding], list[FigureRow]]:
    """Every figure by its control; where not every word is signed, also every numeral outside."""
    known = {figure.slot: figure for figure in expected}
    healed = ReadPage(_healed(page.reading, known), page.terms)
    ground = _Ground(page=page, healed=healed, standing={slot: [] for slot in known}, covered={})
    findings = list(title_gone(page, title))
    document = proof.document if proof is not None else frozen.id if frozen is not None else ""
    for index, paragraph in enumerate(page.reading.paragraphs):
        twin = healed.reading.paragraphs[index]
        for (at, control), (twin_at, twin_control) in zip(paragraph.controls, twin.controls, strict=True):
            figure = known.get(control.slot) if control.slot is not None else None
            spot = page.spot(paragraph, at, at + len(control.text))
            if figure is None:
                findings.append(
                    Finding(kind=FindingKind.FIGURE_ADDED, slot=control.slot, spot=spot, found=control.text)
                )
                continue
            if control.store.upper() != store_id(document, "A"):
                what = f"dataBinding@storeItemID={control.store}"
                findings.append(Finding(kind=FindingKind.FOREIGN, spot=spot, found=control.text, params={"what": what}))
            sentence = healed.sentence(twin, twin_at, twin_at + len(twin_control.text))
            stands = _stands(paragraph, at, control, figure, sentence)
            ground.standing[figure.slot].append(stands)
            ground.covered.setdefault(index, []).append((stands.start, stands.start + len(stands.shown)))
    rows: list[FigureRow] = []
    for figure in expected:
        found = list(_figure(ground, figure))
        findings += found
        standing = ground.standing[figure.slot]
        rows.append(row_of(figure, standing[0].shown if standing else None, holds=not found))
    if proof is None or not proof.sentences:
        findings += [*_out_of_order(page, expected), *_loose_numerals(ground)]
    return findings, rows


def _out_of_order(page: ReadPage, expected: Sequence[Expected]) -> Iterator[Finding]:
    """Figures that stand before others they followed, once for each place: whole paragraphs were moved."""
    labels = {figure.slot: figure.label for figure in expected}
    before, seen = 0, set[int]()
    for paragraph, at, control in page.reading.controls:
        slot = control.slot
        if slot is None or slot not in labels or slot in seen:
            continue
        seen.add(slot)
        if slot < before:
            spot = page.spot(paragraph, at, at + len(control.text))
            yield Finding(kind=FindingKind.ORDER_CHANGED, spot=spot, found=f"{labels[slot]} {control.text}".strip())
        before = slot


def _healed(reading: Reading, known: Mapping[int, Expected]) -> Reading:
    def heal(piece: str | Bound) -> str | Bound:
        if isinstance(piece, str) or piece.slot is None or piece.slot not in known:
            return piece
        return replace(piece, text=known[piece.slot].bound[1])

    paragraphs = [replace(each, pieces=tuple(map(heal, each.pieces))) for each in reading.paragraphs]
    return replace(reading, paragraphs=tuple(paragraphs))


def _stands(paragraph: ReadParagraph, at: int, control: Bound, figure: Expected, sentence: str) -> _Standing:
    """The figure with the words before and after that belong to it, as far as they are there."""
    before, _, after = figure.bound
    text, end = paragraph.text, at + len(control.text)
    start = at - len(before) if before and text[:at].endswith(before) else at
    stop = end + len(after) if after and text[end:].startswith(after) else end
    return _Standing(
        paragraph=paragraph, at=at, control=control, shown=text[start:stop], start=start, sentence=sentence
    )


def _figure(ground: _Ground, figure: Expected) -> Iterator[Finding]:
    """All that is to be said about one figure."""
    bound = figure.bound[1]
    strings = ground.page.reading.strings
    stored = bound if strings is None else strings[figure.slot - 1] if figure.slot <= len(strings) else ""
    standing = ground.standing[figure.slot]
    if not standing:
        yield _absent(ground, figure)
        return
    if len(standing) > 1:
        yield _about(
            ground.page, figure, FindingKind.FIGURE_REPEATED, standing[1], standing[1].shown, count=len(standing)
        )
    shown = {stands.control.text for stands in standing}
    for stands in standing:
        if stands.control.text != bound:
            kind = FindingKind.FIGURE_EDITED if stored == stands.control.text else FindingKind.TEXT_EDITED
            yield _about(ground.page, figure, kind, stands, stands.shown)
        if stands.sentence != figure.sentence:
            kind = FindingKind.SENTENCE_CHANGED
            finding = _about(ground.page, figure, kind, stands, stands.sentence, figure_text=figure.text)
            yield replace(finding, expected=figure.sentence)
    if stored != bound and stored not in shown:
        before, _, after = figure.bound
        yield _about(ground.page, figure, FindingKind.STORE_EDITED, standing[0], before + stored + after)


def _about(
    page: ReadPage, figure: Expected, kind: FindingKind, stands: _Standing, found: str, **params: str | int
) -> Finding:
    return Finding(
        kind=kind,
        slot=figure.slot,
        figure=figure.figure,
        spot=page.spot(stands.paragraph, stands.at, stands.at + len(stands.control.text)),
        expected=figure.text,
        found=found,
        params={"label": figure.label, **params},
    )


def _absent(ground: _Ground, figure: Expected) -> Finding:
    """A figure without a control: unwrapped when its sentence still stands word for word, else missing."""
    params: dict[str, str | int] = {"label": figure.label}
    for index, (paragraph, twin) in enumerate(
        zip(ground.page.reading.paragraphs, ground.healed.reading.paragraphs, strict=True)
    ):
        if figure.text not in twin.text:
            continue
        if figure.sentence not in ground.healed.sentences(twin):
            continue
        for match in re.finditer(re.escape(figure.text), paragraph.text):
            low, high = match.span()
            taken = ground.covered.setdefault(index, [])
            if not any(start < high and low < end for start, end in taken):
                taken.append((low, high))
                return Finding(
                    kind=FindingKind.FIGURE_UNWRAPPED,
                    slot=figure.slot,
                    figure=figure.figure,
                    spot=ground.page.spot(paragraph, low, high),
                    expected=figure.text,
                    found=figure.text,
                    params=params,
                )
    return Finding(
        kind=FindingKind.FIGURE_MISSING, slot=figure.slot, figure=figure.figure, expected=figure.text, params=params
    )


def _loose_numerals(ground: _Ground) -> Iterator[Finding]:
    """Every numeral that no figure accounts for, closing lines behind the last figure apart."""
    last = max(ground.covered, default=-1)
    for index, paragraph in enumerate(ground.page.reading.paragraphs):
        if index > last and ground.page.is_closing(index):
            continue
        masked = paragraph.masked
        for low, high in ground.covered.get(index, ()):
            masked = masked[:low] + MASK * (high - low) + masked[high:]
        yield from unbound(ground.page, paragraph, masked)
