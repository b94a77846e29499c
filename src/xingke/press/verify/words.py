"""The sentences of a file against those that were signed, or against those of the frozen tree."""

import difflib
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xingke.press.findings import Finding, FindingKind, Spot
from xingke.press.proof import Proof
from xingke.press.sentences import Read, digest_of, read_sentences, sentences_of
from xingke.press.tree import (
    DocumentTree,
)
from xingke.press.verify.expected import Expected
from xingke.press.verify.page import ReadPage


@dataclass(frozen=True)
class ToldSentences:
    """Sentences whose figures were told of already: the digests of those signed, and the words as they stand."""

    signed: frozenset[str]
    standing: frozenset[str]


def told_of(page: "ReadPage", failed: Sequence[Expected]) -> ToldSentences:
    slots = {figure.slot for figure in failed}
    standing = {
        paragraph.text.strip() if paragraph.cell else page.sentence(paragraph, at, at + len(control.text))
        for paragraph, at, control in page.reading.controls
        if control.slot in slots
    }
    signed = {digest_of(text) for figure in failed for text in (figure.sentence, figure.text)}  # a cell is the figure
    return ToldSentences(frozenset(signed), frozenset(standing))


class SentenceWords:
    """The sentences of a file against those that were signed, or against those of the frozen tree."""

    def __init__(self, page: ReadPage, proof: Proof | None, frozen: DocumentTree | None) -> None:
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

    def compared(self, told: ToldSentences) -> Iterator[Finding]:
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
            yield Finding(
                kind=FindingKind.PROSE_CHANGED, spot=self._spot(extra), expected="—", found=extra.sentence.text
            )
            return
        matcher = difflib.SequenceMatcher(None, self._expected, after, autojunk=False)
        for code, low, high, start, end in matcher.get_opcodes():
            if code == "insert" and low >= len(self._expected) - _SIGNATURE:
                yield from self._added_at_the_end(read[start:end])
            elif code != "equal":
                yield from self._changed(self._expected[low:high], read[start:end], told)

    def _moved(self, read: Sequence[Read]) -> Finding:
        at = next(at for at, each in enumerate(read) if each.sentence.digest != self._expected[at][1])
        return Finding(kind=FindingKind.ORDER_CHANGED, spot=self._spot(read[at]), found=read[at].sentence.text)

    def _changed(
        self, before: Sequence[tuple[str, str]], after: Sequence[Read], told: ToldSentences
    ) -> Iterator[Finding]:
        """One finding for a stretch of sentences, without those that were told of by their figures."""
        pairs = [
            (one[1] if one else None, other)
            for one, other in itertools.zip_longest(before, after)
            if not (one and one[1] in told.signed) and not (other and other.sentence.text in told.standing)
        ]
        lost = [digest for digest, _read in pairs if digest is not None]
        come = [read for _digest, read in pairs if read is not None]
        if not come and lost and not any(digest in self._texts for digest in lost):
            yield Finding(kind=FindingKind.PROSE_MISSING, params={"count": len(lost)})
        elif lost or come:
            yield Finding(
                kind=FindingKind.PROSE_CHANGED,
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
                yield Finding(kind=FindingKind.CLOSING_LINE, spot=spot, found=text)
            else:
                yield Finding(kind=FindingKind.PROSE_CHANGED, spot=spot, expected="—", found=text)

    def _spot(self, read: Read) -> Spot:
        paragraph = self._page.reading.paragraphs[read.paragraph]
        return self._page.spot(paragraph, 0, len(paragraph.text))


_MUCH_MORE = 3  # times as many sentences as were signed: not compared one by one
_SIGNATURE = 2  # issuer and date, the last two paragraphs: closing lines may stand before, between and behind them
