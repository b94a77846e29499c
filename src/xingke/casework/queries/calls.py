"""Calls: the reads, scope included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case as Case_
from django.db.models import Count, IntegerField, Q, QuerySet, When
from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear
from django.http import Http404
from django.utils import timezone

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.models import Case, CaseCall, CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import CaseDefinitions
from xingke.casework.queries.offers import is_of_applicant
from xingke.casework.rules.calls import ORGANISATION, CallQuota, may_apply, quotas, room_in_all, room_left
from xingke.casework.rules.flows import CaseEnd, Flow
from xingke.casework.rules.forms import FieldType, FormField
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region

LEFT = (CaseEnd.WITHDRAWN.value, CaseEnd.TERMINATED.value)  # what nobody wants any more takes no place


def definitions_for_new(flow: str, region: Region, call: CaseCall | None) -> CaseDefinitions:
    """What a new case runs by: of a call what it pinned. Raises Refused where it is a call of another flow or region."""
    if call is None:
        return queries.definitions_for(flow, region)
    if call.flow != flow or call.region_id != region.pk:
        raise Refused(say("这一批不受理这里的这类事项。"))
    return definitions_of_call(call)


def definitions_of_call(call: CaseCall) -> CaseDefinitions:
    """What the cases of a call run by. Raises LookupError where its flow is gone."""
    return queries.definitions_pinned(call.flow_hash, call.forms)


def refuse_outside(call: CaseCall | None, today: date) -> None:
    """Refuse outside the time of a call, and before it was published."""
    if call is None:
        return
    if today < call.published_on:
        raise Refused(say("这一批还没有发布。"))
    may_apply(since=call.since, until=call.until, today=today).or_refuse()


def refuse_over_quota(
    call: CaseCall | None, definitions: CaseDefinitions, answers: Mapping[str, Any], organisation: Organisation | None
) -> None:
    """Refuse where a call or one of its quotas is full. Whoever asks holds the counter, so that two at once cannot both be the last."""
    if call is None:
        return
    standing = _counted(call)
    room_in_all(call.most, standing.count() if call.most is not None else 0).or_refuse()
    for each in quotas(call.quotas):
        if each.field == ORGANISATION:
            mine, held = (str(organisation.key) if organisation else ""), standing.filter(organisation=organisation)
            name: Any = say("申报单位")
            words = organisation.name if organisation else ""
        else:
            mine = answers.get(each.field) or ""
            held = standing.filter(steps__number=1, **{f"steps__answers__{each.field}": mine})
            asked = definitions.asked.get(each.field)
            name = asked.label if asked is not None else each.field
            words = _words(asked, str(mine))
        if mine and each.value in ("", mine):
            limit = CallQuota(each.field, each.most, str(mine), each.words or words)
            room_left(limit, held.count(), name).or_refuse()


def _words(asked: FormField | None, answer: str) -> str:
    """How an answer that is limited reads."""
    if asked is not None and asked.type is FieldType.ORGANISATION:
        return Organisation.objects.filter(key=answer).values_list("name", flat=True).first() or ""
    if asked is not None and asked.type is FieldType.REGION:
        return Region.objects.filter(code=answer).values_list("name", flat=True).first() or ""
    if asked is not None and asked.list and (found := registry.term(asked.list, answer)) is not None:
        return found.label.zh
    return ""


def _counted(call: CaseCall) -> QuerySet[Case]:
    """The cases of a call that take a place in it."""
    gone = CaseStep.objects.filter(case__call=call, seq_to__isnull=True, ended__in=LEFT)
    return Case.objects.filter(call=call).exclude(pk__in=gone.values("case"))


# ── who sees which ──────────────────────────────────────────────────────────────────────────────────────────────────


def calls_seen(user: User, *, today: date) -> QuerySet[CaseCall]:
    """The calls somebody may see: those of their bureau, and for whoever applies for a firm or in their own name the published ones of
    their region and of those above."""
    allowed = registry.scope(user, CasePermission.READ).at_home
    seen = registry.in_scope(allowed, organisation="") if allowed.ranges else Q(pk__in=())
    if registry.has(user, CasePermission.APPLY):
        places = [region.pk for region in registry.own_regions(user)]
        places += [person.region_id for person in registry.own_persons(user) if person.region_id is not None]
        seen |= Q(region__in=_and_above(places), published_on__lte=today)
    return CaseCall.objects.filter(seen)


def _and_above(places: Sequence[int]) -> set[int]:
    """Regions and those above them; a query for each level there is."""
    found, level = set(places), set(places)
    while level:
        above = Region.objects.filter(pk__in=level, parent__isnull=False).values_list("parent", flat=True)
        level = {each for each in above if each is not None} - found
        found |= level
    return found


def calls_listed(user: User, *, today: date) -> QuerySet[CaseCall]:
    """The calls somebody may see. ``turn``: by it those that are not over come first, the first to end first; then the last to have ended."""
    ends = ExtractYear("until") * 10_000 + ExtractMonth("until") * 100 + ExtractDay("until")
    turn = Case_(When(until__gte=today, then=ends), default=2 * 10**8 - ends, output_field=IntegerField())
    return calls_seen(user, today=today).select_related("region").annotate(turn=turn)


def calls_open(user: User, *, today: date) -> list[CaseCall]:
    """Those under which somebody may apply on a day for a firm of theirs or in their own name, the first to end first."""
    found = calls_listed(user, today=today).filter(since__lte=today, until__gte=today)
    return [each for each in found.order_by("until", "pk") if is_of_applicant(user, each.flow)]


def flows_called(user: User) -> list[Flow]:
    """The flows of the calls somebody may see, by their words."""
    codes = set(calls_seen(user, today=timezone.localdate()).order_by().values_list("flow", flat=True))
    return sorted((each for each in flows_to_call() if each.code in codes), key=lambda each: each.label.zh)


def flows_to_call() -> list[Flow]:
    """The flows that a call may be made for."""
    return [loaded.value for _key, loaded in sorted(registry.catalogue("flow").items())]


def call_for(user: User, key: UUID, *, today: date) -> CaseCall:
    """A call somebody may see, or 404."""
    found = calls_seen(user, today=today).select_related("region", "made_by").filter(key=key).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class StandingCount:
    """How many cases of a call stand at a step, or have ended so."""

    stands: str
    ended: str
    count: int


def standing_counts(user: User, call: CaseCall) -> list[StandingCount]:
    """The cases of a call that somebody may see, by where they stand."""
    mine = queries.cases_seen(user).filter(call=call)
    rows = CaseStep.objects.filter(case__in=mine, seq_to__isnull=True).order_by("stands", "ended")
    counted = rows.values("stands", "ended").annotate(count=Count("pk"))
    return [StandingCount(each["stands"], each["ended"], each["count"]) for each in counted]
