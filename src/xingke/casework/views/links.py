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
from xingke.casework.forms.posts import CaseLinkForm
from xingke.casework.queries.links import cases_to_link, link_of, may_link
from xingke.casework.rules.links import LinkKind
from xingke.casework.views.meetings import form_page
from xingke.registry import queries as registry


@require_http_methods(["GET", "POST"])
def link_new(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    read = queries.case_for(user, key)
    if not may_link(user, read):
        raise Http404
    form = CaseLinkForm(cases_to_link(user, read), request.POST or None)
    if (matches := form.matches(request)) is not None:
        return matches
    if request.method == "POST" and form.is_valid():
        kind, other = LinkKind(form.cleaned_data["kind"]), form.cleaned_data["other"]
        try:
            link_cases(case=read.case, other=other, kind=kind, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error("other", str(refusal))
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
