"""Two at the same moment: one agenda, one record of a meeting, one decision, one place left in a call."""

from datetime import timedelta

import pytest

from tests.cast import NOW, Cast, gather
from xingke.accounts.acts import Act
from xingke.base.refusals import Refused
from xingke.casework.actions.calls import NewCall, make_call
from xingke.casework.actions.meetings import DecisionsTaken
from xingke.casework.models import AgendaItem, Case, CaseStep, Decision, Meeting, Publicity
from xingke.casework.rules.meetings import MeetingVerdict
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import (
    TODAY,
    apply,
    before_a_meeting,
    before_publicity,
    call,
    held,
    hold,
    put,
    record,
    settle,
    show,
)
from xingke.registry import actions as registry
from xingke.registry.tests.test_races import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    """The cast, in a database that is emptied afterwards."""
    cast = gather()
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    return cast


def test_of_two_who_record_one_meeting_the_second_is_told(people: Cast) -> None:
    meeting = call(people)
    told = at_once(lambda: hold(people, meeting), lambda: hold(people, meeting, absent=1))
    assert sorted(type(each).__name__ for each in told) == ["Meeting", "Refused"]
    assert meeting.people.filter(seq_to__isnull=True).count() == 3
    assert meeting.people.count() == 3


def test_of_two_who_decide_one_case_one_decides_it(people: Cast) -> None:
    cases = before_a_meeting(people, 2)
    meeting, items = held(people, cases)
    yes = [settle(item, words="同意") for item in items]
    later = [settle(item, verdict=MeetingVerdict.PUT_OFF, step="", words="缓议") for item in items]
    told = at_once(lambda: record(people, meeting, yes), lambda: record(people, meeting, later))
    counts = sorted((len(each.decisions), len(each.refused)) for each in told if isinstance(each, DecisionsTaken))
    assert counts == [(0, 2), (2, 0)]
    assert Decision.objects.count() == 2
    assert len({(each.verdict, each.words) for each in Decision.objects.all()}) == 1


def test_one_case_is_put_on_one_of_two_agendas(people: Cast) -> None:
    (case,) = before_a_meeting(people)
    first, second = call(people), call(people)
    at_once(lambda: put(people, first, [case]), lambda: put(people, second, [case]))
    assert AgendaItem.objects.filter(case=case, is_open=True).count() == AgendaItem.objects.count() == 1


def test_six_meetings_called_at_once_are_numbered_without_a_gap(people: Cast) -> None:
    at_once(*(lambda: call(people) for _time in range(6)))
    assert sorted(Meeting.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_the_last_place_of_a_call_goes_to_one(people: Cast) -> None:
    new = NewCall(
        region=people.county,
        flow="rnd_subsidy",
        title="样例",
        published_on=TODAY,
        since=TODAY,
        until=TODAY + timedelta(days=9),
        most=2,
    )
    made = make_call(new=new, by=people.director, now=NOW)
    told = at_once(*(lambda: apply(people, call=made) for _time in range(4)))
    assert (sum(isinstance(each, Case) for each in told), sum(isinstance(each, Refused) for each in told)) == (2, 2)
    assert Case.objects.filter(call=made).count() == 2


def test_two_presses_at_once_show_one_publicity(people: Cast) -> None:
    cases = before_publicity(people, 2)
    key = call(people).key  # any key
    at_once(*(lambda: show(people, cases, key=key) for _time in range(3)))
    assert Publicity.objects.count() == 1
    assert CaseStep.objects.filter(step="announced").count() == 2


def test_a_record_of_decisions_that_fails_at_its_end_leaves_nothing(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = before_a_meeting(people, 2)
    meeting, items = held(people, cases)

    def lost(_act: Act) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Act, "_keep", lost)
        with pytest.raises(OSError, match="disk is full"):
            record(people, meeting, [settle(item) for item in items])
    assert Decision.objects.count() == 0
    assert CaseStep.objects.filter(step="settled").count() == 0
    assert AgendaItem.objects.filter(is_open=True).count() == 2
