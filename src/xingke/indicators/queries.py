"""Indicator values: two routes of evidence, roll-up, ratios, growth, ranks, and the records behind each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Literal

from django.db.models import Q

from xingke.base.periods import Period
from xingke.base.quantities import Unit, format_number
from xingke.indicators import engine, formula, rules
from xingke.indicators.engine import Cells, Window
from xingke.indicators.rules import Covered, Evidence, Indicator
from xingke.ledger import queries as ledger
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import Observation
from xingke.registry import queries as registry
from xingke.registry.models import Region

Status = Literal["known", "partial", "unknown", "ambiguous"]
Route = Literal["records", "observation", "children", "formula", ""]
Place = tuple[str, int, Period]  # indicator code, region id, period


def indicators() -> dict[str, Indicator]:
    """Every indicator in force everywhere, by code, in the order of the pack."""
    return {key: found.value for key, found in registry.catalogue("indicator").items()}


def indicator(code: str, *, region: Region | None = None) -> Indicator:
    """One indicator as it holds in a region. Raises LookupError naming the code."""
    found: Indicator = registry.definition("indicator", code, region=region).value
    return found


@dataclass(frozen=True, kw_only=True)
class Value:
    """An indicator's value for a region and period, and how it is known.

    amount: exact, in the indicator's unit; None unless status is known. count: records behind it. covered: how many
    parts are known, for values put together from regions below. also: the reported figure where records answered and
    somebody also reported one.
    """

    indicator: Indicator
    region: Region
    period: Period
    status: Status = "unknown"
    amount: Decimal | None = None
    route: Route = ""
    count: int = 0
    covered: Covered | None = None
    observation: Observation | None = None
    also: Observation | None = None
    rivals: tuple[Observation, ...] = ()
    missing: tuple[str, ...] = ()  # codes of a formula's inputs that are unknown

    @property
    def is_known(self) -> bool:
        return self.status == "known"

    @property
    def text(self) -> str:
        """The value as it is said, with unit and any approximation: ``36项``, ``0.51亿元``, ``220余家``."""
        if self.amount is None:
            return "—"
        if self.observation is not None:
            return observation_text(self.observation)
        return f"{self.number}{self.indicator.unit}"

    @property
    def number(self) -> str:
        """The number alone, at the definition's precision (a reported one at its own)."""
        if self.amount is None:
            return "—"
        if self.observation is not None:
            return f"{ledger.observation_quantity(self.observation).stated:f}"
        return format_number(self.amount, self.indicator.decimals)

    @property
    def unit(self) -> str:
        """The unit the number is shown in."""
        return self.observation.unit if self.observation is not None else self.indicator.unit


def observation_text(row: Observation) -> str:
    """A reported figure as it was said, approximation included."""
    quantity = ledger.observation_quantity(row)
    number = f"{quantity.stated:f}"
    if row.approximation:
        return rules.approximate_text(number, quantity.unit.code, row.approximation)
    return f"{number}{quantity.unit.code}"


@dataclass(frozen=True, kw_only=True)
class Growth:
    """同比: computed from two values, or as somebody reported it. amount in percent or percentage points."""

    now: Value
    base: Value
    amount: Decimal | None
    kind: str
    observation: Observation | None = None
    reported: Observation | None = None  # where both exist: shown beside, differences flagged

    @property
    def text(self) -> str:
        if self.amount is None:
            return "—"
        decimals = self.observation.decimals if self.observation is not None else None
        return rules.growth_text(self.amount, kind=self.kind, decimals=decimals)


@dataclass(frozen=True, kw_only=True)
class Rank:
    """The place among the regions under one parent, and the values it was read from."""

    place: int | None
    of: int
    values: tuple[Value, ...]
    word: str  # the peer group: 全市, 全省, 全国
    observation: Observation | None = None

    @property
    def text(self) -> str:
        return f"居{self.word}第{self.place}位" if self.place else "—"


class Reader:
    """Reads values at one ledger number (None: now). One instance answers one page or one document.

    Everything asked for is fetched in a few queries per ``values`` call: the region subtree, record keeping, reported
    figures, and one engine pass per record kind.
    """

    def __init__(self, *, seq: int | None = None) -> None:
        self.seq = seq
        self._values: dict[Place, Value] = {}
        self._sealed: dict[Place, engine.Sealed] = {}
        self._cells: dict[str, list[tuple[Window, frozenset[Indicator], Cells]]] = {}

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return registry.units()

    # ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, asked: Indicator, region: Region, period: Period) -> Value:
        """One value."""
        return self.values([asked], [region], [period])[0]

    def values(self, asked: Sequence[Indicator], regions: Sequence[Region], periods: Sequence[Period]) -> list[Value]:
        """The values of all combinations, in the order indicators × regions × periods."""
        missing = [
            each
            for each in asked
            if any((each.code, region.pk, period) not in self._values for region in regions for period in periods)
        ]
        if missing:
            _Sheet(self, missing, regions, periods).fill()
        return [
            self._values[each.code, region.pk, period] for each in asked for region in regions for period in periods
        ]

    def growth(self, asked: Indicator, region: Region, period: Period) -> Growth:
        """同比 for one region and period."""
        now, base = self.values([asked], [region], [period, period.year_before])
        told = self._reported(asked, region, period, "growth")
        computed = (
            rules.growth(now.amount, base.amount, kind=asked.growth)
            if now.amount is not None and base.amount is not None and asked.growth != "none"
            else None
        )
        if computed is not None or told is None:
            return Growth(now=now, base=base, amount=computed, kind=asked.growth, reported=told)
        kind = "points" if told.kind == "points" else "percent"
        return Growth(now=now, base=base, amount=ledger.observation_quantity(told).amount, kind=kind, observation=told)

    def rank(self, asked: Indicator, region: Region, period: Period) -> Rank:
        """The place among siblings; reported where siblings are unknown and somebody reported one."""
        peers = registry.siblings(region)
        values = tuple(self.values([asked], peers, [period]))
        word = region.parent.word if region.parent else ""
        places = rules.ranks({each.region.pk: each.amount for each in values}, direction=asked.direction)
        complete = len(places) == len(peers) > 1 and asked.direction != "none"
        if complete:
            return Rank(place=places[region.pk], of=len(peers), values=values, word=word)
        told = self._reported(asked, region, period, "rank")
        if told is not None:
            place = int(ledger.observation_quantity(told).amount)
            return Rank(place=place, of=0, values=values, word=word, observation=told)
        return Rank(place=None, of=len(peers), values=values, word=word)

    def _reported(self, asked: Indicator, region: Region, period: Period, aspect: str) -> Observation | None:
        rows = ledger.reported(
            indicators=[asked.code], regions=[region.pk], periods=[period.code], aspect=aspect, seq=self.seq
        )
        return ledger.choose(rows)

    # ── evidence ────────────────────────────────────────────────────────────────────────────────────────────────────

    def leaves(self, value: Value) -> list[Value]:
        """The values whose records stand behind ``value``: itself, or those it was put together from."""
        if value.route in ("records", "observation"):
            return [value]
        if value.route == "children":
            parts = self.values([value.indicator], registry.children(value.region), [value.period])
        elif value.route == "formula":
            needed = formula.names(formula.parse(value.indicator.formula))
            known = [indicator(code, region=value.region) for code in needed]
            parts = self.values(known, [value.region], [value.period])
        else:
            return []
        return [leaf for part in parts for leaf in self.leaves(part)]

    def evidence(self, leaf: Value) -> list[Evidence]:
        """The records behind a leaf value, with their contributions; they sum to it (an observation's is scaled)."""
        if leaf.observation is not None:
            row = leaf.observation
            return [Evidence(row.record.hex, row.version, row.value)]
        if leaf.route != "records":
            return []
        return engine.evidence(leaf.indicator, window_of(leaf, self.seq))

    def sealed(self, leaf: Value) -> engine.Sealed:
        """Sum, count and digest of a leaf's evidence; for an observation, of its one row."""
        if leaf.observation is not None:
            rows = self.evidence(leaf)
            return engine.Sealed(rows[0].contribution, 1, rules.evidence_digest(rows))
        place = (leaf.indicator.code, leaf.region.pk, leaf.period)
        if place not in self._sealed:
            self._sealed[place] = engine.seal(leaf.indicator, window_of(leaf, self.seq))
        return self._sealed[place]

    def cells(self, kind: str, counting: Sequence[Indicator], paths: tuple[int, int], until: date | None) -> Cells:
        """Monthly cells of (at least) some indicators over (at least) some paths; one engine pass answers many calls.

        All indicators of the kind are counted at once: the statement is then always the same.
        """
        wanted = Window(paths=paths, last=until, seq=self.seq)
        for window, known, cells in self._cells.setdefault(kind, []):
            inside = window.paths[0] <= paths[0] and paths[1] <= window.paths[1]
            if inside and window.last == until and known.issuperset(counting):
                return cells
        usual = {each.code: each for each in indicators().values() if each.of == kind}
        everything = list((usual | {each.code: each for each in counting}).values())
        cells = engine.cells(kind, everything, wanted)
        self._cells[kind].append((wanted, frozenset(everything), cells))
        return cells


def window_of(value: Value, seq: int | None) -> Window:
    """The part of the ledger a records value was counted from."""
    return Window(paths=value.region.range, first=value.period.first, last=value.period.last, seq=seq)


class _Sheet:
    """One ``values`` call at work: indicators (formula inputs included) × regions (everything below) × periods."""

    def __init__(
        self, reader: Reader, asked: Sequence[Indicator], regions: Sequence[Region], periods: Sequence[Period]
    ) -> None:
        self.reader = reader
        self.regions = regions
        self.periods = periods
        self.asked = asked
        self.inputs = {
            each.code: formula.names(formula.parse(each.formula)) for each in asked if each.nature == "ratio"
        }
        below = {code: indicator(code) for codes in self.inputs.values() for code in codes}
        self.indicators = {**below, **{each.code: each for each in asked}}

    def fill(self) -> None:
        """Fetch everything once, then work out each value."""
        self.below = self._regions_below()
        self.everywhere = {region.pk: region for each in self.below.values() for region in each}
        self.everywhere |= {region.pk: region for region in self.regions}
        self.keeping = self._record_keeping()
        self.observed = self._observed()
        self.counts = self._counts()
        for each in self.asked:
            for region in self.regions:
                for period in self.periods:
                    self._work_out(each, region, period)

    def _regions_below(self) -> dict[int, list[Region]]:
        """Children by parent id, for everything under the regions asked for. One query, none for counties alone."""
        wide = [region.range for region in self.regions if region.level != Region.Level.COUNTY]
        if not wide:
            return {}
        condition = Q()
        for low, high in wide:
            condition |= Q(path__gte=low, path__lt=high)
        rows = Region.objects.filter(condition, valid_to__isnull=True).order_by("parent_id", "path")
        return {parent: list(group) for parent, group in groupby(rows, key=lambda region: region.parent_id) if parent}

    def _counting(self) -> dict[str, list[Indicator]]:
        kinds: dict[str, list[Indicator]] = {}
        for each in self.indicators.values():
            if each.counts_records:
                kinds.setdefault(each.of, []).append(each)
        return kinds

    def _record_keeping(self) -> dict[tuple[str, date, date], frozenset[int]]:
        stretches = {(stretch(each, period)) for each in self.indicators.values() for period in self.periods}
        ids = list(self.everywhere)
        return {
            (kind, first, last): ledger.record_keeping_regions(ids, kind, first, last, seq=self.reader.seq)
            for kind in self._counting()
            for first, last in stretches
        }

    def _observed(self) -> dict[Place, list[Observation]]:
        by_code = {period.code: period for period in self.periods}
        rows = ledger.reported(
            indicators=list(self.indicators), regions=list(self.everywhere), periods=list(by_code), seq=self.reader.seq
        )
        found: dict[Place, list[Observation]] = {}
        for row in rows:
            found.setdefault((row.indicator, row.region_id, by_code[row.real_period]), []).append(row)
        return found

    def _counts(self) -> dict[Place, tuple[int, int]]:
        """What records say for every record-keeping region: (value, events or records counted)."""
        found: dict[Place, tuple[int, int]] = {}
        for kind, counting in self._counting().items():
            keepers = frozenset().union(*(ids for (each, _f, _l), ids in self.keeping.items() if each == kind))
            if not keepers:
                continue
            places = [self.everywhere[pk] for pk in keepers]
            low, high = min(place.range[0] for place in places), max(place.range[1] for place in places)
            months = [period for period in self.periods if not period.is_day]
            if months:
                self._sum_up(found, counting, self.reader.cells(kind, counting, (low, high), None), places, months)
            for day in (period for period in self.periods if period.is_day):
                until = self.reader.cells(kind, counting, (low, high), day.last)
                self._sum_up(found, counting, until, places, [day])
        return found

    def _sum_up(
        self, found: dict[Place, tuple[int, int]], counting: Sequence[Indicator], table: Cells,
        places: Sequence[Region], periods: Sequence[Period],
    ) -> None:  # fmt: skip
        columns = {code: index for index, code in enumerate(table.codes, 2)}
        for place in places:
            rows = table.within(place.range)
            for period in periods:
                first, last = _month(period.first), _month(period.last)
                for each in counting:
                    column = columns[each.code]
                    start = first if each.nature == "flow" else 0
                    total = sum(row[column] for row in rows if start <= row[1] <= last)
                    found[each.code, place.pk, period] = (total, abs(total))

    def _work_out(self, each: Indicator, region: Region, period: Period) -> Value:
        place = (each.code, region.pk, period)
        known = self.reader._values.get(place)
        if known is None:
            known = self.reader._values[place] = self._ratio(each, region, period) or self._direct(each, region, period)
        return known

    def _ratio(self, each: Indicator, region: Region, period: Period) -> Value | None:
        """A formula over the same region and period; None to fall back on what was reported."""
        if each.nature != "ratio":
            return None
        parts = [self._work_out(self.indicators[code], region, period) for code in self.inputs[each.code]]
        blank = Value(indicator=each, region=region, period=period)
        inputs = {part.indicator.code: part.amount for part in parts if part.amount is not None}
        if len(inputs) < len(parts):
            told = self._direct(each, region, period)
            if told.status != "unknown":
                return told
            return replace(blank, missing=tuple(part.indicator.code for part in parts if part.amount is None))
        amount = formula.evaluate(formula.parse(each.formula), inputs)
        if amount is None:
            return blank
        count = sum(part.count for part in parts)
        also = ledger.choose(self.observed.get((each.code, region.pk, period), ()))
        return replace(blank, status="known", amount=amount, route="formula", count=count, also=also)

    def _direct(self, each: Indicator, region: Region, period: Period) -> Value:
        """Records where they are kept, else what was reported, else the sum of the regions below."""
        blank = Value(indicator=each, region=region, period=period)
        rows = self.observed.get((each.code, region.pk, period), [])
        told = ledger.choose(rows)
        if each.counts_records and region.pk in self.keeping[each.of, *stretch(each, period)]:
            total, count = self.counts[each.code, region.pk, period]
            amount = self._summed(each, total)
            return replace(blank, status="known", amount=amount, route="records", count=count, also=told)
        if told is not None:
            amount = self._in_unit(each, told)
            return replace(blank, status="known", amount=amount, route="observation", count=1, observation=told)
        if rows:
            return replace(blank, status="ambiguous", rivals=tuple(rows))
        children = self.below.get(region.pk, [])
        if not children or each.over_regions != "sum":
            return blank
        parts = [self._work_out(each, child, period) for child in children]
        whole, covered = rules.roll_up([part.amount for part in parts])
        if whole is not None:
            count = sum(part.count for part in parts)
            return replace(blank, status="known", amount=whole, route="children", count=count, covered=covered)
        return replace(blank, status="partial" if covered.known else "unknown", covered=covered)

    def _summed(self, each: Indicator, total: int) -> Decimal:
        """What records add up to, in the indicator's unit: a count as it is, a measure from its integers."""
        if not each.sum:
            return Decimal(total)
        return Decimal(total) / rules.scale_of(each) / self.reader._units[each.unit].factor

    def _in_unit(self, each: Indicator, row: Observation) -> Decimal:
        """A reported amount in the indicator's unit."""
        quantity = ledger.observation_quantity(row)
        unit = self.reader._units.get(each.unit)
        return quantity.amount / unit.factor if unit and unit.kind == quantity.unit.kind else quantity.stated


def stretch(each: Indicator, period: Period) -> tuple[date, date]:
    """The stretch records must be complete for: a stock only needs the last day."""
    return (period.last if each.nature == "stock" else period.first, period.last)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def evidence_records(kind: str, rows: Iterable[Evidence]) -> Mapping[str, object]:
    """The current rows of the events behind a value, by record (32 hex digits)."""
    model = KINDS[kind].event
    wanted = [row.record for row in rows]
    found: dict[str, object] = {}
    for start in range(0, len(wanted), 500):
        part = model._default_manager.filter(record__in=wanted[start : start + 500], seq_to__isnull=True)
        found |= {row.record.hex: row for row in part.select_related("organisation", "region")}
    return found
