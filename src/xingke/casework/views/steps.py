"""Taking a step of a case, with its form."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xingke.accounts.models import User
from xingke.accounts.uploads import HeldFile, held_for
from xingke.base.refusals import Refused
from xingke.casework import actions, queries, showing
from xingke.casework.actions import AnswersRefused, StepWanted
from xingke.casework.actions.drafts import drop_draft
from xingke.casework.models import CaseStep
from xingke.casework.queries.kept import files_of
from xingke.casework.queries.offers import StepOffered, handlers, step_offered
from xingke.casework.queries.personal import kept_names
from xingke.casework.queries.seen import CaseSeen, case_seen
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.flows import CORRECT
from xingke.casework.rules.forms import CaseForm, FieldType
from xingke.casework.rules.shown_answers import retyped
from xingke.casework.rules.stepping import RESERVED_WORDS, is_theirs
from xingke.casework.views.asking import KINDS, FormPageAsked, Sent, ShownForm, begun, looked_at
from xingke.casework.views.cases import page_of_case
from xingke.registry import queries as registry


@require_http_methods(["GET", "POST"])
def step_take(request: HttpRequest, key: UUID, step: str) -> HttpResponse:
    user = registry.reader(request.user)
    seen = case_seen(user, queries.case_for(user, key))
    is_known = step in seen.read.flow.steps or step in RESERVED_WORDS
    if not is_known or not is_theirs(seen.read.state, step, seen.taker):
        raise Http404
    if request.method == "POST" and request.POST.get("page") == "case":
        return _pressed(request, user, seen, step)
    corrected = _corrected(request, seen) if step == CORRECT else None
    form, case = _form_of(seen, step, corrected), seen.read.case
    offered = step_offered(seen, step, now=timezone.now())
    if form is None or (request.method == "GET" and not offered.answer.allowed):
        if not offered.answer.allowed:
            messages.error(request, str(offered.answer.reason))
        return redirect("casework:case", key)
    page = FormPageAsked(
        request,
        user,
        form,
        case.region,
        case.organisation,
        case,
        flow=case.flow,
        kept_as=_kept_as(step, corrected),
        sealed=kept_names(seen.read, form),
    )
    if request.method == "POST":
        shown = looked_at(page, lambda sent: _taken(request, user, seen, step, sent))
        if isinstance(shown, HttpResponse):
            return shown
    else:
        draft = page.draft()
        shown = begun(page, draft) if draft is not None else _as_answered(page, seen)
    return _step_page(page, seen, offered, shown, corrected)


def _step_page(
    page: FormPageAsked, seen: CaseSeen, offered: StepOffered, shown: ShownForm, corrected: CaseStep | None
) -> HttpResponse:
    request, case, own = page.request, seen.read.case, offered.step
    language = get_language() or "zh"
    word = offered.label.in_language(language)
    hidden = [("seen", request.POST.get("seen") or str(seen.read.last.number))]
    if corrected is not None:
        hidden.append(("of", str(corrected.number)))
    context = {
        **shown.context(page),
        "title": word,
        "lead": f"{case.title} {case.number}".strip(),
        "flow": seen.read.flow.label.in_language(language),
        "hidden": hidden,
        "blank": {
            kind: reverse("casework:case-form-file", args=[case.key, page.form.code, kind]) + "?blank=1"
            for kind in KINDS
        }
        if page.form is not None
        else None,
        "consequence": showing.consequence(seen, offered),
        "answered": showing.answered_before(page.user, seen, page.form),
        "said_last": showing.said_last(seen),
        "reason": own is None or own.reason,
        "opinion": shown.beside.get("opinion", ""),
        "handlers": handlers(case.region) if own is not None and own.assigns else [],
        "assignee": shown.beside.get("assignee", ""),
        "submit": word,
        "back_url": reverse("casework:case", args=[case.key]),
        "crumbs": [
            {"label": _("业务"), "url": reverse("casework:case-list")},
            {"label": case.number or case.title, "url": reverse("casework:case", args=[case.key])},
            {"label": word},
        ],
        "is_fictional": case.is_fictional,
    }
    return render(request, "casework/case_form.html", context)


def _kept_as(step: str, corrected: CaseStep | None) -> str:
    """Under what name the draft of a step is kept: that of a correction, of the step it corrects."""
    return f"{step}-{corrected.number}" if corrected is not None else step


def _corrected(request: HttpRequest, seen: CaseSeen) -> CaseStep:
    """The step whose answers are to be corrected, or 404."""
    number = request.POST.get("of") or request.GET.get("of", "")
    found = next((each for each in seen.steps if str(each.number) == number and each.form), None)
    if found is None:
        raise Http404
    return found


def _form_of(seen: CaseSeen, step: str, corrected: CaseStep | None) -> CaseForm | None:
    if corrected is not None:
        form: CaseForm = seen.read.definitions.forms[corrected.form].value
        return form
    own = seen.read.flow.steps.get(step)
    return seen.read.definitions.form(own) if own is not None else None


def _pressed(request: HttpRequest, user: User, seen: CaseSeen, step: str) -> HttpResponse:
    """A button of the page of a case."""
    try:
        return _taken(request, user, seen, step, Sent({}, {}))
    except AnswersRefused:  # the page was old: the step asks something now
        return redirect("casework:step-take", seen.read.case.key, step)
    except Refused as refusal:
        return page_of_case(request, user, seen, refused=refusal, step=step)


def _taken(request: HttpRequest, user: User, seen: CaseSeen, step: str, sent: Sent) -> HttpResponse:
    case = seen.read.case
    number = request.POST.get("seen", "")
    name = request.POST.get("assignee", "")
    wanted = StepWanted(
        step=step,
        opinion=request.POST.get("opinion", ""),
        assignee=registry.account_named(name) if name else None,
        corrects=_corrected(request, seen).number if step == CORRECT else 0,
        **sent.wanted,
    )
    at = int(number) if number.isdecimal() and len(number) < 9 else 0
    actions.take_step(case=case, wanted=wanted, seen=at, by=user, now=timezone.now())
    corrected = _corrected(request, seen) if step == CORRECT else None
    drop_draft(by=user, case=case, flow=case.flow, step=_kept_as(step, corrected))
    messages.success(request, _("已办理：%(step)s。") % {"step": showing.step_word(seen.read.flow, step)})
    return redirect("casework:case", case.key)


def _as_answered(page: FormPageAsked, seen: CaseSeen) -> ShownForm:
    """What the form was answered with before, to be answered again: nobody types anything twice."""
    form = page.form
    row = next((each for each in reversed(seen.steps) if form is not None and each.form == form.code), None)
    if form is None or row is None:
        return ShownForm(Sent({}, {}))
    known = {name: value for name, value in row.answers.items() if name in form.named and seen.sees(form.named[name])}
    words = CaseWords(page.user, [(form.named[name], value) for name, value in known.items()])
    typed = {name: retyped(form.named[name], value) for name, value in known.items()}
    called = {name for name in known if form.named[name].type in (FieldType.ORGANISATION, FieldType.REGION)}
    typed |= {name: str(words.called(form.named[name], known[name])) for name in called}
    held: dict[str, list[HeldFile]] = {}
    for each in files_of(row, list(known)):
        kept = each.attachment
        held.setdefault(each.field, []).append(held_for(page.request, kept.name, kept.digest, kept.size))
    return ShownForm(Sent(typed, {}), held)
