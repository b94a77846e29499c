"""Freezing refuses what its own evidence does not add up to: counting and evidence are worked out apart and compared."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests import cast as casting
from tests.cast import NOW, Cast, file, keep_records
from xingke.base.periods import Period
from xingke.indicators import columns
from xingke.indicators.actions import freeze, read_at, reading_anew
from xingke.indicators.columns import intact, tails, tallies
from xingke.indicators.columns.tallies import Tally
from xingke.indicators.models import Figure
from xingke.indicators.queries.figures import Unproved, read_figure
from xingke.registry.models import Region

pytestmark = pytest.mark.db

YEAR = Period.year(2024)


@pytest.fixture
def kept(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """Four patents and three titles in the county, in column files."""
    casting.load_packs()
    cast = casting.gather()
    keep_records(*Region.objects.filter(parent=cast.city), by=cast.statistician)
    for number in range(4):
        events = [("applied", f"2023-0{number + 1}-03"), ("granted", f"2024-0{number + 1}-06")]
        file("patent", f"专利{number}", events, firm=cast.firm, by=cast.statistician)
    for name, year in (("甲", 2023), ("乙", 2024), ("丙", 2024)):
        events = [("applied", f"{year}-03-03"), ("recognised", f"{year}-05-05")]
        file("recognition", f"高企{name}", events, firm=cast.firm, by=cast.statistician)
    shutil.rmtree(columns.folder(), ignore_errors=True)
    tails.forget()
    columns._failed.clear()
    monkeypatch.setattr(columns, "REBUILD_AT", 1)
    yield cast
    shutil.rmtree(columns.folder(), ignore_errors=True)


def changed(made: Tally) -> Tally:
    """A tally with one row less: the first of 2024 that does something does nothing, and long before."""
    day, effect = np.array(made.day), np.array(made.effect)
    first = int(np.argmax((day >= tallies.day_number(YEAR.first)) & (effect != 0)))
    day[first], effect[first] = 0, 0
    return replace(made, day=day, effect=effect)


def plant(kind: str) -> None:
    """Exchange the tally of a kind for a wrong one whose checksum fits: what no checksum can find."""
    source = columns.source(kind)
    assert source.file is not None
    words = columns._words(kind, source.stamp)
    wrong = changed(source.tallies[0])
    for path in columns.folder().glob(f"{kind}.*.tally"):
        path.unlink()
    with intact.keeping(columns.folder(), source.file.stem, ".tally") as planted:
        tallies.write(planted.part, wrong, words)


@reading_anew
def frozen(cast: Cast, code: str, aspect: str) -> Figure:
    reader, seq = read_at()
    said = read_figure(reader, code, cast.county, YEAR, aspect)
    return freeze(said=said, by=cast.officer, now=NOW, seq=seq)


FIGURES = [
    ("a flow", "patent", "patents_granted", "level"),
    ("a stock", "recognition", "high_tech_enterprises", "level"),
    ("the parts of a ratio", "recognition", "high_tech_pass_rate", "level"),
    ("a place among siblings", "patent", "patents_granted", "rank"),
    ("a growth", "recognition", "high_tech_recognised", "growth"),
    ("a share", "patent", "inventions_granted", "share:patents_granted"),
]


@pytest.mark.parametrize("story, kind, code, aspect", FIGURES, ids=[row[0] for row in FIGURES])
def test_a_wrong_tally_is_found_made_anew_and_the_right_number_frozen(
    kept: Cast, story: str, kind: str, code: str, aspect: str
) -> None:
    right = frozen(kept, code, aspect)
    Figure.objects.all().delete()
    plant(kind)
    reader, _seq = read_at()
    assert read_figure(reader, code, kept.county, YEAR, aspect).disagreements, "the planted tally must be believed"

    again = frozen(kept, code, aspect)

    assert (again.text, again.value, again.digest, again.count) == (right.text, right.value, right.digest, right.count)


def test_what_stays_wrong_is_refused_with_both_numbers_and_a_way_out(
    kept: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tallies.tally
    monkeypatch.setattr(tallies, "tally", lambda *given: changed(usual(*given)))

    with pytest.raises(Unproved) as refused:
        frozen(kept, "patents_granted", "level")

    assert str(refused.value) == (
        "“专利授权量”（青溪县2024年）算得 3，而证据合计为 4，两者不符，不能写进文稿。"
        "列文件已经重建过，仍然不符；请运行 xingke check 查明原因，修复后再写。"
    )
    assert not Figure.objects.exists()


def test_a_number_that_is_its_evidence_is_read_once(kept: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed: list[Any] = []
    monkeypatch.setattr(columns, "renew", renewed.append)

    assert frozen(kept, "patents_granted", "level").text == "4件"
    assert renewed == []
