"""Accounts and the audit trail: the writes."""

import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from xingke.accounts import passwords, queries, rules
from xingke.accounts.acts import Act, act
from xingke.accounts.models import Attachment, Job, User
from xingke.base import jobs
from xingke.base.refusals import Refused


def create_account(
    *, username: str, name: str, password: str, by: User | None, now: datetime, for_now: bool = False
) -> User:
    """Open an account; it may do nothing until a role is granted.

    by: the system administrator; None only for the installation's own first accounts. for_now: the password is somebody
    else's choice and must be changed at the first sign-in. Raises Refused if the name is taken or the password too weak.
    """
    user = User(username=username, name=name, must_change_password=for_now)
    try:
        user.full_clean(exclude=["password"], validate_unique=False)
    except ValidationError as error:
        raise Refused("\n".join(error.messages)) from error
    _set_password(user, password)
    with _act("account.created", username, by=by, now=now) as done:
        done.lock()  # nobody takes the name meanwhile
        if User.objects.filter(username=username).exists():
            raise Refused(_("账号“%(username)s”已存在，请换一个账号名。") % {"username": username})
        user.save(force_insert=True)
        done.says(name=name)
    return user


def _act(code: str, account: str, *, by: User | None, now: datetime) -> AbstractContextManager[Act]:
    """An act on an account."""
    return act(by=by, now=now, code=code, kind="account", target=account)


def first_password() -> str:
    """A password that nobody chose, easy to read out and to type."""
    return "-".join(secrets.token_hex(2) for _part in range(4))


def _set_password(user: User, password: str) -> None:
    if found := passwords.faults(password, user):
        raise Refused("\n".join(found))
    user.set_password(password)


def change_password(*, user: User, old: str, new: str, now: datetime) -> User:
    """Change one's own password. Other sessions of the account end. Raises Refused if the old one is wrong, the new one
    is the old one, or too weak."""
    if not user.check_password(old):
        raise Refused(_("原密码不正确，请重新输入。"))
    if old == new:
        raise Refused(_("新密码与原密码相同，请另选一个。"))
    _set_password(user, new)
    user.must_change_password = False
    with _act("password.changed", user.username, by=user, now=now):
        user.save(update_fields=["password", "must_change_password"])
    return user


def reset_password(*, user: User, password: str, by: User | None, now: datetime) -> User:
    """Give an account another first password, which its owner must change. Raises Refused for one's own account.

    by: the system administrator; None for whoever may run commands on the server.
    """
    if user == by:
        raise Refused(_("不能重置自己的密码，请在“我的密码”里更改。"))
    _set_password(user, password)
    user.must_change_password = True
    with _act("password.reset", user.username, by=by, now=now):
        user.save(update_fields=["password", "must_change_password"])
        AccessAttempt.objects.filter(username=user.username).delete()  # whoever was shut out comes in with it
    return user


def set_account_active(*, user: User, active: bool, by: User, now: datetime) -> User:
    """Close an account, or open it again. Raises Refused for one's own account."""
    if user == by:
        raise Refused(_("不能停用或启用自己的账号，请由另一位系统管理员操作。"))
    with _act("account.opened" if active else "account.closed", user.username, by=by, now=now) as done:
        done.lock()
        user.refresh_from_db(fields=["is_active"])
        if user.is_active == active:
            done.nothing()
        else:
            user.is_active = active
            user.save(update_fields=["is_active"])
    return user


@transaction.atomic
def choose_language(*, user: User, language: str) -> User:
    """Keep the language somebody reads in."""
    user.language = language
    user.save(update_fields=["language"])
    return user


def record_sign_in(*, user: User, now: datetime, address: str = "") -> None:
    """Note in the audit trail that somebody signed in, and from where if that is known."""
    with _act("session.opened", user.username, by=user, now=now) as done:
        done.detail |= {"address": address} if address else {}


def record_sign_out(*, user: User, now: datetime) -> None:
    """Note in the audit trail that somebody signed out."""
    with _act("session.closed", user.username, by=user, now=now):
        pass


def unlock_account(*, user: User, by: User | None, now: datetime) -> None:
    """Forget the failures to sign in to an account. Raises Refused where there are none.

    by: the security administrator; None for whoever may run commands on the server.
    """
    failures = AccessAttempt.objects.filter(username=user.username)
    with _act("account.unlocked", user.username, by=by, now=now) as done:
        count = failures.aggregate(count=Sum("failures_since_start"))["count"]
        if not count:
            raise Refused(_("账号“%(name)s”没有锁定。") % {"name": user.username})
        failures.delete()
        done.says(count=count)


MOST_REFUSALS = 60  # entries of one kind within the window: nobody fills the trail by failing


def record_refusal(*, account: User | None, address: str, failures: int, is_locked: bool, now: datetime) -> None:
    """Note in the audit trail that somebody failed to sign in: the first time within the window, of each account from
    each address, and once more with the count when the door closes. What is no account is not named: it may be a
    password in the wrong field."""
    code = queries.UNKNOWN if account is None else queries.LOCKED if is_locked else queries.REFUSED
    target = account.username if account else "—"
    with _act(code, target, by=None, now=now) as done:
        done.lock()  # two at once are one entry
        recent = queries.refusals_since(now - queries.window())
        if recent.filter(action=code, target=target, detail__address=address).exists():
            done.nothing()
        elif recent.filter(action=code).count() < MOST_REFUSALS:
            done.says(count=failures if is_locked else 1, address=address)
        elif not recent.filter(action=queries.OVERFLOW).exists():
            done.code, done.target = queries.OVERFLOW, "—"
        else:
            done.nothing()


def record_forgotten_refusals(*, now: datetime) -> None:
    """Before failures to sign in are forgotten: how many followed the first, where the door did not close.

    Each account has a row of its own, so each is an act; what is noted is forgotten with it.
    """
    old = AccessAttempt.objects.filter(attempt_time__lte=now - queries.window())
    counts = (
        old.filter(username__in=User.objects.values("username"))
        .order_by()
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gt=1, failures__lt=settings.AXES_FAILURE_LIMIT)
    )
    if not counts.exists():
        return
    for each in list(counts[:MOST_REFUSALS]):
        with _act(queries.REFUSED, each["username"], by=None, now=now) as done:
            done.lock()
            mine = old.filter(username=each["username"], ip_address=each["ip_address"])
            failures = mine.aggregate(count=Sum("failures_since_start"))["count"]
            if not failures:  # somebody noted them meanwhile
                done.nothing()
                continue
            done.says(count=failures - 1, address=each["ip_address"] or "")
            mine.delete()
    old.delete()


@dataclass(frozen=True)
class StoredFile:
    """A file whose bytes are kept; nothing refers to it yet."""

    name: str
    media_type: str
    size: int
    digest: str


def store_file(*, name: str, data: bytes) -> StoredFile:
    """Keep the bytes of a file that was handed over, before the act that refers to them. Raises as ``rules.accepted``."""
    kept = rules.accepted(name, data)
    return StoredFile(kept.name, kept.media_type, len(data), queries.attachment_store().put(data))


def keep_attachment(*, file: StoredFile, by: User, now: datetime) -> Attachment:
    """Keep a stored file as part of an act; the audit row is that of whatever refers to it."""
    return Attachment.objects.create(**asdict(file), uploaded_at=now, uploaded_by=by)


def ask_for_job(*, kind: str, payload: Mapping[str, Any], by: User, now: datetime) -> Job:
    """Put work into the queue. What it writes is audited when it is done, by whom it was asked."""
    return Job.objects.create(kind=jobs.KINDS[kind].code, payload=dict(payload), asked_at=now, asked_by=by)


@transaction.atomic
def ask_to_stop(*, job: Job, now: datetime) -> None:
    """End a job that waits or whose child is taken for dead, and ask one that runs to end; what is over stays as it is."""
    idle = queries.jobs_to_do(now).filter(pk=job.pk)
    if not idle.order_by().update(state=Job.State.CANCELLED, is_stop_asked=True):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(is_stop_asked=True)
