"""Handing over 工作交接: whose cases, to whom; the list of what will be done; and what was."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xingke.base.refusals import Refused
from xingke.casework import showing
from xingke.casework.actions.handing import hand_over
from xingke.casework.forms.posts import HandingForm, WhoseForm
from xingke.casework.models import Case
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import definitions_of
from xingke.casework.queries import handing as reads
from xingke.casework.queries.common import bureau_page
from xingke.registry import queries as registry


@require_http_methods(["GET", "POST"])
def hand_over_page(request: HttpRequest) -> HttpResponse:
    """``of``: whose cases, by account. A first POST lists what will be done; one with ``listed`` of that list, and its ``stamp``, does it."""
    user = registry.reader(request.user)
    bureau_page(user, CasePermission.READ)
    listed, stamp = request.POST.getlist("listed"), request.POST.get("stamp", "")
    accounts = reads.accounts_to_hand_over(user)
    chooses = request.method == "GET" and "of" in request.GET and len(accounts) > 1
    whose = WhoseForm(accounts, request.GET if chooses else None)
    if chooses:
        of = whose.cleaned_data["of"] if whose.is_valid() else user
    else:
        of = reads.account_to_hand_over(user, request.POST.get("of") or request.GET.get("of", ""), again=bool(listed))
    rows = reads.given_to(of, user)
    form = HandingForm(reads.who_can_take(rows, of), of, request.POST or None)
    if (matches := whose.matches(request) or form.matches(request)) is not None:
        return matches
    context = {
        "form": form,
        "of": of,
        "whose": whose if len(accounts) > 1 else None,
        "count": min(len(rows), reads.MOST),
        "is_fictional": any(each.case.is_fictional for each in rows),
        "is_more": len(rows) > reads.MOST,
        "crumbs": [{"label": _("AB 岗"), "url": reverse("casework:substitute-list")}, {"label": _("工作交接")}],
    }
    if request.method == "POST" and (form.is_valid() or listed):
        to = form.cleaned_data.get("to") or registry.account_named(request.POST.get("to", ""))
        if listed and to is not None and stamp == reads.stamp_of(of, to, listed):
            try:
                reason = request.POST.get("reason", "")
                done = hand_over(of=of, to=to, listed=listed, reason=reason, by=user, now=timezone.now())
            except Refused as refusal:
                context["refusal"] = refusal
            else:
                if done.taken:
                    words = {"n": len(done.taken), "name": to.name}
                    messages.success(request, _("已交接 %(n)d 件，由 %(name)s 接着办。") % words)
                if not done.refused:
                    return redirect("casework:hand-over")
                context["left"] = [{**_line(case), "reason": str(why)} for case, why in done.refused]
        if to is not None and "left" not in context and form.is_valid():
            going = reads.to_hand_over(rows[: reads.MOST], to, user, now=timezone.now())
            keys = [each.stamp for each in going]
            context |= {
                "to": to,
                "going": [_line(each.read.case) for each in going if each.answer.allowed],
                "staying": [
                    {**_line(each.read.case), "reason": str(each.answer.reason)}
                    for each in going
                    if not each.answer.allowed
                ],
                "listed": keys,
                "stamp": reads.stamp_of(of, to, keys),
            }
    return render(request, "casework/hand_over.html", context)


def _line(case: Case) -> dict[str, str]:
    flow = definitions_of(case).flow
    return {
        "url": reverse("casework:case", args=[case.key]),
        "number": case.number,
        "title": showing.title_of(case, flow),
        "flow": flow.label.in_language(get_language() or "zh"),
    }
