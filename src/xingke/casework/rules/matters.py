"""What a case says as a 办件: when it came in, was accepted and was done with, and whether that was in time.

Steps say it themselves (``matter``). Where a flow says nothing of it, its first step opens, what starts its clock accepts (the first
step where none does), what stops its clock closes; whatever ends a case closes it. The first of each counts until the case is taken up
again; an end before acceptance is 不予受理.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from xingke.base.workdays import WorkCalendar
from xingke.casework.rules.clocks import CaseClock, Clocked, case_clock
from xingke.casework.rules.flows import REOPEN, TERMINATE, WITHDRAW, CaseEnd, Flow, FlowStep, Turn
from xingke.ledger.kinds.matter import DONE, LATE, ON_TIME

OPENED, ACCEPTED, SUPPLEMENTED, CLOSED = "opened", "accepted", "supplemented", "closed"
MATTERS = (OPENED, ACCEPTED, SUPPLEMENTED, CLOSED)
"""What a step may say of the 办件 of its case."""

NOT_ACCEPTED = "not_accepted"
_CODES: Mapping[CaseEnd, str] = {each: each.value.replace(" ", "_") for each in CaseEnd}
_SCALE = 10_000  # days are kept × 10⁻⁴


class TakenInTurn(Clocked, Protocol):
    """A step that was taken, with its place among the others."""

    @property
    def number(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class MatterHappening:
    """An event of a 办件. number: of the step it follows from. days: ``days_used`` and ``days_allowed`` as the ledger keeps them."""

    number: int
    event: str
    on: date
    days: Mapping[str, int] = field(default_factory=dict)


def matter_events(
    flow: Flow, taken: Sequence[TakenInTurn], *, days: Mapping[str, date], calendar: WorkCalendar
) -> list[MatterHappening]:
    """What has happened to the 办件 of a case, in order; nothing of a flow that does not count, and of what never came in.

    taken: the steps of the case, oldest first. days: that forms asked for, by name. A day that lies before the one of what happened
    before it counts as that one: a history does not go back.
    """
    if not flow.counts:
        return []
    found: list[MatterHappening] = []
    for each in _found(flow, taken, days=days, calendar=calendar):
        on = max(each.on, found[-1].on) if found else each.on
        found.append(MatterHappening(number=each.number, event=each.event, on=on, days=each.days))
    return found


def _found(
    flow: Flow, taken: Sequence[TakenInTurn], *, days: Mapping[str, date], calendar: WorkCalendar
) -> Iterator[MatterHappening]:
    said = {name: _steps_that_say(flow, name) for name in MATTERS}
    opened = next((each for each in taken if each.step in said[OPENED]), None)
    accepted = next((each for each in taken if each.step in said[ACCEPTED]), None)
    closed = _closed(said[CLOSED], taken)
    if closed is not None and accepted is not None and accepted.number > closed.number:
        accepted = None
    if opened is None and accepted is None:
        return
    happened = [(opened, OPENED), (accepted, ACCEPTED)]
    happened += [(each, SUPPLEMENTED) for each in taken if each.step in said[SUPPLEMENTED]]
    until = closed.number if closed is not None else len(taken)
    for each, event in sorted(((one, name) for one, name in happened if one is not None), key=_in_turn):
        if each.number <= until:
            yield MatterHappening(number=each.number, event=event, on=each.on)
    if closed is not None:
        yield from _ended(flow, taken[: closed.number], is_accepted=accepted is not None, days=days, calendar=calendar)


def _in_turn(told: tuple[TakenInTurn, str]) -> tuple[int, int]:
    return told[0].number, MATTERS.index(told[1])


def _steps_that_say(flow: Flow, name: str) -> frozenset[str]:
    """The steps of a flow that say something of the 办件, or stand for it where none says so."""
    found = {step.code for step in flow.step if step.matter == name}
    if name == OPENED:
        found = found or {flow.first.code}
    elif name == ACCEPTED:
        found = found or {step.code for step in flow.step if step.clock is Turn.STARTS} or {flow.first.code}
    elif name == CLOSED:
        found = found or {step.code for step in flow.step if step.clock is Turn.STOPS}
        found |= {step.code for step in flow.step if step.ends is not None} | {WITHDRAW, TERMINATE}
    return frozenset(found)


def _closed(closing: frozenset[str], taken: Iterable[TakenInTurn]) -> TakenInTurn | None:
    """The step that closed it first since it was taken up last."""
    closed: TakenInTurn | None = None
    for each in taken:
        if each.step == REOPEN:
            closed = None
        elif closed is None and each.step in closing:
            closed = each
    return closed


def _ended(
    flow: Flow, taken: Sequence[TakenInTurn], *, is_accepted: bool, days: Mapping[str, date], calendar: WorkCalendar
) -> Iterator[MatterHappening]:
    """How it ended with the last step, and of what the bureau did whether that was in time."""
    last = taken[-1]
    event = _end_of(flow, last.step)
    if event in DONE and not is_accepted:
        event = NOT_ACCEPTED
    clock = case_clock(flow, taken, today=last.on, days=days, calendar=calendar) if event in DONE else None
    used: dict[str, int] = {}
    if clock is not None:
        used = {"days_used": clock.used * _SCALE}
        used |= {"days_allowed": clock.allowed * _SCALE} if clock.allowed is not None else {}
    yield MatterHappening(number=last.number, event=event, on=last.on, days=used)
    if clock is not None and clock.due is not None:
        in_time = _is_in_time(clock, last.on)
        yield MatterHappening(number=last.number, event=ON_TIME if in_time else LATE, on=last.on)


def _is_in_time(clock: CaseClock, on: date) -> bool:
    """As ``CaseClock.is_on_time``, of a clock that the end of a matter need not have stopped."""
    if clock.allowed is not None:
        return clock.used <= clock.allowed
    return clock.due is not None and on <= clock.due.day


def _end_of(flow: Flow, code: str) -> str:
    """The event of an end: as the step says; of a decision before the end, how every way from it ends, where all end alike."""
    if code == WITHDRAW:
        return _CODES[CaseEnd.WITHDRAWN]
    if code == TERMINATE:
        return _CODES[CaseEnd.TERMINATED]
    ends = {step.ends for step in _reached(flow, flow.steps[code]) if step.ends is not None}
    return _CODES[ends.pop()] if len(ends) == 1 else _CODES[CaseEnd.DONE]


def _reached(flow: Flow, start: FlowStep) -> Iterator[FlowStep]:
    """A step and those that may follow it, sooner or later."""
    seen: set[str] = set()
    left = [start.code]
    while left:
        code = left.pop()
        if code not in seen:
            seen.add(code)
            yield flow.steps[code]
            left += flow.steps[code].next
