"""Substitutes AB岗: naming one for a span of days, and ending that before its time."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.models import Substitution
from xingke.casework.queries.substitutes import may_name_for, works_beside
from xingke.casework.rules.substitutes import DaySpan, may_be_named
from xingke.notices.actions import notify

NAMED = "substitute-named"  # the kind of notice
MOST_REASON = 200


@dataclass(frozen=True, kw_only=True)
class NewSubstitution:
    """Who is to stand in for whom, both days included. key: the same from one page, so that a second press names none."""

    user: User
    substitute: User
    since: date
    until: date
    reason: str = ""
    key: UUID = field(default_factory=new_key)


def name_substitute(*, new: NewSubstitution, by: User, now: datetime) -> Substitution:
    """Name a substitute. Raises Refused. It gives no right: the substitute does what they might be given themselves."""
    if not may_name_for(by, new.user):
        raise Refused(say("“%(name)s”由谁代，由本人或者他的负责人定。", name=new.user.name))
    if not new.substitute.is_active or (
        new.user.pk != new.substitute.pk and not works_beside(new.user, new.substitute)
    ):
        raise Refused(say("“%(name)s”在那里没有查看事项的权限，不能代。", name=new.substitute.name))
    if len(new.reason) > MOST_REASON:
        raise Refused(say("事由最多%(most)s字。", most=MOST_REASON))
    span = DaySpan(since=new.since, until=new.until)
    with act(by=by, now=now, code="substitute.named", kind="account", target=new.user.username) as done:
        done.lock()
        if there := pressed_before(
            Substitution,
            new.key,
            user=new.user,
            substitute=new.substitute,
            since=new.since,
            until=new.until,
            made_by=by,
        ):
            done.nothing()
            return there
        may_be_named(
            span,
            is_self=new.user.pk == new.substitute.pk,
            today=timezone.localtime(now).date(),
            of_user=_spans(new.user),
            of_substitute=_spans(new.substitute),
        ).or_refuse()
        made = Substitution.objects.create(
            key=new.key,
            user=new.user,
            substitute=new.substitute,
            since=new.since,
            until=new.until,
            reason=new.reason.strip(),
            seq=done.seq,
            made_at=now,
            made_by=by,
        )
        _tell(made, by, now)
        done.says(substitute=new.substitute.username, since=new.since.isoformat(), until=new.until.isoformat())
    return made


def end_substitution(*, substitution: Substitution, by: User, now: datetime) -> Substitution:
    """End it now, before its last day. A second press does nothing. Raises Refused."""
    if not may_name_for(by, substitution.user):
        raise Refused(say("“%(name)s”由谁代，由本人或者他的负责人定。", name=substitution.user.name))
    target = substitution.user.username
    with act(by=by, now=now, code="substitute.ended", kind="account", target=target) as done:
        done.lock()
        row = Substitution.objects.select_related("user", "substitute").get(pk=substitution.pk)
        if row.ended_at is not None:
            done.nothing()
            return row
        if row.until < timezone.localtime(now).date():
            raise Refused(say("已经到期，不用再结束。"))
        row.ended_at, row.ended_by = now, by
        row.save(update_fields=["ended_at", "ended_by"])
        _tell(row, by, now)
        done.says(substitute=row.substitute.username)
    return row


def _spans(user: User) -> list[DaySpan]:
    """The spans in which somebody else stands in for an account."""
    rows = Substitution.objects.filter(user=user, ended_at__isnull=True)
    return [DaySpan(since=row.since, until=row.until) for row in rows]


def _tell(row: Substitution, by: User, now: datetime) -> None:
    """Whoever is away and whoever stands in are told, but not who did it."""
    to = [each for each in (row.user, row.substitute) if each.pk != by.pk]
    notify(to=to, kind=NAMED, about="substitution", key=str(row.key), region=None, now=now, by=by)
