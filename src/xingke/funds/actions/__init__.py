"""Pools and what is decided of them: opening, allotting, carrying over, committing, changing, releasing. Each is one act.

All of it is checked and written while the counter is held, so that what is left of a pool is still left when it is decided about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.pressed import OTHER, pressed_before, says
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries as casework
from xingke.casework.models import Case, CaseStep
from xingke.funds import queries, rules
from xingke.funds.models import Allotment, Commitment, PaymentItem, Pool
from xingke.funds.permissions import FundPermission
from xingke.funds.queries import paying
from xingke.funds.rules import AllotmentKind, PoolShare
from xingke.registry import queries as registry
from xingke.registry.models import Region

FIRST_YEAR, LAST_YEAR = 2000, 2100


def require_at_home(user: User, permission: FundPermission, region: Region) -> None:
    """Raise Refused unless somebody has the permission in the bureau of a region itself: superiors have pools of their own."""
    registry.require(user, permission, at=region)
    if not queries.is_at_home(user, permission, region):
        raise Refused(say("“%(region)s”的资金由本级科技部门办理，上级不代办。", region=region.name))


@dataclass(frozen=True, kw_only=True)
class NewPool:
    """A pool to be opened. level, purpose: codes of terms. key: the same from one page, so that a second press opens none."""

    code: str
    name: str
    region: Region
    year: int
    level: str
    purpose: str
    key: UUID = field(default_factory=new_key)


def open_pool(*, new: NewPool, by: User, now: datetime) -> Pool:
    """Open a pool, empty at first. Raises Refused for a code that is taken, and for terms and years that are none."""
    with act(by=by, now=now, code="pool.opened", kind="pool", target=str(new.key)) as done:
        done.lock()
        require_at_home(by, FundPermission.PLAN, new.region)
        said = {each: getattr(new, each) for each in ("code", "name", "region", "year", "level", "purpose")}
        if there := pressed_before(Pool, new.key, opened_by=by, **said):
            done.nothing()
            return there
        if registry.term("level", new.level) is None or registry.term("purpose", new.purpose) is None:
            raise Refused(say("资金层级和用途请从列表里选。"))
        if not FIRST_YEAR <= new.year <= LAST_YEAR:
            raise Refused(say("年度%(year)s不对，请填四位年份。", year=new.year))
        if Pool.objects.filter(region=new.region, year=new.year, code=new.code).exists():
            raise Refused(say("%(year)s年已经有代码为“%(code)s”的资金池。", year=new.year, code=new.code))
        found = Pool(
            key=new.key,
            code=new.code,
            name=new.name,
            region=new.region,
            year=new.year,
            level=new.level,
            purpose=new.purpose,
            is_fictional=new.region.is_fictional,
            opened_at=now,
            opened_by=by,
            seq=done.seq,
        )
        found.save()
        done.says(pool=found.name)
    return found


@dataclass(frozen=True, kw_only=True)
class NewAllotment:
    """Money for a pool, or taken from it. amount: in 分, more than nothing either way."""

    kind: AllotmentKind
    amount: int
    document: str
    on: date
    note: str = ""
    key: UUID = field(default_factory=new_key)


def allot(*, pool: Pool, new: NewAllotment, by: User, now: datetime) -> Allotment:
    """Say what came into a pool by a budget document, or was cut. Raises Refused for more than is left, and without a document."""
    with act(by=by, now=now, code="pool.allotted", kind="pool", target=str(pool.key)) as done:
        done.lock()
        require_at_home(by, FundPermission.PLAN, pool.region)
        if there := _allotted_before(pool, new, by):
            done.nothing()
            return there
        if new.kind in (AllotmentKind.CARRIED_IN, AllotmentKind.CARRIED_OUT):
            raise Refused(say("结转请用“结转到下年”办理，两边一次登记。"))
        if new.kind is AllotmentKind.RETURNED:
            _refuse_more_than_paid(pool, new)
        row = _allotted(pool, new, by=by, now=now, seq=done.seq)
        done.says(pool=pool.name, document=row.document, amount=row.amount)
    return row


def _refuse_more_than_paid(pool: Pool, new: NewAllotment) -> None:
    """Raise Refused where more comes back than was ever paid, and where nobody says of what."""
    if not new.note.strip():
        raise Refused(say("退回收回的，请在说明里写明是哪一笔。"))
    before = Allotment.objects.filter(pool=pool, kind=AllotmentKind.RETURNED.value)
    came_back = sum(before.values_list("amount", flat=True))
    paid = queries.balance_of(pool).paid
    if new.amount > paid - came_back:
        raise Refused(say("退回的不能多于拨付过的，还可以退回%(left)s元。", left=rules.written(paid - came_back)))


def carry_over(*, pool: Pool, into: Pool, new: NewAllotment, by: User, now: datetime) -> tuple[Allotment, Allotment]:
    """Carry money that is left into the pool of a later year, of the same layer and purpose: out of one and into the other at once."""
    with act(by=by, now=now, code="pool.carried-over", kind="pool", target=str(pool.key)) as done:
        done.lock()
        require_at_home(by, FundPermission.PLAN, pool.region)
        if there := _allotted_before(pool, replace(new, kind=AllotmentKind.CARRIED_OUT), by):
            other = Allotment.objects.filter(pool=into, seq=there.seq, kind=AllotmentKind.CARRIED_IN.value).first()
            if other is None:
                raise Refused(OTHER.filled())
            done.nothing()
            return there, other
        alike = (pool.region_id, pool.level, pool.purpose) == (into.region_id, into.level, into.purpose)
        if not alike or into.year <= pool.year:
            raise Refused(say("只能结转到同一区划、同一层级、同一用途的以后年度的资金池。"))
        out = _allotted(pool, replace(new, kind=AllotmentKind.CARRIED_OUT), by=by, now=now, seq=done.seq)
        came = replace(new, kind=AllotmentKind.CARRIED_IN, key=new_key())
        back = _allotted(into, came, by=by, now=now, seq=done.seq)
        done.says(pool=pool.name, into=into.name, document=out.document, amount=back.amount)
    return out, back


def _allotted_before(pool: Pool, new: NewAllotment, by: User) -> Allotment | None:
    """What a first press wrote. Raises Refused where the key names anything else."""
    return pressed_before(
        Allotment,
        new.key,
        pool=pool,
        kind=new.kind.value,
        amount=_signed(new),
        document=new.document.strip(),
        on=new.on,
        note=new.note.strip(),
        allotted_by=by,
    )


def _signed(new: NewAllotment) -> int:
    return -new.amount if new.kind in rules.TAKES_AWAY else new.amount


def _allotted(pool: Pool, new: NewAllotment, *, by: User, now: datetime, seq: int) -> Allotment:
    document = new.document.strip()
    if not document:
        raise Refused(say("请填写预算指标文号。"))
    if new.on > timezone.localtime(now).date():
        raise Refused(say("日期%(day)s还没有到。", day=new.on.isoformat()))
    rules.may_allot(queries.balance_of(pool), new.kind, new.amount).or_refuse()
    row = Allotment(
        key=new.key,
        pool=pool,
        kind=new.kind.value,
        amount=_signed(new),
        document=document,
        on=new.on,
        note=new.note.strip(),
        allotted_at=now,
        allotted_by=by,
        seq=seq,
    )
    row.save()
    return row


# ── commitments ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class NewCommitment:
    """Money to be decided for a case.

    shares: what each pool bears of ``decided``. thing: for what, so that the same is not paid for twice; part: which part of it,
    empty for all. key: the same from one page.
    """

    case: Case
    shares: Mapping[Pool, int]
    decided: int
    thing: str
    part: str = ""
    key: UUID = field(default_factory=new_key)


def commit(*, new: NewCommitment, by: User, now: datetime) -> list[Commitment]:
    """Commit money to a case, what several layers bear of it at once. Returns the shares.

    Raises Refused for more than a pool has left, shares that are not the decided sum, a second time for one thing, and a case that
    ended or is never paid.
    """
    case = new.case
    with act(by=by, now=now, code="funds.committed", kind="case", target=str(case.key)) as done:
        done.lock()
        require_at_home(by, FundPermission.PLAN, case.region)
        if there := _committed_before(new, by):
            done.nothing()
            return there
        _refuse_misplaced(new)
        shares = [PoolShare(pool=pool.pk, level=pool.level, amount=amount) for pool, amount in new.shares.items()]
        rules.shares_hold(new.decided, shares).or_refuse()
        held = queries.balances_of([pool.pk for pool in new.shares])
        for pool, amount in new.shares.items():
            rules.may_commit(held[pool.pk], amount, pool=pool.name).or_refuse()
        rows = [
            Commitment(
                commitment=new_key(),
                decision=new.key,
                version=1,
                pool=pool,
                case=case,
                organisation=case.organisation,
                thing=new.thing.strip(),
                thing_key=rules.thing_key(new.thing),
                part=new.part.strip(),
                amount=amount,
                decided=new.decided,
                state=Commitment.State.STANDING,
                committed_at=now,
                committed_by=by,
            )
            for pool, amount in new.shares.items()
        ]
        before = queries.things_standing({row.thing_key for row in rows}, case.organisation_id, case.pk)
        rules.once_for_one_thing([queries.as_thing(row) for row in rows], before).or_refuse()
        for row in rows:
            row.seq_from = done.seq
            row.save()
        done.says(number=case.number, thing=rows[0].thing, amount=new.decided)
    return rows


def _committed_before(new: NewCommitment, by: User) -> list[Commitment]:
    """The shares that a first press wrote. Raises Refused where the key names anything else."""
    there = list(Commitment.objects.filter(decision=new.key, version=1).order_by("pk"))
    said = {"case": new.case, "thing": new.thing.strip(), "part": new.part.strip(), "decided": new.decided}
    alike = {row.pool_id: row.amount for row in there} == {pool.pk: amount for pool, amount in new.shares.items()}
    if there and not (alike and all(says(row, committed_by=by, **said) for row in there)):
        raise Refused(OTHER.filled())
    return there


def _refuse_misplaced(new: NewCommitment) -> None:
    """Raise Refused for a case of elsewhere, an ended one, and one whose flow pays nothing."""
    case = new.case
    if case.organisation is None:
        raise Refused(say("这件事项不是哪家单位的，现在只能拨付给单位。"))
    if any(pool.region_id != case.region_id or pool.is_fictional != case.is_fictional for pool in new.shares):
        raise Refused(say("资金池和事项要在同一个区划。"))
    if not rules.thing_key(new.thing):
        raise Refused(say("请写明给的是什么事的钱，如“高企认定 2026”。"))
    read = casework.case_read(case)
    if not paying.ever_pays(read):
        raise Refused(say("“%(flow)s”没有拨付这一步，不能安排资金。", flow=read.flow.label))
    if read.last.ended:
        raise Refused(say("%(number)s已经办结，不能再安排资金。", number=str(case)))


def change_commitment(
    *, decision: UUID, amounts: Mapping[UUID, int], reason: str, seen: str, by: User, now: datetime
) -> list[Commitment]:
    """Raise or lower what was decided for a case. amounts: what each share becomes, by its ``commitment``; what is missing stays.

    seen: the stamp of the shares as they were shown. Raises Refused where others changed them since, for more to a case that ended, and as
    ``commit``.
    """
    with act(by=by, now=now, code="funds.commitment-changed", kind="case", reason=reason.strip()) as done:
        done.lock()
        rows = queries.shares_of(by, decision)
        done.target = str(rows[0].case.key)
        wanted = {row.commitment: amounts.get(row.commitment, row.amount) for row in rows}
        if all(row.amount == wanted[row.commitment] for row in rows) and rows[0].committed_by == by:
            done.nothing()  # pressed twice
            return rows
        _refuse_unseen(rows, seen, reason)
        _refuse_more_for_ended(rows, wanted)
        decided = sum(wanted.values())
        shares = [PoolShare(pool=row.pool_id, level=row.pool.level, amount=wanted[row.commitment]) for row in rows]
        rules.shares_hold(decided, shares).or_refuse()
        held = queries.balances_of([row.pool_id for row in rows])
        for row in rows:
            amount = wanted[row.commitment]
            rules.may_commit(held[row.pool_id], amount, own=row.amount, pool=row.pool.name).or_refuse()
        found = [
            next_version(
                row, by=by, now=now, seq=done.seq, amount=wanted[row.commitment], decided=decided, reason=reason
            )
            for row in rows
        ]
        done.says(number=rows[0].case.number, thing=rows[0].thing, amount=decided)
    return found


def _refuse_more_for_ended(rows: Sequence[Commitment], wanted: Mapping[UUID, int]) -> None:
    """Raise Refused where a share of a case that ended would become more: it will never be paid."""
    ended = CaseStep.objects.filter(case=rows[0].case_id, seq_to__isnull=True).exclude(ended="").exists()
    if ended and any(wanted[row.commitment] > row.amount for row in rows):
        raise Refused(say("%(number)s已经办结，安排只能减少或释放，不能再增加。", number=str(rows[0].case)))


def release(*, decision: UUID, reason: str, seen: str, by: User, now: datetime) -> list[Commitment]:
    """Give back to the pools what was decided and will not be paid. Raises Refused where others changed it since."""
    with act(by=by, now=now, code="funds.released", kind="case", reason=reason.strip()) as done:
        done.lock()
        rows = queries.shares_of(by, decision)
        done.target = str(rows[0].case.key)
        if all(row.state == Commitment.State.RELEASED and row.committed_by == by for row in rows):
            done.nothing()  # pressed twice
            return rows
        _refuse_unseen(rows, seen, reason)
        released = Commitment.State.RELEASED
        found = [next_version(row, by=by, now=now, seq=done.seq, state=released, reason=reason) for row in rows]
        done.says(number=rows[0].case.number, thing=rows[0].thing, amount=sum(row.amount for row in rows))
    return found


def _refuse_unseen(rows: Sequence[Commitment], seen: str, reason: str) -> None:
    """Raise Refused unless shares stand as they were seen, are not paid, and stand on no batch."""
    if paying.stamp_of_shares(rows) != seen:
        raise Refused(say("在您打开页面之后，这笔安排已经变动，请刷新后再看。"))
    if not reason.strip():
        raise Refused(say("请写明原因。"))
    if any(row.state != Commitment.State.STANDING for row in rows):
        raise Refused(say("这笔安排已经拨付或释放，不能再改。"))
    on_one = PaymentItem.objects.filter(commitment__in=[row.pk for row in rows], seq_to__isnull=True)
    if item := on_one.select_related("batch").first():
        raise Refused(say("这笔安排已列入%(batch)s，请先从批次里移出。", batch=item.batch.number))


def next_version(
    row: Commitment,
    *,
    by: User,
    now: datetime,
    seq: int,
    state: Commitment.State | None = None,
    amount: int | None = None,
    decided: int | None = None,
    reason: str = "",
) -> Commitment:
    """End a commitment as it stood, and write how it stands from this act on. Within an act that holds the counter."""
    Commitment.objects.filter(pk=row.pk, seq_to__isnull=True).update(seq_to=seq)
    found = Commitment(
        commitment=row.commitment,
        decision=row.decision,
        version=row.version + 1,
        pool_id=row.pool_id,
        case_id=row.case_id,
        organisation_id=row.organisation_id,
        thing=row.thing,
        thing_key=row.thing_key,
        part=row.part,
        amount=row.amount if amount is None else amount,
        decided=row.decided if decided is None else decided,
        state=state or row.state,
        reason=reason.strip(),
        committed_at=now,
        committed_by=by,
        seq_from=seq,
    )
    found.save()
    return found
