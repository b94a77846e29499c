"""What checking a document costs: passes of the engine, whatever the number of figures."""

from pathlib import Path
from typing import Any

import pytest

from tests.cast import NOW, Cast, file, keep_records, load_outline
from xingke.base.periods import Period
from xingke.indicators import engine
from xingke.reports.actions import write_document
from xingke.reports.models import Document
from xingke.reports.verifying import check_ledger


@pytest.fixture
def document(cast: Cast, tmp_path: Path) -> Document:
    load_outline(tmp_path)
    keep_records(cast.county, cast.sibling, by=cast.statistician, kinds=("recognition", "contract"))
    for number, firm in enumerate((cast.firm, cast.other_firm)):
        file("recognition", f"高企{number}", [("applied", "2024-05-01"), ("recognised", "2024-11-08")], firm=firm, by=cast.statistician)  # fmt: skip
    written = write_document(outline="short", region=cast.county, period=Period.year(2024), by=cast.officer, now=NOW)
    return written.document


def test_all_figures_are_sealed_in_one_pass_for_each_kind_and_number(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[str] = []
    usual = engine.seals

    def counted(kind: str, asked: Any, now: Any = None) -> Any:
        passes.append(kind)
        return usual(kind, asked, now)

    monkeypatch.setattr(engine, "seals", counted)

    assert check_ledger(document) == []
    assert document.figures.count() >= 5
    assert sorted(passes) == ["contract", "contract", "recognition", "recognition"]  # then and now


def test_a_record_filed_since_is_found_behind_every_figure_it_changes(cast: Cast, document: Document) -> None:
    file("recognition", "后补", [("applied", "2024-06-01")], firm=cast.firm, by=cast.statistician)

    assert [(label, each.holds_then, each.now.text) for _slot, label, each in check_ledger(document)] == [
        ("高新技术企业申报数", True, "2家"), ("高新技术企业认定通过率", True, "50.0%")
    ]  # fmt: skip
