"""Working groups and joint meetings: setting one up, changing who belongs to it by a document, what it has to do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.models import GroupChange, GroupDuty, GroupMember, WorkingGroup
from xingke.casework.queries.common import PREPARES, require_home
from xingke.casework.queries.groups import members_now, seats
from xingke.casework.rules.groups import GroupKind, Seat, changed, may_be_seated
from xingke.registry.models import Region


@dataclass(frozen=True, kw_only=True)
class ByDocument:
    """Who belongs to a group by a document, from a day on."""

    document_number: str
    on: date
    seats: Sequence[Seat]


@dataclass(frozen=True, kw_only=True)
class NewGroup:
    """A group to be set up. key: the same from one page, so that a second press sets up none."""

    region: Region
    kind: GroupKind
    name: str
    first: ByDocument
    key: UUID = field(default_factory=new_key)


def set_up_group(*, new: NewGroup, by: User, now: datetime) -> WorkingGroup:
    """Set up a group with its first members. Raises Refused."""
    require_home(by, new.region, *PREPARES)
    if not new.name.strip():
        raise Refused(say("请写名称。"))
    _refuse_document(new.first)
    with act(by=by, now=now, code="group.set-up", kind="group", target=str(new.key)) as done:
        done.lock()
        if there := pressed_before(
            WorkingGroup, new.key, region=new.region, kind=new.kind.value, name=new.name.strip(), made_by=by
        ):
            done.nothing()
            return there
        group = WorkingGroup.objects.create(
            key=new.key,
            region=new.region,
            kind=new.kind.value,
            name=new.name.strip(),
            is_fictional=new.region.is_fictional,
            seq=done.seq,
            made_at=now,
            made_by=by,
        )
        _write(group, new.first, by, now, done)
    return group


def change_members(*, group: WorkingGroup, wanted: ByDocument, seen: int, by: User, now: datetime) -> GroupChange:
    """Say who belongs to a group from now on. seen: the last change that was seen of it, by id. Whoever keeps their post stays as they were.

    Raises Refused where somebody changed it meanwhile, where nothing changes, and for a day before the last change. The same once more gives
    back the first.
    """
    require_home(by, group.region, *PREPARES)
    _refuse_document(wanted)
    with act(by=by, now=now, code="group.changed", kind="group", target=str(group.key)) as done:
        done.lock()
        last = group.changes.order_by("-pk").first()
        if last is not None and last.pk != seen:
            if (last.document_number, last.on, last.made_by_id) == (wanted.document_number.strip(), wanted.on, by.pk):
                done.nothing()
                return last
            raise Refused(say("在您打开页面之后，人员已经变动，请刷新后再看。"))
        if last is not None and wanted.on < last.on:
            raise Refused(say("上一次变动自%(day)s起，不能早于它。", day=last.on.isoformat()))
        return _write(group, wanted, by, now, done)


def _refuse_document(wanted: ByDocument) -> None:
    if not wanted.document_number.strip():
        raise Refused(say("请写文号：人员变动要凭文件。"))
    may_be_seated(wanted.seats).or_refuse()


def _write(group: WorkingGroup, wanted: ByDocument, by: User, now: datetime, done: Act) -> GroupChange:
    there = members_now(group)
    leaving, coming = changed(seats(there), wanted.seats)
    if not leaving and not coming:
        raise Refused(say("人员没有变动。"))
    change = GroupChange.objects.create(
        group=group,
        document_number=wanted.document_number.strip(),
        on=wanted.on,
        seq=done.seq,
        made_at=now,
        made_by=by,
    )
    gone = [row.pk for row, seat in zip(there, seats(there), strict=True) if seat in leaving]
    GroupMember.objects.filter(pk__in=gone).update(left=change)
    places = {seat: place for place, seat in enumerate(wanted.seats)}
    GroupMember.objects.bulk_create(
        GroupMember(group=group, post=seat.post.value, place=places[seat], name=seat.name, of=seat.of, came=change)
        for seat in coming
    )
    done.says(document_number=change.document_number, on=change.on.isoformat(), came=len(coming), gone=len(gone))
    return change


def charge(*, group: WorkingGroup, text: str, who: str, due: date, by: User, now: datetime) -> GroupDuty:
    """Give a group something to do until a day. The same once more gives back the first. Raises Refused."""
    require_home(by, group.region, *PREPARES)
    if not text.strip() or not who.strip():
        raise Refused(say("请写明任务和由谁办。"))
    with act(by=by, now=now, code="group.charged", kind="group", target=str(group.key)) as done:
        done.lock()
        same = group.duties.filter(text=text.strip(), who=who.strip(), due=due, done_on__isnull=True).first()
        if same is not None:
            done.nothing()
            return same
        made: GroupDuty = group.duties.create(text=text.strip(), who=who.strip(), due=due, seq=done.seq, made_by=by)
        done.says(due=due.isoformat())
    return made


def duty_done(*, duty: GroupDuty, by: User, now: datetime) -> GroupDuty:
    """Say that it was done. A second press does nothing. Raises Refused."""
    require_home(by, duty.group.region, *PREPARES)
    with act(by=by, now=now, code="group.duty-done", kind="group", target=str(duty.group.key)) as done:
        done.lock()
        row = GroupDuty.objects.get(pk=duty.pk)
        if row.done_on is not None:
            done.nothing()
            return row
        row.done_on, row.done_by = timezone.localtime(now).date(), by
        row.save(update_fields=["done_on", "done_by"])
    return row
