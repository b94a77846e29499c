"""Where a backup is put together, and what backups that were killed left behind. Knows no Django."""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = ".xingke-backup-"
OLD = 24 * 3600  # seconds after which a folder without a lock, as earlier versions made them, is nobody's
_PART = re.compile(r".+\.zip\.(\d+)(?:-\d+)?\.part")  # the file is written beside its later name
_LOCK = "lock"


@contextmanager
def workshop(beside: Path) -> Iterator[Path]:
    """A folder of its own for what is being put together, gone afterwards; locked for as long as its process lives."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=beside) as name:
        folder = Path(name)
        with (folder / _LOCK).open("w") as file:
            _lock(file.fileno())
            yield folder


def clear(folder: Path) -> list[Path]:
    """Remove what killed backups left in a folder; what belongs to one that is still at work stays. Returns what is gone."""
    gone = [path for path in sorted(folder.glob(f"{PREFIX}*")) if path.is_dir() and _is_left(path)]
    gone += [
        path
        for path in sorted(folder.glob("*.part"))
        if (made := _PART.fullmatch(path.name)) and _is_dead(int(made[1]))
    ]
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
    return [path for path in gone if not path.exists()]


def _is_left(path: Path) -> bool:
    """Whether nobody holds a workshop's lock; one without a lock has to be old."""
    lock = path / _LOCK
    try:
        if sys.platform == "win32" or not lock.exists():
            return time.time() - path.stat().st_mtime > OLD
        with lock.open("a") as file:
            return _lock(file.fileno())
    except OSError:  # gone meanwhile, or somebody else's
        return False


def _lock(descriptor: int) -> bool:
    """Take a file's lock, which ends with the process; whether nobody else had it."""
    if sys.platform == "win32":  # its age has to do
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_dead(process: int) -> bool:
    """Whether no process of this machine has the number any more."""
    if sys.platform == "win32":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:  # somebody else's
        return False
    return False
