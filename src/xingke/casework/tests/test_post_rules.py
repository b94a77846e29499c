"""Substitutes, links and groups as rules know them: who may stand in, as whom a step is taken, who sits where."""

from dataclasses import replace
from datetime import timedelta

import pytest

from xingke.casework.rules.flows import Flow
from xingke.casework.rules.groups import GroupPost, Seat, changed, may_be_seated
from xingke.casework.rules.links import LINK_WORDS, LinkKind
from xingke.casework.rules.stepping import CaseState, StepTaken, Taker, can_go_on, in_place_of, may_take
from xingke.casework.rules.substitutes import LONGEST, DaySpan, may_be_named
from xingke.casework.tests.flowing import MONDAY, calendar, examples

A, B, OTHER = 1, 2, 3
TODAY = MONDAY.date()


def span(first: int, last: int) -> DaySpan:
    """Days from today on."""
    return DaySpan(since=TODAY + timedelta(days=first), until=TODAY + timedelta(days=last))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (span(0, 0), ""),
        (span(-3, 0), ""),
        (span(8, 9), ""),
        (span(3, 2), "截止日期在开始日期之前"),
        (span(-5, -1), "截止日期已经过了"),
        (span(0, LONGEST - 1), "日期不能重叠"),
        (span(0, LONGEST), "一次最多代366天"),
        (span(5, 5), "2026-03-07至2026-03-09已经有人代"),
        (span(7, 20), "日期不能重叠"),
        (span(0, 5), "日期不能重叠"),
        (span(12, 14), "自己也由别人代"),
    ],
)
def test_a_span_is_of_days_that_nobody_else_has(wanted: DaySpan, said: str) -> None:
    answer = may_be_named(wanted, is_self=False, today=TODAY, of_user=[span(5, 7)], of_substitute=[span(14, 15)])
    assert answer.allowed is not bool(said)
    assert said in str(answer.reason)


def test_nobody_stands_in_for_themselves() -> None:
    answer = may_be_named(span(0, 1), is_self=True, today=TODAY, of_user=[], of_substitute=[])
    assert "不能自己代自己" in str(answer.reason)


# ── as whom a step is taken ─────────────────────────────────────────────────────────────────────────────────────────


def taken(step: str, by: int, in_place: int | None = None) -> StepTaken:
    return StepTaken(number=1, step=step, by=by, at=MONDAY, on=TODAY, in_place_of=in_place)


def ticket(*steps: StepTaken, assignee: int = A) -> CaseState:
    return CaseState(flow=examples()["ticket"], taken=steps, assignee=assignee)


def may(state: CaseState, code: str, taker: Taker) -> str:
    """Why somebody may not take a step; empty where they may."""
    answer = may_take(state, code, taker, now=MONDAY, calendar=calendar())
    return "" if answer.allowed else str(answer.reason)


ASSIGNED = (taken("received", OTHER), taken("assigned", OTHER))
STANDS_IN = Taker(user=B, stands_in=frozenset({A}))


def test_a_substitute_takes_what_was_given_to_the_other_and_in_their_place() -> None:
    state = ticket(*ASSIGNED)
    assert may(state, "answered", STANDS_IN) == ""
    assert in_place_of(state, "answered", STANDS_IN) == A
    assert may(state, "answered", Taker(user=B)) == "“答复”不由您办。"
    assert in_place_of(state, "answered", Taker(user=A)) is None


def test_nothing_is_handed_on_and_nothing_of_another_is_theirs() -> None:
    """Whoever stands in for the substitute is not the assignee's; nor is what was given to a third."""
    chained = Taker(user=9, stands_in=frozenset({B}))
    assert may(ticket(*ASSIGNED), "answered", chained) == "“答复”不由您办。"
    assert may(ticket(*ASSIGNED, assignee=OTHER), "answered", STANDS_IN) == "“答复”不由您办。"
    gone = Taker(user=B, stands_in=frozenset({A}), is_here=False)
    assert may(ticket(*ASSIGNED), "answered", gone) == "“答复”不由您办。"


def test_a_substitute_has_no_right_they_had_not() -> None:
    state = ticket(*ASSIGNED, taken("answered", A))
    assert may(state, "redo", STANDS_IN) == "“不满意，重办”不由您办。"
    for reserved in ("transfer", "terminate"):
        assert may(state, reserved, STANDS_IN) != ""


def test_what_was_done_in_their_place_was_done_by_both() -> None:
    """Four eyes: neither the substitute nor whom they stood in for judges it afterwards."""
    state = ticket(*ASSIGNED, taken("answered", B, A))
    barred = "须由没有经手前面步骤的人办"
    held = frozenset({"record.enter"})
    assert barred in may(state, "redo", Taker(user=A, permissions=held))
    assert barred in may(state, "redo", Taker(user=B, permissions=held))
    assert may(state, "redo", Taker(user=OTHER, permissions=held)) == ""


def test_what_whoever_is_away_may_not_do_nobody_does_in_their_place() -> None:
    """The step is the assignee's, and four eyes bar the assignee: so they bar the substitute, who has no other right to it."""
    barred = CaseState(flow=_four_eyes(examples()["ticket"]), taken=ASSIGNED, assignee=OTHER)
    substitute = Taker(user=B, stands_in=frozenset({OTHER}))
    assert "须由没有经手前面步骤的人办" in may(barred, "answered", substitute)
    assert in_place_of(barred, "answered", substitute) is None
    own = Taker(user=B, stands_in=frozenset({OTHER}), permissions=frozenset({"record.enter"}))
    assert may(barred, "answered", own) == ""  # as themselves, with a right of their own


def _four_eyes(flow: Flow) -> Flow:
    """The ticket, but whoever assigned it neither answers nor declines it, and nobody assigns it twice."""
    barred = {"answered": ("assignee", "record.enter"), "declined": ("assignee",)}
    steps = [
        replace(step, other_than=("assigned",), by=barred[step.code]) if step.code in barred else step
        for step in flow.step
    ]
    return replace(
        flow,
        step=tuple(replace(step, next=("answered", "declined")) if step.code == "assigned" else step for step in steps),
    )


def test_whoever_has_a_case_hands_it_on() -> None:
    state = ticket(*ASSIGNED)
    assert may(state, "transfer", Taker(user=A)) == ""
    assert may(state, "transfer", Taker(user=OTHER)) == "移交由经办人或负责这项业务的人办。"


def test_a_case_goes_to_somebody_who_finds_a_step_they_may_take() -> None:
    barred = CaseState(flow=_four_eyes(examples()["ticket"]), taken=ASSIGNED, assignee=A)
    assert can_go_on(barred, B).allowed
    assert "须由没有经手前面步骤的人办" in str(can_go_on(barred, OTHER).reason)
    assert can_go_on(ticket(*ASSIGNED), OTHER).allowed


# ── links and groups ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_says_one_thing_on_both_pages() -> None:
    assert {kind: kind.turned for kind in LinkKind} == {
        LinkKind.SAME: LinkKind.SAME,
        LinkKind.EARLIER: LinkKind.LATER,
        LinkKind.LATER: LinkKind.EARLIER,
        LinkKind.REPLACES: LinkKind.REPLACED,
        LinkKind.REPLACED: LinkKind.REPLACES,
        LinkKind.RELATED: LinkKind.RELATED,
    }
    assert set(LINK_WORDS) == set(LinkKind)


LEAD = Seat(GroupPost.LEAD, "王一", "县政府")


@pytest.mark.parametrize(
    ("seats", "said"),
    [
        ([LEAD], ""),
        ([LEAD, Seat(GroupPost.MEMBER, "李二", "科技局"), Seat(GroupPost.MEMBER, "李二", "财政局")], ""),
        ([Seat(GroupPost.MEMBER, "李二")], "由谁牵头"),
        ([LEAD, Seat(GroupPost.MEMBER, "王一", "县政府")], "“王一”写了两次"),
        ([LEAD, *(Seat(GroupPost.MEMBER, f"成员{n}") for n in range(200))], "最多200人"),
    ],
)
def test_a_group_is_led_and_nobody_has_two_seats(seats: list[Seat], said: str) -> None:
    answer = may_be_seated(seats)
    assert answer.allowed is not bool(said)
    assert said in str(answer.reason)


def test_who_keeps_their_post_neither_comes_nor_leaves() -> None:
    second = Seat(GroupPost.MEMBER, "李二")
    promoted = Seat(GroupPost.DEPUTY, "李二")
    assert changed([LEAD, second], [LEAD, promoted]) == ([second], [promoted])
    assert changed([LEAD], [LEAD]) == ([], [])
