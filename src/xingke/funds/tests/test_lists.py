"""The lists of public money: the bureau's rows and nobody else's, narrowed, sorted, summed, as a file."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from xingke.funds.models import Commitment
from xingke.funds.tests.money import (
    case_to_pay,
    commit,
    confirmed_account,
    load_flows,
    new_batch,
    new_pool,
    store_proof,
)

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def money(cast: Cast) -> None:
    """Two pools, one with a commitment that stands on a batch and another that was released; an account."""
    load_flows()
    pool = new_pool(cast, name="研发后补助资金")
    new_pool(cast, name="去年的资金", code="B", year=2025, wan=0)
    confirmed_account(cast, cast.firm)
    proof = store_proof()
    new_batch(cast, *commit(cast, case_to_pay(cast, proof), {pool: "25"}))
    (other,) = commit(cast, case_to_pay(cast, proof), {pool: "10.5"})
    Commitment.objects.filter(pk=other.pk).update(state=Commitment.State.RELEASED)


def _lines(browser: Client, name: str, **asked: str) -> list[dict[str, str]]:
    answer = browser.get(reverse(f"funds:{name}"), {**asked, "format": "csv"})
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def _named(browser: Client, name: str, head: str, **asked: str) -> list[str]:
    return [row[head] for row in _lines(browser, name, **asked)]


def test_pools_say_what_they_hold_the_latest_year_first(signed_in: SignIn) -> None:
    officer = signed_in("officer")
    rows = _lines(officer, "pool-list")
    assert [(row["资金池"], row["年度"], row["可用（元）"]) for row in rows] == [
        ("研发后补助资金", "2026", "750000"),
        ("去年的资金", "2025", "0"),
    ]
    assert _named(officer, "pool-list", "资金池", year="2025") == ["去年的资金"]
    assert _named(officer, "pool-list", "资金池", q="后补助") == ["研发后补助资金"]
    assert _named(officer, "pool-list", "资金池", year="x") == []
    assert "1,000,000.00" in officer.get(reverse("funds:pool-list")).content.decode()


def test_commitments_are_summed_of_one_state_only(signed_in: SignIn) -> None:
    officer = signed_in("officer")
    assert _named(officer, "commitment-list", "金额（元）") == ["105000", "250000"]
    assert _named(officer, "commitment-list", "金额（元）", sort="-amount") == ["250000", "105000"]
    assert _named(officer, "commitment-list", "状态", state="released") == ["已释放"]
    url = reverse("funds:commitment-list")
    assert "金额合计 250,000 元" in officer.get(url, {"state": "standing"}).content.decode()
    assert "金额合计" not in officer.get(url).content.decode()


def test_batches_and_accounts_are_found_by_state(cast: Cast, signed_in: SignIn) -> None:
    officer = signed_in("officer")
    assert len(_lines(officer, "batch-list", state="open")) == 1
    assert _lines(officer, "batch-list", state="paid") == []
    (row,) = _lines(officer, "account-list", state="counting", q=cast.firm.name)
    assert row["账号"].startswith("****")
    assert _lines(officer, "account-list", state="waiting") == []


@pytest.mark.parametrize("code", ["pools", "commitments", "payment-batches", "pay-accounts"])
@pytest.mark.parametrize("who", ["superior", "enterprise", "stranger"])
def test_whoever_is_of_no_bureau_gets_no_list_by_any_way(signed_in: SignIn, code: str, who: str) -> None:
    """Superiors read funds, but pools of their own only; what is ticked or kept of a list is refused as its page is."""
    browser = signed_in(who)
    for act in ("export", "columns", "views"):
        answer: Any = browser.post(f"/lists/{code}/{act}/", {"row": "1", "name": "x"})
        assert answer.status_code == 404, act


def test_next_door_sees_its_own_lists_with_nothing_of_the_county_in_them(signed_in: SignIn) -> None:
    neighbour = signed_in("neighbour")
    for name in ("pool-list", "commitment-list", "batch-list", "account-list"):
        assert _lines(neighbour, name) == []
