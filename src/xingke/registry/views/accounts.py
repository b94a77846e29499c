"""Accounts, for the system administrator: who there is, opening one, closing one, another first password."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts import actions
from xingke.accounts.forms import NewAccountForm, ResetForm
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.press.exports import About, file_addresses, table_response, wants_file
from xingke.registry import filtering, queries

STATES = {"open": True, "closed": False}


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    text, state = request.GET.get("q", ""), request.GET.get("state", "")
    found = queries.accounts_listed(user, search=text, is_active=STATES.get(state))
    page = Paginator(found, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    listed = list(found if wants_file(request) else page.object_list)
    language = get_language() or "zh-hans"
    held = queries.roles_by_account(listed)
    rows = [(each, _("、").join(role.label.in_language(language) for role in held.get(each.pk, ()))) for each in listed]
    fields = [
        filtering.search("q", _("账号"), text, _("账号或姓名")),
        filtering.select(
            "state",
            _("状态"),
            state,
            [("open", pgettext("state", "启用")), ("closed", pgettext("state", "停用"))],
        ),
    ]
    if wants_file(request):
        return table_response(
            request,
            _("账号"),
            [_("账号"), _("姓名或岗位"), _("岗位角色"), _("最近登录"), _("开立时间"), _("状态")],
            (
                [
                    each.username,
                    each.name,
                    roles,
                    each.last_login,
                    each.created_at,
                    pgettext("state", "启用") if each.is_active else pgettext("state", "停用"),
                ]
                for each, roles in rows
            ),
            About(fields=fields),
        )
    table = {
        "columns": [
            {"label": _("账号")},
            {"label": _("岗位角色")},
            {"label": _("最近登录"), "class": "nowrap told"},
            {"label": _("状态")},
            {"label": _("操作")},
        ],
        "page": page,
        "export": file_addresses(request),
        **filtering.emptiness(request, _("没有账号"), ""),
    }
    return render(request, "registry/account_list.html", {"table": table, "rows": rows, "filters": fields, "own": user})


@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    queries.require_page(user, Permission.ACCOUNT_MANAGE)
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            password, generated = _first_password(form)
            typed = form.cleaned_data | {"password": password}
            opened = actions.create_account(**typed, by=user, now=timezone.now(), for_now=True)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("账号“%(name)s”已开立，授予岗位角色后才能使用；首次登录须更改密码。")
            return _told(request, said % {"name": opened.username}, opened, generated)
    crumbs = [{"label": pgettext("several", "账号"), "url": reverse("registry:account-list")}, {"label": _("开立账号")}]
    return render(request, "registry/account_new.html", {"form": form, "crumbs": crumbs})


def _first_password(form: NewAccountForm | ResetForm) -> tuple[str, str]:
    """The first password to be set, and the same once more where nobody typed it and it has to be told."""
    if typed := form.cleaned_data["password"]:
        return typed, ""
    generated = actions.first_password()
    return generated, generated


def _told(request: HttpRequest, said: str, account: User, generated: str) -> HttpResponse:
    """Back to the list; a password that was made up is told first, on a page that is kept nowhere."""
    if not generated:
        messages.success(request, said)
        return redirect("registry:account-list")
    crumbs = [{"label": pgettext("several", "账号"), "url": reverse("registry:account-list")}, {"label": _("初始密码")}]
    context = {"account": account, "said": said, "password": generated, "crumbs": crumbs}
    response = render(request, "registry/account_password.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def account_switch(request: HttpRequest, username: str) -> HttpResponse:
    user = queries.reader(request.user)
    account = queries.account_for(user, username)
    active = request.POST.get("active") == "1"
    try:
        actions.set_account_active(user=account, active=active, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("账号“%(name)s”已启用。") if active else _("账号“%(name)s”已停用，不能再登录。")
        messages.success(request, words % {"name": account.username})
    return redirect("registry:account-list")


@require_http_methods(["GET", "POST"])
def account_reset(request: HttpRequest, username: str) -> HttpResponse:
    user = queries.reader(request.user)
    account = queries.account_for(user, username)
    form = ResetForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            password, generated = _first_password(form)
            actions.reset_password(user=account, password=password, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("账号“%(name)s”的密码已重置，请当面告知本人；首次登录须更改密码。")
            return _told(request, said % {"name": account.username}, account, generated)
    crumbs = [{"label": pgettext("several", "账号"), "url": reverse("registry:account-list")}, {"label": _("重置密码")}]
    return render(request, "registry/account_reset.html", {"form": form, "crumbs": crumbs, "account": account})
