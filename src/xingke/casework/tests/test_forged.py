"""What a hostile reader tried with cases: each ends in a sentence, and nothing is written."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404

from tests.cast import NOW, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.casework import queries
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step, take_what_is_late
from xingke.casework.models import Case, CaseStep, Filed
from xingke.casework.tests.flowing import FOLDER
from xingke.ledger.models import PaymentEvent, State
from xingke.registry import actions as registry
from xingke.registry.models import Grant

pytestmark = pytest.mark.db

PAYING = """
[[flow]]
code = "paying"
label = { zh = "付款样例", en = "Paying" }
number = "FK{region}{year}{n:4}"
managed_by = "record.confirm"
parties = [{ role = "firm", label = { zh = "企业", en = "Firm" }, about = "organisation" }]

[[flow.step]]
code = "asked"
label = { zh = "申请", en = "Ask" }
by = ["party:firm", "record.enter"]
form = "money"
next = ["taken_in"]

[[flow.step]]
code = "taken_in"
label = { zh = "受理", en = "Take in" }
by = ["record.enter"]
next = ["paid", "typed_and_paid"]

[[flow.step]]
code = "paid"
label = { zh = "拨付", en = "Pay" }
by = ["record.confirm"]
ends = "granted"

[[flow.step.files]]
kind = "payment"
event = "paid"
organisation = "{organisation}"
fields = { purpose = "reward", level = "county", name = "奖励", number = "{number}" }
measures = { amount = "{money}" }

[[flow.step]]
code = "typed_and_paid"
label = { zh = "填写并拨付", en = "Type and pay" }
by = ["record.confirm"]
form = "money"
when = "money > 0"
ends = "granted"

[[flow.step.files]]
kind = "payment"
event = "paid"
organisation = "{organisation}"
fields = { purpose = "reward", level = "county", name = "奖励", number = "{number}" }
measures = { amount = "{money}" }
"""
MONEY = """
[[form]]
code = "money"
label = { zh = "金额", en = "Money" }
field = [{ name = "money", label = { zh = "金额", en = "Money" }, type = "amount", unit = "万元" }]
"""


@pytest.fixture(autouse=True)
def flows(cast: Cast, tmp_path: Path) -> None:
    """The example flows and one that pays."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    own = tmp_path / "own"
    own.mkdir()
    (own / "pack.toml").write_text('code = "own"\nlabel = { zh = "样例", en = "Own" }\nsource = "样例"\n', "utf-8")
    (own / "flows.toml").write_text(PAYING, encoding="utf-8")
    (own / "forms.toml").write_text(MONEY, encoding="utf-8")
    registry.load_pack(folder=own, by=None, now=NOW)


def _open(cast: Cast, *, flow: str = "paying", step: str = "asked", typed: Any = None, by: User | None = None) -> Case:
    new = NewCase(flow=flow, region=cast.county, organisation=cast.firm)
    first = StepWanted(step=step, typed={"money": "5"} if typed is None else typed)
    return open_case(new=new, first=first, by=by or cast.enterprise, now=NOW)


def _take(case: Case, step: str, by: User | None, **wanted: Any) -> CaseStep:
    return take_step(case=case, wanted=StepWanted(step=step, **wanted), seen=case.steps.count(), by=by, now=NOW)


def _ticket(cast: Cast) -> Case:
    case = _open(cast, flow="ticket", step="received", typed={"title": "用电贵"}, by=cast.officer)
    _take(case, "assigned", cast.officer, assignee=cast.director)
    return case


def test_nobody_confirms_what_they_typed_in_the_name_of_another(cast: Cast) -> None:
    case = _open(cast)
    _take(case, "taken_in", cast.officer)
    with pytest.raises(Refused, match="另一位有登记权限的人先填写"):
        _take(case, "typed_and_paid", cast.director, typed={"money": "999"})
    _take(case, "paid", cast.director)
    payment = PaymentEvent.objects.get(subject=Filed.objects.get(step__case=case, kind="payment").record)
    assert (payment.amount, payment.state) == (5_000_000, State.CONFIRMED)


def test_what_was_cleared_is_neither_judged_nor_filed(cast: Cast) -> None:
    case = _open(cast)
    _take(case, "taken_in", cast.officer)
    with pytest.raises(Refused, match="条件还不能判断"):
        _take(case, "typed_and_paid", cast.director, typed={"money": ""})


def test_an_amount_nobody_gave_is_not_filed(cast: Cast) -> None:
    case = _open(cast, typed={"money": ""})
    _take(case, "taken_in", cast.officer)
    with pytest.raises(Refused, match="“金额”没有填写"):
        _take(case, "paid", cast.director)


def test_what_is_in_the_ledger_is_not_paid_again_by_reopening(cast: Cast) -> None:
    case = _open(cast)
    _take(case, "taken_in", cast.officer)
    _take(case, "paid", cast.director)
    with pytest.raises(Refused, match="已经登记了台账记录"):
        _take(case, "reopen", cast.director, opinion="再付一次")


def test_a_record_of_another_case_is_not_fed(cast: Cast) -> None:
    first, second = _open(cast), _open(cast)
    for case in (first, second):
        _take(case, "taken_in", cast.officer)
    _take(first, "paid", cast.director)
    Case.objects.filter(pk=second.pk).update(flow="other")
    Case.objects.filter(pk=second.pk).update(number=first.number)
    with pytest.raises(Refused, match="另一件事项已经登记了"):
        _take(Case.objects.get(pk=second.pk), "paid", cast.director)


def test_who_left_sees_nothing_and_does_nothing(cast: Cast) -> None:
    case, ticket = _open(cast), _ticket(cast)
    Grant.objects.filter(user__in=[cast.enterprise, cast.director]).delete()
    firm, director = (User.objects.get(pk=user.pk) for user in (cast.enterprise, cast.director))
    for user, of in ((firm, case), (director, ticket)):
        with pytest.raises(Http404):
            queries.case_for(user, of.key)
    with pytest.raises(Refused):
        _take(case, "withdraw", firm, opinion="x")
    with pytest.raises(Refused):
        _take(ticket, "answered", director, opinion="x")


def test_a_colleague_withdraws_for_the_firm(cast: Cast) -> None:
    case = _open(cast)
    colleague = accounts.create_account(
        username="colleague", name="同事", password="qingxi-2026-verify", by=None, now=NOW
    )
    registry.give_role(
        user=colleague, role="enterprise_user", region=cast.county, by=None, now=NOW, organisation=cast.firm
    )
    _take(case, "withdraw", User.objects.get(pk=colleague.pk), opinion="填错了")


def test_a_case_is_opened_where_its_firm_lies_and_below_what_names_it(cast: Cast) -> None:
    paper = open_case(
        new=NewCase(flow="paper", region=cast.county),
        first=StepWanted(step="registered", typed={"title": "样例"}),
        by=cast.officer,
        now=NOW,
    )
    wrong = [
        (NewCase(flow="paying", region=cast.sibling, organisation=cast.firm), cast.enterprise),
        (NewCase(flow="paying", region=cast.sibling, organisation=cast.firm), cast.neighbour),
        (NewCase(flow="paying", region=cast.county), cast.officer),
        (NewCase(flow="countersigning", region=cast.sibling, parent=paper), cast.neighbour),
        (NewCase(flow="measure", region=cast.county, parent=paper), cast.officer),
    ]
    for new, by in wrong:
        with pytest.raises(Refused):
            open_case(new=new, by=by, now=NOW)
    assert Case.objects.count() == 1


def test_a_section_that_never_saw_the_paper_has_not_agreed(cast: Cast) -> None:
    new = NewCase(flow="paper", region=cast.county)
    paper = open_case(new=new, first=StepWanted(step="registered", typed={"title": "样例"}), by=cast.officer, now=NOW)
    _take(paper, "proposed", cast.officer, typed={"sections": ["office", "policy"]})
    for below in Case.objects.filter(parent=paper):
        _take(below, "withdraw", cast.officer, opinion="不用会签了")
    with pytest.raises(Refused, match="还在等"):
        _take(paper, "signed", cast.director)


def test_what_is_proposed_anew_is_circulated_anew_and_an_end_ends_what_is_below(cast: Cast) -> None:
    new = NewCase(flow="paper", region=cast.county)
    paper = open_case(new=new, first=StepWanted(step="registered", typed={"title": "样例"}), by=cast.officer, now=NOW)
    _take(paper, "proposed", cast.officer, typed={"sections": ["office", "policy"]})
    _take(paper, "rewritten", cast.director, opinion="改")
    _take(paper, "proposed", cast.officer, typed={"sections": ["office"]})
    ended = list(
        CaseStep.objects.filter(case__parent=paper, seq_to=None).order_by("case_id").values_list("ended", flat=True)
    )
    assert ended == ["terminated", "terminated", ""]
    assert len(queries.case_read(paper).children) == 1
    _take(paper, "terminate", cast.director, opinion="不发了")
    assert not CaseStep.objects.filter(case__parent=paper, seq_to=None, ended="").exists()


def test_a_second_press_with_other_words_is_no_second_press(cast: Cast) -> None:
    case = _ticket(cast)
    _take(case, "answered", cast.director, opinion="已协调供电公司")
    again = StepWanted(step="answered", opinion="另一个答复")
    with pytest.raises(Refused, match="已经往前走了"):
        take_step(case=case, wanted=again, seen=2, by=cast.director, now=NOW)


def test_two_presses_open_one_case(cast: Cast) -> None:
    new = NewCase(flow="paying", region=cast.county, organisation=cast.firm)
    first = StepWanted(step="asked", typed={"money": "5"})
    assert open_case(new=new, first=first, by=cast.enterprise, now=NOW) == open_case(
        new=new, first=first, by=cast.enterprise, now=NOW
    )
    assert Case.objects.count() == 1
    with pytest.raises(Refused, match="已经提交过一次，那一次的内容与这次不同"):
        open_case(new=new, first=first, by=cast.officer, now=NOW)


def test_one_case_that_cannot_go_on_holds_up_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    new = NewCase(flow="paper", region=cast.county)
    paper = open_case(new=new, first=StepWanted(step="registered", typed={"title": "样例"}), by=cast.officer, now=NOW)
    _take(paper, "proposed", cast.officer, typed={"sections": ["office", "policy"]})
    broken = Case.objects.filter(parent=paper).first()
    assert broken is not None
    Case.objects.filter(pk=broken.pk).update(flow_hash="0" * 64)
    assert take_what_is_late(now=NOW + timedelta(days=9)) == 1


def test_whoever_redoes_an_answer_is_still_the_one_it_was_assigned_to(cast: Cast) -> None:
    case = _ticket(cast)
    _take(case, "answered", cast.director, opinion="已协调")
    _take(case, "redo", cast.officer, opinion="企业不满意")
    _take(case, "answered", cast.director, opinion="再次协调")


def test_a_firm_does_not_choose_who_handles_its_case(cast: Cast) -> None:
    new = NewCase(flow="paying", region=cast.county, organisation=cast.firm)
    first = StepWanted(step="asked", typed={"money": "5"}, assignee=cast.officer)
    with pytest.raises(Refused, match="不指定由谁接着办"):
        open_case(new=new, first=first, by=cast.enterprise, now=NOW)


def test_whose_step_it_is_not_learns_nothing_of_its_form(cast: Cast) -> None:
    case = _open(cast)
    _take(case, "taken_in", cast.officer)
    for other in (cast.neighbour, cast.enterprise):
        with pytest.raises(Refused, match="不由您办"):
            _take(case, "typed_and_paid", other, typed={"money": "很多"})
