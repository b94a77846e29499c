"""Reading values: two routes of evidence, roll-up, ratios, growth, ranks, and the records behind each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from xingke.base import expressions
from xingke.base.periods import Period
from xingke.base.quantities import Unit
from xingke.indicators import rules
from xingke.indicators.columns import engine, source
from xingke.indicators.columns.counting import distinct
from xingke.indicators.columns.evidence_sql import Window
from xingke.indicators.columns.moment import Moment
from xingke.indicators.columns.tallies import Tally
from xingke.indicators.queries import indicator, indicators
from xingke.indicators.queries.reach import whole_month_from
from xingke.indicators.queries.valuation import Column, Valuation
from xingke.indicators.queries.values import Growth, Rank, Value
from xingke.indicators.rules import EvidenceRow, Indicator
from xingke.ledger import queries as ledger
from xingke.ledger.models import RecordKeeping
from xingke.ledger.queries.caching import DECLARATIONS, FIGURES, kept_of
from xingke.ledger.queries.observations import choose, quantity, reported
from xingke.ledger.rules import Told, written_figures
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.registry.queries import people

REMEMBERED = 500  # regions: what was reported of more is much to keep
Place = tuple[str, int, Period]  # indicator code, region id, period


class Reader:
    """Reads values at one ledger number (None: now). One instance answers one page or one document.

    Everything asked for is fetched in a few queries per ``values`` call: the region subtree, record keeping, reported
    figures, and one look at the tallies of each record kind.
    """

    def __init__(
        self,
        *,
        seq: int | None = None,
        definitions: Mapping[str, Indicator] | None = None,
        is_recomputing: bool = False,
        is_for_page: bool = False,
    ) -> None:
        """definitions: by code, where others than those in force are to be used: figures are checked by their own.

        is_recomputing: what is read was said before, when less may have been asked of it. is_for_page: what was reported
        and declared may be what stood when the page was asked for, instead of now; never for what is written down.
        """
        self.seq, self.is_recomputing = seq, is_recomputing
        self.may_remember = is_for_page and seq is None
        self._given = dict(definitions or {})
        self.known: defaultdict[Column, dict[int, Value]] = defaultdict(dict)  # by region id
        self._sealed: dict[Place, engine.Sealed] = {}
        self._tallies: dict[str, Sequence[Tally]] = {}
        self._told: dict[tuple[str, Place], Told | None] = {}
        self._peers: dict[tuple[int, date], list[Region]] = {}
        self._kept: dict[tuple[int, str], date | None] = {}

    @cached_property
    def units(self) -> dict[str, Unit]:
        return registry.units()

    @cached_property
    def _moment(self) -> Moment:
        """The moment this reader counts at; asked once for all kinds."""
        return Moment()

    @cached_property
    def catalogue(self) -> dict[str, Indicator]:
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
        ids = [region.pk for region in regions]
        columns = [(each, period, self.known[each.code, period]) for each in asked for period in periods]
        if unknown := [(each, period, pk) for each, period, known in columns for pk in ids if pk not in known]:
            what, when, where = (set(column) for column in zip(*unknown, strict=True))
            Valuation(
                self,
                [each for each in asked if each in what],
                [each for each in regions if each.pk in where],
                [each for each in periods if each in when],
            ).fill()
        if len(periods) == 1:
            return [known[pk] for _each, _period, known in columns for pk in ids]
        turns = len(periods)
        return [
            columns[place * turns + turn][2][pk] for place in range(len(asked)) for pk in ids for turn in range(turns)
        ]

    def growth(self, asked: Indicator, region: Region, period: Period) -> Growth:
        """同比 for one region and period."""
        now, base = self.values([asked], [region], [period, period.year_before])
        told = self._reported(asked, region, period, "growth")
        if told is not None and told.value_max is not None:
            told = None  # a range cannot be said as one growth
        found = Growth(now=now, base=base, amount=None, kind=asked.growth, reported=told)
        is_like = not (found.is_mixed or now.is_rough or base.is_rough) and period.length <= 12
        if is_like and now.amount is not None and base.amount is not None and asked.growth != "none":
            found = replace(found, amount=rules.growth(now.amount, base.amount, kind=asked.growth))
        if found.amount is not None or told is None:
            return found
        kind = "points" if told.kind == "points" else "percent"
        return Growth(now=now, base=base, amount=quantity(told).amount, kind=kind, observation=told)

    def rank(self, asked: Indicator, region: Region, period: Period) -> Rank:
        """The place among siblings; reported where siblings are unknown and somebody reported an exact one.

        A reported place is among the siblings only where its words say so: 居全市第2位.
        """
        peers = self.peers(region, period)
        values = tuple(self.values([asked], peers, [period]))
        word = region.parent.word if region.parent else ""
        amounts = {each.region.pk: each.amount for each in values if not each.is_rough}
        if len(peers) > 1 and asked.direction != "none" and None not in amounts.values() and len(amounts) == len(peers):
            places = rules.ranks(amounts, direction=asked.direction)
            return Rank(place=places.get(region.pk), of=len(peers), values=values, word=word, places=places)
        told = self._reported(asked, region, period, "rank")
        if told is not None and not told.approximation and told.value_max is None:
            place = int(quantity(told).amount)
            stated = word if word == written_figures.among(told.as_written, place, self.units) else ""
            return Rank(place=place, of=0, values=values, word=stated, observation=told)
        return Rank(place=None, of=len(peers), values=values, word=word)

    def growths(self, asked: Sequence[Indicator], regions: Sequence[Region], period: Period) -> list[Growth]:
        """同比 of all combinations, in the order indicators × regions; as few queries as for one."""
        self.values(asked, regions, [period, period.year_before])
        self._read_reported(asked, regions, period, ("growth",))
        return [self.growth(each, region, period) for each in asked for region in regions]

    def ranks(self, asked: Sequence[Indicator], region: Region, period: Period) -> list[Rank]:
        """The places of one region by many indicators; as few queries as for one."""
        self.values(asked, self.peers(region, period), [period])
        self._read_reported(asked, [region], period, ("rank",))
        return [self.rank(each, region, period) for each in asked]

    def overview(self, asked: Sequence[Indicator], region: Region, period: Period) -> tuple[list[Growth], list[Rank]]:
        """What the page of one region says of many indicators: growth and place of each, in that order.

        Siblings are read for the period only; the year before is read for the region alone.
        """
        self.values(asked, self.peers(region, period), [period])
        self._read_reported(asked, [region], period, ("growth", "rank"))
        return self.growths(asked, [region], period), self.ranks(asked, region, period)

    def peers(self, region: Region, period: Period) -> list[Region]:
        """The region and its siblings as they stood when a period ended, read once."""
        key = (region.pk, period.last)
        if key not in self._peers:
            self._peers[key] = registry.siblings(region, on=period.last)
        return self._peers[key]

    def kept_from(self, region: Region, kind: str) -> date | None:
        """The first day of the first month for which a kind is on record, in the region or everywhere right below it."""
        if (region.pk, kind) not in self._kept:
            low, high = region.range
            kept = RecordKeeping.objects.filter(
                ledger.as_of(self.seq), kind=kind, region__path__gte=low, region__path__lt=high
            )
            since = dict(kept.values_list("region_id", "since"))
            day = since.get(region.pk) or max(since.values(), default=None)
            self._kept[region.pk, kind] = None if day is None else whole_month_from(day)
        return self._kept[region.pk, kind]

    def _reported(self, asked: Indicator, region: Region, period: Period, aspect: str) -> Told | None:
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
        rows = self.reported(
            indicators=[each.code for each in asked],
            regions=[region.pk for region in regions],
            periods=[period.code],
            aspects=aspects,
        )
        found: dict[tuple[str, Place], list[Told]] = {}
        for row in rows:
            found.setdefault((row.aspect, (row.indicator, row.region_id, period)), []).append(row)
        for place in places:
            self._told[place] = choose(found.get(place, ()))

    def reported(self, **asked: Any) -> list[Told]:
        """Reported figures at this reader's moment. One query; none for a page while no figure is filed."""
        if not self.may_remember or len(asked["regions"]) > REMEMBERED:
            return reported(**asked, seq=self.seq)
        return kept_of([FIGURES], f"reported:{asked}", lambda: reported(**asked))

    def declared(self, kinds: Collection[str], regions: Collection[int]) -> list[tuple[str, int, date, date | None]]:
        """Where records of some kinds are kept: kind, region, since and until. One query; none for a page while nothing
        is declared."""

        def ask() -> list[tuple[str, int, date, date | None]]:
            rows = RecordKeeping.objects.filter(ledger.as_of(self.seq), kind__in=kinds, region__in=list(regions))
            return list(rows.values_list("kind", "region_id", "since", "until"))

        if not self.may_remember or len(regions) > REMEMBERED:
            return ask()
        return kept_of([DECLARATIONS], f"declared:{sorted(kinds)}:{sorted(regions)}", ask)

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
            needed = expressions.names(expressions.arithmetic(value.indicator.formula))
            known = [self.indicator(code, region=value.region) for code in needed]
            return self.values(known, [value.region], [value.period])
        if value.covered is not None:
            return self.values([value.indicator], registry.children(value.region, on=value.period.last), [value.period])
        return []

    def evidence(self, leaf: Value) -> list[EvidenceRow]:
        """The records behind a leaf value, with their contributions; they sum to it (an observation's is scaled)."""
        if leaf.observation is not None:
            row = leaf.observation
            return [EvidenceRow(row.record.hex, row.version, row.value)]
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
            self._sealed |= dict(zip(wanted, engine.seals(kind, asked, self._moment), strict=True))

    def distinct(self, asked: Indicator, places: Sequence[tuple[tuple[int, int], Period]]) -> list[int]:
        """How many different ones an indicator counts, by range of codes and period: one look at the tallies for all."""
        if not places:
            return []
        ranges = {paths: at for at, paths in enumerate(dict.fromkeys(paths for paths, _period in places))}
        periods = {period: at for at, period in enumerate(dict.fromkeys(period for _paths, period in places))}
        found = distinct(
            self.tallies(asked.of),
            asked,
            list(ranges),
            [(period.first, period.last) for period in periods],
            seq=self.seq,
            merged=self._merged if asked.distinct == "person" else None,
        )
        return [found[ranges[paths]][periods[period]] for paths, period in places]

    @cached_property
    def _merged(self) -> dict[int, int]:
        return people.merged_into(self.seq)

    def tallies(self, kind: str) -> Sequence[Tally]:
        """What there is to be counted of a kind at this reader's moment."""
        if kind not in self._tallies:
            self._tallies[kind] = source(kind, self._moment).tallies
        return self._tallies[kind]


def _place(value: Value) -> Place:
    return (value.indicator.code, value.region.pk, value.period)


def window_of(value: Value, seq: int | None) -> Window:
    """The part of the ledger a records value was counted from."""
    return Window(paths=value.region.range, first=value.period.first, last=value.period.last, seq=seq)
