"""Proposed changes: the list of them, and accepting, declining or withdrawing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xingke.base.refusals import Refused
from xingke.base.returning import Returned
from xingke.ledger import actions
from xingke.ledger.models import EventVersion, Observation, Proposal
from xingke.ledger.queries import proposals
from xingke.ledger.record_facts import proposal
from xingke.ledger.views.records import page_of_record
from xingke.ledger.words import Words, kind_word
from xingke.registry import filtering
from xingke.registry import queries as registry

VERDICTS = ("accept", "decline", "withdraw")


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    asked = {name: request.GET.get(name, "") for name in ("outcome", "whose")}
    found = proposals.proposals_listed(user, outcome=asked["outcome"], mine=asked["whose"] == "mine")
    page = Paginator(found, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    words, shown = Words(), proposals.proposed(page.object_list)
    outcomes = [(code, str(label)) for code, label in Proposal.Outcome.choices]
    context = {
        "rows": [_row(words, *each) for each in shown],
        "filters": [
            filtering.select("outcome", _("结果"), asked["outcome"], outcomes),
            filtering.select("whose", _("提出人"), asked["whose"], [("mine", _("我提出的"))]),
        ],
        "table": {
            "columns": [
                {"label": _("提出")},
                {"label": _("记录")},
                {"label": _("改动")},
                {"label": _("原因")},
                {"label": _("结果")},
            ],
            "page": page,
            **filtering.emptiness(request, _("没有改动建议"), _("须经别人复核的更正和作废先在这里提出。")),
        },
        "crumbs": [{"label": _("台账"), "url": reverse("ledger:record-list")}, {"label": _("改动建议")}],
        "is_fictional": any(row.is_fictional for _proposal, row, _subject in shown),
    }
    return render(request, "ledger/proposal_list.html", context)


def _row(words: Words, each: Proposal, row: Any, subject: Any) -> dict[str, Any]:
    name = subject.name if isinstance(subject, Observation) else words.subject(subject)
    return {
        **proposal(words, each, row),
        "kind": kind_word(each.kind),
        "name": f"{words.event(each.kind, row.event)} · {name}" if isinstance(row, EventVersion) else name,
        "url": reverse("ledger:record", args=[each.kind, each.record]) + "#proposals",
    }


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
