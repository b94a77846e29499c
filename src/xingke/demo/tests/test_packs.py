"""The packs that come with Xingke can be read, and say nothing their records cannot answer."""

from importlib.resources import files
from pathlib import Path

from xingke.base import definitions
from xingke.indicators.rules import Indicator
from xingke.ledger.kinds import KINDS

NATIONAL = Path(str(files("xingke.packs").joinpath("national")))


def indicators() -> dict[str, Indicator]:
    return {each.code: each for each in definitions.read_pack(NATIONAL).values("indicator")}


def test_the_national_pack_has_no_mistake() -> None:
    brought = definitions.read_pack(NATIONAL)

    assert {kind for kind, entries in brought.entries.items() if entries} >= {"term", "name", "indicator", "outline"}


def test_every_event_of_the_vocabulary_has_an_effect_in_the_ledger() -> None:
    terms = list(definitions.read_pack(NATIONAL).values("term"))
    for kind in KINDS.values():
        assert {term.code for term in terms if term.list == kind.event_list} == set(kind.effects), kind.code


def test_every_kind_of_record_answers_an_indicator() -> None:
    assert {each.of for each in indicators().values() if each.of} == set(KINDS)


def test_whatever_counts_records_has_a_worked_example() -> None:
    assert [code for code, each in indicators().items() if each.counts_records and not each.examples] == []


def test_the_layers_of_money_are_indicators_of_their_own() -> None:
    sums = {code: each.events for code, each in indicators().items() if each.sum == "amount"}

    assert {code: events for code, events in sums.items() if len(events) != 1} == {}
    assert [sums[code] for code in ("project_funds_won", "project_funds_received", "project_funds_disbursed")] == [
        ("won",),
        ("arrived",),
        ("disbursed",),
    ]
