"""Pools: the list, one with everything that happened to it, opening one, what comes in and is carried over."""

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
from xingke.funds import actions, lists, queries
from xingke.funds.actions import NewAllotment, NewPool
from xingke.funds.forms import AllotForm, CarryForm, NewPoolForm
from xingke.funds.models import Allotment, Commitment, PaymentItem, Pool
from xingke.funds.permissions import FundPermission
from xingke.funds.queries import PoolEntry
from xingke.funds.rules import AllotmentKind, PoolBalance, balances, written, yuan_of
from xingke.press.exports import About, file_addresses, table_response, wants_file
from xingke.registry import filtering
from xingke.registry import queries as registry
from xingke.registry.listing import DeclaredList, list_response


def crumbs_to(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """Where a page of this room lies: labels with addresses, the last without."""
    first = {"label": _("资金"), "url": reverse("funds:pool-list")}
    return [first, *({"label": label, **({"url": url} if url else {})} for label, url in steps)]


def listed(request: HttpRequest, declared: DeclaredList, template: str = "funds/fund_list.html") -> HttpResponse:
    """The page of one of the lists."""
    where = [] if declared is lists.POOLS else crumbs_to((str(declared.title), ""))
    begin = lists.BEGINNINGS[declared.code]
    return list_response(
        request, declared, template=template, context=lambda asked: {"crumbs": where, "begin": begin(asked)}
    )


@require_safe
def pool_list(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.POOLS, "funds/pool_list.html")


@require_safe
def pool(request: HttpRequest, key: UUID) -> HttpResponse:
    """A pool with everything that moved it, the newest first, each with what was left after it."""
    user = registry.reader(request.user)
    shown = queries.pool_for(user, key)
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
        "level": dict(queries.terms_of("level")).get(shown.level, shown.level),
        "purpose": dict(queries.terms_of("purpose")).get(shown.purpose, shown.purpose),
        "stats": [{"label": str(label), "value": written(getattr(now, code))} for code, label in lists.SUMS],
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
