"""The web child: granian, run as ``python -m xingke.config.web HOST PORT WORKERS`` by the supervisor.

It ends when its standard input does: the supervisor holds the other end, so that no child outlives it, even when it is
killed outright. Django is loaded in granian's workers only.
"""

import os
import signal
import sys
import threading

from granian import Granian
from granian.constants import Interfaces

from xingke.config import logs

THREADS = 8  # per worker
SITE = "xingke.config.site:application"


def main(host: str, port: int, workers: int, site: str = SITE) -> None:
    """Serve until told to stop; ends with an error when a worker died. site: another one for whoever measures."""
    threading.Thread(target=_end_with_the_supervisor, daemon=True).start()
    Granian(
        site,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        workers_kill_timeout=10,
        log_dictconfig=logs.GRANIAN,
    ).serve()


def _end_with_the_supervisor() -> None:
    """Blocks until the supervisor's end of the pipe closes, then ends this process and its workers."""
    os.read(0, 1)
    if sys.platform == "win32":
        os._exit(1)
    os.killpg(0, signal.SIGTERM)  # the group is ours: the supervisor made us its leader


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
