"""Documents: the reads."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, Max, Model, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.http import Http404
from lxml import etree

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import definitions
from xingke.base.periods import Period
from xingke.base.press import docx_writer, pdf_writer, proof, tree
from xingke.base.press.fonts import installed
from xingke.indicators.models import Figure
from xingke.indicators.rules import Indicator
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import Observation, RecordKeeping
from xingke.registry import queries as registry
from xingke.registry.models import Definition, Organisation, Region
from xingke.reports import disclosure, source
from xingke.reports.disclosure import Sighting
from xingke.reports.models import DisclosureStep, Document, DocumentFigure, WorkingText
from xingke.reports.source import Source


def documents_visible_to(user: User) -> QuerySet[Document]:
    """The documents of the regions somebody may read, newest first."""
    allowed = registry.scope(user, Permission.DOCUMENT_READ)
    condition = registry.in_scope(allowed, organisation="")
    return Document.objects.filter(condition).select_related("region", "written_by").order_by("-written_at")


def newest_visible_to(user: User) -> QuerySet[Any]:  # Document, annotated
    """The newest edition of each document somebody may read, with its ``standing`` and ``public``: the number of the
    edition everybody may read."""
    later = Document.objects.filter(work=OuterRef("work"), edition__gt=OuterRef("edition"))
    public = public_documents().filter(work=OuterRef("work")).order_by().values("edition")
    newest = documents_visible_to(user).filter(~Exists(later)).annotate(public=Subquery(public[:1]))
    return with_standing(newest)


def document_for(user: User, key: UUID) -> Document:
    """One document, or 404."""
    found = documents_visible_to(user).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def document_to(user: User, key: UUID, permission: Permission) -> Document:
    """One document in whose region somebody holds a permission, or 404."""
    condition = registry.in_scope(registry.scope(user, permission), organisation="")
    found = documents_visible_to(user).filter(condition, key=key).first()
    if found is None:
        raise Http404
    return found


def last_written(outline: str, region: Region, period: Period) -> Document | None:
    """The newest edition of the document of an outline for a region and period."""
    found = Document.objects.filter(outline=outline, region=region, period=period.code)
    last = found.order_by("-written_at", "-edition").first()
    return newest_edition(last.work) if last else None


def editions_of(work: UUID) -> QuerySet[Document]:
    """The editions of a document, newest first."""
    return Document.objects.filter(work=work).select_related("region", "written_by").order_by("-edition")


def newest_edition(work: UUID) -> Document:
    """The newest edition of a document. Raises Document.DoesNotExist."""
    return editions_of(work)[:1].get()


def was_followed_by(document: Document, user: User) -> bool:
    """Whether somebody saved a newer edition than this one themselves."""
    return editions_of(document.work).filter(edition__gt=document.edition, written_by=user).exists()


def source_of(document: Document) -> Source:
    """The text as it was typed; for documents from before there were editions, worked out from the tree."""
    if document.source:
        text = source.from_json(document.source)
        return text if text.dated_on else replace(text, dated_on=source.read_day(tree_of(document).date))
    placed = document.figures.select_related("figure")
    tokens = {str(each.figure.key): source.token(each.figure.indicator, each.figure.aspect) for each in placed}
    return source.of_tree(tree_of(document), tokens)


def edition_numbered(work: UUID, number: int) -> Document:
    """One edition of a document by its number, or 404."""
    found = editions_of(work).filter(edition=number).first()
    if found is None:
        raise Http404
    return found


def words_of(document: Document) -> dict[str, tuple[str, str]]:
    """What the figures of an edition say, by how they are typed: text and label. One query."""
    placed = document.figures.select_related("figure")
    return {source.token(each.figure.indicator, each.figure.aspect): (each.figure.text, each.label) for each in placed}


def compared(before: Document, after: Document) -> list[source.Line]:
    """What changed in the words between two editions, figures as they were said then."""
    return source.compared(*(_paragraphs(tree_of(each)) for each in (before, after)))


def _paragraphs(document: tree.Document) -> list[str]:
    return [document.title, *(_text(block) for block in document.blocks), document.date]


def _text(block: tree.Block) -> str:
    if isinstance(block, tree.Paragraph):
        return tree.plain(block.inlines)
    if isinstance(block, tree.Table):
        return "\n".join("｜".join(tree.plain(cell) for cell in row) for row in block.rows)
    return block.text


@dataclass(frozen=True)
class FigureChange:
    """A figure that says otherwise in another edition; ``before`` or ``after`` is empty where it came or went."""

    label: str
    before: str
    after: str
    rests_on_others: bool  # the same words from other records


def figures_compared(before: Document, after: Document) -> list[FigureChange]:
    """The figures that changed between two editions, in the order of the text."""
    old, new = (_figures_by_place(each) for each in (before, after))
    changes = []
    for place in dict.fromkeys([*new, *old]):
        one, other = old.get(place), new.get(place)
        if one and other and one.figure_id == other.figure_id:
            continue
        known = other or one
        assert known is not None  # it is in one of the two
        said = [each.figure.text if each else "" for each in (one, other)]
        changes.append(FigureChange(known.label, said[0], said[1], said[0] == said[1]))
    return changes


def _figures_by_place(document: Document) -> dict[tuple[str, str, str, int], DocumentFigure]:
    """The figures of an edition by what they are; a figure said twice is there once."""
    placed = document.figures.select_related("figure").order_by("slot")
    return {
        (each.figure.indicator, each.figure.aspect, each.figure.period, each.figure.region_id): each for each in placed
    }


def names_in(work: UUID) -> dict[str, tree.Mention]:
    """The names the editions of a document took from records, by what they say; the newest edition's own first."""
    found: dict[str, tree.Mention] = {}
    for edition in editions_of(work):
        for mention in tree.mentions(tree_of(edition)):
            found.setdefault(mention.text, mention)
    return found


def working_text(user: User, work: UUID) -> WorkingText | None:
    """What somebody typed into a document and did not save."""
    return WorkingText.objects.filter(work=work, kept_by=user).select_related("follows__written_by").first()


# ── disclosure ──────────────────────────────────────────────────────────────────────────────────────────────────────


def with_standing(documents: QuerySet[Document]) -> QuerySet[Any]:  # Document, annotated
    """Editions with ``standing``: their last step, None for a draft."""
    steps = DisclosureStep.objects.filter(document=OuterRef("pk")).order_by("-number")
    return documents.annotate(standing=Subquery(steps.values("step")[:1]))


def public_documents() -> QuerySet[Document]:
    """The editions everybody may read, newest period first."""
    found = with_standing(Document.objects.select_related("region__parent")).filter(standing=disclosure.PUBLISHED)
    return found.order_by("-period", "region__path", "title")


def worth_checking() -> QuerySet[Document]:
    """The editions of which pages say whether they still hold: what is public, and the newest of every work. Without texts."""
    later = Document.objects.filter(work=OuterRef("work"), edition__gt=OuterRef("edition"))
    public = public_documents().order_by().values("pk")
    return Document.objects.filter(Q(pk__in=public) | ~Exists(later)).only("key", "seq").order_by("pk")


def public_edition(work: UUID) -> Document | None:
    """The edition of a work that everybody may read."""
    return public_documents().filter(work=work).first()


def publication_of(document: Document) -> DisclosureStep:
    """When and by whom a public edition was published."""
    return document.steps.filter(step=disclosure.PUBLISHED).order_by("-number")[:1].get()


def public_documents_speaking(figure: Figure) -> list[Document]:
    """The public editions a figure stands in."""
    return list(public_documents().filter(figures__figure=figure).distinct().defer("tree", "proof", "source"))


def newest_ever_public(work: UUID) -> int:
    """The number of the newest edition of a work that was ever published, retracted since or not; 0 if none was."""
    published = DisclosureStep.objects.filter(document__work=work, step=disclosure.PUBLISHED)
    return published.aggregate(last=Max("document__edition"))["last"] or 0


def retraction_of(work: UUID) -> DisclosureStep | None:
    """The last retraction of a work that was public once; None while it is public, or never was."""
    steps = DisclosureStep.objects.filter(document__work=work, step__in=(disclosure.PUBLISHED, disclosure.RETRACTED))
    last = steps.select_related("document__region").order_by("-seq").first()
    return last if last is not None and last.step == disclosure.RETRACTED else None


def public_figure(key: UUID) -> Figure:
    """A figure that stands in a document everybody may read, or 404."""
    spoken = Figure.objects.filter(key=key, documents__document__in=public_documents())
    found = spoken.select_related("region__parent").first()
    if found is None:
        raise Http404
    return found


def authors_of(document: Document) -> set[int]:
    """Who wrote or edited an edition or one before it, or asked for its review; by account id."""
    wrote = Document.objects.filter(work=document.work, edition__lte=document.edition)
    asked = document.steps.filter(step=disclosure.ASKED)
    return {*wrote.values_list("written_by", flat=True), *asked.values_list("taken_by", flat=True)}


def secrecy_words_in(document: Document) -> list[Sighting]:
    """Where words of the vocabulary that suggest secrecy stand in a text."""
    words = {term.label.zh for term in registry.terms("secrecy_word").values()}
    return disclosure.sightings(_paragraphs(tree_of(document)), words)


def organisations_named_in(document: Document) -> list[Sighting]:
    """Where organisations of the register are named in a text. One query."""
    paragraphs = _paragraphs(tree_of(document))
    everything = Value("\n".join(paragraphs), output_field=TextField())
    found = Organisation.objects.annotate(everything=everything).filter(everything__contains=F("name"))
    return disclosure.sightings(paragraphs, set(found.values_list("name", flat=True)))


def persons_named_in(document: Document) -> list[Sighting]:
    """What reads like a person with a title in a text."""
    return disclosure.persons(_paragraphs(tree_of(document)))


def documents_standing(user: User, permission: Permission, standing: str) -> QuerySet[Document]:
    """The editions that stand somewhere, of the regions where somebody holds a permission."""
    condition = registry.in_scope(registry.scope(user, permission), organisation="")
    found = with_standing(Document.objects.filter(condition)).filter(standing=standing)
    return found.select_related("region", "written_by").order_by("-written_at")


def sent_back_to(user: User) -> QuerySet[Document]:
    """The newest editions somebody wrote that were sent back and not edited since."""
    later = Document.objects.filter(work=OuterRef("work"), edition__gt=OuterRef("edition"))
    return documents_standing(user, Permission.DOCUMENT_WRITE, disclosure.REFUSED).filter(
        ~Exists(later), written_by=user
    )


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
    """The number of the last write that a figure or name can depend on: records, reported figures, declarations, definitions.

    A document written at this number or later says what the ledger says. One query that reads the ends of indexes only.
    """
    tables: list[type[Model]] = [
        *(table for kind in KINDS.values() for table in (kind.event, kind.subject)),
        Observation,
        RecordKeeping,
    ]
    quoted = connection.ops.quote_name
    newest = [f"SELECT max(seq) FROM {quoted(Definition._meta.db_table)}"]
    for name in (quoted(table._meta.db_table) for table in tables):
        newest.append(f"SELECT max(seq_from) FROM {name}")
        newest.append(f"SELECT max(seq_to) FROM {name} WHERE seq_to IS NOT NULL")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(newest))
        return max((number for (number,) in cursor.fetchall() if number is not None), default=0)


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
