"""What is known of an indicator at a place and period, its growth and its rank, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from xingke.base.periods import Period
from xingke.base.quantities import Quantity, round_half_up
from xingke.indicators import rules
from xingke.indicators.rules import Covered, Indicator
from xingke.ledger.queries.observations import quantity
from xingke.ledger.rules import Told
from xingke.registry.models import Region

Status = Literal["known", "partial", "unknown", "ambiguous"]
Route = Literal["records", "observation", "children", "formula", ""]


@dataclass(frozen=True, kw_only=True)
class Value:
    """An indicator's value for a region and period, and how it is known.

    amount: exact, in the indicator's unit; None unless status is known. count: records behind it. covered: how many
    parts are known, for values put together from regions below, and known_part the sum of those. also: the reported figure where records answered and
    somebody also reported one.
    """

    indicator: Indicator
    region: Region
    period: Period
    status: Status = "unknown"
    amount: Decimal | None = None
    route: Route = ""
    count: int = 0
    covered: Covered | None = None
    known_part: Decimal | None = None
    observation: Told | None = None
    also: Told | None = None
    rivals: tuple[Told, ...] = ()
    missing: tuple[str, ...] = ()  # codes of a formula's inputs that are unknown
    stated: Quantity | None = None  # the observation's quantity, where it has been worked out
    also_amount: Decimal | None = None  # what was also reported, in the indicator's unit
    rough: str = ""  # the word it is said with where what it was put together from is approximate

    @property
    def is_known(self) -> bool:
        return self.status == "known"

    @property
    def approximation(self) -> str:
        """余, 近, 超 …: the word it was reported with, or a sum of such figures is said with."""
        return self.observation.approximation if self.observation is not None else self.rough

    @property
    def is_rough(self) -> bool:
        """Whether it is an approximation: it may be said, but not reckoned with."""
        return bool(self.rough_word)

    @property
    def rough_word(self) -> str:
        """What makes it an approximation: the word it is said with, 约 for a range; empty where it is exact."""
        return self.approximation or ("约" if len(self.bounds) > 1 else "")

    @property
    def is_beyond(self) -> bool:
        """Whether it is more than the definition allows: a rate whose numerator is not all of its denominator."""
        most = self.indicator.at_most
        return most is not None and self.amount is not None and self.amount > most

    @property
    def agrees(self) -> bool:
        """Whether what was also reported says the same, at the precision it was reported with; True where nothing was."""
        if self.also is None or self.amount is None or self.also_amount is None:
            return True
        return self.also_amount == round_half_up(self.amount, self.also.decimals)

    @property
    def text(self) -> str:
        """The value as it is said, with unit and any approximation: ``36项``, ``0.51亿元``, ``220余家``."""
        if self.amount is None:
            return "—"
        unit = self.indicator.said_unit if self.unit == self.indicator.unit else ""
        return said(self.said_number, unit or self.unit, self.approximation)

    @property
    def said_number(self) -> str:
        """The number as a sentence says it: a reported one as it was reported."""
        return self.number if self.observation is not None else rules.in_a_sentence(self.number, self.unit)

    @property
    def number(self) -> str:
        """The number alone, at the definition's precision (a reported one at its own); of a range both ends."""
        return "—".join(self.bounds) or "—"

    @property
    def bounds(self) -> tuple[str, ...]:
        """The number, or both ends of a range that was reported; nothing where it is unknown."""
        if self.amount is None:
            return ()
        if self.observation is None:
            return (self._visible[0],)
        told, most = self._stated, self.observation.value_max
        ends = (told, replace(told, scaled=most)) if most is not None and most > told.scaled else (told,)
        return tuple(f"{each.stated:f}" for each in ends)

    @property
    def _stated(self) -> Quantity:
        assert self.observation is not None  # asked for reported values only
        return self.stated or quantity(self.observation)

    @property
    def unit(self) -> str:
        """The unit the number is shown in."""
        return self.observation.unit if self.observation is not None else self._visible[1]

    @property
    def _visible(self) -> tuple[str, str]:
        return rules.visible(self.amount or Decimal(0), self.indicator.unit, self.indicator.decimals)


def said(number: str, unit: str, approximation: str) -> str:
    """A number with its unit, as roughly as it is known."""
    return rules.approximate_text(number, unit, approximation) if approximation else f"{number}{unit}"


@dataclass(frozen=True, kw_only=True)
class Growth:
    """同比: computed from two values, or as somebody reported it. amount in percent or percentage points."""

    now: Value
    base: Value
    amount: Decimal | None
    kind: str
    observation: Told | None = None
    reported: Told | None = None  # where both exist: shown beside, differences flagged

    @property
    def is_mixed(self) -> bool:
        """Whether one was counted and the other reported, or added up: what differs may be the way it is known."""
        return self.now.is_known and self.base.is_known and self.now.route != self.base.route

    @property
    def agrees(self) -> bool:
        """Whether what was reported is what was worked out, at the precision it was reported with."""
        if self.amount is None or self.reported is None:
            return True
        told = quantity(self.reported)
        return round_half_up(self.amount, self.reported.decimals) == told.stated

    @property
    def text(self) -> str:
        if self.amount is None:
            return "—"
        if self.observation is None:
            return rules.growth_text(self.amount, kind=self.kind)
        told = self.observation
        return rules.growth_text(self.amount, kind=self.kind, decimals=told.decimals, word=told.approximation)


@dataclass(frozen=True, kw_only=True)
class Rank:
    """The place among the regions under one parent, and the values it was read from.

    places: of all of them, by region id; empty where they cannot be ranked.
    """

    place: int | None
    of: int
    values: tuple[Value, ...]
    word: str  # the peer group: 全市, 全省, 全国; empty for a reported place that names none
    places: Mapping[int, int] = field(default_factory=dict)
    observation: Told | None = None

    @property
    def is_shared(self) -> bool:
        """Whether others have the same place."""
        return list(self.places.values()).count(self.place or 0) > 1

    @property
    def text(self) -> str:
        if not self.place or not self.word:
            return "—"
        return f"居{self.word}{'并列' if self.is_shared else ''}第{self.place}位"
