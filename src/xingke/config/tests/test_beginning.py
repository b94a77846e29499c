"""``xingke begin``: an installation begins once, with three administrators and nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from xingke.config.tests.small import command, environment, python

pytestmark = pytest.mark.slow


def test_it_begins_once_and_the_passwords_are_nowhere_but_on_the_screen(tmp_path: Path) -> None:
    begun = command(tmp_path, "begin")
    assert begun.returncode == 0, begun.stderr
    assert begun.stdout.count("管理员") >= 3

    again = command(tmp_path, "begin")
    assert again.returncode == 2
    assert "已有账号" in again.stderr

    said = python(
        tmp_path,
        "from xingke.accounts.models import User\n"
        "from xingke.registry.models import Grant, Organisation, Region\n"
        "print(sorted(User.objects.values_list('username', 'must_change_password')))\n"
        "print(sorted(Grant.objects.values_list('role', 'region__code')))\n"
        "print(Region.objects.filter(is_fictional=True).count(), Organisation.objects.count())",
    )
    assert said.splitlines() == [
        "[('auditor', True), ('security', True), ('system', True)]",
        "[('auditor', '000000'), ('security_administrator', '000000'), ('system_administrator', '000000')]",
        "0 0",
    ]
    assert command(tmp_path, "check").returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_passwords_that_cannot_be_shown_leave_no_accounts(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        failed = subprocess.run(
            [sys.executable, "-m", "xingke.config.command", "begin"],
            env=environment(tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=120,
            check=False,
        )

    assert failed.returncode != 0
    assert python(tmp_path, "from xingke.accounts.models import User\nprint(User.objects.count())") == "0\n"


def test_whoever_has_the_server_gives_a_new_password_and_the_trail_says_so(tmp_path: Path) -> None:
    assert command(tmp_path, "begin").returncode == 0

    reset = command(tmp_path, "reset-password", "security")

    assert reset.returncode == 0, reset.stderr
    (password,) = re.findall(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}", reset.stdout)
    said = python(
        tmp_path,
        "from xingke.accounts.models import AuditEntry, User\n"
        f"user = User.objects.get(username='security')\nprint(user.check_password('{password}'), user.must_change_password)\n"
        "entry = AuditEntry.objects.first()\nprint(entry.action, entry.target, entry.by_name)",
    )
    assert said.splitlines() == ["True True", "password.reset security 系统"]
    assert command(tmp_path, "reset-password", "nobody").returncode == 2


def test_the_demonstration_keeps_out_of_an_installation_that_is_none(tmp_path: Path) -> None:
    assert command(tmp_path, "begin").returncode == 0
    what = (
        "from xingke.accounts.models import AuditEntry, User\nprint(User.objects.count(), AuditEntry.objects.count())"
    )
    before = python(tmp_path, what)

    refused = command(tmp_path, "demo", "--no-serve", "--scale", "0.02")

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "不是演示建立的账号“system”" in refused.stderr
    assert not (tmp_path / "demo-accounts.txt").exists()
    assert python(tmp_path, what) == before
