"""Valuation: many values worked out together. Everything is fetched once, then each value is worked out."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from itertools import groupby
from typing import Protocol

from django.db.models import Q

from xingke.base import expressions
from xingke.base.periods import Period
from xingke.base.quantities import Quantity, Unit
from xingke.indicators import rules
from xingke.indicators.columns.counting import Span, counted
from xingke.indicators.columns.tallies import Tally
from xingke.indicators.queries import added
from xingke.indicators.queries.roughness import sum_words
from xingke.indicators.queries.values import Value
from xingke.indicators.rules import Covered, Indicator
from xingke.ledger.queries.observations import choose
from xingke.ledger.rules import Told
from xingke.registry.models import Region

Column = tuple[str, Period]  # indicator code, period
Kept = tuple[int, date, date | None]  # region, since and until
_parsed = lru_cache(maxsize=256)(expressions.arithmetic)


class ValuationGround(Protocol):
    """What values are worked out from at one ledger number (None: now). known: those worked out so far, by region id."""

    seq: int | None
    known: defaultdict[Column, dict[int, Value]]

    @property
    def units(self) -> Mapping[str, Unit]:
        """The units by code."""

    @property
    def catalogue(self) -> Mapping[str, Indicator]:
        """The indicators by code."""

    def tallies(self, kind: str) -> Sequence[Tally]:
        """What there is to be counted of a kind."""

    def declared(self, kinds: Collection[str], regions: Collection[int]) -> list[tuple[str, int, date, date | None]]:
        """Where records of some kinds are kept: kind, region, since and until."""

    def reported(self, *, indicators: Sequence[str], regions: Sequence[int], periods: Sequence[str]) -> list[Told]:
        """Reported figures."""

    def distinct(self, asked: Indicator, places: Sequence[tuple[tuple[int, int], Period]]) -> list[int]:
        """How many different ones an indicator counts, by half-open range of region codes and period."""


@dataclass(frozen=True)
class _Facts:
    """What there is of one indicator and period, by region: where records answer, what they say, what was reported."""

    each: Indicator
    period: Period
    kept: frozenset[int]
    counts: Mapping[int, tuple[int, int]]  # value, and records behind it
    told: Mapping[int, Sequence[Told]]
    known: dict[int, Value]  # filled as values are worked out


class Valuation:
    """Indicators (formula inputs included) × regions (everything below) × periods."""

    def __init__(
        self, reader: ValuationGround, asked: Sequence[Indicator], regions: Sequence[Region], periods: Sequence[Period]
    ) -> None:
        self.reader = reader
        self.regions = regions
        self.periods = periods
        self.asked = asked
        self.formulas = {each.code: _parsed(each.formula) for each in asked if each.nature == "ratio"}
        self.inputs = {code: expressions.names(tree) for code, tree in self.formulas.items()}
        inputs = {code: reader.catalogue[code] for codes in self.inputs.values() for code in codes}
        self.indicators = {**inputs, **{each.code: each for each in asked}}

    def fill(self) -> None:
        """Fetch everything once, then work out each value."""
        below = self._regions_below()
        self.everywhere = {region.pk: region for each in below.values() for region in each}
        self.below = {
            day: {parent: [each for each in some if each.stands(day)] for parent, some in below.items()}
            for day in {period.last for period in self.periods}
        }
        self.everywhere |= {region.pk: region for region in self.regions}
        keeping, told = self._keeping(), self._told()
        keepers = {region for kept in keeping.values() for region, _since, _until in kept}
        self.informed = self._informed(keepers | {pk for by_region in told.values() for pk in by_region})
        counts = self._counts(keeping)
        self.rough = sum_words(
            self.indicators.values(), [self.everywhere[pk] for pk in keepers], self.periods, seq=self.reader.seq
        )
        self.facts = {
            (each.code, period): _Facts(
                each,
                period,
                _kept(keeping.get(each.of, ()), each, period),
                counts.get((each.code, period), {}),
                self._reported_of(each, period, told, keeping),
                self.reader.known[each.code, period],
            )
            for each in self.indicators.values()
            for period in self.periods
        }
        for each in self.asked:
            for period in self.periods:
                facts = self.facts[each.code, period]
                for region in self.regions:
                    self._work_out(facts, region)

    # ── what there is ───────────────────────────────────────────────────────────────────────────────────────────────

    def _regions_below(self) -> dict[int, list[Region]]:
        """Children by parent id, ended ones too, for everything under the regions asked for. One query, none for counties alone."""
        wide = [region.range for region in self.regions if region.level != Region.Level.COUNTY]
        if not wide:
            return {}
        condition = Q()
        for low, high in wide:
            condition |= Q(path__gte=low, path__lt=high)
        rows = Region.objects.filter(condition).order_by("parent_id", "path")
        return {parent: list(group) for parent, group in groupby(rows, key=lambda region: region.parent_id) if parent}

    def _keeping(self) -> dict[str, list[Kept]]:
        """The declarations of where each kind is kept. One query."""
        kinds = {each.of for each in self.indicators.values() if each.counts_records}
        found: dict[str, list[Kept]] = {}
        for kind, region, since, until in self.reader.declared(kinds, self.everywhere) if kinds else ():
            found.setdefault(kind, []).append((region, since, until))
        return found

    def _told(self) -> dict[Column, dict[int, list[Told]]]:
        """What was reported, by region. One query."""
        periods = {period.code: period for period in self.periods}
        rows = self.reader.reported(
            indicators=[*self.indicators, *(each.reported_as for each in self.indicators.values() if each.reported_as)],
            regions=list(self.everywhere),
            periods=list(periods),
        )
        found: dict[Column, dict[int, list[Told]]] = {}
        for row in rows:
            by_region = found.setdefault((row.indicator, periods[row.real_period]), {})
            by_region.setdefault(row.region_id, []).append(row)
        return found

    def _reported_of(
        self,
        each: Indicator,
        period: Period,
        told: Mapping[Column, dict[int, list[Told]]],
        keeping: Mapping[str, list[Kept]],
    ) -> Mapping[int, list[Told]]:
        """What was reported of an indicator, by region; where no records are kept, what stands in for it."""
        own = told.get((each.code, period), {})
        if not each.reported_as:
            return own
        kept = _kept(keeping.get(each.of, ()), each, period)
        instead = told.get((each.reported_as, period), {})
        return {pk: rows for pk, rows in instead.items() if pk not in kept} | own

    def _informed(self, found: set[int]) -> set[int]:
        """The regions that keep records or were reported on, and all above them: the others have nothing to add up."""
        wave = found
        while wave:
            above = (self.everywhere[pk].parent_id for pk in wave)
            wave = {pk for pk in above if pk is not None and pk in self.everywhere} - found
            found = found | wave
        return found

    def _counts(self, keeping: Mapping[str, Sequence[Kept]]) -> dict[Column, dict[int, tuple[int, int]]]:
        """What records say wherever any are kept: value, and records behind it. One look at the tallies of each kind."""
        found: dict[Column, dict[int, tuple[int, int]]] = {}
        spans: list[Span] = [(period.first, period.last) for period in self.periods]
        for kind, kept in keeping.items():
            asked = [each for each in self.indicators.values() if each.of == kind and each.counts_records]
            counting = [each for each in asked if not each.distinct]
            keepers = list({region for region, _since, _until in kept})
            for each in (each for each in asked if each.distinct):
                found |= self._distinct(each, keepers)
            if not counting:
                continue
            places = [self.everywhere[pk].range for pk in keepers]
            values, counts = counted(self.reader.tallies(kind), counting, places, spans, seq=self.reader.seq)
            for column, each in enumerate(counting):
                for turn, period in enumerate(self.periods):
                    both = zip(values[:, turn, column].tolist(), counts[:, turn, column].tolist(), strict=True)
                    found[each.code, period] = dict(zip(keepers, both, strict=True))
        return found

    def _distinct(self, each: Indicator, keepers: Sequence[int]) -> dict[Column, dict[int, tuple[int, int]]]:
        """How many different ones there are wherever records are kept: the value, and as many records behind it."""
        places = [(self.everywhere[pk], period) for period in self.periods for pk in keepers]
        found: dict[Column, dict[int, tuple[int, int]]] = {(each.code, period): {} for period in self.periods}
        asked = [(region.range, period) for region, period in places]
        for (region, period), count in zip(places, self.reader.distinct(each, asked), strict=True):
            found[each.code, period][region.pk] = (count, count)
        return found

    # ── one value ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _work_out(self, facts: _Facts, region: Region) -> Value:
        found = facts.known.get(region.pk)
        if found is None:
            found = self._ratio(facts, region) if facts.each.nature == "ratio" else None
            found = facts.known[region.pk] = found or self._direct(facts, region)
        return found

    def _ratio(self, facts: _Facts, region: Region) -> Value | None:
        """A formula over the same region and period; None to fall back on what was reported."""
        each, period = facts.each, facts.period
        parts = [self._work_out(self.facts[code, period], region) for code in self.inputs[each.code]]
        answer = partial(Value, indicator=each, region=region, period=period)
        inputs = {part.indicator.code: part.amount for part in parts if part.amount is not None}
        if len(inputs) < len(parts):
            told = self._direct(facts, region)
            if told.status != "unknown":
                return told
            return answer(missing=tuple(part.indicator.code for part in parts if part.amount is None))
        amount = expressions.evaluate_number(self.formulas[each.code], inputs)
        if amount is None:
            return answer()
        count = sum(part.count for part in parts)
        rough = "约" if any(part.is_rough for part in parts) else ""
        also = choose(facts.told.get(region.pk, ()))
        return answer(
            status="known",
            amount=amount,
            route="formula",
            count=count,
            rough=rough,
            also=also,
            also_amount=self._in_unit(each, self._quantity(also)) if also else None,
        )

    def _direct(self, facts: _Facts, region: Region) -> Value:
        """Records where they are kept, else what was reported, else the sum of the regions below."""
        each = facts.each
        answer = partial(Value, indicator=each, region=region, period=facts.period)
        rows = facts.told.get(region.pk, ())
        told = choose(rows) if rows else None
        if region.pk in facts.kept:
            total, count = facts.counts[region.pk]
            return answer(
                status="known",
                amount=added(each, total, self.reader.units),
                route="records",
                count=count,
                also=told,
                also_amount=self._in_unit(each, self._quantity(told)) if told else None,
                rough=self.rough.get((each.code, region.pk, facts.period), ""),
            )
        if told is not None:
            stated = self._quantity(told)
            amount = self._in_unit(each, stated)
            return answer(status="known", amount=amount, route="observation", count=1, observation=told, stated=stated)
        if rows:
            return answer(status="ambiguous", rivals=tuple(rows))
        children = self.below[facts.period.last].get(region.pk, [])
        if each.distinct and children:
            return self._distinct_of(facts, region, children)
        if not children or each.over_regions != "sum":
            return answer()
        if region.pk not in self.informed:
            return answer(covered=Covered(0, len(children)))
        parts = [self._work_out(facts, child) for child in children]
        whole, covered = rules.roll_up([part.amount for part in parts])
        rough = rules.sum_word(part.rough_word for part in parts)
        if whole is not None:
            count = sum(part.count for part in parts)
            return answer(status="known", amount=whole, route="children", count=count, covered=covered, rough=rough)
        if not covered.known:
            return answer(covered=covered)
        known_part = sum((part.amount for part in parts if part.amount is not None), Decimal(0))
        return answer(status="partial", covered=covered, known_part=known_part, rough=rough)

    def _distinct_of(self, facts: _Facts, region: Region, children: Sequence[Region]) -> Value:
        """Who has records in several of the regions below counts once: all of them are asked together, or none answers."""
        answer = partial(Value, indicator=facts.each, region=region, period=facts.period)
        answering = sum(self._work_out(facts, child).route == "records" for child in children)
        if answering < len(children):
            return answer(covered=Covered(answering, len(children)))
        ranges = [region.range, *_between(region.range, [child.range for child in children])]
        count, *outside = self.reader.distinct(facts.each, [(paths, facts.period) for paths in ranges])
        if any(outside):  # somebody has records where nobody says that they are complete: in the region itself
            return answer(covered=Covered(answering, len(children) + 1))
        return answer(status="known", amount=Decimal(count), route="records", count=count)

    def _quantity(self, row: Told) -> Quantity:
        unit = self.reader.units.get(row.unit) or Unit(code=row.unit, kind=row.kind)
        return Quantity(scaled=row.value, unit=unit, decimals=row.decimals)

    def _in_unit(self, each: Indicator, quantity: Quantity) -> Decimal:
        """A reported amount in the indicator's unit."""
        unit = self.reader.units.get(each.unit)
        return quantity.amount / unit.factor if unit and unit.kind == quantity.unit.kind else quantity.stated


def _between(whole: tuple[int, int], parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of a half-open range lies in none of its parts."""
    found, at = [], whole[0]
    for first, behind in sorted(parts):
        if at < first:
            found.append((at, first))
        at = max(at, behind)
    return [*found, (at, whole[1])] if at < whole[1] else found


def _kept(kept: Sequence[Kept], each: Indicator, period: Period) -> frozenset[int]:
    """Where records answer: they must be complete for the whole period; a stock only needs its last day."""
    first = period.last if each.nature == "stock" else period.first
    return frozenset(
        region for region, since, until in kept if since <= first and (until is None or until > period.last)
    )
