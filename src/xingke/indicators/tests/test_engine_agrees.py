"""The engine against the plain reference, on random ledgers: tail only, file only, file and tail, and as of earlier."""

import shutil
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import cast as casting
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.indicators import columns, rules
from xingke.indicators.columns import engine, tails
from xingke.indicators.queries import added, indicators
from xingke.indicators.queries.reader import Reader, window_of
from xingke.indicators.rules import EvidenceRow, Indicator
from xingke.indicators.tests.life import Life, Moment, lives
from xingke.ledger.rules import Happening, effects
from xingke.ledger.tables import TABLES
from xingke.registry.models import Region

pytestmark = [pytest.mark.db, pytest.mark.slow]

PERIODS = [Period.parse(code) for code in ("2023", "2024", "2024-H1", "2023-05..2024-02", "2024-06-30", "2025-03")]


@pytest.fixture
def country(transactional_db: None) -> Iterator[tuple[casting.Cast, list[Region]]]:
    """The fictional province with its cities and counties, all keeping records; its columns are cleared away."""
    casting.load_packs()
    cast = casting.gather()
    regions = list(Region.objects.filter(is_fictional=True).select_related("parent").order_by("path"))
    casting.keep_records(*regions, by=cast.statistician, since="2020-12-31", kinds=TABLES)
    yield cast, regions
    shutil.rmtree(columns.folder(), ignore_errors=True)


def _distinct(code: str, **asked: Any) -> Indicator:
    label = Label(zh=code, en=code)
    return Indicator(code=code, label=label, meaning=label, unit="家", source="test", distinct="organisation", **asked)


DISTINCT = (
    _distinct("holders", nature="stock", of="recognition", where={"level": ("national", "city", "county")}),
    _distinct("granted_to", nature="flow", of="patent", events=("granted", "received")),
)


def counting() -> list[Indicator]:
    return [*DISTINCT, *(each for each in indicators().values() if each.counts_records)]


def expected(each: Indicator, moment: Moment, region: Region, period: Period) -> list[EvidenceRow]:
    """What the plain reference says stands behind the value, in record order."""
    counted = rules.counted(each, moment.facts[each.of], region.range, period)
    return sorted(EvidenceRow(record, moment.versions[record], share) for record, share in counted)


def assert_agree(moment: Moment, regions: Sequence[Region], periods: Sequence[Period], *, seq: int | None) -> None:
    """Every flow and stock of the pack: value, evidence, sum and digest say what the reference says."""
    reader = Reader(seq=seq)
    asked = counting()
    looked_into: set[str] = set()
    values = reader.values(asked, regions, periods)
    reader.seal(
        some := [value for value in values if value.region == regions[-2] and value.period in periods[:2]]
    )  # in one pass per kind
    for value in values:
        each = value.indicator
        told = expected(each, moment, value.region, value.period)
        place = f"{each.code} {value.region} {value.period} as of {seq}"
        total = added(each, sum(row.contribution for row in told))
        # What is held counts once each; a loss that was moved to where nothing is held makes a stock negative, and so its count.
        count = sum(row.contribution for row in told) if each.nature == "stock" else len(told)
        assert (value.route, value.amount, value.count) == ("records", total, count), place
        sealed = engine.Sealed(sum(row.contribution for row in told), len(told), rules.evidence_digest(told))
        if value in some:
            assert reader.sealed(value) == sealed, place
        if not told or (each.code in looked_into and all(row.contribution == 1 for row in told)):
            continue  # row by row: one place per indicator with records behind it, and all where something is lost
        looked_into.add(each.code)
        assert reader.evidence(value) == told, place
        assert engine.seal(each, window_of(value, seq)) == sealed, place


def assert_histories_are_possible(moment: Moment) -> None:
    """Confirmed events alone make a history that can have happened; what they do and when they lapse is that history's."""
    for kind, facts in moment.facts.items():
        histories: dict[str, list[rules.Fact]] = {}
        for fact in facts:
            histories.setdefault(fact.subject, []).append(fact)
        for history in histories.values():
            happened = [fact for fact in history if not fact.lapsed]
            told = [Happening(fact.event, fact.on, fact.record, moment.untils[fact.record]) for fact in happened]
            steps = effects(TABLES[kind].names, told)
            assert {step.happening.key: step.effect for step in steps} == {
                fact.record: fact.effect for fact in happened
            }
            lapses = {step.happening.key: step.lapses_on for step in steps if step.lapses_on}
            assert lapses == {fact.record: fact.on for fact in history if fact.lapsed}


def forget_everything() -> None:
    """Nothing ever leaves a real ledger; here rows do, so what was read of them has to go too."""
    shutil.rmtree(columns.folder(), ignore_errors=True)
    tails.forget()
    for kind in TABLES.values():
        kind.event._default_manager.all().delete()
        kind.subject._default_manager.all().delete()


# Every example files a life and reads it four ways, a second or so: too slow to shrink a failing one within a test run.
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(operations=lives, share=st.integers(0, 9), earlier=st.lists(st.integers(0, 30), min_size=1, max_size=2))
def test_on_any_ledger_the_engine_says_what_the_reference_says(
    country: tuple[casting.Cast, list[Region]], operations: list[tuple[object, ...]], share: int, earlier: list[int]
) -> None:
    cast, regions = country
    forget_everything()
    places = [region for region in regions if region.code in ("990000", "990100", "990121", "990200")]
    life = Life(cast, [region for region in regions if region.level == "county"])

    def write_files() -> None:
        for kind in TABLES:
            columns.rebuild(kind)

    assert columns.source("patent").file is None
    life.live(operations[:-2])
    assert_agree(life.look(), places, PERIODS[:3], seq=None)  # tail only

    forget_everything()
    life = Life(cast, life.regions)
    life.live(operations, at=len(operations) * share // 10, then=write_files)
    now = life.look()
    assert_histories_are_possible(now)
    seqs = sorted(life.moments)
    if not seqs:
        return
    old = {seqs[each % len(seqs)] for each in earlier}
    assert_agree(now, places, PERIODS, seq=None)  # a file, and a tail that closes some of its rows
    for seq in old:
        assert_agree(life.moments[seq], places, PERIODS[:3], seq=seq)
    write_files()
    assert columns.source("recognition").tail.is_empty
    assert_agree(now, places, PERIODS[3:], seq=None)  # file only
    for seq in old:
        assert_agree(life.moments[seq], places, PERIODS[2:5], seq=seq)
