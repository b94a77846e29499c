"""Publicity in the database: what everybody sees, for how long, and how an objection holds a case up."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.casework.actions.publicity import NewObjection, answer_objection, record_objection
from xingke.casework.models import Case, CaseStep, Objection, Publicity, PublicityItem
from xingke.casework.queries import case_read
from xingke.casework.queries import publicity as reads
from xingke.casework.queries.standing import publicity_standing
from xingke.casework.rules.publicity import ObjectionEnd
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import LATER, TODAY, before_a_meeting, before_publicity, show, standing, take
from xingke.registry import actions as registry
from xingke.registry.models import Organisation

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)


def _shown(cast: Cast, cases: list[Case], **given: Any) -> Publicity:
    publicity = show(cast, cases, **given).publicity
    assert publicity is not None
    return publicity


def _object(cast: Cast, publicity: Publicity, **given: Any) -> Objection:
    new = NewObjection(**{"content": "该企业研发人员不足", "on": TODAY, "who": "某某", **given})
    return record_objection(publicity=publicity, new=new, by=cast.officer, now=NOW)


def test_a_batch_takes_its_step_in_one_act_and_runs_as_long_as_its_flow_says(cast: Cast) -> None:
    cases = before_publicity(cast, 3)
    before = current_seq()
    publicity = _shown(cast, cases)
    assert (publicity.since, publicity.until) == (TODAY, date(2026, 3, 9))  # five working days, the first not counted
    assert [standing(case) for case in cases] == ["announced"] * 3
    assert current_seq() == before + 1
    row = AuditEntry.objects.order_by("-seq").first()
    assert row is not None
    assert (row.action, row.count, row.detail["until"]) == ("publicity.opened", 3, "2026-03-09")
    assert [(item.title, item.amount, item.holder) for item in reads.items_of(publicity)] == [
        ("研发费用后补助", 25_000_000, cast.firm.name)
    ] * 3


def test_what_was_shown_stays_as_it_was_shown(cast: Cast) -> None:
    (case,) = before_publicity(cast)
    publicity = _shown(cast, [case])
    Organisation.objects.filter(pk=cast.firm.pk).update(name="改名后的公司")
    assert [item.holder for item in reads.items_of(publicity)] == [cast.firm.name]


def test_a_case_that_cannot_be_shown_is_told_and_the_others_are(cast: Cast) -> None:
    ready, (early,) = before_publicity(cast, 2), before_a_meeting(cast)
    told = show(cast, [ready[0], early, ready[1]])
    assert [each.case for each in told.refused] == [early]
    assert "不能“公示”" in str(told.refused[0].why)
    assert told.publicity is not None
    assert told.publicity.items.count() == 2


def test_where_no_case_can_be_shown_there_is_no_publicity(cast: Cast) -> None:
    early = before_a_meeting(cast)
    before = current_seq()
    assert show(cast, early).publicity is None
    assert (Publicity.objects.count(), current_seq()) == (0, before)


def test_a_hundred_presses_show_once(cast: Cast) -> None:
    cases = before_publicity(cast)
    first = _shown(cast, cases)
    assert {_shown(cast, cases, key=first.key) for _time in range(100)} == {first}
    assert Publicity.objects.count() == 1


def test_it_may_run_longer_than_the_flow_says_and_never_shorter(cast: Cast) -> None:
    (case,) = before_publicity(cast)
    short = show(cast, [case], until=date(2026, 3, 6))
    assert str(short.refused[0].why) == "从2026-03-02起要公示到2026-03-09。"
    publicity = _shown(cast, [case], until=date(2026, 3, 12))
    assert publicity.until == date(2026, 3, 12)
    with pytest.raises(Refused, match="公示到2026-03-12为止"):
        take(case, "paid", cast.director, now=LATER)
    take(case, "paid", cast.director, now=NOW + timedelta(days=11))


def test_days_that_are_not_over_hold_a_case_up(cast: Cast) -> None:
    (case,) = before_publicity(cast)
    _shown(cast, [case])
    with pytest.raises(Refused, match="公示到2026-03-09为止"):
        take(case, "paid", cast.director, now=NOW + timedelta(days=7))
    take(case, "paid", cast.director, now=LATER)
    assert standing(case) == "paid"


def test_an_open_objection_to_one_case_holds_up_that_case_alone(cast: Cast) -> None:
    first, second = before_publicity(cast, 2)
    publicity = _shown(cast, [first, second])
    objection = _object(cast, publicity, item=publicity.items.get(case=first))
    with pytest.raises(Refused, match="还有1件没有答复"):
        take(first, "paid", cast.director, now=LATER)
    take(second, "paid", cast.director, now=LATER)

    answer_objection(
        objection=objection, end=ObjectionEnd.NOT_UPHELD, answer="经核实人数符合", by=cast.officer, now=NOW
    )
    take(first, "paid", cast.director, now=LATER)


def test_an_objection_to_all_of_it_holds_up_all_of_it_and_what_is_upheld_ends_at_once(cast: Cast) -> None:
    first, second = before_publicity(cast, 2)
    publicity = _shown(cast, [first, second])
    objection = _object(cast, publicity)
    assert [publicity_standing(each).objections_open for each in (first, second)] == [1, 1]
    with pytest.raises(Refused, match="还有1件没有答复"):
        take(first, "objected", cast.director, opinion="材料不实")
    answer_objection(objection=objection, end=ObjectionEnd.UPHELD, answer="属实", by=cast.officer, now=NOW)
    take(first, "objected", cast.director, opinion="材料不实")
    assert standing(first) == "objected"


def test_an_objection_is_recorded_and_answered_once(cast: Cast) -> None:
    publicity = _shown(cast, before_publicity(cast))
    objection = _object(cast, publicity)
    before = current_seq()
    assert _object(cast, publicity) == objection
    said = {"end": ObjectionEnd.NOT_UPHELD, "answer": "经核实人数符合", "by": cast.officer, "now": NOW}
    answered = answer_objection(objection=objection, **said)
    assert [answer_objection(objection=objection, **said) for _time in range(10)] == [answered] * 10
    assert current_seq() == before + 1
    with pytest.raises(Refused, match="已经答复过了"):
        answer_objection(objection=objection, **(said | {"end": ObjectionEnd.UPHELD}))


def test_only_what_nobody_signed_or_what_came_late_is_not_taken_up(cast: Cast) -> None:
    publicity = _shown(cast, before_publicity(cast))
    signed, unsigned = _object(cast, publicity), _object(cast, publicity, who="", content="听说不够条件")
    said = {"end": ObjectionEnd.NOT_TAKEN_UP, "answer": "匿名", "by": cast.officer, "now": NOW}
    with pytest.raises(Refused, match="要答复成立或不成立"):
        answer_objection(objection=signed, **said)
    assert answer_objection(objection=unsigned, **said).end == "not taken up"


def test_the_trail_does_not_say_who_objected(cast: Cast) -> None:
    _object(cast, _shown(cast, before_publicity(cast)), who="不愿透露姓名的人")
    row = AuditEntry.objects.order_by("-seq").first()
    assert row is not None
    assert (row.action, row.detail["named"]) == ("publicity.objected", True)
    assert "不愿透露" not in str(row.detail)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"title": " "}, "请写公示的标题"),
        ({"contact": ""}, "由谁受理异议"),
        ({"since": TODAY + timedelta(days=1)}, "还没有到"),
        ({"text": "联系人 110101199003074610"}, "身份证件号码"),
        ({"until": TODAY - timedelta(days=1)}, "在开始日期以前"),
    ],
)
def test_what_everybody_reads_is_complete_and_says_no_number_of_identity(
    cast: Cast, given: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        show(cast, before_publicity(cast), **given)


def test_an_amount_that_is_not_listed_is_not_shown(cast: Cast) -> None:
    told = show(cast, before_publicity(cast), amount="base_before")
    assert str(told.refused[0].why) == "“base_before”不是可以公开的金额。"


def test_everybody_sees_it_while_it_runs_and_never_after(cast: Cast) -> None:
    publicity = _shown(cast, before_publicity(cast))
    for day, there in ((TODAY, True), (date(2026, 3, 9), True), (date(2026, 3, 10), False), (date(2026, 3, 1), False)):
        assert (publicity in reads.public_now(day)) is there
        if there:
            assert reads.public_publicity(publicity.key, day) == publicity
        else:
            with pytest.raises(Http404):
                reads.public_publicity(publicity.key, day)


@pytest.mark.parametrize("name", ["neighbour", "stranger", "superior", "enterprise", "auditor", "system"])
def test_nobody_but_the_bureau_shows_or_answers(cast: Cast, name: str) -> None:
    other, cases = cast.users[name], before_publicity(cast, 2)
    publicity = _shown(cast, cases[:1])
    objection = _object(cast, publicity)
    before = current_seq()
    with pytest.raises(Refused, match="由那里的局办"):
        show(cast, cases[1:], by=other)
    with pytest.raises(Refused, match="由那里的局办"):
        record_objection(publicity=publicity, new=NewObjection(content="x", on=TODAY), by=other, now=NOW)
    with pytest.raises(Refused, match="由那里的局办"):
        answer_objection(objection=objection, end=ObjectionEnd.UPHELD, answer="x", by=other, now=NOW)
    with pytest.raises(Http404):
        reads.publicity_for(other, publicity.key)
    assert current_seq() == before


def test_a_case_is_read_with_as_many_queries_whether_it_was_shown_or_not(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    plain, shown = before_publicity(cast, 2)
    publicity = _shown(cast, [shown])
    for number in range(5):
        _object(cast, publicity, content=f"第{number}件")
    case_read(plain)
    for case in (plain, shown):
        with django_assert_num_queries(4):
            case_read(case)


def test_a_form_of_the_step_is_answered_for_each_case(cast: Cast) -> None:
    """The steps that publicity takes are those of its cases: their items name them, and each was taken once."""
    cases = before_publicity(cast, 2)
    publicity = _shown(cast, cases)
    items = PublicityItem.objects.filter(publicity=publicity)
    assert {item.step for item in items} == set(CaseStep.objects.filter(case__in=cases, step="announced"))
