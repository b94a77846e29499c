"""Indicators without a database: definitions and their checks, growth, ranks, roll-up, and the plain reference."""

from xingke.indicators.rules.checks import (
    INDICATORS,
    examples_come_out,
    formulas_can_be_read,
    layers_never_add_up,
    names_mean_known_indicators,
    natures_have_what_they_need,
    records_are_known,
    reported_as_is_known,
    units_are_known,
)
from xingke.indicators.rules.definitions import Example, ExampleEvent, Indicator, Nature, counts_more, natural_whole
from xingke.indicators.rules.evidence import Evidence, EvidenceChange, evidence_change, evidence_digest
from xingke.indicators.rules.growth import (
    Covered,
    approximate_text,
    growth,
    growth_text,
    in_a_sentence,
    ranks,
    roll_up,
    sum_word,
    turns_word,
    visible,
)
from xingke.indicators.rules.reference import Fact, counted, scale_of

__all__ = [
    "INDICATORS",
    "Covered",
    "Evidence",
    "EvidenceChange",
    "Example",
    "ExampleEvent",
    "Fact",
    "Indicator",
    "Nature",
    "approximate_text",
    "counted",
    "counts_more",
    "evidence_change",
    "evidence_digest",
    "examples_come_out",
    "formulas_can_be_read",
    "growth",
    "growth_text",
    "in_a_sentence",
    "layers_never_add_up",
    "names_mean_known_indicators",
    "natural_whole",
    "natures_have_what_they_need",
    "ranks",
    "records_are_known",
    "reported_as_is_known",
    "roll_up",
    "scale_of",
    "sum_word",
    "turns_word",
    "units_are_known",
    "visible",
]
