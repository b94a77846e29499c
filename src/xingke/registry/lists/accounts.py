"""The list of accounts: who may sign in, with which roles, and when they last did."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.registry import queries
from xingke.registry.listing import (
    ChoiceFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    SearchFilter,
)

STATES = {"open": True, "closed": False}


class AccountRow(NamedTuple):
    """An account, its roles in words, and the buttons of what may be done to it."""

    of: User
    roles: str
    acts: str


def _accounts(asked: ListRequest) -> QuerySet[User]:
    return queries.accounts_listed(asked.reader, search=asked["q"], is_active=STATES.get(asked["state"]))


def _with_roles(asked: ListRequest, found: Sequence[User]) -> list[AccountRow]:
    held, language = queries.roles_by_account(found), get_language() or "zh-hans"
    comma = _("、")
    return [
        AccountRow(
            each,
            comma.join(role.label.in_language(language) for role in held.get(each.pk, ())),
            "" if asked.is_file else _acts(asked, each),
        )
        for each in found
    ]


def _acts(asked: ListRequest, each: User) -> str:
    given = {"row": each, "own": asked.reader, "csrf_token": get_token(asked.request)}
    return render_to_string("registry/account_acts.html", given)


def _state(row: AccountRow) -> str:
    return pgettext("state", "启用") if row.of.is_active else pgettext("state", "停用")


ACCOUNTS = DeclaredList(
    code="accounts",
    title=pgettext_lazy("several", "账号"),
    caption=gettext_lazy("账号名单"),
    file_name=gettext_lazy("账号"),
    lead=gettext_lazy("谁能登录。角色由安全管理员授予，这里只能查看。"),
    url_name="registry:account-list",
    permission=Permission.ACCOUNT_MANAGE,
    rows=_accounts,
    load=_with_roles,
    order="account",
    row_words=lambda row: row.of.username,
    filters=(
        SearchFilter(label=gettext_lazy("账号"), placeholder=gettext_lazy("账号或姓名")),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=lambda asked: [("open", pgettext("state", "启用")), ("closed", pgettext("state", "停用"))],
        ),
    ),
    columns=(
        ListColumn(
            code="account",
            label=gettext_lazy("账号"),
            sort="username",
            is_indexed=True,
            is_wide=True,
            cell=lambda row: ListedCell(row.of.name, sub=row.of.username),
            file=(
                FileColumn(label=gettext_lazy("账号"), value=lambda row: row.of.username),
                FileColumn(label=gettext_lazy("姓名或岗位"), value=lambda row: row.of.name),
            ),
        ),
        ListColumn(
            code="roles",
            label=gettext_lazy("岗位角色"),
            is_wide=True,
            cell=lambda row: row.roles or _("尚未授权"),
            file=(FileColumn(label=gettext_lazy("岗位角色"), value=lambda row: row.roles),),
        ),
        ListColumn(
            code="signed-in",
            label=gettext_lazy("最近登录"),
            sort="last_login",
            is_whole=True,
            is_told=True,
            cell=lambda row: row.of.last_login or _("从未登录"),
            file=(
                FileColumn(label=gettext_lazy("最近登录"), value=lambda row: row.of.last_login),
                FileColumn(label=gettext_lazy("开立时间"), value=lambda row: row.of.created_at),
            ),
        ),
        ListColumn(
            code="state",
            label=gettext_lazy("状态"),
            sort="is_active",
            cell=lambda row: ListedCell(_state(row), state="confirmed" if row.of.is_active else "void"),
        ),
        ListColumn(code="acts", label=gettext_lazy("操作"), is_whole=True, is_filed=False, cell=lambda row: row.acts),
    ),
    empty=lambda asked: EmptyList(title=_("没有账号")),
)
