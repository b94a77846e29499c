"""Organisations: the list and the page, entering one and correcting one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.permissions import Permission
from xingke.base import panels
from xingke.base.codes import is_credit_code
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day
from xingke.registry import actions, lists, queries
from xingke.registry.actions import NewOrganisation
from xingke.registry.forms import CorrectOrganisationForm, NewOrganisationForm
from xingke.registry.listing import ListRequest, list_response


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    return list_response(request, lists.ORGANISATIONS, template="registry/organisation_list.html", context=_may_besides)


def _may_besides(asked: ListRequest) -> dict[str, bool]:
    return {
        "may_enter": queries.has(asked.reader, Permission.ORGANISATION_EDIT),
        "may_see_people": queries.has(asked.reader, Permission.PERSON_READ),
    }


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
