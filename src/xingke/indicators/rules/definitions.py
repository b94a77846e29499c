"""Indicators as packs define them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict

from xingke.base.labels import Label
from xingke.ledger import kinds
from xingke.ledger.kinds.record_kind import RecordKind

Nature = Literal["flow", "stock", "ratio", "observed"]
WHOSE = ("organisation", "person")  # who may be counted once, however many records they have


@dataclass(frozen=True, kw_only=True)
class ExampleEvent:
    """One event of a worked example: what its kind says of one, its terms and measures (分, × 10⁻⁴), stands beside."""

    __pydantic_config__ = ConfigDict(extra="allow")

    subject: str
    event: str
    on: date
    until: date | None = None
    organisation: str = ""
    person: str = ""

    @property
    def whose(self) -> dict[str, str]:
        """Whose it is, as far as it says that."""
        return {name: who for name in WHOSE if (who := vars(self)[name])}

    def terms(self, kind: RecordKind) -> dict[str, str]:
        """Its terms, as far as it says them."""
        return {name: vars(self)[name] for name in kind.fields if vars(self).get(name)}

    def measures(self, kind: RecordKind) -> dict[str, int]:
        """Its measures, as far as it says them."""
        return {name: vars(self)[name] for name in kind.measures if vars(self).get(name) is not None}

    def strange(self, kind: RecordKind) -> list[str]:
        """What it says that an event of the kind does not say, or says otherwise."""
        known = {field.name for field in fields(self)}
        return [
            name
            for name, value in vars(self).items()
            if name not in known
            and not (name in kind.fields and isinstance(value, str))
            and not (name in kind.measures and type(value) is int)
        ]


@dataclass(frozen=True, kw_only=True)
class Example:
    """A worked example: a small ledger, or the inputs of a formula, and the value they must give."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    story: str
    value: str
    period: str = ""
    events: tuple[ExampleEvent, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """What a number means and how it is counted. Everything a page says about it stands here."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    code: str
    label: Label
    meaning: Label
    unit: str
    nature: Nature
    source: str
    version: int = 1
    group: str = ""
    of: str = ""
    where: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    net: bool = False
    distinct: Literal["", "organisation", "person"] = ""  # whom it counts once, however many records they have
    sum: str = ""
    formula: str = ""
    reported_as: str = (
        ""  # the indicator whose reported figure answers where no records are kept: nobody reports this one
    )
    direction: Literal["up", "down", "none"] = "up"
    decimals: int = 0
    said_unit: str = ""  # the unit in a document, where the name says the rest of it: 每万人发明专利拥有量20.19件
    at_most: Decimal | None = None  # a rate beyond it is shown, with a note, but not said in a document
    over_time: Literal["sum", "last", "none"] = "sum"
    over_regions: Literal["sum", "none"] = "sum"
    growth: Literal["percent", "points", "none"] = "percent"
    examples: tuple[Example, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", kinds.current(self.of))

    def __hash__(self) -> int:
        return hash((self.code, self.version))

    @property
    def key(self) -> str:
        return self.code

    @property
    def counts_records(self) -> bool:
        """Whether records can answer it, where a region keeps them."""
        return self.nature in ("flow", "stock")

    def allows(self, name: str) -> tuple[str, ...]:
        """The values the definition lets through for one field; empty: any."""
        value = self.where.get(name, ())
        return (value,) if isinstance(value, str) else tuple(value)


def natural_whole(part: Indicator, known: Iterable[Indicator]) -> Indicator | None:
    """The indicator that counts the same and more: 发明专利授权量 is part of 专利授权量. The narrowest; None where there is none."""
    wholes = [each for each in known if part.counts_records and counts_more(each, part)]
    return next(
        (each for each in wholes if not any(counts_more(each, other) for other in wholes if other != each)), None
    )


def counts_more(whole: Indicator, part: Indicator) -> bool:
    """Whether everything a part counts is counted by the whole as well, in the same way, and more besides."""
    alike = all(
        getattr(whole, name) == getattr(part, name) for name in ("of", "nature", "sum", "net", "distinct", "unit")
    )
    asked = {name: frozenset(part.allows(name)) for name in part.where}
    wider = {name: frozenset(whole.allows(name)) for name in whole.where}
    return (
        alike
        and set(part.events) <= set(whole.events)
        and all(asked.get(name, frozenset()) and asked[name] <= allowed for name, allowed in wider.items())
        and (asked, set(part.events)) != (wider, set(whole.events))
    )


# ── checks of definitions, one idea each ────────────────────────────────────────────────────────────────────────────
