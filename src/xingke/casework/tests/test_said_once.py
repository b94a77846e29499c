"""What no two cases may say: a voucher is granted once, an invoice is redeemed once; and what one form may not say beside another."""

from typing import Any

import pytest

from tests.cast import NOW, PASSWORD, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.casework.actions import AnswersRefused, NewCase, StepWanted, open_case, take_step
from xingke.casework.checks import cases as checked
from xingke.casework.models import Case, CaseOnce
from xingke.casework.rules.stepping import REOPEN, WITHDRAW
from xingke.casework.tests.flowing import FOLDER, faults
from xingke.registry import actions as registry

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER / "once", by=None, now=NOW)


def _grant(cast: Cast, voucher: str, *, amount: str = "1000", by: User | None = None, **new: Any) -> Case:
    first = StepWanted(step="granted", typed={"voucher": voucher, "granted": amount})
    where = {"region": cast.county, "organisation": cast.firm, **new}
    return open_case(new=NewCase(flow="once_voucher", **where), first=first, by=by or cast.officer, now=NOW)


def _redeem(case: Case, by: User, *bills: tuple[str, str], **wanted: Any) -> None:
    typed = {"bills": [{"invoice": invoice, "amount": amount} for invoice, amount in bills]}
    step = StepWanted(**{"step": "redeemed", "typed": typed, **wanted})
    take_step(case=case, wanted=step, seen=case.steps.count(), by=by, now=NOW)


def _take(case: Case, step: str, by: User) -> None:
    wanted = StepWanted(step=step, opinion="不符")
    take_step(case=case, wanted=wanted, seen=case.steps.count(), by=by, now=NOW)


def _faults(refused: pytest.ExceptionInfo[AnswersRefused]) -> list[tuple[str, int, str, str]]:
    return [(fault.field, fault.row, fault.column, str(fault.says)) for fault in refused.value.faults]


def test_a_number_that_another_case_has_is_refused_at_its_field_and_names_the_case(cast: Cast) -> None:
    first = _grant(cast, "Q-001")
    with pytest.raises(AnswersRefused) as refused:
        _grant(cast, "ｑ－001 ")  # full width, small, with a blank: the same number
    said = f"“Q-001”已经用在“{first.title} {first.number}”上，一个号只能用一次。"
    assert _faults(refused) == [("voucher", 0, "", said)]
    assert Case.objects.count() == 1


def test_whoever_may_not_see_the_other_case_is_not_told_which(cast: Cast) -> None:
    first = _grant(cast, "Q-001")
    neighbour = accounts.create_account(username="next_door", name="邻县", password=PASSWORD, by=None, now=NOW)
    registry.give_role(user=neighbour, role="officer", region=cast.sibling, by=None, now=NOW)
    own = _firm_of(cast)
    with pytest.raises(AnswersRefused) as refused:
        _grant(cast, "Q-001", by=neighbour, region=cast.sibling, organisation=own)
    assert "另一件您不能查看的事项" in str(refused.value)
    assert first.number not in str(refused.value) and first.title not in str(refused.value)


def _firm_of(cast: Cast) -> Any:
    from xingke.registry.models import Organisation

    return Organisation.objects.create(name="邻县的企业", region=cast.sibling, is_fictional=True)


def test_in_a_table_the_row_is_named_also_where_two_rows_say_the_same(cast: Cast) -> None:
    one, other = _grant(cast, "Q-1"), _grant(cast, "Q-2")
    _redeem(one, cast.officer, ("发票1", "400"))
    with pytest.raises(AnswersRefused) as refused:
        _redeem(other, cast.officer, ("发票2", "1"), ("发票2", "1"), ("发票1", "1"))
    assert [each[:3] for each in _faults(refused)] == [("bills", 2, "invoice"), ("bills", 3, "invoice")]
    assert "写了两次" in _faults(refused)[0][3] and "Q-1" not in _faults(refused)[0][3]


def test_a_case_that_came_to_nothing_gives_its_numbers_back_and_takes_them_only_if_they_are_free(cast: Cast) -> None:
    first = _grant(cast, "Q-001")
    _take(first, "refused", cast.officer)
    second = _grant(cast, "Q-001")
    with pytest.raises(Refused, match=f"已经用在“{second.title} {second.number}”上"):
        _take(first, REOPEN, cast.director)
    _take(second, WITHDRAW, cast.officer)
    _take(first, REOPEN, cast.director)
    with pytest.raises(AnswersRefused):
        _grant(cast, "Q-001")


def test_a_case_that_ended_well_keeps_its_numbers_for_good(cast: Cast) -> None:
    first = _grant(cast, "Q-001")
    _redeem(first, cast.officer, ("发票1", "400"))
    _take(first, "paid", cast.officer)
    with pytest.raises(AnswersRefused):
        _grant(cast, "Q-001")


def test_a_correction_frees_the_wrong_number_and_holds_the_right_one(cast: Cast) -> None:
    first = _grant(cast, "Q-001")
    wanted = StepWanted(step="correct", typed={"voucher": "Q-002", "granted": "1000"}, opinion="写错了", corrects=1)
    take_step(case=first, wanted=wanted, seen=1, by=cast.director, now=NOW)
    _grant(cast, "Q-001")
    with pytest.raises(AnswersRefused):
        _grant(cast, "Q-002")
    assert [row.value for row in CaseOnce.objects.filter(case=first, seq_to=None)] == ["Q-002"]
    assert not [problem for result in checked() for problem in result.problems]


def test_what_is_kept_apart_is_checked_against_the_forms(cast: Cast) -> None:
    _grant(cast, "Q-001")
    CaseOnce.objects.update(value="Q-999")
    assert "只用一次的内容与填写的不符" in str([problem for result in checked() for problem in result.problems])


def test_a_form_may_not_say_more_than_an_earlier_step_allows_nor_may_a_correction(cast: Cast) -> None:
    case = _grant(cast, "Q-001", amount="1000")
    with pytest.raises(AnswersRefused) as refused:
        _redeem(case, cast.officer, ("发票1", "600"), ("发票2", "600"))
    assert _faults(refused) == [("bills", 0, "", "兑付的合计大于核发的金额。")]
    _redeem(case, cast.officer, ("发票1", "600"), ("发票2", "400"))
    with pytest.raises(AnswersRefused):
        _redeem(case, cast.director, ("发票1", "600"), ("发票2", "401"), step="correct", opinion="补", corrects=2)
    lower = StepWanted(step="correct", typed={"voucher": "Q-001", "granted": "999"}, opinion="核减", corrects=1)
    with pytest.raises(AnswersRefused) as refused:
        take_step(case=case, wanted=lower, seen=2, by=cast.director, now=NOW)
    assert _faults(refused) == [("", 0, "", "兑付的合计大于核发的金额。")]


FORM = """
[[form]]
code = "f"
label = {{ zh = "表", en = "Form" }}
field = [{{ name = "a", label = {{ zh = "甲", en = "A" }}, type = "count", unit = "个" }}]
"""
FLOW = """
[[flow]]
code = "x"
label = {{ zh = "流程", en = "Flow" }}
managed_by = "case.manage"
check = [{check}]

[[flow.step]]
code = "s"
label = {{ zh = "办", en = "Do" }}
by = ["case.handle"]
form = "f"
ends = "done"
"""
SAYS = 'says = { zh = "不", en = "No" }'


@pytest.mark.parametrize(
    "check, said",
    [
        (f'{{ rule = "b > 1", {SAYS} }}', "check 1: rule, character 1"),
        (f'{{ rule = "a + 1", {SAYS} }}', "check 1: rule, character"),
        (f'{{ rule = "a > 1", {SAYS}, fields = ["b"] }}', "check 1: fields names no field: 'b'"),
        (f'{{ rule = "a > 1", {SAYS}, warns = true }}', "check 1: warns: what is asked between forms refuses"),
    ],
)
def test_a_check_between_forms_that_cannot_be_asked_is_refused_at_load(check: str, said: str) -> None:
    (found,) = faults(FLOW.format(check=check), FORM.format())
    assert said in found
