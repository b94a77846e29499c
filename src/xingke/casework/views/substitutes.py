"""Substitutes AB岗: the list, naming one, ending one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day
from xingke.casework import lists
from xingke.casework.actions.substitutes import NewSubstitution, end_substitution, name_substitute
from xingke.casework.forms.posts import SubstituteForm
from xingke.casework.lists.posts import begin_substitution
from xingke.casework.queries import substitutes as reads
from xingke.casework.views.meetings import common_list, form_page
from xingke.registry import queries as registry


@require_safe
def substitute_list(request: HttpRequest) -> HttpResponse:
    own = reads.bureaus(registry.reader(request.user))
    return common_list(
        request,
        lists.SUBSTITUTES,
        begin_substitution,
        template="casework/substitute_list.html",
        may_hand_over=bool(own),
        is_fictional=any(each.is_fictional for each in own),
    )


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
