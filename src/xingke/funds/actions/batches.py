"""Batches: what stands on one, and paying it by one act, each case by its own step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, kept, plain, say, told
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.rules.flows import Through
from xingke.funds import queries, rules
from xingke.funds.actions import next_version, require_at_home
from xingke.funds.models import Commitment, PaymentBatch, PaymentItem
from xingke.funds.permissions import FundPermission
from xingke.funds.queries import paying
from xingke.funds.queries.paying import CasePayment
from xingke.registry.models import Region


@dataclass(frozen=True, kw_only=True)
class NewBatch:
    """A batch to be opened. key: the same from one page."""

    region: Region
    title: str
    key: UUID = field(default_factory=new_key)


def open_batch(*, new: NewBatch, by: User, now: datetime) -> PaymentBatch:
    """Open a batch; its number runs without a gap in a region and year."""
    local = timezone.localtime(now)
    with act(by=by, now=now, code="payment-batch.opened", kind="payment-batch", target=str(new.key)) as done:
        done.lock()
        require_at_home(by, FundPermission.PLAN, new.region)
        if there := pressed_before(PaymentBatch, new.key, region=new.region, title=new.title.strip(), opened_by=by):
            done.nothing()
            return there
        same = PaymentBatch.objects.filter(region=new.region, year=local.year)
        ordinal = (same.aggregate(last=Max("ordinal"))["last"] or 0) + 1
        found = PaymentBatch(
            key=new.key,
            number=f"BF-{new.region.code}-{local.year}-{ordinal:04}",
            region=new.region,
            year=local.year,
            ordinal=ordinal,
            title=new.title.strip(),
            is_fictional=new.region.is_fictional,
            opened_at=now,
            opened_by=by,
            seq=done.seq,
        )
        found.save()
        done.says(batch=found.number)
    return found


def put_on_batch(
    *,
    batch: PaymentBatch,
    decisions: Sequence[UUID],
    documents: Mapping[int, str] | None = None,
    by: User,
    now: datetime,
) -> list[PaymentItem]:
    """Put what was decided on a batch, all shares of each decision. What stands on it already stays.

    documents: the budget document of each pool, by its id; the newest where none is named. Raises Refused for what is paid, released or on
    another batch, for more items than a batch may have, and where no account of the organisation counts.
    """
    with act(by=by, now=now, code="payment-batch.put-on", kind="payment-batch", target=str(batch.key)) as done:
        done.lock()
        require_at_home(by, FundPermission.PLAN, batch.region)
        _refuse_closed(batch)
        rows = list(
            Commitment.objects.filter(decision__in=decisions, pool__region=batch.region, seq_to__isnull=True)
            .select_related("pool", "case", "organisation")
            .order_by("pk")
        )
        there = {
            item.commitment_id: item
            for item in PaymentItem.objects.filter(
                commitment__in=[row.pk for row in rows], seq_to__isnull=True
            ).select_related("batch")
        }
        new = [row for row in rows if row.pk not in there or there[row.pk].batch_id != batch.pk]
        if not rows:
            raise Refused(say("请选择要列入的安排。"))
        if not new:
            done.nothing()  # pressed twice
            return []
        standing = batch.items.filter(seq_to__isnull=True).count()
        if standing + len(new) > rules.MOST_ITEMS:
            raise Refused(say("一批最多%(most)s笔，请分几批办。", most=rules.MOST_ITEMS))
        accounts = queries.accounts_that_count(
            {row.organisation_id for row in new if row.organisation_id}, batch.region
        )
        known = queries.documents_of({row.pool_id for row in new})
        found = []
        for row in new:
            if on_another := there.get(row.pk):
                raise Refused(say("%(case)s已列入%(batch)s。", case=str(row.case), batch=on_another.batch.number))
            _refuse_unpayable(row)
            account = accounts.get(row.organisation_id or 0)
            if account is None:
                firm = row.organisation.name if row.organisation else str(row.case)
                raise Refused(say("“%(firm)s”还没有确认过的收款账户，不能列入。", firm=firm))
            document = (documents or {}).get(row.pool_id) or known[row.pool_id][0]
            if document not in known[row.pool_id]:
                raise Refused(say("“%(pool)s”没有文号为“%(document)s”的指标。", pool=row.pool.name, document=document))
            found.append(
                PaymentItem(
                    batch=batch,
                    commitment=row,
                    pool=row.pool,
                    case=row.case,
                    amount=row.amount,
                    account=account,
                    document=document,
                    put_at=now,
                    put_by=by,
                    seq_from=done.seq,
                )
            )
        for item in found:
            item.save()
        done.says(count=len(found), batch=batch.number, amount=sum(item.amount for item in found))
    return found


def _refuse_closed(batch: PaymentBatch) -> None:
    batch.refresh_from_db()
    if not batch.is_open:
        raise Refused(say("%(batch)s已经拨付或作废，不能再改。", batch=batch.number))


def _refuse_unpayable(row: Commitment) -> None:
    if row.state != Commitment.State.STANDING:
        raise Refused(say("%(case)s的这笔安排已经拨付或释放。", case=str(row.case)))


def take_off_batch(*, batch: PaymentBatch, decisions: Sequence[UUID], by: User, now: datetime) -> int:
    """Take what was decided off a batch again, all shares of each decision. Returns how many items."""
    with act(by=by, now=now, code="payment-batch.taken-off", kind="payment-batch", target=str(batch.key)) as done:
        done.lock()
        require_at_home(by, FundPermission.PLAN, batch.region)
        _refuse_closed(batch)
        rows = batch.items.filter(commitment__decision__in=decisions, seq_to__isnull=True)
        pks = list(rows.values_list("pk", flat=True))
        if not pks:
            done.nothing()
            return 0
        PaymentItem.objects.filter(pk__in=pks).update(seq_to=done.seq)
        done.says(count=len(pks), batch=batch.number)
    return len(pks)


def void_batch(*, batch: PaymentBatch, reason: str, by: User, now: datetime) -> PaymentBatch:
    """Give a batch up that was not paid; what stood on it can be put on another."""
    reason = reason.strip()
    with act(
        by=by, now=now, code="payment-batch.voided", kind="payment-batch", target=str(batch.key), reason=reason
    ) as done:
        done.lock()
        require_at_home(by, FundPermission.PLAN, batch.region)
        batch.refresh_from_db()
        if batch.voided_by == by:
            done.nothing()  # pressed twice
            return batch
        _refuse_closed(batch)
        if not reason:
            raise Refused(say("请写明原因。"))
        batch.items.filter(seq_to__isnull=True).update(seq_to=done.seq)
        batch.voided_at, batch.voided_by, batch.voided_because = now, by, reason
        batch.save(update_fields=["voided_at", "voided_by", "voided_because"])
        done.says(batch=batch.number)
    return batch


# ── paying ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class BatchPaid:
    """What became of a batch: the items that were paid, and those that were refused, each with the sentence."""

    paid: tuple[PaymentItem, ...]
    refused: tuple[tuple[PaymentItem, Saying], ...]

    @property
    def amount(self) -> int:
        """What was paid together."""
        return sum(item.amount for item in self.paid)


class NothingPaid(Refused):
    """Nothing of a batch could be paid, and it stays open. ``reasons``: of each case, by its number."""

    def __init__(self, reasons: Mapping[str, Saying]) -> None:
        self.reasons = reasons
        number, why = next(iter(reasons.items()))
        super().__init__(say("这一批一笔也拨不了，批次仍然开着。%(number)s：%(why)s", number=number, why=why))


def pay_batch(*, batch: PaymentBatch, voucher: str, on: date, seen: str, by: User, now: datetime) -> BatchPaid:
    """Pay what stands on a batch as one act: of each case the step its flow marks, and what it files. The batch is closed by it.

    A case that is refused falls alone: its items are listed with the sentence and can be put on another batch. voucher: 支付凭证号, of every
    payment. seen: the stamp of what was shown. A second press gives the same. Raises NothingPaid where no case can be paid, and Refused
    for whoever put something on it, where it changed since it was seen, and without a voucher.
    """
    voucher = voucher.strip()
    with act(by=by, now=now, code="payment-batch.paid", kind="payment-batch", target=str(batch.key)) as done:
        done.lock()
        require_at_home(by, FundPermission.PAY, batch.region)
        batch.refresh_from_db()
        if batch.paid_at is not None and (batch.paid_by, batch.voucher, batch.on) == (by, voucher, on):
            done.nothing()  # pressed twice
            return became(batch)
        _refuse_unready(batch, voucher, on, seen, by, now)
        batch.voucher, batch.on, batch.paid_at, batch.paid_by, batch.paid_seq = voucher, on, now, by, done.seq
        batch.save(update_fields=["voucher", "on", "paid_at", "paid_by", "paid_seq"])
        reasons: dict[str, Saying] = {}
        payments = paying.payments_of(batch, by, now=timezone.localtime(now))
        for payment in payments:
            try:
                _pay(payment, batch, by=by, now=now)
            except Refused as refusal:
                reasons[str(payment.read.case)] = refusal.saying
                _refuse(payment, refusal.saying, done)
        if len(reasons) == len(payments):
            raise NothingPaid(reasons)
        result = became(batch)
        done.says(count=len(result.paid), batch=batch.number, voucher=voucher, amount=result.amount)
        if result.refused:
            done.says(refused=len(result.refused))
    return result


def _refuse_unready(batch: PaymentBatch, voucher: str, on: date, seen: str, by: User, now: datetime) -> None:
    _refuse_closed(batch)
    items = queries.items_of(batch)
    if not items:
        raise Refused(say("这一批还没有列入任何一笔。"))
    if paying.stamp_of(items) != seen:
        raise Refused(say("在您打开页面之后，这一批的明细有变动，请刷新后再看。"))
    if any(item.put_by == by for item in items):
        raise Refused(say("您列入过这一批里的明细，须由另一人拨付。"))
    if not voucher:
        raise Refused(say("请填写支付凭证号。"))
    if on > timezone.localtime(now).date():
        raise Refused(say("日期%(day)s还没有到。", day=on.isoformat()))
    same = PaymentBatch.objects.filter(region=batch.region, voucher=voucher, on__year=on.year).exclude(pk=batch.pk)
    if other := same.first():
        raise Refused(say("支付凭证号“%(voucher)s”已用于%(batch)s。", voucher=voucher, batch=other.number))


def _pay(payment: CasePayment, batch: PaymentBatch, *, by: User, now: datetime) -> None:
    """Pay for one case: its step, and what that files; the items and commitments say so. All of it or, where refused, nothing."""
    case, read = payment.read.case, payment.read
    with act(by=by, now=now, code="funds.paid", kind="case", target=str(case.key)) as part:
        if payment.why or payment.step is None:
            raise Refused(payment.why)
        on = batch.on.isoformat() if batch.on else ""
        typed = paying.typed_for(read, payment.step, batch, voucher=batch.voucher, on=on)
        wanted = StepWanted(step=payment.step.code, through=Through.PAYMENT, typed=typed, on=batch.on)
        step = take_step(case=case, wanted=wanted, seen=read.last.number, by=by, now=now)
        for filed in paying.filed_by(step).values():
            rules.filed_as_paid(filed, paying.shares_paid(payment.items)).or_refuse()
        for item in payment.items:
            next_version(item.commitment, by=by, now=now, seq=part.seq, state=Commitment.State.PAID)
            item.step, item.paid_seq, item.voucher = step, part.seq, batch.voucher
            item.save(update_fields=["step", "paid_seq", "voucher"])
        part.says(number=case.number, amount=payment.amount)


def _refuse(payment: CasePayment, why: Saying, done: Act) -> None:
    for item in payment.items:
        item.step, item.paid_seq, item.voucher = None, None, ""
        item.refused, item.seq_to = kept(why), done.seq
        item.save(update_fields=["refused", "seq_to"])


def became(batch: PaymentBatch) -> BatchPaid:
    """What became of a batch that was paid."""
    items = queries.items_of(batch)
    paid = tuple(item for item in items if item.paid_seq is not None)
    refused = tuple((item, plain(told(item.refused))) for item in items if item.refused is not None)
    return BatchPaid(paid, refused)
