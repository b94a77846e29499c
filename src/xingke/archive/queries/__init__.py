"""Archive volumes: the reads, scope included. Everything of this room lies before the bureau of its region only."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar  # parts of a union
from uuid import UUID

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Value
from django.http import Http404
from django.utils.translation import get_language

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.archive.models import (
    ArchiveFile,
    ArchiveHandOver,
    ArchiveItem,
    ArchiveVolume,
    HandedVolume,
    VolumeAppraisal,
)
from xingke.archive.permissions import ArchivePermission
from xingke.archive.rules import ArchiveCategory, ArchiveScheme, RetentionTerm
from xingke.casework import queries as casework
from xingke.casework.models import Case, CaseStep
from xingke.casework.queries.seen import CaseSeen, case_seen
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.reports import queries as reports
from xingke.reports.models import Document

Row = TypeVar("Row", bound=Model)
SCHEME = "archive"
_SOURCES = (
    "case__region",
    "case__organisation",
    "case__person__region",
    "case__person__merged_into__region",
    "document",
)


def at_home(user: User, permission: ArchivePermission | Permission, region: str = "region") -> Q:
    """Rows of the bureau somebody belongs to; neither its superiors nor firms keep its archives."""
    return registry.in_scope(registry.scope(user, permission).at_home, region=region, organisation="")


def require_archive_page(user: User, permission: ArchivePermission) -> None:
    """404 for whoever does not have it in a bureau of their own."""
    if not registry.scope(user, permission).home:
        raise Http404


def is_at_home(user: User, permission: ArchivePermission, region: Region) -> bool:
    """Whether somebody may do so in the bureau of a region."""
    return registry.scope(user, permission).is_home(region.path)


def home_regions(user: User, permission: ArchivePermission) -> QuerySet[Region]:
    """The regions of whose bureau somebody may do so, in code order."""
    return registry.regions_within(registry.scope(user, permission).at_home)


def scheme_of(region: Region | None = None) -> ArchiveScheme:
    """How a region numbers its volumes. Raises LookupError where no pack says so."""
    found: ArchiveScheme = registry.definition("archive", SCHEME, region=region).value
    return found


def term_word(code: str, region: Region | None) -> str:
    """A term of a region in words; its code where no pack has it any more."""
    return _word(scheme_of(region).terms().get(code), code)


def category_word(code: str, region: Region | None) -> str:
    """A category of a region in words; its code where no pack has it any more."""
    return _word(scheme_of(region).categories().get(code), code)


def _word(known: RetentionTerm | ArchiveCategory | None, code: str) -> str:
    return known.label.in_language(get_language() or "zh") if known is not None else code


# ── volumes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def volumes_seen(user: User, permission: ArchivePermission = ArchivePermission.READ) -> QuerySet[ArchiveVolume]:
    """The volumes of somebody's own bureau."""
    found = ArchiveVolume.objects.filter(at_home(user, permission))
    return found.select_related("region", "opened_by", "closed_by")


def items_seen(user: User) -> QuerySet[ArchiveItem]:
    """What lies in the volumes of somebody's own bureau; what was taken out is not among it."""
    found = ArchiveItem.objects.filter(at_home(user, ArchivePermission.READ, "volume__region"), out_at__isnull=True)
    return found.select_related("volume__region", *_SOURCES)


def volume_for(
    user: User, key: UUID, permission: ArchivePermission = ArchivePermission.READ, *, is_open: bool = False
) -> ArchiveVolume:
    """A volume of somebody's own bureau in which they hold a permission, or 404."""
    narrowed = Q(state=ArchiveVolume.State.OPEN) if is_open else Q()
    return _or_404(volumes_seen(user, permission).filter(narrowed, key=key))


def item_for(user: User, key: UUID) -> ArchiveItem:
    """Something in a volume of somebody's own bureau, or 404."""
    return _or_404(items_seen(user).filter(key=key))


def items_of(volume: ArchiveVolume) -> list[ArchiveItem]:
    """What lies in a volume, in order, with its files."""
    rows = ArchiveItem.objects.filter(volume=volume, out_at__isnull=True).order_by("ordinal", "seq", "pk")
    return list(rows.select_related("volume", *_SOURCES).prefetch_related("files"))


def stamp_of(items: Iterable[ArchiveItem]) -> str:
    """What lies in a volume and how it is described, in short: whoever closes it says what they saw."""
    told = [(each.pk, each.title, each.responsible, each.document_number, each.pages, each.note) for each in items]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def file_for(user: User, key: UUID, pk: int) -> ArchiveFile:
    """A file of something that somebody may open, or 404."""
    item = item_for(user, key)
    if not may_open(user, item):
        raise Http404
    return _or_404(ArchiveFile.objects.filter(item=item, pk=pk))


def hand_over_of(volume: ArchiveVolume) -> ArchiveHandOver | None:
    """The list on which a volume stands."""
    line = HandedVolume.objects.filter(volume=volume, is_standing=True).select_related(
        "hand_over__handed_by", "hand_over__received_by"
    )
    found = line.first()
    return found.hand_over if found is not None else None


def open_volumes(user: User) -> QuerySet[ArchiveVolume]:
    """Those into which somebody may still file."""
    found = volumes_seen(user, ArchivePermission.KEEP).filter(state=ArchiveVolume.State.OPEN)
    return found.order_by("-year", "number")


def outlived(today: date) -> Q:
    """The filter of volumes whose term is over: they wait to be appraised."""
    return Q(kept_until__lt=today) & ~Q(state__in=(ArchiveVolume.State.OPEN, ArchiveVolume.State.DESTROYED))


def last_fonds(region: Region) -> str:
    """The fonds number of the newest volume of a bureau."""
    return ArchiveVolume.objects.filter(region=region).order_by("-pk").values_list("fonds", flat=True).first() or ""


def years_of(user: User) -> list[int]:
    """The years of which there are volumes, the newest first."""
    return sorted(set(volumes_seen(user).order_by().values_list("year", flat=True).distinct()), reverse=True)


def archived_digests() -> Iterable[str]:
    """The digests of all files that lie in volumes that were not destroyed. One query."""
    kept = ArchiveFile.objects.filter(item__out_at__isnull=True).exclude(
        item__volume__state=ArchiveVolume.State.DESTROYED
    )
    return kept.values_list("digest", flat=True)


def closed_volumes() -> QuerySet[ArchiveVolume]:
    """All that were closed, whoever sees them."""
    return ArchiveVolume.objects.exclude(state=ArchiveVolume.State.OPEN).order_by("pk")


# ── what may be filed ───────────────────────────────────────────────────────────────────────────────────────────────


def cases_to_file(user: User) -> QuerySet[CaseStep]:
    """The newest steps of cases that are over and do not lie in a volume as they stand; what stands below another goes with it."""
    filed = ArchiveItem.objects.filter(step=OuterRef("pk"), out_at__isnull=True)
    before = ArchiveItem.objects.filter(case=OuterRef("case"), out_at__isnull=True)
    rows = CaseStep.objects.filter(
        ~Q(ended=""),
        ~Exists(filed),
        at_home(user, ArchivePermission.KEEP),
        seq_to__isnull=True,
        case__parent__isnull=True,
        case__in=casework.cases_seen(user),
    ).annotate(was_filed=Exists(before))
    return rows.select_related(
        "case__organisation", "case__region", "case__person__region", "case__person__merged_into__region"
    )


def documents_to_file(user: User) -> QuerySet[Document]:
    """The editions of the bureau that were published or handed up and do not lie in a volume."""
    filed = ArchiveItem.objects.filter(document=OuterRef("pk"), out_at__isnull=True)
    own = Document.objects.filter(
        at_home(user, ArchivePermission.KEEP), at_home(user, Permission.DOCUMENT_READ), ~Exists(filed)
    )
    return reports.finished(own).select_related("region")


def counts_waiting(user: User, today: date) -> dict[str, int]:
    """How many ``cases`` and ``documents`` wait to be filed, and ``volumes`` to be appraised. One query."""
    parts = {
        "cases": cases_to_file(user),
        "documents": documents_to_file(user),
        "volumes": volumes_seen(user, ArchivePermission.KEEP).filter(outlived(today)),
    }
    counted: list[QuerySet[Any, Any]] = [
        rows.order_by().annotate(part=Value(part)).values("part").annotate(n=Count("pk")).values_list("part", "n")
        for part, rows in parts.items()
    ]
    return dict.fromkeys(parts, 0) | dict(counted[0].union(*counted[1:], all=True))


def document_to_file(user: User, key: UUID) -> Document:
    """An edition of the bureau that somebody keeping its archive reads, or 404; whether it may be filed is asked later."""
    own = Document.objects.filter(at_home(user, ArchivePermission.KEEP), at_home(user, Permission.DOCUMENT_READ))
    return _or_404(own.filter(key=key).select_related("region"))


def case_to_file(user: User, key: UUID) -> Case:
    """A case that somebody keeping the archive sees, or 404; whether it may be filed is asked later."""
    seen = casework.cases_seen(user).filter(at_home(user, ArchivePermission.KEEP), key=key)
    return _or_404(seen.select_related("region", "organisation", "person"))


def case_whole(user: User, case: Case) -> list[CaseSeen]:
    """What somebody sees of a case and of those below it, the case first."""
    found = [case_seen(user, casework.case_read(case))]
    for child in Case.objects.filter(parent=case).select_related("region", "organisation", "person").order_by("pk"):
        found += case_whole(user, child)
    return found


def is_all_seen(user: User, parts: Sequence[CaseSeen]) -> bool:
    """Whether nothing of a case is hidden from somebody: neither a step nor an answer, nor a case below it."""
    keys = {seen.read.case.pk for seen in parts}
    if casework.cases_seen(user).filter(pk__in=keys).count() < len(keys):
        return False
    return all(
        len(seen.steps) == len(seen.read.steps)
        and seen.stands is not None
        and all(seen.sees(asked) for asked in seen.read.definitions.asked.values() if _is_answered(seen, asked.name))
        for seen in parts
    )


def _is_answered(seen: CaseSeen, name: str) -> bool:
    return any(name in step.answers for step in seen.read.steps)


def is_restricted(parts: Sequence[CaseSeen]) -> bool:
    """Whether a step that was taken, or something that was answered, says who sees it."""
    return any(
        any(known.seen_by for step in seen.read.steps if (known := seen.read.flow.steps.get(step.step)))
        or any(asked.seen_by and _is_answered(seen, asked.name) for asked in seen.read.definitions.asked.values())
        for seen in parts
    )


def may_open(user: User, item: ArchiveItem) -> bool:
    """Whether somebody who finds something may have its files: what says who sees it is opened by who sees all of it, what was destroyed by
    nobody."""
    if item.volume.is_destroyed:
        return False
    if not item.is_restricted or item.case is None:
        return True
    return is_all_seen(user, case_whole(user, item.case))


def filed_as(user: User, case: Case) -> list[ArchiveItem]:
    """Where a case lies, for whoever finds volumes."""
    return list(items_seen(user).filter(case=case).order_by("seq"))


def sources_seen(user: User, items: Sequence[ArchiveItem]) -> tuple[set[int], set[UUID]]:
    """Of what was filed, the cases and documents that somebody sees beyond the volume, by id. Two queries."""
    cases = casework.cases_seen(user).filter(pk__in=[each.case_id for each in items if each.case_id])
    documents = reports.documents_visible_to(user).filter(pk__in=[each.document_id for each in items])
    return set(cases.values_list("pk", flat=True)), set(documents.order_by().values_list("pk", flat=True))


# ── appraising ──────────────────────────────────────────────────────────────────────────────────────────────────────


def appraisals_seen(user: User) -> QuerySet[VolumeAppraisal]:
    """What was decided of the volumes of somebody's own bureau."""
    found = VolumeAppraisal.objects.filter(at_home(user, ArchivePermission.READ, "volume__region"))
    return found.select_related("volume__region", "made_by", "done_by", "spared_by")


def appraisals_of(volume: ArchiveVolume) -> list[VolumeAppraisal]:
    """What was decided of a volume, the last first."""
    return list(volume.appraisals.select_related("made_by", "done_by", "spared_by"))


def appraisal_for(user: User, key: UUID) -> VolumeAppraisal:
    """What was decided of a volume that somebody may destroy or spare, or 404."""
    mine = at_home(user, ArchivePermission.RECEIVE, "volume__region")
    return _or_404(VolumeAppraisal.objects.filter(mine, key=key).select_related("volume__region"))


def volumes_to_destroy(user: User) -> QuerySet[VolumeAppraisal]:
    """Those that wait for somebody to destroy them: another asked for it."""
    waiting = VolumeAppraisal.objects.waiting().filter(at_home(user, ArchivePermission.RECEIVE, "volume__region"))
    return waiting.exclude(made_by=user)


def case_going_on(volume: ArchiveVolume) -> Case | None:
    """A case in a volume that is under way again; None where all are over."""
    filed = ArchiveItem.objects.filter(volume=volume, out_at__isnull=True).values("case")
    steps = CaseStep.objects.filter(case__in=filed, seq_to__isnull=True, ended="").select_related("case")
    found = steps.order_by("case_id").first()
    return found.case if found is not None else None


# ── handing over ────────────────────────────────────────────────────────────────────────────────────────────────────


def hand_overs_seen(user: User) -> QuerySet[ArchiveHandOver]:
    """The lists of somebody's own bureau."""
    found = ArchiveHandOver.objects.filter(at_home(user, ArchivePermission.READ))
    return found.select_related("region", "handed_by", "received_by", "declined_by")


def hand_over_for(user: User, key: UUID) -> ArchiveHandOver:
    """A list of somebody's own bureau, or 404."""
    return _or_404(hand_overs_seen(user).filter(key=key))


def hand_overs_to_sign(user: User) -> QuerySet[ArchiveHandOver]:
    """Those that wait for somebody's signature: another handed them over."""
    waiting = ArchiveHandOver.objects.filter(received_at__isnull=True, declined_at__isnull=True)
    return waiting.filter(at_home(user, ArchivePermission.RECEIVE)).exclude(handed_by=user)


def volumes_of(hand_over: ArchiveHandOver) -> list[ArchiveVolume]:
    """The volumes on a list, by number."""
    rows = ArchiveVolume.objects.filter(handed__hand_over=hand_over).select_related("region")
    return list(rows.order_by("number").prefetch_related("items__files"))


def volumes_chosen(user: User, keys: Sequence[UUID]) -> list[ArchiveVolume]:
    """The volumes of some keys in their order. Raises 404 where one is none somebody may hand over."""
    found = {each.key: each for each in volumes_seen(user, ArchivePermission.KEEP).filter(key__in=keys)}
    if len(found) < len(set(keys)):
        raise Http404
    return [found[key] for key in dict.fromkeys(keys)]


def _or_404(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise Http404
    return found
