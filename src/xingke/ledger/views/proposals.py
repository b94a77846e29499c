"""Proposed changes: the list of them, and accepting, declining or withdrawing one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xingke.base.refusals import Refused
from xingke.base.returning import Returned
from xingke.ledger import actions, lists
from xingke.ledger.queries import proposals
from xingke.ledger.views.records import page_of_record
from xingke.registry import queries as registry
from xingke.registry.listing import list_response

VERDICTS = ("accept", "decline", "withdraw")


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    crumbs = [{"label": _("台账"), "url": reverse("ledger:record-list")}, {"label": _("改动建议")}]
    return list_response(
        request, lists.PROPOSALS, template="ledger/proposal_list.html", context=lambda _asked: {"crumbs": crumbs}
    )


@require_POST
def proposal_decide(request: HttpRequest, kind: str, record: UUID, pk: int) -> HttpResponse:
    user = registry.reader(request.user)
    found, answer = proposals.proposal_to_decide(user, kind, record, pk), request.POST.get("answer", "")
    if request.POST.get("verdict") not in VERDICTS:  # what no page of ours sends decides nothing
        incomplete = Returned(f"answer-{pk}", answer, _("页面不完整，请重新打开本页。"))
        return page_of_record(request, user, kind, record, returned=incomplete, status=400)
    try:
        if request.POST["verdict"] == "accept":
            actions.accept_proposal(proposal=found, by=user, now=timezone.now())
            done = _("已采纳，记录已作废。") if found.is_void else _("已采纳，更正已写成新版本。")
        else:
            actions.decline_proposal(proposal=found, answer=answer, by=user, now=timezone.now())
            done = _("已撤回。") if found.proposed_by_id == user.pk else _("未采纳，记录保持原样。")
    except Refused as refusal:
        return page_of_record(request, user, kind, record, returned=Returned(f"answer-{pk}", answer, str(refusal)))
    messages.success(request, done)
    return redirect("ledger:record", kind, record)
