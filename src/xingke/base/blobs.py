"""Files kept by what they are: a folder in which every file's name is the SHA-256 of its bytes.

``<root>/ab/abcdef…``: written beside and renamed, so a file is there whole or not at all; never written again, so what
was evidence stays as it was. Who may see a file, and whether it may go, is the business of whatever refers to it. Knows
no Django.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from xingke.base import files

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Damaged(Exception):
    """A kept file is gone, or is no longer what it was."""


@dataclass(frozen=True)
class Store:
    """The folder; it is made when the first file comes."""

    root: Path

    def put(self, data: bytes) -> str:
        """Keep the bytes; returns their digest. Bytes that are kept already, whole, are not written again."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if path.exists() and path.read_bytes() == data:
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

    def digests(self) -> set[str]:
        """What is kept."""
        return {path.name for path in self.root.glob("??/*") if _DIGEST.fullmatch(path.name)}

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
