"""Quantities: exact numbers with a unit, kept as integers.

Money is counted in 分 (10⁻² 元), everything else in 10⁻⁴ of its base unit; both fit a signed 64-bit integer. The unit
and the precision that were written are kept, so 0.51亿元 is shown as 0.51亿元 and never as 5100万元.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

INT64_MAX = 2**63 - 1
MOST_DIGITS = 28  # of a written number; decimal arithmetic rounds beyond, without a word
_EXACT = Context(prec=80)
KINDS = ("money", "count", "percent", "points", "rank", "rate")

_NUMBER = re.compile(r"[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?")  # a comma parts three digits: 0,5 is no 5


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit as it is written. ``factor`` turns one of it into the base unit of its kind (亿元 → 100000000 元)."""

    code: str
    kind: str
    factor: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unit {self.code!r} has kind {self.kind!r}; kinds are {', '.join(KINDS)}")

    @property
    def scale(self) -> int:
        """Integers per base unit in the database: 100 for money (分), 10 000 otherwise."""
        return 100 if self.kind == "money" else 10_000


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """An exact amount. ``scaled`` is the integer the database keeps; ``decimals`` the precision that was written."""

    scaled: int
    unit: Unit
    decimals: int = 0

    def __post_init__(self) -> None:
        if abs(self.scaled) > INT64_MAX:
            raise ValueError(f"{self.scaled} does not fit 64 bits: the largest amount is {INT64_MAX}")

    @classmethod
    def read(cls, text: str, unit: Unit) -> "Quantity":
        """Read a written number in ``unit``. Raises ValueError if it is none, or finer than the database keeps."""
        written = unicodedata.normalize("NFKC", text).strip()
        if not _NUMBER.fullmatch(written):
            raise ValueError(f"{text!r} is no number")
        if sum(sign.isdecimal() for sign in written) > MOST_DIGITS:
            raise ValueError(f"{text[:40]!r} has more than {MOST_DIGITS} digits")
        stated = Decimal(written.replace(",", ""))
        decimals = len(written.partition(".")[2])
        exact = _EXACT.multiply(_EXACT.multiply(stated, unit.factor), Decimal(unit.scale))
        if exact != exact.to_integral_value():
            raise ValueError(f"{text}{unit.code} is finer than the smallest amount kept ({1 / Decimal(unit.scale)})")
        return cls(scaled=int(exact), unit=unit, decimals=decimals)

    @property
    def amount(self) -> Decimal:
        """The amount in the base unit of its kind: 元, pieces, percent, places."""
        return Decimal(self.scaled) / self.unit.scale

    @property
    def stated(self) -> Decimal:
        """The amount in its own unit, at the precision that was written."""
        return round_half_up(self.amount / self.unit.factor, self.decimals)

    def __str__(self) -> str:
        return f"{self.stated:f}{self.unit.code}"


_TIMES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_MULTIPLIED = re.compile(r"([十百千]?(?:万亿|[万亿])?)(.*)")


def multiplied(text: str) -> tuple[int, str]:
    """What a unit multiplies, and by how much: 千元 → (1000, 元), 百万份 → (1000000, 份), 万 → (10000, ""), 件 → (1, 件)."""
    found = _MULTIPLIED.fullmatch(text)
    assert found is not None  # every part of the pattern may be empty
    times = 1
    for word in found[1]:
        times *= _TIMES[word]
    return times, found[2]


def unit_of(text: str, bases: Sequence[str], kind: str) -> Unit | None:
    """The unit a text names, exactly, if it is one of some bases or so many of one: 元, 千元, 百万元, 万人次.

    bases: units of factor 1; a multiplier alone (万) is one of the first. None for any other unit: nothing is guessed.
    """
    times, base = multiplied(text)
    if not text or (base or bases[0]) not in bases:
        return None
    return Unit(code=text if base else f"{text}{bases[0]}", kind=kind, factor=Decimal(times))


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Round as the statistics do: half away from zero, to ``decimals`` places."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def format_number(value: Decimal, decimals: int) -> str:
    """A number for running text: fixed decimals, no thousands comma, never ``-0``."""
    rounded = round_half_up(value, decimals)
    return f"{rounded + 0:f}" if rounded else f"{abs(rounded):f}"
