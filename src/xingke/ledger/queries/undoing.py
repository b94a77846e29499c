"""What an act filed, and what has come of it since: whether it can still be taken back."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from xingke.accounts.models import AuditEntry, User
from xingke.base.refusals import Answer
from xingke.base.sayings import Saying, say
from xingke.base.undoing import FiledByAct, obstacle
from xingke.ledger.models import Evidence, Observation, Proposal, State, Undone, Version
from xingke.ledger.queries import OBSERVATION, models_of
from xingke.ledger.rules.undoing import may_undo, undisturbed
from xingke.ledger.tables import TABLES
from xingke.registry.models import Region

FILED, EVENT_FILED, IMPORTED = "filed", "event-filed", "imported"  # how the codes of acts that file records end
PIECE = 500  # records asked for at a time


@dataclass(frozen=True)
class ActRead:
    """An act with the versions it wrote. kind: of its records; ending: how its code ends.

    heads, events: what it filed; changed: what stood before and says something else by it. figures stand among the heads.
    """

    entry: AuditEntry
    kind: str
    ending: str
    heads: Sequence[Any] = field(default_factory=tuple)  # the models of its kind
    events: Sequence[Any] = field(default_factory=tuple)
    changed: int = 0

    @property
    def filed(self) -> list[Any]:
        return [*self.heads, *self.events]

    @property
    def count(self) -> int:
        """How many records it filed; of one that only added events to others, how many events."""
        return len(self.heads) or len(self.events)

    @property
    def records(self) -> frozenset[UUID]:
        return frozenset(row.record for row in self.filed)

    @property
    def regions(self) -> list[Region]:
        return [*{row.region_id: row.region for row in self.filed}.values()]


def undone(seq: int) -> Undone | None:
    """That an act was taken back, if it was."""
    return Undone.objects.filter(act=seq).select_related("undone_by").first()


def are_undone(rows: Collection[Version]) -> set[UUID]:
    """Of some current versions those that are void because the act that filed them was taken back. One query for 500 of them."""
    void = [row for row in rows if row.state == State.VOID]
    seqs = sorted({row.seq_from for row in void})
    known: set[int] = set()
    for start in range(0, len(seqs), PIECE):
        known |= set(Undone.objects.filter(seq__in=seqs[start : start + PIECE]).values_list("seq", flat=True))
    return {row.record for row in void if row.seq_from in known}


def act_that_filed(kind: str, record: UUID) -> int | None:
    """The number of the act that filed a record, or an event of one."""
    for model in models_of(kind):
        seq = model._default_manager.filter(record=record, version=1).values_list("seq_from", flat=True).first()
        if seq is not None:
            return int(seq)
    return None


def own_act(user: User, seq: int) -> AuditEntry | None:
    """An act of somebody's own, whatever it was; None for that of others."""
    return AuditEntry.objects.filter(seq=seq, by=user).first()


def act_read(entry: AuditEntry) -> ActRead:
    """An act with what it wrote in the ledger: two queries, three where it changed what stood."""
    kind, _dot, ending = entry.action.partition(".")
    if ending not in (FILED, EVENT_FILED, IMPORTED) or (kind not in TABLES and kind != OBSERVATION):
        return ActRead(entry, kind, ending)
    if kind == OBSERVATION:
        heads, later = _written(Observation, entry.seq)
        otherwise = _said_otherwise(Observation, later)
        gone = are_undone(
            [old for _row, old in otherwise]
        )  # a figure keeps its place: filed anew it is the next version
        heads += [row for row, _old in otherwise if row.record in gone]
        return ActRead(entry, kind, ending, heads, (), len(otherwise) - len(gone))
    known = TABLES[kind]
    heads, changed_heads = _written(known.subject, entry.seq)
    events, changed_events = _written(known.event, entry.seq)
    changed = len(_said_otherwise(known.subject, changed_heads)) + len(_said_otherwise(known.event, changed_events))
    return ActRead(entry, kind, ending, heads, events, changed)


def _written(model: type[Version], seq: int) -> tuple[list[Any], list[Any]]:
    """The versions of an act: those that are the first of their record, and the others."""
    rows: list[Any] = list(model._default_manager.filter(seq_from=seq).select_related("region"))
    return [row for row in rows if row.version == 1], [row for row in rows if row.version > 1]


def _said_otherwise(model: type[Version], rows: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Of some versions those that say something else, or are in another state, than the one before, each with that."""
    before: dict[tuple[UUID, int], Any] = {}
    for start in range(0, len(rows), PIECE):
        wanted = Q(pk__in=())
        for row in rows[start : start + PIECE]:
            wanted |= Q(record=row.record, version=row.version - 1)
        before |= {(each.record, each.version): each for each in model._default_manager.filter(wanted)}
    pairs = [(row, before[row.record, row.version - 1]) for row in rows if (row.record, row.version - 1) in before]
    return [(row, old) for row, old in pairs if row.state != old.state or row.content() != old.content()]


def may_be_undone(user: User, entry: AuditEntry, *, now: datetime, read: ActRead | None = None) -> Answer:
    """Whether somebody may take back an act, with the first thing that came in between. Some ten queries for 500 records.

    read: the same act with what it wrote; None: only what the act itself says is asked.
    """
    kind, _dot, ending = entry.action.partition(".")
    answer = may_undo(
        is_own=entry.by_id == user.pk,
        is_filing=ending in (FILED, EVENT_FILED, IMPORTED) and (kind in TABLES or kind == OBSERVATION),
        is_of_case=entry.target_kind == "case",
        done_on=timezone.localtime(entry.at).date(),
        today=timezone.localtime(now).date(),
    )
    if not answer.allowed or read is None:
        return answer
    return undisturbed(next(_between(user, read), None))


def _between(user: User, read: ActRead) -> Iterator[Saying]:
    """What has come of what an act filed, as the ends of a sentence; the first is enough."""
    if not read.filed:
        yield say("它没有登记新的记录")
    if read.changed and read.ending == IMPORTED:
        yield say("它还改动了已有的%(n)s条记录，请逐条更正", n=read.changed)
    yield from _moved(read)
    yield from _added(user, read)
    counted = any(row.state == State.CONFIRMED for row in read.filed)
    found = obstacle(
        FiledByAct(
            reader=user,
            seq=read.entry.seq,
            kind=read.kind,
            records=read.records,
            regions=read.regions,
            is_counted=counted,
        )
    )
    if found is not None:
        yield found


def _moved(read: ActRead) -> Iterator[Saying]:
    """What was confirmed, corrected or voided since, and by whom."""
    for rows in (read.heads, read.events):
        for start in range(0, len(rows), PIECE):
            keys = [row.record for row in rows[start : start + PIECE]]
            model = type(rows[0])
            later = model._default_manager.filter(record__in=keys, seq_from__gt=read.entry.seq)
            later = later.select_related("entered_by", "confirmed_by")
            for row, old in _said_otherwise(model, list(later.order_by("seq_from"))):
                yield _what_moved(row, old)
    for row in read.filed:
        if row.state == State.CONFIRMED and row.confirmed_by_id != read.entry.by_id:
            yield say("它登记时就由另一人确认")


def _what_moved(row: Any, old: Any) -> Saying:
    if row.state == State.VOID:
        return say("%(who)s已于%(when)s作废了其中的记录", who=row.entered_by.name, when=_when(row.entered_at))
    if row.state != old.state:
        who, at = row.confirmed_by or row.entered_by, row.confirmed_at or row.entered_at
        return say("%(who)s已于%(when)s确认了其中的记录", who=who.name, when=_when(at))
    return say("%(who)s已于%(when)s更正了其中的记录", who=row.entered_by.name, when=_when(row.entered_at))


def _added(user: User, read: ActRead) -> Iterator[Saying]:
    """What was filed further, proposed or proved since."""
    heads = [row.record for row in read.heads]
    keys = sorted(read.records)
    for start in range(0, len(heads), PIECE):
        if read.kind != OBSERVATION:
            events = TABLES[read.kind].event._default_manager.filter(
                subject__in=heads[start : start + PIECE], version=1, seq_from__gt=read.entry.seq
            )
            if (event := events.select_related("entered_by").first()) is not None:
                who, when = event.entered_by.name, _when(event.entered_at)
                yield say("%(who)s已于%(when)s为其中的记录登记了后续事件", who=who, when=when)
    for start in range(0, len(keys), PIECE):
        these = keys[start : start + PIECE]
        proposed = Proposal.objects.filter(kind=read.kind, record__in=these, outcome=Proposal.Outcome.OPEN)
        if (proposal := proposed.select_related("proposed_by").first()) is not None:
            who, when = proposal.proposed_by.name, _when(proposal.proposed_at)
            yield say("%(who)s已于%(when)s提出改动其中的记录", who=who, when=when)
        proved = Evidence.objects.filter(kind=read.kind, record__in=these, withdrawal__isnull=True).exclude(
            added_by=user
        )
        if (evidence := proved.select_related("added_by").first()) is not None:
            who, when = evidence.added_by.name, _when(evidence.added_at)
            yield say("%(who)s已于%(when)s为其中的记录上传了佐证", who=who, when=when)


def _when(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def act_of_record(user: User, row: Version, *, now: datetime) -> int | None:
    """The number of somebody's own act that filed a record, where it can still be taken back from the record's page; None
    otherwise. row: any version of it. An import is taken back as a whole, from its own page."""
    first = row if row.version == 1 else type(row)._default_manager.filter(record=row.record, version=1).first()
    if first is None or first.entered_by_id != user.pk:
        return None
    entry = own_act(user, first.seq_from)
    if entry is None or entry.action.endswith(f".{IMPORTED}") or not may_be_undone(user, entry, now=now).allowed:
        return None
    if undone(entry.seq) is not None:
        return None
    return entry.seq if may_be_undone(user, entry, now=now, read=act_read(entry)).allowed else None
