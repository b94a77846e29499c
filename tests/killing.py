"""Forking, killing and telling: what the programs share that are killed while they write."""

import os
import random
import signal
import time
import traceback
from collections.abc import Callable


def forked(act: Callable[[], None]) -> None:
    """Do something in a process of its own, so that no connection is shared. Raises AssertionError if it fails."""
    child = os.fork()
    if not child:
        try:
            act()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, f"{act.__name__} failed"


def killed(act: Callable[[], None], within: tuple[float, float]) -> int:
    """Start something and kill it after a random time within so many seconds. Returns the status of its end."""
    child = os.fork()
    if not child:
        try:
            act()
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    time.sleep(random.SystemRandom().uniform(*within))
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def say(*words: object) -> None:
    """One line in one write: a killed process tells it whole or not at all."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())
