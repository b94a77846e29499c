"""Calls: what is open to whoever applies, and what the bureau makes of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day, yuan
from xingke.casework import lists
from xingke.casework.actions import calls as actions
from xingke.casework.actions.calls import LIMITED, NewCall
from xingke.casework.forms.common import CallForm
from xingke.casework.lists.calls import begin_call, call_tag
from xingke.casework.models import CaseCall
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import calls as reads
from xingke.casework.queries import definitions_for
from xingke.casework.queries.common import bureau_page, is_at_home
from xingke.casework.queries.offers import is_of_applicant
from xingke.casework.rules.calls import ORGANISATION, quotas
from xingke.casework.rules.flows import Flow
from xingke.casework.views.meetings import common_list, form_page, language
from xingke.registry import queries as registry


def crumbs(*labels: str) -> list[dict[str, str]]:
    return [{"label": _("申报"), "url": reverse("casework:call-list")}, *({"label": label} for label in labels)]


@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Those that are not over first, and of these the one that ends first."""
    return common_list(request, lists.CALLS, begin_call)


@require_safe
def call(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = reads.call_for(user, key, today=timezone.localdate())
    flow = reads.definitions_of_call(shown).flow
    code, words = call_tag(shown)
    places_of = {step.code: place for place, step in enumerate(flow.step)}
    standing = sorted(reads.standing_counts(user, shown), key=lambda each: places_of.get(each.stands, 999))
    counts = [{"label": _stands(flow, each.stands), "value": each.count, "unit": _("件")} for each in standing]
    if counts and not is_at_home(user, shown.region, CasePermission.READ):  # where a case stands, its own page says
        counts = [{"label": _("已申报"), "value": sum(each.count for each in standing), "unit": _("件")}]
    context = {
        "crumbs": crumbs(shown.title),
        "shown": shown,
        "flow": flow,
        "state": code,
        "state_words": words,
        "counts": counts,
        "facts": _facts(shown, flow),
        "is_open": code == "public",
        "may_apply": is_of_applicant(user, shown.flow),
        "is_fictional": shown.is_fictional,
    }
    return render(request, "casework/call.html", context)


def _stands(flow: Flow, code: str) -> str:
    return flow.steps[code].label.in_language(language()) if code in flow.steps else _("已撤回或终止")


def _facts(shown: CaseCall, flow: Flow) -> list[dict[str, Any]]:
    form = reads.definitions_of_call(shown).form(flow.first)
    labels = {each.name: each.label.in_language(language()) for each in form.fields} if form is not None else {}
    labels[ORGANISATION] = _("申报单位")
    limits = [
        (_("“%(label)s”为“%(value)s”的最多%(most)s件") if each.value else _("每个“%(label)s”最多%(most)s件"))
        % {"label": labels.get(each.field, each.field), "value": each.words or each.value, "most": each.most}
        for each in quotas(shown.quotas)
    ]
    number = {"least": shown.least, "most": shown.most}
    return [
        {
            "label": _("受理时间"),
            "value": _("%(since)s至%(until)s") % {"since": day(shown.since), "until": day(shown.until)},
        },
        {"label": _("文号"), "value": shown.document_number},
        {"label": _("发布日期"), "value": day(shown.published_on)},
        {
            "label": _("经费"),
            "value": yuan(shown.budget_yuan) if shown.budget is not None else shown.budget_text,
            "note": shown.budget_text if shown.budget is not None else "",
        },
        *([{"label": _("最多受理"), "value": _("%(most)s件") % number}] if shown.most else []),
        *([{"label": _("不足即不成立"), "value": _("%(least)s件") % number}] if shown.least else []),
        *([{"label": _("限额"), "value": _("；").join(limits)}] if limits else []),
    ]


@require_safe
def call_flows(request: HttpRequest) -> HttpResponse:
    """What a call may be made for."""
    user = registry.reader(request.user)
    bureau_page(user, CasePermission.MANAGE)
    flows = [each for each in reads.flows_to_call() if not each.below]
    context = {
        "crumbs": crumbs(_("发布申报批次")),
        "rows": [(each, each.label.in_language(language())) for each in flows],
        "table": {
            "columns": [{"label": _("事项")}, {"label": _("依据")}],
            "count": len(flows),
            "empty_title": _("还没有可以申报的事项"),
            "empty_text": _("办理流程写在规则包里，由系统管理员装载。"),
        },
    }
    return render(request, "casework/call_flows.html", context)


@require_http_methods(["GET", "POST"])
def call_new(request: HttpRequest, flow: str) -> HttpResponse:
    user = registry.reader(request.user)
    regions = bureau_page(user, CasePermission.MANAGE)
    try:
        definitions = definitions_for(flow, regions[0])
    except LookupError:
        raise Http404 from None
    asked = definitions.form(definitions.flow.first)
    limited = [each for each in asked.fields if each.type in LIMITED and not each.personal] if asked is not None else []
    form = CallForm(limited, regions, request.POST or None, initial={"published_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            made = _make(user, flow, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("申报批次已发布。"))
            return redirect("casework:call", made.key)
    return form_page(
        request,
        form,
        title=_("发布申报批次"),
        act=_("发布"),
        kicker=definitions.flow.label.in_language(language()),
        lead=_("这一批的事项按现在的流程和表单办，以后改了也不变。"),
        crumbs=crumbs(_("发布申报批次")),
        back=reverse("casework:call-list"),
    )


def _make(user: User, flow: str, form: CallForm) -> CaseCall:
    typed = form.cleaned_data
    names = ("title", "document_number", "published_on", "since", "until", "asked", "least", "most", "budget")
    given = {name: typed[name] for name in (*names, "budget_text", "quotas", "key")}
    return actions.make_call(new=NewCall(region=form.region, flow=flow, **given), by=user, now=timezone.now())
