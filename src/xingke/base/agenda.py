"""What has its day: base declares the list of sources, rooms fill it in ``AppConfig.ready()``; the calendar shows it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from xingke.base.register import Register
from xingke.base.sayings import Saying


@dataclass(frozen=True)
class AgendaEntry:
    """Something of a day. key: what tells it from others of its source, the same tomorrow.

    words: for its page, to somebody who may see it. plain: the same for what leaves the house: its kind and number only.
    """

    day: date
    key: str
    words: Saying | str
    plain: Saying
    url: str
    at: time | None = None
    is_late: bool = False
    is_fictional: bool = False


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A source of days. word: what its entries are. permission: the code somebody must hold somewhere, None for everybody.

    find: user, first and last day → what of it that user may see. Of a day with many it gives one entry with their number,
    so that a month stays short.
    """

    code: str
    word: Saying
    permission: str | None
    find: Callable[[Any, date, date], Iterable[AgendaEntry]]  # the user is the accounts room's


AGENDA: Register[Dated] = Register("source of the calendar")


@dataclass(frozen=True)
class Found:
    """An entry, and the source it comes from."""

    source: Dated
    entry: AgendaEntry


def found(user: Any, held: Collection[str], first: date, last: date) -> list[Found]:
    """What somebody who holds some permissions may see of the days from one to another, in order."""
    every = [
        Found(source, entry)
        for source in AGENDA
        if source.permission is None or source.permission in held
        for entry in source.find(user, first, last)
    ]
    return sorted(every, key=lambda each: (each.entry.day, each.entry.at or time.min, each.source.code, each.entry.key))
