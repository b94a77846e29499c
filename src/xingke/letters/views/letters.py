"""Letters: the list, issuing one or many, one as it was issued, and whether a paper is one of ours."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.casework.models import Case
from xingke.casework.permissions import CasePermission
from xingke.casework.places import places
from xingke.casework.showing import title_of
from xingke.letters import actions, queries
from xingke.letters.actions import LettersIssued
from xingke.letters.forms import CheckForm
from xingke.letters.lists import LETTERS
from xingke.letters.models import CaseLetter
from xingke.letters.queries import CaseToWrite
from xingke.press import html, tree
from xingke.press.exports import document_response
from xingke.registry import queries as registry
from xingke.registry.listing import ListRequest, list_response


@require_safe
def letter_list(request: HttpRequest) -> HttpResponse:
    return list_response(request, LETTERS, template="letters/letter_list.html", context=_beside_list)


def _beside_list(asked: ListRequest) -> dict[str, Any]:
    language = get_language() or "zh"
    entries = [
        {
            "label": _("%(flow)s · %(step)s（%(n)d 件）")
            % {
                "flow": each.flow.label.in_language(language),
                "step": each.step.label.in_language(language),
                "n": each.count,
            },
            "url": reverse("letters:letter-issue", args=[each.flow.code, each.step.code]),
        }
        for each in queries.offered(asked.reader)
    ]
    return {"entries": entries, "places": places(asked.reader, "letters:letter-list")}


@require_http_methods(["GET", "POST"])
def letter_issue(request: HttpRequest, flow: str, step: str) -> HttpResponse:
    """The cases that wait for a letter, to be ticked. ``case``: in the address, the one it is about; sent, those that were ticked."""
    user = registry.reader(request.user)
    registry.require_page(user, CasePermission.READ)
    rows = queries.cases_to_write(user, flow, step, _keys(request.GET.getlist("case")))
    opinion, chosen = request.POST.get("opinion", ""), request.POST.getlist("case")
    listed = {str(each.read.case.key) for each in rows}
    moved = queries.cases_chosen(user, _keys(each for each in chosen if each not in listed))
    if not rows and not moved:
        raise Http404
    if request.method == "GET":
        chosen = [str(each.read.case.key) for each in rows if each.answer.allowed] if len(rows) == 1 else []
    ticked = [each for each in rows if str(each.read.case.key) in chosen]
    error, preview, why = "", None, {}
    if request.method == "POST":
        try:
            if "look" in request.POST:
                preview = _as_it_would_be(request, user, ticked, step, opinion)
            else:
                done = actions.issue_letters(
                    cases=[(case, _seen(request, case)) for case in [*(each.read.case for each in ticked), *moved]],
                    step=step,
                    opinion=opinion,
                    by=user,
                    now=timezone.now(),
                )
                if done.letters:
                    messages.success(request, _("已出具 %(n)d 份。") % {"n": len(done.letters)})
                if not done.refused:
                    return _issued(done.letters)
                why = {case.pk: str(refusal) for case, refusal in done.refused}
                rows = _left(request, rows, done)
        except Refused as refusal:
            error = str(refusal)
    if not rows:
        return redirect("letters:letter-list")
    language = get_language() or "zh"
    own = rows[0].read.flow.steps[step]
    context = {
        "title": own.label.in_language(language),
        "kicker": rows[0].read.flow.label.in_language(language),
        "step": own,
        "rows": [_row(each, chosen, why, request) for each in rows],
        "opinion": opinion,
        "error": error,
        "refused": len(why),
        "preview": preview,
        "table": {
            "columns": [{"label": _("选")}, {"label": _("事项")}, {"label": _("单位或人员")}],
            "count": len(rows),
        },
        "back": _back(request, rows),
        "crumbs": [*_crumbs(), {"label": own.label.in_language(language)}],
        "is_fictional": all(each.read.case.is_fictional for each in rows),
    }
    return render(request, "letters/letter_issue.html", context)


def _left(request: HttpRequest, rows: Sequence[CaseToWrite], done: LettersIssued) -> list[CaseToWrite]:
    """Those that wait still; of others, which went on meanwhile and stand in no row, it is said why they got none."""
    gone, listed = {letter.case_id for letter in done.letters}, {each.read.case.pk for each in rows}
    for case, refusal in done.refused:
        if case.pk not in listed:
            messages.warning(request, _("“%(case)s”：%(why)s") % {"case": case.title or case.number, "why": refusal})
    return [each for each in rows if each.read.case.pk not in gone]


def _keys(written: Iterable[str]) -> list[UUID]:
    try:
        return [UUID(each) for each in islice(written, queries.MOST)]
    except ValueError:
        raise Http404 from None


def _seen(request: HttpRequest, case: Case) -> int:
    written = request.POST.get(f"seen-{case.key}", "")
    return int(written) if written.isdecimal() and len(written) < 9 else 0


def _as_it_would_be(
    request: HttpRequest, user: User, ticked: Sequence[CaseToWrite], step: str, opinion: str
) -> SafeString:
    """The first of those that were ticked."""
    if not ticked:
        raise Refused(_("请先选定一件事项，再看它的文书。"))
    first = ticked[0]
    letter = actions.letter_as_it_would_be(
        case=first.read.case,
        seen=_seen(request, first.read.case),
        step=step,
        opinion=opinion,
        by=user,
        now=timezone.now(),
    )
    return _paper(letter)


def _issued(letters: Sequence[CaseLetter]) -> HttpResponse:
    return redirect("letters:letter", letters[0].key) if len(letters) == 1 else redirect("letters:letter-list")


def _row(each: CaseToWrite, chosen: Sequence[str], why: dict[int, str], request: HttpRequest) -> dict[str, Any]:
    case = each.read.case
    return {
        "case": case,
        "title": title_of(case, each.read.flow),
        "whose": case.organisation.name if case.organisation else "",
        "seen": request.POST.get(f"seen-{case.key}") or each.read.last.number,
        "is_chosen": str(case.key) in chosen,
        "may": each.answer.allowed,
        "why": why.get(case.pk, "") or ("" if each.answer.allowed else str(each.answer.reason)),
    }


def _back(request: HttpRequest, rows: Sequence[CaseToWrite]) -> str:
    if request.GET.get("case") and len(rows) == 1:
        return reverse("casework:case", args=[rows[0].read.case.key])
    return reverse("letters:letter-list")


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("业务"), "url": reverse("casework:case-list")},
        {"label": _("文书"), "url": reverse("letters:letter-list")},
    ]


def _paper(letter: CaseLetter) -> SafeString:
    """The words of a letter as HTML, everything in them escaped by the press."""
    paper = html.render(tree.from_json(letter.tree), lambda chip: "", title="h2")
    return mark_safe(paper)


@require_safe
def letter(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.letter_for(user, key)
    context = {
        "shown": shown,
        "paper": _paper(shown),
        "crumbs": [*_crumbs(), {"label": shown.number}],
        "is_fictional": shown.is_fictional,
    }
    return render(request, "letters/letter.html", context)


@require_safe
def letter_file(request: HttpRequest, key: UUID) -> HttpResponse:
    shown = queries.letter_for(registry.reader(request.user), key)
    return document_response(f"{shown.number} {shown.title}", bytes(shown.paper))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Whether a paper is one of ours: for whoever holds it. What was typed stands in no address."""
    form = CheckForm(request.POST or None)
    found, is_asked = None, request.method == "POST" and form.is_valid()
    if is_asked:
        found = queries.letter_checked(form.cleaned_data["number"], form.cleaned_data["code"])
    context = {
        "form": form,
        "is_asked": is_asked,
        "found": found,
        "paper": _paper(found) if found is not None else "",
        "is_fictional": found is not None and found.is_fictional,
    }
    return render(request, "letters/check.html", context)
