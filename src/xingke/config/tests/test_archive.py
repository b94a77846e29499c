"""``xingke archive check``: a volume in the database or as the file that was downloaded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import NOW, Cast
from xingke.archive.models import ArchiveItem
from xingke.archive.tests.filing import closed_volume, load_flows, packed
from xingke.config.command import main

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def flows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    load_flows()
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_it_says_what_is_missing_and_ends_with_one(
    cast: Cast, capsys: pytest.CaptureFixture[str], signed_in: SignIn, tmp_path: Path
) -> None:
    closed = closed_volume(cast)
    path = tmp_path / "卷.zip"
    path.write_bytes(packed(signed_in("officer"), closed))

    assert main(["archive", "check", closed.number]) == 0
    assert "与封卷时一致" in capsys.readouterr().out
    assert main(["archive", "check", str(path)]) == 0
    assert "本安装的密钥" in capsys.readouterr().out

    ArchiveItem.objects.update(title="改过")
    assert main(["archive", "check", closed.number]) == 1
    assert "库里的卷内目录与封卷时的清单不一致" in capsys.readouterr().out
    assert main(["archive", "check", "J999-WS·2026·Y-001"]) == 2
    assert "没有档号为“J999-WS·2026·Y-001”的案卷" in capsys.readouterr().err
