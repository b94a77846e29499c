"""Which cases wait for somebody, as a condition on where cases stand: what a list narrows and what the workbench counts.

By the newest version of each flow, and without four eyes, which depend on each case: whether a step may be taken its page says.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from xingke.accounts.models import User
from xingke.accounts.permissions import PERMISSIONS
from xingke.casework.models import CaseParty, CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.substitutes import stood_in_for
from xingke.casework.rules.flows import ASSIGNEE, PARTY, Flow, FlowStep
from xingke.registry import queries as registry
from xingke.registry.queries.calendars import work_calendar

SOON = 3  # working days in which something is due that is said to be due soon
NOBODY = Q(pk__in=())


def waits_for(user: User) -> Q:
    """Where the next step is somebody's: what was given to them or to whom they stand in for, what anybody with their rights may take,
    what their firm has to do."""
    flows: list[Flow] = [loaded.value for loaded in registry.catalogue("flow").values()]
    theirs = given_to(user)
    condition = theirs & _at(_stands(flows, {ASSIGNEE}))
    for permission in (each.permission for each in PERMISSIONS):
        stands = _stands(flows, {permission.value})
        if not stands or not (allowed := registry.scope(user, permission)).home:
            continue
        home = registry.in_scope(allowed.at_home, organisation="")
        given = Q(assignee__isnull=True) | theirs if permission is CasePermission.HANDLE else Q()
        condition |= home & _at(stands) & given
    own = registry.scope(user, CasePermission.APPLY)
    mine = Q(organisation__in=own.organisations) | Q(person__in=own.persons) | Q(user=user)
    condition |= _of_parties(flows, mine)
    return Q(ended="") & condition


def given_to(user: User) -> Q:
    """What was given to somebody, and to those whose substitute they are today."""
    return Q(assignee__in=[user.pk, *stood_in_for(user, timezone.localdate())])


def minded_by(user: User) -> Q:
    """What somebody sees to: what waits for them, what was given to them, and where they lead, everything."""
    leads = registry.scope(user, CasePermission.MANAGE).at_home
    led = registry.in_scope(leads, organisation="") if leads.ranges else NOBODY
    return waits_for(user) | given_to(user) | led


def _of_parties(flows: Iterable[Flow], mine: Q) -> Q:
    """What waits for a party that is somebody's firm, the person they are, or themselves."""
    condition = NOBODY
    for flow in flows:
        for role in flow.roles:
            if stands := _stands([flow], {f"{PARTY}{role}"}):
                part = CaseParty.objects.filter(mine, case=OuterRef("case"), role=role, seq_to__isnull=True)
                condition |= _at(stands) & Q(Exists(part))
    return condition


def _stands(flows: Iterable[Flow], names: set[str]) -> dict[str, list[str]]:
    """By flow, the steps from which one leads on that some may take by themselves."""
    found = {flow.code: list(_leading_to(flow, names)) for flow in flows}
    return {code: stands for code, stands in found.items() if stands}


def _leading_to(flow: Flow, names: set[str]) -> Iterator[str]:
    for step in flow.step:
        following = (flow.steps[code] for code in step.next)
        if any(_is_for(after, names) for after in following):
            yield step.code


def _is_for(step: FlowStep, names: set[str]) -> bool:
    """Whether a step waits for some: what a party may do waits for the party, though the bureau may do it in their stead."""
    of_party = any(name.startswith(PARTY) for name in step.by)
    named = [name for name in step.by if name.startswith(PARTY) or not of_party]
    return step.through is None and not names.isdisjoint(named)


def _at(stands: dict[str, list[str]]) -> Q:
    condition = NOBODY
    for flow, codes in stands.items():
        condition |= Q(flow=flow, stands__in=codes)
    return condition


def due_soon(user: User, now: datetime) -> Q:
    """What somebody sees to that is due within a few working days, and not over yet."""
    regions = registry.own_regions(user)
    today = timezone.localtime(now).date()
    last = work_calendar(regions[0]).reach(today, SOON).day if regions else today + timedelta(days=SOON)
    end = timezone.make_aware(datetime.combine(last, datetime.max.time()))
    return Q(ended="", due__gte=now, due__lte=end) & minded_by(user)


def due_between(first: date, last: date) -> Q:
    """What is due from one day to another, and not over yet."""
    ends = [timezone.make_aware(datetime.combine(day, time())) for day in (first, last + timedelta(days=1))]
    return Q(seq_to__isnull=True, ended="", due__gte=ends[0], due__lt=ends[1])


def standing_due(first: date, last: date) -> QuerySet[CaseStep]:
    """Where the cases stand that are due from one day to another, whoever sees them; the first that is due first."""
    rows = CaseStep.objects.filter(due_between(first, last)).select_related("case__region", "assignee")
    return rows.order_by("due", "pk")


def overdue(user: User, now: datetime) -> Q:
    """What somebody sees to that should have been done by now."""
    return Q(ended="", due__lt=now) & minded_by(user)
