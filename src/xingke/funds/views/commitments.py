"""What was decided and not paid yet: the list, deciding, changing, releasing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.base.refusals import Refused
from xingke.casework.queries.choosing import case_named
from xingke.funds import actions, lists, queries
from xingke.funds.actions import NewCommitment
from xingke.funds.forms import ChangeForm, CommitForm
from xingke.funds.models import Commitment
from xingke.funds.permissions import FundPermission
from xingke.funds.queries import paying
from xingke.funds.rules import written, yuan_of
from xingke.funds.views.pools import crumbs_to, listed
from xingke.registry import queries as registry


@require_safe
def commitment_list(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.COMMITMENTS)


@require_http_methods(["GET", "POST"])
def commitment_new(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    queries.require_fund_page(user, FundPermission.PLAN)
    pools = list(queries.pools_seen(user, FundPermission.PLAN).order_by("-year", "code"))
    initial = _known_of(user, request.GET.get("case", ""))
    form = CommitForm(user, pools, request.POST or None, initial=initial)
    if (matches := form.matches(request)) is not None:
        return matches
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        given = {name: typed[name] for name in ("case", "decided", "thing", "part", "key")}
        try:
            rows = actions.commit(new=NewCommitment(shares=form.shares(), **given), by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = {"number": str(rows[0].case), "amount": written(rows[0].decided)}
            messages.success(request, _("已为%(number)s安排%(amount)s元。") % said)
            return redirect("funds:commitment", rows[0].decision)
    is_fictional = any(pool.is_fictional for pool in pools)
    context = {
        "form": form,
        "pools": pools,
        "is_fictional": is_fictional,
        "crumbs": crumbs_to((_("安排"), _list_url()), (_("安排资金"), "")),
    }
    return render(request, "funds/commitment_new.html", context)


def _list_url() -> str:
    return reverse("funds:commitment-list")


def _known_of(user: Any, number: str) -> dict[str, Any]:
    """What a case says already, for the form; nothing for one the reader does not plan for."""
    case = case_named(queries.cases_planned_for(user), number)
    if case is None:
        return {}
    return {
        "case": str(case.key),
        "thing": f"{case.title} {timezone.localtime(case.opened_at).year}"[:120],
        "decided": paying.decided_for(case),
    }


@require_http_methods(["GET", "POST"])
def commitment(request: HttpRequest, decision: UUID) -> HttpResponse:
    """What was decided at once for a case, layer by layer, with every version of it; raising and lowering it."""
    user = registry.reader(request.user)
    shares = queries.shares_of(user, decision, FundPermission.READ if request.method == "GET" else FundPermission.PLAN)
    may_plan = queries.is_at_home(user, FundPermission.PLAN, shares[0].pool.region)
    form = ChangeForm(shares, request.POST or None, initial={"seen": paying.stamp_of_shares(shares)})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.change_commitment(
                decision=decision,
                amounts=form.amounts(),
                reason=typed["reason"],
                seen=typed["seen"],
                by=user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("安排已调整。"))
            return redirect("funds:commitment", decision)
    standing = all(row.state == Commitment.State.STANDING for row in shares)
    first = shares[0]
    context = {
        "crumbs": crumbs_to((_("安排"), _list_url()), (str(first.case), "")),
        "first": first,
        "facts": _facts(shares),
        "shares": [{"row": row, "amount": yuan_of(row.amount)} for row in shares],
        "together": yuan_of(sum(row.amount for row in shares)),
        "versions": [_version(row) for row in queries.versions_of(decision)],
        "form": form if may_plan and standing else None,
        "seen": paying.stamp_of_shares(shares),
        "may_plan": may_plan and standing,
        "on_batch": queries.batch_of(shares),
        "is_fictional": first.pool.is_fictional,
    }
    return render(request, "funds/commitment.html", context)


def _facts(shares: list[Commitment]) -> list[dict[str, Any]]:
    first = shares[0]
    return [
        {"label": pgettext("case", "事项"), "value": f"{first.case} {first.case.title}"},
        {"label": _("单位"), "value": first.organisation.name if first.organisation else ""},
        {"label": _("事由"), "value": first.thing},
        *([{"label": _("其中"), "value": first.part}] if first.part else []),
        {"label": _("审定金额（元）"), "value": f"{yuan_of(first.decided):,.2f}", "numeric": True},
    ]


def _version(row: Commitment) -> dict[str, Any]:
    what = {Commitment.State.RELEASED: _("已释放"), Commitment.State.PAID: _("已拨付")}.get(Commitment.State(row.state))
    return {
        "row": row,
        "what": what or (_("已安排") if row.version == 1 else _("已调整")),
        "amount": yuan_of(row.amount),
    }


@require_POST
def commitment_release(request: HttpRequest, decision: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    queries.shares_of(user, decision)
    try:
        rows = actions.release(
            decision=decision,
            reason=request.POST.get("reason", "")[:500],
            seen=request.POST.get("seen", ""),
            by=user,
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        amount = written(sum(row.amount for row in rows))
        messages.success(request, _("已释放%(amount)s元，资金池里又可以安排了。") % {"amount": amount})
    return redirect("funds:commitment", decision)
