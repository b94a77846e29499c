"""Accounts and the audit trail: the reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.http import Http404

from xingke.accounts.models import Attachment, AuditEntry, Counter, Job, User
from xingke.base import audited
from xingke.base.blobs import Damaged, Store
from xingke.base.periods import Period
from xingke.base.remembering import remembered

STALE = timedelta(seconds=30)  # without a sign of life for so long, whoever does a job is taken for dead
LONG_STALE = timedelta(seconds=60)  # and by then the next child should have taken the job over
SIGN_OF_LIFE = "jobs.alive"  # a file of the data folder, touched by the child that does jobs; there while it should be


REFUSED, UNKNOWN, LOCKED, OVERFLOW = "session.refused", "session.unknown", "account.locked", "session.overflow"
OF_SESSIONS = ("session.opened", "session.closed", REFUSED, UNKNOWN, LOCKED, OVERFLOW, "account.unlocked")
SLOW_FROM = 20  # failures of one account within the window, from wherever they came
SLOW_PAUSE = timedelta(seconds=30)  # and so long a stranger waits after each of them


def window() -> timedelta:
    """How long failures to sign in are counted together, and how long a door stays closed."""
    return timedelta(hours=settings.AXES_COOLOFF_TIME)


def recent_failures(now: datetime) -> QuerySet[AccessAttempt]:
    """Failures to sign in that still count; those from after now are of before the clock was set back."""
    span = (now - window(), now + timedelta(minutes=1))
    found: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(attempt_time__range=span)
    return found


@dataclass(frozen=True)
class Locked:
    """An account that does not get in at the moment, at least from some places. until: when it does, if nobody tries."""

    account: User
    failures: int
    addresses: int
    until: datetime


def locked_accounts(now: datetime) -> list[Locked]:
    """The accounts somebody failed to sign in to so often that the door is closed or slow. Two queries."""
    limit = settings.AXES_FAILURE_LIMIT
    places = (
        recent_failures(now)
        .order_by()
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    )
    found: dict[str, list[Any]] = {}
    for each in places:
        found.setdefault(each["username"], []).append(each)
    closed = {
        name: rows
        for name, rows in found.items()
        if max(row["failures"] for row in rows) >= limit or sum(row["failures"] for row in rows) >= SLOW_FROM
    }
    return [
        Locked(
            account,
            sum(row["failures"] for row in closed[account.username]),
            len(closed[account.username]),
            max(row["last"] for row in closed[account.username]) + window(),
        )
        for account in User.objects.filter(username__in=closed).order_by("username")
    ]


def refusals_since(moment: datetime) -> QuerySet[AuditEntry]:
    """What the trail says of failures to sign in from a moment on."""
    return AuditEntry.objects.filter(action__in=(REFUSED, UNKNOWN, LOCKED, OVERFLOW), at__gte=moment)


def current_seq() -> int:
    """The number of the last write; 0 on an empty installation. One query."""
    return Counter.objects.filter(name=Counter.LEDGER).values_list("value", flat=True).first() or 0


def ledger_identity() -> str:
    """The identity of this installation's ledger; empty before the first write."""
    found = Counter.objects.filter(name=Counter.LEDGER).values_list("ledger", flat=True).first()
    return str(found) if found else ""


def trail_digest(seq: int) -> str:
    """The digest of the newest audit entry up to a number: it names everything written until then. One query."""
    return AuditEntry.objects.filter(seq__lte=seq).order_by("-seq").values_list("digest", flat=True).first() or ""


def trail_digests(numbers: Iterable[int]) -> dict[int, str]:
    """The digests of the audit entries of some numbers. One query."""
    return dict(AuditEntry.objects.filter(seq__in=set(numbers)).order_by().values_list("seq", "digest"))


LAST_CHANGE = "last change"  # what a request remembers of it


def last_change() -> str:
    """The number and digest of the newest audit entry that is more than signing in and out: everything that is written
    through acts stands as it stood while this stays the same, also after a backup was restored. Asked once a request."""
    return remembered(LAST_CHANGE, _ask_for_last_change)


def _ask_for_last_change() -> str:
    changes = AuditEntry.objects.exclude(action__in=OF_SESSIONS).order_by("-seq")
    seq, digest = changes.values_list("seq", "digest").first() or (0, "")
    return f"{seq}:{digest}"


LOOKED_BACK = 500  # entries, where this process has not looked yet
_looked: dict[frozenset[str], tuple[str, str]] = {}  # by codes: up to which change this process looked, what it found


def last_change_beside(codes: frozenset[str]) -> str:
    """The same, leaving out acts that have one of some codes, they and all their parts. Asked once a request; reads the entries since the
    process last looked."""
    last = last_change()
    return remembered(f"{last} beside {codes}", lambda: _ask_beside(last, codes))


def _ask_beside(last: str, codes: frozenset[str]) -> str:
    looked, found = _looked.get(codes, ("", ""))
    if last == looked:
        return found
    newest = AuditEntry.objects.filter(seq__lte=int(last.partition(":")[0])).order_by("-seq")
    change = ""
    for seq, digest, action, detail in newest.values_list("seq", "digest", "action", "detail")[:LOOKED_BACK]:
        change = f"{seq}:{digest}"
        if change == looked:
            change = found
            break
        parts = (part["action"] for part in detail.get(AuditEntry.PARTS, ()))
        if action not in OF_SESSIONS and not codes.issuperset((action, *parts)):
            break
    _looked[codes] = last, change
    return change


def accounts() -> QuerySet[User]:
    """All accounts by name."""
    return User.objects.order_by("username")


CHANGES = "changes"  # asked for as an action: everything but signing in and out


def audit_trail(
    *, action: str = "", by: str = "", target: str = "", month: Period | None = None
) -> QuerySet[AuditEntry]:
    """The audit trail, newest first, narrowed by the beginning of an action or ``CHANGES``, by account, by a part of the
    target and by the days of a period. What was part of another act is found with it."""
    trail = AuditEntry.objects.select_related("by").order_by("-seq")
    if action == CHANGES:
        trail = trail.exclude(action__startswith="session.")
    elif action:
        said = (Q(action__startswith=code) | _in_parts(f'"{code}') for code in audited.codes_of(action))
        trail = trail.filter(reduce(or_, said))
    if month is not None:
        trail = trail.filter(at__date__range=(month.first, month.last))
    if by:
        trail = trail.filter(by__username=by)
    if target:
        trail = trail.filter(Q(target__contains=target) | _in_parts(target))
    return trail


def _in_parts(text: str) -> Q:
    """Whether what an entry says of its parts has a text, as JSON is written."""
    return Q(**{f"detail__{AuditEntry.PARTS}__icontains": text})


def first_seq_since(moment: datetime) -> int | None:
    """The number of the first write from a moment on; None where there was none. The trail's last day is short."""
    found: int | None = AuditEntry.objects.filter(at__gte=moment).aggregate(first=Min("seq"))["first"]
    return found


def targets_changed(target_kind: str, after: int, upto: int) -> list[str]:
    """What the trail names as changed of one kind after a number and up to another, also as part of another act."""
    return [target for target, _detail in changes_to(target_kind, after, upto)]


def changes_to(target_kind: str, after: int, upto: int, *, action: str = "") -> list[tuple[str, Mapping[str, Any]]]:
    """The same, with the details. action: how it begins."""
    within = AuditEntry.objects.filter(seq__gt=after, seq__lte=upto).order_by("seq")
    whole = within.filter(target_kind=target_kind, action__startswith=action).values_list("target", "detail")
    wholes = within.filter(detail__has_key=AuditEntry.PARTS)
    parts = (part for row in wholes for part in row.detail[AuditEntry.PARTS])
    return [
        *whole,
        *(
            (part["target"], part)
            for part in parts
            if part["kind"] == target_kind and part["action"].startswith(action)
        ),
    ]


def sessions_between(after: int, before: int) -> int:
    """How many numbers between two were taken by people who signed in or out, or tried: they change nothing but the trail."""
    taken = AuditEntry.objects.filter(seq__gt=after, seq__lt=before)
    return taken.filter(action__in=OF_SESSIONS).count()


@dataclass(frozen=True)
class ChainReport:
    """Whether the audit chain holds: how many entries, and the number of the first that does not."""

    entries: int
    broken_at: int | None


def check_audit_chain() -> ChainReport:
    """Walk the whole trail and recompute every digest; the last entry must be that of the last number taken."""
    before, entries, last = "", 0, 0
    for entry in AuditEntry.objects.order_by("seq").iterator():
        entries += 1
        if entry.digest != entry.chained_digest(before):
            return ChainReport(entries, entry.seq)
        before, last = entry.digest, entry.seq
    return ChainReport(entries, None if last == current_seq() else last + 1)


def attachment_store() -> Store:
    """Where the bytes of attachments lie: a folder of the data folder, which the backup takes along."""
    return Store(Path(settings.DATA) / "attachments")


def attachment_bytes(attachment: Attachment) -> bytes:
    """The file as it was handed over. Raises ``blobs.Damaged`` if it is gone or other than it was."""
    return attachment_store().get(attachment.digest)


def attached() -> Iterable[str]:
    """The digests of all attachments. One query."""
    return Attachment.objects.values_list("digest", flat=True)


def damaged_attachments() -> tuple[int, list[str]]:
    """How many files are kept, and the names of those that are gone or damaged; reads every one."""
    names = dict(Attachment.objects.order_by("-pk").values_list("digest", "name"))
    wrong = []
    for digest, name in names.items():
        try:
            attachment_store().get(digest)
        except Damaged:
            wrong.append(f"{name}（{digest[:16]}）")
    return len(names), wrong


def job_for(user: User, pk: int) -> Job:
    """One's own job, or 404."""
    found = Job.objects.filter(pk=pk, asked_by=user).first()
    if found is None:
        raise Http404
    return found


def _is_out_of(moment: str, span: timedelta, now: datetime) -> Q:
    """Whether a moment is not within a span of now. One that is yet to come was written before the clock was set back."""
    return Q(**{f"{moment}__lt": now - span}) | Q(**{f"{moment}__gt": now + span})


def jobs_to_do(now: datetime) -> QuerySet[Job]:
    """What waits, and what somebody began who is taken for dead, the oldest first."""
    abandoned = Q(state=Job.State.RUNNING) & _is_out_of("heartbeat", STALE, now)
    return Job.objects.filter(Q(state=Job.State.QUEUED) | abandoned).order_by("pk")


def jobs_are_neglected(now: datetime) -> bool:
    """Whether a job waits for too long, or was broken off, and nobody is at work on another. At most two queries."""
    waits = Q(state=Job.State.QUEUED, asked_at__lt=now - STALE)
    broken = Q(state=Job.State.RUNNING) & _is_out_of("heartbeat", LONG_STALE, now)
    if not Job.objects.filter(waits | broken).exists():
        return False
    return not Job.objects.filter(state=Job.State.RUNNING).exclude(_is_out_of("heartbeat", STALE, now)).exists()


def has_no_job_child(now: datetime) -> bool:
    """Whether the child that does jobs should be there and is not; False where none was ever started here."""
    touched = _sign_of_life()
    return touched is not None and not _is_fresh(touched, now)


def has_job_child(now: datetime) -> bool:
    """Whether the child that does jobs is at work here."""
    touched = _sign_of_life()
    return touched is not None and _is_fresh(touched, now)


def _sign_of_life() -> float | None:
    try:
        return (Path(settings.DATA) / SIGN_OF_LIFE).stat().st_mtime
    except OSError:
        return None


def _is_fresh(touched: float, now: datetime) -> bool:
    return abs(now.timestamp() - touched) <= LONG_STALE.total_seconds()
