"""What the ledger adds to the pages of organisations: what they hold and run, the timeline, counts in the list."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.periods import Period
from xingke.ledger import queries
from xingke.ledger.queries import events
from xingke.ledger.queries.holdings import holding_counts, money_arrived, patents_held, titles_held
from xingke.ledger.record_facts import entry_choices
from xingke.ledger.words import Words, effect_word
from xingke.registry import queries as registry
from xingke.registry.models import Organisation
from xingke.registry.rules import Scope

TONES = {1: "good", -1: "bad", 0: ""}
TIMELINE_LIMIT = 200


def _may_read(user: User, organisation: Organisation) -> Scope | None:
    """Where the reader may read records, if that holds this organisation."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    inside = allowed.covers(organisation.region.path) or organisation.pk in allowed.organisations
    return allowed if inside else None


def holdings(user: User, organisation: Organisation) -> Mapping[str, Any] | None:
    """Titles in force, patents by form, projects running, money arrived; None for whoever may not read. Five queries."""
    if _may_read(user, organisation) is None:
        return None
    words, today = Words(), timezone.localdate()
    titles = [
        {
            "name": words.subject(held.subject),
            "number": held.subject.number,
            "since": held.since,
            "until": held.until,
            "url": reverse("ledger:record", args=[held.kind, held.subject.record]),
        }
        for held in titles_held(organisation, on=today)
    ]
    forms = patents_held(organisation, on=today)
    patents = [
        {"label": label, "value": forms[code], "unit": _("件")}
        for code, label in words.terms("patent_form")
        if code in forms
    ]
    return {"titles": titles, "patents": patents, "running": _running(words, organisation, today)}


def _running(words: Words, organisation: Organisation, today: date) -> list[dict[str, Any]]:
    """Its projects today and the money that arrived this year, where there are any."""
    projects = holding_counts([organisation.pk], on=today, kinds=("project",))["project"].get(organisation.pk)
    arrived = money_arrived(organisation, Period.year(today.year))
    items: list[dict[str, Any]] = []
    if projects:
        items.append({"label": _("在研项目"), "value": projects, "unit": _("项")})
    if arrived:
        number, unit = words.number_and_unit("amount", arrived)
        items.append({"label": _("今年到位资金"), "value": number, "unit": unit})
    return items


def timeline(user: User, organisation: Organisation) -> Mapping[str, Any] | None:
    """What happened to it, by year, newest first. Two queries per kind."""
    allowed = _may_read(user, organisation)
    if allowed is None:
        return None
    words = Words()
    found = events.timeline(organisation, allowed, limit=TIMELINE_LIMIT)
    years = [
        {"year": year, "items": [_item(words, entry, allowed) for entry in entries]}
        for year, entries in groupby(found, key=lambda entry: entry.on.year)
    ]
    more = f"{reverse('ledger:record-list')}?{urlencode({'q': organisation.credit_code or organisation.name})}"
    return {"years": years, "count": len(found), "is_cut": len(found) == TIMELINE_LIMIT, "more": more}


def _item(words: Words, entry: events.TimelineEntry, allowed: Scope) -> dict[str, Any]:
    event = entry.event
    return {
        "when": entry.on,
        "title": f"{words.event(entry.kind, event.event)} · {words.subject(entry.subject)}",
        "url": reverse("ledger:record", args=[entry.kind, event.record]) if queries.covers(allowed, event) else "",
        "text": _("，").join([*(f"{label} {said}" for label, said in words.measures(event)), *_effect(entry)]),
        "state": "draft" if event.state == "draft" else "",
        "tone": TONES[event.effect],
    }


def _effect(entry: events.TimelineEntry) -> list[str]:
    said = effect_word(entry.kind, entry.event.effect) if entry.event.effect else ""
    return [said] if said else []


def counts(user: User, organisations: Sequence[Organisation]) -> Mapping[str, Any] | None:
    """Two columns of the list: titles and patents in force. Two queries for 500 organisations."""
    if not registry.has(user, Permission.RECORD_READ):
        return None
    held = holding_counts([each.pk for each in organisations], on=timezone.localdate(), kinds=("recognition", "patent"))
    return {
        "heads": [_("有效资质"), _("有效专利")],
        "cells": {
            each.pk: [held["recognition"].get(each.pk, 0), held["patent"].get(each.pk, 0)] for each in organisations
        },
    }


def ways_on(user: User, organisation: Organisation) -> Mapping[str, Any] | None:
    """The forms for a new record of it, for whoever may write in its region."""
    if not registry.scope(user, Permission.RECORD_ENTER).covers(organisation.region.path):
        return None
    return {"entries": entry_choices(user, f"?organisation={organisation.key}")}
