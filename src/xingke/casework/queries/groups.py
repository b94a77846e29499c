"""Working groups and joint meetings: the reads. The bureau sees its own."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.casework.models import GroupDuty, GroupMember, WorkingGroup
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import regions_of_bureau
from xingke.casework.rules.groups import GroupPost, Seat

POSTS = list(GroupPost)


def groups_seen(user: User) -> QuerySet[WorkingGroup]:
    """Those of the bureaus whose cases somebody sees."""
    return WorkingGroup.objects.filter(regions_of_bureau(user, CasePermission.READ)).select_related("region")


def counts_of(groups: Collection[int]) -> dict[int, tuple[int, int, date | None]]:
    """How many belong to some groups, how much they have to do still, and the first day of that, by id. Two queries."""
    members = GroupMember.objects.filter(group__in=groups, left__isnull=True).order_by().values("group")
    duties = GroupDuty.objects.filter(group__in=groups, done_on__isnull=True).order_by().values("group")
    left = {each["group"]: (each["n"], each["due"]) for each in duties.annotate(n=Count("pk"), due=Min("due"))}
    count = {each["group"]: each["n"] for each in members.annotate(n=Count("pk"))}
    return {group: (count.get(group, 0), *left.get(group, (0, None))) for group in groups}


def with_member(text: str) -> QuerySet[GroupMember, Any]:
    """The ids of the groups to which somebody or some body of a name belongs."""
    named = Q(name__icontains=text) | Q(of__icontains=text)
    return GroupMember.objects.filter(named, left__isnull=True).order_by().values("group")


def group_for(user: User, key: UUID) -> WorkingGroup:
    """One of them, or 404."""
    found = groups_seen(user).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def members_on(group: WorkingGroup, on: date) -> list[GroupMember]:
    """Who belonged to a group on a day, the highest post first."""
    rows = group.members.filter(Q(left__isnull=True) | Q(left__on__gt=on), came__on__lte=on).select_related("came")
    return in_order(rows)


def members_now(group: WorkingGroup) -> list[GroupMember]:
    """Who belongs to it by its last document, even where that counts from a later day on."""
    return in_order(group.members.filter(left__isnull=True))


def in_order(rows: Iterable[GroupMember]) -> list[GroupMember]:
    """By post, then as the document names them."""
    return sorted(rows, key=lambda row: (POSTS.index(GroupPost(row.post)), row.place, row.pk))


def seats(rows: Iterable[GroupMember]) -> list[Seat]:
    """Members as rules know them."""
    return [Seat(GroupPost(row.post), row.name, row.of) for row in rows]


def changes_of(group: WorkingGroup) -> Sequence[tuple[object, list[GroupMember], list[GroupMember]]]:
    """Each document with who came and who left by it, the newest first."""
    rows = group.changes.select_related("made_by").prefetch_related("came", "left").order_by("-on", "-pk")
    return [(row, in_order(row.came.all()), in_order(row.left.all())) for row in rows]


def duty_of(group: WorkingGroup, pk: int) -> GroupDuty:
    """Something a group has to do, or 404."""
    found = group.duties.filter(pk=pk).select_related("group__region").first()
    if found is None:
        raise Http404
    return found
