"""Two real facts that look alike: both are filed when somebody says so, and nothing is overwritten in silence."""

from collections.abc import Mapping

import pytest
from django.db.models import Sum

from tests.cast import NOW, Cast
from xingke.intake.actions import file_batch, stage_again, stage_table
from xingke.intake.checking import sheet_form
from xingke.intake.rows.incoming import Options
from xingke.intake.tests.test_importing_histories import bring, found, said, table_of
from xingke.ledger import actions
from xingke.ledger.models import Appointment, ContractEvent, EventSession, Patent, Payment, PaymentEvent
from xingke.registry.models import Person

pytestmark = pytest.mark.db

FIRM = "青溪县明渠传感科技有限公司"
PAID = {
    "收款单位": FIRM,
    "用途": "专利资助",
    "级别": "县级",
    "资金名称": "2025年度专利资助",
    "兑现日期": "2025-12-20",
    "兑现金额（万元）": "0.5",
}
LESS = {**PAID, "兑现金额（万元）": "0.3"}
POST = {"岗位类型": "科技特派员", "专业领域": "马铃薯种植", "选派日期": "2025-04-01"}


def total() -> int:
    """分 in all payments in force."""
    return int(PaymentEvent.objects.filter(seq_to__isnull=True).aggregate(sum=Sum("amount"))["sum"] or 0)


def marked(row: Mapping[str, str], **marks: str) -> dict[str, str]:
    return {**row, **marks}


def test_two_sums_of_one_day_ask_to_be_told_apart(cast: Cast) -> None:
    outcome = bring("payment", PAID, LESS, by=cast.officer)

    assert said(outcome) == [
        "资金名称 列为“2025年度专利资助”：与第 2 行说的是同一件事；是重复的请删去一行，确是另一笔（另一人、另一次）的请勾选“另一笔”。"
    ]
    assert total() == 5_000_00


def test_a_column_says_that_a_row_is_one_more(cast: Cast) -> None:
    outcome = bring("payment", marked(PAID, 另一笔=""), marked(LESS, 另一笔="是"), by=cast.officer)

    assert (said(outcome), found(outcome), total()) == ([], {"new": 2}, 8_000_00)
    assert set(Payment.objects.values_list("source_place", flat=True)) == {"第 2 行", "第 3 行（另一笔）"}


def test_a_second_file_overwrites_no_amount_in_silence(cast: Cast) -> None:
    bring("payment", PAID, by=cast.officer)

    assert said(bring("payment", LESS, by=cast.officer, name="补.csv")) == [
        "兑现金额（万元） 列为“0.3万元”：台账中同一单位同名同日已有 0.5万元；是另一笔的请勾选“另一笔”，是更正的请勾选“更正”。"
    ]
    assert total() == 5_000_00
    assert found(bring("payment", marked(LESS, 另一笔="√"), by=cast.officer, name="补.csv")) == {"new": 1}
    assert total() == 8_000_00


def test_a_correction_is_said_as_well(cast: Cast) -> None:
    bring("payment", PAID, by=cast.officer)

    assert found(bring("payment", marked(LESS, 更正="是"), by=cast.officer, name="改.csv")) == {"changed": 1}
    assert total() == 3_000_00


@pytest.mark.parametrize("times", [1, 2, 3])
def test_the_same_file_again_writes_nothing_however_many_rows_look_alike(cast: Cast, times: int) -> None:
    rows = [marked(PAID, 另一笔=""), *(marked(PAID, 另一笔=str(number)) for number in range(1, times))]
    bring("payment", *rows, by=cast.officer)

    assert found(bring("payment", *rows, by=cast.officer)) == {"unchanged": times}
    assert found(bring("payment", *rows, by=cast.officer, name="另存.csv")) == {"unchanged": times}
    assert total() == times * 5_000_00


def test_a_file_whose_first_rows_are_marked_later_files_only_what_was_left(cast: Cast) -> None:
    """Two rows, the second was refused; then somebody marks both in the same file."""
    bring("payment", PAID, LESS, by=cast.officer)

    outcome = bring("payment", marked(PAID, 另一笔="1"), marked(LESS, 另一笔="2"), by=cast.officer)

    assert (found(outcome), total()) == ({"unchanged": 1, "new": 1}, 8_000_00)


def test_an_equal_sum_of_another_file_is_one_more_if_it_says_so_and_else_the_same(cast: Cast) -> None:
    bring("payment", PAID, by=cast.officer)

    same = bring("payment", PAID, by=cast.officer, name="另.csv")
    assert found(same) == {"unchanged": 1}
    assert [str(note) for row in same.checked.rows for note in row.notes] == [
        "台账中已有同样的一条（来自“清单.csv”），没有再登记；是另一笔的请勾选“另一笔”"
    ]
    more = bring("payment", marked(PAID, 另一笔="y"), by=cast.officer, name="另.csv")
    assert (found(more), total()) == ({"new": 1}, 10_000_00)
    assert [str(note) for row in more.checked.rows for note in row.notes] == [
        "台账中另有完全相同的一条，这一行按另一笔登记"
    ]


def test_sums_of_one_name_on_several_days_are_all_filed_and_known_again(cast: Cast) -> None:
    rows = [marked(PAID, 兑现日期=day) for day in ("2025-03-20", "2025-06-20", "2025-09-20")]

    assert found(bring("payment", *rows, by=cast.officer)) == {"new": 3}
    assert found(bring("payment", *rows, by=cast.officer)) == {"unchanged": 3}
    later = [marked(PAID, 兑现日期=day) for day in ("2025-10-20", "2025-11-20")]
    assert bring("payment", *later, by=cast.officer, name="四季度.csv").counts["rejected"] == 0
    assert total() == 5 * 5_000_00


def test_what_is_one_record_in_the_ledger_is_not_filed_again_by_its_days(cast: Cast) -> None:
    rows = [marked(PAID, 兑现日期=day) for day in ("2025-03-20", "2025-06-20")]
    for row in rows:
        bring("payment", row, by=cast.officer)
    assert Payment.objects.filter(seq_to__isnull=True).count() == 1

    assert found(bring("payment", *rows, by=cast.officer)) == {"unchanged": 2}


def test_two_later_days_of_one_sum_in_one_file_are_both_filed(cast: Cast) -> None:
    bring("payment", PAID, by=cast.officer)
    rows = [marked(PAID, 兑现日期=day) for day in ("2026-01-20", "2026-02-20")]

    outcome = bring("payment", *rows, by=cast.officer, name="补.csv")

    assert (found(outcome), total()) == ({"new": 1, "changed": 1}, 3 * 5_000_00)
    assert found(bring("payment", *rows, by=cast.officer, name="补.csv")) == {"unchanged": 2}


def test_more_people_on_the_same_day_are_no_silent_correction(cast: Cast) -> None:
    row = {"活动类型": "培训", "活动名称": "高企培训", "活动时间": "2024-03-15", "参加人数": "120"}
    bring("event", row, by=cast.officer)

    assert said(bring("event", marked(row, 参加人数="80"), by=cast.officer, name="补.csv")) == [
        "参加人数 列为“80人次”：台账中同一单位同名同日已有 120人次；是另一笔的请勾选“另一笔”，是更正的请勾选“更正”。"
    ]
    bring("event", marked(row, 参加人数="80", 另一次="是"), by=cast.officer, name="补.csv")
    assert sorted(EventSession.objects.values_list("people", flat=True)) == [800_000, 1_200_000]


def test_two_contracts_of_one_name_without_numbers_are_told_apart_too(cast: Cast) -> None:
    row = {
        "卖方名称": FIRM,
        "合同类别": "技术开发",
        "合同名称": "技术服务",
        "签订日期": "2024-05-10",
        "合同金额（万元）": "10",
    }
    bring("contract", row, by=cast.officer)

    (sentence,) = said(bring("contract", marked(row, 签订日期="2024-08-10"), by=cast.officer, name="补.csv"))
    assert sentence == (
        "签订日期 列为“2024-08-10”：台账中同一单位同名的一条是 2024-05-10 的；是另一笔的请勾选“另一笔”，是更正的请勾选“更正”。"
    )
    bring("contract", marked(row, 签订日期="2024-08-10", 另一项="是"), by=cast.officer, name="补.csv")
    assert ContractEvent.objects.count() == 2


def test_a_patent_with_one_number_stays_one_whatever_is_ticked(cast: Cast) -> None:
    row = {
        "专利权人": FIRM,
        "专利类型": "发明",
        "专利名称": "一种装置",
        "申请号": "202310123456.6",
        "申请日": "2023-02-14",
        "另一笔": "是",
    }

    assert said(bring("patent", row, row, by=cast.officer)) == [
        "申请号 列为“202310123456.6”：与第 2 行是同一条记录，请只保留一行。"
    ]


def test_what_is_neither_yes_nor_no_is_asked_about(cast: Cast) -> None:
    assert said(bring("payment", marked(PAID, 另一笔="见说明"), by=cast.officer)) == [
        "另一笔 列为“见说明”：请填“是”，或留空。"
    ]


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def people() -> int:
    return Appointment.objects.filter(seq_to__isnull=True).count()


def test_two_people_with_one_post_are_two_records_by_their_names(cast: Cast) -> None:
    rows = [marked(POST, 姓名="张某"), marked(POST, 姓名="李某"), {**POST, "专业领域": "畜牧养殖", "姓名": "王某"}]

    assert (found(bring("appointment", *rows, by=cast.officer)), people()) == ({"new": 3}, 3)
    assert found(bring("appointment", *rows, by=cast.officer, name="另存.csv")) == {"unchanged": 3}
    assert Person.objects.count() == 3
    assert set(Person.objects.values_list("name", "sealed", "identity")) == {("", "", "")}  # no name is kept


def test_two_people_with_one_post_are_two_records_by_a_tick(cast: Cast) -> None:
    bring("appointment", POST, {**POST, "专业领域": "畜牧养殖"}, by=cast.officer, name="名单.csv")

    for name in ("补充.csv", "补充.csv"):
        bring("appointment", marked(POST, 另一人="是"), by=cast.officer, name=name)

    assert people() == 3


def test_a_list_that_was_filed_without_names_is_not_filed_twice_with_them(cast: Cast) -> None:
    bring("appointment", POST, by=cast.officer)

    outcome = bring("appointment", marked(POST, 姓名="张某"), marked(POST, 姓名="李某"), by=cast.officer, name="新.csv")

    assert (found(outcome), people()) == ({"new": 1, "changed": 1}, 2)
    assert Appointment.objects.filter(seq_to__isnull=True, person=None).count() == 0


def test_another_year_of_a_post_is_asked_about_and_overwrites_no_day(cast: Cast) -> None:
    bring("appointment", POST, by=cast.officer)

    (sentence,) = said(bring("appointment", marked(POST, 选派日期="2026-02-01"), by=cast.officer, name="今年.csv"))

    assert "台账中同一单位同名的一条是 2025-04-01 的；是另一笔的请勾选“另一笔”" in sentence


# ── numbers that do not check ───────────────────────────────────────────────────────────────────────────────────────

PATENT = {
    "专利权人": FIRM,
    "专利类型": "发明",
    "专利名称": "一种装置",
    "申请号": "202310123456.4",
    "申请日": "2023-02-14",
}


def test_a_wrong_check_digit_stops_the_row_unless_somebody_says_why_it_is_right(cast: Cast) -> None:
    (sentence,) = said(bring("patent", PATENT, by=cast.officer))
    assert sentence == (
        "申请号 列为“202310123456.4”：申请号 202310123456.4 的校验位不对，请对照受理通知书或证书核对。"
        "确是如此的，请勾选“确认无误”并写明理由。"
    )
    sure = marked(PATENT, 确认无误="是", 理由="通知书如此")
    assert found(bring("patent", sure, by=cast.officer)) == {"new": 1}
    assert Patent.objects.get().reason == "编号确认无误：通知书如此"
    assert found(bring("patent", PATENT, by=cast.officer, name="另.csv")) == {"unchanged": 1}  # it stands, undoubted


def test_ticks_made_on_the_page_work_like_the_columns(cast: Cast) -> None:
    batch = stage_table(
        form=sheet_form("payment"),
        table=table_of(PAID, LESS),
        file_name="清单.csv",
        by=cast.officer,
        now=NOW,
        options=Options(region="990121"),
    )
    assert (batch.counts["new"], batch.counts["rejected"]) == (1, 1)

    stage_again(batch=batch, options=Options(region="990121", another=[3]), by=cast.officer)
    file_batch(batch=batch, by=cast.officer, now=NOW)

    assert total() == 8_000_00


def test_a_confirmed_sum_is_not_corrected_by_a_tick(cast: Cast) -> None:
    bring("payment", PAID, by=cast.officer)
    draft = PaymentEvent.objects.get()
    actions.confirm_event(kind="payment", record=draft.record, version=1, by=cast.director, now=NOW)

    assert "这条记录已经确认" in said(bring("payment", marked(LESS, 更正="是"), by=cast.officer, name="改.csv"))[0]


def test_one_more_of_what_was_filed_as_one_more_is_filed_from_the_page_as_shown(cast: Cast) -> None:
    bring("payment", marked(PAID, 另一笔="是"), by=cast.officer, name="一.csv")
    rows = [marked(PAID, 另一笔="1"), marked(PAID, 另一笔="2")]
    batch = stage_table(
        form=sheet_form("payment"),
        table=table_of(*rows),
        file_name="二.csv",
        by=cast.officer,
        now=NOW,
        options=Options(region="990121"),
    )
    assert (batch.counts["unchanged"], batch.counts["new"]) == (1, 1)

    file_batch(batch=batch, by=cast.officer, now=NOW)

    assert total() == 10_000_00


def test_one_more_than_what_another_file_filed_as_one_more_has_a_word_of_its_own(cast: Cast) -> None:
    bring("payment", marked(PAID, 另一笔=""), marked(PAID, 另一笔="是"), by=cast.officer, name="一.csv")

    same = bring("payment", marked(PAID, 另一笔="是"), by=cast.officer, name="二.csv")
    (note,) = [str(note) for row in same.checked.rows for note in row.notes]
    assert note.endswith("（来自“一.csv”），这一行当作那一条，没有再登记；确是又一笔的，请在“另一笔”一列写“又一笔”")
    for _time in range(2):
        bring("payment", marked(PAID, 另一笔="又一笔"), by=cast.officer, name="二.csv")
    assert total() == 15_000_00
