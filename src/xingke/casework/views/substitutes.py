"""Substitutes AB岗: the list, naming one, ending one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day
from xingke.casework.actions.substitutes import NewSubstitution, end_substitution, name_substitute
from xingke.casework.forms_posts import SubstituteForm
from xingke.casework.models import Substitution
from xingke.casework.places import places
from xingke.casework.queries import substitutes as reads
from xingke.casework.views.meetings import form_page
from xingke.registry import filtering
from xingke.registry import queries as registry


@require_safe
def substitute_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    named = reads.to_be_named_for(user)
    if not named:
        raise Http404
    page = Paginator(reads.substitutions_seen(user), filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    may_end = {each.pk for each in named}
    context = {
        "places": places(user, "substitute-list"),
        "rows": [{"row": each, **_stands(each), "may_end": each.user_id in may_end} for each in page.object_list],
        "may_hand_over": bool(own := reads.bureaus(user)),
        "is_fictional": any(each.is_fictional for each in own),
        "table": {
            "columns": [
                {"label": _("谁的工作")},
                {"label": _("由谁代"), "class": "told"},
                {"label": _("从哪天到哪天"), "class": "nowrap"},
                {"label": _("状态")},
                {"label": _("操作")},
            ],
            "page": page,
            **filtering.emptiness(
                request,
                _("还没有指定过 AB 岗"),
                _("出差、休假以前指定由谁代，交您办的事项这几天也等着他办。"),
                begin=(reverse("casework:substitute-new"), _("指定 AB 岗")),
            ),
        },
    }
    return render(request, "casework/substitute_list.html", context)


def _stands(row: Substitution) -> dict[str, Any]:
    """The tag of where a substitution stands, and whether it is still to end."""
    today = timezone.localdate()
    if row.ended_at is not None or row.until < today:
        return {"code": "void", "words": _("已结束"), "is_open": False}
    if row.since > today:
        return {"code": "unpublished", "words": _("还没开始"), "is_open": True}
    return {"code": "confirmed", "words": _("正在代"), "is_open": True}


@require_http_methods(["GET", "POST"])
def substitute_new(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    named = reads.to_be_named_for(user)
    if not named:
        raise Http404
    form = SubstituteForm(named, reads.colleagues_of(named), request.POST or None)
    if (matches := form.matches(request)) is not None:
        return matches
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        new = NewSubstitution(
            user=typed["user"],
            substitute=typed["substitute"],
            since=typed["since"],
            until=typed["until"],
            reason=typed["reason"],
            key=typed["key"],
        )
        try:
            made = name_substitute(new=new, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = {"a": made.user.name, "b": made.substitute.name, "day": day(made.until)}
            messages.success(request, _("已指定：%(b)s 代 %(a)s，到%(day)s为止。") % words)
            return redirect("casework:substitute-list")
    return form_page(
        request,
        form,
        title=_("指定 AB 岗"),
        act=_("指定"),
        crumbs=[{"label": _("AB 岗"), "url": reverse("casework:substitute-list")}, {"label": _("指定 AB 岗")}],
        back=reverse("casework:substitute-list"),
        is_fictional=any(each.is_fictional for each in reads.bureaus(user)),
        lead=_("这几天里，交给他的事项也等着代的人办，提醒也发给代的人。代的人只能办自己权限以内的事，不再传给别人。"),
    )


@require_POST
def substitute_end(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    try:
        end_substitution(substitution=reads.substitution_for(user, key), by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已结束，从现在起由本人办。"))
    return redirect("casework:substitute-list")
