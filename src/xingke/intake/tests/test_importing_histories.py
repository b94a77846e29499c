"""Importing spreadsheets of records: what officers really have, twice, amended, dirty, and of other places."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db.models import Count

from tests.cast import NOW, Cast, file
from xingke.accounts.actions import set_account_active
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.queries import check_audit_chain, current_seq
from xingke.base.codes import is_credit_code, patent_check
from xingke.base.refusals import Refused
from xingke.base.sayings import told
from xingke.intake.actions import Outcome, file_batch, import_table, stage_table
from xingke.intake.checking import CHECKING, FILING, STAGING, sheet_form
from xingke.intake.models import ImportBatch
from xingke.intake.reading import IncomingTable, read_table
from xingke.intake.rows import incoming
from xingke.intake.rows.incoming import Options
from xingke.ledger import actions
from xingke.ledger.models import (
    Contract,
    ContractEvent,
    EventSession,
    Patent,
    PatentEvent,
    PaymentEvent,
    ProjectEvent,
    Recognition,
    RecognitionEvent,
    State,
)
from xingke.registry.models import Organisation

pytestmark = pytest.mark.db

PATENT = {
    "区划": "青溪县",
    "专利权人": "青溪县明渠传感科技有限公司",
    "专利类型": "发明",
    "专利名称": "一种示例装置",
    "申请号": "202310123456.6",
    "申请日": "2023-02-14",
    "授权公告日": "2024-03-05",
}
HERE = Options(region="990121")
CONFIRMED = Options(region="990121", confirmed=True)


def table_of(*rows: Mapping[str, str], encoding: str = "utf-8", name: str = "清单.csv") -> IncomingTable:
    """Rows as a CSV that is read the way every file is."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return read_table(text.getvalue().encode(encoding), name=name)


def bring(
    kind: str,
    *rows: Mapping[str, str],
    by: Any,
    options: Options = HERE,
    name: str = "清单.csv",
    is_trial: bool = False,
) -> Outcome:
    return import_table(
        form=sheet_form(kind),
        table=table_of(*rows),
        file_name=name,
        by=by,
        now=NOW,
        options=options,
        is_trial=is_trial,
    )


def said(outcome: Outcome) -> list[str]:
    return [str(problem) for row in outcome.left for problem in row.problems]


def found(outcome: Outcome) -> dict[str, int]:
    return {name: count for name, count in outcome.counts.items() if count}


def events(model: Any) -> list[tuple[str, str, str]]:
    rows = model.objects.filter(seq_to__isnull=True).order_by("happened_on", "step")
    return [(row.event, row.happened_on.isoformat(), row.state) for row in rows]


# ── what every kind has in common, on patents ───────────────────────────────────────────────────────────────────────


def test_a_row_becomes_a_record_with_its_history_as_drafts(cast: Cast) -> None:
    outcome = bring("patent", PATENT, by=cast.officer)

    assert (found(outcome), said(outcome)) == ({"new": 1}, [])
    row = Patent.objects.get()
    assert (row.number, row.form, row.name) == ("202310123456.6", "invention", "一种示例装置")
    assert (row.organisation, row.region, row.is_fictional) == (cast.firm, cast.county, True)
    assert (row.source, row.source_place, row.state) == ("清单.csv", "第 2 行", State.DRAFT)
    assert events(PatentEvent) == [("applied", "2023-02-14", "draft"), ("granted", "2024-03-05", "draft")]


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    bring("patent", PATENT, by=cast.officer)
    seq = current_seq()

    outcome = bring("patent", PATENT, by=cast.officer, name="另一个名字.csv")

    assert found(outcome) == {"unchanged": 1}
    assert current_seq() == seq and Patent.objects.count() == 1 and PatentEvent.objects.count() == 2


def test_an_import_is_one_number_and_one_audit_row(cast: Cast) -> None:
    seq = current_seq()

    bring("patent", PATENT, {**PATENT, "申请号": "202310123457.0"}, by=cast.officer)

    entry = AuditEntry.objects.get(seq=seq + 1)
    assert current_seq() == seq + 1
    assert (entry.action, entry.count, entry.target) == ("patent.imported", 2, "清单.csv")
    assert set(Patent.objects.values_list("seq_from", flat=True)) == {seq + 1}


def test_whoever_may_confirm_may_ask_for_it(cast: Cast) -> None:
    bring("patent", PATENT, by=cast.statistician, options=Options(region="990121", confirmed=True))

    assert {state for *_what, state in events(PatentEvent)} == {"confirmed"}


def test_who_may_not_confirm_files_drafts_whatever_was_asked(cast: Cast) -> None:
    bring("patent", PATENT, by=cast.officer, options=Options(region="990121", confirmed=True))

    assert {state for *_what, state in events(PatentEvent)} == {"draft"}


def test_what_is_known_later_is_added_and_an_empty_cell_takes_nothing_away(cast: Cast) -> None:
    bring("patent", {**PATENT, "授权公告日": ""}, by=cast.officer)

    outcome = bring(
        "patent", {**PATENT, "申请日": "", "专利名称": "一种改了名的装置"}, by=cast.officer, name="今年.csv"
    )

    assert found(outcome) == {"changed": 1}
    old, new = Patent.objects.order_by("version")
    assert (new.name, new.reason, old.seq_to) == ("一种改了名的装置", "重新导入 今年.csv", new.seq_from)
    assert events(PatentEvent) == [("applied", "2023-02-14", "draft"), ("granted", "2024-03-05", "draft")]
    assert set(PatentEvent.objects.values_list("version", flat=True)) == {1}


def test_another_day_of_what_happens_once_corrects_it(cast: Cast) -> None:
    bring("patent", PATENT, by=cast.officer)

    bring("patent", {**PATENT, "授权公告日": "2024-03-15"}, by=cast.officer)

    assert events(PatentEvent) == [("applied", "2023-02-14", "draft"), ("granted", "2024-03-15", "draft")]
    assert PatentEvent.objects.filter(event="granted").count() == 2  # the earlier version stands


def test_what_somebody_voided_does_not_come_back_with_the_same_file(cast: Cast) -> None:
    bring("patent", PATENT, by=cast.statistician)
    granted = PatentEvent.objects.get(event="granted")
    actions.void_event(kind="patent", record=granted.record, version=1, reason="误登", by=cast.statistician, now=NOW)

    assert found(bring("patent", PATENT, by=cast.statistician)) == {"unchanged": 1}


def test_a_trial_says_the_same_and_writes_nothing(cast: Cast) -> None:
    seq = current_seq()

    outcome = bring("patent", PATENT, by=cast.officer, is_trial=True)

    assert found(outcome) == {"new": 1}
    assert current_seq() == seq and not Patent.objects.exists() and not ImportBatch.objects.exists()


def test_ways_to_write_a_day(cast: Cast) -> None:
    days = ["2024-03-05", "2024/3/5", "2024.3.5", "2024年3月5日", "20240305", "２０２４－０３－０５", " 2024-03-05 "]
    rows = [
        {**PATENT, "申请号": f"20231012345{n}.{c}", "授权公告日": day}
        for n, (day, c) in enumerate(zip(days, "9382716", strict=True))
    ]

    outcome = bring("patent", *rows, by=cast.officer)

    assert (said(outcome), found(outcome)) == ([], {"new": len(days)})
    assert set(PatentEvent.objects.filter(event="granted").values_list("happened_on", flat=True)) == {date(2024, 3, 5)}


BAD = [
    ("no number", {"申请号": ""}, "申请号 列为“”：不能为空。"),
    ("a number that is none", {"申请号": "2023"}, "申请号 列为“2023”：不是专利申请号"),
    ("a number of another form", {"专利类型": "实用新型"}, "申请号表示的是“发明专利”"),
    ("an unknown form", {"专利类型": "商标"}, "专利类型 列为“商标”：不在代码表中，可写：发明专利"),
    ("a month alone", {"授权公告日": "2024年3月"}, "只有年月，请写到日"),
    ("no day", {"授权公告日": "去年"}, "授权公告日 列为“去年”：不是日期"),
    ("a day that does not exist", {"授权公告日": "2024-02-30"}, "不是日期"),
    ("a stored number", {"授权公告日": "45356"}, "像是日期被存成了数值"),
    ("the future", {"授权公告日": "2199-01-01"}, "在今天之后"),
    ("nothing happened", {"申请日": "—", "授权公告日": "/"}, "没有任何日期；至少要填一个。"),
    ("an unknown firm", {"专利权人": "乌有公司"}, "专利权人 列为“乌有公司”：“青溪县”没有这个单位"),
    ("no firm", {"专利权人": "无"}, "请填单位全称或统一社会信用代码"),
    ("an unknown place", {"区划": "乌有县"}, "没有这个区划"),
    ("a place of others", {"区划": "云渡县"}, "不在您的授权范围内"),
    ("a name too long", {"专利名称": "很" * 201}, "最多 200 个字"),
]


@pytest.mark.parametrize("story, change, sentence", BAD, ids=[story for story, *_ in BAD])
def test_a_bad_row_says_what_was_found_and_what_would_do(
    cast: Cast, story: str, change: dict[str, str], sentence: str
) -> None:
    outcome = bring("patent", {**PATENT, **change}, {**PATENT, "申请号": "202310123457.0"}, by=cast.officer)

    (problem,) = said(outcome)
    assert sentence in problem
    assert found(outcome) == {"new": 1, "rejected": 1}


def test_losing_what_was_never_held_is_refused_with_its_row(cast: Cast) -> None:
    row = {**PATENT, "授权公告日": "", "失效日期": "2024-05-01"}

    assert "这样的经过不能发生" in said(bring("patent", row, by=cast.officer))[0]


def test_one_record_twice_in_a_file_is_filed_once(cast: Cast) -> None:
    outcome = bring("patent", PATENT, {**PATENT, "申请号": "ZL 2023 1 0123456.6"}, by=cast.officer)

    assert said(outcome) == ["申请号 列为“ZL 2023 1 0123456.6”：与第 2 行是同一条记录，请只保留一行。"]


def test_nobody_amends_the_record_of_another_place(cast: Cast) -> None:
    bring("patent", PATENT, by=cast.officer)
    theirs = {**PATENT, "区划": "云渡县", "专利权人": cast.other_firm.name, "专利名称": "夺来的"}

    outcome = bring("patent", theirs, by=cast.neighbour, options=Options(region="990122"))

    assert "台账中这条记录属于您授权范围以外的区划，不能在这里改动。" in said(outcome)[0]
    assert Patent.objects.get().name == "一种示例装置"


@pytest.mark.parametrize("name", ["", "青溪县明渠传感科技有限公司", "乱写的名字"])
def test_nobody_ties_a_record_to_a_firm_they_may_not_see(cast: Cast, name: str) -> None:
    Organisation.objects.filter(pk=cast.firm.pk).update(credit_code="91330100MA28ABCD1X")
    theirs = {**PATENT, "区划": "云渡县", "专利权人": name, "统一社会信用代码": "91330100MA28ABCD1X"}
    options = Options(region="990122", new_organisations=True)

    outcome = bring("patent", theirs, by=cast.neighbour, options=options)

    assert said(outcome) == [
        "统一社会信用代码 列为“91330100MA28ABCD1X”：这个统一社会信用代码登记在您不能为其登记的单位名下，请核对代码。"
    ]
    assert bring("patent", {**theirs, "区划": "青溪县", "专利权人": ""}, by=cast.officer).counts["new"] == 1


def test_no_record_of_a_fictional_place_is_tied_to_a_real_firm(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.firm.pk).update(credit_code="91330100MA28ABCD1X", is_fictional=False)

    outcome = bring("patent", {**PATENT, "专利权人": "", "统一社会信用代码": "91330100MA28ABCD1X"}, by=cast.officer)

    assert "您不能为其登记的单位" in said(outcome)[0]


def test_what_moved_away_is_amended_where_it_is_now(cast: Cast) -> None:
    """The row names the first holder and place; what happens later is the present holder's, and theirs to enter."""
    bring("patent", PATENT, by=cast.statistician, options=CONFIRMED)
    arrival = actions.NewEvent(event="received", on=date(2024, 6, 1), region=cast.sibling, organisation=cast.other_firm)
    actions.add_event(
        kind="patent", subject=Patent.objects.get().record, event=arrival, by=cast.statistician, now=NOW, source="test"
    )
    lapsed = {**PATENT, "失效日期": "2025-01-01"}

    outcome = bring("patent", lapsed, by=cast.officer)
    assert "属于您授权范围以外的区划" in said(outcome)[0]

    assert said(bring("patent", lapsed, by=cast.statistician)) == []
    event = PatentEvent.objects.get(event="lapsed")
    assert (event.region, event.organisation) == (cast.sibling, cast.other_firm)


def test_a_void_record_does_not_come_back_with_the_same_file(cast: Cast) -> None:
    bring("patent", PATENT, by=cast.statistician)
    for event in PatentEvent.objects.order_by("-step"):
        actions.void_event(
            kind="patent", record=event.record, version=event.version, reason="错录", by=cast.statistician, now=NOW
        )

    outcome = bring("patent", PATENT, by=cast.statistician)

    assert found(outcome) == {"rejected": 1} and "已作废" in said(outcome)[0]


def test_two_new_firms_of_one_name_are_not_made_one(cast: Cast) -> None:
    codes = (f"91990121MA{number:08d}" for number in range(1000))
    first, second, *_rest = (code for code in codes if is_credit_code(code))
    row = {**PATENT, "专利权人": "同名厂", "统一社会信用代码": first}

    outcome = bring(
        "patent",
        row,
        {**row, "统一社会信用代码": second, "申请号": "201710601862.3"},
        by=cast.officer,
        options=Options(region="990121", new_organisations=True),
    )

    assert found(outcome) == {"new": 1, "rejected": 1} and first in said(outcome)[0]


WRONG_CODE = "91990121MA00000000"


def test_a_credit_code_with_a_wrong_check_digit_stops_the_row(cast: Cast) -> None:
    row = {**PATENT, "专利权人": "新厂", "统一社会信用代码": WRONG_CODE}
    asked = Options(region="990121", new_organisations=True)

    (sentence,) = said(bring("patent", row, by=cast.officer, options=asked))
    assert sentence == (
        "统一社会信用代码 列为“91990121MA00000000”：统一社会信用代码 91990121MA00000000 的第 17 位（主体标识码的校验位）、"
        "第 18 位（校验位）不对，请对照营业执照核对。确是如此的，请勾选“确认无误”并写明理由。"
    )
    assert said(bring("patent", {**row, "确认无误": "是"}, by=cast.officer, options=asked))[0] == (
        "理由 列为“”：请写明为什么确认无误（如“已对照受理通知书”），它会随记录保存。"
    )
    assert not Organisation.objects.filter(name="新厂").exists()


def test_a_credit_code_somebody_says_is_right_is_entered_and_remarked_once(cast: Cast) -> None:
    code = WRONG_CODE
    row = {**PATENT, "专利权人": "新厂", "统一社会信用代码": code, "确认无误": "√", "理由": "执照如此"}

    batch = stage_table(
        form=sheet_form("patent"),
        table=table_of(row, {**row, "申请号": "201710601862.3"}),
        file_name="清单.csv",
        by=cast.officer,
        now=NOW,
        options=Options(region="990121", new_organisations=True),
    )
    file_batch(batch=batch, by=cast.officer, now=NOW)

    (remark,) = [str(told(note)) for note in batch.notes if code in str(told(note))]
    assert "“新厂”" in remark and "校验位不符，已确认无误" in remark
    firm = Organisation.objects.get(credit_code=code)
    assert AuditEntry.objects.get(action="patent.imported").detail[AuditEntry.PARTS][0] == {
        "action": "organisations.entered",
        "kind": "organisation",
        "target": str(firm.key),
        "count": 1,
        "name": "新厂",
        "source": "清单.csv",
        "code_reason": f"{code} 执照如此",
    }


def test_whoever_loses_the_right_meanwhile_files_nothing(cast: Cast) -> None:
    table = table_of(PATENT)
    batch = stage_table(
        form=sheet_form("patent"), table=table, file_name="清单.csv", by=cast.officer, now=NOW, options=HERE
    )

    def close(_done: int, _total: int, said: str) -> None:
        if said == FILING and User.objects.get(pk=cast.officer.pk).is_active:
            officer = User.objects.get(pk=cast.officer.pk)
            set_account_active(user=officer, active=False, by=cast.system, now=NOW)

    with pytest.raises(Refused, match=r"import\.run"):
        file_batch(batch=batch, by=cast.officer, now=NOW, step=close)
    assert not Patent.objects.exists()


def test_checking_says_how_far_it_is(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "PART", 2)
    told: list[tuple[int, int, str]] = []
    stage_table(
        form=sheet_form("patent"),
        table=table_of(*[PATENT] * 5),
        file_name="清单.csv",
        by=cast.officer,
        now=NOW,
        options=HERE,
        step=lambda *each: told.append(each),
    )
    assert told == [*((done, 5, CHECKING) for done in (0, 2, 4)), (5, 5, STAGING)]


def test_a_thousand_rows_are_filed_as_one_by_one(cast: Cast) -> None:
    """More rows than one statement writes: all there, each with what is its own and what all share."""
    numbers = [f"20231{number:07}" for number in range(1_100)]
    rows = [
        PATENT | {"申请号": f"{each}.{patent_check(each)}", "专利名称": f"装置{place}"}
        for place, each in enumerate(numbers)
    ]
    assert found(bring("patent", *rows, by=cast.officer)) == {"new": 1_100}
    assert set(Patent.objects.values_list("name", flat=True)) == {row["专利名称"] for row in rows}
    days = PatentEvent.objects.values_list("event", "happened_on").annotate(count=Count("pk")).order_by("step")
    assert list(days) == [("applied", date(2023, 2, 14), 1_100), ("granted", date(2024, 3, 5), 1_100)]
    assert set(Patent.objects.values_list("entered_by", "state", "version", "reason")) == {
        (cast.officer.pk, "draft", 1, "")
    }
    assert found(bring("patent", *rows, by=cast.officer)) == {"unchanged": 1_100}


def test_whoever_may_not_import_is_refused(cast: Cast) -> None:
    for name in ("stranger", "director", "enterprise", "auditor"):
        with pytest.raises(Refused, match=r"import\.run"):
            bring("patent", PATENT, by=cast.users[name])


# ── organisations ───────────────────────────────────────────────────────────────────────────────────────────────────

FIRM = {
    "企业名称": "青溪县新泉软件有限公司",
    "统一社会信用代码": "",
    "证书编号": "GR202499000001",
    "发证日期": "2024-11-08",
}


def test_a_firm_is_found_with_blanks_and_brackets_as_people_type_them(cast: Cast) -> None:
    Organisation.objects.create(name="青溪县合力（集团）有限公司", region=cast.county)

    outcome = bring("high_tech_list", {**FIRM, "企业名称": "青溪县合力(集团) 有限公司"}, by=cast.officer)

    assert said(outcome) == []
    assert Recognition.objects.get().organisation == Organisation.objects.get(name__contains="合力")


def test_new_firms_are_entered_where_that_was_asked_for_and_allowed(cast: Cast) -> None:
    seq = current_seq()
    asked = Options(region="990121", new_organisations=True)

    other = {**FIRM, "企业名称": "青溪县新流材料有限公司", "证书编号": "GR202499000002"}
    outcome = bring("high_tech_list", FIRM, other, by=cast.officer, options=asked)

    assert (said(outcome), found(outcome)) == ([], {"new": 2})
    firm = Organisation.objects.get(name=FIRM["企业名称"])
    assert (firm.region, firm.is_fictional) == (cast.county, True)
    assert Recognition.objects.get(number="GR202499000001").organisation == firm
    assert current_seq() == seq + 1  # one act: the organisations, and the import
    (entered, filed) = AuditEntry.objects.get(seq=seq + 1).detail[AuditEntry.PARTS]
    assert (entered["action"], entered["count"], filed["action"]) == ("organisations.entered", 2, "recognition.filed")
    assert check_audit_chain().broken_at is None


def test_without_that_an_unknown_firm_is_a_problem(cast: Cast) -> None:
    assert "没有这个单位" in said(bring("high_tech_list", FIRM, by=cast.officer))[0]
    assert not Organisation.objects.filter(name=FIRM["企业名称"]).exists()


# ── the kinds ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_renewed_title_stays_one_history_with_another_certificate(cast: Cast) -> None:
    row = {**FIRM, "企业名称": cast.firm.name}
    bring("high_tech_list", {**row, "证书编号": "GR202199000007", "发证日期": "2021-11-18"}, by=cast.statistician)

    outcome = bring("high_tech_list", row, by=cast.statistician)

    assert found(outcome) == {"changed": 1}
    assert Recognition.objects.get(seq_to__isnull=True).number == "GR202499000001"
    assert events(RecognitionEvent) == [("recognised", "2021-11-18", "draft"), ("re_recognised", "2024-11-08", "draft")]
    standing = RecognitionEvent.objects.filter(seq_to__isnull=True).order_by("happened_on")
    assert list(standing.values_list("effect", "until", "lapses_on", "certificate")) == [
        (1, date(2024, 11, 17), None, ""),  # renewed in time: it does not lapse
        (0, date(2027, 11, 7), date(2027, 11, 8), "GR202499000001"),
    ]


def test_a_contract_keeps_two_amounts_that_never_add_up_and_the_header_says_the_unit(cast: Cast) -> None:
    row = {
        "卖方名称": cast.firm.name,
        "买方名称": "某某集团",
        "合同类别": "技术开发",
        "合同名称": "示例系统开发",
        "合同登记编号": "2024990121000001",
        "签订日期": "2024/5/10",
        "合同成交金额(万元)": "1,200.5",
        "登记日期": "2024-06-03",
        "核定技术交易额\n（元）": "12005000",
    }

    outcome = bring("contract", row, by=cast.officer)

    assert said(outcome) == []
    assert dict(ContractEvent.objects.values_list("event", "amount")) == {
        "signed": 12_005_000_00,
        "registered": 12_005_000_00,
    }
    contract = Contract.objects.get()
    assert (contract.type, contract.counterpart) == ("development", "某某集团")


def test_a_corrected_amount_is_a_new_version_of_the_event(cast: Cast) -> None:
    row = {
        "承担单位": cast.firm.name,
        "计划类别": "重点研发计划",
        "级别": "省",
        "项目名称": "示例",
        "项目编号": "2024XM1",
        "立项日期": "2024-06-12",
        "立项金额（万元）": "50",
    }
    bring("project", row, by=cast.officer)

    bring("project", {**row, "立项金额（万元）": "55.25"}, by=cast.officer)

    assert [(each.version, each.amount) for each in ProjectEvent.objects.order_by("version")] == [
        (1, 500_000_00),
        (2, 552_500_00),
    ]


def _project(cast: Cast, amount: str) -> dict[str, str]:
    return {
        "承担单位": cast.firm.name,
        "计划类别": "重点研发计划",
        "级别": "省",
        "项目名称": "示例",
        "项目编号": "2024XM1",
        "立项日期": "2024-06-12",
        "立项金额（万元）": amount,
    }


def test_what_needs_four_eyes_is_a_draft_whatever_was_asked(cast: Cast) -> None:
    bring("project", _project(cast, "50"), by=cast.statistician, options=Options(region="990121", confirmed=True))

    assert {state for *_what, state in events(ProjectEvent)} == {"draft"}


def test_no_file_changes_what_was_confirmed_with_four_eyes(cast: Cast) -> None:
    bring("project", _project(cast, "50"), by=cast.officer)
    draft = ProjectEvent.objects.get()
    actions.confirm_event(kind="project", record=draft.record, version=1, by=cast.director, now=NOW)

    outcome = bring("project", _project(cast, "55"), by=cast.statistician)

    assert found(outcome) == {"rejected": 1}
    assert "更正须由另一人复核" in said(outcome)[0]
    assert ProjectEvent.objects.get(seq_to__isnull=True).amount == 500_000_00


def test_an_activity_of_the_same_name_on_another_day_is_another_one(cast: Cast) -> None:
    row = {"活动类型": "培训", "活动名称": "高企培训", "活动时间": "2024-03-15", "参加人数": "120", "发放资料": "300"}

    outcome = bring("event", row, {**row, "活动时间": "2024-09-20"}, by=cast.officer)

    assert found(outcome) == {"new": 2}
    assert set(EventSession.objects.values_list("people", "materials")) == {(1_200_000, 3_000_000)}


def test_money_paid_twice_is_two_events_of_one_sum(cast: Cast) -> None:
    row = {
        "收款单位": cast.firm.name,
        "用途": "奖补",
        "资金级别": "县",
        "资金名称": "高企奖补",
        "兑现日期": "2023-12-20",
        "兑现金额（万元）": "10",
    }
    bring("payment", row, by=cast.officer)

    bring("payment", {**row, "兑现日期": "2024-12-20", "兑现金额（万元）": "20"}, by=cast.officer)

    assert list(PaymentEvent.objects.order_by("happened_on").values_list("amount", flat=True)) == [
        100_000_00,
        200_000_00,
    ]


MORE: list[tuple[str, dict[str, str]]] = [
    (
        "recognition",
        {
            "单位名称": "{firm}",
            "平台类型": "工程中心",
            "级别": "省级",
            "平台名称": "示例工程中心",
            "认定时间": "2024-05-01",
        },
    ),
    ("tech_sme_list", {"企业名称": "{firm}", "入库登记编号": "202499012100001", "入库时间": "2024-05-01"}),
    (
        "award",
        {
            "完成单位": "{firm}",
            "奖种": "科技进步奖",
            "级别": "省",
            "成果名称": "示例",
            "等级": "二等奖",
            "获奖日期": "2024-10-18",
        },
    ),
    ("appointment", {"派驻单位": "{firm}", "岗位": "科技副总", "岗位说明": "传感器方向", "到岗日期": "2024-04-01"}),
    ("milestone", {"主题": "会议", "事项": "召开全县科技工作会议", "日期": "2024-02-20"}),
    (
        "matter",
        {
            "申请人": "{firm}",
            "业务": "技术合同认定登记",
            "事项名称": "研制合同登记",
            "受理日期": "2024-03-05",
            "办结日期": "2024-03-12",
            "承诺时限（个工作日）": "20",
            "用时": "5",
            "按期办结日期": "2024-03-12",
        },
    ),
]


@pytest.mark.parametrize("kind, row", MORE, ids=[kind for kind, _row in MORE])
def test_every_other_kind_is_filed_and_known_again(cast: Cast, kind: str, row: dict[str, str]) -> None:
    whole = {name: text.format(firm=cast.firm.name) for name, text in row.items()}

    first = bring(kind, whole, by=cast.officer)

    assert (said(first), found(first)) == ([], {"new": 1})
    assert found(bring(kind, whole, by=cast.officer)) == {"unchanged": 1}


def test_what_was_filed_by_hand_is_known_by_its_number(cast: Cast) -> None:
    file("patent", "202310123456.6", [("applied", "2023-02-14")], firm=cast.firm, by=cast.statistician)

    outcome = bring("patent", {**PATENT, "专利名称": "202310123456.6"}, by=cast.statistician)

    assert found(outcome) == {"changed": 1}
    assert events(PatentEvent) == [("applied", "2023-02-14", "confirmed"), ("granted", "2024-03-05", "draft")]


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_totals_footers_and_the_template_s_example_are_no_records_and_that_is_said(cast: Cast) -> None:
    blank = dict.fromkeys(PATENT, "")
    rows = [
        PATENT,
        {**blank, "区划": "合 计", "申请号": "1"},
        {**blank, "区划": "填表人：某某"},
        {**PATENT, "专利名称": "示例行，导入时跳过"},
    ]

    table = table_of(*rows)

    assert len(table.rows) == 1
    assert [note for note in map(str, table.notes) if "没有作为数据读入" in note] == [
        "第 3 行是合计，没有作为数据读入",
        "第 4 行是表尾的说明，没有作为数据读入",
        "第 5 行是模板里的示例，没有作为数据读入",
    ]


HEADERS = [
    ({"申请号": "号"}, "缺少必需的列：申请号。"),
    ({"授权公告日": "甲", "申请日": "乙"}, "没有任何日期列；至少要有其中一列：申请日"),
    ({"区划": "发明名称"}, "“发明名称”和“专利名称”两列是同一项内容"),
]


@pytest.mark.parametrize("renamed, sentence", HEADERS)
def test_a_header_that_will_not_do_is_refused(cast: Cast, renamed: Mapping[str, str], sentence: str) -> None:
    row = {renamed.get(name, name): text for name, text in PATENT.items()}

    with pytest.raises(Refused, match=sentence):
        bring("patent", row, by=cast.officer)


def test_an_amount_without_a_unit_is_refused(cast: Cast) -> None:
    row = {"合同类别": "技术开发", "合同名称": "示例", "签订日期": "2024-05-10", "合同金额": "120"}

    with pytest.raises(Refused, match="“合同金额”一列没有写明单位"):
        bring("contract", row, by=cast.officer)


def test_headers_are_known_however_they_are_typed(cast: Cast) -> None:
    renamed = {
        "专利权人": " 专利权人\n（全称）",
        "申请号": "＊申请号（必填）",
        "专利名称": "专利 名称",
        "授权公告日": "授权公告日（以证书为准）",
    }
    row = {"序号": "1", **{renamed.get(name, name): text for name, text in PATENT.items()}}

    assert found(bring("patent", row, by=cast.officer)) == {"new": 1}


def test_the_certificates_of_one_firm_in_one_list_are_one_title(cast: Cast) -> None:
    older = {**FIRM, "企业名称": cast.firm.name, "证书编号": "GR202199000007", "发证日期": "2021-11-18"}
    newer = {**older, "证书编号": "GR202499000001", "发证日期": "2024-11-08"}

    outcome = bring("high_tech_list", newer, older, by=cast.statistician)

    assert found(outcome) == {"new": 2}
    assert Recognition.objects.get(seq_to__isnull=True).number == "GR202499000001"
    assert events(RecognitionEvent) == [("recognised", "2021-11-18", "draft"), ("re_recognised", "2024-11-08", "draft")]
    assert found(bring("high_tech_list", older, newer, by=cast.statistician)) == {"unchanged": 2}


LAST_DAYS = [
    ("without a word, the title's own term", {}, date(2024, 11, 17)),
    ("a number of years in words", {"有效期": "三年"}, date(2024, 11, 17)),
    ("a number of months", {"有效期": "24个月"}, date(2023, 11, 17)),
    ("a day of some later month", {"有效期至": "2024-12-17"}, date(2024, 12, 17)),
    ("both ends", {"有效期": "2021-11-18至2024年11月17日"}, date(2024, 11, 17)),
    ("the day it is due", {"到期日期": "2024/11/17"}, date(2024, 11, 17)),
]


@pytest.mark.parametrize("story, said_so, until", LAST_DAYS)
def test_a_certificate_keeps_until_when_it_holds(cast: Cast, story: str, said_so: dict[str, str], until: date) -> None:
    outcome = bring(
        "high_tech_list",
        {**FIRM, "企业名称": cast.firm.name, "发证日期": "2021-11-18", **said_so},
        by=cast.statistician,
    )

    assert said(outcome) == []
    assert RecognitionEvent.objects.get().until == until


@pytest.mark.parametrize("written", ["2021-11-17", "长期有效", "三十"])
def test_what_is_no_last_day_is_refused(cast: Cast, written: str) -> None:
    row = {**FIRM, "企业名称": cast.firm.name, "发证日期": "2021-11-18", "有效期至": written}

    outcome = bring("high_tech_list", row, by=cast.statistician)

    assert said(outcome) == [
        f"有效期至 列为“{written}”：不是有效期，请写成 2028-10-27 或 3年；到期日不能早于认定日期 2021-11-18。"
    ]


TITLES = {"单位名称": "", "资质": "高新技术企业", "级别": "国家级", "认定日期": "2024-11-08"}


def test_a_level_that_a_title_does_not_have_is_refused(cast: Cast) -> None:
    outcome = bring("recognition", {**TITLES, "单位名称": cast.firm.name, "级别": "县级"}, by=cast.statistician)

    assert said(outcome) == ["级别 列为“县级”：这项资质没有这个级别，可写：国家级。"]


def test_a_title_of_one_level_need_not_say_it(cast: Cast) -> None:
    bring("recognition", {**TITLES, "单位名称": cast.firm.name, "级别": ""}, by=cast.statistician)

    assert Recognition.objects.get().level == "national"


def test_another_level_of_a_title_that_is_held_is_refused(cast: Cast) -> None:
    row = {**TITLES, "单位名称": cast.firm.name, "资质": "专利示范企业", "级别": "县级"}
    bring("recognition", row, by=cast.statistician)

    outcome = bring("recognition", {**row, "级别": "市级", "认定日期": "2025-03-01"}, by=cast.statistician)

    assert "同一单位的这项资质已是“县级”且仍有效" in said(outcome)[0]


def test_another_level_of_a_title_that_is_over_is_another_title(cast: Cast) -> None:
    row = {**TITLES, "单位名称": cast.firm.name, "资质": "专利示范企业", "级别": "县级", "认定日期": "2020-03-01"}
    bring("recognition", row, by=cast.statistician)

    outcome = bring("recognition", {**row, "级别": "市级", "认定日期": "2025-03-01"}, by=cast.statistician)

    assert found(outcome) == {"new": 1}


def test_a_holder_may_have_several_named_platforms(cast: Cast) -> None:
    row = {**TITLES, "单位名称": cast.firm.name, "资质": "重点实验室", "级别": "省级", "名称": "传感实验室"}
    bring("recognition", row, by=cast.statistician)

    outcome = bring("recognition", {**row, "名称": "材料实验室"}, by=cast.statistician)

    assert found(outcome) == {"new": 1}
