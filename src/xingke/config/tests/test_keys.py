"""Keys and locks on the command line: what an operator types, and what check says of a bad line."""

from pathlib import Path

import pytest
from django.test import Client

from tests.cast import PASSWORD, Cast
from xingke.config.command import main
from xingke.config.tests import small
from xingke.reports.checks import trusted

pytestmark = pytest.mark.slow


def test_one_installation_prints_its_key_and_another_trusts_it(tmp_path: Path) -> None:
    """On the command line, as two bureaus do it."""
    city, county = tmp_path / "city", tmp_path / "county"
    for data in (city, county):
        small.command(data, "django", "migrate", "--verbosity=0")
    printed = small.command(county, "key", "--name", "青溪县科技局")
    assert printed.returncode == 0, printed.stderr
    (tmp_path / "line.txt").write_text(printed.stdout.splitlines()[-1] + "\n")

    added = small.command(city, "trust", str(tmp_path / "line.txt"))
    listed = small.command(city, "trust", "--list")
    again = small.command(city, "trust", str(tmp_path / "line.txt"))
    removed = small.command(city, "trust", "--remove", "青溪县科技局")

    assert (added.returncode, listed.returncode, again.returncode, removed.returncode) == (0, 0, 2, 0)
    assert "已承认“青溪县科技局”的签名" in added.stdout
    assert (tmp_path / "line.txt").read_text().strip() in listed.stdout
    assert "已在名单中" in again.stderr
    assert (city / "trusted.keys").read_text() == ""


def test_check_names_the_line_of_the_list_that_is_no_key(data_folder: Path) -> None:
    (data_folder / "trusted.keys").write_text(f"# 名单\n清源市科技局\n{'ab' * 32} 乙县\n")

    (said,) = list(trusted())

    assert said.said == "另外承认 1 个公钥"
    assert said.problems == (
        "trusted.keys 第 2 行没有算数：“清源市科技局”不是公钥：应为 64 位十六进制数字（0-9、a-f），见对方 xingke key 的输出。",
    )


def test_check_says_when_the_own_key_is_damaged(data_folder: Path) -> None:
    (data_folder / "signing.key").write_text("ab")

    (said,) = list(trusted())

    assert "signing.key 已损坏" in said.problems[0]


def test_the_last_resort_against_a_locked_account_is_a_command(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    def sign_in(password: str) -> int:
        return Client().post("/sign-in/", {"username": "security", "password": password}).status_code

    assert [sign_in("wrong-password") for _attempt in range(5)][-1] == 429

    assert main(["unlock", "security"]) == 0
    assert "账号“security”已解锁" in capsys.readouterr().out
    assert sign_in(PASSWORD) == 302
    assert main(["unlock", "officer"]) == 2
    assert "没有锁定" in capsys.readouterr().err
