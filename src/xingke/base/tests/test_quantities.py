"""Quantities: exact integers, the written precision kept."""

from decimal import Decimal

import pytest

from xingke.base.quantities import Quantity, Unit, format_number, round_half_up

YUAN = Unit(code="元", kind="money")
WAN_YUAN = Unit(code="万元", kind="money", factor=Decimal(10_000))
YI_YUAN = Unit(code="亿元", kind="money", factor=Decimal(100_000_000))
FIRMS = Unit(code="家", kind="count")
WAN_PEOPLE = Unit(code="万人次", kind="count", factor=Decimal(10_000))
PERCENT = Unit(code="%", kind="percent")

READINGS = [
    ("0.51", YI_YUAN, 5_100_000_000, "0.51亿元"),
    ("580.885", WAN_YUAN, 580_885_000, "580.885万元"),
    ("9999999999999999.99", YUAN, 999_999_999_999_999_999, "9999999999999999.99元"),
    ("36", FIRMS, 360_000, "36家"),
    ("1", WAN_PEOPLE, 100_000_000, "1万人次"),
    ("13.50", PERCENT, 135_000, "13.50%"),
    ("５２２８", FIRMS, 52_280_000, "5228家"),
    ("-0.8", PERCENT, -8_000, "-0.8%"),
    ("1,234,567.5", WAN_YUAN, 1_234_567_500_000, "1234567.5万元"),
    ("１，２３４", FIRMS, 12_340_000, "1234家"),
]


@pytest.mark.parametrize(("text", "unit", "scaled", "shown"), READINGS)
def test_a_written_number_is_kept_exactly(text: str, unit: Unit, scaled: int, shown: str) -> None:
    quantity = Quantity.read(text, unit)

    assert quantity.scaled == scaled
    assert str(quantity) == shown


@pytest.mark.parametrize(
    ("text", "unit"), [("xx", FIRMS), ("*批**", FIRMS), ("1e3", FIRMS), ("", FIRMS), ("0.001", YUAN)]
)
def test_what_cannot_be_kept_exactly_is_refused(text: str, unit: Unit) -> None:
    with pytest.raises(ValueError, match=r"is no number|finer than"):
        Quantity.read(text, unit)


@pytest.mark.parametrize("text", ["1" + "0" * 28, "1." + "0" * 28, "12345678901234567.890000000000001", "9" * 5000])
def test_a_number_with_more_digits_than_arithmetic_keeps_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        Quantity.read(text, YUAN)


@pytest.mark.parametrize(
    "text", ["0,5", "0,500", "1,23", "12,34,567", "1234,567", "1,2345", ",123", "1,234,", "1.234,5"]
)
def test_a_comma_that_does_not_part_three_digits_is_no_thousands_comma(text: str) -> None:
    with pytest.raises(ValueError, match="is no number"):
        Quantity.read(text, WAN_YUAN)


def test_an_amount_beyond_64_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        Quantity.read("99999999999", YI_YUAN)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [("2.675", 2, "2.68"), ("-2.675", 2, "-2.68"), ("-0.04", 1, "0.0"), ("1234567.5", 0, "1234568")],
)
def test_rounding_is_half_up_and_never_minus_zero(value: str, decimals: int, shown: str) -> None:
    assert format_number(Decimal(value), decimals) == shown


def test_rounding_keeps_the_places_asked_for() -> None:
    assert str(round_half_up(Decimal("5"), 2)) == "5.00"
