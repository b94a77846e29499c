"""Cases that hang together: what somebody sees of the other, which is what they see of it on its own page."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.casework.models import Case, CaseLink
from xingke.casework.queries import CaseRead, cases_seen
from xingke.casework.queries.common import PREPARES, is_at_home
from xingke.casework.queries.many import case_reads
from xingke.casework.queries.seen import CaseSeen, case_seen
from xingke.casework.rules.links import LinkKind

MOST = 20  # of one case [parameter]


@dataclass(frozen=True)
class LinkSeen:
    """A link as it is said on the page of one case: what the other is to it, and the other as far as the reader sees it."""

    link: CaseLink
    kind: LinkKind
    other: CaseSeen


def links_seen(user: User, case: Case) -> list[LinkSeen]:
    """The links of a case to others somebody sees, the first made first. As many queries for many as for a few."""
    rows = list(CaseLink.objects.filter(Q(case=case) | Q(other=case), seq_to__isnull=True).order_by("pk"))
    if not rows:
        return []
    others = {row.pk: row.other_id if row.case_id == case.pk else row.case_id for row in rows}
    seen = cases_seen(user).filter(pk__in=others.values()).select_related("region", "organisation__region", "person")
    reads = case_reads(seen)
    return [
        LinkSeen(row, kind_on(row, case), case_seen(user, reads[others[row.pk]]))
        for row in rows
        if others[row.pk] in reads
    ]


def kind_on(link: CaseLink, case: Case) -> LinkKind:
    """What the other is to a case."""
    kind = LinkKind(link.kind)
    return kind if link.case_id == case.pk else kind.turned


def may_link(user: User, read: CaseRead) -> bool:
    """Whether somebody ties a case they see to others: an officer of its bureau."""
    return is_at_home(user, read.case.region, *PREPARES)


def link_of(user: User, read: CaseRead, pk: int) -> CaseLink:
    """A link of a case whose other somebody sees, or 404."""
    found = next((each.link for each in links_seen(user, read.case) if each.link.pk == pk), None)
    if found is None or not may_link(user, read):
        raise Http404
    return found


def cases_to_link(user: User, read: CaseRead) -> QuerySet[Case]:
    """What a case may be tied to: the others somebody sees."""
    return cases_seen(user).exclude(pk=read.case.pk)
