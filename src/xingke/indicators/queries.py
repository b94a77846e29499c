"""Indicator values: two routes of evidence, roll-up, ratios, growth, ranks, and the records behind each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, partial
from itertools import groupby
from typing import Literal

from django.db.models import Max, Q

from xingke.base.periods import Period
from xingke.base.quantities import Quantity, Unit, format_number, round_half_up
from xingke.indicators import engine, formula, rules
from xingke.indicators.columns import Now
from xingke.indicators.engine import Cells, Window
from xingke.indicators.roughness import sum_words
from xingke.indicators.rules import Covered, Evidence, Indicator
from xingke.ledger import queries as ledger
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import EventVersion, Observation, RecordKeeping, State, Version
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
    parts are known, for values put together from regions below, and known_part the sum of those. also: the reported figure where records answered and
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
    known_part: Decimal | None = None
    observation: Observation | None = None
    also: Observation | None = None
    rivals: tuple[Observation, ...] = ()
    missing: tuple[str, ...] = ()  # codes of a formula's inputs that are unknown
    stated: Quantity | None = None  # the observation's quantity, where it has been worked out
    also_amount: Decimal | None = None  # what was also reported, in the indicator's unit
    rough: str = ""  # the word it is said with where what it was put together from is approximate

    @property
    def is_known(self) -> bool:
        return self.status == "known"

    @property
    def approximation(self) -> str:
        """余, 近, 超 …: the word it was reported with, or a sum of such figures is said with."""
        return self.observation.approximation if self.observation is not None else self.rough

    @property
    def is_rough(self) -> bool:
        """Whether it is an approximation: it may be said, but not reckoned with."""
        return bool(self.approximation)

    @property
    def agrees(self) -> bool:
        """Whether what was also reported says the same, at the precision it was reported with; True where nothing was."""
        if self.also is None or self.amount is None or self.also_amount is None:
            return True
        return self.also_amount == round_half_up(self.amount, self.also.decimals)

    @property
    def text(self) -> str:
        """The value as it is said, with unit and any approximation: ``36项``, ``0.51亿元``, ``220余家``."""
        if self.amount is None:
            return "—"
        if self.observation is not None:
            return _quantity_text(self._stated, self.observation.approximation)
        return said(self.number, self.indicator.unit, self.rough)

    @property
    def number(self) -> str:
        """The number alone, at the definition's precision (a reported one at its own)."""
        if self.amount is None:
            return "—"
        if self.observation is not None:
            return f"{self._stated.stated:f}"
        return format_number(self.amount, self.indicator.decimals)

    @property
    def _stated(self) -> Quantity:
        assert self.observation is not None  # asked for reported values only
        return self.stated or ledger.observation_quantity(self.observation)

    @property
    def unit(self) -> str:
        """The unit the number is shown in."""
        return self.observation.unit if self.observation is not None else self.indicator.unit


def _quantity_text(quantity: Quantity, approximation: str) -> str:
    return said(f"{quantity.stated:f}", quantity.unit.code, approximation)


def said(number: str, unit: str, approximation: str) -> str:
    """A number with its unit, as roughly as it is known."""
    return rules.approximate_text(number, unit, approximation) if approximation else f"{number}{unit}"


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
    def agrees(self) -> bool:
        """Whether what was reported is what was worked out, at the precision it was reported with."""
        if self.amount is None or self.reported is None:
            return True
        told = ledger.observation_quantity(self.reported)
        return round_half_up(self.amount, self.reported.decimals) == told.stated

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

    def __init__(self, *, seq: int | None = None, definitions: Mapping[str, Indicator] | None = None) -> None:
        """definitions: by code, where others than those in force are to be used: figures are checked by their own."""
        self.seq = seq
        self._given = dict(definitions or {})
        self._values: dict[Place, Value] = {}
        self._sealed: dict[Place, engine.Sealed] = {}
        self._cells: dict[str, list[tuple[Window, frozenset[Indicator], Cells]]] = {}
        self._told: dict[tuple[str, Place], Observation | None] = {}
        self._peers: dict[int, list[Region]] = {}
        self._kept: dict[tuple[int, str], date | None] = {}

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return registry.units()

    @cached_property
    def _now(self) -> Now:
        """The moment this reader counts at; asked once for all kinds."""
        return Now()

    @cached_property
    def _catalogue(self) -> dict[str, Indicator]:
        return indicators() | self._given

    def indicator(self, code: str, *, region: Region | None = None) -> Indicator:
        """An indicator as this reader counts it. Raises LookupError naming the code."""
        return self._given.get(code) or indicator(code, region=region)

    # ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, asked: Indicator, region: Region, period: Period) -> Value:
        """One value."""
        return self.values([asked], [region], [period])[0]

    def values(self, asked: Sequence[Indicator], regions: Sequence[Region], periods: Sequence[Period]) -> list[Value]:
        """The values of all combinations, in the order indicators × regions × periods."""
        places = [(each.code, region.pk, period) for each in asked for region in regions for period in periods]
        if unknown := [place for place in places if place not in self._values]:
            codes, ids, when = (set(column) for column in zip(*unknown, strict=True))
            _Sheet(
                self, [each for each in asked if each.code in codes], [each for each in regions if each.pk in ids],
                [each for each in periods if each in when],
            ).fill()  # fmt: skip
        return [self._values[place] for place in places]

    def growth(self, asked: Indicator, region: Region, period: Period) -> Growth:
        """同比 for one region and period."""
        now, base = self.values([asked], [region], [period, period.year_before])
        told = self._reported(asked, region, period, "growth")
        computed = (
            rules.growth(now.amount, base.amount, kind=asked.growth)
            if now.amount is not None
            and base.amount is not None
            and asked.growth != "none"
            and not (now.is_rough or base.is_rough)
            else None
        )
        if computed is not None or told is None:
            return Growth(now=now, base=base, amount=computed, kind=asked.growth, reported=told)
        kind = "points" if told.kind == "points" else "percent"
        return Growth(now=now, base=base, amount=ledger.observation_quantity(told).amount, kind=kind, observation=told)

    def rank(self, asked: Indicator, region: Region, period: Period) -> Rank:
        """The place among siblings; reported where siblings are unknown and somebody reported one."""
        peers = self.peers(region)
        values = tuple(self.values([asked], peers, [period]))
        word = region.parent.word if region.parent else ""
        places = rules.ranks({each.region.pk: each.amount for each in values}, direction=asked.direction)
        complete = (
            len(places) == len(peers) > 1 and asked.direction != "none" and not any(each.is_rough for each in values)
        )
        if complete:
            return Rank(place=places[region.pk], of=len(peers), values=values, word=word)
        told = self._reported(asked, region, period, "rank")
        if told is not None:
            place = int(ledger.observation_quantity(told).amount)
            return Rank(place=place, of=0, values=values, word=word, observation=told)
        return Rank(place=None, of=len(peers), values=values, word=word)

    def growths(self, asked: Sequence[Indicator], regions: Sequence[Region], period: Period) -> list[Growth]:
        """同比 of all combinations, in the order indicators × regions; as few queries as for one."""
        self.values(asked, regions, [period, period.year_before])
        self._read_reported(asked, regions, period, ("growth",))
        return [self.growth(each, region, period) for each in asked for region in regions]

    def ranks(self, asked: Sequence[Indicator], region: Region, period: Period) -> list[Rank]:
        """The places of one region by many indicators; as few queries as for one."""
        self.values(asked, self.peers(region), [period])
        self._read_reported(asked, [region], period, ("rank",))
        return [self.rank(each, region, period) for each in asked]

    def overview(self, asked: Sequence[Indicator], region: Region, period: Period) -> tuple[list[Growth], list[Rank]]:
        """What the page of one region says of many indicators: growth and place of each, in that order.

        Siblings are read for the period only; the year before is read for the region alone.
        """
        self.values(asked, self.peers(region), [period])
        self._read_reported(asked, [region], period, ("growth", "rank"))
        return self.growths(asked, [region], period), self.ranks(asked, region, period)

    def peers(self, region: Region) -> list[Region]:
        """The region and its siblings, read once."""
        if region.pk not in self._peers:
            self._peers[region.pk] = registry.siblings(region)
        return self._peers[region.pk]

    def kept_from(self, region: Region, kind: str) -> date | None:
        """The first day of the first month for which a kind is on record, in the region or everywhere right below it."""
        if (region.pk, kind) not in self._kept:
            low, high = region.range
            kept = RecordKeeping.objects.filter(
                ledger.as_of(self.seq), kind=kind, region__path__gte=low, region__path__lt=high
            )
            since = dict(kept.values_list("region_id", "since"))
            day = since.get(region.pk) or max(since.values(), default=None)
            self._kept[region.pk, kind] = None if day is None else _month_from(day)
        return self._kept[region.pk, kind]

    def _reported(self, asked: Indicator, region: Region, period: Period, aspect: str) -> Observation | None:
        place = (asked.code, region.pk, period)
        if (aspect, place) not in self._told:
            self._read_reported([asked], [region], period, (aspect,))
        return self._told[aspect, place]

    def _read_reported(
        self, asked: Sequence[Indicator], regions: Sequence[Region], period: Period, aspects: Sequence[str]
    ) -> None:
        """What was reported as growth or rank itself, for all combinations. One query, none where all is known."""
        places = [
            (aspect, (each.code, region.pk, period)) for aspect in aspects for each in asked for region in regions
        ]
        if all(place in self._told for place in places):
            return
        rows = ledger.reported(
            indicators=[each.code for each in asked], regions=[region.pk for region in regions], periods=[period.code],
            aspects=aspects, seq=self.seq,
        )  # fmt: skip
        found: dict[tuple[str, Place], list[Observation]] = {}
        for row in rows:
            found.setdefault((row.aspect, (row.indicator, row.region_id, period)), []).append(row)
        for place in places:
            self._told[place] = ledger.choose(found.get(place, ()))

    # ── evidence ────────────────────────────────────────────────────────────────────────────────────────────────────

    def leaves(self, value: Value) -> list[Value]:
        """The values whose records stand behind ``value``: itself, or those it was put together from."""
        if value.route in ("records", "observation"):
            return [value]
        if not value.is_known:
            return []
        return [leaf for part in self.parts(value) for leaf in self.leaves(part)]

    def parts(self, value: Value) -> list[Value]:
        """What a value is (or would be) put together from: a formula's inputs, or the regions right below; else nothing."""
        if value.route == "formula" or value.missing:
            needed = formula.names(formula.parse(value.indicator.formula))
            known = [self.indicator(code, region=value.region) for code in needed]
            return self.values(known, [value.region], [value.period])
        if value.covered is not None:
            return self.values([value.indicator], registry.children(value.region), [value.period])
        return []

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
        self.seal([leaf])
        return self._sealed[_place(leaf)]

    def seal(self, leaves: Iterable[Value]) -> None:
        """Work the seals of many leaves out together: one engine pass for each record kind."""
        kinds: dict[str, dict[Place, Value]] = {}
        for leaf in leaves:
            if leaf.observation is None and _place(leaf) not in self._sealed:
                kinds.setdefault(leaf.indicator.of, {})[_place(leaf)] = leaf
        for kind, wanted in kinds.items():
            asked = [(leaf.indicator, window_of(leaf, self.seq)) for leaf in wanted.values()]
            self._sealed |= dict(zip(wanted, engine.seals(kind, asked, self._now), strict=True))

    def cells(
        self, kind: str, counting: Sequence[Indicator], paths: tuple[int, int], until: date | None = None,
        since: date | None = None,
    ) -> Cells:  # fmt: skip
        """Monthly cells of (at least) some indicators over (at least) some paths; one engine pass answers many calls.

        All indicators of the kind are counted at once: the statement is then always the same.
        """
        wanted = Window(paths=paths, first=since, last=until, seq=self.seq)
        for window, known, cells in self._cells.setdefault(kind, []):
            inside = window.paths[0] <= paths[0] and paths[1] <= window.paths[1]
            if inside and (window.first, window.last) == (since, until) and known.issuperset(counting):
                return cells
        usual = {code: each for code, each in self._catalogue.items() if each.of == kind}
        everything = list((usual | {each.code: each for each in counting}).values())
        cells = engine.cells(kind, everything, wanted, self._now)
        self._cells[kind].append((wanted, frozenset(everything), cells))
        return cells


def _place(value: Value) -> Place:
    return (value.indicator.code, value.region.pk, value.period)


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
        self.formulas = {each.code: formula.parse(each.formula) for each in asked if each.nature == "ratio"}
        self.inputs = {code: formula.names(tree) for code, tree in self.formulas.items()}
        below = {code: reader._catalogue[code] for codes in self.inputs.values() for code in codes}
        self.indicators = {**below, **{each.code: each for each in asked}}

    def fill(self) -> None:
        """Fetch everything once, then work out each value."""
        self.below = self._regions_below()
        self.everywhere = {region.pk: region for each in self.below.values() for region in each}
        self.everywhere |= {region.pk: region for region in self.regions}
        self.keeping = self._record_keeping()
        self.observed = self._observed()
        self.counts = self._counts()
        keepers = [self.everywhere[pk] for pk in frozenset().union(*self.keeping.values())]
        self.rough = sum_words(self.indicators.values(), keepers, self.periods, seq=self.reader.seq)
        self.informed = self._informed()
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

    def _informed(self) -> frozenset[int]:
        """The regions that keep records or were reported on, and all above them: the others have nothing to add up."""
        found = {pk for ids in self.keeping.values() for pk in ids} | {pk for _code, pk, _period in self.observed}
        wave = set(found)
        while wave:
            above = (self.everywhere[pk].parent_id for pk in wave)
            wave = {pk for pk in above if pk is not None and pk in self.everywhere} - found
            found |= wave
        return frozenset(found)

    def _counting(self) -> dict[str, list[Indicator]]:
        kinds: dict[str, list[Indicator]] = {}
        for each in self.indicators.values():
            if each.counts_records:
                kinds.setdefault(each.of, []).append(each)
        return kinds

    def _record_keeping(self) -> dict[tuple[str, date, date], frozenset[int]]:
        """Where records answer, by kind and stretch; as ``ledger.record_keeping_regions``, in one query for all."""
        stretches = {(stretch(each, period)) for each in self.indicators.values() for period in self.periods}
        kinds = self._counting()
        declared = RecordKeeping.objects.filter(
            ledger.as_of(self.reader.seq), kind__in=kinds, region__in=list(self.everywhere)
        )
        rows = list(declared.values_list("kind", "region_id", "since", "until")) if kinds else []
        return {
            (kind, first, last): frozenset(
                region
                for of, region, since, until in rows
                if of == kind and since <= first and (until is None or until > last)
            )
            for kind in kinds
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
                self._sum_up(found, counting, self.reader.cells(kind, counting, (low, high)), places, months)
            for day in (period for period in self.periods if period.is_day):
                for nature, since in (("stock", None), ("flow", day.first)):  # a flow: what happened on that day
                    some = [each for each in counting if each.nature == nature]
                    table = self.reader.cells(kind, some, (low, high), day.last, since)
                    self._sum_up(found, some, table, places, [day])
        return found

    def _sum_up(
        self, found: dict[Place, tuple[int, int]], counting: Sequence[Indicator], table: Cells,
        places: Sequence[Region], periods: Sequence[Period],
    ) -> None:  # fmt: skip
        columns = {code: index for index, code in enumerate(table.codes, 2)}
        nothing = [0] * (len(table.codes) + len(table.counted) + 2)
        for place in places:
            rows = table.within(place.range)
            for period in periods:
                until = [row for row in rows if row[1] <= _month(period.last)]
                inside = [row for row in until if row[1] >= _month(period.first)]
                stocks, flows = (
                    [sum(column) for column in zip(*some, strict=True)] or nothing for some in (until, inside)
                )
                for each in counting:
                    sums = flows if each.nature == "flow" else stocks
                    total = sums[columns[each.code]]
                    count = sums[table.counted[each.code]] if each.code in table.counted else total
                    found[each.code, place.pk, period] = (total, count)

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
        answer = partial(Value, indicator=each, region=region, period=period)
        inputs = {part.indicator.code: part.amount for part in parts if part.amount is not None}
        if len(inputs) < len(parts):
            told = self._direct(each, region, period)
            if told.status != "unknown":
                return told
            return answer(missing=tuple(part.indicator.code for part in parts if part.amount is None))
        amount = formula.evaluate(self.formulas[each.code], inputs)
        if amount is None:
            return answer()
        count = sum(part.count for part in parts)
        rough = "约" if any(part.is_rough for part in parts) else ""
        also = ledger.choose(self.observed.get((each.code, region.pk, period), ()))
        return answer(
            status="known", amount=amount, route="formula", count=count, rough=rough, also=also,
            also_amount=self._in_unit(each, self._quantity(also)) if also else None,
        )  # fmt: skip

    def _direct(self, each: Indicator, region: Region, period: Period) -> Value:
        """Records where they are kept, else what was reported, else the sum of the regions below."""
        answer = partial(Value, indicator=each, region=region, period=period)
        rows = self.observed.get((each.code, region.pk, period), [])
        told = ledger.choose(rows) if rows else None
        if each.counts_records and region.pk in self.keeping[each.of, *stretch(each, period)]:
            total, count = self.counts[each.code, region.pk, period]
            return answer(
                status="known", amount=added(each, total, self.reader._units), route="records", count=count, also=told,
                also_amount=self._in_unit(each, self._quantity(told)) if told else None,
                rough=self.rough.get((each.code, region.pk, period), ""),
            )  # fmt: skip
        if told is not None:
            stated = self._quantity(told)
            amount = self._in_unit(each, stated)
            return answer(status="known", amount=amount, route="observation", count=1, observation=told, stated=stated)
        if rows:
            return answer(status="ambiguous", rivals=tuple(rows))
        children = self.below.get(region.pk, [])
        if not children or each.over_regions != "sum":
            return answer()
        if region.pk not in self.informed:
            return answer(covered=Covered(0, len(children)))
        parts = [self._work_out(each, child, period) for child in children]
        whole, covered = rules.roll_up([part.amount for part in parts])
        rough = rules.sum_word(part.approximation for part in parts)
        if whole is not None:
            count = sum(part.count for part in parts)
            return answer(status="known", amount=whole, route="children", count=count, covered=covered, rough=rough)
        if not covered.known:
            return answer(covered=covered)
        known_part = sum((part.amount for part in parts if part.amount is not None), Decimal(0))
        return answer(status="partial", covered=covered, known_part=known_part, rough=rough)

    def _quantity(self, row: Observation) -> Quantity:
        unit = self.reader._units.get(row.unit) or Unit(code=row.unit, kind=row.kind)
        return Quantity(scaled=row.value, unit=unit, decimals=row.decimals)

    def _in_unit(self, each: Indicator, quantity: Quantity) -> Decimal:
        """A reported amount in the indicator's unit."""
        unit = self.reader._units.get(each.unit)
        return quantity.amount / unit.factor if unit and unit.kind == quantity.unit.kind else quantity.stated


def stretch(each: Indicator, period: Period) -> tuple[date, date]:
    """The stretch records must be complete for: a stock only needs the last day."""
    return (period.last if each.nature == "stock" else period.first, period.last)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_from(day: date) -> date:
    """The first day of the first whole month from a day on."""
    return day if day.day == 1 else Period.months(day.year, day.month, day.year, day.month).last + timedelta(days=1)


def evidence_records(kind: str, rows: Iterable[Evidence]) -> Mapping[str, object]:
    """The current rows of the events behind a value, by record (32 hex digits)."""
    model = KINDS[kind].event
    wanted = [row.record for row in rows]
    found: dict[str, object] = {}
    for start in range(0, len(wanted), 500):
        part = model._default_manager.filter(record__in=wanted[start : start + 500], seq_to__isnull=True)
        found |= {row.record.hex: row for row in part.select_related("organisation", "region")}
    return found


# ── what a page offers ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Reach:
    """Over which stretch a region can be asked about: whole months covered by records, and periods reported.

    since: the day records are kept from, in the region or anywhere below; until: the last day of the last month that has
    an event and is over. Both None where no records are kept.
    """

    since: date | None
    until: date | None
    reported: tuple[Period, ...]  # oldest first

    @property
    def years(self) -> tuple[Period, ...]:
        """The full calendar years records can answer for (a stock from the day they are kept), oldest first."""
        if self.since is None or self.until is None:
            return ()
        last = self.until.year if self.until.month == 12 else self.until.year - 1
        return tuple(Period.year(year) for year in range(self.since.year, last + 1))

    @property
    def periods(self) -> tuple[Period, ...]:
        """What to offer, newest first: full years and their first halves, the year under way, and what was reported."""
        found = set(self.reported) | set(self.years)
        found |= {Period.months(year.first.year, 1, year.first.year, 6) for year in self.years[1:]}
        if self.until is not None and self.until.month != 12:
            found.add(Period.months(self.until.year, 1, self.until.year, self.until.month))
        return tuple(sorted(found, key=lambda period: (period.last, period.first), reverse=True))

    def steps(self, length: int) -> tuple[Period, ...]:
        """The periods of so many months for a trend, oldest first: what records answer and what was reported.

        length: 12, 6, 3 or 1; of the short ones the last 24 are enough.
        """
        found = {period for period in self.reported if period.length == length}
        if length == 12:
            return tuple(sorted(found | set(self.years)))
        if self.since is not None and self.until is not None:
            start = _month_from(self.since + timedelta(days=1))
            for year in range(start.year, self.until.year + 1):
                for month in range(1, 13, length):
                    period = Period.months(year, month, year, month + length - 1)
                    if start <= period.first and period.last <= self.until:
                        found.add(period)
        return tuple(sorted(found))[-24:]

    @property
    def newest(self) -> Period | None:
        """What to show first: the last full year of the records, else the newest period reported."""
        if self.years:
            return self.years[-1]
        return max(self.reported, key=lambda period: (period.last, period.length), default=None)


def reach(region: Region, *, today: date) -> Reach:
    """Over which stretch a region can be asked about. A few queries, whatever the region."""
    low, high = region.range
    inside = RecordKeeping.objects.filter(ledger.as_of(None), region__path__gte=low, region__path__lt=high)
    keepers = list(inside.values_list("region_id", "since"))
    until: date | None = None
    if keepers:
        days = [
            KINDS[kind]
            .event._default_manager.filter(
                region__in={pk for pk, _since in keepers}, seq_to__isnull=True, happened_on__lte=today
            )
            .aggregate(last=Max("happened_on"))["last"]
            for kind in KINDS
        ]
        month = Period.months(today.year, today.month, today.year, today.month)
        over = today if today == month.last else month.preceding.last
        known = [Period.months(day.year, day.month, day.year, day.month).last for day in days if day is not None]
        until = min(over, max(known)) if known else None
    codes = (
        Observation.objects.filter(region=region, seq_to__isnull=True, state=State.CONFIRMED)
        .exclude(real_period="")
        .exclude(indicator="")
        .values_list("real_period", flat=True)
        .distinct()
    )
    periods = sorted((Period.parse(code) for code in codes.order_by()), key=lambda period: (period.last, period.first))
    return Reach(min((since for _pk, since in keepers), default=None), until, tuple(periods))


def added(each: Indicator, total: int, units: Mapping[str, Unit] | None = None) -> Decimal:
    """What contributions add up to, in the indicator's unit: a count as it is, a measure from its integers."""
    if not each.sum:
        return Decimal(total)
    known = registry.units() if units is None else units
    return Decimal(total) / rules.scale_of(each) / known[each.unit].factor


@dataclass(frozen=True)
class Contribution:
    """One record behind a value and what it adds to it, with the event and the thing whose history it belongs to.

    amount: in the indicator's unit.
    """

    evidence: Evidence
    amount: Decimal
    event: EventVersion | None
    subject: Version | None


def contributions(value: Value, *, seq: int | None, offset: int = 0, limit: int | None = None) -> list[Contribution]:
    """The records behind a records value, newest first, in the versions that were in force at ``seq``.

    One engine pass, and two queries per 500 rows.
    """
    rows = engine.newest_evidence(value.indicator, window_of(value, seq), offset=offset, limit=limit)
    kind = KINDS[value.indicator.of]
    events: dict[str, EventVersion] = {}
    for start in range(0, len(rows), 500):
        part = [row.record for row in rows[start : start + 500]]
        found = kind.event._default_manager.filter(ledger.as_of(seq), record__in=part)
        events |= {event.record.hex: event for event in found.select_related("organisation")}
    subjects = ledger.current_subjects(kind, {event.subject for event in events.values()})
    one = added(value.indicator, 1)
    return [
        Contribution(row, row.contribution * one, event, subjects.get(event.subject) if event else None)
        for row in rows
        for event in [events.get(row.record)]
    ]
