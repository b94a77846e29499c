"""Forms outside of their page: blank and filled on paper, and as a sheet to be filled in."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xingke.accounts.models import User
from xingke.casework import papers, queries, sheets
from xingke.casework.queries.offers import flow_to_open
from xingke.casework.queries.seen import audiences_of, case_seen
from xingke.casework.rules.forms import CaseForm
from xingke.casework.rules.stepping import is_theirs
from xingke.casework.views.asking import KINDS
from xingke.casework.views.opening import blank_asked
from xingke.press import docx_writer
from xingke.press.exports import document_response, workbook_response
from xingke.registry import queries as registry


@require_safe
def new_form_file(request: HttpRequest, flow: str, kind: str) -> HttpResponse:
    """What opens a case, blank: a paper, or a sheet in which many answer it."""
    user = registry.reader(request.user)
    known = flow_to_open(user, flow)
    if known is None or kind not in KINDS:
        raise Http404
    whose, definitions = blank_asked(request, user, known)
    form = definitions.form(definitions.flow.first)
    if form is None:
        raise Http404
    taker = queries.taker_at(
        user, definitions.flow, region=whose.region, organisation=whose.organisation, person=whose.person
    )
    audiences, beside = audiences_of(taker), sheets.beside_columns(known)
    return _blank(form, user, kind, audiences=audiences, is_fictional=whose.region.is_fictional, beside=beside)


@require_safe
def case_form_file(request: HttpRequest, key: UUID, form: str, kind: str) -> HttpResponse:
    """A form of a case: as it was answered, or blank for the step that asks it."""
    user = registry.reader(request.user)
    seen = case_seen(user, queries.case_for(user, key))
    answered = {asked.code: (row, asked) for row, asked in seen.forms()}
    if kind == "docx" and form in answered and "blank" not in request.GET:
        row, asked = answered[form]
        name = f"{_called(asked)} {seen.read.case.number}".strip()
        return document_response(name, docx_writer.write(papers.filled_of(seen, row, asked, user), proof=None))
    steps = seen.read.flow.steps.values()
    theirs = any(step.form == form and is_theirs(seen.read.state, step.code, seen.taker) for step in steps)
    if kind not in KINDS or (form not in answered and not theirs):
        raise Http404
    blank: CaseForm = seen.read.definitions.forms[form].value
    return _blank(blank, user, kind, audiences=seen.audiences, is_fictional=seen.read.case.is_fictional)


def _blank(
    form: CaseForm,
    user: User,
    kind: str,
    *,
    audiences: Collection[str],
    is_fictional: bool,
    beside: Sequence[sheets.BesideColumn] = (),
) -> HttpResponse:
    if kind == "docx":
        paper = papers.blank_of(form, user, audiences=audiences, is_fictional=is_fictional)
        return document_response(_("%(form)s（空白）") % {"form": _called(form)}, docx_writer.write(paper, proof=None))
    columns, guide = sheets.sheet_of(form, audiences=audiences, beside=beside)
    return workbook_response(_called(form), columns=columns, rows=(), pages=[guide], spare=sheets.ROWS)


def _called(form: CaseForm) -> str:
    return form.label.in_language(get_language() or "zh")
