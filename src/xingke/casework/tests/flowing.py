"""What tests of flows share: the seven example flows with their forms, and a case that is led along a way of one."""

import tomllib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from pydantic import TypeAdapter

import xingke
from xingke.base.definitions import Catalogue, DefinitionEntry
from xingke.base.expressions import Type, Value
from xingke.base.labels import Label
from xingke.base.refusals import Answer
from xingke.base.workdays import CalendarYear, WorkCalendar
from xingke.casework.rules.clocks import earliest
from xingke.casework.rules.conditions import asked_words
from xingke.casework.rules.flow_checks import fields_asked, flows_hold
from xingke.casework.rules.flows import PARTY, CaseEnd, Flow, FlowStep, Through
from xingke.casework.rules.forms import CaseForm, expression_types
from xingke.casework.rules.stepping import CaseState, ChildCase, StepTaken, Taker, may_take

FOLDER = Path(__file__).parent / "flows"
HERE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=HERE)


@cache
def calendar() -> WorkCalendar:
    """The calendars of the national pack."""
    path = Path(xingke.__file__).parent / "packs" / "national" / "calendars.toml"
    bodies = tomllib.loads(path.read_text(encoding="utf-8"))["calendar"]
    return WorkCalendar(tuple(TypeAdapter(CalendarYear).validate_python(body) for body in bodies))


def catalogue(flows: str | None = None, forms: str | None = None) -> Catalogue:
    """Flows and forms as a pack brings them: those of the examples, or written in a test."""
    found = Catalogue()
    for kind, type_, text in (("flow", Flow, flows), ("form", CaseForm, forms)):
        written = (FOLDER / f"{kind}s.toml").read_text(encoding="utf-8") if text is None else text
        adapter: TypeAdapter[Any] = TypeAdapter(type_)
        found.entries[kind] = [
            DefinitionEntry(kind, adapter.validate_python(body), body, f"{kind}s.toml")
            for body in tomllib.loads(written).get(kind, [])
        ]
    return found


@cache
def examples() -> Mapping[str, Flow]:
    """The example flows by code."""
    return {flow.code: flow for flow in catalogue().values("flow")}


@cache
def types_of(code: str) -> Mapping[str, Type]:
    """What the forms of an example flow ask, as expressions know it."""
    forms = {form.code: form for form in catalogue().values("form")}
    return expression_types(fields_asked(examples()[code], forms).values())


@cache
def words_of(code: str) -> Mapping[str, Label]:
    """What sentences call what the forms of an example flow ask."""
    forms = {form.code: form for form in catalogue().values("form")}
    return asked_words(fields_asked(examples()[code], forms).values())


def faults(flows: str, forms: str = "") -> list[str]:
    """What is wrong with flows written in a test, in English."""
    with translation.override("en"):
        return [f"{issue.place}: {issue.text}" for issue in flows_hold(catalogue(flows, forms))]


def ways(flow: Flow) -> list[tuple[str, ...]]:
    """Ways from the first step to an end that together go every way from one step to the next."""
    found = [
        (*_shortest(flow, flow.first.code, {step.code}), *_to_an_end(flow, after))
        for step in flow.step
        for after in step.next
    ]
    return found or [(flow.first.code,)]


def _to_an_end(flow: Flow, start: str) -> tuple[str, ...]:
    return _shortest(flow, start, {step.code for step in flow.step if step.ends is not None})


def _shortest(flow: Flow, start: str, wanted: Iterable[str]) -> tuple[str, ...]:
    left = deque([(start,)])
    while left:
        way = left.popleft()
        if way[-1] in wanted:
            return way
        left += [(*way, after) for after in flow.steps[way[-1]].next if after not in way]
    raise AssertionError(f"no way from {start} to {wanted}")


def through(flow: str, step: str) -> Through | None:
    """The common act by which a step of an example flow is taken."""
    found = examples().get(flow)
    return found.steps[step].through if found is not None and step in found.steps else None


@dataclass
class Led:
    """A case that is led along: each step by another person who may, on a day on which it may be taken.

    Steps that wait find the cases below ended, and forms have been filled in so that conditions hold.
    """

    flow: Flow
    known: Mapping[str, Value | None] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    taken: list[StepTaken] = field(default_factory=list)
    children: list[ChildCase] = field(default_factory=list)
    now: datetime = MONDAY

    def state(self) -> CaseState:
        """The case as it stands."""
        return CaseState(
            flow=self.flow,
            taken=self.taken,
            children=self.children,
            types=types_of(self.flow.code) if self.flow.code in examples() else {},
            known=self.known,
            days=self.days,
            words=words_of(self.flow.code) if self.flow.code in examples() else {},
            assignee=1000 + len(self.taken),
        )

    def someone(self, step: FlowStep, user: int = 0) -> Taker:
        """Somebody who may take a step, if nothing else speaks against it; nobody's account is used twice."""
        name = step.by[0]
        if name == "clock":
            return Taker(user=None)
        user = user or (self.state().assignee or 0 if name == "assignee" else 1 + len(self.taken))
        if name.startswith(PARTY):
            return Taker(user=user, roles=frozenset({name.removeprefix(PARTY)}))
        return Taker(user=user, permissions=frozenset({name}))

    def may(self, code: str, taker: Taker | None = None) -> Answer:
        """Whether a step may be taken now, by somebody who could."""
        who = taker or self.someone(self.flow.steps[code])
        step = self.flow.steps.get(code)
        through = step.through if step is not None else None
        return may_take(self.state(), code, who, now=self.now, calendar=calendar(), through=through)

    def take(self, code: str, *, by: int | None = None, on: str = "") -> "Led":
        """Take a step, once it may be; reserved steps without asking."""
        step = self.flow.steps.get(code)
        if step is not None:
            self._until_it_may(step)
            answer = self.may(code)
            assert answer.allowed, f"{self.flow.code} {[each.step for each in self.taken]} → {code}: {answer.reason}"
        day = date.fromisoformat(on) if on else self.now.date()
        user = by if by is not None else (self.someone(step).user if step is not None else 1)
        kind = step.kind if step is not None else ""
        self.taken.append(StepTaken(number=len(self.taken) + 1, step=code, by=user, at=self.now, on=day, kind=kind))
        for spawned in step.opens if step is not None else ():
            self.children += [ChildCase(flow=spawned.flow) for _one in range(3)]
        return self

    def _until_it_may(self, step: FlowStep) -> None:
        self.now += timedelta(hours=1)
        if step.not_before is not None:
            day = earliest(step.not_before, taken=self.taken, days=self.days, calendar=calendar())
            assert day is not None
            self.now = max(self.now, datetime.combine(day, time(9), HERE))
        if step.waits_for is not None:
            ended = (step.waits_for.outcomes or (CaseEnd.DONE,))[0]
            self.children = [replace(child, ended=ended) for child in self.children]


def led(code: str, steps: Sequence[str] = (), **given: Any) -> Led:
    """A case of an example flow after some steps."""
    case = Led(examples()[code], **given)
    for step in steps:
        case.take(step)
    return case
