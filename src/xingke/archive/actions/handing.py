"""Handing volumes over by one list, and signing for them: two accounts, two acts, each of the whole list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.archive.actions import require_at_home
from xingke.archive.models import ArchiveHandOver, ArchiveVolume, HandedVolume
from xingke.archive.permissions import ArchivePermission
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import say

MOST = 200  # volumes of one list


@dataclass(frozen=True, kw_only=True)
class NewHandOver:
    """Volumes to be handed over. to: who receives them, in words; on: the day."""

    volumes: Sequence[ArchiveVolume]
    to: str
    on: date
    note: str = ""
    key: UUID = field(default_factory=new_key)


def hand_over(*, new: NewHandOver, by: User, now: datetime) -> ArchiveHandOver:
    """Hand closed volumes of one bureau over; all of them or none. Raises Refused with the volume that cannot be."""
    if not new.volumes:
        raise Refused(say("请先选定要移交的案卷。"))
    if len(new.volumes) > MOST:
        raise Refused(say("一张清单最多移交%(most)s卷，选定了%(there)s卷。", most=MOST, there=len(new.volumes)))
    region = new.volumes[0].region
    if any(each.region_id != region.pk for each in new.volumes):
        raise Refused(say("一张清单只移交一个区划的案卷。"))
    if not new.to.strip():
        raise Refused(say("请填接收单位。"))
    with act(by=by, now=now, code="archive.handed-over", kind="hand-over", target=str(new.key)) as done:
        done.lock()
        require_at_home(by, ArchivePermission.KEEP, region)
        if there := pressed_before(
            ArchiveHandOver, new.key, region=region, to=new.to.strip(), on=new.on, note=new.note.strip(), handed_by=by
        ):
            done.nothing()
            return there
        for each in new.volumes:
            each.refresh_from_db()
            if each.state != ArchiveVolume.State.CLOSED:
                state = str(ArchiveVolume.State(each.state).label)
                raise Refused(say("案卷 %(number)s %(state)s，不能移交。", number=each.number, state=state))
            if each.closed_at is not None and new.on < timezone.localtime(each.closed_at).date():
                raise Refused(say("移交日期早于案卷 %(number)s 封卷的日子。", number=each.number))
        last = (
            ArchiveHandOver.objects.filter(region=region, year=new.on.year).aggregate(last=Max("ordinal"))["last"] or 0
        )
        found = ArchiveHandOver(
            key=new.key,
            number=f"YJ-{region.code}-{new.on.year}-{last + 1:03}",
            region=region,
            year=new.on.year,
            ordinal=last + 1,
            to=new.to.strip(),
            on=new.on,
            note=new.note.strip(),
            is_fictional=region.is_fictional,
            handed_at=now,
            handed_by=by,
            seq=done.seq,
        )
        found.save()
        HandedVolume.objects.bulk_create(HandedVolume(hand_over=found, volume=each) for each in new.volumes)
        _move(found, ArchiveVolume.State.HANDED)
        done.says(count=len(new.volumes), number=found.number, receiver=found.to)
    return found


def receive(*, hand_over: ArchiveHandOver, count: int, on: date, note: str, by: User, now: datetime) -> ArchiveHandOver:
    """Sign for a list: another than whoever handed it over, who counted the volumes. Raises Refused where the count is another."""
    with act(by=by, now=now, code="archive.received", kind="hand-over", target=str(hand_over.key)) as done:
        _refuse_settled(hand_over, by, done)
        there = hand_over.volumes.count()
        if count != there:
            raise Refused(
                say("清单上是%(there)s卷，您点到%(count)s卷；请清点后再签收，或退回。", there=there, count=count)
            )
        if on < hand_over.on:
            raise Refused(say("签收日期早于移交日期。"))
        hand_over.received_at, hand_over.received_by = now, by
        hand_over.received_on, hand_over.received_note = on, note.strip()[:500]
        hand_over.save()
        _move(hand_over, ArchiveVolume.State.RECEIVED)
        done.says(count=there, number=hand_over.number)
    return hand_over


def decline(*, hand_over: ArchiveHandOver, reason: str, by: User, now: datetime) -> ArchiveHandOver:
    """Give a list back unsigned; its volumes may be handed over anew. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused(say("请写明退回的原因。"))
    with act(by=by, now=now, code="archive.declined", kind="hand-over", target=str(hand_over.key)) as done:
        _refuse_settled(hand_over, by, done)
        hand_over.declined_at, hand_over.declined_by, hand_over.declined_because = now, by, reason.strip()[:500]
        hand_over.save()
        _move(hand_over, ArchiveVolume.State.CLOSED)
        HandedVolume.objects.filter(hand_over=hand_over).update(is_standing=False)
        done.says(reason=hand_over.declined_because, number=hand_over.number)
    return hand_over


def _move(hand_over: ArchiveHandOver, state: ArchiveVolume.State) -> None:
    ArchiveVolume.objects.filter(handed__hand_over=hand_over).update(state=state)


def _refuse_settled(hand_over: ArchiveHandOver, by: User, done: Act) -> None:
    done.lock()
    require_at_home(by, ArchivePermission.RECEIVE, hand_over.region)
    hand_over.refresh_from_db()
    if hand_over.handed_by_id == by.pk:
        raise Refused(say("移交的人不能自己签收，须由另一人清点签收。"))
    if not hand_over.is_waiting:
        raise Refused(say("这张清单已经签收或退回。"))
