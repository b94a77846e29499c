"""Derived files whose names end in the checksum of what they hold: one that was damaged, exchanged or cut is no file.

``<stem>.<32 hex digits><suffix>``. A file is read through once per process, and again when the system says that it was
touched; what is not what its name says is removed and made anew by whoever needs it.
"""

import hashlib
import logging
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from xingke.base.files import settle, unfinished

DIGITS = 32
RACY = 100_000_000  # nanoseconds: what was touched that lately may be touched again within one tick of the clock
DAMAGED, FOREIGN = "is damaged", "was made by another program"
log = logging.getLogger("xingke.columns")
_NAME = re.compile(r"(?P<stem>.+)\.(?P<sum>[0-9a-f]{32})\.(?P<suffix>[a-z]+)")


class FileIdentity(NamedTuple):
    """What tells one state of a file from another without reading it."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int


_read_through: dict[
    Path, tuple[FileIdentity, bool]
] = {}  # the state a file was read through in, and whether it was intact
_told: set[Path] = set()


class KeptFile:
    """The name a file that was written got; known after the block of ``keeping``."""

    part: Path
    path: Path


@contextmanager
def keeping(folder: Path, stem: str, suffix: str) -> Iterator[KeptFile]:
    """Write a file (to ``part``) and name it by what it holds. Raises OSError where it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = KeptFile()
    kept.part = unfinished(folder / f"{stem}{suffix}")
    try:
        yield kept
        kept.path = folder / f"{stem}.{_checksum(kept.part)}{suffix}"
        settle(kept.part, kept.path)
    finally:
        kept.part.unlink(missing_ok=True)


def found(folder: Path, stem: str, suffix: str) -> list[Path]:
    """The intact files of a name, in the order of their names; those that are not are removed."""
    good = []
    for path in sorted(folder.glob(f"{stem}.*{suffix}")):
        if is_intact(path):
            good.append(path)
        else:
            throw_away(path, DAMAGED if _NAME.fullmatch(path.name) else FOREIGN)
    return good


def is_intact(path: Path) -> bool:
    """Whether a file still holds what its name says. False where it cannot be read."""
    name = _NAME.fullmatch(path.name)
    try:
        known = identity(path)
        if name is None or known is None:
            return False
        before = _read_through.get(path)
        if before is not None and before[0] == known:
            return before[1]
        intact = _checksum(path) == name["sum"]
    except OSError:
        return False
    if len(_read_through) > 1_000:
        _read_through.clear()
    if abs(time.time_ns() - max(known.changed, known.modified)) > RACY:
        _read_through[path] = known, intact
    return intact


def identity(path: Path) -> FileIdentity | None:
    """The state of a file; None where it is none."""
    seen = path.stat()
    if not stat.S_ISREG(seen.st_mode):
        return None
    return FileIdentity(seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def throw_away(path: Path, why: str) -> None:
    """Remove a file that is good for nothing, and say so once; where it cannot be removed it stays unused."""
    if path.exists() and path not in _told:
        _told.add(path)
        level = logging.INFO if why is FOREIGN else logging.WARNING
        log.log(level, "%s %s: made anew", path.name, why, extra={"event": "column-thrown-away", "file": path.name})
    with suppress(OSError):
        path.unlink(missing_ok=True)
        _told.discard(path)
    _read_through.pop(path, None)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]
