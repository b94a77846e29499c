"""Notices: the reads, scope included."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.models import CaseNotice, NoticeReceipt
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import colleague_called, regions_of_bureau
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region
from xingke.registry.queries.choosing import organisation_named


def own_receipts(user: User) -> QuerySet[NoticeReceipt]:
    """What was sent to somebody, or to an organisation for which they may apply."""
    own = registry.scope(user, CasePermission.APPLY).organisations
    return NoticeReceipt.objects.filter(Q(user=user) | Q(organisation__in=own))


def notices_seen(user: User) -> QuerySet[CaseNotice]:
    """The notices of somebody's bureau, and those that were sent to them."""
    mine = Q(pk__in=own_receipts(user).values("notice"))
    return CaseNotice.objects.filter(regions_of_bureau(user, CasePermission.READ) | mine)


def receipt_counts(notices: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many got some notices and how many of them signed, by the id of the notice. One query."""
    rows = NoticeReceipt.objects.filter(notice__in=notices).order_by().values("notice")
    counted = rows.annotate(sent=Count("pk"), signed=Count("pk", filter=Q(seen_at__isnull=False)))
    return {each["notice"]: (each["sent"], each["signed"]) for each in counted}


def unsigned(user: User, notices: Collection[int]) -> set[int]:
    """Those of some notices that somebody has to sign."""
    rows = own_receipts(user).filter(notice__in=notices, seen_at__isnull=True)
    return set(rows.values_list("notice", flat=True))


def notice_for(user: User, key: UUID) -> CaseNotice:
    """A notice somebody may see, or 404."""
    found = notices_seen(user).select_related("region", "sent_by").filter(key=key).first()
    if found is None:
        raise Http404
    return found


def receipts_of(notice: CaseNotice) -> list[NoticeReceipt]:
    """The receipts of all who got it; those that are missing first."""
    rows = notice.receipts.select_related("organisation", "user", "seen_by", "answered_by")
    return sorted(rows, key=lambda each: (each.seen_at is not None, each.pk))


def own_receipt(user: User, notice: CaseNotice, pk: int) -> NoticeReceipt:
    """A receipt somebody may sign, or 404."""
    found = own_receipts(user).filter(notice=notice, pk=pk).select_related("notice").first()
    if found is None:
        raise Http404
    return found


def to_sign(user: User) -> int:
    """How many notices somebody has not signed."""
    return own_receipts(user).filter(seen_at__isnull=True).count()


def addressed(user: User, region: Region, lines: Sequence[str]) -> tuple[list[Organisation], list[User]]:
    """The organisations and colleagues that lines name. Raises Refused with every line that names none of them, or several."""
    organisations: list[Organisation] = []
    users: list[User] = []
    unknown: list[str] = []
    for line in lines:
        organisation = organisation_named(user, line)
        colleague = colleague_called(line, region) if organisation is None else None
        if organisation is not None:
            organisations.append(organisation)
        elif colleague is not None:
            users.append(colleague)
        else:
            unknown.append(line[:60])
    if unknown:
        raise Refused(say("名录和本局里都没有唯一的：%(names)s。", names=tuple(unknown[:10])))
    return organisations, users
