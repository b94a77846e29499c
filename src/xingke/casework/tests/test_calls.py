"""Calls in the database: who sees them, when they take a case and how many, and that they pin what their cases run by."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404

from tests.cast import NOW, Cast
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.casework import queries
from xingke.casework.actions import NewCase, StepWanted, open_case
from xingke.casework.actions.calls import NewCall, make_call
from xingke.casework.models import Case, CaseCall
from xingke.casework.queries import calls as reads
from xingke.casework.rules.calls import CallQuota
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import TODAY, apply, take
from xingke.registry import actions as registry
from xingke.registry.actions.people import enter_person
from xingke.registry.models import Organisation

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)


def _make(cast: Cast, **given: Any) -> CaseCall:
    new = {
        "region": cast.county,
        "flow": "rnd_subsidy",
        "title": "关于申报2026年研发费用后补助的通知",
        "document_number": "青科〔2026〕5号",
        "published_on": TODAY,
        "since": TODAY,
        "until": TODAY + timedelta(days=30),
        **given,
    }
    return make_call(new=NewCall(**new), by=given.pop("by", cast.director), now=NOW)


def _project(cast: Cast, call: CaseCall, programme: str = "key_rnd") -> Case:
    typed: dict[str, Any] = {"title": "样例项目", "programme": programme, "asked_amount": "30"}
    typed |= {"recommender": cast.firm.name, "budget": [{"head": "材料费", "amount": "30"}]}
    new = NewCase(flow="county_project", region=cast.county, organisation=cast.firm, call=call)
    return open_case(new=new, first=StepWanted(step="applied", typed=typed), by=cast.officer, now=NOW)


def test_a_case_of_a_call_runs_by_what_the_call_pinned(cast: Cast, tmp_path: Any) -> None:
    call = _make(cast)
    for name in ("pack.toml", "flows.toml", "forms.toml"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        text = text.replace(
            'code = "rnd_subsidy"\nlabel = { zh = "研发费用后补助", en',
            'code = "rnd_subsidy"\nversion = 2\nlabel = { zh = "研发费用奖补", en',
        )
        (tmp_path / name).write_text(text, encoding="utf-8")
    registry.load_pack(folder=tmp_path, by=None, now=NOW)

    of_the_call, without = apply(cast, call=call), apply(cast)
    assert (of_the_call.flow_hash, of_the_call.call) == (call.flow_hash, call)
    assert [case.title for case in (of_the_call, without)] == ["研发费用后补助", "研发费用奖补"]
    assert queries.definitions_of(of_the_call).hash == call.flow_hash != without.flow_hash


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"since": TODAY + timedelta(days=3)}, "从2026-03-05到2026-04-01受理申报"),
        (
            {
                "since": TODAY - timedelta(days=9),
                "published_on": TODAY - timedelta(days=9),
                "until": TODAY - timedelta(days=1),
            },
            "从2026-02-21到2026-03-01受理",
        ),
        ({"published_on": TODAY + timedelta(days=1)}, "还没有发布"),
    ],
)
def test_outside_its_time_it_takes_no_case_and_says_when_it_does(cast: Cast, given: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        apply(cast, call=_make(cast, **given))
    assert not Case.objects.exists()


def test_it_takes_no_more_cases_than_it_says_and_what_was_withdrawn_takes_no_place(cast: Cast) -> None:
    call = _make(cast, most=2)
    first, _second = apply(cast, call=call), apply(cast, call=call)
    with pytest.raises(Refused, match="最多受理2件，已有2件"):
        apply(cast, call=call)
    take(first, "withdraw", cast.enterprise, opinion="填错了")
    apply(cast, call=call)
    apply(cast)  # without a call there is no limit


def test_a_quota_limits_one_answer_or_each(cast: Cast) -> None:
    call = _make(
        cast,
        flow="county_project",
        quotas=[CallQuota("programme", 1, "key_rnd", "重点研发"), CallQuota("recommender", 2)],
    )
    _project(cast, call)
    with pytest.raises(Refused, match="“计划类别”为“重点研发”的最多1件，已有1件"):
        _project(cast, call)
    other = "major_project"
    _project(cast, call, other)
    with pytest.raises(Refused, match=f"“推荐单位”为“{cast.firm.name}”的最多2件，已有2件"):
        _project(cast, call, other)


def test_a_quota_names_a_firm_by_its_name_and_limits_what_is_kept_by_its_key(cast: Cast) -> None:
    call = _make(cast, flow="county_project", quotas=[CallQuota("recommender", 1, cast.firm.name)])
    _project(cast, call)
    with pytest.raises(Refused, match=f"“推荐单位”为“{cast.firm.name}”的最多1件，已有1件"):
        _project(cast, call)


def test_each_firm_may_apply_as_often_as_the_call_says(cast: Cast) -> None:
    call = _make(cast, quotas=[CallQuota("organisation", 1)])
    apply(cast, call=call)
    with pytest.raises(Refused, match=f"“申报单位”为“{cast.firm.name}”的最多1件，已有1件"):
        apply(cast, call=call)


def test_a_call_takes_no_case_of_another_kind_or_place(cast: Cast) -> None:
    call = _make(cast, flow="county_project")
    with pytest.raises(Refused, match="不受理这里的这类事项"):
        apply(cast, call=call)


def test_a_second_press_makes_no_second_call(cast: Cast) -> None:
    first = _make(cast)
    before = current_seq()
    assert [_make(cast, key=first.key) for _time in range(10)] == [first] * 10
    assert (CaseCall.objects.count(), current_seq()) == (1, before)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"flow": "nothing"}, "没有“nothing”这一类"),
        ({"until": TODAY - timedelta(days=1)}, "不能早于"),
        ({"least": 3, "most": 2}, "不能多于"),
        ({"quotas": [CallQuota("base", 3)]}, "没有可以限额的“base”"),
        ({"quotas": [CallQuota("organisation", 0)]}, "限额写1到100000件"),
        ({"quotas": [CallQuota("organisation", 1, "没有的公司")]}, "没有唯一的一家“没有的公司”"),
        ({"flow": "county_project", "quotas": [CallQuota("programme", 1, "没有的计划")]}, "没有“没有的计划”这一项"),
        ({"title": ""}, "名称"),
    ],
)
def test_a_call_that_cannot_run_is_refused(cast: Cast, given: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        _make(cast, **given)


@pytest.mark.parametrize("name", ["officer", "neighbour", "stranger", "superior", "enterprise", "auditor", "system"])
def test_only_who_answers_for_cases_makes_a_call(cast: Cast, name: str) -> None:
    new = NewCall(region=cast.county, flow="rnd_subsidy", title="x", published_on=TODAY, since=TODAY, until=TODAY)
    with pytest.raises(Refused, match="由那里的局办"):
        make_call(new=new, by=cast.users[name], now=NOW)


def _seen(cast: Cast, name: str, today: date = TODAY) -> set[str]:
    return set(reads.calls_seen(cast.users[name], today=today).values_list("title", flat=True))


def test_a_firm_sees_published_calls_of_its_region_and_above_and_a_bureau_its_own(cast: Cast) -> None:
    registry.give_role(user=cast.checker, role="director", region=cast.city, by=None, now=NOW)
    registry.give_role(user=cast.checker, role="director", region=cast.sibling, by=None, now=NOW)
    city = type(cast.checker).objects.get(pk=cast.checker.pk)
    _make(cast, title="县")
    _make(cast, title="县，明天发布", published_on=TODAY + timedelta(days=1))
    for title, region in (("市", cast.city), ("邻县", cast.sibling)):
        new = NewCall(region=region, flow="rnd_subsidy", title=title, published_on=TODAY, since=TODAY, until=TODAY)
        make_call(new=new, by=city, now=NOW)

    assert _seen(cast, "enterprise") == {"县", "市"}
    assert _seen(cast, "enterprise", TODAY + timedelta(days=1)) == {"县", "市", "县，明天发布"}
    assert _seen(cast, "officer") == {"县", "县，明天发布"}
    assert _seen(cast, "neighbour") == {"邻县"}
    for name in ("stranger", "auditor", "system"):
        assert _seen(cast, name) == set()
    hidden = CaseCall.objects.get(title="县，明天发布")
    with pytest.raises(Http404):
        reads.call_for(cast.enterprise, hidden.key, today=TODAY)


def test_whoever_applies_in_their_own_name_sees_the_published_calls_of_their_county(cast: Cast) -> None:
    person = enter_person(name="田晓", region=cast.county, facts={}, by=cast.officer, now=NOW)
    registry.give_role(user=cast.stranger, role="commissioner", region=cast.county, person=person, by=None, now=NOW)
    _make(cast, title="县")
    _make(cast, title="县，明天发布", published_on=TODAY + timedelta(days=1))
    themselves = type(cast.stranger).objects.get(pk=cast.stranger.pk)
    assert [each.title for each in reads.calls_seen(themselves, today=TODAY)] == ["县"]


def test_the_cases_of_a_call_are_counted_by_where_they_stand_each_for_whoever_sees_them(cast: Cast) -> None:
    call = _make(cast)
    first, _second, third = (apply(cast, call=call) for _one in range(3))
    take(first, "checked", cast.officer, typed={"settled": "25"})
    take(third, "refused", cast.officer, opinion="不符合条件")
    other = Organisation.objects.create(name="别家", region=cast.county, is_fictional=True)
    Case.objects.filter(pk=first.pk).update(organisation=other)
    first.parties.update(organisation=other)

    told = reads.standing_counts(cast.officer, call)
    assert [(each.stands, each.ended, each.count) for each in told] == [
        ("applied", "", 1),
        ("checked", "", 1),
        ("refused", "refused", 1),
    ]
    mine = reads.standing_counts(cast.enterprise, call)
    assert [(each.stands, each.count) for each in mine] == [("applied", 1), ("refused", 1)]
