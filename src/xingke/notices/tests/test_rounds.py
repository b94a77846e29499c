"""What is done once a day: reminders on working days, and letting go what was read long ago."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cast import Cast, file
from xingke.accounts.models import AuditEntry, User
from xingke.base.daily import DailyRound
from xingke.base.register import Register
from xingke.base.reminding import Reminded, Reminder
from xingke.base.retaining import end_what_is_over
from xingke.notices import actions
from xingke.notices.actions import choices, rounds
from xingke.notices.models import Notice, Outgoing, RoundDone

pytestmark = pytest.mark.db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


MONDAY, FRIDAY, SATURDAY = at("2026-03-02 08:30"), at("2026-03-06 08:30"), at("2026-03-07 08:30")


class Deadlines:
    """A reminder of the test's own: one thing due on each of some days, for some accounts."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.days, self.users, self.asked = cast, [date(2026, 3, 9)], [cast.officer], list[Any]()

    def find(self, first: date, last: date) -> list[Reminded]:
        self.asked.append((first, last))
        return [
            Reminded(user, "recognition", f"990121/{day}", self.cast.county)
            for day in self.days
            if first <= day <= last
            for user in self.users
        ]


@pytest.fixture
def deadlines(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Deadlines]:
    """Put it in the place of all others; ahead: its numbers of working days."""

    def only(*ahead: int) -> Deadlines:
        found, known = Deadlines(cast), Register[Reminder]("reminder")
        known.add(Reminder(code="tests", kind="title-ending", ahead=ahead, find=found.find))
        monkeypatch.setattr(rounds, "REMINDERS", known)
        return found

    return only


def remind(moment: datetime) -> list[str]:
    """Do the rounds of a moment; what was told."""
    known = set(Notice.objects.values_list("pk", flat=True))
    rounds.do_rounds(now=moment)
    return list(Notice.objects.exclude(pk__in=known).order_by("pk").values_list("key", flat=True))


# ── reminders ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_in_so_many_working_days_is_told_that_morning(deadlines: Callable[..., Deadlines]) -> None:
    """Due on Monday the 9th: five working days before is Monday the 2nd, one before is Friday."""
    deadlines(5, 1)

    told = {moment.strftime("%a"): remind(moment) for moment in (MONDAY + timedelta(days=day) for day in range(8))}

    assert told == {"Mon": [], "Tue": [], "Wed": [], "Thu": [], "Fri": ["990121/2026-03-09"], "Sat": [], "Sun": []}


def test_each_number_of_days_is_a_reminder_of_its_own(deadlines: Callable[..., Deadlines]) -> None:
    deadlines(5, 1)

    assert (remind(MONDAY), remind(FRIDAY)) == (["990121/2026-03-09"], ["990121/2026-03-09"])


def test_what_is_due_on_a_day_off_is_told_with_what_comes_next(deadlines: Callable[..., Deadlines]) -> None:
    found = deadlines(1)
    found.days = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 10)]

    assert remind(FRIDAY) == ["990121/2026-03-07", "990121/2026-03-08", "990121/2026-03-09"]


def test_what_is_due_today_is_told_today(deadlines: Callable[..., Deadlines]) -> None:
    found = deadlines(0)
    found.days = [date(2026, 3, 2), date(2026, 3, 3)]

    assert remind(MONDAY) == ["990121/2026-03-02"]


def test_nobody_is_reminded_on_days_off_nor_before_eight(deadlines: Callable[..., Deadlines]) -> None:
    found = deadlines(0, 1)
    found.days = [date(2026, 3, 7) + timedelta(days=day) for day in range(4)]

    assert (remind(SATURDAY), remind(MONDAY.replace(hour=7, minute=59)), found.asked) == ([], [], [])


def test_a_holiday_in_the_week_is_skipped_and_counts_for_nothing(deadlines: Callable[..., Deadlines]) -> None:
    """The first working day after 1–7 October 2026 is the 8th; one working day before it is 30 September."""
    found = deadlines(1)
    found.days = [date(2026, 10, 8)]

    assert (remind(at("2026-09-30 08:30")), remind(at("2026-10-05 08:30"))) == (["990121/2026-10-08"], [])


def test_each_is_reminded_once_a_day_however_often_one_looks(deadlines: Callable[..., Deadlines]) -> None:
    deadlines(5)

    assert remind(MONDAY) == ["990121/2026-03-09"]
    assert remind(MONDAY + timedelta(hours=1)) == []
    RoundDone.objects.all().delete()  # as if nobody had remembered it
    assert remind(MONDAY + timedelta(hours=2)) == []


def test_mornings_that_were_missed_are_made_up_for(deadlines: Callable[..., Deadlines]) -> None:
    found = deadlines(1)
    found.days = [date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 9)]
    remind(MONDAY)

    told = remind(MONDAY + timedelta(days=3))  # on Tuesday and Wednesday the program did not run

    assert told == ["990121/2026-03-05", "990121/2026-03-06"]


def test_reminding_is_one_act_of_the_program_whatever_it_tells(deadlines: Callable[..., Deadlines], cast: Cast) -> None:
    found = deadlines(5)
    found.users = [cast.officer, cast.director]
    found.days = [date(2026, 3, 9)] * 2  # said twice

    remind(MONDAY)

    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.by, entry.count) == ("notices.reminded", None, 2)
    assert Notice.objects.count() == 2


def test_where_nothing_is_due_no_number_is_taken(deadlines: Callable[..., Deadlines]) -> None:
    deadlines(3)
    before = AuditEntry.objects.count()

    assert (remind(MONDAY), AuditEntry.objects.count()) == ([], before)


def test_titles_that_end_are_told_to_whoever_enters_records_there(cast: Cast) -> None:
    """Two on one day are one notice; five working days before Saturday the 7th of November is the Monday of that week."""
    for name in ("甲", "乙"):
        more = {"title": "innovative_enterprise", "level": "province"} if name == "乙" else {}
        file("recognition", name, [("recognised", "2023-11-08")], firm=cast.firm, by=cast.statistician, **more)

    told: dict[str, set[User]] = {}
    for day in range(1, 8):
        rounds.do_rounds(now=at(f"2026-11-0{day} 08:30"))
        for notice in Notice.objects.filter(read_at=None):
            told.setdefault(f"{notice.key} on {day}", set()).add(notice.user)
        actions.read_all(upto=10**9, by=cast.officer, now=at("2026-11-01 09:00"))
        Notice.objects.update(read_at=at("2026-11-01 09:00"))

    assert told == {"990121/2026-11-07 on 2": {cast.officer}}


# ── rounds ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def own_round(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[datetime]]:
    def only(**more: Any) -> list[datetime]:
        done: list[datetime] = []
        known: Register[DailyRound] = Register("daily round")
        known.add(DailyRound(**{"code": "tests", "from_hour": 3, "run": done.append} | more))
        monkeypatch.setattr(rounds, "DAILY", known)
        return done

    return only


def test_a_round_is_done_once_a_day_after_its_hour_by_the_clock_of_the_bureau(
    own_round: Callable[..., list[datetime]], cast: Cast
) -> None:
    done = own_round()
    moments = [at("2026-03-02 02:59"), at("2026-03-02 03:00"), at("2026-03-02 23:59"), at("2026-03-03 03:01")]

    for moment in moments:
        rounds.do_rounds(now=moment)

    assert done == [moments[1], moments[3]]


def test_a_round_that_fails_is_not_remembered_as_done_and_holds_up_no_other(
    own_round: Callable[..., list[datetime]], cast: Cast
) -> None:
    done = own_round(code="fails", run=lambda _now: 1 // 0)
    rounds.DAILY.add(DailyRound(code="works", from_hour=3, run=done.append))

    with pytest.raises(ZeroDivisionError):
        rounds.do_rounds(now=MONDAY)

    assert (done, [each.code for each in RoundDone.objects.all()]) == ([MONDAY], ["works"])


# ── what ends by itself ─────────────────────────────────────────────────────────────────────────────────────────────


def tell(cast: Cast, *keys: str, now: datetime) -> None:
    for key in keys:
        actions.notify(
            to=[cast.officer], kind="title-ending", about="recognition", key=key, region=None, now=now, by=None
        )


def message(cast: Cast, state: str, ended: datetime | None) -> None:
    Outgoing.objects.create(
        channel="mail", user=cast.officer, upto=1, state=state, made_at=MONDAY, next_at=MONDAY, ended_at=ended
    )


def test_what_was_read_half_a_year_ago_goes_and_what_was_not_read_stays(cast: Cast) -> None:
    long_ago = MONDAY - timedelta(days=200)
    tell(cast, "old", "unread", "lately", now=long_ago)
    for key, read_at in (("old", MONDAY - timedelta(days=181)), ("lately", MONDAY - timedelta(days=179))):
        actions.read_notices(notices=Notice.objects.filter(key=key), by=cast.officer, now=read_at)

    rounds.do_rounds(now=MONDAY)

    assert set(Notice.objects.values_list("key", flat=True)) == {"unread", "lately"}


def test_how_long_is_said_by_the_system_administrator(cast: Cast) -> None:
    choices.set_message_rules(wanted=choices.RulesWanted(keep_read_days=30), by=cast.system, now=MONDAY)
    tell(cast, "a", now=MONDAY - timedelta(days=40))
    actions.read_all(upto=10**9, by=cast.officer, now=MONDAY - timedelta(days=31))

    end_what_is_over(MONDAY)

    assert not Notice.objects.exists()


def test_messages_that_are_over_go_after_ninety_days_and_those_that_wait_stay(cast: Cast) -> None:
    message(cast, "sent", MONDAY - timedelta(days=91))
    message(cast, "given-up", MONDAY - timedelta(days=91))
    message(cast, "sent", MONDAY - timedelta(days=89))
    message(cast, "failed", None)

    assert end_what_is_over(MONDAY) == {"messages": 2}

    assert sorted(Outgoing.objects.values_list("state", flat=True)) == ["failed", "sent"]
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.by, entry.count) == ("notices.ended", None, 2)


def test_where_nothing_ends_no_number_is_taken(cast: Cast) -> None:
    before = AuditEntry.objects.count()

    assert (end_what_is_over(MONDAY), AuditEntry.objects.count()) == ({}, before)
