"""Check digits: the golden cases of the standards and real codes."""

import pytest

from xingke.base import codes

CREDIT_CODES = [
    ("91350100M000100Y43", True),
    ("12100000400000624D", True),
    ("914403001922038216", True),
    ("91110000600037341L", True),
    ("9111000010169286X1", True),
    ("9144030071526726XG", True),
    ("91100000100003962T", True),
    ("91350100M000100Y4Z", False),
    ("914403001922038217", False),
    ("91440300192203821", False),
    ("91110000600O37341L", False),
    ("91350211M0000XUF46", False),
]
PATENT_NUMBERS = [
    ("201710601862.3", True),
    ("ZL 2018 1 1564288.x", True),
    ("202010566088.9", True),
    ("202322865413.3", True),
    ("95115608.X", True),
    ("９７１０１７６５．４", True),
    ("202310123456.7", False),
    ("202410123456.7", False),
    ("2024101234", False),
]


@pytest.mark.parametrize(("code", "holds"), CREDIT_CODES)
def test_credit_codes(code: str, holds: bool) -> None:
    assert codes.is_credit_code(code) is holds


@pytest.mark.parametrize(("number", "holds"), PATENT_NUMBERS)
def test_patent_numbers(number: str, holds: bool) -> None:
    assert codes.is_patent_number(number) is holds


def test_a_patent_number_has_one_spelling() -> None:
    assert codes.normalise_patent_number("zl2017 1 0601862.3") == "201710601862.3"
