"""Working days, and the clock of business: when something is due, how much of its time is used, what does not count.

Pure. Which weekday is a holiday and which Saturday is worked is published each autumn for the year after; it is data
(``calendars.toml`` of a pack, one definition a year). Outside the years that are loaded weekends alone are free, and every
answer that rests on such a year says so. Source of the rules: 行政许可法 art. 42–45 and 82.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from pydantic import ConfigDict

from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.sayings import say

STRICT = ConfigDict(extra="forbid")
_DAY = timedelta(days=1)
FARTHEST = 20_000  # working days: nothing a bureau does lasts eighty years


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """Days off in one piece, both ends included."""

    __pydantic_config__ = STRICT

    name: str
    first: date
    last: date

    def days(self) -> Iterator[date]:
        return (self.first + _DAY * number for number in range((self.last - self.first).days + 1))


@dataclass(frozen=True, kw_only=True)
class CalendarYear:
    """What was published about one year: its holidays, and the days of weekends that are worked for them (调休上班)."""

    __pydantic_config__ = STRICT

    code: str  # the year
    off: tuple[Holiday, ...]
    work: tuple[date, ...] = ()
    source: str
    version: int = 1

    @property
    def key(self) -> str:
        return self.code

    @property
    def year(self) -> int:
        return int(self.code)


def calendars_hold(catalogue: Catalogue) -> Iterator[Issue]:
    """A year's days lie in it, holidays do not overlap, and only a Saturday or Sunday outside them can be worked."""
    for entry in catalogue.of("calendar"):
        for text in _faults(entry.value):
            yield Issue(entry.file, entry.place, text)


def _faults(known: CalendarYear) -> Iterator[str]:
    if not (known.code.isdecimal() and len(known.code) == 4):
        yield f"code is {known.code!r}; expected a year as '2026'"
        return
    off: set[date] = set()
    for holiday in known.off:
        if holiday.last < holiday.first:
            yield f"{holiday.name} ends on {holiday.last}, before {holiday.first}"
        days = set(holiday.days())
        if days & off:
            yield f"{holiday.name}: {min(days & off)} stands in another holiday too"
        off |= days
    for day in known.work:
        if day in off:
            yield f"{day} is said to be worked and off"
        if day.weekday() < 5:
            yield f"{day} is no Saturday or Sunday: it is worked anyway"
    yield from (f"{day} lies in another year" for day in sorted(off | set(known.work)) if day.year != known.year)


CALENDARS: DefinitionKind[CalendarYear] = DefinitionKind(
    "calendar", "calendars.toml", CalendarYear, (calendars_hold,), say("工作日历"), is_regional=True
)


@dataclass(frozen=True)
class Skipped:
    """A day that did not count, and why: the holiday's name; empty for a weekend."""

    day: date
    holiday: str


@dataclass(frozen=True)
class Reached:
    """A day that was counted to. skipped: the days on the way that did not count. guessed: years of which no holidays are
    known, so that weekends alone were left out (按周末估算)."""

    day: date
    skipped: tuple[Skipped, ...] = ()
    guessed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Pause:
    """Days that do not count (特别程序): from the day after ``first`` up to ``last``; no last day while it goes on."""

    first: date
    last: date | None = None


@dataclass(frozen=True)
class WorkCalendar:
    """The days that are worked, as far as they are known."""

    years: tuple[CalendarYear, ...] = field(default=())

    @cached_property
    def _off(self) -> dict[date, str]:
        return {day: holiday.name for year in self.years for holiday in year.off for day in holiday.days()}

    @cached_property
    def _work(self) -> frozenset[date]:
        return frozenset(day for year in self.years for day in year.work)

    @cached_property
    def known(self) -> frozenset[int]:
        """The years whose holidays are known."""
        return frozenset(year.year for year in self.years)

    def is_worked(self, day: date) -> bool:
        """Whether a day is a working day; by weekends alone where its year is not known."""
        return day in self._work or (day.weekday() < 5 and day not in self._off)

    def reach(self, start: date, count: int) -> Reached:
        """The working day ``count`` after a day, which itself is not counted; 0 is the day itself or the next one that is
        worked; a negative count goes back. Raises ValueError beyond ``FARTHEST`` and outside the calendar."""
        if abs(count) > FARTHEST:
            raise ValueError(str(say("最多推算%(most)s个工作日。", most=FARTHEST)))
        way, left, day = (-_DAY if count < 0 else _DAY), abs(count), start
        skipped: list[Skipped] = []
        years = {start.year}
        try:
            if not left and not self.is_worked(day):
                skipped.append(self._skipped(day))
                left = 1
            while left:
                day += way
                years.add(day.year)
                if self.is_worked(day):
                    left -= 1
                else:
                    skipped.append(self._skipped(day))
        except OverflowError as error:
            raise ValueError(str(say("超出了日历的范围。"))) from error
        return Reached(day, tuple(skipped), tuple(sorted(years - self.known)))

    def _skipped(self, day: date) -> Skipped:
        return Skipped(day, self._off.get(day, ""))

    def worked_between(self, start: date, end: date) -> int:
        """How many working days lie after a day and up to another: 0 where the second is not later."""
        return sum(1 for _day in self._worked(start, end))

    def _worked(self, start: date, end: date) -> Iterator[date]:
        day = start
        while day < end:
            day += _DAY
            if self.is_worked(day):
                yield day

    def used(self, start: date, end: date, pauses: Iterable[Pause] = ()) -> int:
        """Working days after ``start`` up to ``end`` less those that lie in pauses, each day once however many cover it. A
        pause that goes on covers everything up to ``end``."""
        held = list(pauses)
        return sum(1 for day in self._worked(start, end) if not _covered(day, held))

    def due(self, start: date, count: int, pauses: Sequence[Pause] = ()) -> Reached:
        """The last working day of a limit that began on a day, pauses left out. A pause that goes on is taken as if it ended
        on its first day: when it will end nobody knows."""
        ended = [Pause(pause.first, pause.last or pause.first) for pause in pauses]
        reached = self.reach(start, count)
        extra = -1
        while (now := sum(1 for day in self._worked(start, reached.day) if _covered(day, ended))) != extra:
            extra = now
            reached = self.reach(start, count + extra)
        return reached

    def day_or_next(self, day: date) -> Reached:
        """A day, or where nobody works on it the next one: the last day of a limit that is not counted in working days."""
        return self.reach(day, 0)


def _covered(day: date, pauses: Iterable[Pause]) -> bool:
    return any(pause.first < day and (pause.last is None or day <= pause.last) for pause in pauses)


def months_after(day: date, count: int) -> date:
    """The same day of a later month, or that month's last day."""
    place = day.year * 12 + day.month - 1 + count
    year, month = divmod(place, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - _DAY)
