"""The proof of a document: which figures it speaks, from which state of the ledger, signed with Ed25519.

Written into the .docx as part B, an unbound custom XML part; the display strings that Word binds to are part A.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from xml.sax.saxutils import escape

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from lxml import etree

from xingke.press.tree import DocumentTree, chips

FIGURES_NAMESPACE = "urn:xingke:figures:1"
PROOF_NAMESPACE = "urn:xingke:proof:1"
FIGURES_PREFIX = "f"


class ProofError(ValueError):
    """Part B is there but is not a proof this version understands."""


@dataclass(frozen=True, kw_only=True)
class ProofFigure:
    """One figure as published.

    slot: 1-based position in part A; xpath: where that is. figure: id of the frozen figure. text: the display string.
    definition: hash of the indicator's definition. aspect: value, growth, rank …  value: exact decimal as text, unrounded,
    empty when unknown. seq: the ledger counter it was computed at. digest: SHA-256 over the contributing records.
    sentence: the exact sentence it stands in (see tree.places).
    """

    slot: int
    figure: str
    xpath: str
    text: str
    label: str
    indicator: str
    definition: str
    region: str
    period: str
    aspect: str
    value: str
    seq: int
    digest: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class ProofMention:
    """One name as published: the record it was taken from, and the sentence it stands in (see tree.mention_places)."""

    text: str
    kind: str
    record: str
    version: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class ProofSentence:
    """One sentence of the text, in order: its place and the digest of its words (see sentences)."""

    place: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class ProofPart:
    """One part of the file as it was written: its name and the SHA-256 of its bytes, lower-case hex."""

    name: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The proof of one document; signature and public_key are lower-case hex, empty before sign.

    outline: code and version of the outline. seq: the ledger counter of the whole document. created: ISO 8601 with offset.
    fingerprint: see fingerprint_of. mentions: the names in the text, in reading order. date, issuer: as printed.
    sentences: every word of the text. parts: every part of the file but the proof. Proofs of the earlier form have neither:
    they vouch for the figures, the names and the sentences those stand in.
    """

    document: str
    title: str
    outline: str
    region: str
    period: str
    seq: int
    created: str
    fingerprint: str
    figures: tuple[ProofFigure, ...]
    signature: str = ""
    public_key: str = ""
    mentions: tuple[ProofMention, ...] = ()
    date: str = ""
    issuer: str = ""
    sentences: tuple[ProofSentence, ...] = ()
    parts: tuple[ProofPart, ...] = ()


def xpath_of(slot: int) -> str:
    """Where part A holds the display string of a slot; positional, as LibreOffice strips attributes of bound parts."""
    return f"/{FIGURES_PREFIX}:figures[1]/{FIGURES_PREFIX}:figure[{slot}]"


def fingerprint_of(title: str, texts: Iterable[str]) -> str:
    """SHA-256 over title and figure texts in order: finds a frozen document when an editor dropped every id."""
    return hashlib.sha256(json.dumps([title, *texts], ensure_ascii=False).encode()).hexdigest()


def fingerprint(document: DocumentTree) -> str:
    """The fingerprint of a document tree."""
    return fingerprint_of(document.title, (chip.text for chip in chips(document)))


def canonical(proof: Proof) -> bytes:
    """The bytes that are signed: everything but the signature, as JSON with sorted keys and no spaces, UTF-8.

    What is empty of that which came later is not in it, so that signatures from before there was any still hold.
    """
    content = asdict(proof)
    del content["signature"]
    for name in ("mentions", "sentences", "parts", *_LATER):
        if not content[name]:
            del content[name]
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sign(proof: Proof, private_key: bytes) -> Proof:
    """The proof signed with a raw 32-byte Ed25519 key. Same key and proof give the same signature."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    named = replace(proof, public_key=key.public_key().public_bytes_raw().hex(), signature="")
    return replace(named, signature=key.sign(canonical(named)).hex())


def is_signed_by(proof: Proof, public_key: bytes) -> bool:
    """Whether the signature holds under this raw 32-byte public key, and the proof names that key."""
    if proof.public_key != public_key.hex():
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(proof.signature), canonical(proof))
    except (InvalidSignature, ValueError):
        return False
    return True


# --- part B ----------------------------------------------------------------------------------------

_ATTRIBUTE = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_LATER = ("date", "issuer")  # what proofs from before do not say
_LISTS: Mapping[str, tuple[str, type[Any]]] = {  # field → element and class, in the order of the file
    "figures": ("figure", ProofFigure),
    "mentions": ("mention", ProofMention),
    "sentences": ("sentence", ProofSentence),
    "parts": ("part", ProofPart),
}
_HEAD = tuple(field.name for field in fields(Proof) if field.name not in (*_LISTS, *_LATER))
_INTEGERS = {"slot", "seq", "version"}


def _attributes(record: object, names: Iterable[str]) -> str:
    return "".join(f' {name}="{escape(str(getattr(record, name)), _ATTRIBUTE)}"' for name in names)


def _names(of: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(of))


def to_xml(proof: Proof) -> str:
    """Part B as text. Same proof, same text."""
    said = "".join(
        f"<{element}{_attributes(each, _names(of))}/>\n"
        for name, (element, of) in _LISTS.items()
        for each in getattr(proof, name)
    )
    head = _attributes(proof, _HEAD) + _attributes(proof, (name for name in _LATER if getattr(proof, name)))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<proof xmlns="{PROOF_NAMESPACE}"{head}>\n{said}</proof>'
    )


def from_xml(root: etree._Element) -> Proof:
    """The proof in a parsed part B. Raises ProofError naming what is missing, or what a proof does not say."""
    if root.tag != f"{{{PROOF_NAMESPACE}}}proof":
        raise ProofError(f"the root of part B is {root.tag!r}, expected proof in {PROOF_NAMESPACE}")
    lists: dict[str, Any] = {
        name: tuple(of(**_values(child, _names(of))) for child in root.iterchildren(f"{{{PROOF_NAMESPACE}}}{element}"))
        for name, (element, of) in _LISTS.items()
    }
    later: dict[str, Any] = {name: root.get(name, "") for name in _LATER}
    proof = Proof(**_values(root, _HEAD), **later, **lists)
    if _bare(root) != _bare(etree.fromstring(to_xml(proof).encode())):
        raise ProofError("part B says more than a proof says")
    return proof


def _bare(root: etree._Element) -> list[tuple[object, dict[str, str], str]]:
    """Every node below and with its attributes and words, in order; blanks between the lines apart."""
    return [
        (node.tag, dict(sorted(node.attrib.items())), ((node.text or "") + (node.tail or "")).strip())
        for node in root.iter()
    ]


def _values(element: etree._Element, names: tuple[str, ...]) -> dict[str, Any]:  # Any: text and integers for one call
    values: dict[str, Any] = {}
    for name in names:
        text = element.get(name)
        if text is None:
            raise ProofError(f"part B lacks {name!r} at line {element.sourceline}")
        try:
            values[name] = int(text) if name in _INTEGERS else text
        except ValueError:
            raise ProofError(f"{name!r} of part B must be an integer, got {text!r}") from None
    return values
