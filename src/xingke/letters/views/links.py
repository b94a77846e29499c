"""Links for outsiders: making and revoking one at a case, and the page that somebody without an account opens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xingke.accounts.browsers import address_of
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries as casework
from xingke.casework import showing
from xingke.casework.actions import AnswersRefused, StepWanted
from xingke.casework.forms import AskedForm, asked_form, typed_in
from xingke.casework.queries import CaseRead
from xingke.casework.queries.lookups import AsReader
from xingke.casework.queries.seen import CaseSeen, outsider_seen
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.answers import AnswersRead, read_answers
from xingke.casework.rules.forms import CaseForm, FieldType
from xingke.casework.rules.shown_answers import retyped
from xingke.letters.actions import links as actions
from xingke.letters.actions.links import NewLink
from xingke.letters.forms import LinkForm
from xingke.letters.models import OutsideLink
from xingke.letters.queries import links
from xingke.letters.rules.links import NAMES_SOMEBODY
from xingke.registry import queries as registry

NOT_TYPED = (*NAMES_SOMEBODY, FieldType.FILE)


@require_http_methods(["GET", "POST"])
def link_new(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    read = casework.case_for(user, key)
    if not links.may_make(user, read) or not (offered := links.choices(user, read)):
        raise Http404
    language = get_language() or "zh"
    possible = [
        (each.code, _choice(read, each.step.label.in_language(language), each.role, language))
        for each, why in offered
        if not why
    ]
    first = possible[0][0].partition(":")[2] if possible else ""
    form = LinkForm(possible, request.POST or None, initial={"name": links.named_in(read, first)})
    crumbs = [
        {"label": _("业务"), "url": reverse("casework:case-list")},
        {"label": read.case.number or read.case.title, "url": reverse("casework:case", args=[key])},
        {"label": _("外部链接")},
    ]
    context = {
        "crumbs": crumbs,
        "form": form,
        "case": read.case,
        "kicker": showing.title_of(read.case, read.flow),
        "not_possible": [why for _each, why in offered if why],
        "is_possible": bool(possible),
        "is_fictional": read.case.is_fictional,
    }
    if request.method == "POST" and form.is_valid():
        step, _colon, role = form.cleaned_data["what"].partition(":")
        new = NewLink(
            case=read.case, step=step, role=role, name=form.cleaned_data["name"], days=form.cleaned_data["days"]
        )
        try:
            made = actions.make_link(new=new, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            address = request.build_absolute_uri(reverse("letters:outside", args=[made.token]))
            response = render(request, "letters/link_made.html", {**context, "made": made, "address": address})
            response.headers["Cache-Control"] = "no-store"
            return response
    return render(request, "letters/link_new.html", context)


def _choice(read: CaseRead, step: str, role: str, language: str) -> str:
    return " · ".join(filter(None, (step, links.role_label(read, role, language), links.named_in(read, role))))


@require_POST
def link_revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    link = links.link_for(user, key)
    try:
        actions.revoke_link(link=link, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("链接已收回，打不开了。"))
    return redirect("casework:case", link.case.key)


# ── what an outsider opens ──────────────────────────────────────────────────────────────────────────────────────────


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def outside(request: HttpRequest, token: str) -> HttpResponse:
    """The step a link is for. Looking changes nothing, for mail scanners look; sending wants the second word."""
    response = _outside(request, token, timezone.now())
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "strict-origin"  # no request tells the address of this page, not even ours
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _outside(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    link = links.link_opened(token)
    if link is None:
        return _closed(request, str(say("没有这个链接：网址不完整，或者早就失效了。请联系发给您的人。")), 404)
    try:
        links.refuse_closed(link, now)
        read = casework.case_read(link.case, now=now)
        links.refuse_moved_on(read, link)
    except Refused as refusal:
        return _closed(request, str(refusal), 410)
    seen = outsider_seen(read, links.outsider_of(link))
    form = read.definitions.form(read.flow.steps[link.step])
    typed = typed_in(form, request.POST) if form is not None else {}
    faults, judged = [], None
    if request.method == "POST" and "check" not in request.POST:
        number = request.POST.get("seen", "")
        at = int(number) if number.isdecimal() and len(number) < 9 else 0
        wanted = StepWanted(step=link.step, typed=typed, opinion=request.POST.get("opinion", ""))
        try:
            actions.use_link(
                link=link,
                word=request.POST.get("word", ""),
                wanted=wanted,
                seen=at,
                now=now,
                address=address_of(request),
            )
        except AnswersRefused as refusal:
            judged = refusal.read
        except Refused as refusal:
            link.refresh_from_db()
            if link.ended:
                return _closed(request, str(refusal), 410)
            faults.append(str(refusal))
        else:
            return _closed(request, str(say("已经收到，谢谢。这个链接不再有效。")), 200)
    asked = _asked(seen, form, typed if request.method == "POST" else _answered(seen, form), judged)
    return _page(request, link, seen, asked=asked, faults=faults)


def _closed(request: HttpRequest, words: str, status: int) -> HttpResponse:
    return render(request, "letters/outside_closed.html", {"words": words, "is_done": status == 200}, status=status)


def _answered(seen: CaseSeen, form: CaseForm | None) -> dict[str, Any]:
    """What the form was answered with before, as far as the party sees it and can say it again without an account."""
    row = next((each for each in reversed(seen.steps) if form is not None and each.form == form.code), None)
    if form is None or row is None:
        return {}
    known = {each.name: each for each in form.fields if seen.sees(each) and each.type not in NOT_TYPED}
    return {name: retyped(known[name], value) for name, value in row.answers.items() if name in known}


def _asked(
    seen: CaseSeen, form: CaseForm | None, typed: dict[str, Any], judged: AnswersRead | None
) -> AskedForm | None:
    if form is None:
        return None
    case = seen.read.case
    known = casework.prefills(case.region, case.organisation, case)
    lookup = AsReader(None, case.region)
    found = judged or read_answers(form, typed, lookup=lookup, today=timezone.localdate(), known=known)
    words = CaseWords(None, [(each, found.values.get(each.name)) for each in form.fields])
    return asked_form(form, typed, found, words=words, language=get_language() or "zh", is_judged=judged is not None)


def _said_last(seen: CaseSeen) -> dict[str, str] | None:
    """The step before with what was said, as why something is asked once more; None where they do not see it."""
    last = seen.read.last
    if last not in seen.steps or not last.opinion:
        return None
    return {"step": showing.step_word(seen.read.flow, last.step), "opinion": last.opinion}


def _page(
    request: HttpRequest, link: OutsideLink, seen: CaseSeen, *, asked: AskedForm | None, faults: list[str]
) -> HttpResponse:
    read, language = seen.read, get_language() or "zh"
    step = read.flow.steps[link.step]
    words = CaseWords(None, [(read.definitions.asked[name], value) for name, value in seen.answers.items()])
    context = {
        "link": link,
        "row": read.case,
        "title": step.label.in_language(language),
        "kicker": read.flow.label.in_language(language),
        "lead": f"{showing.title_of(read.case, read.flow)} {read.case.number}".strip(),
        "party": links.role_label(read, link.role, language),
        "said": _said_last(seen),
        "answered": [
            each
            for each in showing.answered(seen, words, may_correct=False, sealed={}, opened={})
            if each["code"] != step.form
        ],
        "asked": asked,
        "problems": asked.problems if asked is not None else (),
        "faults": faults,
        "reason": step.reason,
        "opinion": request.POST.get("opinion", ""),
        "seen": request.POST.get("seen") or read.last.number,
        "is_fictional": read.case.is_fictional,
    }
    return render(request, "letters/outside.html", context)
