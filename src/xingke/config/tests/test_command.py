"""What the system refuses, the command line says in one sentence."""

import errno
import os
import sqlite3
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from django.db import OperationalError

from xingke.base.refusals import Refused
from xingke.config import commands
from xingke.config.tests.small import command, environment


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    for arguments in (("check",), ("restore", str(tmp_path / "file"))):
        refused = command(tmp_path / "file" / "data", *arguments)

        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="file names are text there")
def test_a_file_name_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    name = os.fsdecode("专利.csv".encode("gbk"))

    refused = subprocess.run(
        [sys.executable, "-m", "xingke.config.command", "import", name],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "不是 UTF-8" in refused.stderr


@pytest.mark.parametrize(
    "error, said",
    [
        (OperationalError("database is locked"), "数据库正忙"),
        (sqlite3.OperationalError("database or disk is full"), "磁盘已满"),
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满"),
        (OSError(errno.EIO, "Input/output error", "/data/x"), "不能读写“/data/x”"),
        (UnicodeEncodeError("latin-1", "口令", 0, 1, "ordinal not in range"), "PYTHONUTF8=1"),
    ],
)
def test_what_the_system_refuses_is_one_sentence(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_options: Namespace) -> int:
        raise error

    assert commands.run(fails, Namespace()) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "pairs, sentence",
    [
        (["on"], "“on”应写成 项=内容，每项只写一次，如 on=2025-03-05。"),
        (["on=2025-03-05", "on=2025-03-06"], "“on=2025-03-06”应写成 项=内容，每项只写一次，如 on=2025-03-05。"),
    ],
)
def test_what_is_given_for_a_whole_file_is_a_pair(pairs: list[str], sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        commands.given_pairs(pairs)

    assert str(refusal.value) == sentence
    assert commands.given_pairs(["on=2025-03-05", "name=甲=乙"]) == {"on": "2025-03-05", "name": "甲=乙"}


@pytest.mark.parametrize("written", ["one", "-1", "1.5", "99"])
def test_a_number_of_proxies_that_is_none_ends_in_a_sentence(tmp_path: Path, written: str) -> None:
    refused = command(tmp_path, "check", XINGKE_PROXIES=written)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == f"XINGKE_PROXIES 写成了“{written}”；应写网站前面自己的反向代理有几层：0、1、2……\n"
