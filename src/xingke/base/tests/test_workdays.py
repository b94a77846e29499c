"""Working days and the clock of business, against cases worked out from the published calendars."""

import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import xingke
from xingke.base.definitions import DefinitionError, parse, read_pack
from xingke.base.workdays import Pause, WorkCalendar, months_after

FILE = Path(xingke.__file__).parent / "packs" / "national" / "calendars.toml"


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    bodies = tomllib.loads(FILE.read_text(encoding="utf-8"))["calendar"]
    return WorkCalendar(tuple(parse("calendar", body) for body in bodies))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def test_a_year_has_the_working_days_that_were_published(calendar: WorkCalendar) -> None:
    worked = {year: calendar.worked_between(date(year - 1, 12, 31), date(year, 12, 31)) for year in (2024, 2025, 2026)}
    assert worked == {2024: 251, 2025: 248, 2026: 248}
    ends = [date(2025, 12, 31), *(months_after(date(2026, 1, 31), month) for month in range(12))]
    by_month = [calendar.worked_between(start, end) for start, end in pairwise(ends)]
    assert by_month == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


@pytest.mark.parametrize(
    "start, count, due",
    [
        ("2026-09-18", 5, "2026-09-24"),  # the Sunday between is worked
        ("2026-09-24", 10, "2026-10-15"),
        ("2026-02-11", 5, "2026-02-25"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2024-02-08", 5, "2024-02-21"),
        ("2025-12-31", 1, "2026-01-04"),  # a Sunday that is worked
        ("2026-03-02", 15, "2026-03-23"),
        ("2026-04-28", 20, "2026-05-28"),
        ("2026-09-18", 20, "2026-10-22"),
        ("2026-09-18", 30, "2026-11-05"),
        ("2026-06-18", 5, "2026-06-26"),  # the last day to ask for what is missing
        ("2026-02-10", 7, "2026-02-26"),  # seven days of publicity, the day after counts first
        ("2026-10-01", 0, "2026-10-08"),
        ("2026-10-08", 0, "2026-10-08"),
        ("2026-10-08", -1, "2026-09-30"),
    ],
)
def test_the_start_is_not_counted(calendar: WorkCalendar, start: str, count: int, due: str) -> None:
    reached = calendar.reach(_day(start), count)
    assert (reached.day, reached.guessed) == (_day(due), ())


def test_what_was_skipped_says_why(calendar: WorkCalendar) -> None:
    skipped = calendar.reach(_day("2026-09-24"), 2).skipped
    assert [(each.day.day, each.holiday) for each in skipped] == [(25, "中秋节"), (26, "中秋节"), (27, "中秋节")]
    assert [each.holiday for each in calendar.reach(_day("2026-03-06"), 1).skipped] == ["", ""]


def test_a_year_nobody_published_is_said_to_be_guessed(calendar: WorkCalendar) -> None:
    reached = calendar.reach(_day("2026-12-30"), 3)
    assert (reached.day, reached.guessed) == (_day("2027-01-04"), (2027,))


PAUSED = [
    ("2026-03-02", 15, [("2026-03-06", "2026-03-13")], "2026-03-30"),
    ("2026-03-02", 15, [("2026-03-06", "2026-03-13"), ("2026-03-11", "2026-03-18")], "2026-04-02"),  # 8 days, not 10
    ("2026-04-28", 20, [("2026-04-30", "2026-05-11")], "2026-06-04"),  # 6, 7, 8, 9 (a Saturday worked) and 11 May
]


@pytest.mark.parametrize("start, count, pauses, due", PAUSED)
def test_pauses_do_not_count_and_overlapping_ones_once(
    calendar: WorkCalendar, start: str, count: int, pauses: list[tuple[str, str]], due: str
) -> None:
    held = [Pause(_day(first), _day(last)) for first, last in pauses]
    assert calendar.due(_day(start), count, held).day == _day(due)
    assert calendar.used(_day(start), _day(due), held) == count


def test_what_was_used_is_counted_to_the_day_it_ended(calendar: WorkCalendar) -> None:
    review = [Pause(_day("2026-03-06"), _day("2026-03-13"))]
    assert calendar.used(_day("2026-03-02"), _day("2026-03-26"), review) == 13


def test_a_pause_that_goes_on_stops_the_clock(calendar: WorkCalendar) -> None:
    going_on = [Pause(_day("2026-11-20"))]
    assert calendar.used(_day("2026-11-16"), _day("2026-11-27"), going_on) == 4


@pytest.mark.parametrize(
    "start, months, due",
    [("2026-08-31", 1, "2026-09-30"), ("2024-01-31", 1, "2024-02-29"), ("2026-11-30", 3, "2027-02-28")],
)
def test_months_end_on_the_same_day_or_the_months_last(start: str, months: int, due: str) -> None:
    assert months_after(_day(start), months) == _day(due)


def test_a_limit_in_days_ends_on_a_working_day(calendar: WorkCalendar) -> None:
    assert calendar.day_or_next(_day("2026-04-11")).day == _day(
        "2026-04-13"
    )  # a petition's sixty days end on a Saturday


WRONG = """
[[calendar]]
code = "2026"
source = "样例"
off = [{ name = "春节", first = "2026-02-15", last = "2026-02-14" },
       { name = "元旦", first = "2026-01-01", last = "2026-01-03" },
       { name = "再一个", first = "2026-01-03", last = "2026-01-03" }]
work = ["2026-01-03", "2026-01-05", "2025-01-26"]

[[calendar]]
code = "明年"
source = "样例"
off = []
"""


def test_a_calendar_that_cannot_be_says_everything_at_once(tmp_path: Path) -> None:
    (tmp_path / "calendars.toml").write_text(WRONG, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        read_pack(tmp_path)
    assert [issue.text for issue in refused.value.issues] == [
        "春节 ends on 2026-02-14, before 2026-02-15",
        "再一个: 2026-01-03 stands in another holiday too",
        "2026-01-03 is said to be worked and off",
        "2026-01-05 is no Saturday or Sunday: it is worked anyway",
        "2025-01-26 lies in another year",
        "code is '明年'; expected a year as '2026'",
    ]
