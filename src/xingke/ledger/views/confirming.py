"""Confirming many drafts at once: first what would happen, then it happens."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import panels
from xingke.base.refusals import Refused
from xingke.ledger import actions
from xingke.ledger.confirmations import PAGE, Intended, confirmed_words, places_of, uncounted
from xingke.ledger.lists import RECORDS, events_asked_for, row_of
from xingke.ledger.queries import events
from xingke.ledger.queries.doubts import doubts
from xingke.ledger.queries.holders import seen_by
from xingke.ledger.tables import TABLES
from xingke.ledger.words import Words, kind_word
from xingke.registry import queries as registry
from xingke.registry.listing import filter_names
from xingke.registry.rules import Scope

SHOWN = 200  # records listed, of those that can be confirmed and of those that cannot
LOOKED_AT = 500  # records looked at for what speaks against them


@require_http_methods(["GET", "POST"])
def records_confirm(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.RECORD_CONFIRM)
    back = f"{reverse('ledger:record-list')}?state=draft"
    if request.method == "GET":  # after signing in again, what was ticked is gone
        return redirect(back)
    until = _seen_at(request)
    records = _chosen(request, user, until)
    if not any(records.values()):
        messages.error(request, _("没有选定任何记录：先在记录前面打钩，再确认。"))
        return redirect(back)
    if "sure" in request.POST:
        _confirm(request, user, records, until)
        return redirect(back)
    plan = actions.plan_confirmation(records=records, by=user, now=timezone.now(), until=until)
    kept = ("all", "until", *filter_names(RECORDS)) if "all" in request.POST else ("until",)
    intended = _intended(user, records, plan, until)
    rows = _rows(intended.entries)
    context = {
        "count": plan.count,
        "left_count": len(plan.left),
        "left": _left(plan.left[:SHOWN], seen_by(user)),
        "kinds": [
            {"label": kind_word(code), "value": len(keys), "unit": _("条")} for code, keys in records.items() if keys
        ],
        "rows": rows[:SHOWN],
        "doubtful": sum(bool(row["doubts"]) for row in rows),
        "looked_at": LOOKED_AT,
        "uncounted": uncounted(intended.places),
        "panels": panels.panels(PAGE, user, intended),
        "hidden": [(name, request.POST.get(name, "")) for name in kept],
        "chosen": [] if "all" in kept else request.POST.getlist("row"),
        "back": back,
        "crumbs": [{"label": _("台账"), "url": reverse("ledger:record-list")}, {"label": _("批量确认")}],
        "is_fictional": any(row.is_fictional for rows in plan.versions.values() for row, _changes in rows),
    }
    return render(request, "ledger/records_confirm.html", context)


def _confirm(request: HttpRequest, user: User, records: dict[str, list[UUID]], until: int) -> None:
    try:
        plan = actions.confirm_events(records=records, by=user, now=timezone.now(), until=until)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return
    messages.success(request, confirmed_words(plan.count, len(plan.left), uncounted(places_of(plan))))


def _intended(user: User, records: dict[str, list[UUID]], plan: actions.ConfirmationPlan, until: int) -> Intended:
    """What would be confirmed: without what cannot be; the first of them with what happened."""
    left = {(each.kind, each.record) for each in plan.left}
    ready = {code: [key for key in keys if (code, key) not in left] for code, keys in records.items()}
    entries = [
        entry
        for code, keys in ready.items()
        if keys
        for entry in events.entries_of(code, keys[:LOOKED_AT], seen_by(user))
    ][:LOOKED_AT]
    return Intended(
        user, {code: keys for code, keys in ready.items() if keys}, plan.count, until, entries, places_of(plan)
    )


def _rows(entries: Sequence[events.TimelineEntry]) -> list[dict[str, Any]]:
    """The records that would be confirmed, in words: those that something speaks against first."""
    words = Words()
    against = doubts(words, entries)
    rows = [{**row_of(words, entry), "doubts": against.get(entry.event.record, [])} for entry in entries]
    return sorted(rows, key=lambda row: not row["doubts"])


def _seen_at(request: HttpRequest) -> int:
    """The number of the ledger at which the list was seen."""
    until = request.POST.get("until", "")
    return int(until) if until.isdecimal() and len(until) < 19 else 0


def _chosen(request: HttpRequest, user: User, until: int) -> dict[str, list[UUID]]:
    """The events asked for, by kind: those that were ticked, or all of the list as it was seen."""
    if "all" in request.POST:
        wanted = events_asked_for(user, registry.scope(user, Permission.RECORD_READ), request.POST)
        return events.drafts_wanted(user, wanted, until=until)
    found: dict[str, list[UUID]] = {}
    for row in request.POST.getlist("row"):
        kind, _colon, key = row.partition(":")
        try:
            found.setdefault(kind, []).append(UUID(key))
        except ValueError:
            continue
    return {kind: keys for kind, keys in found.items() if kind in TABLES}


def _left(left: Sequence[actions.Left], seen: Scope) -> list[dict[str, Any]]:
    """The records that stay drafts, in words, each with its reason."""
    words = Words()
    reasons = {(each.kind, each.record): each.reason for each in left}
    kinds = dict.fromkeys(each.kind for each in left)
    return [
        {**row_of(words, entry), "reason": reasons[kind, entry.event.record]}
        for kind in kinds
        for entry in events.entries_of(kind, [each.record for each in left if each.kind == kind], seen)
    ]
