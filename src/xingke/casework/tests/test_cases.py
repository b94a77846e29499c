"""Cases in the database: opened, led along and ended, by those who may and nobody else; what they file is in the ledger."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404

from tests.cast import NOW, PASSWORD, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry, User
from xingke.base.refusals import Refused
from xingke.casework import queries
from xingke.casework.actions import AnswersRefused, NewCase, StepWanted, open_case, take_step, take_what_is_late
from xingke.casework.models import Case, CaseFact, CaseStep, Filed
from xingke.casework.queries import lists
from xingke.casework.rules.flows import Through
from xingke.casework.tests.flowing import FOLDER, through
from xingke.ledger import actions as ledger
from xingke.ledger.models import PaymentEvent, Proposal, State
from xingke.registry import actions as registry
from xingke.registry.actions.people import enter_person
from xingke.registry.models import Organisation, Person

pytestmark = pytest.mark.db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    """The example flows are loaded, and a second director is there."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)


@pytest.fixture
def proof() -> accounts.StoredFile:
    return accounts.store_file(name="纳税申报表.pdf", data=PDF)


def _apply(cast: Cast, proof: accounts.StoredFile, *, base: str = "800", by: User | None = None) -> Case:
    first = StepWanted(step="applied", typed={"base": base, "proof": [proof.digest]}, files=[proof])
    new = NewCase(flow="rnd_subsidy", region=cast.county, organisation=cast.firm)
    return open_case(new=new, first=first, by=by or cast.enterprise, now=NOW)


def _take(case: Case, step: str, by: User | None, *, now: datetime = NOW, seen: int = 0, **wanted: Any) -> CaseStep:
    last = case.steps.count()
    as_wanted = StepWanted(step=step, through=through(case.flow, step), **wanted)
    return take_step(case=case, wanted=as_wanted, seen=seen or last, by=by, now=now)


def test_what_a_meeting_decides_is_not_decided_alone(cast: Cast, proof: accounts.StoredFile) -> None:
    case = _apply(cast, proof)
    _take(case, "checked", cast.officer, typed={"settled": "25"})
    alone = StepWanted(step="settled")
    with pytest.raises(Refused, match="要在会议里记录"):
        take_step(case=case, wanted=alone, seen=2, by=cast.director, now=NOW)
    other, together = _apply(cast, proof), StepWanted(step="checked", typed={"settled": "25"}, through=Through.MEETING)
    with pytest.raises(Refused, match="要单独办"):
        take_step(case=other, wanted=together, seen=1, by=cast.officer, now=NOW)


def _head(cast: Cast) -> User:
    """Somebody who may correct: with the same rights as the director, and to enter records."""
    head = accounts.create_account(username="head", name="科室负责人", password=PASSWORD, by=None, now=NOW)
    registry.give_role(user=head, role="section_head", region=cast.county, by=None, now=NOW)
    return head


def _paid(cast: Cast, proof: accounts.StoredFile) -> tuple[Case, PaymentEvent]:
    case = _apply(cast, proof)
    _take(case, "checked", cast.officer, typed={"settled": "25"})
    _take(case, "settled", cast.director)
    _take(case, "announced", cast.officer)
    paid = _take(case, "paid", cast.director, now=NOW + timedelta(days=8))
    return case, PaymentEvent.objects.get(subject=Filed.objects.get(step=paid, kind="payment").record)


def test_a_correction_is_a_step_of_its_own_and_proposes_what_takes_two_people(
    cast: Cast, proof: accounts.StoredFile
) -> None:
    case, payment = _paid(cast, proof)
    head, later = _head(cast), NOW + timedelta(days=9)
    row = _take(case, "correct", head, now=later, typed={"settled": "24"}, opinion="测算有误", corrects=2)
    assert (row.corrects, row.stands, row.ended, row.answers) == (2, "paid", "granted", {"settled": 24_000_000})
    assert CaseFact.objects.get(case=case, name="settled", seq_to__isnull=True).number == 24_000_000
    proposal = Proposal.objects.get()
    assert (proposal.record, proposal.changes, proposal.proposed_by) == (payment.record, {"amount": 24_000_000}, head)
    assert PaymentEvent.objects.get(record=payment.record, seq_to__isnull=True).amount == 25_000_000
    ledger.accept_proposal(proposal=proposal, by=cast.director, now=later)
    assert PaymentEvent.objects.get(record=payment.record, seq_to__isnull=True).amount == 24_000_000


def test_nobody_corrects_what_they_filled_in_nor_what_was_filled_in_again(
    cast: Cast, proof: accounts.StoredFile
) -> None:
    case = _apply(cast, proof)
    _take(case, "to_amend", cast.officer, opinion="缺页")
    _take(case, "amended", cast.enterprise, typed={"base": "900", "proof": [proof.digest]}, files=[proof])
    head = _head(cast)
    _take(case, "checked", head, typed={"settled": "25"})
    with pytest.raises(Refused, match="填写人以外"):
        _take(case, "correct", head, typed={"settled": "24"}, opinion="测算有误", corrects=4)
    with pytest.raises(Refused, match="请更正最新的那一次（第3步）"):
        _take(case, "correct", head, typed={"base": "900"}, opinion="有误", corrects=1)
    with pytest.raises(Refused, match="没有填表单"):
        _take(case, "correct", head, opinion="有误", corrects=2)
    with pytest.raises(Refused, match="更正由负责"):
        _take(case, "correct", cast.officer, typed={"settled": "24"}, opinion="有误", corrects=4)


def test_a_correction_that_a_record_refuses_corrects_nothing(cast: Cast, proof: accounts.StoredFile) -> None:
    case, _payment = _paid(cast, proof)
    with pytest.raises(Refused):  # the director may not propose, and may not change alone
        _take(
            case,
            "correct",
            cast.director,
            now=NOW + timedelta(days=9),
            typed={"settled": "24"},
            opinion="测算有误",
            corrects=2,
        )
    assert case.steps.count() == 5
    assert Proposal.objects.count() == 0


def test_who_corrected_a_step_has_taken_it(cast: Cast, proof: accounts.StoredFile) -> None:
    case = _apply(cast, proof)
    _take(case, "checked", cast.officer, typed={"settled": "25"})
    _take(case, "correct", cast.director, typed={"settled": "24"}, opinion="测算有误", corrects=2)
    with pytest.raises(Refused, match="没有经手前面步骤的人"):
        _take(case, "settled", cast.director)


def test_what_is_answered_no_more_is_said_no_more(cast: Cast, proof: accounts.StoredFile) -> None:
    """A correction that leaves a number empty does not leave the old one in the ledger: where it must be there, nothing is corrected."""
    case, payment = _paid(cast, proof)
    head = _head(cast)
    with pytest.raises(Refused):
        _take(case, "correct", head, now=NOW + timedelta(days=9), typed={}, opinion="测算有误", corrects=2)
    assert PaymentEvent.objects.get(record=payment.record, seq_to__isnull=True).amount == 25_000_000
    assert case.steps.count() == 5


def test_a_case_is_called_what_its_form_calls_it_now(cast: Cast) -> None:
    new = NewCase(flow="ticket", region=cast.county, organisation=cast.firm)
    case = open_case(new=new, first=StepWanted(step="received", typed={"title": "用电贵"}), by=cast.officer, now=NOW)
    head = _head(cast)
    _take(case, "correct", head, typed={"title": "用电价格"}, opinion="写错", corrects=1)
    case.refresh_from_db()
    assert case.title == "用电价格"


def test_whom_a_form_names_has_a_part_until_it_names_another(cast: Cast) -> None:
    new = NewCase(flow="county_project", region=cast.county, organisation=cast.firm)
    typed = {"title": "样例项目", "programme": "key_rnd", "asked_amount": "30", "recommender": cast.firm.name}
    typed |= {"budget": [{"head": "材料费", "amount": "30"}]}
    case = open_case(new=new, first=StepWanted(step="applied", typed=typed), by=cast.officer, now=NOW)
    named = case.parties.filter(seq_to__isnull=True).order_by("role").values_list("role", "organisation__name")
    assert list(named) == [("applicant", cast.firm.name), ("recommender", cast.firm.name)]
    _take(case, "recommended", cast.enterprise)
    assert _standing(case) == ("recommended", "")


def _standing(case: Case) -> tuple[str, str]:
    row = CaseStep.objects.get(case=case, seq_to__isnull=True)
    return row.stands, row.ended


def test_a_firm_applies_and_is_paid_and_the_payment_is_in_the_ledger(cast: Cast, proof: accounts.StoredFile) -> None:
    case = _apply(cast, proof)
    assert (case.number, case.title, case.organisation) == ("YFBZ-990121-2026-0001", "研发费用后补助", cast.firm)
    _take(case, "checked", cast.officer, typed={"settled": "25"})
    _take(case, "settled", cast.director)
    _take(case, "announced", cast.officer)
    later = NOW + timedelta(days=8)
    paid = _take(case, "paid", cast.director, now=later)

    assert _standing(case) == ("paid", "granted")
    filed = Filed.objects.get(step=paid, kind="payment")
    payment = PaymentEvent.objects.get(subject=filed.record)
    assert (payment.amount, payment.event, payment.state) == (25_000_000, "paid", State.CONFIRMED)
    assert (payment.entered_by, payment.confirmed_by, payment.organisation) == (cast.officer, cast.director, cast.firm)
    assert (payment.seq_from, payment.source) == (paid.seq_from, f"case:{case.key}")


def test_a_step_and_what_it_files_are_one_act(cast: Cast, proof: accounts.StoredFile) -> None:
    case = _apply(cast, proof)
    _take(case, "checked", cast.officer, typed={"settled": "25"})
    row = AuditEntry.objects.order_by("-seq").first()
    assert row is not None
    assert (row.action, row.target, row.by) == ("case.step-taken", str(case.key), cast.officer)
    assert (row.detail["step"], row.detail["number"]) == ("checked", "YFBZ-990121-2026-0001")
    numbers = list(CaseStep.objects.filter(case=case).order_by("number").values_list("seq_from", "seq_to"))
    assert numbers[0][1] == numbers[1][0] == row.seq


def test_numbers_run_without_a_gap_also_where_a_case_was_refused(cast: Cast, proof: accounts.StoredFile) -> None:
    _apply(cast, proof)
    with pytest.raises(AnswersRefused) as refused:
        _apply(cast, proof, base="很多")
    assert [(fault.field, str(fault.says)) for fault in refused.value.faults] == [
        ("base", "“很多”不是可以精确保存的数字，请只写数，单位是万元。")
    ]
    assert _apply(cast, proof).number == "YFBZ-990121-2026-0002"


def test_a_second_press_does_nothing_and_an_old_page_is_refused(cast: Cast, proof: accounts.StoredFile) -> None:
    case = _apply(cast, proof)
    first = _take(case, "checked", cast.officer, typed={"settled": "25"}, seen=1)
    assert [_take(case, "checked", cast.officer, typed={"settled": "25"}, seen=1) for _time in range(100)] == [
        first
    ] * 100
    assert case.steps.count() == 2
    with pytest.raises(Refused, match="已经往前走了"):
        _take(case, "refused", cast.officer, opinion="不符合", seen=1)


@pytest.mark.parametrize("name", ["neighbour", "stranger", "superior", "auditor", "system"])
def test_strangers_see_no_case_and_take_no_step(cast: Cast, proof: accounts.StoredFile, name: str) -> None:
    case = _apply(cast, proof)
    other = cast.users[name]
    with pytest.raises(Http404):
        queries.case_for(other, case.key)
    for step, wanted in (
        ("checked", {"typed": {"settled": "25"}}),
        ("refused", {"opinion": "x"}),
        ("withdraw", {"opinion": "x"}),
    ):
        with pytest.raises(Refused):
            _take(case, step, other, **wanted)
    with pytest.raises(Refused):
        _apply(cast, proof, by=other)


def test_a_firm_sees_its_own_cases_and_takes_only_its_own_steps(cast: Cast, proof: accounts.StoredFile) -> None:
    case = _apply(cast, proof)
    assert queries.case_for(cast.enterprise, case.key).case == case
    with pytest.raises(Refused, match="不由您办"):
        _take(case, "checked", cast.enterprise, typed={"settled": "25"})
    other = NewCase(flow="rnd_subsidy", region=cast.sibling, organisation=cast.other_firm)
    typed = {"base": "1", "proof": [proof.digest]}
    with pytest.raises(Refused):
        open_case(new=other, first=StepWanted(step="applied", typed=typed, files=[proof]), by=cast.enterprise, now=NOW)


def test_a_file_that_was_not_handed_in_is_no_proof(cast: Cast, proof: accounts.StoredFile) -> None:
    first = StepWanted(step="applied", typed={"base": "800", "proof": [proof.digest]})
    with pytest.raises(Refused, match="没有上传的文件"):
        open_case(
            new=NewCase(flow="rnd_subsidy", region=cast.county, organisation=cast.firm),
            first=first,
            by=cast.enterprise,
            now=NOW,
        )


def test_what_is_not_amended_in_time_ends_by_itself_and_only_once(cast: Cast, proof: accounts.StoredFile) -> None:
    case = _apply(cast, proof)
    _take(case, "to_amend", cast.officer, opinion="缺专项审计报告")
    assert take_what_is_late(now=NOW + timedelta(days=7)) == 0  # five working days end on 9 March, at midnight
    assert take_what_is_late(now=NOW + timedelta(days=8)) == 1
    assert take_what_is_late(now=NOW + timedelta(days=8)) == 0
    assert _standing(case) == ("given_up", "lapsed")


def test_a_new_version_of_its_flow_or_form_moves_no_open_case(
    cast: Cast, proof: accounts.StoredFile, tmp_path: Any
) -> None:
    case = _apply(cast, proof)
    for name in ("pack.toml", "flows.toml", "forms.toml"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        text = text.replace('code = "rnd_check"\n', 'code = "rnd_check"\nversion = 2\n').replace(
            'name = "settled"', 'name = "agreed"'
        )
        text = text.replace(
            'code = "rnd_subsidy"\nlabel = { zh = "研发费用后补助", en',
            'code = "rnd_subsidy"\nversion = 2\nlabel = { zh = "研发费用后补助", en',
        )
        (tmp_path / name).write_text(text.replace('"{settled}"', '"{agreed}"'), encoding="utf-8")
    registry.load_pack(folder=tmp_path, by=None, now=NOW)

    _take(case, "checked", cast.officer, typed={"settled": "25"})
    assert queries.case_read(case).answers["settled"] == 25_000_000


def test_what_lists_show_is_kept_apart_and_follows_the_answers(cast: Cast, proof: accounts.StoredFile) -> None:
    case = _apply(cast, proof)
    _take(case, "to_amend", cast.officer, opinion="金额不符")
    _take(case, "amended", cast.enterprise, typed={"base": "900", "proof": [proof.digest]}, files=[proof])
    facts = CaseFact.objects.filter(case=case, name="base").order_by("seq_from")
    assert [(fact.number, fact.seq_to is None) for fact in facts] == [(800_000_000, False), (900_000_000, True)]


def test_a_ticket_is_handed_on_to_somebody_who_may_see_it(cast: Cast) -> None:
    new = NewCase(flow="ticket", region=cast.county, organisation=cast.firm)
    case = open_case(new=new, first=StepWanted(step="received", typed={"title": "用电贵"}), by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="请指定由谁接着办"):
        _take(case, "assigned", cast.officer)
    with pytest.raises(Refused, match="没有查看事项的权限"):
        _take(case, "assigned", cast.officer, assignee=cast.neighbour)
    _take(case, "assigned", cast.officer, assignee=cast.director)
    assert case in queries.cases_seen(cast.director)
    with pytest.raises(Refused, match="不由您办"):
        _take(case, "answered", cast.officer, opinion="已协调")
    _take(case, "answered", cast.director, opinion="已协调")
    _take(case, "called_back", cast.officer, typed={"satisfied": "是"})
    assert _standing(case) == ("called_back", "done")


def test_countersigning_is_one_case_for_each_section_and_silence_is_consent(cast: Cast) -> None:
    new = NewCase(flow="paper", region=cast.county)
    paper = open_case(
        new=new, first=StepWanted(step="registered", typed={"title": "关于样例的通知"}), by=cast.officer, now=NOW
    )
    _take(paper, "proposed", cast.officer, typed={"sections": ["office", "policy"]})
    below = list(Case.objects.filter(parent=paper).order_by("pk"))
    assert [case.title for case in below] == ["办公室", "政策法规与创新体系科"]
    with pytest.raises(Refused, match="还在等"):
        _take(paper, "signed", cast.director)
    _take(below[0], "transfer", cast.director, assignee=cast.officer, opinion="归他办")
    every, own = (lists.cases_listed(cast.officer, state=each).values_list("case", flat=True) for each in ("", "todo"))
    assert (below[0].pk in every, below[0].pk in own) == (False, True)  # what is to be done is not hidden below another
    later = NOW + timedelta(days=5)
    assert take_what_is_late(now=later) == 2
    _take(paper, "signed", cast.director, now=later)
    assert _standing(paper) == ("signed", "")


def test_what_was_withdrawn_is_reopened_by_whoever_answers_for_it(cast: Cast, proof: accounts.StoredFile) -> None:
    case = _apply(cast, proof)
    with pytest.raises(Refused, match="请写明意见或理由"):
        _take(case, "withdraw", cast.enterprise)
    _take(case, "withdraw", cast.enterprise, opinion="填错了")
    assert _standing(case) == ("withdraw", "withdrawn")
    _take(case, "reopen", cast.director, opinion="企业又要办")
    assert _standing(case) == ("applied", "")


def test_the_digest_of_a_step_covers_everything_answered_before(cast: Cast, proof: accounts.StoredFile) -> None:
    first, other = _apply(cast, proof), _apply(cast, proof, base="801")
    for case in (first, other):
        _take(case, "checked", cast.officer, typed={"settled": "25"})
    digests = [CaseStep.objects.get(case=case, number=2).digest for case in (first, other)]
    assert digests[0] != digests[1]


def test_a_record_that_cannot_be_filed_leaves_the_step_untaken(
    cast: Cast, proof: accounts.StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = _apply(cast, proof)
    _take(case, "checked", cast.officer, typed={"settled": "25"})
    _take(case, "settled", cast.director)
    _take(case, "announced", cast.officer)
    Organisation.objects.filter(pk=cast.firm.pk).update(region=cast.sibling)
    before = CaseStep.objects.count()

    def no(**_given: Any) -> None:
        raise Refused("这条记录登记不了。")

    monkeypatch.setattr("xingke.ledger.actions.file_histories", no)
    with pytest.raises(Refused, match="登记不了"):
        _take(case, "paid", cast.director, now=NOW + timedelta(days=8))
    assert (CaseStep.objects.count(), _standing(case)[0]) == (before, "announced")


def test_a_bureau_above_looks_on_but_moves_nothing_below(cast: Cast, proof: accounts.StoredFile) -> None:
    registry.give_role(user=cast.stranger, role="officer", region=cast.city, by=None, now=NOW)
    above = User.objects.get(pk=cast.stranger.pk)
    case = _apply(cast, proof)
    assert case not in queries.cases_seen(above)
    with pytest.raises(Refused, match="不由您办"):
        _take(case, "refused", above, opinion="不符合")


def test_nobody_withdraws_what_the_clock_or_a_step_opened(cast: Cast) -> None:
    new = NewCase(flow="paper", region=cast.county)
    paper = open_case(new=new, first=StepWanted(step="registered", typed={"title": "样例"}), by=cast.officer, now=NOW)
    _take(paper, "proposed", cast.officer, typed={"sections": ["office"]})
    below = Case.objects.get(parent=paper)
    for other in (cast.director, cast.neighbour):
        with pytest.raises(Refused, match="只有发起人可以撤回"):
            _take(below, "withdraw", other, opinion="x")


def _commissioner(cast: Cast) -> Person:
    """Somebody of the register, whose account acts in their own name."""
    person = enter_person(name="何远山", region=cast.county, facts={}, by=cast.officer, now=NOW)
    registry.give_role(
        user=cast.stranger, role="commissioner", region=cast.county, person=person, by=cast.security, now=NOW
    )
    return person


def test_who_acts_in_their_own_name_opens_and_sees_their_own_cases_and_no_others(cast: Cast) -> None:
    person = _commissioner(cast)
    other = enter_person(name="陆知秋", region=cast.county, facts={}, by=cast.officer, now=NOW)
    typed = {"title": "果树修剪培训", "topic": "farm_training", "served_on": "2026-03-01", "people": "30"}
    first = StepWanted(step="handed_in", typed=typed)
    mine = User.objects.get(pk=cast.stranger.pk)
    theirs = NewCase(flow="service_log", region=cast.county, person=other)
    with pytest.raises(Refused, match="不能查看"):
        open_case(new=theirs, first=first, by=mine, now=NOW)
    case = open_case(new=NewCase(flow="service_log", region=cast.county, person=person), first=first, by=mine, now=NOW)
    hers = open_case(new=theirs, first=first, by=cast.officer, now=NOW)
    assert queries.case_for(mine, case.key).case == case
    with pytest.raises(Http404):
        queries.case_for(mine, hers.key)


def test_a_step_is_not_taken_on_a_day_that_has_not_come(cast: Cast) -> None:
    first = StepWanted(
        step="handed_in", typed={"title": "样例", "topic": "farm_training", "served_on": "2026-03-02", "people": "3"}
    )
    new = NewCase(flow="service_log", region=cast.county, person=_commissioner(cast))
    with pytest.raises(AnswersRefused, match="不能晚于"):
        open_case(new=new, first=first, by=cast.officer, now=NOW - timedelta(days=1))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables whole")
@pytest.mark.parametrize(
    ("state", "index"), [("", "casestep_by_case"), ("todo", "casestep_open"), ("open", "casestep_by_case")]
)
def test_lists_of_cases_find_their_index(cast: Cast, state: str, index: str) -> None:
    listed = lists.cases_listed(cast.officer, state=state).select_related(None).order_by("due" if state else "-case")
    assert index in listed.values("pk").explain()
