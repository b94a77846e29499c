"""One act, one number: what somebody does at once stands or falls together, and leaves one row in the audit trail.

    with act(by=user, now=now, code="patent.filed", kind="patent", target=str(key)) as done:
        Patent.objects.create(seq_from=done.seq, …)

The number is taken at the first write (``done.seq``), or at the end; where it may turn out that nothing is to be written
(``done.nothing()``) the counter is held first (``done.lock()``). From then on to the end of the act nobody else writes, so
only work in the database has a place in it: files are kept and documents set before, jobs are asked for after. An act
within an act is part of it: it writes under the same number, and the row of the whole says what it did.

What would be so if somebody acted is found out by doing it and taking it back: ``taken_back``.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DataError, transaction

from xingke.accounts import counting
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.queries import LAST_CHANGE
from xingke.base.fitting import TOO_MUCH
from xingke.base.refusals import Refused
from xingke.base.remembering import apart, forget

TOLD_APART = 20  # parts of one kind that are told one by one
SLOW = 1.0  # seconds of holding the counter that are worth a line in the log
log = logging.getLogger("xingke.acts")


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who does something.

    user: the account; None for the program itself and for whoever runs commands on the server. link: of an outsider
    without an account, the link they were sent. job: of the job child, the number of the job. on_behalf_of, paper: whose
    word ``user`` enters, and the paper that shows it.
    """

    user: User | None = None
    link: str = ""
    job: int | None = None
    on_behalf_of: str = ""
    paper: str = ""

    def __post_init__(self) -> None:
        if bool(self.on_behalf_of) is not bool(self.paper) or (self.on_behalf_of and self.user is None):
            raise ValueError("on behalf of somebody an account acts, with a paper that shows it")
        if self.link and self.user is not None:
            raise ValueError("an outsider has a link or an account, not both")

    @property
    def said(self) -> dict[str, Any]:
        """What the audit row keeps beside the account."""
        known = {"link": self.link, "job": self.job, "on_behalf_of": self.on_behalf_of, "paper": self.paper}
        return {name: value for name, value in known.items() if value}


class Act:
    """An act under way. What its audit row says may be completed until it ends: code, kind, target, count, reason, detail."""

    def __init__(
        self, actor: Actor, now: datetime, code: str, kind: str, target: str, reason: str, whole: "Act | None"
    ) -> None:
        self.actor, self.now, self.code, self.kind, self.target, self.reason = actor, now, code, kind, target, reason
        self.count = 1
        self.detail: dict[str, Any] = {}
        self._whole = whole
        self._seq: int | None = None
        self._held_since: float | None = None
        self._is_nothing = False
        self._parts: list[dict[str, Any]] = []

    @property
    def by(self) -> User | None:
        """The account of whoever acts."""
        return self.actor.user

    @property
    def account(self) -> User:
        """The same where only an account may act. Raises RuntimeError where there is none."""
        if self.actor.user is None:
            raise RuntimeError(f"{self.code} is done by an account")
        return self.actor.user

    @property
    def seq(self) -> int:
        """The act's number, taken when it is first asked for."""
        if self._seq is None:
            if self._whole is not None:
                self._seq = self._whole.seq
            else:
                self._hold()
                self._seq = counting.take()
        return self._seq

    @property
    def is_empty(self) -> bool:
        """Whether neither it nor a part of it has written anything yet."""
        return self._seq is None

    def nothing(self) -> None:
        """Leave no row: it turned out that nothing is to be changed. Raises RuntimeError once the number is taken."""
        if self._seq is not None:
            raise RuntimeError("an act that took its number has changed something")
        self._is_nothing = True

    def says(self, *, count: int | None = None, reason: str | None = None, **detail: Any) -> None:
        """Complete what its audit row says."""
        self.count = self.count if count is None else count
        self.reason = self.reason if reason is None else reason
        self.detail |= detail

    def lock(self) -> None:
        """Hold the counter, so that what is looked up now is still so when it is written."""
        if self._whole is not None:
            self._whole.lock()
        elif self._held_since is None:
            self._hold()
            counting.hold()

    def afterwards(self, do: Callable[[], object]) -> None:
        """Do something once the act stands: ask for a job, write a letter. Not done where it falls."""
        transaction.on_commit(do)

    def _hold(self) -> None:
        if self._held_since is None:
            self._held_since = time.perf_counter()

    def _took_part(self, part: "Act") -> None:
        """What the row says of a part; of many of one kind only how many they were. A part that is what the whole is
        called tells what the whole did."""
        if part.code == self.code and self._seq is not None and not self.detail and not self._parts:
            self.count, self.detail, self._parts = part.count, dict(part.detail), list(part._parts)
            return
        said = {"action": part.code, "kind": part.kind, "target": part.target, "count": part.count, **part.detail}
        same = [each for each in self._parts if each["action"] == part.code]
        if len(same) < TOLD_APART:
            self._parts.append(said)
        else:
            same[-1] |= {"target": "", "count": same[-1]["count"] + part.count}
        self._parts += part._parts

    def _keep(self) -> None:
        parts = {AuditEntry.PARTS: self._parts} if self._parts else {}
        counting.record(
            seq=self.seq,
            by=self.by,
            action=self.code,
            target_kind=self.kind,
            target=self.target,
            now=self.now,
            count=self.count,
            reason=self.reason,
            detail={**self.detail, **self.actor.said, **parts},
        )


_running: ContextVar[Act | None] = ContextVar("running", default=None)
_taken_back: ContextVar[bool] = ContextVar("taken back", default=False)
_watchers: list[Callable[[str, float], object]] = []


@contextmanager
def act(
    *, by: User | Actor | None, now: datetime, code: str, kind: str = "", target: str = "", reason: str = ""
) -> Iterator[Act]:
    """Do something as one act; see the module. code, kind, target, reason: what its audit row says.

    What is raised inside undoes all of it; of an act that is part of another only the part, if the other goes on.
    """
    actor = by if isinstance(by, Actor) else Actor(user=by)
    whole = _running.get()
    done = Act(actor, now, code, kind, target, reason, whole)
    if whole is not None:
        with _part_of(whole, done):
            yield done
        return
    token = _running.set(done)
    try:
        with transaction.atomic():
            yield done
            if not done._is_nothing:
                done._keep()
    except DataError as fault:  # of rows written many at once: those written by themselves are looked at before
        raise Refused(TOO_MUCH.filled()) from fault
    finally:
        _running.reset(token)
        forget(LAST_CHANGE)
        if done._held_since is not None:
            _tell(code, time.perf_counter() - done._held_since)


@contextmanager
def _part_of(whole: Act, part: Act) -> Iterator[None]:
    before = whole._seq
    try:
        with transaction.atomic():
            yield
    except BaseException:
        whole._seq = before  # a number that was taken inside is free again
        raise
    if not part._is_nothing:
        whole._took_part(part)


def _tell(code: str, seconds: float) -> None:
    if seconds > SLOW:
        log.warning("%s held the counter for %.1f s", code, seconds, extra={"event": "slow-act", "action": code})
    for watcher in _watchers:
        watcher(code, seconds)


def holding() -> str:
    """The code of the act of this thread that holds the counter, so that nobody else can write; empty for none."""
    running = _running.get()
    return running.code if running is not None and running._held_since is not None else ""


@contextmanager
def taken_back() -> Iterator[None]:
    """As if: what is written inside is seen inside, and undone at the end. What is looked up inside is kept nowhere.

    Nobody else writes meanwhile: keep it short. Raises RuntimeError in the midst of an act, whose number it would use up.
    """
    if _running.get() is not None:
        raise RuntimeError("nothing is taken back in the midst of an act: ask before it begins")
    token = _taken_back.set(True)
    try:
        with apart(), transaction.atomic():
            try:
                yield
            finally:
                transaction.set_rollback(True)
    finally:
        _taken_back.reset(token)


def is_taken_back() -> bool:
    """Whether whatever is written now is undone in any case."""
    return _taken_back.get()


def may_be_undone() -> bool:
    """Whether what is looked up now may never come to stand: in the midst of an act, and in what is taken back."""
    return is_taken_back() or bool(holding())


@contextmanager
def watched(watcher: Callable[[str, float], object]) -> Iterator[None]:
    """Tell somebody of every act inside: its code, and the seconds it held the counter."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)
