"""Verifying: a .docx against its proof, the frozen document and the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from xingke.base.periods import Period
from xingke.base.sayings import NOTHING, Saying
from xingke.indicators import columns
from xingke.indicators import queries as indicators
from xingke.indicators.models import Figure
from xingke.indicators.queries.aspects import read_together
from xingke.indicators.queries.drift import Drift, Readers, drift
from xingke.indicators.queries.reader import Reader
from xingke.indicators.rules import EvidenceRow
from xingke.ledger.models import Observation
from xingke.ledger.queries import current_subjects
from xingke.ledger.queries.holders import local
from xingke.ledger.tables import TABLES
from xingke.ledger.words import Words
from xingke.press import documents, tree
from xingke.press.documents import Claims
from xingke.press.findings import Finding, FindingKind, Verdict
from xingke.reports.keys import signer, trusted_keys
from xingke.reports.models import DisclosureStep, Document
from xingke.reports.queries import public_documents, retraction_of, tree_of
from xingke.reports.queries.naming import changed_names, lost_names
from xingke.reports.rules import disclosure


@dataclass(frozen=True)
class RecordChange:
    """One record that changed behind a drifted figure, in words."""

    record: str
    kind: str
    what: str  # added, removed, changed
    title: str
    path: int  # of the region it stands in: not everybody who sees the figure may see the record


@dataclass(frozen=True)
class DriftedFigure:
    """A figure whose evidence is no longer what was frozen, whether or not it says otherwise."""

    slot: int
    label: str
    before: str
    after: str
    says_otherwise: bool
    changes: tuple[RecordChange, ...]


@dataclass(frozen=True)
class Report:
    """What verifying found: the verdict on the file (drift merged in), the document it is, and what drifted.

    is_text_compared: whether the prose was held against the frozen document, and not the figures alone. signed_by: the
    public key the file names, in hexadecimal digits.
    """

    verdict: Verdict
    document: Document | None
    drifted: tuple[DriftedFigure, ...]
    is_ledger_checked: bool
    is_text_compared: bool = False
    signed_by: str = ""

    @property
    def holds(self) -> bool:
        return self.verdict.holds

    @property
    def signer(self) -> Saying:
        """Whose key signed the file; nothing where no signature holds."""
        is_open = any(
            each.kind in (FindingKind.NOT_SIGNED, FindingKind.SIGNATURE_BROKEN) for each in self.verdict.findings
        )
        return signer(self.signed_by) if self.signed_by and not is_open else NOTHING


def verify_file(data: bytes, *, visible: QuerySet[Document] | None = None) -> Report:
    """Hold a .docx against its proof, the frozen document it claims to be, and the ledger.

    visible: the documents whose ledger the asker may see; None for the operator on the command line. A document that is
    neither visible nor public is as if it were not there: what differs from it would tell what it says. Raises
    Unreadable with a sentence if the file cannot be read, or not within its limits.
    """
    claims = documents.claims(data)
    readable = _readable(visible)
    document = find_document(claims, among=readable)
    frozen = tree_of(document) if document else None
    verdict = documents.examined(data, frozen=frozen, trusted_keys=trusted_keys())
    verdict = verdict.joined(_standing(document or _claimed(claims, among=_ever_public()), readable))
    if document is None or (visible is not None and not visible.filter(pk=document.pk).exists()):
        return Report(
            verdict,
            None,
            (),
            is_ledger_checked=False,
            is_text_compared=document is not None,
            signed_by=claims.signed_by,
        )
    drifts = check_ledger(document)
    names = list(tree.mentions(tree_of(document)))
    lost = lost_names(names)
    renamed = [
        Finding(kind=FindingKind.RECORD_CHANGED, found=now or "—", params={"label": mention.text})
        for mention, now in changed_names(names)
        if mention.text in lost
    ]
    findings = [finding for slot, label, each in drifts for finding in _found(slot, label, each)]
    drifted = tuple(
        DriftedFigure(slot, label, each.figure.text, text_now(each), each.says_otherwise, record_changes(each))
        for slot, label, each in drifts
        if each.fails or each.is_corrected
    )
    return Report(
        verdict.joined([*findings, *renamed]),
        document,
        drifted,
        is_ledger_checked=True,
        is_text_compared=True,
        signed_by=claims.signed_by,
    )


def _found(slot: int, label: str, each: Drift) -> Iterator[Finding]:
    """What a figure's drift comes to: a failure where the number is another or cannot be recomputed, else only notices."""

    def finding(kind: FindingKind, found: str) -> Finding:
        key, said = str(each.figure.key), each.figure.text
        return Finding(kind=kind, slot=slot, figure=key, expected=said, found=found, params={"label": label})

    if each.fails:
        yield finding(FindingKind.FIGURE_DRIFTED, text_now(each))
        return
    if each.is_corrected:
        yield finding(FindingKind.EVIDENCE_CORRECTED, text_now(each))
    if each.is_worded_otherwise:
        yield finding(FindingKind.WORDING_DIFFERS, _said_now(each))


def _said_now(each: Drift) -> str:
    """How today's rules word a figure's unchanged evidence."""
    return _("说“%(text)s”") % {"text": each.then.text} if each.then.text else _("不再这样说")


def text_now(each: Drift) -> str:
    """What a figure says now, in words; of one that is not what its own evidence says, that."""
    text = each.now.text or _("未知")
    if each.contradicts_its_evidence:
        return _("%(text)s（固化时就与它的依据不符）") % {"text": text}
    return text if each.holds_then else _("%(text)s（按固化时的序号重算，依据不同）") % {"text": text}


def _readable(visible: QuerySet[Document] | None) -> QuerySet[Document]:
    """The documents whose text the asker may read."""
    if visible is None:
        return Document.objects.all()
    open_to = Q(pk__in=visible.order_by().values("pk")) | Q(pk__in=public_documents().order_by().values("pk"))
    return Document.objects.filter(open_to)


def _ever_public() -> QuerySet[Document]:
    """The documents everybody may know of: those that were published once, whatever became of them."""
    published = DisclosureStep.objects.filter(step=disclosure.PUBLISHED).values("document")
    return Document.objects.filter(pk__in=published)


def _standing(document: Document | None, readable: QuerySet[Document]) -> Iterator[Finding]:
    """That a document was retracted after it was public, or that there is a newer edition the asker may read."""
    if document is None:
        return
    retraction = retraction_of(document.work)
    if retraction is not None and _ever_public().filter(pk=document.pk).exists():
        yield Finding(kind=FindingKind.RETRACTED, found=timezone.localdate(retraction.taken_at).isoformat())
    newer = readable.filter(work=document.work, edition__gt=document.edition).aggregate(last=Max("edition"))["last"]
    if newer is not None:
        yield Finding(kind=FindingKind.SUPERSEDED, expected=str(document.edition), found=str(newer))


def find_document(claims: Claims, *, among: QuerySet[Document]) -> Document | None:
    """The frozen document a file claims to be: by its proof, by its number, else by its title (the newest of them).

    A proof is of one document only: a file that brings one is not looked for by its title.
    """
    found = _claimed(claims, among=among)
    if found is not None or claims.is_proved:
        return found
    return among.filter(title__in=claims.lines).select_related("region").order_by("-written_at").first()


def _claimed(claims: Claims, *, among: QuerySet[Document]) -> Document | None:
    """The document whose key stands in a file."""
    for claimed in claims.documents:
        try:
            found = among.filter(key=UUID(claimed)).select_related("region").first()
        except ValueError:
            found = None
        if found:
            return found
    return None


def check_ledger(document: Document) -> list[tuple[int, str, Drift]]:
    """The figures of a document of which there is something to tell: their evidence is other now, cannot be recomputed at
    their own number, or is worded otherwise by the rules of today."""
    with columns.held():
        return _check_ledger(document)


def _check_ledger(document: Document) -> list[tuple[int, str, Drift]]:
    readers = Readers()
    found = []
    known: dict[UUID, Drift] = {}
    placed_figures = list(document.figures.select_related("figure__region__parent").order_by("slot"))
    together: dict[Reader, list[Figure]] = {}
    for figure in (placed.figure for placed in placed_figures):
        for seq in (figure.seq, None):
            together.setdefault(readers.at(seq, figure), []).append(figure)
    for reader, figures in together.items():
        _read_together(document, figures, reader)
    for placed in placed_figures:
        figure = placed.figure
        if figure.key not in known:
            known[figure.key] = drift(figure, readers=readers)
        each = known[figure.key]
        if each.has_drifted or each.is_worded_otherwise or each.fails:
            found.append((placed.slot, placed.label, each))
    return found


def _read_together(document: Document, figures: Sequence[Figure], reader: Reader) -> None:
    """Everything the figures of a document are read from, in one pass instead of one each."""
    wanted = dict.fromkeys((figure.indicator, figure.aspect) for figure in figures)
    read_together(reader, list(wanted), document.region, Period.parse(document.period))


def record_changes(each: Drift) -> tuple[RecordChange, ...]:
    """The records behind a figure that came, went or were corrected since it was frozen, in words."""
    found: list[RecordChange] = []
    for part in each.changes:
        of = indicators.indicator(part.indicator, region=part.region).of
        where = f"{part.region.name} {Period.parse(part.period.code).label()}"
        for what, rows in (
            ("added", part.change.added),
            ("removed", part.change.removed),
            ("changed", [after for _before, after in part.change.changed]),
        ):
            found += _named(of, what, rows, where, part.region.path)
    return tuple(found)


def _named(of: str, what: str, rows: Sequence[EvidenceRow], where: str, path: int) -> list[RecordChange]:
    """Records by name: whose event it is, what happened and how much, or the figure somebody reported."""
    keys = [UUID(hex=row.record) for row in rows]
    names: dict[UUID, tuple[str, str]] = {}
    if of in TABLES:
        kind, words = TABLES[of], Words()
        events = kind.event._default_manager.filter(record__in=keys, seq_to__isnull=True)
        found = list(events.select_related("region", "organisation__region"))
        holders = {event.record: local(event) for event in found}
        subjects = current_subjects(kind, {event.subject for event in found if holders[event.record] is None})
        for event in found:
            holder = holders[event.record]
            whose = holder.name if holder is not None else words.subject(subjects[event.subject])
            said = [whose, words.event(of, event.event), *(said for _label, said in words.measures(event))]
            names[event.record] = (of, " ".join([*said, event.happened_on.isoformat()]))
    for row in Observation.objects.filter(record__in=keys, seq_to__isnull=True):
        names[row.record] = ("observation", f"{row.document} {row.place} {row.name} {row.as_written}")
    unknown = (of or "observation", "")
    return [
        RecordChange(str(key), kind, what, f"{where} {title}".strip(), path)
        for key in keys
        for kind, title in [names.get(key, unknown)]
    ]
