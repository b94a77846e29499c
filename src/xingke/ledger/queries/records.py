"""One record: the reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Answer
from xingke.ledger import queries
from xingke.ledger.kinds.record_kind import Identity, RecordKind
from xingke.ledger.models import EventVersion, State
from xingke.ledger.queries import (
    OBSERVATION,
    authors,
    covers,
    current_subjects,
    holders,
    listed_people,
    may_change_at_once,
    models_of,
    shows_finished,
    state_with,
)
from xingke.ledger.queries.observations import choice_of
from xingke.ledger.rules import Happening, Thing, is_open, may_confirm, may_correct, same_thing
from xingke.ledger.tables import TABLES, Kind
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Person, Region
from xingke.registry.queries import people


@dataclass(frozen=True)
class RecordPage:
    """One record with all its versions, newest first; where it has a history also its events, oldest first."""

    kind: str
    is_event: bool
    current: Any  # the model of its kind
    versions: Sequence[Any]
    subject: Any | None
    history: Sequence[EventVersion]
    person: Person | None = None  # whom it is about, where the reader may see them
    listed: Person | None = None  # whom it is about where only lists name them, for whoever may say who that is

    @property
    def alive(self) -> list[EventVersion]:
        """The events that are not void, nor the subject with them, oldest first."""
        return [event for event in self.history if state_with(self.subject, event) != State.VOID]


def record_page(user: User, kind: str, record: UUID) -> RecordPage:
    """A record by kind and key, or 404 for whoever may not read it. Event keys and subject keys both answer.

    Whoever may read one version sees them all: a figure frozen here may rest on a record since corrected to next door. But
    a superior sees no version before the one that was confirmed, and no event that is none yet.
    """
    allowed, seen = registry.scope(user, Permission.RECORD_READ), holders.seen_by(user)
    for model in models_of(kind):
        is_event = issubclass(model, EventVersion)
        versions = list(
            model._default_manager.filter(record=record)
            .select_related("region", "zone", "organisation__region", "entered_by", "confirmed_by")
            .order_by("-version")
        )
        if not any(covers(allowed, version) for version in versions):
            continue
        versions = [version for version in versions if shows_finished(allowed, version)]
        subject_key = getattr(versions[0], "subject", record)
        history: list[EventVersion] = []
        subject = None
        if kind in TABLES:
            history = list(
                TABLES[kind]
                .event._default_manager.filter(subject=subject_key, seq_to__isnull=True)
                .select_related("region", "organisation__region")
                .order_by("step")
            )
            history = [event for event in history if event.confirmed_at is not None or covers(allowed, event)]
            subject = current_subjects(TABLES[kind], {subject_key}).get(subject_key)
        holders.hide(seen, [*versions, *history, subject])
        who = versions[0].person_id
        whom = people.person_shown(user, who) if who else None
        only_listed = listed_people.listed_person_shown(user, who) if who and whom is None else None
        return RecordPage(kind, is_event, versions[0], versions, subject, history, whom, only_listed)
    raise Http404


def held_since(shown: RecordPage, *, on: date) -> date | None:
    """Since when a subject has been held or running, counting confirmed events up to a day; None if it is not held."""
    return _since(shown, {State.CONFIRMED}, on)


def waits_since(shown: RecordPage, *, on: date) -> date | None:
    """Since when a subject that is not held would be, were its drafts confirmed; None if it would not be either."""
    return None if held_since(shown, on=on) else _since(shown, {State.CONFIRMED, State.DRAFT}, on)


def _since(shown: RecordPage, states: Collection[str], on: date) -> date | None:
    since: date | None = None
    for event in shown.history:
        if event.state not in states or event.happened_on > on:
            continue
        if event.effect:
            since = event.happened_on if event.effect > 0 else None
        if (lapses := getattr(event, "lapses_on", None)) is not None and lapses <= on:
            since = None
    return since


def holds_until(shown: RecordPage) -> date | None:
    """The last day on which a title is held by its latest certificate that counts; None where it has no term."""
    lapses = [getattr(event, "lapses_on", None) for event in shown.history if event.state == State.CONFIRMED]
    last = max((day for day in lapses if day is not None), default=None)
    return last - timedelta(days=1) if last is not None else None


def is_held(shown: RecordPage, *, on: date) -> bool:
    """Whether a subject is held or runs on a day."""
    return held_since(shown, on=on) is not None


@dataclass(frozen=True)
class Rights:
    """What somebody may do to a record now: what the page offers, not what the actions check again.

    why_not: why somebody who may confirm records may not confirm this one. is_proposed: a change is only proposed.
    """

    add: bool = False
    attach: bool = False
    correct: bool = False
    is_proposed: bool = False
    confirm: bool = False
    why_not: str = ""
    void: bool = False
    choose: bool = False


def rights(user: User, shown: RecordPage) -> Rights:
    """What the reader of a record's page may do. What has a history is confirmed and voided by its events."""
    row = shown.current
    may = {
        permission: registry.scope(user, permission).covers(row.region.path)
        for permission in (Permission.RECORD_ENTER, Permission.RECORD_CONFIRM, Permission.OBSERVATION_CHOOSE)
    }
    is_whole = shown.is_event or shown.kind == OBSERVATION
    confirmable = _may_confirm(user, shown) if is_whole and may[Permission.RECORD_CONFIRM] else None
    correctable = may_correct(state=row.state, is_current=True).allowed
    return Rights(
        add=may[Permission.RECORD_ENTER] and bool(shown.alive),
        attach=may[Permission.RECORD_ENTER],
        correct=may[Permission.RECORD_ENTER] and correctable,
        is_proposed=not changed_at_once(user, shown),
        confirm=confirmable is not None and confirmable.allowed,
        why_not=str(confirmable.reason) if confirmable is not None and row.state == State.DRAFT else "",
        void=correctable and _may_void(user, shown),
        choose=may[Permission.OBSERVATION_CHOOSE] and shown.kind == OBSERVATION and choice_of(row) is not None,
    )


def _may_confirm(user: User, shown: RecordPage) -> Answer:
    row = shown.current
    state = state_with(shown.subject, row)
    if state != State.DRAFT or shown.kind not in TABLES or not TABLES[shown.kind].names.four_eyes:
        return may_confirm(state=state, by=user.pk)
    wrote = authors(type(row), [row])[row.record]
    if shown.subject is not None and shown.subject.state == State.DRAFT:
        wrote |= authors(type(shown.subject), [shown.subject])[shown.subject.record]
    return may_confirm(state=row.state, by=user.pk, four_eyes=True, authors=wrote)


def _may_void(user: User, shown: RecordPage) -> bool:
    """Whether somebody may void a record, or where it is only proposed, propose to; a history is voided by its events."""
    region, wanted = shown.current.region, [Permission.RECORD_CONFIRM]
    if not changed_at_once(user, shown):
        wanted.append(Permission.RECORD_ENTER)
    is_whole = shown.is_event or shown.kind == OBSERVATION
    return is_whole and any(registry.scope(user, each).covers(region.path) for each in wanted)


def changed_at_once(user: User, shown: RecordPage) -> bool:
    """Whether a change the reader makes of a record is written at once where it stays, or only proposed."""
    return may_change_at_once(shown.kind, shown.current, user, [shown.current.region]).allowed


def record_to_change(user: User, kind: str, record: UUID, permission: StrEnum) -> RecordPage:
    """A record somebody has the permission to change, or 404."""
    shown = record_page(user, kind, record)
    if not registry.scope(user, permission).covers(shown.current.region.path):
        raise Http404
    return shown


def record_to_add_to(user: User, kind: str, record: UUID) -> RecordPage:
    """A record with a history to which somebody may add an event, or 404; to what is void nothing is added."""
    shown = record_to_change(user, kind, record, Permission.RECORD_ENTER)
    if not shown.alive:
        raise Http404
    return shown


def record_to_void(user: User, kind: str, record: UUID) -> RecordPage:
    """An event or reported figure somebody may void, or propose to, or 404."""
    shown = record_page(user, kind, record)
    if not _may_void(user, shown):
        raise Http404
    return shown


def kind_to_enter(user: User, code: str) -> Kind:
    """A kind somebody may file records of somewhere, or 404."""
    registry.require_page(user, Permission.RECORD_ENTER)
    if code not in TABLES:
        raise Http404
    return TABLES[code]


def same_things(
    kind: Kind,
    *,
    fields: Mapping[str, str],
    region: Region,
    organisation: Organisation | None,
    first: date | None,
    key: UUID,
    person: Person | None = None,
) -> list[Any]:
    """The records of a kind that speak of the same thing as one to be filed as ``key``, oldest first. One query.

    first: the day of its first event.
    """
    names, number, name = kind.names, fields.get("number", ""), fields.get("name", "")
    terms = {each: fields[each] for each in names.telling}
    if names.identity is Identity.RENEWED:
        alike = Q(**{names.lasting: fields[names.lasting]}, organisation=organisation)
    else:
        whose: dict[str, Any] = (
            {"organisation": organisation} if names.is_holder_told else {"region": region, "happened_on": first}
        )
        alike = Q(**terms, **whose, name=name.strip())
        alike |= Q(number=number) if number else Q()
    found: QuerySet[Any] = kind.subject._default_manager.filter(alike, seq_to__isnull=True).exclude(state=State.VOID)
    is_named = queries.is_named(kind, fields)
    wanted = Thing.of(
        names,
        fields,
        holder=_holder(names, organisation, region),
        first=first,
        person=people.known_as(person) if person is not None else None,
        is_named=is_named,
    )
    rows = (
        found.exclude(record=key)
        .select_related("region", "organisation__region", "person__merged_into")
        .order_by("seq_from", "pk")[:50]
    )
    same = [row for row in rows if same_thing(names, wanted, thing_of(kind, row, is_named=is_named))]
    if names.identity is not Identity.RENEWED:
        return same
    return [row for row in same if row.level == fields["level"] or (first is not None and _is_open(kind, row, first))]


def _is_open(kind: Kind, row: Any, on: date) -> bool:
    """Whether a title that stands is held on a day, or asked for."""
    events: QuerySet[Any] = kind.event._default_manager.filter(subject=row.record, seq_to__isnull=True)
    alive = events.exclude(state=State.VOID)
    return is_open(kind.names, [Happening(each.event, each.happened_on, each, each.until) for each in alive], on)


def thing_of(kind: Kind, row: Any, *, is_named: bool) -> Thing:
    """What a record that stands speaks of."""
    fields = {name: getattr(row, name) for name in (*kind.names.telling, *kind.names.told_by, "name", "number")}
    holder = _holder(kind.names, row.organisation, row.region)
    person = people.known_as(row.person) if row.person is not None else None
    return Thing.of(kind.names, fields, holder=holder, first=row.happened_on, person=person, is_named=is_named)


def _holder(names: RecordKind, organisation: Organisation | None, region: Region) -> object:
    return organisation.key if organisation is not None and names.is_holder_told else region.pk
