"""What a page may ask of a region: over which stretch records answer, and which periods were reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max

from xingke.base.periods import Period
from xingke.ledger import queries as ledger
from xingke.ledger.models import Observation, RecordKeeping, State
from xingke.ledger.queries.caching import DECLARATIONS, FIGURES, kept_of
from xingke.ledger.tables import TABLES, Kind
from xingke.registry.models import Region


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
            start = whole_month_from(self.since + timedelta(days=1))
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
    keepers = kept_of([DECLARATIONS], f"keepers:{low}:{high}", lambda: list(inside.values_list("region_id", "since")))
    until: date | None = None
    if keepers:
        days = [_last_day(kind, sorted({pk for pk, _since in keepers}), today) for kind in TABLES.values()]
        month = Period.months(today.year, today.month, today.year, today.month)
        over = today if today == month.last else month.preceding.last
        known = [Period.months(day.year, day.month, day.year, day.month).last for day in days if day is not None]
        until = min(over, max(known)) if known else None
    codes = kept_of([FIGURES], f"periods:{region.pk}", lambda: _reported_periods(region))
    periods = sorted((Period.parse(code) for code in codes), key=lambda period: (period.last, period.first))
    return Reach(min((since for _pk, since in keepers), default=None), until, tuple(periods))


def _last_day(kind: Kind, regions: Sequence[int], today: date) -> date | None:
    """The last day until today on which something of a kind happened in some regions. Asked again once the kind has changed."""

    def ask() -> date | None:
        events = kind.event._default_manager.filter(region__in=regions, seq_to__isnull=True, happened_on__lte=today)
        found: date | None = events.aggregate(last=Max("happened_on"))["last"]
        return found

    return kept_of([kind.code], f"last day:{kind.code}:{today}:{regions}", ask)


def _reported_periods(region: Region) -> list[str]:
    told = Observation.objects.filter(region=region, seq_to__isnull=True, state=State.CONFIRMED)
    codes = told.exclude(real_period="").exclude(indicator="").values_list("real_period", flat=True)
    return list(codes.distinct().order_by())


def whole_month_from(day: date) -> date:
    """The first day of the first whole month from a day on."""
    return day if day.day == 1 else Period.months(day.year, day.month, day.year, day.month).last + timedelta(days=1)
