"""Grants, for the security administrator: who holds which role where; giving and taking back."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts import actions as account_actions
from xingke.accounts import queries as accounts
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.press.exports import About, file_addresses, table_response, wants_file
from xingke.registry import actions, filtering, queries
from xingke.registry.forms import GrantForm


@require_safe
def grant_list(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    queries.require_page(user, Permission.GRANT_MANAGE)
    text, role, state = (request.GET.get(name, "") for name in ("q", "role", "state"))
    revoked = state == "revoked"
    found = queries.grants_managed_by(user, search=text, role=role, revoked=revoked)
    language = get_language() or "zh-hans"
    labels = {code: known.label.in_language(language) for code, known in queries.roles().items()}
    page = Paginator(found, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    sections = partial(queries.term_label, "section", language=language)
    rows = [
        (each, labels.get(each.role, each.role), sections(each.section) if each.section else "")
        for each in (found if wants_file(request) else page.object_list)
    ]
    fields = [
        filtering.search("q", _("账号"), text, _("账号或姓名")),
        filtering.select("role", _("岗位角色"), role, list(labels.items())),
        filtering.select("state", _("状态"), state, [("revoked", _("已收回"))], _("有效")),
    ]
    if wants_file(request):
        return table_response(
            request,
            _("授权"),
            [
                _("账号"),
                _("姓名或岗位"),
                _("岗位角色"),
                _("区划"),
                _("区划代码"),
                _("单位"),
                _("人员"),
                _("人员编号"),
                _("科室"),
                _("授权时间"),
                _("授权人"),
                _("收回时间"),
                _("收回人"),
            ],
            (
                [
                    each.user.username,
                    each.user.name,
                    words,
                    each.region.name,
                    each.region.code,
                    each.organisation.name if each.organisation else "",
                    each.who.name if each.who else "",
                    str(each.who.key) if each.who else "",
                    section,
                    each.given_at,
                    each.given_by,
                    each.revoked_at,
                    each.revoked_by,
                ]
                for each, words, section in rows
            ),
            About(fields=fields),
        )
    table = {
        "columns": [
            {"label": _("账号")},
            {"label": _("岗位角色")},
            {"label": _("范围")},
            {"label": pgettext("when", "授权"), "class": "nowrap"},
            {"label": _("收回") if revoked else _("操作")},
        ],
        "page": page,
        "export": file_addresses(request),
        **filtering.emptiness(request, _("没有授权"), _("请授予角色。")),
    }
    locked = accounts.locked_accounts(timezone.now())
    context = {"table": table, "rows": rows, "filters": fields, "own": user, "locked": locked}
    return render(request, "registry/grant_list.html", context)


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
