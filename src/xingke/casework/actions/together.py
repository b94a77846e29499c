"""The same step of many cases, as one act: what one case refuses holds up no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.models import Case, CaseStep
from xingke.casework.rules.stepping import RESERVED_WORDS

MOST = 200  # cases of one act: nobody else writes meanwhile


@dataclass(frozen=True)
class StepsTaken:
    """What became of the cases, each in the order they were given: the steps that stand, and why the others do not."""

    taken: Sequence[CaseStep]
    refused: Sequence[tuple[Case, Refused]]


def take_steps(
    *, cases: Sequence[tuple[Case, int]], step: str, opinion: str = "", by: User, now: datetime
) -> StepsTaken:
    """Take a step that asks no form of many cases. cases: each with the number of the last step that was seen of it.

    Who may is asked of every case. A second press gives back what the first took. Raises Refused for none and for too many;
    what a case refuses is in what is returned.
    """
    if not cases:
        raise Refused(say("请先选定要办的事项。"))
    if len(cases) > MOST:
        raise Refused(say("一次最多办%(most)s件，选定了%(there)s件；请分几次办。", most=MOST, there=len(cases)))
    taken: list[CaseStep] = []
    refused: list[tuple[Case, Refused]] = []
    with act(by=by, now=now, code="case.steps-taken", kind="case", target=step) as done:
        done.lock()
        for case, seen in cases:
            try:
                _refuse_form(case, step)
                wanted = StepWanted(step=step, opinion=opinion)
                taken.append(take_step(case=case, wanted=wanted, seen=seen, by=by, now=now))
            except Refused as refusal:
                refused.append((case, refusal))
        if done.is_empty:  # all were refused, or taken by a first press
            done.nothing()
        else:
            done.says(count=len(taken), step=step, left=len(refused))
    return StepsTaken(taken, refused)


def _refuse_form(case: Case, step: str) -> None:
    """Raise Refused for a step of which every case has answers of its own."""
    if step in RESERVED_WORDS:
        raise Refused(say("“%(step)s”要在每件事项的页面上单独办。", step=RESERVED_WORDS[step]))
    own = queries.definitions_of(case).flow.steps.get(step)
    if own is None:
        raise Refused(say("这件事没有这一步。"))
    if own.form or own.assigns:
        raise Refused(say("“%(step)s”要填写内容，请在这件事项的页面上办。", step=own.label))
