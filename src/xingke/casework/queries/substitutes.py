"""Who stands in for whom AB岗: the reads. Asks no other read of cases, which ask it."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.casework.models import Substitution
from xingke.casework.permissions import CasePermission
from xingke.ledger.queries.caching import kept_beside
from xingke.registry import queries as registry
from xingke.registry.models import Grant, Region
from xingke.registry.rules import Scope


def standing_on(day: date) -> Q:
    """The filter of those of a day that were not ended before their time."""
    return Q(ended_at__isnull=True, since__lte=day, until__gte=day)


def in_force(on: date) -> QuerySet[Substitution]:
    """Those of a day that were not ended before their time."""
    return Substitution.objects.filter(standing_on(on))


def stood_in_for(user: User, on: date) -> frozenset[int]:
    """The accounts whose substitute somebody is on a day. Not those for whom these stand in themselves: nothing is handed on."""
    return frozenset(each.user_id for each in own_substitutions(user, on) if each.substitute_id == user.pk)


def own_substitutions(user: User, on: date) -> list[Substitution]:
    """Where somebody stands in for another on a day, or another for them, the first to end first. One query, kept until an act."""
    mine = in_force(on).filter(Q(user=user) | Q(substitute=user))
    listed = mine.select_related("user", "substitute").order_by("until", "pk")
    return kept_beside(user, f"substitutions:{on}", lambda: list(listed))


def substitutes_on(on: date) -> dict[int, User]:
    """Who stands in on a day, by the account they stand in for. One query."""
    return {each.user_id: each.substitute for each in in_force(on).select_related("substitute")}


def substitutions_seen(user: User) -> QuerySet[Substitution]:
    """Those of the bureaus somebody works for, of the regions in which they give roles, and their own; the newest first."""
    accounts = _accounts(
        registry.scope(user, CasePermission.READ).at_home, registry.scope(user, Permission.GRANT_MANAGE)
    )
    seen = Substitution.objects.filter(Q(user__in=accounts) | Q(user=user) | Q(substitute=user))
    return seen.select_related("user", "substitute", "made_by", "ended_by")


def substitution_for(user: User, key: UUID) -> Substitution:
    """One of them that somebody may end, or 404."""
    found = substitutions_seen(user).filter(key=key).first()
    if found is None or not may_name_for(user, found.user):
        raise Http404
    return found


def may_name_for(by: User, user: User) -> bool:
    """Whether somebody names the substitute of an account: their own, where they work for a bureau; that of whom they lead or give roles."""
    if by.pk == user.pk:
        return bool(bureaus(by))
    return any(each.pk == user.pk for each in to_be_named_for(by))


def to_be_named_for(by: User) -> list[User]:
    """The accounts whose substitute somebody may name, by name: themselves, those they lead, those they give roles."""
    leads = registry.scope(by, CasePermission.MANAGE).at_home
    gives = registry.scope(by, Permission.GRANT_MANAGE)
    named = User.objects.filter(pk__in=_accounts(leads, gives), is_active=True)
    found = {each.pk: each for each in named} | ({by.pk: by} if bureaus(by) else {})
    return sorted(found.values(), key=lambda each: (each.pk != by.pk, each.name, each.pk))


def _accounts(*allowed: Scope) -> QuerySet[Grant, Any]:
    """The accounts that hold a role for a bureau with which cases are seen, in some scopes."""
    where = Q(pk__in=())
    for each in allowed:
        if each.ranges:
            where |= registry.in_scope(each, organisation="")
    return _grants(where).values("user")


def _grants(where: Q) -> QuerySet[Grant]:
    """The grants in force of a role for a bureau with which cases are seen."""
    seeing = [code for code, role in registry.roles().items() if CasePermission.READ.value in role.permissions]
    found = Grant.objects.filter(registry.FOR_A_REGION, where, role__in=seeing, revoked_at__isnull=True)
    return found.order_by()


def bureaus(user: User) -> list[Region]:
    """The regions in which somebody sees cases as one of the bureau."""
    read = registry.scope(user, CasePermission.READ)
    return [each for each in registry.bureaus_of(user) if read.is_home(each.path)]


def works_beside(user: User, other: User) -> bool:
    """Whether somebody sees the cases of a bureau another works for: whoever does not could do nothing in their place."""
    read = registry.scope(other, CasePermission.READ)
    return any(read.is_home(each.path) for each in bureaus(user))


def colleagues_of(users: Iterable[User]) -> list[User]:
    """The accounts in use that see the cases of a bureau one of some accounts works for: from whom a substitute is chosen. By name."""
    own = _grants(Q(user__in=list(users)))
    there = _grants(Q(region__in=own.values("region")))
    found = User.objects.filter(pk__in=there.values("user"), is_active=True)
    return list(found.order_by("name", "pk"))
