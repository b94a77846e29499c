"""Who may be at work on a data folder while it is restored or moved, and with which program."""

import sys
from pathlib import Path

import pytest
from django.db import connection

from xingke.base.refusals import Refused
from xingke.config import commands
from xingke.config.occupancy import occupied
from xingke.config.tests.small import command


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


def test_every_command_that_writes_shares_the_folder() -> None:
    reading = {commands.verify, commands.check, commands.move}  # move wants it alone
    handlers = {
        each for name, each in vars(commands).items()
        if callable(each) and getattr(each, "__module__", "") == commands.__name__
        and not name.startswith("_") and getattr(each, "__annotations__", {}).get("return") is int
        and name != "run"
    }  # fmt: skip

    assert handlers == {*commands.SHARING, *reading}


@pytest.mark.django_db
def test_an_old_program_does_not_start_on_a_newer_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_tomorrow', CURRENT_TIMESTAMP)"
        )

    with pytest.raises(Refused, match="ledger\\.9999_tomorrow"):
        commands.prepare_installation()
