"""What somebody sees of a case: the one projection that the page, lists, files, the search and letters show.

A step or field that says ``seen_by`` is seen by those it names and, of a step, by whoever took it. What is not seen is not there:
neither the step nor its answers, nor that the case stands at it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xingke.accounts.models import User
from xingke.casework.models import CaseStep
from xingke.casework.queries import CaseDefinitions, CaseRead, newest_answers, stands_at, taker_at
from xingke.casework.rules.flows import ASSIGNEE, OPENER, PARTY, FlowStep
from xingke.casework.rules.forms import CaseForm, FormField
from xingke.casework.rules.stepping import Outsider, Taker


@dataclass(frozen=True)
class CaseSeen:
    """A case as far as somebody sees it. steps: those they see, oldest first; stands: where it stands, None where that is hidden."""

    read: CaseRead
    taker: Taker
    audiences: frozenset[str]
    steps: Sequence[CaseStep]
    stands: FlowStep | None

    @property
    def answers(self) -> Mapping[str, Any]:
        """The newest answers of the steps they see; fields they do not see are not among them."""
        said = newest_answers((step.form, step.answers) for step in self.steps)
        return {name: value for name, value in said.items() if self.sees(self.read.definitions.asked.get(name))}

    def sees(self, asked: FormField | None) -> bool:
        """Whether they see a field of a form."""
        return asked is not None and is_seen(asked.seen_by, self.audiences)

    def forms(self) -> list[tuple[CaseStep, CaseForm]]:
        """The forms that were filled in, each with the step that answered it last, in the order in which they were first answered."""
        last = {step.form: step for step in self.steps if step.form}
        return [(step, self.read.definitions.forms[code].value) for code, step in last.items()]


def is_seen(seen_by: Sequence[str], audiences: Iterable[str]) -> bool:
    """Whether one of those who look may see what says ``seen_by``."""
    return not seen_by or not set(seen_by).isdisjoint(audiences)


def case_seen(user: User, read: CaseRead) -> CaseSeen:
    """What somebody who may see a case sees of it."""
    case = read.case
    taker = taker_at(
        user,
        read.flow,
        region=case.region,
        organisation=case.organisation,
        person=case.person,
        parties=read.parties,
        also=names_seen_by(read.definitions),
    )
    audiences = audiences_of(taker)
    if taker.is_here and user.pk == read.state.opener:
        audiences.add(OPENER)
    if taker.is_here and read.last.assignee_id in {user.pk, *taker.stands_in}:
        audiences.add(ASSIGNEE)
    return _seen_as(read, taker, audiences, lambda step: step.taken_by_id == user.pk)


def audiences_of(taker: Taker) -> set[str]:
    """By what somebody sees what says ``seen_by``, before it is known who opened the case and who has it."""
    return {*taker.permissions, *(f"{PARTY}{role}" for role in taker.roles)}


def outsider_seen(read: CaseRead, outsider: Outsider) -> CaseSeen:
    """What an outsider sees of the case their link is for: what their party sees, nothing more."""
    taker = taker_at(outsider, read.flow, region=read.case.region, organisation=read.case.organisation)
    return _seen_as(read, taker, {f"{PARTY}{outsider.role}"}, lambda step: step.link == outsider.link)


def seen_by(who: User | Outsider, read: CaseRead) -> CaseSeen:
    """What either of them sees."""
    return outsider_seen(read, who) if isinstance(who, Outsider) else case_seen(who, read)


def _seen_as(read: CaseRead, taker: Taker, audiences: Iterable[str], is_own: Callable[[CaseStep], bool]) -> CaseSeen:
    audiences = frozenset(audiences)
    steps = [step for step in read.steps if is_own(step) or _sees_step(read, step, audiences)]
    flow = read.flow.steps
    at = read.last.stands
    hidden = at in flow and not is_seen(flow[at].seen_by, audiences) and not is_own(read.last)
    return CaseSeen(read, taker, audiences, steps, None if hidden else stands_at(read))


def names_seen_by(definitions: CaseDefinitions) -> frozenset[str]:
    """All that a flow and its forms name in ``seen_by``."""
    steps = (name for step in definitions.flow.step for name in step.seen_by)
    fields = (name for each in definitions.asked.values() for name in each.seen_by)
    return frozenset((*steps, *fields))


def first_of(read: CaseRead, step: CaseStep) -> CaseStep:
    """The step that a correction corrects in the end; any other is itself."""
    by_number = {each.number: each for each in read.steps}
    while step.corrects is not None and step.corrects in by_number:
        step = by_number[step.corrects]
    return step


def _sees_step(read: CaseRead, step: CaseStep, audiences: Iterable[str]) -> bool:
    """A correction is seen by whoever sees what it corrects."""
    known = read.flow.steps.get(first_of(read, step).step)
    return known is None or is_seen(known.seen_by, audiences)
