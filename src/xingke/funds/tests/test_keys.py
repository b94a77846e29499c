"""The key of a form names what its first press wrote: the same again does nothing, anything else is refused and says so."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.funds import actions
from xingke.funds.actions import accounts, batches
from xingke.funds.actions.accounts import NewAccount
from xingke.funds.actions.batches import NewBatch
from xingke.funds.models import Allotment, Commitment, PayAccount, PaymentBatch, Pool
from xingke.funds.rules import AllotmentKind
from xingke.funds.tests.money import WAN, case_to_pay, commit, firms, load_flows, new_pool, store_proof
from xingke.registry import sealing
from xingke.registry.actions import people

pytestmark = pytest.mark.db
Press = Callable[..., Any]
KEY = UUID("01890000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    load_flows()


def _pool(cast: Cast) -> tuple[Press, dict[str, Any]]:
    usual = {"code": "Z", "name": "专项", "region": cast.county, "year": 2026, "level": "county", "purpose": "reward"}

    def press(**other: Any) -> Any:
        return actions.open_pool(new=actions.NewPool(key=KEY, **{**usual, **other}), by=cast.officer, now=NOW)

    return press, {"name": "另一个", "code": "Y"}


def _money(cast: Cast, **given: Any) -> dict[str, Any]:
    usual = {"kind": AllotmentKind.GIVEN, "amount": WAN, "document": "1号", "on": date(2026, 3, 1), "key": KEY}
    return {**usual, **given}


def _allotment(cast: Cast) -> tuple[Press, dict[str, Any]]:
    pool, second = new_pool(cast), new_pool(cast, code="A2")

    def press(into: str = "", **other: Any) -> Any:
        new = actions.NewAllotment(**_money(cast, **other))
        return actions.allot(pool=second if into else pool, new=new, by=cast.officer, now=NOW)

    return press, {"amount": 2 * WAN, "document": "2号", "note": "补记", "kind": AllotmentKind.CUT, "into": "another"}


def _carried(cast: Cast) -> tuple[Press, dict[str, Any]]:
    pool, later = new_pool(cast), {year: new_pool(cast, year=year, wan=0) for year in (2027, 2028)}

    def press(year: int = 2027, **other: Any) -> Any:
        new = actions.NewAllotment(**_money(cast, **other))
        return actions.carry_over(pool=pool, into=later[year], new=new, by=cast.officer, now=NOW)

    return press, {"amount": 2 * WAN, "document": "2号", "year": 2028}


def _commitment(cast: Cast) -> tuple[Press, dict[str, Any]]:
    pool, other_pool, proof = new_pool(cast), new_pool(cast, code="A2"), store_proof()
    case, second = case_to_pay(cast, proof), case_to_pay(cast, proof)

    def press(**other: Any) -> Any:
        said = {"case": case, "wan": "25", "pool": pool, "thing": "研发后补助", **other}
        case_meant, shares = said.pop("case"), {said.pop("pool"): said.pop("wan")}
        return commit(cast, case_meant, shares, key=KEY, **said)

    return press, {"wan": "24", "pool": other_pool, "case": second, "thing": "别的事", "part": "首付"}


def _account(cast: Cast) -> tuple[Press, dict[str, Any]]:
    (other_firm,) = firms(cast, 1)
    usual = {"organisation": cast.firm, "region": cast.county, "name": cast.firm.name, "bank": "农商行"}

    def press(**other: Any) -> Any:
        new = NewAccount(key=KEY, **{**usual, "number": "6222 0210 0111 2345", **other})
        return accounts.enter_account(new=new, by=cast.officer, now=NOW)

    return press, {"organisation": other_firm, "bank": "工行", "number": "10203040", "reason": "迁址"}


def _batch(cast: Cast) -> tuple[Press, dict[str, Any]]:
    def press(title: str = "三月") -> Any:
        return batches.open_batch(new=NewBatch(region=cast.county, title=title, key=KEY), by=cast.officer, now=NOW)

    return press, {"title": "四月"}


@pytest.mark.parametrize("form", [_pool, _allotment, _carried, _commitment, _account, _batch])
def test_a_key_that_was_used_for_something_else_is_refused_and_the_same_again_does_nothing(
    cast: Cast, form: Callable[[Cast], tuple[Press, dict[str, Any]]]
) -> None:
    press, others = form(cast)
    first = press()
    kept, rows = AuditEntry.objects.count(), _everything()
    assert press() == first
    for name, said in others.items():
        with pytest.raises(Refused, match="内容与这次不同"):
            press(**{name: said})
    assert (AuditEntry.objects.count(), _everything()) == (kept, rows)


def _everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values()) for model in (Pool, Allotment, Commitment, PayAccount, PaymentBatch)
    ]  # type: ignore[attr-defined]


def test_what_somebody_else_registered_is_not_given_back_as_ones_own(cast: Cast) -> None:
    """The key of a form is known to whoever sent it; another who sends the same is no second press."""
    press, _others = _batch(cast)
    press()
    with pytest.raises(Refused, match="内容与这次不同"):
        batches.open_batch(new=NewBatch(region=cast.sibling, title="三月", key=KEY), by=cast.neighbour, now=NOW)


def test_a_carried_sum_is_not_found_under_the_key_of_what_was_allotted(cast: Cast) -> None:
    pool, later = new_pool(cast), new_pool(cast, year=2027, wan=0)
    new = actions.NewAllotment(**_money(cast))
    actions.allot(pool=pool, new=new, by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="内容与这次不同"):
        actions.carry_over(pool=pool, into=later, new=new, by=cast.officer, now=NOW)


# ── what is sealed under a key ──────────────────────────────────────────────────────────────────────────────────────


def _person(cast: Cast, key: UUID, **facts: str) -> Any:
    return people.enter_person(name="张三", region=cast.county, facts=facts, key=key, by=cast.officer, now=NOW)


def test_no_account_is_sealed_under_the_key_of_a_person_nor_a_person_under_that_of_an_account(cast: Cast) -> None:
    """Whoever forgets the one would forget the other, and a firm's account would be gone with a person."""
    person = _person(cast, new_key(), phone="13812345678")
    press, _others = _account(cast)
    usual = {"organisation": cast.firm, "region": cast.county, "name": cast.firm.name, "bank": "农商行"}
    with pytest.raises(Refused, match="已经用于别的登记"):
        accounts.enter_account(
            new=NewAccount(key=person.key, number="6222021001112345", **usual), by=cast.officer, now=NOW
        )
    press()
    with pytest.raises(Refused, match="已经用于别的登记"):
        _person(cast, KEY)
    assert not PayAccount.objects.filter(key=person.key).exists()


def test_a_person_is_entered_once_by_one_form_and_no_other_is_taken_for_them(cast: Cast) -> None:
    key = new_key()
    first = _person(cast, key, phone="13812345678")
    assert _person(cast, key, phone="13812345678") == first
    with pytest.raises(Refused, match="内容与这次不同"):
        _person(cast, key, phone="13900000000")
    people.erase_person(person=first, reason="本人申请", by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="内容与这次不同"):
        _person(cast, key, phone="13812345678")
    assert key not in set(sealing.kept())
