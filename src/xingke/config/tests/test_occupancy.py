"""Who may be at work on a data folder while it is restored or moved, and with which program."""

import sys
from pathlib import Path

import pytest
from django.db import connection

from xingke.base.refusals import Refused
from xingke.config import commands
from xingke.config.occupancy import occupied, serving
from xingke.config.tests.small import command

pytestmark = pytest.mark.slow


@pytest.mark.skipif(sys.platform == "win32", reason="no file locks")
@pytest.mark.parametrize(
    "arguments", [("begin",), ("import", "some.csv"), ("jobs", "--run-once"), ("reset-password", "system")]
)
def test_nothing_is_written_while_the_folder_is_restored_or_moved(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with occupied(tmp_path, alone=True):
        refused = command(tmp_path, *arguments)

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "正在恢复或迁移" in refused.stderr
    assert not (tmp_path / "xingke.sqlite3").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no file locks")
@pytest.mark.parametrize("arguments", [("serve",), ("demo", "--scale", "0.02")])
def test_one_folder_is_served_once(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with serving(tmp_path):
        refused = command(tmp_path, *arguments, "--port", "0")

    assert refused.returncode == 2
    assert refused.stderr.startswith(f"已有一个 xingke serve（或 xingke demo）在用数据文件夹“{tmp_path}”；")
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "xingke.sqlite3").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no file locks")
def test_nothing_is_upgraded_under_a_running_site(tmp_path: Path) -> None:
    with occupied(tmp_path, alone=False):
        refused = command(tmp_path, "upgrade")

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "请先停止服务" in refused.stderr


def test_every_command_that_writes_shares_the_folder() -> None:
    reading = {commands.key, commands.verify, commands.check, commands.workdays, commands.backsolve}
    alone = {commands.move, commands.upgrade}
    handlers = {
        each
        for name, each in vars(commands).items()
        if callable(each)
        and getattr(each, "__module__", "") == commands.__name__
        and not name.startswith("_")
        and getattr(each, "__annotations__", {}).get("return") is int
        and name != "run"
    }

    assert handlers == {*commands.SHARING, *reading, *alone}


@pytest.mark.django_db
def test_an_old_program_does_not_start_on_a_newer_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_tomorrow', CURRENT_TIMESTAMP)"
        )

    with pytest.raises(Refused, match="ledger\\.9999_tomorrow"):
        commands.prepare_installation()
