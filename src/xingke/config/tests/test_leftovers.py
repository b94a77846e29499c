"""What killed backups leave is removed by the next one, and what a living one works on is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xingke.config import leftovers
from xingke.config.tests import small

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no file locks")
KILLED = "import os, sys, pathlib; from xingke.config import leftovers\nwith leftovers.workshop(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"


def gone_process() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def names(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_backup_left_is_removed(tmp_path: Path) -> None:
    where = small.environment(tmp_path)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=where, check=False)
    assert (killed.returncode, len(names(tmp_path))) == (-9, 1)
    (tmp_path / f"xingke-1.zip.{gone_process()}.part").write_text("half")

    removed = leftovers.clear(tmp_path)

    assert (len(removed), names(tmp_path)) == (2, [])


def test_what_a_living_backup_works_on_stays_and_so_does_everything_else(tmp_path: Path) -> None:
    for name in ("xingke-1.zip", "notes.part", f"xingke-2.zip.{os.getpid()}.part"):
        (tmp_path / name).write_text("mine")
    before = names(tmp_path)

    with leftovers.workshop(tmp_path) as shop:
        assert leftovers.clear(tmp_path) == []
        assert names(tmp_path) == sorted([*before, shop.name])

    assert names(tmp_path) == before


def test_a_folder_of_an_earlier_version_is_removed_when_it_is_a_day_old(tmp_path: Path) -> None:
    young, old = tmp_path / f"{leftovers.PREFIX}a", tmp_path / f"{leftovers.PREFIX}b"
    for folder in (young, old):
        folder.mkdir()
        (folder / "database.sqlite3").write_text("half")
    os.utime(old, (0, 0))

    leftovers.clear(tmp_path)

    assert names(tmp_path) == [young.name]
