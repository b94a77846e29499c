"""What a target was, where a report gives only how much of it was done: 610 件，完成 67.78% → 900 件.

A target is written as finely as the value is: of 610 件 a whole number, of 5.63 亿元 a multiple of 0.01. What fits is worked out twice:
with the value as it stands, and with any value that is printed so; what is counted one by one is no rounded number, and fits only as it
stands. Completions are rounded half up; where nothing fits so, they were cut off (8 of 90 printed as 8.88%), which is said.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from xingke.base.quantities import Quantity, Unit

# Units of what is counted one by one [parameter]: an amount of any other may be rounded.
COUNTED = frozenset("件家项个人名位户场次期份篇部台套批支条所村镇县起笔") | {"人次", "家次", "场次", "项次", "件次"}
MOST = 10_000  # targets that are listed; so many are no answer any more
_WRITTEN = re.compile(r"([+-]?[\d,]*\.?\d+)\s*(\D*)")


@dataclass(frozen=True)
class WrittenNumber:
    """A number as a report prints it: so many units of its last digit. unit: the words after it, as written."""

    digits: int
    decimals: int
    unit: str = ""

    @property
    def step(self) -> Decimal:
        """One unit of the last printed digit: 1 of 610, 0.01 of 5.63."""
        return Decimal(1).scaleb(-self.decimals)

    @property
    def is_counted(self) -> bool:
        """Whether it is a whole number of what is counted one by one, or of nothing said: that is not rounded."""
        return self.decimals == 0 and (not self.unit or self.unit in COUNTED)

    def __str__(self) -> str:
        return f"{self.digits * self.step:f}"


@dataclass(frozen=True)
class Backsolved:
    """The targets that fit, rising. exact: with the value as it stands; rounded: with any value printed so, empty for what is counted.

    is_cut: the completion fits only as cut off behind its last digit.
    """

    value: WrittenNumber
    completion: WrittenNumber
    exact: list[Decimal] = field(default_factory=list)
    rounded: list[Decimal] = field(default_factory=list)
    is_cut: bool = False

    @property
    def found(self) -> list[Decimal]:
        """What is said first: the exact ones, else those of a rounded value."""
        return self.exact or self.rounded


def written_number(text: str) -> WrittenNumber:
    """A positive number with its unit, as a report prints it: 610件, 5.63 亿元, 1,234 件, 67.78%. Raises ValueError for anything else."""
    found = _WRITTEN.fullmatch(text.strip().replace("％", "%"))
    if found is None:
        raise ValueError(f"{text!r} is no number")
    read = Quantity.read(found[1], Unit(code=found[2], kind="rate"))
    if read.scaled <= 0:
        raise ValueError(f"{text!r} is not positive")
    digits = int(read.stated.scaleb(read.decimals))
    return WrittenNumber(digits, read.decimals, found[2])


def backsolve(value: WrittenNumber, completion: WrittenNumber) -> Backsolved:
    """The targets of which ``value`` is ``completion`` percent, as printed. Raises ValueError where more than MOST fit."""
    for is_cut in (False, True):
        exact = _fitting(value, completion, is_cut=is_cut, is_exact=True)
        rounded = [] if value.is_counted else _fitting(value, completion, is_cut=is_cut, is_exact=False)
        if exact or rounded:
            return Backsolved(value, completion, exact, rounded, is_cut)
    return Backsolved(value, completion)


def _fitting(value: WrittenNumber, completion: WrittenNumber, *, is_cut: bool, is_exact: bool) -> list[Decimal]:
    """The multiples t of the step with completion of v / t, for the value v as it stands or for any that is printed so.

    All in halves of the last digits, so that nothing is divided before the end: v lies from ``low`` to below ``high`` (or is both), the
    completion from ``least`` to below ``most``; v / t rises with v and falls with t.
    """
    low = high = 2 * value.digits
    if not is_exact:
        low, high = (low, high + 2) if is_cut else (low - 1, high + 1)
    least, most = 2 * completion.digits, 2 * completion.digits + 2
    if not is_cut:
        least, most = least - 1, most - 1
    hundred = 100 * 10**completion.decimals
    first = low * hundred // most + 1  # v / t below the end of what is printed so
    last = high * hundred // least if is_exact else -(-high * hundred // least) - 1  # and not below its beginning
    if last - first >= MOST:
        raise ValueError(f"{last - first + 1} targets fit")
    return [number * value.step for number in range(max(first, 1), last + 1)]
