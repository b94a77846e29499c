"""What a pool can bear, and what would be twice for one thing: without a database."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xingke.funds.rules import (
    MOST_AMOUNT,
    AllotmentKind,
    CommittedThing,
    PoolBalance,
    PoolMovement,
    PoolShare,
    account_number,
    balances,
    filed_as_paid,
    masked_number,
    may_allot,
    may_commit,
    may_pay,
    once_for_one_thing,
    shares_hold,
    short_at,
    thing_key,
    written,
)

HELD = PoolBalance(allotted=100_00, committed=30_00, paid=20_00)  # 50 元 left


def test_what_is_left_is_what_was_allotted_and_neither_paid_nor_committed() -> None:
    assert HELD.left == 50_00


@pytest.mark.parametrize(
    ("amount", "own", "why"),
    [
        (50_00, 0, ""),
        (50_01, 0, "“重点研发”可用50.00元，不够安排50.01元。请减少金额，或先登记追加的指标。"),
        (80_00, 30_00, ""),
        (80_01, 30_00, "“重点研发”可用80.00元，不够安排80.01元。请减少金额，或先登记追加的指标。"),
        (0, 0, "金额要大于零，填的是0.00元。"),
        (-1, 0, "金额要大于零，填的是-0.01元。"),
        (MOST_AMOUNT + 1, 0, "金额10,000,000,000,000.01元超出了可以登记的范围，请核对单位是不是元。"),
    ],
)
def test_no_more_is_committed_than_is_left(amount: int, own: int, why: str) -> None:
    answer = may_commit(HELD, amount, own=own, pool="重点研发")
    assert (answer.allowed, str(answer.reason)) == (not why, why)


@pytest.mark.parametrize(
    ("kind", "amount", "allowed"),
    [
        (AllotmentKind.GIVEN, 1_000_00, True),
        (AllotmentKind.CUT, 50_00, True),
        (AllotmentKind.CUT, 50_01, False),
        (AllotmentKind.CARRIED_OUT, 50_01, False),
        (AllotmentKind.ADDED, 0, False),
    ],
)
def test_no_more_is_cut_or_carried_over_than_is_left(kind: AllotmentKind, amount: int, allowed: bool) -> None:
    assert may_allot(HELD, kind, amount).allowed is allowed


def test_a_payment_is_exactly_what_was_committed_for_it_and_its_own_commitment_does_not_stand_in_its_way() -> None:
    full = PoolBalance(allotted=50_00, committed=50_00, paid=0)
    assert may_pay(full, 50_00, own=50_00).allowed
    assert str(may_pay(full, 40_00, own=50_00, pool="甲").reason).startswith("列入批次之后，安排的金额改为50.00元")
    cut = PoolBalance(allotted=40_00, committed=50_00, paid=0)
    assert str(may_pay(cut, 50_00, own=50_00, pool="甲").reason) == (
        "“甲”里没有这笔钱：已下达40.00元，已拨0.00元，别的已安排0.00元。"
    )


def _share(pool: int, level: str, amount: int) -> PoolShare:
    return PoolShare(pool=pool, level=level, amount=amount)


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ([_share(1, "province", 60_00), _share(2, "county", 40_00)], ""),
        ([_share(1, "county", 100_00)], ""),
        (
            [_share(1, "province", 60_00), _share(2, "county", 39_99)],
            "各级分担加起来是99.99元，审定的是100.00元，相差0.01元。",
        ),
        ([_share(1, "county", 60_00), _share(2, "county", 40_00)], "同一层级的资金只能由一个资金池出，不能重复列。"),
        ([_share(1, "county", 60_00), _share(1, "county", 40_00)], "同一层级的资金只能由一个资金池出，不能重复列。"),
        ([_share(1, "province", 100_00), _share(2, "county", 0)], "金额要大于零，填的是0.00元。"),
        ([], "请写明由哪个资金池出钱。"),
    ],
)
def test_the_shares_of_the_layers_are_the_decided_sum(shares: list[PoolShare], why: str) -> None:
    answer = shares_hold(100_00, shares)
    assert (answer.allowed, str(answer.reason)) == (not why, why)


@pytest.mark.parametrize(
    ("filed", "allowed"),
    [
        ({}, True),  # the flow files no payment
        ({"province": 60_00, "county": 40_00}, True),
        ({"": 100_00}, True),  # it files no layer
        ({"county": 100_00}, False),
        ({"province": 60_00, "county": 50_00}, False),
    ],
)
def test_what_is_filed_is_what_is_paid_layer_by_layer(filed: dict[str, int], allowed: bool) -> None:
    shares = [_share(1, "province", 60_00), _share(2, "county", 40_00)]
    assert filed_as_paid(filed, shares).allowed is allowed


def _thing(**given: object) -> CommittedThing:
    usual: dict[str, object] = {
        "decision": "new",
        "case": 1,
        "organisation": 7,
        "region": 3,
        "pool": 1,
        "level": "county",
        "thing": "高企认定 2026",
    }
    return CommittedThing(**{**usual, **given})  # type: ignore[arg-type]


EARLIER = {"decision": "old", "number": "YFBZ-1"}


@pytest.mark.parametrize(
    ("new", "earlier", "once"),
    [
        ({}, {"case": 2}, False),  # another case, the same thing of the same firm
        ({}, {"case": 2, "thing": "高企 认定（2026）"}, False),  # however it is written
        ({}, {"case": 2, "pool": 2, "level": "province"}, False),  # from another layer: still twice
        ({}, {"case": 2, "organisation": 8}, True),
        ({}, {"case": 2, "region": 4}, True),
        ({}, {"case": 2, "thing": "高企认定 2025"}, True),
        ({"part": "首付"}, {"case": 2, "part": "尾款"}, True),
        ({"part": "首付"}, {"case": 2, "part": ""}, False),  # the whole has every part in it
        ({"part": "首付款"}, {"case": 2, "part": "首付款 "}, False),
        ({}, {"thing": "别的事", "pool": 1}, False),  # the same case from the same pool
        ({}, {"thing": "别的事", "pool": 2, "level": "province"}, True),
        ({}, {"decision": "new", "pool": 2, "level": "province"}, True),  # a share decided together
        ({"organisation": None}, {"case": 2, "organisation": None}, True),  # nobody's things are not one's
    ],
)
def test_one_thing_of_a_firm_is_paid_for_once(new: dict[str, object], earlier: dict[str, object], once: bool) -> None:
    answer = once_for_one_thing([_thing(**new)], [_thing(**{**EARLIER, **earlier})])
    assert answer.allowed is once


def test_a_thing_is_known_however_it_is_written() -> None:
    assert thing_key(" 高企认定（２０２６） ") == thing_key("高企认定 2026") == "高企认定2026"


def test_an_account_number_is_read_and_shown_by_its_end_only() -> None:
    assert account_number("６２２２ 0210 0111 2345") == "6222021001112345"
    assert masked_number("6222021001112345") == "****2345"
    assert [account_number(each) for each in ("12", "中国银行", "ABCDEF", "6222;drop table")] == [None] * 4


def test_amounts_are_written_to_the_last_fen() -> None:
    assert [written(each) for each in (0, 5, 123_456_789, -100_50)] == ["0.00", "0.05", "1,234,567.89", "-100.50"]


def test_a_pool_that_was_ever_below_nothing_is_found_with_the_act_it_was_below_after() -> None:
    given = PoolMovement(seq=1, allotted=10)
    paid = [PoolMovement(seq=3, paid=10), PoolMovement(seq=3, committed=-10)]  # one act, in whatever order
    assert short_at([given, PoolMovement(seq=2, committed=10), *paid]) is None
    assert short_at([given, PoolMovement(seq=2, committed=11), PoolMovement(seq=4, allotted=1)]) == 2


# ── whatever is done, in whatever order ─────────────────────────────────────────────────────────────────────────────


@dataclass
class Book:
    """A pool as rules alone keep it: what they refuse is not done."""

    movements: list[PoolMovement] = field(default_factory=list)
    standing: dict[int, int] = field(default_factory=dict)
    paid: list[int] = field(default_factory=list)
    allotted: int = 0

    @property
    def balance(self) -> PoolBalance:
        return PoolBalance(allotted=self.allotted, committed=sum(self.standing.values()), paid=sum(self.paid))

    def move(self, **sums: int) -> None:
        self.movements.append(PoolMovement(seq=len(self.movements) + 1, **sums))

    def allot(self, kind: AllotmentKind, amount: int) -> None:
        if may_allot(self.balance, kind, amount).allowed:
            delta = amount if kind is AllotmentKind.GIVEN else -amount
            self.allotted += delta
            self.move(allotted=delta)

    def commit(self, name: int, amount: int) -> None:
        own = self.standing.get(name, 0)
        if may_commit(self.balance, amount, own=own).allowed:
            self.standing[name] = amount
            self.move(committed=amount - own)

    def release(self, name: int) -> None:
        if name in self.standing:
            self.move(committed=-self.standing.pop(name))

    def pay(self, name: int) -> None:
        own = self.standing.get(name, 0)
        if own and may_pay(self.balance, own, own=own).allowed:
            self.paid.append(self.standing.pop(name))
            self.move(committed=-own, paid=own)


DEED = st.tuples(st.sampled_from(("give", "cut", "commit", "release", "pay")), st.integers(0, 5), st.integers(-2, 500))


@given(st.lists(DEED, max_size=60))
def test_whatever_is_done_in_whatever_order_no_pool_falls_below_nothing_and_sums_are_those_of_the_replay(
    deeds: list[tuple[str, int, int]],
) -> None:
    book = Book()
    for deed, name, amount in deeds:
        match deed:
            case "give":
                book.allot(AllotmentKind.GIVEN, amount)
            case "cut":
                book.allot(AllotmentKind.CUT, amount)
            case "commit":
                book.commit(name, amount)
            case "release":
                book.release(name)
            case _:
                book.pay(name)
        assert book.balance.left >= 0

    assert short_at(book.movements) is None
    assert ([*balances(book.movements)] or [PoolBalance()])[-1] == book.balance


def test_the_replay_does_not_depend_on_the_order_within_an_act() -> None:
    movements = [PoolMovement(seq=1, allotted=100), *(PoolMovement(seq=2, committed=each) for each in (40, -20, 60))]
    for _time in range(6):
        random.Random(_time).shuffle(act := movements[1:])
        assert [*balances([movements[0], *act])][-1] == PoolBalance(allotted=100, committed=80)
        assert short_at([movements[0], *act]) is None
