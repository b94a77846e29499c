"""The plain reference: what every engine must agree with."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from xingke.base import expressions
from xingke.base.periods import Period
from xingke.indicators.rules.definitions import Example, ExampleEvent, Indicator
from xingke.ledger.kinds import KINDS
from xingke.ledger.rules import Happening, effects


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
    whose: Mapping[str, str | int] = field(default_factory=dict)

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
    lists each subject in force at the period's end once, by the event that opened it last. What counts whom and not how
    often lists each by the earliest of their records; those that are nobody's do not count.
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
        if indicator.distinct:
            return [(fact.record, 1) for fact in _earliest(named, indicator.distinct)]
        return [(fact.record, 1) for fact in named]
    held: dict[str, list[Fact]] = {}
    for fact in inside:
        held.setdefault(fact.subject, []).append(fact)
    if indicator.distinct:
        return [(fact.record, 1) for fact in _earliest(_openers(indicator, held.values()), indicator.distinct)]
    result = []
    for history in held.values():
        total = sum(fact.effect for fact in history)
        if total:
            opener = max(
                (fact for fact in history if fact.effect == 1), key=lambda fact: fact.step, default=history[-1]
            )
            result.append((opener.record, total))
    return result


def _earliest(facts: Iterable[Fact], who: str) -> list[Fact]:
    """The first of each one's facts, by day and record."""
    found: dict[str | int, Fact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.on, fact.record)):
        if who in fact.whose:
            found.setdefault(fact.whose[who], fact)
    return list(found.values())


def _openers(indicator: Indicator, histories: Iterable[list[Fact]]) -> Iterator[Fact]:
    """Of each that is held, the last event that opened it, or by which it changed hands, and says whose it is."""
    handing = changing_hands(indicator.of)
    for history in histories:
        said = [fact for fact in history if indicator.distinct in fact.whose and not fact.lapsed]
        opening = [fact for fact in said if fact.effect == 1 or fact.event in handing]
        if opening and sum(fact.effect for fact in history) > 0:
            yield max(opening, key=lambda fact: fact.step)


def changing_hands(kind: str) -> tuple[str, ...]:
    """The events of a kind by which something is another's from then on, whether or not it was held before."""
    return tuple(event for event, changes in KINDS[kind].arrivals.items() if changes)


def example_value(indicator: Indicator, example: Example, factor: Decimal) -> Decimal | None:
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
            whose=event.whose,
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
