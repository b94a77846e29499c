"""Documents: the reads."""

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.http import Http404
from lxml import etree

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import definitions
from xingke.base.periods import Period
from xingke.indicators.models import Figure
from xingke.indicators.rules import Indicator
from xingke.press import docx_writer, pdf_writer, proof, tree
from xingke.press.fonts import installed
from xingke.registry import queries as registry
from xingke.registry.models import Definition, Organisation, Region
from xingke.registry.rules import Scope
from xingke.reports.models import DisclosureStep, Document, DocumentFigure, HandUp, WorkingText
from xingke.reports.rules import disclosure, source
from xingke.reports.rules.disclosure import Sighting
from xingke.reports.rules.source import Source


def documents_visible_to(user: User) -> QuerySet[Document]:
    """The editions somebody may read, newest first: of their own region all, of lower ones what was published or handed up.

    The one place where that is said.
    """
    allowed = registry.scope(user, Permission.DOCUMENT_READ)
    condition = registry.in_scope(allowed, organisation="")
    if not allowed.is_all_home:
        condition &= (
            _worked_on(allowed)
            | Q(pk__in=public_documents().order_by().values("pk"))
            | Q(pk__in=handed_up_to(allowed).order_by().values("pk"))
        )
    return Document.objects.filter(condition).select_related("region", "written_by").order_by("-written_at")


def any_document(inside: Q) -> Q:
    """Whether a document was written of some regions, as a condition; see ``base.beginnings``."""
    return Q(Exists(Document.objects.filter(inside)))


def visible_to_strangers() -> QuerySet[Document]:
    """The documents whose ledger a stranger may look into: none."""
    return Document.objects.none()


def _worked_on(allowed: Scope) -> Q:
    """The filter of the editions of somebody's own bureau: of its region, or written by it."""
    own = registry.in_scope(allowed.at_home, organisation="")
    return own | registry.in_scope(allowed, organisation="") & Q(written_by__in=allowed.colleagues)


def works_on(user: User, document: Document, permission: StrEnum) -> bool:
    """Whether somebody holds a permission for an edition of their own bureau; the superiors of a bureau only read."""
    allowed, path = registry.scope(user, permission), document.region.path
    return allowed.is_home(path) or (allowed.covers(path) and document.written_by_id in allowed.colleagues)


def newest_visible_to(user: User) -> QuerySet[Any]:  # Document, annotated
    """The newest edition of each document somebody may read, with its ``standing``, ``public``: the number of the edition
    everybody may read, and ``handed_at``, ``handed_to``: since when it is handed up, and to whom."""
    later = documents_visible_to(user).filter(work=OuterRef("work"), edition__gt=OuterRef("edition")).order_by()
    public = public_documents().filter(work=OuterRef("work")).order_by().values("edition")
    newest = documents_visible_to(user).filter(~Exists(later)).annotate(public=Subquery(public[:1]))
    return _with_hand_up(with_standing(newest))


def newest_first(user: User) -> QuerySet[Any]:  # Document, annotated
    """The same: what was written last first; before a superior, what was handed up last."""
    found = newest_visible_to(user)
    if registry.scope(user, Permission.DOCUMENT_READ).is_all_home:
        return found
    return found.order_by(F("handed_at").desc(nulls_last=True), "-written_at")


def document_for(user: User, key: UUID) -> Document:
    """One document, or 404."""
    found = documents_visible_to(user).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def document_to(user: User, key: UUID, permission: StrEnum) -> Document:
    """One document of somebody's own bureau, in whose region they hold a permission, or 404."""
    condition = _worked_on(registry.scope(user, permission))
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


def editions_open_to(user: User, work: UUID) -> QuerySet[Document]:
    """The editions of a document that somebody may read, newest first."""
    return documents_visible_to(user).filter(work=work).order_by("-edition")


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


def compared(before: Document, after: Document) -> list[source.ChangedLine]:
    """What changed in the words between two editions, figures as they were said then."""
    return source.compared(*(_paragraphs(tree_of(each)) for each in (before, after)))


def _paragraphs(document: tree.DocumentTree) -> list[str]:
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


def digest_of(document: Document) -> str:
    """SHA-256 over an edition's text and proof: what was reviewed is what is published and handed up."""
    return hashlib.sha256(f"{document.tree}\x1f{document.proof}".encode()).hexdigest()


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


# ── handing up ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _with_hand_up(documents: QuerySet[Any]) -> QuerySet[Any]:  # Document, annotated
    """Editions with ``handed_at`` and ``handed_to`` (a region by name): since when and to whom they are handed up, if so."""
    last = HandUp.objects.filter(document=OuterRef("pk")).order_by("-number")
    is_up = Q(handed=HandUp.Act.HANDED_UP)
    acted: QuerySet[Any] = documents.annotate(handed=Subquery(last.values("act")[:1]))
    told: QuerySet[Any] = acted.annotate(
        handed_at=Case(When(is_up, then=Subquery(last.values("taken_at")[:1]))),
        handed_to=Case(When(is_up, then=Subquery(last.values("to__name")[:1]))),
    )
    return told


def handed_up_to(allowed: Scope) -> QuerySet[Document]:
    """The editions that are handed up to a region where somebody is at home."""
    last = HandUp.objects.filter(document=OuterRef("pk")).order_by("-number")
    acted: QuerySet[Any] = Document.objects.annotate(
        handed=Subquery(last.values("act")[:1]), above=Subquery(last.values("to__path")[:1])
    )
    places = Q(pk__in=())
    for low, high in allowed.home:
        places |= Q(above__gte=low, above__lt=high)
    return acted.filter(places, handed=HandUp.Act.HANDED_UP)


def finished(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Of some editions those that are published or handed up to whomever."""
    last = HandUp.objects.filter(document=OuterRef("pk")).order_by("-number")
    acted: QuerySet[Any] = with_standing(documents).annotate(handed=Subquery(last.values("act")[:1]))
    return acted.filter(Q(standing=disclosure.PUBLISHED) | Q(handed=HandUp.Act.HANDED_UP))


def hand_ups_of(document: Document) -> list[HandUp]:
    """How an edition was handed up and taken back, in order."""
    return list(document.hand_ups.select_related("to", "taken_by").order_by("number"))


def is_handed_up(document: Document) -> bool:
    """Whether an edition lies before the region above."""
    last = document.hand_ups.order_by("-number").first()
    return last is not None and last.act == HandUp.Act.HANDED_UP


def newest_handed_up(work: UUID) -> int:
    """The number of the newest edition of a work that is handed up; 0 if none is."""
    editions = Document.objects.filter(work=work).defer("tree", "proof", "source")
    return max((each.edition for each in editions if is_handed_up(each)), default=0)


def authors_of(document: Document) -> set[int]:
    """Who wrote or edited an edition or one before it, or asked for its review; by account id."""
    wrote = Document.objects.filter(work=document.work, edition__lte=document.edition)
    asked = document.steps.filter(step=disclosure.ASKED)
    return {*wrote.values_list("written_by", flat=True), *asked.values_list("taken_by", flat=True)}


def writers_of(document: Document) -> list[User]:
    """The accounts of its authors. Three queries."""
    return list(User.objects.filter(pk__in=authors_of(document)).order_by("username"))


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


def documents_standing(user: User, permission: StrEnum, standing: str) -> QuerySet[Document]:
    """The editions that stand somewhere, of the regions where somebody holds a permission."""
    condition = _worked_on(registry.scope(user, permission))
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
    if not allowed.is_all_home:  # a superior's are those of what lies before them
        spoken = documents_visible_to(user).order_by().values("figures__figure")
        condition &= registry.in_scope(allowed.at_home, organisation="") | Q(pk__in=spoken)
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


def tree_of(document: Document) -> tree.DocumentTree:
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
