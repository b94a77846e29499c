"""Confirming drafts: one, or many at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xingke.accounts.acts import act, taken_back
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import queries, rules
from xingke.ledger.actions.settling import altered, settle, told, with_what_follows
from xingke.ledger.actions.versions import as_seen, confirmation, standing, write_next_versions
from xingke.ledger.models import EventVersion, State, Version
from xingke.ledger.tables import TABLES, Kind
from xingke.registry import queries as registry
from xingke.registry.rules import Scope


def confirm_event(*, kind: str, record: UUID, version: int, by: User, now: datetime) -> None:
    """Confirm a draft event, and its title or patent with it; from then on indicators count it.

    Confirming what is confirmed already changes nothing: a second click does no harm.
    """
    known = TABLES[kind]
    with act(by=by, now=now, code=f"{kind}.event-confirmed", kind=kind, target=str(record)) as done:
        done.lock()
        row = standing(known.event, record)
        registry.require(by, Permission.RECORD_CONFIRM, at=row.region)
        if row.state == State.CONFIRMED:
            done.nothing()
            return
        row = as_seen(known.event, record, version)
        head = standing(known.subject, row.subject)
        authors = queries.authors(known.event, [row])[record]
        if head.state == State.DRAFT:  # it is confirmed along with its event
            authors |= queries.authors(known.subject, [head])[head.record]
        state, four_eyes = queries.state_with(head, row), known.names.four_eyes
        rules.may_confirm(state=state, by=by.pk, four_eyes=four_eyes, authors=authors).or_refuse()
        confirmed = confirmation(by, now)
        own = confirmed if head.state == State.DRAFT else {}
        settle(known, row.subject, done=done, changed={record: confirmed}, own=own)


@dataclass(frozen=True)
class Left:
    """A record that cannot be confirmed along with others, and why."""

    kind: str
    record: UUID
    reason: str


@dataclass(frozen=True)
class ConfirmationPlan:
    """What confirming many events would do. versions: by kind, the rows to follow and the columns each changes."""

    count: int
    left: Sequence[Left]
    versions: Mapping[str, Sequence[tuple[Version, Mapping[str, Any]]]]


def plan_confirmation(
    *, records: Mapping[str, Sequence[UUID]], by: User, now: datetime, until: int | None = None
) -> ConfirmationPlan:
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
        kind, changes = TABLES[code], versions.setdefault(code, [])
        found = queries.histories_of(kind, keys)
        asked, reasons = set(keys), _obstacles(kind, found, set(keys), allowed, by, until)
        for subject, events in found.items():
            mine = [event for event in events if event.record in asked]
            ready = [event for event in mine if event.record not in reasons]
            wanted = {event.record: confirmation(by, now) for event in ready}
            try:
                settled = altered(kind, events, wanted) if ready else []
            except Refused as refusal:
                reasons |= {event.record: str(refusal) for event in ready}
                continue
            changes += settled
            if ready:
                own = confirmation(by, now) if subject.state == State.DRAFT else {}
                states = {event.record: event.state for event in events} | dict.fromkeys(wanted, State.CONFIRMED)
                then = [told(event, {"state": states[event.record]}) for event in events]
                if own := with_what_follows(kind, subject, own, then):
                    changes.append((subject, own))
            count += len(ready)
        known = {event.record for events in found.values() for event in events}
        reasons |= {key: _("台账中没有这条记录。") for key in asked - known}
        left += [Left(code, key, reasons[key]) for key in dict.fromkeys(keys) if key in reasons]
    return ConfirmationPlan(count, left, versions)


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
                state=queries.state_with(subject, event),
                by=by.pk,
                four_eyes=kind.names.four_eyes,
                authors=wrote[event.record] | founders.get(subject.record, frozenset()),
            )
            if not answer.allowed:
                reasons[event.record] = str(answer.reason)
    return reasons


def confirm_events(
    *, records: Mapping[str, Sequence[UUID]], by: User, now: datetime, until: int | None = None
) -> ConfirmationPlan:
    """Confirm many draft events, by kind, with one number and one audit row; those that cannot be are left and said.

    until: as ``plan_confirmation``. Raises Refused if none can be.
    """
    with act(by=by, now=now, code="records.confirmed", kind="record", target=_("批量确认")) as done:
        done.lock()
        plan = plan_confirmation(records=records, by=by, now=now, until=until)
        if not plan.count:
            raise Refused(_("没有可以确认的记录。"))
        for code, changes in plan.versions.items():
            for model in (TABLES[code].event, TABLES[code].subject):
                rows = [(row, columns) for row, columns in changes if isinstance(row, model)]
                write_next_versions(rows, done=done)
        kinds = {code: len(keys) for code, keys in records.items()}
        done.says(count=plan.count, left=len(plan.left), kinds=kinds)
    return plan


@contextmanager
def as_if_confirmed(
    *, records: Mapping[str, Sequence[UUID]], by: User, now: datetime, until: int | None = None
) -> Iterator[ConfirmationPlan]:
    """The ledger as it would stand once the events are confirmed: reads inside see it, afterwards nothing was written.

    Nobody else writes meanwhile: keep it short. Raises Refused as ``confirm_events``.
    """
    with taken_back():
        yield confirm_events(records=records, by=by, now=now, until=until)
