"""The pages of public money, as those who plan and those who pay use them."""

import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.cast import NOW, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry
from xingke.base.panels import panels
from xingke.casework import queries as casework
from xingke.casework.actions import StepWanted, take_step
from xingke.funds import queries
from xingke.funds.actions.batches import put_on_batch
from xingke.funds.models import Allotment, Commitment, PayAccount, PaymentBatch, Pool
from xingke.funds.queries import paying
from xingke.funds.rules import AllotmentKind
from xingke.funds.tasks import DUTIES
from xingke.funds.tests.money import (
    LATER,
    WAN,
    allot,
    case_to_pay,
    commit,
    confirmed_account,
    load_flows,
    new_batch,
    new_pool,
    pay,
    store_proof,
)
from xingke.registry import filtering

pytestmark = pytest.mark.db
NUMBER = "6222021001112345"


@pytest.fixture(autouse=True)
def flows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flows are loaded, and it is the day on which the publicity of the example is over."""
    load_flows()
    monkeypatch.setattr(timezone, "now", lambda: LATER)


@pytest.fixture
def proof() -> accounts.StoredFile:
    return store_proof()


@pytest.fixture
def pool(cast: Cast) -> Pool:
    return new_pool(cast)


def _browser(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def _text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def _sheet(answer: Any) -> str:
    book = zipfile.ZipFile(io.BytesIO(answer.content))
    return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def test_from_an_empty_pool_to_a_paid_batch_on_pages_alone(cast: Cast, proof: accounts.StoredFile) -> None:
    officer, director = _browser(cast, "officer"), _browser(cast, "director")
    key = "01890000-0000-7000-8000-00000000000{}".format
    new = {"key": key(1), "region": "990121", "name": "研发补助", "code": "A", "year": "2026", "level": "county"}
    opened = officer.post(reverse("funds:pool-new"), {**new, "purpose": "rnd_subsidy"})
    pool = Pool.objects.get()
    assert opened.headers["Location"] == reverse("funds:pool", args=[pool.key])
    money = {"key": key(2), "kind": "given", "amount": "100万元", "document": "青财教指〔2026〕1号", "on": "2026-03-01"}
    officer.post(reverse("funds:pool-allot", args=[pool.key]), money)
    assert Allotment.objects.get().amount == 100 * WAN

    case = case_to_pay(cast, proof)
    asked = _text(officer.get(reverse("funds:commitment-new"), {"case": case.number}))
    assert 'value="250000"' in asked and f"{case.title} 2026" in asked  # what the case says already
    typed = {"key": key(3), "case": case.number, "thing": "研发后补助 2026", "decided": "250000", "pool_1": pool.pk}
    officer.post(reverse("funds:commitment-new"), typed)
    row = Commitment.objects.get()

    account = {
        "key": key(4),
        "region": "990121",
        "organisation": cast.firm.name,
        "name": cast.firm.name,
        "bank": "农商行",
        "number": NUMBER,
    }
    officer.post(reverse("funds:account-new"), account)
    entered = PayAccount.objects.get()
    assert "确认账户" not in _text(officer.get(reverse("funds:account", args=[entered.key])))
    director.post(reverse("funds:account-decide", args=[entered.key]), {"outcome": "confirmed"})
    officer.post(reverse("funds:batch-new"), {"key": key(5), "region": "990121", "title": "三月"})
    batch = PaymentBatch.objects.get()
    officer.post(reverse("funds:batch-put", args=[batch.key]), {"decision": str(row.decision)})

    page = _text(director.get(reverse("funds:batch", args=[batch.key])))
    assert "拨付1件，共250,000.00元" in page and "****2345" in page and NUMBER not in page
    sent = {"voucher": "青财支1号", "on": "2026-03-10", "seen": paying.stamp_of(queries.items_of(batch))}
    director.post(reverse("funds:batch-pay", args=[batch.key]), sent)
    after = _text(director.get(reverse("funds:batch", args=[batch.key])))
    assert "已拨付1件，共250,000.00元。" in after and "青财支1号" in after
    assert "拨付1件，共" not in after.replace("已拨付1件，共", "")  # nothing more to press
    assert queries.balance_of(pool).paid == 25 * WAN
    moved = _text(officer.get(reverse("funds:pool", args=[pool.key])))
    assert "750,000.00" in moved and "青财支1号" in moved


def test_a_batch_says_what_each_case_would_do_and_after_paying_why_some_were_refused(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    confirmed_account(cast, cast.firm)
    good, objected = case_to_pay(cast, proof), case_to_pay(cast, proof)
    batch = new_batch(cast, *commit(cast, good, {pool: "25"}), *commit(cast, objected, {pool: "25"}))
    take_step(case=objected, wanted=StepWanted(step="objected", opinion="查实"), seen=4, by=cast.director, now=NOW)
    url = reverse("funds:batch", args=[batch.key])

    officers, directors = (_text(_browser(cast, who).get(url)) for who in ("officer", "director"))
    why = "现在是“异议成立”，下一步不是拨付。"
    assert why in officers and why in directors
    assert "支付凭证号" not in officers and "另有1件办不了" in directors
    pay(cast, batch)
    assert why in _text(_browser(cast, "officer").get(url))


def test_where_nothing_can_be_paid_the_page_says_why_and_keeps_what_was_typed(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    confirmed_account(cast, cast.firm)
    case = case_to_pay(cast, proof)
    batch = new_batch(cast, *commit(cast, case, {pool: "24"}))
    sent = {"voucher": "青财支1号", "on": "2026-03-10", "seen": paying.stamp_of(queries.items_of(batch))}
    page = _text(_browser(cast, "director").post(reverse("funds:batch-pay", args=[batch.key]), sent))
    assert "一笔也拨不了" in page and f"{case.number}：事项上审定的是250,000.00元" in page
    assert 'value="青财支1号"' in page
    assert PaymentBatch.objects.get().is_open


def test_whole_account_numbers_leave_in_a_file_for_whoever_pays_and_the_trail_keeps_it(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    confirmed_account(cast, cast.firm)
    batch = new_batch(cast, *commit(cast, case_to_pay(cast, proof), {pool: "25"}))
    url = reverse("funds:batch", args=[batch.key])
    for who in ("officer", "director"):
        told = _sheet(_browser(cast, who).get(url, {"format": "xlsx"}))
        assert "****2345" in told and NUMBER not in told
    assert _browser(cast, "officer").post(reverse("funds:batch-file", args=[batch.key])).status_code == 404
    assert NUMBER in _sheet(_browser(cast, "director").post(reverse("funds:batch-file", args=[batch.key])))
    entry = AuditEntry.objects.order_by("-seq").first()
    assert entry is not None and (entry.action, entry.by) == ("pay-account.opened", cast.director)
    shown = reverse("funds:account", args=[PayAccount.objects.get().key])
    assert NUMBER not in _text(_browser(cast, "director").get(shown))
    assert NUMBER in _text(_browser(cast, "director").post(shown))


def test_the_budget_document_is_chosen_where_a_pool_has_several(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    allot(cast, pool, 1, AllotmentKind.ADDED, document="青财教指〔2026〕8号")
    confirmed_account(cast, cast.firm)
    (row,) = commit(cast, case_to_pay(cast, proof), {pool: "25"})
    batch, officer = new_batch(cast), _browser(cast, "officer")
    assert f'name="document-{pool.pk}"' in _text(officer.get(reverse("funds:batch", args=[batch.key])))
    sent = {"decision": str(row.decision), f"document-{pool.pk}": "青财教指〔2026〕1号"}
    officer.post(reverse("funds:batch-put", args=[batch.key]), sent)
    assert [item.document for item in queries.items_of(batch)] == ["青财教指〔2026〕1号"]


def test_everything_that_waits_can_be_put_on_a_batch_page_by_page(
    cast: Cast, pool: Pool, proof: accounts.StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided last was hidden behind what was decided first, and nobody was told."""
    monkeypatch.setattr(filtering, "PAGE_SIZE", 2)
    confirmed_account(cast, cast.firm)
    province = new_pool(cast, code="P", level="province")
    shares = [{pool: "1", province: "1"}, {pool: "1"}, {pool: "1"}]
    rows = [commit(cast, case_to_pay(cast, proof), each)[0] for each in shares]
    url, officer = reverse("funds:batch", args=[new_batch(cast).key]), _browser(cast, "officer")

    def offered(page: str) -> list[str]:
        shown = _text(officer.get(url, {"waiting": page}))
        assert "共 3 件，先安排的在前" in shown
        return [str(row.decision) for row in rows if f'value="{row.decision}"' in shown]

    decisions = [str(row.decision) for row in rows]
    assert (offered("1"), offered("2")) == (decisions[:2], decisions[2:])


def test_ticks_beyond_what_a_batch_may_hold_are_not_dropped_unsaid(
    cast: Cast, pool: Pool, proof: accounts.StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xingke.funds.rules.MOST_ITEMS", 1)
    confirmed_account(cast, cast.firm)
    rows = [commit(cast, case_to_pay(cast, proof), {pool: "1"})[0] for _time in range(2)]
    ticked = {"decision": [str(row.decision) for row in rows]}
    url = reverse("funds:batch-put", args=[new_batch(cast).key])
    assert "一批最多1笔" in _text(_browser(cast, "officer").post(url, ticked, follow=True))


def test_what_is_refused_is_said_on_the_form(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    officer, case = _browser(cast, "officer"), case_to_pay(cast, proof)
    typed = {"key": "01890000-0000-7000-8000-000000000001", "thing": "研发", "decided": "25万元", "pool_1": pool.pk}
    url = reverse("funds:commitment-new")
    assert "没有唯一的一件事项编号是“YFBZ-0”" in _text(officer.post(url, {**typed, "case": "YFBZ-0"}))
    assert "可用1,000,000.00元" in _text(officer.post(url, {**typed, "case": case.number, "decided": "200万元"}))
    twice = {"pool_2": pool.pk, "amount_2": "1", "amount_1": "1", "case": case.number}
    assert "同一个资金池不能列两次" in _text(officer.post(url, {**typed, **twice}))
    assert "不是可以精确保存的数字" in _text(officer.post(url, {**typed, "case": case.number, "decided": "0.001"}))
    assert not Commitment.objects.exists()


def test_a_commitment_is_changed_and_released_on_its_page(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    officer = _browser(cast, "officer")
    (row,) = commit(cast, case_to_pay(cast, proof), {pool: "25"})
    url = reverse("funds:commitment", args=[row.decision])
    seen = paying.stamp_of_shares([row])
    officer.post(url, {"seen": seen, str(row.commitment): "30万元", "reason": "复核"})
    assert queries.balance_of(pool).committed == 30 * WAN
    refused = _text(officer.post(url, {"seen": seen, str(row.commitment): "31万元", "reason": "复核"}))
    assert "已经变动" in refused
    now = paying.stamp_of_shares(queries.shares_of(cast.officer, row.decision))
    officer.post(reverse("funds:commitment-release", args=[row.decision]), {"seen": now, "reason": "放弃"})
    page = _text(officer.get(url))
    assert queries.balance_of(pool).committed == 0 and "复核" in page and "放弃" in page and "调整金额" not in page


def test_what_is_left_is_carried_over_on_its_page(cast: Cast, pool: Pool) -> None:
    after = new_pool(cast, year=2027, wan=0)
    url = reverse("funds:pool-carry", args=[pool.key])
    typed = {"key": "01890000-0000-7000-8000-000000000001", "into": after.pk, "document": "结转1号", "on": "2026-03-02"}
    assert "最多可以核减或结转" in _text(_browser(cast, "officer").post(url, {**typed, "amount": "101万元"}))
    _browser(cast, "officer").post(url, {**typed, "amount": "100万元"})
    assert (queries.balance_of(pool).left, queries.balance_of(after).left) == (0, 100 * WAN)


def test_the_workbench_says_what_waits_and_for_whom(cast: Cast, pool: Pool, proof: accounts.StoredFile) -> None:
    def waits(who: str) -> dict[str, int]:
        user = cast.users[who]
        return {task.label: task.value for duty in DUTIES for task in duty.find(user) if task.value}

    confirmed_account(cast, cast.firm)
    _browser(cast, "officer").post(
        reverse("funds:account-new"),
        {
            "key": "01890000-0000-7000-8000-000000000001",
            "region": "990121",
            "organisation": cast.firm.name,
            "name": cast.firm.name,
            "bank": "农商行",
            "number": "1020304050",
            "reason": "迁址",
        },
    )
    assert (waits("director"), waits("officer"), waits("neighbour")) == ({"待确认的收款账户": 1}, {}, {})
    case = case_to_pay(cast, proof)
    new_batch(cast, *commit(cast, case, {pool: "25"}))
    assert waits("director") == {"待确认的收款账户": 1, "待拨付的批次": 1}
    take_step(case=case, wanted=StepWanted(step="objected", opinion="查实"), seen=4, by=cast.director, now=NOW)
    assert waits("officer") == {"事项已办结、没有拨付的安排": 1}


def test_the_page_of_a_case_shows_its_money_to_whoever_may_see_it(
    cast: Cast, pool: Pool, proof: accounts.StoredFile
) -> None:
    case = case_to_pay(cast, proof)
    commit(cast, case, {pool: "25"})
    read = casework.case_read(case)
    (panel,) = [each for each in panels("case", cast.officer, read) if each.template.startswith("funds/")]
    assert [(row.amount, yuan) for row, yuan in panel.context["rows"]] == [(25 * WAN, 250_000)]
    assert panel.context["commit_url"].endswith(case.number)
    for name in ("enterprise", "superior"):
        assert not [each for each in panels("case", cast.users[name], read) if each.template.startswith("funds/")]


@pytest.mark.parametrize("name", ["pool-list", "commitment-list", "account-list", "batch-list", "pool", "batch"])
def test_pages_ask_as_often_for_many_as_for_few(cast: Cast, pool: Pool, proof: accounts.StoredFile, name: str) -> None:
    confirmed_account(cast, cast.firm)
    batch = new_batch(cast, *commit(cast, case_to_pay(cast, proof), {pool: "1"}))
    commit(cast, case_to_pay(cast, proof), {pool: "1"})
    arguments = {"pool": [pool.key], "batch": [batch.key]}.get(name, [])
    client = _browser(cast, "officer")

    def asked() -> int:
        client.get(reverse(f"funds:{name}", args=arguments))  # what is remembered is remembered
        with CaptureQueriesContext(connection) as queries_asked:
            assert client.get(reverse(f"funds:{name}", args=arguments)).status_code == 200
        return len(queries_asked)

    before = asked()
    for number in range(3):
        new_pool(cast, code=f"N{number}", name=f"又一个{number}")
        (row,) = commit(cast, case_to_pay(cast, proof), {pool: "1"})
        put_on_batch(batch=batch, decisions=[row.decision], by=cast.officer, now=NOW)
        commit(cast, case_to_pay(cast, proof), {pool: "1"})
        new_batch(cast)
    assert asked() == before
