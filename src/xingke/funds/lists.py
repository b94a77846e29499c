"""The lists of public money: pools with what they hold, what is committed, batches, and where organisations are paid."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xingke.base.templatetags.xk import moment
from xingke.funds import queries
from xingke.funds.models import Commitment, PayAccount, PaymentBatch, Pool
from xingke.funds.permissions import FundPermission
from xingke.funds.rules import PoolBalance, written, yuan_of
from xingke.registry.listing import (
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    OwnFilter,
    RegionFilter,
    SearchFilter,
)


def beginning(url_name: str, label: Any) -> Callable[[ListRequest], tuple[str, str] | None]:
    """Where whoever plans makes a beginning in a list: address and words; None for everybody else."""
    return lambda asked: (reverse(url_name), str(label)) if queries.may_plan_anywhere(asked.reader) else None


BEGINNINGS = {
    "pools": beginning("funds:pool-new", gettext_lazy("设立资金池")),
    "commitments": beginning("funds:commitment-new", gettext_lazy("安排资金")),
    "payment-batches": beginning("funds:batch-new", gettext_lazy("新建批次")),
    "pay-accounts": beginning("funds:account-new", gettext_lazy("登记收款账户")),
}


def _nothing(title: Any, text: Any) -> Callable[[ListRequest], EmptyList]:
    return lambda asked: EmptyList(title=title, text=text, begin=BEGINNINGS[asked.listed.code](asked))


def _money(code: str, label: Any, of: Callable[[Any], int], **more: Any) -> ListColumn:
    """A sum in 元 with two decimals; a number in the file. of: a row's, in 分."""
    return ListColumn(
        code=code,
        label=label,
        cell=lambda row: written(of(row)),
        file=(FileColumn(label=label, value=lambda row: yuan_of(of(row))),),
        is_numeric=True,
        **more,
    )


# ── pools ───────────────────────────────────────────────────────────────────────────────────────────────────────────

SUMS: tuple[tuple[str, Any], ...] = (
    ("allotted", gettext_lazy("下达（元）")),
    ("committed", gettext_lazy("已安排未拨（元）")),
    ("paid", gettext_lazy("已拨付（元）")),
    ("left", gettext_lazy("可用（元）")),
)


class PoolRow(NamedTuple):
    """A pool and what it holds."""

    of: Pool
    level: str
    purpose: str
    held: PoolBalance


def _pools(asked: ListRequest, found: Sequence[Pool]) -> list[PoolRow]:
    held = queries.balances_of([each.pk for each in found])
    levels, purposes = dict(queries.terms_of("level")), dict(queries.terms_of("purpose"))
    return [
        PoolRow(each, levels.get(each.level, each.level), purposes.get(each.purpose, each.purpose), held[each.pk])
        for each in found
    ]


def _pool(row: PoolRow) -> ListedCell:
    sub = f"{row.of.code} · {row.purpose} · {row.of.region.name}"
    return ListedCell(row.of.name, reverse("funds:pool", args=[row.of.key]), sub)


def _years(asked: ListRequest) -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in queries.years_of(queries.pools_seen(asked.reader))]


def of_year(path: str) -> Callable[[str], Q]:
    """What a choice of a year keeps."""
    return lambda text: Q(**{path: int(text)}) if text.isdecimal() and len(text) < 5 else Q(pk__in=())


POOLS = DeclaredList(
    code="pools",
    title=gettext_lazy("资金"),
    caption=gettext_lazy("资金池"),
    file_name=gettext_lazy("资金池"),
    lead=gettext_lazy("每一笔钱从哪个指标来、为哪件事安排、拨到了哪里。可用＝下达−已拨−已安排。"),
    url_name="funds:pool-list",
    permission=FundPermission.READ,
    of_bureau=True,
    rows=lambda asked: queries.pools_seen(asked.reader),
    load=_pools,
    order="-year",
    leading=3,
    is_fictional=lambda row: row.of.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("名称或代码"),
            narrow=lambda text: Q(name__icontains=text) | Q(code__istartswith=text),
        ),
        ChoiceFilter(name="year", label=gettext_lazy("年度"), options=_years, narrow=of_year("year")),
        ChoiceFilter(
            name="level",
            label=gettext_lazy("资金层级"),
            options=lambda asked: queries.terms_of("level"),
            narrow=lambda code: Q(level=code),
        ),
        ChoiceFilter(
            name="purpose",
            label=gettext_lazy("用途"),
            options=lambda asked: queries.terms_of("purpose"),
            narrow=lambda code: Q(purpose=code),
        ),
        RegionFilter(),
    ),
    columns=(
        ListColumn(
            code="name",
            label=gettext_lazy("资金池"),
            sort="name",
            is_wide=True,
            cell=_pool,
            file=(
                FileColumn(label=gettext_lazy("资金池"), value=lambda row: row.of.name),
                FileColumn(label=gettext_lazy("代码"), value=lambda row: row.of.code),
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row.of.region.name),
                FileColumn(label=gettext_lazy("用途"), value=lambda row: row.purpose),
            ),
        ),
        ListColumn(
            code="year",
            label=gettext_lazy("年度"),
            sort="year",
            is_whole=True,
            is_told=True,
            cell=lambda row: str(row.of.year),
        ),
        ListColumn(code="level", label=gettext_lazy("资金层级"), is_whole=True, cell=lambda row: row.level),
        *(_money(code, label, attrgetter(f"held.{code}")) for code, label in SUMS),
    ),
    empty=_nothing(
        gettext_lazy("还没有资金池"),
        gettext_lazy("每一级资金、每一种用途、每个年度各设一个；下达、安排、拨付都从这里数。"),
    ),
)


# ── what is committed ───────────────────────────────────────────────────────────────────────────────────────────────

LEFT = "left"


def _commitments(asked: ListRequest) -> QuerySet[Commitment]:
    return (
        queries.commitments_left_over(asked.reader)
        if asked["state"] == LEFT
        else queries.commitments_seen(asked.reader)
    )


def _states(asked: ListRequest) -> list[tuple[str, str]]:
    return [*((code, str(word)) for code, word in Commitment.State.choices), (LEFT, _("事项已办结，未拨付"))]


def _total(asked: ListRequest, found: Any, summed: Sequence[ListColumn]) -> dict[str, int | None]:
    """Of one state only: what was released, what stands and what was paid add up to nothing."""
    return {"amount": found.order_by().aggregate(total=Sum("amount"))["total"]} if asked["state"] else {}


COMMITMENTS = DeclaredList(
    code="commitments",
    title=gettext_lazy("资金安排"),
    caption=gettext_lazy("安排"),
    lead=gettext_lazy("审定给谁、从哪个资金池出、还没有拨付的钱。"),
    url_name="funds:commitment-list",
    permission=FundPermission.READ,
    of_bureau=True,
    rows=_commitments,
    totals=_total,
    order="-committed",
    leading=3,
    row_words=lambda row: f"{row.case} {row.thing}",
    is_fictional=lambda row: row.pool.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("编号、单位或事由"),
            narrow=lambda text: (
                Q(case__number__istartswith=text) | Q(organisation__name__icontains=text) | Q(thing__icontains=text)
            ),
        ),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=_states,
            narrow=lambda code: Q() if code == LEFT else Q(state=code),
        ),
        ChoiceFilter(name="year", label=gettext_lazy("年度"), options=_years, narrow=of_year("pool__year")),
        RegionFilter(path="pool__region"),
        OwnFilter(label=gettext_lazy("我安排的"), path="committed_by"),
    ),
    columns=(
        ListColumn(
            code="case",
            label=pgettext_lazy("case", "事项"),
            is_wide=True,
            cell=lambda row: ListedCell(
                str(row.case),
                reverse("funds:commitment", args=[row.decision]),
                row.organisation.name if row.organisation else "",
            ),
            file=(
                FileColumn(label=pgettext_lazy("case", "事项编号"), value=lambda row: str(row.case)),
                FileColumn(
                    label=gettext_lazy("单位"), value=lambda row: row.organisation.name if row.organisation else ""
                ),
            ),
        ),
        ListColumn(
            code="thing",
            label=gettext_lazy("事由"),
            is_wide=True,
            cell=lambda row: ListedCell(row.thing, sub=_("其中：%(part)s") % {"part": row.part} if row.part else ""),
            file=(
                FileColumn(label=gettext_lazy("事由"), value=lambda row: row.thing),
                FileColumn(label=gettext_lazy("其中"), value=lambda row: row.part),
            ),
        ),
        ListColumn(
            code="pool",
            label=gettext_lazy("资金池"),
            cell=lambda row: ListedCell(row.pool.name, sub=str(row.pool.year)),
        ),
        _money(
            "amount",
            gettext_lazy("金额（元）"),
            lambda row: row.amount,
            sort="amount",
            total="amount",
            amount=lambda row: row.amount,
            sum_label=gettext_lazy("金额"),
            scale=100,
            unit=gettext_lazy("元"),
        ),
        ListColumn(code="state", label=gettext_lazy("状态"), is_whole=True, cell=lambda row: row.get_state_display()),
        ListColumn(code="by", label=gettext_lazy("安排人"), is_optional=True, cell=lambda row: row.committed_by.name),
        ListColumn(
            code="committed",
            label=gettext_lazy("安排日期"),
            sort="pk",
            is_indexed=True,
            is_optional=True,
            is_whole=True,
            cell=lambda row: timezone.localtime(row.committed_at).date(),
        ),
    ),
    empty=_nothing(
        gettext_lazy("还没有安排资金"),
        gettext_lazy("审定了金额的事项，从资金池里安排出来，拨付之前这笔钱不能另作他用。"),
    ),
)


# ── batches ─────────────────────────────────────────────────────────────────────────────────────────────────────────

BATCH_STATES: dict[str, tuple[Q, Any]] = {
    "open": (Q(paid_at__isnull=True, voided_at__isnull=True), gettext_lazy("编制中")),
    "paid": (Q(paid_at__isnull=False), gettext_lazy("已拨付")),
    "void": (Q(voided_at__isnull=False), gettext_lazy("已作废")),
}


def batch_state(batch: PaymentBatch) -> str:
    """How a batch stands, by the codes of ``BATCH_STATES``."""
    return "open" if batch.is_open else "paid" if batch.paid_at is not None else "void"


class BatchRow(NamedTuple):
    """A batch and what stands on it, or was paid with it, in 分."""

    of: PaymentBatch
    amount: int


def _batches(asked: ListRequest, found: Sequence[PaymentBatch]) -> list[BatchRow]:
    sums = queries.sums_of([each.pk for each in found])
    return [BatchRow(each, sums.get(each.pk, 0)) for each in found]


def _of_state(states: dict[str, tuple[Q, Any]], **more: Any) -> ChoiceFilter:
    return ChoiceFilter(
        name="state",
        label=gettext_lazy("状态"),
        options=lambda asked: [(code, str(word)) for code, (_kept, word) in states.items()],
        narrow=lambda code: states[code][0] if code in states else Q(),
        **more,
    )


BATCHES = DeclaredList(
    code="payment-batches",
    title=gettext_lazy("拨付批次"),
    caption=gettext_lazy("批次"),
    lead=gettext_lazy("一个人列入，另一个人一次拨付；每件事项各办一步，办不了的单独列出。"),
    url_name="funds:batch-list",
    permission=FundPermission.READ,
    of_bureau=True,
    rows=lambda asked: queries.batches_seen(asked.reader),
    load=_batches,
    order="-opened",
    is_fictional=lambda row: row.of.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("批次号、名称或支付凭证号"),
            narrow=lambda text: Q(number__icontains=text) | Q(title__icontains=text) | Q(voucher__icontains=text),
        ),
        _of_state(BATCH_STATES),
        RegionFilter(),
        DayFilter(name="on", label=gettext_lazy("拨付"), path="on"),
    ),
    columns=(
        ListColumn(
            code="number",
            label=gettext_lazy("批次"),
            is_wide=True,
            cell=lambda row: ListedCell(row.of.number, reverse("funds:batch", args=[row.of.key]), row.of.title),
            file=(
                FileColumn(label=gettext_lazy("批次号"), value=lambda row: row.of.number),
                FileColumn(label=gettext_lazy("名称"), value=lambda row: row.of.title),
            ),
        ),
        _money("amount", gettext_lazy("金额（元）"), lambda row: row.amount),
        ListColumn(
            code="state",
            label=gettext_lazy("状态"),
            is_whole=True,
            cell=lambda row: str(BATCH_STATES[batch_state(row.of)][1]),
        ),
        ListColumn(code="voucher", label=gettext_lazy("支付凭证号"), cell=lambda row: row.of.voucher),
        ListColumn(
            code="on",
            label=gettext_lazy("拨付日期"),
            sort="on",
            is_whole=True,
            is_told=True,
            cell=lambda row: row.of.on,
        ),
        ListColumn(
            code="by",
            label=gettext_lazy("拨付人"),
            is_optional=True,
            cell=lambda row: row.of.paid_by.name if row.of.paid_by else "",
        ),
        ListColumn(
            code="opened",
            label=gettext_lazy("新建日期"),
            sort="pk",
            is_indexed=True,
            is_optional=True,
            is_whole=True,
            cell=lambda row: timezone.localtime(row.of.opened_at).date(),
        ),
    ),
    empty=_nothing(
        gettext_lazy("还没有拨付批次"),
        gettext_lazy("把安排好的资金列成一批，由另一人一次拨付，每件事项各走各的一步。"),
    ),
)


# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────

ACCOUNT_STATES: dict[str, tuple[Q, Any]] = {
    "waiting": (Q(confirmed_at__isnull=True, declined_at__isnull=True), gettext_lazy("待确认")),
    "counting": (Q(seq_from__isnull=False, seq_to__isnull=True), gettext_lazy("使用中")),
    "replaced": (Q(seq_to__isnull=False), gettext_lazy("已变更")),
    "declined": (Q(declined_at__isnull=False), gettext_lazy("已退回")),
}


def account_state(account: PayAccount) -> str:
    """How an account stands, by the codes of ``ACCOUNT_STATES``."""
    if account.declined_at is not None:
        return "declined"
    if account.confirmed_at is None:
        return "waiting"
    return "counting" if account.seq_to is None else "replaced"


ACCOUNTS = DeclaredList(
    code="pay-accounts",
    title=gettext_lazy("收款账户"),
    lead=gettext_lazy("一个人登记，另一个人确认，才能拨付。账号加密保存，这里只显示末四位。"),
    url_name="funds:account-list",
    permission=FundPermission.READ,
    of_bureau=True,
    rows=lambda asked: queries.accounts_seen(asked.reader),
    order="-entered",
    is_fictional=lambda row: row.organisation.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("单位"),
            placeholder=gettext_lazy("单位名称"),
            narrow=lambda text: Q(organisation__name__icontains=text),
        ),
        _of_state(ACCOUNT_STATES),
        RegionFilter(),
        OwnFilter(label=gettext_lazy("我登记的"), path="entered_by"),
    ),
    columns=(
        ListColumn(
            code="organisation",
            label=gettext_lazy("单位"),
            sort="organisation__name_key",
            is_wide=True,
            cell=lambda row: ListedCell(row.organisation.name, reverse("funds:account", args=[row.key])),
        ),
        ListColumn(code="name", label=gettext_lazy("户名"), is_wide=True, cell=lambda row: row.name),
        ListColumn(code="bank", label=gettext_lazy("开户银行"), cell=lambda row: row.bank),
        ListColumn(code="number", label=gettext_lazy("账号"), is_whole=True, cell=lambda row: row.shown),
        ListColumn(
            code="state",
            label=gettext_lazy("状态"),
            is_whole=True,
            cell=lambda row: str(ACCOUNT_STATES[account_state(row)][1]),
        ),
        ListColumn(
            code="entered",
            label=gettext_lazy("登记人"),
            sort="pk",
            is_indexed=True,
            is_whole=True,
            cell=lambda row: ListedCell(row.entered_by.name, sub=moment(row.entered_at)),
        ),
    ),
    empty=_nothing(
        gettext_lazy("还没有登记收款账户"),
        gettext_lazy("拨付之前先登记单位的收款账户，由另一人确认。"),
    ),
)

ALL = (POOLS, COMMITMENTS, BATCHES, ACCOUNTS)
