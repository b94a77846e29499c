"""All monthly cells of every flow and stock of the pack, against SQL written by hand over the same files.

The events are generated straight into the engine's own column files: 10^7 of them through the database would take
hours and say nothing about the engine. The files have the engine's schema, order and compression, and its stamp.
Django's ORM reads the same events from the ledger's tables: see ``bench.orm``.
"""

import resource
import time
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from string import Template
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from bench import events, ground, orm
from bench.events import KINDS
from bench.measuring import Line, Size, WrongAnswer, in_turn
from xingke.accounts.queries import current_seq, ledger_identity, trail_digest
from xingke.indicators import columns
from xingke.indicators.columns import counting
from xingke.indicators.queries import indicators
from xingke.indicators.rules import Indicator
from xingke.registry.models import Region
from xingke.registry.queries import region_tree_stamp

EVENTS: dict[Size, int] = {"quick": 20_000, "usual": 1_000_000, "large": 10_000_000}
REGIONS: dict[Size, int] = {"quick": 300, "usual": 3_000, "large": 3_000}
ROUNDS: dict[Size, int] = {"quick": 1, "usual": 5, "large": 3}
ORM_GOAL = 1 / 20
FIRST_MONTH, LAST_MONTH = events.FIRST_MONTH, events.FIRST_MONTH + events.MONTHS - 1
LAST = date(LAST_MONTH // 12, LAST_MONTH % 12 + 1, 31)
BY_HAND = Path(__file__).parent / "by_hand"


def prepare(*, size: Size) -> None:
    """An installation whose column files hold generated events."""
    ground.stand(f"cells {size}", lambda: None)
    seq = current_seq()
    stamp = columns.Stamp(ledger_identity(), seq, region_tree_stamp(), trail_digest(seq))
    for seed, kind in enumerate(KINDS):
        made = _generated(kind, size)
        rows = events.as_columns(made, places(size), seed)
        columns.write_file(kind, rows, stamp)
        orm.fill(made, rows, places(size))


def _generated(kind: str, size: Size) -> events.Events:
    return events.generate(
        kind, int(EVENTS[size] * events.SHARES[kind]), regions=REGIONS[size], seed=list(KINDS).index(kind) + 10
    )


def places(size: Size) -> events.Integers:
    """The county codes of the national pack, and codes nobody has up to the number wanted."""
    codes = Region.objects.filter(level="county", is_fictional=False, valid_to__isnull=True).values_list(
        "path", flat=True
    )
    known = sorted(codes)[: REGIONS[size]]
    more = range(900_000, 900_000 + REGIONS[size] - len(known))
    return np.array([*known, *more])


def run(*, size: Size) -> list[Line]:
    """Ours against SQL by hand; the limit is counting whole numbers that are already in memory."""
    counting = [each for each in indicators().values() if not each.distinct]  # who was there never adds up by months
    asked = {kind: [each for each in counting if each.of == kind] for kind in KINDS}
    regions = places(size)
    by_hand = _hand_connection(regions)
    statements = {kind: _statement(kind) for kind in KINDS}
    ours = partial(_each, asked, lambda kind: _ours(kind, asked[kind], regions))
    peer = partial(_each, asked, lambda kind: by_hand.execute(statements[kind]).to_arrow_table())
    if size == "large":
        before = _peak()
        ours()
        memory = Line(
            name="peak memory of ours",
            ours=_peak(),
            unit="GB",
            goal=4.29,
            note=f"{before:.2f} GB before the first statement",
        )
        best = in_turn(ROUNDS[size], ours, peer)
        _compare(ours(), peer())
        return [_line(size, asked, best), memory, _beside_orm(size, asked, best[0], ours())]
    scatter = {kind: _Scatter(_generated(kind, size), asked[kind], REGIONS[size]) for kind in KINDS}
    _compare(ours(), peer())
    _compare(ours(), {kind: each.table(regions) for kind, each in scatter.items()})
    best = in_turn(ROUNDS[size], ours, peer, partial(_each, asked, lambda kind: scatter[kind].count()))
    return [_line(size, asked, best), _beside_orm(size, asked, best[0], ours())]


def _beside_orm(size: Size, asked: dict[str, list[Indicator]], best: float, found: dict[str, pa.Table]) -> Line:
    """The ORM takes minutes where ours takes seconds: it is asked once, and warms up on nothing."""
    started = time.perf_counter()
    theirs = {kind: orm.changes(kind, wanted) for kind, wanted in asked.items()}
    seconds = time.perf_counter() - started
    for kind, wanted in asked.items():
        for code, total in orm.totals(kind, wanted, theirs[kind]).items():
            mine = found[kind]
            if indicators()[code].nature == "stock":
                mine = mine.filter(pc.equal(mine["month"], LAST_MONTH))
            if total != (ours := pc.sum(mine[code]).as_py()):
                raise WrongAnswer(f"{code}: Django's ORM counts {total}, the engine {ours}")
    return Line(
        name=f"{EVENTS[size]:,} events, beside Django's ORM",
        ours=best,
        peer=seconds,
        peer_name="Django ORM",
        ratio_goal=ORM_GOAL,
        note=f"one query per kind on {connection.vendor}, once; it gives changes, ours every cell",
    )


def _line(size: Size, asked: dict[str, list[Indicator]], best: list[float]) -> Line:
    count = sum(map(len, asked.values()))
    cells = count * REGIONS[size] * events.MONTHS
    return Line(
        name=f"{EVENTS[size]:,} events → {cells:,} cells of {count} indicators",
        ours=best[0],
        peer=best[1],
        peer_name="DuckDB by hand",
        limit=best[2] if len(best) > 2 else None,
        limit_name="numpy, from memory",
        ratio_goal=1.3,
        note=f"{REGIONS[size]:,} regions × {events.MONTHS} months; every cell is the same",
    )


def _each(asked: dict[str, Any], work: Any) -> dict[str, Any]:
    return {kind: work(kind) for kind in asked}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def _ours(kind: str, asked: Sequence[Indicator], regions: events.Integers) -> pa.Table:
    return counting.monthly_values(columns.source(kind).tallies, asked, regions.tolist(), events.FIRST, LAST)


# ── the peer ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _hand_connection(regions: events.Integers) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config={"threads": 2})  # as many as the engine takes
    connection.register("regions", pa.table({"path": pa.array(regions, pa.int32())}))
    return connection


def _statement(kind: str) -> str:
    file = columns.source(kind).file
    if file is None:
        raise RuntimeError(f"the engine finds no column file of {kind}; run the step prepare again")
    text = (BY_HAND / f"{kind}.sql").read_text(encoding="utf-8")
    return Template(_without_comments(text)).substitute(file=file, first=FIRST_MONTH, last=LAST_MONTH)


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


# ── the limit ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Scatter:
    """The events as whole numbers in memory, and one scatter-add into every cell: no file, no text, no dates."""

    def __init__(self, made: events.Events, asked: Sequence[Indicator], regions: int) -> None:
        self.asked, self.regions = asked, regions
        names = list(KINDS[made.kind].asked)
        combos = [(event, thing) for event in made.event_names for thing in made.things]
        said = [(event, (*thing, events.origin_of(made.kind, event))[: len(names)]) for event, thing in combos]
        self.combos = len(combos)
        live = made.is_current
        day = np.datetime64(events.FIRST, "D") + made.day[live]
        month = day.astype("datetime64[M]").astype(np.int64) - np.datetime64(events.FIRST, "M").astype(np.int64)
        combo = made.event[live] * len(made.things) + made.thing[live]
        self.place = (made.region[live] * events.MONTHS + month) * self.combos + combo
        self.effect = made.effect[live].astype(float)
        self.said = {name: np.maximum(said[live], 0).astype(float) for name, said in made.measures.items()}
        self.takes = np.array(
            [
                [
                    all(dict(zip(names, thing, strict=True))[name] in each.allows(name) for name in each.where)
                    and (not each.events or event in each.events)
                    for each in asked
                ]
                for event, thing in said
            ],
            dtype=float,
        )

    def count(self) -> Any:
        """Regions × months × indicators; whole numbers below 2^53 are exact in floats."""
        size = self.regions * events.MONTHS * self.combos
        counted = np.bincount(self.place, minlength=size).reshape(-1, self.combos)
        weights = {"": self.effect, **self.said}
        summed = {
            name: np.bincount(self.place, weights=said, minlength=size).reshape(-1, self.combos) @ self.takes
            for name, said in weights.items()
        }
        counts = counted @ self.takes
        cells = np.empty_like(counts)
        for place, each in enumerate(self.asked):
            cells[:, place] = (counts if each.events and not each.sum else summed[each.sum or ""])[:, place]
        cells = cells.reshape(self.regions, events.MONTHS, len(self.asked))
        for place, each in enumerate(self.asked):
            if each.nature == "stock":
                cells[:, :, place] = cells[:, :, place].cumsum(axis=1)
        return cells

    def table(self, regions: events.Integers) -> pa.Table:
        """The same as a table, to compare."""
        cells = self.count().reshape(-1, len(self.asked)).astype(np.int64)
        head = {
            "path": np.repeat(regions, events.MONTHS),
            "month": np.tile(np.arange(FIRST_MONTH, LAST_MONTH + 1), self.regions),
        }
        return pa.table(head | {each.code: cells[:, place] for place, each in enumerate(self.asked)})


# ── the answers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _compare(ours: dict[str, pa.Table], others: dict[str, pa.Table]) -> None:
    """Raise WrongAnswer unless both hold the same number in every cell."""
    for kind, mine in ours.items():
        other = others[kind]
        if set(mine.column_names) != set(other.column_names):
            raise WrongAnswer(
                f"{kind}: only one side has {sorted(set(mine.column_names) ^ set(other.column_names))}; when the pack "
                f"gains an indicator, write it into bench/by_hand/{kind}.sql"
            )
        order = [("path", "ascending"), ("month", "ascending")]
        mine, other = mine.sort_by(order), other.sort_by(order)
        for name in mine.column_names:
            one, two = mine[name].to_numpy(), other[name].to_numpy()
            if len(one) != len(two) or not np.array_equal(one, two):
                raise WrongAnswer(f"{kind}: {name} differs: {int(one.sum())} in all against {int(two.sum())}")
