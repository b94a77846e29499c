"""Accounts, for the system administrator: who there is, opening one, closing one, another first password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts import actions
from xingke.accounts.forms import NewAccountForm, ResetForm
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.registry import lists, queries
from xingke.registry.listing import list_response


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    return list_response(request, lists.ACCOUNTS, template="registry/account_list.html")


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
