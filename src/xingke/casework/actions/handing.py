"""Handing over 工作交接: the open cases of one account go to another, as one act; what one case refuses holds up no other."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.actions.together import StepsTaken
from xingke.casework.models import Case, CaseStep
from xingke.casework.queries.handing import MOST, given_to, to_hand_over
from xingke.casework.rules.flows import TRANSFER


def hand_over(*, of: User, to: User, listed: Sequence[str], reason: str, by: User, now: datetime) -> StepsTaken:
    """Give somebody's open cases to another. listed: ``KEY:N`` of each case of the list as it was seen, with its last step.

    By whoever has them, or who may transfer them. Raises Refused for another list than the one there is now: then nothing is
    done. What a case refuses is in what is returned. A second press gives back what the first did.
    """
    if of.pk == to.pk:
        raise Refused(say("不能交给自己，请另选一个人。"))
    if not reason.strip():
        raise Refused(say("请写明交接的事由。"))
    seen = _parsed(listed)
    with act(by=by, now=now, code="case.handed-over", kind="account", target=of.username) as done:
        done.lock()
        before = _handed_over(seen, to, by)
        rows = given_to(of, by)[:MOST]
        if {(row.case.key, row.number) for row in rows} != set(seen.items()) - {(case.key, n) for case, n in before}:
            raise Refused(say("在您看过清单之后，要交接的事项有变动；请看过新的清单再办。"))
        taken: list[CaseStep] = []
        refused: list[tuple[Case, Refused]] = []
        wanted = StepWanted(step=TRANSFER, opinion=reason, assignee=to)
        for each in to_hand_over(rows, to, by, now=now):
            try:
                each.answer.or_refuse()
                case = each.read.case
                taken.append(take_step(case=case, wanted=wanted, seen=each.read.last.number, by=by, now=now))
            except Refused as refusal:
                refused.append((each.read.case, refusal))
        if not taken:  # a first press did it, or every one was refused
            done.nothing()
        else:
            done.says(handed_to=to.username, count=len(taken), left=len(refused))
    again = CaseStep.objects.filter(case__in=[case for case, _n in before], step=TRANSFER, seq_to__isnull=True)
    return StepsTaken(taken or list(again), refused)


def _parsed(listed: Sequence[str]) -> dict[UUID, int]:
    try:
        pairs = [each.partition(":") for each in listed[: MOST + 1]]
        found = {UUID(key): int(number) for key, _colon, number in pairs}
    except ValueError:
        raise Refused(say("清单不完整，请重新打开页面。")) from None
    if not found:
        raise Refused(say("没有要交接的事项。"))
    return found


def _handed_over(seen: dict[UUID, int], to: User, by: User) -> list[tuple[Case, int]]:
    """Those of a list that a first press handed over already."""
    rows = CaseStep.objects.filter(
        case__key__in=seen, seq_to__isnull=True, step=TRANSFER, taken_by=by, assignee=to
    ).select_related("case")
    return [(row.case, row.number - 1) for row in rows if row.number == seen[row.case.key] + 1]
