"""Where organisations are paid: the list, entering one, confirming or declining it, opening its number."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import moment
from xingke.funds import lists, queries
from xingke.funds.actions import accounts as actions
from xingke.funds.actions.accounts import NewAccount
from xingke.funds.forms import AccountForm
from xingke.funds.lists import ACCOUNT_STATES, account_state
from xingke.funds.models import PayAccount
from xingke.funds.permissions import FundPermission
from xingke.funds.views.pools import crumbs_to, form_page, listed
from xingke.registry import queries as registry


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.ACCOUNTS)


@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    queries.require_fund_page(user, FundPermission.PLAN)
    initial = {"organisation": request.GET.get("firm", "")[:120], "region": request.GET.get("region", "")}
    form = AccountForm(user, request.POST or None, initial={name: said for name, said in initial.items() if said})
    if request.method == "POST" and form.is_valid():
        try:
            entered = actions.enter_account(new=NewAccount(**form.cleaned_data), by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("收款账户已登记，由另一人确认后才能拨付。"))
            return redirect("funds:account", entered.key)
    url = reverse("funds:account-list")
    title = _("登记收款账户")
    return form_page(
        request, form, title=title, act=_("登记"), back=url, crumbs=crumbs_to((_("收款账户"), url), (title, ""))
    )


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, key: UUID) -> HttpResponse:
    """An account; the number stands masked, and whole once after somebody who may asked for it."""
    user = registry.reader(request.user)
    shown = queries.account_for(user, key)
    region = shown.organisation.region
    may_pay = queries.is_at_home(user, FundPermission.PAY, region)
    may_decide = may_pay or queries.is_at_home(user, FundPermission.PLAN, region)
    number, problem = shown.shown, ""
    if request.method == "POST":
        if not may_decide:
            raise Http404
        try:
            number = actions.open_account(account=shown, by=user, now=timezone.now())
        except Refused as refusal:
            problem = str(refusal)
    state = account_state(shown)
    context = {
        "crumbs": crumbs_to((_("收款账户"), reverse("funds:account-list")), (shown.organisation.name, "")),
        "shown": shown,
        "problem": problem,
        "facts": _facts(shown, number, str(ACCOUNT_STATES[state][1])),
        "is_masked": number == shown.shown and may_decide,
        "before": queries.account_before(shown) if state == "waiting" else None,
        "may_decide": may_decide and state == "waiting" and shown.entered_by != user,
        "is_own": state == "waiting" and shown.entered_by == user,
        "is_fictional": shown.organisation.is_fictional,
    }
    response = render(request, "funds/account.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _facts(shown: PayAccount, number: str, state: str) -> list[dict[str, Any]]:
    answered = [(shown.confirmed_by, shown.confirmed_at, _("确认")), (shown.declined_by, shown.declined_at, _("退回"))]
    return [
        {"label": _("户名"), "value": shown.name},
        {"label": _("开户银行"), "value": shown.bank},
        {"label": _("账号"), "value": number, "numeric": True},
        {"label": _("状态"), "value": state},
        {"label": _("登记"), "value": str(shown.entered_by), "note": moment(shown.entered_at)},
        *({"label": word, "value": str(by), "note": moment(at)} for by, at, word in answered if by is not None),
        *([{"label": _("变更原因"), "value": shown.reason}] if shown.reason else []),
        *([{"label": _("退回原因"), "value": shown.declined_because}] if shown.declined_because else []),
    ]


@require_POST
def account_decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Confirm an account, or decline it with a reason."""
    user = registry.reader(request.user)
    shown = queries.account_for(user, key)
    if not any(queries.is_at_home(user, each, shown.region) for each in (FundPermission.PAY, FundPermission.PLAN)):
        raise Http404
    try:
        if request.POST.get("outcome") == "declined":
            reason = request.POST.get("reason", "")[:500]
            actions.decline_account(account=shown, reason=reason, by=user, now=timezone.now())
            messages.success(request, _("收款账户已退回。"))
        else:
            actions.confirm_account(account=shown, by=user, now=timezone.now())
            messages.success(request, _("收款账户已确认，以后的拨付用它。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("funds:account", key)
