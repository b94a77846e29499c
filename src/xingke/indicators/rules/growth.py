"""Growth, ranks, roll-up, and the words that numbers are said with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xingke.base.quantities import format_number


def growth(now: Decimal, base: Decimal, *, kind: str) -> Decimal | None:
    """同比 in percent, or the difference in percentage points; unrounded. None where the base is zero or negative.

    Source: 科技统计 custom — no rate without a positive base; a ratio's growth is given in 个百分点.
    """
    if kind == "points":
        return now - base
    if kind != "percent" or base <= 0:
        return None
    return (now / base - 1) * 100


def ranks(values: Mapping[int, Decimal | None], *, direction: str) -> dict[int, int]:
    """Places by value: equal values share a place and the next is skipped (1, 2, 2, 4); unknown ones have none.

    Nobody has a place where all have the same, nor for having nothing where more is better.
    """
    known = {key: value for key, value in values.items() if value is not None}
    if len(set(known.values())) < 2:
        return {}
    places: dict[Decimal, int] = {}
    for place, value in enumerate(sorted(known.values(), reverse=direction != "down"), 1):
        places.setdefault(value, place)
    least = min(known.values())
    return {key: places[value] for key, value in known.items() if value or value != least or direction == "down"}


def growth_text(value: Decimal, *, kind: str, decimals: int | None = None, word: str = "") -> str:
    """增长13.5% · 下降2.0% · 持平; for ratios 提高0.15个百分点 · 降低… · 持平. word: an approximation, 增长20%以上."""
    places = decimals if decimals is not None else (2 if kind == "points" else 1)
    size = format_number(abs(value), places)
    if not Decimal(size):
        return "持平"
    if kind == "points":
        return f"{'提高' if value > 0 else '降低'}{approximate_text(size, '个百分点', word)}"
    return f"{'增长' if value > 0 else '下降'}{approximate_text(size, '%', word)}"


def approximate_text(number: str, unit: str, word: str) -> str:
    """Put the approximation where it was: 220余家, 近206种, 20%以上."""
    if word in ("余", "多"):
        return f"{number}{word}{unit}"
    if word in ("近", "不足", "超", "约"):
        return f"{word}{number}{unit}"
    return f"{number}{unit}{word}"


_MONEY = ("亿元", "万元", "元")
_FINER = {"亿元": "万元", "万元": "元"}


def visible(amount: Decimal, unit: str, decimals: int) -> tuple[str, str]:
    """A number and its unit; money that would be rounded to nothing is told in 万元 or 元."""
    number = format_number(amount, decimals)
    while amount and not Decimal(number) and unit in _FINER:
        amount, unit = amount * 10_000, _FINER[unit]
        number = format_number(amount, 2)
    return number, unit


def in_a_sentence(number: str, unit: str) -> str:
    """A number that was worked out, as a sentence says it: money without empty decimals, 682万元."""
    return number.rstrip("0").rstrip(".") if unit in _MONEY and "." in number else number


def turns_word(unit: str) -> str:
    """The unit of what was counted over several years: a firm recognised twice is two 家次, not two 家."""
    return "家次" if unit == "家" else unit


_AT_LEAST = frozenset(("以上", "达上"))
_MORE = frozenset(("余", "多", "超"))
_LESS = frozenset(("近", "不足", "以内"))


def sum_word(words: Iterable[str]) -> str:
    """The word a sum is said with whose terms came with some: of lower bounds 余, 超 or 以上, of upper ones 近, else 约.

    Exact terms ("") change nothing; "" where all are exact. 余 stands where it says how much more: 7677余人次.
    """
    said = {word for word in words if word}
    if len(said) < 2:
        return next(iter(said), "")
    if said <= _AT_LEAST:
        return "以上"
    if said <= _AT_LEAST | _MORE:
        return "余"
    return "近" if said <= _LESS else "约"


@dataclass(frozen=True)
class Covered:
    """How many parts of a whole are known."""

    known: int
    of: int


def roll_up(parts: Sequence[Decimal | None]) -> tuple[Decimal | None, Covered]:
    """The sum if every part is known, else None; and how many are."""
    known = [part for part in parts if part is not None]
    whole = sum(known, Decimal(0)) if parts and len(known) == len(parts) else None
    return whole, Covered(len(known), len(parts))
