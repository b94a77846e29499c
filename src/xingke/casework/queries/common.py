"""Which cases wait for a common act: a meeting, a publicity."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.models import CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.many import case_reads
from xingke.casework.rules.flows import FlowStep, Through
from xingke.casework.rules.stepping import may_come
from xingke.registry import queries as registry
from xingke.registry.filtering import CHOICES_LIMIT
from xingke.registry.models import Grant, Region

PREPARES = (CasePermission.HANDLE, CasePermission.DECIDE, CasePermission.MANAGE)


def is_at_home(user: User, region: Region, *permissions: CasePermission) -> bool:
    """Whether somebody has one of some permissions as one of the bureau of a region; its superiors look on."""
    return any(registry.scope(user, each).is_home(region.path) for each in permissions)


def require_home(user: User, region: Region, *permissions: CasePermission) -> None:
    """Refuse with a sentence unless somebody has one of some permissions there."""
    if not is_at_home(user, region, *permissions):
        raise Refused(say("“%(region)s”的这件事由那里的局办，您没有这个权限。", region=region.name))


def regions_of_bureau(user: User, permission: CasePermission) -> Q:
    """The filter of what lies in the regions of somebody's own bureau; nothing for a firm."""
    home = registry.scope(user, permission).at_home
    return registry.in_scope(home, organisation="") if home.ranges else Q(pk__in=())


def steps_through(step: FlowStep, through: Through, flow_steps: dict[str, FlowStep]) -> list[FlowStep]:
    """The steps that may follow one by a common act."""
    return [flow_steps[code] for code in step.next if flow_steps[code].through is through]


def waiting_for(through: Through, where: Q) -> QuerySet[CaseStep]:
    """The newest steps of the open cases that stand before a step by a common act. where: which of their rows.

    One query for the places where cases stand, besides the definitions they run by.
    """
    newest = CaseStep.objects.filter(where, seq_to__isnull=True, ended="")
    places = newest.order_by().values_list("case__flow_hash", "stands").distinct()
    wanted = Q(pk__in=())
    for flow_hash, stands in places:
        flow = queries.flow_with_hash(flow_hash)
        step = flow.steps.get(stands) if flow is not None else None
        if flow is not None and step is not None and steps_through(step, through, dict(flow.steps)):
            wanted |= Q(case__flow_hash=flow_hash, stands=stands)
    return newest.filter(wanted)


def possible_through(rows: Iterable[CaseStep], through: Through) -> list[CaseStep]:
    """Of cases that stand before a common act those whose conditions still leave it possible. Six queries where a flow has conditions."""
    found = list(rows)
    asked = [each.case for each in found if any(step.when for step in _through(each, through))]
    reads = case_reads(asked) if asked else {}

    def is_possible(each: CaseStep) -> bool:
        read = reads.get(each.case_id)
        return read is None or any(may_come(read.state, step) for step in _through(each, through))

    return [each for each in found if is_possible(each)]


def _through(newest: CaseStep, through: Through) -> list[FlowStep]:
    """The steps that may follow where a case stands by a common act."""
    flow = queries.flow_with_hash(newest.case.flow_hash)
    step = flow.steps.get(newest.stands) if flow is not None else None
    return steps_through(step, through, dict(flow.steps)) if flow is not None and step is not None else []


def home_regions(user: User, *permissions: CasePermission) -> list[Region]:
    """The regions in which somebody has one of some permissions as one of the bureau; as many as can be chosen from."""
    home = {span for each in permissions for span in registry.scope(user, each).home}
    where = Q(pk__in=())
    for low, high in home:
        where |= Q(path__gte=low, path__lt=high)
    return list(Region.objects.filter(where, valid_to__isnull=True).order_by("path")[:CHOICES_LIMIT])


def bureau_page(user: User, *permissions: CasePermission) -> list[Region]:
    """The regions of a page that only the bureau sees; 404 for everybody else."""
    found = home_regions(user, *permissions)
    if not found:
        raise Http404
    return found


def colleague_called(name: str, region: Region) -> User | None:
    """The one account of that name which reads cases in a region; None where there is none, or more than one."""
    named = User.objects.filter(name=name, is_active=True)[:20]
    found = [each for each in named if is_at_home(each, region, CasePermission.READ)]
    return found[0] if len(found) == 1 else None


def colleagues(region: Region) -> list[User]:
    """The accounts that were given a role for a region's bureau, by name."""
    grants = Grant.objects.filter(registry.FOR_A_REGION, region=region, revoked_at__isnull=True)
    return list(User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("name", "pk")[:200])
