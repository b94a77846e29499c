"""Publicity: the reads, scope included, and what everybody may see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.models import CaseStep, Objection, Publicity, PublicityItem
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import possible_through, regions_of_bureau, steps_through, waiting_for
from xingke.casework.queries.lists import sees_at_home
from xingke.casework.rules.flows import Flow, FlowStep, Through
from xingke.casework.rules.forms import FormField
from xingke.casework.rules.publicity import amounts_shown
from xingke.registry.models import Region

MOST = 200  # cases of one publicity


def publicity_seen(user: User) -> QuerySet[Publicity]:
    """The publicity of somebody's own bureau."""
    return Publicity.objects.filter(regions_of_bureau(user, CasePermission.READ))


def counts_of(publicity: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """How many cases, objections and open objections some have, by id. Two queries."""
    items = PublicityItem.objects.filter(publicity__in=publicity).order_by().values("publicity").annotate(n=Count("pk"))
    said = Objection.objects.filter(publicity__in=publicity).order_by().values("publicity")
    said = said.annotate(n=Count("pk"), still=Count("pk", filter=Q(answered_at__isnull=True)))
    against = {each["publicity"]: (each["n"], each["still"]) for each in said}
    return {each["publicity"]: (each["n"], *against.get(each["publicity"], (0, 0))) for each in items}


def with_open_objections() -> QuerySet[Objection, Any]:
    """The ids of those against which something was said that has no answer yet."""
    return Objection.objects.filter(answered_at__isnull=True).order_by().values("publicity")


def publicity_for(user: User, key: UUID) -> Publicity:
    """A publicity somebody may see, or 404."""
    found = publicity_seen(user).select_related("region", "opened_by").filter(key=key).first()
    if found is None:
        raise Http404
    return found


def items_of(publicity: Publicity) -> list[PublicityItem]:
    """Its cases in their order."""
    return list(publicity.items.select_related("case__organisation", "step"))


def objections_of(publicity: Publicity) -> list[Objection]:
    """What was said against it, in the order in which it came."""
    return list(publicity.objections.select_related("item", "received_by", "answered_by"))


def objection_for(user: User, key: UUID, pk: int) -> Objection:
    """An objection to a publicity somebody may see, or 404."""
    found = Objection.objects.filter(publicity=publicity_for(user, key), pk=pk).select_related("publicity__region")
    if (objection := found.first()) is None:
        raise Http404
    return objection


def cases_to_publish(user: User, region: Region, flow: str, step: str) -> list[CaseStep]:
    """The newest steps of the cases of a flow in a region that may take a step by publicity, the longest waiting first; 200 at most."""
    seen = queries.cases_seen(user).filter(region=region)
    waiting = waiting_for(Through.PUBLICITY, Q(region=region, case__in=seen, flow=flow))
    rows = waiting.select_related("case__organisation").order_by("taken_at", "pk")[:MOST]
    return [each for each in possible_through(rows, Through.PUBLICITY) if step in _may_follow(each)]


def _may_follow(newest: CaseStep) -> tuple[str, ...]:
    flow = queries.flow_with_hash(newest.case.flow_hash)
    return flow.steps[newest.stands].next if flow is not None else ()


def public_now(today: date) -> QuerySet[Publicity]:
    """What everybody may see on a day: what is under publicity, and nothing of what was."""
    return Publicity.objects.filter(since__lte=today, until__gte=today).select_related("region").order_by("until", "pk")


def public_publicity(key: UUID, today: date) -> Publicity:
    """One of those, or 404."""
    found = public_now(today).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def ends_on(where: Q, day: date) -> int:
    """How many end on a day. where: which of them, by their region."""
    return Publicity.objects.filter(where, until=day).count()


def objections_open(where: Q) -> int:
    """How many objections were not answered yet. where: to which publicity, by its region."""
    theirs = Publicity.objects.filter(where)
    return Objection.objects.filter(publicity__in=theirs, answered_at__isnull=True).count()


def waiting_to_be_shown(where: Q) -> QuerySet[CaseStep]:
    """The newest steps of cases that stand before a publicity."""
    return waiting_for(Through.PUBLICITY, where)


@dataclass(frozen=True)
class Offered:
    """Cases of one kind that wait to be shown by one step. asked: what the forms ask; hidden: of it, what not everybody sees."""

    region: Region
    flow: Flow
    step: FlowStep
    count: int
    asked: Mapping[str, FormField]
    hidden: frozenset[str] = frozenset()

    def words(self, language: str) -> str:
        """What is shown, by what step."""
        return f"{self.flow.label.in_language(language)} · {self.step.label.in_language(language)}"

    def title(self) -> str:
        """What it may be called."""
        return str(say("关于%(flow)s的公示", flow=self.flow.label.zh))

    def amounts(self, language: str) -> list[tuple[str, str]]:
        """The amounts that may be shown."""
        return [(each.name, each.label.in_language(language)) for each in amounts_shown(self.asked, self.hidden)]


def offered(user: User, regions: Sequence[Region]) -> list[Offered]:
    """The kinds of cases that wait to be shown in some regions."""
    seen = queries.cases_seen(user)
    waiting = waiting_for(Through.PUBLICITY, Q(region__in=regions, case__in=seen))
    rows = waiting.order_by().values_list("region", "flow", "case__flow_hash", "stands").annotate(count=Count("pk"))
    by_region = {region.pk: region for region in regions}
    found: dict[tuple[int, str, str], Offered] = {}
    for region, code, flow_hash, stands, count in rows:
        flow = queries.flow_with_hash(flow_hash)
        if flow is None:
            continue
        for step in steps_through(flow.steps[stands], Through.PUBLICITY, dict(flow.steps)):
            if not sees_at_home(user, step.by, by_region[region]):  # taken by somebody else of the bureau
                continue
            before = found.get((region, code, step.code))
            total = count + (before.count if before is not None else 0)
            known = queries.definitions_for(code, by_region[region])
            found[region, code, step.code] = Offered(by_region[region], flow, step, total, known.asked, known.hidden)
    return list(found.values())


def offered_for(user: User, region: Region, flow: str, step: str) -> Offered | None:
    """One of those; None where nothing waits."""
    return next((each for each in offered(user, [region]) if (each.flow.code, each.step.code) == (flow, step)), None)
