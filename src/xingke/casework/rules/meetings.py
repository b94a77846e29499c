"""Meetings: whether enough of those who belong there were there, and what may be written of one. Pure.

Sources: 中国共产党党组工作条例 (more than half must have come, two thirds where people are appointed or punished); whoever
withdraws from an item is not there for it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from xingke.base.refusals import YES, Answer, Refused, no
from xingke.base.sayings import say

LONGEST_NAME = 64  # signs of the name of somebody who was there


class Presence(StrEnum):
    """Whether somebody who was asked to a meeting was there."""

    PRESENT = "present"
    ABSENT = "absent"
    LISTENING = "listening"  # 列席: is heard and does not count


class MeetingVerdict(StrEnum):
    """What a meeting decided of a case."""

    STEP = "step"  # one of its steps was taken
    PUT_OFF = "put off"  # 缓议: it stands where it stood, and may come again
    AMENDED = "amended"  # what an earlier meeting decided was wrong, and how


@dataclass(frozen=True)
class Quorum:
    """The share of those who belong to a meeting that must be there. is_exceeded: exactly the share is not enough (过半数)."""

    share: Fraction
    is_exceeded: bool = False

    def needed(self, due: int) -> int:
        """How many of so many must be there; at least one."""
        wanted = self.share * due
        return max(1, floor(wanted) + 1 if self.is_exceeded else ceil(wanted))


_SHARE = re.compile(r"(>?)([1-9]\d?)/([1-9]\d?)")


def quorum(text: str) -> Quorum:
    """A share as it is written: ``1/2``, ``2/3``, ``>1/2`` for more than half. Raises Refused for anything else."""
    found = _SHARE.fullmatch(text.strip())
    share = Fraction(int(found[2]), int(found[3])) if found else Fraction(2)
    if found is None or share > 1:
        raise Refused(say("到会人数写成“1/2”（半数以上）、“>1/2”（过半数）或“2/3”，现在是“%(text)s”。", text=text[:20]))
    return Quorum(share, bool(found[1]))


def lawful(wanted: Quorum, *, due: int, present: int, withdrawn: int = 0) -> Answer:
    """Whether enough were there to decide. due: who belongs to the meeting; withdrawn: who left for one item."""
    needed, there = wanted.needed(due), present - withdrawn
    if present > due:
        return no(say("应到%(due)s人，到会的写了%(there)s人，请核对。", due=due, there=present))
    if there < needed:
        return no(
            say("应到%(due)s人，须到会%(needed)s人，实到%(there)s人，不能议决。", due=due, needed=needed, there=there)
        )
    return YES
