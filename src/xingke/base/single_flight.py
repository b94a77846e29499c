"""What many ask for at the same moment is worked out once: the others wait for whoever began."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Any

PATIENCE = 10.0  # seconds after which whoever waits begins as well, so that nobody hangs on somebody who does


@dataclass
class _Turn:
    lock: Any = field(default_factory=RLock)  # the same thread may ask again inside
    threads: int = 0


_turns: dict[str, _Turn] = {}
_guard = Lock()


@contextmanager
def in_turn(key: str) -> Iterator[None]:
    """One thread of this process at a time for a key. Whoever waited looks first whether the answer is there by now."""
    with _guard:
        turn = _turns.setdefault(key, _Turn())
        turn.threads += 1
    is_ours = turn.lock.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if is_ours:
            turn.lock.release()
        with _guard:
            turn.threads -= 1
            if not turn.threads:
                del _turns[key]
