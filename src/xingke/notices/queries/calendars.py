"""The calendar of somebody: the reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xingke.accounts.models import User
from xingke.base import agenda
from xingke.base.agenda import Found
from xingke.base.keys import derived_key
from xingke.base.sayings import say
from xingke.base.workdays import WorkCalendar
from xingke.notices.models import CalendarFeed
from xingke.notices.rules.feeds import FeedEntry, token_digest
from xingke.registry import queries as registry
from xingke.registry.queries.calendars import calendar_at_hand

_DAY = timedelta(days=1)
BEFORE, AFTER = timedelta(days=31), timedelta(days=366)  # what a feed holds around today


@dataclass(frozen=True)
class CalendarDay:
    """A day: whether it is worked, what it is called where it is a holiday, and what falls on it."""

    day: date
    is_worked: bool
    holiday: str
    is_makeup: bool
    found: Sequence[Found]


def days(user: User, first: date, last: date) -> list[CalendarDay]:
    """The days from one to another with what of each somebody may see. The queries of the sources, and one."""
    by_day: dict[date, list[Found]] = {}
    for each in agenda.found(user, registry.permissions_of(user), first, last):
        by_day.setdefault(each.entry.day, []).append(each)
    known = calendar_at_hand()
    holidays: dict[date, str] = {}
    for year in known.years:
        holidays |= {day: holiday.name for holiday in year.off for day in holiday.days()}
    return [
        CalendarDay(
            day, known.is_worked(day), holidays.get(day, ""), _is_makeup(known, day), tuple(by_day.get(day, ()))
        )
        for day in _from(first, last)
    ]


def _is_makeup(known: WorkCalendar, day: date) -> bool:
    return day.weekday() >= 5 and known.is_worked(day)


def _from(first: date, last: date) -> Iterator[date]:
    return (first + _DAY * number for number in range((last - first).days + 1))


def unknown_years(first: date, last: date) -> list[int]:
    """The years between two days of which no holidays are known."""
    return sorted(set(range(first.year, last.year + 1)) - calendar_at_hand().known)


def feed_of(user: User) -> CalendarFeed | None:
    """The feed somebody has."""
    return CalendarFeed.objects.filter(user=user, ended_at__isnull=True).first()


def reader_of_feed(token: str) -> User | None:
    """Whose calendar a token opens; None for one that never did, or does no more. One query."""
    feed = (
        CalendarFeed.objects.filter(digest=token_digest(token), ended_at__isnull=True, user__is_active=True)
        .select_related("user")
        .first()
    )
    return feed.user if feed else None


def _plain(each: Found) -> str:
    """What is said of an entry outside of the house: what is fictional says so there, too."""
    return str(say("【虚构】%(what)s", what=each.entry.plain) if each.entry.is_fictional else each.entry.plain)


def feed_entries(user: User, *, now: date, site: str) -> list[FeedEntry]:
    """What leaves the house of somebody's calendar: kind and number only. site: how addresses begin."""
    every = agenda.found(user, registry.permissions_of(user), now - BEFORE, now + AFTER)
    return [
        FeedEntry(
            f"{derived_key('calendar', each.source.code, each.entry.key)}@xingke",
            each.entry.day,
            each.entry.at,
            _plain(each),
            f"{site}{each.entry.url}",
        )
        for each in every
    ]
