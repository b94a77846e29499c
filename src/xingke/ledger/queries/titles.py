"""Titles and their terms: what ends soon, what is in renewal, what stands twice or without a last day; the reads."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.ledger import queries, rules
from xingke.ledger.models import Recognition, RecognitionEvent, State
from xingke.ledger.queries import holders
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry

KIND = TABLES["recognition"]
ENDS_WITHIN = (3, 6, 12)  # months somebody may look ahead
RENEWING = 12  # months after its end in which a title applied for again is said to be in renewal [parameter]


@dataclass(frozen=True)
class Ending:
    """A title whose term ends or has ended. until: its last day. applied_on: when its next certificate was asked for."""

    event: RecognitionEvent
    subject: Any
    until: date
    applied_on: date | None


def ending(user: User, *, on: date, months: int) -> QuerySet[RecognitionEvent]:
    """The events by which titles are held that end by their term within so many months, for ``endings_of``."""
    last = rules.months_later(on, months)
    return _lapsing(user, Q(lapses_on__gt=on, lapses_on__lte=last + timedelta(days=1)))


@dataclass(frozen=True)
class EndsOfDay:
    """How many titles end by their term on a day, and whether some of them are fictional."""

    number: int
    is_fictional: bool


def ends_by_day(user: User, first: date, last: date) -> dict[date, EndsOfDay]:
    """How many titles somebody may see end by their term on each day from one to another. One query."""
    allowed = registry.require_page(user, Permission.RECORD_READ)
    rows = RecognitionEvent.objects.filter(_lapse_after(first, last), queries.readable(allowed)).order_by()
    fictional = Count("pk", filter=Q(is_fictional=True))
    counted = rows.values_list("lapses_on").annotate(number=Count("pk"), fictional=fictional)
    return {
        lapses_on - timedelta(days=1): EndsOfDay(number, bool(fictional)) for lapses_on, number, fictional in counted
    }


def ending_on(user: User, days: Iterable[date]) -> list[Ending]:
    """The titles that end by their term on some days, the first to end first. Three queries."""
    lapsed = _lapsing(user, Q(lapses_on__in=[day + timedelta(days=1) for day in days]))
    return endings_of(user, lapsed.order_by("lapses_on", "pk"))


def places_of_ends(first: date, last: date) -> list[tuple[int, date]]:
    """Where titles end by their term from one day to another: region and day, each once. One query; asks nobody's right."""
    rows = RecognitionEvent.objects.filter(_lapse_after(first, last)).order_by("region", "lapses_on")
    found = rows.values_list("region_id", "lapses_on").distinct()
    return [(region, lapses_on - timedelta(days=1)) for region, lapses_on in found]


def _lapse_after(first: date, last: date) -> Q:
    span = (first + timedelta(days=1), last + timedelta(days=1))
    return Q(lapses_on__range=span, seq_to__isnull=True, state=State.CONFIRMED)


def in_renewal(user: User, *, on: date, regions: Q) -> list[Ending]:
    """The titles that ended by their term in the last months and were applied for again: no longer held, not given up."""
    first = rules.months_later(on, -RENEWING)
    lapsed = _lapsing(user, Q(lapses_on__gt=first, lapses_on__lte=on) & regions)
    found = endings_of(user, lapsed.order_by("lapses_on", "pk"))
    renewed = _certified_since(found, on)
    return [each for each in found if each.applied_on is not None and each.event.subject not in renewed]


def _lapsing(user: User, wanted: Q) -> QuerySet[RecognitionEvent]:
    allowed = registry.require_page(user, Permission.RECORD_READ)
    found: QuerySet[RecognitionEvent] = RecognitionEvent.objects.filter(
        wanted, queries.readable(allowed), seq_to__isnull=True, state=State.CONFIRMED
    )
    return found.select_related("region", "organisation__region")


def endings_of(user: User, lapsing: Iterable[RecognitionEvent]) -> list[Ending]:
    """The titles of events that end them, in the same order. Two queries for 500."""
    events = list(lapsing)
    holders.hide(holders.seen_by(user), events)
    subjects = queries.current_subjects(KIND, {event.subject for event in events})
    applied = _applications(event.subject for event in events)
    return [
        Ending(event, subjects[event.subject], event.lapses_on - timedelta(days=1), _after(applied, event))
        for event in events
        if event.subject in subjects and event.lapses_on is not None
    ]


def _applications(subjects: Iterable[Any]) -> dict[Any, list[date]]:
    found: dict[Any, list[date]] = {}
    keys = list(set(subjects))
    for start in range(0, len(keys), 500):
        rows = RecognitionEvent.objects.filter(
            subject__in=keys[start : start + 500], event="applied", seq_to__isnull=True
        ).exclude(state=State.VOID)
        for subject, on in rows.values_list("subject", "happened_on"):
            found.setdefault(subject, []).append(on)
    return found


def _after(applied: dict[Any, list[date]], event: RecognitionEvent) -> date | None:
    """The last application for a title since the certificate that ends."""
    return max((on for on in applied.get(event.subject, ()) if on > event.happened_on), default=None)


def _certified_since(found: Iterable[Ending], on: date) -> set[Any]:
    ends = {each.event.subject: each.until for each in found}
    rows = RecognitionEvent.objects.filter(
        subject__in=list(ends)[:900],
        event__in=KIND.names.certifying,
        seq_to__isnull=True,
        state=State.CONFIRMED,
        happened_on__lte=on,
    ).values_list("subject", "happened_on")
    return {subject for subject, day in rows if day > ends[subject]}


def without_last_day() -> list[RecognitionEvent]:
    """The certificates in force that say no last day though their title has a term: filed before the ledger kept one."""
    lasting = [code for code, term in registry.terms("title").items() if term.valid_years]
    rows = RecognitionEvent.objects.filter(
        seq_to__isnull=True, until__isnull=True, event__in=KIND.names.certifying, title__in=lasting
    )
    return list(rows.exclude(state=State.VOID).order_by("subject", "step"))


def duplicates(wanted: Q | None = None) -> list[list[Recognition]]:
    """Titles that stand twice and overlap: of one holder in one title (and name, where there are several), oldest first."""
    standing = Recognition.objects.filter(wanted or Q(), seq_to__isnull=True, organisation__isnull=False)
    standing = standing.exclude(state=State.VOID)
    twice = standing.values("title", "organisation").annotate(number=Count("pk")).filter(number__gt=1).order_by()
    found: list[list[Recognition]] = []
    for each in twice:
        rows = standing.filter(title=each["title"], organisation=each["organisation"]).select_related(
            "organisation__region", "region"
        )
        by_name: dict[str, list[Recognition]] = {}
        is_named = queries.is_named(KIND, {"title": each["title"]})
        for row in rows.order_by("seq_from", "pk"):
            by_name.setdefault(row.name if is_named else "", []).append(row)
        found += [group for group in by_name.values() if len(group) > 1 and _overlap(group)]
    return found


def _overlap(group: list[Recognition]) -> bool:
    """Whether two of the titles are held, or asked for, on one day."""
    spans = [span for row in group for span in _spans(row)]
    spans.sort()
    return any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans))


def _spans(row: Recognition) -> list[tuple[date, date]]:
    """From when until when (the first day it is no longer) a title is held, by all its events."""
    events = RecognitionEvent.objects.filter(subject=row.record, seq_to__isnull=True).exclude(state=State.VOID)
    history = [rules.Happening(each.event, each.happened_on, each, each.until) for each in events]
    found: list[tuple[date, date]] = []
    since: date | None = None
    for step in rules.effects(KIND.names, history):
        if step.effect > 0:
            since = step.happening.on
        if since is not None and (step.effect < 0 or step.lapses_on is not None):
            found.append((since, step.lapses_on or step.happening.on))
            since = None
    return [*found, (since, date.max)] if since is not None else found
