"""What a case says as a 办件: what its steps say, what stands for it where they say nothing, and nothing twice."""

from dataclasses import replace
from datetime import date

import pytest

from xingke.casework.rules.flows import CaseEnd
from xingke.casework.rules.matters import MatterHappening, matter_events
from xingke.casework.tests.flowing import Led, calendar, examples, led, ways
from xingke.casework.tests.test_flows import DAYS, KNOWN
from xingke.ledger import rules
from xingke.ledger.kinds.matter import DONE, DROPPED, KIND
from xingke.ledger.rules import Happening

COUNTED = [code for code, flow in examples().items() if flow.counts]
WAYS = [(code, way) for code in COUNTED for way in ways(examples()[code])]


def happened(case: Led) -> list[MatterHappening]:
    return matter_events(case.flow, case.taken, days=DAYS, calendar=calendar())


def told(case: Led) -> list[str]:
    return [each.event for each in happened(case)]


def test_the_steps_say_when_it_came_in_was_accepted_and_closed() -> None:
    case = led("service_item", ["received", "to_amend", "amended", "accepted", "granted", "delivered"], days=DAYS)
    assert told(case) == ["opened", "supplemented", "accepted", "granted", "in_time"]
    closed = happened(case)[3]
    assert (closed.number, closed.days) == (5, {"days_used": 0, "days_allowed": 200_000})


def test_a_flow_that_says_nothing_of_it_opens_with_its_first_step_and_closes_with_its_end() -> None:
    assert told(led("ticket", ["received", "assigned", "answered", "called_back"])) == ["opened", "accepted", "done"]
    assert told(led("ticket", ["received", "passed_on"])) == ["opened", "accepted", "passed_on"]


def test_what_starts_the_clock_accepts_where_no_step_says_so() -> None:
    before = led("county_project", ["applied", "recommended"], known=KNOWN, days=DAYS)
    assert told(before) == ["opened"]
    assert told(before.take("checked")) == ["opened", "accepted"]


def test_an_end_before_acceptance_is_not_accepted_and_no_end_of_what_was() -> None:
    assert told(led("service_item", ["received", "not_accepted"], days=DAYS)) == ["opened", "not_accepted"]
    lapsed = led("county_project", ["applied", "recommended", "to_amend", "given_up"], known=KNOWN, days=DAYS)
    assert told(lapsed) == ["opened", "lapsed"]


@pytest.mark.parametrize("step, event", [("withdraw", "withdrawn"), ("terminate", "terminated")])
def test_what_is_withdrawn_or_terminated_ends_and_is_no_closing(step: str, event: str) -> None:
    case = led("service_item", ["received", "accepted"], days=DAYS).take(step)
    assert told(case) == ["opened", "accepted", event]


def test_a_case_taken_up_again_is_closed_once_and_later() -> None:
    case = led("ticket", ["received", "assigned", "answered", "called_back"])
    case.take("reopen")
    assert told(case) == ["opened", "accepted"]
    case.take("called_back")
    assert told(case) == ["opened", "accepted", "done"]
    assert happened(case)[-1].number == 6


def test_a_decision_counts_when_it_is_made_and_not_again_when_it_is_handed_over() -> None:
    decided = led("service_item", ["received", "accepted", "granted"], days=DAYS)
    assert told(decided) == ["opened", "accepted", "granted", "in_time"]
    assert told(decided.take("delivered")) == ["opened", "accepted", "granted", "in_time"]


def test_more_days_than_the_limit_are_overdue_and_the_special_procedure_is_not_counted() -> None:
    case = led("service_item", ["received"], days=DAYS).take("accepted", on="2026-03-02")
    case.take("special", on="2026-03-06").take("special_over", on="2026-03-13")
    case.take("granted", on="2026-04-07")
    closed, timed = happened(case)[2:]
    assert (closed.days, timed.event) == ({"days_used": 200_000, "days_allowed": 200_000}, "in_time")
    late = (
        led("service_item", ["received"], days=DAYS).take("accepted", on="2026-03-02").take("granted", on="2026-03-31")
    )
    assert told(late)[2:] == ["granted", "overdue"]
    assert happened(late)[2].days == {"days_used": 210_000, "days_allowed": 200_000}


def test_what_has_no_limit_is_neither_in_time_nor_overdue() -> None:
    assert told(led("paper", ["registered", "filed"])) == ["opened", "accepted", "done"]


def test_a_day_before_that_of_what_happened_before_counts_as_that_one() -> None:
    case = led("service_item", [], days=DAYS).take("received", on="2026-03-05").take("accepted", on="2026-03-03")
    assert [each.on for each in happened(case)] == [date(2026, 3, 5), date(2026, 3, 5)]


def test_a_flow_that_does_not_count_says_nothing() -> None:
    assert told(led("service_log", ["handed_in", "checked"], days=DAYS)) == []


@pytest.mark.parametrize("code, way", WAYS, ids=[f"{code}: {' → '.join(way)}" for code, way in WAYS])
def test_every_way_of_a_flow_is_a_history_that_ends_once(code: str, way: tuple[str, ...]) -> None:
    case = Led(examples()[code], known=KNOWN, days=DAYS)
    for step in way:
        case.take(step)
        steps = rules.effects(KIND, [Happening(each.event, each.on) for each in happened(case)])
        assert not rules.out_of_order(KIND, [each.happening for each in steps])
    found = told(case)
    assert (found.count("opened"), found.count("accepted") <= 1) == (1, True)
    assert len([each for each in found if each in (*DONE, *DROPPED)]) == 1
    assert sum(step.effect for step in steps) == 0


def test_every_way_a_case_can_end_is_an_event() -> None:
    assert {each.value.replace(" ", "_") for each in CaseEnd} <= {*DONE, *DROPPED}


def test_a_decision_from_which_a_case_can_end_otherwise_is_plainly_done() -> None:
    whole = examples()["service_item"]
    step = dict(whole.steps)
    step["granted"] = replace(step["granted"], next=("delivered", "refused"))
    case = Led(replace(whole, step=tuple(step.values())), days=DAYS).take("received").take("accepted").take("granted")
    assert told(case)[2] == "done"
