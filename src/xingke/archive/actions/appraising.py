"""Appraising 鉴定 volumes whose term is over: keeping one longer, or destroying it, which takes two.

Destroyed is what the archive kept: nobody opens its files any more, and nothing here holds them. The catalogue, the signed manifest and who
decided stay for good 销毁清册; the cases and documents themselves are none of the archive's and stay as they are.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.archive import queries, rules
from xingke.archive.actions import require_at_home
from xingke.archive.models import ArchiveVolume, VolumeAppraisal
from xingke.archive.permissions import ArchivePermission
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import say

MOST = 500  # letters of a reason


@dataclass(frozen=True, kw_only=True)
class NewAppraisal:
    """What is decided of a volume. term: for how much longer it is kept, of the scheme; "" for destroying it."""

    volume: ArchiveVolume
    term: str
    reason: str
    key: UUID = field(default_factory=new_key)


def appraise(*, new: NewAppraisal, by: User, now: datetime) -> VolumeAppraisal:
    """Keep a volume for another term, from the end of the last; or ask that it be destroyed, which another account does.

    Raises Refused for a volume whose term is not over, for one that waits already, and where a case in it goes on.
    """
    volume, reason = new.volume, new.reason.strip()
    terms = queries.scheme_of(volume.region).terms()
    if new.term and new.term not in terms:
        raise Refused(say("保管期限请从列表里选。"))
    if not reason or len(reason) > MOST:
        raise Refused(say("请写明鉴定意见，最多%(most)s字。", most=MOST))
    code = "volume.kept-longer" if new.term else "volume.to-destroy"
    with act(by=by, now=now, code=code, kind="volume", target=str(volume.key), reason=reason) as done:
        done.lock()
        require_at_home(by, ArchivePermission.KEEP, volume.region)
        if there := pressed_before(VolumeAppraisal, new.key, volume=volume, term=new.term, reason=reason, made_by=by):
            done.nothing()
            return there
        _refuse_unripe(volume, now)
        if new.term:
            assert volume.kept_until is not None
            volume.kept_until = rules.kept_until(volume.kept_until.year, terms[new.term].years)
            volume.save(update_fields=["kept_until"])
        else:
            _refuse_needed(volume)
        found = VolumeAppraisal(
            key=new.key,
            volume=volume,
            term=new.term,
            kept_until=volume.kept_until if new.term else None,
            reason=reason,
            made_at=now,
            made_by=by,
            seq=done.seq,
        )
        found.save()
        done.says(number=volume.number)
    return found


def destroy(*, appraisal: VolumeAppraisal, way: str, by: User, now: datetime) -> VolumeAppraisal:
    """Destroy a volume: another than whoever asked for it, who says in which way. Both stand on the list."""
    way = way.strip()
    if not way or len(way) > MOST:
        raise Refused(say("请写明销毁的方式，最多%(most)s字。", most=MOST))
    with act(by=by, now=now, code="volume.destroyed", kind="volume", target=str(appraisal.volume.key)) as done:
        volume = _waiting(appraisal, by, done)
        _refuse_unripe(volume, now, but=appraisal)
        _refuse_needed(volume)
        appraisal.done_at, appraisal.done_by, appraisal.way = now, by, way
        appraisal.save()
        volume.state = ArchiveVolume.State.DESTROYED
        volume.save(update_fields=["state"])
        done.says(number=volume.number, digest=volume.digest)
    return appraisal


def spare(*, appraisal: VolumeAppraisal, reason: str, by: User, now: datetime) -> VolumeAppraisal:
    """Do not destroy a volume; it waits to be appraised anew. Raises Refused without a reason."""
    reason = reason.strip()
    if not reason or len(reason) > MOST:
        raise Refused(say("请写明退回的原因。"))
    with act(
        by=by, now=now, code="volume.spared", kind="volume", target=str(appraisal.volume.key), reason=reason
    ) as done:
        volume = _waiting(appraisal, by, done)
        appraisal.spared_at, appraisal.spared_by, appraisal.spared_because = now, by, reason
        appraisal.save()
        done.says(number=volume.number)
    return appraisal


def _waiting(appraisal: VolumeAppraisal, by: User, done: Act) -> ArchiveVolume:
    done.lock()
    volume = appraisal.volume
    require_at_home(by, ArchivePermission.RECEIVE, volume.region)
    appraisal.refresh_from_db()
    if appraisal.made_by_id == by.pk:
        raise Refused(say("提请销毁的人不能自己监销，须由另一人办。"))
    if not appraisal.is_waiting:
        raise Refused(say("这一卷已经销毁或退回。"))
    return volume


def _refuse_unripe(volume: ArchiveVolume, now: datetime, *, but: VolumeAppraisal | None = None) -> None:
    """Raise Refused for a volume that is not to be appraised now. but: what waits for it already."""
    volume.refresh_from_db()
    if not volume.is_over(timezone.localtime(now).date()):
        raise Refused(say("案卷 %(number)s 还没有保管期满，不用鉴定。", number=volume.number))
    if volume.state == ArchiveVolume.State.HANDED:
        raise Refused(say("案卷 %(number)s 已经移交、还没有签收，先签收或退回。", number=volume.number))
    waiting = VolumeAppraisal.objects.waiting().filter(volume=volume)
    if (waiting.exclude(pk=but.pk) if but is not None else waiting).exists():
        raise Refused(say("案卷 %(number)s 已经提请销毁，等另一人监销。", number=volume.number))


def _refuse_needed(volume: ArchiveVolume) -> None:
    """Raise Refused where a case in a volume goes on: what it was when it was filed is needed still."""
    if (case := queries.case_going_on(volume)) is not None:
        raise Refused(say("卷内的事项 %(case)s 又在办理，不能销毁。", case=case.number or str(case.key)))
