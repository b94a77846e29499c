"""Calls 申报批次: when one is open, and how many cases it takes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from xingke.base.labels import Label
from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import say

ORGANISATION = "organisation"  # of a quota: whose case it is, instead of what its form says


class CallState(StrEnum):
    """Where a call stands on a day."""

    PLANNED = "planned"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class CallQuota:
    """How many cases of one kind a call takes at most.

    field: what the first form asked, or ``organisation``. value: the answer that is limited; empty for each answer by itself.
    words: how the answer reads.
    """

    field: str
    most: int
    value: str = ""
    words: str = ""

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"field": self.field, "most": self.most, "value": self.value, "words": self.words}


def quotas(kept: Sequence[Mapping[str, Any]]) -> list[CallQuota]:
    """Quotas as they were kept."""
    return [CallQuota(each["field"], each["most"], each["value"], each["words"]) for each in kept]


def call_state(*, since: date, until: date, today: date) -> CallState:
    """Both days are part of the time."""
    if today < since:
        return CallState.PLANNED
    return CallState.OPEN if today <= until else CallState.OVER


def may_apply(*, since: date, until: date, today: date) -> Answer:
    """Whether a case may be opened for a call on a day."""
    if call_state(since=since, until=until, today=today) is CallState.OPEN:
        return YES
    return no(say("这一批从%(since)s到%(until)s受理申报。", since=since.isoformat(), until=until.isoformat()))


def room_left(quota: CallQuota, there: int, label: Label | str) -> Answer:
    """Whether one more fits into a quota. there: how many count already. label: what is asked."""
    if there < quota.most:
        return YES
    return no(
        say(
            "这一批里“%(label)s”为“%(value)s”的最多%(most)s件，已有%(there)s件。",
            label=label,
            value=quota.words or quota.value,
            most=quota.most,
            there=there,
        )
    )


def room_in_all(most: int | None, there: int) -> Answer:
    """Whether one more fits into a call as a whole; None for any number."""
    if most is None or there < most:
        return YES
    return no(say("这一批最多受理%(most)s件，已有%(there)s件。", most=most, there=there))
