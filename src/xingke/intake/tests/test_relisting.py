"""A list of records that is handed over again changes nothing; what was mended in it is read as that."""

import io
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.cast import NOW, Cast, file, report, told_of
from xingke.base.keys import derived_key
from xingke.intake.actions import Outcome, import_table
from xingke.intake.checking import sheet_form
from xingke.intake.queries.relisting import form_of_kind
from xingke.intake.reading import read_table
from xingke.intake.rows.contents import Happened
from xingke.intake.rows.incoming import Options
from xingke.ledger import actions, queries, rules
from xingke.ledger.kinds.record_kind import Number
from xingke.ledger.tables import TABLES
from xingke.press.xlsx_writer import Column, write_workbook
from xingke.registry import queries as registry

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]

NUMBERS = {"invention": "1", "utility_model": "2", "design": "3"}


def _fields(kind: str, turn: int, chance: random.Random) -> dict[str, str]:
    """What one record says: any of the words of its vocabulary, names that several share, a number or none."""
    known = TABLES[kind]
    fields = {name: chance.choice(list(registry.terms(known.field_list(name)))) for name in known.repeated}
    if known.is_lasting:
        levels = queries.levels_of(known, fields)
        fields["level"] = chance.choice(levels) if levels else fields["level"]
    fields |= {
        detail.name: told_of(detail, chance.randint(1, 2))
        for detail in known.names.details
        if detail.name not in ("name", "number")
    }
    if known.names.number is Number.PATENT:
        fields["form"] = chance.choice(list(NUMBERS))
        return {
            **fields,
            "name": "一种装置",
            "number": f"2021{NUMBERS[fields['form']]}00{turn:05}.{_check(fields['form'], turn)}",
        }
    if known.names.number is Number.OWN:
        return {**fields, "name": f"名称{turn}", "number": f"XM{turn:04}"}
    return {**fields, "name": f"名称{chance.randint(1, 2)}", "number": chance.choice(["", "某科发〔2024〕1号"])}


def _check(form: str, turn: int) -> str:
    digits = f"2021{NUMBERS[form]}00{turn:05}"
    rest = (
        sum(int(digit) * weight for digit, weight in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True))
        % 11
    )
    return "X" if rest == 10 else str(rest)


def _events(kind: str, region: Any, holder: Any, chance: random.Random) -> list[actions.NewEvent]:
    """A history that can have happened: days in order, amounts to the last 分."""
    known = TABLES[kind]
    names = list(registry.terms(known.event_list))
    form = form_of_kind(kind)
    assert form is not None
    measured = {(each.event, each.measure) for each in form.column if each.measure}
    day, happened = date(2021, 1, 1), []
    for name in sorted(chance.choices(names, k=chance.randint(1, 5)), key=names.index):
        day += timedelta(days=chance.randint(0, 300))
        if kind == "patent" and name == "applied" and happened:  # once, in the year its number says
            continue
        if rules.is_possible(
            known.names,
            [*(Happened(each.event, each.on, {}, False) for each in happened), Happened(name, day, {}, False)],
        ):
            measures = [each for each in known.measures if (name, each) in measured]
            amounts = _amounts(measures if chance.random() < 0.7 else [], known.names.measures, chance)
            happened.append(actions.NewEvent(event=name, on=day, region=region, measures=amounts, organisation=holder))
    return happened


def _amounts(measures: Sequence[str], quantities: Mapping[str, str], chance: random.Random) -> dict[str, int]:
    """Amounts of an event, together none larger than the first: of money to the last 分, of what is counted whole."""
    found: dict[str, int] = {}
    most = 10**9
    for each in measures:
        most = chance.randint(0, most // 2)
        found[each] = most if quantities[each] == "money" else most * 10_000
    return found


def _furnish(kind: str, cast: Cast, seed: int, count: int = 12) -> int:
    """File random drafts of a kind; returns how many."""
    chance = random.Random(seed)
    histories = []
    for turn in range(count):
        needs_one = TABLES[kind].names.needs_holder or kind == "patent"
        holder = cast.firm if needs_one or chance.random() < 0.6 else None
        if events := _events(kind, cast.county, holder, chance):
            histories.append(
                actions.NewHistory(
                    key=derived_key(kind, str(seed), str(turn)),
                    fields=_fields(kind, turn, chance),
                    region=cast.county,
                    organisation=holder,
                    events=events,
                    is_fictional=True,
                )
            )
    actions.file_histories(kind=kind, histories=histories, by=cast.officer, now=NOW, source="test", confirmed=False)
    return len(histories)


def _list(browser: Client, kind: str) -> bytes:
    response = browser.get(f"/records/?kind={kind}&format=records")
    assert response.status_code == 200
    return response.content


def _again(data: bytes, kind: str, cast: Cast, *, is_trial: bool = True) -> Outcome:
    form = form_of_kind(kind)
    assert form is not None
    return import_table(
        form=form,
        table=read_table(data, name="清单.xlsx"),
        file_name="清单.xlsx",
        by=cast.officer,
        now=NOW,
        options=Options(region="990121"),
        is_trial=is_trial,
    )


def _said(outcome: Outcome) -> list[str]:
    return [str(problem) for row in outcome.left for problem in row.problems]


def _rows(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def _written(rows: Sequence[Sequence[Any]]) -> bytes:
    columns = [Column(label=str(label)) for label in rows[0]]
    body = [[str(cell) if isinstance(cell, float) else cell for cell in row] for row in rows[1:]]
    return write_workbook(name="清单", columns=columns, rows=body, made_at=datetime(2026, 3, 2))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", list(TABLES))
def test_a_list_handed_over_again_changes_nothing(cast: Cast, signed_in: SignIn, kind: str, seed: int) -> None:
    filed = _furnish(kind, cast, seed)

    outcome = _again(_list(signed_in("officer"), kind), kind, cast)

    assert (_said(outcome), {name: count for name, count in outcome.counts.items() if count}) == (
        [],
        {"unchanged": filed},
    )


def test_every_kind_has_a_form_its_records_are_listed_in(cast: Cast) -> None:
    assert [kind for kind in TABLES if form_of_kind(kind) is None] == []


def test_a_list_holds_numbers_as_text_days_as_days_and_amounts_in_the_unit_of_their_head(
    cast: Cast, signed_in: SignIn
) -> None:
    events = [
        actions.NewEvent(event="applied", on=date(2024, 1, 5), region=cast.county),
        actions.NewEvent(event="approved", on=date(2024, 6, 12), region=cast.county, measures={"amount": 12_345_678_9}),
        actions.NewEvent(event="checked", on=date(2025, 1, 1), region=cast.county),
        actions.NewEvent(event="checked", on=date(2025, 7, 1), region=cast.county),
    ]
    history = actions.NewHistory(
        fields={"programme": "key_rnd", "level": "province", "name": "示例技术", "number": "2024.10"},
        region=cast.county,
        organisation=cast.firm,
        events=events,
        is_fictional=True,
    )
    actions.file_histories(
        kind="project", histories=[history], by=cast.officer, now=NOW, source="test", confirmed=False
    )

    header, line = _rows(_list(signed_in("officer"), "project"))

    said = {label: cell for label, cell in zip(header, line, strict=True) if cell != ""}
    assert said == {
        "区划": "青溪县",
        "区划代码": "990121",
        "承担单位": "青溪县明渠传感科技有限公司",
        "计划类别": "重点研发计划",
        "级别": "省级",
        "项目名称": "示例技术",
        "项目编号": "2024.10",
        "申报日期": date(2024, 1, 5),
        "立项日期": date(2024, 6, 12),
        "立项金额（万元）": 123.456789,
        "中期检查日期": date(2025, 7, 1),
        "其他经过": "2025-01-01 中期检查",
        "台账状态": "待确认",
        "虚构": "是",
        "记录编号": str(history.key),
    }


def test_of_two_rounds_of_a_title_the_list_does_not_mix_the_days(cast: Cast, signed_in: SignIn) -> None:
    days = [
        ("applied", "2021-05-01"),
        ("recognised", "2021-11-08"),
        ("expired", "2024-11-07"),
        ("applied", "2025-05-01"),
    ]
    file("recognition", "GR202199000001", days, firm=cast.firm, by=cast.statistician)

    header, line = _rows(_list(signed_in("officer"), "recognition"))

    said = dict(zip(header, line, strict=True))
    assert [said[label] for label in ("申报日期", "认定日期", "有效期至", "失效日期", "其他经过")] == [
        date(2021, 5, 1),
        date(2021, 11, 8),
        date(2024, 11, 7),
        date(2024, 11, 7),
        "2025-05-01 申报",
    ]


def test_what_was_mended_in_the_list_is_read_as_a_change_of_that_record(cast: Cast, signed_in: SignIn) -> None:
    _furnish("milestone", cast, 3)
    rows = _rows(_list(signed_in("officer"), "milestone"))
    name = rows[0].index("事项")
    rows[1][name] = "召开全县科技工作会议"

    outcome = _again(_written(rows), "milestone", cast, is_trial=False)

    assert (_said(outcome), outcome.counts["changed"], outcome.counts["new"]) == ([], 1, 0)
    record = TABLES["milestone"].subject._default_manager.get(record=rows[1][-1], seq_to__isnull=True)
    assert (getattr(record, "name"), record.version) == ("召开全县科技工作会议", 2)  # noqa: B009


def test_a_row_copied_below_with_its_record_is_refused(cast: Cast, signed_in: SignIn) -> None:
    _furnish("milestone", cast, 3, count=1)
    header, line = _rows(_list(signed_in("officer"), "milestone"))

    outcome = _again(_written([header, line, line]), "milestone", cast)

    assert outcome.counts["unchanged"] == 1
    assert ["与第 2 行" in said for said in _said(outcome)] == [True]


def test_a_row_with_and_one_without_the_record_are_still_the_same_record(cast: Cast, signed_in: SignIn) -> None:
    _furnish("patent", cast, 3, count=1)
    header, line = _rows(_list(signed_in("officer"), "patent"))

    outcome = _again(_written([header, line, [*line[:-1], ""]]), "patent", cast)

    assert outcome.counts["unchanged"] == 1
    assert ["与第 2 行是台账中的同一条记录，请只保留一行。" in said for said in _said(outcome)] == [True]


@pytest.mark.parametrize(
    "written, said",
    [("第一条", "不是记录编号"), ("00000000-0000-0000-0000-000000000001", "台账中没有这条记录")],
)
def test_a_record_that_is_none_is_refused(cast: Cast, signed_in: SignIn, written: str, said: str) -> None:
    _furnish("milestone", cast, 3, count=1)
    header, line = _rows(_list(signed_in("officer"), "milestone"))

    outcome = _again(_written([header, [*line[:-1], written]]), "milestone", cast)

    assert [said in each for each in _said(outcome)] == [True]


def test_a_number_that_another_record_has_cannot_be_given_to_this_one(cast: Cast, signed_in: SignIn) -> None:
    _furnish("project", cast, 4)
    rows = _rows(_list(signed_in("officer"), "project"))
    number = rows[0].index("项目编号")
    rows[1][number], taken = rows[2][number], rows[2][number]

    outcome = _again(_written(rows), "project", cast)

    assert [f"项目编号 列为“{taken}”：这个编号是台账中另一条记录" in each for each in _said(outcome)] == [True]


def test_a_list_holds_only_what_its_reader_may_read(cast: Cast, signed_in: SignIn) -> None:
    _furnish("patent", cast, 5)

    assert len(_rows(_list(signed_in("neighbour"), "patent"))) == 1
    assert signed_in("stranger").get("/records/?kind=patent&format=records").status_code == 404


FIGURES = [
    {"real_year": "2024"},
    {"real_year": "2023"},
    {"real_year": "2023 (place inferred)"},
    {"real_year": "likely 2023"},
    {"real_year": "2022/2023 (inferred from the text)"},
    {"real_year": ""},
    {"period": "2024-01..2024-10", "stated_year": "2024", "real_year": "2023"},
    {"value": "468.00", "as_written": "468.00亿元"},
    {"value": "30", "value_max": "50", "as_written": "30—50亿元"},
    {"part": "其中规上", "note": "初步核算", "region_code": ""},
]


def test_reported_figures_come_back_as_they_were_written(cast: Cast, signed_in: SignIn) -> None:
    for number, columns in enumerate(FIGURES):
        told = {"value": "468.3", "as_written": "468.3亿元", **columns}
        value, period = told.pop("value"), told.pop("period", "2024")
        report(cast.county, period, "地区生产总值", value, "亿元", by=cast.statistician, place=f"T1#{number}", **told)

    data = signed_in("officer").get("/observations/?format=records").content

    outcome = import_table(
        form=sheet_form("observation"),
        table=read_table(data, name="上报数.xlsx"),
        file_name="上报数.xlsx",
        by=cast.officer,
        now=NOW,
        is_trial=True,
    )
    assert (_said(outcome), outcome.counts["unchanged"], outcome.counts["changed"]) == ([], len(FIGURES), 0)
