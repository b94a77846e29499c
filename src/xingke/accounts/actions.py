"""Accounts and the audit trail: the writes."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from xingke.accounts import passwords, queries, rules
from xingke.accounts.models import Attachment, AuditEntry, Counter, Job, User
from xingke.base import jobs
from xingke.base.refusals import Refused


def take_seq() -> int:
    """The next number of the one counter. Must run inside the transaction that writes; holds the counter until its end.

    Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is taken inside the transaction that writes")
    if not Counter.objects.filter(name=Counter.LEDGER).update(value=F("value") + 1):
        Counter.objects.create(name=Counter.LEDGER, value=1, ledger=uuid.uuid4())
    return Counter.objects.values_list("value", flat=True).get(name=Counter.LEDGER)


def lock_ledger() -> None:
    """Hold the one counter until the transaction ends, for what may find that it has nothing to write."""
    Counter.objects.filter(name=Counter.LEDGER).update(value=F("value"))


def record_audit(
    *,
    seq: int,
    by: User | None,
    action: str,
    target_kind: str,
    target: str,
    now: datetime,
    count: int = 1,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write the audit row of the change that took ``seq``; its digest chains to the entry before."""
    before = AuditEntry.objects.order_by("-seq").values_list("digest", flat=True).first() or ""
    entry = AuditEntry(
        seq=seq,
        at=now,
        by=by,
        by_name=by.name if by else "系统",
        action=action,
        target_kind=target_kind,
        target=target[:200],
        count=count,
        reason=reason,
        detail=dict(detail or {}),
    )
    entry.digest = entry.chained_digest(before)
    entry.save(force_insert=True)
    return entry


@transaction.atomic
def create_account(
    *, username: str, name: str, password: str, by: User | None, now: datetime, for_now: bool = False
) -> User:
    """Open an account; it may do nothing until a role is granted.

    by: the system administrator; None only for the installation's own first accounts. for_now: the password is somebody
    else's choice and must be changed at the first sign-in. Raises Refused if the name is taken or the password too weak.
    """
    lock_ledger()  # nobody takes the name meanwhile
    if User.objects.filter(username=username).exists():
        raise Refused(_("账号“%(username)s”已存在，请换一个账号名。") % {"username": username})
    user = User(username=username, name=name, must_change_password=for_now)
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Refused("\n".join(error.messages)) from error
    _set_password(user, password)
    user.save(force_insert=True)
    record_audit(
        seq=take_seq(), by=by, action="account.created", target_kind="account", target=username, now=now,
        detail={"name": name},
    )  # fmt: skip
    return user


def first_password() -> str:
    """A password that nobody chose, easy to read out and to type."""
    return "-".join(secrets.token_hex(2) for _part in range(4))


def _set_password(user: User, password: str) -> None:
    if found := passwords.faults(password, user):
        raise Refused("\n".join(found))
    user.set_password(password)


@transaction.atomic
def change_password(*, user: User, old: str, new: str, now: datetime) -> User:
    """Change one's own password. Other sessions of the account end. Raises Refused if the old one is wrong, the new one
    is the old one, or too weak."""
    if not user.check_password(old):
        raise Refused(_("原密码不正确，请重新输入。"))
    if old == new:
        raise Refused(_("新密码与原密码相同，请另选一个。"))
    _set_password(user, new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record_audit(
        seq=take_seq(), by=user, action="password.changed", target_kind="account", target=user.username, now=now
    )
    return user


@transaction.atomic
def reset_password(*, user: User, password: str, by: User | None, now: datetime) -> User:
    """Give an account another first password, which its owner must change. Raises Refused for one's own account.

    by: the system administrator; None for whoever may run commands on the server.
    """
    if user == by:
        raise Refused(_("不能重置自己的密码，请在“我的密码”里更改。"))
    _set_password(user, password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    AccessAttempt.objects.filter(username=user.username).delete()  # whoever was shut out comes in with it
    record_audit(seq=take_seq(), by=by, action="password.reset", target_kind="account", target=user.username, now=now)
    return user


@transaction.atomic
def set_account_active(*, user: User, active: bool, by: User, now: datetime) -> User:
    """Close an account, or open it again. Raises Refused for one's own account."""
    if user == by:
        raise Refused(_("不能停用或启用自己的账号，请由另一位系统管理员操作。"))
    lock_ledger()
    user.refresh_from_db(fields=["is_active"])
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
        record_audit(
            seq=take_seq(), by=by, action="account.opened" if active else "account.closed", target_kind="account",
            target=user.username, now=now,
        )  # fmt: skip
    return user


@transaction.atomic
def choose_language(*, user: User, language: str) -> User:
    """Keep the language somebody reads in."""
    user.language = language
    user.save(update_fields=["language"])
    return user


@transaction.atomic
def record_sign_in(*, user: User, now: datetime, address: str = "") -> None:
    """Note in the audit trail that somebody signed in, and from where if that is known."""
    record_audit(
        seq=take_seq(), by=user, action="session.opened", target_kind="account", target=user.username, now=now,
        detail={"address": address} if address else {},
    )  # fmt: skip


@transaction.atomic
def record_sign_out(*, user: User, now: datetime) -> None:
    """Note in the audit trail that somebody signed out."""
    record_audit(seq=take_seq(), by=user, action="session.closed", target_kind="account", target=user.username, now=now)


@transaction.atomic
def unlock_account(*, user: User, by: User | None, now: datetime) -> None:
    """Forget the failures to sign in to an account. Raises Refused where there are none.

    by: the security administrator; None for whoever may run commands on the server.
    """
    failures = AccessAttempt.objects.filter(username=user.username)
    count = failures.aggregate(count=Sum("failures_since_start"))["count"]
    if not count:
        raise Refused(_("账号“%(name)s”没有锁定。") % {"name": user.username})
    failures.delete()
    record_audit(
        seq=take_seq(), by=by, action="account.unlocked", target_kind="account", target=user.username, now=now,
        count=count,
    )  # fmt: skip


MOST_REFUSALS = 60  # entries of one kind within the window: nobody fills the trail by failing


@transaction.atomic
def record_refusal(*, account: User | None, address: str, failures: int, is_locked: bool, now: datetime) -> None:
    """Note in the audit trail that somebody failed to sign in: the first time within the window, of each account from
    each address, and once more with the count when the door closes. What is no account is not named: it may be a
    password in the wrong field."""
    lock_ledger()  # two at once are one entry
    action = queries.UNKNOWN if account is None else queries.LOCKED if is_locked else queries.REFUSED
    target = account.username if account else "—"
    recent = queries.refusals_since(now - queries.window())
    if recent.filter(action=action, target=target, detail__address=address).exists():
        return
    if recent.filter(action=action).count() < MOST_REFUSALS:
        record_audit(
            seq=take_seq(), by=None, action=action, target_kind="account", target=target, now=now,
            count=failures if is_locked else 1, detail={"address": address},
        )  # fmt: skip
    elif not recent.filter(action=queries.OVERFLOW).exists():
        record_audit(
            seq=take_seq(), by=None, action=queries.OVERFLOW, target_kind="account", target="—", now=now
        )  # fmt: skip


@transaction.atomic
def record_forgotten_refusals(*, now: datetime) -> None:
    """Before failures to sign in are forgotten: how many followed the first, where the door did not close."""
    old = AccessAttempt.objects.filter(attempt_time__lte=now - queries.window())
    counts = (
        old.filter(username__in=User.objects.values("username")).order_by().values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gt=1, failures__lt=settings.AXES_FAILURE_LIMIT)
    )  # fmt: skip
    if not counts.exists():
        return
    lock_ledger()
    for each in list(counts[:MOST_REFUSALS]):
        record_audit(
            seq=take_seq(), by=None, action=queries.REFUSED, target_kind="account", target=each["username"], now=now,
            count=each["failures"] - 1, detail={"address": each["ip_address"] or ""},
        )  # fmt: skip
    old.delete()


@transaction.atomic
def keep_attachment(*, name: str, data: bytes, by: User, now: datetime) -> Attachment:
    """Keep a file that was handed over; the audit row is that of whatever refers to it. Raises as ``rules.accepted``."""
    kept = rules.accepted(name, data)
    digest = queries.attachment_store().put(data)
    return Attachment.objects.create(
        digest=digest, name=kept.name, media_type=kept.media_type, size=len(data), uploaded_at=now, uploaded_by=by
    )


def ask_for_job(*, kind: str, payload: Mapping[str, Any], by: User, now: datetime) -> Job:
    """Put work into the queue. What it writes is audited when it is done, by whom it was asked."""
    return Job.objects.create(kind=jobs.kind(kind).code, payload=dict(payload), asked_at=now, asked_by=by)


@transaction.atomic
def ask_to_stop(*, job: Job, now: datetime) -> None:
    """End a job that waits or whose child is taken for dead, and ask one that runs to end; what is over stays as it is."""
    idle = queries.jobs_to_do(now).filter(pk=job.pk)
    if not idle.order_by().update(state=Job.State.CANCELLED, is_stop_asked=True):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(is_stop_asked=True)
