"""Later versions of many histories at once: what an import adds to records that stand in the ledger already."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

from xingke.accounts.acts import Act
from xingke.base.keys import new_key
from xingke.ledger import rules
from xingke.ledger.actions.bulk import insert_objects
from xingke.ledger.actions.filing import NewEvent, with_last_day
from xingke.ledger.actions.receiving import holder_of
from xingke.ledger.actions.settling import placed, told, with_what_follows
from xingke.ledger.actions.versions import BATCH, write_next_versions
from xingke.ledger.models import EventVersion, State, Version
from xingke.ledger.tables import TABLES, Kind
from xingke.registry.models import Region


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """What becomes of one history. subject, history: its current versions; columns: changed ones of the subject.

    events: changed columns by event; fresh: what happened besides.
    """

    subject: Any  # the model of its kind
    history: Sequence[Any]
    columns: Mapping[str, str]
    events: Mapping[UUID, Mapping[str, Any]]
    fresh: Sequence[NewEvent]
    source_place: str


def amend_histories(
    *,
    kind: str,
    amendments: Iterable[Amendment],
    done: Act,
    source: str,
    reason: str,
    is_confirmed: Callable[[Region], bool],
) -> None:
    """Write what the amendments change, as part of an act that has looked at the permissions.

    What stands keeps its state; what is fresh is a draft unless ``is_confirmed`` says otherwise. Raises Refused if a
    history could not have happened so, or somebody corrected it meanwhile.
    """
    known = TABLES[kind]
    stream = iter(amendments)
    while chunk := list(islice(stream, BATCH)):
        heads: list[tuple[Version, Mapping[str, Any]]] = []
        changed: list[tuple[Version, Mapping[str, Any]]] = []
        fresh: list[EventVersion] = []
        for each in chunk:
            added: list[Any] = []
            for new in sorted(each.fresh, key=lambda new: new.on):
                added.append(_event(known, each, new, added, done, source, is_confirmed))
            changed += _settled(known, each, added, done)
            fresh += added
            then = [told(row, _after(each, row)) for row in [*each.history, *added]]
            columns = with_what_follows(known, each.subject, each.columns, then)
            if columns:
                heads.append((each.subject, signed(each.subject, columns, done) if each.columns else columns))
        for rows in (heads, changed):
            write_next_versions(rows, done=done, reason=reason)
        insert_objects(fresh)


def _event(
    kind: Kind,
    each: Amendment,
    new: NewEvent,
    added: Sequence[Any],
    done: Act,
    source: str,
    is_confirmed: Callable[[Region], bool],
) -> Any:
    place = _place(each, new, added)
    region = new.region if new.event in kind.names.arrivals else place.region
    holder = holder_of(kind, replace(new, region=region), place.organisation)
    confirmed = is_confirmed(region)
    fields = {name: getattr(each.subject, name) for name in kind.repeated}
    new = with_last_day(kind, fields | dict(each.columns), new)
    repeated = {name: each.columns.get(name, getattr(each.subject, name)) for name in kind.repeated}
    return kind.event(
        record=new.key or new_key(),
        version=1,
        seq_from=done.seq,
        subject=each.subject.record,
        region=region,
        zone_id=place.zone_id,
        organisation=holder,
        person=each.columns.get("person", each.subject.person),
        happened_on=new.on,
        event=new.event,
        effect=0,
        step=1,
        source=source[:200],
        source_place=each.source_place,
        is_fictional=each.subject.is_fictional,
        entered_at=done.now,
        entered_by=done.account,
        state=State.CONFIRMED if confirmed else State.DRAFT,
        confirmed_at=done.now if confirmed else None,
        confirmed_by=done.account if confirmed else None,
        **repeated,
        **new.measures,
    )


def _place(each: Amendment, new: NewEvent, added: Sequence[Any]) -> Any:
    """What says where and of whom a fresh event is: the live or fresh event before it, else the first."""
    alive = [row for row in each.history if row.state != State.VOID]
    earlier = [row for row in [*alive, *added] if _after(each, row)["happened_on"] <= new.on]
    return (sorted(earlier, key=lambda row: _after(each, row)["happened_on"]) or alive[:1] or [each.subject])[-1]


def _after(each: Amendment, row: Any) -> dict[str, Any]:
    said = {"event": row.event, "happened_on": row.happened_on, "until": getattr(row, "until", None)}
    return {**said, **each.events.get(row.record, {})}


def _settled(kind: Kind, each: Amendment, added: Sequence[Any], done: Act) -> list[tuple[Version, Mapping[str, Any]]]:
    """Order the history anew; the standing events that change, with all that changes in them. ``added`` get their place."""
    alive = [row for row in [*each.history, *added] if row.state != State.VOID]
    happenings = [
        rules.Happening(str(after["event"]), after["happened_on"], row, after["until"])
        for row in alive
        if (after := _after(each, row))
    ]
    # What is confirmed must be possible without the drafts, and its effects take no notice of them: they do not count.
    counted = {
        id(step.happening.key): step
        for step in rules.effects(kind.names, (one for one in happenings if one.key.state == State.CONFIRMED))  # type: ignore[attr-defined]
    }
    repeated = {name: value for name, value in each.columns.items() if name in (*kind.repeated, "person")}
    changed: list[tuple[Version, Mapping[str, Any]]] = []
    for step in rules.effects(kind.names, happenings):
        row: Any = step.happening.key
        place = placed(kind, counted.get(id(row), step)) | {"step": step.step}
        if row.pk is None:
            for name, value in place.items():
                setattr(row, name, value)
            continue
        said = _differing(row, {**each.events.get(row.record, {}), **repeated})
        if changes := {**(signed(row, said, done) if said else {}), **_differing(row, place)}:
            changed.append((row, changes))
    return changed


def _differing(row: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


def signed(row: Version, changes: Mapping[str, Any], done: Act) -> Mapping[str, Any]:
    """Changes of what a version says; of one that is confirmed with who confirms it anew."""
    if row.state != State.CONFIRMED:
        return changes
    return {**changes, "confirmed_by": done.account, "confirmed_at": done.now}
