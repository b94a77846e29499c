"""Drift: what a frozen figure would say now, and which records changed since."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xingke.base.periods import Period
from xingke.indicators.models import Figure
from xingke.indicators.queries.figures import Said, read_figure
from xingke.indicators.queries.reader import Reader
from xingke.indicators.rules import EvidenceChange, EvidenceRow, Indicator, evidence_change, evidence_digest
from xingke.ledger.models import Observation
from xingke.ledger.queries import as_of
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
    """A frozen figure against the ledger, read by the rules of today at its own number (``then``) and ``now``.

    holds_then: at its own number it has the evidence it was frozen with. Evidence decides, never how a number is printed:
    the program may word the same evidence otherwise than it did (余 for 超, no empty decimals), or not say it any more.
    """

    figure: Figure
    holds_then: bool
    then: Said
    now: Said
    changes: tuple[PartChange, ...] = ()

    @property
    def has_drifted(self) -> bool:
        """Whether the evidence now is other than what was frozen. Readings by the same rules are held against each other."""
        if not self.holds_then:
            return self.now.digest != self.figure.digest
        if self.then.text is None:
            return bool(self.changes) or self.now.digest not in ("", self.figure.digest)
        return self.now.digest != self.then.digest

    @property
    def says_otherwise(self) -> bool:
        """Whether the number itself would be another now, because its evidence is."""
        if not self.has_drifted:
            return False
        if self.holds_then and self.then.text is not None:
            return self.now.text not in (self.then.text, self.figure.text)
        return not _reads_alike(self.now.text or "", self.figure.text)

    @property
    def is_worded_otherwise(self) -> bool:
        """Whether the rules of today say the very same evidence in other words, or nothing of it."""
        return self.holds_then and self.then.text != self.figure.text and not self.contradicts_its_evidence

    @property
    def contradicts_its_evidence(self) -> bool:
        """Whether it was never what its evidence adds up to: no rule of wording turns one sum into another."""
        if not self.holds_then or self.figure.aspect != "level" or not self.figure.value or not self.then.value:
            return False
        return Decimal(self.figure.value) != Decimal(self.then.value)

    @property
    def is_corrected(self) -> bool:
        """Whether its evidence is other now and the number stands."""
        return self.holds_then and self.has_drifted and not self.says_otherwise

    @property
    def fails(self) -> bool:
        """Whether what was published must not be relied upon any more."""
        return self.says_otherwise or not self.holds_then or self.contradicts_its_evidence


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
    """Read a figure again, at its own number and now."""
    then, now = readers.at(figure.seq, figure), readers.at(None, figure)
    period = Period.parse(figure.period)
    before = read_figure(then, figure.indicator, figure.region, period, figure.aspect)
    after = read_figure(now, figure.indicator, figure.region, period, figure.aspect)
    if before.digest == after.digest == figure.digest:
        return Drift(figure, True, before, after)
    regions = _regions(figure.parts, before.parts, after.parts)
    holds_then = before.digest == figure.digest or all(_part_holds(then, part, regions) for part in figure.parts)
    changes = tuple(_changes(figure, then, now, before, after, regions))
    return Drift(figure, holds_then, before, after, changes)


def _regions(*parts: Any) -> Mapping[str, Region]:
    """The regions some parts of figures are of, by code; of several that had it the one that stands."""
    codes = {part["region"] for some in parts for part in some}
    found = Region.objects.filter(code__in=codes).select_related("parent")
    return {region.code: region for region in sorted(found, key=lambda each: each.valid_to is None)}


def _part_holds(then: Reader, part: Mapping[str, Any], regions: Mapping[str, Region]) -> bool:
    """Whether one part of a figure has its evidence still at the figure's number, whatever the rules make of it today."""
    region = regions[part["region"]]
    if part["route"] == "observation":
        told = Observation.objects.filter(as_of(then.seq), region=region, real_period=part["period"])
        rows = (EvidenceRow(row.record.hex, row.version, row.value) for row in told)
        return any(evidence_digest([row]) == part["digest"] for row in rows)
    value = then.value(then.indicator(part["indicator"], region=region), region, Period.parse(part["period"]))
    return value.route == part["route"] and then.sealed(value).digest == str(part["digest"])


_MARKS = "万亿%降减"  # what changes a number or its direction
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _reads_alike(one: str, other: str) -> bool:
    """Whether two wordings say the same numbers: 超7677人次 and 7677余人次, 682.00万元 and 682万元; 13.5亿元 and 13.5万元 do not."""
    one, other = (text.partition("/")[0] for text in (one, other))  # 20.19件/万人 and 20.19件
    if one == other:
        return True
    numbers = [list(map(Decimal, _NUMBER.findall(text))) for text in (one, other)]
    return numbers[0] == numbers[1] != [] and all((mark in one) == (mark in other) for mark in _MARKS)


def _changes(
    figure: Figure, then: Reader, now: Reader, before: Said, after: Said, regions: Mapping[str, Region]
) -> Iterator[PartChange]:
    """What came, went or was corrected behind each part the figure had, or has."""
    if before.told or after.told:
        change = evidence_change(filter(None, [before.told]), filter(None, [after.told]))
        if change:
            yield PartChange(figure.indicator, figure.region, Period.parse(figure.period), change)
        return
    places = dict.fromkeys(
        (part["indicator"], part["region"], part["period"]) for part in (*figure.parts, *before.parts, *after.parts)
    )
    for code, of, when in places:
        region, period = regions[of], Period.parse(when)
        change = evidence_change(_evidence(then, code, region, period), _evidence(now, code, region, period))
        if change:
            yield PartChange(code, region, period, change)


def _evidence(reader: Reader, code: str, region: Region, period: Period) -> list[EvidenceRow]:
    value = reader.value(reader.indicator(code, region=region), region, period)
    return [row for leaf in reader.leaves(value) for row in reader.evidence(leaf)]
