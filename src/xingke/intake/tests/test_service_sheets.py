"""The log of commissioners as places keep it: a register, a handbook, a work diary; a row is one visit of one person."""

import csv
import io
from collections.abc import Mapping, Sequence

import pytest

from tests.cast import NOW, Cast
from xingke.intake.actions import import_table
from xingke.intake.checking import sheet_form
from xingke.intake.reading import read_table
from xingke.intake.rows.incoming import Options
from xingke.ledger.models import ServiceLog, ServiceLogEvent, State
from xingke.registry.actions import people

pytestmark = pytest.mark.db

REGISTER = {
    "日期": "2026-02-10",
    "特派员": "何远山",
    "地点": "柳湾镇上游村",
    "服务对象": "柳湾蔬菜合作社",
    "服务方式": "现场",
    "服务内容": "技术指导",
    "解决问题": "灰霉病防治",
    "服务人数": "12",
    "培训人次": "40",
    "发放资料": "50",
    "照片": "2张",
    "审核": "通过",
}
HANDBOOK = {
    "序号": "1",
    "服务时间": "2026.2.10",
    "科技特派员": "何远山",
    "服务地点（乡镇、村）": "柳湾镇上游村",
    "服务农户": "柳湾蔬菜合作社",
    "服务形式": "入户",
    "服务项目": "指导",
    "服务人次": "12人次",
    "农户签字": "（签字）",
}
DIARY = {
    "编号": "",
    "工作日期": "2026年2月10日",
    "特派员姓名": "何远山",
    "服务村": "柳湾镇上游村",
    "指导对象": "柳湾蔬菜合作社",
    "服务类型": "线下",
    "解决的问题": "灰霉病防治",
    "指导人数": "12人",
    "发放技术资料": "50册",
    "引进新品种": "1",
    "示范面积（亩）": "8.5",
    "备注": "",
}


def handed_over(cast: Cast, *rows: Mapping[str, str]) -> tuple[Mapping[str, int], Sequence[str]]:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    outcome = import_table(
        form=sheet_form("service_log"),
        table=read_table(text.getvalue().encode(), name="服务记录.csv"),
        file_name="服务记录.csv",
        by=cast.statistician,
        now=NOW,
        options=Options(region="990121"),
        is_trial=False,
    )
    return outcome.counts, [str(problem) for left in outcome.left for problem in left.problems]


def standing() -> list[ServiceLogEvent]:
    return list(ServiceLogEvent.objects.filter(seq_to__isnull=True).exclude(state=State.VOID).order_by("pk"))


@pytest.mark.parametrize("row", [REGISTER, HANDBOOK, DIARY], ids=["register", "handbook", "diary"])
def test_a_row_of_every_layout_is_the_visit_it_says(cast: Cast, row: Mapping[str, str]) -> None:
    known = people.enter_person(name="何远山", region=cast.county, facts={}, by=cast.officer, now=NOW)

    counts, problems = handed_over(cast, row)

    assert counts["new"] == 1 and problems == []

    (event,) = standing()
    record = ServiceLog.objects.get(seq_to__isnull=True)
    assert (record.name, record.place, record.way) == ("柳湾蔬菜合作社", "柳湾镇上游村", "on_site")
    assert (event.happened_on.isoformat(), event.people, event.person) == ("2026-02-10", 120_000, known)


def test_the_same_visit_of_three_layouts_is_one(cast: Cast) -> None:
    people.enter_person(name="何远山", region=cast.county, facts={}, by=cast.officer, now=NOW)
    for row in (REGISTER, HANDBOOK, DIARY):
        assert handed_over(cast, row)[1] == []
    (event,) = standing()
    assert (event.people, event.trained, event.materials, event.varieties, event.area) == (
        120_000,
        400_000,
        500_000,
        10_000,
        85_000,
    )


def test_three_villages_two_days_and_two_persons_are_each_a_visit(cast: Cast) -> None:
    rows = [
        REGISTER,
        {**REGISTER, "地点": "柳湾镇下游村"},
        {**REGISTER, "服务对象": "前山果园"},
        {**REGISTER, "日期": "2026-02-11"},
        {**REGISTER, "特派员": "陈禾"},
    ]
    assert handed_over(cast, *rows)[0]["new"] == 5
    assert handed_over(cast, *rows)[0]["unchanged"] == 5
    assert len(standing()) == 5 and len({event.person_id for event in standing()}) == 2


def test_the_same_row_twice_in_a_file_is_not_two_visits(cast: Cast) -> None:
    counts, problems = handed_over(cast, REGISTER, REGISTER)
    assert counts["new"] == 1 and problems and len(standing()) == 1


@pytest.mark.parametrize(
    "changed, why",
    [
        ({"地点": ""}, "地点"),
        ({"服务对象": ""}, "服务对象"),
        ({"服务方式": "飞鸽传书"}, "服务方式"),
        ({"服务人数": "很多"}, "服务人数"),
        ({"特派员": "何远山、陈禾"}, "每人各写一行"),
        ({"审核": "作废"}, "审核"),
    ],
)
def test_what_cannot_be_is_left_with_its_reason(cast: Cast, changed: Mapping[str, str], why: str) -> None:
    counts, problems = handed_over(cast, {**REGISTER, **changed})
    assert counts["new"] == 0 and why in " ".join(problems) and not standing()
