"""Files kept by what they are: a folder in which every file's name is the SHA-256 of its bytes.

``<root>/ab/abcdef…``: written beside and renamed, so a file is there whole or not at all; never written again, so what
was evidence stays as it was. Its time is when it was last handed over. Who may see a file, and whether it may go, is the
business of whatever refers to it. Knows no Django.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xingke.base import files

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ASIDE = ".going.part"  # a backup leaves what ends so out


class Damaged(Exception):
    """A kept file is gone, or is no longer what it was."""


@dataclass(frozen=True)
class Store:
    """The folder; it is made when the first file comes."""

    root: Path

    def put(self, data: bytes) -> str:
        """Keep the bytes; returns their digest. Bytes that are kept already, whole, are not written again, but count as new."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        with suppress(FileNotFoundError):  # let go this moment: written anew
            if path.read_bytes() == data:
                os.utime(path)
                return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        with files.replacing(path, mode=0o440) as part:
            part.write_bytes(data)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes with this digest. Raises Damaged if they are not there or no longer have it."""
        try:
            data = self._path(digest).read_bytes()
        except OSError as error:
            raise Damaged(f"{digest} is not in {self.root}") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise Damaged(f"{digest} in {self.root} has other bytes than it had")
        return data

    def drop(self, digest: str) -> None:
        """Let the bytes with this digest go; it does no harm if they are gone."""
        self._path(digest).unlink(missing_ok=True)

    def older(self, moment: float) -> set[str]:
        """What was last handed over before a moment, in seconds since 1970."""
        return {path.name for path in self._files() if _age(path) < moment}

    def put_aside(self, digest: str, moment: float) -> bool:
        """Put bytes aside that are to go, unless they were handed over again since a moment; whether they lie there.

        Whoever hands them over from then on finds them gone and writes them anew.
        """
        path = self._path(digest)
        aside = path.with_name(digest + _ASIDE)
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        if _age(aside) >= moment:
            self._put_back(aside)
            return False
        return True

    def drop_aside(self, digest: str) -> None:
        """Let go what was put aside."""
        path = self._path(digest)
        path.with_name(digest + _ASIDE).unlink(missing_ok=True)

    def put_back(self) -> None:
        """Put back what was put aside and did not go: it is needed after all, or whoever let it go was killed over it."""
        for aside in self.root.glob(f"??/*{_ASIDE}"):
            self._put_back(aside)

    def _put_back(self, aside: Path) -> None:
        path = aside.with_name(aside.name.removesuffix(_ASIDE))
        with suppress(FileNotFoundError):
            aside.unlink() if path.exists() else aside.rename(path)

    def digests(self) -> set[str]:
        """What is kept."""
        return {path.name for path in self._files()}

    def _files(self) -> Iterator[Path]:
        return (path for path in self.root.glob("??/*") if _DIGEST.fullmatch(path.name))

    def found(self, digest: str) -> tuple[str, int] | None:
        """What lies under a digest now: the digest it has, and its size in bytes; None for nothing."""
        try:
            data = self._path(digest).read_bytes()
        except OSError:
            return None
        return hashlib.sha256(data).hexdigest(), len(data)

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is no SHA-256 in hexadecimal")
        return self.root / digest[:2] / digest


def _age(path: Path) -> float:
    """When a file was last handed over; of one that is gone, now and later."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
