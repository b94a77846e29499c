"""Who signed, whether the proof is whole, and whether it is the proof of this document."""

from collections.abc import Collection, Iterator

from xingke.press.docx_reader import Reading
from xingke.press.findings import Finding, FindingKind
from xingke.press.proof import Proof, fingerprint_of, is_signed_by, xpath_of
from xingke.press.tree import (
    DocumentTree,
)
from xingke.press.verify.expected import expected_by_tree


def seal(
    reading: Reading, proof: Proof, frozen: DocumentTree | None, trusted_keys: Collection[bytes]
) -> Iterator[Finding]:
    """Who signed, whether the proof is whole, and whether it is the proof of this document."""
    yield from _signature(proof, trusted_keys)
    if reading.identifier is not None and reading.identifier != proof.document:
        yield Finding(kind=FindingKind.OTHER_DOCUMENT, expected=proof.document, found=reading.identifier)
    if frozen is None:
        return
    if frozen.id != proof.document:
        yield Finding(kind=FindingKind.OTHER_DOCUMENT, expected=frozen.id, found=proof.document)
        return
    stored = {place.slot: place for place in expected_by_tree(frozen)}
    for figure in proof.figures:
        known = stored.pop(figure.slot, None)
        if known is None or (known.figure, known.text) != (figure.figure, figure.text):
            yield Finding(
                kind=FindingKind.FROZEN_DIFFERS,
                slot=figure.slot,
                figure=figure.figure,
                expected=known.text if known else "",
                found=figure.text,
                params={"label": figure.label},
            )
    for known in stored.values():
        yield Finding(
            kind=FindingKind.FROZEN_DIFFERS,
            slot=known.slot,
            figure=known.figure,
            expected=known.text,
            found="",
            params={"label": known.label},
        )


def _signature(proof: Proof, trusted_keys: Collection[bytes]) -> Iterator[Finding]:
    if not proof.signature or not proof.public_key:
        yield Finding(kind=FindingKind.NOT_SIGNED)
        return
    try:
        own = bytes.fromhex(proof.public_key)
    except ValueError:
        own = b""
    texts = [figure.text for figure in proof.figures]
    slots = [(figure.slot, figure.xpath) for figure in proof.figures]
    whole = slots == [(slot, xpath_of(slot)) for slot in range(1, len(slots) + 1)]
    if not is_signed_by(proof, own) or proof.fingerprint != fingerprint_of(proof.title, texts) or not whole:
        yield Finding(kind=FindingKind.SIGNATURE_BROKEN)
    elif own not in trusted_keys:
        yield Finding(kind=FindingKind.UNKNOWN_KEY, found=proof.public_key[:16])
