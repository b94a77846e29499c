"""What is wrong with a flow, said when its pack is loaded: every mistake at once, none of them under way."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from fractions import Fraction
from itertools import chain

from xingke.accounts.permissions import PERMISSIONS
from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.expressions import ExpressionError, Type, parse
from xingke.base.sayings import say
from xingke.casework.rules.flows import (
    ASSIGNEE,
    AUTHORS,
    CLOCK,
    OPENER,
    PARTY,
    RESERVED,
    Awaited,
    CaseSubject,
    Earliest,
    Flow,
    FlowParty,
    FlowStep,
    Limit,
    Turn,
)
from xingke.casework.rules.forms import CaseForm, FieldType, FormCheck, FormField, expression_types
from xingke.casework.rules.matters import MATTERS
from xingke.casework.rules.templates import template_faults

LONGEST = 10_000  # of any limit, in any unit
_NUMBER = re.compile(r"[^{}]{0,20}(?:\{(?:year|region|n:[1-9])\}[^{}]{0,10}){3}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def flows_hold(catalogue: Catalogue) -> Iterator[Issue]:
    """Every step can be taken by somebody, leads on and ends; whatever is named exists; every limit can be counted."""
    forms = {form.code: form for form in catalogue.values("form")}
    flows = {flow.code: flow for flow in catalogue.values("flow")}
    for entry in catalogue.of("flow"):
        looked_at = _FlowCheck(entry.value, forms, flows)
        for place, text in looked_at.faults():
            yield Issue(entry.file, f"{entry.place}{f' step {place}' if place else ''}", text)


FLOWS: DefinitionKind[Flow] = DefinitionKind(
    "flow", "flows.toml", Flow, (flows_hold,), say("办理流程"), is_regional=True
)

Fault = tuple[str, str]  # the step, and what is wrong


class _FlowCheck:
    """One flow among all others and all forms."""

    def __init__(self, flow: Flow, forms: Mapping[str, CaseForm], flows: Mapping[str, Flow]) -> None:
        self.flow, self.forms, self.flows = flow, forms, flows
        self.asked = fields_asked(flow, forms)
        for name in [name for name, each in self.asked.items() if each.personal]:
            del self.asked[name]  # it is sealed: nothing of a flow can ask about it, file it or name anybody by it
        self.permissions = {each.permission.value for each in PERMISSIONS}

    def faults(self) -> Iterator[Fault]:
        """All of them."""
        if not self.flow.step:
            yield "", "has no step"
            return
        yield from (("", text) for text in self._whole())
        for step in self.flow.step:
            parts = (self._names, self._ways, self._who, self._times, self._below, self._clock, self._files)
            yield from ((step.code, text) for part in parts for text in part(step))
        yield from (("", text) for text in self._asked_twice())
        yield from _unreachable(self.flow)

    def _whole(self) -> Iterator[str]:
        codes = [step.code for step in self.flow.step]
        yield from (f"step {code!r} stands twice" for code in sorted({code for code in codes if codes.count(code) > 1}))
        roles = [party.role for party in self.flow.parties]
        yield from (
            f"party {role!r} stands twice" for role in sorted({role for role in roles if roles.count(role) > 1})
        )
        for party in self.flow.parties:
            yield from self._party(party)
        if self.flow.managed_by not in self.permissions:
            yield f"managed_by is {self.flow.managed_by!r}, which is no permission"
        yield from self._number()
        yield from (f"below names no flow: {code!r}" for code in self.flow.below if code not in self.flows)
        yield from (
            f"withdrawable_until names no step: {code!r}"
            for code in self.flow.withdrawable_until
            if code not in self.flow.steps
        )
        if self.flow.limit is not None:
            yield from self._limit("limit", self.flow.limit)
            if self.flow.limit.hours is not None:
                yield "limit in hours: the clock of a whole case counts days"
        for number, check in enumerate(self.flow.check, 1):
            yield from (f"check {number}: {text}" for text in self._check(check))

    def _check(self, check: FormCheck) -> Iterator[str]:
        """What must hold between forms is asked when one of them is answered, and refuses there."""
        try:
            parse(check.rule, expression_types(self.asked.values()), wanted=Type.TRUTH)
        except ExpressionError as error:
            yield f"rule, character {error.place + 1}: {error}"
        yield from (f"fields names no field: {name!r}" for name in check.fields if name not in self.asked)
        if check.warns:
            yield "warns: what is asked between forms refuses; a warning stands in the form itself"

    def _party(self, party: FlowParty) -> Iterator[str]:
        """What names a party is a field of its own kind; accounts are named by the steps that assign them."""
        if not party.asked:
            return
        types = {CaseSubject.ORGANISATION: FieldType.ORGANISATION, CaseSubject.PERSON: FieldType.PERSON}
        if party.about not in types:
            yield f"party {party.role!r} is about {party.about.value}, which no field names"
        elif text := self._not_a(party.asked, types[party.about]):
            yield f"party {party.role!r}: asked {text}"

    def _asked_twice(self) -> Iterator[str]:
        """What two forms ask under one name is one answer, so it is of one type, list and unit, and sealed in both or in none."""
        asked = fields_asked(self.flow, self.forms)
        for code in dict.fromkeys(step.form for step in self.flow.step if step.form in self.forms):
            for each in self.forms[code].fields:
                known = asked[each.name]
                if _thing(each) != _thing(known):
                    yield f"{each.name!r} is asked by two forms as two things"

    def _number(self) -> Iterator[str]:
        """Numbers are of one flow, region and year: records are known by them."""
        number = self.flow.number
        if not number:
            return
        parts = [number.count(part) for part in ("{year}", "{region}", "{n:")]
        if not _NUMBER.fullmatch(number) or parts != [1, 1, 1]:
            yield f"number is {number!r}; expected words with one {{region}}, one {{year}} and one {{n:4}}"
        same = [other.code for other in self.flows.values() if other.number == number and other.code != self.flow.code]
        yield from (f"number is that of the flow {code!r}, too" for code in same)

    def _names(self, step: FlowStep) -> Iterator[str]:
        if step.code in RESERVED:
            yield "is a step that every flow has; give it another code"
        if not _CODE.fullmatch(step.code):
            yield "code must be small letters, digits and _, at most 40"
        if step.form and step.form not in self.forms:
            yield f"form {step.form!r} is not known"
        if (
            step.through is not None
            and step.form in self.forms
            and any(f.personal for f in self.forms[step.form].fields)
        ):
            yield f"form {step.form!r} asks for what is personal, which is sealed by a step of its own and not by a common act"
        if step.matter and step.matter not in MATTERS:
            yield f"matter is {step.matter!r}; expected one of {', '.join(MATTERS)}"
        if step.assigns and step.assigns not in self.flow.roles:
            yield f"assigns {step.assigns!r}, which is no party of this flow"
        if step.on and (text := self._not_a(step.on, FieldType.DAY)):
            yield f"on {text}"
        if step.when:
            yield from self._condition(step.when)
        if step is self.flow.first and (step.when or step.not_before or step.waits_for or step.through):
            yield "opens the case, so there is nothing to wait for: when, not_before, waits_for and through say nothing here"

    def _condition(self, text: str) -> Iterator[str]:
        try:
            parse(text, expression_types(self.asked.values()), wanted=Type.TRUTH)
        except ExpressionError as error:
            yield f"when: {error}"

    def _ways(self, step: FlowStep) -> Iterator[str]:
        yield from (f"next names no step: {code!r}" for code in step.next if code not in self.flow.steps)
        if step.ends is not None and step.next:
            yield "ends the case, and yet something is next"
        if step.ends is None and not step.next:
            yield "neither ends the case nor leads on"
        if self.flow.first.code in step.next:
            yield f"leads back to {self.flow.first.code!r}, which opens a case"

    def _who(self, step: FlowStep) -> Iterator[str]:
        if not step.by:
            yield "by names nobody who may take it"
        for name in (*step.by, *step.seen_by):
            if name.startswith(PARTY):
                if name.removeprefix(PARTY) not in self.flow.roles:
                    yield f"{name!r} is no party of this flow"
            elif name not in (OPENER, ASSIGNEE, CLOCK) and name not in self.permissions:
                yield f"{name!r} is neither a permission nor {PARTY}…, {OPENER}, {ASSIGNEE} or {CLOCK}"
        for code in step.other_than:
            if code not in self.flow.steps and code != AUTHORS:
                yield f"other_than names no step: {code!r}"
        if CLOCK in step.by and not any(step.code == other.late for other in self.flow.step):
            yield "is taken by the clock, but no step has it as late"

    def _times(self, step: FlowStep) -> Iterator[str]:
        if step.due is not None:
            yield from self._limit("due", step.due)
            if step.ends is not None:
                yield "ends the case, so nothing can be due"
        if step.late:
            if step.due is None:
                yield "late: nothing is due"
            if step.late not in step.next:
                yield f"late: {step.late!r} is not next"
            elif step.late in self.flow.steps:
                yield from self._late(self.flow.steps[step.late])
        if step.not_before is not None:
            yield from self._earliest(step.not_before)

    def _late(self, step: FlowStep) -> Iterator[str]:
        """What is taken by the clock is taken by nobody: there is none to answer, to give a reason or to wait."""
        if CLOCK not in step.by:
            yield f"late: {step.code!r} is not taken by the clock"
        asked = ("form", "reason", "assigns", "when", "not_before", "waits_for", "opens", "through", "files")
        given = [name for name in asked if getattr(step, name)]
        if given:
            yield f"late: {step.code!r} has {', '.join(given)}, which the clock cannot answer for"

    def _earliest(self, wanted: Earliest) -> Iterator[str]:
        if bool(wanted.after) == bool(wanted.on):
            yield "not_before: expected one of after and on"
        if wanted.after and wanted.after not in self.flow.steps:
            yield f"not_before: no step is called {wanted.after!r}"
        if wanted.after and (wanted.working_days is None) == (wanted.days is None):
            yield "not_before: expected one of working_days and days"
        if wanted.on and (text := self._not_a(wanted.on, FieldType.DAY)):
            yield f"not_before: {text}"
        yield from (
            f"not_before: {number} is no number of days from 0 to {LONGEST}"
            for number in (wanted.working_days, wanted.days)
            if number is not None and not 0 <= number <= LONGEST
        )

    def _limit(self, name: str, limit: Limit) -> Iterator[str]:
        if len(limit.said) != 1:
            yield f"{name}: expected one of working_days, days, months, hours and until, found {len(limit.said)}"
        for unit in limit.said:
            if unit == "until":
                if text := self._not_a(limit.until, FieldType.DAY):
                    yield f"{name}: {text}"
            elif not 0 < getattr(limit, unit) <= LONGEST:
                yield f"{name}: {unit} is {getattr(limit, unit)}; expected 1 to {LONGEST}"

    def _not_a(self, name: str, *types: FieldType) -> str:
        """What is wrong where a field of some type is wanted; empty where nothing is."""
        found = self.asked.get(name)
        if found is None:
            return f"no form of this flow asks for {name!r}"
        wanted = " or ".join(type_.value for type_ in types)
        return "" if found.type in types else f"{name!r} is of the type {found.type.value}; expected {wanted}"

    def _below(self, step: FlowStep) -> Iterator[str]:
        for spawned in step.opens:
            if spawned.flow not in self.flows:
                yield f"opens no known flow: {spawned.flow!r}"
            elif self.flow.code not in self.flows[spawned.flow].below:
                yield f"opens {spawned.flow!r}, which does not name {self.flow.code!r} among below"
            elif self.flows[spawned.flow].first.form:
                yield f"opens {spawned.flow!r}, whose first step has a form that nobody fills in"
            if spawned.each:
                several = (FieldType.TABLE, FieldType.TERMS)
                if text := self._not_a(spawned.each, *several):
                    yield f"opens each: {text}"
        if step.waits_for is not None:
            yield from self._awaited(step.waits_for)

    def _awaited(self, wait: Awaited) -> Iterator[str]:
        opened = {spawned.flow for step in self.flow.step for spawned in step.opens}
        if wait.flow not in self.flows:
            yield f"waits_for no known flow: {wait.flow!r}"
        elif wait.flow not in opened and self.flow.code not in self.flows[wait.flow].below:
            yield f"waits_for {wait.flow!r}, whose cases never stand below this"
        if not _is_enough(wait.enough):
            yield f"waits_for: enough is {wait.enough!r}; expected 'all', 'due', a share such as '2/3' or a number"
        if wait.at_least < 0:
            yield f"waits_for: at_least is {wait.at_least}"

    def _clock(self, step: FlowStep) -> Iterator[str]:
        if step.kind and step.clock not in (Turn.PAUSES, Turn.RESUMES):
            yield "kind: is said of a pause only"
        if (step.clock is Turn.EXTENDS) != (step.extends is not None):
            yield "extends: is given by the steps whose clock is 'extends', and by no other"
        if step.clock in (Turn.PAUSES, Turn.RESUMES, Turn.EXTENDS) and self.flow.limit is None:
            yield "clock: the flow has no limit"
        if step.clock is Turn.PAUSES and not self._is_resumed(step):
            yield "clock: no step resumes after this pause"
        if step.extends is not None and self.flow.limit is not None:
            yield from self._limit("extends", step.extends)
            if step.extends.said != self.flow.limit.said:
                yield f"extends: is counted in {step.extends.said}, the limit in {self.flow.limit.said}"

    def _is_resumed(self, step: FlowStep) -> bool:
        resuming = [other for other in self.flow.step if other.clock is Turn.RESUMES]
        return any(other.kind in ("", step.kind) for other in resuming)

    def _files(self, step: FlowStep) -> Iterator[str]:
        for number, template in enumerate(step.files, 1):
            yield from (f"files {number}: {text}" for text in template_faults(template, self.asked))


def _thing(each: FormField) -> tuple[FieldType, str, str, bool]:
    return each.type, each.list, each.unit, each.personal


def fields_asked(flow: Flow, forms: Mapping[str, CaseForm]) -> dict[str, FormField]:
    """What the forms of a flow ask for, by name; what two forms ask under one name is one."""
    named = dict.fromkeys(step.form for step in flow.step if step.form in forms)
    return {each.name: each for code in named for each in forms[code].fields}


def _is_enough(text: str) -> bool:
    if text in ("all", "due"):
        return True
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return False
    return 0 < share <= 1 if "/" in text else share.denominator == 1 and 0 < share <= LONGEST


def _unreachable(flow: Flow) -> Iterator[Fault]:
    """Steps that no case ever comes to, and those from which none ever ends."""
    follows = {step.code: {code for code in step.next if code in flow.steps} for step in flow.step}
    precedes: dict[str, set[str]] = {code: set() for code in flow.steps}
    for code, after in follows.items():
        for each in after:
            precedes[each].add(code)
    reached = _closure({flow.first.code}, follows)
    ending = _closure((step.code for step in flow.step if step.ends is not None), precedes)
    yield from ((code, "is never reached from the first step") for code in flow.steps if code not in reached)
    yield from (
        (code, "leads to no end: a case that comes here goes on for ever") for code in flow.steps if code not in ending
    )


def _closure(start: Iterable[str], ways: Mapping[str, Set[str]]) -> Set[str]:
    found: set[str] = set()
    left = set(start)
    while left:
        found |= left
        left = set(chain.from_iterable(ways[code] for code in left)) - found
    return found
