"""Drift: what a frozen figure would say now, and which records changed since."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from xingke.base.periods import Period
from xingke.indicators.actions import Said, read_figure
from xingke.indicators.models import Figure
from xingke.indicators.reader import Reader
from xingke.indicators.rules import Evidence, EvidenceChange, Indicator, evidence_change
from xingke.registry import queries as registry
from xingke.registry.models import Region


@dataclass(frozen=True)
class PartChange:
    """One part of a figure whose evidence changed."""

    indicator: str
    region: Region
    period: Period
    change: EvidenceChange


@dataclass(frozen=True)
class Drift:
    """A frozen figure against the ledger: ``holds_then`` — recomputed at its own number it has the same evidence and value.

    How a number is worded may change with the program (余 for 超, no empty decimals): that is no drift.
    """

    figure: Figure
    holds_then: bool
    now: Said
    changes: tuple[PartChange, ...]

    @property
    def has_drifted(self) -> bool:
        """Whether the evidence now is other than what was frozen."""
        return self.now.digest != self.figure.digest

    @property
    def says_otherwise(self) -> bool:
        """Whether the number itself would be another now."""
        return not _reads_alike(self.now.text or "", self.figure.text)


class Readers:
    """Readers for checking figures: one per ledger number, and apart where a figure's definition has been superseded.

    A figure is recomputed by the definitions it was frozen with, whatever versions came since.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int | None, frozenset[str]], Reader] = {}

    def at(self, seq: int | None, figure: Figure) -> Reader:
        """The reader for a figure at a number; None: now."""
        older = superseded(figure)
        key = (seq, frozenset(older))
        if key not in self._known:
            definitions = {each.code: each for each in older.values()}
            self._known[key] = Reader(seq=seq, definitions=definitions, is_recomputing=True)
        return self._known[key]


def superseded(figure: Figure) -> Mapping[str, Indicator]:
    """The definitions a figure was frozen with that are no longer in force, by their hash."""
    used = {(figure.indicator, figure.definition)} | {(part["indicator"], part["definition"]) for part in figure.parts}
    return {
        known: registry.definition_with_hash("indicator", known).value
        for code, known in sorted(used)
        if _hash_in_force(code, figure.region) != known
    }


def _hash_in_force(code: str, region: Region) -> str:
    try:
        return registry.definition("indicator", code, region=region).hash
    except LookupError:
        return ""


def drift(figure: Figure, *, readers: Readers) -> Drift:
    """Recompute a figure at its own number and now."""
    then, now = readers.at(figure.seq, figure), readers.at(None, figure)
    period = Period.parse(figure.period)
    before = read_figure(then, figure.indicator, figure.region, period, figure.aspect)
    after = read_figure(now, figure.indicator, figure.region, period, figure.aspect)
    changes: tuple[PartChange, ...] = ()
    if after.digest != figure.digest:
        changes = tuple(_changed_parts(figure, then, now))
    holds_then = (before.digest, before.value) == (figure.digest, figure.value)
    holds_then = holds_then and _reads_alike(before.text or "", figure.text)
    return Drift(figure, holds_then, after, changes)


_MARKS = "万亿%降减"  # what changes a number or its direction
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _reads_alike(one: str, other: str) -> bool:
    """Whether two wordings say the same numbers: 超7677人次 and 7677余人次, 682.00万元 and 682万元; 13.5亿元 and 13.5万元 do not."""
    one, other = (text.partition("/")[0] for text in (one, other))  # 20.19件/万人 and 20.19件
    if one == other:
        return True
    numbers = [list(map(Decimal, _NUMBER.findall(text))) for text in (one, other)]
    return numbers[0] == numbers[1] != [] and all((mark in one) == (mark in other) for mark in _MARKS)


def _changed_parts(figure: Figure, then: Reader, now: Reader) -> list[PartChange]:
    found = []
    regions = {
        region.code: region for region in Region.objects.filter(code__in={part["region"] for part in figure.parts})
    }
    for part in figure.parts:
        region, period = regions[part["region"]], Period.parse(part["period"])
        change = evidence_change(
            _evidence(then, part["indicator"], region, period), _evidence(now, part["indicator"], region, period)
        )
        if change:
            found.append(PartChange(part["indicator"], region, period, change))
    return found


def _evidence(reader: Reader, code: str, region: Region, period: Period) -> list[Evidence]:
    value = reader.value(reader.indicator(code, region=region), region, period)
    return [row for leaf in reader.leaves(value) for row in reader.evidence(leaf)]
