"""Documents: the reads."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from lxml import etree

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.press import docx_writer, proof, tree
from xingke.indicators.models import Figure
from xingke.registry import queries as registry
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


def tree_of(document: Document) -> tree.Document:
    """The document's tree as it was frozen."""
    return tree.from_json(document.tree)


def proof_of(document: Document) -> proof.Proof:
    """The document's signed proof."""
    return proof.from_xml(etree.fromstring(document.proof.encode()))


def docx_of(document: Document) -> bytes:
    """The document as .docx, proof included; the same bytes every time."""
    return docx_writer.write(tree_of(document), proof=proof_of(document))
