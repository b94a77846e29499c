"""Links of a case to others: making one, ending one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xingke.base.refusals import Refused
from xingke.casework import queries, showing
from xingke.casework.actions.links import end_link, link_cases
from xingke.casework.forms_posts import LinkForm
from xingke.casework.queries.links import cases_numbered, link_of, may_link
from xingke.casework.rules.links import LinkKind
from xingke.casework.views.meetings import form_page
from xingke.registry import queries as registry


@require_http_methods(["GET", "POST"])
def link_new(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    read = queries.case_for(user, key)
    if not may_link(user, read):
        raise Http404
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = cases_numbered(user, form.cleaned_data["number"])
        try:
            if len(found) != 1:
                raise Refused(_("没有您看得到的、编号正好是这个的事项，请核对编号。"))
            kind = LinkKind(form.cleaned_data["kind"])
            link_cases(case=read.case, other=found[0], kind=kind, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error("number", str(refusal))
        else:
            messages.success(request, _("已关联，两件事项的页面上都看得到。"))
            return redirect("casework:case", key)
    title = showing.title_of(read.case, read.flow)
    return form_page(
        request,
        form,
        title=_("关联事项"),
        act=_("关联"),
        kicker=title,
        crumbs=[
            {"label": _("业务"), "url": reverse("casework:case-list")},
            {"label": read.case.number or title, "url": reverse("casework:case", args=[key])},
            {"label": _("关联事项")},
        ],
        back=reverse("casework:case", args=[key]),
        lead=_("只说明两件事有关系，不改变哪一件怎么办。只有看得到另一件的人才看得到这条关联。"),
        is_fictional=read.case.is_fictional,
    )


@require_POST
def link_end(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    user = registry.reader(request.user)
    link = link_of(user, queries.case_for(user, key), pk)
    try:
        end_link(link=link, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已解除关联。"))
    return redirect("casework:case", key)
