"""What should stand in a file: its figures with their sentences, and its names, from the proof or the frozen tree."""

from dataclasses import dataclass

from xingke.press import numerals
from xingke.press.proof import Proof, xpath_of
from xingke.press.tree import (
    DocumentTree,
    mention_places,
    places,
    split_bound,
)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A figure as it should stand, from the proof or from the frozen tree."""

    slot: int
    figure: str
    label: str
    text: str
    sentence: str
    xpath: str

    @property
    def bound(self) -> tuple[str, str, str]:
        return split_bound(self.text)


def expected_by_proof(proof: Proof) -> list[Expected]:
    return [
        Expected(
            slot=figure.slot,
            figure=figure.figure,
            label=figure.label,
            text=figure.text,
            sentence=figure.sentence,
            xpath=figure.xpath,
        )
        for figure in proof.figures
    ]


def expected_by_tree(document: DocumentTree) -> list[Expected]:
    return [
        Expected(
            slot=place.chip.slot,
            figure=place.chip.figure,
            label=place.chip.label,
            text=place.chip.text,
            sentence=place.sentence,
            xpath=xpath_of(place.chip.slot),
        )
        for place in places(document)
    ]


def names_in(proof: Proof | None, frozen: DocumentTree | None) -> list[tuple[str, str]]:
    """The names taken from records, each with its sentence. Numerals in them are no quantities."""
    if proof is not None:
        return [(mention.text, mention.sentence) for mention in proof.mentions]
    return [(place.mention.text, place.sentence) for place in mention_places(frozen)] if frozen else []


def is_numeral(name: str) -> bool:
    """Whether a name is little else than a numeral: 三家 excuses no other 三家."""
    return len(name) - sum(each.end - each.start for each in numerals.find(name)) < 2
