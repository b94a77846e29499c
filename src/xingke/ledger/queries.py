"""The ledger: the reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.quantities import Quantity, Unit
from xingke.ledger.kinds import KINDS, Kind
from xingke.ledger.models import EventVersion, ImportBatch, Observation, RecordKeeping, State, Version
from xingke.ledger.rules import Reported, chosen
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region

OBSERVATION = "observation"


def as_of(seq: int | None) -> Q:
    """The filter for the versions in force as of a number; None: now."""
    if seq is None:
        return Q(seq_to__isnull=True)
    return Q(seq_from__lte=seq) & (Q(seq_to__isnull=True) | Q(seq_to__gt=seq))


@dataclass(frozen=True)
class TimelineEntry:
    """One event on an organisation's page."""

    kind: str
    on: date
    event: EventVersion
    subject: Version


def timeline(organisation: Organisation, *, limit: int = 200) -> list[TimelineEntry]:
    """What happened to an organisation's titles and patents, newest first; four queries."""
    entries: list[TimelineEntry] = []
    for kind in KINDS.values():
        events = list(
            kind.event._default_manager.filter(organisation=organisation, seq_to__isnull=True)
            .exclude(state=State.VOID)
            .order_by("-happened_on", "-step")[:limit]
        )
        subjects = current_subjects(kind, {event.subject for event in events})
        entries += [
            TimelineEntry(kind.code, event.happened_on, event, subjects[event.subject])
            for event in events
            if event.subject in subjects
        ]
    return sorted(entries, key=lambda entry: (entry.on, entry.event.step), reverse=True)[:limit]


def current_subjects(kind: Kind, records: set[UUID]) -> dict[UUID, Version]:
    """The current versions of titles or patents, by record key; at most one query for 500 keys."""
    found: dict[UUID, Version] = {}
    wanted = list(records)
    for start in range(0, len(wanted), 500):
        rows = kind.subject._default_manager.filter(record__in=wanted[start : start + 500], seq_to__isnull=True)
        found |= {row.record: row for row in rows.select_related("organisation", "region")}
    return found


@dataclass(frozen=True)
class RecordPage:
    """One record with all its versions, newest first; for a title or patent also its events, oldest first."""

    kind: str
    is_event: bool
    current: Any  # the model of its kind
    versions: Sequence[Any]
    subject: Any | None
    history: Sequence[EventVersion]


def record_page(user: User, kind: str, record: UUID) -> RecordPage:
    """A record by kind and key, or 404 for whoever may not read it. Event keys and subject keys both answer."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    models: list[tuple[type[Version], bool]] = (
        [(Observation, False)]
        if kind == OBSERVATION
        else [(KINDS[kind].subject, False), (KINDS[kind].event, True)]
        if kind in KINDS
        else []
    )
    for model, is_event in models:
        versions = list(
            model._default_manager.filter(registry.in_scope(allowed), record=record)
            .select_related("region", "organisation", "entered_by", "confirmed_by")
            .order_by("-version")
        )
        if not versions:
            continue
        subject_key = getattr(versions[0], "subject", record)
        history: list[EventVersion] = []
        subject = None
        if kind in KINDS:
            history = list(
                KINDS[kind]
                .event._default_manager.filter(subject=subject_key, seq_to__isnull=True)
                .select_related("region", "organisation")
                .order_by("step")
            )
            subject = current_subjects(KINDS[kind], {subject_key}).get(subject_key)
        return RecordPage(kind, is_event, versions[0], versions, subject, history)
    raise Http404


def observation_quantity(row: Observation) -> Quantity:
    """The stated value of an observation; its unit as loaded now, else as the row says."""
    unit = registry.units().get(row.unit) or Unit(code=row.unit, kind=row.kind)
    return Quantity(scaled=row.value, unit=unit, decimals=row.decimals)


def is_record_keeping(region: Region, kind: str, first: date, last: date, *, seq: int | None = None) -> bool:
    """Whether records answer for that region, kind and stretch of time, as declared by ``seq``."""
    return region.pk in record_keeping_regions([region.pk], kind, first, last, seq=seq)


def record_keeping_regions(
    regions: Sequence[int], kind: str, first: date, last: date, *, seq: int | None = None
) -> frozenset[int]:
    """Those of the regions (by id) whose records of a kind are complete over the stretch. One query."""
    rows = RecordKeeping.objects.filter(as_of(seq), kind=kind, since__lte=first, region__in=regions)
    return frozenset(rows.filter(Q(until__isnull=True) | Q(until__gt=last)).values_list("region_id", flat=True))


def reported(
    *, indicators: Sequence[str], regions: Sequence[int], periods: Sequence[str], aspect: str = "level",
    seq: int | None = None,
) -> list[Observation]:  # fmt: skip
    """Confirmed observations that could answer, ordered by indicator, region and period. One query."""
    return list(
        Observation.objects.filter(
            as_of(seq), state=State.CONFIRMED, indicator__in=indicators, region__in=regions, real_period__in=periods,
            aspect=aspect, part="",
        ).order_by("indicator", "region_id", "real_period", "document", "place")
    )  # fmt: skip


def choose(rows: Sequence[Observation]) -> Observation | None:
    """The one that counts among rival observations; None if a person must choose."""
    verdict = chosen([Reported(row, row.value, row.accepted) for row in rows])
    return None if verdict is None else verdict.key  # type: ignore[return-value]  # the row put in above


@dataclass(frozen=True)
class Choice:
    """Several reported figures of one name, place and period that differ: a person must say which one counts."""

    indicator: str
    region: Region
    period: str
    rows: Sequence[Observation]


def open_choices(user: User) -> list[Choice]:
    """The choices that wait for whoever may make them. One query."""
    allowed = registry.scope(user, Permission.OBSERVATION_CHOOSE)
    if not allowed:
        return []
    rows = (
        Observation.objects.filter(registry.in_scope(allowed), seq_to__isnull=True, state=State.CONFIRMED, part="")
        .exclude(indicator="")
        .exclude(real_period="")
        .select_related("region")
        .order_by("indicator", "aspect", "region_id", "real_period", "document", "place")
    )
    choices = []
    for (indicator, _aspect, _region, period), group in groupby(
        rows, key=lambda row: (row.indicator, row.aspect, row.region_id, row.real_period)
    ):
        rivals = list(group)
        if len(rivals) > 1 and choose(rivals) is None:
            choices.append(Choice(indicator, rivals[0].region, period, rivals))
    return choices


def drafts_visible_to(user: User) -> int:
    """How many draft events wait for confirmation by whoever may confirm."""
    allowed = registry.scope(user, Permission.RECORD_CONFIRM)
    if not allowed:
        return 0
    return sum(
        kind.event._default_manager.filter(registry.in_scope(allowed), seq_to__isnull=True, state=State.DRAFT).count()
        for kind in KINDS.values()
    )


def import_batches(user: User) -> QuerySet[ImportBatch]:
    """The imports somebody may look into: their own, for whoever may import."""
    registry.require_page(user, Permission.IMPORT_RUN)
    return ImportBatch.objects.filter(imported_by=user).select_related("imported_by")


def latest_records(user: User, *, limit: int = 8) -> list[TimelineEntry]:
    """The records filed last in the regions somebody may read; a few queries."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    if not allowed:
        return []
    entries: list[TimelineEntry] = []
    for kind in KINDS.values():
        events = list(
            kind.event._default_manager.filter(registry.in_scope(allowed), seq_to__isnull=True)
            .exclude(state=State.VOID)
            .select_related("organisation")
            .order_by(F("seq_from").desc(), "-happened_on")[:limit]
        )
        subjects = current_subjects(kind, {event.subject for event in events})
        entries += [
            TimelineEntry(kind.code, event.happened_on, event, subjects[event.subject])
            for event in events
            if event.subject in subjects
        ]
    return sorted(entries, key=lambda entry: (entry.event.seq_from, entry.on), reverse=True)[:limit]
