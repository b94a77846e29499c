"""Matters: what firms asked for, when it was accepted, how it ended and whether that was in time."""

from dataclasses import dataclass
from datetime import date, timedelta

from xingke.demo.generator.firms import PerYear
from xingke.demo.generator.ground import Ground, Writer
from xingke.demo.generator.plan import Event, History

_SCALE = 10_000  # days are kept × 10⁻⁴
_WEEKDAYS = 5  # Monday to Friday are worked here; holidays are left aside


@dataclass(frozen=True, kw_only=True)
class _Business:
    """A business: how often it comes up in 青溪县, the working days it may take, and the end it has as a rule."""

    code: str
    prefix: str
    came: PerYear
    allowed: int
    ends: str
    name: str


_BUSINESSES = (
    _Business(
        code="contract_registration",
        prefix="HT",
        came=(58, 66, 78),
        allowed=20,
        ends="granted",
        name="{product}技术开发合同",
    ),
    _Business(
        code="title_recommendation",
        prefix="TJ",
        came=(30, 34, 38),
        allowed=15,
        ends="passed_on",
        name="{firm}申报高新技术企业",
    ),
    _Business(
        code="result_registration", prefix="CG", came=(12, 14, 16), allowed=10, ends="granted", name="{product}应用成果"
    ),
    _Business(code="firm_problem", prefix="WT", came=(16, 20, 24), allowed=7, ends="done", name="{firm}反映的问题"),
)


class Matters(Writer):
    """Writes every matter of a plan."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, "matter")
        self._serials: dict[str, int] = {}

    def write(self) -> list[History]:
        """Business by business, region by region, year by year."""
        for business in _BUSINESSES:
            for code, year, number in self.quotas(business.came):
                for on in self.days(year, number):
                    self._come(business, code, _worked(on))
        return self.histories

    def _come(self, business: _Business, code: str, on: date) -> None:
        firm = self.firm(code, on)
        events = [Event("opened", on, code)]
        if self.chance(12):
            events.append(Event("supplemented", _worked(self.later(on, 1, 3)), code))
        accepted = _worked(self.later(events[-1].on, 0, 4))
        if self.chance(2):
            events.append(Event("not_accepted", accepted, code))
        else:
            events.append(Event("accepted", accepted, code))
            events += self._ended(business, code, accepted)
        self.add(
            "matter",
            events,
            firm=firm,
            business=business.code,
            name=business.name.format(product=self.product(firm), firm=firm.name),
            number=self._number(business, code, on.year),
        )

    def _ended(self, business: _Business, code: str, accepted: date) -> list[Event]:
        """Closed, a few too late; one in forty is withdrawn."""
        is_late = self.chance(4)
        used = business.allowed + 1 + self.rng.randrange(5) if is_late else 1 + self.rng.randrange(business.allowed)
        on = _after(accepted, used)
        if self.chance(2):
            return [Event("withdrawn", on, code)]
        end = "refused" if self.chance(4) else business.ends
        days = (("days_used", used * _SCALE), ("days_allowed", business.allowed * _SCALE))
        return [Event(end, on, code, days), Event("overdue" if is_late else "in_time", on, code)]

    def _number(self, business: _Business, code: str, year: int) -> str:
        start = f"{business.prefix}{code}{year}"
        self._serials[start] = self._serials.get(start, 0) + 1
        return f"{start}{self._serials[start]:05d}"


def _worked(on: date) -> date:
    """A day, or the next one that is no weekend."""
    while on.weekday() >= _WEEKDAYS:
        on += timedelta(days=1)
    return on


def _after(on: date, days: int) -> date:
    """So many worked days later."""
    for _day in range(days):
        on = _worked(on + timedelta(days=1))
    return on
