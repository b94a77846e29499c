"""What somebody keeps of a list: its columns, and views of it, their own and those shared in their bureau; the reads."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.http import Http404

from xingke.accounts.models import User
from xingke.registry.models import Grant, SavedView
from xingke.registry.queries import FOR_A_REGION, bureaus_of


@dataclass(frozen=True)
class KeptViews:
    """Of one list: the views a reader finds above it, their own first, and the columns they chose, by their codes."""

    views: list[SavedView] = field(default_factory=list)
    columns: str = ""


def kept_of(user: User, code: str) -> KeptViews:
    """What a reader keeps of a list. One query, one more where colleagues share any.

    What a colleague shared is found while they work in that bureau: afterwards nobody there could change it or take it away.
    """
    shared = Q(region__in=[region.pk for region in bureaus_of(user)])
    found = list(SavedView.objects.filter(Q(owner=user) | shared, list=code).order_by("name", "pk"))
    own = [each for each in found if each.owner_id == user.pk]
    columns = next((each.query for each in own if not each.name), "")
    others = _of_colleagues([each for each in found if each.owner_id != user.pk])
    return KeptViews([*(each for each in own if each.name), *others], columns)


def _of_colleagues(shared: list[SavedView]) -> list[SavedView]:
    """The views whose owners still work in the bureau they share them in."""
    if not shared:
        return []
    posts = Grant.objects.filter(
        FOR_A_REGION, user__in={each.owner_id for each in shared}, revoked_at__isnull=True, user__is_active=True
    )
    working = set(posts.values_list("user", "region"))
    return [each for each in shared if (each.owner_id, each.region_id) in working]


def view_to_change(user: User, pk: int) -> SavedView:
    """One's own view, or 404: another's does not exist."""
    found = SavedView.objects.filter(pk=pk, owner=user).exclude(name="").first()
    if found is None:
        raise Http404
    return found
