"""The audit trail as a list: who did what, when, to what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xingke.accounts import queries as accounts
from xingke.accounts.models import AuditEntry
from xingke.accounts.permissions import Permission
from xingke.base.audited import action_choices, action_words, amounts, detail_words, kind_words, value_words
from xingke.registry import queries
from xingke.registry.listing import (
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    SearchFilter,
    month_of,
)

_OF_MANY = {"records.confirmed"}  # acts without a target of their own: what is kept as it says the act again
_UNSAID = {"digest", queries.ENTERED_AFTER, queries.ENTERED_UPTO}  # for the program only


class AuditRow(NamedTuple):
    """An entry with its act, its target and its details in words."""

    of: AuditEntry
    act: str
    target: str
    detail: str


@dataclass(frozen=True)
class _Details:
    """How an entry's details are said."""

    names: Mapping[str, str]
    values: Mapping[str, str]
    acts: Mapping[str, str]
    amounts: Mapping[str, tuple[str, int]]

    def said(self, detail: Mapping[str, object], action: str = "") -> str:
        """The recorded details in one line, without what is empty and without digests of files."""
        shown = {name: value for name, value in detail.items() if name not in _UNSAID and value not in ("", None)}
        is_file = action.startswith("evidence.")  # whose name is a file's, not a person's
        return _("；").join(
            (self.names["files"] if is_file and name == "name" else self._called(name))
            + _("：")
            + self._plain(name, value)
            for name, value in shown.items()
        )

    def _called(self, name: str) -> str:
        return self.amounts[name][0] if name in self.amounts else self.names.get(name, name)

    def _plain(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if name == "files" and isinstance(value, dict):
            return _("、").join(value.values())
        if name == AuditEntry.PARTS and isinstance(value, list):
            return _("、").join(
                _("%(act)s %(count)s 条")
                % {"act": self.acts.get(part["action"], part["action"]), "count": part["count"]}
                for part in value
            )
        if name in self.amounts and isinstance(value, int):
            return f"{Decimal(value) / self.amounts[name][1]:f}"
        if isinstance(value, dict):
            return _("，").join(f"{self.values.get(code, code)} {count}" for code, count in value.items() if count)
        return self.values.get(str(value), str(value)) if name in ("role", "kind") else str(value)


def told_details() -> _Details:
    """How details are said to whoever reads now."""
    return _Details(detail_words(), _values(), action_words(), amounts())


def _values() -> dict[str, str]:
    """Codes inside the details, in words."""
    language = get_language() or "zh-hans"
    roles = {code: role.label.in_language(language) for code, role in queries.roles().items()}
    return roles | kind_words() | value_words()


def _trail(asked: ListRequest) -> QuerySet[AuditEntry]:
    return accounts.audit_trail(
        action=asked["action"], by=asked["by"], target=asked["target"], month=month_of(asked["month"])
    )


def _in_words(asked: ListRequest, found: Sequence[AuditEntry]) -> list[AuditRow]:
    if "details" not in asked.kept:
        asked.kept |= {"details": told_details(), "acts": action_words()}
    details, acts = asked.kept["details"], asked.kept["acts"]
    return [
        AuditRow(
            each,
            acts.get(each.action, each.action),
            "—" if each.action in _OF_MANY else each.target,
            details.said(each.detail, each.action),
        )
        for each in found
    ]


def _account_cell(row: AuditRow) -> ListedCell:
    return ListedCell(row.of.by_name, sub=row.of.by.username) if row.of.by else ListedCell(_("系统"))


def _target_cell(row: AuditRow) -> ListedCell:
    return ListedCell(row.target, hint=row.target)


def _content_cell(row: AuditRow) -> ListedCell | str:
    if not row.of.reason:
        return row.detail
    return ListedCell(_("原因：%(reason)s") % {"reason": row.of.reason}, sub=row.detail)


AUDIT = DeclaredList(
    code="audit",
    title=gettext_lazy("审计"),
    caption=gettext_lazy("审计记录"),
    file_name=gettext_lazy("审计记录"),
    lead=gettext_lazy(
        "每一次改动、授权和登录，谁、何时、做了什么。每条记录的摘要都包含上一条的摘要，改动任何一条都会断链。"
    ),
    url_name="registry:audit",
    permission=Permission.AUDIT_READ,
    rows=_trail,
    load=_in_words,
    order="-seq",
    leading=4,
    filters=(
        ChoiceFilter(
            name="action",
            label=gettext_lazy("操作"),
            options=lambda asked: [(accounts.CHANGES, _("不含登录和退出")), *action_choices()],
        ),
        SearchFilter(name="month", label=gettext_lazy("月份"), is_month=True),
        SearchFilter(name="by", label=gettext_lazy("账号"), placeholder=gettext_lazy("账号名")),
        SearchFilter(name="target", label=gettext_lazy("对象"), placeholder=gettext_lazy("名称、代码或编号的一部分")),
        DayFilter(name="on", label=gettext_lazy("日期"), path="at__date"),
    ),
    columns=(
        ListColumn(
            code="seq",
            label=gettext_lazy("序号"),
            sort="pk",
            is_indexed=True,
            is_numeric=True,
            cell=lambda row: str(row.of.seq),
            file=(FileColumn(label=gettext_lazy("序号"), value=lambda row: row.of.seq),),
        ),
        ListColumn(code="at", label=gettext_lazy("时间"), sort="at", is_whole=True, cell=lambda row: row.of.at),
        ListColumn(
            code="by",
            label=gettext_lazy("账号"),
            sort="by__username",
            is_whole=True,
            cell=_account_cell,
            file=(
                FileColumn(label=gettext_lazy("账号"), value=lambda row: row.of.by.username if row.of.by else ""),
                FileColumn(
                    label=gettext_lazy("姓名或岗位"), value=lambda row: row.of.by_name if row.of.by else _("系统")
                ),
            ),
        ),
        ListColumn(
            code="action",
            label=gettext_lazy("操作"),
            sort="action",
            is_whole=True,
            cell=lambda row: row.act,
            file=(
                FileColumn(label=gettext_lazy("操作"), value=lambda row: row.act),
                FileColumn(label=gettext_lazy("操作代码"), value=lambda row: row.of.action),
            ),
        ),
        ListColumn(
            code="target",
            label=gettext_lazy("对象"),
            is_told=True,
            cell=_target_cell,
            file=(
                FileColumn(label=gettext_lazy("对象类别"), value=lambda row: row.of.target_kind),
                FileColumn(label=gettext_lazy("对象"), value=lambda row: row.of.target),
            ),
        ),
        ListColumn(
            code="count",
            label=gettext_lazy("条数"),
            sort="count",
            is_numeric=True,
            cell=lambda row: row.of.count,
        ),
        ListColumn(
            code="content",
            label=gettext_lazy("内容"),
            is_wide=True,
            cell=_content_cell,
            file=(
                FileColumn(label=gettext_lazy("原因"), value=lambda row: row.of.reason),
                FileColumn(label=gettext_lazy("内容"), value=lambda row: row.detail),
            ),
        ),
        ListColumn(
            code="digest",
            label=gettext_lazy("摘要"),
            is_optional=True,
            is_told=True,
            cell=lambda row: ListedCell(row.of.digest, hint=row.of.digest),
        ),
    ),
    empty=lambda asked: EmptyList(title=_("没有审计记录")),
)
