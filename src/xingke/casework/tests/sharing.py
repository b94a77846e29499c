"""What tests of common acts share: cases that stand before a meeting or a publicity, and a meeting that was held."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tests.cast import NOW, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.actions.meetings import (
    CaseForAgenda,
    DecisionsTaken,
    ItemDecision,
    NewMeeting,
    PersonThere,
    call_meeting,
    decide,
    hold_meeting,
    put_on_agenda,
)
from xingke.casework.actions.publicity import CaseShown, NewPublicity, PublicityOpened, open_publicity
from xingke.casework.models import AgendaItem, Case, CaseCall, CaseStep, Meeting
from xingke.casework.rules.meetings import MeetingVerdict, Presence
from xingke.casework.tests.flowing import through

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TODAY = date(2026, 3, 2)
LEADERS = ("局长甲", "副局长乙", "副局长丙")


def apply(cast: Cast, *, base: str = "800", by: User | None = None, call: CaseCall | None = None, **new: Any) -> Case:
    """A firm's application for a subsidy."""
    proof = accounts.store_file(name="纳税申报表.pdf", data=PDF)
    first = StepWanted(step="applied", typed={"base": base, "proof": [proof.digest]}, files=[proof])
    wanted = NewCase(flow="rnd_subsidy", region=cast.county, organisation=cast.firm, call=call, **new)
    return open_case(new=wanted, first=first, by=by or cast.enterprise, now=NOW)


def take(case: Case, step: str, by: User | None, *, now: datetime = NOW, **wanted: Any) -> CaseStep:
    """Take a step of a case, whatever common act it is part of."""
    as_wanted = StepWanted(step=step, through=through(case.flow, step), **wanted)
    return take_step(case=case, wanted=as_wanted, seen=case.steps.count(), by=by, now=now)


def before_a_meeting(cast: Cast, count: int = 1) -> list[Case]:
    """Cases that were checked and wait for a meeting."""
    cases = [apply(cast, base=str(800 + number)) for number in range(count)]
    for case in cases:
        take(case, "checked", cast.officer, typed={"settled": "25"})
    return cases


def before_publicity(cast: Cast, count: int = 1) -> list[Case]:
    """Cases that a meeting settled and that wait to be shown."""
    cases = before_a_meeting(cast, count)
    for case in cases:
        take(case, "settled", cast.director)
    return cases


def call(cast: Cast, **given: Any) -> Meeting:
    """A meeting of the county's bureau today."""
    new = {"kind": "director_office", "region": cast.county, "on": TODAY, "place": "三楼会议室", **given}
    return call_meeting(new=NewMeeting(**new), by=cast.officer, now=NOW)


def put(cast: Cast, meeting: Meeting, cases: Sequence[Case]) -> list[AgendaItem]:
    """Cases on its agenda."""
    wanted = [CaseForAgenda(case=case) for case in cases]
    return list(put_on_agenda(meeting=meeting, cases=wanted, by=cast.officer, now=NOW).items)


def hold(cast: Cast, meeting: Meeting, *, due: int = 3, absent: int = 0, seen: int = 0) -> Meeting:
    """Its leaders were there, but for the last of them."""
    there = len(LEADERS) - absent
    people = [
        PersonThere(name, Presence.PRESENT if place < there else Presence.ABSENT) for place, name in enumerate(LEADERS)
    ]
    return hold_meeting(meeting=meeting, people=people, due=due, seen=seen, by=cast.officer, now=NOW)


def held(cast: Cast, cases: Sequence[Case], **given: Any) -> tuple[Meeting, list[AgendaItem]]:
    """A meeting that was held, with cases on its agenda."""
    meeting = call(cast, **given)
    items = put(cast, meeting, cases)
    return hold(cast, meeting), items


def settle(item: AgendaItem, **given: Any) -> ItemDecision:
    """That a subsidy is granted as it was checked."""
    return ItemDecision(**{"item": item, "verdict": MeetingVerdict.STEP, "step": "settled", **given})


def record(
    cast: Cast, meeting: Meeting, decisions: Sequence[ItemDecision], *, by: User | None = None, now: datetime = NOW
) -> DecisionsTaken:
    """The director records what was decided."""
    return decide(meeting=meeting, decisions=decisions, by=by or cast.director, now=now)


def show(cast: Cast, cases: Sequence[Case], *, by: User | None = None, **given: Any) -> PublicityOpened:
    """Cases shown to everybody from today."""
    new = {
        "region": cast.county,
        "flow": "rnd_subsidy",
        "step": "announced",
        "title": "2026年研发费用后补助拟补助名单公示",
        "contact": "规划科 0000-0000000",
        "amount": "settled",
        "since": TODAY,
        **given,
    }
    shown = [CaseShown(case=case) for case in cases]
    return open_publicity(new=NewPublicity(**new), cases=shown, by=by or cast.officer, now=NOW)


def standing(case: Case) -> str:
    """The step at which a case stands."""
    return CaseStep.objects.get(case=case, seq_to__isnull=True).stands


LATER = NOW + timedelta(days=8)
