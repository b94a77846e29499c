"""The audit trail, for the auditor: who did what, when, to what, and whether the chain of digests holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xingke.accounts import queries as accounts
from xingke.accounts.models import AuditEntry
from xingke.accounts.permissions import Permission
from xingke.base.audited import action_choices, action_words, amounts, detail_words, kind_words, value_words
from xingke.base.periods import Period
from xingke.press.exports import About, file_addresses, table_response, wants_file
from xingke.registry import filtering, queries

_OF_MANY = {"records.confirmed"}  # acts without a target of their own: what is kept as it says the act again
_UNSAID = {"digest", queries.ENTERED_AFTER, queries.ENTERED_UPTO}  # for the program only


def _month(text: str) -> Period | None:
    """A month as the browser writes it, 2026-11; none for anything else."""
    try:
        found = Period.parse(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.length == 1 else None


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    queries.require_page(user, Permission.AUDIT_READ)
    action, by, target = (request.GET.get(name, "").strip() for name in ("action", "by", "target"))
    month = _month(request.GET.get("month", ""))
    found = accounts.audit_trail(action=action, by=by, target=target, month=month)
    words, details = action_words(), _told()
    fields = [
        filtering.select("action", _("操作"), action, [(accounts.CHANGES, _("不含登录和退出")), *action_choices()]),
        {"name": "month", "label": _("月份"), "kind": "month", "value": month.code if month else ""},
        filtering.search("by", _("账号"), by, _("账号名")),
        filtering.search("target", _("对象"), target, _("名称、代码或编号的一部分")),
    ]
    if wants_file(request):
        return table_response(
            request,
            _("审计记录"),
            [
                _("序号"),
                _("时间"),
                _("账号"),
                _("姓名或岗位"),
                _("操作"),
                _("操作代码"),
                _("对象类别"),
                _("对象"),
                _("条数"),
                _("原因"),
                _("内容"),
                _("摘要"),
            ],
            (
                [
                    each.seq,
                    each.at,
                    each.by.username if each.by else "",
                    each.by_name if each.by else _("系统"),
                    words.get(each.action, each.action),
                    each.action,
                    each.target_kind,
                    each.target,
                    each.count,
                    each.reason,
                    details.said(each.detail, each.action),
                    each.digest,
                ]
                for each in found.iterator(chunk_size=2000)
            ),
            About(fields=fields),
        )
    page = Paginator(found, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        (
            each,
            words.get(each.action, each.action),
            "—" if each.action in _OF_MANY else each.target,
            details.said(each.detail, each.action),
        )
        for each in page.object_list
    ]
    table = {
        "columns": [
            {"label": _("序号"), "numeric": True},
            {"label": _("时间"), "class": "nowrap"},
            {"label": _("账号")},
            {"label": _("操作")},
            {"label": _("对象"), "class": "told"},
            {"label": _("条数"), "numeric": True},
            {"label": _("内容")},
        ],
        "page": page,
        "export": file_addresses(request),
        **filtering.emptiness(request, _("没有审计记录"), ""),
    }
    context = {
        "table": table,
        "rows": rows,
        "filters": fields,
        "chain": queries.audit_chain(check="check" in request.GET),
    }
    return render(request, "registry/audit.html", context)


def _told() -> "_Details":
    return _Details(detail_words(), _values(), action_words(), amounts())


def _values() -> dict[str, str]:
    """Codes inside the details, in words."""
    language = get_language() or "zh-hans"
    roles = {code: role.label.in_language(language) for code, role in queries.roles().items()}
    return roles | kind_words() | value_words()


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
