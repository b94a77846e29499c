"""A first ``xingke demo`` that is broken off, wherever, is finished by the next one."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.cast import NOW
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.config.tests.small import command, environment, python
from xingke.demo import actions
from xingke.registry import actions as registry
from xingke.registry import queries

pytestmark = pytest.mark.slow

BROKEN_OFF_AT = ("虚构台账 recognition", "published-figures.csv", "研发投入后补助", "文稿")
SCALE = ("demo", "--no-serve", "--scale", "0.001")


def killed_at(data: Path, words: str) -> None:
    """Run the demonstration until it says ``words``, then kill it outright."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "xingke.config.command", *SCALE],
        env=environment(data),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert any(line.startswith(words) for line in process.stdout)
        process.kill()
    assert process.returncode == -9


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_again_and_again_it_is_whole_in_the_end(tmp_path: Path) -> None:
    for words in BROKEN_OFF_AT:
        killed_at(tmp_path, words)

    done = command(tmp_path, *SCALE)

    assert (done.returncode, done.stderr) == (0, "")
    told = python(
        tmp_path,
        "from django.conf import settings\n"
        "from xingke.accounts.models import User\n"
        "from xingke.reports.models import Document\n"
        "known = dict(line.split() for line in (settings.DATA / 'demo-accounts.txt').open())\n"
        "print(all(User.objects.get(username=name).check_password(word) for name, word in known.items()), len(known))\n"
        "from xingke.casework.models import CaseStep\n"
        "asked = CaseStep.objects.filter(seq_to=None, flow='rnd_post_subsidy')\n"
        "print(asked.filter(stands='announced').count())\n"
        "for each in Document.objects.order_by('pk'): print(each.title, [step.step for step in each.steps.order_by('pk')])\n",
    )
    assert told.splitlines() == [
        "True 13",
        "3",
        "民乐县2024年上半年科技工作总结 []",
        "青溪县2024年科技工作总结 ['asked']",
        "青溪县2025年科技工作总结 ['asked', 'passed', 'published']",
    ]
    assert command(tmp_path, "check").returncode == 0


@pytest.mark.django_db
def test_what_an_earlier_program_left_half_done_is_to_be_removed_and_that_is_said() -> None:
    by = actions.ensure_operator(now=NOW)
    region = queries.region_by_name_or_code("青溪县")
    firm = registry.NewOrganisation(key=new_key(), name="青溪县甲厂", region=region, is_fictional=True)
    registry.enter_organisations(organisations=[firm], by=by, now=NOW, source="虚构")

    with pytest.raises(Refused) as refusal:
        actions.prepare(now=NOW, say=print, scale=0.001)

    assert str(refusal.value) == (
        f"上一次准备演示数据时中断，留下了不完整的台账，不能接着做；请删除文件夹“{settings.DATA}”（其中只有演示数据），"
        "或用 XINGKE_DATA 另指一个文件夹，再运行一次。"
    )
