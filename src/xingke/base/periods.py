"""Periods: one value type for every stretch of time the bureau reports on.

A period is a run of whole months, or an as-of day. Its code is its only spelling in databases, URLs and files:
``2024`` · ``2024-H1`` · ``2024-Q3`` · ``2024-06`` · ``2024-01..2024-10`` · ``2024-06-30`` (end of that day,
Asia/Shanghai). Equal stretches have equal codes: ``2024-01..2024-06`` reads as ``2024-H1``.
"""

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

_YEAR = re.compile(r"(\d{4})")
_HALF = re.compile(r"(\d{4})-H([12])")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_RANGE = re.compile(r"(\d{4})-(\d{2})\.\.(\d{4})-(\d{2})")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CHINESE = re.compile(
    r"(?P<year>\d{4})年(?:(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4])季度|前(?P<quarters>[一二三])季度"
    r"|(?P<month>\d{1,2})(?:月?(?:-|--|—|——|~|至|到)(?P<last>\d{1,2}))?月|全年|度)?"
)
_QUARTERS = {**{str(each): each for each in range(1, 5)}, **dict(zip("一二三四", range(1, 5), strict=True))}

EARLIEST_YEAR, LATEST_YEAR = 1949, 2199


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of whole months from ``first`` to ``last`` (both inclusive), or one as-of day (``first == last``)."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"a period must not end before it begins: {self.first} to {self.last}")
        if not EARLIEST_YEAR <= self.first.year <= self.last.year <= LATEST_YEAR:
            raise ValueError(
                f"a period lies in the years {EARLIEST_YEAR} to {LATEST_YEAR}: {self.first} to {self.last}"
            )
        if not self.is_day and (self.first.day != 1 or self.last != _month_end(self.last.year, self.last.month)):
            raise ValueError(f"a period is made of whole months: {self.first} to {self.last}")

    @classmethod
    def parse(cls, code: str) -> Self:
        """Read a period code. Raises ValueError naming the code and the forms accepted."""
        text = code.strip()
        try:
            if match := _YEAR.fullmatch(text):
                return cls.months(int(match[1]), 1, int(match[1]), 12)
            if match := _HALF.fullmatch(text):
                start = 1 if match[2] == "1" else 7
                return cls.months(int(match[1]), start, int(match[1]), start + 5)
            if match := _QUARTER.fullmatch(text):
                start = 3 * int(match[2]) - 2
                return cls.months(int(match[1]), start, int(match[1]), start + 2)
            if match := _MONTH.fullmatch(text):
                return cls.months(int(match[1]), int(match[2]), int(match[1]), int(match[2]))
            if match := _RANGE.fullmatch(text):
                return cls.months(int(match[1]), int(match[2]), int(match[3]), int(match[4]))
            if match := _DAY.fullmatch(text):
                return cls.day(date(int(match[1]), int(match[2]), int(match[3])))
        except (ValueError, calendar.IllegalMonthError) as error:
            raise ValueError(f"{code!r} is no period: {error}") from error
        raise ValueError(
            f"{code!r} is no period: write 2024, 2024-H1, 2024-Q3, 2024-06, 2024-01..2024-10 or 2024-06-30"
        )

    @classmethod
    def written(cls, text: str) -> Self:
        """Read a period as people write it: any code, or 2024年, 2024年上半年, 2024年第三季度, 2024年8月, 2024年1-8月.

        Raises ValueError naming the text.
        """
        words = "".join(unicodedata.normalize("NFKC", text).split())
        found = _CHINESE.fullmatch(words)
        try:
            return cls.parse(words) if found is None else cls._of_words(int(found["year"]), found)
        except calendar.IllegalMonthError as error:
            raise ValueError(f"{text!r} is no period: {error}") from error

    @classmethod
    def _of_words(cls, year: int, found: "re.Match[str]") -> Self:
        first, last = 1, 12
        if half := found["half"]:
            first, last = (1, 6) if half == "上" else (7, 12)
        elif quarter := found["quarter"]:
            last = 3 * _QUARTERS[quarter]
            first = last - 2
        elif quarters := found["quarters"]:
            last = 3 * _QUARTERS[quarters]
        elif month := found["month"]:
            first = int(month)
            last = int(found["last"] or month)
        return cls.months(year, first, year, last)

    @classmethod
    def months(cls, year: int, month: int, last_year: int, last_month: int) -> Self:
        """The months from ``year``-``month`` to ``last_year``-``last_month``, both inclusive."""
        return cls(date(year, month, 1), _month_end(last_year, last_month))

    @classmethod
    def year(cls, year: int) -> Self:
        """The calendar year."""
        return cls.months(year, 1, year, 12)

    @classmethod
    def day(cls, day: date) -> Self:
        """The end of that day: an as-of period for stocks."""
        return cls(day, day)

    @property
    def is_day(self) -> bool:
        return self.first == self.last

    @property
    def is_year(self) -> bool:
        """Whether it is one calendar year."""
        return self.code == str(self.first.year)

    @property
    def length(self) -> int:
        """Number of months; 0 for an as-of day."""
        if self.is_day:
            return 0
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def code(self) -> str:
        """The canonical spelling; ``Period.parse(p.code) == p``."""
        if self.is_day:
            return self.first.isoformat()
        year, start = self.first.year, self.first.month
        if year == self.last.year:
            if self.length == 12:
                return f"{year}"
            if self.length == 6 and start in (1, 7):
                return f"{year}-H{1 if start == 1 else 2}"
            if self.length == 3 and start in (1, 4, 7, 10):
                return f"{year}-Q{(start + 2) // 3}"
            if self.length == 1:
                return f"{year}-{start:02}"
        return f"{year}-{start:02}..{self.last.year}-{self.last.month:02}"

    def __str__(self) -> str:
        return self.code

    def years_before(self, years: int) -> "Period":
        """The like period so many years earlier; 29 February becomes 28 February."""
        return Period(_shift_year(self.first, -years), _shift_year(self.last, -years))

    @property
    def year_before(self) -> "Period":
        """The like period one year earlier: the base of 同比."""
        return self.years_before(1)

    @property
    def preceding(self) -> "Period":
        """The stretch of the same length right before: the base of 环比. An as-of day has none (ValueError)."""
        if self.is_day:
            raise ValueError(f"an as-of day has no preceding period: {self.code}")
        first = _add_months(self.first, -self.length)
        last = _add_months(self.first, -1)
        return Period.months(first.year, first.month, last.year, last.month)

    def contains(self, other: "Period") -> bool:
        """Whether ``other`` lies wholly inside this period."""
        return self.first <= other.first and other.last <= self.last

    def is_like(self, other: "Period") -> bool:
        """Whether growth between the two is allowed: the same months (or day) of two years."""
        years = self.first.year - other.first.year
        try:
            return other == self.years_before(years)
        except ValueError:
            return False

    def __iter__(self) -> Iterator["Period"]:
        """The months of the period, in order; nothing for an as-of day."""
        for step in range(self.length):
            month = _add_months(self.first, step)
            yield Period.months(month.year, month.month, month.year, month.month)

    def label(self, language: str = "zh") -> str:
        """How the period is said on a page: ``2024年上半年`` / ``first half of 2024``."""
        return _chinese_label(self) if language.startswith("zh") else _english_label(self)


def _chinese_label(period: Period) -> str:
    first, last, code = period.first, period.last, period.code
    if period.is_day:
        return f"截至{first.year}年{first.month}月{first.day}日"
    if code == str(first.year):
        return f"{first.year}年"
    if "-H" in code:
        return f"{first.year}年{'上' if first.month == 1 else '下'}半年"
    if "-Q" in code:
        return f"{first.year}年第{'一二三四'[(first.month - 1) // 3]}季度"
    if period.length == 1:
        return f"{first.year}年{first.month}月"
    if first.year == last.year:
        return f"{first.year}年{first.month}—{last.month}月"
    return f"{first.year}年{first.month}月—{last.year}年{last.month}月"


def _english_label(period: Period) -> str:
    first, last, code = period.first, period.last, period.code
    if period.is_day:
        return f"as of {first.day} {calendar.month_name[first.month]} {first.year}"
    if code == str(first.year):
        return code
    if "-H" in code:
        return f"{'first' if first.month == 1 else 'second'} half of {first.year}"
    if "-Q" in code:
        return f"Q{(first.month + 2) // 3} {first.year}"
    start, end = calendar.month_name[first.month], calendar.month_name[last.month]
    if period.length == 1:
        return f"{start} {first.year}"
    if first.year == last.year:
        return f"{start}–{end} {first.year}"
    return f"{start} {first.year} – {end} {last.year}"


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _shift_year(day: date, years: int) -> date:
    year = day.year + years
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
