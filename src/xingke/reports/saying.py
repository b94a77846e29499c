"""Saying an outline's slots for one region and period at one ledger number: figures, and the names behind them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from xingke.base.periods import Period
from xingke.base.press import tree
from xingke.indicators.actions import Said, read_figure
from xingke.indicators.aspect_names import LEVEL
from xingke.indicators.aspects import called, read_together
from xingke.indicators.queries import Reader
from xingke.registry.models import Region
from xingke.reports import rules
from xingke.reports.naming import Named, name_records


@dataclass(frozen=True)
class Spoken:
    """What a slot says, or None and why it cannot."""

    what: Said | Named | None
    label: str
    why: str

    @property
    def text(self) -> str:
        """The words; empty where there are none."""
        if isinstance(self.what, Named):
            return tree.plain(tuple(self.what.inlines))
        return (self.what.text or "") if self.what else ""


@dataclass
class Sayer:
    """What each slot of an outline says; each is worked out once. said: the figures asked for so far.

    leaves_out_zero: in brackets a plain value of zero is nothing to report, unless somebody wrote it into the text.
    """

    reader: Reader
    outline: rules.Outline
    region: Region
    period: Period
    leaves_out_zero: bool = True
    said: dict[rules.Slot, Said] = field(default_factory=dict)
    _named: dict[rules.Slot, tuple[Named | None, str]] = field(default_factory=dict)

    @cached_property
    def _required(self) -> frozenset[rules.Slot]:
        return self.outline.required()

    def read_ahead(self, slots: Iterable[rules.Slot]) -> None:
        """Fetch everything the slots may say in a few passes."""
        figures = [(slot.code, slot.aspect) for slot in slots if slot.aspect != rules.NAMES]
        read_together(self.reader, figures, self.region, self.period)

    def say(self, slot: rules.Slot) -> tuple[Said | Named | None, str]:
        """A figure or names; else None and what is missing."""
        if slot.aspect == rules.NAMES:
            if slot not in self._named:
                names = self.outline.names_of(slot.code)
                self._named[slot] = name_records(self.reader, names, self.region, self.period)
            return self._named[slot]
        if slot not in self.said:
            self.said[slot] = read_figure(self.reader, slot.code, self.region, self.period, slot.aspect)
        said = self.said[slot]
        if said.text is None:
            return None, said.why
        if self.leaves_out_zero and slot.aspect == LEVEL and said.value == "0" and slot not in self._required:
            return None, f"“{said.indicator.label.zh}”{self.period.label()}为零，不写。"
        return said, ""

    def spoken(self, slot: rules.Slot) -> Spoken:
        """The same, with what it is called."""
        what, why = self.say(slot)
        return Spoken(what, self.label(slot), why)

    def slot_of(self, what: Said | Named) -> rules.Slot:
        """The slot that said something."""
        return next(
            slot
            for slot, known in (*self.said.items(), *((slot, named) for slot, (named, _why) in self._named.items()))
            if known is what
        )

    def label(self, slot: rules.Slot) -> str:
        """What stands for a slot in a gap."""
        asked = self.reader.indicator(slot.code, region=self.region)
        if slot.aspect == rules.NAMES:
            return f"{asked.label.zh}（名单）"
        return called(asked, slot.aspect, region=self.region)
