"""Targets from what was done and how much of them that is: golden cases of published reports, and every small number tried."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import pytest

from xingke.indicators.rules.backsolving import Backsolved, backsolve, written_number


def solved(value: str, completion: str) -> Backsolved:
    return backsolve(written_number(value), written_number(completion))


@pytest.mark.parametrize(
    ("value", "completion", "exact", "rounded"),
    [
        ("610件", "67.78%", "900", ""),
        ("529件", "96.18%", "550", ""),
        ("3件", "75%", "4", ""),
        ("5.63亿元", "111.76％", "", "5.04"),  # only of a value that was rounded itself
        ("0.51亿元", "102%", "0.50", "0.50"),
        ("12345件", "99.9%", " ".join(str(number) for number in range(12352, 12364)), ""),
        ("100万元", "50%", "199 200 201 202", "198 199 200 201 202 203"),
        ("1,234 家", "100%", "1228 1229 1230 1231 1232 1233 1234 1235 1236 1237 1238 1239 1240", ""),
        ("3件", "66%", "", ""),
    ],
)
def test_published_figures(value: str, completion: str, exact: str, rounded: str) -> None:
    found = solved(value, completion)
    assert [str(each) for each in found.exact] == exact.split()
    assert [str(each) for each in found.rounded] == rounded.split()
    assert not found.is_cut


def test_what_fits_only_as_cut_off_is_said_to_be() -> None:
    found = solved("8", "8.88%")
    assert (found.exact, found.is_cut) == ([Decimal(90)], True)


@pytest.mark.parametrize("completion", ["7", "33.3", "50", "66.67", "100", "166.7"])
@pytest.mark.parametrize("value", ["1", "7", "29", "3.1", "0.45"])
def test_nothing_is_missed_and_nothing_too_many(value: str, completion: str) -> None:
    found = solved(value, f"{completion}%")
    rounding = ROUND_DOWN if found.is_cut else ROUND_HALF_UP
    step, places = found.value.step, found.completion.step
    tried = [number * step for number in range(1, 60 * found.value.digits + 60)]
    printed = Decimal(completion)
    assert found.exact == [
        each for each in tried if (Decimal(value) / each * 100).quantize(places, rounding=rounding) == printed
    ]
    if found.value.is_counted:
        assert not found.rounded
        return
    finer = [Decimal(value) + step * part / 200 for part in range(-100, 200)]
    values = [each for each in finer if each.quantize(step, rounding=rounding) == Decimal(value)]
    told = [
        each
        for each in tried
        if any((one / each * 100).quantize(places, rounding=rounding) == printed for one in values)
    ]
    assert set(told) <= set(found.rounded)
    assert len(found.rounded) - len(told) <= 2  # those that take a value between the ones that were tried


@pytest.mark.parametrize("text", ["", "件", "-3件", "0件", "0%", "约610件", "1,23件", "6.1.0件", "9" * 30])
def test_what_is_no_positive_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is|has"):
        written_number(text)


def test_too_many_targets_are_no_answer() -> None:
    with pytest.raises(ValueError, match="targets fit"):
        solved("100000000件", "50%")
