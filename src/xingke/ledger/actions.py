"""Every write to the ledger. Each takes one number, writes versions and one audit row, or nothing at all.

The counter is held before anything is checked, so that what was checked still stands when it is written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.db.models.base import ModelState
from django.utils.translation import gettext as _

from xingke.accounts import actions as accounts
from xingke.accounts.actions import lock_ledger, record_audit, take_seq
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key, new_key
from xingke.base.refusals import Refused
from xingke.base.sayings import Value
from xingke.ledger import queries, rules
from xingke.ledger.bulk import insert, insert_objects
from xingke.ledger.kinds import KINDS, Kind
from xingke.ledger.models import (
    EventVersion,
    Evidence,
    EvidenceWithdrawal,
    Observation,
    Proposal,
    RecordKeeping,
    State,
    Version,
)
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region, Zone
from xingke.registry.rules import Scope

V = TypeVar("V", bound=Version)
H = TypeVar("H", bound=rules.Happens)
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
    confirmed_by: User | None = None,
    seq: int | None = None,
) -> int:
    """File titles or patents with their events as one batch. Returns how many versions were written.

    source: where they come from (desk object, import, form). confirmed: file them as confirmed, by ``confirmed_by`` or
    else by ``by`` (needs record.confirm); of a kind with four eyes these are two accounts. seq: the number of a larger
    act that leaves the audit row itself.
    Raises Refused if a history cannot have happened so, or somebody may not write there; then nothing is filed.
    """
    known = KINDS[kind]
    confirmer = confirmed_by or by
    signed = _signed(known, confirmed=confirmed, by=by, confirmer=confirmer, now=now)
    is_part = seq is not None
    seq = take_seq() if seq is None else seq
    allowed = registry.scope(by, Permission.RECORD_ENTER)
    confirming = registry.scope(confirmer, Permission.RECORD_CONFIRM) if confirmed else allowed
    checked: set[int] = set()
    common: dict[str, Any] = {  # columns every version of the batch shares
        "version": 1, "seq_from": seq, "source": source[:200], "entered_at": now, "entered_by_id": by.pk,
        "state": signed["state"], "confirmed_at": signed["confirmed_at"],
        "confirmed_by_id": confirmer.pk if confirmed else None,
    }  # fmt: skip
    written = 0
    stream = iter(histories)
    while chunk := list(islice(stream, BATCH)):
        for region in {event.region.pk: event.region for each in chunk for event in each.events}.values():
            if region.pk not in checked and not (allowed.covers(region.path) and confirming.covers(region.path)):
                registry.require(by, Permission.RECORD_ENTER, region=region)
                registry.require(confirmer, Permission.RECORD_CONFIRM, region=region)
            checked.add(region.pk)
        subjects = [_subject(known, each) for each in chunk]
        events = [event for each in chunk for event in _events(known, each)]
        _create(known.subject, _subject_columns(known), subjects, common)
        _create(known.event, _event_columns(known), events, common)
        written += len(subjects) + len(events)
    if not is_part:
        record_audit(
            seq=seq, by=by, action=f"{kind}.filed", target_kind=kind, target=source, now=now, count=written,
            detail={"confirmed": confirmed},
        )  # fmt: skip
    return written


def _signed(kind: Kind, *, confirmed: bool, by: User, confirmer: User, now: datetime) -> dict[str, Any]:
    """The columns that say whether, when and by whom a new version is confirmed."""
    if not confirmed:
        return {"state": State.DRAFT, "confirmed_at": None, "confirmed_by": None}
    rules.may_file_confirmed(four_eyes=kind.names.four_eyes, entered_by=by.pk, confirmed_by=confirmer.pk).or_refuse()
    return _confirmed(confirmer, now)


def _confirmed(by: User, now: datetime) -> dict[str, Any]:
    return {"state": State.CONFIRMED, "confirmed_at": now, "confirmed_by": by}


def _create(
    model: type[Version], columns: Sequence[str], rows: Sequence[Sequence[Any]], common: Mapping[str, Any]
) -> None:
    try:
        with transaction.atomic():
            insert(model, columns, rows, common)
    except IntegrityError as error:
        raise Refused(
            _("有一条记录与台账中已有的记录重复（编号相同），整批未登记：%(error)s") % {"error": error}
        ) from error


_WHERE = ("region_id", "zone_id", "organisation_id", "source_place", "is_fictional", "happened_on")


def _subject_columns(kind: Kind) -> tuple[str, ...]:
    """The columns of a subject that are its own."""
    return ("record", *_WHERE, *kind.repeated, *kind.details)


def _subject(kind: Kind, history: NewHistory) -> tuple[Any, ...]:
    first = min([event.on for event in history.events])
    own = [history.fields.get(name, "") for name in (*kind.repeated, *kind.details)]
    return (history.key, *_where(history, history.region, history.organisation, first), *own)


def _event_columns(kind: Kind) -> tuple[str, ...]:
    """The columns of its events that are theirs."""
    return ("record", "subject", *_WHERE, "event", "effect", "step", *kind.repeated, *kind.event_details)


def _events(kind: Kind, history: NewHistory) -> list[tuple[Any, ...]]:
    """Its events as rows, in order."""
    repeated = [history.fields[name] for name in kind.repeated]
    return [
        (
            event.key or derived_key(history.key, event.event, event.on, *_again(history, event)), history.key,
            *_where(history, event.region, event.organisation or history.organisation, event.on),
            event.event, effect, step, *repeated,
            *[event.measures.get(name, default) for name, default in kind.event_details.items()],
        )
        for event, step, effect in _effects(kind, history.events)
    ]  # fmt: skip


def _effects(kind: Kind, happenings: Iterable[H]) -> list[rules.Step[H]]:
    def said(event: str) -> Value:
        known = registry.terms(kind.event_list)
        return known[event].label if event in known else event

    return rules.effects(happenings, unheld=kind.names.unheld, said=said)


def _where(history: NewHistory, region: Region, organisation: Organisation | None, on: date) -> tuple[Any, ...]:
    return (
        region.pk, history.zone.pk if history.zone else None, organisation.pk if organisation else None,
        history.source_place, history.is_fictional, on,
    )  # fmt: skip


def _again(history: NewHistory, event: NewEvent) -> tuple[int, ...]:
    """What tells an event from an earlier one of the same name and day: nothing for the first, then 1, 2 …"""
    same = [each for each in history.events if (each.event, each.on) == (event.event, event.on)]
    place = next(index for index, each in enumerate(same) if each is event)
    return (place,) if place else ()


@transaction.atomic
def file_once(*, kind: str, model: type[Version], key: UUID, by: User, file: Callable[[], object]) -> bool:
    """Run what files ``key``, unless ``by`` filed it already: a form sent twice files one record.

    Returns whether it ran. Raises Refused for a key that is another record's.
    """
    lock_ledger()
    if model._default_manager.filter(record=key, version=1, entered_by=by).exists():
        return False
    if any(queries.stands(each, key) for each in (KINDS[kind].subject, KINDS[kind].event)):
        raise Refused(_("页面不完整，请重新打开本页。"))
    file()
    return True


@transaction.atomic
def add_event(
    *,
    kind: str,
    subject: UUID,
    event: NewEvent,
    by: User,
    now: datetime,
    source: str,
    confirmed: bool = False,
    confirmed_by: User | None = None,
) -> UUID:
    """File one more event of a title or patent. Returns the event's record key.

    confirmed, confirmed_by: as ``file_histories``. Raises Refused if it cannot have happened so in this history.
    """
    seq = take_seq()
    known = KINDS[kind]
    confirmer = confirmed_by or by
    signed = _signed(known, confirmed=confirmed, by=by, confirmer=confirmer, now=now)
    registry.require(by, Permission.RECORD_ENTER, region=event.region)
    if confirmed:
        registry.require(confirmer, Permission.RECORD_CONFIRM, region=event.region)
    head = _current(known.subject, subject)
    rules.may_correct(state=head.state, is_current=True).or_refuse()
    if event.region.is_fictional != head.is_fictional:
        raise Refused(_("虚构的记录和真实的区划不能记在一起。"))
    alive = known.event._default_manager.filter(subject=subject, seq_to__isnull=True).exclude(state=State.VOID)
    latest = alive.select_related("region").order_by("-step").first()
    if latest is not None and event.event not in ARRIVALS:  # whoever takes it over enters it; the rest is the holder's
        registry.require(by, Permission.RECORD_ENTER, region=latest.region)
        if event.region != latest.region:
            raise Refused(
                _("这条记录现在在“%(region)s”，请按该区划登记；跨区划的迁移请先登记迁入或受让。")
                % {"region": latest.region.name}
            )
    key = event.key or new_key()
    row = known.event(
        record=key, version=1, seq_from=seq, subject=subject, region=event.region, zone=head.zone,
        organisation=event.organisation or head.organisation, happened_on=event.on, event=event.event,
        effect=0, step=1, source=source[:200], is_fictional=head.is_fictional, entered_at=now, entered_by=by,
        **signed, **{name: getattr(head, name) for name in known.repeated}, **event.measures,
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
    the newest, without a reason, if the history could not have happened so, or if the change has to be proposed. Who
    changes what is confirmed confirms it anew.
    """
    seq = take_seq()
    known = KINDS[kind]
    row = _seen(known.event, record, version)
    regions = [row.region, changes.get("region", row.region)]
    _may_rewrite(row, reason=reason, by=by, regions=regions)
    signed = _changed_at_once(kind, row, by=by, now=now, regions=regions)
    _settle(known, row.subject, seq=seq, by=by, now=now, changed={record: {**changes, **signed}}, reason=reason)
    record_audit(
        seq=seq, by=by, action=f"{kind}.event-corrected", target_kind=kind, target=str(record), now=now, reason=reason,
        detail={name: str(value) for name, value in changes.items()},
    )  # fmt: skip


@transaction.atomic
def void_event(*, kind: str, record: UUID, version: int, reason: str, by: User, now: datetime) -> None:
    """Void an event: a new version that no longer counts. Raises as ``correct_event``."""
    seq = take_seq()
    known = KINDS[kind]
    row = _seen(known.event, record, version)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region], voiding=True)
    signed = _changed_at_once(kind, row, by=by, now=now, regions=[row.region])
    _write_void(known, row, {**signed, "state": State.VOID}, seq=seq, by=by, now=now, reason=reason)
    record_audit(
        seq=seq, by=by, action=f"{kind}.event-voided", target_kind=kind, target=str(record), now=now, reason=reason
    )


def _write_void(
    kind: Kind, row: EventVersion, changes: Mapping[str, Any], *, seq: int, by: User, now: datetime, reason: str
) -> None:
    """Void an event, and with its last one its title or patent."""
    _settle(kind, row.subject, seq=seq, by=by, now=now, changed={row.record: changes}, reason=reason)
    if all(event.state == State.VOID for event in _history(kind, row.subject)):  # nothing is left of it
        head = _current(kind.subject, row.subject)
        write_next_version(head, seq=seq, by=by, now=now, reason=reason, changes=changes)


@transaction.atomic
def confirm_event(*, kind: str, record: UUID, version: int, by: User, now: datetime) -> None:
    """Confirm a draft event, and its title or patent with it; from then on indicators count it.

    Confirming what is confirmed already changes nothing: a second click does no harm.
    """
    lock_ledger()
    known = KINDS[kind]
    row = _current(known.event, record)
    registry.require(by, Permission.RECORD_CONFIRM, region=row.region)
    if row.state == State.CONFIRMED:
        return
    row = _seen(known.event, record, version)
    head = _current(known.subject, row.subject)
    authors = queries.authors(known.event, [row])[record]
    if head.state == State.DRAFT:  # it is confirmed along with its event
        authors |= queries.authors(known.subject, [head])[head.record]
    state, four_eyes = queries.state_with(head, row), known.names.four_eyes
    rules.may_confirm(state=state, by=by.pk, four_eyes=four_eyes, authors=authors).or_refuse()
    seq = take_seq()
    confirmed = _confirmed(by, now)
    own = confirmed if head.state == State.DRAFT else {}
    _settle(known, row.subject, seq=seq, by=by, now=now, changed={record: confirmed}, own=own)
    record_audit(seq=seq, by=by, action=f"{kind}.event-confirmed", target_kind=kind, target=str(record), now=now)


@dataclass(frozen=True)
class Left:
    """A record that cannot be confirmed along with others, and why."""

    kind: str
    record: UUID
    reason: str


@dataclass(frozen=True)
class Plan:
    """What confirming many events would do. versions: by kind, the rows to follow and the columns each changes."""

    count: int
    left: Sequence[Left]
    versions: Mapping[str, Sequence[tuple[Version, Mapping[str, Any]]]]


def plan_confirmation(
    *, records: Mapping[str, Sequence[UUID]], by: User, now: datetime, until: int | None = None
) -> Plan:
    """What confirming the events (by kind) would do, and which cannot be and why; writes nothing.

    until: the number of the ledger they were seen at; what was written later is left.

    What depends on an event that cannot be confirmed stays with it: a history is confirmed as far as it is possible
    whole. A handful of queries per kind and 500 records.
    """
    allowed = registry.scope(by, Permission.RECORD_CONFIRM)
    versions: dict[str, list[tuple[Version, Mapping[str, Any]]]] = {}
    left: list[Left] = []
    count = 0
    for code, keys in records.items():
        kind, changes = KINDS[code], versions.setdefault(code, [])
        found = queries.histories_of(kind, keys)
        asked, reasons = set(keys), _obstacles(kind, found, set(keys), allowed, by, until)
        for subject, events in found.items():
            mine = [event for event in events if event.record in asked]
            ready = [event for event in mine if event.record not in reasons]
            wanted = {event.record: _confirmed(by, now) for event in ready}
            try:
                settled = _settled(kind, events, wanted) if ready else []
            except Refused as refusal:
                reasons |= {event.record: str(refusal) for event in ready}
                continue
            changes += settled
            own = _confirmed(by, now) if ready and subject.state == State.DRAFT else {}
            after = [_successor(event, seq=0, by=by, now=now, reason="", changes=each) for event, each in settled]
            rest = [event for event in events if event.record not in {each.record for each in after}]
            if own or ready:
                own = {**own, **_first_day(subject, own, [*after, *rest])}
            if own:
                changes.append((subject, own))
            count += len(ready)
        known = {event.record for events in found.values() for event in events}
        reasons |= {key: _("台账中没有这条记录。") for key in asked - known}
        left += [Left(code, key, reasons[key]) for key in dict.fromkeys(keys) if key in reasons]
    return Plan(count, left, versions)


def _obstacles(
    kind: Kind,
    found: Mapping[Version, Sequence[EventVersion]],
    asked: set[UUID],
    allowed: Scope,
    by: User,
    until: int | None,
) -> dict[UUID, str]:
    """Why some of the events asked for cannot be confirmed by ``by``."""
    mine = [event for events in found.values() for event in events if event.record in asked]
    wrote = queries.authors(kind.event, mine)
    drafts = [subject for subject in found if subject.state == State.DRAFT]
    founders = queries.authors(kind.subject, drafts)
    reasons = {}
    for subject, events in found.items():
        for event in events:
            if event.record not in asked:
                continue
            if not allowed.covers(event.region.path):
                reasons[event.record] = _("您没有在“%(where)s”确认记录的权限。") % {"where": event.region.name}
                continue
            said = [event, subject] if subject.state == State.DRAFT else [event]
            if until is not None and any(each.seq_from > until for each in said):
                reasons[event.record] = _("在您打开页面之后刚刚被他人更正，请看过现在的内容再确认。")
                continue
            answer = rules.may_confirm(
                state=queries.state_with(subject, event), by=by.pk, four_eyes=kind.names.four_eyes,
                authors=wrote[event.record] | founders.get(subject.record, frozenset()),
            )  # fmt: skip
            if not answer.allowed:
                reasons[event.record] = str(answer.reason)
    return reasons


@transaction.atomic
def confirm_events(*, records: Mapping[str, Sequence[UUID]], by: User, now: datetime, until: int | None = None) -> Plan:
    """Confirm many draft events, by kind, with one number and one audit row; those that cannot be are left and said.

    until: as ``plan_confirmation``. Raises Refused if none can be.
    """
    seq = take_seq()
    plan = plan_confirmation(records=records, by=by, now=now, until=until)
    if not plan.count:
        raise Refused(_("没有可以确认的记录。"))
    for code, changes in plan.versions.items():
        for model in (KINDS[code].event, KINDS[code].subject):
            rows = [(row, columns) for row, columns in changes if isinstance(row, model)]
            write_next_versions(rows, seq=seq, by=by, now=now, reason="")
    record_audit(
        seq=seq, by=by, action="records.confirmed", target_kind="record", target=_("批量确认"), now=now,
        count=plan.count, detail={"left": len(plan.left), "kinds": {code: len(keys) for code, keys in records.items()}},
    )  # fmt: skip
    return plan


def _settle(
    kind: Kind,
    subject: UUID,
    *,
    seq: int,
    by: User,
    now: datetime,
    changed: Mapping[UUID, Mapping[str, Any]] | None = None,
    fresh: EventVersion | None = None,
    own: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Apply changes to a history and write a version for every event whose columns, order or effect they alter.

    own: changes of the subject itself, whose day is that of its first event: see ``first_day``.
    """
    rows = list(kind.event._default_manager.filter(subject=subject, seq_to__isnull=True).select_for_update())
    for row, changes in _settled(kind, [*rows, fresh] if fresh else rows, changed or {}):
        if row is fresh:
            row.step, row.effect = changes.get("step", row.step), changes.get("effect", row.effect)
            row.save(force_insert=True)
        else:
            write_next_version(row, seq=seq, by=by, now=now, reason=reason, changes=changes)
    head = _current(kind.subject, subject)
    if wanted := {**(own or {}), **_first_day(head, own or {}, _history(kind, subject))}:
        write_next_version(head, seq=seq, by=by, now=now, reason=reason, changes=wanted)


def first_day(state: str, events: Iterable[tuple[str, date]]) -> date | None:
    """The day of a subject, from the states and days of its events: the first, of a confirmed one the first confirmed."""
    known = [(each, on) for each, on in events if each != State.VOID]
    return min((on for each, on in known if state != State.CONFIRMED or each == State.CONFIRMED), default=None)


def _first_day(head: Version, own: Mapping[str, Any], events: Iterable[EventVersion]) -> dict[str, Any]:
    """The change of a subject's day that follows from its events."""
    first = first_day(own.get("state", head.state), ((event.state, event.happened_on) for event in events))
    return {"happened_on": first} if first is not None and first != head.happened_on else {}


_SIGNED = {"entered_by", "entered_at", "confirmed_by", "confirmed_at"}  # said anew, be it the same as before


def _settled(
    kind: Kind, rows: Sequence[EventVersion], changed: Mapping[UUID, Mapping[str, Any]]
) -> list[tuple[EventVersion, dict[str, Any]]]:
    """The events of one history that changes alter, with their order and effect, each with its altered columns; an
    event that is not filed yet stands among them. Raises Refused if it could not have happened so."""
    wanted: dict[UUID, dict[str, Any]] = {row.record: dict(changed.get(row.record, {})) for row in rows}

    def after(row: EventVersion, name: str) -> Any:
        return wanted[row.record].get(name, getattr(row, name))

    happenings = [
        rules.Happening(after(row, "event"), after(row, "happened_on"), row)
        for row in rows
        if after(row, "state") != State.VOID
    ]
    steps = {step.happening.key.record: step for step in _effects(kind, happenings)}  # type: ignore[attr-defined]  # rows
    # What is confirmed must be possible without the drafts, and its effects take no notice of them: they do not count.
    sure = (each for each in happenings if after(each.key, "state") == State.CONFIRMED)  # type: ignore[arg-type]
    counted = {step.happening.key.record: step.effect for step in _effects(kind, sure)}  # type: ignore[attr-defined]
    found = []
    for row in rows:
        changes = wanted[row.record]
        if (step := steps.get(row.record)) is not None:
            changes |= {"step": step.step, "effect": counted.get(row.record, step.effect)}
        changes = {name: value for name, value in changes.items() if name in _SIGNED or getattr(row, name) != value}
        if changes or row.pk is None:
            found.append((row, changes))
    return found


def write_next_version(
    row: Version, *, seq: int, by: User, now: datetime, reason: str, changes: Mapping[str, Any]
) -> None:
    """Close ``row`` at ``seq`` and write its successor with ``changes``. Raises Refused if it was closed meanwhile."""
    model = type(row)
    if not model._default_manager.filter(pk=row.pk, seq_to__isnull=True).update(seq_to=seq):
        raise Refused(_("该记录刚刚被他人更正，请刷新页面后再试。"))
    current = model._default_manager.get(pk=row.pk)
    _successor(current, seq=seq, by=by, now=now, reason=reason, changes=changes).save(force_insert=True)


def _successor(row: V, *, seq: int, by: User, now: datetime, reason: str, changes: Mapping[str, Any]) -> V:
    """The version that follows ``row``, not yet saved."""
    successor = copy(row)
    successor._state = ModelState()
    successor.pk = None
    successor.version, successor.seq_from, successor.seq_to = row.version + 1, seq, None
    successor.reason = reason[:500]
    if not changes.keys() <= _follows(row):  # else nobody wrote anything else
        successor.entered_at, successor.entered_by = now, by
    for name, value in changes.items():
        setattr(successor, name, value)
    return successor


def _follows(row: Version) -> set[str]:
    """The columns of a version that follow from others of its history."""
    if isinstance(row, EventVersion):
        return {"step", "effect"}
    return set() if isinstance(row, Observation) else {"happened_on"}


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
        successors = [
            _successor(row, seq=seq, by=by, now=now, reason=reason, changes=changes) for row, changes in chunk
        ]
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


def _changed_at_once(kind: str, row: Version, *, by: User, now: datetime, regions: Iterable[Region]) -> dict[str, Any]:
    """The columns that sign a change written at once. Raises Refused for one that has to be proposed."""
    queries.may_change_at_once(kind, row, by, regions).or_refuse()
    return _confirmed(by, now) if row.state == State.CONFIRMED else {}


@transaction.atomic
def correct_subject(
    *, kind: str, record: UUID, version: int, changes: Mapping[str, str], reason: str, by: User, now: datetime
) -> None:
    """Correct a title or patent itself (its name, number, title, level, form); its events repeat what they must.

    Raises as ``correct_event``.
    """
    seq = take_seq()
    known = KINDS[kind]
    row = _seen(known.subject, record, version)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region])
    signed = _changed_at_once(kind, row, by=by, now=now, regions=[row.region])
    _rewrite_subject(known, row, changes, seq=seq, by=by, now=now, reason=reason, signed=signed)
    record_audit(
        seq=seq, by=by, action=f"{kind}.corrected", target_kind=kind, target=str(record), now=now, reason=reason,
        detail=dict(changes),
    )  # fmt: skip


def _rewrite_subject(
    kind: Kind,
    row: Version,
    changes: Mapping[str, Any],
    *,
    seq: int,
    by: User,
    now: datetime,
    reason: str,
    signed: Mapping[str, Any],
) -> None:
    """Write a subject with changes, and its events with those they repeat. signed: who wrote and confirmed it."""
    try:
        with transaction.atomic():
            write_next_version(row, seq=seq, by=by, now=now, reason=reason, changes={**changes, **signed})
    except IntegrityError as error:
        raise Refused(
            _("编号“%(number)s”已登记在另一条记录上，请核对。") % {"number": changes.get("number", "")}
        ) from error
    repeated = {name: value for name, value in changes.items() if name in kind.repeated}
    if repeated:
        for event in kind.event._default_manager.filter(subject=row.record, seq_to__isnull=True):
            own = signed if event.state == State.CONFIRMED else {}
            write_next_version(event, seq=seq, by=by, now=now, reason=reason, changes={**repeated, **own})


@transaction.atomic
def propose_correction(
    *, kind: str, record: UUID, version: int, changes: Mapping[str, Any], reason: str, by: User, now: datetime
) -> Proposal:
    """Propose a correction of what is confirmed; until another accepts it, nothing changes.

    Raises Refused as ``correct_event`` does, and while another proposal for the record is open.
    """
    seq = take_seq()
    model = next((each for each in queries.models_of(kind) if queries.stands(each, record)), None)
    if model is None:
        raise Refused(_("台账中没有这条记录。"))
    row = _seen(model, record, version)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region, changes.get("region", row.region)])
    return _propose(kind, row, changes, seq=seq, by=by, now=now, reason=reason)


@transaction.atomic
def propose_void(*, kind: str, record: UUID, version: int, reason: str, by: User, now: datetime) -> Proposal:
    """Propose to void a confirmed event or reported figure; until another accepts it, it counts on.

    Whoever may enter records there proposes it, or who may confirm them. Raises Refused as ``propose_correction`` does.
    """
    seq = take_seq()
    row = _seen(queries.models_of(kind)[-1], record, version)
    may_confirm = registry.scope(by, Permission.RECORD_CONFIRM).covers(row.region.path)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region], voiding=may_confirm)
    return _propose(kind, row, {"state": State.VOID}, seq=seq, by=by, now=now, reason=reason)


def _propose(
    kind: str, row: Version, changes: Mapping[str, Any], *, seq: int, by: User, now: datetime, reason: str
) -> Proposal:
    if isinstance(row, EventVersion):
        known = KINDS[kind]
        _settled(known, _history(known, row.subject), {row.record: changes})  # what cannot be is not proposed
    if Proposal.objects.filter(kind=kind, record=row.record, outcome=Proposal.Outcome.OPEN).exists():
        raise Refused(_("这条记录已有一项改动建议在等待确认，请先等它有结果。"))
    plain = {name: _as_json(value) for name, value in changes.items()}
    proposal = Proposal.objects.create(
        kind=kind, record=row.record, is_event=isinstance(row, EventVersion), version=row.version, region=row.region,
        changes=plain, reason=reason.strip()[:500], seq=seq, proposed_at=now, proposed_by=by,
    )  # fmt: skip
    record_audit(
        seq=seq, by=by, action=f"{kind}.{proposal.act}-proposed", target_kind=kind, target=str(row.record), now=now,
        reason=reason, detail={} if proposal.is_void else plain,
    )  # fmt: skip
    return proposal


def _as_json(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def _history(kind: Kind, subject: UUID) -> list[EventVersion]:
    return list(kind.event._default_manager.filter(subject=subject, seq_to__isnull=True))


@transaction.atomic
def accept_proposal(*, proposal: Proposal, by: User, now: datetime) -> None:
    """Write a proposed change: entered by who proposed it, confirmed by who accepts it.

    Raises Refused for one's own proposal, for one that is decided, and if the record says something else by now.
    """
    model = queries.models_of(proposal.kind)[int(proposal.is_event)]
    seq = take_seq()
    proposal = Proposal.objects.select_related("proposed_by").get(pk=proposal.pk)
    rules.may_decide(
        outcome=proposal.outcome, proposed_by=proposal.proposed_by_id, by=by.pk, accepting=True
    ).or_refuse()
    row = _current(model, proposal.record)
    changes = proposal.changes_of(model)
    for region in {row.region, changes.get("region", row.region)}:
        registry.require(by, Permission.RECORD_CONFIRM, region=region)
    seen = model._default_manager.get(record=proposal.record, version=proposal.version)
    if row.state != State.CONFIRMED or row.content() != seen.content():
        raise Refused(_("这条记录在建议提出之后又有改动，请不采纳，并请提出人按现在的内容重新提出。"))
    signed = {**_confirmed(by, now), "entered_by": proposal.proposed_by, "entered_at": proposal.proposed_at}
    common: dict[str, Any] = {"seq": seq, "by": by, "now": now, "reason": proposal.reason}
    if isinstance(row, Observation):
        write_next_version(row, changes={**signed, **changes}, **common)
    elif not isinstance(row, EventVersion):
        _rewrite_subject(KINDS[proposal.kind], row, changes, signed=signed, **common)
    elif proposal.is_void:
        _write_void(KINDS[proposal.kind], row, {**signed, **changes}, **common)
    else:
        _settle(KINDS[proposal.kind], row.subject, changed={row.record: {**changes, **signed}}, **common)
    _decide(proposal, Proposal.Outcome.ACCEPTED, seq=seq, by=by, now=now)


@transaction.atomic
def decline_proposal(*, proposal: Proposal, answer: str, by: User, now: datetime) -> None:
    """Decline a proposed change and say why; who proposed it withdraws it so, without an answer."""
    seq = take_seq()
    proposal = Proposal.objects.get(pk=proposal.pk)
    is_own = proposal.proposed_by_id == by.pk
    rules.may_decide(
        outcome=proposal.outcome, proposed_by=proposal.proposed_by_id, by=by.pk, accepting=False
    ).or_refuse()
    if not is_own:
        registry.require(by, Permission.RECORD_CONFIRM, region=proposal.region)
        if not _kept(answer):
            raise Refused(_("请写明不采纳的原因，提出人会看到。"))
    outcome = Proposal.Outcome.WITHDRAWN if is_own else Proposal.Outcome.DECLINED
    _decide(proposal, outcome, seq=seq, by=by, now=now, answer=answer)


def _decide(proposal: Proposal, outcome: str, *, seq: int, by: User, now: datetime, answer: str = "") -> None:
    proposal.outcome, proposal.answer = outcome, _kept(answer)
    proposal.decided_at, proposal.decided_by = now, by
    proposal.save(update_fields=["outcome", "answer", "decided_at", "decided_by"])
    record_audit(
        seq=seq, by=by, action=f"{proposal.kind}.{proposal.act}-{outcome}", target_kind=proposal.kind,
        target=str(proposal.record), now=now, reason=proposal.answer, detail={"proposal": proposal.seq},
    )  # fmt: skip


def _kept(text: str, longest: int = 500) -> str:
    """Free words as the database keeps them: trimmed, not too long, without null characters."""
    return text.replace("\0", "").strip()[:longest]


@dataclass(frozen=True)
class NewFile:
    """A file handed over as evidence."""

    name: str
    data: bytes


@transaction.atomic
def attach_evidence(
    *, kind: str, record: UUID, files: Sequence[NewFile], by: User, now: datetime, caption: str = ""
) -> int:
    """Attach files to a record, with one audit row. What the record has already is not attached again.

    Returns how many were attached. Raises Refused, naming the file, for one that may not be kept; then none is.
    """
    lock_ledger()
    registry.require(by, Permission.RECORD_ENTER, region=queries.region_of(kind, record))
    known = queries.evidence_digests(kind, record)
    fresh = {digest: file for file in files if (digest := sha256(file.data).hexdigest()) not in known}
    if not fresh:
        return 0
    kept = [accounts.keep_attachment(name=file.name, data=file.data, by=by, now=now) for file in fresh.values()]
    seq = take_seq()
    Evidence.objects.bulk_create(
        Evidence(
            kind=kind, record=record, attachment=each, caption=_kept(caption, 200), seq=seq, added_at=now, added_by=by
        )
        for each in kept
    )
    record_audit(
        seq=seq, by=by, action="evidence.attached", target_kind=kind, target=str(record), now=now, count=len(kept),
        detail={"files": {each.digest: each.name for each in kept}},
    )  # fmt: skip
    return len(kept)


@transaction.atomic
def withdraw_evidence(*, evidence: Evidence, reason: str, by: User, now: datetime) -> None:
    """Say that a file is no evidence of a record any more, and why. Raises Refused without a reason."""
    seq = take_seq()
    registry.require(by, Permission.RECORD_ENTER, region=queries.region_of(evidence.kind, evidence.record))
    reason = _kept(reason)
    if not reason:
        raise Refused(_("请写明撤下这份佐证的原因，它会与佐证一起保存。"))
    if EvidenceWithdrawal.objects.filter(evidence=evidence).exists():
        raise Refused(_("这份佐证已经撤下，无需重复操作。"))
    EvidenceWithdrawal.objects.create(evidence=evidence, reason=reason, seq=seq, withdrawn_at=now, withdrawn_by=by)
    record_audit(
        seq=seq, by=by, action="evidence.withdrawn", target_kind=evidence.kind, target=str(evidence.record), now=now,
        reason=reason, detail={"digest": evidence.attachment.digest, "name": evidence.attachment.name},
    )  # fmt: skip


@transaction.atomic
def declare_record_keeping(*, region: Region, kind: str, since: date, by: User, now: datetime) -> RecordKeeping:
    """Declare that the region's records of a kind are complete from ``since`` on: from there, records answer."""
    lock_ledger()
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
def declare_kinds(*, region: Region, kinds: Sequence[str], since: date, by: User, now: datetime) -> None:
    """Declare several kinds at once, or none: see ``declare_record_keeping``."""
    for kind in kinds:
        declare_record_keeping(region=region, kind=kind, since=since, by=by, now=now)


@transaction.atomic
def choose_observation(*, record: UUID, version: int, reason: str, by: User, now: datetime) -> None:
    """Say that of several reported figures this one counts; the others of its name, place and period are set aside.

    Raises Refused without a reason, or if there is nothing to choose.
    """
    seq = take_seq()
    row = _seen(Observation, record, version)
    registry.require(by, Permission.OBSERVATION_CHOOSE, region=row.region)
    if not reason.strip():
        raise Refused(_("请写明为什么采用这个数，它会与记录一起保存。"))
    if not row.indicator or not row.real_period:
        raise Refused(_("这个数还没有对应的指标或真实期间，不能采用。"))
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
    seq = take_seq()
    row = _seen(Observation, record, version)
    regions = [row.region, changes.get("region", row.region)]
    _may_rewrite(row, reason=reason, by=by, regions=regions)
    signed = _changed_at_once(queries.OBSERVATION, row, by=by, now=now, regions=regions)
    write_next_version(row, seq=seq, by=by, now=now, reason=reason, changes={**changes, **signed})
    record_audit(
        seq=seq, by=by, action="observation.corrected", target_kind="observation", target=str(record), now=now,
        reason=reason, detail={name: str(value) for name, value in changes.items()},
    )  # fmt: skip


@transaction.atomic
def confirm_observation(*, record: UUID, version: int, by: User, now: datetime) -> None:
    """Confirm a reported figure; from then on it may answer. Confirming it twice changes nothing."""
    lock_ledger()
    row = _current(Observation, record)
    registry.require(by, Permission.RECORD_CONFIRM, region=row.region)
    if row.state == State.CONFIRMED:
        return
    row = _seen(Observation, record, version)
    rules.may_confirm(state=row.state, by=by.pk).or_refuse()
    seq = take_seq()
    write_next_version(row, seq=seq, by=by, now=now, reason="", changes=_confirmed(by, now))
    record_audit(seq=seq, by=by, action="observation.confirmed", target_kind="observation", target=str(record), now=now)


@transaction.atomic
def void_observation(*, record: UUID, version: int, reason: str, by: User, now: datetime) -> None:
    """Void a reported figure: a new version that no longer answers. Raises as ``correct_event``."""
    seq = take_seq()
    row = _seen(Observation, record, version)
    _may_rewrite(row, reason=reason, by=by, regions=[row.region], voiding=True)
    signed = _changed_at_once(queries.OBSERVATION, row, by=by, now=now, regions=[row.region])
    write_next_version(row, seq=seq, by=by, now=now, reason=reason, changes={**signed, "state": State.VOID})
    record_audit(
        seq=seq, by=by, action="observation.voided", target_kind="observation", target=str(record), now=now,
        reason=reason,
    )  # fmt: skip
