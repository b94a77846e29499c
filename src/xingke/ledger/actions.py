"""Every write to the ledger. Each takes one number, writes versions and one audit row, or nothing at all."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.base import ModelState
from django.utils.translation import gettext as _

from xingke.accounts.actions import record_audit, take_seq
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key, new_key
from xingke.base.refusals import Refused
from xingke.ledger import rules
from xingke.ledger.bulk import insert, insert_objects
from xingke.ledger.kinds import KINDS, Kind
from xingke.ledger.models import EventVersion, Observation, RecordKeeping, State, Version
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region, Zone

V = TypeVar("V", bound=Version)
BATCH = 2_000
ARRIVALS = ("moved_in", "received")


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event to be filed; ``region`` is where it happened, fixed from then on."""

    event: str
    on: date
    region: Region
    organisation: Organisation | None = None  # the holder from this event on, if not the history's own
    key: UUID | None = None
    measures: Mapping[str, Any] = field(default_factory=dict)  # the kind's own columns: amount (分), people (× 10⁻⁴) …


@dataclass(frozen=True, kw_only=True)
class NewHistory:
    """A title or patent to be filed with what has happened to it so far.

    fields: the kind's own columns, e.g. title, level, name, number.
    """

    fields: Mapping[str, str]
    region: Region
    organisation: Organisation | None
    events: Sequence[NewEvent]
    zone: Zone | None = None
    is_fictional: bool = False
    key: UUID = field(default_factory=new_key)
    source_place: str = ""


@transaction.atomic
def file_histories(
    *,
    kind: str,
    histories: Iterable[NewHistory],
    by: User,
    now: datetime,
    source: str,
    confirmed: bool = False,
    seq: int | None = None,
) -> int:
    """File titles or patents with their events as one batch. Returns how many versions were written.

    source: where they come from (desk object, import, form). confirmed: file them as confirmed (needs record.confirm).
    seq: the number of a larger act that leaves the audit row itself.
    Raises Refused if a history cannot have happened so, or ``by`` may not write there; then nothing is filed.
    """
    known = KINDS[kind]
    is_part = seq is not None
    seq = take_seq() if seq is None else seq
    allowed = registry.scope(by, Permission.RECORD_ENTER)
    confirming = registry.scope(by, Permission.RECORD_CONFIRM) if confirmed else allowed
    checked: set[int] = set()
    common: dict[str, Any] = {  # columns every version of the batch shares
        "version": 1, "seq_from": seq, "source": source[:200], "entered_at": now, "entered_by_id": by.pk,
        "state": State.CONFIRMED if confirmed else State.DRAFT,
        "confirmed_at": now if confirmed else None, "confirmed_by_id": by.pk if confirmed else None,
    }  # fmt: skip
    written = 0
    stream = iter(histories)
    while chunk := list(islice(stream, BATCH)):
        for region in {event.region.pk: event.region for each in chunk for event in each.events}.values():
            if region.pk not in checked and not (allowed.covers(region.path) and confirming.covers(region.path)):
                registry.require(by, Permission.RECORD_ENTER, region=region)
                registry.require(by, Permission.RECORD_CONFIRM, region=region)
            checked.add(region.pk)
        subjects = [_subject(known, each) for each in chunk]
        events = [event for each in chunk for event in _events(known, each)]
        _create(known.subject, subjects, common)
        _create(known.event, events, common)
        written += len(subjects) + len(events)
    if not is_part:
        record_audit(
            seq=seq, by=by, action=f"{kind}.filed", target_kind=kind, target=source, now=now, count=written,
            detail={"confirmed": confirmed},
        )  # fmt: skip
    return written


def _create(model: type[Version], rows: Sequence[Mapping[str, Any]], common: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            insert(model, rows, common)
    except IntegrityError as error:
        raise Refused(
            _("有一条记录与台账中已有的记录重复（编号相同），整批未登记：%(error)s") % {"error": error}
        ) from error


def _subject(kind: Kind, history: NewHistory) -> dict[str, Any]:
    """The columns of a subject that are its own."""
    return {
        "record": history.key, **_where(history, history.region, history.organisation),
        "happened_on": min(event.on for event in history.events), **dict.fromkeys(kind.details, ""), **history.fields,
    }  # fmt: skip


def _events(kind: Kind, history: NewHistory) -> list[dict[str, Any]]:
    """The columns of its events that are theirs, in order."""
    repeated = {name: history.fields[name] for name in kind.repeated}
    result = []
    for step in rules.effects(rules.Happening(each.event, each.on, each) for each in history.events):
        event = step.happening.key
        assert isinstance(event, NewEvent)  # what was put in two lines above
        result.append(
            {
                "record": event.key or derived_key(history.key, event.event, event.on, *_again(history, event)),
                "subject": history.key, **_where(history, event.region, event.organisation or history.organisation),
                "happened_on": event.on, "event": event.event, "effect": step.effect, "step": step.step, **repeated,
                **kind.event_details, **event.measures,
            }
        )  # fmt: skip
    return result


def _where(history: NewHistory, region: Region, organisation: Organisation | None) -> dict[str, Any]:
    return {
        "region_id": region.pk, "zone_id": history.zone.pk if history.zone else None,
        "organisation_id": organisation.pk if organisation else None, "source_place": history.source_place,
        "is_fictional": history.is_fictional,
    }  # fmt: skip


def _again(history: NewHistory, event: NewEvent) -> tuple[int, ...]:
    """What tells an event from an earlier one of the same name and day: nothing for the first, then 1, 2 …"""
    same = [each for each in history.events if (each.event, each.on) == (event.event, event.on)]
    place = next(index for index, each in enumerate(same) if each is event)
    return (place,) if place else ()


@transaction.atomic
def add_event(
    *, kind: str, subject: UUID, event: NewEvent, by: User, now: datetime, source: str, confirmed: bool = False
) -> UUID:
    """File one more event of a title or patent. Returns the event's record key.

    Raises Refused if it cannot have happened so in this history.
    """
    known = KINDS[kind]
    registry.require(by, Permission.RECORD_ENTER, region=event.region)
    if confirmed:
        registry.require(by, Permission.RECORD_CONFIRM, region=event.region)
    head = _current(known.subject, subject)
    latest = known.event._default_manager.filter(subject=subject, seq_to__isnull=True).order_by("-step").first()
    if latest is not None and event.event not in ARRIVALS:  # whoever takes it over enters it; the rest is the holder's
        registry.require(by, Permission.RECORD_ENTER, region=latest.region)
    seq = take_seq()
    key = event.key or new_key()
    row = known.event(
        record=key, version=1, seq_from=seq, subject=subject, region=event.region, zone=head.zone,
        organisation=event.organisation or head.organisation, happened_on=event.on, event=event.event,
        effect=0, step=1, source=source[:200], is_fictional=head.is_fictional, entered_at=now, entered_by=by,
        state=State.CONFIRMED if confirmed else State.DRAFT, confirmed_at=now if confirmed else None,
        confirmed_by=by if confirmed else None, **{name: getattr(head, name) for name in known.repeated}, **event.measures,
    )  # fmt: skip
    _settle(known, subject, seq=seq, by=by, now=now, fresh=row)
    record_audit(
        seq=seq, by=by, action=f"{kind}.event-filed", target_kind=kind, target=str(key), now=now,
        detail={"event": event.event, "on": event.on.isoformat(), "subject": str(subject)},
    )  # fmt: skip
    return key


@transaction.atomic
def correct_event(
    *, kind: str, record: UUID, version: int, changes: Mapping[str, Any], reason: str, by: User, now: datetime
) -> None:
    """Write a corrected version of an event; the rest of its history follows.

    changes: any of event, happened_on, region and the kind's measures. version: the one the corrector saw. Raises Refused if it is no longer
    the newest, without a reason, or if the history could not have happened so.
    """
    known = KINDS[kind]
    row = _seen(known.event, record, version)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region, changes.get("region", row.region)])
    seq = take_seq()
    _settle(known, row.subject, seq=seq, by=by, now=now, changed={record: dict(changes)}, reason=reason)
    record_audit(
        seq=seq, by=by, action=f"{kind}.event-corrected", target_kind=kind, target=str(record), now=now, reason=reason,
        detail={name: str(value) for name, value in changes.items()},
    )  # fmt: skip


@transaction.atomic
def void_event(*, kind: str, record: UUID, version: int, reason: str, by: User, now: datetime) -> None:
    """Void an event: a new version that no longer counts. Raises as ``correct_event``."""
    known = KINDS[kind]
    row = _seen(known.event, record, version)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region], voiding=True)
    seq = take_seq()
    _settle(known, row.subject, seq=seq, by=by, now=now, changed={record: {"state": State.VOID}}, reason=reason)
    record_audit(
        seq=seq, by=by, action=f"{kind}.event-voided", target_kind=kind, target=str(record), now=now, reason=reason
    )


@transaction.atomic
def confirm_event(*, kind: str, record: UUID, version: int, by: User, now: datetime) -> None:
    """Confirm a draft event, and its title or patent with it; from then on indicators count it.

    Confirming what is confirmed already changes nothing: a second click does no harm.
    """
    known = KINDS[kind]
    row = _current(known.event, record)
    registry.require(by, Permission.RECORD_CONFIRM, region=row.region)
    if row.state == State.CONFIRMED:
        return
    row = _seen(known.event, record, version)
    rules.may_confirm(state=row.state, entered_by=row.entered_by_id, by=by.pk).or_refuse()
    seq = take_seq()
    confirmed = {"state": State.CONFIRMED, "confirmed_at": now, "confirmed_by": by}
    _settle(known, row.subject, seq=seq, by=by, now=now, changed={record: confirmed})
    head = _current(known.subject, row.subject)
    if head.state == State.DRAFT:
        write_next_version(head, seq=seq, by=by, now=now, reason="", changes=confirmed)
    record_audit(seq=seq, by=by, action=f"{kind}.event-confirmed", target_kind=kind, target=str(record), now=now)


def _settle(
    kind: Kind,
    subject: UUID,
    *,
    seq: int,
    by: User,
    now: datetime,
    changed: Mapping[UUID, Mapping[str, Any]] | None = None,
    fresh: EventVersion | None = None,
    reason: str = "",
) -> None:
    """Apply changes to a history and write a version for every event whose columns, order or effect they alter."""
    rows = list(kind.event._default_manager.filter(subject=subject, seq_to__isnull=True).select_for_update())
    wanted: dict[UUID, dict[str, Any]] = {row.record: dict((changed or {}).get(row.record, {})) for row in rows}
    alive = [*rows, fresh] if fresh else rows

    def after(row: EventVersion, name: str) -> Any:
        return wanted.get(row.record, {}).get(name, getattr(row, name))

    happenings = [
        rules.Happening(after(row, "event"), after(row, "happened_on"), row)
        for row in alive
        if after(row, "state") != State.VOID
    ]
    steps = {step.happening.key.record: step for step in rules.effects(happenings)}  # type: ignore[attr-defined]  # rows
    # What is confirmed must be possible without the drafts, and its effects take no notice of them: they do not count.
    confirmed = rules.effects(each for each in happenings if after(each.key, "state") == State.CONFIRMED)  # type: ignore[arg-type]
    counted = {step.happening.key.record: step.effect for step in confirmed}  # type: ignore[attr-defined]
    for row in alive:
        step = steps.get(row.record)
        if row is fresh and step is not None:
            row.step, row.effect = step.step, counted.get(row.record, step.effect)
            row.save(force_insert=True)
            continue
        changes = wanted.get(row.record, {})
        if step is not None:
            changes |= {"step": step.step, "effect": counted.get(row.record, step.effect)}
        changes = {name: value for name, value in changes.items() if getattr(row, name) != value}
        if changes:
            write_next_version(row, seq=seq, by=by, now=now, reason=reason, changes=changes)


def write_next_version(
    row: Version, *, seq: int, by: User, now: datetime, reason: str, changes: Mapping[str, Any]
) -> None:
    """Close ``row`` at ``seq`` and write its successor with ``changes``. Raises Refused if it was closed meanwhile."""
    model = type(row)
    if not model._default_manager.filter(pk=row.pk, seq_to__isnull=True).update(seq_to=seq):
        raise Refused(_("该记录刚刚被他人更正，请刷新页面后再试。"))
    successor = model._default_manager.get(pk=row.pk)
    successor.pk = None
    successor._state.adding = True
    successor.version, successor.seq_from, successor.seq_to = row.version + 1, seq, None
    successor.entered_at, successor.entered_by, successor.reason = now, by, reason[:500]
    for name, value in changes.items():
        setattr(successor, name, value)
    successor.save(force_insert=True)


def write_next_versions(
    rows: Sequence[tuple[Version, Mapping[str, Any]]], *, seq: int, by: User, now: datetime, reason: str
) -> None:
    """The same for many rows of one table, each with its changes; a few queries for thousands."""
    for start in range(0, len(rows), BATCH):
        chunk = rows[start : start + BATCH]
        model = type(chunk[0][0])
        current = model._default_manager.filter(pk__in=[row.pk for row, _changes in chunk], seq_to__isnull=True)
        if current.update(seq_to=seq) != len(chunk):
            raise Refused(_("该记录刚刚被他人更正，请刷新页面后再试。"))
        successors = []
        for row, changes in chunk:
            successor = copy(row)
            successor.pk, successor._state = None, ModelState()
            successor.version, successor.seq_from, successor.seq_to = row.version + 1, seq, None
            successor.entered_at, successor.entered_by, successor.reason = now, by, reason[:500]
            for name, value in changes.items():
                setattr(successor, name, value)
            successors.append(successor)
        insert_objects(successors)


def _current(model: type[V], record: UUID) -> V:
    found = model._default_manager.filter(record=record, seq_to__isnull=True).first()
    if found is None:
        raise Refused(_("台账中没有这条记录。"))
    return found


def _seen(model: type[V], record: UUID, version: int) -> V:
    row = _current(model, record)
    rules.may_correct(state=row.state, is_current=row.version == version).or_refuse()
    return row


def _may_rewrite(row: Version, *, reason: str, by: User, regions: Iterable[Region], voiding: bool = False) -> None:
    if not reason.strip():
        raise Refused(_("请写明更正或作废的原因，它会与旧版本一起保存。"))
    for region in regions:
        registry.require(by, Permission.RECORD_CONFIRM if voiding else Permission.RECORD_ENTER, region=region)


@transaction.atomic
def correct_subject(
    *, kind: str, record: UUID, version: int, changes: Mapping[str, str], reason: str, by: User, now: datetime
) -> None:
    """Correct a title or patent itself (its name, number, title, level, form); its events repeat what they must."""
    known = KINDS[kind]
    row = _seen(known.subject, record, version)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region])
    seq = take_seq()
    try:
        with transaction.atomic():
            write_next_version(row, seq=seq, by=by, now=now, reason=reason, changes=changes)
    except IntegrityError as error:
        raise Refused(
            _("编号“%(number)s”已登记在另一条记录上，请核对。") % {"number": changes.get("number", "")}
        ) from error
    repeated = {name: value for name, value in changes.items() if name in known.repeated}
    if repeated:
        for event in known.event._default_manager.filter(subject=record, seq_to__isnull=True):
            write_next_version(event, seq=seq, by=by, now=now, reason=reason, changes=repeated)
    record_audit(
        seq=seq, by=by, action=f"{kind}.corrected", target_kind=kind, target=str(record), now=now, reason=reason,
        detail=dict(changes),
    )  # fmt: skip


@transaction.atomic
def declare_record_keeping(*, region: Region, kind: str, since: date, by: User, now: datetime) -> RecordKeeping:
    """Declare that the region's records of a kind are complete from ``since`` on: from there, records answer."""
    registry.require(by, Permission.RECORD_CONFIRM, region=region)
    if kind not in KINDS:
        raise Refused(_("没有名为“%(kind)s”的台账类别。") % {"kind": kind})
    current = RecordKeeping.objects.filter(region=region, kind=kind, seq_to__isnull=True).first()
    if current is not None and current.since == since:
        return current
    seq = take_seq()
    if current is not None:
        current.seq_to = seq
        current.save(update_fields=["seq_to"])
    declared = RecordKeeping.objects.create(
        region=region, kind=kind, since=since, seq_from=seq, declared_at=now, declared_by=by
    )
    record_audit(
        seq=seq, by=by, action="record-keeping.declared", target_kind="region", target=region.code, now=now,
        detail={"kind": kind, "since": since.isoformat()},
    )  # fmt: skip
    return declared


@transaction.atomic
def choose_observation(*, record: UUID, version: int, reason: str, by: User, now: datetime) -> None:
    """Say that of several reported figures this one counts; the others of its name, place and period are set aside.

    Raises Refused without a reason, or if there is nothing to choose.
    """
    row = _seen(Observation, record, version)
    registry.require(by, Permission.OBSERVATION_CHOOSE, region=row.region)
    if not reason.strip():
        raise Refused(_("请写明为什么采用这个数，它会与记录一起保存。"))
    if not row.indicator or not row.real_period:
        raise Refused(_("这个数还没有对应的指标或真实期间，不能采用。"))
    seq = take_seq()
    rivals = Observation.objects.filter(
        indicator=row.indicator, aspect=row.aspect, region=row.region, real_period=row.real_period, part=row.part,
        seq_to__isnull=True,
    ).exclude(state=State.VOID)  # fmt: skip
    for rival in rivals:
        verdict = rival.pk == row.pk
        if rival.accepted is not verdict:
            write_next_version(rival, seq=seq, by=by, now=now, reason=reason, changes={"accepted": verdict})
    record_audit(
        seq=seq, by=by, action="observation.chosen", target_kind="observation", target=str(record), now=now,
        reason=reason,
    )  # fmt: skip


@transaction.atomic
def correct_observation(
    *, record: UUID, version: int, changes: Mapping[str, Any], reason: str, by: User, now: datetime
) -> None:
    """Write a corrected version of a reported figure. Raises as ``correct_event``."""
    row = _seen(Observation, record, version)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region, changes.get("region", row.region)])
    seq = take_seq()
    write_next_version(row, seq=seq, by=by, now=now, reason=reason, changes=changes)
    record_audit(
        seq=seq, by=by, action="observation.corrected", target_kind="observation", target=str(record), now=now,
        reason=reason, detail={name: str(value) for name, value in changes.items()},
    )  # fmt: skip


@transaction.atomic
def confirm_observation(*, record: UUID, version: int, by: User, now: datetime) -> None:
    """Confirm a reported figure; from then on it may answer. Confirming it twice changes nothing."""
    row = _current(Observation, record)
    registry.require(by, Permission.RECORD_CONFIRM, region=row.region)
    if row.state == State.CONFIRMED:
        return
    row = _seen(Observation, record, version)
    rules.may_confirm(state=row.state, entered_by=row.entered_by_id, by=by.pk).or_refuse()
    seq = take_seq()
    confirmed = {"state": State.CONFIRMED, "confirmed_at": now, "confirmed_by": by}
    write_next_version(row, seq=seq, by=by, now=now, reason="", changes=confirmed)
    record_audit(seq=seq, by=by, action="observation.confirmed", target_kind="observation", target=str(record), now=now)


@transaction.atomic
def void_observation(*, record: UUID, version: int, reason: str, by: User, now: datetime) -> None:
    """Void a reported figure: a new version that no longer answers. Raises as ``correct_event``."""
    row = _seen(Observation, record, version)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region], voiding=True)
    seq = take_seq()
    write_next_version(row, seq=seq, by=by, now=now, reason=reason, changes={"state": State.VOID})
    record_audit(
        seq=seq, by=by, action="observation.voided", target_kind="observation", target=str(record), now=now,
        reason=reason,
    )  # fmt: skip
