"""What is wrong with a flow, said when its pack is loaded: every mistake at once, none of them under way."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from fractions import Fraction
from itertools import chain

from xingke.accounts.permissions import PERMISSIONS
from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.expressions import ExpressionError, Type, parse
from xingke.base.sayings import NOTHING, Saying, say
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
            yield Issue(entry.file, _place(entry.place, place), text)


def _place(entry: str, step: str) -> str | Saying:
    return say("%(entry)s 步骤“%(step)s”", entry=entry, step=step) if step else entry


FLOWS: DefinitionKind[Flow] = DefinitionKind(
    "flow", "flows.toml", Flow, (flows_hold,), say("办理流程"), is_regional=True
)

Fault = tuple[str, Saying]  # the step, and what is wrong


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
            yield "", say("没有步骤")
            return
        yield from (("", text) for text in self._whole())
        for step in self.flow.step:
            parts = (self._names, self._ways, self._who, self._times, self._below, self._clock, self._files)
            yield from ((step.code, text) for part in parts for text in part(step))
        yield from (("", text) for text in self._asked_twice())
        yield from _unreachable(self.flow)

    def _whole(self) -> Iterator[Saying]:
        codes = [step.code for step in self.flow.step]
        yield from (
            say("步骤“%(code)s”写了两次", code=code)
            for code in sorted({code for code in codes if codes.count(code) > 1})
        )
        roles = [party.role for party in self.flow.parties]
        yield from (
            say("当事人“%(role)s”写了两次", role=role)
            for role in sorted({role for role in roles if roles.count(role) > 1})
        )
        for party in self.flow.parties:
            yield from self._party(party)
        if self.flow.managed_by not in self.permissions:
            yield say("managed_by 写的是“%(managed_by)s”，没有这个权限", managed_by=self.flow.managed_by)
        yield from self._number()
        yield from (
            say("below：没有叫“%(code)s”的流程", code=code) for code in self.flow.below if code not in self.flows
        )
        yield from (
            say("withdrawable_until：没有叫“%(code)s”的步骤", code=code)
            for code in self.flow.withdrawable_until
            if code not in self.flow.steps
        )
        if self.flow.limit is not None:
            yield from self._limit("limit", self.flow.limit)
            if self.flow.limit.hours is not None:
                yield say("limit 不能按小时：整件的时钟按天算")
        for number, check in enumerate(self.flow.check, 1):
            yield from (say("check %(number)s：%(text)s", number=number, text=text) for text in self._check(check))

    def _check(self, check: FormCheck) -> Iterator[Saying]:
        """What must hold between forms is asked when one of them is answered, and refuses there."""
        try:
            parse(check.rule, expression_types(self.asked.values()), wanted=Type.TRUTH)
        except ExpressionError as error:
            yield say("rule 第 %(place)s 个字符：%(error)s", place=error.place + 1, error=error.saying)
        yield from (say("fields：没有叫“%(name)s”的栏", name=name) for name in check.fields if name not in self.asked)
        if check.warns:
            yield say("warns：各张表之间的核对不成立就拒绝；只提醒的写在表单自己的 check 里")

    def _party(self, party: FlowParty) -> Iterator[Saying]:
        """What names a party is a field of its own kind; accounts are named by the steps that assign them."""
        if not party.asked:
            return
        types = {CaseSubject.ORGANISATION: FieldType.ORGANISATION, CaseSubject.PERSON: FieldType.PERSON}
        if party.about not in types:
            yield say("当事人“%(role)s”是 %(value)s，没有哪种栏可以指定", role=party.role, value=party.about.value)
        elif text := self._not_a(party.asked, types[party.about]):
            yield say("当事人“%(role)s”的 asked：%(text)s", role=party.role, text=text)

    def _asked_twice(self) -> Iterator[Saying]:
        """What two forms ask under one name is one answer, so it is of one type, list and unit, and sealed in both or in none."""
        asked = fields_asked(self.flow, self.forms)
        for code in dict.fromkeys(step.form for step in self.flow.step if step.form in self.forms):
            for each in self.forms[code].fields:
                known = asked[each.name]
                if _thing(each) != _thing(known):
                    yield say("两张表单都问“%(name)s”，问的却不是同样的内容", name=each.name)

    def _number(self) -> Iterator[Saying]:
        """Numbers are of one flow, region and year: records are known by them."""
        number = self.flow.number
        if not number:
            return
        parts = [number.count(part) for part in ("{year}", "{region}", "{n:")]
        if not _NUMBER.fullmatch(number) or parts != [1, 1, 1]:
            yield say("number 写的是“%(number)s”；要有 {region}、{year}、{n:4} 各一个", number=number)
        same = [other.code for other in self.flows.values() if other.number == number and other.code != self.flow.code]
        yield from (say("number 与流程“%(code)s”的相同", code=code) for code in same)

    def _names(self, step: FlowStep) -> Iterator[Saying]:
        if step.code in RESERVED:
            yield say("是每个流程都有的步骤，请换一个代码")
        if not _CODE.fullmatch(step.code):
            yield say("步骤的代码只用小写字母、数字和 _，最多 40 个")
        if step.form and step.form not in self.forms:
            yield say("form：没有叫“%(form)s”的表单", form=step.form)
        if (
            step.through is not None
            and step.form in self.forms
            and any(f.personal for f in self.forms[step.form].fields)
        ):
            yield say("form：“%(form)s”问到个人信息，会议、公示、拨付、文书办的步骤不能封存", form=step.form)
        if step.matter and step.matter not in MATTERS:
            yield say("matter 写的是“%(matter)s”；只能是 %(known)s", matter=step.matter, known=tuple(MATTERS))
        if step.assigns and step.assigns not in self.flow.roles:
            yield say("assigns：“%(assigns)s”不是这个流程的当事人", assigns=step.assigns)
        if step.on and (text := self._not_a(step.on, FieldType.DAY)):
            yield say("on：%(text)s", text=text)
        if step.when:
            yield from self._condition(step.when)
        if step is self.flow.first and (step.when or step.not_before or step.waits_for or step.through):
            yield say("是开头的一步，没有什么可等：不写 when、not_before、waits_for、through")

    def _condition(self, text: str) -> Iterator[Saying]:
        try:
            parse(text, expression_types(self.asked.values()), wanted=Type.TRUTH)
        except ExpressionError as error:
            yield say("when：%(error)s", error=error.saying)

    def _ways(self, step: FlowStep) -> Iterator[Saying]:
        yield from (say("next：没有叫“%(code)s”的步骤", code=code) for code in step.next if code not in self.flow.steps)
        if step.ends is not None and step.next:
            yield say("结束了事项，却还有 next")
        if step.ends is None and not step.next:
            yield say("既不结束事项，也没有下一步")
        if self.flow.first.code in step.next:
            yield say("回到了开头的“%(code)s”", code=self.flow.first.code)

    def _who(self, step: FlowStep) -> Iterator[Saying]:
        if not step.by:
            yield say("by：没有写谁可以办")
        for name in (*step.by, *step.seen_by):
            if name.startswith(PARTY):
                if name.removeprefix(PARTY) not in self.flow.roles:
                    yield say("“%(name)s”不是这个流程的当事人", name=name)
            elif name not in (OPENER, ASSIGNEE, CLOCK) and name not in self.permissions:
                yield say(
                    "“%(name)s”不是权限，也不是 %(party)s…、%(opener)s、%(assignee)s、%(clock)s",
                    name=name,
                    party=PARTY,
                    opener=OPENER,
                    assignee=ASSIGNEE,
                    clock=CLOCK,
                )
        for code in step.other_than:
            if code not in self.flow.steps and code != AUTHORS:
                yield say("other_than：没有叫“%(code)s”的步骤", code=code)
        if CLOCK in step.by and not any(step.code == other.late for other in self.flow.step):
            yield say("由时钟办，却没有哪一步的 late 是它")

    def _times(self, step: FlowStep) -> Iterator[Saying]:
        if step.due is not None:
            yield from self._limit("due", step.due)
            if step.ends is not None:
                yield say("结束了事项，不能再有期限")
        if step.late:
            if step.due is None:
                yield say("late：没有写期限 due")
            if step.late not in step.next:
                yield say("late：“%(late)s”不在 next 里", late=step.late)
            elif step.late in self.flow.steps:
                yield from self._late(self.flow.steps[step.late])
        if step.not_before is not None:
            yield from self._earliest(step.not_before)

    def _late(self, step: FlowStep) -> Iterator[Saying]:
        """What is taken by the clock is taken by nobody: there is none to answer, to give a reason or to wait."""
        if CLOCK not in step.by:
            yield say("late：“%(code)s”不由时钟办，by 里要有 clock", code=step.code)
        asked = ("form", "reason", "assigns", "when", "not_before", "waits_for", "opens", "through", "files")
        given = [name for name in asked if getattr(step, name)]
        if given:
            yield say("late：“%(code)s”写了 %(known)s，时钟办不了", code=step.code, known=tuple(given))

    def _earliest(self, wanted: Earliest) -> Iterator[Saying]:
        if bool(wanted.after) == bool(wanted.on):
            yield say("not_before：after 和 on 写一个，也只写一个")
        if wanted.after and wanted.after not in self.flow.steps:
            yield say("not_before：没有叫“%(after)s”的步骤", after=wanted.after)
        if wanted.after and (wanted.working_days is None) == (wanted.days is None):
            yield say("not_before：working_days 和 days 写一个，也只写一个")
        if wanted.on and (text := self._not_a(wanted.on, FieldType.DAY)):
            yield say("not_before：%(text)s", text=text)
        yield from (
            say("not_before：%(number)s 不是 0 到 %(longest)s 的天数", number=number, longest=LONGEST)
            for number in (wanted.working_days, wanted.days)
            if number is not None and not 0 <= number <= LONGEST
        )

    def _limit(self, name: str, limit: Limit) -> Iterator[Saying]:
        if len(limit.said) != 1:
            yield say(
                "%(name)s：working_days、days、months、hours、until 只写一个，写了 %(said)s 个",
                name=name,
                said=len(limit.said),
            )
        for unit in limit.said:
            if unit == "until":
                if text := self._not_a(limit.until, FieldType.DAY):
                    yield say("%(name)s：%(text)s", name=name, text=text)
            elif not 0 < getattr(limit, unit) <= LONGEST:
                yield say(
                    "%(name)s：%(unit)s 写的是 %(unit2)s；在 1 到 %(longest)s 之间",
                    name=name,
                    unit=unit,
                    unit2=getattr(limit, unit),
                    longest=LONGEST,
                )

    def _not_a(self, name: str, *types: FieldType) -> Saying:
        """What is wrong where a field of some type is wanted; empty where nothing is."""
        found = self.asked.get(name)
        if found is None:
            return say("这个流程的表单都不问“%(name)s”", name=name)
        if found.type in types:
            return NOTHING
        wanted = tuple(type_.value for type_ in types)
        return say(
            "“%(name)s”是 %(value)s 类的栏；这里要 %(wanted)s 类的", name=name, value=found.type.value, wanted=wanted
        )

    def _below(self, step: FlowStep) -> Iterator[Saying]:
        for spawned in step.opens:
            if spawned.flow not in self.flows:
                yield say("opens：没有叫“%(flow)s”的流程", flow=spawned.flow)
            elif self.flow.code not in self.flows[spawned.flow].below:
                yield say("opens：“%(flow)s”的 below 里没有“%(code)s”", flow=spawned.flow, code=self.flow.code)
            elif self.flows[spawned.flow].first.form:
                yield say("opens：“%(flow)s”的第一步有表单，没有人填", flow=spawned.flow)
            if spawned.each:
                several = (FieldType.TABLE, FieldType.TERMS)
                if text := self._not_a(spawned.each, *several):
                    yield say("opens 的 each：%(text)s", text=text)
        if step.waits_for is not None:
            yield from self._awaited(step.waits_for)

    def _awaited(self, wait: Awaited) -> Iterator[Saying]:
        opened = {spawned.flow for step in self.flow.step for spawned in step.opens}
        if wait.flow not in self.flows:
            yield say("waits_for：没有叫“%(flow)s”的流程", flow=wait.flow)
        elif wait.flow not in opened and self.flow.code not in self.flows[wait.flow].below:
            yield say("waits_for：“%(flow)s”的事项从来不在这个流程下面", flow=wait.flow)
        if not _is_enough(wait.enough):
            yield say(
                "waits_for 的 enough 写的是“%(enough)s”；可以是 all、due、几分之几（如 2/3）或个数", enough=wait.enough
            )
        if wait.at_least < 0:
            yield say("waits_for 的 at_least 写的是 %(at_least)s", at_least=wait.at_least)

    def _clock(self, step: FlowStep) -> Iterator[Saying]:
        if step.kind and step.clock not in (Turn.PAUSES, Turn.RESUMES):
            yield say("kind：只有停顿可以写")
        if (step.clock is Turn.EXTENDS) != (step.extends is not None):
            yield say("extends：clock 是 extends 的步骤要写，别的不写")
        if step.clock in (Turn.PAUSES, Turn.RESUMES, Turn.EXTENDS) and self.flow.limit is None:
            yield say("clock：整个流程没有时限 limit")
        if step.clock is Turn.PAUSES and not self._is_resumed(step):
            yield say("clock：这次停顿之后没有步骤恢复")
        if step.extends is not None and self.flow.limit is not None:
            yield from self._limit("extends", step.extends)
            if step.extends.said != self.flow.limit.said:
                yield say(
                    "extends 按 %(said)s 算，limit 按 %(said2)s 算；要一样",
                    said=tuple(step.extends.said),
                    said2=tuple(self.flow.limit.said),
                )

    def _is_resumed(self, step: FlowStep) -> bool:
        resuming = [other for other in self.flow.step if other.clock is Turn.RESUMES]
        return any(other.kind in ("", step.kind) for other in resuming)

    def _files(self, step: FlowStep) -> Iterator[Saying]:
        for number, template in enumerate(step.files, 1):
            yield from (
                say("files 第 %(number)s 条：%(text)s", number=number, text=text)
                for text in template_faults(template, self.asked)
            )


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
    yield from ((code, say("从第一步怎么也走不到")) for code in flow.steps if code not in reached)
    yield from ((code, say("走不到头：到了这一步的事项永远办不完")) for code in flow.steps if code not in ending)


def _closure(start: Iterable[str], ways: Mapping[str, Set[str]]) -> Set[str]:
    found: set[str] = set()
    left = set(start)
    while left:
        found |= left
        left = set(chain.from_iterable(ways[code] for code in left)) - found
    return found
