"""A form of a case as a page asks it: looked at again as often as one likes, kept as a draft, sent once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.actions import StoredFile
from xingke.accounts.models import User
from xingke.accounts.rules import SUFFIXES
from xingke.accounts.uploads import HeldFile, held_for
from xingke.base.refusals import Refused
from xingke.base.retaining import kept_days
from xingke.casework import queries
from xingke.casework.actions import AnswersRefused
from xingke.casework.actions.drafts import DRAFTS, keep_draft
from xingke.casework.forms import AskedForm, asked_form, files_in, held_in, typed_in
from xingke.casework.models import Case, CaseDraft
from xingke.casework.queries.kept import draft_of
from xingke.casework.queries.lookups import AsReader
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.answers import AnswersRead, read_answers
from xingke.casework.rules.forms import CaseForm, FieldType
from xingke.registry.forms.choosing import LOOKS_UP
from xingke.registry.models import Organisation, Region

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


def looked_at(
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


def begun(page: FormPageAsked, draft: CaseDraft | None) -> ShownForm:
    """What somebody kept as a draft; nothing where they kept none."""
    if draft is None:
        return ShownForm(Sent({}, {}))
    held = {
        name: [held_for(page.request, file["name"], file["digest"], file["size"]) for file in files]
        for name, files in draft.files.items()
    }
    return ShownForm(Sent(draft.typed, {}), held, saved_at=draft.saved_at, beside=draft.beside)
