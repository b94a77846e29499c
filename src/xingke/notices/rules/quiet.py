"""When messages may leave, and when one that failed is tried again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

APART = timedelta(minutes=30)  # between two messages to one person by one channel [parameter]
PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 720))  # before the second, third, … try [parameter]


@dataclass(frozen=True)
class QuietHours:
    """From when until when nothing leaves, over midnight where it ends earlier than it begins; the same twice: never.

    off_days: nothing leaves on days nobody works either.
    """

    begins: time = time(20)
    ends: time = time(8)
    off_days: bool = False

    def hold(self, moment: datetime, is_worked: Callable[[date], bool]) -> bool:
        """Whether messages wait at a moment, told in the clock of the bureau."""
        at = moment.time().replace(tzinfo=None)
        if self.begins <= self.ends:
            is_quiet = self.begins <= at < self.ends
        else:
            is_quiet = at >= self.begins or at < self.ends
        return is_quiet or (self.off_days and not is_worked(moment.date()))


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after so many tries; None for no more."""
    return now + PAUSES[tries - 1] if 0 < tries <= len(PAUSES) else None
