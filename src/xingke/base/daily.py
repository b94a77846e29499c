"""What is done once a day, by the job child: base declares the list, rooms fill it in ``AppConfig.ready()``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from xingke.base.register import Register


@dataclass(frozen=True, kw_only=True)
class DailyRound:
    """A round of the day. from_hour: of the clock in Shanghai, from when on. on_days_off: also on days nobody works.

    run: works in the database only, within the transaction that remembers the round as done: both or neither. in_parts: works in many
    transactions of its own, each safe alone, and is remembered as done after the last; of two children both may do it.
    """

    code: str
    from_hour: int
    run: Callable[[datetime], object]
    on_days_off: bool = True
    in_parts: bool = False


DAILY: Register[DailyRound] = Register("daily round")
