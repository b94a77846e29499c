"""The backup file: a zip whose every byte is covered by a digest. Knows no Django: restoring begins before it starts.

Members: ``database.sqlite3`` (always SQLite, whatever the installation runs on), the keys, ``heads.log``, ``attachments/…`` and
``manifest.json`` (version, ledger, counter, date; size and SHA-256 of every other member). The archive's comment ends in
the SHA-256 of everything before it. This finds damage, not forgery: whoever can rewrite the file can rewrite its digests.
"""

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from xingke.base.files import sync_folder
from xingke.base.refusals import Refused

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.sqlite3"
KEYS = ("secret.key", "signing.key", "trusted.keys", "person-marks.key")
HEADS = "heads.log"  # see config/heads.py
ATTACHMENTS = "attachments"
PERSON_KEYS = "person-keys"  # see registry/sealing.py
FOLDERS = (ATTACHMENTS, PERSON_KEYS)
SEAL = b"xingke-backup sha256:"
DIGEST = 64  # hex digits of a SHA-256
CHUNK = 1 << 20
# What zipfile raises, by experience, when single bytes of an archive are wrong.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True)
class Member:
    """Size in bytes and SHA-256 of one member."""

    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself. ledger: identity of the ledger; counter: number of its last write."""

    version: str
    ledger: str
    counter: int
    made_at: str
    members: Mapping[str, Member]
    format: int = FORMAT


def write(
    target: Path,
    members: Iterable[tuple[str, Path]],
    *,
    about: Mapping[str, Any],
    workshop: Path | None = None,
    when_whole: Callable[[], None] = lambda: None,
) -> Manifest:
    """Write the archive: first under a name ending in .part, then renamed. about: the manifest's other fields.

    workshop: a folder of the same file system for the part. when_whole: called when all of it is on disk, before it gets
    its name. The file is readable by its owner only. Raises Refused if ``target`` exists.
    """
    require_free(target)
    part = (workshop or target.parent) / f"{target.name}.{os.getpid()}.part"
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            manifest = _write_members(file, members, about)
            _write_seal(file)
            file.flush()
            os.fsync(file.fileno())
        when_whole()
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)
    return manifest


def require_free(target: Path) -> None:
    """Raise Refused where a file of that name stands: no backup is ever replaced."""
    if target.exists():
        raise Refused(f"“{target}”已存在，备份不覆盖任何文件；请换一个文件名。")


def _write_members(file: IO[bytes], members: Iterable[tuple[str, Path]], about: Mapping[str, Any]) -> Manifest:
    written: dict[str, Member] = {}
    with zipfile.ZipFile(file, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, path in members:
            try:
                opened = path.open("rb")
            except FileNotFoundError:
                if not name.startswith(f"{ATTACHMENTS}/"):
                    raise
                continue  # let go this moment: nothing refers to it
            with opened as source, archive.open(_entry(name), "w", force_zip64=True) as target:
                written[name] = _copy(source, target)
        manifest = Manifest(**about, members=written)
        archive.writestr(_entry(MANIFEST), json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        archive.comment = SEAL + b"0" * DIGEST
    return manifest


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _copy(source: IO[bytes], target: IO[bytes] | None) -> Member:
    size, digest = 0, hashlib.sha256()
    while piece := source.read(CHUNK):
        size += len(piece)
        digest.update(piece)
        if target is not None:
            target.write(piece)
    return Member(size, digest.hexdigest())


def _write_seal(file: IO[bytes]) -> None:
    file.seek(0, os.SEEK_END)
    end = file.tell() - DIGEST
    seal = _digest_until(file, end)
    file.seek(end)
    file.write(seal.encode())


def _digest_until(file: IO[bytes], end: int) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while end > 0 and (piece := file.read(min(CHUNK, end))):
        digest.update(piece)
        end -= len(piece)
    return digest.hexdigest()


def read(path: Path) -> Manifest:
    """Check every byte of a backup and return its manifest.

    Raises Refused naming the damaged member, or saying that this is no backup; FileNotFoundError.
    """
    if not path.is_file():
        raise FileNotFoundError(2, "No such file", str(path))
    with path.open("rb") as file:
        is_whole = _is_sealed(file)
        try:
            with zipfile.ZipFile(file) as archive:
                manifest = _read_manifest(archive)
                _check_members(archive, manifest)
        except _DAMAGE as error:
            raise Refused(f"“{path.name}”不是兴科备份文件，或压缩包目录已损坏；没有恢复任何内容。") from error
        if not is_whole:
            raise Refused(
                f"备份文件“{path.name}”已损坏：各成员内容相符，但压缩包的目录或封签与内容不符；没有恢复任何内容。"
            )
    return manifest


def _is_sealed(file: IO[bytes]) -> bool:
    size = file.seek(0, os.SEEK_END)
    start = size - DIGEST - len(SEAL)
    if start < 0:
        return False
    file.seek(start)
    said = file.read()
    return said == SEAL + _digest_until(file, size - DIGEST).encode()


def _damaged(name: str) -> Refused:
    return Refused(f"备份文件已损坏：成员“{name}”与记载的摘要不符；没有恢复任何内容，请改用另一份备份。")


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        told = json.loads(archive.read(MANIFEST))
        members = {name: Member(**each) for name, each in told.pop("members").items()}
        manifest = Manifest(**told, members=members)
    except (*_DAMAGE, TypeError, AttributeError) as error:
        raise _damaged(MANIFEST) from error
    if manifest.format != FORMAT:
        raise Refused(f"备份文件的格式是第 {manifest.format} 版，本程序只认识第 {FORMAT} 版；请先升级程序。")
    return manifest


def _check_members(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = archive.namelist()
    if strange := next((name for name in names if name != MANIFEST and name not in manifest.members), None):
        raise _damaged(strange)
    for name, member in manifest.members.items():
        if not _may_be_unpacked(name):
            raise Refused(f"备份文件里有不认识的成员“{name}”；没有恢复任何内容。")
        try:
            with archive.open(name) as source:
                found = _copy(source, None)
        except _DAMAGE as error:
            raise _damaged(name) from error
        if found != member:
            raise _damaged(name)
    if DATABASE not in manifest.members:
        raise _damaged(DATABASE)


def _may_be_unpacked(name: str) -> bool:
    path = PurePosixPath(name)
    inside = path.parts[0] in FOLDERS and len(path.parts) > 1 and ".." not in path.parts and "\\" not in name
    return name in (DATABASE, HEADS, *KEYS) or (inside and str(path) == name)


def unpack(path: Path, folder: Path) -> None:
    """Unpack the members of a checked backup into an existing folder, readable by their owner only."""
    with zipfile.ZipFile(path) as archive:
        for name in _read_manifest(archive).members:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file, archive.open(name) as source:
                shutil.copyfileobj(source, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
    sync_folder(folder)


def kept_files(data: Path) -> Iterator[tuple[str, Path]]:
    """Member name and path of every attachment and every person's key of a data folder, in order."""
    for name in FOLDERS:
        folder = data / name
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.name.endswith(".part"):
                yield f"{name}/{path.relative_to(folder).as_posix()}", path
