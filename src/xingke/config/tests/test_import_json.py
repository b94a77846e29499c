"""An import as one JSON object: what people who script get on standard output, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from xingke.config.command import main
from xingke.ledger.models import Payment

pytestmark = pytest.mark.usefixtures("data_folder")

HEAD = "收款单位,用途,级别,资金名称,兑现日期,兑现金额（万元）,备注\n"
GOOD = "青溪县明渠传感科技有限公司,专利资助,县级,2025年度专利资助,2025-12-20,0.5,\n"
BAD = "同左,专利资助,县级,2025年度专利资助,2025-12-20,0.3,\n"


def bring(path: Path, text: str, capsys: pytest.CaptureFixture[str], *more: str, kind: str = "payment") -> Any:
    path.write_text(text, encoding="utf-8")
    code = main(["import", str(path), "--kind", kind, "--as", "officer", "--region", "990121", "--json", *more])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def test_a_trial_says_all_it_understood_and_files_nothing(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told, _err = bring(tmp_path / "资金.csv", f"资金清单,,,,,,\n{HEAD}{GOOD}{BAD}", capsys, "--dry-run")

    assert (code, Payment.objects.exists()) == (1, False)
    assert told["file"] == {
        "sheet": "",
        "header_row": 2,
        "encoding": "UTF-8",
        "columns": [
            {"header": "收款单位", "as": "organisation", "unit": None},
            {"header": "用途", "as": "purpose", "unit": None},
            {"header": "级别", "as": "level", "unit": None},
            {"header": "资金名称", "as": "name", "unit": None},
            {"header": "兑现日期", "as": "paid", "unit": None},
            {"header": "兑现金额（万元）", "as": "paid amount", "unit": "万元"},
        ],
        "unused": ["备注"],
        "notes": ["以第 2 行为表头", "A1 表头之前的“资金清单”没有作为数据读入"],
    }
    fields = {"purpose": "patent_subsidy", "level": "county", "name": "2025年度专利资助"}
    assert told["rows"] == [
        {
            "row": 3,
            "outcome": "new",
            "region": "990121",
            "organisation": {"name": "青溪县明渠传感科技有限公司", "key": str(cast.firm.key), "new": False},
            "facts": [
                {
                    "event": "paid",
                    "on": "2025-12-20",
                    "fields": fields,
                    "measures": {"amount": {"value": "5000", "unit": "元"}},
                }
            ],
            "problems": [],
            "notes": [],
        },
        {
            "row": 4,
            "outcome": "rejected",
            "region": "990121",
            "organisation": None,
            "facts": [
                {
                    "event": "paid",
                    "on": "2025-12-20",
                    "fields": fields,
                    "measures": {"amount": {"value": "3000", "unit": "元"}},
                }
            ],
            "problems": ["收款单位 列为“同左”：没有写明是哪个单位；请在每一行填写单位全称。"],
            "notes": [],
        },
    ]


def test_filing_says_the_same_and_then_that_nothing_is_new(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told, _err = bring(tmp_path / "资金.csv", HEAD + GOOD, capsys)
    assert (code, [row["outcome"] for row in told["rows"]], Payment.objects.count()) == (0, ["new"], 1)

    code, told, _err = bring(tmp_path / "资金.csv", HEAD + GOOD, capsys)
    assert (code, [row["outcome"] for row in told["rows"]], Payment.objects.count()) == (0, ["unchanged"], 1)


def test_what_is_refused_is_said_in_both_places(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told, err = bring(tmp_path / "资金.csv", "甲,乙,丙\n一,二,三\n", capsys)

    assert (code, told) == (2, {"error": err.strip()})
    assert "缺少必需的列" in err


def test_a_reported_figure_is_a_fact_too(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = "figure,document,region,period,indicator,measure,value,unit,as_written\n"
    row = "T1#1,T1,清源市青溪县,2024,地区生产总值,level,468.30,亿元,468.30亿元\n"

    _code, told, _err = bring(tmp_path / "数.csv", head + row, capsys, "--dry-run", kind="observation")

    (found,) = told["rows"]
    (fact,) = found["facts"]
    assert (found["outcome"], found["region"], found["organisation"]) == ("new", "990121", None)
    assert (fact["event"], fact["on"], fact["fields"]["period"]) == ("reported", "2024-12-31", "2024")
    assert fact["measures"] == {"value": {"value": "46830000000", "unit": "元"}}
