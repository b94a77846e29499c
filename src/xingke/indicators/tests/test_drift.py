"""Frozen figures against the ledger: drift is in the records, never in a definition that came later."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cast import NOW, Cast, correct, file, keep_records
from xingke.base.periods import Period
from xingke.indicators import rules
from xingke.indicators.actions import freeze, read_at
from xingke.indicators.columns import engine
from xingke.indicators.models import Figure
from xingke.indicators.queries import aspects
from xingke.indicators.queries.drift import Drift, Readers, _reads_alike, drift
from xingke.indicators.queries.figures import read_figure
from xingke.ledger.models import RecognitionEvent
from xingke.registry.actions import load_pack

pytestmark = pytest.mark.db

Reading = tuple[str, str | None]  # a digest, and what is said

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
    file(
        "recognition",
        "甲",
        [("recognised", "2020-11-08"), ("expired", "2023-11-08"), ("re_recognised", "2024-03-01")],
        firm=cast.firm,
        by=cast.statistician,
    )
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


def test_a_number_that_was_never_the_sum_of_its_evidence_fails_however_whole_the_evidence_is(cast: Cast) -> None:
    """Frozen from a damaged file: 1607 signed with the evidence of 1614."""
    figure = _frozen(cast)
    Figure.objects.filter(pk=figure.pk).update(value="3", text="3家")
    figure.refresh_from_db()

    found = drift(figure, readers=Readers())

    assert (found.holds_then, found.then.text, found.contradicts_its_evidence) == (True, "2家", True)
    assert (found.fails, found.is_worded_otherwise, found.has_drifted) == (True, False, False)


def test_a_newer_definition_does_not_change_what_was_said(cast: Cast, tmp_path: Path) -> None:
    figure = _frozen(cast)
    (tmp_path / "indicators.toml").write_text(NEWER, encoding="utf-8")
    load_pack(folder=tmp_path, by=None, now=NOW)
    reader, _seq = read_at()

    found = drift(figure, readers=Readers())

    assert reader.value(reader.indicator("high_tech_recognised"), cast.county, Period.parse("2024")).text == "1家"
    assert (found.holds_then, found.has_drifted, found.now.text) == (True, False, "2家")


@pytest.mark.parametrize(
    "one, other, is_alike",
    [
        ("超7677人次", "7677余人次", True),
        ("682.00万元", "682万元", True),
        ("20.19件/万人", "20.19件", True),
        ("36项", "63项", False),
        ("13.5亿元", "13.5万元", False),
        ("增长2.0%", "下降2.0%", False),
        ("2家", "", False),
    ],
)
def test_wordings_that_say_the_same_numbers_read_alike(one: str, other: str, is_alike: bool) -> None:
    assert _reads_alike(one, other) is is_alike


# Evidence is one letter; what is said of it one text, None where it is not said. The last column: what is told of the figure.
TABLE = [
    ("nothing changed", ("a", "33次"), ("a", "33次"), ("a", "33次"), {"holds"}),
    ("newer rules word it otherwise", ("a", "33次"), ("a", "超33次"), ("a", "超33次"), {"holds", "reworded"}),
    ("newer rules round it otherwise", ("a", "33.3%"), ("a", "33%"), ("a", "33%"), {"holds", "reworded"}),
    ("newer rules do not say it any more", ("a", "33次"), ("", None), ("", None), {"holds", "reworded"}),
    ("evidence corrected, number the same", ("a", "33次"), ("a", "33次"), ("b", "33次"), {"holds", "corrected"}),
    ("evidence corrected, number another", ("a", "33次"), ("a", "33次"), ("b", "34次"), {"fails"}),
    ("evidence corrected, not known any more", ("a", "33次"), ("a", "33次"), ("", None), {"fails"}),
    ("corrected and reworded", ("a", "33次"), ("a", "超33次"), ("b", "超33次"), {"holds", "corrected", "reworded"}),
    ("corrected to be exact", ("a", "33次"), ("a", "超33次"), ("b", "33次"), {"holds", "corrected", "reworded"}),
    ("another number, and other words", ("a", "33次"), ("a", "超33次"), ("b", "超34次"), {"fails", "reworded"}),
    ("damaged: its own number gives other evidence", ("a", "33次"), ("b", "33次"), ("b", "33次"), {"fails"}),
]


@pytest.mark.parametrize("story, frozen, then, now, told", TABLE, ids=[row[0] for row in TABLE])
def test_evidence_decides_and_never_how_a_number_is_printed(
    cast: Cast, story: str, frozen: Reading, then: Reading, now: Reading, told: set[str]
) -> None:
    figure = _frozen(cast)
    said = drift(figure, readers=Readers()).now
    figure.digest, figure.text = frozen[0], frozen[1] or ""
    holds = then[0] in (frozen[0], "")  # what is not said any more was found to hold part by part

    found = Drift(figure, holds, *(replace(said, digest=digest, text=text) for digest, text in (then, now)))

    words = {
        "fails": found.fails,
        "holds": not found.fails,
        "corrected": found.is_corrected,
        "reworded": found.is_worded_otherwise,
    }
    assert {word for word, is_so in words.items() if is_so} == told


def test_a_figure_of_an_earlier_engine_holds_whatever_it_was_worded_like(cast: Cast) -> None:
    figure = _frozen(cast)
    Figure.objects.update(text="超2家", rules=0)
    figure.refresh_from_db()

    found = drift(figure, readers=Readers())

    assert (found.holds_then, found.has_drifted, found.is_worded_otherwise, found.fails) == (True, False, True, False)


def test_a_figure_that_is_not_said_any_more_holds_by_the_evidence_of_its_parts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = _frozen(cast)
    silent = replace(aspects.ASPECTS["level"], read=lambda _question: aspects.NOT_SO)
    monkeypatch.setattr(aspects, "ASPECTS", {**aspects.ASPECTS, "level": silent})

    before = drift(figure, readers=Readers())
    file("recognition", "丙", [("recognised", "2024-12-01")], firm=cast.firm, by=cast.statistician)
    after = drift(figure, readers=Readers())

    assert (before.now.text, before.holds_then, before.has_drifted, before.fails) == (None, True, False, False)
    assert (after.holds_then, after.has_drifted, after.fails) == (True, True, True)
    assert [len(part.change.added) for part in after.changes] == [1]


def test_a_corrected_record_that_leaves_the_number_is_a_notice_with_its_name(cast: Cast) -> None:
    figure = _frozen(cast)
    event = RecognitionEvent.objects.get(event="recognised", happened_on=date(2024, 11, 8))
    correct("recognition", event.record, {"happened_on": date(2024, 11, 9)}, by=cast.statistician)

    found = drift(figure, readers=Readers())

    assert (found.holds_then, found.is_corrected, found.fails) == (True, True, False)
    assert [[after.record for _before, after in part.change.changed] for part in found.changes] == [[event.record.hex]]


def test_a_figure_says_which_rules_it_was_made_by(cast: Cast) -> None:
    assert _frozen(cast).rules == engine.RULES == 1


def in_a_sentence(amount: str, unit: str, decimals: int) -> str:
    number, unit = rules.visible(Decimal(amount), unit, decimals)
    return f"{rules.in_a_sentence(number, unit)}{unit}"


def test_whoever_words_a_number_otherwise_raises_the_number_of_the_rules() -> None:
    """What rules 1 say. Where this fails by intent: raise ``engine.RULES``, then write down here what is said now."""
    said = (
        in_a_sentence("0", "万元", 2),
        in_a_sentence("12345678", "元", 2),
        in_a_sentence("0.514", "亿元", 2),
        in_a_sentence("20.185", "件/万人", 2),
        in_a_sentence("3248", "件", 0),
        rules.growth_text(Decimal("14.04"), kind="percent"),
        rules.growth_text(Decimal("-2.25"), kind="points"),
        rules.growth_text(Decimal("0.04"), kind="percent"),
        rules.approximate_text("7677", "人次", "超"),
        rules.approximate_text("220", "家", "余"),
        rules.sum_word(["超", "余", ""]),
        rules.sum_word(["近", "余"]),
        aspects.EARLIER_NEEDED,
        aspects.LOOKED_BACK,
        aspects.IN_MULTIPLES,
    )

    assert (engine.RULES, *said) == (
        1,
        "0万元",
        "12345678元",
        "0.51亿元",
        "20.19件/万人",
        "3248件",
        "增长14.0%",
        "降低2.25个百分点",
        "持平",
        "超7677人次",
        "220余家",
        "余",
        "约",
        4,
        10,
        200,
    )
