"""The workbench under eight browsers, without writes and with one confirmed record a second, as an installation serves it.

The demonstration's data on SQLite, one granian process as ``xingke serve`` starts it. Each browser is somebody else of
the same county: six officers and two directors; they ask from a process of their own (``asking.py``), somebody else
writes (``writing.py``). Every answer is held against what had been committed before it was asked for: the newest record
must be named, and the number of inventions must count it. The peer is a bare view behind the same middlewares in the
same server, the limit a page that lies ready there (``bare_site.py``); both without writes.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from bench import ground
from bench.measuring import Line, Size, WrongAnswer, middle, nearly_worst
from bench.writing import PLACE
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.demo import actions as demonstration
from xingke.indicators import columns
from xingke.ledger.models import Patent
from xingke.ledger.tables import TABLES
from xingke.registry import actions as registry

SCALE: dict[Size, float] = {"quick": 0.02, "usual": 1, "large": 1}
SECONDS: dict[Size, float] = {"quick": 1.5, "usual": 10, "large": 30}
OFFICERS, DIRECTORS = 6, 2
GOAL, GOAL_WITH_WRITES = 1 / 40, 1 / 15  # seconds per answer


@dataclass(frozen=True)
class Asked:
    """What a phase found: seconds of the phase, and of processor for asking; answers as ``asking`` has them."""

    seconds: float
    cpu: float
    answers: Sequence[Sequence[float]]

    @property
    def each(self) -> float:
        """Seconds per answer."""
        return self.seconds / len(self.answers)

    @property
    def words(self) -> str:
        """Answers a second, how long one takes, and what asking took of a processor."""
        times = [took for _begun, took, _newest, _count in self.answers]
        return (
            f"{1 / self.each:.1f} answers/s; median {middle(times) * 1000:.0f} ms, 95 % {nearly_worst(times) * 1000:.0f} ms; "
            f"asking took {self.cpu / self.seconds:.0%} of a processor"
        )


def prepare(*, size: Size) -> None:
    """The demonstration, and more people of its county."""
    ground.stand(f"workbench {size} 1", partial(_fill, size), hires=False)
    call_command("collectstatic", verbosity=0, interactive=False)  # addresses of files as in an installation


def _fill(size: Size) -> None:
    now = timezone.now()
    demonstration.prepare(now=now, say=lambda _said: None, scale=SCALE[size])
    for name, role in _people():
        user = accounts.create_account(username=name, name="测速", password=accounts.first_password(), by=None, now=now)
        registry.give_role(user=user, role=role, region=ground.place(PLACE), by=None, now=now)


def _people() -> list[tuple[str, str]]:
    return [
        *((f"officer-{number}", "officer") for number in range(OFFICERS)),
        *((f"director-{number}", "director") for number in range(DIRECTORS)),
    ]


def run(*, size: Size) -> Iterable[Line]:
    """Two lines: without writes, and with a record a second, none of whose answers may be older than what was committed."""
    for kind in TABLES:
        columns.source(kind)  # where files are due, they are written before anything is timed
    sessions = [_signed_in(name) for name, _role in _people()]
    with _served() as port:
        ask = partial(_asked, port=port, sessions=sessions, seconds=SECONDS[size])
        for path in ("/", "/bare/", "/ready/"):
            _asked(path, port=port, sessions=sessions, seconds=SECONDS[size] / 5)
        alone, bare, ready = ask("/"), ask("/bare/"), ask("/ready/")
        together, checked = _with_writes(port, sessions, SECONDS[size])
    line = partial(Line, peer=bare.each, peer_name="a bare view", limit=ready.each, limit_name="a ready page")
    yield line(name=f"workbench, {len(sessions)} browsers", ours=alone.each, goal=GOAL, note=_said(alone, bare, ready))
    written = Patent.objects.filter(name__startswith="测速").count()
    yield line(
        name="the same, with a confirmed record a second",
        ours=together.each,
        goal=GOAL_WITH_WRITES,
        note=f"{together.words}; {checked} answers held against what was committed before, {written} records",
    )


def _said(alone: Asked, bare: Asked, ready: Asked) -> str:
    return f"{alone.words}. The bare view: {bare.words}. The ready page: {ready.words}"


def _signed_in(name: str) -> str:
    """A session of somebody, as signing in leaves it."""
    client = Client()
    client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def _served() -> Iterator[int]:
    """The site on a port of this machine, for as long as the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = settings.DATA / "server.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-m", "bench.serving", str(port)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            process_group=0,
        ) as server,
    ):
        try:
            _wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Return when somebody listens. Raises RuntimeError if nobody does within a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start; see {settings.DATA / 'server.log'}")


def _asking(path: str, port: int, sessions: Sequence[str], seconds: float) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.asking", str(port), path, str(seconds), *sessions]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _told(asking: "subprocess.Popen[str]", seconds: float) -> Asked:
    out, _nothing = asking.communicate(timeout=seconds + 120)
    if asking.returncode:
        raise WrongAnswer("a page was not answered")
    found = json.loads(out)
    begun = min(answer[0] for answer in found["answers"])
    ended = max(answer[0] + answer[1] for answer in found["answers"])
    return Asked(ended - begun, found["cpu"], found["answers"])


def _asked(path: str, *, port: int, sessions: Sequence[str], seconds: float) -> Asked:
    return _told(_asking(path, port, sessions, seconds), seconds)


def _with_writes(port: int, sessions: Sequence[str], seconds: float) -> tuple[Asked, int]:
    """The workbench while somebody writes, and how many answers were held against what had been written.

    Raises WrongAnswer where one is older than what was committed before it was asked for.
    """
    first = Patent.objects.filter(name__startswith="测速").count() + 1
    before = _asked("/", port=port, sessions=sessions[:1], seconds=0.01).answers[-1]
    writing = subprocess.Popen(
        [sys.executable, "-m", "bench.writing", str(seconds), str(first)], stdout=subprocess.PIPE, text=True
    )
    assert writing.stdout is not None  # it was given a pipe
    written: list[tuple[int, float, float]] = [json.loads(writing.stdout.readline())]  # it is under way
    found = _told(_asking("/", port, sessions, seconds - 1), seconds)
    rest, _nothing = writing.communicate(timeout=60)
    if writing.returncode:
        raise WrongAnswer("nothing could be written")
    written += [json.loads(line) for line in rest.splitlines()]
    return found, _held_against(found, written, first=first, inventions=int(before[3]))


def _held_against(found: Asked, written: Sequence[tuple[int, float, float]], *, first: int, inventions: int) -> int:
    """How many answers were asked for after something had been committed; each names it and counts it."""
    checked = 0
    for begun, took, newest, count in found.answers:
        least = max((number for number, _before, after in written if after <= begun), default=first - 1)
        most = max((number for number, before, _after in written if before <= begun + took), default=first - 1)
        if least >= first and not least <= newest <= most:
            raise WrongAnswer(f"record {least} had been committed, the page names {newest:.0f} as the newest")
        if not inventions + least - first + 1 <= count <= inventions + most - first + 1:
            raise WrongAnswer(
                f"{inventions} inventions and {least - first + 1} more had been filed, the page says {count:.0f}"
            )
        checked += least >= first
    if not checked:
        raise WrongAnswer("no answer was asked for after something had been committed")
    return checked
