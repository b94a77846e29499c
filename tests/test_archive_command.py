"""``xingke archive check``: a volume, or one that was taken away, against its manifest."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from xingke.archive.models import ArchiveItem
from xingke.archive.tests.filing import closed_volume, load_flows
from xingke.config.command import main

pytestmark = pytest.mark.db


def test_the_command_says_what_is_missing_and_ends_with_one(
    cast: Cast, capsys: pytest.CaptureFixture[str], signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    load_flows()
    closed = closed_volume(cast)
    path = tmp_path / "卷.zip"
    answer = signed_in("officer").get(reverse("archive:volume-zip", args=[closed.key]))
    path.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]

    assert main(["archive", "check", closed.number]) == 0
    assert "与封卷时一致" in capsys.readouterr().out
    assert main(["archive", "check", str(path)]) == 0
    assert "本安装的密钥" in capsys.readouterr().out

    ArchiveItem.objects.update(title="改过")
    assert main(["archive", "check", closed.number]) == 1
    assert "库里的卷内目录与封卷时的清单不一致" in capsys.readouterr().out
    assert main(["archive", "check", "J999-WS·2026·Y-001"]) == 2
    assert "没有档号为“J999-WS·2026·Y-001”的案卷" in capsys.readouterr().err
