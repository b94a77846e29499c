"""Seven unlike kinds of business are flows: every way through them is gone, and nobody takes what is not theirs."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from xingke.casework.rules import stepping
from xingke.casework.rules.flow_checks import flows_hold
from xingke.casework.rules.flows import Awaited, CaseEnd
from xingke.casework.rules.stepping import ChildCase, Taker, ending, offered, standing
from xingke.casework.tests.flowing import MONDAY, Led, calendar, catalogue, examples, led, ways

SEVEN = ["county_project", "rnd_subsidy", "ticket", "rectification", "paper", "service_item", "service_log"]
BELOW = ["expert_opinion", "measure", "countersigning"]
KNOWN = {"score": Decimal(80), "base": Decimal(100)}
DAYS = {
    "ends_on": date(2027, 6, 30),
    "until": date(2026, 9, 30),
    "received_on": date(2026, 3, 2),
    "served_on": date(2026, 3, 2),
}
WAYS = [(code, way) for code in [*SEVEN, *BELOW] for way in ways(examples()[code])]


def test_the_seven_flows_hold_and_are_all_there_are() -> None:
    assert [str(issue) for issue in flows_hold(catalogue())] == []
    assert set(examples()) == {*SEVEN, *BELOW}


@pytest.mark.parametrize("code, way", WAYS, ids=[f"{code}: {' → '.join(way)}" for code, way in WAYS])
def test_every_way_from_one_step_to_the_next_can_be_gone_to_an_end(code: str, way: tuple[str, ...]) -> None:
    case = Led(examples()[code], known=KNOWN, days=DAYS)
    for step in way:
        _nobody_else_may(case, step)
        case.take(step)

    assert standing(case.flow, case.taken) is case.flow.steps[way[-1]]
    assert ending(case.flow, case.taken) is case.flow.steps[way[-1]].ends is not None
    assert [step for step in case.flow.steps if case.may(step).allowed] == []


def _nobody_else_may(case: Led, wanted: str) -> None:
    """No stranger takes the step, no clock what is a person's, and nothing that does not follow can be taken at all."""
    step = case.flow.steps[wanted]
    assert not case.may(wanted, Taker(user=7)).allowed
    assert case.may(wanted, Taker(user=None)).allowed == ("clock" in step.by)
    where = standing(case.flow, case.taken)
    follows = where.next if where is not None else (case.flow.first.code,)
    assert [code for code in case.flow.steps if code not in follows and case.may(code).allowed] == []


def test_who_did_a_step_does_not_do_the_one_that_checks_it() -> None:
    case = led("rnd_subsidy", ["applied"], known=KNOWN)
    checker = case.flow.steps["checked"]
    assert str(case.may("checked", case.someone(checker, user=1)).reason) == "“审核”须由没有经手前面步骤的人办。"
    assert case.may("checked", case.someone(checker, user=2)).allowed


def test_a_correction_counts_for_whoever_made_it() -> None:
    case = led("rnd_subsidy", ["applied"], known=KNOWN)
    case.taken.append(
        case.taken[0].__class__(number=2, step="correct", by=9, at=case.now, on=case.now.date(), corrects=1)
    )
    assert not case.may("checked", case.someone(case.flow.steps["checked"], user=9)).allowed


def test_a_condition_that_fails_says_which_and_one_that_is_not_known_says_so() -> None:
    low = led("county_project", ["applied", "recommended", "checked", "reviewed"], known={"score": Decimal(59)})
    assert str(low.may("decided").reason) == "不符合“党组会同意立项”的条件：综合得分 ≥ 60。"
    unknown = led("county_project", ["applied", "recommended", "checked", "reviewed"])
    assert str(unknown.may("decided").reason) == "“党组会同意立项”的条件还不能判断，还没有填：综合得分。"


def test_nothing_is_paid_before_publicity_is_over() -> None:
    case = led("rnd_subsidy", ["applied", "checked", "settled", "announced"], known=KNOWN)
    assert case.now.date() == date(2026, 3, 2)
    assert str(case.may("paid").reason) == "2026-03-10起才能“拨付”。"  # five working days: 3, 4, 5, 6, 9


def test_a_step_waits_for_the_cases_below() -> None:
    case = led("county_project", ["applied", "recommended", "checked"])
    assert str(case.may("reviewed").reason) == "还在等：要3件，已有0件，共3件。"
    case.children = case.children[:2]
    assert str(case.may("reviewed").reason) == "至少要有3件，现有2件。"


@pytest.mark.parametrize(
    "enough, ended, late, allowed",
    [
        ("all", 2, 0, False),
        ("all", 3, 0, True),
        ("2/3", 2, 0, True),
        ("2/3", 1, 0, False),
        ("1", 1, 0, True),
        ("due", 1, 2, True),
        ("due", 1, 1, False),
    ],
)
def test_enough_is_all_a_share_a_number_or_all_that_are_due(enough: str, ended: int, late: int, allowed: bool) -> None:
    children = [
        ChildCase(flow="x", ended=CaseEnd.DONE if at < ended else None, is_late=ended <= at < ended + late)
        for at in range(3)
    ]
    assert stepping.enough(Awaited(flow="x", enough=enough), children).allowed is allowed


# ── what every flow has ─────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_opened_a_case_withdraws_it_until_it_is_too_late() -> None:
    case = led("rnd_subsidy", ["applied"], known=KNOWN)
    assert case.may("withdraw", Taker(user=1)).allowed
    assert str(case.may("withdraw", Taker(user=2)).reason) == "只有发起人可以撤回。"
    case.take("checked").take("settled")
    assert str(case.may("withdraw", Taker(user=1)).reason) == "已经“会议审定”，不能再撤回；可以请经办人终止。"


def test_a_refusal_names_no_step_that_is_not_shown_to_whom_it_is_said() -> None:
    case = led("rnd_subsidy", ["applied", "checked", "settled"], known=KNOWN)
    shown = [replace(step, seen_by=("case.decide",)) if step.code == "settled" else step for step in case.flow.step]
    case.flow = replace(case.flow, step=tuple(shown))
    officer = {"user": 7, "permissions": frozenset({"record.enter"})}
    director = Taker(user=8, permissions=frozenset({"record.enter", "case.decide"}))
    assert str(case.may("checked", Taker(**officer)).reason) == "现在不能“审核”。页面可能旧了，请刷新再看。"
    assert str(case.may("checked", director).reason).startswith("现在是“会议审定”")
    assert str(case.may("withdraw", Taker(user=1)).reason) == "已经办到后面，不能再撤回；可以请经办人终止。"


def test_a_case_that_ended_is_reopened_where_it_stood() -> None:
    manager = Taker(user=5, permissions=frozenset({"record.confirm"}))
    case = led("rnd_subsidy", ["applied"], known=KNOWN)
    assert str(case.may("reopen", manager).reason) == "还没有办结，不用重新办理。"
    case.take("refused")
    assert str(case.may("terminate", manager).reason) == "已经办结，不能再办。"
    assert case.may("reopen", manager).allowed
    case.take("reopen")
    where = standing(case.flow, case.taken)
    assert (where and where.code, ending(case.flow, case.taken)) == ("applied", None)
    case.take("terminate")
    assert ending(case.flow, case.taken) is CaseEnd.TERMINATED


def test_transferring_and_correcting_move_nothing() -> None:
    case = led("ticket", ["received", "assigned", "answered"])
    case.take("transfer").take("correct")
    where = standing(case.flow, case.taken)
    assert where is not None and where.code == "answered"


def test_only_what_is_somebodys_is_offered_to_them() -> None:
    case = led("rnd_subsidy", ["applied"], known=KNOWN)
    firm = Taker(user=1, roles=frozenset({"applicant"}))
    officer = Taker(user=2, permissions=frozenset({"record.enter"}))
    asked = [
        [code for code, _answer in offered(case.state(), who, now=MONDAY, calendar=calendar())]
        for who in (firm, officer)
    ]
    assert asked == [["withdraw"], ["checked", "to_amend", "refused"]]
