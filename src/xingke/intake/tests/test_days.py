"""Days and terms as people write them into cells."""

from datetime import date

import pytest

from xingke.intake.rules.days import written_day, written_last_day

LAST_DAYS = [
    ("三年", "2024-11-14"),
    ("3年", "2024-11-14"),
    ("3", "2024-11-14"),
    ("36个月", "2024-11-14"),
    ("三", "2024-11-14"),
    ("两年", "2023-11-14"),
    ("2024-11-14", "2024-11-14"),
    ("至2024年11月14日", "2024-11-14"),
    ("2021-11-15至2024-11-14", "2024-11-14"),
    ("2021-11-15-2024-11-14", "2024-11-14"),
    ("2021.11.15-2024.11.14", "2024-11-14"),
    ("2021年11月15日—2024年11月14日", "2024-11-14"),
    ("长期", ""),
    ("2020-01-01", ""),
    ("0年", ""),
    ("三十年", ""),
]


@pytest.mark.parametrize("written, expected", LAST_DAYS)
def test_a_last_day_as_lists_say_it(written: str, expected: str) -> None:
    if not expected:
        with pytest.raises(ValueError):
            written_last_day(written, date(2021, 11, 15))
        return
    assert written_last_day(written, date(2021, 11, 15)).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "2025-06-03 14:30-16:30",
        "2025-06-03 09:00-11:30",
        "2025年6月3日 9:00至11:30",
        "2025-06-03 上午9:00-下午4:30",
        "2025年6月3日上午",
        "2025-06-03 全天",
        "2025-06-03T09:00+08:00",
        "2025-06-02T20:00-05:00",
    ],
)
def test_a_while_of_a_day_is_that_day_and_no_zone(text: str) -> None:
    assert written_day(text) == date(2025, 6, 3)


@pytest.mark.parametrize(
    "text", ["2025-06-03 25:00-26:00", "2025-06-03 14:30-6月5日", "2025-06-03 14:30-2025-06-04 16:30"]
)
def test_what_goes_on_to_another_day_is_no_day(text: str) -> None:
    with pytest.raises(ValueError):
        written_day(text)
