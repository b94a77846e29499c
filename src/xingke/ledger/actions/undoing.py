"""Taking back one's own act: what it filed becomes void, in an act of its own. The versions it wrote stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.queries import current_seq
from xingke.ledger.actions.corrections import write_void
from xingke.ledger.actions.settling import history_of, settle
from xingke.ledger.actions.versions import confirmation, void_whole
from xingke.ledger.models import Observation, State, Undone, Version
from xingke.ledger.queries import OBSERVATION, undoing
from xingke.ledger.queries.undoing import ActRead
from xingke.ledger.tables import TABLES, Kind
from xingke.registry import queries as registry


@dataclass(frozen=True)
class JudgedAct:
    """An act of somebody's own of which nothing came in between. upto: the number of the last act that was looked at."""

    read: ActRead
    upto: int


def judge_undoing(*, seq: int, by: User, now: datetime) -> JudgedAct | None:
    """Whether an act can be taken back: thousands of rows are read, and nobody waits for that. None where it was taken back before.

    Raises Http404 for an act that is not theirs, Refused with what came in between.
    """
    entry = undoing.own_act(by, seq)
    if entry is None:
        raise Http404
    undoing.may_be_undone(by, entry, now=now).or_refuse()
    upto = current_seq()
    if undoing.undone(seq) is not None:
        return None
    read = undoing.act_read(entry)
    undoing.may_be_undone(by, entry, now=now, read=read).or_refuse()
    return JudgedAct(read, upto)


def undo_act(*, seq: int, by: User, now: datetime, judged: JudgedAct | None = None) -> int:
    """Take back an act of one's own: void what it filed. Returns how many records; 0 where it was taken back before.

    judged: what was found just now; None to find it out. Raises as ``judge_undoing``; then nothing is changed.
    """
    if judged is None and (judged := judge_undoing(seq=seq, by=by, now=now)) is None:
        return 0
    read, entry = judged.read, judged.read.entry
    with act(by=by, now=now, code="records.undone", kind=entry.target_kind, target=entry.target) as done:
        done.lock()
        if undoing.undone(seq) is not None:
            done.nothing()
            return 0
        if current_seq() != judged.upto:  # somebody did something meanwhile: it may have been to this
            read = undoing.act_read(entry)
            undoing.may_be_undone(by, entry, now=now, read=read).or_refuse()
        for region in read.regions:
            registry.require(by, Permission.RECORD_ENTER, at=region)
        _void(read, done)
        Undone.objects.create(act=seq, seq=done.seq, undone_at=now, undone_by=by)
        done.says(count=read.count, undone=str(seq))
    return read.count


def _void(read: ActRead, done: Act) -> None:
    """Void all that an act filed: whole records at once, of others the events that were added to them."""
    reason = _("撤销登记")
    if read.kind == OBSERVATION:
        void_whole(Observation, [row.record for row in read.heads], done=done, reason=reason)
        return
    known = TABLES[read.kind]
    whole = {row.record for row in read.heads}
    theirs = [row.record for row in read.events if row.subject in whole]
    void_whole(known.event, theirs, done=done, reason=reason)
    void_whole(known.subject, list(whole), done=done, reason=reason)
    added = sorted((row for row in read.events if row.subject not in whole), key=lambda row: (row.subject, row.step))
    for _subject, events in groupby(added, key=lambda row: row.subject):
        _void_added(known, list(events), done, reason)


def _void_added(kind: Kind, events: Sequence[Any], done: Act, reason: str) -> None:
    """Void events of a record that stood before; what they did to the others follows."""
    current = {row.record: row for row in history_of(kind, events[0].subject)}
    rows = [current[each.record] for each in events]
    changed: Mapping[Any, Mapping[str, Any]] = {row.record: _as_void(row, done) for row in rows}
    if len(rows) == 1:
        write_void(kind, rows[0], changed[rows[0].record], done=done, reason=reason)
    else:
        settle(kind, events[0].subject, done=done, changed=changed, reason=reason)


def _as_void(row: Version, done: Act) -> dict[str, Any]:
    """The columns of a version that voids another; of one that was confirmed with who says so."""
    signed = confirmation(done.account, done.now) if row.state == State.CONFIRMED else {}
    return {**signed, "state": State.VOID}
