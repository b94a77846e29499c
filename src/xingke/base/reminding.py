"""What is to be remembered before its day: base declares the list, rooms fill it in ``AppConfig.ready()``.

Looked at on the morning of every working day; what fell due on days off was told on the working day before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from xingke.base.register import Register


@dataclass(frozen=True)
class Reminded:
    """Who is to remember what, and where it lies. about, key: as a notice says it."""

    user: Any  # the accounts room's
    about: str
    key: str
    region: Any  # the registry's; None for none


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """What is due in so many working days. kind: of the notice. ahead: each number of days is a reminder of its own.

    find: the first and the last day → whom to remind of what is due from one to the other.
    """

    code: str
    kind: str
    ahead: tuple[int, ...]
    find: Callable[[date, date], Iterable[Reminded]]


REMINDERS: Register[Reminder] = Register("reminder")
