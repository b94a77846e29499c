"""The engine: compiled definitions over columns and tail, run by DuckDB in memory. Exact integers only.

Every ratio, growth, rank and rounding happens later, once, in Python's Decimal.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xingke.indicators import compiler
from xingke.indicators.columns import Now, Source, source
from xingke.indicators.rules import Evidence, Indicator
from xingke.ledger.kinds import KINDS

if TYPE_CHECKING:
    import duckdb

_lock = threading.Lock()
_database: "duckdb.DuckDBPyConnection | None" = None  # one in memory per process; opened on first use


def _connection() -> "duckdb.DuckDBPyConnection":
    global _database
    with _lock:
        if _database is None:
            import duckdb

            _database = duckdb.connect(":memory:", config={"threads": 2, "autoinstall_known_extensions": "false"})
    return _database.cursor()


@dataclass(frozen=True, kw_only=True)
class Window:
    """What part of a kind's rows a question is about.

    paths: half-open range of region codes. first, last: days, inclusive; first None: from the beginning.
    seq: the ledger number to read at; None: now.
    """

    paths: tuple[int, int]
    last: date | None = None
    first: date | None = None
    seq: int | None = None


@contextmanager
def _rows(kind: str, window: Window, now: Now | None = None) -> Iterator[tuple["duckdb.DuckDBPyConnection", str]]:
    """A cursor and the ``WITH rows AS (…)`` that every compiled statement reads."""
    columns = source(kind, now)
    cursor = _connection()
    try:
        yield cursor, _with_rows(cursor, columns, window)
    finally:
        cursor.close()


def _with_rows(cursor: "duckdb.DuckDBPyConnection", columns: Source, window: Window) -> str:
    names = ", ".join(
        (
            "record",
            "version",
            "subject",
            "path",
            "day",
            "event",
            "effect",
            "step",
            *KINDS[columns.kind].repeated,
            *KINDS[columns.kind].measures,
        )
    )
    low, high = (int(each) for each in window.paths)
    inside = [f"path >= {low} AND path < {high}"]
    if window.first:
        inside.append(f"day >= DATE '{window.first.isoformat()}'")
    if window.last:
        inside.append(f"day <= DATE '{window.last.isoformat()}'")
    in_force = (
        "seq_to IS NULL"
        if window.seq is None
        else f"seq_from <= {int(window.seq)} AND (seq_to IS NULL OR seq_to > {int(window.seq)})"
    )
    condition = " AND ".join([*inside, in_force])
    parts = []
    needs_tail = window.seq is None or window.seq > columns.stamp.seq
    if columns.file is not None:
        part = f"SELECT {names} FROM read_parquet('{_quoted(str(columns.file))}') WHERE {condition}"
        if needs_tail and columns.tail.closed.num_rows:
            cursor.register("closed_since", columns.tail.closed)
            until = "" if window.seq is None else f" WHERE seq_to <= {int(window.seq)}"
            part += f" AND id NOT IN (SELECT id FROM closed_since{until})"
        parts.append(part)
    if columns.file is None or (needs_tail and columns.tail.rows.num_rows):
        cursor.register("tail_rows", columns.tail.rows)
        parts.append(f"SELECT {names} FROM tail_rows WHERE {condition}")
    return f"WITH rows AS ({' UNION ALL '.join(parts)}) "


def _quoted(text: str) -> str:
    return text.replace("'", "''")


@dataclass(frozen=True)
class Cells:
    """Per region code and month (year × 12 + month − 1): one integer per indicator, as ``cells_sql`` counts them."""

    codes: tuple[str, ...]
    rows: Sequence[tuple[int, ...]]  # path, month, one value per code, then the columns of ``counted``
    counted: Mapping[str, int]  # where a value is no count of records: the column that counts them

    @cached_property
    def _by_path(self) -> dict[int, list[tuple[int, ...]]]:
        found: dict[int, list[tuple[int, ...]]] = {}
        for row in self.rows:
            found.setdefault(row[0], []).append(row)
        return found

    def within(self, paths: tuple[int, int]) -> list[tuple[int, ...]]:
        """The rows of a half-open range of region codes."""
        low, high = paths
        if high == low + 1:
            return self._by_path.get(low, [])
        return [row for path, rows in self._by_path.items() if low <= path < high for row in rows]


def cells(kind: str, indicators: Sequence[Indicator], window: Window, now: Now | None = None) -> Cells:
    """All monthly cells of some indicators of one kind inside a window, in one pass. now: the moment, if known already."""
    with _rows(kind, window, now) as (cursor, rows):
        found = cursor.execute(f"{rows} SELECT * FROM ({compiler.cells_sql(kind, indicators)})").fetchall()
    codes = tuple(indicator.code for indicator in indicators)
    apart = (indicator.code for indicator in indicators if compiler.needs_count(indicator))
    return Cells(codes, found, {code: column for column, code in enumerate(apart, len(codes) + 2)})


def monthly_values(kind: str, indicators: Sequence[Indicator], window: Window, regions: Sequence[int]) -> Any:
    """The value of each indicator in each region and month of a window, also where nothing happened.

    regions: codes without repetition; each is counted by itself, not with what lies below it. The window's first and
    last day say which months; its paths bound the regions. Returns a pyarrow.Table of path, month (year × 12 + month
    − 1) and one int64 column per indicator, in no order: for whole-nation runs.
    """
    if window.first is None or window.last is None:
        raise ValueError("monthly values need the first and the last day of the months asked for")
    import pyarrow as pa

    first, last = (day.year * 12 + day.month - 1 for day in (window.first, window.last))
    until = Window(paths=window.paths, last=window.last, seq=window.seq)  # stocks look back to the beginning
    flows = _listed('coalesce(cells."{0}", 0)::BIGINT AS "{0}"', indicators, "flow")
    changes = _listed('coalesce(sum("{0}") OVER until_then, 0)::BIGINT AS "{0}"', indicators, "stock")
    stocks = _listed('stocks."{0}"', indicators, "stock")
    with _rows(kind, until) as (cursor, rows):
        cursor.register("places", pa.table({"path": pa.array(regions, pa.int32())}))
        # The window sorts all it is given: only stocks go through it, flows join them afterwards.
        return cursor.execute(f"""{rows}, cells AS MATERIALIZED ({compiler.cells_sql(kind, indicators)}),
            months AS (SELECT unnest(range(least((SELECT min(month) FROM cells), {first}), {last + 1}))::INTEGER AS month),
            stocks AS (
                SELECT path, month{changes} FROM places CROSS JOIN months LEFT JOIN cells USING (path, month)
                WINDOW until_then AS (PARTITION BY path ORDER BY month)
            )
            SELECT path, month{flows}{stocks} FROM stocks LEFT JOIN cells USING (path, month)
            WHERE month >= {first}""").to_arrow_table()


def _listed(text: str, indicators: Sequence[Indicator], nature: str) -> str:
    """``text`` for every indicator of one nature, each with a comma before it."""
    return "".join(", " + text.format(each.code) for each in indicators if each.nature == nature)


def _window(indicator: Indicator, window: Window) -> Window:
    """A stock looks at everything up to the last day, whatever the first."""
    if indicator.nature == "stock":
        return Window(paths=window.paths, last=window.last, seq=window.seq)
    return window


def evidence(indicator: Indicator, window: Window) -> list[Evidence]:
    """The records behind a flow or stock, in record order."""
    with _rows(indicator.of, _window(indicator, window)) as (cursor, rows):
        sql = f"{rows} SELECT record, version, contribution FROM ({compiler.evidence_sql(indicator)}) ORDER BY record"
        return [Evidence(*row) for row in cursor.execute(sql).fetchall()]


def newest_evidence(
    indicator: Indicator, window: Window, *, offset: int = 0, limit: int | None = None
) -> list[Evidence]:
    """The same records, newest event first, and only some of them: what one page of a list shows."""
    with _rows(indicator.of, _window(indicator, window)) as (cursor, rows):
        some = f" LIMIT {int(limit)} OFFSET {int(offset)}" if limit is not None else ""
        sql = f"""{rows} SELECT behind.record, behind.version, behind.contribution
            FROM ({compiler.evidence_sql(indicator)}) AS behind JOIN rows AS happened
              ON happened.record = behind.record AND happened.version = behind.version
            ORDER BY happened.day DESC, behind.record{some}"""
        return [Evidence(*row) for row in cursor.execute(sql).fetchall()]


@dataclass(frozen=True)
class Sealed:
    """The evidence of a value in short: its sum, how many records, and the digest over all of them."""

    total: int
    count: int
    digest: str


_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of nothing


def seal(indicator: Indicator, window: Window) -> Sealed:
    """Sum, count and digest of the evidence, without bringing the records here; equals ``evidence_digest``."""
    with _rows(indicator.of, _window(indicator, window)) as (cursor, rows):
        sql = f"""{rows}, lines AS (
            SELECT contribution, record || ':' || version || ':' || contribution AS line
            FROM ({compiler.evidence_sql(indicator)}))
            SELECT coalesce(sum(contribution), 0)::BIGINT, count(*), sha256(string_agg(line, chr(10) ORDER BY line)) FROM lines"""
        total, count, digest = cursor.execute(sql).fetchall()[0]
    return Sealed(total, count, digest or _EMPTY)
