"""The clock of a case, against the golden cases of service windows; and until when the next step must follow."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from xingke.casework.rules.clocks import CaseClock, Light, case_clock, deadline
from xingke.casework.rules.flows import Limit
from xingke.casework.tests.flowing import HERE, Led, calendar, examples

Steps = list[tuple[str, str]]  # each with its day


def _clock(steps: Steps, today: str, *, limit: int = 15) -> CaseClock:
    flow = replace(examples()["service_item"], limit=Limit(working_days=limit))
    case = Led(flow, known={}, days={"received_on": date(2026, 3, 2)})
    case.now = datetime(2026, 2, 27, 9, tzinfo=HERE)
    for step, day in steps:
        case.take(step, on=day)
    found = case_clock(flow, case.taken, today=date.fromisoformat(today), days=case.days, calendar=calendar())
    assert found is not None
    return found


P1: Steps = [
    ("received", "2026-02-27"),
    ("accepted", "2026-03-02"),
    ("special", "2026-03-06"),
    ("special_over", "2026-03-13"),
]
P2: Steps = [
    *P1[:3],
    ("hearing", "2026-03-11"),
    ("hearing_over", "2026-03-18"),
    ("special_over", "2026-03-13"),  # its paper came later than that of the hearing
]
P3: Steps = [
    ("received", "2026-04-27"),
    ("accepted", "2026-04-28"),
    ("special", "2026-04-30"),
    ("special_over", "2026-05-11"),
]


@pytest.mark.parametrize(
    "steps, limit, due",
    [
        (P1[:2], 15, "2026-03-23"),
        (P1, 15, "2026-03-30"),
        (P2, 15, "2026-04-02"),
        (P3[:2], 20, "2026-05-28"),
        (P3, 20, "2026-06-04"),
        ([("received", "2026-09-17"), ("accepted", "2026-09-18")], 20, "2026-10-22"),
        ([("received", "2026-09-17"), ("accepted", "2026-09-18"), ("extended", "2026-10-20")], 20, "2026-11-05"),
    ],
)
def test_what_is_due_leaves_pauses_out_and_extensions_in(steps: Steps, limit: int, due: str) -> None:
    found = _clock(steps, "2026-12-01", limit=limit)
    assert found.due is not None and found.due.day == date.fromisoformat(due)


def test_a_case_that_was_decided_in_time_used_what_it_used() -> None:
    found = _clock([*P1, ("granted", "2026-03-26")], "2026-12-01")
    assert (found.used, found.allowed, found.is_on_time) == (13, 15, True)


def test_handing_over_the_result_does_not_count() -> None:
    found = _clock([*P1, ("granted", "2026-03-26"), ("delivered", "2026-05-26")], "2026-12-01")
    assert (found.stopped, found.used) == (date(2026, 3, 26), 13)


def test_a_pause_that_goes_on_stops_the_clock_up_to_today() -> None:
    steps: Steps = [("received", "2026-11-16"), ("accepted", "2026-11-16"), ("special", "2026-11-20")]
    found = _clock(steps, "2026-11-27")
    assert (found.used, found.is_paused) == (4, True)
    assert found.light(date(2026, 11, 27), calendar()) is Light.GREEN


def test_nothing_runs_before_it_was_accepted() -> None:
    flow = examples()["service_item"]
    case = Led(flow, days={"received_on": date(2026, 3, 2)}).take("received").take("to_amend")
    assert case_clock(flow, case.taken, today=date(2026, 4, 1), days={}, calendar=calendar()) is None


def test_what_was_reopened_runs_on_and_the_time_between_does_not_count() -> None:
    steps: Steps = [*P1[:2], ("refused", "2026-03-10"), ("reopen", "2026-03-16")]
    found = _clock(steps, "2026-03-20")
    assert (found.stopped, found.used) == (None, 10)  # six days, and four


@pytest.mark.parametrize(
    "today, light",
    [
        ("2026-03-10", Light.GREEN),
        ("2026-03-16", Light.YELLOW),
        ("2026-03-23", Light.YELLOW),
        ("2026-03-24", Light.RED),
    ],
)
def test_a_third_left_is_yellow_and_too_late_is_red(today: str, light: Light) -> None:
    assert _clock(P1[:2], today).light(date.fromisoformat(today), calendar()) is light


START = datetime(2026, 2, 10, 16, 30, tzinfo=HERE)


@pytest.mark.parametrize(
    "limit, day",
    [
        (Limit(days=15), "2026-02-25"),  # a petition is told within 15 days that it was taken
        (Limit(days=60), "2026-04-13"),  # and ends within 60: a Saturday, so the Monday after
        (Limit(months=3), "2026-05-11"),  # ten days into May is a Sunday
        (Limit(working_days=5), "2026-02-24"),
        (Limit(until="until"), "2026-02-28"),  # a day somebody named is that day
    ],
)
def test_a_limit_ends_on_a_day_on_which_somebody_works(limit: Limit, day: str) -> None:
    days = {"until": date(2026, 2, 28)}
    found = deadline(limit, on=START.date(), at=START, days=days, calendar=calendar())
    assert found is not None and found.day == date.fromisoformat(day)


def test_two_hours_end_at_a_moment() -> None:
    found = deadline(Limit(hours=2), on=START.date(), at=START, days={}, calendar=calendar())
    assert found is not None and found.at == datetime(2026, 2, 10, 18, 30, tzinfo=HERE)
    assert not found.passed(datetime(2026, 2, 10, 18, 30, tzinfo=HERE))
    assert found.passed(datetime(2026, 2, 10, 18, 31, tzinfo=HERE))


def test_a_day_nobody_named_yet_is_no_deadline() -> None:
    assert deadline(Limit(until="until"), on=START.date(), at=START, days={}, calendar=calendar()) is None


def test_a_limit_that_runs_into_a_year_without_calendar_says_so() -> None:
    found = deadline(Limit(working_days=10), on=date(2026, 12, 28), at=START, days={}, calendar=calendar())
    assert found is not None and found.guessed == (2027,)
