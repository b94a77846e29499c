"""Does a document still say what was proved? Pure comparison of a reading with its proof, or with the frozen tree.

Per figure the visible text, part A and part B must agree, and it must stand once, in its own sentence; every other
numeral must be exempt. Prose without figures may be changed freely. Whether the *ledger* still says the same is asked
elsewhere and merged with ``Verdict.joined``.
"""

import difflib
import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xingke.base.press import numerals
from xingke.base.press.docx_reader import Bound, Opaque, Reading, ReadParagraph, Story
from xingke.base.press.findings import Finding, Kind, Row, Spot, Verdict
from xingke.base.press.proof import Proof, fingerprint_of, is_signed_by, xpath_of
from xingke.base.press.tree import (
    MASK,
    Chip,
    Document,
    cell_sentence,
    mention_places,
    passages,
    places,
    plain,
    sentence_bounds,
    split_bound,
)


@dataclass(frozen=True, kw_only=True)
class _Expected:
    """A figure as it should stand, from the proof or from the frozen tree."""

    slot: int
    figure: str
    label: str
    text: str
    sentence: str
    xpath: str

    @property
    def bound(self) -> tuple[str, str, str]:
        return split_bound(self.text)


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """A figure as it stands: control, offset in its paragraph, the text shown there, the sentence around."""

    paragraph: ReadParagraph
    at: int
    control: Bound
    shown: str
    start: int
    sentence: str


def compare(
    reading: Reading,
    proof: Proof | None,
    *,
    frozen: Document | None = None,
    trusted_keys: Collection[bytes] = (),
    allowed_terms: Collection[str] = (),
) -> Verdict:
    """What the file says against what was proved.

    proof: normally reading.proof. frozen: the stored tree of the same document, if found by id or fingerprint; it
    stands in where an editor dropped the parts. trusted_keys: raw 32-byte Ed25519 public keys. allowed_terms: names
    whose digits are no quantities, beside the built-in ones.
    """
    names = _names(proof, frozen)
    page = _Page(reading, {*allowed_terms, *(text for text, _sentence in names if not _is_numeral(text))})
    findings: list[Finding] = []
    if proof is not None:
        findings += _seal(reading, proof, frozen, trusted_keys)
        expected, title = _from_proof(proof), proof.title
    else:
        if reading.proof_error is not None:
            findings.append(Finding(kind=Kind.PROOF_UNREADABLE, found=reading.proof_error))
        if frozen is None:
            return Verdict(findings=(*findings, *_unproved(page), *page.remarks()), rows=())
        expected, title = _from_frozen(frozen), frozen.title
    is_bare = not any(True for _ in reading.controls)
    if is_bare and frozen is not None and (proof is None or reading.strings is None):
        found, rows = _against_frozen(page, frozen, expected)
        dropped: Kind | None = Kind.PARTS_DROPPED
    else:
        found, rows = _against_controls(page, expected, title)
        is_listless = reading.strings is None and bool(expected)
        dropped = Kind.PARTS_DROPPED if proof is None else Kind.LIST_DROPPED if is_listless else None
    findings += [*found, *_names_gone(page, names, {figure.sentence for figure in expected})]
    if dropped is not None and all(finding.is_notice for finding in findings):
        findings.append(Finding(kind=dropped, params={"count": len(expected)}))
    return Verdict(findings=(*findings, *page.remarks()), rows=tuple(rows))


def _unproved(page: "_Page") -> Iterator[Finding]:
    """Neither proof nor frozen tree: nothing can be said of any numeral."""
    count = sum(len(page.numerals(paragraph, paragraph.text)) for paragraph in page.reading.paragraphs)
    if page.reading.proof_error is None:
        yield Finding(kind=Kind.PROOF_MISSING, params={"count": count})


def _names(proof: Proof | None, frozen: Document | None) -> list[tuple[str, str]]:
    """The names taken from records, each with its sentence. Numerals in them are no quantities."""
    if proof is not None:
        return [(mention.text, mention.sentence) for mention in proof.mentions]
    return [(place.mention.text, place.sentence) for place in mention_places(frozen)] if frozen else []


def _is_numeral(name: str) -> bool:
    """Whether a name is little else than a numeral: 三家 excuses no other 三家."""
    return len(name) - sum(each.end - each.start for each in numerals.find(name)) < 2


def _names_gone(page: "_Page", names: Sequence[tuple[str, str]], told: Collection[str]) -> Iterator[Finding]:
    """Names whose sentence does not stand any more; sentences that also speak a figure are told of with it."""
    lost = [(text, sentence) for text, sentence in names if sentence not in told]
    if not lost:
        return
    standing = {_squeezed(each) for paragraph in page.reading.paragraphs for each in page.sentences(paragraph)}
    for text, sentence in lost:
        if _squeezed(sentence) not in standing:
            yield Finding(kind=Kind.NAME_CHANGED, expected=sentence, params={"label": text})


def _from_proof(proof: Proof) -> list[_Expected]:
    return [
        _Expected(
            slot=figure.slot,
            figure=figure.figure,
            label=figure.label,
            text=figure.text,
            sentence=figure.sentence,
            xpath=figure.xpath,
        )
        for figure in proof.figures
    ]


def _from_frozen(document: Document) -> list[_Expected]:
    return [
        _Expected(
            slot=place.chip.slot,
            figure=place.chip.figure,
            label=place.chip.label,
            text=place.chip.text,
            sentence=place.sentence,
            xpath=xpath_of(place.chip.slot),
        )
        for place in places(document)
    ]


# --- the seal --------------------------------------------------------------------------------------


def _seal(
    reading: Reading, proof: Proof, frozen: Document | None, trusted_keys: Collection[bytes]
) -> Iterator[Finding]:
    """Who signed, whether the proof is whole, and whether it is the proof of this document."""
    yield from _signature(proof, trusted_keys)
    if reading.identifier is not None and reading.identifier != proof.document:
        yield Finding(kind=Kind.OTHER_DOCUMENT, expected=proof.document, found=reading.identifier)
    if frozen is None:
        return
    if frozen.id != proof.document:
        yield Finding(kind=Kind.OTHER_DOCUMENT, expected=frozen.id, found=proof.document)
        return
    stored = {place.slot: place for place in _from_frozen(frozen)}
    for figure in proof.figures:
        known = stored.pop(figure.slot, None)
        if known is None or (known.figure, known.text) != (figure.figure, figure.text):
            yield Finding(
                kind=Kind.FROZEN_DIFFERS,
                slot=figure.slot,
                figure=figure.figure,
                expected=known.text if known else "",
                found=figure.text,
                params={"label": figure.label},
            )
    for known in stored.values():
        yield Finding(
            kind=Kind.FROZEN_DIFFERS,
            slot=known.slot,
            figure=known.figure,
            expected=known.text,
            found="",
            params={"label": known.label},
        )


def _signature(proof: Proof, trusted_keys: Collection[bytes]) -> Iterator[Finding]:
    if not proof.signature or not proof.public_key:
        yield Finding(kind=Kind.NOT_SIGNED)
        return
    try:
        own = bytes.fromhex(proof.public_key)
    except ValueError:
        own = b""
    texts = [figure.text for figure in proof.figures]
    slots = [(figure.slot, figure.xpath) for figure in proof.figures]
    whole = slots == [(slot, xpath_of(slot)) for slot in range(1, len(slots) + 1)]
    if not is_signed_by(proof, own) or proof.fingerprint != fingerprint_of(proof.title, texts) or not whole:
        yield Finding(kind=Kind.SIGNATURE_BROKEN)
    elif own not in trusted_keys:
        yield Finding(kind=Kind.UNKNOWN_KEY, found=proof.public_key[:16])


# --- the page --------------------------------------------------------------------------------------


class _Page:
    """A reading with what several rules ask of it."""

    def __init__(self, reading: Reading, terms: Collection[str]) -> None:
        self.reading = reading
        self.terms = terms
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
            story=paragraph.story,
            paragraph=paragraph.number,
            excerpt=excerpt,
            table=cell.table if cell else None,
            row=cell.row if cell else None,
        )

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

    def remarks(self) -> Iterator[Finding]:
        """Words that may look otherwise, computed fields, tracked changes, and content that cannot be read."""
        for paragraph in self.reading.paragraphs:
            yield from self._disguised(paragraph)
            for each in paragraph.fields:
                spot = self.spot(paragraph, each.at, each.at)
                yield Finding(kind=Kind.COMPUTED_FIELD, spot=spot, found=each.instruction)
        quiet = 0
        for paragraph in self.reading.paragraphs:
            spans = [(each.start, each.end) for each in numerals.find(paragraph.text, terms=self.terms)]
            spans += [(at, at + len(control.text)) for at, control in paragraph.controls]
            for change in paragraph.changes:
                inside = any(low < change.end and change.start < high for low, high in spans)
                between = change.start == change.end and any(low < change.start < high for low, high in spans)
                if change.holds_control or inside or between or numerals.find(change.text, terms=self.terms):
                    yield Finding(
                        kind=Kind.TRACKED_CHANGE,
                        spot=self.spot(paragraph, change.start, change.end),
                        found=change.text,
                        params={
                            "change": "insertion" if change.is_insertion else "deletion",
                            "author": change.author or "—",
                        },
                    )
                else:
                    quiet += 1
        if quiet:
            yield Finding(kind=Kind.TRACKED_CHANGES_EXIST, params={"count": quiet})
        opaque = self.reading.opaque
        if Opaque.EMBEDDED_DOCUMENT in opaque:
            yield Finding(kind=Kind.EMBEDDED_DOCUMENT)
        if pictures := sum(kind is not Opaque.EMBEDDED_DOCUMENT for kind in opaque):
            yield Finding(kind=Kind.PICTURES_UNREAD, params={"count": pictures})

    def _disguised(self, paragraph: ReadParagraph) -> Iterator[Finding]:
        """What may look otherwise in a sentence with figures or numerals, once for each sentence."""
        if not paragraph.oddities:
            return
        spans = [(each.start, each.end) for each in numerals.find(paragraph.text, terms=self.terms)]
        spans += [(at, at + max(len(control.text), 1)) for at, control in paragraph.controls]
        numeric = [
            (low, high)
            for low, high in sentence_bounds(paragraph.masked)
            if any(low < end and start < high for start, end in spans)
        ]
        for low, high in numeric:
            odd = [each for each in paragraph.oddities if low < each.end and each.start < high]
            if odd:
                start, end = max(min(each.start for each in odd), low), min(max(each.end for each in odd), high)
                what = " ".join(dict.fromkeys(each.what for each in odd))
                spot = self.spot(paragraph, start, end)
                yield Finding(kind=Kind.DISGUISED, spot=spot, found=paragraph.text[start:end], params={"what": what})


def _same(one: str, other: str) -> bool:
    """Whether two texts agree apart from blanks and line ends, which editors move."""
    return _squeezed(one) == _squeezed(other)


_DIGITS = re.compile(r"\d[\d.,]*")


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


# --- figures in their controls ---------------------------------------------------------------------


@dataclass
class _Ground:
    """What the rules about figures share while they run."""

    page: _Page
    healed: _Page  # the same text with every known control showing what it should: its sentences tell about words only
    standing: dict[int, list[_Standing]]
    covered: dict[int, list[tuple[int, int]]]  # index of the paragraph → spans that figures account for


def _against_controls(page: _Page, expected: Sequence[_Expected], title: str) -> tuple[list[Finding], list[Row]]:
    """Every figure by its control, then every numeral outside."""
    known = {figure.slot: figure for figure in expected}
    healed = _Page(_healed(page.reading, known), page.terms)
    ground = _Ground(page=page, healed=healed, standing={slot: [] for slot in known}, covered={})
    findings = list(_title(page, title))
    for index, paragraph in enumerate(page.reading.paragraphs):
        twin = healed.reading.paragraphs[index]
        for (at, control), (twin_at, twin_control) in zip(paragraph.controls, twin.controls, strict=True):
            figure = known.get(control.slot) if control.slot is not None else None
            if figure is None:
                spot = page.spot(paragraph, at, at + len(control.text))
                findings.append(Finding(kind=Kind.FIGURE_ADDED, slot=control.slot, spot=spot, found=control.text))
                continue
            sentence = healed.sentence(twin, twin_at, twin_at + len(twin_control.text))
            stands = _stands(paragraph, at, control, figure, sentence)
            ground.standing[figure.slot].append(stands)
            ground.covered.setdefault(index, []).append((stands.start, stands.start + len(stands.shown)))
    rows: list[Row] = []
    for figure in expected:
        found = list(_figure(ground, figure))
        findings += found
        standing = ground.standing[figure.slot]
        rows.append(_row(figure, standing[0].shown if standing else None, holds=not found))
    return [*findings, *_loose_numerals(ground)], rows


def _row(figure: _Expected, found: str | None, *, holds: bool) -> Row:
    return Row(
        slot=figure.slot, figure=figure.figure, label=figure.label, expected=figure.text, found=found, holds=holds
    )


def _healed(reading: Reading, known: Mapping[int, _Expected]) -> Reading:
    def heal(piece: str | Bound) -> str | Bound:
        if isinstance(piece, str) or piece.slot is None or piece.slot not in known:
            return piece
        return replace(piece, text=known[piece.slot].bound[1])

    paragraphs = [replace(each, pieces=tuple(map(heal, each.pieces))) for each in reading.paragraphs]
    return replace(reading, paragraphs=tuple(paragraphs))


def _title(page: _Page, title: str) -> Iterator[Finding]:
    if not any(_same(paragraph.text, title) for paragraph in page.reading.paragraphs):
        yield Finding(kind=Kind.TITLE_CHANGED, expected=title)


def _stands(paragraph: ReadParagraph, at: int, control: Bound, figure: _Expected, sentence: str) -> _Standing:
    """The figure with the words before and after that belong to it, as far as they are there."""
    before, _, after = figure.bound
    text, end = paragraph.text, at + len(control.text)
    start = at - len(before) if before and text[:at].endswith(before) else at
    stop = end + len(after) if after and text[end:].startswith(after) else end
    return _Standing(
        paragraph=paragraph, at=at, control=control, shown=text[start:stop], start=start, sentence=sentence
    )


def _figure(ground: _Ground, figure: _Expected) -> Iterator[Finding]:
    """All that is to be said about one figure."""
    bound = figure.bound[1]
    strings = ground.page.reading.strings
    stored = bound if strings is None else strings[figure.slot - 1] if figure.slot <= len(strings) else ""
    standing = ground.standing[figure.slot]
    if not standing:
        yield _absent(ground, figure)
        return
    if len(standing) > 1:
        yield _about(ground.page, figure, Kind.FIGURE_REPEATED, standing[1], standing[1].shown, count=len(standing))
    shown = {stands.control.text for stands in standing}
    for stands in standing:
        if stands.control.text != bound:
            kind = Kind.FIGURE_EDITED if stored == stands.control.text else Kind.TEXT_EDITED
            yield _about(ground.page, figure, kind, stands, stands.shown)
        if not _same(stands.sentence, figure.sentence):
            kind = Kind.SENTENCE_CHANGED
            finding = _about(ground.page, figure, kind, stands, stands.sentence, figure_text=figure.text)
            yield replace(finding, expected=figure.sentence)
    if stored != bound and stored not in shown:
        before, _, after = figure.bound
        yield _about(ground.page, figure, Kind.STORE_EDITED, standing[0], before + stored + after)


def _about(page: _Page, figure: _Expected, kind: Kind, stands: _Standing, found: str, **params: str | int) -> Finding:
    return Finding(
        kind=kind,
        slot=figure.slot,
        figure=figure.figure,
        spot=page.spot(stands.paragraph, stands.at, stands.at + len(stands.control.text)),
        expected=figure.text,
        found=found,
        params={"label": figure.label, **params},
    )


def _absent(ground: _Ground, figure: _Expected) -> Finding:
    """A figure without a control: unwrapped when its sentence still stands word for word, else missing."""
    params: dict[str, str | int] = {"label": figure.label}
    for index, (paragraph, twin) in enumerate(
        zip(ground.page.reading.paragraphs, ground.healed.reading.paragraphs, strict=True)
    ):
        if figure.text not in twin.text:
            continue
        if not any(_same(sentence, figure.sentence) for sentence in ground.healed.sentences(twin)):
            continue
        for match in re.finditer(re.escape(figure.text), paragraph.text):
            low, high = match.span()
            taken = ground.covered.setdefault(index, [])
            if not any(start < high and low < end for start, end in taken):
                taken.append((low, high))
                return Finding(
                    kind=Kind.FIGURE_UNWRAPPED,
                    slot=figure.slot,
                    figure=figure.figure,
                    spot=ground.page.spot(paragraph, low, high),
                    expected=figure.text,
                    found=figure.text,
                    params=params,
                )
    return Finding(
        kind=Kind.FIGURE_MISSING, slot=figure.slot, figure=figure.figure, expected=figure.text, params=params
    )


def _loose_numerals(ground: _Ground) -> Iterator[Finding]:
    """Every numeral that no figure accounts for, in every story."""
    for index, paragraph in enumerate(ground.page.reading.paragraphs):
        masked = paragraph.masked
        for low, high in ground.covered.get(index, ()):
            masked = masked[:low] + MASK * (high - low) + masked[high:]
        yield from _unbound(ground.page, paragraph, masked)


def _unbound(page: _Page, paragraph: ReadParagraph, masked: str) -> Iterator[Finding]:
    for numeral in page.numerals(paragraph, masked):
        spot = page.spot(paragraph, numeral.start, numeral.end)
        yield Finding(kind=Kind.UNBOUND_NUMERAL, spot=spot, found=numeral.text)


# --- no controls left: the frozen text -------------------------------------------------------------


def _against_frozen(page: _Page, frozen: Document, expected: Sequence[_Expected]) -> tuple[list[Finding], list[Row]]:
    """Numerals of the body in order against those of the frozen tree, and every figure's sentence."""
    findings = list(_title(page, frozen.title))
    stored = list(_frozen_numerals(frozen, page.terms))
    body = [paragraph for paragraph in page.reading.paragraphs if paragraph.story is Story.BODY]
    read = [(paragraph, each) for paragraph in body for each in numerals.find(paragraph.text, terms=page.terms)]
    before, after = [text for text, _ in stored], [each.text for _, each in read]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for code, low, high, start, end in matcher.get_opcodes():
        if code != "equal":
            findings += _differences(page, stored[low:high], read[start:end])
    for paragraph in page.reading.paragraphs:
        if paragraph.story is not Story.BODY:
            findings += _unbound(page, paragraph, paragraph.masked)
    findings += _lost_sentences(page, body, expected, {finding.slot for finding in findings})
    failed = {finding.slot: finding.found for finding in findings if finding.slot is not None}
    rows = [_row(each, failed.get(each.slot, each.text), holds=each.slot not in failed) for each in expected]
    return findings, rows


def _frozen_numerals(frozen: Document, terms: Collection[str]) -> Iterator[tuple[str, Chip | None]]:
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
    page: _Page,
    stored: Sequence[tuple[str, Chip | None]],
    read: Sequence[tuple[ReadParagraph, numerals.Numeral]],
) -> Iterator[Finding]:
    for known, now in itertools.zip_longest(stored, read):
        spot = page.spot(now[0], now[1].start, now[1].end) if now else None
        if known is None:
            yield Finding(kind=Kind.UNBOUND_NUMERAL, spot=spot, found=now[1].text)
            continue
        text, chip = known
        yield Finding(
            kind=Kind.NUMERAL_DIFFERS,
            slot=chip.slot if chip else None,
            figure=chip.figure if chip else None,
            spot=spot,
            expected=text,
            found=now[1].text if now else "—",
        )


def _lost_sentences(
    page: _Page, body: Sequence[ReadParagraph], expected: Sequence[_Expected], told: Collection[int | None]
) -> Iterator[Finding]:
    """Figures whose own sentence is gone; one that differs in numerals only was told when they were compared."""
    sentences = {_squeezed(sentence): sentence for paragraph in body for sentence in page.sentences(paragraph)}
    wordings = {_DIGITS.sub("#", sentence) for sentence in sentences}
    for figure in expected:
        if figure.slot in told or _DIGITS.sub("#", _squeezed(figure.sentence)) in wordings:
            continue
        near = difflib.get_close_matches(_squeezed(figure.sentence), list(sentences), n=1, cutoff=0.3)
        yield Finding(
            kind=Kind.SENTENCE_CHANGED,
            slot=figure.slot,
            figure=figure.figure,
            expected=figure.sentence,
            found=sentences[near[0]] if near else "—",
            params={"label": figure.label, "figure_text": figure.text},
        )
