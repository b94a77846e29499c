"""Opening many cases from a filled sheet: what its rows say, what is wrong with them, and the cases they became."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xingke.accounts.models import User
from xingke.accounts.uploads import SentFile, carried, files_sent
from xingke.base.refusals import Refused
from xingke.casework import queries, sheets, showing
from xingke.casework.actions import AnswersRefused
from xingke.casework.actions.from_sheet import CasesOpened, RowWanted, open_cases, refuse_too_many
from xingke.casework.actions.together import MOST
from xingke.casework.models import Case, CaseCall
from xingke.casework.queries.lookups import AsReader
from xingke.casework.queries.offers import FlowToOpen, flow_to_open
from xingke.casework.queries.seen import audiences_of
from xingke.casework.rules.answers import FormFault, read_answers
from xingke.casework.rules.forms import CaseForm
from xingke.casework.rules.sheets import SheetEntry, said_in
from xingke.casework.views.opening import blank_url, call_asked, whose_asked
from xingke.registry import queries as registry


@require_http_methods(["GET", "POST"])
def case_new_sheet(request: HttpRequest, flow: str) -> HttpResponse:
    """A first POST reads ``sheet`` and shows what it says; one with ``open`` opens the cases of the rows nothing is wrong with."""
    user = registry.reader(request.user)
    known = flow_to_open(user, flow)
    if known is None:
        raise Http404
    call = call_asked(request, user, flow)
    whose, definitions = whose_asked(user, known, call, {})
    first = definitions.flow.first
    form = definitions.form(first)
    word = definitions.flow.label.in_language(get_language() or "zh")
    context: dict[str, Any] = {
        "title": call.title if call is not None else word,
        "why_not": sheets.why_no_sheet(first, form),
        "template_url": blank_url(flow, "xlsx", whose.region, call),
        "call": call,
        "most": MOST,
        "back_url": f"{reverse('casework:case-new', args=[flow])}{f'?call={call.key}' if call is not None else ''}",
        "crumbs": [{"label": _("业务"), "url": reverse("casework:case-list")}, {"label": word}],
        "is_fictional": whose.region.is_fictional,
    }
    if request.method == "POST" and form is not None and context["why_not"] is None:
        taker = queries.taker_at(user, definitions.flow, region=whose.region, organisation=whose.organisation)
        try:
            sent = _sent(request)
            filled, rows, faults = _read(sent, user, known, form, call, audiences=audiences_of(taker))
            context |= {"faults": faults, "unknown": filled.unknown, "passed": filled.passed, "read": True}
            if "open" in request.POST:
                done = open_cases(flow=flow, step=first.code, rows=rows, call=call, by=user, now=timezone.now())
                if not done.refused and not faults and not done.before:
                    messages.success(request, _("已开立 %(n)d 件。") % {"n": len(done.opened)})
                    return redirect(f"{reverse('casework:case-list')}?flow={flow}")
                context |= {"done": True, **_outcome(done, form)}
            else:
                context |= {"ready": [_line(row) for row in rows], "slip": carried(request, sent).slip}
        except Refused as refusal:
            context["refusal"] = refusal
    return render(request, "casework/case_new_sheet.html", context)


def _sent(request: HttpRequest) -> SentFile:
    sent = files_sent(request, field="sheet")
    if len(sent) != 1:
        raise Refused(_("请选择一个填好的表格文件。"))
    return sent[0]


def _read(
    sent: SentFile, user: User, known: FlowToOpen, form: CaseForm, call: CaseCall | None, *, audiences: Collection[str]
) -> tuple[sheets.FilledSheet, list[RowWanted], list[dict[str, Any]]]:
    """What a sheet says, its rows that can become cases, and what is wrong with the others."""
    filled = sheets.read_filled(sent.data, name=sent.name, form=form, audiences=audiences, known=known)
    refuse_too_many(len(filled.entries))  # before each of ten thousand is looked up
    rows: list[RowWanted] = []
    faults: list[dict[str, Any]] = []
    earlier: dict[tuple[object, ...], int] = {}
    for entry in filled.entries:
        row, said = _row(entry, user, known, form, call)
        said += [str(each) for each in filled.damage.get(entry.number, ())]
        same = earlier.setdefault((row.region, row.organisation, row.person, row.says), entry.number)
        if same != entry.number and not said:
            said.append(_("与第 %(row)d 行完全相同。") % {"row": same})
        if said:
            faults.append({**_line(row), "says": said})
        else:
            rows.append(row)
    return filled, rows, faults


def _row(
    entry: SheetEntry, user: User, known: FlowToOpen, form: CaseForm, call: CaseCall | None
) -> tuple[RowWanted, list[str]]:
    """A row as it is wanted, and what is wrong with it."""
    whose = sheets.whose_entry(user, known, entry)
    region = call.region if call is not None else whose.region
    prefills = queries.prefills(region, whose.organisation)
    lookup = AsReader(user, region)
    read = read_answers(form, entry.typed, lookup=lookup, today=timezone.localdate(), known=prefills)
    row = RowWanted(entry, said_in(entry, read.values), region, whose.organisation, whose.person)
    if whose.fault is None:
        return row, list(_in_words(read.faults, form, entry))
    own = [each for each in read.faults if not (form.named[each.field].prefill if each.field in form.named else "")]
    return row, [str(whose.fault), *_in_words(own, form, entry)]  # what its holder would bring along is not wrong yet


def _in_words(faults: Sequence[FormFault], form: CaseForm, entry: SheetEntry) -> Iterator[str]:
    """Each fault at its column, and in a table at its row in the file."""
    language = get_language() or "zh"
    for fault in faults:
        asked = form.named.get(fault.field)
        names = [asked.label.in_language(language)] if asked is not None else []
        if asked is not None and fault.row:
            numbers = entry.rows.get(fault.field, ())
            if fault.row <= len(numbers):
                names.insert(0, _("第 %(row)d 行") % {"row": numbers[fault.row - 1]})
            names += [each.label.in_language(language) for each in asked.columns if each.name == fault.column]
        yield f"{' '.join(names)}{_('：')}{fault.says}" if names else str(fault.says)


def _line(row: RowWanted) -> dict[str, Any]:
    said = row.entry.beside
    holder = row.organisation or row.person
    texts = [value for value in row.entry.typed.values() if isinstance(value, str) and value]
    return {
        "number": row.entry.number,
        "whose": holder.name if holder is not None else said.get("organisation") or said.get("person") or "",
        "words": str(row.entry.typed.get("title") or " · ".join(texts[:3])),
    }


def _outcome(done: CasesOpened, form: CaseForm) -> dict[str, Any]:
    def opened(row: RowWanted, case: Case) -> dict[str, Any]:
        title = case.number or showing.title_of(case, queries.definitions_of(case).flow)
        return {**_line(row), "url": reverse("casework:case", args=[case.key]), "case": title}

    return {
        "opened": [opened(*each) for each in done.opened],
        "before": [opened(*each) for each in done.before],
        "refused": [{**_line(row), "says": _why(refusal, form, row)} for row, refusal in done.refused],
    }


def _why(refusal: Refused, form: CaseForm, row: RowWanted) -> list[str]:
    return list(_in_words(refusal.faults, form, row.entry)) if isinstance(refusal, AnswersRefused) else [str(refusal)]
