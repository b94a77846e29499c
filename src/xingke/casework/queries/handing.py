"""What somebody has to hand over 工作交接: the open cases they were given, and why one cannot go to another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.http import Http404
from django.utils import timezone

from xingke.accounts.models import User
from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import say
from xingke.casework.models import CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import CaseRead, cases_seen, taker_at
from xingke.casework.queries.many import case_reads
from xingke.casework.queries.offers import handlers
from xingke.casework.rules.flows import TRANSFER
from xingke.casework.rules.stepping import can_go_on, may_take
from xingke.registry import queries as registry
from xingke.registry.queries.calendars import work_calendar

MOST = 200  # cases of one act: nobody else writes meanwhile


@dataclass(frozen=True)
class ToHandOver:
    """A case as it stands, and whether it can go to somebody."""

    read: CaseRead
    answer: Answer

    @property
    def stamp(self) -> str:
        """The case with the last step that was seen of it."""
        return f"{self.read.case.key}:{self.read.last.number}"


def given_to(user: User, reader: User) -> list[CaseStep]:
    """Where the open cases stand that one account was given and another sees, the oldest first: as many as one act takes, and one more."""
    rows = CaseStep.objects.filter(seq_to__isnull=True, ended="", assignee=user, case__in=cases_seen(reader))
    return list(rows.select_related("case__region", "case__organisation").order_by("case_id")[: MOST + 1])


def accounts_to_hand_over(by: User) -> list[User]:
    """Whose cases somebody hands over: their own, and those of the accounts, closed ones too, given cases where they lead. By name."""
    leads = registry.in_scope(registry.scope(by, CasePermission.MANAGE).at_home, organisation="")
    rows = CaseStep.objects.filter(leads, seq_to__isnull=True, ended="", assignee__isnull=False)
    found = User.objects.filter(pk__in=rows.order_by().values("assignee")).exclude(pk=by.pk)
    return [by, *found.order_by("name", "pk")]


def account_to_hand_over(by: User, username: str, *, again: bool = False) -> User:
    """One of them, oneself for no name, or 404. again: a list was sent, which a first press may have emptied."""
    if not username:
        return by
    found = next((each for each in accounts_to_hand_over(by) if each.username == username), None)
    if found is None and again:
        found = registry.account_named(username)
    if found is None:
        raise Http404
    return found


def who_can_take(rows: Iterable[CaseStep], but: User) -> list[User]:
    """The accounts to whom one of some cases can be given, by name."""
    regions = {row.case.region_id: row.case.region for row in rows}
    users = {user.pk: user for region in regions.values() for user in handlers(region) if user.pk != but.pk}
    return sorted(users.values(), key=lambda user: (user.name, user.username))


def to_hand_over(rows: Sequence[CaseStep], to: User, by: User, *, now: datetime) -> list[ToHandOver]:
    """Cases with whether they can go to somebody. As many queries for many as for a few."""
    reads = case_reads([row.case for row in rows], now=timezone.localtime(now))
    return [ToHandOver(reads[row.case_id], _may_go(reads[row.case_id], to, by, now)) for row in rows]


def _may_go(read: CaseRead, to: User, by: User, now: datetime) -> Answer:
    case, local = read.case, timezone.localtime(now)
    taker = taker_at(
        by, read.flow, region=case.region, organisation=case.organisation, parties=read.parties, on=local.date()
    )
    answer = may_take(read.state, TRANSFER, taker, now=local, calendar=work_calendar(case.region))
    if not answer.allowed:
        return answer
    if not to.is_active or not registry.may(to, CasePermission.READ, at=case.region):
        return no(say("“%(name)s”在这里没有查看事项的权限，不能接着办。", name=to.name))
    onward = can_go_on(read.state, to.pk)
    return (
        YES if onward.allowed else no(say("交给“%(name)s”就没有人能办下去：%(why)s", name=to.name, why=onward.reason))
    )


def stamp_of(of: User, to: User, listed: Iterable[str]) -> str:
    """What a page of a hand-over says, in short: what is done must be what was listed."""
    return sha256("\n".join([of.username, to.username, *sorted(listed)]).encode()).hexdigest()
