"""What ``xingke check`` looks at in public money: that sums agree, no pool was ever below nothing, every payment has its step."""

from collections.abc import Iterator

from xingke.base.checks import SHOWN, Check, CheckResult
from xingke.base.refusals import Refused
from xingke.funds import queries
from xingke.funds.actions.accounts import NUMBER, mark_of
from xingke.funds.models import Commitment, PayAccount, PaymentItem, Pool
from xingke.funds.rules import balances, masked_number, short_at, written
from xingke.registry import sealing


def funds() -> Iterator[CheckResult]:
    """Pools, payments and accounts."""
    pools = list(Pool.objects.order_by("pk"))
    wrong = [f"资金池 {pool.name}（{pool.year}）：{why}" for pool in pools for why in _faults(pool)]
    items = PaymentItem.objects.filter(paid_seq__isnull=False)
    wrong += [
        f"批次 {item.batch}：{why}"
        for item in items.select_related("batch", "step", "commitment").iterator()
        if (why := _unpaid(item))
    ]
    wrong += [f"收款账户 {each.key}：{why}" for each in PayAccount.objects.iterator() if (why := _unreadable(each))]
    if pools or wrong:
        yield CheckResult(
            f"资金：{len(pools)} 个资金池，{items.count()} 笔拨付，{len(wrong)} 处不对", tuple(wrong[:SHOWN])
        )


def _faults(pool: Pool) -> Iterator[str]:
    """What is wrong with the sums of a pool: they are added up twice, by row and in the order of what happened."""
    movements = [entry.movement for entry in queries.entries_of(pool)]
    now = queries.balance_of(pool)
    replayed = list(balances(movements))
    if replayed and replayed[-1] != now:
        yield f"合计与逐笔累加不符，可用应为 {written(replayed[-1].left)} 元，列出的是 {written(now.left)} 元"
    if (seq := short_at(movements)) is not None:
        yield f"序号 {seq} 之后出现负数"
    decided = (
        Commitment.objects.filter(pool=pool, seq_to__isnull=True)
        .order_by()
        .values_list("decision", flat=True)
        .distinct()
    )
    for decision in decided:
        shares = list(Commitment.objects.filter(decision=decision, seq_to__isnull=True))
        if sum(row.amount for row in shares) != shares[0].decided:
            yield f"安排 {shares[0].commitment} 的各级分担与审定金额不符"


def _unpaid(item: PaymentItem) -> str:
    """What a payment lacks: its step, its numbers, or a commitment of the same sum that ended with it."""
    step = item.step
    if step is None or step.case_id != item.case_id or step.seq_from != item.paid_seq:
        return f"{written(item.amount)} 元没有对应的办理步骤"
    after = Commitment.objects.filter(commitment=item.commitment.commitment, seq_from=item.paid_seq).first()
    if after is None or (after.state, after.amount) != (Commitment.State.PAID, item.amount):
        return f"{written(item.amount)} 元没有对应的安排"
    if item.batch.paid_seq != item.paid_seq or item.voucher != item.batch.voucher:
        return f"{written(item.amount)} 元的凭证号或序号与批次不符"
    return ""


def _unreadable(account: PayAccount) -> str:
    try:
        number = sealing.unseal(account.key, account.sealed)[NUMBER]
        mark = mark_of(number)
    except Refused as refusal:
        return str(refusal)
    return "" if (mark, masked_number(number)) == (account.mark, account.shown) else "账号与标记不符"


CHECKS = (Check(code="funds", find=funds, order=66),)
