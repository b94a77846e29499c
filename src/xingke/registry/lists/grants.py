"""The list of grants: who holds which role where, since when, by whom."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

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
from xingke.registry.models import Grant

REVOKED = "revoked"


class GrantRow(NamedTuple):
    """A grant, its role and section in words, and the button that takes it back."""

    of: Grant
    role: str
    section: str
    act: str


def _roles() -> dict[str, str]:
    language = get_language() or "zh-hans"
    return {code: known.label.in_language(language) for code, known in queries.roles().items()}


def _grants(asked: ListRequest) -> QuerySet[Grant]:
    revoked = asked["state"] == REVOKED
    return queries.grants_managed_by(asked.reader, search=asked["q"], role=asked["role"], revoked=revoked)


def _in_words(asked: ListRequest, found: Sequence[Grant]) -> list[GrantRow]:
    roles = _roles()
    sections = partial(queries.term_label, "section", language=get_language() or "zh-hans")
    rows = []
    for each in found:
        role, section = roles.get(each.role, each.role), sections(each.section) if each.section else ""
        rows.append(GrantRow(each, role, section, "" if asked.is_file else _act(asked, each, role)))
    return rows


def _act(asked: ListRequest, each: Grant, role: str) -> str:
    given = {"row": each, "role": role, "own": asked.reader, "csrf_token": get_token(asked.request)}
    return render_to_string("registry/grant_acts.html", given)


def _where(row: GrantRow) -> str:
    """Where a role is held, and for what in it: several lines."""
    grant = row.of
    lines = [("sub tnum", grant.region.code)]
    if grant.organisation:
        lines.append(("sub", _("仅限：%(name)s") % {"name": grant.organisation.name}))
    if grant.who:
        lines.append(("sub", _("以本人名义：%(name)s") % {"name": grant.who}))
    return format_html("{}{}", grant.region.name, format_html_join("", '<span class="{}">{}</span>', lines))


def _given(row: GrantRow) -> ListedCell:
    day = timezone.localtime(row.of.given_at).date()
    return ListedCell(day, sub=row.of.given_by or _("系统初始化"))


GRANTS = DeclaredList(
    code="grants",
    title=gettext_lazy("授权"),
    caption=gettext_lazy("授权清单"),
    lead=gettext_lazy("谁在哪个区划、以什么岗位工作。系统管理员、安全管理员、安全审计员不得由同一账号担任。"),
    url_name="registry:grant-list",
    permission=Permission.GRANT_MANAGE,
    rows=_grants,
    load=_in_words,
    order="account",
    row_words=lambda row: f"{row.of.user.username} {row.role}",
    filters=(
        SearchFilter(label=gettext_lazy("账号"), placeholder=gettext_lazy("账号或姓名")),
        ChoiceFilter(name="role", label=gettext_lazy("岗位角色"), options=lambda asked: list(_roles().items())),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=lambda asked: [(REVOKED, _("已收回"))],
            everything=lambda: _("有效"),
        ),
    ),
    columns=(
        ListColumn(
            code="account",
            label=gettext_lazy("账号"),
            sort="user__username",
            is_wide=True,
            cell=lambda row: ListedCell(row.of.user.name, sub=row.of.user.username),
            file=(
                FileColumn(label=gettext_lazy("账号"), value=lambda row: row.of.user.username),
                FileColumn(label=gettext_lazy("姓名或岗位"), value=lambda row: row.of.user.name),
            ),
        ),
        ListColumn(
            code="role",
            label=gettext_lazy("岗位角色"),
            sort="role",
            cell=lambda row: ListedCell(row.role, sub=row.section),
            file=(FileColumn(label=gettext_lazy("岗位角色"), value=lambda row: row.role),),
        ),
        ListColumn(
            code="where",
            label=gettext_lazy("范围"),
            sort="region__path",
            is_wide=True,
            cell=_where,
            file=(
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row.of.region.name),
                FileColumn(label=gettext_lazy("区划代码"), value=lambda row: row.of.region.code),
                FileColumn(
                    label=gettext_lazy("单位"),
                    value=lambda row: row.of.organisation.name if row.of.organisation else "",
                ),
                FileColumn(label=gettext_lazy("人员"), value=lambda row: row.of.who.name if row.of.who else ""),
                FileColumn(label=gettext_lazy("人员编号"), value=lambda row: str(row.of.who.key) if row.of.who else ""),
                FileColumn(label=gettext_lazy("科室"), value=lambda row: row.section),
            ),
        ),
        ListColumn(
            code="given",
            label=pgettext_lazy("when", "授权"),
            sort="given_at",
            is_whole=True,
            cell=_given,
            file=(
                FileColumn(label=gettext_lazy("授权时间"), value=lambda row: row.of.given_at),
                FileColumn(label=gettext_lazy("授权人"), value=lambda row: row.of.given_by),
            ),
        ),
        ListColumn(
            code="taken",
            label=gettext_lazy("收回"),
            sort="revoked_at",
            is_whole=True,
            cell=lambda row: row.act,
            file=(
                FileColumn(label=gettext_lazy("收回时间"), value=lambda row: row.of.revoked_at),
                FileColumn(label=gettext_lazy("收回人"), value=lambda row: row.of.revoked_by),
            ),
        ),
    ),
    empty=lambda asked: EmptyList(title=_("没有授权"), text=_("请授予角色。")),
)
