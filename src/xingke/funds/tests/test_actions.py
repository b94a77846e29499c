"""Pools, commitments, accounts and batches: what is done, and what is refused with which sentence."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cast import NOW, Cast, meanwhile
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry, User
from xingke.base.refusals import Refused
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.models import Case, CaseStep, Filed
from xingke.funds import actions, checks, queries
from xingke.funds.actions import accounts as pay_accounts
from xingke.funds.actions import batches
from xingke.funds.actions.accounts import NewAccount
from xingke.funds.actions.batches import NewBatch, NothingPaid
from xingke.funds.models import Allotment, Commitment, PayAccount, PaymentBatch, PaymentItem, Pool
from xingke.funds.queries import paying
from xingke.funds.rules import AllotmentKind, PoolBalance
from xingke.funds.tests.money import (
    LATER,
    TODAY,
    WAN,
    allot,
    case_to_pay,
    commit,
    confirmed_account,
    firms,
    load_flows,
    new_batch,
    new_pool,
    pay,
    store_proof,
)
from xingke.ledger.models import Payment, PaymentEvent, State
from xingke.registry import actions as registry
from xingke.registry import checks as registry_checks
from xingke.registry.actions import people
from xingke.registry.models import Organisation

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    load_flows()


@pytest.fixture
def proof() -> accounts.StoredFile:
    return store_proof()


@pytest.fixture
def pool(cast: Cast) -> Pool:
    """100 万元 of the county."""
    return new_pool(cast)


def _held(pool: Pool) -> tuple[int, int, int, int]:
    """Allotted, committed, paid and left, in 万元."""
    now = queries.balance_of(pool)
    return now.allotted // WAN, now.committed // WAN, now.paid // WAN, now.left // WAN


def _problems() -> list[str]:
    return [problem for found in checks.funds() for problem in found.problems]


# ── pools ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_money_comes_into_a_pool_by_budget_documents_and_is_cut_by_them(cast: Cast, pool: Pool) -> None:
    allot(cast, pool, 50, AllotmentKind.ADDED, document="青财教指〔2026〕8号")
    allot(cast, pool, 30, AllotmentKind.CUT, document="青财教指〔2026〕9号")
    assert _held(pool) == (120, 0, 0, 120)
    with pytest.raises(Refused, match=r"最多可以核减或结转1,200,000.00元"):
        allot(cast, pool, 121, AllotmentKind.CUT)
    with pytest.raises(Refused, match="请填写预算指标文号"):
        allot(cast, pool, 1, document="  ")
    with pytest.raises(Refused, match="日期2026-03-03还没有到"):
        allot(cast, pool, 1, on=date(2026, 3, 3))
    assert _held(pool) == (120, 0, 0, 120)


def test_what_is_left_is_carried_into_the_next_year_on_both_sides_at_once(cast: Cast, pool: Pool) -> None:
    after = new_pool(cast, year=2027, wan=0)
    other = new_pool(cast, year=2027, wan=0, code="A2", level="province")
    new = actions.NewAllotment(kind=AllotmentKind.CARRIED_OUT, amount=40 * WAN, document="结转1号", on=date(2026, 3, 2))
    with pytest.raises(Refused, match="同一层级"):
        actions.carry_over(pool=pool, into=other, new=new, by=cast.officer, now=NOW)
    for _time in range(2):
        actions.carry_over(pool=pool, into=after, new=new, by=cast.officer, now=NOW)
    assert (_held(pool), _held(after)) == ((60, 0, 0, 60), (40, 0, 0, 40))
    rows = list(Allotment.objects.filter(document="结转1号").order_by("pk").values_list("kind", "amount", "seq"))
    assert [(kind, amount) for kind, amount, _seq in rows] == [("carried out", -40 * WAN), ("carried in", 40 * WAN)]
    assert rows[0][2] == rows[1][2]


def test_a_code_is_taken_once_a_year_and_a_second_press_opens_no_pool(cast: Cast) -> None:
    new = actions.NewPool(code="B", name="专项", region=cast.county, year=2026, level="county", purpose="reward")
    first = [actions.open_pool(new=new, by=cast.officer, now=NOW) for _time in range(3)]
    assert {each.pk for each in first} == {first[0].pk}
    assert AuditEntry.objects.filter(action="pool.opened").count() == 1
    with pytest.raises(Refused, match="2026年已经有代码为“B”的资金池"):
        new_pool(cast, code="B")
    with pytest.raises(Refused, match="请从列表里选"):
        new_pool(cast, code="C", level="village")


# ── who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["director", "neighbour", "superior", "enterprise", "statistician", "auditor"])
def test_only_who_plans_at_home_touches_pools(cast: Cast, pool: Pool, proof: accounts.StoredFile, name: str) -> None:
    other, case = cast.users[name], case_to_pay(cast, proof)
    new = actions.NewAllotment(kind=AllotmentKind.GIVEN, amount=1, document="x", on=date(2026, 3, 1))
    with pytest.raises(Refused):
        actions.allot(pool=pool, new=new, by=other, now=NOW)
    with pytest.raises(Refused):
        commit(cast, case, {pool: "25"}, by=other)
    with pytest.raises(Refused):
        batches.open_batch(new=NewBatch(region=cast.county, title="x"), by=other, now=NOW)
    assert _held(pool) == (100, 0, 0, 100)


def test_a_bureau_above_has_pools_of_its_own_and_sees_none_below(cast: Cast, pool: Pool) -> None:
    for role in ("officer", "director"):
        user = cast.stranger if role == "officer" else cast.reviewer
        registry.give_role(user=user, role=role, region=cast.city, by=None, now=NOW)
    above = User.objects.get(pk=cast.stranger.pk)
    assert not queries.pools_seen(above).exists()
    with pytest.raises(Refused, match="由本级科技部门办理，上级不代办"):
        actions.allot(
            pool=pool,
            new=actions.NewAllotment(kind=AllotmentKind.GIVEN, amount=1, document="x", on=date(2026, 3, 1)),
            by=above,
            now=NOW,
        )


# ── commitments ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_decided_is_committed_raised_lowered_and_released(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    case = case_to_pay(cast, proof)
    (row,) = commit(cast, case, {pool: "25"})
    assert _held(pool) == (100, 25, 0, 75)
    before = queries.balance_of(pool)

    seen = paying.stamp_of_shares([row])
    with pytest.raises(Refused, match=r"可用1,000,000.00元，不够安排1,000,000.01元"):
        _change(cast, row, 100 * WAN + 1, seen)
    (raised,) = _change(cast, row, 100 * WAN, seen)
    assert _held(pool) == (100, 100, 0, 0)
    assert _change(cast, row, 100 * WAN, seen) == [raised]  # a second press
    with pytest.raises(Refused, match="已经变动"):
        _change(cast, row, 90 * WAN, seen)
    (lowered,) = _change(cast, row, 10 * WAN, paying.stamp_of_shares([raised]))
    for _time in range(2):
        actions.release(
            decision=row.decision,
            reason="企业放弃",
            seen=paying.stamp_of_shares([lowered]),
            by=cast.officer,
            now=NOW,
        )
    assert _held(pool) == (100, 0, 0, 100)
    assert queries.balance_of(pool, seq=row.seq_from) == before
    said = Commitment.objects.order_by("version").values_list("version", "amount", "state", "reason")
    assert list(said) == [
        (1, 25 * WAN, "standing", ""),
        (2, 100 * WAN, "standing", "会议重新审定"),
        (3, 10 * WAN, "standing", "会议重新审定"),
        (4, 10 * WAN, "released", "企业放弃"),
    ]
    assert _problems() == []


def test_what_is_decided_for_a_case_that_ended_only_becomes_less(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    case = case_to_pay(cast, proof)
    (row,) = commit(cast, case, {pool: "25"})
    take_step(case=case, wanted=StepWanted(step="objected", opinion="查实"), seen=4, by=cast.director, now=NOW)
    with pytest.raises(Refused, match=f"{case.number}已经办结，安排只能减少或释放"):
        _change(cast, row, 26 * WAN, paying.stamp_of_shares([row]))
    assert _held(pool) == (100, 25, 0, 75)
    _change(cast, row, 24 * WAN, paying.stamp_of_shares([row]))
    assert _held(pool) == (100, 24, 0, 76)


def test_a_thing_whose_letters_grow_when_written_alike_is_kept_and_found_again(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    """One sign of some scripts becomes eighteen letters; PostgreSQL refuses what is longer than its column."""
    thing = "ﷺ" * 119 + "甲"
    commit(cast, case_to_pay(cast, proof), {pool: "25"}, thing=thing)
    with pytest.raises(Refused, match="同一家单位的同一件事只给一次"):
        commit(cast, case_to_pay(cast, proof), {pool: "25"}, thing=thing)
    commit(cast, case_to_pay(cast, proof), {pool: "25"}, thing="ﷺ" * 119 + "乙")
    assert {len(row.thing_key) for row in Commitment.objects.all()} == {120}


def _change(cast: Cast, row: Commitment, amount: int, seen: str) -> list[Commitment]:
    return actions.change_commitment(
        decision=row.decision,
        amounts={row.commitment: amount},
        reason="会议重新审定",
        seen=seen,
        by=cast.officer,
        now=NOW,
    )


def test_one_thing_of_a_firm_is_not_committed_for_twice_but_its_parts_are(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    first, other = case_to_pay(cast, proof), case_to_pay(cast, proof)
    (row,) = commit(cast, first, {pool: "25"}, thing="研发后补助 2025年度")
    with pytest.raises(Refused, match=f"“研发后补助 2025年度”已在{first.number}安排或拨付过"):
        commit(cast, other, {pool: "25"}, thing="研发后补助（2025年度）")
    with pytest.raises(Refused, match="这件事在这一层级已经安排过资金"):
        commit(cast, first, {pool: "25"}, thing="另一件")
    actions.release(decision=row.decision, reason="重来", seen=paying.stamp_of_shares([row]), by=cast.officer, now=NOW)
    commit(cast, first, {pool: "10"}, thing="研发后补助 2025年度", part="首付")
    commit(cast, other, {pool: "10"}, thing="研发后补助 2025年度", part="尾款")
    assert _held(pool) == (100, 20, 0, 80)


def test_layers_bear_shares_of_one_decided_sum_and_never_mix(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    province, second = new_pool(cast, code="P", level="province"), new_pool(cast, code="A2", name="县级又一个")
    case = case_to_pay(cast, proof)
    with pytest.raises(Refused, match=r"相差10,000.00元"):
        commit(cast, case, {pool: "10", province: "14"}, decided=25 * WAN)
    with pytest.raises(Refused, match="同一层级的资金只能由一个资金池出"):
        commit(cast, case, {pool: "10", second: "15"})
    rows = commit(cast, case, {pool: "10", province: "15"})
    assert {row.seq_from for row in rows} == {rows[0].seq_from}
    assert (_held(pool), _held(province)) == ((100, 10, 0, 90), (100, 15, 0, 85))
    assert queries.commitments_of(case).count() == 2


def test_money_is_only_committed_to_a_case_here_that_is_open_and_can_be_paid(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    case = case_to_pay(cast, proof)
    with pytest.raises(Refused, match="请写明给的是什么事的钱"):
        commit(cast, case, {pool: "25"}, thing=" 。")
    with pytest.raises(Refused, match="请写明由哪个资金池出钱"):
        commit(cast, case, {})
    wanted = StepWanted(step="objected", opinion="查实")
    take_step(case=case, wanted=wanted, seen=4, by=cast.director, now=NOW)
    with pytest.raises(Refused, match="已经办结，不能再安排资金"):
        commit(cast, case, {pool: "25"})
    Pool.objects.filter(pk=pool.pk).update(region=cast.sibling)
    pool.refresh_from_db()
    with pytest.raises(Refused, match="要在同一个区划"):
        commit(cast, case_to_pay(cast, proof), {pool: "25"})


def test_what_another_took_from_the_pool_meanwhile_is_not_there_any_more(
    cast: Cast, pool: Pool, proof: accounts.StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = case_to_pay(cast, proof, wan="60"), case_to_pay(cast, proof, wan="60")
    meanwhile(monkeypatch, lambda: commit(cast, other, {pool: "60"}))
    with pytest.raises(Refused, match=r"可用400,000.00元"):
        commit(cast, case, {pool: "60"})


# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _enter(cast: Cast, number: str = "6222 0210 0111 2345", **given: Any) -> PayAccount:
    usual: dict[str, Any] = {"organisation": cast.firm, "name": cast.firm.name, "bank": "青溪农商行", "number": number}
    usual["region"] = cast.county
    return pay_accounts.enter_account(new=NewAccount(**{**usual, **given}), by=cast.officer, now=NOW)


def test_an_account_counts_once_another_confirmed_it(cast: Cast) -> None:
    entered = _enter(cast)
    assert queries.accounts_that_count([cast.firm.pk], cast.county) == {}
    with pytest.raises(Refused, match="须由登记人以外的另一人确认"):
        pay_accounts.confirm_account(account=entered, by=cast.officer, now=NOW)
    for other in (cast.neighbour, cast.superior, cast.enterprise):
        with pytest.raises(Refused):
            pay_accounts.confirm_account(account=entered, by=other, now=NOW)
    with pytest.raises(Refused, match="正等着确认"):
        _enter(cast, "6222 0210 0111 9999")
    for _time in range(2):
        pay_accounts.confirm_account(account=entered, by=cast.director, now=NOW)
    assert queries.accounts_that_count([cast.firm.pk], cast.county) == {cast.firm.pk: entered}
    assert AuditEntry.objects.filter(action="pay-account.confirmed").count() == 1


def test_a_bureau_confirms_itself_the_account_it_pays_to_wherever_the_firm_lies(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    """The firm moved next door after it was decided: the bureau there neither gives it its account nor changes it."""
    here = confirmed_account(cast, cast.firm)
    (row,) = commit(cast, case_to_pay(cast, proof), {pool: "25"})
    Organisation.objects.filter(pk=cast.firm.pk).update(region=cast.sibling)
    cast.firm.refresh_from_db()
    there = pay_accounts.enter_account(
        new=NewAccount(
            organisation=cast.firm, region=cast.sibling, name=cast.firm.name, bank="工行", number="99990000"
        ),
        by=cast.neighbour,
        now=NOW,
    )
    assert [each.shown for each in queries.accounts_seen(cast.officer)] == ["****2345"]
    assert [each.shown for each in queries.accounts_seen(cast.neighbour)] == ["****0000"]
    with pytest.raises(Refused, match="云渡县"):
        pay_accounts.confirm_account(account=there, by=cast.director, now=NOW)
    with pytest.raises(Refused, match="青溪县"):
        pay_accounts.open_account(account=here, by=cast.neighbour, now=NOW)
    changed = _enter(cast, "1020304050", reason="迁址，附开户证明")  # what is decided is still paid from here
    pay_accounts.confirm_account(account=changed, by=cast.director, now=NOW)
    batch = new_batch(cast, row)
    assert [item.account.shown for item in pay(cast, batch).paid] == ["****4050"]
    with pytest.raises(Refused, match="“青溪县明渠传感科技有限公司”不在“青溪县”，也没有等着它拨付的安排"):
        _enter(cast, "55550000")


def test_the_number_is_sealed_shown_by_its_end_and_opened_on_record(cast: Cast) -> None:
    entered = _enter(cast)
    kept = str(list(PayAccount.objects.values())) + str(list(AuditEntry.objects.values("detail", "target", "reason")))
    assert entered.shown == "****2345" and "0210" not in kept
    with pytest.raises(Refused):
        pay_accounts.open_account(account=entered, by=cast.neighbour, now=NOW)
    assert pay_accounts.open_account(account=entered, by=cast.director, now=NOW) == "6222021001112345"
    assert AuditEntry.objects.order_by("-seq").values_list("action", flat=True)[0] == "pay-account.opened"


def test_its_key_is_nobodys_stray_and_changes_with_those_of_persons(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # where no other test left keys
    entered = _enter(cast)
    assert [problem for found in registry_checks.persons() for problem in found.problems] == []
    assert people.change_keys(by=None, now=NOW) == 1
    after = PayAccount.objects.get()
    assert after.sealed != entered.sealed
    assert pay_accounts.open_account(account=after, by=cast.director, now=NOW) == "6222021001112345"


def test_changing_where_committed_money_goes_needs_a_reason_and_a_second_person(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    before = confirmed_account(cast, cast.firm)
    commit(cast, case_to_pay(cast, proof), {pool: "25"})
    with pytest.raises(Refused, match="变更收款账户要写明原因"):
        _enter(cast, "1020304050")
    entered = _enter(cast, "1020304050", reason="基本户迁址，附银行证明")
    assert (
        queries.accounts_that_count([cast.firm.pk], cast.county)[cast.firm.pk] == before
    )  # until another confirmed it
    pay_accounts.confirm_account(account=entered, by=cast.director, now=NOW)
    before.refresh_from_db()
    assert (before.seq_to, queries.accounts_that_count([cast.firm.pk], cast.county)[cast.firm.pk]) == (
        entered.seq + 1,
        entered,
    )


def test_an_account_that_was_to_be_changed_before_money_was_committed_needs_its_reason_all_the_same(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    before = confirmed_account(cast, cast.firm)
    entered = _enter(cast, "1020304050")
    commit(cast, case_to_pay(cast, proof), {pool: "25"})
    with pytest.raises(Refused, match="变更收款账户要写明原因"):
        pay_accounts.confirm_account(account=entered, by=cast.director, now=NOW)
    assert queries.accounts_that_count([cast.firm.pk], cast.county)[cast.firm.pk] == before


def test_an_account_of_two_firms_is_asked_about_and_one_sent_back_counts_for_nothing(cast: Cast) -> None:
    confirmed_account(cast, cast.firm)
    (other,) = firms(cast, 1)
    with pytest.raises(Refused, match="已登记在另一家单位名下"):
        _enter(cast, organisation=other)
    entered = _enter(cast, organisation=other, reason="集团结算中心统一收款")
    with pytest.raises(Refused, match="请写明原因"):
        pay_accounts.decline_account(account=entered, reason=" ", by=cast.director, now=NOW)
    pay_accounts.decline_account(account=entered, reason="无授权书", by=cast.director, now=NOW)
    with pytest.raises(Refused, match="已经有人处理过了"):
        pay_accounts.confirm_account(account=entered, by=cast.director, now=NOW)
    assert queries.accounts_that_count([other.pk], cast.county) == {}
    with pytest.raises(Refused, match="户名“青溪县明渠传感科技有限公司”不是"):
        _enter(cast, "88880000", organisation=other)
    assert _enter(cast, "88880000", organisation=other, reason="集团统一户名")


@pytest.mark.parametrize("number", ["12345", "中国银行", "ABCDEFG"])
def test_what_is_no_number_is_refused(cast: Cast, number: str) -> None:
    with pytest.raises(Refused, match="账号只能是数字"):
        _enter(cast, number)


# ── batches ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_is_paid_by_one_act_each_case_by_its_own_step_with_what_it_files(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    confirmed_account(cast, cast.firm)
    cases = [case_to_pay(cast, proof), case_to_pay(cast, proof, wan="30")]
    rows = [*commit(cast, cases[0], {pool: "25"}), *commit(cast, cases[1], {pool: "30"})]
    batch = new_batch(cast, *rows)
    assert batch.number == "BF-990121-2026-0001"

    result = pay(cast, batch, voucher="青财支〔2026〕15号")

    assert ([item.amount for item in result.paid], result.refused) == ([25 * WAN, 30 * WAN], ())
    assert _held(pool) == (100, 0, 55, 45)
    entry = AuditEntry.objects.order_by("-seq").first()
    assert entry is not None
    assert (entry.action, entry.count, entry.by) == ("payment-batch.paid", 2, cast.director)
    told = [part["action"] for part in entry.detail["parts"]]
    beside = {"matter.event-filed", "notice.given"}  # what the case counts as, and who is told
    assert [each for each in told if each not in beside] == ["payment.filed", "case.step-taken", "funds.paid"] * 2
    for case, item in zip(cases, result.paid, strict=True):
        step = CaseStep.objects.get(case=case, seq_to__isnull=True)
        assert (step.step, step.ended, step.seq_from) == ("paid", "granted", entry.seq)
        assert (item.step, item.paid_seq, item.voucher) == (step, entry.seq, "青财支〔2026〕15号")
        assert (item.document, item.account.shown) == ("青财教指〔2026〕1号", "****2345")
        event = PaymentEvent.objects.get(subject=Filed.objects.get(step=step, kind="payment").record)
        assert (event.amount, event.state, event.seq_from) == (item.amount, State.CONFIRMED, entry.seq)
    assert set(Commitment.objects.filter(seq_to__isnull=True).values_list("state", flat=True)) == {"paid"}
    assert _problems() == []


def test_a_second_press_gives_the_same_and_pays_nothing(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    confirmed_account(cast, cast.firm)
    batch = new_batch(cast, *commit(cast, case_to_pay(cast, proof), {pool: "25"}))
    seen = paying.stamp_of(queries.items_of(batch))
    results = [pay(cast, batch, seen=seen) for _time in range(5)]
    assert {result.amount for result in results} == {25 * WAN}
    assert {tuple(item.pk for item in result.paid) for result in results} == {(results[0].paid[0].pk,)}
    assert AuditEntry.objects.filter(action="payment-batch.paid").count() == 1
    assert (_held(pool), PaymentEvent.objects.count()) == ((100, 0, 25, 75), 1)
    with pytest.raises(Refused, match="已经拨付或作废"):
        pay(cast, batch, seen=seen, voucher="另一个凭证号")


def test_who_is_refused_falls_alone_and_is_listed_with_the_sentence(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    confirmed_account(cast, cast.firm)
    good, objected = case_to_pay(cast, proof), case_to_pay(cast, proof)
    rows = [*commit(cast, good, {pool: "25"}), *commit(cast, objected, {pool: "25"})]
    batch = new_batch(cast, *rows)
    take_step(case=objected, wanted=StepWanted(step="objected", opinion="查实"), seen=4, by=cast.director, now=NOW)

    result = pay(cast, batch)

    assert [item.case for item in result.paid] == [good]
    assert [(item.case, str(why)) for item, why in result.refused] == [(objected, "现在是“异议成立”，下一步不是拨付。")]
    assert _held(pool) == (100, 25, 25, 50)
    assert (objected.steps.count(), PaymentEvent.objects.count()) == (5, 1)
    assert queries.commitments_left_over(cast.officer).count() == 1
    row = rows[1]
    actions.release(
        decision=row.decision, reason="不再拨付", seen=paying.stamp_of_shares([row]), by=cast.officer, now=LATER
    )
    assert (_held(pool), _problems()) == ((100, 0, 25, 75), [])


def test_where_nothing_can_be_paid_the_batch_stays_open(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    confirmed_account(cast, cast.firm)
    case = case_to_pay(cast, proof)
    batch = new_batch(cast, *commit(cast, case, {pool: "25"}))
    with pytest.raises(NothingPaid, match="一笔也拨不了") as refused:
        pay(cast, batch, now=NOW, on=date(2026, 3, 2))
    assert {number: str(why) for number, why in refused.value.reasons.items()} == {
        case.number: "2026-03-10起才能“拨付”。"
    }
    batch.refresh_from_db()
    assert (batch.is_open, _held(pool)) == (True, (100, 25, 0, 75))
    assert pay(cast, batch).amount == 25 * WAN


def test_whoever_put_something_on_a_batch_does_not_pay_it(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    registry.give_role(user=cast.director, role="officer", region=cast.county, by=None, now=NOW)
    both = User.objects.get(pk=cast.director.pk)
    confirmed_account(cast, cast.firm)
    (row,) = commit(cast, case_to_pay(cast, proof), {pool: "25"})
    batch = new_batch(cast, row, by=both)
    with pytest.raises(Refused, match="须由另一人拨付"):
        pay(cast, batch, by=both)
    with pytest.raises(Refused):
        pay(cast, batch, by=cast.officer)  # may plan, not pay
    assert _held(pool) == (100, 25, 0, 75)


def test_another_account_than_the_one_that_was_put_on_the_batch_is_not_paid(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    confirmed_account(cast, cast.firm)
    (row,) = commit(cast, case_to_pay(cast, proof), {pool: "25"})
    batch = new_batch(cast, row)
    seen = paying.stamp_of(queries.items_of(batch))
    confirmed_account(cast, cast.firm, "1020304050", reason="基本户迁址")
    with pytest.raises(NothingPaid, match="列入批次之后收款账户有变更"):
        pay(cast, batch, seen=seen)
    batches.take_off_batch(batch=batch, decisions=[row.decision], by=cast.officer, now=NOW)
    batches.put_on_batch(batch=batch, decisions=[row.decision], by=cast.officer, now=NOW)
    assert [item.account.shown for item in pay(cast, batch).paid] == ["****4050"]


def test_what_was_seen_is_what_is_paid(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    confirmed_account(cast, cast.firm)
    (row,), (more,) = (commit(cast, case_to_pay(cast, proof), {pool: "25"}) for _time in range(2))
    batch = new_batch(cast, row)
    seen = paying.stamp_of(queries.items_of(batch))
    batches.put_on_batch(batch=batch, decisions=[more.decision], by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="明细有变动"):
        pay(cast, batch, seen=seen)
    assert pay(cast, batch).amount == 50 * WAN


def test_a_sum_that_is_not_what_the_case_says_is_not_paid(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    confirmed_account(cast, cast.firm)
    (row,) = commit(cast, case_to_pay(cast, proof), {pool: "24"})
    with pytest.raises(NothingPaid, match=r"事项上审定的是250,000.00元，批次里是240,000.00元"):
        pay(cast, new_batch(cast, row))


def test_money_of_another_layer_than_the_case_files_is_not_paid(cast: Cast, proof: accounts.StoredFile) -> None:
    confirmed_account(cast, cast.firm)
    province = new_pool(cast, code="P", level="province")
    (row,) = commit(cast, case_to_pay(cast, proof), {province: "25"})
    with pytest.raises(NothingPaid, match="各级资金不能混用"):
        pay(cast, new_batch(cast, row))
    assert not Payment.objects.exists()


def test_what_a_step_files_in_the_end_is_held_against_the_money_too(
    cast: Cast, pool: Pool, proof: accounts.StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template says more than one answer can foretell: what stands in the ledger decides."""
    confirmed_account(cast, cast.firm)
    case = case_to_pay(cast, proof)
    (row,) = commit(cast, case, {pool: "24"})
    batch = new_batch(cast, row)
    monkeypatch.setattr(paying, "_to_be_filed", lambda _read, _step: {})
    with pytest.raises(NothingPaid, match="两处要一致"):
        pay(cast, batch)
    assert (case.steps.count(), PaymentEvent.objects.count(), _held(pool)) == (4, 0, (100, 24, 0, 76))


def test_what_stands_on_a_batch_is_neither_changed_nor_put_on_another(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    case = case_to_pay(cast, proof)
    (row,) = commit(cast, case, {pool: "25"})
    with pytest.raises(Refused, match="还没有确认过的收款账户"):
        new_batch(cast, row)
    confirmed_account(cast, cast.firm)
    batch = new_batch(cast, row)
    with pytest.raises(Refused, match=f"已列入{batch.number}，请先从批次里移出"):
        _change(cast, row, 20 * WAN, paying.stamp_of_shares([row]))
    with pytest.raises(Refused, match=f"已列入{batch.number}"):
        new_batch(cast, row)
    assert batches.put_on_batch(batch=batch, decisions=[row.decision], by=cast.officer, now=NOW) == []
    batches.void_batch(batch=batch, reason="重新编制", by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="已经拨付或作废"):
        batches.put_on_batch(batch=batch, decisions=[row.decision], by=cast.officer, now=NOW)
    assert pay(cast, new_batch(cast, row)).amount == 25 * WAN
    assert PaymentItem.objects.filter(seq_to__isnull=True).count() == 1


def test_a_batch_has_no_more_payments_than_others_can_wait_for(
    cast: Cast, pool: Pool, proof: accounts.StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xingke.funds.rules.MOST_ITEMS", 1)
    confirmed_account(cast, cast.firm)
    rows = [row for _time in range(2) for row in commit(cast, case_to_pay(cast, proof), {pool: "25"})]
    with pytest.raises(Refused, match="一批最多1笔"):
        new_batch(cast, *rows)
    batch = new_batch(cast, rows[0])
    with pytest.raises(Refused, match="一批最多1笔"):
        batches.put_on_batch(batch=batch, decisions=[rows[1].decision], by=cast.officer, now=NOW)
    assert [item.commitment for item in queries.items_of(batch)] == [rows[0]]


def test_every_payment_has_the_document_of_its_pool_and_a_voucher_of_its_own(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    confirmed_account(cast, cast.firm)
    allot(cast, pool, 1, AllotmentKind.ADDED, document="青财教指〔2026〕8号")
    (row,), (other,) = (commit(cast, case_to_pay(cast, proof), {pool: "25"}) for _time in range(2))
    batch = new_batch(cast)
    with pytest.raises(Refused, match="没有文号为“皖财1号”的指标"):
        batches.put_on_batch(
            batch=batch, decisions=[row.decision], documents={pool.pk: "皖财1号"}, by=cast.officer, now=NOW
        )
    first = {pool.pk: "青财教指〔2026〕1号"}
    batches.put_on_batch(batch=batch, decisions=[row.decision], documents=first, by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="请填写支付凭证号"):
        pay(cast, batch, voucher=" ")
    with pytest.raises(Refused, match="日期2026-03-11还没有到"):
        pay(cast, batch, on=TODAY + timedelta(days=1))
    assert [item.document for item in pay(cast, batch, voucher="V1").paid] == ["青财教指〔2026〕1号"]
    again = new_batch(cast, other)
    assert [item.document for item in queries.items_of(again)] == ["青财教指〔2026〕8号"]  # the newest
    with pytest.raises(Refused, match=f"支付凭证号“V1”已用于{batch.number}"):
        pay(cast, again, voucher="V1")


def test_the_trail_and_the_check_see_what_was_tampered_with(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    confirmed_account(cast, cast.firm)
    batch = new_batch(cast, *commit(cast, case_to_pay(cast, proof), {pool: "25"}))
    item = pay(cast, batch).paid[0]
    assert _problems() == []
    PaymentItem.objects.filter(pk=item.pk).update(amount=101 * WAN)
    said = "\n".join(_problems())
    assert "出现负数" in said and "没有对应的安排" in said
    PaymentItem.objects.filter(pk=item.pk).update(amount=item.amount)
    PayAccount.objects.update(shown="****0000")
    assert "账号与标记不符" in "\n".join(_problems())
    PayAccount.objects.update(shown="****2345")
    Commitment.objects.filter(state="standing").update(decided=26 * WAN)
    PaymentItem.objects.update(voucher="别的")
    assert "凭证号或序号与批次不符" in "\n".join(_problems())


def test_a_pool_is_known_as_of_every_number(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    confirmed_account(cast, cast.firm)
    opened = queries.balance_of(pool)
    (row,) = commit(cast, case_to_pay(cast, proof), {pool: "25"})
    batch = new_batch(cast, row)
    paid = pay(cast, batch).paid[0]
    assert queries.balance_of(pool, seq=row.seq_from - 1) == opened == PoolBalance(allotted=100 * WAN)
    assert queries.balance_of(pool, seq=row.seq_from) == PoolBalance(allotted=100 * WAN, committed=25 * WAN)
    assert queries.balance_of(pool, seq=paid.paid_seq) == PoolBalance(allotted=100 * WAN, paid=25 * WAN)


def test_what_came_back_is_in_the_pool_again_and_never_more_than_was_paid(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    """California's SAM 8311: an abatement of an expenditure increases the balance of its appropriation."""
    confirmed_account(cast, cast.firm)
    batch = new_batch(cast, *commit(cast, case_to_pay(cast, proof), {pool: "25"}))
    with pytest.raises(Refused, match=r"还可以退回0.00元"):
        allot(cast, pool, 1, AllotmentKind.RETURNED, note="企业退款")
    pay(cast, batch)
    with pytest.raises(Refused, match="请在说明里写明是哪一笔"):
        allot(cast, pool, 25, AllotmentKind.RETURNED)
    allot(cast, pool, 20, AllotmentKind.RETURNED, note=f"{batch.number}，企业不再符合条件")
    with pytest.raises(Refused, match=r"还可以退回50,000.00元"):
        allot(cast, pool, 6, AllotmentKind.RETURNED, note="又一次")
    assert _held(pool) == (120, 0, 25, 95)


def test_what_was_paid_is_not_counted_a_second_time_when_more_is_committed(
    cast: Cast, proof: accounts.StoredFile
) -> None:
    """frappe/erpnext#36610: of 20 million 11 were spent, and an order of 5 was refused."""
    pool = new_pool(cast, wan=2000)
    confirmed_account(cast, cast.firm)
    pay(cast, new_batch(cast, *commit(cast, case_to_pay(cast, proof, wan="1100"), {pool: "1100"})))
    commit(cast, case_to_pay(cast, proof, wan="500"), {pool: "500"})
    assert _held(pool) == (2000, 500, 1100, 400)


def test_numbers_of_batches_run_without_a_gap(cast: Cast) -> None:
    assert [new_batch(cast).number for _time in range(3)] == [f"BF-990121-2026-000{each}" for each in (1, 2, 3)]
    assert PaymentBatch.objects.count() == 3


def test_several_layers_of_one_case_are_paid_by_one_step(
    cast: Cast, pool: Pool, proof: accounts.StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example flow files county money alone, so what it files is left out here."""
    confirmed_account(cast, cast.firm)
    province = new_pool(cast, code="P", level="province")
    case = case_to_pay(cast, proof)
    rows = commit(cast, case, {pool: "10", province: "15"})
    batch = new_batch(cast, *rows)
    monkeypatch.setattr(paying, "_to_be_filed", lambda _read, _step: {})
    monkeypatch.setattr(paying, "filed_by", lambda _step: {})
    result = pay(cast, batch)
    assert [(item.pool, item.amount) for item in result.paid] == [(pool, 10 * WAN), (province, 15 * WAN)]
    assert len({item.step_id for item in result.paid}) == 1
    assert (_held(pool), _held(province)) == ((100, 0, 10, 90), (100, 0, 15, 85))
    assert isinstance(case, Case) and _problems() == []
