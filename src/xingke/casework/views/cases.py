"""The list of cases, the page of one, and its files."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xingke.accounts.models import User
from xingke.accounts.uploads import file_response
from xingke.base.blobs import Damaged
from xingke.base.panels import panels
from xingke.base.refusals import Refused
from xingke.casework import queries, showing
from xingke.casework.actions.personal import erase_personal, open_personal
from xingke.casework.lists import CASES
from xingke.casework.permissions import CasePermission
from xingke.casework.places import places
from xingke.casework.queries import lists
from xingke.casework.queries.common import is_at_home
from xingke.casework.queries.kept import file_of
from xingke.casework.queries.offers import StepOffered, flows_to_open, handlers, steps_offered
from xingke.casework.queries.personal import may_open, sealed_seen
from xingke.casework.queries.seen import CaseSeen, case_seen
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.flows import CORRECT
from xingke.press.exports import FORMATS
from xingke.registry import queries as registry
from xingke.registry.listing import ListRequest, list_response
from xingke.registry.listing.rules import EVERY


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    return list_response(request, CASES, template="casework/case_list.html", context=_beside_list)


def _beside_list(asked: ListRequest) -> dict[str, Any]:
    language = get_language() or "zh"
    entries = [
        {"label": each.flow.label.in_language(language), "url": reverse("casework:case-new", args=[each.flow.code])}
        for each in flows_to_open(asked.reader)
    ]
    counts, words = lists.own_counts(asked.reader, most=lists.MANY), dict(lists.state_choices())
    own = [
        {"label": words[state], "count": f"{lists.MANY - 1}+" if count == lists.MANY else count, "state": state}
        for state, count in counts.items()
    ]
    return {
        "entries": entries,
        "places": places(asked.reader, "case-list"),
        "own": own,
        "state": asked["state"],
        "whole_url": asked.address(columns=EVERY, format=FORMATS[0]) if asked["flow"] else "",
        "drafts": showing.drafts_begun(asked.reader),
    }


@require_safe
def case(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    return page_of_case(request, user, case_seen(user, queries.case_for(user, key)))


def page_of_case(
    request: HttpRequest,
    user: User,
    seen: CaseSeen,
    *,
    refused: Refused | None = None,
    step: str = "",
    opened: Mapping[tuple[int, str], str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a case. refused: why a step that was pressed there was not taken, with what was typed. opened: what is personal and
    was just opened, by the number of the step and the field."""
    read, now = seen.read, timezone.now()
    today = timezone.localdate()
    prefetch_related_objects(list(read.steps), "filed", "files__attachment")
    files = [file for step in seen.steps for file in step.files.all()]
    words = CaseWords(user, [(read.definitions.asked[name], value) for name, value in seen.answers.items()], files)
    offered = steps_offered(seen, now=now)
    own = [_choice(request, seen, each, refused, step) for each in offered if each.step is not None]
    corrects = any(each.code == CORRECT and each.answer.allowed for each in offered)
    language = get_language() or "zh"
    word = read.flow.label.in_language(language)
    title = showing.title_of(read.case, read.flow)
    further = [each for each in offered if each.step is None and each.answer.allowed and each.code != CORRECT]
    sealed = sealed_seen(seen)
    needs_handlers = any(each["assigns"] for each in own) or bool(further)
    context = {
        "read": read,
        "row": read.case,
        "person": queries.owner_shown(user, read.case),
        "title": title,
        "kicker": "" if word in title else word,
        "tag": showing.standing_tag(seen),
        "due": showing.due_words(read.last.due, is_over=bool(read.last.ended), today=today, seen=seen),
        "clock": showing.clock_words(seen, today=today),
        "assignee": read.last.assignee if seen.stands is not None else None,
        "answered": list(
            showing.answered(seen, words, may_correct=corrects, sealed=sealed, opened=opened or {}),
        ),
        "may_open": not opened and any(each.sealed for each in sealed.values()) and may_open(user, read.case, seen),
        "may_erase": bool(read.last.ended)
        and any(each.sealed for each in sealed.values())
        and is_at_home(user, read.case.region, CasePermission.MANAGE),
        "history": showing.history(seen),
        "to_come": showing.still_to_come(seen),
        "choices": sorted(own, key=lambda each: not each["allowed"]),
        "waits_on": "" if own else showing.waits_on(seen),
        "further": [_choice(request, seen, each, refused, step) for each in further],
        "handlers": handlers(read.case.region) if needs_handlers else [],
        "below": [showing.line_of(user, each) for each in lists.children_of(user, read.case)],
        "above": read.case.parent
        if read.case.parent and queries.cases_seen(user).filter(pk=read.case.parent.pk).exists()
        else None,
        "same": [showing.line_of(user, each) for each in lists.of_same_organisation(user, read.case)],
        "panels": panels("case", user, read),
        "refused": refused,
        "crumbs": [
            {"label": _("业务"), "url": reverse("casework:case-list")},
            {
                "label": word,
                "url": f"{reverse('casework:case-list')}?flow={read.flow.code}",
            },
            {"label": read.case.number or read.case.title},
        ],
        "is_fictional": read.case.is_fictional,
    }
    return render(request, "casework/case.html", context, status=status)


def _choice(
    request: HttpRequest, seen: CaseSeen, offered: StepOffered, refused: Refused | None, pressed: str
) -> dict[str, Any]:
    """A step as the page offers it: a button with what it asks, or the way to its form."""
    step, is_back = offered.step, refused is not None and pressed == offered.code
    return {
        "code": offered.code,
        "label": offered.label.in_language(get_language() or "zh"),
        "allowed": offered.answer.allowed,
        "why_not": str(offered.answer.reason),
        "url": reverse("casework:step-take", args=[seen.read.case.key, offered.code]),
        "has_form": step is not None and bool(step.form),
        "reason": step is None or step.reason,
        "assigns": (step is not None and bool(step.assigns)) or offered.code == "transfer",
        "consequence": showing.consequence(seen, offered),
        "is_back": is_back,
        "opinion": request.POST.get("opinion", "") if is_back else "",
        "assignee": request.POST.get("assignee", "") if is_back else "",
    }


@require_POST
def case_personal(request: HttpRequest, key: UUID) -> HttpResponse:
    """What is sealed of a case, once: the trail keeps who looked, and no browser keeps the page."""
    user = registry.reader(request.user)
    seen = case_seen(user, queries.case_for(user, key))
    try:
        opened = open_personal(case=seen.read.case, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("casework:case", key)
    response = page_of_case(request, user, seen, opened=opened)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def case_personal_erase(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    case = queries.case_for(user, key).case
    try:
        erase_personal(case=case, reason=request.POST.get("reason", ""), by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("个人信息已删除，不能恢复；以前做的备份到期清理后才完全没有。"))
    return redirect("casework:case", key)


@require_safe
def case_file(request: HttpRequest, key: UUID, pk: int, name: str) -> HttpResponse:
    """A file of a step, for whoever sees the field it answers."""
    user = registry.reader(request.user)
    seen = case_seen(user, queries.case_for(user, key))
    found = file_of(seen.steps, pk)
    if found is None or found.attachment.name != name or not seen.sees(seen.read.definitions.asked.get(found.field)):
        raise Http404
    try:
        return file_response(found.attachment)
    except Damaged:
        messages.error(request, _("“%(name)s”的文件丢失或损坏，请系统管理员从备份恢复。") % {"name": name})
        return redirect("casework:case", key)
