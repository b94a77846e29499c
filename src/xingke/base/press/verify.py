"""Does a document still say what was proved? Pure comparison of a reading with its proof, or with the frozen tree.

Three verdicts: as written (every part as signed) · saved again by a known editor (nothing foreign in the file, every
sentence as signed and in its order; a notice says so) · anything else, named. Beside the sentences every figure is held
to the proof by its control and part A, so that what was edited is told by the figure it belongs to. A proof of the
earlier form signs the figures and their sentences only; then every other numeral must be exempt. Whether the *ledger*
still says the same is asked elsewhere and merged with ``Verdict.joined``.
"""

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xingke.base.press import numerals
from xingke.base.press.closing import is_closing
from xingke.base.press.docx_reader import Bound, Reading, ReadParagraph
from xingke.base.press.docx_writer import store_id
from xingke.base.press.findings import Finding, Kind, Row, Spot, Verdict
from xingke.base.press.proof import Proof, fingerprint_of, is_signed_by, xpath_of
from xingke.base.press.sentences import Read, digest_of, read_sentences, sentences_of
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

    proof: normally reading.proof. frozen: the stored tree of the same document, if found by id or title; it stands in
    where an editor dropped the parts. trusted_keys: raw 32-byte Ed25519 public keys. allowed_terms: names whose digits are
    no quantities, beside the built-in ones.
    """
    names = _names(proof, frozen)
    page = _Page(reading, {*allowed_terms, *(text for text, _sentence in names if not _is_numeral(text))})
    findings = [Finding(kind=Kind.FOREIGN, found=each.at, params={"what": each.what}) for each in reading.foreign]
    if proof is not None:
        findings += _seal(reading, proof, frozen, trusted_keys)
        expected, title = _from_proof(proof), proof.title
    else:
        if reading.proof_error is not None:
            findings.append(Finding(kind=Kind.PROOF_UNREADABLE, found=reading.proof_error))
        if frozen is None:
            return Verdict(findings=(*findings, *_unproved(page)), rows=())
        expected, title = _from_frozen(frozen), frozen.title
    words = _Words(page, proof, frozen)
    is_bare = not any(True for _ in reading.controls)
    if is_bare and frozen is not None and (proof is None or reading.strings is None):
        found, rows = _against_frozen(page, frozen, expected)
    else:
        found, rows = _against_controls(page, expected, title, proof, frozen)
    findings += found
    failed = {finding.slot for finding in found}
    findings += words.compared(_told(page, [figure for figure in expected if figure.slot in failed]))
    if not words.are_known:
        findings += _names_gone(page, names, {figure.sentence for figure in expected})
    if all(finding.is_notice for finding in findings):
        findings += _how_it_came(reading, proof, words, len(expected))
    return Verdict(findings=tuple(findings), rows=tuple(rows))


def _how_it_came(reading: Reading, proof: Proof | None, words: "_Words", figures: int) -> Iterator[Finding]:
    """For a file that holds: whether it is as written, and if not, what an editor or an earlier form left of the proof."""
    if proof is None:
        yield Finding(kind=Kind.PARTS_DROPPED, params={"count": figures})
        return
    if reading.strings is None and figures:
        yield Finding(kind=Kind.LIST_DROPPED, params={"count": figures})
    if not proof.sentences:
        said = "compared" if words.are_known else "unknown"
        yield Finding(kind=Kind.EARLIER_FORM, params={"prose": said})
    elif {part.name: part.digest for part in proof.parts} != dict(reading.digests):
        yield Finding(kind=Kind.RESAVED)


@dataclass(frozen=True)
class _Told:
    """Sentences whose figures were told of already: the digests of those signed, and the words as they stand."""

    signed: frozenset[str]
    standing: frozenset[str]


def _told(page: "_Page", failed: Sequence[_Expected]) -> _Told:
    slots = {figure.slot for figure in failed}
    standing = {
        paragraph.text.strip() if paragraph.cell else page.sentence(paragraph, at, at + len(control.text))
        for paragraph, at, control in page.reading.controls
        if control.slot in slots
    }
    signed = {digest_of(text) for figure in failed for text in (figure.sentence, figure.text)}  # a cell is the figure
    return _Told(frozenset(signed), frozenset(standing))


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
    standing = {each for paragraph in page.reading.paragraphs for each in page.sentences(paragraph)} if lost else set()
    for text, sentence in lost:
        if sentence not in standing:
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


# --- every word -----------------------------------------------------------------------------------


class _Words:
    """The sentences of a file against those that were signed, or against those of the frozen tree."""

    def __init__(self, page: _Page, proof: Proof | None, frozen: Document | None) -> None:
        self._page = page
        self._texts: dict[str, str] = {}  # digest → words, as far as they are known
        known = sentences_of(frozen) if frozen is not None else ()
        self._texts = {each.digest: each.text for each in known}
        self._texts |= {digest_of(figure.sentence): figure.sentence for figure in (proof.figures if proof else ())}
        self._expected = [(each.place, each.digest) for each in (proof.sentences if proof else ())]
        if not self._expected:
            self._expected = [(each.place, each.digest) for each in known]

    @property
    def are_known(self) -> bool:
        """Whether every word can be compared."""
        return bool(self._expected)

    def compared(self, told: _Told) -> Iterator[Finding]:
        """What is other than it was signed, besides what was told of already."""
        read = read_sentences(self._page.reading.paragraphs) if self.are_known else []
        after = [(each.sentence.place, each.sentence.digest) for each in read]
        if after == self._expected:
            return
        if Counter(after) == Counter(self._expected):
            yield self._moved(read)
            return
        if len(after) > _MUCH_MORE * len(self._expected) + 100:
            extra = read[len(self._expected)]
            yield Finding(kind=Kind.PROSE_CHANGED, spot=self._spot(extra), expected="—", found=extra.sentence.text)
            return
        matcher = difflib.SequenceMatcher(None, self._expected, after, autojunk=False)
        for code, low, high, start, end in matcher.get_opcodes():
            if code == "insert" and low >= len(self._expected) - _SIGNATURE:
                yield from self._added_at_the_end(read[start:end])
            elif code != "equal":
                yield from self._changed(self._expected[low:high], read[start:end], told)

    def _moved(self, read: Sequence[Read]) -> Finding:
        at = next(at for at, each in enumerate(read) if each.sentence.digest != self._expected[at][1])
        return Finding(kind=Kind.ORDER_CHANGED, spot=self._spot(read[at]), found=read[at].sentence.text)

    def _changed(self, before: Sequence[tuple[str, str]], after: Sequence[Read], told: _Told) -> Iterator[Finding]:
        """One finding for a stretch of sentences, without those that were told of by their figures."""
        pairs = [
            (one[1] if one else None, other)
            for one, other in itertools.zip_longest(before, after)
            if not (one and one[1] in told.signed) and not (other and other.sentence.text in told.standing)
        ]
        lost = [digest for digest, _read in pairs if digest is not None]
        come = [read for _digest, read in pairs if read is not None]
        if not come and lost and not any(digest in self._texts for digest in lost):
            yield Finding(kind=Kind.PROSE_MISSING, params={"count": len(lost)})
        elif lost or come:
            yield Finding(
                kind=Kind.PROSE_CHANGED,
                spot=self._spot(come[0]) if come else None,
                expected="".join(self._texts.get(digest, "…") for digest in lost) or "—",
                found="".join(read.sentence.text for read in come) or "—",
            )

    def _added_at_the_end(self, read: Sequence[Read]) -> Iterator[Finding]:
        paragraphs = self._page.reading.paragraphs
        for index in dict.fromkeys(each.paragraph for each in read):
            text, spot = paragraphs[index].text, self._page.spot(paragraphs[index], 0, len(paragraphs[index].text))
            is_whole = all(each in read for each in read_sentences(paragraphs) if each.paragraph == index)
            if is_whole and self._page.is_closing(index):
                yield Finding(kind=Kind.CLOSING_LINE, spot=spot, found=text)
            else:
                yield Finding(kind=Kind.PROSE_CHANGED, spot=spot, expected="—", found=text)

    def _spot(self, read: Read) -> Spot:
        paragraph = self._page.reading.paragraphs[read.paragraph]
        return self._page.spot(paragraph, 0, len(paragraph.text))


_AT_THE_END = 12  # paragraphs among which closing lines are looked for where no word is signed
_MUCH_MORE = 3  # times as many sentences as were signed: not compared one by one
_SIGNATURE = 2  # issuer and date, the last two paragraphs: closing lines may stand before, between and behind them


# --- figures in their controls ---------------------------------------------------------------------


@dataclass
class _Ground:
    """What the rules about figures share while they run."""

    page: _Page
    healed: _Page  # the same text with every known control showing what it should: its sentences tell about words only
    standing: dict[int, list[_Standing]]
    covered: dict[int, list[tuple[int, int]]]  # index of the paragraph → spans that figures account for


def _against_controls(
    page: _Page, expected: Sequence[_Expected], title: str, proof: Proof | None, frozen: Document | None
) -> tuple[list[Finding], list[Row]]:
    """Every figure by its control; where not every word is signed, also every numeral outside."""
    known = {figure.slot: figure for figure in expected}
    healed = _Page(_healed(page.reading, known), page.terms)
    ground = _Ground(page=page, healed=healed, standing={slot: [] for slot in known}, covered={})
    findings = list(_title(page, title))
    document = proof.document if proof is not None else frozen.id if frozen is not None else ""
    for index, paragraph in enumerate(page.reading.paragraphs):
        twin = healed.reading.paragraphs[index]
        for (at, control), (twin_at, twin_control) in zip(paragraph.controls, twin.controls, strict=True):
            figure = known.get(control.slot) if control.slot is not None else None
            spot = page.spot(paragraph, at, at + len(control.text))
            if figure is None:
                findings.append(Finding(kind=Kind.FIGURE_ADDED, slot=control.slot, spot=spot, found=control.text))
                continue
            if control.store.upper() != store_id(document, "A"):
                what = f"dataBinding@storeItemID={control.store}"
                findings.append(Finding(kind=Kind.FOREIGN, spot=spot, found=control.text, params={"what": what}))
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
    if proof is None or not proof.sentences:
        findings += [*_out_of_order(page, expected), *_loose_numerals(ground)]
    return findings, rows


def _out_of_order(page: _Page, expected: Sequence[_Expected]) -> Iterator[Finding]:
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
            yield Finding(kind=Kind.ORDER_CHANGED, spot=spot, found=f"{labels[slot]} {control.text}".strip())
        before = slot


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


_ABOVE_TITLE = 3  # the fictional mark, the issuer's mark, the document number


def _title(page: _Page, title: str) -> Iterator[Finding]:
    texts = [text for paragraph in page.reading.paragraphs if (text := paragraph.text.strip())]
    if title.strip() not in texts[: _ABOVE_TITLE + 1]:
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
        if stands.sentence != figure.sentence:
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
        if figure.sentence not in ground.healed.sentences(twin):
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
    """Every numeral that no figure accounts for, closing lines behind the last figure apart."""
    last = max(ground.covered, default=-1)
    for index, paragraph in enumerate(ground.page.reading.paragraphs):
        if index > last and ground.page.is_closing(index):
            continue
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
    body = page.reading.paragraphs
    read = [
        (paragraph, each)
        for index, paragraph in enumerate(body)
        if not (index >= len(body) - _AT_THE_END and page.is_closing(index))
        for each in numerals.find(paragraph.text, terms=page.terms)
    ]
    before, after = [text for text, _ in stored], [each.text for _, each in read]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for code, low, high, start, end in matcher.get_opcodes():
        if code != "equal":
            findings += _differences(page, stored[low:high], read[start:end])
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


_MOST_NEAR = 2000  # sentences looked through for the one that may have been meant
_DIGITS = re.compile(r"\d[\d.,]*")


def _lost_sentences(
    page: _Page, body: Sequence[ReadParagraph], expected: Sequence[_Expected], told: Collection[int | None]
) -> Iterator[Finding]:
    """Figures whose own sentence is gone; one that differs in numerals only was told when they were compared."""
    sentences = list(dict.fromkeys(sentence for paragraph in body for sentence in page.sentences(paragraph)))
    wordings = {_DIGITS.sub("#", sentence) for sentence in sentences}
    for figure in expected:
        if figure.slot in told or _DIGITS.sub("#", figure.sentence) in wordings:
            continue
        near = difflib.get_close_matches(figure.sentence, sentences[:_MOST_NEAR], n=1, cutoff=0.3)
        yield Finding(
            kind=Kind.SENTENCE_CHANGED,
            slot=figure.slot,
            figure=figure.figure,
            expected=figure.sentence,
            found=near[0] if near else "—",
            params={"label": figure.label, "figure_text": figure.text},
        )
