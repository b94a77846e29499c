"""What is pure of common acts: how many must be there, until when publicity runs, when a call is open."""

from datetime import date

import pytest

from xingke.base.refusals import Refused
from xingke.casework.rules.calls import CallQuota, CallState, call_state, may_apply, room_in_all, room_left
from xingke.casework.rules.flows import Earliest
from xingke.casework.rules.meetings import lawful, quorum
from xingke.casework.rules.publicity import amounts_shown, last_day, publicity_rule
from xingke.casework.rules.stepping import CaseState, Taker, may_take
from xingke.casework.tests.flowing import calendar, catalogue, examples, led


@pytest.mark.parametrize(
    ("share", "due", "needed"),
    [("1/2", 6, 3), (">1/2", 6, 4), ("1/2", 7, 4), (">1/2", 7, 4), ("2/3", 7, 5), ("2/3", 9, 6), ("1/2", 1, 1)],
)
def test_half_is_enough_where_it_says_so_and_not_where_it_must_be_exceeded(share: str, due: int, needed: int) -> None:
    assert quorum(share).needed(due) == needed
    assert lawful(quorum(share), due=due, present=needed).allowed
    assert not lawful(quorum(share), due=due, present=needed - 1).allowed


def test_who_withdraws_does_not_count() -> None:
    answer = lawful(quorum("2/3"), due=6, present=4, withdrawn=1)
    assert str(answer.reason) == "应到6人，须到会4人，实到3人，不能议决。"


def test_more_than_belong_to_a_meeting_were_not_there() -> None:
    assert str(lawful(quorum("1/2"), due=3, present=4).reason) == "应到3人，到会的写了4人，请核对。"


@pytest.mark.parametrize("text", ["", "半数", "3/2", "1/0", "0.5", "1/2/3", "100/200"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="到会人数写成"):
        quorum(text)


# publicity as it was announced: how many working days, whether the first counts, from, to
SEEN = [
    (5, True, date(2022, 5, 23), date(2022, 5, 27)),  # 鄂尔多斯市科技局 2022: 重大专项拟立项
    (5, True, date(2023, 7, 31), date(2023, 8, 4)),  # 上海市科委 2023: 拟匹配项目
    (5, False, date(2026, 3, 2), date(2026, 3, 9)),
    (7, False, date(2026, 2, 10), date(2026, 2, 26)),  # over the Spring Festival, two Saturdays of it worked
    (7, True, date(2026, 2, 10), date(2026, 2, 25)),
]


@pytest.mark.parametrize(("days", "first", "since", "until"), SEEN)
def test_publicity_ends_when_bureaus_say_it_ends(days: int, first: bool, since: date, until: date) -> None:
    rule = Earliest(after="announced", working_days=days, first_counts=first)
    assert last_day(rule, begun=since, calendar=calendar()) == until


def test_calendar_days_count_every_day() -> None:
    rule = Earliest(after="announced", days=7, first_counts=True)
    assert last_day(rule, begun=date(2013, 7, 1), calendar=calendar()) == date(2013, 7, 7)  # 苏州市科技局 2013


def test_a_flow_says_how_long_its_publicity_runs() -> None:
    flow = examples()["rnd_subsidy"]
    rule = publicity_rule(flow, flow.steps["announced"])
    assert rule is not None
    assert rule.working_days == 5
    assert publicity_rule(flow, flow.steps["checked"]) is None


def test_only_listed_amounts_that_are_nobodys_own_are_shown() -> None:
    forms = {form.code: form for form in catalogue().values("form")}
    asked = {each.name: each for code in ("rnd_subsidy", "rnd_check") for each in forms[code].fields}
    assert [each.name for each in amounts_shown(asked)] == ["base", "settled"]


def _announced(**given: object) -> CaseState:
    case = led("rnd_subsidy", ["applied", "checked", "settled", "announced"], known={"base": 1, "settled": 1})
    return CaseState(flow=case.flow, taken=case.taken, **given)  # type: ignore[arg-type]


def test_an_open_objection_holds_up_whatever_follows() -> None:
    boss = Taker(user=99, permissions=frozenset({"record.confirm"}))
    case = led("rnd_subsidy", ["applied", "checked", "settled", "announced"], known={"base": 1, "settled": 1})
    now = case.now
    answer = may_take(_announced(objections_open=2), "objected", boss, now=now, calendar=calendar())
    assert str(answer.reason) == "公示期间的异议还有2件没有答复，答复后才能“异议成立”。"
    assert may_take(_announced(), "objected", boss, now=now, calendar=calendar()).allowed


def test_nothing_is_granted_before_the_last_day_is_over_but_what_was_upheld_ends_at_once() -> None:
    boss = Taker(user=99, permissions=frozenset({"record.confirm"}))
    case = led("rnd_subsidy", ["applied", "checked", "settled", "announced"], known={"base": 1, "settled": 1})
    case._until_it_may(case.flow.steps["paid"])
    until = case.now.date()
    state = _announced(publicity_until=until)
    through = case.flow.steps["paid"].through
    answer = may_take(state, "paid", boss, now=case.now, calendar=calendar(), through=through)
    assert str(answer.reason) == f"公示到{until.isoformat()}为止，公示期满后才能“拨付”。"
    assert may_take(state, "objected", boss, now=case.now, calendar=calendar()).allowed


SINCE, UNTIL = date(2026, 3, 1), date(2026, 3, 31)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 2, 28), CallState.PLANNED),
        (SINCE, CallState.OPEN),
        (UNTIL, CallState.OPEN),
        (date(2026, 4, 1), CallState.OVER),
    ],
)
def test_both_ends_of_a_call_are_part_of_it(today: date, state: CallState) -> None:
    assert call_state(since=SINCE, until=UNTIL, today=today) is state
    assert may_apply(since=SINCE, until=UNTIL, today=today).allowed is (state is CallState.OPEN)


def test_a_call_says_from_when_to_when() -> None:
    answer = may_apply(since=SINCE, until=UNTIL, today=date(2026, 4, 1))
    assert str(answer.reason) == "这一批从2026-03-01到2026-03-31受理申报。"


def test_a_quota_says_how_many_there_are() -> None:
    quota = CallQuota("programme", 2, "key_rnd", "重点研发")
    assert room_left(quota, 1, "计划类别").allowed
    assert str(room_left(quota, 2, "计划类别").reason) == "这一批里“计划类别”为“重点研发”的最多2件，已有2件。"
    assert str(room_in_all(10, 10).reason) == "这一批最多受理10件，已有10件。"
    assert room_in_all(None, 10_000).allowed
