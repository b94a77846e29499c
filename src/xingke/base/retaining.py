"""What ends by itself: base declares the list, rooms fill it in ``AppConfig.ready()``, the job child goes over it once a day.

Each thing that ends says after how many days, how many there are now, and ends some of them in a transaction of its own that looks
once more whether anything refers to them. Whoever is killed in between has ended some, and the next night ends the others.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from xingke.base.register import Register

AT_ONCE = 1_000  # of anything, in one transaction
PARTS = 500  # transactions in one night for one kind of thing: what is left then ends the night after
log = logging.getLogger("xingke.retention")


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """Something that ends by itself.

    what: what it is, in words. days: after how many days, unless the installation says otherwise; between least and most, why it is
    not less. None where nothing is to be said: its own rows say when. count: how many would end at a moment, by reading only. end: ends
    at most so many in one transaction; returns how many.
    """

    code: str
    what: object
    days: int | None
    count: Callable[[datetime], int]
    end: Callable[[datetime, int], int]
    least: int = 1
    most: int = 36_500
    why: object = ""


EXPIRIES: Register[Expiry] = Register("expiry")


def kept_days(code: str) -> int:
    """After how many days something ends: as the installation says (``XINGKE_KEEP``), else as its room does."""
    each = EXPIRIES[code]
    if each.days is None:
        raise LookupError(f"{code} has no days")
    found: int = settings.RETENTION.get(code, each.days)
    return found


def over_since(code: str, now: datetime) -> datetime:
    """What is older than this ends."""
    return now - timedelta(days=kept_days(code))


def would_end(now: datetime) -> dict[str, int]:
    """How many of what would end now, by code."""
    return {each.code: each.count(now) for each in EXPIRIES}


def end_what_is_over(now: datetime) -> dict[str, int]:
    """End what is over, a part at a time; one line of the log says how many of what. Returns the same, by code.

    One that fails holds up no other; what it failed with is raised at the end.
    """
    ended: dict[str, int] = {}
    failed: list[Exception] = []
    for each in EXPIRIES:
        try:
            for gone in _parts(each, now):
                ended[each.code] = ended.get(each.code, 0) + gone
        except Exception as error:  # a room's own: whatever it was
            failed.append(error)
    said = ", ".join(f"{code} {count}" for code, count in ended.items()) or "nothing"
    log.info("ended: %s", said, extra={"event": "retention", "ended": ended})
    if failed:
        raise failed[0]
    return ended


def _parts(each: Expiry, now: datetime) -> Iterator[int]:
    for _part in range(PARTS):
        gone = each.end(now, AT_ONCE)
        if gone:
            yield gone
        if gone < AT_ONCE:
            return
