"""Periods: spellings, comparison periods, months."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xingke.base.periods import Period

SPELLINGS = [
    ("2024", "2024", date(2024, 1, 1), date(2024, 12, 31), "2024年"),
    ("2024-01..2024-12", "2024", date(2024, 1, 1), date(2024, 12, 31), "2024年"),
    ("2024-H1", "2024-H1", date(2024, 1, 1), date(2024, 6, 30), "2024年上半年"),
    ("2024-01..2024-06", "2024-H1", date(2024, 1, 1), date(2024, 6, 30), "2024年上半年"),
    ("2024-Q3", "2024-Q3", date(2024, 7, 1), date(2024, 9, 30), "2024年第三季度"),
    ("2024-02", "2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
    ("2019-01..2019-10", "2019-01..2019-10", date(2019, 1, 1), date(2019, 10, 31), "2019年1—10月"),
    ("2024-06-30", "2024-06-30", date(2024, 6, 30), date(2024, 6, 30), "截至2024年6月30日"),
]


@pytest.mark.parametrize(("written", "code", "first", "last", "label"), SPELLINGS)
def test_a_period_has_one_spelling(written: str, code: str, first: date, last: date, label: str) -> None:
    period = Period.parse(written)

    assert (period.code, period.first, period.last, period.label()) == (code, first, last, label)


@pytest.mark.parametrize(
    "written", ["", "24", "2024-13", "2024-H3", "2024-10..2024-01", "2024-02-30", "2024年", "9999"]
)
def test_what_is_no_period_is_refused_by_name(written: str) -> None:
    with pytest.raises(ValueError, match="is no period") as refusal:
        Period.parse(written)
    assert repr(written) in str(refusal.value)


COMPARISONS = [
    ("2024-H1", "2023-H1", "2023-H2"),
    ("2024-02", "2023-02", "2024-01"),
    ("2024-Q1", "2023-Q1", "2023-Q4"),
    ("2019-01..2019-10", "2018-01..2018-10", "2018-03..2018-12"),
]


@pytest.mark.parametrize(("code", "year_before", "preceding"), COMPARISONS)
def test_growth_compares_with_the_same_months_a_year_earlier(code: str, year_before: str, preceding: str) -> None:
    period = Period.parse(code)

    assert period.year_before.code == year_before
    assert period.preceding.code == preceding
    assert period.is_like(period.year_before)
    assert not period.is_like(Period.parse("2020-03..2020-11"))


def test_a_leap_day_is_compared_with_the_last_day_of_february() -> None:
    assert Period.parse("2024-02-29").year_before.code == "2023-02-28"


def test_a_period_walks_its_months() -> None:
    assert [month.code for month in Period.parse("2023-11..2024-02")] == ["2023-11", "2023-12", "2024-01", "2024-02"]


@given(st.integers(1990, 2090), st.integers(1, 12), st.integers(0, 40))
def test_the_code_always_reads_back(year: int, month: int, more: int) -> None:
    index = year * 12 + month - 1 + more
    period = Period.months(year, month, index // 12, index % 12 + 1)

    assert Period.parse(period.code) == period
    assert period.length == more + 1


WRITTEN = [
    ("2024", "2024"),
    ("2024年", "2024"),
    ("2024年度", "2024"),
    ("2024年全年", "2024"),
    ("２０２４年", "2024"),
    ("2024年上半年", "2024-H1"),
    ("2024年下半年", "2024-H2"),
    ("2024年第三季度", "2024-Q3"),
    ("2024年3季度", "2024-Q3"),
    ("2024年前三季度", "2024-01..2024-09"),
    ("2024年8月", "2024-08"),
    ("2024年1-8月", "2024-01..2024-08"),
    ("2024年1—8月", "2024-01..2024-08"),
    ("2024 年 1月至8月", "2024-01..2024-08"),
    ("2024-H1", "2024-H1"),
    ("2024-06-30", "2024-06-30"),
]


@pytest.mark.parametrize(("text", "code"), WRITTEN)
def test_a_period_is_read_as_people_write_it(text: str, code: str) -> None:
    assert Period.written(text).code == code


@pytest.mark.parametrize("text", ["", "去年", "2024年13月", "2024年8-1月", "24年", "2024年第五季度", "2024-13"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Period.written(text)
