"""What the workbench shows: what waits for somebody, and what was written and filed last; and the public home page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import menu, tasks
from xingke.base.periods import Period
from xingke.base.tasks import Task
from xingke.base.templatetags.xk import day
from xingke.indicators import wording
from xingke.indicators.queries import indicators
from xingke.ledger.models import State
from xingke.ledger.queries import events
from xingke.ledger.queries.caching import kept_alike, stamp
from xingke.ledger.queries.events import TimelineEntry
from xingke.ledger.queries.holders import holder_word, seen_by
from xingke.ledger.words import Words, approximated
from xingke.portal.queries.figures import FIRST, SHOWN
from xingke.press.tree import split_bound
from xingke.registry import queries as registry
from xingke.registry.models import Organisation
from xingke.reports import queries as reports
from xingke.reports.models import Document
from xingke.reports.rows import rows_of

LISTED = 200  # published documents on the home page


def waiting(user: User) -> list[Task] | None:
    """What waits for somebody, as the rooms say it; None for whoever can never have anything to do here."""
    return tasks.waiting(user, registry.permissions_of(user))


def mine(user: User, *, now: datetime) -> list[Task] | None:
    """What somebody did themselves today, as the rooms say it; None for whoever does nothing here."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return tasks.own_work(user, registry.permissions_of(user), since=midnight)


# ── the public home page ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Home:
    """What everybody may see: the published documents by year and region, and the important numbers in the newest."""

    years: Sequence[tuple[str, Sequence[Document]]]
    newest: Document | None
    cards: Sequence[dict[str, Any]]
    is_fictional: bool


def home() -> Home:
    """The public home page. Three queries, however many documents there are."""
    found = list(reports.public_documents().defer("tree", "proof", "source")[:LISTED])
    years: dict[str, list[Document]] = {}
    for each in found:
        years.setdefault(str(Period.parse(each.period).last.year), []).append(each)
    newest = found[0] if found else None
    cards = _public_cards(newest) if newest else []
    return Home(sorted(years.items(), reverse=True), newest, cards, any(each.is_fictional for each in found))


def _public_cards(document: Document) -> list[dict[str, Any]]:
    """The important numbers that stand in a published document, with their growth where it stands there too."""
    spoken = {
        (each.figure.indicator, each.figure.aspect): each.figure
        for each in document.figures.filter(figure__indicator__in=FIRST).select_related("figure")
    }
    known, words = indicators(), Words()
    return [
        {
            "label": known[code].label.in_language(wording.language()),
            "value": approximated(number, before)[0],
            "unit": words.unit_after(unit),
            "change": wording.spoken_change(growth, known[code]) if (growth := spoken.get((code, "growth"))) else "",
            "evidence_label": _("怎样数出来的"),
            "evidence_url": address,
            "drawer_url": address,
            "route": "",
            "is_fictional": document.is_fictional,
        }
        for code in FIRST
        if (figure := spoken.get((code, "level"))) and code in known
        for before, number, unit in [split_bound(figure.text)]
        for address in [reverse("reports:public-figure", args=[figure.key])]
    ][:SHOWN]


def documents(user: User, *, limit: int = 5) -> SafeString | None:
    """The part of the page with the documents written last, before a superior those handed up last; None for whoever may
    read none. Whether each still holds is asked every time: the job child keeps what it found without a number."""
    if not registry.has(user, Permission.DOCUMENT_READ):
        return None

    def ask() -> list[Any]:
        listed = reports.newest_first(user).annotate(figure_count=Count("figures"))
        return list(listed.defer("tree", "proof", "source")[:limit])

    rows = rows_of(kept_alike(user, f"documents:{limit}", ask, Permission.DOCUMENT_READ), stamp())
    context = {"documents": rows, "is_superior": is_superior(user)}
    name = f"documents:{limit}:{wording.language()}:{[row.state for row in rows]}"
    return kept_alike(user, name, lambda: render_to_string("portal/documents.html", context), Permission.DOCUMENT_READ)


def is_superior(user: User) -> bool:
    """Whether lower regions put their documents before somebody."""
    return not registry.scope(user, Permission.DOCUMENT_READ).is_all_home


def records(user: User, *, limit: int = 8) -> SafeString | None:
    """The part of the page with the records filed last; None for whoever may read none."""
    if not registry.has(user, Permission.RECORD_READ):
        return None

    def ask() -> SafeString:
        return render_to_string("portal/records.html", {"records": _newest(user, limit)})

    return kept_alike(
        user, f"records:{limit}:{wording.language()}", ask, Permission.RECORD_READ, Permission.ORGANISATION_READ
    )


def _newest(user: User, limit: int) -> list[dict[str, Any]]:
    words = Words()
    is_own = not registry.scope(user, Permission.RECORD_READ).ranges  # one firm's reader knows whose records they are
    newest = events.latest_filed(user, limit=limit)
    return [_timeline_item(entry, words, is_own=is_own) for entry in events.entries(newest, seen_by(user))]


def _timeline_item(entry: TimelineEntry, words: Words, *, is_own: bool) -> dict[str, Any]:
    organisation = "" if is_own else holder_word(entry.event)
    event, subject = words.event(entry.kind, entry.event.event), words.subject(entry.subject)
    return {
        "when": timezone.localtime(entry.event.entered_at).date(),
        "title": organisation or subject,
        "url": reverse("ledger:record", args=[entry.kind, entry.event.record]),
        "text": " · ".join(part for part in (event, subject if organisation else "", day(entry.on)) if part),
        "state": "" if entry.event.state == State.CONFIRMED else entry.event.state,
        "tone": {1: "good", -1: "bad"}.get(entry.event.effect, "brand"),
    }


def published(user: User) -> list[Document] | None:
    """What everybody may read, for whoever is signed in but reads no documents of the bureau; None for others."""
    if registry.has(user, Permission.DOCUMENT_READ) or not registry.has(user, Permission.ORGANISATION_READ):
        return None
    return list(reports.public_documents().defer("tree", "proof", "source")[:5])


def own_organisations(user: User) -> list[Organisation]:
    """The organisations an account was given a role for by name: an enterprise user's own."""
    return registry.own_organisations(user)


def purpose(user: User) -> str:
    """What the reader's roles are for, as the pack says it."""
    return " ".join(role.purpose.in_language(wording.language()) for role in registry.roles_of(user))


@dataclass(frozen=True)
class Link:
    """A way on from the workbench."""

    label: str
    url: str
    icon: str


def links(user: User) -> list[Link]:
    """What this reader most often does, by permission."""
    held = registry.permissions_of(user)
    return [Link(str(each.label), reverse(each.url_name), each.icon) for each in menu.shortcuts(held)]
