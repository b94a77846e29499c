"""Saying an outline's slots for one region and period at one ledger number: figures, and the names behind them."""

from dataclasses import dataclass, field
from functools import cached_property

from xingke.base.periods import Period
from xingke.base.sayings import NOTHING, Saying, say
from xingke.indicators.queries.aspects import called, read_together
from xingke.indicators.queries.figures import Said, read_figure
from xingke.indicators.queries.reader import Reader
from xingke.indicators.rules.aspect_names import LEVEL
from xingke.registry.models import Region
from xingke.reports import rules
from xingke.reports.queries.naming import Named, name_records


@dataclass
class Sayer:
    """What each slot of an outline says; each is worked out once. said: the figures asked for so far."""

    reader: Reader
    outline: rules.Outline
    region: Region
    period: Period
    said: dict[rules.Slot, Said] = field(default_factory=dict)
    _named: dict[rules.Slot, tuple[Named | None, Saying]] = field(default_factory=dict)

    @cached_property
    def _required(self) -> frozenset[rules.Slot]:
        return self.outline.required()

    def read_ahead(self) -> None:
        """Fetch everything the outline may say in a few passes."""
        figures = [(slot.code, slot.aspect) for slot in self.outline.slots() if slot.aspect != rules.NAMES]
        read_together(self.reader, figures, self.region, self.period)

    def say(self, slot: rules.Slot) -> tuple[Said | Named | None, Saying]:
        """A figure or names; else None and what is missing. A zero in brackets is nothing to report."""
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
        if slot.aspect == LEVEL and said.value == "0" and slot not in self._required:
            return None, say("“%(name)s”%(period)s为零，不写。", name=said.indicator.label, period=self.period)
        return said, NOTHING

    def label(self, slot: rules.Slot) -> str:
        """What stands for a slot in a gap."""
        asked = self.reader.indicator(slot.code, region=self.region)
        if slot.aspect == rules.NAMES:
            return f"{asked.label.zh}（名单）"
        return called(asked, slot.aspect, region=self.region)
