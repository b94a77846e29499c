"""Columns that are not read, and words around a table, may say that a row lies elsewhere, never came true, or is several."""

import pytest

from tests.cast import Cast
from xingke.base.refusals import Refused
from xingke.intake.rows.incoming import Options
from xingke.intake.tests.test_grouping import HEADER, firm, wrong
from xingke.intake.tests.test_grouping import bring as bring_book
from xingke.intake.tests.test_importing_histories import PATENT, bring, found, said
from xingke.ledger.models import Recognition, RecognitionEvent
from xingke.press.tests.books import book, data

pytestmark = pytest.mark.db

NEW = Options(region="990121", new_organisations=True)
TITLE = {"企业名称": "恒生材料有限公司", "证书编号": "GR202499000001", "发证日期": "2024-11-08"}
KNOWN = {**TITLE, "企业名称": "青溪县明渠传感科技有限公司"}

PLACED = [
    ("推荐单位", "云渡县科技局", "云渡县"),
    ("主管部门", "云渡县科学技术局", "云渡县"),
    ("企业地址", "云岭省清源市云渡县工业园区3号", "云渡县"),
    ("区县名称", "云渡县", "云渡县"),
    ("县（市、区）名称", "云渡", "云渡县"),
    ("所属市州", "澹湖市", "澹湖市"),
    ("所属市州", "乌有市", "乌有市"),
    ("区县名称", "青溪县", ""),
    ("所属区域", "工业园区", ""),
    ("活动", "进社区", ""),
    ("所属市州", "清源市", ""),
    ("企业地址", "清源市青溪县永丰镇3号", ""),
    ("推荐单位", "清源市科技局", ""),
    ("买方所在地", "云渡县", ""),
    ("联系人", "安宁", ""),
]


@pytest.mark.parametrize("header, text, other", PLACED)
def test_a_new_firm_is_not_filed_here_where_another_column_names_another_place(
    cast: Cast, header: str, text: str, other: str
) -> None:
    outcome = bring("high_tech_list", {**TITLE, header: text}, by=cast.officer, options=NEW)

    remedy = f"这一列没有读入，写的是“{other}”，而表中没有写明区划；请把写明所在地的一列叫做“区划”，与所在地无关的请删去这一列。"
    assert said(outcome) == ([f"{header} 列为“{text}”：{remedy}"] if other else [])


def test_a_place_that_is_said_and_a_known_firm_of_the_place_need_no_other_column(cast: Cast) -> None:
    row = {**TITLE, "推荐单位": "云渡县科技局"}

    assert said(bring("high_tech_list", {**row, "区划": "青溪县"}, by=cast.officer, options=NEW, is_trial=True)) == []
    assert said(bring("high_tech_list", {**KNOWN, "推荐单位": "云渡县科技局"}, by=cast.officer)) == []


ELSEWHERE = "区划 列为“云渡县”：不在您的授权范围内。"


def test_the_name_of_a_sheet_and_the_line_under_a_table_say_where_its_rows_belong(cast: Cast) -> None:
    rows = [HEADER, firm("恒生材料有限公司", 1)]

    assert wrong(bring_book(book(data(["说明"]), more=[("云渡县高企", "visible", data(*rows))]), cast)) == {
        2: ELSEWHERE
    }
    assert wrong(bring_book(book(data(*rows, ["填报单位：云渡县科技局", "", "填报人：某某"])), cast)) == {2: ELSEWHERE}


def test_a_total_that_names_a_place_says_it_of_the_rows_above(cast: Cast) -> None:
    rows = data(
        HEADER,
        firm("恒生材料有限公司", 1),
        ["云渡县小计", "1家"],
        firm("恒远材料有限公司", 2),
        ["青溪县小计", "1家"],
        firm("恒大材料有限公司", 3),
        ["清源市合计", "3家"],
    )

    assert wrong(bring_book(book(rows), cast)) == {2: ELSEWHERE}
    assert set(Recognition.objects.values_list("region__name", flat=True)) == {"青溪县"}


DENIED = [
    ("是否通过", "不通过", True),
    ("是否通过", "否", True),
    ("评审结果", "不予立项", True),
    ("认定结果", "未认定", True),
    ("备注", "已取消资格", True),
    ("备注", "公示有异议，暂不认定", True),
    ("状态", "失效", True),
    ("是否通过", "通过", False),
    ("是否规上", "否", False),
    ("是否首次认定", "否", False),
    ("备注", "原证书已失效", False),
    ("技术领域", "失效分析", False),
    ("备注", "未取消", False),
]


@pytest.mark.parametrize("header, text, is_refused", DENIED)
def test_what_another_column_says_never_came_true_or_is_over_is_not_filed(
    cast: Cast, header: str, text: str, is_refused: bool
) -> None:
    outcome = bring("high_tech_list", {**KNOWN, header: text}, by=cast.officer)

    assert found(outcome) == ({"rejected": 1} if is_refused else {"new": 1})
    assert not is_refused or f"{header} 列为“{text}”：这一列没有读入，写的却是没有成" in said(outcome)[0]


def test_a_loss_that_the_row_dates_itself_is_no_contradiction(cast: Cast) -> None:
    lapsed = {**PATENT, "失效日期": "2025-03-05", "法律状态": "失效"}
    applied = {**PATENT, "授权公告日": "", "法律状态": "驳回"}

    assert found(bring("patent", lapsed, by=cast.officer, is_trial=True)) == {"new": 1}
    assert found(bring("patent", applied, by=cast.officer, is_trial=True)) == {"new": 1}
    assert found(bring("patent", {**PATENT, "法律状态": "失效"}, by=cast.officer)) == {"rejected": 1}


def test_a_training_that_was_put_off_was_not_held(cast: Cast) -> None:
    held = {"主办单位": KNOWN["企业名称"], "活动类型": "科技培训", "活动名称": "农技培训", "活动时间": "2024-06-03"}

    assert found(bring("event", {**held, "备注": "延期至7月"}, by=cast.officer)) == {"rejected": 1}
    assert found(bring("event", {**held, "备注": "因大雨取消"}, by=cast.officer)) == {"rejected": 1}
    assert found(bring("event", {**held, "备注": "未延期"}, by=cast.officer)) == {"new": 1}


def test_a_row_that_counts_several_is_not_filed_as_one(cast: Cast) -> None:
    held = {"主办单位": KNOWN["企业名称"], "活动类型": "科技培训", "活动名称": "农技培训", "活动时间": "2024-06-03"}
    sent = {"岗位": "科技特派员", "专业领域": "马铃薯", "选派时间": "2024-06-03"}

    assert found(bring("event", {**held, "场次": "3"}, by=cast.officer)) == {"rejected": 1}
    assert found(bring("event", {**held, "场次": "1"}, by=cast.officer)) == {"new": 1}
    assert found(bring("appointment", {**sent, "人数": "3"}, by=cast.officer)) == {"rejected": 1}


def test_a_county_in_the_title_is_the_place_where_the_city_is_the_usual_one(cast: Cast) -> None:
    """Filed at the city's level they would be no county's."""
    rows = data(["青溪县2025年高新技术企业名单"], HEADER, firm(KNOWN["企业名称"], 1))

    outcome = bring_book(book(rows), cast, by=cast.statistician, region="990100")

    assert (wrong(outcome), [each.region for each in Recognition.objects.all()]) == ({}, [cast.county])


AROUND = [
    ("关于对2025年拟认定高新技术企业进行公示的通知", True),
    ("2025年第3批拟入库科技型中小企业公示名单", True),
    ("关于取消高新技术企业资格的公告", True),
    ("2025年高新技术企业培育库入库企业名单", True),
    ("2025年高新技术企业认定工作预算安排表", True),
    ("2025年第一批高新技术企业备案名单", False),
    ("关于公布2025年第二批高新技术企业的通知", False),
]


@pytest.mark.parametrize("title, is_refused", AROUND)
def test_a_list_of_what_is_not_yet_or_no_more_is_not_filed_as_done(cast: Cast, title: str, is_refused: bool) -> None:
    rows = data([title], HEADER, firm(KNOWN["企业名称"], 1))

    if is_refused:
        with pytest.raises(Refused, match="不能登记为“发证日期”"):
            bring_book(book(rows), cast)
    else:
        assert wrong(bring_book(book(rows), cast)) == {}


def test_a_certificate_another_column_calls_a_renewal_is_one(cast: Cast) -> None:
    first, again = {**KNOWN, "认定类型": "首次"}, {**KNOWN, "认定类型": "重新认定"}

    bring("high_tech_list", first, by=cast.officer, is_trial=True)
    outcome = bring("high_tech_list", again, by=cast.officer)

    (row,) = outcome.checked.rows
    assert [str(note) for note in row.notes] == ["“认定类型”写的是“重新认定”，按重新认定登记"]
    assert [event.event for event in RecognitionEvent.objects.all()] == ["re_recognised"]


def test_a_unit_under_the_table_is_that_of_its_numbers(cast: Cast) -> None:
    head = ["主办单位", "活动类型", "活动名称", "活动时间", "参加人数"]
    row = [KNOWN["企业名称"], "科技培训", "农技培训", "2024-06-03", "12"]

    for text, people in (("注：参加人数单位：百人", 1200), ("说明：单位为百人次", 1200)):
        outcome = bring_book(book(data(head, row, [text])), cast, "activity")
        assert [each.happened[0].measures["people"] for each in [outcome.checked.rows[0].content]] == [people * 10_000]
    with pytest.raises(Refused, match="几种单位"):
        bring_book(book(data(["单位：千人次"], head, row, ["注：单位：百人"])), cast, "activity")
