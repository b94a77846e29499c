"""``xingke check`` sees what was changed behind the back of the software."""

from datetime import date

import pytest

from tests.cast import NOW, Cast
from xingke.casework import queries
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.checks import cases
from xingke.casework.models import Case, CaseStep, Filed
from xingke.casework.tests.flowing import FOLDER
from xingke.registry import actions as registry
from xingke.registry.models import Definition

pytestmark = pytest.mark.db


@pytest.fixture
def case(cast: Cast) -> Case:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    first = StepWanted(step="received", typed={"title": "用电贵"})
    case = open_case(
        new=NewCase(flow="ticket", region=cast.county, organisation=cast.firm), first=first, by=cast.officer, now=NOW
    )
    wanted = StepWanted(step="assigned", assignee=cast.director)
    take_step(case=case, wanted=wanted, seen=1, by=cast.officer, now=NOW)
    return case


def _problems() -> list[str]:
    return [problem.partition("：")[2] or problem for result in cases() for problem in result.problems]


def test_what_nobody_touched_is_well(case: Case) -> None:
    assert [result.said for result in cases()] == ["办理事项：1 件，0 处不对"]


def test_what_was_changed_is_seen(case: Case, cast: Cast) -> None:
    first = CaseStep.objects.get(case=case, number=1)
    CaseStep.objects.filter(pk=first.pk).update(answers={"title": "用水贵"})
    assert _problems() == ["第 1 步的内容与摘要不符", "列出的“title”与填写的不符"]
    CaseStep.objects.filter(pk=first.pk).update(answers=first.answers)
    for column, value in {"opinion": "改过", "on": date(2026, 1, 1), "taken_by": None}.items():
        before = getattr(first, column)
        CaseStep.objects.filter(pk=first.pk).update(**{column: value})
        assert _problems() == ["第 1 步的内容与摘要不符"]
        CaseStep.objects.filter(pk=first.pk).update(**{column: before})
    for column, value in {"flow": "paper", "region": cast.sibling, "is_below": True}.items():
        before = getattr(first, column)
        CaseStep.objects.filter(pk=first.pk).update(**{column: value})
        assert _problems() == ["列表按步骤筛选的业务、区划或上下级，与事项不符"]
        CaseStep.objects.filter(pk=first.pk).update(**{column: before})
    CaseStep.objects.filter(case=case, number=2).update(stands="answered")
    assert _problems() == ["现在到哪一步，与办过的步骤不符"]
    CaseStep.objects.filter(case=case, number=2).update(stands="assigned", seq_from=first.seq_to + 1)
    assert _problems() == ["步骤的起止不相连"]


def test_what_is_gone_is_missed(case: Case) -> None:
    step = CaseStep.objects.get(case=case, number=1)
    filed = Filed.objects.create(step=step, kind="payment", record=case.key)
    assert _problems() == [f"步骤 {step.pk} 登记的记录 {case.key} 不在台账里"]
    filed.delete()
    Definition.objects.filter(kind="flow", key="ticket").delete()
    queries._with_hash.cache_clear()
    assert _problems() == ["办理流程的定义不在了"]
