"""The functions an expression may call: a closed list, each with its types. ``docs/packs.md`` shows it as a table."""

import calendar
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from xingke.base.expressions.tree import Type, Value

MAX_PLACES = 10
CONTEXT = Context(prec=28, Emin=-999_999, Emax=999_999, traps=[])  # what is too great is infinite, and then unknown

_ANY = frozenset(Type)
_NUMBER, _TRUTH, _TEXT, _DAY = (frozenset({each}) for each in (Type.NUMBER, Type.TRUTH, Type.TEXT, Type.DAY))


@dataclass(frozen=True)
class Function:
    """A function.

    takes: the types each argument may have. has_more: whether the last may be repeated. gives: the type of the result;
    where it is None, all arguments from number ``alike`` on are of one type, and that is it.
    work: what it does with the values, an unknown one being None. is_strict: whether anything unknown makes it unknown;
    ``work`` then sees known values only.
    """

    takes: tuple[Set[Type], ...]
    gives: Type | None
    work: Callable[..., Value | None]
    has_more: bool = False
    alike: int = 0
    is_strict: bool = True


def _sum(*numbers: Decimal) -> Decimal:
    total = Decimal(0)
    for each in numbers:
        total = CONTEXT.add(total, each)
    return total


def _round(value: Decimal, places: Decimal) -> Decimal:
    """Half away from zero, as the statistics do; what has fewer places already stays as it is."""
    value = CONTEXT.plus(value)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -int(places):
        return value
    return value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP, CONTEXT)


def _if(condition: bool | None, one: Value | None, other: Value | None) -> Value | None:
    if condition is None:
        return one if one == other else None
    return one if condition else other


def _coalesce(*values: Value | None) -> Value | None:
    return next((each for each in values if each is not None), None)


def _years(first: date, last: date) -> Decimal:
    """Whole years from one day to another; where 29 February has no like day, 28 February completes the year."""
    if last < first:
        return -_years(last, first)
    day = min(first.day, calendar.monthrange(last.year, first.month)[1])
    return Decimal(last.year - first.year - (last < date(last.year, first.month, day)))


def _days(first: date, last: date) -> Decimal:
    return Decimal((last - first).days)


def _year(day: date) -> Decimal:
    return Decimal(day.year)


def _length(text: str) -> Decimal:
    return Decimal(len(text))


def _known(value: Any) -> bool:
    return value is not None


_ORDERED = _NUMBER | _DAY
FUNCTIONS: dict[str, Function] = {
    "min": Function((_ORDERED, _ORDERED), None, min, has_more=True),
    "max": Function((_ORDERED, _ORDERED), None, max, has_more=True),
    "sum": Function((_NUMBER, _NUMBER), Type.NUMBER, _sum, has_more=True),
    "round": Function((_NUMBER, _NUMBER), Type.NUMBER, _round),
    "abs": Function((_NUMBER,), Type.NUMBER, CONTEXT.abs),
    "if": Function((_TRUTH, _ANY, _ANY), None, _if, alike=1, is_strict=False),
    "known": Function((_ANY,), Type.TRUTH, _known, is_strict=False),
    "coalesce": Function((_ANY, _ANY), None, _coalesce, has_more=True, is_strict=False),
    "days": Function((_DAY, _DAY), Type.NUMBER, _days),
    "years": Function((_DAY, _DAY), Type.NUMBER, _years),
    "year": Function((_DAY,), Type.NUMBER, _year),
    "len": Function((_TEXT,), Type.NUMBER, _length),
}
DAY = "day"  # day("2025-06-30") is read as the day it says, and is no call
