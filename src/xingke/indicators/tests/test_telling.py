"""A value for scripts: exact where it is known, with a reason where it is not."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.cast import NOW, Cast, file, keep_records, report
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.indicators.telling import ToldValue, in_one_line, indicator_called, plainly, told_value
from xingke.ledger import actions
from xingke.registry.models import Region

LATER = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def told(code: str, region: Region, period: str = "2024") -> ToldValue:
    return told_value(indicator_called(code, region=region), region, Period.parse(period), now=LATER)


def patent(cast: Cast, number: str, on: str, *, next_door: bool = False) -> None:
    firm = cast.other_firm if next_door else cast.firm
    file("patent", number, [("applied", "2022-05-01"), ("granted", on)], firm=firm, by=cast.statistician)


def test_what_records_say_is_told_with_growth_and_the_number_it_was_read_at(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    patent(cast, "202210000001.1", "2023-05-02")
    patent(cast, "202210000002.6", "2024-03-05")
    patent(cast, "202210000003.0", "2024-06-07")

    assert told("inventions_granted", cast.county) == ToldValue(
        indicator="inventions_granted",
        region="990121",
        period="2024",
        value="2",
        unit="件",
        shown="2件",
        approximation=None,
        growth="100.0",
        growth_unit="percent",
        rank=None,
        of=None,
        as_of={"at": "2026-03-02T02:00:00+00:00", "ledger": current_seq()},
        source="records",
        records=2,
        why=None,
    )


def test_a_draft_counts_for_nothing(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    history = actions.NewHistory(
        fields={"form": "invention", "name": "甲", "number": "202210000001.1"},
        region=cast.county,
        organisation=cast.firm,
        events=[actions.NewEvent(event="granted", on=Period.parse("2024").last, region=cast.county)],
        is_fictional=True,
    )
    actions.file_histories(kind="patent", histories=[history], by=cast.officer, now=NOW, source="test", confirmed=False)

    found = told("inventions_granted", cast.county)

    assert (found.value, found.records, found.source) == ("0", 0, "records")


def test_what_was_reported_is_told_exactly_and_as_roughly_as_it_was_said(cast: Cast) -> None:
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)
    report(cast.county, "2024", "全社会研发经费投入", "5", "亿元", by=cast.statistician, as_written="近5亿元")

    gdp, expenditure = told("gdp", cast.county), told("rnd_expenditure", cast.county)

    assert (gdp.value, gdp.shown, gdp.source, gdp.records) == ("468.3", "468.30亿元", "observed", 1)
    assert (expenditure.value, expenditure.shown, expenditure.approximation) == ("5", "近5亿元", "近")


def test_a_ratio_that_never_ends_has_28_digits_and_one_that_ends_all_of_them(cast: Cast) -> None:
    report(cast.county, "2024", "地区生产总值", "300", "亿元", by=cast.statistician)
    report(cast.county, "2024", "全社会研发经费投入", "7", "亿元", by=cast.statistician)
    report(cast.sibling, "2024", "地区生产总值", "400", "亿元", by=cast.statistician)
    report(cast.sibling, "2024", "全社会研发经费投入", "7", "亿元", by=cast.statistician)

    endless, ending = told("rnd_intensity", cast.county), told("rnd_intensity", cast.sibling)

    assert (endless.value, endless.shown, endless.source) == ("2.333333333333333333333333333", "2.33%", "formula")
    assert (ending.value, ending.shown) == ("1.75", "1.75%")


def test_the_sum_of_regions_below_is_told_once_all_are_known(cast: Cast) -> None:
    counties = list(Region.objects.filter(parent=cast.city).order_by("path"))
    for number, county in enumerate(counties, 1):
        report(county, "2024", "地区生产总值", f"{number}.5", "亿元", by=cast.statistician, document=f"T{number}")

    found, one = told("gdp", cast.city), told("gdp", counties[1])

    assert (found.value, found.source, found.records) == ("40", "children", len(counties))
    assert (one.rank, one.of) == (len(counties) - 1, len(counties))


def test_a_sum_of_which_parts_are_unknown_is_none_and_says_how_many_are_known(cast: Cast) -> None:
    report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician)

    found = told("gdp", cast.city)

    assert (found.value, found.source, found.records, found.rank) == (None, None, 0, None)
    assert found.why == "8 个下级区划中有 1 个已知，不能合计；已知部分合计 468.30亿元。"


def test_what_nobody_knows_says_why(cast: Cast) -> None:
    found = told("high_tech_recognised", cast.county)

    assert (found.value, found.shown, found.growth, found.why) == (None, "", None, "没有台账记录，也没有上报数。")


def test_an_indicator_is_called_by_its_code_or_its_name_and_the_nearest_are_offered(cast: Cast) -> None:
    assert indicator_called("地区生产总值", region=cast.county).code == "gdp"
    with pytest.raises(Refused, match=r"^没有代码为“high_tec_enterprises”的指标；是不是：high_tech_enterprises、"):
        indicator_called("high_tec_enterprises", region=cast.county)


@pytest.mark.parametrize(
    "amount, written",
    [("0.00", "0"), ("-0", "0"), ("1E+3", "1000"), ("12.50", "12.5"), ("0.000001", "0.000001"), ("-3.20", "-3.2")],
)
def test_an_amount_is_written_without_exponent_and_zeros_at_its_end(amount: str, written: str) -> None:
    assert plainly(Decimal(amount)) == written


def test_one_line_says_it_to_people(cast: Cast) -> None:
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)
    asked, period = indicator_called("gdp", region=cast.county), Period.parse("2024")
    found = replace(told("gdp", cast.county), growth="5.5", growth_unit="percent", rank=2, of=8)

    said = in_one_line(found, asked, cast.county, period)

    assert said == (
        "地区生产总值（青溪县，2024年）：468.30亿元，同比 +5.5%，第 2 位（共 8 个）"
        f"（上报数，1 条记录，台账序号 {found.as_of['ledger']}）"
    )
    unknown = told("gdp", cast.sibling)
    assert (
        in_one_line(unknown, asked, cast.sibling, period)
        == "地区生产总值（云渡县，2024年）：未知。没有台账记录，也没有上报数。"
    )
