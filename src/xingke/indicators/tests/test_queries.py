"""Values on both routes: records where they are kept, else what was reported, else the sum of the regions below."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, file, keep_records, report
from xingke.accounts.models import User
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.indicators.queries import indicator, indicators
from xingke.indicators.queries.aspects import read
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Growth, Rank, Value
from xingke.indicators.wording import amount_words, change, rank_words
from xingke.ledger import actions
from xingke.ledger.models import Observation
from xingke.ledger.words import Words
from xingke.registry.models import Region

pytestmark = pytest.mark.db

YEAR, BEFORE = Period.year(2024), Period.year(2023)


def value(code: str, region: Region, period: Period = YEAR, *, seq: int | None = None) -> Value:
    return Reader(seq=seq).value(indicator(code), region, period)


def growth(code: str, region: Region, period: Period = YEAR) -> Growth:
    return Reader().growth(indicator(code), region, period)


def rank(code: str, region: Region, period: Period = YEAR) -> Rank:
    return Reader().rank(indicator(code), region, period)


def counties(cast: Cast) -> list[Region]:
    return list(Region.objects.filter(parent=cast.city).order_by("path"))


def certificate(cast: Cast, name: str, on: str = "2024-11-08", *, next_door: bool = False) -> None:
    file(
        "recognition",
        name,
        [("recognised", on)],
        firm=cast.other_firm if next_door else cast.firm,
        by=cast.statistician,
    )


# ── which route answers ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_region_that_keeps_records_answers_from_them_and_shows_what_was_reported_beside(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    certificate(cast, "甲")
    certificate(cast, "乙")
    report(cast.county, "2024", "高新技术企业认定数", "3", "家", by=cast.statistician)

    found = value("high_tech_recognised", cast.county)

    assert (found.route, found.amount, found.count, found.text) == ("records", 2, 2, "2家")
    assert found.also is not None and found.also.as_written == "3家"


def test_a_region_that_keeps_none_answers_what_was_reported(cast: Cast) -> None:
    certificate(cast, "甲")  # one record proves nothing about how many there are
    report(cast.county, "2024", "高新技术企业认定数", "3", "家", by=cast.statistician)

    found = value("high_tech_recognised", cast.county)

    assert (found.route, found.amount, found.text, found.also) == ("observation", 3, "3家", None)


def test_records_answer_only_from_the_day_they_are_complete(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician, since="2024-01-01")
    certificate(cast, "甲", "2023-11-08")

    assert value("high_tech_recognised", cast.county, BEFORE).status == "unknown"
    assert value("high_tech_recognised", cast.county, YEAR).amount == 0
    assert value("high_tech_enterprises", cast.county, YEAR).amount == 1  # a stock asks about its last day only
    assert value("high_tech_enterprises", cast.county, BEFORE).status == "unknown"


def test_with_neither_records_nor_reports_nothing_is_known(cast: Cast) -> None:
    found = value("high_tech_recognised", cast.county)

    assert (found.status, found.amount, found.text, found.route) == ("unknown", None, "—", "")


def test_a_draft_counts_nowhere_until_it_is_confirmed(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    certificate(cast, "甲")
    subject = file("recognition", "乙", [("applied", "2024-05-01")], firm=cast.firm, by=cast.statistician)
    event = actions.add_event(
        kind="recognition",
        subject=subject,
        event=actions.NewEvent(event="recognised", on=YEAR.last, region=cast.county),
        by=cast.officer,
        now=NOW,
        source="登记",
    )
    assert value("high_tech_recognised", cast.county).amount == 1

    actions.confirm_event(kind="recognition", record=event, version=1, by=cast.director, now=NOW)

    assert value("high_tech_recognised", cast.county).amount == 2


def test_a_draft_before_a_confirmed_event_takes_nothing_from_it(cast: Cast) -> None:
    """A draft that would open the title earlier must not make the confirmed opening count for nothing."""
    keep_records(cast.county, by=cast.statistician)
    subject = file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)

    draft = actions.add_event(
        kind="recognition",
        subject=subject,
        event=actions.NewEvent(event="recognised", on=Period.parse("2024-02").last, region=cast.county),
        by=cast.officer,
        now=NOW,
        source="登记",
    )

    assert value("high_tech_enterprises", cast.county).amount == 1
    actions.confirm_event(kind="recognition", record=draft, version=1, by=cast.director, now=NOW)
    assert value("high_tech_enterprises", cast.county).amount == 1  # still one: now the earlier event opens it
    assert value("high_tech_enterprises", cast.county, Period.parse("2024-H1")).amount == 1


def test_two_reports_that_differ_are_no_value_until_somebody_chooses(cast: Cast) -> None:
    low = report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician, document="T1")
    report(cast.county, "2024", "地区生产总值", "470", "亿元", by=cast.statistician, document="T2")

    found = value("gdp", cast.county)
    assert (found.status, found.amount) == ("ambiguous", None)
    assert sorted(row.as_written for row in found.rivals) == ["468.3亿元", "470亿元"]

    actions.choose_observation(record=low, version=1, reason="以统计公报为准", by=cast.director, now=NOW)

    chosen = value("gdp", cast.county)
    assert (chosen.status, chosen.amount, chosen.text) == ("known", Decimal("468.3"), "468.3亿元")


def test_two_reports_that_say_the_same_agree(cast: Cast) -> None:
    for document in ("T1", "T2"):
        report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician, document=document)

    assert value("gdp", cast.county).text == "468.3亿元"


def test_a_report_in_another_unit_is_the_same_amount_and_keeps_its_words(cast: Cast) -> None:
    key = report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician)
    actions.correct_observation(
        record=key,
        version=1,
        changes={"unit": "万元", "decimals": 0},
        reason="原文单位为万元",
        by=cast.statistician,
        now=NOW,
    )

    found = value("gdp", cast.county)

    assert (found.amount, found.indicator.unit, found.text) == (Decimal("468.3"), "亿元", "4683000万元")


def test_an_approximate_report_is_said_as_it_was(cast: Cast) -> None:
    report(cast.county, "2024", "科技型中小企业数", "220", "家", by=cast.statistician, as_written="220余家")

    assert value("tech_smes", cast.county).text == "220余家"


# ── roll-up ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_parent_with_its_own_report_answers_it_whatever_the_children_say(cast: Cast) -> None:
    for region in counties(cast):
        report(region, "2024", "地区生产总值", "100", "亿元", by=cast.statistician)
    report(cast.city, "2024", "地区生产总值", "2112.4", "亿元", by=cast.statistician)

    found = value("gdp", cast.city)

    assert (found.route, found.text) == ("observation", "2112.4亿元")


def test_a_parent_is_the_sum_if_every_child_is_known(cast: Cast) -> None:
    for place, region in enumerate(counties(cast), 1):
        report(region, "2024", "地区生产总值", f"{place}.5", "亿元", by=cast.statistician)

    found = value("gdp", cast.city)

    number = len(counties(cast))
    total = Decimal(sum(range(1, number + 1))) + Decimal("0.5") * number
    assert (found.route, found.amount, found.count) == ("children", total, number)
    assert found.covered is not None and (found.covered.known, found.covered.of) == (number, number)
    assert len(Reader().leaves(found)) == number


def test_with_one_child_unknown_there_is_no_sum_but_how_many_are_known(cast: Cast) -> None:
    _first, *others = counties(cast)
    for region in others:
        report(region, "2024", "地区生产总值", "100", "亿元", by=cast.statistician)

    found = value("gdp", cast.city)

    assert (found.status, found.amount) == ("partial", None)
    assert found.covered is not None and (found.covered.known, found.covered.of) == (len(others), len(others) + 1)


def test_records_and_reports_of_children_add_up_together(cast: Cast) -> None:
    first, *others = counties(cast)
    keep_records(first, by=cast.statistician)
    certificate(cast, "甲")
    for region in others:
        report(region, "2024", "高新技术企业认定数", "5", "家", by=cast.statistician)

    found = value("high_tech_recognised", cast.city)

    assert (found.route, found.amount) == ("children", 1 + 5 * len(others))


def test_no_fictional_place_enters_a_real_roll_up(cast: Cast) -> None:
    nation = Region.objects.get(code="000000")
    keep_records(nation, by=cast.statistician)
    keep_records(cast.county, by=cast.statistician)
    certificate(cast, "甲")

    assert value("high_tech_recognised", cast.county).amount == 1
    assert value("high_tech_recognised", nation).amount == 0
    assert not [leaf for leaf in Reader().leaves(value("gdp", nation)) if leaf.region.is_fictional]
    assert not Region.objects.filter(is_fictional=True, parent__is_fictional=False).exists()
    assert not Region.objects.filter(is_fictional=False, parent__is_fictional=True).exists()


# ── ratios ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ratio_is_worked_out_from_its_inputs(cast: Cast) -> None:
    report(cast.county, "2024", "全社会研发经费投入", "11.29", "亿元", by=cast.statistician)
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)

    found = value("rnd_intensity", cast.county)

    assert (found.route, found.text, found.count) == ("formula", "2.41%", 2)
    assert {leaf.indicator.code for leaf in Reader().leaves(found)} == {"rnd_expenditure", "gdp"}


def test_a_ratio_without_an_input_names_it(cast: Cast) -> None:
    report(cast.county, "2024", "全社会研发经费投入", "11.29", "亿元", by=cast.statistician)

    found = value("rnd_intensity", cast.county)

    assert (found.status, found.missing) == ("unknown", ("gdp",))


def test_a_ratio_that_cannot_be_worked_out_is_what_was_reported(cast: Cast) -> None:
    report(cast.county, "2024", "研发投入强度", "2.46", "%", by=cast.statistician, measure="share")

    found = value("rnd_intensity", cast.county)

    assert (found.route, found.text) == ("observation", "2.46%")


def test_a_ratio_over_nothing_is_unknown(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)

    found = value("high_tech_pass_rate", cast.county)  # nobody applied: 0 / 0

    assert (found.status, found.text) == ("unknown", "—")


# ── growth and rank ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_growth_is_computed_from_both_years(cast: Cast) -> None:
    report(cast.county, "2023", "专利申请量", "105", "件", by=cast.statistician)
    report(cast.county, "2024", "专利申请量", "126", "件", by=cast.statistician)
    report(cast.county, "2024", "专利申请量", "19", "%", by=cast.statistician, measure="growth")

    found = growth("patent_applications", cast.county)

    assert (found.amount, found.text) == (20, "增长20.0%")
    assert found.observation is None
    assert found.reported is not None and found.reported.as_written == "19%"  # beside it, so that the difference shows


def test_growth_that_cannot_be_computed_is_what_was_reported(cast: Cast) -> None:
    report(cast.county, "2024", "专利申请量", "126", "件", by=cast.statistician)
    report(cast.county, "2024", "专利申请量", "19", "%", by=cast.statistician, measure="growth")

    found = growth("patent_applications", cast.county)

    assert (found.amount, found.text) == (19, "增长19%")
    assert found.observation is not None


def test_growth_of_a_ratio_is_in_points(cast: Cast) -> None:
    for period, spent in (("2023", "2.31"), ("2024", "2.46")):
        report(cast.county, period, "全社会研发经费投入", spent, "亿元", by=cast.statistician)
        report(cast.county, period, "地区生产总值", "100", "亿元", by=cast.statistician)

    assert growth("rnd_intensity", cast.county).text == "提高0.15个百分点"


def test_growth_over_nothing_is_not_said(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    certificate(cast, "甲")

    assert growth("high_tech_recognised", cast.county).text == "—"


def test_value_added_has_no_computed_growth(cast: Cast) -> None:
    for period, amount in (("2023", "100"), ("2024", "120")):
        report(cast.county, period, "规上工业增加值", amount, "亿元", by=cast.statistician)

    assert growth("industrial_value_added", cast.county).amount is None


def test_rank_among_all_siblings(cast: Cast) -> None:
    keep_records(*counties(cast), by=cast.statistician)
    certificate(cast, "甲")
    certificate(cast, "乙", next_door=True)
    certificate(cast, "丙", next_door=True)

    here, there = (rank("high_tech_recognised", region) for region in (cast.county, cast.sibling))

    assert (there.place, here.place, here.of) == (1, 2, len(counties(cast)))
    assert here.text == "居全市第2位"


def test_no_rank_while_one_sibling_is_unknown(cast: Cast) -> None:
    keep_records(*counties(cast)[:-1], by=cast.statistician)

    assert rank("high_tech_recognised", cast.county).place is None


def test_a_shared_place_is_said_to_be_shared_and_nothing_has_none(cast: Cast) -> None:
    keep_records(*counties(cast), by=cast.statistician)
    certificate(cast, "甲")
    certificate(cast, "乙", next_door=True)

    here = rank("high_tech_recognised", cast.county)
    assert (here.text, here.is_shared) == ("居全市并列第1位", True)
    assert rank_words(here) == f"全市并列第 1 位（共 {len(counties(cast))} 个）"
    third = next(each for each in counties(cast) if each not in (cast.county, cast.sibling))
    none = rank("high_tech_recognised", third)
    assert (none.place, none.text, rank_words(none), len(none.places)) == (None, "—", "", 2)
    assert rank("inventions_granted", cast.county).place is None  # nobody has any


@pytest.mark.parametrize(
    "as_written, columns, text, words",
    [
        ("居全市第2位", {}, "居全市第2位", "全市第 2 位（上报）"),
        ("第2位", {}, "—", "第 2 位（上报）"),  # among whom, nobody said
        ("居全省第2位", {}, "—", "第 2 位（上报）"),
        ("居全市第2—5位", {"value_max": "5"}, "—", ""),  # no one place
    ],
)
def test_a_rank_that_was_reported_is_said_among_whom_it_was_stated(
    cast: Cast, as_written: str, columns: dict[str, str], text: str, words: str
) -> None:
    report(
        cast.county,
        "2024",
        "高新技术企业申报数",
        "2",
        "位",
        by=cast.statistician,
        measure="rank",
        as_written=as_written,
        **columns,
    )

    found = rank("high_tech_applications", cast.county)

    assert (found.text, rank_words(found)) == (text, words)


# ── approximations, ranges, other routes ────────────────────────────────────────────────────────────────────────────


def spent(region: Region, period: str, value: str, by: User, **columns: str) -> None:
    report(region, period, "全社会研发经费投入", value, "亿元", by=by, **columns)


def test_a_reported_range_is_said_as_one_and_not_reckoned_with(cast: Cast) -> None:
    for region in counties(cast):
        spent(region, "2023", "10", cast.statistician)
        if region != cast.county:
            spent(region, "2024", "1.00", cast.statistician)
    spent(cast.county, "2024", "15.81", cast.statistician, value_max="18.97", as_written="15.81—18.97亿元")
    report(cast.county, "2024", "地区生产总值", "100", "亿元", by=cast.statistician)

    found = value("rnd_expenditure", cast.county)

    assert (found.text, found.number, found.is_rough) == ("15.81—18.97亿元", "15.81—18.97", True)
    assert [str(words) for words in amount_words(found, Words())] == ["15.81—18.97", "亿元"]
    assert growth("rnd_expenditure", cast.county).amount is None
    assert rank("rnd_expenditure", cast.county).place is None
    assert rank("rnd_expenditure", cast.sibling).place is None
    whole, ratio = value("rnd_expenditure", cast.city), value("rnd_intensity", cast.county)
    assert (whole.route, whole.is_rough, whole.text[:1]) == ("children", True, "约")
    assert (ratio.is_rough, ratio.text) == (True, "约15.81%")


@pytest.mark.parametrize(
    "as_written, text, shown", [("20%以上", "增长20%以上", "+20%以上"), ("近20%", "增长近20%", "近+20%")]
)
def test_a_reported_growth_keeps_its_approximation(cast: Cast, as_written: str, text: str, shown: str) -> None:
    report(cast.county, "2024", "专利申请量", "20", "%", by=cast.statistician, measure="growth", as_written=as_written)

    found = growth("patent_applications", cast.county)

    assert (found.text, change(found).text) == (text, shown)


def test_no_growth_comes_of_what_was_counted_and_what_was_reported(cast: Cast) -> None:
    report(cast.county, "2023", "高新技术企业认定数", "50", "家", by=cast.statistician)
    keep_records(cast.county, by=cast.statistician, since="2024-01-01")
    certificate(cast, "甲")

    found = growth("high_tech_recognised", cast.county)

    assert (found.now.route, found.base.route, found.amount) == ("records", "observation", None)
    for aspect in ("growth", "times", "net"):
        why = read(Reader(), found.now.indicator, cast.county, YEAR, aspect).why
        assert "2023年与2024年的数来源不同" in str(why)


def test_no_growth_is_computed_over_more_than_a_year(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    certificate(cast, "甲", "2023-11-08")
    certificate(cast, "乙", "2024-11-08")

    assert growth("high_tech_recognised", cast.county, YEAR).amount == 0
    assert growth("high_tech_recognised", cast.county, Period.parse("2024-01..2025-12")).amount is None


# ── as of ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_earlier_number_answers_what_was_known_then(cast: Cast) -> None:
    key: UUID = report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician)
    then = current_seq()
    actions.correct_observation(
        record=key,
        version=1,
        changes={"value": 470_00000000_00, "as_written": "470亿元"},
        reason="公报修订",
        by=cast.statistician,
        now=NOW,
    )
    keep_records(cast.county, by=cast.statistician)

    assert value("gdp", cast.county).amount == 470
    assert value("gdp", cast.county, seq=then).amount == Decimal("468.3")
    assert value("high_tech_recognised", cast.county, seq=then).status == "unknown"  # records were not kept yet
    assert Observation.objects.filter(record=key).count() == 2


@pytest.mark.parametrize("number_of_regions", [2, 8])
def test_a_page_of_many_regions_takes_no_more_queries_than_one_of_few(
    cast: Cast, number_of_regions: int, django_assert_max_num_queries: object
) -> None:
    asked = [indicator(code) for code in ("high_tech_recognised", "gdp", "rnd_intensity")]
    regions = counties(cast)[:number_of_regions]
    keep_records(*regions, by=cast.statistician)

    with django_assert_max_num_queries(16):  # type: ignore[operator]  # pytest-django exports no type for it
        Reader().values(asked, regions, [YEAR, BEFORE])


def test_an_overview_asks_once_where_the_ledger_stands_and_once_for_what_was_reported_of_each(cast: Cast) -> None:
    kinds = ("recognition", "patent", "project", "payment", "contract")
    keep_records(*counties(cast), by=cast.statistician, kinds=kinds)
    reader = Reader()

    with CaptureQueriesContext(connection) as captured:
        reader.overview(list(indicators().values()), cast.county, YEAR)
    said = [each["sql"] for each in captured]
    assert len([sql for sql in said if "accounts_counter" in sql]) == 1  # whatever the kinds
    assert len([sql for sql in said if "ledger_observation" in sql]) == 3  # siblings; the year before; growth and rank


def test_a_year_that_is_known_is_not_read_again(cast: Cast) -> None:
    asked, reader = [indicator("gdp")], Reader()
    reader.values(asked, [cast.county], [YEAR])

    with CaptureQueriesContext(connection) as captured:
        reader.values(asked, [cast.county], [YEAR, BEFORE])
    (sql,) = [each["sql"] for each in captured if "ledger_observation" in each["sql"]]
    assert f"'{BEFORE.code}'" in sql and f"'{YEAR.code}'" not in sql
