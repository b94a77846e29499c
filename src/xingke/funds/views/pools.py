"""Pools: the list, one with everything that happened to it, opening one, what comes in and is carried over."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.funds import actions, queries
from xingke.funds.actions import NewAllotment, NewPool
from xingke.funds.forms import AllotForm, CarryForm, NewPoolForm
from xingke.funds.models import Allotment, Commitment, PaymentItem, Pool
from xingke.funds.permissions import FundPermission
from xingke.funds.queries import PoolEntry
from xingke.funds.rules import AllotmentKind, PoolBalance, balances
from xingke.press.exports import About, file_addresses, table_response, wants_file
from xingke.registry import filtering
from xingke.registry import queries as registry


def yuan_of(amount: int) -> Decimal:
    """分 as 元."""
    return Decimal(amount) / 100


def crumbs_to(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """Where a page of this room lies: labels with addresses, the last without."""
    first = {"label": _("资金"), "url": reverse("funds:pool-list")}
    return [first, *({"label": label, **({"url": url} if url else {})} for label, url in steps)]


@require_safe
def pool_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    queries.require_fund_page(user, FundPermission.READ)
    allowed = registry.scope(user, FundPermission.READ).at_home
    choice = filtering.choose_region(allowed, request.GET.get("region", ""))
    seen = queries.pools_seen(user)
    years = [str(year) for year in queries.years_of(seen)]
    year = request.GET.get("year", "")
    found = seen.filter(choice.narrow()).order_by("-year", "region__path", "code")
    found = found.filter(year=int(year)) if year in years else found
    fields = [
        filtering.select("year", _("年度"), year if year in years else "", [(each, each) for each in years]),
        choice.field,
    ]
    words = _words()
    if wants_file(request):
        return _as_file(request, list(found), fields, words)
    page = Paginator(found, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    held = queries.balances_of([pool.pk for pool in page.object_list])
    may_plan = queries.may_plan_anywhere(user)
    table = {
        "columns": [
            {"label": _("资金池")},
            {"label": _("年度"), "class": "told"},
            {"label": _("资金层级")},
            *({"label": label, "numeric": True} for label in _sum_heads()),
        ],
        "page": page,
        "export": file_addresses(request),
        **filtering.emptiness(
            request,
            _("还没有资金池"),
            _("每一级资金、每一种用途、每个年度各设一个；下达、安排、拨付都从这里数。"),
            problem=choice.problem,
            begin=(reverse("funds:pool-new"), _("设立资金池")) if may_plan else None,
        ),
    }
    rows = [
        {
            "pool": pool,
            "level": words["level"].get(pool.level, pool.level),
            "purpose": words["purpose"].get(pool.purpose, pool.purpose),
            "sums": _sums(held[pool.pk]),
        }
        for pool in page.object_list
    ]
    context = {
        "table": table,
        "rows": rows,
        "filters": [field for field in fields if field],
        "may_plan": may_plan,
        "is_fictional": any(pool.is_fictional for pool in page.object_list),
    }
    return render(request, "funds/pool_list.html", context)


def _words() -> dict[str, dict[str, str]]:
    return {each: dict(queries.terms_of(each)) for each in ("level", "purpose")}


def _sum_heads() -> list[str]:
    return [_("下达（元）"), _("已安排未拨（元）"), _("已拨付（元）"), _("可用（元）")]


def _sums(held: PoolBalance) -> list[Decimal]:
    return [yuan_of(each) for each in (held.allotted, held.committed, held.paid, held.left)]


def _as_file(
    request: HttpRequest, pools: list[Pool], fields: list[Any], words: dict[str, dict[str, str]]
) -> HttpResponse:
    held = queries.balances_of([pool.pk for pool in pools])
    header = [_("资金池"), _("代码"), _("区划"), _("年度"), _("资金层级"), _("用途"), *_sum_heads(), _("虚构")]
    rows = (
        [
            pool.name,
            pool.code,
            pool.region.name,
            pool.year,
            words["level"].get(pool.level, pool.level),
            words["purpose"].get(pool.purpose, pool.purpose),
            *_sums(held[pool.pk]),
            _("是") if pool.is_fictional else "",
        ]
        for pool in pools
    )
    return table_response(request, _("资金池"), header, rows, About(fields=fields))


@require_safe
def pool(request: HttpRequest, key: UUID) -> HttpResponse:
    """A pool with everything that moved it, the newest first, each with what was left after it."""
    user = registry.reader(request.user)
    shown = queries.pool_for(user, key)
    words = _words()
    entries = queries.entries_of(shown)
    left = list(balances(entry.movement for entry in entries))
    moved = [_row(entry, after) for entry, after in zip(entries, left, strict=True)][::-1]
    now = left[-1] if left else PoolBalance()
    if wants_file(request):
        header = [_("日期"), _("事"), _("说明"), _("文号或凭证号"), *_change_heads(), _("经办人")]
        lines = (
            [row["day"], row["what"], row["about"], row["number"], *row["changes"], row["left"], row["by"]]
            for row in moved
        )
        return table_response(request, shown.name, header, lines, About(is_fictional=shown.is_fictional))
    page = Paginator(moved, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    heads = [_("日期"), _("事"), _("说明")]
    table = {
        "columns": [
            *({"label": head} for head in heads),
            *({"label": head, "numeric": True} for head in _change_heads()),
            {"label": _("经办人")},
        ],
        "page": page,
        "export": file_addresses(request),
        "empty_title": _("还没有登记指标"),
        "empty_text": _("钱按预算指标文下达之后在这里登记，登记了才能安排。"),
    }
    may_plan = queries.is_at_home(user, FundPermission.PLAN, shown.region)
    context = {
        "crumbs": crumbs_to((shown.name, "")),
        "shown": shown,
        "kicker": _("%(region)s · %(year)s年度") % {"region": shown.region.name, "year": shown.year},
        "level": words["level"].get(shown.level, shown.level),
        "purpose": words["purpose"].get(shown.purpose, shown.purpose),
        "stats": [
            {"label": label, "value": f"{value:,.2f}"} for label, value in zip(_sum_heads(), _sums(now), strict=True)
        ],
        "table": table,
        "rows": page.object_list,
        "may_plan": may_plan,
        "may_carry": may_plan and now.left > 0 and bool(queries.later_pools(shown)),
        "is_fictional": shown.is_fictional,
    }
    return render(request, "funds/pool.html", context)


def _change_heads() -> list[str]:
    return [_("下达（元）"), _("安排（元）"), _("拨付（元）"), _("可用余额（元）")]


def _row(entry: PoolEntry, after: PoolBalance) -> dict[str, Any]:
    """A movement as the page shows it. changes: of the three sums; None where it did not change."""
    movement, row = entry.movement, entry.row
    changes = [yuan_of(each) if each else None for each in (movement.allotted, movement.committed, movement.paid)]
    common = {"changes": changes, "left": yuan_of(after.left), "decision": None, "batch": None}
    match row:
        case Allotment():
            what, by, day = row.get_kind_display(), row.allotted_by, row.on
            return common | {"what": what, "about": row.note, "number": row.document, "by": by, "day": day}
        case PaymentItem():
            firm = row.account.organisation.name
            about = {"about": f"{row.case} {firm}", "number": f"{row.voucher} · {row.document}"}
            who: dict[str, Any] = {"by": row.batch.paid_by, "day": row.batch.on, "batch": row.batch}
            return common | about | who | {"what": _("已拨付")}
        case _:
            firm = row.organisation.name if row.organisation else ""
            part = _("（其中%(part)s）") % {"part": row.part} if row.part else ""
            about = {"about": f"{row.case} {firm}", "number": " · ".join(filter(None, [row.thing + part, row.reason]))}
            day = timezone.localtime(row.committed_at).date()
            who = {"by": row.committed_by, "day": day, "decision": row.decision}
            return common | about | who | {"what": _what(row)}


def _what(row: Commitment) -> str:
    if row.state == Commitment.State.RELEASED:
        return _("已释放")
    return _("已安排") if row.version == 1 else _("已调整")


@require_http_methods(["GET", "POST"])
def pool_new(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    queries.require_fund_page(user, FundPermission.PLAN)
    form = NewPoolForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.open_pool(new=NewPool(**form.cleaned_data), by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("资金池“%(name)s”已设立，接着登记指标。") % {"name": opened.name})
            return redirect("funds:pool", opened.key)
    return form_page(request, form, title=_("设立资金池"), act=_("设立"), back=reverse("funds:pool-list"))


def form_page(request: HttpRequest, form: Any, **words: Any) -> HttpResponse:
    """A page with one form. title, act, back, lead, kicker: its words and where it came from."""
    crumbs = words.pop("crumbs", None) or crumbs_to((words["title"], ""))
    return render(request, "funds/fund_form.html", {"form": form, "crumbs": crumbs, **words})


def _to_plan(request: HttpRequest, key: UUID) -> tuple[User, Pool]:
    """Who asks, and the pool; 404 for whoever does not plan there."""
    user = registry.reader(request.user)
    shown = queries.pool_for(user, key)
    if not queries.is_at_home(user, FundPermission.PLAN, shown.region):
        raise Http404
    return user, shown


@require_http_methods(["GET", "POST"])
def pool_allot(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _to_plan(request, key)
    form = AllotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.allot(pool=shown, new=NewAllotment(**form.cleaned_data), by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("指标已登记。"))
            return redirect("funds:pool", shown.key)
    return _pool_form(request, form, shown, title=_("登记指标"), act=_("登记"))


@require_http_methods(["GET", "POST"])
def pool_carry(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _to_plan(request, key)
    later = queries.later_pools(shown)
    form = CarryForm(later, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        into = typed.pop("into")
        new = NewAllotment(kind=AllotmentKind.CARRIED_OUT, **typed)
        try:
            actions.carry_over(pool=shown, into=into, new=new, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已结转到“%(name)s”，两边都登记了。") % {"name": into.name})
            return redirect("funds:pool", shown.key)
    lead = _("只能结转可用的部分；已经安排的先拨付或释放。")
    return _pool_form(request, form, shown, title=_("结转到下年"), act=_("结转"), lead=lead)


def _pool_form(request: HttpRequest, form: Any, shown: Pool, **words: Any) -> HttpResponse:
    url = reverse("funds:pool", args=[shown.key])
    crumbs = crumbs_to((shown.name, url), (words["title"], ""))
    return form_page(
        request, form, crumbs=crumbs, back=url, kicker=shown.name, is_fictional=shown.is_fictional, **words
    )
