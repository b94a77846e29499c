"""The weeks and months the calendar shows."""

from dataclasses import dataclass
from datetime import date, timedelta

from xingke.base.workdays import months_after

FARTHEST = 50  # years from now that are shown


@dataclass(frozen=True)
class ShownDays:
    """The days shown, both ends included, and a day of the span before and of the one after."""

    first: date
    last: date
    before: date
    after: date


def week_of(day: date) -> ShownDays:
    """Monday to Sunday."""
    first = day - timedelta(days=day.weekday())
    return ShownDays(first, first + timedelta(days=6), first - timedelta(days=7), first + timedelta(days=7))


def month_of(day: date) -> ShownDays:
    """The first to the last of a month."""
    first = day.replace(day=1)
    after = months_after(first, 1)
    return ShownDays(first, after - timedelta(days=1), months_after(first, -1), after)
