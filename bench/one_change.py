"""One event is filed in a ledger of a million: how long until one county's page knows.

The ledger is a real SQLite database: subjects and events are created through the models, the column files are the
engine's own. Making it takes minutes; it is kept and used again until migrations or packs change. Every change is an
action; measured is what the page then asks of the engine: every indicator of the county and of its siblings, this
period and (the county's own) the year before, growth and rank. One county has the median number of siblings, the other
more than any. Work is counted in CPU seconds of the process, all its threads together, so that a busy machine does not
count as slow; what passed on the clock stands in the remarks.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Count

from bench import events, ground
from bench.events import KINDS
from bench.measuring import Line, Size, WrongAnswer, nearly_worst, watched
from xingke.accounts import counting
from xingke.base.keys import derived_key
from xingke.base.periods import Period
from xingke.indicators import columns
from xingke.indicators.queries import indicator, indicators
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Growth, Rank
from xingke.ledger import actions as ledger
from xingke.ledger.models import Observation, Patent, PatentEvent, RecordKeeping, State
from xingke.registry import queries as registry
from xingke.registry.models import Region

EVENTS: dict[Size, int] = {"quick": 20_000, "usual": 1_000_000, "large": 1_000_000}
CHANGES: dict[Size, int] = {"quick": 3, "usual": 50, "large": 50}
LATER = date(2025, 6, 30)  # when the further applications are made
PERIOD = Period.year(2025)
SINCE = date(2020, 12, 31)
_KEY_SPACES = tuple(f"{code}{what}" for code in KINDS for what in ("", "-event"))
GOAL = 0.050  # seconds
COUNTED = "patent_applications"  # each change adds one to it


def prepare(*, size: Size) -> None:
    """The ledger, its column files, and a tail no longer than the last run left it."""
    ground.stand(f"one-change {EVENTS[size]} 6", partial(_fill, size))
    for county in (_typical(), _widest()):
        if not Observation.objects.filter(region=county).exists():
            _create(Observation, _observations(county))
    for kind in KINDS:
        if columns.source(kind).file is None or columns.source(kind).tail.rows.num_rows > 500:
            columns.rebuild(kind)


# ── the ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _fill(size: Size) -> None:
    counties = Region.objects.filter(level="county", valid_to__isnull=True).order_by("path")
    if size == "quick":  # so few events must fall where somebody looks
        counties = counties.filter(parent__in=[_typical().parent_id, _widest().parent_id])
    places = list(counties)
    for seed, kind in enumerate(KINDS.values()):
        made = events.generate(
            kind.code, int(EVENTS[size] * events.SHARES[kind.code]), regions=len(places), seed=seed + 20
        )
        with transaction.atomic():
            seqs = (counting.take(), counting.take())  # superseded versions were in force from the first to the second
            for seq in seqs:
                counting.record(
                    seq=seq, by=ground.statistician(), action=f"{kind.code}.filed", target_kind=kind.code,
                    target="bench", now=ground.NOW, count=len(made),
                )  # fmt: skip
            _create(kind.subject, _subjects(kind, made, places, seqs))
            _create(kind.event, _events(kind, made, places, seqs))
            RecordKeeping.objects.bulk_create(
                RecordKeeping(
                    region=place, kind=kind.code, since=SINCE, seq_from=seqs[1], declared_at=ground.NOW,
                    declared_by=ground.statistician(),
                )
                for place in places
            )  # fmt: skip


def _create(model: type[Any], rows: Iterable[Any]) -> None:
    stream = iter(rows)
    while chunk := list(islice(stream, 10_000)):
        model._default_manager.bulk_create(chunk)


def _common(**more: Any) -> dict[str, Any]:
    operator = ground.statistician()
    return {
        # No less real than the counties they are filed in: the ledger refuses the two together.
        "source": "bench", "is_fictional": False, "entered_at": ground.NOW, "entered_by": operator,
        "state": State.CONFIRMED, "confirmed_at": ground.NOW, "confirmed_by": operator, **more,
    }  # fmt: skip


def _subjects(kind: Any, made: events.Events, places: list[Region], seqs: tuple[int, int]) -> Iterator[Any]:
    common = _common(version=1, seq_from=seqs[0])
    _numbers, first = np.unique(made.subject[made.is_current], return_index=True)
    for number, row in enumerate(first.tolist()):
        fields = dict(zip(kind.repeated, made.things[made.thing[row]], strict=True))
        yield kind.subject(
            record=_key(kind.code, number), region=places[made.region[row]], happened_on=_day(made.day[row]),
            name=f"样本{number}", number=f"B{number:012}", **fields, **common,
        )  # fmt: skip


def _events(kind: Any, made: events.Events, places: list[Region], seqs: tuple[int, int]) -> Iterator[Any]:
    common = _common()
    columns_ = (
        made.subject, made.record, made.version, made.step, made.event, made.effect, made.day, made.thing, made.region,
        made.is_current, *made.measures.values(),
    )  # fmt: skip
    for row in zip(*(each.tolist() for each in columns_), strict=True):
        subject, record, version, step, event, effect, day, thing, region, is_current, *said = row
        fields = dict(zip(kind.repeated, made.things[thing], strict=True))
        fields |= {name: None if value < 0 else value for name, value in zip(made.measures, said, strict=True)}
        yield kind.event(
            record=_key(f"{kind.code}-event", record), version=version, seq_from=seqs[version - 1],
            seq_to=None if is_current else seqs[1], subject=_key(kind.code, subject), region=places[region],
            happened_on=_day(day), event=made.event_names[event], effect=effect, step=step, **fields, **common,
        )  # fmt: skip


def _key(what: str, number: int) -> UUID:
    """A key that follows the one before, as keys taken one after the other do: indexes grow at their end."""
    return UUID(int=(0x018F_0000_0000_7000_8000_0000_0000_0000 | _KEY_SPACES.index(what) << 40 | number))


def _day(since: int) -> date:
    return events.FIRST + timedelta(days=int(since))


def _observations(county: Region) -> Iterator[Observation]:
    """What siblings report: every observed indicator, both periods."""
    observed = [each for each in indicators().values() if each.nature == "observed"]
    for region in registry.siblings(county, on=PERIOD.last):
        for period in (PERIOD, PERIOD.year_before):
            for number, each in enumerate(observed):
                code = f"{region.code}-{period.code}-{each.code}"
                yield Observation(
                    record=derived_key("bench", code), version=1, seq_from=1, region=region, happened_on=period.last,
                    name=each.label.zh, indicator=each.code, measure="level", value=(1_000 + number) * 10_000,
                    unit=each.unit, kind="count", region_written=region.name, stated_period=period.code,
                    real_period=period.code, confidence="stated", document="bench", place=code, as_written="1000",
                    **_common(),
                )  # fmt: skip


def _cities() -> list[int]:
    """The cities by number of counties, fewest first."""
    counted = (
        Region.objects.filter(level="county", valid_to__isnull=True, is_fictional=False, parent__level="city")
        .values("parent")
        .annotate(size=Count("pk"))
        .order_by("size", "parent")
    )
    return [city["parent"] or 0 for city in counted for _county in range(city["size"])]


def _typical() -> Region:
    """A county with the median number of siblings."""
    cities = _cities()
    return _first_of(cities[len(cities) // 2])


def _widest() -> Region:
    """A county of the city that has most of them: nobody's page asks more."""
    return _first_of(_cities()[-1])


def _first_of(city: int) -> Region:
    return Region.objects.filter(parent=city, valid_to__isnull=True).order_by("path")[0]


# ── the run ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def run(*, size: Size) -> list[Line]:
    """Changes one after the other; after each, the county's page."""
    typical, widest = _typical(), _widest()
    _page(typical)  # loads what the first page of a process loads
    lines = []
    for county, name in ((typical, "one county's page after one change"), (widest, "the same in the widest city")):
        _check(county)
        changes = _changes(county, CHANGES[size])
        what = f"{len(indicators())} indicators × {len(registry.siblings(county, on=PERIOD.last))} siblings, growth and rank"
        lines += changes.lines(name, f"CPU; {EVENTS[size]:,} events; {what}; {CHANGES[size]} changes")
    filing = Line(
        name="filing the event (action, commit), median", ours=statistics.median(changes.filing), note="on the clock"
    )
    lines.append(filing)
    lines += _long_tail(typical, size)
    return lines


def _page(county: Region) -> tuple[list[Growth], list[Rank]]:
    """All the numbers of a county's page, by a fresh reader as every request has one."""
    return Reader().overview(list(indicators().values()), county, PERIOD)


def _value(growths: list[Growth]) -> int:
    return next(int(each.now.amount or 0) for each in growths if each.now.indicator.code == COUNTED)


@dataclass
class Changes:
    """Seconds per change: filing (on the clock), the page in CPU seconds and on the clock, and the tail within it."""

    filing: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    tail: list[float] = field(default_factory=list)

    def lines(self, name: str, note: str) -> list[Line]:
        """The median and the 95th percentile of the work, against the goal."""
        remark = (
            f"{note}; {statistics.median(self.waited) * 1000:.0f} ms on the clock; "
            f"{statistics.median(self.tail) * 1000:.1f} ms for {columns.source('patent').tail.rows.num_rows:,} rows of tail"
        )
        return [
            Line(name=f"{name}, median", ours=statistics.median(self.work), goal=GOAL, note=remark),
            Line(name=f"{name}, 95th percentile", ours=nearly_worst(self.work), goal=GOAL),
        ]


def _changes(county: Region, count: int) -> Changes:
    """File one event after the other, and read the page after each."""
    subjects = _subjects_of(county, count)
    found = Changes()
    before = _value(_page(county)[0])
    for done, subject in enumerate(subjects, 1):
        found.filing.append(_timed(partial(_file, county, subject)))
        with watched(columns, "tail", time.process_time) as tail:
            started, work = time.perf_counter(), time.process_time()
            growths, _ranks = _page(county)
            found.work.append(time.process_time() - work)
            found.waited.append(time.perf_counter() - started)
        found.tail.append(tail.seconds)
        if _value(growths) != before + done:
            raise WrongAnswer(f"after {done} changes {COUNTED} is {_value(growths)}, expected {before + done}")
    return found


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _subjects_of(county: Region, count: int) -> list[UUID]:
    """Patents of the county that a further application may follow: they were applied for before."""
    applied = PatentEvent.objects.filter(region=county, event="applied", seq_to__isnull=True, happened_on__lte=LATER)
    known = Patent.objects.filter(region=county, seq_to__isnull=True, record__in=applied.values("subject"))
    known = known.exclude(form="pct")
    keys = list(known.order_by("pk").values_list("record", flat=True)[:count])
    return [keys[place % len(keys)] for place in range(count)]


def _file(county: Region, subject: UUID) -> None:
    ledger.add_event(
        kind="patent", subject=subject, event=ledger.NewEvent(event="applied", on=LATER, region=county),
        by=ground.statistician(), now=ground.NOW, source="bench", confirmed=True,
    )  # fmt: skip


def _check(county: Region) -> None:
    """The page says what counting in the database says, for the county and every sibling."""
    asked = indicator(COUNTED)
    for value in Reader().values([asked], registry.siblings(county, on=PERIOD.last), [PERIOD]):
        counted = PatentEvent.objects.filter(
            region=value.region, seq_to__isnull=True, state=State.CONFIRMED, event="applied",
            form__in=asked.allows("form"), happened_on__range=(PERIOD.first, PERIOD.last),
        ).count()  # fmt: skip
        if value.amount != counted:
            raise WrongAnswer(f"{COUNTED} of {value.region.name} is {value.amount}; the database counts {counted}")


def _long_tail(county: Region, size: Size) -> list[Line]:
    """The same page when the tail is about to be rebuilt, and the rebuilding itself."""
    if size == "quick":
        return []
    room = columns.REBUILD_AT - columns.source("patent").tail.rows.num_rows - 100
    ledger.file_histories(
        kind="patent", histories=_few(county, room), by=ground.statistician(), now=ground.NOW, source="bench",
        confirmed=True,
    )  # fmt: skip
    lines = _changes(county, 9).lines("the page with the longest tail", "CPU; 9 changes")
    room = columns.REBUILD_AT - columns.source("patent").tail.rows.num_rows
    ledger.file_histories(
        kind="patent", histories=_few(county, room), by=ground.statistician(), now=ground.NOW, source="bench",
        confirmed=True,
    )  # fmt: skip
    taking_up = _timed(partial(columns.source, "patent"))
    rebuilding = _timed(partial(columns.rebuild, "patent"))
    return [
        *lines,
        Line(
            name="the file takes up its tail", ours=taking_up, peer=rebuilding, peer_name="asking the database anew",
            note=f"on the clock, once in {columns.REBUILD_AT:,} changes",
        ),
    ]  # fmt: skip


def _few(county: Region, count: int) -> Iterator[ledger.NewHistory]:
    """Histories of one event each."""
    batch = time.time_ns() % 10**12
    for number in range(count):
        yield ledger.NewHistory(
            key=derived_key("bench-tail", batch, number), region=county, organisation=None, is_fictional=False,
            fields={"number": f"T{batch}{number:04}", "form": "design", "name": "样本"},
            events=[ledger.NewEvent(event="applied", on=date(2025, 5, 1), region=county)],
        )  # fmt: skip
