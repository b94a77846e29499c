"""What every other record stands on: the firms that stay where they are, how big each region is, and a stream of chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from random import Random
from typing import TypeVar

from xingke.base.keys import derived_key
from xingke.demo.generator.firms import NAMES, YEARS, PerYear
from xingke.demo.generator.plan import Event, Firm, History, Title
from xingke.demo.names import INDUSTRIES, Industry

T = TypeVar("T")

MODEL = "990121"  # the region whose numbers the quotas are
LAST_DAY = date(2025, 12, 31)
WAN = 1_000_000  # 万元 in 分
YEAR = timedelta(days=365)
_INDUSTRIES = {industry.code: industry for industry in INDUSTRIES}

# what the other regions have of a quota, by year
_SIZE = {
    "990121": ("1", "1", "1"),
    "990122": ("1.04", "0.96", "0.88"),
    "990123": ("0.58", "0.60", "0.64"),
    "990124": ("0.66", "0.70", "0.68"),
    "990125": ("0.30", "0.36", "0.42"),
    "990126": ("0.20", "0.20", "0.20"),
    "990127": ("0.11", "0.12", "0.14"),
    "990128": ("0.06", "0.06", "0.07"),
    "990200": ("1.60", "1.55", "1.50"),
}


@dataclass(frozen=True)
class Ground:
    """The finished firms and titles of a plan, as the other records need them."""

    seed: int
    factor: Decimal
    firms: Sequence[Firm]
    titles: Sequence[Title]

    @cached_property
    def pools(self) -> dict[str, list[Firm]]:
        """The firms of each region that never moved, those with a high-tech certificate first."""
        moved = {each.firm for each in self.titles if any(event.kind.startswith("moved") for event in each.events)}
        certified = {each.firm for each in self.titles if each.kind == "high_tech_enterprise"}
        pools: dict[str, list[Firm]] = {code: [] for code in NAMES}
        for firm in sorted(self.firms, key=lambda each: each.key not in certified):
            if firm.key not in moved:
                pools[firm.region].append(firm)
        return pools


class Writer:
    """Writes the histories of one noun, from a stream of chance of its own."""

    def __init__(self, ground: Ground, noun: str) -> None:
        self.ground = ground
        self.noun = noun
        self.rng = Random(f"{ground.seed}:{noun}")
        self.histories: list[History] = []

    def numbers(self, code: str, quota: PerYear) -> PerYear:
        """A quota as it holds for a region: exact for 青溪县, a little more or less than its share elsewhere."""
        more_or_less = Decimal(1) if code == MODEL else Decimal(self.rng.randrange(75, 131)) / 100
        first, second, third = (
            _rounded(number * self.ground.factor * Decimal(size) * more_or_less)
            for number, size in zip(quota, _SIZE[code], strict=True)
        )
        return first, second, third

    def quotas(self, quota: PerYear) -> Iterator[tuple[str, int, int]]:
        """(region, year, number) for every region and year."""
        for code in NAMES:
            for year, number in zip(YEARS, self.numbers(code, quota), strict=True):
                yield code, year, number

    def add(
        self,
        kind: str,
        events: Sequence[Event],
        *,
        firm: Firm | None = None,
        tie: str = "",
        **fields: str,
    ) -> History:
        """One more history; what would happen after the plan's last day has not happened."""
        key = derived_key("demo", self.ground.seed, self.noun, len(self.histories))
        told = tuple(sorted((event for event in events if event.on <= LAST_DAY), key=lambda event: event.on))
        history = History(kind, key, firm.key if firm else None, tuple(fields.items()), told, tie)
        self.histories.append(history)
        return history

    def day(self, year: int, first_month: int, last_month: int) -> date:
        """A day from the 3rd of the first month to the 24th of the last."""
        start = date(year, first_month, 3)
        return start + timedelta(days=self.rng.randrange((date(year, last_month, 24) - start).days + 1))

    def days(self, year: int, number: int, first_month: int = 1, last_month: int = 12) -> list[date]:
        """So many such days, in order."""
        return sorted(self.day(year, first_month, last_month) for _ in range(number))

    def later(self, on: date, least: int, most: int) -> date:
        """A day so many days later."""
        return on + timedelta(days=self.rng.randrange(least, most + 1))

    def one_of(self, items: Sequence[T]) -> T:
        """Any of the items."""
        return items[self.rng.randrange(len(items))]

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.rng.randrange(100) < percent

    def firm(self, code: str, on: date) -> Firm:
        """A firm of the region at least a year old that day; those at the head of the pool come up more often."""
        pool = self.ground.pools[code]
        while True:
            firm = pool[min(self.rng.randrange(len(pool)), self.rng.randrange(len(pool)))]
            if firm.founded_on <= on - YEAR:
                return firm

    def industry(self, firm: Firm) -> Industry:
        """The firm's line of business."""
        return _INDUSTRIES[firm.industry]

    def product(self, firm: Firm) -> str:
        """Something the firm makes."""
        return self.one_of(self.industry(firm).products)

    def shares(self, total: int, number: int, *, step: int, spread: Sequence[int]) -> list[int]:
        """``total`` cut into so many multiples of ``step`` that add up to it; spread: how unequal, as factors.

        The last digits of ``total`` go to the largest share.
        """
        if not number:
            return []
        weights = [1] * number
        for most in spread:
            weights = [weight * (1 + self.rng.randrange(most)) for weight in weights]
        whole = sum(weights)
        cut = [max(total * weight // whole // step, 1) * step for weight in weights]
        cut[cut.index(max(cut))] += total - sum(cut)
        return cut

    def document(self, code: str, on: date, office: str = "科发") -> str:
        """The number of a document of that month: 青溪科发〔2025〕12号. One document serves a month."""
        place = NAMES[code][:2]
        return f"{place}{office}〔{on.year}〕{on.month * 3 + len(self.noun) % 3}号"


def _rounded(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


def amount(cents: int) -> tuple[tuple[str, int | str], ...]:
    """The measures of an event that speaks of money, in 分."""
    return (("amount", cents),)
