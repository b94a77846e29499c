"""Writing a new record by hand, and one more event of a record that stands."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.rules import SUFFIXES
from xingke.accounts.uploads import files_held
from xingke.base.refusals import Refused
from xingke.ledger import actions, queries
from xingke.ledger.forms.entries import FurtherEventForm, RecordForm
from xingke.ledger.queries import records
from xingke.ledger.queries.holders import hide, holder_word, seen_by
from xingke.ledger.record_facts import crumbs, lead, title
from xingke.ledger.tables import TABLES, Kind
from xingke.ledger.views.evidence import handed_over
from xingke.ledger.views.undoing import filed
from xingke.ledger.words import Words, kind_word
from xingke.registry import queries as registry

LOOKING = ("find", "more")  # buttons that show the form again, with more to choose from or to fill in


@require_http_methods(["GET", "POST"])
def record_new(request: HttpRequest, kind: str) -> HttpResponse:
    user = registry.reader(request.user)
    known, words = records.kind_to_enter(user, kind), Words()
    form = RecordForm(user, _typed(request), kind=known, words=words, initial=_initial(user, known, request.GET))
    if _looks_up(request):
        form.hush()
    elif request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            files = handed_over(request)
            takes_over = form.taken_over is not None
            is_new = actions.enter(
                kind=kind,
                is_event=takes_over,
                key=key,
                files=files,
                by=user,
                now=timezone.now(),
                file=lambda: (_take_over if takes_over else _file)(known, form, user),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if is_new:
                filed(request, kind, key, _("已登记，等待确认。"))
            else:
                messages.success(request, _("这条记录刚才已经登记，没有重复登记。"))
            if "again" in request.POST:
                return redirect(f"{reverse('ledger:record-new', args=[kind])}?like={key}")
            return redirect("ledger:record", kind, key)
    context = {
        "form": form,
        "kind": kind,
        "name": kind_word(kind),
        "same": _same(words, user, form),
        "suffixes": SUFFIXES,
        "held": files_held(request),
        "crumbs": [
            {"label": _("台账"), "url": reverse("ledger:record-list")},
            {"label": _("登记%(name)s") % {"name": kind_word(kind)}},
        ],
    }
    return render(request, "ledger/record_new.html", context)


def _file(kind: Kind, form: RecordForm, by: User) -> None:
    """File the record; what stands already and was taken over gets the events since then."""
    history = form.history()
    arrivals = kind.names.arrivals  # who is named in the form has what was taken over
    events = [
        actions.NewEvent(
            **each,
            region=history["region"],
            organisation=history["organisation"] if each["event"] in arrivals else None,
        )
        for each in form.events()
    ]
    actions.file_histories(
        kind=kind.code,
        histories=[actions.NewHistory(**history, events=events)],
        by=by,
        now=timezone.now(),
        source=_("网页登记"),
    )


def _take_over(kind: Kind, form: RecordForm, by: User) -> None:
    """File what happened to a record that stands elsewhere from the day on which it was taken over."""
    history, stands = form.history(), form.taken_over
    events = sorted(form.events(), key=lambda each: each["on"])
    first = next(place for place, each in enumerate(events) if each["event"] in kind.names.arrivals)
    assert stands is not None  # or it would be filed anew
    for place, each in enumerate(events[first:]):
        event = actions.NewEvent(
            **each,
            region=history["region"],
            organisation=history["organisation"],
            key=history["key"] if not place else None,
        )
        actions.add_event(
            kind=kind.code, subject=stands.record, event=event, by=by, now=timezone.now(), source=_("网页登记")
        )


def _typed(request: HttpRequest) -> QueryDict | None:
    """What was posted; with one more empty event where one was asked for."""
    if request.method != "POST":
        return None
    typed = request.POST.copy()
    rows = str(typed.get("events-TOTAL_FORMS", ""))
    if "more" in typed and rows.isdecimal() and len(rows) < 19:
        typed["events-TOTAL_FORMS"] = str(int(rows) + 1)
    return typed


def _looks_up(request: HttpRequest) -> bool:
    return request.method == "POST" and any(button in request.POST for button in LOOKING)


def _initial(user: User, kind: Kind, asked: QueryDict) -> dict[str, Any]:
    """What the form begins with: the place and terms of a record like it, or an organisation; else nothing."""
    if like := _key(asked.get("like", "")):
        shown = records.record_page(user, kind.code, like)
        row, subject = shown.current, shown.subject
        found = {name: getattr(subject, name) for name in kind.repeated}
        return {**found, "region": row.region.code, **_holder(row.organisation)}
    if key := _key(asked.get("organisation", "")):
        holder = registry.organisation_for(user, key)
        is_entered_for = registry.scope(user, Permission.RECORD_ENTER).covers(holder.region.path)
        return {**_holder(holder), **({"region": holder.region.code} if is_entered_for else {})}
    return {}


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _holder(holder: Any) -> dict[str, str]:
    return {"holder": str(holder.key), "holder_search": holder.name} if holder is not None else {}


def _same(words: Words, user: User, form: RecordForm) -> dict[str, Any]:
    """The records that say the same: those the reader may open, and how many others there are."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    seen = [row for row in form.same if queries.covers(allowed, row)]
    hide(seen_by(user), seen)
    items = [
        {
            "name": words.subject(row),
            "number": row.number,
            "where": holder_word(row) or str(row.region),
            "url": reverse("ledger:record", args=[form.kind.code, row.record]),
            "add_url": reverse("ledger:event-add", args=[form.kind.code, row.record]),
        }
        for row in seen
    ]
    return {"items": items, "others": len(form.same) - len(seen)}


@require_http_methods(["GET", "POST"])
def event_add(request: HttpRequest, kind: str, record: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = records.record_to_add_to(user, kind, record)
    known, words = TABLES[kind], Words()
    form = FurtherEventForm(shown.alive[-1], user, _typed(request), kind=known, words=words)
    if _looks_up(request):
        form.hush()
    elif request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            files = handed_over(request)
            is_new = actions.enter(
                kind=kind,
                is_event=True,
                key=key,
                files=files,
                by=user,
                now=timezone.now(),
                file=lambda: _add(known, shown, form, user),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if is_new:
                filed(request, kind, key, _("已登记，等待确认。"))
            else:
                messages.success(request, _("这条记录刚才已经登记，没有重复登记。"))
            return redirect("ledger:record", kind, key)
    context = {
        "form": form,
        "kind": kind,
        "name": title(words, shown),
        "lead": lead(words, shown, timezone.localdate()),
        "url": reverse("ledger:record", args=[kind, record]),
        "crumbs": crumbs(words, shown, _("登记后续事件")),
        "suffixes": SUFFIXES,
        "held": files_held(request),
        "is_fictional": shown.current.is_fictional,
    }
    return render(request, "ledger/event_add.html", context)


def _add(kind: Kind, shown: records.RecordPage, form: FurtherEventForm, by: User) -> None:
    typed = form.cleaned_data
    assert shown.subject is not None  # whatever has events has a subject
    event = actions.NewEvent(**form.happened(), region=typed["region"], organisation=typed["holder"], key=typed["key"])
    actions.add_event(
        kind=kind.code, subject=shown.subject.record, event=event, by=by, now=timezone.now(), source=_("网页登记")
    )
