"""Sums of approximations are approximations: in value, in words, in documents, and to be reckoned with by nobody."""

from datetime import date
from typing import Any

import pytest

from tests.cast import NOW, Cast, keep_records, report
from xingke.base.periods import Period
from xingke.indicators.actions import read_at
from xingke.indicators.queries import indicator
from xingke.indicators.queries.figures import Said, read_figure
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.roughness import sum_words
from xingke.indicators.queries.values import Value
from xingke.indicators.rules import sum_word
from xingke.indicators.wording import amount_words
from xingke.ledger import actions
from xingke.ledger.tables import TABLES
from xingke.ledger.words import Words
from xingke.registry.models import Region

YEAR = Period.year(2025)


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("", ""), ""),
        (("余", ""), "余"),
        (("超", ""), "超"),
        (("近", "不足"), "近"),
        (("余", "多", "超", "以上"), "余"),
        (("以上", "达上"), "以上"),
        (("近", "近"), "近"),
        (("余", "近"), "约"),
        (("约", "余"), "约"),
    ],
)
def test_the_word_of_a_sum(words: tuple[str, ...], word: str) -> None:
    assert sum_word(words) == word


def trained(cast: Cast, on: str, people: int, word: str = "", region: Region | None = None) -> None:
    place = region or cast.county
    measures: dict[str, Any] = {"people": people * 10_000, "approximation": word}
    history = actions.NewHistory(
        fields={"topic": "training", "name": f"培训{on}", "number": ""},
        region=place,
        organisation=None,
        is_fictional=True,
        events=[actions.NewEvent(event="held", on=date.fromisoformat(on), region=place, measures=measures)],
    )
    actions.file_histories(
        kind="event", histories=[history], by=cast.statistician, now=NOW, source="test", confirmed=True
    )


def value(region: Region, code: str = "people_trained", period: Period = YEAR) -> Value:
    return Reader().value(indicator(code), region, period)


def said(region: Region, aspect: str, period: Period = YEAR) -> Said:
    return read_figure(read_at()[0], "people_trained", region, period, aspect)


def test_records_that_are_rough_make_a_rough_sum(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician, kinds=["event"])
    trained(cast, "2024-03-01", 50)
    trained(cast, "2025-03-01", 120, "余")
    trained(cast, "2025-04-01", 30)

    found = value(cast.county)

    assert (found.amount, found.is_rough, found.text) == (150, True, "150余人次")
    assert str(amount_words(found, Words())[0]) == "150余"
    assert value(cast.county, period=Period.year(2024)).text == "50人次"
    assert value(cast.county, period=Period.parse("2025-04")).text == "30人次"
    assert said(cast.county, "level").text == "150余人次"
    growth = said(cast.county, "growth")
    assert (growth.text, str(growth.why)) == (None, "“培训人次”2025年是约数（150余人次），不能据以计算。")
    assert said(cast.county, "total").text == "200余人次（2023年以来）"


def test_a_record_that_was_made_exact_makes_the_sum_exact(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician, kinds=["event"])
    trained(cast, "2025-03-01", 120, "余")
    then = read_at()[1]
    row = TABLES["event"].event._default_manager.get()
    actions.correct_event(
        kind="event",
        record=row.record,
        version=1,
        changes={"people": 1_230_000, "approximation": ""},
        reason="签到表",
        by=cast.statistician,
        now=NOW,
    )

    assert value(cast.county).text == "123人次"
    assert Reader(seq=then).value(indicator("people_trained"), cast.county, YEAR).text == "120余人次"


def test_a_sum_of_regions_is_as_rough_as_its_parts(cast: Cast) -> None:
    counties = list(Region.objects.filter(parent=cast.city, valid_to__isnull=True))
    for region in counties:
        report(region, "2025", "高新技术企业数", "20", "家", by=cast.statistician, as_written="20家")
    exact = value(cast.city, "high_tech_enterprises")
    assert not exact.is_rough

    report(counties[0], "2025", "科技型中小企业数", "20", "家", by=cast.statistician, as_written="20余家")
    for region in counties[1:]:
        report(region, "2025", "科技型中小企业数", "20", "家", by=cast.statistician)
    found = value(cast.city, "tech_smes")

    assert (found.route, found.text) == ("children", f"{20 * len(counties)}余家")


def test_a_ratio_of_approximations_is_about_right(cast: Cast) -> None:
    report(cast.county, "2025", "全社会研发经费投入", "11", "亿元", by=cast.statistician, as_written="近11亿元")
    report(cast.county, "2025", "地区生产总值", "440", "亿元", by=cast.statistician)

    found = value(cast.county, "rnd_intensity")

    assert (found.route, found.text) == ("formula", "约2.50%")


def test_no_approximation_costs_no_more_than_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    """Indicators that add up no people ask nothing more."""
    people, others = [indicator("people_trained"), indicator("villagers_trained")], [indicator("patents_granted")]
    counties = list(Region.objects.filter(parent=cast.city))
    with django_assert_num_queries(1):
        assert sum_words(people, counties, [YEAR], seq=None) == {}
    with django_assert_num_queries(0):
        assert sum_words(others, counties, [YEAR], seq=None) == {}
