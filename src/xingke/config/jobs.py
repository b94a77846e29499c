"""The job child, run as ``python -m xingke.config.jobs`` by the supervisor: does what waits, then waits for more.

Every two minutes, and first when it starts, it takes the steps of cases that follow by themselves once a limit has passed. Where
nothing waits it keeps the search index up: a page only brings along what changed last; it checks whether documents
still say what the ledger says, does what is done once a day, and sends the messages that are due. While the database is
away or the disk is full it waits as well, and goes on when they are back.

Like the web child it ends when its standard input does. Several may run beside each other on PostgreSQL.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

import django

PAUSE = 0.5  # seconds between two looks into an empty queue
LONGEST_PAUSE = 30.0  # and while the database does not answer; doubles up to this
log = logging.getLogger("xingke.jobs")
REST = 5.0  # seconds between two looks for documents to be checked, where none waited
LATE = 120.0  # seconds between two looks for steps that are due; limits end with a day or an hour
ROUND = 30.0  # seconds between two looks for what is done once a day, and for messages


def main() -> None:
    """Work until told to stop; a job that is broken off is begun again by the next child."""
    threading.Thread(target=_end_with_the_supervisor, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(0))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xingke.config.settings")
    django.setup()
    from django.conf import settings
    from django.utils import translation

    from xingke.accounts.working import do_next, keep_alive
    from xingke.config import logs

    logs.apply()
    threading.Thread(target=keep_alive, daemon=True).start()
    with translation.override(settings.LANGUAGE_CODE):
        work(do_next=do_next, sleep=time.sleep)


def work(*, do_next: Callable[[], object | None], sleep: Callable[[float], None]) -> None:
    """Do one job after the other; where the database or the disk does not serve, wait longer from time to time."""
    from django.db import DatabaseError

    pause = PAUSE
    while True:
        try:
            _take_late_steps()
            did = do_next() is not None
            if not did:
                _keep_index_up()
                _check_documents()
                _do_rounds()
        except (DatabaseError, OSError) as error:
            pause = min(LONGEST_PAUSE, pause * 2)
            told = {"event": "jobs-wait", "pause": pause}
            log.warning("jobs wait %s s: %s", pause, str(error).strip().partition("\n")[0], extra=told)
            _let_go()
            sleep(pause)
            continue
        if pause > PAUSE:
            log.info("jobs go on", extra={"event": "jobs-go-on"})
            pause = PAUSE
        if not did:
            sleep(PAUSE)


def _let_go() -> None:
    """Give the connection back, whatever state it is in: the next look opens another."""
    from django.db import DatabaseError, connections

    try:
        connections.close_all()
    except DatabaseError:
        log.debug("a connection could not be closed")


_looked: float | None = None  # when steps that are due were looked for, by the clock that is never set


def _take_late_steps() -> None:
    """Take what is due of cases, each step an act of its own; a child that is killed leaves the rest to the next one.

    Before any job: one may last an hour. Raises DatabaseError where the database does not serve; then it is tried again.
    """
    global _looked
    from django.utils import timezone

    from xingke.base.troubles import Trouble, trouble_of
    from xingke.casework.actions import take_what_is_late

    if _looked is not None and time.monotonic() - _looked < LATE:
        return
    try:
        count = take_what_is_late(now=timezone.now())
    except Exception as error:
        if trouble_of(error) is not Trouble.BUSY:
            raise
        log.warning("steps that are due wait", extra={"event": "late-steps-wait"})  # as with the index
        return
    _looked = time.monotonic()
    if count:
        log.info("%d steps of cases followed by themselves", count, extra={"event": "late-steps", "count": count})


def _keep_index_up() -> None:
    """Bring the search index along. A long write of somebody else's is no harm: the next look will do."""
    from django.db import DatabaseError

    from xingke.base.troubles import Trouble, trouble_of
    from xingke.search.actions import catch_up

    try:
        catch_up()
    except DatabaseError as error:
        if trouble_of(error) is not Trouble.BUSY:
            raise
        log.warning("the index waits", extra={"event": "index-waits"})


_rested = 0.0  # when documents may be looked at again, by the clock that is never set


def _check_documents() -> None:
    """Hold one document against the ledger where one waits, and rest four times as long: pages and jobs come first."""
    global _rested
    from django.db import DatabaseError

    from xingke.base.remembering import memory
    from xingke.reports.queries.checking import check_next

    begun = time.monotonic()
    if begun < _rested:
        return
    waited = False
    try:
        with memory():
            waited = check_next()
    except DatabaseError:  # as with the index
        logging.getLogger("xingke.jobs").warning("documents wait to be checked", extra={"event": "checks-wait"})
    took = time.monotonic() - begun
    _rested = begun + took + (4 * took if waited else REST)


_next_round = 0.0  # by the same clock


def _do_rounds() -> None:
    """Do what is done once a day, and send messages; one that goes wrong keeps nobody from their work."""
    global _next_round
    from django.db import DatabaseError
    from django.utils import timezone

    from xingke.base.remembering import memory
    from xingke.notices.actions import messages, rounds

    if time.monotonic() < _next_round:
        return
    for work_of in (rounds.do_rounds, messages.send_due):
        try:
            with memory():
                work_of(now=timezone.now())
        except (DatabaseError, OSError):  # as with the index
            log.warning("%s waits", work_of.__name__, extra={"event": "rounds-wait"})
        except Exception:  # what a room announced failed: the next look will tell again, and jobs go on
            log.exception("%s failed", work_of.__name__, extra={"event": "rounds-failed"})
    _next_round = time.monotonic() + ROUND


def _end_with_the_supervisor() -> None:
    """Blocks until the supervisor's end of the pipe closes, then ends this process and its children."""
    os.read(0, 1)
    if sys.platform == "win32":
        os._exit(1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
