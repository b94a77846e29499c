"""Doing jobs: taking one, doing it, and saying how it ended. Used by the job child and by ``xingke jobs``.

Each step is a short transaction of its own: nothing is locked while a job is at work, but by what the job itself writes.
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from xingke.accounts import queries
from xingke.accounts.models import Job, User
from xingke.base import jobs
from xingke.base.refusals import Refused
from xingke.base.sayings import kept, say
from xingke.base.troubles import Trouble, trouble_of

BEAT = 5.0  # seconds between two signs of life
ATTEMPTS = 3  # a job that three children did not survive is not begun again
log = logging.getLogger("xingke.jobs")
_BROKEN_OFF = say("任务多次中断，没有完成；请联系系统管理员查看日志。")
_UNEXPECTED = say("发生了意外的错误，已记入日志；请稍后再试，或联系系统管理员。")


def keep_alive(pause: float = BEAT) -> None:
    """Leave signs of life of the child that does jobs, for ever: the health page looks at the age of the last. The first
    comes late, so that a child that dies at once leaves none."""
    while True:
        time.sleep(pause)
        with suppress(OSError):  # a full disk keeps nobody from working
            (Path(settings.DATA) / queries.SIGN_OF_LIFE).touch()


def do_next(*, beating: bool = True) -> Job | None:
    """Take the oldest job that waits and do it to its end; None when there is none.

    beating: give signs of life meanwhile, from a thread with a connection of its own. Raises DatabaseError where the
    database goes away: the job is begun again once its last sign of life is old.
    """
    job = _take()
    if job is None:
        return None
    told = {"event": "job", "job": job.pk, "kind": job.kind, "attempt": job.attempts}
    log.info("job %s %s begins", job.pk, job.kind, extra=told)
    with _beating(job) if beating else _unbeaten():
        state, changes = _outcome(job)
    _mine(job).update(state=state, heartbeat=timezone.now(), **changes)
    log.info("job %s %s: %s", job.pk, job.kind, state, extra=told | {"state": state})
    job.refresh_from_db()
    return job


def _take() -> Job | None:
    now = timezone.now()
    if not queries.jobs_to_do(now).exists():  # looking takes no lock
        return None
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        job = queries.jobs_to_do(now).select_for_update(skip_locked=skip, of=("self",) if skip else ()).first()
        if job is None:
            return None
        if job.is_stop_asked:  # of a child that died before it heard
            job.state = Job.State.CANCELLED
        elif job.attempts >= ATTEMPTS:
            job.state, job.failure = Job.State.FAILED, kept(_BROKEN_OFF)
        else:
            job.state, job.attempts, job.heartbeat = Job.State.RUNNING, job.attempts + 1, now
        job.save(update_fields=["state", "attempts", "heartbeat", "failure"])
    return job if job.state == Job.State.RUNNING else None


def _outcome(job: Job) -> tuple[str, dict[str, Any]]:
    """Do the job; its last state and what else to keep of it."""
    try:
        with translation.override(job.asked_by.language):
            return Job.State.DONE, {"result": dict(jobs.KINDS[job.kind].run(_Work(job)))}
    except Refused as refusal:
        return Job.State.FAILED, {"failure": kept(refusal.saying)}
    except jobs.Stopped:
        return Job.State.CANCELLED, {}
    except Exception as error:  # whatever it was, the child goes on with the next job
        trouble = trouble_of(error)
        if trouble is Trouble.AWAY:
            raise
        log.exception("job %s failed", job.pk, extra={"event": "job-failed", "job": job.pk})
        return Job.State.FAILED, {"failure": kept(trouble.words if trouble else _UNEXPECTED)}


def _mine(job: Job) -> Any:
    """The job's row for as long as nobody else has taken it over."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


class _Work:
    """See ``base.jobs.Work``."""

    def __init__(self, job: Job) -> None:
        self._job = job

    @property
    def key(self) -> int:
        return self._job.pk

    @property
    def payload(self) -> Mapping[str, Any]:
        payload: Mapping[str, Any] = self._job.payload
        return payload

    @property
    def by(self) -> User:
        return self._job.asked_by

    def step(self, done: int, total: int, said: str) -> None:
        rows = _mine(self._job)
        if not rows.filter(is_stop_asked=False).update(
            done=done, total=total, said=said[:200], heartbeat=timezone.now()
        ):
            raise jobs.Stopped


@contextmanager
def _unbeaten() -> Iterator[None]:
    yield


@contextmanager
def _beating(job: Job) -> Iterator[None]:
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            try:
                _mine(job).update(heartbeat=timezone.now())
            except DatabaseError:  # a long write of somebody else's, or no database: the next sign of life will do
                log.warning("job %s could not give a sign of life", job.pk, extra={"event": "no-beat"})
                _close()
        _close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _close() -> None:
    with suppress(DatabaseError):
        connection.close()
