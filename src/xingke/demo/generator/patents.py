"""Patents: how many of each form every region has, and their histories."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from xingke.base.codes import patent_check
from xingke.base.keys import derived_key
from xingke.demo.generator.firms import OPENING, YEARS, County, DraftFirm, FirmMaker, PerYear, times
from xingke.demo.generator.plan import Event, Invention
from xingke.demo.names import patent_name


@dataclass(frozen=True, kw_only=True)
class _Patents:
    """Patents of one region, per year. Utility models and designs follow 青溪县's by ``volume``; inventions are told.

    sent: inventions transferred away; received: bought, from siblings and from outside together; stock: inventions in
    force on the opening day.
    """

    volume: tuple[str, str, str]
    granted: PerYear
    received: PerYear
    lapsed: PerYear
    sent: PerYear
    stock: int


_APPLIED: dict[str, PerYear] = {
    "invention": (1093, 1288, 1506),
    "utility_model": (2470, 2790, 3100),
    "design": (471, 540, 622),
    "pct": (11, 14, 19),
}
_GRANTED: dict[str, PerYear] = {"utility_model": (1960, 2190, 2470), "design": (398, 452, 518)}
_STOCK = {"utility_model": 420, "design": 90}  # before 2023, a part of what a county would have

_PATENTS = {
    "990121": _Patents(
        volume=("1", "1", "1"),
        granted=(163, 206, 260),
        received=(12, 15, 20),
        lapsed=(30, 42, 58),
        sent=(6, 8, 10),
        stock=240,
    ),
    "990122": _Patents(
        volume=("0.28", "0.26", "0.25"),
        granted=(98, 108, 112),
        received=(6, 7, 8),
        lapsed=(22, 26, 30),
        sent=(3, 3, 4),
        stock=330,
    ),
    "990123": _Patents(
        volume=("0.19", "0.20", "0.22"),
        granted=(48, 55, 66),
        received=(4, 4, 6),
        lapsed=(10, 12, 15),
        sent=(2, 2, 2),
        stock=120,
    ),
    "990124": _Patents(
        volume=("0.24", "0.25", "0.24"),
        granted=(105, 116, 125),
        received=(5, 5, 6),
        lapsed=(18, 24, 30),
        sent=(2, 2, 3),
        stock=260,
    ),
    "990125": _Patents(
        volume=("0.08", "0.10", "0.13"),
        granted=(18, 24, 33),
        received=(3, 5, 7),
        lapsed=(4, 5, 7),
        sent=(1, 1, 1),
        stock=40,
    ),
    "990126": _Patents(
        volume=("0.05", "0.05", "0.05"),
        granted=(9, 10, 11),
        received=(1, 2, 1),
        lapsed=(2, 3, 3),
        sent=(0, 1, 0),
        stock=24,
    ),
    "990127": _Patents(
        volume=("0.03", "0.032", "0.038"),
        granted=(5, 6, 8),
        received=(1, 1, 2),
        lapsed=(1, 1, 2),
        sent=(0, 0, 1),
        stock=11,
    ),
    "990128": _Patents(
        volume=("0.015", "0.016", "0.019"),
        granted=(2, 3, 4),
        received=(1, 0, 1),
        lapsed=(0, 1, 1),
        sent=(0, 0, 0),
        stock=5,
    ),
    "990200": _Patents(
        volume=("0.21", "0.20", "0.20"),
        granted=(92, 104, 117),
        received=(7, 7, 8),
        lapsed=(28, 31, 34),
        sent=(4, 4, 5),
        stock=540,
    ),
}
_LAG = {"invention": (500, 1000), "utility_model": (150, 330), "design": (110, 240)}  # days from application to grant
_NUMBER_DIGIT = {"invention": "1", "utility_model": "2", "design": "3"}


@dataclass(eq=False)
class _Patent:
    """A patent in the making. applied_on also where the application lies outside the plan: its number needs it."""

    firm: DraftFirm
    form: str
    applied_on: date
    name: str
    events: list[Event] = field(default_factory=list)
    takers: dict[int, DraftFirm] = field(default_factory=dict)  # who took it over, by the place of the event

    def add(self, kind: str, on: date, region: str) -> None:
        self.events.append(Event(kind, on, region))
        self.firm.seen(on)

    def sell(self, on: date, region: str, taker: DraftFirm) -> None:
        """It is taken over by another firm. That is no chance: whatever else is drawn stays as it was."""
        self.takers[len(self.events)] = taker
        self.add("received", on, region)

    def told(self, keys: dict[int, UUID]) -> tuple[Event, ...]:
        """Its events, those of taking over with who did."""
        return tuple(
            replace(event, firm=keys[self.takers[place].number]) if place in self.takers else event
            for place, event in enumerate(self.events)
        )


class Patents:
    """Writes every patent of a plan. held: those in force, by region and form."""

    def __init__(self, firms: FirmMaker) -> None:
        self.firms = firms
        self.rng = firms.rng
        self.all: list[_Patent] = []
        self.held: dict[str, dict[str, list[_Patent]]] = {code: {} for code in firms.counties}

    def write(self) -> None:
        """The opening stock, then year by year what ends, is sold, applied for and granted."""
        pending: dict[tuple[str, str], list[_Patent]] = {}
        for code, county in self.firms.counties.items():
            for form in _NUMBER_DIGIT:
                opening = [self._opening_patent(county, form) for _ in range(self._stock(code, form))]
                self.held[code][form] = opening
        for index, year in enumerate(YEARS):
            self._lapse_and_transfer(index, year)
            for code, county in self.firms.counties.items():
                volume = Decimal(_PATENTS[code].volume[index]) * self.firms.factor
                for form, numbers in _APPLIED.items():
                    fresh = self._applications(county, form, year, times(numbers[index], volume))
                    if form == "pct":
                        continue
                    waiting = pending.setdefault((code, form), [])
                    waiting += fresh
                    quota = _PATENTS[code].granted[index] if form == "invention" else _GRANTED[form][index]
                    number = times(quota, self.firms.factor if form == "invention" else volume)
                    pending[code, form] = self._grant(county, form, waiting, year, number)

    def _stock(self, code: str, form: str) -> int:
        if form == "invention":
            return times(_PATENTS[code].stock, self.firms.factor)
        return times(_STOCK[form], Decimal(_PATENTS[code].volume[0]) * self.firms.factor)

    def _patent(self, county: County, form: str, applied_on: date) -> _Patent:
        """A patent of one of the county's firms; a few firms file most of them."""
        firm = county.firms[int(len(county.firms) * self.rng.random() ** 2)]
        patent = _Patent(firm, form, applied_on, patent_name(self.rng, form=form, industry=firm.industry))
        self.all.append(patent)
        return patent

    def _opening_patent(self, county: County, form: str) -> _Patent:
        """Granted before 2023 and still in force then."""
        lag = self._lag(form)
        granted = OPENING - timedelta(days=self.rng.randrange(5 * 365))
        patent = self._patent(county, form, granted - lag)
        patent.add("applied", patent.applied_on, county.code)
        patent.add("granted", granted, county.code)
        return patent

    def _applications(self, county: County, form: str, year: int, number: int) -> list[_Patent]:
        """So many applications in the year, in order of their days."""
        made = []
        for on in self.firms.days_of(year, number):
            patent = self._patent(county, form, on)
            patent.add("applied", on, county.code)
            made.append(patent)
        return made

    def _grant(self, county: County, form: str, waiting: list[_Patent], year: int, number: int) -> list[_Patent]:
        """Grant so many in the year, each about its lag after it was applied for; returns those still waiting.

        waiting: ordered by application day. What must have been applied for before 2023 is written now.
        """
        days = [patent.applied_on for patent in waiting]
        is_granted = bytearray(len(waiting))
        for on in self.firms.days_of(year, number):
            wanted = on - self._lag(form)
            latest = on - timedelta(days=_LAG[form][0])
            place = None if wanted <= OPENING else _nearest_free(days, is_granted, wanted, latest)
            if place is None:
                patent = self._patent(county, form, min(wanted, OPENING))
                patent.add("applied", patent.applied_on, county.code)
            else:
                is_granted[place] = 1
                patent = waiting[place]
            patent.add("granted", on, county.code)
            self.held[county.code][form].append(patent)
        return [patent for patent, done in zip(waiting, is_granted, strict=True) if not done]

    def _lapse_and_transfer(self, index: int, year: int) -> None:
        """Inventions end, are sold and bought; a few of the other patents end. Only what was held before the year."""
        bought = {code: times(quota.received[index], self.firms.factor) for code, quota in _PATENTS.items()}
        arrivals: list[tuple[str, _Patent]] = []
        for code, held in self.held.items():
            quota = _PATENTS[code]
            lapsed, sent = times(quota.lapsed[index], self.firms.factor), times(quota.sent[index], self.firms.factor)
            leaving = self.firms.shuffled(held["invention"])[: lapsed + sent]
            for place, patent in enumerate(leaving):
                on = date(year, 1, 4) + timedelta(days=self.rng.randrange(350))
                patent.add("lapsed" if place < lapsed else "transferred", on, code)
                buyer = max((other for other in bought if other != code), key=lambda each: bought[each])
                if place >= lapsed and place % 2 == 0 and bought[buyer] > 0:  # half go to a sibling
                    patent.sell(on + timedelta(days=1), buyer, self._taker(buyer, on, place))
                    bought[buyer] -= 1
                    arrivals.append((buyer, patent))
            gone = {id(patent) for patent in leaving}
            held["invention"] = [patent for patent in held["invention"] if id(patent) not in gone]
            for form in ("utility_model", "design"):
                ending = self.firms.shuffled(held[form])[: len(held[form]) * 3 // 100]
                for patent in ending:
                    patent.add("lapsed", date(year, 1, 4) + timedelta(days=self.rng.randrange(350)), code)
                gone = {id(patent) for patent in ending}
                held[form] = [patent for patent in held[form] if id(patent) not in gone]
        for code, county in self.firms.counties.items():
            for on in self.firms.days_of(year, bought[code]):  # the rest is bought outside
                patent = self._patent(county, "invention", on - timedelta(days=900 + self.rng.randrange(1500)))
                patent.add("received", on, code)
                arrivals.append((code, patent))
        for code, patent in arrivals:
            self.held[code]["invention"].append(patent)

    def finished(self, keys: dict[int, UUID]) -> Iterator[Invention]:
        """Every patent as it ends up; keys: the firms' keys by number."""
        numbers = _patent_numbers(self.all)
        for number, patent in enumerate(self.all):
            key = derived_key("demo", self.firms.seed, "patent", number)
            yield Invention(key, keys[patent.firm.number], numbers[number], patent.form, patent.name, patent.told(keys))

    def _taker(self, code: str, on: date, place: int) -> DraftFirm:
        """A firm of a region that was there on a day, the next one for every patent sold."""
        firms = self.firms.counties[code].firms
        there = [firm for firm in firms if firm.born_before < on] or firms
        return there[place * 7 % len(there)]

    def _lag(self, form: str) -> timedelta:
        shortest, longest = _LAG[form]
        return timedelta(days=self.rng.randrange(shortest, longest + 1))


def _nearest_free(days: Sequence[date], taken: bytearray, wanted: date, latest: date) -> int | None:
    """The place of the day nearest to ``wanted`` that is not taken and not after ``latest``; None if there is none.

    days: ascending, as long as ``taken``.
    """
    start = bisect_left(days, wanted)
    below = next((place for place in range(start - 1, -1, -1) if not taken[place]), None)
    above = next((place for place in range(start, len(days)) if not taken[place]), None)
    found = [place for place in (below, above) if place is not None and days[place] <= latest]
    return min(found, key=lambda place: abs(days[place] - wanted), default=None)


def _patent_numbers(patents: Sequence[_Patent]) -> list[str]:
    """Application numbers by day of application, with the right check character (ZC 0006-2003).

    The seven-digit serials start at 9000000, above any number of applications a year has had, so that they
    collide with no real one; when real years come near it, these numbers need another mark. PCT: PCT/CN2025/900001.
    """
    serials: dict[tuple[int, str], int] = {}
    numbers = [""] * len(patents)
    for place in sorted(range(len(patents)), key=lambda each: (patents[each].applied_on, each)):
        year, form = patents[place].applied_on.year, patents[place].form
        serial = serials.get((year, form), 0)
        serials[year, form] = serial + 1
        if form == "pct":
            numbers[place] = f"PCT/CN{year}/{900_001 + serial}"
        else:
            digits = f"{year}{_NUMBER_DIGIT[form]}{9_000_000 + serial}"
            numbers[place] = f"{digits}.{patent_check(digits)}"
    return numbers
