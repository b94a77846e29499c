"""Who may see the addresses of substitutes, hand-overs, working groups and links."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from tests.access import NEXT_DOOR, Row, World
from tests.cast import NOW
from xingke.casework.actions.groups import ByDocument, NewGroup, change_members, charge, set_up_group
from xingke.casework.actions.links import link_cases
from xingke.casework.models import Case
from xingke.casework.rules.groups import GroupKind, GroupPost, Seat
from xingke.casework.rules.links import LinkKind
from xingke.casework.tests.posting import TODAY, stand_in

BUREAU = frozenset({"officer", "director"})
ANY_BUREAU = BUREAU | NEXT_DOOR


def furnish(world: World) -> Mapping[str, Any]:
    """The officer stands in for the director today; a group that was changed once, with a duty; two cases that hang together."""
    cast = world.cast
    substitution = stand_in(cast.director, cast.officer, since=timezone.localdate(), now=timezone.now())
    lead, member = Seat(GroupPost.LEAD, "王一", "副县长"), Seat(GroupPost.MEMBER, "李二")
    new = NewGroup(
        region=cast.county,
        kind=GroupKind.WORKING_GROUP,
        name="科技创新工作专班",
        first=ByDocument(document_number="青政办发〔2026〕3号", on=TODAY, seats=[lead]),
    )
    group = set_up_group(new=new, by=cast.officer, now=NOW)
    wanted = ByDocument(document_number="青政办发〔2026〕9号", on=TODAY, seats=[lead, member])
    change_members(group=group, wanted=wanted, seen=group.changes.get().pk, by=cast.officer, now=NOW)
    duty = charge(group=group, text="编制方案", who="县科技局", due=TODAY, by=cast.officer, now=NOW)
    first, second = Case.objects.filter(organisation=cast.firm, parent=None).order_by("pk")[:2]
    link = link_cases(case=first, other=second, kind=LinkKind.LATER, by=cast.officer, now=NOW)
    return {"substitution": substitution, "group": group, "group_duty": duty, "case_link": link}


def _group(world: World) -> dict[str, Any]:
    return {"key": world.group.key}


def _link(world: World) -> dict[str, Any]:
    return {"key": world.case_link.case.key}


ROWS = {
    "substitute-list": Row(ANY_BUREAU | {"security"}),
    "substitute-new": Row(ANY_BUREAU | {"security"}),
    "substitute-end": Row(
        frozenset({"director", "security"}), lambda world: {"key": world.substitution.key}, posts_only=True
    ),
    "hand-over": Row(ANY_BUREAU),
    "group-list": Row(ANY_BUREAU),
    "group-new": Row(ANY_BUREAU),
    "group": Row(BUREAU, _group),
    "group-change": Row(BUREAU, _group),
    "duty-new": Row(BUREAU, _group, posts_only=True),
    "duty-done": Row(BUREAU, lambda world: {**_group(world), "pk": world.group_duty.pk}, posts_only=True),
    "link-new": Row(BUREAU, _link),
    "link-end": Row(BUREAU, lambda world: {**_link(world), "pk": world.case_link.pk}, posts_only=True),
}
