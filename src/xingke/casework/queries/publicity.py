"""Publicity: the reads, scope included, and what everybody may see."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.casework import queries
from xingke.casework.models import CaseStep, Objection, Publicity, PublicityItem
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.waiting import regions_of_bureau, waiting_for
from xingke.casework.rules.flows import Through
from xingke.registry.models import Region


def publicity_seen(user: User) -> QuerySet[Publicity]:
    """The publicity of somebody's own bureau."""
    return Publicity.objects.filter(regions_of_bureau(user, CasePermission.READ))


def publicity_listed(user: User) -> QuerySet[Publicity]:
    """The same with how many cases each has and how many objections are open, the newest first."""
    open_still = Q(objections__answered_at__isnull=True, objections__isnull=False)
    return (
        publicity_seen(user)
        .select_related("region")
        .annotate(
            item_count=Count("items", distinct=True),
            objection_count=Count("objections", distinct=True),
            open_count=Count("objections", filter=open_still, distinct=True),
        )
        .order_by("-until", "-pk")
    )


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


def cases_to_publish(user: User, region: Region, flow: str = "") -> QuerySet[CaseStep]:
    """The newest steps of the cases of a region that stand before a publicity, the longest waiting first."""
    seen = queries.cases_seen(user).filter(region=region)
    where = Q(region=region, case__in=seen)
    waiting = waiting_for(Through.PUBLICITY, where & Q(flow=flow) if flow else where)
    return waiting.select_related("case__organisation").order_by("taken_at", "pk")


def chosen(user: User, region: Region, keys: Sequence[UUID]) -> list[CaseStep]:
    """Of those the ones with some keys."""
    return list(cases_to_publish(user, region).filter(case__key__in=keys))


def public_now(today: date) -> QuerySet[Publicity]:
    """What everybody may see on a day: what is under publicity, and nothing of what was."""
    return Publicity.objects.filter(since__lte=today, until__gte=today).select_related("region").order_by("until", "pk")


def public_publicity(key: UUID, today: date) -> Publicity:
    """One of those, or 404."""
    found = public_now(today).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def ends_on(user: User, day: date) -> int:
    """How many of a bureau's end on a day."""
    return Publicity.objects.filter(regions_of_bureau(user, CasePermission.READ), until=day).count()


def objections_open(user: User) -> int:
    """How many objections of a bureau were not answered yet."""
    theirs = Publicity.objects.filter(regions_of_bureau(user, CasePermission.READ))
    return Objection.objects.filter(publicity__in=theirs, answered_at__isnull=True).count()
