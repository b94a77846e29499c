"""Meetings in the database: called, held, decided and closed by those who may; each case a part of one act."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.http import Http404
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.casework.actions import NewCase, StepWanted, open_case
from xingke.casework.actions.meetings import (
    CaseForAgenda,
    DutyWanted,
    PersonThere,
    close_meeting,
    hold_meeting,
    put_on_agenda,
    take_off,
)
from xingke.casework.models import AgendaItem, Case, CaseStep, Decision, Meeting
from xingke.casework.queries import meetings as reads
from xingke.casework.rules.meetings import MeetingVerdict, Presence
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import (
    LEADERS,
    PDF,
    TODAY,
    before_a_meeting,
    call,
    held,
    hold,
    put,
    record,
    settle,
    standing,
    take,
)
from xingke.registry import actions as registry

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)


def _close(cast: Cast, meeting: Meeting, number: str = "局长办公会议纪要〔2026〕1号") -> Meeting:
    return close_meeting(meeting=meeting, minutes_number=number, by=cast.officer, now=NOW)


def test_meetings_are_numbered_by_kind_and_year(cast: Cast) -> None:
    found = [call(cast), call(cast), call(cast, kind="party_group"), call(cast, on=date(2027, 1, 4))]
    assert [(each.kind, each.year, each.number) for each in found] == [
        ("director_office", 2026, 1),
        ("director_office", 2026, 2),
        ("party_group", 2026, 1),
        ("director_office", 2027, 1),
    ]


def test_a_second_press_calls_no_second_meeting(cast: Cast) -> None:
    first = call(cast)
    assert call(cast, key=first.key) == first
    assert Meeting.objects.count() == 1


def test_what_a_meeting_decided_moves_its_cases_in_one_act(cast: Cast) -> None:
    cases = before_a_meeting(cast, 3)
    meeting, items = held(cast, cases)
    before = current_seq()
    told = record(cast, meeting, [settle(item, words="同意") for item in items])

    assert (len(told.decisions), list(told.refused), current_seq()) == (3, [], before + 1)
    assert [standing(case) for case in cases] == ["settled"] * 3
    steps = CaseStep.objects.filter(case__in=cases, step="settled")
    assert {(step.seq_from, step.on, step.opinion, step.taken_by) for step in steps} == {
        (before + 1, TODAY, "同意", cast.director)
    }
    row = AuditEntry.objects.order_by("-seq").first()
    assert row is not None
    assert (row.action, row.target, row.count) == ("meeting.decided", str(meeting.key), 3)
    parts = [part["action"] for part in row.detail[AuditEntry.PARTS]]
    assert parts.count("case.step-taken") == 3


def test_what_is_recorded_ten_days_later_was_decided_on_the_day_of_the_meeting(cast: Cast) -> None:
    """沈阳市科技局 met on 31 October 2022 and put its minutes out on 10 November: three present, one absent, twelve units."""
    cases = before_a_meeting(cast, 12)
    meeting = call(cast)
    items = put(cast, meeting, cases)
    hold(cast, meeting, due=4)
    later = NOW + timedelta(days=10)
    told = record(cast, meeting, [settle(item, words="原则同意") for item in items], now=later)
    assert (len(told.decisions), list(told.refused)) == (12, [])
    steps = CaseStep.objects.filter(step="settled")
    assert {(step.on, step.taken_at) for step in steps} == {(TODAY, later)}


def test_a_case_that_cannot_go_on_is_told_and_holds_up_no_other(cast: Cast) -> None:
    cases = before_a_meeting(cast, 3)
    meeting, items = held(cast, cases)
    take(cases[1], "terminate", cast.director, opinion="企业注销")
    told = record(cast, meeting, [settle(item) for item in items])

    assert [(each.case, str(each.why)) for each in told.refused] == [
        (cases[1], "现在是“终止”，不能“会议审定”。页面可能旧了，请刷新再看。")
    ]
    assert [standing(case) for case in cases] == ["settled", "terminate", "settled"]
    assert [each.item.case for each in told.decisions] == [cases[0], cases[2]]
    assert CaseStep.objects.filter(case=cases[1]).count() == 3


def test_where_nothing_can_be_decided_nothing_is_written(cast: Cast) -> None:
    meeting, items = held(cast, before_a_meeting(cast))
    before = current_seq()
    told = record(cast, meeting, [settle(items[0], step="announced")])
    assert (len(told.decisions), len(told.refused), current_seq()) == (0, 1, before)


def test_a_hundred_presses_decide_once(cast: Cast) -> None:
    cases = before_a_meeting(cast, 2)
    meeting, items = held(cast, cases)
    first = record(cast, meeting, [settle(item) for item in items])
    before = current_seq()
    for _time in range(100):
        assert list(record(cast, meeting, [settle(item) for item in items]).decisions) == list(first.decisions)
    assert (current_seq(), Decision.objects.count()) == (before, 2)


def test_what_was_decided_is_not_decided_otherwise(cast: Cast) -> None:
    meeting, items = held(cast, before_a_meeting(cast))
    record(cast, meeting, [settle(items[0])])
    other = settle(items[0], verdict=MeetingVerdict.PUT_OFF, step="", words="再研究")
    told = record(cast, meeting, [other])
    assert [str(each.why) for each in told.refused] == ["这一项已经记下决定；有误的，由以后的会议更正。"]


def test_a_case_that_was_put_off_stands_where_it_stood_and_comes_again(cast: Cast) -> None:
    (case,) = before_a_meeting(cast)
    meeting, items = held(cast, [case])
    without_words = settle(items[0], verdict=MeetingVerdict.PUT_OFF, step="")
    assert "请写明缓议" in str(record(cast, meeting, [without_words]).refused[0].why)
    record(cast, meeting, [settle(items[0], verdict=MeetingVerdict.PUT_OFF, step="", words="补充审计报告后再议")])

    assert standing(case) == "checked"
    assert len(put(cast, call(cast), [case])) == 1


def test_a_case_is_on_one_open_agenda_at_a_time(cast: Cast) -> None:
    (case,) = before_a_meeting(cast)
    first, second = call(cast), call(cast)
    put(cast, first, [case])
    told = put_on_agenda(meeting=second, cases=[CaseForAgenda(case=case)], by=cast.officer, now=NOW)
    assert [str(each.why) for each in told.refused] == ["已经在2026-03-02的会议议程里。"]

    (item,) = first.items.all()
    take_off(item=item, by=cast.officer, now=NOW)
    take_off(item=item, by=cast.officer, now=NOW)
    assert len(put(cast, second, [case])) == 1


def test_a_case_that_does_not_stand_before_a_meeting_is_put_on_none(cast: Cast) -> None:
    (ready,) = before_a_meeting(cast)
    ticket = open_case(
        new=NewCase(flow="ticket", region=cast.county, organisation=cast.firm),
        first=StepWanted(step="received", typed={"title": "用电贵"}),
        by=cast.officer,
        now=NOW,
    )
    wanted = [CaseForAgenda(case=ticket), CaseForAgenda(case=ready)]
    told = put_on_agenda(meeting=call(cast), cases=wanted, by=cast.officer, now=NOW)
    assert [(each.case, str(each.why)) for each in told.refused] == [
        (ticket, "还没有走到要上会的一步，或者已经办过了。")
    ]
    assert [item.case for item in told.items] == [ready]
    assert reads.cases_to_put(cast.officer, cast.county) == []


def test_papers_lie_before_a_meeting_for_whoever_may_see_it(cast: Cast) -> None:
    (case,) = before_a_meeting(cast)
    paper = accounts.store_file(name="审核意见.pdf", data=PDF)
    meeting = call(cast)
    wanted = [CaseForAgenda(case=case, summary="拟补助25万元", files=[paper])]
    put_on_agenda(meeting=meeting, cases=wanted, by=cast.officer, now=NOW)
    (read,) = reads.agenda(cast.officer, meeting)
    assert [each.attachment.name for each in read.item.papers.all()] == ["审核意见.pdf"]
    pk = read.item.papers.get().pk
    assert reads.paper_for(cast.director, meeting.key, pk).pk == pk
    for name in ("enterprise", "neighbour", "stranger", "superior"):
        with pytest.raises(Http404):
            reads.paper_for(cast.users[name], meeting.key, pk)


def test_a_meeting_without_enough_is_not_held(cast: Cast) -> None:
    meeting = call(cast, quorum="2/3")
    with pytest.raises(Refused, match="应到6人，须到会4人，实到3人"):
        hold(cast, meeting, due=6)
    assert Meeting.objects.get(pk=meeting.pk).held_at is None
    assert hold(cast, meeting, due=4).held_at is not None


def test_nothing_is_decided_before_a_meeting_was_held_nor_held_before_its_day(cast: Cast) -> None:
    meeting = call(cast, on=TODAY + timedelta(days=1))
    items = put(cast, meeting, before_a_meeting(cast))
    with pytest.raises(Refused, match="请先记下到会情况"):
        record(cast, meeting, [settle(items[0])])
    with pytest.raises(Refused, match="会议在2026-03-03开，还没有到"):
        hold(cast, meeting)


def test_who_was_there_is_put_right_until_something_was_decided(cast: Cast) -> None:
    meeting, items = held(cast, before_a_meeting(cast))
    (first, *_others) = reads.people_of(meeting)
    assert hold(cast, meeting) == meeting  # pressed twice
    hold(cast, meeting, absent=1, seen=first.seq_from)
    assert [each.presence for each in reads.people_of(meeting)] == ["present", "present", "absent"]
    assert meeting.people.count() == 6
    record(cast, meeting, [settle(items[0])])
    with pytest.raises(Refused, match="到会情况不能再改"):
        hold(cast, meeting, seen=reads.people_of(meeting)[0].seq_from)


def test_of_two_who_record_who_was_there_the_second_is_told(cast: Cast) -> None:
    meeting = call(cast)
    hold(cast, meeting)
    with pytest.raises(Refused, match="另一人已经记下了到会情况"):
        hold(cast, meeting, absent=1)


def test_whoever_withdraws_does_not_count_for_that_item(cast: Cast) -> None:
    cases = before_a_meeting(cast, 2)
    meeting = call(cast, quorum="2/3")
    items = put(cast, meeting, cases)
    hold(cast, meeting, absent=1)  # two of three, and two are needed
    wanted = [settle(items[0], withdrawn=[LEADERS[0]]), settle(items[1])]
    told = record(cast, meeting, wanted)
    assert [(each.case, str(each.why)) for each in told.refused] == [
        (cases[0], "应到3人，须到会2人，实到1人，不能议决。")
    ]
    stranger = record(cast, meeting, [settle(items[0], withdrawn=["没来的人"])])
    assert str(stranger.refused[0].why) == "“没来的人”不在参会人员里，不能记回避。"


def test_whoever_withdraws_does_not_record_what_was_decided(cast: Cast) -> None:
    meeting = call(cast)
    items = put(cast, meeting, before_a_meeting(cast))
    people = [PersonThere("局长甲", user=cast.director), PersonThere("副局长乙"), PersonThere("副局长丙")]
    hold_meeting(meeting=meeting, people=people, due=3, seen=0, by=cast.officer, now=NOW)
    told = record(cast, meeting, [settle(items[0], withdrawn=["局长甲"])])
    assert str(told.refused[0].why) == "您在这一项回避，请由别人记下决定。"


def test_who_listens_does_not_count(cast: Cast) -> None:
    meeting = call(cast)
    people = [PersonThere("局长甲"), *(PersonThere(f"科长{n}", Presence.LISTENING) for n in range(5))]
    with pytest.raises(Refused, match="实到1人"):
        hold_meeting(meeting=meeting, people=people, due=3, seen=0, by=cast.officer, now=NOW)


def test_a_meeting_is_closed_with_the_number_of_its_minutes_once_everything_was_decided(cast: Cast) -> None:
    cases = before_a_meeting(cast, 2)
    meeting, items = held(cast, cases)
    record(cast, meeting, [settle(items[0])])
    with pytest.raises(Refused, match="还有1项没有记下决定"):
        _close(cast, meeting)
    take_off(item=items[1], by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="请填纪要号"):
        _close(cast, meeting, " ")
    closed = _close(cast, meeting)
    assert (closed.minutes_number, closed.closed_by) == ("局长办公会议纪要〔2026〕1号", cast.officer)
    before = current_seq()
    assert _close(cast, meeting) == closed
    assert current_seq() == before
    with pytest.raises(Refused, match="会议已经办结"):
        put(cast, meeting, [cases[1]])
    other, _items = held(cast, [cases[1]])
    record(cast, other, [settle(_items[0])])
    with pytest.raises(Refused, match="已经用在另一次会议上"):
        _close(cast, other)


def test_a_wrong_decision_is_put_right_by_a_later_meeting_and_stays_as_it_was(cast: Cast) -> None:
    (case,) = before_a_meeting(cast)
    meeting, items = held(cast, [case])
    (wrong,) = record(cast, meeting, [settle(items[0], words="同意")]).decisions
    _close(cast, meeting)

    later = call(cast)
    wanted = CaseForAgenda(case=case, corrects=wrong)
    (item,) = put_on_agenda(meeting=later, cases=[wanted], by=cast.officer, now=NOW).items
    hold(cast, later)
    told = record(cast, later, [settle(item)])
    assert "更正前次决定的议题记“更正”" in str(told.refused[0].why)
    amended = settle(item, verdict=MeetingVerdict.AMENDED, step="", words="前次应为20万元，终止后重新发起")
    record(cast, later, [amended])

    assert Decision.objects.get(pk=wrong.pk).words == "同意"
    assert [each.decision.words for each in wrong.corrected_by.all()] == ["前次应为20万元，终止后重新发起"]
    assert standing(case) == "settled"


def test_duties_go_to_somebody_who_may_see_the_case(cast: Cast) -> None:
    meeting, items = held(cast, before_a_meeting(cast))
    far = DutyWanted(text="核实附件", due=TODAY + timedelta(days=10), responsible=cast.neighbour)
    told = record(cast, meeting, [settle(items[0], duties=[far])])
    assert "没有查看事项的权限" in str(told.refused[0].why)
    near = DutyWanted(text="核实附件", due=TODAY + timedelta(days=10), responsible=cast.officer)
    (decision,) = record(cast, meeting, [settle(items[0], duties=[near])]).decisions
    assert [(each.text, each.responsible) for each in decision.duties.all()] == [("核实附件", cast.officer)]


def test_nothing_that_was_done_after_a_meeting_was_decided_by_it(cast: Cast) -> None:
    meeting = call(cast, on=TODAY - timedelta(days=3))
    items = put(cast, meeting, before_a_meeting(cast))
    hold(cast, meeting)
    told = record(cast, meeting, [settle(items[0])])
    assert str(told.refused[0].why) == "这件事的上一步在2026-03-02办，在开会以后。"


@pytest.mark.parametrize("name", ["neighbour", "stranger", "superior", "enterprise", "auditor", "system"])
def test_nobody_but_the_bureau_calls_holds_or_sees_a_meeting(cast: Cast, name: str) -> None:
    other = cast.users[name]
    (case,) = before_a_meeting(cast)
    meeting, items = held(cast, [case])
    before = current_seq()
    attempts: list[Any] = [
        lambda: put_on_agenda(meeting=meeting, cases=[CaseForAgenda(case=case)], by=other, now=NOW),
        lambda: take_off(item=items[0], by=other, now=NOW),
        lambda: hold_meeting(meeting=meeting, people=[PersonThere("甲")], due=1, seen=0, by=other, now=NOW),
        lambda: record(cast, meeting, [settle(items[0])], by=other),
        lambda: close_meeting(meeting=meeting, minutes_number="1", by=other, now=NOW),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match="由那里的局办"):
            attempt()
    with pytest.raises(Http404):
        reads.meeting_for(other, meeting.key)
    assert (current_seq(), standing(case)) == (before, "checked")


def test_an_officer_prepares_and_a_director_records(cast: Cast) -> None:
    meeting, items = held(cast, before_a_meeting(cast))
    with pytest.raises(Refused, match="由那里的局办"):
        record(cast, meeting, [settle(items[0])], by=cast.officer)
    registry.give_role(user=cast.stranger, role="director", region=cast.city, by=None, now=NOW)
    with pytest.raises(Refused):
        record(cast, meeting, [settle(items[0])], by=type(cast.stranger).objects.get(pk=cast.stranger.pk))


def test_the_agenda_of_many_costs_as_many_queries_as_that_of_one(cast: Cast, django_assert_num_queries: Any) -> None:
    meeting, items = held(cast, before_a_meeting(cast, 1))
    other, many = held(cast, before_a_meeting(cast, 6))
    record(cast, meeting, [settle(item) for item in items])
    record(cast, other, [settle(item) for item in many])
    reads.agenda(cast.officer, meeting)
    for each in (meeting, other):
        with django_assert_num_queries(6):
            assert all(read.where is not None and read.decision for read in reads.agenda(cast.officer, each))


def test_an_item_says_which_steps_a_meeting_may_take(cast: Cast) -> None:
    meeting, _items = held(cast, before_a_meeting(cast))
    (read,) = reads.agenda(cast.officer, meeting)
    assert [step.code for step in read.choices] == ["settled"]
    assert AgendaItem.objects.get().is_open


def _asked_inside(cast: Cast) -> Case:
    """A case whose decision is only for those who decide."""
    registry.load_pack(folder=FOLDER / "hidden", by=None, now=NOW)
    new = NewCase(flow="hidden_meeting", region=cast.county, organisation=cast.firm, title="内部事项")
    return open_case(new=new, first=StepWanted(step="asked"), by=cast.officer, now=NOW)


def test_what_a_meeting_decided_is_read_by_whom_the_step_is_for(cast: Cast) -> None:
    meeting, (item,) = held(cast, [_asked_inside(cast)])
    decision = {"step": "granted", "typed": {"worth": "可行"}, "words": "原则同意"}
    duty = DutyWanted(text="另行报告", due=TODAY, responsible=cast.officer)
    told = record(cast, meeting, [settle(item, **decision, duties=[duty])])
    assert not told.refused
    (inside,), (outside,) = (reads.agenda(user, meeting) for user in (cast.director, cast.officer))
    assert inside.decision is not None
    assert (inside.decision.words, inside.decided is not None) == ("原则同意", True)
    assert (outside.is_hidden, outside.decision, outside.decided) == (True, None, None)
    page = _meeting_page(cast.officer, meeting)
    assert "已有决定，内容只给有关的人看" in page
    for words in ("原则同意", "核减", "另行报告"):
        assert words not in page
    assert "原则同意" in _meeting_page(cast.director, meeting)


def _meeting_page(user: User, meeting: Meeting) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("casework:meeting", args=[meeting.key])).content.decode()


def test_two_decisions_that_ask_the_same_are_answered_each_by_itself(cast: Cast) -> None:
    meeting, (item,) = held(cast, [_asked_inside(cast)])
    client = Client()
    client.force_login(cast.director, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("casework:meeting-decide", args=[meeting.key])
    asked = re.findall(r'name="(f-[^"]+)"', client.get(url).content.decode())
    assert len(asked) == len(set(asked)) == 2
    typed = {name: "可行" if "granted" in name else "核减一半" for name in asked}
    chosen = {f"verdict-{item.pk}": "step:reduced", f"words-{item.pk}": "核减", f"seen-{item.pk}": "1"}
    assert client.post(url, typed | chosen).status_code == 302
    assert item.case.steps.get(number=2).answers == {"worth": "核减一半"}


def test_only_what_its_conditions_leave_to_a_meeting_waits_for_one(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER / "hidden", by=None, now=NOW)

    def asked(money: str) -> Case:
        new = NewCase(flow="hidden_bounds", region=cast.county, organisation=cast.firm, title=money)
        first = StepWanted(step="asked", typed={"money": money})
        return open_case(new=new, first=first, by=cast.officer, now=NOW)

    small, large = asked("20"), asked("21")
    assert [each.case for each in reads.cases_to_put(cast.officer, cast.county)] == [large]
    assert reads.count_waiting(Q()) == 1
    wanted = [CaseForAgenda(case=case) for case in (small, large)]
    told = put_on_agenda(meeting=call(cast), cases=wanted, by=cast.officer, now=NOW)
    assert [str(each.why) for each in told.refused] == ["按填写的内容，这件事不由会议决定。"]
    with pytest.raises(Refused, match="不符合“审定”的条件：金额 ≤ 20。"):
        take(large, "decided", cast.director)
