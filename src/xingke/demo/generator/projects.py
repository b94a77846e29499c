"""Projects: applied for, recommended, approved, checked, accepted or ended, at four levels."""

from dataclasses import dataclass
from datetime import date, timedelta

from xingke.demo.generator.firms import NAMES, YEARS, PerYear
from xingke.demo.generator.ground import LAST_DAY, WAN, Ground, Writer, amount
from xingke.demo.generator.plan import Event, Firm, History

_OPENING_YEARS = (2021, 2022)  # approved then and mostly still running on the opening day


@dataclass(frozen=True, kw_only=True)
class _Programme:
    """A programme: how often it comes up within its level, and what it approves, in 万元, in steps of ``step``."""

    code: str
    often: int
    least: int
    most: int
    step: int
    title: str


@dataclass(frozen=True, kw_only=True)
class _Level:
    """The projects of one level in 青溪县. prefix: of the project numbers; years: how long one runs."""

    code: str
    prefix: str
    applied: PerYear
    approved: PerYear
    years: int
    is_recommended: bool
    programmes: tuple[_Programme, ...]


_LEVELS = (
    _Level(
        code="national",
        prefix="GJYF",
        applied=(2, 2, 3),
        approved=(0, 1, 1),
        years=3,
        is_recommended=True,
        programmes=(
            _Programme(
                code="key_rnd", often=1, least=120, most=260, step=10, title="高端{product}设计制造关键技术研究"
            ),
        ),
    ),
    _Level(
        code="province",
        prefix="YLKJ",
        applied=(34, 42, 47),
        approved=(12, 15, 18),
        years=2,
        is_recommended=True,
        programmes=(
            _Programme(code="key_rnd", often=6, least=40, most=100, step=10, title="高性能{product}关键技术研发"),
            _Programme(
                code="major_project", often=1, least=150, most=300, step=50, title="{product}重大技术装备攻关与示范"
            ),
            _Programme(
                code="results_conversion", often=4, least=30, most=80, step=5, title="新型{product}成果转化与产业化"
            ),
            _Programme(code="innovation_special", often=5, least=20, most=60, step=5, title="{product}工艺创新与应用"),
            _Programme(
                code="rural_special", often=3, least=15, most=40, step=5, title="{product}在特色农业中的示范推广"
            ),
            _Programme(code="open_call", often=1, least=80, most=150, step=10, title="{product}共性技术难题揭榜攻关"),
        ),
    ),
    _Level(
        code="city",
        prefix="QYKJ",
        applied=(40, 44, 52),
        approved=(22, 25, 29),
        years=2,
        is_recommended=False,
        programmes=(
            _Programme(code="city_plan", often=1, least=6, most=24, step=2, title="{product}性能提升与产业应用"),
        ),
    ),
    _Level(
        code="county",
        prefix="XKJ",
        applied=(30, 34, 36),
        approved=(20, 22, 24),
        years=1,
        is_recommended=False,
        programmes=(_Programme(code="county_plan", often=1, least=2, most=8, step=1, title="{product}技术改进与试制"),),
    ),
)


class Projects(Writer):
    """Writes every project of a plan."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, "project")
        self._serials: dict[str, int] = {}

    def write(self) -> list[History]:
        """Level by level, region by region: those of before the plan, then each year's."""
        for level in _LEVELS:
            for code in NAMES:
                applied, approved = self.numbers(code, level.applied), self.numbers(code, level.approved)
                for year in _OPENING_YEARS:
                    self._year(code, level, year, approved[0], approved[0])
                for year, tried, won in zip(YEARS, applied, approved, strict=True):
                    self._year(code, level, year, tried, min(tried, won))
        return self.histories

    def _year(self, code: str, level: _Level, year: int, applied: int, approved: int) -> None:
        for place, on in enumerate(self.days(year, applied, 2, 5)):
            # those approved are spread evenly over those applied for
            is_approved = (place + 1) * approved // applied > place * approved // applied
            self._project(code, level, on, is_approved=is_approved)

    def _project(self, code: str, level: _Level, applied: date, *, is_approved: bool) -> None:
        firm = self.firm(code, applied)
        drawn = [programme for programme in level.programmes for _ in range(programme.often)]
        programme = self.one_of(drawn)
        events = [Event("applied", applied, code)]
        if level.is_recommended:
            events.append(Event("recommended", self.later(applied, 10, 25), code))
        number = ""
        if is_approved:
            granted = programme.least + programme.step * self.rng.randrange(
                (programme.most - programme.least) // programme.step + 1
            )
            on = self.day(applied.year, 6, 9)
            if level.is_recommended and events[-1].on >= on:  # nobody is recommended for what is approved already
                events[-1] = Event("recommended", on - timedelta(days=1), code)
            events.append(Event("approved", on, code, amount(granted * WAN)))
            events += self._carried_out(code, level, on)
            number = self._number(level, code, on.year)
        self.add(
            "project",
            events,
            firm=firm,
            programme=programme.code,
            level=level.code,
            name=self._name(programme, firm),
            number=number,
        )

    def _carried_out(self, code: str, level: _Level, approved: date) -> list[Event]:
        """Checked half-way, then accepted some months after its term; one in twenty-five is ended before."""
        checked = self.later(approved, 180 * level.years, 180 * level.years + 60)
        if self.chance(4):
            return [Event("terminated", self.later(checked, 20, 120), code)]
        due = approved + timedelta(days=365 * level.years)
        return [Event("checked", checked, code), Event("accepted", self.later(due, 30, 150), code)]

    def _name(self, programme: _Programme, firm: Firm) -> str:
        return programme.title.format(product=self.product(firm))

    def _number(self, level: _Level, code: str, year: int) -> str:
        start = f"{level.prefix}{year}{code[3:]}"
        self._serials[start] = self._serials.get(start, 0) + 1
        return f"{start}{self._serials[start]:03d}"


def ended_on(project: History) -> date | None:
    """When a project was accepted; None while it runs, and for one that was ended."""
    return next((event.on for event in project.events if event.kind == "accepted" and event.on <= LAST_DAY), None)
