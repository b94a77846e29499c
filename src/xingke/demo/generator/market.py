"""The technology market: contracts signed and registered, and awards for what came of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from xingke.demo.generator.firms import NAMES, YEARS, PerYear
from xingke.demo.generator.ground import WAN, Ground, Writer, amount
from xingke.demo.generator.plan import Event, Firm, History

_REGISTERED: PerYear = (268, 331, 402)  # contracts registered in 青溪县
_ONLY_SIGNED: PerYear = (22, 25, 28)
_WAITING: PerYear = (0, 0, 44)  # signed at the end of the plan, to be registered after it
# registered value in 万元; the regions differ more here than elsewhere
_VALUE: dict[str, PerYear] = {
    "990121": (94_412, 114_236, 137_640),
    "990122": (96_880, 108_520, 121_460),
    "990123": (49_530, 56_910, 65_380),
    "990124": (46_270, 54_640, 64_420),
    "990125": (22_140, 27_780, 35_010),
    "990126": (11_820, 12_770, 14_030),
    "990127": (7_340, 8_460, 9_940),
    "990128": (3_760, 4_630, 5_480),
    "990200": (202_410, 222_630, 244_950),
}


class _Type(NamedTuple):
    code: str
    often: int
    name: str


_TYPES = (
    _Type("development", 11, "{product}技术开发"),
    _Type("transfer", 2, "{product}专利权转让"),
    _Type("licence", 2, "{product}专利实施许可"),
    _Type("consulting", 2, "{product}技术咨询"),
    _Type("service", 5, "{product}技术服务"),
)


class Contracts(Writer):
    """Writes every technology contract; the seller is a firm of the region, as registration asks."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, "contract")
        self.drawn = [each for each in _TYPES for _ in range(each.often)]
        self._serials: dict[str, int] = {}

    def write(self) -> list[History]:
        """Those registered, year by year to the region's value, those only signed, and those waiting at the end."""
        values = {(code, year): wan for code in NAMES for year, wan in zip(YEARS, _VALUE[code], strict=True)}
        for code, year, number in self.quotas(_REGISTERED):
            if not number:
                continue
            total = int(values[code, year] * self.ground.factor) * WAN
            sums = self.shares(total, number, step=10_000, spread=(9, 9, 5))
            for on, cents in zip(self.days(year, number), sums, strict=True):
                signed = on - timedelta(days=self.rng.randrange(5, 61))
                agreed = cents if self.chance(88) else cents * self.rng.randrange(101, 116) // 100 // 10_000 * 10_000
                register_number = self._number(code, on.year)
                measures = (*amount(cents), ("tech_amount", _for_technology(cents, register_number)))
                events = [
                    Event("signed", signed, code, amount(max(agreed, cents))),
                    Event("registered", on, code, measures),
                ]
                self._contract(code, events, register_number)
        for code, year, number in self.quotas(_ONLY_SIGNED):
            for on in self.days(year, number):
                self._contract(code, [Event("signed", on, code, amount(self.rng.randrange(5, 120) * WAN))], "")
        last = YEARS[-1]
        for code, year, number in self.quotas(_WAITING):
            if year == last and number:
                total = int(values[code, year] * self.ground.factor) * number // 350 * WAN
                for on, cents in zip(
                    self.days(year, number, 11, 12), self.shares(total, number, step=10_000, spread=(9, 9)), strict=True
                ):
                    self._contract(code, [Event("signed", on, code, amount(cents))], "")
        return self.histories

    def _contract(self, code: str, events: list[Event], number: str) -> None:
        seller, kind = self.firm(code, events[0].on), self.one_of(self.drawn)
        self.add(
            "contract",
            events,
            firm=seller,
            type=kind.code,
            name=kind.name.format(product=self.product(seller)),
            number=number,
            counterpart=self._buyer(seller).name,
        )

    def _buyer(self, seller: Firm) -> Firm:
        """Another firm of the plan, anywhere."""
        while True:
            buyer = self.one_of(self.ground.firms)
            if buyer.key != seller.key:
                return buyer

    def _number(self, code: str, year: int) -> str:
        start = f"{year}{code}"
        self._serials[start] = self._serials.get(start, 0) + 1
        return f"{start}{self._serials[start]:06d}"


def _for_technology(cents: int, register_number: str) -> int:
    """What of a price is paid for technology: 60 to 100 %, in whole 百元; by the contract's number, not by chance."""
    return cents * (60 + int(register_number[-6:]) % 41) // 100 // 10_000 * 10_000


@dataclass(frozen=True, kw_only=True)
class _Prize:
    """A prize in 青溪县. grades: what the winners get, the last ones more often."""

    code: str
    level: str
    nominated: PerYear
    shortlisted: PerYear
    awarded: PerYear
    grades: tuple[str, ...]
    title: str


_PRIZES = (
    _Prize(
        code="science_progress",
        level="province",
        nominated=(5, 6, 7),
        shortlisted=(3, 4, 5),
        awarded=(2, 2, 3),
        grades=("二等奖", "三等奖", "三等奖"),
        title="{product}关键技术及应用",
    ),
    _Prize(
        code="technological_invention",
        level="province",
        nominated=(1, 1, 2),
        shortlisted=(0, 1, 1),
        awarded=(0, 0, 1),
        grades=("三等奖",),
        title="{product}制备新方法",
    ),
    _Prize(
        code="patent_award",
        level="province",
        nominated=(2, 3, 3),
        shortlisted=(1, 1, 2),
        awarded=(1, 1, 1),
        grades=("优秀奖",),
        title="{product}发明专利",
    ),
    _Prize(
        code="science_progress",
        level="city",
        nominated=(14, 16, 19),
        shortlisted=(11, 12, 14),
        awarded=(8, 9, 11),
        grades=("一等奖", "二等奖", "二等奖", "三等奖", "三等奖", "三等奖"),
        title="{product}技术创新与产业化",
    ),
    _Prize(
        code="innovation_contest",
        level="province",
        nominated=(9, 11, 12),
        shortlisted=(3, 4, 4),
        awarded=(1, 1, 2),
        grades=("优胜奖", "三等奖"),
        title="{product}创业项目",
    ),
)


class Awards(Writer):
    """Writes every award: nominated in spring, shortlisted in summer, awarded in winter."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, "award")

    def write(self) -> list[History]:
        """Prize by prize; of those nominated the first come furthest."""
        for prize in _PRIZES:
            shortlisted = {(code, year): number for code, year, number in self.quotas(prize.shortlisted)}
            awarded = {(code, year): number for code, year, number in self.quotas(prize.awarded)}
            for code, year, number in self.quotas(prize.nominated):
                for place, on in enumerate(self.days(year, number, 3, 5)):
                    is_awarded = place < awarded[code, year]
                    is_shortlisted = is_awarded or place < shortlisted[code, year]
                    events = [Event("nominated", on, code)]
                    if is_shortlisted:
                        events.append(Event("shortlisted", self.day(year, 7, 9), code))
                    if is_awarded:
                        events.append(Event("awarded", self.day(year, 11, 12), code))
                    firm = self.firm(code, on)
                    self.add(
                        "award",
                        events,
                        firm=firm,
                        prize=prize.code,
                        level=prize.level,
                        name=prize.title.format(product=self.product(firm)),
                        number=f"{year}{prize.level[0].upper()}J{code[3:]}{place + 1:02d}" if is_awarded else "",
                        grade=self.one_of(prize.grades) if is_awarded else "",
                    )
        return self.histories
