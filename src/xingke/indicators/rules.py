"""Indicators without a database: definitions and their checks, growth, ranks, roll-up, and the plain reference."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict

from xingke.base import expressions
from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.base.quantities import format_number, round_half_up
from xingke.ledger import kinds
from xingke.ledger.kinds import KINDS
from xingke.ledger.kinds.record_kind import RecordKind
from xingke.ledger.rules import Happening, effects

Nature = Literal["flow", "stock", "ratio", "observed"]


@dataclass(frozen=True, kw_only=True)
class ExampleEvent:
    """One event of a worked example: what its kind says of one, its terms and measures (分, × 10⁻⁴), stands beside."""

    __pydantic_config__ = ConfigDict(extra="allow")

    subject: str
    event: str
    on: date
    until: date | None = None

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
    alike = all(getattr(whole, name) == getattr(part, name) for name in ("of", "nature", "sum", "net", "unit"))
    asked = {name: frozenset(part.allows(name)) for name in part.where}
    wider = {name: frozenset(whole.allows(name)) for name in whole.where}
    return (
        alike
        and set(part.events) <= set(whole.events)
        and all(asked.get(name, frozenset()) and asked[name] <= allowed for name, allowed in wider.items())
        and (asked, set(part.events)) != (wider, set(whole.events))
    )


# ── checks of definitions, one idea each ────────────────────────────────────────────────────────────────────────────


def _entries(catalogue: Catalogue) -> Iterator[tuple[Indicator, str, str]]:
    for entry in catalogue.of("indicator"):
        yield entry.value, entry.file, entry.place


def natures_have_what_they_need(catalogue: Catalogue) -> Iterator[Issue]:
    """A flow or stock says what it counts; a ratio has a formula; an observed one has neither."""
    for each, file, place in _entries(catalogue):
        if each.counts_records != bool(each.of):
            yield Issue(file, place, f"nature {each.nature!r} {'needs' if each.counts_records else 'takes no'} `of`")
        if (each.nature == "flow") != bool(each.events or each.net):
            yield Issue(file, place, "a flow (and only a flow) names its `events` or says `net = true`")
        if each.events and each.net:
            yield Issue(file, place, "`events` and `net` exclude each other")
        if each.sum and not each.events:
            yield Issue(file, place, "`sum` adds up a measure of the events named in `events`: name them")
        if (each.nature == "ratio") != bool(each.formula):
            yield Issue(
                file, place, f"nature {each.nature!r} {'needs a' if each.nature == 'ratio' else 'takes no'} formula"
            )


def records_are_known(catalogue: Catalogue) -> Iterator[Issue]:
    """The kind, its fields, their values and the events all exist."""
    terms = {term.key for term in catalogue.values("term")}
    for each, file, place in _entries(catalogue):
        if not each.counts_records or not each.of:  # without `of`: said above
            continue
        known = KINDS.get(each.of)
        if known is None:
            yield Issue(file, place, f"of is {each.of!r}; known kinds: {', '.join(KINDS)}")
            continue
        for unknown in _unknown_to(known, each, terms):
            yield Issue(file, place, unknown)
        for number, example in enumerate(each.examples, 1):
            for name in (name for event in example.events for name in event.strange(known)):
                yield Issue(file, f"{place} example {number}", f"{name} is nothing that an event of {each.of} says so")


def _unknown_to(known: RecordKind, each: Indicator, terms: Collection[str]) -> Iterator[str]:
    """What a definition asks of its records that records of the kind do not say, in words."""
    asked = {**known.fields, **known.event_fields}
    for name in each.where:
        if name not in asked:
            yield f"where.{name} is no field of {each.of}; known: {', '.join(asked)}"
            continue
        for value in each.allows(name):
            if f"{asked[name]}:{value}" not in terms:
                yield f"where.{name} is {value!r}, which the list {asked[name]!r} does not have"
    if each.sum and each.sum not in known.measures:
        yield f"sum is {each.sum!r}; measures of {each.of}: {', '.join(known.measures) or 'none'}"
    for event in each.events:
        if f"{known.event_list}:{event}" not in terms:
            yield f"event {event!r} is not in the list {known.event_list!r}"


def reported_as_is_known(catalogue: Catalogue) -> Iterator[Issue]:
    """What stands in for an indicator where no records are kept is an indicator of the same unit."""
    units = {each.code: each.unit for each, _file, _place in _entries(catalogue)}
    for each, file, place in _entries(catalogue):
        if each.reported_as and units.get(each.reported_as) != each.unit:
            yield Issue(file, place, f"reported_as is {each.reported_as!r}, which is no indicator in {each.unit!r}")


def units_are_known(catalogue: Catalogue) -> Iterator[Issue]:
    """The unit stands in the vocabulary, and fits the measure that is added up."""
    units = {term.code: term.kind for term in catalogue.values("term") if term.list == "unit"}
    for each, file, place in _entries(catalogue):
        if each.unit not in units:
            yield Issue(file, place, f"unit is {each.unit!r}, which the vocabulary does not have")
        elif each.sum and each.of in KINDS:
            measured = KINDS[each.of].measures.get(each.sum)
            if measured and units[each.unit] != measured:
                yield Issue(file, place, f"sum of {measured} is given in {each.unit!r}, a unit of {units[each.unit]}")


def layers_never_add_up(catalogue: Catalogue) -> Iterator[Issue]:
    """Money is summed over one layer: 争取, 到位 and 拨付 of one sum are the same money three times."""
    for each, file, place in _entries(catalogue):
        if (
            each.sum
            and KINDS.get(each.of)
            and KINDS[each.of].measures.get(each.sum) == "money"
            and len(each.events) > 1
        ):
            yield Issue(
                file, place, f"adds up {', '.join(each.events)}: these are layers of the same money and never add up"
            )


def formulas_can_be_read(catalogue: Catalogue) -> Iterator[Issue]:
    """A formula parses, and names indicators that are no ratios themselves."""
    natures = {each.code: each.nature for each, _file, _place in _entries(catalogue)}
    for each, file, place in _entries(catalogue):
        if not each.formula:
            continue
        try:
            needed = expressions.names(expressions.arithmetic(each.formula))
        except expressions.ExpressionError as error:
            yield Issue(file, place, f"formula: {each.formula!r} is none, at character {error.place + 1}: {error}")
            continue
        for code in needed:
            if code not in natures:
                yield Issue(file, place, f"formula names unknown indicator {code!r}")
            elif natures[code] == "ratio":
                yield Issue(file, place, f"formula names {code!r}, itself a ratio: write its inputs instead")


def examples_come_out(catalogue: Catalogue) -> Iterator[Issue]:
    """Every worked example gives its value, in the definition's unit, in the plain reference."""
    factors = {term.code: term.factor or Decimal(1) for term in catalogue.values("term") if term.list == "unit"}
    for each, file, place in _entries(catalogue):
        for number, example in enumerate(each.examples, 1):
            try:
                found = _example_value(each, example, factors.get(each.unit, Decimal(1)) if each.sum else Decimal(1))
            except (ValueError, KeyError) as error:
                yield Issue(file, place, f"example {number} cannot be worked out: {error}")
                continue
            if found is None or round_half_up(found, each.decimals) != Decimal(example.value):
                yield Issue(file, place, f"example {number} gives {found}; expected {example.value} ({example.story})")


def names_mean_known_indicators(catalogue: Catalogue) -> Iterator[Issue]:
    """A stated name maps to an indicator that exists."""
    known = {each.code for each, _file, _place in _entries(catalogue)}
    for entry in catalogue.of("name"):
        if entry.value.indicator not in known:
            yield Issue(entry.file, entry.place, f"means unknown indicator {entry.value.indicator!r}")


INDICATORS: DefinitionKind[Indicator] = DefinitionKind(
    "indicator",
    "indicators.toml",
    Indicator,
    (
        natures_have_what_they_need,
        records_are_known,
        reported_as_is_known,
        units_are_known,
        layers_never_add_up,
        formulas_can_be_read,
        examples_come_out,
        names_mean_known_indicators,
    ),
    meaning=kinds.meant("of"),
)


# ── the plain reference: what every engine must agree with ──────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One confirmed event in force, as the reference sees it; or with ``lapsed`` what ends by its own term, on that day."""

    record: str
    subject: str
    path: int
    on: date
    event: str
    effect: int
    step: int
    fields: Mapping[str, str]
    measures: Mapping[str, int] = field(default_factory=dict)
    lapsed: bool = False

    def lapsing(self, on: date | None) -> "Iterator[Fact]":
        """Itself, and where it ends by its own term that too."""
        yield self
        if on is not None:
            yield replace(self, on=on, effect=-1, lapsed=True)


def counted(
    indicator: Indicator, facts: Iterable[Fact], paths: tuple[int, int], period: Period
) -> list[tuple[str, int]]:
    """The records behind a flow or stock and what each contributes, in no order. Their sum is the value.

    paths: half-open range of region codes. A flow counts events inside the period, a net flow their effects; a stock
    lists each subject in force at the period's end once, by the event that opened it last.
    """
    low, high = paths
    inside = [
        fact
        for fact in facts
        if low <= fact.path < high
        and fact.on <= period.last
        and all(fact.fields.get(name) in indicator.allows(name) for name in indicator.where)
    ]
    if indicator.nature == "flow":
        inside = [fact for fact in inside if fact.on >= period.first]
        if indicator.net:
            return [(fact.record, fact.effect) for fact in inside if fact.effect]
        named = [fact for fact in inside if fact.event in indicator.events and not fact.lapsed]
        if indicator.sum:
            return [(fact.record, fact.measures[indicator.sum]) for fact in named if indicator.sum in fact.measures]
        return [(fact.record, 1) for fact in named]
    held: dict[str, list[Fact]] = {}
    for fact in inside:
        held.setdefault(fact.subject, []).append(fact)
    result = []
    for history in held.values():
        total = sum(fact.effect for fact in history)
        if total:
            opener = max(
                (fact for fact in history if fact.effect == 1), key=lambda fact: fact.step, default=history[-1]
            )
            result.append((opener.record, total))
    return result


def _example_value(indicator: Indicator, example: Example, factor: Decimal) -> Decimal | None:
    if indicator.nature == "ratio":
        inputs = {code: Decimal(value) for code, value in example.inputs.items()}
        return expressions.evaluate_number(expressions.arithmetic(indicator.formula), inputs)
    histories: dict[str, list[ExampleEvent]] = {}
    for told in example.events:
        histories.setdefault(told.subject, []).append(told)
    facts = [
        fact
        for subject, events in histories.items()
        for step in effects(
            KINDS[indicator.of], (Happening(event.event, event.on, event, event.until) for event in events)
        )
        if isinstance(event := step.happening.key, ExampleEvent)
        for fact in Fact(
            record=f"{subject}:{step.step}",
            subject=subject,
            path=1,
            on=step.happening.on,
            event=step.happening.event,
            effect=step.effect,
            step=step.step,
            fields={
                **event.terms(KINDS[indicator.of]),
                **({"origin": step.origin} if step.origin else {}),
            },
            measures=event.measures(KINDS[indicator.of]),
        ).lapsing(step.lapses_on)
    ]
    total = sum(share for _record, share in counted(indicator, facts, (0, 2), Period.parse(example.period)))
    return Decimal(total) / scale_of(indicator) / factor


def scale_of(indicator: Indicator) -> int:
    """How many integers of a sum make one base unit: 100 for money (分), 10 000 for other measures, 1 for counts."""
    if not indicator.sum:
        return 1
    return 100 if KINDS[indicator.of].measures[indicator.sum] == "money" else 10_000


# ── evidence ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, order=True)
class Evidence:
    """One record behind a value: which version of it, and what it contributes (scaled for observations)."""

    record: str
    version: int
    contribution: int

    def __str__(self) -> str:
        return f"{self.record}:{self.version}:{self.contribution}"


def evidence_digest(rows: Iterable[Evidence]) -> str:
    """SHA-256 over the sorted ``record:version:contribution`` lines."""
    return hashlib.sha256("\n".join(sorted(map(str, rows))).encode()).hexdigest()


@dataclass(frozen=True)
class EvidenceChange:
    """How the evidence of a value differs from what was frozen."""

    added: tuple[Evidence, ...]
    removed: tuple[Evidence, ...]
    changed: tuple[tuple[Evidence, Evidence], ...]  # same record, before and after

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def evidence_change(before: Iterable[Evidence], after: Iterable[Evidence]) -> EvidenceChange:
    """What came, what went, and which records stand behind both with another version or contribution."""
    old, new = _by_place(before), _by_place(after)
    return EvidenceChange(
        tuple(sorted(new[key] for key in new.keys() - old.keys())),
        tuple(sorted(old[key] for key in old.keys() - new.keys())),
        tuple((old[key], new[key]) for key in sorted(old.keys() & new.keys()) if old[key] != new[key]),
    )


def _by_place(rows: Iterable[Evidence]) -> dict[tuple[str, int], Evidence]:
    """By record and place: what began and ended in one period stands there twice."""
    found: dict[tuple[str, int], Evidence] = {}
    for row in sorted(rows, key=lambda each: (each.record, -each.contribution)):
        found[row.record, sum(key in found for key in ((row.record, 0), (row.record, 1)))] = row
    return found


# ── growth, ranks, words ────────────────────────────────────────────────────────────────────────────────────────────


def growth(now: Decimal, base: Decimal, *, kind: str) -> Decimal | None:
    """同比 in percent, or the difference in percentage points; unrounded. None where the base is zero or negative.

    Source: 科技统计 custom — no rate without a positive base; a ratio's growth is given in 个百分点.
    """
    if kind == "points":
        return now - base
    if kind != "percent" or base <= 0:
        return None
    return (now / base - 1) * 100


def ranks(values: Mapping[int, Decimal | None], *, direction: str) -> dict[int, int]:
    """Places by value: equal values share a place and the next is skipped (1, 2, 2, 4); unknown ones have none.

    Nobody has a place where all have the same, nor for having nothing where more is better.
    """
    known = {key: value for key, value in values.items() if value is not None}
    if len(set(known.values())) < 2:
        return {}
    places: dict[Decimal, int] = {}
    for place, value in enumerate(sorted(known.values(), reverse=direction != "down"), 1):
        places.setdefault(value, place)
    least = min(known.values())
    return {key: places[value] for key, value in known.items() if value or value != least or direction == "down"}


def growth_text(value: Decimal, *, kind: str, decimals: int | None = None, word: str = "") -> str:
    """增长13.5% · 下降2.0% · 持平; for ratios 提高0.15个百分点 · 降低… · 持平. word: an approximation, 增长20%以上."""
    places = decimals if decimals is not None else (2 if kind == "points" else 1)
    size = format_number(abs(value), places)
    if not Decimal(size):
        return "持平"
    if kind == "points":
        return f"{'提高' if value > 0 else '降低'}{approximate_text(size, '个百分点', word)}"
    return f"{'增长' if value > 0 else '下降'}{approximate_text(size, '%', word)}"


def approximate_text(number: str, unit: str, word: str) -> str:
    """Put the approximation where it was: 220余家, 近206种, 20%以上."""
    if word in ("余", "多"):
        return f"{number}{word}{unit}"
    if word in ("近", "不足", "超", "约"):
        return f"{word}{number}{unit}"
    return f"{number}{unit}{word}"


_MONEY = ("亿元", "万元", "元")
_FINER = {"亿元": "万元", "万元": "元"}


def visible(amount: Decimal, unit: str, decimals: int) -> tuple[str, str]:
    """A number and its unit; money that would be rounded to nothing is told in 万元 or 元."""
    number = format_number(amount, decimals)
    while amount and not Decimal(number) and unit in _FINER:
        amount, unit = amount * 10_000, _FINER[unit]
        number = format_number(amount, 2)
    return number, unit


def in_a_sentence(number: str, unit: str) -> str:
    """A number that was worked out, as a sentence says it: money without empty decimals, 682万元."""
    return number.rstrip("0").rstrip(".") if unit in _MONEY and "." in number else number


def turns_word(unit: str) -> str:
    """The unit of what was counted over several years: a firm recognised twice is two 家次, not two 家."""
    return "家次" if unit == "家" else unit


_AT_LEAST = frozenset(("以上", "达上"))
_MORE = frozenset(("余", "多", "超"))
_LESS = frozenset(("近", "不足", "以内"))


def sum_word(words: Iterable[str]) -> str:
    """The word a sum is said with whose terms came with some: of lower bounds 余, 超 or 以上, of upper ones 近, else 约.

    Exact terms ("") change nothing; "" where all are exact. 余 stands where it says how much more: 7677余人次.
    """
    said = {word for word in words if word}
    if len(said) < 2:
        return next(iter(said), "")
    if said <= _AT_LEAST:
        return "以上"
    if said <= _AT_LEAST | _MORE:
        return "余"
    return "近" if said <= _LESS else "约"


@dataclass(frozen=True)
class Covered:
    """How many parts of a whole are known."""

    known: int
    of: int


def roll_up(parts: Sequence[Decimal | None]) -> tuple[Decimal | None, Covered]:
    """The sum if every part is known, else None; and how many are."""
    known = [part for part in parts if part is not None]
    whole = sum(known, Decimal(0)) if parts and len(known) == len(parts) else None
    return whole, Covered(len(known), len(parts))
