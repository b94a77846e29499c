"""What an upgrade has to bring along besides the program: tables, what its packs have new, the search index, the front end.

Everything may be done again and again; what is there already is left alone.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from xingke.accounts.queries import current_seq
from xingke.base import definitions, files
from xingke.base.definitions import DefinitionError
from xingke.base.refusals import Refused
from xingke.config import moving
from xingke.registry import actions as registry
from xingke.registry.actions import updates
from xingke.registry.models import Definition, Region
from xingke.search import actions as searching

PACKS = Path(settings.PACKAGE) / "packs"
SHOWN = 10  # definitions that are named
Say = Callable[[str], object]


def shipped() -> dict[str, Path]:
    """The packs that come with the program, by name."""
    return {path.name: path for path in sorted(PACKS.iterdir()) if path.is_dir()}


def in_use() -> list[Path]:
    """Those that this installation uses: their definitions or their regions were loaded here once."""
    used = set(Definition.objects.values_list("pack", flat=True).distinct())
    if Region.objects.filter(is_fictional=True).exists():
        used.add("fictional")
    return [path for name, path in shipped().items() if name in used]


def bring_packs_up_to_date(*, now: datetime, say: Say) -> bool:
    """Load what the packs in use have new, regions first; whether all of it could be loaded. Says what it did."""
    names, whole = shipped(), True
    for folder in in_use():
        try:
            regions = registry.load_regions(folder=folder, by=None, now=now)
            before = updates.update_pack(folder=folder, shipped=names, now=now)
        except DefinitionError as error:
            whole = False
            say(f"规则包 {folder.name} 没有更新，仍用原来的：{'；'.join(map(str, error.issues))}")
            continue
        if regions:
            say(f"规则包 {folder.name}：新增 {regions} 个区划和功能区")
        if before.missing:
            say(f"规则包 {folder.name}：新装载 {len(before.missing)} 条定义（{by_kind(before.missing)}）")
        for role in updates.new_roles_of_nobody(before.missing):
            say(f"  新的岗位角色“{role}”还没有人担任；请安全管理员在“授权”里授予")
        if before.held:
            say(f"规则包 {folder.name}：{held_words(before.held)}")
    return whole


def by_kind(entries: Iterable[updates.Entry]) -> str:
    """How many definitions of each kind: 表格 12，岗位角色 1."""
    return "，".join(
        f"{definitions.KINDS[kind].word} {count}" for kind, count in Counter(e.kind for e in entries).items()
    )


def held_words(entries: Sequence[updates.Entry]) -> str:
    """Which definitions of the program are not used because others hold their place."""
    return f"{len(entries)} 条由本地的定义代替，照用本地的：{named(entries)}"


def named(entries: Sequence[updates.Entry]) -> str:
    """The definitions by kind and key, the first of many."""
    shown = "、".join(f"{definitions.KINDS[each.kind].word} {each.value.key}" for each in entries[:SHOWN])
    return f"{shown} 等" if len(entries) > SHOWN else shown


def migrate() -> list[str]:
    """Bring the tables up to date; which steps that took. Raises Refused where a newer version wrote the database."""
    _keep_private()
    if strange := moving.unknown("default"):
        raise Refused(f"数据库由更新的版本写成（结构升级 {strange[0]} 本程序没有）；请先升级程序，再启动。")
    waiting = moving.unapplied("default")
    call_command("migrate", verbosity=0, interactive=False)
    return waiting


def _keep_private() -> None:
    """Have the SQLite file readable by its owner only, whoever made it; what SQLite puts beside it is then as well."""
    here = settings.DATABASES["default"]
    if not here["ENGINE"].endswith("sqlite3") or sys.platform == "win32":
        return
    path = Path(here["NAME"])
    if not path.exists():  # an existing one is never opened beside SQLite: closing it would drop the locks
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if each.exists() and each.stat().st_uid == os.getuid() and each.stat().st_mode & 0o077:
            each.chmod(0o600)


def collect_static() -> bool:
    """Put the front end where it is served from; whether there was anything to do."""
    built = Path(settings.PACKAGE) / "base" / "static" / "dist" / ".stamp"
    wanted = f"{django.__version__} {built.read_text() if built.is_file() else 'not built'}"
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    call_command("collectstatic", verbosity=0, interactive=False)
    files.write(stamp, wanted.encode())
    return True


def upgrade(*, now: datetime, say: Say) -> bool:
    """Do all of it and say what was done; whether nothing is missing then."""
    steps = migrate()
    say(f"表结构：执行了 {len(steps)} 项升级（{steps[0]} 等）" if steps else "表结构：已是最新")
    seq = current_seq()
    whole = bring_packs_up_to_date(now=now, say=say)
    if whole and current_seq() == seq:
        say("规则包：已是最新")
    searching.catch_up()
    say(f"搜索索引：已更新到台账序号 {current_seq()}")
    say("前端文件：" + ("已更新" if collect_static() else "已是最新"))
    return whole
