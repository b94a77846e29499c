"""Backing up while the site writes: the database's own online backup, the keys and the attachments in one file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from xingke.base.refusals import Refused
from xingke.config import archive, heads, leftovers, moving


@dataclass(frozen=True)
class Made:
    """A backup that was written."""

    path: Path
    manifest: archive.Manifest


def back_up(*, to: Path, now: datetime) -> Made:
    """Write a backup to a new file ending in .zip, or into an existing folder under a name with the time.

    Writers are not held up; what killed backups left beside it is removed. Raises Refused if the file exists, its folder
    does not, or the database was never set up; RuntimeError inside a transaction, which would see its own uncommitted
    writes.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a backup is made outside transactions: it must hold committed rows only")
    target = _target(to, now)
    leftovers.clear(target.parent)
    with leftovers.workshop(target.parent) as folder:
        copied = folder / archive.DATABASE
        snapshot(copied)
        ledger, counter = _identity(copied)
        about = {
            "version": version("xingke"),
            "ledger": ledger,
            "counter": counter,
            "made_at": timezone.localtime(now).isoformat(timespec="seconds"),
        }
        head = _head(copied)
        said = heads.line(*head) if head else ""
        return Made(
            target,
            archive.write(
                target,
                _members(folder, said),
                about=about,
                workshop=folder,
                when_whole=partial(heads.append, said) if said else lambda: None,
            ),
        )


def _target(to: Path, now: datetime) -> Path:
    """The file to write. What does not end in .zip is meant as a folder, and has to be there: it has its owner."""
    if not to.is_dir() and to.suffix.lower() != ".zip":
        raise Refused(
            f"文件夹“{to}”不存在；请先建立它（归运行备份的账户所有，权限 0700），或写一个以 .zip 结尾的文件名。"
        )
    target = to / f"xingke-{timezone.localtime(now):%Y%m%d-%H%M%S}.zip" if to.is_dir() else to
    if not target.parent.is_dir():
        raise Refused(f"文件夹“{target.parent}”不存在；请先建立它。")
    archive.require_free(target)
    return target


def _members(folder: Path, said: str) -> Iterator[tuple[str, Path]]:
    """The database first: what it refers to was there before it was read. Columns and static files are built anew.

    said: the head's line, which the installation's own list gets when the backup is whole.
    """
    data = Path(settings.DATA)
    yield archive.DATABASE, folder / archive.DATABASE
    yield from ((name, data / name) for name in archive.KEYS if (data / name).is_file())
    if said:
        signed = folder / archive.HEADS
        signed.write_text(heads.with_line(said), encoding="ascii", errors="replace")
        yield archive.HEADS, signed
    yield from archive.kept_files(data)


def snapshot(target: Path) -> None:
    """One committed state of the database as a SQLite file.

    SQLite: ``sqlite3_backup`` on Django's own connection — opening or copying the file beside it would drop the locks
    that Django holds. PostgreSQL: a copy of every table, read in one snapshot. Raises Refused if the copy is not sound.
    """
    if connection.vendor != "sqlite":
        with moving.other_database("snapshot", moving.sqlite_file(target)) as alias:
            moving.migrate(alias)
            moving.copy(source="default", target=alias)
    with closing(sqlite3.connect(target)) as copied:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            connection.connection.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE").fetchall()  # everything in the one file, no -wal beside it
        found = [row[0] for row in copied.execute("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise Refused(f"备份出的数据库未通过 SQLite 自身检查：{'；'.join(found)}。请先运行 xingke check。")


def _identity(database: Path) -> tuple[str, int]:
    """Ledger identity and counter as the copy has them, not as the site has them by now."""
    with closing(sqlite3.connect(database)) as copied:
        try:
            row = copied.execute("SELECT ledger, value FROM accounts_counter WHERE name = 'ledger'").fetchone()
        except sqlite3.OperationalError as error:
            raise Refused("数据库还没有建立，没有可备份的内容；请先运行 xingke demo 或 xingke serve。") from error
    return (str(UUID(row[0])), row[1]) if row else ("", 0)


def _head(database: Path) -> tuple[int, str] | None:
    """Number and digest of the last audit entry of the copy."""
    with closing(sqlite3.connect(database)) as copied:
        found: tuple[int, str] | None = copied.execute(
            "SELECT seq, digest FROM accounts_auditentry ORDER BY seq DESC LIMIT 1"
        ).fetchone()
    return found
