"""What is done once a day: the rounds every room announced, and those of this room."""

from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.daily import DAILY, DailyRound
from xingke.base.reminding import REMINDERS, Reminded, Reminder
from xingke.base.retaining import Expiry, end_what_is_over, over_since
from xingke.base.sayings import say
from xingke.base.workdays import WorkCalendar
from xingke.notices import queries
from xingke.notices.actions import notify
from xingke.notices.models import Notice, Outgoing, RoundDone
from xingke.notices.queries.messages import rules_in_force
from xingke.registry.models import Region
from xingke.registry.queries.calendars import calendar_at_hand

MESSAGES = "messages"
MISSED = timedelta(days=14)  # mornings on which the program did not run are made up for, so long back [parameter]
REMINDING = "reminding"
Row = TypeVar("Row", bound=Model)


def do_rounds(*, now: datetime) -> list[str]:
    """Do what is to be done once a day and was not yet today; returns the codes of what was done.

    Each round and the memory that it was done are one transaction; of two children one does it. One that fails holds up no
    other; what it failed with is raised at the end.
    """
    local = timezone.localtime(now)
    done = dict(RoundDone.objects.values_list("code", "day"))
    open_today = [each for each in DAILY if local.hour >= each.from_hour and done.get(each.code) != local.date()]
    codes: list[str] = []
    failed: list[Exception] = []
    for each in open_today:
        try:
            do = _do_in_parts if each.in_parts else _do
            if _is_its_day(each, local.date()) and do(each, local.date(), now):
                codes.append(each.code)
        except Exception as error:  # a room's own round: whatever it was
            failed.append(error)
    if failed:
        raise failed[0]
    return codes


def _is_its_day(each: DailyRound, day: date) -> bool:
    return each.on_days_off or calendar_at_hand().is_worked(day)


@transaction.atomic
def _do(each: DailyRound, day: date, now: datetime) -> bool:
    row, _made = RoundDone.objects.get_or_create(code=each.code, defaults={"day": date.min})
    row = RoundDone.objects.select_for_update().get(pk=row.pk)
    if row.day == day:
        return False
    each.run(now)
    row.day = day
    row.save(update_fields=["day"])
    return True


def _do_in_parts(each: DailyRound, day: date, now: datetime) -> bool:
    """A round that is many transactions: each stands alone, and the memory that all were done follows."""
    each.run(now)
    RoundDone.objects.update_or_create(code=each.code, defaults={"day": day})
    return True


def _read(now: datetime) -> QuerySet[Notice]:
    """What was read long ago, as the system administrator says; what nobody read stays."""
    return Notice.objects.filter(read_at__lt=now - timedelta(days=rules_in_force().keep_read_days))


def _over(now: datetime) -> QuerySet[Outgoing]:
    """Messages that were sent, or given up, long ago."""
    return Outgoing.objects.filter(ended_at__lt=over_since(MESSAGES, now))


def _end(rows: QuerySet[Row], most: int, now: datetime) -> int:
    """Let some rows go. Nobody asked, so it is the program's act."""
    some = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    if not some:
        return 0
    with act(by=None, now=now, code="notices.ended", kind="messages", target="") as done:
        rows.model._default_manager.filter(pk__in=some).delete()
        done.says(count=len(some))
    return len(some)


def remind(now: datetime) -> int:
    """Tell everybody what is due in so many working days, each thing once a day; returns how many notices. One act.

    A morning that was missed is made up for: what it would have told is told now.
    """
    today, calendar = timezone.localdate(now), calendar_at_hand()
    row = RoundDone.objects.filter(code=REMINDING).first()
    since = row.day if row is not None and today - MISSED <= row.day < today else None
    wanted = [(each, found) for each in REMINDERS for found in _due(each, today, since, calendar)]
    if not wanted:
        return 0
    morning = timezone.make_aware(datetime.combine(today, time.min))
    told = {kind: queries.told_since(kind, morning) for kind in {each.kind for each, _found in wanted}}
    groups: dict[tuple[str, str, str], tuple[Region | None, dict[int, User]]] = {}
    for each, found in wanted:
        if (found.user.pk, found.about, found.key) not in told[each.kind]:
            _region, users = groups.setdefault((each.kind, found.about, found.key), (found.region, {}))
            users[found.user.pk] = found.user
    if not groups:
        return 0
    with act(by=None, now=now, code="notices.reminded", kind="messages", target=today.isoformat()) as done:
        count = sum(
            notify(to=users.values(), kind=kind, about=about, key=key, region=region, now=now, by=None)
            for (kind, about, key), (region, users) in groups.items()
        )
        done.says(count=count)
    return count


def _due(each: Reminder, today: date, since: date | None, calendar: WorkCalendar) -> list[Reminded]:
    """What is due in each of its numbers of working days, counted from today, and from the mornings that were missed."""
    found: list[Reminded] = []
    for ahead in each.ahead:
        before = calendar.reach(since, ahead).day if since else calendar.reach(today, ahead - 1).day if ahead else None
        first = today if before is None else before + timedelta(days=1)
        last = calendar.reach(today, ahead).day
        if first <= last:
            found += each.find(max(first, today), last)
    return found


EXPIRIES = (
    Expiry(
        code="notices",
        what=say("已读的提醒（未读的不消失）；多少天在“外发消息 → 怎样外发”里改"),
        days=None,
        count=lambda now: _read(now).count(),
        end=lambda now, most: _end(_read(now), most, now),
    ),
    Expiry(
        code=MESSAGES,
        what=say("已发送的和不再尝试的消息"),
        days=90,
        least=7,
        count=lambda now: _over(now).count(),
        end=lambda now, most: _end(_over(now), most, now),
    ),
)
ROUNDS = (
    DailyRound(code="retention", from_hour=3, run=end_what_is_over, in_parts=True),
    DailyRound(code=REMINDING, from_hour=8, run=remind, on_days_off=False),
)
