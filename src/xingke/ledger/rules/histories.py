"""What a record's events make of it: whether it is held, from when until when, and in which order they can have happened."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from xingke.base.refusals import YES, Answer, Refused, no
from xingke.base.sayings import NOTHING, Saying, Value, say
from xingke.ledger.kinds.record_kind import CLOSES, NEITHER, OPENS, RecordKind


class Happens(Protocol):
    """What happened on a day; until: the last day on which what it opens or renews holds, None where that has no end."""

    @property
    def event(self) -> str: ...

    @property
    def on(self) -> date: ...

    @property
    def until(self) -> date | None: ...


H = TypeVar("H", bound=Happens)


@dataclass(frozen=True)
class Happening:
    """One event of a history before it is filed: what, when, and any key of the caller's. until: see ``Happens``."""

    event: str
    on: date
    key: object = None
    until: date | None = None


class Step(NamedTuple, Generic[H]):
    """An event in its place: the order within the history (from 1) and its effect on being held (+1, 0, −1).

    lapses_on: the first day on which, by its own term, what it opened or renewed is no longer held; None where something
    else ended or renewed it first, or it has no term. origin: of a certificate, whether it was applied for: "applied", or
    "announced" where no application is held.
    """

    happening: H
    step: int
    effect: int
    lapses_on: date | None = None
    origin: str = ""


def may_receive(*, event: Value, region: str, holder: str, is_inside: bool) -> Answer:
    """Whether an organisation may take something over in a region: it is named, and lies there. holder: empty for none."""
    if not holder:
        return no(say("“%(event)s”要写明接收单位：请选定“%(region)s”接收的那家单位。", event=event, region=region))
    if not is_inside:
        return no(
            say(
                "“%(event)s”的接收单位要在“%(region)s”，“%(name)s”不在；请选定接收的那家单位，或先更正它的区划。",
                event=event,
                region=region,
                name=holder,
            )
        )
    return YES


def effects(kind: RecordKind, history: Iterable[H], *, said: Callable[[str], Value] = str) -> list[Step[H]]:
    """Order the events of one history and say what each does.

    Whether something is held is the running sum of the effects, always 0 or 1: a second 认定 while held opens nothing, and
    重新认定 opens only what had lapsed. What has a term ends by itself when that is over. said: how an event is called.
    Raises Refused naming the event for one its kind does not know, and for one that closes what was never held.
    """
    ordered = _ordered(kind, history)
    found = _worked_out(kind, ordered)
    if len(found) < len(ordered):
        wrong = ordered[len(found)]
        if wrong.event in kind.closing:
            why = kind.unheld
            raise Refused(say("%(day)s 的“%(event)s”%(why)s", day=str(wrong.on), event=said(wrong.event), why=why))
        raise Refused(say("没有名为“%(event)s”的事件。", event=wrong.event))
    return [Step(each, number, *told) for number, (each, told) in enumerate(zip(ordered, found, strict=True), 1)]


def _worked_out(kind: RecordKind, ordered: Sequence[Happens]) -> list[tuple[int, date | None, str]]:
    """Effect, day of lapse and origin of each, up to the first that cannot be."""
    events = tuple([each.event for each in ordered])
    if all(each.until is None for each in ordered):
        told: Sequence[int] = _effects_of(kind, events)
        lapses: list[date | None] = [None] * len(told)
    else:
        told, lapses = _effects_with_terms(kind, ordered)
    return list(zip(told, lapses, _origins(kind, events), strict=False))


def _effects_with_terms(kind: RecordKind, ordered: Sequence[Happens]) -> tuple[list[int], list[date | None]]:
    """The same of a history in which something ends by its own term."""
    found: list[int] = []
    lapses: list[date | None] = [None] * len(ordered)
    holder, until, has_lapsed = -1, None, False  # holder: the event that what is held goes back to; -1 while nothing is
    for place, each in enumerate(ordered):
        effect = kind.effects.get(each.event)
        if holder >= 0 and until is not None and _is_over(until, each, effect):
            lapses[holder], holder, has_lapsed = _lapse(until, ordered[holder]), -1, True
        if effect == OPENS:
            found.append(0 if holder >= 0 else 1)
            holder, until = place, each.until or (until if each.event not in kind.certifying else None)
        elif effect == CLOSES:
            if holder < 0 and not has_lapsed:
                break
            found.append(-1 if holder >= 0 else 0)  # what ended by itself is not ended again
            holder = -1
        elif effect == NEITHER:
            found.append(0)
        else:
            break
    if holder >= 0 and until is not None:
        lapses[holder] = _lapse(until, ordered[holder])
    return found, lapses


def _is_over(until: date, then: Happens, effect: int | None) -> bool:
    """Whether what held until a day had ended by itself when something happened; the day after, a renewal is in time."""
    gone = (then.on - until).days
    return gone > 1 or (gone == 1 and effect not in (OPENS, CLOSES))


def _lapse(until: date, opened: Happens) -> date:
    return max(until + timedelta(days=1), opened.on)


def _origins(kind: RecordKind, events: Sequence[str]) -> list[str]:
    """Of each certificate whether an application is held since the one before."""
    found, is_asked = [], False
    for event in events:
        found.append(("applied" if is_asked else "announced") if event in kind.certifying else "")
        is_asked = event == "applied" or (is_asked and event not in kind.certifying)
    return found


def last_day(kind: RecordKind, event: str, on: date, valid_years: int | None) -> date | None:
    """The day until which a certificate of that day holds by its title's term; None for no certificate or no term.

    Three years from 2021-11-15 end with 2024-11-14. Source: 国科发火〔2016〕32号 第十二条.
    """
    if event not in kind.certifying or not valid_years:
        return None
    return months_later(on, valid_years * 12) - timedelta(days=1)


def first_day(state: str, events: Iterable[tuple[str, date]]) -> date | None:
    """The day of a title or patent in a state, from those of its events: the first; of a confirmed one the first confirmed."""
    counting = {"confirmed"} if state == "confirmed" else {"confirmed", "draft"}
    return min((on for each, on in events if each in counting), default=None)


RENEWED_WITHIN = 12
"""Months after its end in which a title's next certificate still renews it: lists are often announced after the old
certificates ended. Local custom, no rule names a number [parameter]."""


def held_until(kind: RecordKind, history: Sequence[Happens], on: date) -> date | None:
    """The last day a title was held before a day: the day before for one still held; None if it never was."""
    steps = [step for step in effects(kind, history) if step.happening.on < on]
    level, last = 0, None
    for step in steps:
        level += step.effect
        if step.effect < 0:
            last = step.happening.on
        if step.lapses_on is not None and step.lapses_on <= on - timedelta(days=1):
            level, last = level - 1, step.lapses_on - timedelta(days=1)
    return on - timedelta(days=1) if level else last


def is_open(kind: RecordKind, history: Sequence[Happens], on: date) -> bool:
    """Whether a title is held on a day, or was asked for and not yet decided."""
    held = held_until(kind, history, on + timedelta(days=1))
    if held is not None:
        return held >= on
    return not any(each.event in kind.certifying for each in history)


def renewal_of(kind: RecordKind, history: Sequence[Happens], on: date, event: str) -> str:
    """What a certificate of that day is: 重新认定 of a title that was held until then or shortly before, else as it says."""
    earlier = [each for each in history if each.on < on]
    last = held_until(kind, earlier, on) if earlier else None
    if last is None:
        return event
    months = (on.year - last.year) * 12 + on.month - last.month
    return "re_recognised" if months <= RENEWED_WITHIN else event


def certificate(kind: RecordKind, state: str, events: Iterable[tuple[str, str, date, str]]) -> str:
    """The number of the certificate a title stands by now, from its events as (state, event, day, number): that of the
    last that gave one, as far as it counts (see ``first_day``); "" where that one says no number."""
    counting = {"confirmed"} if state == "confirmed" else {"confirmed", "draft"}
    given = [(on, number) for each, event, on, number in events if each in counting and event in kind.certifying]
    return max(given, default=(date.min, ""), key=lambda each: each[0])[1]


def is_possible(kind: RecordKind, history: Iterable[Happens]) -> bool:
    """Whether a history can have happened so."""
    found = list(history)
    if not kind.closing.isdisjoint([each.event for each in found]):  # else the order does not matter
        found = _ordered(kind, found)
    return len(_worked_out(kind, found)) == len(found)


def out_of_order(
    kind: RecordKind, history: Iterable[Happens], *, is_one_round: bool = False, said: Callable[[str], Value] = str
) -> Saying:
    """Why the days of a history cannot all be right: an event before one that always comes first; empty if they can.

    Only the first of each counts. is_one_round: the history is of one round, as a new record is; what has rounds is
    judged only so, for a title that is held is applied for again: then nothing that comes after may be left behind.
    """
    if kind.has_rounds and not is_one_round:
        return NOTHING
    first: dict[str, date] = {}
    last: dict[str, date] = {}
    for each in history:
        first[each.event] = min(each.on, first.get(each.event, each.on))
        last[each.event] = max(each.on, last.get(each.event, each.on))
    for before, after in kind.order:
        if before not in first or after not in first:
            continue
        later = [last[other] for each, other in kind.order if each == before and other in last]
        if (max(later) if kind.has_rounds else first[after]) < first[before]:
            return say(
                "%(after)s（%(later)s）早于%(before)s（%(earlier)s），不可能；请核对这两个日期。",
                after=said(after),
                later=str(first[after]),
                before=said(before),
                earlier=str(first[before]),
            )
    return NOTHING


def _ordered(kind: RecordKind, history: Iterable[H]) -> list[H]:
    return sorted(history, key=lambda each: (each.on, kind.places.get(each.event, 0)))


@lru_cache(4096)  # thousands of histories run alike
def _effects_of(kind: RecordKind, events: tuple[str, ...]) -> tuple[int, ...]:
    """What each of the events does, in their order, up to the first that cannot be."""
    held = False
    found: list[int] = []
    for event in events:
        does = kind.effects.get(event)
        if does == OPENS:
            effect = 0 if held else 1
        elif does == CLOSES and held:
            effect = -1
        elif does == NEITHER:
            effect = 0
        else:
            break
        held = held if effect == 0 else effect == 1
        found.append(effect)
    return tuple(found)


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later (or earlier), or the month's last where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):  # of 31 January a month later is the end of February
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
