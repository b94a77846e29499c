"""Organisations: the list and the page, entering one and correcting one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import panels
from xingke.base.codes import is_credit_code
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day
from xingke.press.exports import About, file_addresses, table_response, wants_file
from xingke.registry import actions, filtering, queries
from xingke.registry.actions import NewOrganisation
from xingke.registry.forms import CorrectOrganisationForm, NewOrganisationForm
from xingke.registry.models import Organisation

SORTS = {"name": "name", "region": "region__path", "founded": "founded_on"}


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    allowed = queries.require_page(user, Permission.ORGANISATION_READ)
    may_enter = queries.has(user, Permission.ORGANISATION_EDIT)
    text, zone = request.GET.get("q", ""), request.GET.get("zone", "")
    choice = filtering.choose_region(allowed, request.GET.get("region", ""))
    sorted_by, column = filtering.order(request.GET.get("sort", ""), SORTS, "name")
    found = queries.organisations_listed(user, search=text, zone=zone).filter(choice.narrow()).order_by(column, "pk")
    zones = [(each.code, each.name) for each in queries.zones_within(allowed)]
    fields = [
        filtering.search("q", _("单位"), text, _("名称或统一社会信用代码")),
        choice.field,
        filtering.select("zone", _("功能区"), zone, zones) if zones else None,
    ]
    if wants_file(request):
        return _as_file(request, user, found, fields)
    page = Paginator(found, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    heads, rows = _with_counts(user, list(page.object_list))
    columns: list[dict[str, Any]] = [
        {"label": _("单位"), "key": "name"},
        {"label": _("区划"), "key": "region"},
        {"label": _("功能区")},
        *({"label": head, "numeric": True} for head in heads),
        {"label": _("成立日期"), "key": "founded", "class": "nowrap told"},
    ]
    table = {
        "columns": filtering.columns(columns, sorted_by),
        "page": page,
        "export": file_addresses(request),
        **filtering.emptiness(
            request,
            _("没有可以查看的单位"),
            _("本辖区还没有登记单位。"),
            problem=choice.problem,
            begin=(reverse("registry:organisation-new"), _("登记单位")) if may_enter else None,
        ),
    }
    context = {
        "table": table,
        "rows": rows,
        "filters": [field for field in fields if field],
        "may_enter": may_enter,
        "may_see_people": queries.has(user, Permission.PERSON_READ),
        "is_fictional": any(row.is_fictional for row, _cells in rows),
    }
    return render(request, "registry/organisation_list.html", context)


def _with_counts(user: User, found: Sequence[Organisation]) -> tuple[list[str], list[tuple[Organisation, list[Any]]]]:
    """Heads and cells that upper rooms add to the list: panels of ``organisation-list`` give ``heads`` (texts) and
    ``cells`` (organisation id → one number per head)."""
    added = panels.panels("organisation-list", user, found)
    heads = [head for panel in added for head in panel.context["heads"]]
    return heads, [(each, [number for panel in added for number in panel.context["cells"][each.pk]]) for each in found]


def _as_file(request: HttpRequest, user: User, found: Any, fields: Sequence[Any]) -> HttpResponse:
    heads, rows = _with_counts(user, list(found))
    header = [
        _("名称"),
        _("统一社会信用代码"),
        _("类别"),
        _("区划"),
        _("区划代码"),
        _("功能区"),
        *heads,
        _("成立日期"),
        _("虚构"),
    ]
    return table_response(
        request,
        _("单位"),
        header,
        (
            [
                row.name,
                row.credit_code,
                row.get_kind_display(),
                row.region.name,
                row.region.code,
                row.zone.name if row.zone else "",
                *cells,
                row.founded_on,
                _("是") if row.is_fictional else "",
            ]
            for row, cells in rows
        ),
        About(fields=fields),
    )


@require_safe
def organisation(request: HttpRequest, key: UUID) -> HttpResponse:
    user = queries.reader(request.user)
    shown = queries.organisation_for(user, key)
    facts = [
        {
            "label": _("统一社会信用代码"),
            "value": shown.credit_code,
            "numeric": True,
            "note": _doubt(shown.credit_code),
        },
        {"label": _("类别"), "value": shown.get_kind_display()},
        {"label": _("区划"), "value": shown.region.name, "note": shown.region.code},
        {"label": _("功能区"), "value": shown.zone.name if shown.zone else _("不在功能区内")},
        {"label": _("行业代码"), "value": shown.industry},
        {"label": _("成立日期"), "value": day(shown.founded_on)},
    ]
    context = {
        "crumbs": [
            {"label": pgettext("several", "单位"), "url": reverse("registry:organisation-list")},
            {"label": shown.name},
        ],
        "shown": shown,
        "facts": facts,
        "panels": panels.panels("organisation", user, shown),
        "may_correct": queries.scope(user, Permission.ORGANISATION_EDIT).covers(shown.region.path),
        "actions": panels.panels("organisation-actions", user, shown),
        "is_fictional": shown.is_fictional,
    }
    return render(request, "registry/organisation.html", context)


@require_http_methods(["GET", "POST"])
def organisation_new(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    queries.require_page(user, Permission.ORGANISATION_EDIT)
    form = NewOrganisationForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        new = NewOrganisation(**entered, is_fictional=entered["region"].is_fictional)
        try:
            actions.enter_organisations(
                organisations=[new], by=user, now=timezone.now(), source=new.name, sure=form.sure
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("单位“%(name)s”已登记。") % {"name": new.name})
            return redirect("registry:organisation", new.key)
    context = {"form": form, "crumbs": _crumbs(_("登记单位")), "title": _("登记单位")}
    return render(request, "registry/organisation_form.html", context)


@require_http_methods(["GET", "POST"])
def organisation_correct(request: HttpRequest, key: UUID) -> HttpResponse:
    user = queries.reader(request.user)
    shown = queries.organisation_to_correct(user, key)
    form = CorrectOrganisationForm(user, shown, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_organisation(
                organisation=shown,
                changes=form.changes(),
                seen=form.cleaned_data["seen"],
                reason=form.cleaned_data["reason"],
                by=user,
                now=timezone.now(),
                sure=form.sure,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("登记信息已更正。"))
            return redirect("registry:organisation", key)
    context = {
        "form": form,
        "crumbs": _crumbs(shown.name, _("更正")),
        "title": _("更正登记信息"),
        "shown": shown,
        "is_fictional": shown.is_fictional,
    }
    return render(request, "registry/organisation_form.html", context)


def _doubt(code: str) -> str:
    """What speaks against a credit code that was accepted: codes with a wrong check character have been given out."""
    return "" if not code or is_credit_code(code) else _("校验位不符，请对照营业执照核对。")


def _crumbs(*steps: str) -> list[dict[str, str]]:
    first = {"label": pgettext("several", "单位"), "url": reverse("registry:organisation-list")}
    return [first, *({"label": step} for step in steps)]
