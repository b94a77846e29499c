"""Forking, killing and telling: what the programs share that are killed while they write."""

import os
import random
import select
import signal
import time
import traceback
from collections.abc import Callable

PATIENCE = 30  # seconds for the first word of a process that is to be killed at work
_first_word: int | None = None  # the pipe that is closed with it


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


def killed(act: Callable[[], None], within: tuple[float, float], *, speaks: bool = False) -> int:
    """Start something and kill it after a random time within so many seconds. Returns the status of its end.

    The time runs from the start; every other time, of one that speaks, from its first word: a slow machine is killed at
    work too.
    """
    global _first_word
    told, _first_word = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        try:
            act()
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    os.close(_first_word)
    _first_word = None
    if speaks and random.SystemRandom().getrandbits(1):
        select.select([told], [], [], PATIENCE)
    time.sleep(random.SystemRandom().uniform(*within))
    os.kill(child, signal.SIGKILL)
    os.close(told)
    return os.waitpid(child, 0)[1]


def say(*words: object) -> None:
    """One line in one write: a killed process tells it whole or not at all."""
    global _first_word
    os.write(1, (" ".join(map(str, words)) + "\n").encode())
    if _first_word is not None:
        os.close(_first_word)  # which whoever waits for it sees
        _first_word = None
