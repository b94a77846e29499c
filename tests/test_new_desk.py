"""A desk that was just begun runs: its flow loads, a case is opened and closed, and is counted under its own business."""

import shutil
from pathlib import Path

import pytest

from tests.cast import NOW, PACKS, Cast
from tools.new_desk import PACK, main
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.models import CaseStep
from xingke.ledger.models import Matter
from xingke.registry import actions as registry


@pytest.mark.db
def test_a_desk_that_was_just_begun_runs_to_its_end(cast: Cast, tmp_path: Path) -> None:
    shutil.copytree(PACKS / "national", tmp_path / PACK)
    assert main(["farm_visits", "--title", "农场走访", "--en", "Farm visits"], root=tmp_path) == 0
    registry.load_pack(folder=tmp_path / PACK, by=None, now=NOW)

    written = compile((tmp_path / "src/xingke/casework/tests/test_desk_farm_visits.py").read_text("utf-8"), "t", "exec")
    first = StepWanted(step="asked", typed={"title": "样例", "wanted": "样例"})
    new = NewCase(flow="farm_visits", region=cast.county, organisation=cast.firm)
    case = open_case(new=new, first=first, by=cast.enterprise, now=NOW)
    take_step(case=case, wanted=StepWanted(step="answered", opinion="已答复"), seen=1, by=cast.officer, now=NOW)

    assert case.number == "FARMVISITS-990121-2026-0001"
    assert CaseStep.objects.get(case=case, seq_to__isnull=True).ended == "done"
    assert Matter.objects.get(seq_to__isnull=True).business == "farm_visits"
    assert "test_a_firm_asks_and_an_officer_answers" in written.co_names


@pytest.mark.parametrize("name", ["Visits", "v", "访", "a-b", ""])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--title", "走访", "--en", "Visits"], root=tmp_path) == 1
    assert "小写字母" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_desk_that_is_there_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["visits", "--title", "走访", "--en", "Visits"]
    assert main(asked, root=tmp_path) == 0
    assert main(asked, root=tmp_path) == 1
    assert "已经有了" in capsys.readouterr().err
