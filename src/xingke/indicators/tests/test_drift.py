"""Frozen figures against the ledger: drift is in the records, never in a definition that came later."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cast import NOW, Cast, file, keep_records
from xingke.base.periods import Period
from xingke.indicators.actions import freeze, read_at, read_figure
from xingke.indicators.drift import Drift, Readers, drift
from xingke.indicators.models import Figure
from xingke.registry.actions import load_pack

NEWER = """
[[indicator]]
code = "high_tech_recognised"
version = 9
label = { zh = "高新技术企业认定数", en = "High-tech enterprises recognised" }
meaning = { zh = "只数首次认定。", en = "First recognitions only." }
unit = "家"
nature = "flow"
of = "recognition"
where = { title = "high_tech_enterprise" }
events = ["recognised"]
source = "test"
"""


def _frozen(cast: Cast) -> Figure:
    keep_records(cast.county, by=cast.statistician)
    file("recognition", "甲", [("recognised", "2020-11-08"), ("expired", "2023-11-08"), ("re_recognised", "2024-03-01")],
         firm=cast.firm, by=cast.statistician)  # fmt: skip
    file("recognition", "乙", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    reader, seq = read_at()
    said = read_figure(reader, "high_tech_recognised", cast.county, Period.parse("2024"), "level")
    return freeze(said=said, by=cast.officer, now=NOW, seq=seq)


def test_a_figure_holds_until_its_records_change(cast: Cast) -> None:
    figure = _frozen(cast)

    before = drift(figure, readers=Readers())
    added = file("recognition", "丙", [("recognised", "2024-12-01")], firm=cast.firm, by=cast.statistician)
    after = drift(figure, readers=Readers())

    assert (figure.text, before.holds_then, before.has_drifted) == ("2家", True, False)
    assert (after.holds_then, after.now.text, after.has_drifted) == (True, "3家", True)
    assert [len(part.change.added) for part in after.changes] == [1]
    assert added is not None


def test_a_newer_definition_does_not_change_what_was_said(cast: Cast, tmp_path: Path) -> None:
    figure = _frozen(cast)
    (tmp_path / "indicators.toml").write_text(NEWER, encoding="utf-8")
    load_pack(folder=tmp_path, by=None, now=NOW)
    reader, _seq = read_at()

    found = drift(figure, readers=Readers())

    assert reader.value(reader.indicator("high_tech_recognised"), cast.county, Period.parse("2024")).text == "1家"
    assert (found.holds_then, found.has_drifted, found.now.text) == (True, False, "2家")


@pytest.mark.parametrize("before, after, is_alike", [
    ("超7677人次", "7677余人次", True), ("682.00万元", "682万元", True), ("20.19件/万人", "20.19件", True),
    ("36项", "63项", False), ("13.5亿元", "13.5万元", False), ("增长2.0%", "下降2.0%", False), ("2家", "", False),
])  # fmt: skip
def test_a_number_that_only_reads_differently_is_no_drift(cast: Cast, before: str, after: str, is_alike: bool) -> None:
    figure = _frozen(cast)
    said = replace(drift(figure, readers=Readers()).now, text=after)
    figure.text = before

    assert Drift(figure, True, said, ()).says_otherwise is not is_alike


def test_a_figure_that_was_worded_otherwise_when_it_was_frozen_holds(cast: Cast) -> None:
    figure = _frozen(cast)
    Figure.objects.update(text="超2家")
    figure.refresh_from_db()

    found = drift(figure, readers=Readers())

    assert (found.holds_then, found.has_drifted, found.says_otherwise) == (True, False, False)
