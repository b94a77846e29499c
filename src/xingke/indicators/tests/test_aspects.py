"""What can be said of a figure besides its value: read from values, frozen with them, and said again the same."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.cast import NOW, Cast, file, keep_records, report
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.indicators.actions import freeze, read_at
from xingke.indicators.queries import aspects, indicator, indicators
from xingke.indicators.queries.drift import Readers, drift
from xingke.indicators.queries.figures import Said, read_figure
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Value
from xingke.indicators.rules import aspect_names, natural_whole
from xingke.registry.models import Region

pytestmark = pytest.mark.db

YEAR = Period.year(2025)


def said(region: Region, code: str, aspect: str, period: Period = YEAR) -> Said:
    return read_figure(read_at()[0], code, region, period, aspect)


def told(cast: Cast, name: str, unit: str, **years: str) -> None:
    """Report one figure for several years: y2024="36"."""
    for year, value in years.items():
        report(cast.county, year[1:], name, value, unit, by=cast.statistician)


def recognised(cast: Cast, *days: str) -> None:
    for number, day in enumerate(days):
        file("recognition", f"证书{day}{number}", [("recognised", day)], firm=cast.firm, by=cast.statistician)


def test_every_aspect_that_can_be_written_can_be_read() -> None:
    assert list(aspects.ASPECTS) == list(aspect_names.ASPECT_NAMES)


def test_an_aspect_is_called_in_both_languages() -> None:
    name = aspect_names.ASPECT_NAMES["share"]

    assert name.called("zh-hans", Label("专利申请量", "Patent applications")) == "占专利申请量比重"
    assert name.called("en", Label("专利申请量", "Patent applications")) == "share of: Patent applications"


def test_what_it_was_a_year_before_and_by_how_much_more_it_is(cast: Cast) -> None:
    told(cast, "高新技术企业数", "家", y2024="36", y2025="49")

    assert said(cast.county, "high_tech_enterprises", "before").text == "36家"
    net = said(cast.county, "high_tech_enterprises", "net")
    assert (net.text, net.value, len(net.parts), net.route) == ("比上年净增13家", "13", 2, "observation")


def test_of_what_happened_in_a_year_there_was_more_or_less(cast: Cast) -> None:
    told(cast, "专利授权量", "件", y2024="99", y2025="76")

    assert said(cast.county, "patents_granted", "net").text == "比上年减少23件"
    half = said(cast.county, "patents_granted", "net", Period.parse("2025-H1"))
    assert (half.text, "没有2025年上半年的数据" in str(half.why)) == (None, True)


@pytest.mark.parametrize("before, now, text", [("49", "36", "比上年净减13家"), ("36", "36", "与上年持平")])
def test_fewer_are_a_net_loss_and_as_many_are_level(cast: Cast, before: str, now: str, text: str) -> None:
    told(cast, "高新技术企业数", "家", y2024=before, y2025=now)

    assert said(cast.county, "high_tech_enterprises", "net").text == text


def test_an_approximation_is_not_reckoned_with(cast: Cast) -> None:
    told(cast, "高新技术企业数", "家", y2024="36")
    report(cast.county, "2025", "高新技术企业数", "50", "家", by=cast.statistician, as_written="近50家")

    found = said(cast.county, "high_tech_enterprises", "net")

    assert said(cast.county, "high_tech_enterprises", "level").text == "近50家"
    assert found.text is None
    assert "约数（近50家）" in str(found.why)


@pytest.mark.parametrize("aspect", ["growth", "times", "rank"])
def test_no_growth_and_no_place_comes_of_an_approximation(cast: Cast, aspect: str) -> None:
    told(cast, "高新技术企业数", "家", y2024="10")
    for sibling in Region.objects.filter(parent=cast.county.parent).exclude(pk=cast.county.pk):
        report(sibling, "2025", "高新技术企业数", "20", "家", by=cast.statistician)
    report(cast.county, "2025", "高新技术企业数", "50", "家", by=cast.statistician, as_written="近50家")

    found = said(cast.county, "high_tech_enterprises", aspect)

    assert (found.text, str(found.why)) == (None, "“高新技术企业数”2025年是约数（近50家），不能据以计算。")


def test_growth_from_nothing_cannot_be_said_but_what_it_was_can(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    recognised(cast, "2025-03-05", "2025-11-20")

    growth = said(cast.county, "high_tech_recognised", "growth")
    assert (growth.text, str(growth.why)) == (None, "“高新技术企业认定数”2024年为零，不能计算同比。")
    assert said(cast.county, "high_tech_recognised", "times").text is None
    assert said(cast.county, "high_tech_recognised", "before").text == "0家"


def test_multiples_are_said_from_two_hundred_percent_on(cast: Cast) -> None:
    told(cast, "专利授权量", "件", y2023="43", y2024="99", y2025="330")

    assert said(cast.county, "patents_granted", "times").text == "增长2.3倍"
    assert said(cast.county, "patents_granted", "growth").text == "增长233.3%"
    before = said(cast.county, "patents_granted", "times", Period.year(2024))
    assert (before.text, str(before.why)) == (None, "")  # 130.2 % is said in percent: nothing is missing
    assert said(cast.county, "patents_granted", "growth", Period.year(2024)).text == "增长130.2%"


def test_a_total_runs_from_the_month_records_are_kept_from(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician, since="2022-12-31")
    recognised(cast, "2022-11-11", "2023-11-08", "2024-12-02", "2025-03-05", "2025-11-20", "2026-01-10")

    total = said(cast.county, "high_tech_recognised", "total")

    assert (total.text, total.parts[0]["period"], total.route) == ("4家次（2023年以来）", "2023-01..2025-12", "records")
    first = said(cast.county, "high_tech_recognised", "total", Period.year(2023))
    assert first.text is None
    assert "不能累计" in str(first.why)


def test_a_share_and_its_change_rest_on_all_its_values(cast: Cast) -> None:
    told(cast, "专利申请量", "件", y2024="400", y2025="500")
    told(cast, "发明专利申请量", "件", y2024="100", y2025="150")

    share = said(cast.county, "invention_applications", "share:patent_applications")
    change = said(cast.county, "invention_applications", "share_growth:patent_applications")

    assert (share.text, share.value, len(share.parts)) == ("30.0%", "30", 2)
    assert {part["indicator"] for part in share.parts} == {"invention_applications", "patent_applications"}
    assert (change.text, Decimal(change.value), len(change.parts)) == ("提高5.0个百分点", 5, 4)
    asked = indicator("invention_applications")
    assert aspects.called(asked, "share:patent_applications") == "发明专利申请量（占专利申请量比重）"


@pytest.mark.parametrize(
    "part, whole",
    [
        ("high_tech_enterprises", "tech_smes"),  # no part of each other, though both are counted in 家
        ("tech_smes", "high_tech_enterprises"),
        ("high_tech_recognised", "high_tech_applications"),  # who passes need not have applied in the period
        ("patent_applications", "invention_applications"),  # the other way round
    ],
)
def test_only_a_part_has_a_share_of_its_whole(cast: Cast, part: str, whole: str) -> None:
    told(cast, indicator(part).label.zh, indicator(part).unit, y2024="40", y2025="20")
    told(cast, indicator(whole).label.zh, indicator(whole).unit, y2024="80", y2025="50")

    for aspect in ("share", "share_growth"):
        found = said(cast.county, part, f"{aspect}:{whole}")
        assert (found.text, "的一部分，不能说占比" in str(found.why)) == (None, True)


def test_an_identity_makes_a_part_of_what_is_only_reported(cast: Cast) -> None:
    told(cast, "高新技术产业增加值", "亿元", y2025="50")
    told(cast, "规上工业增加值", "亿元", y2025="200")

    assert said(cast.county, "hightech_value_added", "share:industrial_value_added").text == "25.0%"


def test_a_rate_beyond_its_bound_is_not_said(cast: Cast) -> None:
    told(cast, "高新技术企业认定数", "家", y2024="8", y2025="12")
    told(cast, "高新技术企业申报数", "家", y2024="10", y2025="10")

    level = said(cast.county, "high_tech_pass_rate", "level")
    growth = said(cast.county, "high_tech_pass_rate", "growth")

    assert said(cast.county, "high_tech_pass_rate", "before").text == "80.0%"
    assert (level.text, growth.text) == (None, None)
    assert (
        str(level.why)
        == str(growth.why)
        == ("“高新技术企业认定通过率”2025年为 120.0%，分子不全在分母之内，不能说成比率。")
    )


def test_little_money_is_not_said_as_none(cast: Cast) -> None:
    asked = indicator("contract_registered_value")
    little = Value(indicator=asked, region=cast.county, period=YEAR, status="known", amount=Decimal("0.004"))

    assert (little.text, little.number, little.unit) == ("40万元", "40.00", "万元")
    assert replace(little, amount=Decimal("0.4")).text == "0.4亿元"


def test_money_that_was_worked_out_is_said_without_empty_decimals_and_reported_money_as_it_was(cast: Cast) -> None:
    told(cast, "全社会研发经费投入", "亿元", y2025="0.50")
    asked = indicator("project_funds_won")
    counted = Value(indicator=asked, region=cast.county, period=YEAR, status="known", amount=Decimal("1995"))

    assert (counted.text, counted.number) == ("1995万元", "1995.00")
    assert replace(counted, amount=Decimal("682.5")).text == "682.5万元"
    assert said(cast.county, "rnd_expenditure", "level").text == "0.50亿元"


def test_a_unit_is_said_once_where_the_name_says_the_rest(cast: Cast) -> None:
    asked = indicator("inventions_per_10k")
    found = Value(indicator=asked, region=cast.county, period=YEAR, status="known", amount=Decimal("20.19"))

    assert (found.text, found.unit) == ("20.19件", "件/万人")


def test_nothing_negative_is_said_of_a_net_increase(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    file(
        "patent",
        "一种阀门",
        [("granted", "2024-03-05"), ("lapsed", "2025-03-05")],
        firm=cast.firm,
        by=cast.statistician,
    )

    net = said(cast.county, "invention_net", "level")

    assert said(cast.county, "invention_net", "before").text == "1件"
    assert (net.text, str(net.why)) == (None, "“发明专利净增量”2025年为负数，不能说成净增。")
    assert said(cast.county, "invention_patents", "net").text == "比上年净减1件"


@pytest.mark.parametrize("period, text", [("2024", "比上年增加2家"), ("2024-07..2025-06", "比上年同期增加2家")])
def test_only_a_calendar_year_is_compared_with_the_year_before(cast: Cast, period: str, text: str) -> None:
    keep_records(cast.county, by=cast.statistician)
    for number, day in enumerate(("2023-03-05", "2024-04-05", "2024-08-05", "2024-09-05", "2025-03-05")):
        file("recognition", f"证书{number}", [("applied", day)], firm=cast.firm, by=cast.statistician)

    assert said(cast.county, "high_tech_applications", "net", Period.parse(period)).text == text


@pytest.mark.parametrize("aspect", ["growth", "times", "before", "net", "high", "share_growth:high_tech_recognised"])
def test_more_than_a_year_is_not_compared_with_the_like_a_year_before(cast: Cast, aspect: str) -> None:
    keep_records(cast.county, by=cast.statistician)
    recognised(cast, *[f"{year}-03-05" for year in (2021, 2022, 2023, 2024, 2024, 2025, 2025)])

    found = said(cast.county, "high_tech_new", aspect, Period.parse("2024-01..2025-12"))

    assert (found.text, "超过一年，与上年同期重叠" in str(found.why)) == (None, True)


@pytest.mark.parametrize("whole, why", [("0", "为零"), ("9", "部分大于整体")])
def test_a_share_of_nothing_or_of_less_cannot_be_said(cast: Cast, whole: str, why: str) -> None:
    told(cast, "专利申请量", "件", y2025=whole)
    told(cast, "发明专利申请量", "件", y2025="10")

    found = said(cast.county, "invention_applications", "share:patent_applications")

    assert found.text is None
    assert why in str(found.why)


HIGHS = [
    (
        "above all that went before",
        {"y2021": "30", "y2022": "20", "y2023": "30", "y2024": "36", "y2025": "49"},
        "创2021年以来新高",
    ),
    (
        "unknown years ended the look back",
        {"y2018": "9", "y2021": "30", "y2022": "20", "y2023": "30", "y2024": "36", "y2025": "49"},
        "创2021年以来新高",
    ),
    ("as many as once before", {"y2021": "49", "y2022": "20", "y2023": "30", "y2024": "36", "y2025": "49"}, None),
    ("fewer than once before", {"y2021": "60", "y2022": "20", "y2023": "30", "y2024": "36", "y2025": "49"}, None),
    ("four years are too few", {"y2022": "30", "y2023": "20", "y2024": "36", "y2025": "49"}, None),
    ("a year is unknown", {"y2020": "10", "y2021": "30", "y2023": "30", "y2024": "36", "y2025": "49"}, None),
    (
        "an older one was higher",
        {"y2018": "60", "y2021": "30", "y2022": "20", "y2023": "30", "y2024": "36", "y2025": "49"},
        None,
    ),
]


@pytest.mark.parametrize("story, years, text", HIGHS)
def test_a_record_high_is_claimed_only_where_it_is_one(
    cast: Cast, story: str, years: dict[str, str], text: str | None
) -> None:
    told(cast, "高新技术企业数", "家", **years)

    found = said(cast.county, "high_tech_enterprises", "high")

    assert (found.text, str(found.why)) == (text, "")


def test_a_record_high_is_frozen_with_its_series_and_drifts_with_it(cast: Cast) -> None:
    told(cast, "高新技术企业数", "家", y2021="12", y2022="30", y2023="20", y2024="36", y2025="49")
    reader, seq = read_at()
    found = read_figure(reader, "high_tech_enterprises", cast.county, YEAR, "high")
    figure = freeze(said=found, by=cast.officer, now=NOW, seq=seq)

    assert [part["period"] for part in figure.parts] == ["2025", "2024", "2023", "2022", "2021"]
    assert not drift(figure, readers=Readers()).has_drifted

    told(cast, "高新技术企业数", "家", y2019="80")

    found_now = drift(figure, readers=Readers())
    assert (found_now.holds_then, found_now.has_drifted, found_now.now.text) == (True, True, None)


def test_a_record_high_frozen_when_four_years_were_enough_still_holds(cast: Cast) -> None:
    told(cast, "高新技术企业数", "家", y2022="30", y2023="20", y2024="36", y2025="49")
    seq = read_at()[1]
    before = Reader(seq=seq, is_recomputing=True)
    found = read_figure(before, "high_tech_enterprises", cast.county, YEAR, "high")
    figure = freeze(said=found, by=cast.officer, now=NOW, seq=seq)

    checked = drift(figure, readers=Readers())

    assert (figure.text, checked.holds_then, checked.has_drifted) == ("创2022年以来新高", True, False)


ALL = ("level", "growth", "times", "rank", "before", "net", "total", "share:high_tech_recognised", "high")


@pytest.mark.parametrize("aspect", ALL)
def test_whatever_is_said_of_records_is_the_same_when_it_is_checked(cast: Cast, aspect: str) -> None:
    keep_records(cast.county, cast.sibling, by=cast.statistician)
    for number, day in enumerate(("2023-03-05", "2024-03-05", *["2025-03-05"] * 4)):
        file(
            "recognition",
            f"证书{number}",
            [("applied", day), ("recognised", day)],
            firm=cast.firm,
            by=cast.statistician,
        )
    reader, seq = read_at()
    found = read_figure(reader, "high_tech_new", cast.county, YEAR, aspect)
    if found.text is None:
        assert aspect in ("rank", "high")  # other siblings keep no records; two years before are too few
        return
    figure = freeze(said=found, by=cast.officer, now=NOW, seq=seq)
    recognised(cast, "2025-06-06", "2024-06-06")

    checked = drift(figure, readers=Readers())

    assert (checked.holds_then, checked.has_drifted) == (True, True)


def test_what_was_frozen_holds_after_a_region_has_ended(cast: Cast) -> None:
    counties = Region.objects.filter(parent=cast.city)
    keep_records(*counties, by=cast.statistician)
    recognised(cast, "2025-03-05")
    file("recognition", "邻", [("recognised", "2025-03-05")], firm=cast.other_firm, by=cast.statistician)
    reader, seq = read_at()
    figures = [
        freeze(said=read_figure(reader, "high_tech_new", region, YEAR, aspect), by=cast.officer, now=NOW, seq=seq)
        for region, aspect in ((cast.county, "rank"), (cast.city, "level"))
    ]

    counties.filter(pk=cast.sibling.pk).update(valid_to=date(2026, 7, 1))

    assert [figure.text for figure in figures] == ["居全市并列第1位", "2家"]
    assert [
        (found.holds_then, found.has_drifted) for found in (drift(each, readers=Readers()) for each in figures)
    ] == [(True, False), (True, False)]
    assert said(cast.city, "high_tech_new", "level", Period.parse("2026")).text == "0家"  # of those that stand then


def test_a_natural_whole_counts_the_same_and_more(cast: Cast) -> None:
    known = indicators()

    def whole(code: str) -> str:
        found = natural_whole(known[code], known.values())
        return found.code if found else ""

    assert whole("high_tech_new") == "high_tech_recognised"  # fewer events
    assert whole("inventions_granted") == "patents_granted"  # a narrower condition
    assert whole("key_rnd_approvals") == "provincial_project_approvals"  # the narrowest of two
    assert whole("provincial_project_approvals") == "superior_projects_approved"
    for code in ("patents_granted", "high_tech_recognised", "gdp", "high_tech_pass_rate"):
        assert whole(code) == ""
