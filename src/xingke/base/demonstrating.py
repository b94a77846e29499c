"""What rooms add to the demonstration: base declares the list, rooms fill it in ``AppConfig.ready()``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xingke.base.register import Register

Say = Callable[[str], object]


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """Something invented to be shown. make: (by, now, scale, say), once the packs are loaded, the fictional ledgers filed
    and the accounts opened, before documents are written; it leaves what stands already as it is, and says what it made.
    order: what others rest on comes first.
    """

    code: str
    make: Callable[[Any, datetime, float, Say], None]  # the account is the accounts room's
    order: int = 100


DEMONSTRATIONS: Register[Demonstration] = Register("demonstration")


def demonstrate(by: Any, now: datetime, scale: float, say: Say) -> None:
    """All of it, in order."""
    for each in sorted(DEMONSTRATIONS, key=lambda each: (each.order, each.code)):
        each.make(by, now, scale, say)
