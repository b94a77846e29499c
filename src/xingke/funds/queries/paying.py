"""What paying a batch would do to each of its cases, and why not: page and action ask the same."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xingke.accounts.models import User
from xingke.base.refusals import Answer
from xingke.base.sayings import NOTHING, Saying, say
from xingke.casework import queries as casework
from xingke.casework.models import Case, CaseStep, Filed
from xingke.casework.queries import CaseRead
from xingke.casework.queries.many import case_reads
from xingke.casework.rules.flows import FlowStep, Through
from xingke.casework.rules.stepping import Taker, may_take
from xingke.funds.models import Commitment, PayAccount, PaymentBatch, PaymentItem
from xingke.funds.queries import STANDING, accounts_that_count, balances_of, by_case, items_of
from xingke.funds.rules import PoolBalance, PoolShare, filed_as_paid, may_pay
from xingke.ledger.models import Payment, PaymentEvent
from xingke.registry.queries.calendars import work_calendar

PAYMENT = "payment"  # the kind of record
ANYBODY = 0  # no account has this id


@dataclass(frozen=True)
class CasePayment:
    """What a batch would pay for one case. step: by which it is paid; why: what speaks against it, nothing where it is paid."""

    read: CaseRead
    items: tuple[PaymentItem, ...]
    step: FlowStep | None
    why: Saying = NOTHING

    @property
    def amount(self) -> int:
        """What all layers pay together."""
        return sum(item.amount for item in self.items)


def payment_step(read: CaseRead) -> FlowStep | None:
    """The step by which a case is paid, that follows from where it stands; None where none does, or more than one."""
    found = [
        step for code in casework.stands_at(read).next if (step := read.flow.steps[code]).through is Through.PAYMENT
    ]
    return found[0] if len(found) == 1 else None


def ever_pays(read: CaseRead) -> bool:
    """Whether the flow of a case has a step by which money is paid at all."""
    return any(step.through is Through.PAYMENT for step in read.flow.step)


def typed_for(read: CaseRead, step: FlowStep, batch: PaymentBatch, *, voucher: str, on: str) -> dict[str, Any]:
    """What a batch answers where the form of a payment step asks for it by these names."""
    known = {"voucher": voucher, "paid_on": on, "batch": batch.number}
    form = read.definitions.form(step)
    return {each.name: known[each.name] for each in form.fields if each.name in known} if form is not None else {}


def payments_of(batch: PaymentBatch, payer: User | None, *, now: datetime) -> list[CasePayment]:
    """What a batch would do, case by case, in the order of its items. payer: None for whoever may look at it but not pay.

    As many queries for many items as for a few.
    """
    items = [item for item in items_of(batch) if item.seq_to is None]
    grouped = by_case(items)
    reads = case_reads({item.case_id: item.case for item in items}.values(), now=now)
    shares = _standing_shares(items)
    counting = accounts_that_count({item.account.organisation_id for item in items}, batch.region)
    pools = balances_of({item.pool_id for item in items})
    found = []
    for pk, of_case in grouped.items():
        read = reads[pk]
        step = payment_step(read)
        why = next(
            (
                answer.reason
                for answer in _reasons(read, step, of_case, payer, shares, counting, pools, now)
                if not answer.allowed
            ),
            NOTHING,
        )
        found.append(CasePayment(read, tuple(of_case), step, why))
    return found


def _standing_shares(items: Iterable[PaymentItem]) -> dict[Any, list[Commitment]]:
    """What stands committed by each decision of which something is on a batch."""
    rows = Commitment.objects.filter(
        decision__in={item.commitment.decision for item in items}, seq_to__isnull=True, state=STANDING
    )
    found: dict[Any, list[Commitment]] = {}
    for row in rows:
        found.setdefault(row.decision, []).append(row)
    return found


def _reasons(
    read: CaseRead,
    step: FlowStep | None,
    items: list[PaymentItem],
    payer: User | None,
    shares: Mapping[Any, list[Commitment]],
    counting: Mapping[int, PayAccount],
    pools: Mapping[int, PoolBalance],
    now: datetime,
) -> Iterator[Answer]:
    """What must hold for a case to be paid, one after the other."""
    if step is None:
        where = casework.stands_at(read).label
        yield Answer(False, say("现在是“%(where)s”，下一步不是拨付。", where=where))
        return
    decisions = {item.commitment.decision for item in items}
    if len(decisions) > 1:
        yield Answer(False, say("同一件事的几次拨付不能列在一批里，一步只能拨一次。"))
    standing = [row.pk for decision in decisions for row in shares.get(decision, [])]
    if sorted(standing) != sorted(item.commitment_id for item in items):
        yield Answer(False, say("列入批次之后安排有变动，或各级分担没有列全，请移出后重新列入。"))
    for item in items:
        account = counting.get(item.account.organisation_id)
        if account is None or account.pk != item.account_id:
            yield Answer(False, say("列入批次之后收款账户有变更，请移出后按新账户重新列入。"))
        yield may_pay(pools[item.pool_id], item.amount, own=item.commitment.amount, pool=item.pool.name)
    taker = (
        Taker(user=ANYBODY, permissions=frozenset(step.by), roles=read.flow.roles)
        if payer is None
        else casework.taker_at(
            payer, read.flow, region=read.case.region, organisation=read.case.organisation, parties=read.parties
        )
    )
    calendar = work_calendar(read.case.region)
    yield may_take(read.state, step.code, taker, now=now, calendar=calendar, through=Through.PAYMENT)
    for filed in _to_be_filed(read, step).values():
        yield filed_as_paid(filed, shares_paid(items))


def shares_paid(items: Iterable[PaymentItem]) -> list[PoolShare]:
    """Items as rules know them. Their pools are loaded."""
    return [PoolShare(pool=item.pool_id, level=item.pool.level, amount=item.amount) for item in items]


def _to_be_filed(read: CaseRead, step: FlowStep) -> dict[str, dict[str, int]]:
    """What a step will say in the ledger was paid, by event and layer, as far as its template takes it from one answer."""
    found: dict[str, dict[str, int]] = {}
    for template in step.files:
        said, level = template.measures.get("amount", ""), template.fields.get("level", "")
        amount = read.answers.get(said.strip("{}"))
        if template.kind != PAYMENT or template.each or not isinstance(amount, int):
            continue
        layer = str(read.answers.get(level.strip("{}"), level))
        by_layer = found.setdefault(template.event, {})
        by_layer[layer] = by_layer.get(layer, 0) + amount
    return found


def decided_in(read: CaseRead) -> int | None:
    """The sum that a case's next payment step will say was paid, where its answers say so already; None where they do not."""
    step = payment_step(read) or next((each for each in read.flow.step if each.through is Through.PAYMENT), None)
    sums = {sum(layers.values()) for layers in _to_be_filed(read, step).values()} if step is not None else set()
    return sums.pop() if len(sums) == 1 else None


def filed_by(step: CaseStep) -> dict[str, dict[str, int]]:
    """What a step that was taken says in the ledger was paid: amounts by event and layer."""
    records = list(Filed.objects.filter(step=step, kind=PAYMENT).values_list("record", flat=True))
    if not records:
        return {}
    levels = dict(Payment.objects.filter(record__in=records, seq_to__isnull=True).values_list("record", "level"))
    found: dict[str, dict[str, int]] = {}
    events = PaymentEvent.objects.filter(subject__in=records, seq_from=step.seq_from)
    for subject, event, amount in events.values_list("subject", "event", "amount"):
        by_layer = found.setdefault(event, {})
        layer = levels.get(subject, "")
        by_layer[layer] = by_layer.get(layer, 0) + (amount or 0)
    return found


def stamp_of(items: Iterable[PaymentItem]) -> str:
    """What stands on a batch, in short: whoever pays says what they saw."""
    told = sorted(f"{item.pk}:{item.amount}:{item.account_id}" for item in items if item.seq_to is None)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def stamp_of_shares(shares: Iterable[Commitment]) -> str:
    """How shares stand, in short: whoever changes them says what they saw."""
    told = sorted(f"{row.commitment}:{row.version}" for row in shares)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def decided_for(case: Case) -> int | None:
    """The same of a case that is not read yet."""
    return decided_in(casework.case_read(case))
