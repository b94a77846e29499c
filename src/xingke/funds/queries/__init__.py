"""Pools, what is committed and what was paid: the reads, scope included."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Min, Model, Q, QuerySet, Sum
from django.http import Http404
from django.utils.translation import get_language

from xingke.accounts.models import User
from xingke.casework import queries as casework
from xingke.casework.models import Case, CaseStep
from xingke.funds.models import Allotment, Commitment, PayAccount, PaymentBatch, PaymentItem, Pool
from xingke.funds.permissions import FundPermission
from xingke.funds.rules import CommitmentState, CommittedThing, PoolBalance, PoolMovement
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region

STANDING = CommitmentState.STANDING.value
Row = TypeVar("Row", bound=Model)

# ── who sees what ───────────────────────────────────────────────────────────────────────────────────────────────────


def _at_home(user: User, permission: FundPermission, *, region: str = "region") -> Q:
    """Rows of the bureau somebody belongs to. Its superiors have pools of their own."""
    return registry.in_scope(registry.scope(user, permission).at_home, region=region, organisation="")


def require_fund_page(user: User, *permissions: FundPermission) -> None:
    """404 for whoever has none of them in a bureau of their own."""
    if not any(registry.scope(user, each).home for each in permissions):
        raise Http404


def is_at_home(user: User, permission: FundPermission, region: Region) -> bool:
    """Whether somebody may do so in the bureau of a region."""
    return registry.scope(user, permission).is_home(region.path)


def home_regions(user: User, permission: FundPermission) -> QuerySet[Region]:
    """The regions of whose bureau somebody may do so, in code order."""
    return registry.regions_within(registry.scope(user, permission).at_home)


def pools_seen(user: User, permission: FundPermission = FundPermission.READ) -> QuerySet[Pool]:
    """The pools of somebody's own bureau."""
    return Pool.objects.filter(_at_home(user, permission)).select_related("region")


def pool_for(user: User, key: UUID) -> Pool:
    """A pool somebody may see, or 404."""
    return _or_404(pools_seen(user).filter(key=key))


def batches_seen(user: User) -> QuerySet[PaymentBatch]:
    """The batches of somebody's own bureau."""
    found = PaymentBatch.objects.filter(_at_home(user, FundPermission.READ))
    return found.select_related("region", "paid_by", "opened_by")


def sums_of(batches: Collection[int]) -> dict[int, int]:
    """What stands on batches, or was paid with them, by id. One query."""
    rows = PaymentItem.objects.filter(batch__in=batches, seq_to__isnull=True).order_by()
    return {pk: int(total) for pk, total in rows.values_list("batch").annotate(total=Sum("amount"))}


def batch_for(user: User, key: UUID) -> PaymentBatch:
    """A batch somebody may see, or 404."""
    return _or_404(batches_seen(user).filter(key=key))


def accounts_seen(user: User) -> QuerySet[PayAccount]:
    """The accounts to which somebody's own bureau pays."""
    rows = PayAccount.objects.filter(_at_home(user, FundPermission.READ))
    return rows.select_related("region", "organisation", "entered_by", "confirmed_by", "declined_by")


def account_for(user: User, key: UUID) -> PayAccount:
    """An account somebody may see, or 404."""
    return _or_404(accounts_seen(user).filter(key=key))


def accounts_to_confirm(user: User) -> QuerySet[PayAccount]:
    """Those that wait for another than whoever entered them, as far as this is somebody who may."""
    where = _at_home(user, FundPermission.PLAN) | _at_home(user, FundPermission.PAY)
    rows = PayAccount.objects.filter(where, confirmed_at__isnull=True, declined_at__isnull=True)
    return rows.exclude(entered_by=user).select_related("region", "organisation", "entered_by")


def _or_404(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise Http404
    return found


# ── what pools hold ─────────────────────────────────────────────────────────────────────────────────────────────────


def balances_of(pools: Collection[int], *, seq: int | None = None) -> dict[int, PoolBalance]:
    """What pools hold now, or held after the act of a number, by id. Three queries."""
    upto = Q() if seq is None else Q(seq__lte=seq)
    then = (
        Q(seq_to__isnull=True) if seq is None else Q(seq_from__lte=seq) & (Q(seq_to__isnull=True) | Q(seq_to__gt=seq))
    )
    paid_then = Q(paid_seq__isnull=False) if seq is None else Q(paid_seq__lte=seq)
    allotted = _sums(Allotment.objects.filter(upto, pool__in=pools))
    committed = _sums(Commitment.objects.filter(then, pool__in=pools, state=STANDING))
    paid = _sums(PaymentItem.objects.filter(paid_then, pool__in=pools))
    return {
        pool: PoolBalance(allotted=allotted.get(pool, 0), committed=committed.get(pool, 0), paid=paid.get(pool, 0))
        for pool in pools
    }


def _sums(rows: QuerySet[Any]) -> dict[int, int]:
    return {pool: int(total) for pool, total in rows.order_by().values_list("pool").annotate(total=Sum("amount"))}


def balance_of(pool: Pool, *, seq: int | None = None) -> PoolBalance:
    """What one pool holds now, or held after the act of a number."""
    return balances_of([pool.pk], seq=seq)[pool.pk]


@dataclass(frozen=True)
class PoolEntry:
    """A movement of a pool with the row that says what it was."""

    movement: PoolMovement
    row: Allotment | Commitment | PaymentItem


def entries_of(pool: Pool) -> list[PoolEntry]:
    """Everything that ever happened to a pool, in its order. Three queries. A payment takes its commitment away: one movement."""
    found = [
        PoolEntry(PoolMovement(seq=row.seq, allotted=row.amount), row)
        for row in pool.allotments.select_related("allotted_by")
    ]
    before: dict[UUID, int] = defaultdict(int)
    decided = pool.commitments.select_related("case", "organisation", "committed_by").order_by("seq_from", "pk")
    for each in decided:
        standing = each.amount if each.state == STANDING else 0
        delta, before[each.commitment] = standing - before[each.commitment], standing
        if each.state != CommitmentState.PAID.value:
            found.append(PoolEntry(PoolMovement(seq=each.seq_from, committed=delta), each))
    items = pool.items.filter(paid_seq__isnull=False).select_related("case", "batch__paid_by", "account__organisation")
    found += [
        PoolEntry(PoolMovement(seq=item.paid_seq or 0, committed=-item.amount, paid=item.amount), item)
        for item in items.order_by("paid_seq", "pk")
    ]
    return sorted(found, key=lambda each: each.movement.seq)


def documents_of(pools: Collection[int]) -> dict[int, list[str]]:
    """The budget documents by which money came into pools, the newest first, each once, by the id of the pool."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for pool, document in (
        Allotment.objects.filter(pool__in=pools, amount__gt=0).order_by("-seq", "-pk").values_list("pool", "document")
    ):
        found[pool].setdefault(document)
    return {pool: list(documents) for pool, documents in found.items()}


# ── what is committed ───────────────────────────────────────────────────────────────────────────────────────────────


def commitments_of(case: Case) -> QuerySet[Commitment]:
    """What is or was decided for a case, each as it stands now, the first first."""
    rows = case.commitments.filter(seq_to__isnull=True).select_related("pool__region", "committed_by")
    return rows.order_by("pk")


def shares_of(user: User, decision: UUID, permission: FundPermission = FundPermission.PLAN) -> list[Commitment]:
    """The shares that were decided together, as they stand, where somebody plans; 404 where there are none."""
    rows = Commitment.objects.filter(
        _at_home(user, permission, region="pool__region"), decision=decision, seq_to__isnull=True
    )
    found = list(rows.select_related("pool__region", "case", "organisation", "committed_by").order_by("pk"))
    if not found:
        raise Http404
    return found


def things_standing(things: Collection[str], organisation: int | None, case: int) -> list[CommittedThing]:
    """What was decided before, and not released, for a case, or for an organisation and one of some things."""
    same = Q(case=case)
    if organisation is not None:
        same |= Q(organisation=organisation, thing_key__in=things)
    rows = Commitment.objects.filter(same, seq_to__isnull=True).exclude(state=CommitmentState.RELEASED.value)
    return [as_thing(row) for row in rows.select_related("pool", "case")]


def as_thing(row: Commitment) -> CommittedThing:
    """A commitment as rules know it."""
    return CommittedThing(
        decision=str(row.decision),
        case=row.case_id,
        organisation=row.organisation_id,
        region=row.pool.region_id,
        pool=row.pool_id,
        level=row.pool.level,
        thing=row.thing,
        part=row.part,
        number=str(row.case),
    )


def to_be_paid(batch: PaymentBatch) -> QuerySet[Any]:
    """The decisions in the region of a batch that stand on none yet, the oldest first: their ids, the shares of one together."""
    rows = Commitment.objects.filter(
        pool__region=batch.region, pool__is_fictional=batch.is_fictional, seq_to__isnull=True, state=STANDING
    )
    on_one = PaymentItem.objects.filter(seq_to__isnull=True).values("commitment")
    grouped = rows.exclude(pk__in=on_one).order_by().values("decision").annotate(first=Min("pk"))
    return grouped.order_by("first").values_list("decision", flat=True)


def decided_in(decisions: Collection[UUID]) -> list[Commitment]:
    """The shares of some decisions as they stand, the oldest first. One query."""
    rows = Commitment.objects.filter(decision__in=decisions, seq_to__isnull=True)
    return list(rows.select_related("pool", "case", "organisation").order_by("pk"))


def cases_planned_for(user: User) -> QuerySet[Case]:
    """The cases somebody sees where they plan."""
    return casework.cases_seen(user).filter(_at_home(user, FundPermission.PLAN))


def case_to_pay_for(user: User, key: UUID) -> Case:
    """A case of somebody's own bureau, or 404."""
    rows = cases_planned_for(user).filter(key=key)
    found: Case = _or_404(rows.select_related("region", "organisation"))
    return found


def still_standing(organisation: Organisation, region: Region) -> bool:
    """Whether a bureau has committed something for an organisation that is not paid yet."""
    rows = Commitment.objects.filter(organisation=organisation, pool__region=region, seq_to__isnull=True)
    return rows.filter(state=STANDING).exists()


# ── accounts and batches ────────────────────────────────────────────────────────────────────────────────────────────


def accounts_that_count(organisations: Collection[int], region: Region) -> dict[int, PayAccount]:
    """The account to which a bureau pays each organisation that has one, by the id of the organisation. One query."""
    rows = PayAccount.objects.filter(
        organisation__in=organisations, region=region, seq_from__isnull=False, seq_to__isnull=True
    )
    return {row.organisation_id: row for row in rows}


def items_of(batch: PaymentBatch) -> list[PaymentItem]:
    """What stands on a batch, or was refused when it was paid; what was taken off before is left out."""
    rows = batch.items.filter(Q(seq_to__isnull=True) | Q(refused__isnull=False))
    related = ("commitment", "pool", "account__organisation", "case__organisation", "case__region", "put_by", "step")
    return list(rows.select_related(*related).order_by("pk"))


def by_case(items: Iterable[PaymentItem]) -> dict[int, list[PaymentItem]]:
    """The items of each case, by its id: what several layers bear of one thing is paid by one step."""
    found: dict[int, list[PaymentItem]] = defaultdict(list)
    for item in items:
        found[item.case_id].append(item)
    return found


def other_firms_with(mark: str, organisation: Organisation) -> bool:
    """Whether an account of that number counts for another organisation, or waits there."""
    alive = PayAccount.objects.filter(mark=mark, declined_at__isnull=True, seq_to__isnull=True)
    return alive.exclude(organisation=organisation).exists()


def open_batches(user: User) -> QuerySet[PaymentBatch]:
    """The batches somebody may pay and has put nothing on, that hold something."""
    rows = PaymentBatch.objects.filter(_at_home(user, FundPermission.PAY), paid_at__isnull=True, voided_at__isnull=True)
    on_them = PaymentItem.objects.filter(seq_to__isnull=True)
    own = on_them.filter(put_by=user)
    return rows.filter(pk__in=on_them.values("batch")).exclude(pk__in=own.values("batch")).order_by("seq")


def terms_of(list_code: str) -> Sequence[tuple[str, str]]:
    """The terms of a list to choose from, with their words."""
    language = get_language() or "zh"
    return [(code, term.label.in_language(language)) for code, term in registry.terms(list_code).items()]


def account_keys() -> set[UUID]:
    """The keys under which account numbers are sealed."""
    return set(PayAccount.objects.values_list("key", flat=True))


def is_account_key(key: UUID) -> bool:
    """Whether an account number is sealed under a key."""
    return PayAccount.objects.filter(key=key).exists()


def commitments_seen(user: User) -> QuerySet[Commitment]:
    """What is or was decided of the pools of somebody's own bureau, each as it stands now."""
    rows = Commitment.objects.filter(_at_home(user, FundPermission.READ, region="pool__region"), seq_to__isnull=True)
    return rows.select_related("pool", "case", "organisation", "committed_by")


def commitments_left_over(user: User) -> QuerySet[Commitment]:
    """What stands committed though its case has ended, and so will not be paid."""
    ended = CaseStep.objects.filter(seq_to__isnull=True).exclude(ended="").values("case")
    return commitments_seen(user).filter(state=STANDING, case__in=ended)


def versions_of(decision: UUID) -> QuerySet[Commitment]:
    """Everything that was said of shares decided together, the newest first."""
    rows = Commitment.objects.filter(decision=decision).select_related("pool", "committed_by")
    return rows.order_by("-seq_from", "pk")


def batch_of(shares: Sequence[Commitment]) -> PaymentBatch | None:
    """The batch on which shares stand; None where they stand on none."""
    on_one = PaymentItem.objects.filter(commitment__in=[row.pk for row in shares], seq_to__isnull=True)
    item = on_one.select_related("batch").first()
    return item.batch if item is not None else None


def years_of(pools: QuerySet[Pool]) -> list[int]:
    """The years of some pools, the latest first."""
    return list(pools.order_by("-year").values_list("year", flat=True).distinct())


def later_pools(pool: Pool) -> list[Pool]:
    """The pools of later years into which what is left of one may be carried."""
    alike = Pool.objects.filter(region=pool.region, level=pool.level, purpose=pool.purpose, year__gt=pool.year)
    return list(alike.order_by("year", "code"))


def may_plan_anywhere(user: User) -> bool:
    """Whether somebody plans in a bureau of their own."""
    return bool(registry.scope(user, FundPermission.PLAN).home)


def account_before(account: PayAccount) -> PayAccount | None:
    """The account that counts of the same organisation in the same bureau, beside one that waits."""
    return accounts_that_count([account.organisation_id], account.region).get(account.organisation_id)
