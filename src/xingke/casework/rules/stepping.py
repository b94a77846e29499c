"""Where a case stands, and what may be done with it next. Pure: everything it depends on is given."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from math import ceil
from uuid import UUID

from xingke.base.expressions import Node, Type, Value, evaluate, names, parse
from xingke.base.labels import Label
from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import Saying, say
from xingke.base.workdays import WorkCalendar
from xingke.casework.rules.clocks import earliest
from xingke.casework.rules.conditions import expression_words
from xingke.casework.rules.flows import (
    ASSIGNEE,
    AUTHORS,
    CLOCK,
    CORRECT,
    GIVEN,
    OPENER,
    PARTY,
    REOPEN,
    TERMINATE,
    TRANSFER,
    WITHDRAW,
    Awaited,
    CaseEnd,
    Flow,
    FlowStep,
    Through,
)


@dataclass(frozen=True, kw_only=True)
class StepTaken:
    """A step of a case that was taken. by: the account, of an outsider the one that gave them the link; None for the job child. on: the
    day on which it was done. in_place_of: the account it was given to, where a substitute took it."""

    number: int  # within its case, from 1
    step: str
    by: int | None
    at: datetime
    on: date
    kind: str = ""  # of a pause
    corrects: int = 0
    in_place_of: int | None = None

    @property
    def people(self) -> set[int | None]:
        """Who counts as having taken it: a substitute and whom they stood in for."""
        return {self.by, self.in_place_of} if self.in_place_of is not None else {self.by}


@dataclass(frozen=True, kw_only=True)
class ChildCase:
    """A case below another. is_late: the limit of where it stands has passed."""

    flow: str
    ended: CaseEnd | None = None
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class CaseState:
    """What is known of a case when somebody wants to take a step.

    taken: its steps, oldest first. known: what its forms and facts say, of the types in ``types``; what is not known is missing.
    days: the days that forms asked for, by name. words: what a sentence calls what was asked.
    publicity_until, objections_open: of the publicity it stands in, the last day, and what
    was said against it and not answered yet.
    """

    flow: Flow
    taken: Sequence[StepTaken]
    children: Sequence[ChildCase] = ()
    types: Mapping[str, Type] = field(default_factory=dict)
    known: Mapping[str, Value | None] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    words: Mapping[str, Label] = field(default_factory=dict)
    assignee: int | None = None
    publicity_until: date | None = None
    objections_open: int = 0

    @property
    def opener(self) -> int | None:
        """Who opened it."""
        return self.taken[0].by if self.taken else None


@dataclass(frozen=True, kw_only=True)
class Outsider:
    """Somebody without an account who acts by a link, and may take one step as one party.

    link: its key. name: who they are. vouched_by: the account that gave them the link. Nobody else knows who pressed the button, so
    that account counts as having taken the step wherever another one is wanted.
    """

    link: UUID
    name: str
    role: str
    step: str
    vouched_by: int


@dataclass(frozen=True, kw_only=True)
class Taker:
    """Somebody who wants to take a step of a case: what they may do where it lies, and what they are to it.

    is_here: whether they may still see it. Who opened it or was assigned to it and left the bureau or firm has no part in it.
    stands_in: the accounts whose substitute they are today.
    """

    user: int | None  # None: the job child, or an outsider
    is_here: bool = True
    permissions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    outsider: Outsider | None = None
    stands_in: frozenset[int] = frozenset()

    @property
    def is_clock(self) -> bool:
        """Whether it is the job child."""
        return self.user is None and self.outsider is None

    @property
    def counts_as(self) -> int | None:
        """The account that is meant where another is wanted."""
        return self.outsider.vouched_by if self.outsider is not None else self.user


def standing(flow: Flow, taken: Sequence[StepTaken]) -> FlowStep | None:
    """The step at which a case stands; None before it was opened. Correcting and transferring move nothing; whatever ended it is
    what it stands at, until it is reopened: then it stands where it stood before."""
    way = _way(flow, taken)
    return way[-1] if way else None


def _way(flow: Flow, taken: Sequence[StepTaken]) -> list[FlowStep]:
    """The steps at which a case stood, one after another."""
    way: list[FlowStep] = []
    for each in taken:
        if each.step in flow.steps:
            way.append(flow.steps[each.step])
        elif each.step in _ENDED_BY:
            way.append(_ENDED_BY[each.step])
        elif each.step == REOPEN:
            way.append(_before_the_end(way))
    return way


def _before_the_end(way: Sequence[FlowStep]) -> FlowStep:
    return next((step for step in reversed(way) if step.ends is None), way[0])


RESERVED_WORDS = {
    WITHDRAW: Label("撤回", "Withdraw"),
    CORRECT: Label("更正", "Correct"),
    REOPEN: Label("重新办理", "Reopen"),
    TERMINATE: Label("终止", "Terminate"),
    TRANSFER: Label("移交", "Transfer"),
}
_ENDED_BY = {
    WITHDRAW: FlowStep(code=WITHDRAW, label=RESERVED_WORDS[WITHDRAW], ends=CaseEnd.WITHDRAWN),
    TERMINATE: FlowStep(code=TERMINATE, label=RESERVED_WORDS[TERMINATE], ends=CaseEnd.TERMINATED),
}


def ending(flow: Flow, taken: Sequence[StepTaken]) -> CaseEnd | None:
    """How a case has ended; None while it goes on."""
    where = standing(flow, taken)
    return where.ends if where is not None else None


def offered(state: CaseState, taker: Taker, *, now: datetime, calendar: WorkCalendar) -> list[tuple[str, Answer]]:
    """The steps that may follow by the flow, in its order, each with whether this taker may take it now and why not. Steps
    that are not theirs at all are left out."""
    where = standing(state.flow, state.taken)
    codes = [state.flow.first.code] if where is None else [*where.next, *_reserved(state)]
    return [
        (code, may_take(state, code, taker, now=now, calendar=calendar))
        for code in codes
        if is_theirs(state, code, taker)
    ]


def _reserved(state: CaseState) -> list[str]:
    where = standing(state.flow, state.taken)
    if where is None:
        return []
    return [CORRECT, REOPEN] if where.ends else [WITHDRAW, CORRECT, TRANSFER, TERMINATE]


def may_take(
    state: CaseState, code: str, taker: Taker, *, now: datetime, calendar: WorkCalendar, through: Through | None = None
) -> Answer:
    """Whether somebody may take a step now. The first reason that speaks against it. through: the common act it is part of."""
    where = standing(state.flow, state.taken)
    if code in RESERVED_WORDS:
        return _may_reserved(state, code, taker)
    step = state.flow.steps.get(code)
    if step is None:
        return no(say("没有叫“%(step)s”的步骤。", step=code))
    if where is None and step is not state.flow.first:
        return no(say("先要有“%(first)s”。", first=state.flow.first.label))
    if where is not None and code not in where.next:
        if not _sees(state, where, taker):
            return no(say("现在不能“%(step)s”。页面可能旧了，请刷新再看。", step=step.label))
        return no(
            say("现在是“%(where)s”，不能“%(step)s”。页面可能旧了，请刷新再看。", where=where.label, step=step.label)
        )
    if not is_theirs(state, code, taker):
        return no(say("“%(step)s”不由您办。", step=step.label))
    if step.through is not through:
        return no(_not_through(step, through))
    for answer in _conditions(state, step, taker, now=now, calendar=calendar):
        if not answer.allowed:
            return answer
    return YES


def _not_through(step: FlowStep, through: Through | None) -> Saying:
    if step.through is None:
        return say("“%(step)s”要单独办，不能和别的事项一起办。", step=step.label)
    return _THROUGH[step.through].filled(step=step.label)


_THROUGH: Mapping[Through, Saying] = {
    Through.MEETING: say("“%(step)s”要在会议里记录：把它列入议程，会后逐件记下决定。"),
    Through.PUBLICITY: say("“%(step)s”要由公示办：把它列入一批公示。"),
    Through.PAYMENT: say("“%(step)s”要由拨付办：把它列入一批拨付。"),
    Through.LETTER: say("“%(step)s”随文书一起办：出具它的文书，就办了这一步。"),
}


def _conditions(
    state: CaseState, step: FlowStep, taker: Taker, *, now: datetime, calendar: WorkCalendar
) -> Iterator[Answer]:
    yield four_eyes(state, step, taker.counts_as)
    if _is_by_assignment_alone(state, step, taker):  # what they may not, nobody does in their place
        yield four_eyes(state, step, state.assignee)
    yield _publicity_over(state, step, now.date())
    if step.not_before is not None:
        day = earliest(step.not_before, taken=state.taken, days=state.days, calendar=calendar)
        if day is None:
            yield no(say("还不知道最早哪天可以“%(step)s”。", step=step.label))
        elif now.date() < day:
            yield no(say("%(day)s起才能“%(step)s”。", day=day.isoformat(), step=step.label))
    if step.waits_for is not None:
        yield enough(step.waits_for, state.children)
    if step.when:
        yield _condition(state, step)


def _publicity_over(state: CaseState, step: FlowStep, today: date) -> Answer:
    """Whether a case may leave its publicity: every objection was answered, and nothing is granted before the last day is over."""
    where = standing(state.flow, state.taken)
    if where is None or where.through is not Through.PUBLICITY:
        return YES
    if state.objections_open:
        return no(
            say(
                "公示期间的异议还有%(open)s件没有答复，答复后才能“%(step)s”。",
                open=state.objections_open,
                step=step.label,
            )
        )
    until = state.publicity_until
    if until is not None and today <= until and step.ends is not CaseEnd.REFUSED:
        return no(say("公示到%(day)s为止，公示期满后才能“%(step)s”。", day=until.isoformat(), step=step.label))
    return YES


def four_eyes(state: CaseState, step: FlowStep, user: int | None) -> Answer:
    """Whether somebody did none of what must have been done by another. Corrections count for who made them."""
    named = set(step.other_than)
    if AUTHORS in named:
        named |= {each.code for each in state.flow.step if each.form}
    others = set[int | None]().union(*(each.people for each in state.taken if _first_of(state, each).step in named))
    if user is not None and user in others:
        return no(say("“%(step)s”须由没有经手前面步骤的人办。", step=step.label))
    return YES


def in_place_of(state: CaseState, code: str, taker: Taker) -> int | None:
    """For whom somebody takes a step: whom it was given to, where they are their substitute and that one might take it; None for themselves."""
    step = state.flow.steps.get(code)
    if step is None or state.assignee not in taker.stands_in or GIVEN.isdisjoint(step.by):
        return None
    return state.assignee if four_eyes(state, step, state.assignee).allowed else None


def can_go_on(state: CaseState, user: int) -> Answer:
    """Whether a case that is given to somebody finds a step they may take: not where four eyes bar them from every one that is the assignee's."""
    where = standing(state.flow, state.taken)
    following = [state.flow.steps[code] for code in where.next] if where is not None else []
    answers = [four_eyes(state, step, user) for step in following if not GIVEN.isdisjoint(step.by)]
    return YES if not answers or any(each.allowed for each in answers) else answers[0]


def _first_of(state: CaseState, taken: StepTaken) -> StepTaken:
    """The step that a correction corrects in the end; any other is itself."""
    by_number = {each.number: each for each in state.taken}
    while taken.corrects and taken.corrects in by_number:
        taken = by_number[taken.corrects]
    return taken


def enough(wait: Awaited, children: Collection[ChildCase]) -> Answer:
    """Whether enough of the cases below have ended as they must have."""
    awaited = [child for child in children if child.flow == wait.flow]
    counting = set(wait.outcomes) or set(CaseEnd) - {
        CaseEnd.WITHDRAWN,
        CaseEnd.TERMINATED,
    }  # nobody said anything there
    ended = [child for child in awaited if child.ended in counting]
    wanted = _how_many(wait, len(awaited))
    if wait.enough == "due":
        ended = [child for child in awaited if child in ended or child.is_late]
    if len(awaited) < wait.at_least:
        return no(say("至少要有%(wanted)s件，现有%(there)s件。", wanted=wait.at_least, there=len(awaited)))
    if len(ended) < wanted:
        return no(
            say(
                "还在等：要%(wanted)s件，已有%(ended)s件，共%(all)s件。",
                wanted=wanted,
                ended=len(ended),
                all=len(awaited),
            )
        )
    return YES


def _how_many(wait: Awaited, there: int) -> int:
    if wait.enough in ("all", "due"):
        return there
    share = Fraction(wait.enough)
    return ceil(share * there) if "/" in wait.enough else int(share)


def may_come(state: CaseState, step: FlowStep) -> bool:
    """Whether the condition of a step leaves it possible: what is not known yet rules nothing out."""
    return not step.when or _holds(state, step) is not False


def _holds(state: CaseState, step: FlowStep) -> Value | None:
    return evaluate(_parsed(step.when, _types(state)), {name: state.known.get(name) for name in state.types})


def _condition(state: CaseState, step: FlowStep) -> Answer:
    holds = _holds(state, step)
    if holds is None:
        asked = names(_parsed(step.when, _types(state)))
        missing = tuple(state.words[each] for each in asked if each in state.words and state.known.get(each) is None)
        if not missing:
            return no(say("“%(step)s”的条件还不能判断，有内容没有填。", step=step.label))
        return no(say("“%(step)s”的条件还不能判断，还没有填：%(names)s。", step=step.label, names=missing))
    if holds:
        return YES
    rule = expression_words(step.when, state.words)
    return no(say("不符合“%(step)s”的条件：%(rule)s。", step=step.label, rule=rule))


def _types(state: CaseState) -> tuple[tuple[str, Type], ...]:
    return tuple(sorted(state.types.items(), key=lambda each: each[0]))


@lru_cache(maxsize=512)
def _parsed(text: str, types: tuple[tuple[str, Type], ...]) -> Node:
    return parse(text, dict(types), wanted=Type.TRUTH)


def is_theirs(state: CaseState, code: str, taker: Taker) -> bool:
    """Whether a step is for somebody like this at all: what is not is not shown to them."""
    if taker.outsider is not None and taker.outsider.step != code:
        return False
    if code in state.flow.steps:
        return any(_is_named(state, name, taker) for name in state.flow.steps[code].by)
    if code == WITHDRAW:
        return _is_named(state, OPENER, taker) or (taker.is_here and state.flow.owner in taker.roles)
    if code == TRANSFER and taker.is_here and taker.user is not None and taker.user == state.assignee:
        return True  # whoever has it hands it on; a substitute does not
    return state.flow.managed_by in taker.permissions


def _is_by_assignment_alone(state: CaseState, step: FlowStep, taker: Taker) -> bool:
    """Whether a step is somebody's only as the substitute of whom it was given to."""
    own = replace(taker, stands_in=frozenset())
    return bool(taker.stands_in) and not any(_is_named(state, name, own) for name in step.by)


def _is_named(state: CaseState, name: str, taker: Taker) -> bool:
    if taker.outsider is not None:
        return name == f"{PARTY}{taker.outsider.role}"
    if name == CLOCK:
        return taker.is_clock
    if taker.user is None or not taker.is_here:
        return False
    if name == OPENER:
        return not state.taken or taker.user == state.opener
    if name == ASSIGNEE:
        return taker.user == state.assignee or state.assignee in taker.stands_in
    if name.startswith(PARTY):
        return name.removeprefix(PARTY) in taker.roles
    return name in taker.permissions


def _may_reserved(state: CaseState, code: str, taker: Taker) -> Answer:
    where = standing(state.flow, state.taken)
    if where is None:
        return no(say("先要有“%(first)s”。", first=state.flow.first.label))
    if code not in _reserved(state):
        return no(say("已经办结，不能再办。")) if where.ends else no(say("还没有办结，不用重新办理。"))
    if not is_theirs(state, code, taker):
        return no(_NOT_THEIRS[code])
    passed = {each.step for each in state.taken}
    if code == WITHDRAW and (late := [step for step in state.flow.withdrawable_until if step in passed]):
        known = next((state.flow.steps[each] for each in late if _sees(state, state.flow.steps[each], taker)), None)
        if known is None:
            return no(say("已经办到后面，不能再撤回；可以请经办人终止。"))
        return no(say("已经“%(step)s”，不能再撤回；可以请经办人终止。", step=known.label))
    return YES


def _sees(state: CaseState, step: FlowStep, taker: Taker) -> bool:
    """Whether a sentence said to somebody may name a step: what is not shown to them is not named either."""
    if taker.is_clock or not step.seen_by:
        return True
    took = taker.user is not None and any(each.step == step.code and each.by == taker.user for each in state.taken)
    return took or any(_is_named(state, name, taker) for name in step.seen_by)


_NOT_THEIRS: Mapping[str, Saying] = {
    WITHDRAW: say("只有发起人可以撤回。"),
    CORRECT: say("更正由负责这项业务的人办。"),
    REOPEN: say("重新办理由负责这项业务的人办。"),
    TERMINATE: say("终止由负责这项业务的人办。"),
    TRANSFER: say("移交由经办人或负责这项业务的人办。"),
}
