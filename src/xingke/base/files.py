"""Files that are there whole or not at all, also after a power cut. Knows no Django.

Whatever the program keeps is written beside its place, brought to the disk and renamed; the folder is brought to the
disk, too, because a name that stands only in memory is lost with it.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART = ".part"  # how the name of a file ends that is not whole yet


def unfinished(path: Path) -> Path:
    """The name beside a file under which this thread writes it."""
    return path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}{PART}")


@contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """A name to write to; the file takes its place when it is whole. After an error the old one stands.

    mode: its permissions, where others than the usual ones are wanted; it has them before anything is written.
    """
    part = unfinished(path)
    try:
        if mode is not None:
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode | 0o200))
        yield part
        settle(part, path, mode=mode)
    finally:
        part.unlink(missing_ok=True)


def settle(part: Path, path: Path, *, mode: int | None = None) -> None:
    """Bring a written file to the disk and to its place."""
    with part.open("r+b") as file:
        os.fsync(file.fileno())
    if mode is not None:
        part.chmod(mode)
    part.replace(path)
    sync_folder(path.parent)


def write(path: Path, data: bytes) -> None:
    """Write a file, replacing the one that stands there; what is no file of a folder (a pipe, a terminal) is written into."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    place = path.resolve()  # a link goes on pointing where it points
    with replacing(place) as part:
        part.write_bytes(data)
        if place.exists():
            part.chmod(place.stat().st_mode & 0o777)


def create(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Make a file that must not stand yet, such as a key: whole or not at all. Raises FileExistsError."""
    part = unfinished(path)
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _take_free_place(part, path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


def _take_free_place(part: Path, path: Path) -> None:
    """Give a file its name unless the name is taken; where the file system knows no second names, by looking first."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(17, "File exists", str(path)) from None
        part.replace(path)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder written down too, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
