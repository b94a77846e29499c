"""Grants, for the security administrator: who holds which role where; giving and taking back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts import actions as account_actions
from xingke.accounts import queries as accounts
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.registry import actions, lists, queries
from xingke.registry.forms import GrantForm
from xingke.registry.listing import ListRequest, list_response


@require_safe
def grant_list(request: HttpRequest) -> HttpResponse:
    return list_response(request, lists.GRANTS, template="registry/grant_list.html", context=_besides)


def _besides(_asked: ListRequest) -> dict[str, Any]:
    return {"locked": accounts.locked_accounts(timezone.now())}


@require_http_methods(["GET", "POST"])
def grant_give(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    queries.require_page(user, Permission.GRANT_MANAGE)
    form = GrantForm(request.POST or None, initial={"username": request.GET.get("account", "")})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.give_role(
                user=given["username"],
                role=given["role"],
                region=given["region"],
                organisation=given["organisation"],
                person=given["person"],
                section=given["section"],
                by=user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = _("已授予“%(account)s”在%(region)s的岗位角色。")
            messages.success(request, words % {"account": given["username"].username, "region": given["region"].name})
            return redirect("registry:grant-list")
    language = get_language() or "zh-hans"
    roles = [
        {"label": role.label.in_language(language), "value": role.purpose.in_language(language)}
        for role in queries.roles().values()
    ]
    crumbs = [{"label": _("授权"), "url": reverse("registry:grant-list")}, {"label": _("授予角色")}]
    return render(request, "registry/grant_give.html", {"form": form, "roles": roles, "crumbs": crumbs})


@require_POST
def grant_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    user = queries.reader(request.user)
    grant = queries.grant_for(user, pk)
    try:
        actions.take_role_back(grant=grant, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("已收回“%(account)s”在%(region)s的岗位角色。")
        messages.success(request, words % {"account": grant.user.username, "region": grant.region.name})
    return redirect("registry:grant-list")


@require_POST
def account_unlock(request: HttpRequest, username: str) -> HttpResponse:
    """Let somebody sign in again who failed too often, or at whose account others did."""
    user = queries.reader(request.user)
    account = queries.account_to_unlock(user, username)
    try:
        account_actions.unlock_account(user=account, by=user, now=timezone.now())
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("账号“%(name)s”已解锁，现在可以登录。") % {"name": account.username})
    return redirect("registry:grant-list")
