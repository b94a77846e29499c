"""Drift: what a frozen figure would say now, and which records changed since."""

from dataclasses import dataclass

from xingke.base.periods import Period
from xingke.indicators.actions import Said, read_figure
from xingke.indicators.models import Figure
from xingke.indicators.queries import Reader, indicator
from xingke.indicators.rules import Evidence, EvidenceChange, evidence_change
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
    """A frozen figure against the ledger: ``holds_then`` — recomputed at its own number the digest is the same."""

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
        return self.now.text != self.figure.text


def drift(figure: Figure, *, then: Reader, now: Reader) -> Drift:
    """Recompute a figure at its own number and now. then: a reader at ``figure.seq``; now: one of the present."""
    period = Period.parse(figure.period)
    aspect = figure.aspect
    assert aspect in ("level", "growth", "rank")  # a database constraint in all but name
    before = read_figure(then, figure.indicator, figure.region, period, aspect)  # type: ignore[arg-type]  # just checked
    after = read_figure(now, figure.indicator, figure.region, period, aspect)  # type: ignore[arg-type]
    changes: tuple[PartChange, ...] = ()
    if after.digest != figure.digest:
        changes = tuple(_changed_parts(figure, then, now))
    return Drift(figure, before.digest == figure.digest and before.text == figure.text, after, changes)


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
    value = reader.value(indicator(code, region=region), region, period)
    return [row for leaf in reader.leaves(value) for row in reader.evidence(leaf)]
