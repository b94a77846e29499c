"""Measuring: what one line of the table says, and how times are taken."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from unittest import mock

Size = Literal["quick", "usual", "large"]
Clock = Callable[[], float]


class WrongAnswer(AssertionError):
    """Ours and the peer do not say the same; a ratio would mean nothing."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One measurement. Times in seconds.

    peer, limit: the same work done by somebody else, and the least anybody could need for it; None where there is none.
    ratio_goal: most that ours may be of the peer. goal: most that ours may be by itself. Neither: for orientation.
    """

    name: str
    ours: float
    peer: float | None = None
    peer_name: str = ""
    limit: float | None = None
    limit_name: str = ""
    ratio_goal: float | None = None
    goal: float | None = None
    unit: Literal["s", "queries", "GB"] = "s"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours as a multiple of the peer."""
        return self.ours / self.peer if self.peer else None

    @property
    def holds(self) -> bool | None:
        """Whether the goal is kept; None for a line without one."""
        if self.ratio_goal is not None and self.ratio is not None:
            return self.ratio <= self.ratio_goal
        if self.goal is not None:
            return self.ours <= self.goal
        return None


def in_turn(rounds: int, *works: Callable[[], Any], clock: Clock = time.perf_counter) -> list[float]:
    """The best time of each piece of work in seconds: all are warmed up once, then take turns ``rounds`` times.

    Taking turns lets a noisy neighbour of the machine disturb all of them alike.
    """
    for work in works:
        work()
    best = [float("inf")] * len(works)
    for _round in range(rounds):
        for place, work in enumerate(works):
            started = clock()
            work()
            best[place] = min(best[place], clock() - started)
    return best


def middle(times: Sequence[float]) -> float:
    """The median: the upper one of an even number."""
    return sorted(times)[len(times) // 2]


def nearly_worst(times: Sequence[float]) -> float:
    """The 95th percentile by the nearest-rank method."""
    return sorted(times)[max(-(-len(times) * 95 // 100) - 1, 0)]


class Spent:
    """Seconds and calls inside a function that somebody watches."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0


@contextmanager
def watched(owner: Any, name: str, clock: Clock = time.perf_counter) -> Iterator[Spent]:
    """Add up the time spent inside ``owner.name`` while the block runs."""
    spent = Spent()
    original = getattr(owner, name)

    def timed(*args: Any, **kwargs: Any) -> Any:
        started = clock()
        try:
            return original(*args, **kwargs)
        finally:
            spent.seconds += clock() - started
            spent.calls += 1

    with mock.patch.object(owner, name, timed):
        yield spent
