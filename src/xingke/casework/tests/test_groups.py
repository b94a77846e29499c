"""Working groups and joint meetings: who belongs to one on a day, by which document; what it has to do; and no rights."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.http import Http404

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused
from xingke.casework.actions.groups import ByDocument, NewGroup, change_members, charge, duty_done, set_up_group
from xingke.casework.models import GroupChange, GroupMember, WorkingGroup
from xingke.casework.queries.groups import changes_of, counts_of, group_for, groups_seen, members_on
from xingke.casework.rules.groups import GroupKind, GroupPost, Seat

pytestmark = pytest.mark.db

MARCH, MAY = date(2026, 3, 1), date(2026, 5, 1)
LEAD = Seat(GroupPost.LEAD, "王一", "副县长")
OFFICE = Seat(GroupPost.OFFICE, "县科技局")
SECOND, THIRD = Seat(GroupPost.MEMBER, "李二", "财政局"), Seat(GroupPost.MEMBER, "赵三", "发改局")


def document(seats: Sequence[Seat], *, on: date = MARCH, number: str = "青政办发〔2026〕3号") -> ByDocument:
    return ByDocument(document_number=number, on=on, seats=seats)


def set_up(cast: Cast, **given: object) -> WorkingGroup:
    new = {
        "region": cast.county,
        "kind": GroupKind.WORKING_GROUP,
        "name": "科技创新工作专班",
        "first": document([LEAD, SECOND, OFFICE]),
        **given,
    }
    return set_up_group(new=NewGroup(**new), by=cast.officer, now=NOW)  # type: ignore[arg-type]  # as given


def change(cast: Cast, group: WorkingGroup, wanted: ByDocument, *, seen: int = 0) -> GroupChange:
    last = group.changes.order_by("-pk").first()
    return change_members(group=group, wanted=wanted, seen=seen or last.pk, by=cast.officer, now=NOW)


def names(group: WorkingGroup, on: date) -> list[str]:
    return [row.name for row in members_on(group, on)]


def test_who_belonged_to_it_on_a_day_is_known_for_every_day(cast: Cast) -> None:
    group = set_up(cast)
    change(cast, group, document([LEAD, THIRD, OFFICE], on=MAY, number="青政办发〔2026〕9号"))
    assert names(group, MARCH - timedelta(days=1)) == []
    assert names(group, MARCH) == names(group, MAY - timedelta(days=1)) == ["王一", "李二", "县科技局"]
    assert names(group, MAY) == ["王一", "赵三", "县科技局"]
    assert GroupMember.objects.filter(group=group, name="王一").count() == 1  # who stays is not written anew
    (_row, came, left), _first = changes_of(group)
    assert ([each.name for each in came], [each.name for each in left]) == (["赵三"], ["李二"])


def test_who_gets_another_post_has_it_from_the_document_on(cast: Cast) -> None:
    group = set_up(cast)
    change(cast, group, document([LEAD, Seat(GroupPost.DEPUTY, "李二", "财政局"), OFFICE], on=MAY, number="9号"))
    posts = [{row.name: row.post for row in members_on(group, day)}["李二"] for day in (MARCH, MAY)]
    assert posts == ["member", "deputy"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (document([LEAD, SECOND, OFFICE], number="9号"), "人员没有变动"),
        (document([SECOND], number="9号"), "由谁牵头"),
        (document([LEAD], number=" "), "请写文号"),
        (document([LEAD], on=MARCH - timedelta(days=1), number="9号"), "不能早于它"),
    ],
)
def test_what_is_no_change_is_refused_and_nothing_is_written(cast: Cast, wanted: ByDocument, said: str) -> None:
    group = set_up(cast)
    with pytest.raises(Refused, match=said):
        change(cast, group, wanted)
    assert names(group, MARCH) == ["王一", "李二", "县科技局"]
    assert group.changes.count() == 1


def test_a_second_press_does_nothing_and_an_old_page_is_refused(cast: Cast) -> None:
    new = {"key": NewGroup(region=cast.county, kind=GroupKind.JOINT_MEETING, name="x", first=document([LEAD])).key}
    assert set_up(cast, **new) == set_up(cast, **new)
    group = WorkingGroup.objects.get()
    seen = group.changes.get().pk
    wanted = document([LEAD, THIRD], on=MAY, number="9号")
    assert change(cast, group, wanted, seen=seen) == change(cast, group, wanted, seen=seen)
    with pytest.raises(Refused, match="人员已经变动"):
        change(cast, group, document([LEAD], on=MAY, number="10号"), seen=seen)
    assert AuditEntry.objects.filter(action__startswith="group.").count() == 2


def test_what_it_has_to_do_has_a_day_and_is_done_once(cast: Cast) -> None:
    group = set_up(cast)
    rows = [
        charge(group=group, text="编制方案", who="县科技局", due=MAY, by=cast.officer, now=NOW) for _press in range(2)
    ]
    assert rows[0] == rows[1]
    with pytest.raises(Refused, match="请写明任务和由谁办"):
        charge(group=group, text="编制方案", who=" ", due=MAY, by=cast.officer, now=NOW)
    assert counts_of([group.pk]) == {group.pk: (3, 1, MAY)}
    for _press in range(2):
        done = duty_done(duty=rows[0], by=cast.director, now=NOW)
    assert (done.done_on, done.done_by) == (date(2026, 3, 2), cast.director)
    assert counts_of([group.pk]) == {group.pk: (3, 0, None)}
    assert AuditEntry.objects.filter(action="group.duty-done").count() == 1


def test_only_the_bureau_sees_and_keeps_it(cast: Cast) -> None:
    """Who stands in it gets nothing by that: it names no account."""
    group = set_up(cast)
    assert {name for name, user in cast.users.items() if groups_seen(user).exists()} == {"officer", "director"}
    for user in (cast.neighbour, cast.superior, cast.enterprise, cast.stranger, cast.security):
        with pytest.raises(Http404):
            group_for(user, group.key)
        with pytest.raises(Refused, match="由那里的局办"):
            set_up_group(
                new=NewGroup(region=cast.county, kind=GroupKind.WORKING_GROUP, name="x", first=document([LEAD])),
                by=user,
                now=NOW,
            )
        with pytest.raises(Refused, match="由那里的局办"):
            charge(group=group, text="x", who="x", due=MAY, by=user, now=NOW)
    assert not {field.name for field in GroupMember._meta.get_fields()} & {"user", "account", "person"}
