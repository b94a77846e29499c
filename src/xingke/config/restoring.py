"""Restoring a backup: everything is checked and made ready aside, then put in its place.

Starts before Django does: the settings make a key in any data folder they are shown, and this one has to be empty.
"""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from xingke.base.files import sync_folder
from xingke.base.refusals import Refused
from xingke.config import archive
from xingke.config.occupancy import LOCK, SITE, occupied, unusable

DATABASE = "xingke.sqlite3"  # what the settings call it
STAGING = ".restoring"
ASIDE = "before-restore-"


def data_folder() -> Path:
    """The data folder, as the settings find it."""
    return Path(os.environ.get("XINGKE_DATA", "var")).resolve()


def restore(options: argparse.Namespace) -> int:
    """Restore a backup into the data folder: 0, or 1 if the checks find something wrong with what was backed up.

    Raises Refused (nothing is touched then) if the file is damaged or from a newer version, the folder or the PostgreSQL
    database holds data, or the site is running.
    """
    data = data_folder()
    manifest = archive.read(options.file)
    print(
        f"备份：{manifest.made_at}，版本 {manifest.version}，台账序号 {manifest.counter}，{len(manifest.members)} 个成员"
    )
    staging = data / STAGING
    with occupied(data, alone=True):
        if standing(data) and not options.replace:
            raise Refused(
                f"数据文件夹“{data}”里已有 {standing(data)[0].name} 等内容；"
                "请换一个空文件夹，或加 --replace 把原有内容移到一旁再恢复。"
            )
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        try:
            archive.unpack(options.file, staging)
            (staging / archive.DATABASE).rename(staging / DATABASE)
            sound = _make_ready(staging, manifest)
            aside = _put_in_place(data, staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    if aside is not None:
        print(f"原有内容已移到 {aside}")
    print(f"已恢复到 {data}" + ("" if sound else "；但上面列出了问题，请先处理"))
    return 0 if sound else 1


def standing(data: Path) -> list[Path]:
    """What a data folder holds, besides locks, what earlier restores left, and what belongs to its account (.pgpass)."""
    mine = (LOCK, SITE)
    return sorted(path for path in data.iterdir() if path.name not in mine and not path.name.startswith((ASIDE, ".")))


def _make_ready(staging: Path, manifest: archive.Manifest) -> bool:
    """With the unpacked folder as data folder: bring the database up to date, or copy it to PostgreSQL, and check all."""
    os.environ["XINGKE_DATA"] = str(staging)
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone, translation

    from xingke.accounts.queries import current_seq, ledger_identity
    from xingke.config import commands, moving, upgrading

    with translation.override(settings.LANGUAGE_CODE):
        try:
            if connections["default"].vendor == "sqlite":
                _bring_up_to_date("default")
            else:
                moving.require_empty("default")
                with moving.other_database("backup", moving.sqlite_file(staging / DATABASE)) as alias:
                    _bring_up_to_date(alias)
                    moving.migrate("default")
                    moving.copy(source=alias, target="default")
                (staging / DATABASE).unlink()
            if (ledger_identity(), current_seq()) != (manifest.ledger, manifest.counter):
                raise Refused("恢复出的台账与备份所记的身份或序号不符；原有内容没有改动。")
            upgrading.bring_packs_up_to_date(now=timezone.now(), say=print)  # what cannot be loaded, the checks name
            return commands.check(argparse.Namespace()) == 0
        finally:
            connections.close_all()


def _bring_up_to_date(alias: str) -> None:
    from xingke.config import moving

    if strange := moving.unknown(alias):
        raise Refused(f"备份由更新的版本写成（结构升级 {strange[0]} 本程序没有）；请先升级程序，再恢复。")
    moving.migrate(alias)


def _put_in_place(data: Path, staging: Path) -> Path | None:
    """Move what stands aside, and what is ready up; columns are built anew. Returns where the old went."""
    shutil.rmtree(staging / "columns", ignore_errors=True)
    old, aside = standing(data), None
    if old:
        aside = data / f"{ASIDE}{time.strftime('%Y%m%d-%H%M%S')}"
        aside.mkdir(mode=0o700)
        for path in old:
            path.rename(aside / path.name)
        sync_folder(aside)
    for path in sorted(staging.iterdir()):
        path.rename(data / path.name)
    sync_folder(data)
    return aside


def run(options: argparse.Namespace) -> int:
    """Restore; what is refused ends in its sentence on stderr and exit code 2."""
    try:
        return restore(options)
    except Refused as error:
        print(error, file=sys.stderr)
    except FileNotFoundError as error:
        print(f"找不到文件：{error.filename}", file=sys.stderr)
    except OSError as error:
        print(unusable(error), file=sys.stderr)
    return 2
