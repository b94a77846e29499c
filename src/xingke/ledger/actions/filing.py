"""Filing titles and patents with their events, and further events of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Model
from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key, new_key
from xingke.base.refusals import Refused
from xingke.ledger import queries, rules
from xingke.ledger.actions.bulk import insert
from xingke.ledger.actions.receiving import before, holder_of, holders
from xingke.ledger.actions.settling import effects_of, placed, refuse_out_of_order, settle
from xingke.ledger.actions.versions import BATCH, confirmation, standing
from xingke.ledger.kinds.record_kind import Number
from xingke.ledger.models import EventVersion, State, Version
from xingke.ledger.tables import TABLES, Kind
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Person, Region, Zone

_WHERE = ("region_id", "zone_id", "organisation_id", "person_id", "source_place", "is_fictional", "happened_on")


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event to be filed; ``region`` is where it happened, fixed from then on."""

    event: str
    on: date
    region: Region
    organisation: Organisation | None = None  # the holder from this event on, if not the one before; who takes it over
    key: UUID | None = None
    measures: Mapping[str, Any] = field(default_factory=dict)  # the kind's own columns: amount (分), people (× 10⁻⁴) …

    @property
    def until(self) -> date | None:
        """The last day on which what it opens holds; None where that is not said."""
        found: date | None = self.measures.get("until")
        return found


@dataclass(frozen=True, kw_only=True)
class NewHistory:
    """A title or patent to be filed with what has happened to it so far.

    fields: the kind's own columns, e.g. title, level, name, number, as their types keep them. person: whom it is about, where two records are
    told apart by that. reason: why it was filed in spite of what speaks against its number.
    """

    fields: Mapping[str, Any]
    region: Region
    organisation: Organisation | None
    events: Sequence[NewEvent]
    zone: Zone | None = None
    is_fictional: bool = False
    key: UUID = field(default_factory=new_key)
    source_place: str = ""
    person: Person | None = None
    reason: str = ""


def file_histories(
    *,
    kind: str,
    histories: Iterable[NewHistory],
    by: User,
    now: datetime,
    source: str,
    confirmed: bool = False,
    confirmed_by: User | None = None,
) -> int:
    """File titles or patents with their events as one batch. Returns how many versions were written.

    source: where they come from (desk object, import, form). confirmed: file them as confirmed, by ``confirmed_by`` or
    else by ``by`` (needs record.confirm); of a kind with four eyes these are two accounts.
    Raises Refused if a history cannot have happened so, or somebody may not write there; then nothing is filed.
    """
    known = TABLES[kind]
    confirmer = confirmed_by or by
    signed = _signed(known, confirmed=confirmed, by=by, confirmer=confirmer, now=now)
    with act(by=by, now=now, code=f"{kind}.filed", kind=kind, target=source) as done:
        written = _file(known, histories, signed, confirmer if confirmed else None, source, done)
        done.says(confirmed=confirmed)
    return written


def _file(
    known: Kind,
    histories: Iterable[NewHistory],
    signed: Mapping[str, Any],
    confirmer: User | None,
    source: str,
    done: Act,
) -> int:
    """Write them piece by piece; the act counts the records, not what happened to them. confirmer: None for drafts."""
    by = done.account
    allowed = registry.scope(by, Permission.RECORD_ENTER)
    confirming = registry.scope(confirmer, Permission.RECORD_CONFIRM) if confirmer else allowed
    checked: set[int] = set()
    common: dict[str, Any] = {  # columns every version of the batch shares
        "version": 1,
        "seq_from": done.seq,
        "source": source[:200],
        "entered_at": done.now,
        "entered_by_id": by.pk,
        "state": signed["state"],
        "confirmed_at": signed["confirmed_at"],
        "confirmed_by_id": confirmer.pk if confirmer else None,
    }
    written = done.count = 0
    stream = iter(histories)
    while chunk := list(islice(stream, BATCH)):
        for region in {event.region.pk: event.region for each in chunk for event in each.events}.values():
            if region.pk not in checked and not (allowed.covers(region.path) and confirming.covers(region.path)):
                registry.require(by, Permission.RECORD_ENTER, at=region)
                if confirmer:
                    registry.require(confirmer, Permission.RECORD_CONFIRM, at=region)
            checked.add(region.pk)
        subjects = [_subject(known, each) for each in chunk]
        events = [event for each in chunk for event in _events(known, each)]
        _create(known.subject, _subject_columns(known), subjects, common)
        _create(known.event, _event_columns(known), events, common)
        written += len(subjects) + len(events)
        done.count += len(subjects)
    return written


def _signed(kind: Kind, *, confirmed: bool, by: User, confirmer: User, now: datetime) -> dict[str, Any]:
    """The columns that say whether, when and by whom a new version is confirmed."""
    if not confirmed:
        return {"state": State.DRAFT, "confirmed_at": None, "confirmed_by": None}
    rules.may_file_confirmed(four_eyes=kind.names.four_eyes, entered_by=by.pk, confirmed_by=confirmer.pk).or_refuse()
    return confirmation(confirmer, now)


def _create(
    model: type[Version], columns: Sequence[str], rows: Sequence[Sequence[Any]], common: Mapping[str, Any]
) -> None:
    try:
        insert(model, columns, rows, common)  # in an act, which is taken back as a whole where it is refused
    except IntegrityError as error:
        raise Refused(
            _("有一条记录与台账中已有的记录重复（编号相同），整批未登记：%(error)s") % {"error": error}
        ) from error


def _subject_columns(kind: Kind) -> tuple[str, ...]:
    """The columns of a subject that are its own."""
    own = (kind.subject._meta.get_field(name).attname for name in kind.details)  # type: ignore[union-attr]
    return ("record", *_WHERE, "reason", *kind.repeated, *own)


def _event_columns(kind: Kind) -> tuple[str, ...]:
    """The columns of its events that are theirs."""
    return ("record", "subject", *_WHERE, "event", "effect", "step", *kind.repeated, *kind.event_details)


def _subject(kind: Kind, history: NewHistory) -> tuple[Any, ...]:
    first = min([event.on for event in history.events])
    own = [history.fields.get(name, "") for name in kind.repeated]
    own += [_kept(history.fields.get(each.name, each.nothing)) for each in kind.names.details]
    return (history.key, *_where(history, history.region, history.organisation, first), history.reason[:500], *own)


def _kept(value: Any) -> Any:
    """What stands in the column of a detail: of an organisation its key in the database."""
    return value.pk if isinstance(value, Model) else value


def _events(kind: Kind, history: NewHistory) -> list[tuple[Any, ...]]:
    """Its events as rows, in order."""
    repeated = [history.fields.get(name, "") for name in kind.repeated]
    events = [with_last_day(kind, history.fields, event) for event in history.events]
    steps = effects_of(kind, events)
    refuse_out_of_order(kind, events)
    _refuse_against_number(kind, history.fields.get("number", ""), events)
    rows = []
    whose = holders(kind, [step.happening for step in steps], history.organisation)
    for step, holder in zip(steps, whose, strict=True):
        event, columns = step.happening, placed(kind, step)
        own = {**event.measures, **columns}
        rows.append(
            (
                event.key or derived_key(history.key, event.event, event.on, *_again(events, event)),
                history.key,
                *_where(history, event.region, holder, event.on),
                event.event,
                columns["effect"],
                columns["step"],
                *repeated,
                *[own.get(name, default) for name, default in kind.event_details.items()],
            )
        )
    return rows


def _refuse_against_number(kind: Kind, number: str, events: Sequence[NewEvent]) -> None:
    """Raise Refused where a patent's days cannot be with its number."""
    if kind.names.number is not Number.PATENT:
        return
    if rules.against_number(number, events)[0]:  # words only where they are said: a list has thousands of histories
        known = registry.terms(kind.event_list)
        raise Refused(rules.against_number(number, events, said=lambda event: known[event].label)[0])


def _as_renewal(kind: Kind, event: NewEvent, alive: Iterable[Any]) -> NewEvent:
    """A further certificate of a title that is held renews it, whatever it was called."""
    if not kind.names.lasting or event.event not in kind.names.certifying:
        return event
    before = [rules.Happening(each.event, each.happened_on, each, each.until) for each in alive]
    return replace(event, event=rules.renewal_of(kind.names, before, event.on, event.event))


def with_last_day(kind: Kind, fields: Mapping[str, str], event: NewEvent) -> NewEvent:
    """An event with the day until which its certificate holds: as it says, else by its title's term in force today."""
    if not kind.names.lasting or event.until is not None:
        return event
    until = queries.usual_last_day(kind, fields, event.event, event.on)
    return event if until is None else replace(event, measures={**event.measures, "until": until})


def _where(history: NewHistory, region: Region, organisation: Organisation | None, on: date) -> tuple[Any, ...]:
    return (
        region.pk,
        history.zone.pk if history.zone else None,
        organisation.pk if organisation else None,
        history.person.pk if history.person else None,
        history.source_place,
        history.is_fictional,
        on,
    )


def _again(events: Sequence[NewEvent], event: NewEvent) -> tuple[int, ...]:
    """What tells an event from an earlier one of the same name and day: nothing for the first, then 1, 2 …"""
    same = [each for each in events if (each.event, each.on) == (event.event, event.on)]
    place = next(index for index, each in enumerate(same) if each is event)
    return (place,) if place else ()


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
    known = TABLES[kind]
    confirmer = confirmed_by or by
    signed = _signed(known, confirmed=confirmed, by=by, confirmer=confirmer, now=now)
    registry.require(by, Permission.RECORD_ENTER, at=event.region)
    if confirmed:
        registry.require(confirmer, Permission.RECORD_CONFIRM, at=event.region)
    key = event.key or new_key()
    with act(by=by, now=now, code=f"{kind}.event-filed", kind=kind, target=str(key)) as done:
        done.lock()
        head, alive = _standing_with_events(known, subject)
        row = _further(known, head, alive, event, key, signed, source, done)
        settle(known, subject, done=done, fresh=[row])
        done.says(event=row.event, on=event.on.isoformat(), subject=str(subject))
    return key


def add_events(
    *,
    kind: str,
    subject: UUID,
    events: Sequence[NewEvent],
    by: User,
    now: datetime,
    source: str,
    confirmed_by: User | None = None,
) -> None:
    """File several more events of one record of a kind without four eyes, each with its key, as one act.

    confirmed_by: who confirms them, and with them what waits in that history; None for drafts. Raises Refused as ``add_event``.
    """
    known = TABLES[kind]
    if known.names.four_eyes:
        raise ValueError(f"{kind}: what two people answer for is entered and confirmed one by one")
    signed = _signed(known, confirmed=confirmed_by is not None, by=by, confirmer=confirmed_by or by, now=now)
    for region in {event.region.pk: event.region for event in events}.values():
        registry.require(by, Permission.RECORD_ENTER, at=region)
        if confirmed_by is not None:
            registry.require(confirmed_by, Permission.RECORD_CONFIRM, at=region)
    with act(by=by, now=now, code=f"{kind}.event-filed", kind=kind, target=str(subject)) as done:
        done.lock()
        head, alive = _standing_with_events(known, subject)
        fresh = [_further(known, head, alive, event, event.key or new_key(), signed, source, done) for event in events]
        changed: dict[UUID, dict[str, Any]] = {}
        own: dict[str, Any] = {}
        if confirmed_by is not None:
            confirmed = confirmation(confirmed_by, now)
            changed = {each.record: {**confirmed, **_entered(each)} for each in alive if each.state == State.DRAFT}
            own = {**confirmed, **_entered(head)} if head.state == State.DRAFT else {}
        settle(known, subject, done=done, changed=changed, fresh=fresh, own=own)
        last = events[-1]
        done.says(count=len(fresh), event=last.event, on=last.on.isoformat(), subject=str(subject))


def _entered(row: Version) -> dict[str, Any]:
    """Who wrote what a version says: whoever adds to its history did not."""
    return {"entered_by_id": row.entered_by_id, "entered_at": row.entered_at}


def _standing_with_events(known: Kind, subject: UUID) -> tuple[Any, list[Any]]:
    """A record in force and its events that are not void, the latest first."""
    head = standing(known.subject, subject)
    alive = known.event._default_manager.filter(subject=subject, seq_to__isnull=True).exclude(state=State.VOID)
    return head, list(alive.select_related("region", "organisation__region").order_by("-step"))


def _further(
    known: Kind,
    head: Any,
    alive: Sequence[Any],
    event: NewEvent,
    key: UUID,
    signed: Mapping[str, Any],
    source: str,
    done: Act,
) -> EventVersion:
    """The row of a further event, not yet saved. Raises Refused where it cannot be of that history. alive: see ``_standing_with_events``."""
    by = done.account
    rules.may_correct(state=head.state, is_current=True).or_refuse()
    if event.region.is_fictional != head.is_fictional:
        raise Refused(_("虚构的记录和真实的区划不能记在一起。"))
    latest = alive[0] if alive else None
    if (
        latest is not None and event.event not in known.names.arrivals
    ):  # whoever takes it over enters it; the rest is the holder's
        registry.require(by, Permission.RECORD_ENTER, at=latest.region)
        if event.region != latest.region:
            raise Refused(
                _("这条记录现在在“%(region)s”，请按该区划登记；跨区划的迁移请先登记迁入或受让。")
                % {"region": latest.region.name}
            )
    _refuse_against_number(known, getattr(head, "number", ""), [event])
    event = _as_renewal(known, event, alive)
    event = with_last_day(known, {name: getattr(head, name) for name in known.repeated}, event)
    holder = holder_of(known, event, before(latest, head), is_first=latest is None)
    return known.event(
        record=key,
        version=1,
        seq_from=done.seq,
        subject=head.record,
        region=event.region,
        zone=head.zone,
        organisation=holder,
        person_id=head.person_id,
        happened_on=event.on,
        event=event.event,
        effect=0,
        step=1,
        source=source[:200],
        is_fictional=head.is_fictional,
        entered_at=done.now,
        entered_by=by,
        **signed,
        **{name: getattr(head, name) for name in known.repeated},
        **event.measures,
    )
