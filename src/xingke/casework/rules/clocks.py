"""The clocks of a case: until when the next step must follow, and how much of the whole's time is used.

Sources: 行政许可法 art. 42–45 and 82 (working days, what is not counted, one extension); the day on which a limit begins is
not counted; a limit in days or months that ends when nobody works ends on the next working day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from xingke.base.workdays import Pause, Reached, WorkCalendar, months_after
from xingke.casework.rules.flows import REOPEN, TERMINATE, WITHDRAW, Earliest, Flow, Limit, Turn


class Clocked(Protocol):
    """A step of a case that was taken, as far as clocks ask."""

    @property
    def step(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def on(self) -> date: ...


@dataclass(frozen=True)
class Deadline:
    """The last moment of a limit. at: where it is counted in hours; else the end of ``day``. guessed: see ``Reached``."""

    day: date
    at: datetime | None = None
    guessed: tuple[int, ...] = ()

    def passed(self, now: datetime) -> bool:
        """Whether it lies behind. now: in the time of the bureau."""
        return now > self.at if self.at is not None else now.date() > self.day


def deadline(
    limit: Limit,
    *,
    on: date,
    at: datetime,
    days: Mapping[str, date],
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> Deadline | None:
    """Until when a limit runs that began on a day, at a moment. None where the day it names is not known.

    days: the days that forms asked for, by name. pauses: left out of working days.
    """
    if limit.until:
        return Deadline(days[limit.until]) if limit.until in days else None
    if limit.hours is not None:
        moment = at + timedelta(hours=limit.hours)
        return Deadline(moment.date(), moment)
    reached = _last_day(limit, on, calendar, pauses)
    return Deadline(reached.day, guessed=reached.guessed)


def _last_day(limit: Limit, on: date, calendar: WorkCalendar, pauses: Sequence[Pause]) -> Reached:
    if limit.working_days is not None:
        return calendar.due(on, limit.working_days, pauses)
    day = on + timedelta(days=limit.days) if limit.days is not None else months_after(on, limit.months or 0)
    return calendar.day_or_next(day)


def earliest(
    wanted: Earliest, *, taken: Sequence[Clocked], days: Mapping[str, date], calendar: WorkCalendar
) -> date | None:
    """The first day on which a step may be taken; None while that is not known.

    After seven working days of publicity it is the day after the seventh.
    """
    if wanted.on:
        return days.get(wanted.on)
    begun = next((each.on for each in reversed(taken) if each.step == wanted.after), None)
    if begun is None:
        return None
    if wanted.working_days is not None:
        start = begun - timedelta(days=1) if wanted.first_counts else begun
        return calendar.reach(start, wanted.working_days).day + timedelta(days=1)
    return begun + timedelta(days=(wanted.days or 0) + (0 if wanted.first_counts else 1))


class Light(StrEnum):
    """How a limit stands at a glance [custom of service windows]."""

    GREEN = "green"
    YELLOW = "yellow"  # a third of it left, or two working days
    RED = "red"  # over


@dataclass(frozen=True)
class CaseClock:
    """The clock of a whole case. started, stopped: days. used, allowed: working days; allowed is None where the limit is counted
    otherwise. due: None where the case has no limit. is_paused: since a step stopped it for a while."""

    started: date
    stopped: date | None
    used: int
    allowed: int | None
    due: Deadline | None
    is_paused: bool

    def light(self, today: date, calendar: WorkCalendar) -> Light:
        """Green, yellow or red, on a day; of a clock that has stopped, on the day it stopped."""
        day = min(today, self.stopped) if self.stopped is not None else today
        if self.due is None or (self.is_paused and self.stopped is None):
            return Light.GREEN
        if day > self.due.day:
            return Light.RED
        left = calendar.worked_between(day, self.due.day)
        whole = self.allowed if self.allowed is not None else calendar.worked_between(self.started, self.due.day)
        return Light.YELLOW if left <= 2 or left * 3 <= whole else Light.GREEN

    @property
    def is_on_time(self) -> bool | None:
        """Whether it stopped in time; None while it runs or where there is no limit."""
        if self.stopped is None or self.due is None:
            return None
        return self.used <= self.allowed if self.allowed is not None else self.stopped <= self.due.day


def case_clock(
    flow: Flow, taken: Sequence[Clocked], *, today: date, days: Mapping[str, date], calendar: WorkCalendar
) -> CaseClock | None:
    """How the clock of a case stands on a day; None before a step started it.

    Where no step of the flow starts it, the first one does; where none stops it, whatever ends the case. Pauses of several
    kinds may overlap; a step that resumes ends those of its kind, without a kind all of them.
    """
    started = _started(flow, taken)
    if started is None:
        return None
    stopped = _stopped(flow, taken)
    pauses = [*_pauses(flow, taken), *_closed(flow, taken)]
    end = stopped if stopped is not None else today
    limit = _whole_limit(flow, taken)
    due = None
    if limit is not None:
        midnight = datetime(started.year, started.month, started.day)
        due = deadline(
            limit, on=started, at=midnight, days=days, calendar=calendar, pauses=[_ended(each, end) for each in pauses]
        )
    return CaseClock(
        started=started,
        stopped=stopped,
        used=calendar.used(started, end, pauses),
        allowed=limit.working_days if limit is not None else None,
        due=due,
        is_paused=any(pause.last is None for pause in pauses),
    )


def _ended(pause: Pause, end: date) -> Pause:
    """A pause as it counts on a day: one that goes on has moved what is due up to that day."""
    return Pause(pause.first, pause.last or max(pause.first, end))


def _started(flow: Flow, taken: Sequence[Clocked]) -> date | None:
    starting = {step.code for step in flow.step if step.clock is Turn.STARTS} or {flow.first.code}
    return next((each.on for each in taken if each.step in starting), None)


def _stopped(flow: Flow, taken: Sequence[Clocked]) -> date | None:
    """The day on which it stopped and did not go on afterwards; handing over a result does not move it."""
    turns = {step.code: Turn.STOPS if step.ends is not None else step.clock for step in flow.step}
    turns |= {WITHDRAW: Turn.STOPS, TERMINATE: Turn.STOPS, REOPEN: Turn.STARTS}
    stopped: date | None = None
    for each in taken:
        turn = turns.get(each.step)
        if turn is Turn.STOPS:
            stopped = stopped or each.on
        elif turn is not None:
            stopped = None
    return stopped


def _closed(flow: Flow, taken: Sequence[Clocked]) -> list[Pause]:
    """The times between a decision and a reopening: nobody worked at it."""
    return [
        Pause(stopped, each.on)
        for place, each in enumerate(taken)
        if each.step == REOPEN and (stopped := _stopped(flow, taken[:place])) is not None
    ]


def _pauses(flow: Flow, taken: Sequence[Clocked]) -> list[Pause]:
    pauses: list[Pause] = []
    open_since: dict[str, date] = {}
    for each in taken:
        turn = flow.steps[each.step].clock if each.step in flow.steps else None
        if turn is Turn.PAUSES:
            open_since.setdefault(each.kind, each.on)
        elif turn is Turn.RESUMES:
            kinds = [each.kind] if each.kind in open_since else list(open_since)
            pauses += [Pause(open_since.pop(kind), each.on) for kind in kinds]
    return pauses + [Pause(since) for since in open_since.values()]


def _whole_limit(flow: Flow, taken: Sequence[Clocked]) -> Limit | None:
    """The limit of the whole with what it was extended by, each in its own unit."""
    if flow.limit is None or flow.limit.until:
        return flow.limit
    (unit,) = flow.limit.said
    extended = [
        flow.steps[each.step].extends
        for each in taken
        if each.step in flow.steps and flow.steps[each.step].clock is Turn.EXTENDS
    ]
    total = getattr(flow.limit, unit) + sum(getattr(limit, unit) or 0 for limit in extended if limit is not None)
    return Limit(**{unit: total})
