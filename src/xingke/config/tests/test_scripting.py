"""What scripts read from the command line."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.cast import Cast, report
from xingke.config import commands
from xingke.config.command import _parser
from xingke.ledger.models import PatentEvent

pytestmark = pytest.mark.usefixtures("data_folder")

TABLE = """区划,单位名称,专利类型,专利名称,申请号,申请日,备注
青溪县,乌有公司,发明,一种流量计,201710601804.0,2023-12,请核
青溪县,青溪县明渠传感科技有限公司,发明,一种阀门,202310123456.6,2023-12-01,
"""


def run(*arguments: str) -> int:
    options = _parser().parse_args(arguments)
    return commands.run(getattr(commands, options.command), options)


def test_a_value_is_one_object(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)

    assert run("value", "gdp", "--region", "青溪县", "--period", "2024年", "--json") == 0

    told = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in ("value", "unit", "shown", "growth", "rank", "source", "records", "why")} == {
        "value": "468.3",
        "unit": "亿元",
        "shown": "468.30亿元",
        "growth": None,
        "rank": None,
        "source": "observed",
        "records": 1,
        "why": None,
    }


def test_an_unknown_value_is_null_with_its_reason_and_no_error(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("value", "gdp", "--region", "990121", "--period", "2024", "--json") == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["value"], told["why"]) == (None, "没有台账记录，也没有上报数。")


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("no_such", "--region", "青溪县", "--period", "2024"), "没有代码为“no_such”的指标"),
        (("gdp", "--region", "无此县", "--period", "2024"), "没有名为“无此县”的区划，请填全称或六位代码。"),
        (("gdp", "--region", "青溪县", "--period", "去年"), "“去年”不是可用的时期"),
    ],
)
def test_what_there_is_not_is_one_sentence(
    cast: Cast, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], said: str
) -> None:
    assert run("value", *arguments) == 2

    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert error.startswith(said)


def test_rows_that_are_left_are_written_as_a_workbook_that_goes_in_once_mended(cast: Cast, tmp_path: Path) -> None:
    file, left = tmp_path / "专利.csv", tmp_path / "未导入.xlsx"
    file.write_text(TABLE, encoding="utf-8")

    assert run("import", str(file), "--kind", "patent", "--as", "officer", "--left", str(left)) == 1

    header, line = CalamineWorkbook.from_filelike(io.BytesIO(left.read_bytes())).get_sheet_by_index(0).to_python()
    assert header == ["区划", "单位名称", "专利类型", "专利名称", "申请号", "申请日", "备注", "行号", "问题和办法"]
    assert line[:8] == ["青溪县", "乌有公司", "发明", "一种流量计", "201710601804.0", "2023-12", "请核", "2"]
    assert PatentEvent.objects.count() == 1


def test_rows_that_are_left_are_written_as_csv_too_and_as_nothing_else(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "专利.csv"
    file.write_text(TABLE, encoding="utf-8")
    common = ("import", str(file), "--kind", "patent", "--as", "officer", "--dry-run", "--left")

    assert run(*common, str(tmp_path / "未导入.csv")) == 1
    assert run(*common, str(tmp_path / "未导入.xls")) == 2

    assert (tmp_path / "未导入.csv").read_text(encoding="utf-8-sig").count("\n") == 2
    assert "--left 只能写成 .xlsx 或 .csv，不能写成“未导入.xls”。" in capsys.readouterr().err


def test_a_working_day_comes_first_on_its_line(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("workdays", "2026年9月24日", "+10") == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-10-15 星期四",
        "跳过 11 天：2026-09-25 至 2026-09-27（中秋节），2026-10-01 至 2026-10-07（国庆节），2026-10-11（周末）",
    ]


def test_a_year_without_a_calendar_is_guessed_and_says_so_to_scripts_too(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("workdays", "2026-12-31", "+1") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "按周末估算：没有装载 2027 年的放假安排。"
    assert run("workdays", "2026-12-31", "+1", "--json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "start": "2026-12-31",
        "count": 1,
        "day": "2027-01-01",
        "skipped": [],
        "guessed": [2027],
    }


def test_a_target_behind_a_figure_comes_first_on_its_line(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("backsolve", "610件", "67.78%") == 0
    assert capsys.readouterr().out.splitlines() == ["900件", "由完成率倒推，不是公布的目标。"]
    assert run("backsolve", "5.63亿元", "111.76%") == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["5.04亿元", "只有当 5.63亿元 是四舍五入后的数时才成立。"]
    assert run("backsolve", "3件", "66%") == 1
    assert capsys.readouterr().out.strip() == "没有合得上的目标：这两个数不会出自同一个目标。"
    assert run("backsolve", "5.63", "111.76%", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "value": 5.63,
        "completion": 111.76,
        "step": 0.01,
        "exact": [],
        "rounded": [5.04],
        "by": "half_up",
    }


@pytest.mark.parametrize(
    "value, completion, said",
    [
        ("约610件", "67.78%", "“约610件”不是一个大于零的数，请写 610件、5.63亿元、67.78% 这样的数。"),
        ("610件", "3件", "“3件”不是完成率，请写 67.78% 这样的百分数。"),
        ("100000000件", "50%", "合得上的目标超过10000个，推不出。"),
    ],
)
def test_what_no_target_follows_from_is_said(
    cast: Cast, capsys: pytest.CaptureFixture[str], value: str, completion: str, said: str
) -> None:
    assert run("backsolve", value, completion) == 2
    assert capsys.readouterr().err.strip() == said


@pytest.mark.parametrize(
    "start, count, said",
    [
        ("2026-02-30", "+1", "“2026-02-30”不是一个日子，请写 2026-09-18 这样的年月日。"),
        ("2026-02-03", "三", "“三”不是工作日数，请写 +5、+0 或 -3 这样的整数。"),
        ("2026-02-03", "+99999", "最多推算20000个工作日。"),
        ("9999-12-30", "+9", "超出了日历的范围。"),
    ],
)
def test_what_is_no_day_or_number_is_said(
    cast: Cast, capsys: pytest.CaptureFixture[str], start: str, count: str, said: str
) -> None:
    assert run("workdays", start, count) == 2
    assert capsys.readouterr().err.strip() == said
