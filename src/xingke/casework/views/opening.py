"""Opening a case with its first form, and what is asked of whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode
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
from xingke.base.keys import new_key
from xingke.casework import actions
from xingke.casework.actions import NewCase, StepWanted
from xingke.casework.actions.drafts import drop_draft
from xingke.casework.forms import widget_of
from xingke.casework.models import CaseCall, CaseDraft
from xingke.casework.queries import CaseDefinitions, calls
from xingke.casework.queries.kept import newest_draft
from xingke.casework.queries.lookups import AsReader
from xingke.casework.queries.offers import FlowToOpen, flow_to_open
from xingke.casework.sheets import why_no_sheet
from xingke.casework.views.asking import KINDS, FormPageAsked, Sent, begun, looked_at
from xingke.registry import queries as registry
from xingke.registry.forms.choosing import organisation_chooser, person_chooser
from xingke.registry.models import Organisation, Person, Region


@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest, flow: str) -> HttpResponse:
    user = registry.reader(request.user)
    known = flow_to_open(user, flow)
    if known is None:
        raise Http404
    call = call_asked(request, user, flow)
    kept = None if request.method == "POST" else _kept(request, user, known, call)
    said = {**(kept.beside if kept is not None else {}), **request.GET.dict(), **request.POST.dict()}
    choosers = {"organisation": organisation_chooser(user), "person": person_chooser(user)}
    said |= {name: each.value_from_datadict(said, {}, name) for name, each in choosers.items()}
    whose, definitions = whose_asked(user, known, call, said)
    first = definitions.flow.first
    page = FormPageAsked(
        request,
        user,
        definitions.form(first),
        whose.region,
        whose.organisation,
        flow=flow,
        whose=_of(whose.organisation if known.is_own else None, call),
    )
    if request.method == "POST":
        new = NewCase(
            flow=flow,
            region=whose.region,
            organisation=whose.organisation,
            person=whose.person,
            call=call,
            key=_key(request),
        )
        shown = looked_at(page, lambda sent: _open(page, new, first.code, sent), whose.faults)
        if isinstance(shown, HttpResponse):
            return shown
    else:
        shown = begun(page, kept)
    hidden = [("key", request.POST.get("key") or str(new_key()))]
    if call is not None:
        hidden.append(("call", str(call.key)))
    language = get_language() or "zh"
    word = definitions.flow.label.in_language(language)
    only = known.organisations[0] if len(known.organisations) == 1 and not known.regions else None
    only_person = known.persons[0] if known.persons else None
    chosen = str(whose.organisation.key) if whose.organisation and known.organisations else ""
    context = {
        **shown.context(page),
        "title": word,
        "flow": call.title if call is not None else first.label.in_language(language),
        "lead": _lead(known),
        "opens": {
            "only": only or only_person,
            "organisations": known.organisations,
            "regions": known.regions,
            "organisation": said["organisation"] or chosen,
            "region": whose.region.code,
            "wants_organisation": known.is_of_organisation,
            "wants_person": known.is_of_person,
            **{f"{name}_chooser": widget_of(each, name, said[name]) for name, each in choosers.items()},
        },
        "hidden": hidden,
        "blank": {kind: blank_url(flow, kind, whose.region, call) for kind in KINDS} if page.form is not None else None,
        "sheet_url": reverse("casework:case-new-sheet", args=[flow]) + (f"?call={call.key}" if call is not None else "")
        if why_no_sheet(first, page.form) is None
        else "",
        "submit": first.label.in_language(language),
        "back_url": reverse("casework:case-list"),
        "crumbs": [{"label": _("业务"), "url": reverse("casework:case-list")}, {"label": word}],
        "is_fictional": whose.region.is_fictional,
    }
    return render(request, "casework/case_form.html", context)


def whose_asked(
    user: User, known: FlowToOpen, call: CaseCall | None, said: Mapping[str, str]
) -> tuple["Whose", CaseDefinitions]:
    """Whose a new case is as far as that was said, and what it runs by there."""
    whose = _whose(said, user, known)
    if call is not None:
        whose = replace(whose, region=call.region)
    return whose, calls.definitions_for_new(known.flow.code, whose.region, call)


def blank_asked(request: HttpRequest, user: User, known: FlowToOpen) -> tuple["Whose", CaseDefinitions]:
    """The same, for what is only looked at."""
    return whose_asked(user, known, call_asked(request, user, known.flow.code), request.GET.dict())


def blank_url(flow: str, kind: str, region: Region, call: CaseCall | None) -> str:
    asked = {"region": region.code} | ({"call": str(call.key)} if call is not None else {})
    return f"{reverse('casework:new-form-file', args=[flow, kind])}?{urlencode(asked)}"


@dataclass(frozen=True)
class Whose:
    """Whose a new case is, and where."""

    region: Region
    organisation: Organisation | None = None
    person: Person | None = None
    faults: tuple[tuple[str, str], ...] = ()


def _of(organisation: Organisation | None, call: CaseCall | None) -> str:
    """Under what the draft of a new case is kept: one for each firm of somebody's own, and each call."""
    return " ".join(str(each.key) for each in (organisation, call) if each is not None)


def _kept(request: HttpRequest, user: User, known: FlowToOpen, call: CaseCall | None) -> CaseDraft | None:
    """What somebody kept of a new case, of the firm that was asked for, or of theirs the newest."""
    asked = request.GET.get("organisation", "")
    own = [each for each in known.organisations if asked in ("", str(each.key))]
    whose = [_of(each, call) for each in own] if known.is_own else [_of(None, call)]
    return newest_draft(user, flow=known.flow.code, whose=whose, now=timezone.now())


def _whose(said: Mapping[str, str], user: User, known: FlowToOpen) -> Whose:
    """What was chosen of whose it is, or what is taken without asking; and what is wrong with it."""
    typed = said.get("organisation", "")
    if known.is_own:
        chosen = next((each for each in known.organisations if str(each.key) == typed), known.organisations[0])
        return Whose(chosen.region, chosen)
    if known.persons:
        return Whose(known.regions[0], person=known.persons[0])
    code = said.get("region", "")
    region = next((each for each in known.regions if each.code == code), known.regions[0])
    if known.is_of_person:
        return _person(said, user, region)
    if not known.is_of_organisation:
        return Whose(region)
    if not typed.strip():
        return Whose(region, faults=(("id_organisation", _("单位：请写明是哪家单位的。")),))
    found = AsReader(user, region).organisation_called(typed)
    if isinstance(found, Organisation):
        return Whose(region, found)
    return Whose(region, faults=(("id_organisation", f"{_('单位')}{_('：')}{found}"),))


def _lead(known: FlowToOpen) -> str:
    """Whose a new case is, where there is nothing to choose."""
    if known.persons:
        return known.persons[0].name
    if len(known.organisations) == 1 and not known.regions:
        return f"{known.organisations[0].name} {known.organisations[0].credit_code}".strip()
    return ""


def _person(said: Mapping[str, str], user: User, region: Region) -> Whose:
    typed = said.get("person", "").strip()
    if not typed:
        return Whose(region, faults=(("id_person", _("人员：请写明是谁的。")),))
    found = AsReader(user, region).person_called(typed)
    if isinstance(found, Person):
        return Whose(region, person=found)
    return Whose(region, faults=(("id_person", f"{_('人员')}{_('：')}{found}"),))


def call_asked(request: HttpRequest, user: User, flow: str) -> CaseCall | None:
    """The call that a new case answers; None for none, 404 for one that is not there for them or of another flow."""
    written = request.POST.get("call") or request.GET.get("call", "")
    if not written:
        return None
    try:
        found = calls.call_for(user, UUID(written), today=timezone.localdate())
    except ValueError:
        raise Http404 from None
    if found.flow != flow:
        raise Http404
    return found


def _open(page: FormPageAsked, new: NewCase, step: str, sent: Sent) -> HttpResponse:
    first, request = StepWanted(step=step, **sent.wanted), page.request
    opened = actions.open_case(new=new, first=first, by=page.user, now=timezone.now())
    drop_draft(by=page.user, flow=page.flow, step=page.kept_as, whose=page.whose)
    said = _("已提交，编号 %(number)s。") % {"number": opened.number} if opened.number else _("已提交。")
    messages.success(request, said)
    return redirect("casework:case", opened.key)


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return new_key()
