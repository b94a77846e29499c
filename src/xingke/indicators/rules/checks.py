"""Checks of definitions, one idea each."""

from collections.abc import Collection, Iterator
from decimal import Decimal

from xingke.base import expressions
from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.quantities import round_half_up
from xingke.base.sayings import say
from xingke.indicators.rules.definitions import Indicator
from xingke.indicators.rules.reference import example_value
from xingke.ledger import kinds
from xingke.ledger.kinds import KINDS
from xingke.ledger.kinds.record_kind import RecordKind


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


def distinct_ones_never_add_up(catalogue: Catalogue) -> Iterator[Issue]:
    """Who was there in January and in May was there once in the year: neither months nor counties add up."""
    for each, file, place in _entries(catalogue):
        if not each.distinct:
            continue
        if not each.counts_records or each.net or each.sum:
            yield Issue(file, place, "`distinct` counts whom the `events` of a flow, or what a stock holds, belong to")
        if each.distinct == "person" and each.of in KINDS and not KINDS[each.of].names_persons:
            yield Issue(
                file, place, f"`distinct` counts persons, and a {each.of} is about nobody: it would always be 0"
            )
        if (each.over_time, each.over_regions) != ("none", "none"):
            yield Issue(file, place, '`distinct` never adds up: say over_time = "none" and over_regions = "none"')


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
    for entry in catalogue.of("indicator"):
        each, file, place = entry.value, entry.file, entry.place
        if not each.formula:
            continue
        try:
            needed = expressions.names(expressions.arithmetic(each.formula, is_new=entry.is_new))
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
                found = example_value(each, example, factors.get(each.unit, Decimal(1)) if each.sum else Decimal(1))
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
        distinct_ones_never_add_up,
        records_are_known,
        reported_as_is_known,
        units_are_known,
        layers_never_add_up,
        formulas_can_be_read,
        examples_come_out,
        names_mean_known_indicators,
    ),
    say("指标"),
    meaning=kinds.meant("of"),
    is_regional=True,
)


# ── the plain reference: what every engine must agree with ──────────────────────────────────────────────────────────
