"""Documents: the reads."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Model, QuerySet
from django.http import Http404
from lxml import etree

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import definitions
from xingke.base.press import docx_writer, pdf_writer, proof, tree
from xingke.base.press.fonts import installed
from xingke.indicators.models import Figure
from xingke.indicators.rules import Indicator
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import Observation, RecordKeeping
from xingke.registry import queries as registry
from xingke.registry.models import Definition
from xingke.reports.models import Document


def documents_visible_to(user: User) -> QuerySet[Document]:
    """The documents of the regions somebody may read, newest first."""
    allowed = registry.scope(user, Permission.DOCUMENT_READ)
    condition = registry.in_scope(allowed, organisation="")
    return Document.objects.filter(condition).select_related("region", "written_by").order_by("-written_at")


def document_for(user: User, key: UUID) -> Document:
    """One document, or 404."""
    found = documents_visible_to(user).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def figure_for(user: User, key: UUID) -> Figure:
    """One frozen figure of a region whose documents somebody may read, or 404."""
    allowed = registry.scope(user, Permission.DOCUMENT_READ)
    condition = registry.in_scope(allowed, organisation="")
    found = Figure.objects.filter(condition, key=key).select_related("region", "frozen_by").first()
    if found is None:
        raise Http404
    return found


def documents_speaking(user: User, figure: Figure) -> list[Document]:
    """The documents a frozen figure stands in, of those somebody may read."""
    return list(documents_visible_to(user).filter(figures__figure=figure).distinct()[:20])


def definition_of(figure: Figure) -> Indicator:
    """The definition a figure was counted by, as it was then."""
    row = Definition.objects.filter(kind="indicator", hash=figure.definition).first()
    assert row is not None  # rows are never deleted
    found: Indicator = definitions.parse("indicator", row.body)
    return found


def ledger_stamp() -> int:
    """The number of the last write that a figure can depend on: records, reported figures, declarations, definitions.

    A document written at this number or later says what the ledger says. A few look-ups in indexes.
    """
    tables: list[type[Model]] = [*(kind.event for kind in KINDS.values()), Observation, RecordKeeping]
    numbers = [Definition._default_manager.aggregate(last=Max("seq"))["last"]]
    for table in tables:
        numbers += table._default_manager.aggregate(opened=Max("seq_from"), closed=Max("seq_to")).values()
    return max((number for number in numbers if number is not None), default=0)


def tree_of(document: Document) -> tree.Document:
    """The document's tree as it was frozen."""
    return tree.from_json(document.tree)


def proof_of(document: Document) -> proof.Proof:
    """The document's signed proof."""
    return proof.from_xml(etree.fromstring(document.proof.encode()))


def pdf_of(document: Document) -> bytes:
    """The same text as PDF/A. Raises FontMissing or GlyphMissing with a sentence: never a text with holes."""
    return pdf_writer.write(tree_of(document), fonts=installed(Path(settings.DATA) / "fonts"))


def docx_of(document: Document) -> bytes:
    """The document as .docx, proof included; the same bytes every time."""
    return docx_writer.write(tree_of(document), proof=proof_of(document))
