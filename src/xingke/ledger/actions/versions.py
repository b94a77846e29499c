"""The versions of one record: reading the one in force, and writing the next."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models.base import ModelState
from django.utils.translation import gettext as _

from xingke.accounts.acts import Act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import queries, rules
from xingke.ledger.actions.bulk import follow, insert_objects, listed
from xingke.ledger.models import EventVersion, Observation, State, Version
from xingke.registry import queries as registry
from xingke.registry.models import Region

V = TypeVar("V", bound=Version)
BATCH = 2_000


def write_next_version(row: Version, changes: Mapping[str, Any], *, done: Act, reason: str = "") -> None:
    """Close ``row`` and write its successor with ``changes``. Raises Refused if it was closed meanwhile.

    A version that the same act wrote is none to follow: it says at once what it comes to.
    """
    model = type(row)
    stands = model._default_manager.filter(pk=row.pk, seq_to__isnull=True)
    if row.seq_from == done.seq:
        current = stands.get()
        _change(current, changes, done=done, reason=reason).save(force_update=True)
        return
    if not stands.update(seq_to=done.seq):
        raise Refused(_("该记录刚刚被他人更正，请刷新页面后再试。"))
    current = model._default_manager.get(pk=row.pk)
    _successor(current, changes, done=done, reason=reason).save(force_insert=True)


def _successor(row: V, changes: Mapping[str, Any], *, done: Act, reason: str) -> V:
    """The version that follows ``row``, not yet saved."""
    successor = copy(row)
    successor._state = ModelState()
    successor.pk = None
    successor.version, successor.seq_from, successor.seq_to = row.version + 1, done.seq, None
    return _change(successor, changes, done=done, reason=reason)


def _change(row: V, changes: Mapping[str, Any], *, done: Act, reason: str) -> V:
    """Let a version say something else, and who says so."""
    row.reason = reason[:500] or (row.reason if row.pk else "")
    if not changes.keys() <= _following(row):  # else nobody wrote anything else
        row.entered_at, row.entered_by = done.now, done.account
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def _following(row: Version) -> set[str]:
    """The columns of a version that follow from others of its history."""
    if isinstance(row, EventVersion):
        return {"step", "effect", "lapses_on", "origin"}
    return set() if isinstance(row, Observation) else {"happened_on"}


def write_next_versions(rows: Sequence[tuple[Version, Mapping[str, Any]]], *, done: Act, reason: str = "") -> None:
    """The same for many rows of one table, each with its changes; a few queries for thousands."""
    for start in range(0, len(rows), BATCH):
        chunk = rows[start : start + BATCH]
        model = type(chunk[0][0])
        current = model._default_manager.filter(pk__in=[row.pk for row, _changes in chunk], seq_to__isnull=True)
        if current.update(seq_to=done.seq) != len(chunk):
            raise Refused(_("该记录刚刚被他人更正，请刷新页面后再试。"))
        insert_objects([_successor(row, changes, done=done, reason=reason) for row, changes in chunk])


def void_whole(model: type[Version], records: Sequence[UUID], *, done: Act, reason: str) -> None:
    """Void whole records of one table within the database, for there may be tens of thousands and everybody waits: the versions in force are
    closed, and followed by what they said. Raises Refused where one of them has none."""
    said = {
        "seq_from": done.seq,
        "seq_to": None,
        "state": State.VOID.value,
        "reason": reason,
        "entered_at": done.now,
        "entered_by_id": done.account.pk,
    }
    signed = {
        "confirmed_at": done.now,
        "confirmed_by_id": done.account.pk,
    }  # of what was confirmed it is said who says so
    for start in range(0, len(records), BATCH):
        piece = records[start : start + BATCH]
        found = model._default_manager.filter(record__in=listed(piece))
        if found.filter(seq_to__isnull=True).update(seq_to=done.seq) != len(piece):
            raise Refused(_("该记录刚刚被他人更正，请刷新页面后再试。"))
        closed = found.filter(seq_to=done.seq)
        follow(closed.filter(state=State.CONFIRMED), {**said, **signed}, counted="version")
        follow(closed.exclude(state=State.CONFIRMED), said, counted="version")


def standing(model: type[V], record: UUID) -> V:
    """The version of a record in force. Raises Refused where there is none."""
    found = model._default_manager.filter(record=record, seq_to__isnull=True).first()
    if found is None:
        raise Refused(_("台账中没有这条记录。"))
    return found


def as_seen(model: type[V], record: UUID, version: int) -> V:
    """The same, if it is the one somebody saw and not void. Raises Refused otherwise."""
    row = standing(model, record)
    rules.may_correct(state=row.state, is_current=row.version == version).or_refuse()
    return row


def may_rewrite(row: Version, *, reason: str, by: User, regions: Iterable[Region], voiding: bool = False) -> None:
    """Raise Refused without a reason, or for somebody without the right in one of the regions."""
    if not reason.strip():
        raise Refused(_("请写明更正或作废的原因，它会与旧版本一起保存。"))
    for region in regions:
        registry.require(by, Permission.RECORD_CONFIRM if voiding else Permission.RECORD_ENTER, at=region)


def changed_at_once(kind: str, row: Version, *, by: User, now: datetime, regions: Iterable[Region]) -> dict[str, Any]:
    """The columns that sign a change written at once. Raises Refused for one that has to be proposed."""
    queries.may_change_at_once(kind, row, by, regions).or_refuse()
    return confirmation(by, now) if row.state == State.CONFIRMED else {}


def confirmation(by: User, now: datetime) -> dict[str, Any]:
    """The columns of a version that somebody confirms."""
    return {"state": State.CONFIRMED, "confirmed_at": now, "confirmed_by": by}


def trimmed(text: str, longest: int = 500) -> str:
    """Free words as the database keeps them: trimmed, not too long, without null characters."""
    return text.replace("\0", "").strip()[:longest]
