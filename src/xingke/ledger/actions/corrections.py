"""Correcting and voiding titles, patents and their events."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.ledger.actions.filing import NewEvent
from xingke.ledger.actions.receiving import holder_of
from xingke.ledger.actions.settling import history_of, settle
from xingke.ledger.actions.versions import as_seen, changed_at_once, may_rewrite, standing, write_next_version
from xingke.ledger.models import EventVersion, State, Version
from xingke.ledger.tables import TABLES, Kind


def correct_event(
    *, kind: str, record: UUID, version: int, changes: Mapping[str, Any], reason: str, by: User, now: datetime
) -> None:
    """Write a corrected version of an event; the rest of its history follows.

    changes: any of event, happened_on, region, organisation and the kind's measures. version: the one the corrector saw. Raises Refused if it is no longer
    the newest, without a reason, if the history could not have happened so, or if the change has to be proposed. Who
    changes what is confirmed confirms it anew.
    """
    known = TABLES[kind]
    with _act(f"{kind}.event-corrected", kind, record, by=by, now=now, reason=reason) as done:
        done.lock()
        row = as_seen(known.event, record, version)
        regions = [row.region, changes.get("region", row.region)]
        if "organisation" in changes:
            holder_of(known, _as_arriving(row, changes), None)
        may_rewrite(row, reason=reason, by=by, regions=regions)
        signed = changed_at_once(kind, row, by=by, now=now, regions=regions)
        settle(known, row.subject, done=done, changed={record: {**changes, **signed}}, reason=reason)
        done.detail |= {name: str(value) for name, value in changes.items()}


def _act(code: str, kind: str, record: UUID, *, by: User, now: datetime, reason: str) -> AbstractContextManager[Act]:
    return act(by=by, now=now, code=code, kind=kind, target=str(record), reason=reason)


def _as_arriving(row: EventVersion, changes: Mapping[str, Any]) -> NewEvent:
    """An event as it will be, to see whether its organisation may have taken it over."""
    return NewEvent(
        event=changes.get("event", row.event),
        on=changes.get("happened_on", row.happened_on),
        region=changes.get("region", row.region),
        organisation=changes["organisation"],
    )


def void_event(*, kind: str, record: UUID, version: int, reason: str, by: User, now: datetime) -> None:
    """Void an event: a new version that no longer counts. Raises as ``correct_event``."""
    known = TABLES[kind]
    with _act(f"{kind}.event-voided", kind, record, by=by, now=now, reason=reason) as done:
        done.lock()
        row = as_seen(known.event, record, version)
        may_rewrite(row, reason=reason, by=by, regions=[row.region], voiding=True)
        signed = changed_at_once(kind, row, by=by, now=now, regions=[row.region])
        write_void(known, row, {**signed, "state": State.VOID}, done=done, reason=reason)


def write_void(kind: Kind, row: EventVersion, changes: Mapping[str, Any], *, done: Act, reason: str) -> None:
    """Void an event, and with its last one its title or patent."""
    settle(kind, row.subject, done=done, changed={row.record: changes}, reason=reason)
    if all(event.state == State.VOID for event in history_of(kind, row.subject)):  # nothing is left of it
        head = standing(kind.subject, row.subject)
        write_next_version(head, changes, done=done, reason=reason)


def correct_subject(
    *, kind: str, record: UUID, version: int, changes: Mapping[str, str], reason: str, by: User, now: datetime
) -> None:
    """Correct a title or patent itself (its name, number, title, level, form); its events repeat what they must.

    Raises as ``correct_event``.
    """
    known = TABLES[kind]
    with _act(f"{kind}.corrected", kind, record, by=by, now=now, reason=reason) as done:
        done.lock()
        row = as_seen(known.subject, record, version)
        may_rewrite(row, reason=reason, by=by, regions=[row.region])
        signed = changed_at_once(kind, row, by=by, now=now, regions=[row.region])
        rewrite_subject(known, row, changes, done=done, reason=reason, signed=signed)
        done.detail |= dict(changes)


def rewrite_subject(
    kind: Kind,
    row: Version,
    changes: Mapping[str, Any],
    *,
    done: Act,
    reason: str,
    signed: Mapping[str, Any],
) -> None:
    """Write a subject with changes, and its events with those they repeat. signed: who wrote and confirmed it."""
    try:
        with transaction.atomic():
            write_next_version(row, {**changes, **signed}, done=done, reason=reason)
    except IntegrityError as error:
        raise Refused(
            _("编号“%(number)s”已登记在另一条记录上，请核对。") % {"number": changes.get("number", "")}
        ) from error
    repeated = {name: value for name, value in changes.items() if name in kind.repeated}
    events = history_of(kind, row.record)
    renumbered = _certified_last(events) if kind.names.lasting and "number" in changes else None
    for event in events:
        said = {**repeated, **({"certificate": changes["number"]} if event is renumbered else {})}
        if said:
            own = signed if event.state == State.CONFIRMED else {}
            write_next_version(event, {**said, **own}, done=done, reason=reason)


def _certified_last(events: Sequence[Any]) -> Any:
    """The event whose certificate a title stands by, where it says a number of its own; None where none does."""
    given = [each for each in events if each.certificate and each.state != State.VOID]
    return max(given, default=None, key=lambda each: each.happened_on)
