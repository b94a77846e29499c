"""Identities: read from a pack, judged by a pure rule, and found in the ledger with their evidence."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from tests.cast import Cast, file, keep_records, report
from xingke.base import expressions
from xingke.base.definitions import Catalogue, DefinitionEntry
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.indicators.queries import judging
from xingke.indicators.queries.judging import Judged
from xingke.indicators.queries.reader import Reader
from xingke.indicators.rules import Indicator, identities
from xingke.indicators.rules.identities import Amount, IdentityExample, IndicatorIdentity, judge
from xingke.registry.models import Region

pytestmark = pytest.mark.db

YEAR = Period.year(2025)
NAME = Label("测试", "test")
SignedIn = Callable[[str], Client]


def identity(left: str, right: str, **more: object) -> IndicatorIdentity:
    return IndicatorIdentity(code="t", label=Label("甲", "a"), left=left, right=right, source="测试", **more)  # type: ignore[arg-type]


def amounts(**values: str) -> dict[str, Amount]:
    """Amounts by term; ``1.9±0.05`` for one that was rounded."""
    found = {}
    for key, text in values.items():
        value, _mark, slack = text.partition("±")
        found[key] = Amount(Decimal(value), Decimal(slack or 0))
    return found


JUDGED = [
    ("what was granted, received and lost", "n", "g + r - l", {"n": "440", "g": "176", "r": "367", "l": "103"}, True),
    ("one too few", "n", "g + r - l", {"n": "439", "g": "176", "r": "367", "l": "103"}, False),
    ("parts in 亿元 of a whole, rounded", "n", "g + r", {"n": "4.1±0.05", "g": "1.94±0.005", "r": "2.12±0.005"}, True),
    (
        "parts off by more than their rounding",
        "n",
        "g + r",
        {"n": "4.3±0.05", "g": "1.94±0.005", "r": "2.12±0.005"},
        False,
    ),
    (
        "a share of rounded figures",
        "n",
        "g / r * 100",
        {"n": "72.4±0.05", "g": "183.25±0.005", "r": "253.1±0.05"},
        True,
    ),
    ("a share that cannot be", "n", "g / r * 100", {"n": "74.2±0.05", "g": "183.25±0.005", "r": "253.1±0.05"}, False),
]


@pytest.mark.parametrize("story, left, right, values, holds", JUDGED)
def test_sides_agree_where_their_values_may_be_the_same(
    story: str, left: str, right: str, values: dict[str, str], holds: bool
) -> None:
    verdict = judge(identity(left, right), amounts(**values))

    assert verdict is not None
    assert verdict.holds is holds


def test_a_part_may_be_less_than_the_whole_and_a_tolerance_is_allowed() -> None:
    assert judge(identity("a", "b", relation="<="), amounts(a="1.93", b="2.95")).holds  # type: ignore[union-attr]
    assert not judge(identity("a", "b", relation="<="), amounts(a="3", b="2.95")).holds  # type: ignore[union-attr]
    assert judge(identity("a", "b", tolerance=Decimal("0.05")), amounts(a="3", b="2.95")).holds  # type: ignore[union-attr]


def test_what_divides_by_zero_cannot_be_judged() -> None:
    assert judge(identity("a", "b / c"), amounts(a="1", b="1", c="0")) is None
    assert judge(identity("a", "b / c"), amounts(a="1", b="1", c="0.1±0.5")) is None


def test_the_reach_of_a_product_and_a_quotient() -> None:
    ranges = {"a": (Decimal(-2), Decimal(3)), "b": (Decimal(4), Decimal(5))}

    assert expressions.reach(expressions.arithmetic("a * b"), ranges) == (-10, 15)
    assert expressions.reach(expressions.arithmetic("a / b"), ranges) == (Decimal("-0.5"), Decimal("0.75"))
    assert expressions.reach(expressions.arithmetic("a - b"), ranges) == (-7, -1)


def test_a_shift_stands_only_behind_a_code_and_only_where_it_is_known() -> None:
    assert [term.key for term in identity("a@year_before + b", "c@children").terms] == [
        "a@year_before",
        "b",
        "c@children",
    ]
    for text in ("(a + b)@year_before", "a@next_year", "a@2"):
        with pytest.raises(expressions.ExpressionError):
            expressions.arithmetic(text, shifts=identities.SHIFTS)
    with pytest.raises(expressions.ExpressionError):
        expressions.arithmetic("a@year_before")  # a ratio looks at one period only


def test_a_pack_with_wrong_identities_says_what_is_wrong() -> None:
    wrong = identity("a +", "b", examples=(IdentityExample(story="少一项", values={"a": "1"}),))
    other = identity(
        "gdp",
        "gdp@year_before",
        examples=(IdentityExample(story="相差一", values={"gdp": "2", "gdp@year_before": "1"}),),
    )
    catalogue = Catalogue(
        {"identity": [DefinitionEntry("identity", each, {}, "identities.toml") for each in (wrong, other)]}
    )

    said = [str(issue) for check in identities.IDENTITIES.checks for issue in check(catalogue)]

    assert any("'a +' is no formula" in each for each in said)
    assert any("names unknown indicator 'gdp'" in each for each in said)
    assert any("example 1 cannot be judged" in each for each in said)
    assert any("example 1 differs by 1 (相差一)" in each for each in said)


HOLDERS = Indicator(
    code="holders",
    label=NAME,
    meaning=NAME,
    unit="家",
    source="测试",
    nature="stock",
    of="patent",
    distinct="organisation",
)
SHARE = Indicator(
    code="share", label=NAME, meaning=NAME, unit="%", source="测试", nature="ratio", formula="holders / firms * 1e2"
)
FIRMS = Indicator(code="firms", label=NAME, meaning=NAME, unit="家", source="测试", nature="observed")
ADDED_UP = [
    ("holders", "firms + holders@children", "at character 9: holders counts whom"),
    ("（ holders @ children ）", "1", "at character 3: holders counts whom"),
    ("holders - holders@children", "0", "at character 11: holders counts whom"),
    ("share@children", "1", "at character 1: holders counts whom"),
    ("holders", "firms", ""),
    ("holders@year_before", "firms@children", ""),
    ("share", "holders / firms@children", ""),
    ("holders@", "firms", ""),  # what cannot be read is said by another
]


@pytest.mark.parametrize("left, right, said", ADDED_UP)
def test_whoever_is_in_two_regions_is_not_added_up(left: str, right: str, said: str) -> None:
    catalogue = Catalogue(
        {
            "indicator": [
                DefinitionEntry("indicator", each, {}, "indicators.toml") for each in (HOLDERS, SHARE, FIRMS)
            ],
            "identity": [DefinitionEntry("identity", identity(left, right), {}, "identities.toml")],
        }
    )

    found = [str(issue) for issue in identities.distinct_ones_are_not_added_up(catalogue)]

    assert len(found) == bool(said)
    assert all(said in each for each in found)
    assert identities.distinct_ones_are_not_added_up in identities.IDENTITIES.checks


# ── in the ledger ───────────────────────────────────────────────────────────────────────────────────────────────────


def judged(region: Region, code: str, period: Period = YEAR) -> Judged | None:
    found = judging.judged(Reader(), [judging.identities()[code]], [region], period)
    return next(found, None)


def told(cast: Cast, year: str = "2025", **figures: str) -> None:
    for name, value in figures.items():
        report(cast.county, year, name, value, "件", by=cast.statistician)


def test_reported_figures_that_agree_and_that_do_not(cast: Cast) -> None:
    told(cast, 专利授权量="163", 发明专利授权量="13")
    told(cast, "2024", 专利授权量="10", 发明专利授权量="13")

    now, before = judged(cast.county, "invention_grants"), judged(cast.county, "invention_grants", YEAR.year_before)

    assert now is not None
    assert before is not None
    assert (now.status, before.status) == ("holds", "differs")
    assert before.verdict is not None
    assert before.verdict.difference == 3


def test_what_is_unknown_or_rough_is_named_and_not_judged(cast: Cast) -> None:
    told(cast, 专利授权量="163")
    found = judged(cast.county, "invention_grants")
    assert found is not None
    assert (found.status, [term.name.key for term in found.missing]) == ("unknown", ["inventions_granted"])

    report(cast.county, "2025", "发明专利授权量", "13", "件", by=cast.statistician, as_written="近13件")
    found = judged(cast.county, "invention_grants")
    assert found is not None
    assert found.status == "unknown"


def test_a_stock_of_records_is_what_it_was_and_what_came(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    file("patent", "甲", [("granted", "2023-05-06")], firm=cast.firm, by=cast.statistician)
    file("patent", "乙", [("granted", "2025-05-06")], firm=cast.firm, by=cast.statistician)

    for code in ("invention_stock", "invention_net_parts", "grants_by_form"):
        found = judged(cast.county, code)
        assert found is not None
        assert found.status == "holds"
    assert judged(cast.county, "invention_net_reported") is None  # counted: the finer identity judges it


def test_a_city_is_held_against_its_counties_only_where_it_says_its_own(cast: Cast) -> None:
    counties = Region.objects.filter(parent=cast.city)
    for region in counties:
        report(region, "2025", "地区生产总值", "100.0", "亿元", by=cast.statistician)
    assert judged(cast.city, "gdp_of_regions") is None
    assert judged(cast.county, "gdp_of_regions") is None  # nothing below

    report(cast.city, "2025", "地区生产总值", f"{len(counties)}00.2", "亿元", by=cast.statistician)
    found = judged(cast.city, "gdp_of_regions")
    assert found is not None
    assert (found.status, found.verdict and found.verdict.difference) == ("holds", Decimal("0.2"))  # rounding of each

    report(cast.city, "2024", "地区生产总值", f"{len(counties)}09.0", "亿元", by=cast.statistician)
    for region in counties:
        report(region, "2024", "地区生产总值", "100.0", "亿元", by=cast.statistician)
    found = judged(cast.city, "gdp_of_regions", YEAR.year_before)
    assert found is not None
    assert (found.status, found.verdict and found.verdict.difference) == ("differs", 9)


def test_everywhere_finds_what_differs_first(cast: Cast) -> None:
    told(cast, 专利授权量="163", 发明专利授权量="13")
    told(cast, "2024", 专利授权量="10", 发明专利授权量="13")

    found = judging.everywhere([cast.county, cast.sibling])

    assert [(each.identity.code, each.period.code) for each in found if each.status == "differs"] == [
        ("invention_grants", "2024")
    ]
    assert found[0].status == "differs"


# ── on the pages ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pages_show_what_differs_with_its_numbers(cast: Cast, signed_in: SignedIn) -> None:
    told(cast, 专利授权量="10", 发明专利授权量="13")
    browser = signed_in("officer")
    place = "?region=990121&period=2025"

    page = browser.get(f"/indicators/identities/{place}").content.decode()
    assert "多出 3" in page
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "发明专利授权量 13件 ≤ 专利授权量 10件" in words
    own = browser.get(f"/indicators/patents_granted/{place}").content.decode()
    assert "多出 3" in own
    assert "不相符的核对关系" in browser.get("/").content.decode()


def test_reported_figures_that_are_not_what_is_worked_out_are_listed(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician)
    file("patent", "甲", [("granted", "2025-05-06")], firm=cast.firm, by=cast.statistician)
    told(cast, 专利授权量="3")

    page = signed_in("officer").get("/indicators/identities/?region=990121&period=2025").content.decode()

    assert "上报数与计算不一致" in page
    assert "没有发现不一致" not in page
