"""Titles: how many of each kind every region has, and their histories."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from xingke.base.keys import derived_key
from xingke.demo.generator.firms import (
    OPENING,
    SHARE_OF_OTHERS,
    YEARS,
    County,
    DraftFirm,
    FirmMaker,
    PerYear,
    each_times,
    times,
)
from xingke.demo.generator.plan import Event, Title


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

    def scaled(self, factor: Decimal) -> "_Quota":
        """Every number multiplied and rounded half up."""
        return _Quota(
            opening=tuple(times(number, factor) for number in self.opening),
            first=each_times(self.first, factor),
            renewed=each_times(self.renewed, factor),
            failed=each_times(self.failed, factor),
            revoked=each_times(self.revoked, factor),
        )


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
}

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
)
# high-tech firms that move: year, from, to; None is a place outside the plan
_MOVES: tuple[tuple[int, str | None, str | None], ...] = (
    (2024, "990121", "990123"),
    (2024, "990122", "990124"),
    (2024, None, "990122"),
    (2025, "990123", "990121"),
    (2025, "990124", "990121"),
    (2025, "990121", None),
    (2025, None, "990125"),
    (2025, "990200", "990122"),
)


@dataclass(eq=False)
class _Title:
    """A title in the making. due: the first day it is no longer in force, unless renewed; None while not held."""

    firm: DraftFirm
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


class Titles:
    """Writes every title of a plan."""

    def __init__(self, firms: FirmMaker) -> None:
        self.firms = firms
        self.rng = firms.rng
        self.all: list[_Title] = []
        self.holders: dict[tuple[str, str], set[int]] = {}

    def write(self) -> None:
        """Firms first, then their titles region by region, then moves and changes of name."""
        for county in self.firms.counties.values():
            self._found_firms(county)
        for code, county in self.firms.counties.items():
            high_tech, tech_sme = _MAIN[code]
            self._write_titles(county, HIGH_TECH, high_tech.scaled(self.firms.factor))
            self._write_titles(county, TECH_SME, tech_sme.scaled(self.firms.factor))
            share = Decimal(SHARE_OF_OTHERS[code])
            for kind, quota in _OTHERS:
                more_or_less = Decimal(1) if code == "990121" else Decimal(self.rng.randrange(75, 126)) / 100
                self._write_titles(county, kind, quota.scaled(self.firms.factor * share * more_or_less))
        for year, origin, goal in _MOVES:
            self._move(year, origin, goal)
        self._rename_some()

    def _found_firms(self, county: County) -> None:
        high_tech, tech_sme = (quota.scaled(self.firms.factor) for quota in _MAIN[county.code])
        needed = max(sum(q.opening) + sum(q.first) + sum(q.failed) for q in (high_tech, tech_sme))
        county.firms = [self.firms.new_firm(county.code) for _ in range(needed * 108 // 100 + 3)]
        county.movable = [
            self.firms.new_firm(county.code) for _ in range(sum(min(2, first) for first in high_tech.first))
        ]

    def _write_titles(self, county: County, kind: _Kind, quota: _Quota) -> None:
        has = self.holders.setdefault((county.code, kind.kind), set())  # of whatever level: a firm has a title once
        queue = [firm for firm in self.firms.shuffled(county.firms) if firm.number not in has]
        written: list[_Title] = []

        def new_title(*, movable: bool = False) -> _Title:
            if kind.operator:
                firm = self.firms.new_firm(county.code, operator=kind.operator)
            elif movable and county.movable:
                firm = county.movable.pop(0)
            else:
                firm = queue.pop() if queue else self.firms.new_firm(county.code)
            title = _Title(firm, kind, county.code)
            has.add(firm.number)
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
        self.all += written

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
        for place, (title, day) in enumerate(self.firms.shuffled(due)):
            if place < renewed:  # a few days before it would end
                on = day - timedelta(days=1 + self.rng.randrange(10))
                self._apply(title, on)
                title.certify("re_recognised", on)
            else:
                title.end("expired", day)

    def _revoke(self, titles: Sequence[_Title], year: int, number: int) -> None:
        for title in self.firms.shuffled([title for title in titles if title.is_free_in(year)])[:number]:
            start = max(title.events[-1].on, date(year, 1, 10))
            days = (date(year, 12, 28) - start).days
            title.end("revoked", start + timedelta(days=1 + self.rng.randrange(days)))

    def _move(self, year: int, origin: str | None, goal: str | None) -> None:
        """A high-tech firm moves with its certificate; both regions note it on the same day. Nothing if none can."""
        on = date(year, 3, 1) + timedelta(days=self.rng.randrange(200))
        if origin is not None:
            leaving = [title for title in self.all if title.region == origin and self._may_move(title, year)]
            if not leaving:
                return
            title = leaving[0]
            title.end("moved_out", on)
        elif goal is not None:
            title = _Title(self.firms.new_firm(goal), HIGH_TECH, goal, certified_on=date(year - 1, 11, 20))
            self.all.append(title)
        if goal is not None:
            if title.firm.region != goal:
                title.region = title.firm.region = goal
                title.firm.zone = None
            title.add("moved_in", on)
            title.is_held = True

    def _may_move(self, title: _Title, year: int) -> bool:
        """A high-tech title recognised before the year, still held, of a firm without other records."""
        last = title.events[-1]
        is_alone = title.firm not in self.firms.counties[title.region].firms
        return title.kind is HIGH_TECH and is_alone and last.kind == "recognised" and last.on.year < year

    def _rename_some(self) -> None:
        """Every fiftieth firm with a title changes its name; each title it holds that day notes it."""
        by_firm: dict[int, list[_Title]] = {}
        for title in self.all:
            by_firm.setdefault(title.firm.number, []).append(title)
        for titles in [each for place, each in enumerate(by_firm.values()) if place % 50 == 17]:
            on = date(2023, 1, 5) + timedelta(days=self.rng.randrange(1080))
            for title in titles:
                before = [event for event in title.events if event.on < on]
                if _is_held(before) and all(event.on != on for event in title.events):
                    title.events.insert(len(before), Event("renamed", on, before[-1].region))

    def finished(self, keys: dict[int, UUID]) -> Iterator[Title]:
        """Every title as it ends up; keys: the firms' keys by number."""
        serials: dict[str, int] = {}
        for number, title in enumerate(self.all):
            key = derived_key("demo", self.firms.seed, "title", number)
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


def _is_held(events: Sequence[Event]) -> bool:
    """Whether the title is in force after these events."""
    state = [event.kind for event in events if event.kind not in ("applied", "recommended", "renamed")]
    return bool(state) and state[-1] in ("recognised", "re_recognised", "moved_in")
