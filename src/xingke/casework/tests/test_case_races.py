"""Two people at the same moment: one step is taken, once, and every number is given once."""

from datetime import timedelta

import pytest

from tests.cast import NOW, Cast, gather
from xingke.accounts.acts import Act
from xingke.base.refusals import Refused
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step, take_what_is_late
from xingke.casework.models import Case, CaseStep
from xingke.casework.tests.flowing import FOLDER
from xingke.ledger.models import MatterEvent
from xingke.registry import actions as registry
from xingke.registry.tests.test_races import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    """The cast, in a database that is emptied afterwards."""
    cast = gather()
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    return cast


def _open(people: Cast) -> Case:
    new = NewCase(flow="ticket", region=people.county, organisation=people.firm)
    return open_case(new=new, first=StepWanted(step="received", typed={"title": "用电贵"}), by=people.officer, now=NOW)


def test_of_two_who_take_a_step_at_once_one_is_refused(people: Cast) -> None:
    for _time in range(3):
        case = _open(people)
        assigned = StepWanted(step="assigned", assignee=people.director)
        passed_on = StepWanted(step="passed_on", opinion="属发改局职能")
        told = at_once(
            lambda case=case, wanted=assigned: take_step(case=case, wanted=wanted, seen=1, by=people.officer, now=NOW),
            lambda case=case, wanted=passed_on: take_step(case=case, wanted=wanted, seen=1, by=people.officer, now=NOW),
        )
        assert sorted(type(each).__name__ for each in told) == ["CaseStep", "Refused"]
        assert CaseStep.objects.filter(case=case, seq_to__isnull=True).count() == 1
        assert CaseStep.objects.filter(case=case).count() == 2


def test_of_two_who_say_the_same_number_at_once_one_is_refused(people: Cast) -> None:
    registry.load_pack(folder=FOLDER / "once", by=None, now=NOW)
    new = {"flow": "once_voucher", "region": people.county, "organisation": people.firm}
    for number in ("Q-1", "Q-2", "Q-3"):
        first = StepWanted(step="granted", typed={"voucher": number, "granted": "1000"})
        told = at_once(
            *(
                lambda first=first: open_case(new=NewCase(**new), first=first, by=people.officer, now=NOW)
                for _two in "ab"
            )
        )
        assert sorted(type(each).__name__ for each in told) == ["AnswersRefused", "Case"]
    assert Case.objects.count() == 3


def test_three_children_at_once_take_what_is_due_once(people: Cast) -> None:
    cases = [_received(people) for _case in range(4)]
    later = NOW + timedelta(days=30)
    told = at_once(*(lambda: take_what_is_late(now=later) for _child in range(3)))
    assert not [each for each in told if isinstance(each, Exception)]
    for case in cases:
        assert list(case.steps.order_by("number").values_list("step", flat=True)) == ["received", "deemed_accepted"]
    assert MatterEvent.objects.filter(event="accepted").count() == 4


def _received(people: Cast) -> Case:
    new = NewCase(flow="service_item", region=people.county, organisation=people.firm)
    first = StepWanted(step="received", typed={"title": "登记", "received_on": "2026-03-02"})
    return open_case(new=new, first=first, by=people.officer, now=NOW)


def test_six_who_open_cases_at_once_get_six_numbers_without_a_gap(people: Cast) -> None:
    told = at_once(*(lambda: _open(people) for _time in range(6)))
    assert not [each for each in told if isinstance(each, Refused)]
    assert sorted(Case.objects.values_list("number", flat=True)) == [
        f"WT9901212026{number:05}" for number in range(1, 7)
    ]


def test_a_step_that_fails_at_its_end_leaves_nothing(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _open(people)

    def lost(_act: Act) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Act, "_keep", lost)
        with pytest.raises(OSError, match="disk is full"):
            take_step(case=case, wanted=StepWanted(step="passed_on", opinion="x"), seen=1, by=people.officer, now=NOW)
    assert [(step.step, step.seq_to) for step in CaseStep.objects.filter(case=case)] == [("received", None)]


def test_two_presses_at_once_open_one_case(people: Cast) -> None:
    new = NewCase(flow="ticket", region=people.county, organisation=people.firm)
    first = StepWanted(step="received", typed={"title": "用电贵"})

    def press() -> Case:
        return open_case(new=new, first=first, by=people.officer, now=NOW)

    assert len({each.pk for each in at_once(press, press, press) if isinstance(each, Case)}) == 1
    assert list(Case.objects.values_list("number", flat=True)) == ["WT990121202600001"]
