"""Who may see the addresses of funds: the bureau's own, planning and paying each their part; superiors have pools of their own."""

from collections.abc import Mapping
from typing import Any

from tests.access import NEXT_DOOR, Row, World
from xingke.funds.tests.money import (
    case_to_pay,
    commit,
    confirmed_account,
    load_flows,
    new_batch,
    new_pool,
    store_proof,
)

READ, PLAN, PAY = frozenset({"officer", "director"}), frozenset({"officer"}), frozenset({"director"})


def furnish(world: World) -> Mapping[str, Any]:
    """Money on its way to a firm: on an open batch, to an account that was confirmed."""
    cast = world.cast
    load_flows()
    pool = new_pool(cast, name="样例资金池")
    new_pool(cast, name="样例资金池", year=2027, wan=0)
    account = confirmed_account(cast, cast.firm)
    (row,) = commit(cast, case_to_pay(cast, store_proof()), {pool: "25"})
    return {"pool": pool, "commitment": row, "pay_account": account, "payment_batch": new_batch(cast, row)}


def _pool(world: World) -> Mapping[str, Any]:
    return {"key": world.pool.key}


def _commitment(world: World) -> Mapping[str, Any]:
    return {"decision": world.commitment.decision}


def _account(world: World) -> Mapping[str, Any]:
    return {"key": world.pay_account.key}


def _batch(world: World) -> Mapping[str, Any]:
    return {"key": world.payment_batch.key}


ROWS = {
    "pool-list": Row(READ | NEXT_DOOR),
    "pool-new": Row(PLAN | NEXT_DOOR),
    "pool": Row(READ, _pool),
    "pool-allot": Row(PLAN, _pool),
    "pool-carry": Row(PLAN, _pool),
    "commitment-list": Row(READ | NEXT_DOOR),
    "commitment-new": Row(PLAN | NEXT_DOOR),
    "commitment": Row(READ, _commitment),
    "commitment-release": Row(PLAN, _commitment, posts_only=True),
    "account-list": Row(READ | NEXT_DOOR),
    "account-new": Row(PLAN | NEXT_DOOR),
    "account": Row(READ, _account),
    "account-decide": Row(READ, _account, posts_only=True),
    "batch-list": Row(READ | NEXT_DOOR),
    "batch-new": Row(PLAN | NEXT_DOOR),
    "batch": Row(READ, _batch),
    "batch-put": Row(PLAN, _batch, posts_only=True),
    "batch-take": Row(PLAN, _batch, posts_only=True),
    "batch-void": Row(PLAN, _batch, posts_only=True),
    "batch-pay": Row(PAY, _batch, posts_only=True),
    "batch-file": Row(PAY, _batch, posts_only=True),
}
