"""What is opened while an act holds the counter: nothing should be, for everybody waits for it.

Python itself tells of every file, program and connection that is opened (an audit hook); what the database opens it does
not see, and need not. Reading a file in is an act of its own kind: there the rows come from a file that is read already.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xingke
from xingke.accounts.acts import holding

EVENTS = frozenset({"open", "os.mkdir", "os.remove", "os.rename", "subprocess.Popen", "socket.connect", "socket.bind"})
PYTHON = (sys.prefix, sys.base_prefix, str(Path(xingke.__file__).parent))  # code is read when it is first needed
_opened: list[str] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _opened is None or event not in EVENTS or not (code := holding()) or code.endswith(".imported"):
        return
    what = arguments[0] if arguments else ""
    if isinstance(what, int):  # a file that is open already
        return
    if not (isinstance(what, str) and what.startswith(PYTHON)):
        _opened.append(f"{code}: {event} {what!r}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """What acts open meanwhile, in words."""
    global _opened
    _opened = []
    try:
        yield _opened
    finally:
        _opened = None


sys.addaudithook(_hook)
