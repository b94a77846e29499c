"""Opening a case and taking a step of one, each with its form: looked at again as often as one likes, kept as a draft, sent once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
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

from xingke.accounts.actions import StoredFile
from xingke.accounts.models import User
from xingke.accounts.rules import SUFFIXES
from xingke.accounts.uploads import HeldFile, held_for
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.base.retaining import kept_days
from xingke.casework import actions, queries, showing
from xingke.casework.actions import AnswersRefused, NewCase, StepWanted
from xingke.casework.actions.drafts import DRAFTS, drop_draft, keep_draft
from xingke.casework.forms import AskedForm, asked_form, files_in, held_in, typed_in, widget_of
from xingke.casework.models import Case, CaseCall, CaseDraft, CaseStep
from xingke.casework.queries import CaseDefinitions, calls
from xingke.casework.queries.kept import draft_of, files_of, newest_draft
from xingke.casework.queries.lookups import AsReader
from xingke.casework.queries.offers import FlowToOpen, StepOffered, flow_to_open, handlers, step_offered
from xingke.casework.queries.personal import kept_names
from xingke.casework.queries.seen import CaseSeen, case_seen
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.answers import AnswersRead, read_answers
from xingke.casework.rules.flows import CORRECT
from xingke.casework.rules.forms import CaseForm, FieldType
from xingke.casework.rules.shown_answers import retyped
from xingke.casework.rules.stepping import RESERVED_WORDS, is_theirs
from xingke.casework.views.cases import page_of_case
from xingke.registry import queries as registry
from xingke.registry.forms.choosing import LOOKS_UP, organisation_chooser, person_chooser
from xingke.registry.models import Organisation, Person, Region

NEW = ""  # what opens a case is kept under no step: it is called otherwise in another region
BESIDE = ("opinion", "assignee", "organisation", "person", "region")  # what is asked beside a form
KINDS = ("docx", "xlsx")  # of a form outside of its page
LOOKING = (
    "more",
    "check",
    LOOKS_UP,
)  # buttons that show the form again: with one more row, what answers have changed, what was found


@dataclass(frozen=True)
class Sent:
    """What a page sent: as typed, with the files whose bytes are kept already, and why one of them may not be."""

    typed: Mapping[str, Any]
    files: Mapping[str, Sequence[StoredFile]]
    refused: str = ""

    @property
    def wanted(self) -> dict[str, Any]:
        """What is typed, as actions take it."""
        digests = {name: [file.digest for file in files] for name, files in self.files.items()}
        return {"typed": {**self.typed, **digests}, "files": [file for files in self.files.values() for file in files]}


def _sent(request: HttpRequest, form: CaseForm | None, user: User) -> Sent:
    if form is None:
        return Sent({}, {})
    typed = typed_in(form, request.POST, user)
    table = request.POST.get("more", "")
    if table in form.named and form.named[table].type is FieldType.TABLE:
        typed[table] = [*typed[table], {}]
    try:
        return Sent(typed, files_in(form, request))
    except Refused as refusal:
        return Sent(typed, {}, str(refusal))


@dataclass(frozen=True)
class FormPageAsked:
    """Where a form is asked: by whom, for what, and what is known there already. form: None where nothing is asked. kept_as, whose: under
    what a draft of it is kept; sealed: what of it was answered before and is personal.
    """

    request: HttpRequest
    user: User
    form: CaseForm | None
    region: Region
    organisation: Organisation | None
    case: Case | None = None
    flow: str = ""
    kept_as: str = NEW
    whose: str = ""
    sealed: Collection[str] = ()

    def draft(self) -> CaseDraft | None:
        """What somebody kept of it; None where they kept nothing."""
        return draft_of(
            self.user, case=self.case, flow=self.flow, step=self.kept_as, whose=self.whose, now=timezone.now()
        )

    def asked(
        self, sent: Sent, *, held: Mapping[str, Sequence[HeldFile]], read: AnswersRead | None = None
    ) -> AskedForm | None:
        """The form as it is shown again. read: as it was refused; else nothing is said to be wrong."""
        if self.form is None:
            return None
        found = read if read is not None else self._read(self.form, sent)
        words = CaseWords(self.user, [(each, found.values.get(each.name)) for each in self.form.fields])
        language = get_language() or "zh"
        judged = read is not None
        return asked_form(
            self.form,
            sent.typed,
            found,
            words=words,
            language=language,
            held=held,
            sealed=self.sealed,
            is_judged=judged,
            reader=self.user,
        )

    def _read(self, form: CaseForm, sent: Sent) -> AnswersRead:
        known = queries.prefills(self.region, self.organisation, self.case)
        lookup = AsReader(self.user, self.region)
        return read_answers(form, sent.wanted["typed"], lookup=lookup, today=timezone.localdate(), known=known)


@dataclass(frozen=True)
class ShownForm:
    """A form that is shown: what stands in it and beside it, and what is wrong with it."""

    sent: Sent
    held: Mapping[str, Sequence[HeldFile]] = field(default_factory=dict)
    faults: Sequence[tuple[str, str]] = ()
    read: AnswersRead | None = None
    saved_at: datetime | None = None
    beside: Mapping[str, str] = field(default_factory=dict)

    def context(self, page: FormPageAsked) -> dict[str, Any]:
        """What the template takes of it."""
        return {
            "asked": page.asked(self.sent, held=self.held, read=self.read),
            "faults": self.faults,
            "draft": self.saved_at,
            "suffixes": SUFFIXES,
        }


def _looked_at(
    page: FormPageAsked, take: Callable[[Sent], HttpResponse], faults: Sequence[tuple[str, str]] = ()
) -> HttpResponse | ShownForm:
    """What becomes of a form that was sent: a draft, one more look at it, or the step. faults: beside the form."""
    request, form = page.request, page.form
    sent = _sent(request, form, page.user)
    beside = {name: request.POST[name] for name in BESIDE if request.POST.get(name)}
    if "draft" in request.POST and not sent.refused and form is not None:
        keep_draft(
            by=page.user,
            case=page.case,
            flow=page.flow,
            step=page.kept_as,
            whose=page.whose,
            form=form,
            typed=sent.typed,
            beside=beside,
            files=sent.files,
            now=timezone.now(),
        )
        messages.success(request, _("已存为草稿，%(n)d 天内有效。") % {"n": kept_days(DRAFTS)})
        return redirect(request.get_full_path())
    held = held_in(form, request) if form is not None else {}
    if any(name in request.POST for name in LOOKING):
        return ShownForm(sent, held, beside=beside)
    found = [*faults, *([("asked", sent.refused)] if sent.refused else [])]
    if found:
        return ShownForm(sent, held, found, beside=beside)
    try:
        return take(sent)
    except AnswersRefused as refusal:
        return ShownForm(sent, held, (), refusal.read, beside=beside)
    except Refused as refusal:
        return ShownForm(sent, held, [("", str(refusal))], beside=beside)


def _begun(page: FormPageAsked, draft: CaseDraft | None) -> ShownForm:
    """What somebody kept as a draft; nothing where they kept none."""
    if draft is None:
        return ShownForm(Sent({}, {}))
    held = {
        name: [held_for(page.request, file["name"], file["digest"], file["size"]) for file in files]
        for name, files in draft.files.items()
    }
    return ShownForm(Sent(draft.typed, {}), held, saved_at=draft.saved_at, beside=draft.beside)


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest, flow: str) -> HttpResponse:
    user = registry.reader(request.user)
    known = flow_to_open(user, flow)
    if known is None:
        raise Http404
    call = _call(request, user, flow)
    kept = None if request.method == "POST" else _kept(request, user, known, call)
    said = {**(kept.beside if kept is not None else {}), **request.GET.dict(), **request.POST.dict()}
    choosers = {"organisation": organisation_chooser(user), "person": person_chooser(user)}
    said |= {name: each.value_from_datadict(said, {}, name) for name, each in choosers.items()}
    whose, definitions = _asked_of(user, known, call, said)
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
        shown = _looked_at(page, lambda sent: _open(page, new, first.code, sent), whose.faults)
        if isinstance(shown, HttpResponse):
            return shown
    else:
        shown = _begun(page, kept)
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
        "blank": {kind: _blank_url(flow, kind, whose.region, call) for kind in KINDS}
        if page.form is not None
        else None,
        "submit": first.label.in_language(language),
        "back_url": reverse("casework:case-list"),
        "crumbs": [{"label": _("业务"), "url": reverse("casework:case-list")}, {"label": word}],
        "is_fictional": whose.region.is_fictional,
    }
    return render(request, "casework/case_form.html", context)


def _asked_of(
    user: User, known: FlowToOpen, call: CaseCall | None, said: Mapping[str, str]
) -> tuple["Whose", CaseDefinitions]:
    """Whose a new case is as far as that was said, and what it runs by there."""
    whose = _whose(said, user, known)
    if call is not None:
        whose = replace(whose, region=call.region)
    return whose, calls.definitions_for_new(known.flow.code, whose.region, call)


def blank_asked(request: HttpRequest, user: User, known: FlowToOpen) -> tuple["Whose", CaseDefinitions]:
    """The same, for what is only looked at."""
    return _asked_of(user, known, _call(request, user, known.flow.code), request.GET.dict())


def _blank_url(flow: str, kind: str, region: Region, call: CaseCall | None) -> str:
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


def _call(request: HttpRequest, user: User, flow: str) -> CaseCall | None:
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


# ── taking a step ───────────────────────────────────────────────────────────────────────────────────────────────────


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
        shown = _looked_at(page, lambda sent: _taken(request, user, seen, step, sent))
        if isinstance(shown, HttpResponse):
            return shown
    else:
        draft = page.draft()
        shown = _begun(page, draft) if draft is not None else _as_answered(page, seen)
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
