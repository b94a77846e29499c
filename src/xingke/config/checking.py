"""What ``xingke check`` looks at: what the rooms announced, and what nobody but the command line sees."""

import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from xingke.base import checks, definitions
from xingke.base.checks import CHECKS, SHOWN, Check, CheckResult
from xingke.config import heads, moving, upgrading
from xingke.indicators.columns import tails
from xingke.registry.actions import updates

SECRETS = ("secret.key", "signing.key", "demo-accounts.txt")
HOW_TO_BEGIN = "正式使用请运行 xingke begin；看演示请运行 xingke demo"


def findings() -> Iterator[CheckResult]:
    """All checks in turn. Nothing is read from tables that are missing or not as the program expects them, and nothing is
    taken from memory: what was changed behind the ledger is seen by a process that has read it before, too."""
    tails.forget()
    yield from data_folder()
    yield from checks.findings(needs_tables=False)
    try:
        waiting = list(migrations())
        yield from waiting
        if any(each.problems for each in waiting):
            return
        yield from checks.findings(needs_tables=True)
    except DatabaseError as error:
        yield CheckResult("数据库", (f"数据库无法读取：{error}",))


def data_folder() -> Iterator[CheckResult]:
    """Keys and passwords are readable by their owner only."""
    data = Path(settings.DATA)
    found = [data / name for name in SECRETS if (data / name).is_file()]
    problems = [
        f"{path} 的权限是 {stat.S_IMODE(path.stat().st_mode):04o}，别的账户也能读；请运行 chmod 600 {path}"
        for path in found
        if path.stat().st_mode & 0o077
    ]
    yield CheckResult(f"数据文件夹 {data}：{len(found)} 个密钥文件", tuple(problems))


def migrations() -> Iterator[CheckResult]:
    """The tables are those of this program."""
    missing, strange = moving.unapplied("default"), moving.unknown("default")
    if not moving.is_begun("default"):
        yield CheckResult("数据库：没有", (f"数据文件夹里还没有数据库：{HOW_TO_BEGIN}",))
        return
    problems = []
    if missing:
        names = "、".join(missing[:SHOWN]) + (" 等" if len(missing) > SHOWN else "")
        problems.append(f"{len(missing)} 项结构升级尚未执行（{names}）；请停止网站，运行 xingke upgrade")
    problems += [f"数据库里有本程序没有的结构升级 {name}：它由更新的版本写成，请先升级程序" for name in strange]
    yield CheckResult(f"表结构：待升级 {len(missing)} 项", tuple(problems))


def database() -> Iterator[CheckResult]:
    """The database's own check of itself, and every reference between tables."""
    if connection.vendor != "sqlite":
        yield CheckResult("数据库：PostgreSQL，由数据库自行保证完整（可另用 pg_amcheck）")
        return
    with connection.cursor() as cursor:
        told = [row[0] for row in cursor.execute("PRAGMA integrity_check(20)").fetchall()]
        loose = cursor.execute("PRAGMA foreign_key_check").fetchall()
    problems = [f"SQLite 完整性检查：{line}" for line in told if line != "ok"]
    problems += [f"表 {table} 第 {row} 行引用了 {parent} 中不存在的行" for table, row, parent, _number in loose[:SHOWN]]
    yield CheckResult("数据库：SQLite 完整性检查" + ("未通过" if problems else "通过"), tuple(problems))


def packs() -> Iterator[CheckResult]:
    """Every pack of the program reads without a mistake, its worked examples come out, and what it defines is in force."""
    shipped, used = upgrading.shipped(), upgrading.in_use()
    for folder in shipped.values():
        try:
            found = updates.standing(folder, shipped=shipped)
        except definitions.DefinitionError as error:
            waiting = "，它的新定义没有生效" if folder in used else ""
            yield CheckResult(
                f"规则包 {folder.name}：{len(error.issues)} 处错误{waiting}", tuple(map(str, error.issues))
            )
            continue
        said = f"规则包 {folder.name}：{found.total} 条定义，例题全部算对"
        held = f"；{upgrading.held_words(found.held)}" if found.held else ""
        yield CheckResult(said + held, tuple(_not_in_force(folder, found)) if folder in used else ())


def _not_in_force(folder: Path, found: updates.PackStanding) -> Iterator[str]:
    if found.missing:
        yield (
            f"程序自带的 {len(found.missing)} 条定义没有生效（{upgrading.by_kind(found.missing)}）："
            f"{upgrading.named(found.missing)}；请停止网站，运行 xingke upgrade"
        )
    if regions := updates.regions_missing(folder):
        yield f"程序自带的 {len(regions)} 个区划没有装载：{'、'.join(regions[:SHOWN])}；请停止网站，运行 xingke upgrade"


def signed_heads() -> Iterator[CheckResult]:
    """The trail holds what was signed of it at each backup."""
    count, wrong = heads.compared()
    yield CheckResult(
        f"审计链的签名：备份时签过 {count} 次，{'全部相符' if not wrong else '有不符的'}", tuple(wrong[:SHOWN])
    )


CHECKS.add(
    Check(code="database", find=database, order=10),
    Check(code="packs", find=packs, order=20),
    Check(code="signed-heads", find=signed_heads, order=40),
)
