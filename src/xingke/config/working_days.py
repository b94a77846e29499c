"""``xingke workdays``: a working day for a person or a script."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.base.workdays import Reached, Skipped
from xingke.intake.rules.days import written_day
from xingke.registry.queries.calendars import calendar_at_hand

WEEKDAYS = "一二三四五六日"
_COUNT = re.compile(r"[+-]?\d{1,6}")


@dataclass(frozen=True)
class ToldDay:
    """A working day as it is said: the day first, then what was left out on the way."""

    start: date
    count: int
    reached: Reached

    def as_json(self) -> dict[str, object]:
        """day: ISO. skipped: ISO days with the holiday's name, empty for a weekend. guessed: years without a calendar."""
        return {
            "start": self.start.isoformat(),
            "count": self.count,
            "day": self.reached.day.isoformat(),
            "skipped": [{"day": each.day.isoformat(), "holiday": each.holiday} for each in self.reached.skipped],
            "guessed": list(self.reached.guessed),
        }

    def in_lines(self) -> str:
        """As many lines as there is something to say."""
        day = self.reached.day
        lines = [f"{day.isoformat()} 星期{WEEKDAYS[day.weekday()]}"]
        if self.reached.skipped:
            lines.append(f"跳过 {len(self.reached.skipped)} 天：{'，'.join(_pieces(self.reached.skipped))}")
        if self.reached.guessed:
            years = "、".join(str(year) for year in self.reached.guessed)
            lines.append(f"按周末估算：没有装载 {years} 年的放假安排。")
        return "\n".join(lines)


def told_day(start: str, count: str) -> ToldDay:
    """The working day so many after a day, both as typed. Raises Refused."""
    if not _COUNT.fullmatch(count):
        raise Refused(say("“%(count)s”不是工作日数，请写 +5、+0 或 -3 这样的整数。", count=count))
    try:
        day = written_day(start)
    except ValueError:
        raise Refused(say("“%(day)s”不是一个日子，请写 2026-09-18 这样的年月日。", day=start)) from None
    try:
        return ToldDay(day, int(count), calendar_at_hand().reach(day, int(count)))
    except ValueError as error:
        raise Refused(str(error)) from error


def _pieces(skipped: Iterable[Skipped]) -> Iterator[str]:
    """Days that follow one another for one reason, said together."""
    runs: list[list[Skipped]] = []
    for each in sorted(skipped, key=lambda left: left.day):
        if runs and runs[-1][-1].holiday == each.holiday and (each.day - runs[-1][-1].day).days == 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    for run in runs:
        days = run[0].day.isoformat() + (f" 至 {run[-1].day.isoformat()}" if len(run) > 1 else "")
        yield f"{days}（{run[0].holiday or '周末'}）"
