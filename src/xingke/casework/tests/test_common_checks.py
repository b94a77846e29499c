"""``xingke check`` sees what was changed of meetings, publicity and calls behind the back of the software."""

from datetime import date, timedelta

import pytest

from tests.cast import NOW, Cast
from xingke.casework.actions.calls import NewCall, make_call
from xingke.casework.checks import common_acts
from xingke.casework.models import AgendaItem, Case, Decision, MeetingPerson, Publicity, PublicityItem
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import TODAY, apply, before_a_meeting, held, record, settle, show
from xingke.registry import actions as registry

pytestmark = pytest.mark.db


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case of a call that a meeting settled and that is shown."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    new = NewCall(
        region=cast.county,
        flow="rnd_subsidy",
        title="样例",
        published_on=TODAY,
        since=TODAY,
        until=TODAY + timedelta(days=9),
    )
    apply(cast, call=make_call(new=new, by=cast.director, now=NOW))
    (case,) = before_a_meeting(cast)
    meeting, items = held(cast, [case])
    record(cast, meeting, [settle(items[0])])
    assert show(cast, [case]).publicity is not None
    return case


def _problems() -> list[str]:
    return [problem.partition("：")[2] for result in common_acts() for problem in result.problems]


def test_what_nobody_touched_is_well(case: Case) -> None:
    assert [result.said for result in common_acts()] == ["批次、会议和公示：3 次，0 处不对"]


def test_what_was_changed_is_seen(case: Case) -> None:
    decision, shown = Decision.objects.get(), Publicity.objects.get()
    Decision.objects.update(seq=1)
    assert _problems() == ["决定和办的一步不是同一次"]
    Decision.objects.update(seq=decision.seq)
    AgendaItem.objects.update(is_open=True)
    assert _problems() == ["已有决定，仍列为待决定"]
    AgendaItem.objects.update(is_open=False)
    MeetingPerson.objects.update(presence="absent")
    assert _problems() == ["到会人数不够"]
    MeetingPerson.objects.update(presence="present")
    Publicity.objects.update(until=date(2026, 3, 6))
    assert _problems() == ["公示的天数不够"]
    Publicity.objects.update(until=shown.until, seq=1)
    assert _problems() == ["公示和办的一步不是同一次"]


def test_a_step_without_its_act_and_a_case_that_left_its_call_are_seen(case: Case) -> None:
    PublicityItem.objects.all().delete()
    Decision.objects.all().delete()
    assert sorted(_problems()) == ["第 3 步没有会议的记录", "第 4 步没有公示的记录"]
    Case.objects.filter(call__isnull=False).update(region=Case.objects.get(pk=case.pk).region.parent)
    assert "不按申报批次“样例”的流程办" in _problems()
