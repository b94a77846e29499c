"""When somebody may stand in for another AB岗. Pure: everything it depends on is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import say

LONGEST = 366  # days of one span [parameter]


@dataclass(frozen=True, kw_only=True)
class DaySpan:
    """From one day to another, both of them part of it."""

    since: date
    until: date

    def overlaps(self, other: "DaySpan") -> bool:
        """Whether there is a day in both."""
        return self.since <= other.until and other.since <= self.until


def may_be_named(
    span: DaySpan, *, is_self: bool, today: date, of_user: Iterable[DaySpan], of_substitute: Iterable[DaySpan]
) -> Answer:
    """Whether a substitute may be named for a span of days: the first reason that speaks against it.

    of_user, of_substitute: the spans in which others stand in for whoever is away, and for the substitute.
    """
    if is_self:
        return no(say("不能自己代自己，请另选一个人。"))
    if span.until < span.since:
        return no(say("截止日期在开始日期之前，请改正。"))
    if span.until < today:
        return no(say("截止日期已经过了，请改正。"))
    if (span.until - span.since).days >= LONGEST:
        return no(say("一次最多代%(most)s天；要更久的，请办工作交接。", most=LONGEST))
    for there in of_user:
        if span.overlaps(there):
            return no(
                say(
                    "%(since)s至%(until)s已经有人代，日期不能重叠；要换人，先结束前一个。",
                    since=there.since.isoformat(),
                    until=there.until.isoformat(),
                )
            )
    for there in of_substitute:
        if span.overlaps(there):
            return no(
                say(
                    "这个人%(since)s至%(until)s自己也由别人代，请另选一个人：代办不能一个传一个。",
                    since=there.since.isoformat(),
                    until=there.until.isoformat(),
                )
            )
    return YES
