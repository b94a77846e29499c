"""Does a document still say what was proved? Pure comparison of a reading with its proof, or with the frozen tree.

Three verdicts: as written (every part as signed) · saved again by a known editor (nothing foreign in the file, every
sentence as signed and in its order; a notice says so) · anything else, named. Beside the sentences every figure is held
to the proof by its control and part A, so that what was edited is told by the figure it belongs to. A proof of the
earlier form signs the figures and their sentences only; then every other numeral must be exempt. Whether the *ledger*
still says the same is asked elsewhere and merged with ``Verdict.joined``.
"""

from collections.abc import Collection, Iterator

from xingke.press.docx_reader import Reading
from xingke.press.findings import Finding, FindingKind, Verdict
from xingke.press.proof import Proof
from xingke.press.tree import DocumentTree
from xingke.press.verify.bare import against_frozen
from xingke.press.verify.expected import expected_by_proof, expected_by_tree, is_numeral, names_in
from xingke.press.verify.figures import against_controls
from xingke.press.verify.page import ReadPage, names_gone
from xingke.press.verify.seal import seal
from xingke.press.verify.words import SentenceWords, told_of


def compare(
    reading: Reading,
    proof: Proof | None,
    *,
    frozen: DocumentTree | None = None,
    trusted_keys: Collection[bytes] = (),
    allowed_terms: Collection[str] = (),
) -> Verdict:
    """What the file says against what was proved.

    proof: normally reading.proof. frozen: the stored tree of the same document, if found by id or title; it stands in
    where an editor dropped the parts. trusted_keys: raw 32-byte Ed25519 public keys. allowed_terms: names whose digits are
    no quantities, beside the built-in ones.
    """
    names = names_in(proof, frozen)
    page = ReadPage(reading, {*allowed_terms, *(text for text, _sentence in names if not is_numeral(text))})
    findings = [
        Finding(kind=FindingKind.FOREIGN, found=each.at, params={"what": each.what}) for each in reading.foreign
    ]
    if proof is not None:
        findings += seal(reading, proof, frozen, trusted_keys)
        expected, title = expected_by_proof(proof), proof.title
    else:
        if reading.proof_error is not None:
            findings.append(Finding(kind=FindingKind.PROOF_UNREADABLE, found=reading.proof_error))
        if frozen is None:
            return Verdict(findings=(*findings, *_unproved(page)), rows=())
        expected, title = expected_by_tree(frozen), frozen.title
    words = SentenceWords(page, proof, frozen)
    is_bare = not any(True for _ in reading.controls)
    if is_bare and frozen is not None and (proof is None or reading.strings is None):
        found, rows = against_frozen(page, frozen, expected)
    else:
        found, rows = against_controls(page, expected, title, proof, frozen)
    findings += found
    failed = {finding.slot for finding in found}
    findings += words.compared(told_of(page, [figure for figure in expected if figure.slot in failed]))
    if not words.are_known:
        findings += names_gone(page, names, {figure.sentence for figure in expected})
    if all(finding.is_notice for finding in findings):
        findings += _how_it_came(reading, proof, words, len(expected))
    return Verdict(findings=tuple(findings), rows=tuple(rows))


def _how_it_came(reading: Reading, proof: Proof | None, words: "SentenceWords", figures: int) -> Iterator[Finding]:
    """For a file that holds: whether it is as written, and if not, what an editor or an earlier form left of the proof."""
    if proof is None:
        yield Finding(kind=FindingKind.PARTS_DROPPED, params={"count": figures})
        return
    if reading.strings is None and figures:
        yield Finding(kind=FindingKind.LIST_DROPPED, params={"count": figures})
    if not proof.sentences:
        said = "compared" if words.are_known else "unknown"
        yield Finding(kind=FindingKind.EARLIER_FORM, params={"prose": said})
    elif {part.name: part.digest for part in proof.parts} != dict(reading.digests):
        yield Finding(kind=FindingKind.RESAVED)


def _unproved(page: "ReadPage") -> Iterator[Finding]:
    """Neither proof nor frozen tree: nothing can be said of any numeral."""
    count = sum(len(page.numerals(paragraph, paragraph.text)) for paragraph in page.reading.paragraphs)
    if page.reading.proof_error is None:
        yield Finding(kind=FindingKind.PROOF_MISSING, params={"count": count})
