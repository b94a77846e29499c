"""What ends by itself of accounts: who signed in when, sessions, and files that were handed over and belong to nothing."""

from datetime import datetime

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from xingke.accounts import actions, queries
from xingke.accounts.acts import act
from xingke.accounts.models import Job
from xingke.base import holding
from xingke.base.retaining import Expiry, over_since
from xingke.base.sayings import say

SIGN_INS, FILES = "sign-ins", "files"


def _sign_ins(now: datetime) -> list[QuerySet[AccessLog]]:
    """The log of who came in, from where; failures that count no more. What the trail says of both stays."""
    old = Q(attempt_time__lt=over_since(SIGN_INS, now))
    return [
        AccessLog.objects.filter(old),
        AccessFailureLog.objects.filter(old),
        AccessAttempt.objects.filter(attempt_time__lt=now - queries.window()),
    ]


def count_sign_ins(now: datetime) -> int:
    """How many rows of the log, and failures that count no more."""
    counted: list[int] = [rows.count() for rows in _sign_ins(now)]
    return sum(counted)


def end_sign_ins(now: datetime, most: int) -> int:
    """End some of them; before failures are forgotten the trail is told how many there were after the first."""
    before: int = AccessAttempt.objects.count()
    actions.record_forgotten_refusals(now=now)
    gone: int = before - AccessAttempt.objects.count()
    for rows in _sign_ins(now):
        gone += _end(rows, most)
    return gone


def count_sessions(now: datetime) -> int:
    """How many sessions are over."""
    return Session.objects.filter(expire_date__lt=now).count()


def end_sessions(now: datetime, most: int) -> int:
    """End some of them. No act: they are over already, and nobody sees the difference."""
    return _end(Session.objects.filter(expire_date__lt=now), most)


@transaction.atomic
def _end(rows: QuerySet[Session], most: int) -> int:
    some = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    rows.model._default_manager.filter(pk__in=some).delete()
    return len(some)


def _loose(now: datetime) -> set[str]:
    """The digests of files that nothing refers to, and that nobody handed over again lately."""
    return queries.attachment_store().older(over_since(FILES, now).timestamp()) - _needed()


def _needed() -> set[str]:
    """What anything refers to, and what somebody asked a job to read."""
    asked = Job.objects.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING), payload__has_key="digest")
    return holding.referred() | set(asked.values_list("payload__digest", flat=True))


def count_files(now: datetime) -> int:
    """How many files belong to nothing."""
    return len(_loose(now))


def end_files(now: datetime, most: int) -> int:
    """Let some of them go, as an act of the program. They are put aside first; while the counter is held, so that nothing begins to
    refer to one, it is asked once more; whoever is killed before they are gone puts them back the next time."""
    store, moment = queries.attachment_store(), over_since(FILES, now).timestamp()
    store.put_back()
    aside = {digest for digest in sorted(_loose(now))[:most] if store.put_aside(digest, moment)}
    if not aside:
        return 0
    with act(by=None, now=now, code="files.ended", kind="files") as done:
        done.lock()
        gone = aside - _needed()
        if gone:
            done.says(count=len(gone))
        else:
            done.nothing()
    for digest in gone:
        store.drop_aside(digest)
    store.put_back()
    return len(gone)


EXPIRIES = (
    Expiry(
        code=SIGN_INS,
        what=say("登录日志（时间、账号、来访地址）和不再计数的登录失败"),
        days=200,
        least=183,
        why=say("网络日志依法至少留存六个月"),
        count=count_sign_ins,
        end=end_sign_ins,
    ),
    Expiry(code="sessions", what=say("过期的登录会话"), days=None, count=count_sessions, end=end_sessions),
    Expiry(
        code=FILES,
        what=say("没有任何记录引用的文件"),
        days=7,
        least=2,
        why=say("表单退回后文件要等一天"),
        count=count_files,
        end=end_files,
    ),
)
