"""Whether frozen figures still are what the signed proofs of the documents that speak them say."""

from collections.abc import Iterator

from lxml import etree

from xingke.indicators.models import Figure
from xingke.press.proof import Proof, ProofError, ProofFigure, is_signed_by
from xingke.reports.models import Document
from xingke.reports.queries import proof_of


def contradicted_figures(document: Document) -> Iterator[Figure | None]:
    """The figures of a document that were changed since it was signed; None for its proof itself, if that was.

    Whose key signed it, and whether that one counts here, is asked when a file is verified.
    """
    try:
        proof: Proof | None = proof_of(document)
        is_whole = proof is not None and is_signed_by(proof, bytes.fromhex(proof.public_key))
    except (ProofError, etree.XMLSyntaxError, ValueError):
        proof, is_whole = None, False
    if proof is None or not is_whole:
        yield None
        return
    frozen = {str(placed.figure.key): placed.figure for placed in document.figures.select_related("figure")}
    for said in proof.figures:
        figure = frozen.get(said.figure)
        if figure is not None and not _agree(said, figure):
            yield figure


def _agree(said: ProofFigure, figure: Figure) -> bool:
    names = ("indicator", "definition", "period", "aspect", "value", "text", "seq", "digest")
    return all(getattr(said, name) == getattr(figure, name) for name in names)
