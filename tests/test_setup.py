"""What ``make setup`` finds missing in an environment that its stamps call whole."""

import sys
from pathlib import Path

import pytest

from tools import setup

pytestmark = pytest.mark.slow

LOCK = """# packages
first-one==1.0 \\
    --hash=sha256:00
Second==2.0 \\
    --hash=sha256:00
elsewhere==3.0 ; sys_platform == 'win32' \\
    --hash=sha256:00
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with two distributions of the lock, each of one module of three bytes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    Path("requirements.lock").write_text(LOCK, encoding="utf-8")
    folder = tmp_path / ".venv" / ("Lib" if sys.platform == "win32" else "lib/python{}.{}".format(*sys.version_info))
    packages = folder / "site-packages"
    for module, distribution in (("first", "first_one-1.0"), ("second", "second-2.0")):
        (packages / module).mkdir(parents=True)
        (packages / module / "__init__.py").write_text("one")
        (packages / f"{distribution}.dist-info").mkdir()
        record = f"{module}/__init__.py,sha256=00,3\n{distribution}.dist-info/RECORD,,\n"
        (packages / f"{distribution}.dist-info" / "RECORD").write_text(record)
    return packages


def test_a_whole_environment_has_lost_nothing(packages: Path) -> None:
    assert setup.damage() == ""


def test_a_package_that_was_removed_is_named(packages: Path) -> None:
    (packages / "second" / "__init__.py").unlink()

    assert setup.damage() == "second/__init__.py"


def test_a_file_that_was_cut_off_is_named(packages: Path) -> None:
    (packages / "first" / "__init__.py").write_text("")

    assert setup.damage() == "first/__init__.py"


def test_a_distribution_of_the_lock_that_is_not_there_is_named(packages: Path) -> None:
    (packages / "first_one-1.0.dist-info" / "RECORD").unlink()
    (packages / "first_one-1.0.dist-info").rmdir()

    assert setup.damage() == "first-one"


def test_a_record_that_is_gone_is_named(packages: Path) -> None:
    (packages / "second-2.0.dist-info" / "RECORD").unlink()

    assert setup.damage() == str(packages / "second-2.0.dist-info" / "RECORD")
