"""``xingke upgrade`` and what else notices that the program has more than the installation."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.cast import NOW
from xingke.accounts.models import AuditEntry
from xingke.config import checking, upgrading
from xingke.config.tests.small import command
from xingke.registry import queries
from xingke.registry.models import Definition, Grant

pytestmark = pytest.mark.slow

TERM = '[[term]]\nlist = "colour"\ncode = "red"\nlabel = { zh = "红", en = "Red" }\n'
WITHOUT = ("sheet", "event")  # as an installation that was made before activities had a form


@pytest.fixture(autouse=True)
def _nothing_is_remembered_of_a_catalogue_that_lost_something() -> Iterator[None]:
    """Definitions are never deleted but here, so whoever remembers the catalogue by its newest does not notice."""
    yield
    queries._read_catalogue.cache_clear()


def made_before_it() -> None:
    """An installation that lacks a definition which the program has by now."""
    with connection.cursor() as cursor:  # rows of definitions are never deleted by the program
        cursor.execute('DELETE FROM registry_definition WHERE kind = %s AND "key" = %s', WITHOUT)


def pack_problems() -> list[str]:
    """What the check of packs calls wrong."""
    return [problem for finding in checking.packs() for problem in finding.problems]


@pytest.mark.django_db
def test_what_is_not_in_force_is_a_problem_by_name_until_the_upgrade() -> None:
    made_before_it()
    assert pack_problems() == ["程序自带的 1 条定义没有生效（表格 1）：表格 event；请停止网站，运行 xingke upgrade"]
    said: list[str] = []

    assert upgrading.bring_packs_up_to_date(now=NOW, say=said.append)

    assert said == ["规则包 national：新装载 1 条定义（表格 1）"]
    assert pack_problems() == []
    entry = AuditEntry.objects.order_by("-seq")[0]
    assert (entry.action, entry.target, entry.count) == ("pack.loaded", "national", 1)


@pytest.mark.django_db
def test_a_second_time_nothing_is_done_and_nothing_is_audited() -> None:
    before, said = AuditEntry.objects.count(), list[str]()

    assert upgrading.bring_packs_up_to_date(now=NOW, say=said.append)

    assert (said, AuditEntry.objects.count()) == ([], before)


@pytest.mark.django_db
def test_a_pack_that_cannot_be_loaded_is_said_and_the_rest_stays_in_force(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "national").mkdir()
    (tmp_path / "national" / "vocabulary.toml").write_text(TERM.replace("code", "kode"), encoding="utf-8")
    monkeypatch.setattr(upgrading, "PACKS", tmp_path)
    before, said = Definition.objects.count(), list[str]()

    assert not upgrading.bring_packs_up_to_date(now=NOW, say=said.append)

    assert len(said) == 1
    assert said[0].startswith("规则包 national 没有更新，仍用原来的：vocabulary.toml: ")
    assert Definition.objects.count() == before
    assert any("vocabulary.toml" in each for each in pack_problems())


@pytest.mark.django_db
def test_a_new_role_that_nobody_holds_is_said() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_definition WHERE kind = 'role' AND \"key\" = 'secrecy_reviewer'")
    assert not Grant.objects.filter(role="secrecy_reviewer").exists()
    said: list[str] = []

    assert upgrading.bring_packs_up_to_date(now=NOW, say=said.append)

    assert said == [
        "规则包 national：新装载 1 条定义（岗位角色 1）",
        "  新的岗位角色“保密审查员”还没有人担任；请安全管理员在“授权”里授予",
    ]


def test_an_empty_folder_is_told_how_to_begin(tmp_path: Path) -> None:
    checked, refused = command(tmp_path / "a", "check"), command(tmp_path / "b", "upgrade")
    listed = command(tmp_path / "b", "jobs")

    assert (checked.returncode, checked.stdout.splitlines()[1:]) == (
        1,
        [
            "数据库：没有",
            "  问题：数据文件夹里还没有数据库：正式使用请运行 xingke begin；看演示请运行 xingke demo",
            "检查发现 1 个问题。",
        ],
    )
    assert (refused.returncode, refused.stderr) == (
        2,
        f"数据文件夹“{tmp_path / 'b'}”里还没有数据库，没有可升级的：正式使用请运行 xingke begin；看演示请运行 xingke demo。\n",
    )
    assert (listed.returncode, listed.stderr) == (
        2,
        f"数据文件夹“{tmp_path / 'b'}”里还没有数据库：正式使用请运行 xingke begin；看演示请运行 xingke demo。\n",
    )


@pytest.mark.skipif(not hasattr(Path, "owner"), reason="no owners")
def test_upgrading_is_said_step_by_step_can_be_repeated_and_a_local_pack_needs_a_name_of_its_own(
    tmp_path: Path,
) -> None:
    data, local = tmp_path / "data", tmp_path / "national"
    assert command(data, "begin").returncode == 0
    (data / "xingke.sqlite3").chmod(0o644)

    upgraded = command(data, "upgrade")

    assert (upgraded.returncode, upgraded.stdout.splitlines()[:2]) == (0, ["表结构：已是最新", "规则包：已是最新"])
    assert upgraded.stdout.splitlines()[-1] == "升级完成。下一步：xingke check，没有问题再启动网站。"
    assert (data / "xingke.sqlite3").stat().st_mode & 0o777 == 0o600
    local.mkdir()
    (local / "vocabulary.toml").write_text(TERM, encoding="utf-8")
    refused = command(data, "load", str(local))
    assert (refused.returncode, refused.stderr) == (
        2,
        "“national”是程序自带规则包的名字，升级时会分不清哪些定义是本地的；请把文件夹改个名再装载。\n",
    )
    assert command(data, "load", str(upgrading.PACKS / "national")).returncode == 0
