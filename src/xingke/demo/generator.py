"""The fictional county's firms, titles and patents: the same for the same seed, on every machine and every day.

Pure: no database, no clock, no chance but ``random.Random(seed)``. 青溪县 is of the size of a real industrial county;
its seven siblings and 澹湖市 are smaller or grow otherwise, so that ranks differ and change. Three full years,
2023–2025; what stands before them is the opening stock of 2022-12-31 and the applications granted later, not full years.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TypeVar
from uuid import UUID

from xingke.base.codes import credit_code_body_check, credit_code_check, patent_check
from xingke.base.keys import derived_key
from xingke.demo.names import INDUSTRIES, Industry, firm_name, operator_name, patent_name

T = TypeVar("T")

YEARS = (2023, 2024, 2025)
OPENING = date(2022, 12, 31)


@dataclass(frozen=True)
class Event:
    """Something that happened to a title or patent, and in which region (six-digit code) it counts."""

    kind: str
    on: date
    region: str


@dataclass(frozen=True)
class Firm:
    """A firm. region: where it is at the end of the plan; zone: a reporting zone's code; industry: GB/T 4754 division."""

    key: UUID
    name: str
    uscc: str
    region: str
    zone: str | None
    founded_on: date
    industry: str


@dataclass(frozen=True)
class Title:
    """A firm's title with its whole history, in order. number: of the latest certificate, empty if none was given."""

    key: UUID
    firm: UUID
    kind: str
    level: str
    number: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Invention:
    """A patent or application with its history, in order. firm: the first holder within the plan. form: invention,
    utility_model, design or pct. A patent bought from outside begins with its ``received``."""

    key: UUID
    firm: UUID
    number: str
    form: str
    name: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Plan:
    """All of it, in a fixed order: firms by region, then titles and patents as they came up."""

    seed: int
    firms: tuple[Firm, ...]
    titles: tuple[Title, ...]
    patents: tuple[Invention, ...]

    def digest(self) -> str:
        """SHA-256 over every field of every row: two plans with one digest are the same plan."""
        sha = hashlib.sha256()
        for line in self._lines():
            sha.update(line.encode() + b"\n")
        return sha.hexdigest()

    def _lines(self) -> Iterator[str]:
        for firm in self.firms:
            born = str(firm.founded_on)
            yield "|".join((str(firm.key), firm.name, firm.uscc, firm.region, firm.zone or "", born, firm.industry))
        for title in self.titles:
            told = _told(title.events)
            yield "|".join((str(title.key), str(title.firm), title.kind, title.level, title.number, told))
        for patent in self.patents:
            told = _told(patent.events)
            yield "|".join((str(patent.key), str(patent.firm), patent.number, patent.form, patent.name, told))


def _told(events: Sequence[Event]) -> str:
    return " ".join(f"{event.kind}@{event.on}@{event.region}" for event in events)


# ── How much of everything ───────────────────────────────────────────────────────────────────────────────────────

PerYear = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class _Quota:
    """Titles of one kind in one region. opening: recognised per year before 2023, the last one in 2022.

    What falls due in a year and is not renewed expires; failed: applied in vain.
    """

    opening: tuple[int, ...] = (0,)
    first: PerYear = (0, 0, 0)
    renewed: PerYear = (0, 0, 0)
    failed: PerYear = (0, 0, 0)
    revoked: PerYear = (0, 0, 0)

    def times(self, factor: Decimal) -> "_Quota":
        """Every number multiplied and rounded half up."""
        return _Quota(
            opening=tuple(_times(number, factor) for number in self.opening), first=_each(self.first, factor),
            renewed=_each(self.renewed, factor), failed=_each(self.failed, factor), revoked=_each(self.revoked, factor),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A kind of title. years: how long it holds, None for good; months: when it is recognised; operator: the business
    of the firms made for it alone."""

    kind: str
    level: str
    prefix: str
    years: int | None = None
    months: tuple[int, int] = (7, 12)
    is_recommended: bool = True
    operator: str = ""


HIGH_TECH = _Kind(kind="high_tech_enterprise", level="national", prefix="GR", years=3, months=(10, 12))
TECH_SME = _Kind(kind="tech_sme", level="national", prefix="", years=1, months=(4, 10), is_recommended=False)

# per region: 高新技术企业, 科技型中小企业
_MAIN: dict[str, tuple[_Quota, _Quota]] = {
    "990121": (
        _Quota(opening=(17, 20, 24), first=(17, 22, 46), renewed=(15, 16, 20), failed=(8, 11, 16), revoked=(0, 0, 1)),
        _Quota(opening=(200,), first=(80, 95, 120), renewed=(160, 205, 247), failed=(6, 7, 9), revoked=(0, 1, 0)),
    ),
    "990122": (
        _Quota(opening=(28, 30, 33), first=(19, 20, 19), renewed=(23, 25, 28), failed=(9, 9, 10), revoked=(0, 0, 1)),
        _Quota(opening=(235,), first=(70, 75, 80), renewed=(190, 205, 216), failed=(7, 7, 8), revoked=(1, 0, 1)),
    ),
    "990123": (
        _Quota(opening=(14, 15, 17), first=(8, 9, 12), renewed=(12, 12, 14), failed=(4, 4, 5)),
        _Quota(opening=(120,), first=(38, 44, 52), renewed=(98, 105, 118), failed=(4, 4, 5)),
    ),
    "990124": (
        _Quota(opening=(15, 15, 15), first=(9, 12, 11), renewed=(13, 13, 12), failed=(4, 5, 4), revoked=(0, 0, 1)),
        _Quota(opening=(110,), first=(36, 52, 48), renewed=(92, 100, 124), failed=(3, 5, 4)),
    ),
    "990125": (
        _Quota(opening=(5, 6, 8), first=(4, 7, 10), renewed=(4, 5, 6), failed=(3, 3, 5)),
        _Quota(opening=(45,), first=(20, 28, 36), renewed=(36, 44, 56), failed=(2, 3, 3)),
    ),
    "990126": (
        _Quota(opening=(4, 4, 5), first=(2, 3, 3), renewed=(3, 3, 4), failed=(1, 2, 1)),
        _Quota(opening=(30,), first=(9, 11, 12), renewed=(24, 27, 30), failed=(1, 1, 2)),
    ),
    "990127": (
        _Quota(opening=(2, 3, 2), first=(2, 2, 3), renewed=(2, 2, 1), failed=(1, 1, 1)),
        _Quota(opening=(16,), first=(6, 7, 10), renewed=(12, 15, 17), failed=(1, 1, 1)),
    ),
    "990128": (
        _Quota(opening=(1, 1, 1), first=(1, 1, 2), renewed=(1, 0, 1), failed=(0, 1, 1)),
        _Quota(opening=(6,), first=(3, 4, 5), renewed=(5, 6, 8), failed=(0, 1, 1)),
    ),
    "990200": (
        _Quota(opening=(60, 66, 70), first=(38, 41, 44), renewed=(52, 56, 60), failed=(16, 17, 18), revoked=(1, 0, 1)),
        _Quota(opening=(520,), first=(150, 160, 170), renewed=(430, 470, 500), failed=(12, 12, 14), revoked=(1, 1, 1)),
    ),
}  # fmt: skip

# the other titles of 青溪县; the other regions have a share of them, a little more or less each
_OTHERS: tuple[tuple[_Kind, _Quota], ...] = (
    (
        _Kind(kind="innovative_enterprise", level="province", prefix="YLCX", years=3),
        _Quota(opening=(0, 0, 9), first=(12, 16, 22), renewed=(0, 0, 7), failed=(5, 6, 8)),
    ),
    (
        _Kind(kind="high_growth_enterprise", level="province", prefix="YLGC", years=3, is_recommended=False),
        _Quota(opening=(0, 0, 6), first=(9, 11, 14), renewed=(0, 0, 4), failed=(3, 3, 4)),
    ),
    (
        _Kind(kind="patent_demonstration_enterprise", level="province", prefix="YLZS", years=3),
        _Quota(opening=(0, 0, 0), first=(1, 2, 3), failed=(4, 4, 4)),
    ),
    (
        _Kind(kind="patent_demonstration_enterprise", level="city", prefix="QYZS", years=3, is_recommended=False),
        _Quota(opening=(0, 0, 4), first=(6, 7, 9), renewed=(0, 0, 3), failed=(2, 2, 3)),
    ),
    (
        _Kind(kind="patent_demonstration_enterprise", level="county", prefix="XZS", years=3, is_recommended=False),
        _Quota(opening=(0, 0, 7), first=(10, 12, 14), renewed=(0, 0, 5), failed=(2, 3, 3)),
    ),
    (
        _Kind(kind="rnd_institute", level="province", prefix="YLYJY"),
        _Quota(opening=(5,), first=(1, 1, 2), failed=(1, 1, 1)),
    ),
    (
        _Kind(kind="rnd_center", level="province", prefix="YLYFZX"),
        _Quota(opening=(14,), first=(4, 5, 7), failed=(2, 2, 3), revoked=(0, 1, 0)),
    ),
    (
        _Kind(kind="rnd_center", level="city", prefix="QYYFZX", is_recommended=False),
        _Quota(opening=(22,), first=(7, 9, 11), failed=(3, 3, 4), revoked=(1, 0, 1)),
    ),
    (
        _Kind(kind="engineering_center", level="city", prefix="QYGCZX", is_recommended=False),
        _Quota(opening=(6,), first=(1, 2, 2)),
    ),
    (
        _Kind(kind="incubator", level="city", prefix="QYFHQ", is_recommended=False, operator="科技企业孵化器"),
        _Quota(opening=(1,), first=(0, 1, 0)),
    ),
    (
        _Kind(kind="incubator", level="province", prefix="YLFHQ", operator="科技企业孵化器"),
        _Quota(opening=(1,)),
    ),
    (
        _Kind(kind="maker_space", level="city", prefix="QYZCKJ", is_recommended=False, operator="众创空间"),
        _Quota(opening=(1,), first=(1, 0, 1)),
    ),
    (
        _Kind(kind="maker_space", level="province", prefix="YLZCKJ", operator="众创空间"),
        _Quota(opening=(1,), first=(0, 1, 0)),
    ),
)  # fmt: skip

_NAMES = {
    "990121": "青溪县", "990122": "云渡县", "990123": "栖云县", "990124": "澜溪县", "990125": "霁川县", "990126": "鹿吟县",
    "990127": "望岫县", "990128": "松坞县", "990200": "澹湖市",
}  # fmt: skip
_SHARE_OF_OTHERS = {
    "990121": "1", "990122": "0.95", "990123": "0.6", "990124": "0.7", "990125": "0.35", "990126": "0.2", "990127": "0.12",
    "990128": "0.06", "990200": "1.6",
}  # fmt: skip
_ZONES = {"990121": ("990171", 30), "990122": ("990172", 20), "990123": ("990172", 15)}  # code, percent of the firms

# high-tech firms that move: year, from, to; None is a place outside the plan
_MOVES: tuple[tuple[int, str | None, str | None], ...] = (
    (2024, "990121", "990123"), (2024, "990122", "990124"), (2024, None, "990122"),
    (2025, "990123", "990121"), (2025, "990124", "990121"), (2025, "990121", None), (2025, None, "990125"),
    (2025, "990200", "990122"),
)  # fmt: skip


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
    "invention": (1093, 1288, 1506), "utility_model": (2470, 2790, 3100), "design": (471, 540, 622), "pct": (11, 14, 19),
}  # fmt: skip
_GRANTED: dict[str, PerYear] = {"utility_model": (1960, 2190, 2470), "design": (398, 452, 518)}
_STOCK = {"utility_model": 420, "design": 90}  # before 2023, a part of what a county would have

_PATENTS = {
    "990121": _Patents(
        volume=("1", "1", "1"), granted=(163, 206, 260), received=(12, 15, 20), lapsed=(30, 42, 58), sent=(6, 8, 10), stock=240
    ),
    "990122": _Patents(
        volume=("0.28", "0.26", "0.25"), granted=(98, 108, 112), received=(6, 7, 8), lapsed=(22, 26, 30), sent=(3, 3, 4), stock=330
    ),
    "990123": _Patents(
        volume=("0.19", "0.20", "0.22"), granted=(48, 55, 66), received=(4, 4, 6), lapsed=(10, 12, 15), sent=(2, 2, 2), stock=120
    ),
    "990124": _Patents(
        volume=("0.24", "0.25", "0.24"), granted=(105, 116, 125), received=(5, 5, 6), lapsed=(18, 24, 30), sent=(2, 2, 3), stock=260
    ),
    "990125": _Patents(
        volume=("0.08", "0.10", "0.13"), granted=(18, 24, 33), received=(3, 5, 7), lapsed=(4, 5, 7), sent=(1, 1, 1), stock=40
    ),
    "990126": _Patents(
        volume=("0.05", "0.05", "0.05"), granted=(9, 10, 11), received=(1, 2, 1), lapsed=(2, 3, 3), sent=(0, 1, 0), stock=24
    ),
    "990127": _Patents(
        volume=("0.03", "0.032", "0.038"), granted=(5, 6, 8), received=(1, 1, 2), lapsed=(1, 1, 2), sent=(0, 0, 1), stock=11
    ),
    "990128": _Patents(
        volume=("0.015", "0.016", "0.019"), granted=(2, 3, 4), received=(1, 0, 1), lapsed=(0, 1, 1), sent=(0, 0, 0), stock=5
    ),
    "990200": _Patents(
        volume=("0.21", "0.20", "0.20"), granted=(92, 104, 117), received=(7, 7, 8), lapsed=(28, 31, 34), sent=(4, 4, 5), stock=540
    ),
}  # fmt: skip
_LAG = {"invention": (500, 1000), "utility_model": (150, 330), "design": (110, 240)}  # days from application to grant
_NUMBER_DIGIT = {"invention": "1", "utility_model": "2", "design": "3"}


def _times(number: int, factor: Decimal) -> int:
    return int((number * factor).quantize(Decimal(1), ROUND_HALF_UP))


def _each(numbers: PerYear, factor: Decimal) -> PerYear:
    return (_times(numbers[0], factor), _times(numbers[1], factor), _times(numbers[2], factor))


# ── Drafts: what is still being written ──────────────────────────────────────────────────────────────────────────


@dataclass(eq=False)
class _Firm:
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


@dataclass(eq=False)
class _Title:
    """A title in the making. due: the first day it is no longer in force, unless renewed; None while not held."""

    firm: _Firm
    kind: _Kind
    region: str
    events: list[Event] = field(default_factory=list)
    due: date | None = None
    certified_on: date | None = None
    is_held: bool = False

    def add(self, kind: str, on: date) -> None:
        self.events.append(Event(kind, on, self.region))
        self.firm.seen(on)

    def certify(self, kind: str, on: date) -> None:
        """Recognised or re-recognised: held from that day."""
        self.add(kind, on)
        self.certified_on, self.is_held = on, True
        self.due = on.replace(year=on.year + self.kind.years) if self.kind.years else date.max

    def end(self, kind: str, on: date) -> None:
        self.add(kind, on)
        self.is_held, self.due = False, None

    def is_free_in(self, year: int) -> bool:
        """Held, not falling due that year, and nothing happens to it in or after November of that year."""
        return self.is_held and self.due is not None and self.due.year > year and self.events[-1].on < date(year, 11, 1)


@dataclass(eq=False)
class _Patent:
    """A patent in the making. applied_on also where the application lies outside the plan: its number needs it."""

    firm: _Firm
    form: str
    applied_on: date
    name: str
    events: list[Event] = field(default_factory=list)

    def add(self, kind: str, on: date, region: str) -> None:
        self.events.append(Event(kind, on, region))
        self.firm.seen(on)


@dataclass
class _County:
    """One region at work: its firms, which of them have not yet been given a kind of title, and what it holds."""

    code: str
    firms: list[_Firm] = field(default_factory=list)
    movable: list[_Firm] = field(default_factory=list)  # high-tech firms without other records, so that they can move
    held: dict[str, list[_Patent]] = field(default_factory=dict)


def generate(seed: int = 7, scale: Decimal | float = 1) -> Plan:
    """The plan for a seed. scale multiplies every quota (1: 青溪县 files about 5 200 patents in 2025).

    Raises ValueError for a scale that is not positive. Takes a few seconds at scale 1.
    """
    factor = Decimal(str(scale))
    if factor <= 0:
        raise ValueError(f"scale is {scale}; it multiplies every number and must be positive")
    return _Author(seed, factor).plan()


class _Author:
    """Writes one plan. Everything random comes from ``rng``, always in the same order."""

    def __init__(self, seed: int, factor: Decimal) -> None:
        self.seed = seed
        self.factor = factor
        self.rng = Random(seed)
        self.firms: list[_Firm] = []
        self.titles: list[_Title] = []
        self.patents: list[_Patent] = []
        self.taken_names: set[str] = set()
        self.taken_codes: set[str] = set()
        self.counties = {code: _County(code) for code in _NAMES}

    def plan(self) -> Plan:
        for county in self.counties.values():
            self._found_firms(county)
        for code, county in self.counties.items():
            high_tech, tech_sme = _MAIN[code]
            self._write_titles(county, HIGH_TECH, high_tech.times(self.factor))
            self._write_titles(county, TECH_SME, tech_sme.times(self.factor))
            share = Decimal(_SHARE_OF_OTHERS[code])
            for kind, quota in _OTHERS:
                more_or_less = Decimal(1) if code == "990121" else Decimal(self.rng.randrange(75, 126)) / 100
                self._write_titles(county, kind, quota.times(self.factor * share * more_or_less))
        for year, origin, goal in _MOVES:
            self._move(year, origin, goal)
        self._rename_some()
        self._write_patents()
        firms = tuple(self._finished_firm(firm) for firm in self.firms)
        keys = {firm.number: done.key for firm, done in zip(self.firms, firms, strict=True)}
        return Plan(self.seed, firms, tuple(self._finished_titles(keys)), tuple(self._finished_patents(keys)))

    # ── firms ──

    def _found_firms(self, county: _County) -> None:
        high_tech, tech_sme = (quota.times(self.factor) for quota in _MAIN[county.code])
        needed = max(sum(q.opening) + sum(q.first) + sum(q.failed) for q in (high_tech, tech_sme))
        county.firms = [self._new_firm(county.code) for _ in range(needed * 108 // 100 + 3)]
        county.movable = [self._new_firm(county.code) for _ in range(sum(min(2, first) for first in high_tech.first))]

    def _new_firm(self, region: str, *, operator: str = "") -> _Firm:
        industry = INDUSTRIES[self.rng.randrange(len(INDUSTRIES))]
        while True:
            place = _NAMES[region]
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
        firm = _Firm(len(self.firms), name, self._credit_code(region), region, zone if in_zone else None, industry)
        self.firms.append(firm)
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

    def _finished_firm(self, firm: _Firm) -> Firm:
        earliest = date(1994, 3, 1)
        founded = firm.born_before - timedelta(days=400 + self.rng.randrange(5500))
        if founded < earliest:
            founded = earliest + timedelta(days=self.rng.randrange(900))
        key = derived_key("demo", self.seed, "firm", firm.number)
        return Firm(key, firm.name, firm.uscc, firm.region, firm.zone, founded, firm.industry.code)

    # ── titles ──

    def _write_titles(self, county: _County, kind: _Kind, quota: _Quota) -> None:
        queue = self._shuffled(county.firms)
        written: list[_Title] = []

        def new_title(*, movable: bool = False) -> _Title:
            if kind.operator:
                firm = self._new_firm(county.code, operator=kind.operator)
            elif movable and county.movable:
                firm = county.movable.pop(0)
            else:
                firm = queue.pop() if queue else self._new_firm(county.code)
            title = _Title(firm, kind, county.code)
            written.append(title)
            return title

        for years_ago, number in enumerate(reversed(quota.opening)):
            for _ in range(number):
                year = OPENING.year - (years_ago if kind.years else self.rng.randrange(7))
                self._recognise(new_title(), self._day_in(kind, year))
        in_vain: list[_Title] = []
        for index, year in enumerate(YEARS):
            self._renew_or_expire(written, year, quota.renewed[index])
            again = in_vain[: len(in_vain) * 2 // 5]  # of those refused last year, two in five try again and succeed
            in_vain = [self._apply_in_vain(new_title(), year) for _ in range(quota.failed[index])]
            for place in range(quota.first[index]):
                if place < len(again):
                    title = again[place]
                else:  # the first two high-tech firms of a year are such that may move later
                    title = new_title(movable=kind is HIGH_TECH and place < len(again) + 2)
                self._recognise(title, self._day_in(kind, year))
            self._revoke(written, year, quota.revoked[index])
        self.titles += written

    def _day_in(self, kind: _Kind, year: int) -> date:
        """A day of the months in which the kind is recognised; never after 20 December."""
        start, end = date(year, kind.months[0], 1), date(year, kind.months[1], 20)
        return start + timedelta(days=self.rng.randrange((end - start).days))

    def _apply(self, title: _Title, decided: date) -> None:
        """Applied, and recommended where the kind asks for it, before the day of the decision."""
        if title.kind.is_recommended:
            title.add("applied", decided - timedelta(days=self.rng.randrange(70, 120)))
            title.add("recommended", decided - timedelta(days=self.rng.randrange(25, 60)))
        else:
            title.add("applied", decided - timedelta(days=self.rng.randrange(20, 45)))

    def _recognise(self, title: _Title, on: date) -> None:
        self._apply(title, on)
        title.certify("recognised", on)

    def _apply_in_vain(self, title: _Title, year: int) -> _Title:
        self._apply(title, self._day_in(title.kind, year))
        return title

    def _renew_or_expire(self, titles: Sequence[_Title], year: int, renewed: int) -> None:
        due = [(title, title.due) for title in titles if title.due is not None and title.due.year == year]
        for place, (title, day) in enumerate(self._shuffled(due)):
            if place < renewed:  # a few days before it would end
                on = day - timedelta(days=1 + self.rng.randrange(10))
                self._apply(title, on)
                title.certify("re_recognised", on)
            else:
                title.end("expired", day)

    def _revoke(self, titles: Sequence[_Title], year: int, number: int) -> None:
        for title in self._shuffled([title for title in titles if title.is_free_in(year)])[:number]:
            start = max(title.events[-1].on, date(year, 1, 10))
            days = (date(year, 12, 28) - start).days
            title.end("revoked", start + timedelta(days=1 + self.rng.randrange(days)))

    def _move(self, year: int, origin: str | None, goal: str | None) -> None:
        """A high-tech firm moves with its certificate; both regions note it on the same day. Nothing if none can."""
        on = date(year, 3, 1) + timedelta(days=self.rng.randrange(200))
        if origin is not None:
            leaving = [title for title in self.titles if title.region == origin and self._may_move(title, year)]
            if not leaving:
                return
            title = leaving[0]
            title.end("moved_out", on)
        elif goal is not None:
            title = _Title(self._new_firm(goal), HIGH_TECH, goal, certified_on=date(year - 1, 11, 20))
            self.titles.append(title)
        if goal is not None:
            if title.firm.region != goal:
                title.region = title.firm.region = goal
                title.firm.zone = None
            title.add("moved_in", on)
            title.is_held = True

    def _may_move(self, title: _Title, year: int) -> bool:
        """A high-tech title recognised before the year, still held, of a firm without other records."""
        last = title.events[-1]
        is_alone = title.firm not in self.counties[title.region].firms
        return title.kind is HIGH_TECH and is_alone and last.kind == "recognised" and last.on.year < year

    def _rename_some(self) -> None:
        """Every fiftieth firm with a title changes its name; each title it holds that day notes it."""
        by_firm: dict[int, list[_Title]] = {}
        for title in self.titles:
            by_firm.setdefault(title.firm.number, []).append(title)
        for titles in [each for place, each in enumerate(by_firm.values()) if place % 50 == 17]:
            on = date(2023, 1, 5) + timedelta(days=self.rng.randrange(1080))
            for title in titles:
                before = [event for event in title.events if event.on < on]
                if _is_held(before) and all(event.on != on for event in title.events):
                    title.events.insert(len(before), Event("renamed", on, before[-1].region))

    def _finished_titles(self, keys: dict[int, UUID]) -> Iterator[Title]:
        serials: dict[str, int] = {}
        for number, title in enumerate(self.titles):
            key = derived_key("demo", self.seed, "title", number)
            shown = self._certificate(title, serials)
            yield Title(key, keys[title.firm.number], title.kind.kind, title.kind.level, shown, tuple(title.events))

    def _certificate(self, title: _Title, serials: dict[str, int]) -> str:
        """The number of the latest certificate: GR + year + 99 + serial, the 18 characters of a tech SME, or our own."""
        if title.certified_on is None:
            return ""
        year = title.certified_on.year
        if title.kind is TECH_SME:
            applied = max(event.on for event in title.events if event.kind == "applied")
            start = f"{year}{title.region}{'0' if applied.month <= 5 else 'A'}"
            width = 7
        else:
            start, width = f"{title.kind.prefix}{year}99", 6 if title.kind is HIGH_TECH else 4
        serials[start] = serials.get(start, 0) + 1
        return f"{start}{serials[start]:0{width}d}"

    # ── patents ──

    def _write_patents(self) -> None:
        pending: dict[tuple[str, str], list[_Patent]] = {}
        for code, county in self.counties.items():
            for form in _NUMBER_DIGIT:
                county.held[form] = [self._opening_patent(county, form) for _ in range(self._stock(code, form))]
        for index, year in enumerate(YEARS):
            self._lapse_and_transfer(index, year)
            for code, county in self.counties.items():
                volume = Decimal(_PATENTS[code].volume[index]) * self.factor
                for form, numbers in _APPLIED.items():
                    fresh = self._applications(county, form, year, _times(numbers[index], volume))
                    if form == "pct":
                        continue
                    waiting = pending.setdefault((code, form), [])
                    waiting += fresh
                    quota = _PATENTS[code].granted[index] if form == "invention" else _GRANTED[form][index]
                    number = _times(quota, self.factor if form == "invention" else volume)
                    pending[code, form] = self._grant(county, form, waiting, year, number)

    def _stock(self, code: str, form: str) -> int:
        if form == "invention":
            return _times(_PATENTS[code].stock, self.factor)
        return _times(_STOCK[form], Decimal(_PATENTS[code].volume[0]) * self.factor)

    def _patent(self, county: _County, form: str, applied_on: date) -> _Patent:
        """A patent of one of the county's firms; a few firms file most of them."""
        firm = county.firms[int(len(county.firms) * self.rng.random() ** 2)]
        patent = _Patent(firm, form, applied_on, patent_name(self.rng, form=form, industry=firm.industry))
        self.patents.append(patent)
        return patent

    def _opening_patent(self, county: _County, form: str) -> _Patent:
        """Granted before 2023 and still in force then."""
        lag = self._lag(form)
        granted = OPENING - timedelta(days=self.rng.randrange(5 * 365))
        patent = self._patent(county, form, granted - lag)
        patent.add("applied", patent.applied_on, county.code)
        patent.add("granted", granted, county.code)
        return patent

    def _applications(self, county: _County, form: str, year: int, number: int) -> list[_Patent]:
        """So many applications in the year, in order of their days."""
        made = []
        for on in self._days_of(year, number):
            patent = self._patent(county, form, on)
            patent.add("applied", on, county.code)
            made.append(patent)
        return made

    def _grant(self, county: _County, form: str, waiting: list[_Patent], year: int, number: int) -> list[_Patent]:
        """Grant so many in the year, each about its lag after it was applied for; returns those still waiting.

        waiting: ordered by application day. What must have been applied for before 2023 is written now.
        """
        days = [patent.applied_on for patent in waiting]
        is_granted = bytearray(len(waiting))
        for on in self._days_of(year, number):
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
            county.held[form].append(patent)
        return [patent for patent, done in zip(waiting, is_granted, strict=True) if not done]

    def _lapse_and_transfer(self, index: int, year: int) -> None:
        """Inventions end, are sold and bought; a few of the other patents end. Only what was held before the year."""
        bought = {code: _times(quota.received[index], self.factor) for code, quota in _PATENTS.items()}
        arrivals: list[tuple[str, _Patent]] = []
        for code, county in self.counties.items():
            quota = _PATENTS[code]
            lapsed, sent = _times(quota.lapsed[index], self.factor), _times(quota.sent[index], self.factor)
            leaving = self._shuffled(county.held["invention"])[: lapsed + sent]
            for place, patent in enumerate(leaving):
                on = date(year, 1, 4) + timedelta(days=self.rng.randrange(350))
                patent.add("lapsed" if place < lapsed else "transferred", on, code)
                buyer = max((other for other in bought if other != code), key=lambda each: bought[each])
                if place >= lapsed and place % 2 == 0 and bought[buyer] > 0:  # half go to a sibling
                    patent.add("received", on + timedelta(days=1), buyer)
                    bought[buyer] -= 1
                    arrivals.append((buyer, patent))
            gone = {id(patent) for patent in leaving}
            county.held["invention"] = [patent for patent in county.held["invention"] if id(patent) not in gone]
            for form in ("utility_model", "design"):
                ending = self._shuffled(county.held[form])[: len(county.held[form]) * 3 // 100]
                for patent in ending:
                    patent.add("lapsed", date(year, 1, 4) + timedelta(days=self.rng.randrange(350)), code)
                gone = {id(patent) for patent in ending}
                county.held[form] = [patent for patent in county.held[form] if id(patent) not in gone]
        for code, county in self.counties.items():
            for on in self._days_of(year, bought[code]):  # the rest is bought outside
                patent = self._patent(county, "invention", on - timedelta(days=900 + self.rng.randrange(1500)))
                patent.add("received", on, code)
                arrivals.append((code, patent))
        for code, patent in arrivals:
            self.counties[code].held["invention"].append(patent)

    def _finished_patents(self, keys: dict[int, UUID]) -> Iterator[Invention]:
        numbers = _patent_numbers(self.patents)
        for number, patent in enumerate(self.patents):
            key = derived_key("demo", self.seed, "patent", number)
            yield Invention(
                key, keys[patent.firm.number], numbers[number], patent.form, patent.name, tuple(patent.events)
            )

    # ── chance ──

    def _lag(self, form: str) -> timedelta:
        shortest, longest = _LAG[form]
        return timedelta(days=self.rng.randrange(shortest, longest + 1))

    def _days_of(self, year: int, number: int) -> list[date]:
        """So many days of the year up to 30 December, in order."""
        return sorted(date(year, 1, 1) + timedelta(days=self.rng.randrange(363)) for _ in range(number))

    def _shuffled(self, items: Sequence[T]) -> list[T]:
        mixed = list(items)
        self.rng.shuffle(mixed)
        return mixed


def _is_held(events: Sequence[Event]) -> bool:
    """Whether the title is in force after these events."""
    state = [event.kind for event in events if event.kind not in ("applied", "recommended", "renamed")]
    return bool(state) and state[-1] in ("recognised", "re_recognised", "moved_in")


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

    ponytail: the seven-digit serials start at 9000000, above any number of applications a year has had, so that they
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
