"""Lists of events: the reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet, Sum

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.queries import first_seq_since, last_change
from xingke.base.codes import normalise_code
from xingke.base.periods import EARLIEST_YEAR, LATEST_YEAR, Period
from xingke.ledger.models import EventVersion, State, Version
from xingke.ledger.queries import current_subjects, holders, readable
from xingke.ledger.queries.caching import kept, kept_of, kept_within
from xingke.ledger.tables import TABLES, Kind
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region
from xingke.registry.rules import Scope


@dataclass(frozen=True)
class TimelineEntry:
    """One event on an organisation's page."""

    kind: str
    on: date
    event: EventVersion
    subject: Version


def timeline(organisation: Organisation, allowed: Scope, *, limit: int = 200) -> list[TimelineEntry]:
    """What happened to an organisation, newest first: everywhere, for whoever may read its records in a scope, but nobody's
    drafts before a superior. Two queries per kind."""
    drafts = readable(allowed) | Q(confirmed_at__isnull=False)
    entries: list[TimelineEntry] = []
    for kind in TABLES.values():
        events = list(
            kind.event._default_manager.filter(drafts, organisation=organisation, seq_to__isnull=True)
            .exclude(state=State.VOID)
            .select_related("region")
            .order_by("-happened_on", "-step")[:limit]
        )
        subjects = current_subjects(kind, {event.subject for event in events})
        entries += [
            TimelineEntry(kind.code, event.happened_on, event, subjects[event.subject])
            for event in events
            if event.subject in subjects
        ]
    return sorted(entries, key=lambda entry: (entry.on, entry.event.step), reverse=True)[:limit]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which events a list shows; empty means all. since, until: days, both included. by: the account that filed them."""

    kind: str = ""
    event: str = ""
    year: str = ""
    state: str = ""
    search: str = ""
    regions: Q = field(default_factory=Q)
    since: date | None = None
    until: date | None = None
    by: int | None = None


def events_by_kind(user: User, wanted: Wanted) -> dict[str, QuerySet[Any, Any]]:
    """The events somebody may read by their kind, in no order. 404 for whoever may read none."""
    allowed = registry.require_page(user, Permission.RECORD_READ)
    return {
        kind.code: kind.event._default_manager.filter(
            readable(allowed), _wanted(kind, wanted, user), seq_to__isnull=True
        )
        for kind in _kinds(wanted)
    }


def events_counted(user: User, wanted: Wanted) -> int:
    """How many events ``events_by_kind`` has, counted again only for the kinds that have changed."""
    allowed = registry.require_page(user, Permission.RECORD_READ)
    if wanted.search.strip():  # what it finds depends on names of organisations too
        first, *others = (found.order_by().values("pk") for found in events_by_kind(user, wanted).values())
        return first.union(*others, all=True).count() if others else first.count()
    return sum(_count(kind, allowed, wanted, user) for kind in _kinds(wanted))


def _count(kind: Kind, allowed: Scope, wanted: Wanted, user: User) -> int:
    found = kind.event._default_manager.filter(readable(allowed), _wanted(kind, wanted, user), seq_to__isnull=True)
    return kept_within(allowed, [kind.code], f"count:{kind.code}:{replace(wanted, kind='')}", found.count)


def events_summed(user: User, wanted: Wanted, measures: Sequence[str]) -> dict[str, int | None]:
    """What measures of one kind's events come to, void ones left out: exact whole numbers of the smallest unit. Summed up
    again only once the kind has changed."""
    allowed = registry.require_page(user, Permission.RECORD_READ)
    kind, counted = TABLES[wanted.kind], ~Q(state=State.VOID)

    def ask() -> dict[str, int | None]:
        found = kind.event._default_manager.filter(readable(allowed), _wanted(kind, wanted, user), seq_to__isnull=True)
        return dict(found.aggregate(**{f"{name}_sum": Sum(name, filter=counted) for name in measures}))

    sums = ask() if wanted.search.strip() else kept_within(allowed, [kind.code], f"sum:{wanted}:{measures}", ask)
    return {name: sums[f"{name}_sum"] for name in measures}


def events_wanted(user: User, kind: Kind, wanted: Wanted) -> QuerySet[Any, Any]:
    """The events of one kind that a list shows, in no order. 404 for whoever may read none."""
    allowed = registry.require_page(user, Permission.RECORD_READ)
    return kind.event._default_manager.filter(readable(allowed), _wanted(kind, wanted, user), seq_to__isnull=True)


def drafts_wanted(user: User, wanted: Wanted, *, until: int) -> dict[str, list[UUID]]:
    """The draft events of a list by kind, as the reader saw it: those filed after number ``until`` are not among them."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    drafts = replace(wanted, state=State.DRAFT)
    return {
        kind.code: list(
            kind.event._default_manager.filter(
                readable(allowed), _wanted(kind, drafts, user), seq_to__isnull=True, seq_from__lte=until
            )
            .order_by("-happened_on", "-pk")
            .values_list("record", flat=True)
        )
        for kind in _kinds(wanted)
    }


def _kinds(wanted: Wanted) -> Iterable[Kind]:
    return [TABLES[wanted.kind]] if wanted.kind in TABLES else TABLES.values()


def _wanted(kind: Kind, wanted: Wanted, user: User) -> Q:
    """What is asked for, as a condition. Holders are found by name where the reader may see them: a guess confirms nothing."""
    condition = Q(wanted.regions)
    if wanted.event:
        condition &= Q(event=wanted.event)
    if wanted.year.isascii() and wanted.year.isdecimal() and EARLIEST_YEAR <= int(wanted.year) <= LATEST_YEAR:
        year = Period.year(int(wanted.year))
        condition &= Q(happened_on__range=(year.first, year.last))
    if wanted.since is not None:
        condition &= Q(happened_on__gte=wanted.since)
    if wanted.until is not None:
        condition &= Q(happened_on__lte=wanted.until)
    if wanted.by is not None:
        condition &= Q(entered_by=wanted.by)
    if wanted.state in State.values:
        condition &= Q(state=wanted.state)
    if text := wanted.search.strip():
        called = Q(name__icontains=text) | Q(credit_code=normalise_code(text))
        holders = registry.organisations_visible_to(user).filter(called)
        number = text.upper().removeprefix("ZL").strip()
        named = kind.subject._default_manager.filter(seq_to__isnull=True)
        named = named.filter(Q(number__icontains=number) | Q(name__icontains=text))
        condition &= Q(organisation__in=holders.values("pk")) | Q(subject__in=named.values("record"))
    return condition


def entries_of(kind: str, records: Sequence[UUID], seen: Scope) -> list[TimelineEntry]:
    """Current events by their keys, with their subjects, newest first; of at most some hundreds. Two queries."""
    found = TABLES[kind].event._default_manager.filter(record__in=records, seq_to__isnull=True)
    found = found.order_by("-happened_on", "-pk")
    return entries(((kind, pk, day) for pk, day in found.values_list("pk", "happened_on")), seen)


def entries(listed: Iterable[tuple[str, int, date]], seen: Scope) -> list[TimelineEntry]:
    """The events of a list's page with their subjects, in the same order. At most two queries per kind, one for the places.

    seen: where the reader may see organisations; no other is named.
    """
    asked = list(listed)
    loaded = {
        kind: list(kind.event._default_manager.filter(pk__in=wanted).select_related("organisation"))
        for kind in TABLES.values()
        if (wanted := [pk for code, pk, _on in asked if code == kind.code])
    }
    _place(event for events in loaded.values() for event in events)
    found: dict[tuple[str, int], TimelineEntry] = {}
    for kind, events in loaded.items():
        holders.hide(seen, events)
        subjects = current_subjects(kind, {event.subject for event in events})
        found |= {
            (kind.code, event.pk): TimelineEntry(kind.code, event.happened_on, event, subjects[event.subject])
            for event in events
            if event.subject in subjects
        }
    return [found[code, pk] for code, pk, _on in asked if (code, pk) in found]


def _place(events: Iterable[EventVersion]) -> None:
    """Give events and their holders their regions: joined to every row, each of a handful would be built fifty times."""
    rows: list[EventVersion | Organisation] = []
    for event in events:
        rows += [event, *([event.organisation] if event.organisation else [])]
    regions = Region.objects.in_bulk({row.region_id for row in rows})
    for row in rows:
        row.region = regions[row.region_id]


def event_years(user: User) -> list[int]:
    """The years the events somebody may read lie in, newest first. One query that reads both ends of an index only."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    statement, values = _first_and_last_days(allowed)
    if not statement:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        years = [int(str(day)[:4]) for days in cursor.fetchall() for day in days if day]  # SQLite keeps days as text
    return list(range(max(years), min(years) - 1, -1)) if years else []


def _first_and_last_days(allowed: Scope) -> tuple[str, list[int]]:
    """SQL for the first and last day of each kind's events in a scope: an index look-up for every region.

    As one minimum over all their events it would read every event of the scope, each time the list is shown.
    """
    quoted, regions = connection.ops.quote_name, connection.ops.quote_name(Region._meta.db_table)
    parts, values = [], []
    finished = "" if allowed.is_all_home else " AND confirmed_at IS NOT NULL"  # a draft's day tells of a draft
    for table in (quoted(kind.event._meta.db_table) for kind in TABLES.values()):
        for low, high in allowed.ranges:
            ends = (
                f"(SELECT {end}(happened_on) FROM {table} WHERE region_id = place.id AND seq_to IS NULL{finished})"
                for end in ("min", "max")
            )
            first, last = ends
            parts.append(f"SELECT min({first}), max({last}) FROM {regions} place WHERE path >= %s AND path < %s")
            values += [low, high]
        for organisation in sorted(allowed.organisations):
            parts.append(
                f"SELECT min(happened_on), max(happened_on) FROM {table} WHERE organisation_id = %s AND seq_to IS NULL"
            )
            values.append(organisation)
    return " UNION ALL ".join(parts), values


Listed = tuple[str, int, date]  # kind, id, day: see ``entries``


def latest_filed(user: User, *, limit: int = 8) -> list[Listed]:
    """The events filed last in the regions somebody may read, for ``entries``. At most three queries per kind that
    has changed."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    if not allowed:
        return []
    found = [each for kind in TABLES.values() for each in _latest(kind, allowed, limit)]
    return [(kind, pk, day) for _seq, day, kind, pk in sorted(found, reverse=True)[:limit]]


NEWEST = 200  # events of a kind among which those filed last in a scope are looked for first


def _latest(kind: Kind, allowed: Scope, limit: int) -> list[tuple[int, date, str, int]]:
    """The events of a kind filed last in a scope: number, day, kind, id. Asked again once the kind has changed."""

    def ask() -> list[tuple[int, date, str, int]]:
        standing = kind.event._default_manager.filter(seq_to__isnull=True).exclude(state=State.VOID)
        seen = standing.filter(readable(allowed)).order_by(F("seq_from").desc(), "-happened_on", "-pk")
        said = ("seq_from", "happened_on", "pk")
        border = standing.order_by("-seq_from").values_list("seq_from", flat=True)[NEWEST : NEWEST + 1].first()
        # All of a scope's events would be read and sorted; most often those it wants are among the newest of all.
        recent = standing.filter(seq_from__gt=border or 0).order_by().values("pk")
        rows = list(seen.filter(pk__in=recent).values_list(*said)[:limit])
        if border is not None and len(rows) < limit:
            rows = list(seen.values_list(*said)[:limit])
        return [(seq, day, kind.code, pk) for seq, day, pk in rows]

    return kept_within(allowed, [kind.code], f"latest:{kind.code}:{limit}", ask)


def drafts_waiting(user: User) -> tuple[int, datetime | None]:
    """How many draft events wait for confirmation by whoever may confirm, and since when the first. A query per
    kind that has changed."""
    allowed = registry.scope(user, Permission.RECORD_CONFIRM)
    by_author = [_drafts(kind, allowed) for kind in TABLES.values()] if allowed else []
    found = [each for authors in by_author for each in authors.values()]
    return sum(count for count, _first in found), min((first for _count, first in found), default=None)


def entered_by(user: User, *, since: datetime) -> tuple[int, int]:
    """How many events somebody filed from a moment on, and how many of theirs are still drafts. Two queries per kind
    that has changed."""
    first = kept(f"first:{since.isoformat()}:{last_change()}", lambda: first_seq_since(since))
    filed = sum(_filed(kind, first).get(user.pk, 0) for kind in TABLES.values()) if first else 0
    allowed = registry.scope(user, Permission.RECORD_ENTER)
    drafts = (_drafts(kind, allowed).get(user.pk) for kind in TABLES.values()) if allowed else ()
    return filed, sum(count for count, _first in filter(None, drafts))


def _filed(kind: Kind, first: int) -> dict[int, int]:
    """How many events of a kind each account filed from a number on. Asked again once the kind has changed."""

    def ask() -> dict[int, int]:
        filed = kind.event._default_manager.filter(version=1, seq_from__gte=first).order_by()
        return dict(filed.values_list("entered_by").annotate(count=Count("pk")))

    return kept_of([kind.code], f"filed:{kind.code}:{first}", ask)


def _drafts(kind: Kind, allowed: Scope) -> dict[int, tuple[int, datetime]]:
    """The draft events of a kind in a scope by who filed them: how many, and since when the first. Asked again once the
    kind has changed."""

    def ask() -> dict[int, tuple[int, datetime]]:
        drafts = kind.event._default_manager.filter(
            readable(allowed), seq_to__isnull=True, state=State.DRAFT
        ).order_by()
        counted = drafts.values_list("entered_by").annotate(count=Count("pk"), first=Min("entered_at"))
        return {by: (count, first) for by, count, first in counted}

    return kept_within(allowed, [kind.code], f"drafts:{kind.code}", ask)
