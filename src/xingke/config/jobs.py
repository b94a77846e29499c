"""The job child, run as ``python -m xingke.config.jobs`` by the supervisor: does what waits, then waits for more.

Where nothing waits it keeps the search index up, as a page only brings along what changed last, and checks whether
documents still say what the ledger says.

Like the web child it ends when its standard input does. Several may run beside each other on PostgreSQL.
"""

import logging
import os
import signal
import sys
import threading
import time

import django

PAUSE = 0.5  # seconds between two looks into an empty queue
REST = 5.0  # seconds between two looks for documents to be checked, where none waited


def main() -> None:
    """Work until told to stop; a job that is broken off is begun again by the next child."""
    threading.Thread(target=_end_with_the_supervisor, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(0))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xingke.config.settings")
    django.setup()
    from django.conf import settings
    from django.utils import translation

    from xingke.accounts.working import do_next
    from xingke.config import logs

    logs.apply()
    with translation.override(settings.LANGUAGE_CODE):
        while True:
            if do_next() is None:
                _keep_index_up()
                _check_documents()
                time.sleep(PAUSE)


def _keep_index_up() -> None:
    """Bring the search index along. Whatever stands in the way, the child goes on: the index is derived."""
    from django.db import DatabaseError

    from xingke.search.actions import catch_up

    try:
        catch_up()
    except DatabaseError:  # a long write of somebody else's: the next look will do
        logging.getLogger("xingke.jobs").warning("the index waits", extra={"event": "index-waits"})


_rested = 0.0  # when documents may be looked at again, by the clock that is never set


def _check_documents() -> None:
    """Hold one document against the ledger where one waits, and rest four times as long: pages and jobs come first."""
    global _rested
    from django.db import DatabaseError

    from xingke.base.remembering import memory
    from xingke.reports.checking import check_next

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


def _end_with_the_supervisor() -> None:
    """Blocks until the supervisor's end of the pipe closes, then ends this process and its children."""
    os.read(0, 1)
    if sys.platform == "win32":
        os._exit(1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
