"""The regions at work and their firms, and the chance everything of titles and patents is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TypeVar

from xingke.base.codes import credit_code_body_check, credit_code_check
from xingke.base.keys import derived_key
from xingke.demo.generator.plan import Firm
from xingke.demo.names import INDUSTRIES, Industry, firm_name, operator_name

T = TypeVar("T")
PerYear = tuple[int, int, int]

YEARS = (2023, 2024, 2025)
OPENING = date(2022, 12, 31)
NAMES = {
    "990121": "青溪县",
    "990122": "云渡县",
    "990123": "栖云县",
    "990124": "澜溪县",
    "990125": "霁川县",
    "990126": "鹿吟县",
    "990127": "望岫县",
    "990128": "松坞县",
    "990200": "澹湖市",
}
SHARE_OF_OTHERS = {
    "990121": "1",
    "990122": "0.95",
    "990123": "0.6",
    "990124": "0.7",
    "990125": "0.35",
    "990126": "0.2",
    "990127": "0.12",
    "990128": "0.06",
    "990200": "1.6",
}
_ZONES = {"990121": ("990171", 30), "990122": ("990172", 20), "990123": ("990172", 15)}  # code, percent of the firms


def times(number: int, factor: Decimal) -> int:
    """The product, rounded half up."""
    return int((number * factor).quantize(Decimal(1), ROUND_HALF_UP))


def each_times(numbers: PerYear, factor: Decimal) -> PerYear:
    """The same for each year."""
    return (times(numbers[0], factor), times(numbers[1], factor), times(numbers[2], factor))


@dataclass(eq=False)
class DraftFirm:
    """A firm in the making; ``born_before``: its first event, so that it is founded earlier."""

    number: int
    name: str
    uscc: str
    region: str
    zone: str | None
    industry: Industry
    born_before: date = date(2024, 1, 1)

    def seen(self, on: date) -> None:
        self.born_before = min(self.born_before, on)


@dataclass
class County:
    """One region at work: its firms, and which of them have no other records, so that they can move."""

    code: str
    firms: list[DraftFirm] = field(default_factory=list)
    movable: list[DraftFirm] = field(default_factory=list)


class FirmMaker:
    """All firms of one plan. Everything random of firms, titles and patents comes from ``rng``, in one fixed order."""

    def __init__(self, seed: int, factor: Decimal) -> None:
        self.seed = seed
        self.factor = factor
        self.rng = Random(seed)
        self.all: list[DraftFirm] = []
        self.taken_names: set[str] = set()
        self.taken_codes: set[str] = set()
        self.counties = {code: County(code) for code in NAMES}

    def new_firm(self, region: str, *, operator: str = "") -> DraftFirm:
        """One more firm of the region; operator: the business of a firm that runs an incubator or a maker space."""
        industry = INDUSTRIES[self.rng.randrange(len(INDUSTRIES))]
        while True:
            place = NAMES[region]
            name = (
                operator_name(self.rng, place=place, business=operator)
                if operator
                else firm_name(self.rng, place=place, industry=industry)
            )
            if name not in self.taken_names:
                break
        self.taken_names.add(name)
        zone, percent = _ZONES.get(region, ("", 0))
        in_zone = self.rng.randrange(100) < percent
        firm = DraftFirm(len(self.all), name, self._credit_code(region), region, zone if in_zone else None, industry)
        self.all.append(firm)
        return firm

    def _credit_code(self, region: str) -> str:
        """A 统一社会信用代码 with both checks right; its region code lies outside GB/T 2260, so no real one is hit."""
        while True:
            body = "MA" + "".join("0123456789ABCDEFGHJKLMNPQRTUWXY"[self.rng.randrange(31)] for _ in range(6))
            first17 = "91" + region + body + credit_code_body_check(body)
            code = first17 + credit_code_check(first17)
            if code not in self.taken_codes:
                self.taken_codes.add(code)
                return code

    def finished(self, firm: DraftFirm) -> Firm:
        """The firm as it ends up: founded at least 400 days before its first record."""
        earliest = date(1994, 3, 1)
        founded = firm.born_before - timedelta(days=400 + self.rng.randrange(5500))
        if founded < earliest:
            founded = earliest + timedelta(days=self.rng.randrange(900))
        key = derived_key("demo", self.seed, "firm", firm.number)
        return Firm(key, firm.name, firm.uscc, firm.region, firm.zone, founded, firm.industry.code)

    def days_of(self, year: int, number: int) -> list[date]:
        """So many days of the year up to 30 December, in order."""
        return sorted(date(year, 1, 1) + timedelta(days=self.rng.randrange(363)) for _ in range(number))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The same items in another order."""
        mixed = list(items)
        self.rng.shuffle(mixed)
        return mixed
