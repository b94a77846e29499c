"""Correcting, confirming and voiding one record."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.rules import SUFFIXES
from xingke.accounts.uploads import files_held
from xingke.base.refusals import Refused
from xingke.ledger import actions, queries
from xingke.ledger.confirmations import uncounted
from xingke.ledger.forms.corrections import CorrectionForm, ReasonForm, correction_form
from xingke.ledger.queries import records
from xingke.ledger.record_facts import crumbs, lead, title
from xingke.ledger.views.evidence import handed_over
from xingke.ledger.words import Words
from xingke.registry import queries as registry

PROPOSED = gettext_lazy("已提出，等待别人采纳。")


@require_http_methods(["GET", "POST"])
def record_correct(request: HttpRequest, kind: str, record: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = records.record_to_change(user, kind, record, Permission.RECORD_ENTER)
    words = Words()
    is_proposed = not records.changed_at_once(user, shown)
    form = correction_form(shown, words, user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _correct(shown, form, user, is_proposed=is_proposed)
                actions.attach_evidence(
                    kind=kind, record=record, files=handed_over(request), by=user, now=timezone.now()
                )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, PROPOSED if is_proposed else _("已更正，旧版本保留在“版本”里。"))
            return redirect("ledger:record", kind, record)
    act = _("提出更正") if is_proposed else _("更正")
    context = {
        **_context(words, shown, form, act),
        "act": act,
        "is_proposed": is_proposed,
        "suffixes": SUFFIXES,
        "held": files_held(request),
    }
    return render(request, "ledger/record_correct.html", context)


def _correct(shown: records.RecordPage, form: CorrectionForm, by: User, *, is_proposed: bool) -> None:
    common = {
        "record": shown.current.record,
        "version": form.cleaned_data["version"],
        "changes": form.changes(),
        "reason": form.cleaned_data["reason"],
        "by": by,
        "now": timezone.now(),
    }
    if is_proposed:
        actions.propose_correction(kind=shown.kind, **common)
    elif shown.kind == queries.OBSERVATION:
        actions.correct_observation(**common)
    elif shown.is_event:
        actions.correct_event(kind=shown.kind, **common)
    else:
        actions.correct_subject(kind=shown.kind, **common)


@require_http_methods(["GET", "POST"])
def record_void(request: HttpRequest, kind: str, record: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = records.record_to_void(user, kind, record)
    is_proposed = not records.changed_at_once(user, shown)
    form = ReasonForm(request.POST or None, initial={"version": shown.current.version})
    if request.method == "POST" and form.is_valid():
        common = {"record": record, "by": user, "now": timezone.now(), **form.cleaned_data}
        try:
            if is_proposed:
                actions.propose_void(kind=kind, **common)
            elif kind == queries.OBSERVATION:
                actions.void_observation(**common)
            else:
                actions.void_event(kind=kind, **common)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, PROPOSED if is_proposed else _("已作废，原有版本仍可查看。"))
            return redirect("ledger:record", kind, record)
    act = _("提出作废") if is_proposed else _("作废")
    context = {**_context(Words(), shown, form, act), "act": act, "is_proposed": is_proposed}
    return render(request, "ledger/record_void.html", context)


@require_POST
def record_confirm(request: HttpRequest, kind: str, record: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = records.record_to_change(user, kind, record, Permission.RECORD_CONFIRM)
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 19 else 0
    try:
        if kind == queries.OBSERVATION:
            actions.confirm_observation(record=record, version=version, by=user, now=timezone.now())
        else:
            actions.confirm_event(kind=kind, record=record, version=version, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _said_of(kind, shown))
    return redirect("ledger:record", kind, record)


def _said_of(kind: str, shown: records.RecordPage) -> str:
    """That it was confirmed, and whether it counts from now on: only where the records are declared complete."""
    silent = [] if kind == queries.OBSERVATION else uncounted([(kind, shown.current.region)])
    if silent:
        return _("已确认。%(what)s还没有声明完整，指标暂不计数。") % {"what": silent[0]}
    return _("已确认，从现在起计入指标。")


def _context(words: Words, shown: records.RecordPage, form: ReasonForm, step: str) -> dict[str, object]:
    url = reverse("ledger:record", args=[shown.kind, shown.current.record])
    return {
        "form": form,
        "row": shown.current,
        "name": title(words, shown),
        "lead": lead(words, shown, timezone.localdate()),
        "url": url,
        "crumbs": crumbs(words, shown, step),
        "is_fictional": shown.current.is_fictional,
    }
