"""The engine: the records behind values, by compiled definitions over columns and tail, run by DuckDB in memory."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from xingke.indicators import compiler
from xingke.indicators.columns import Source, source, without_file
from xingke.indicators.intact import is_intact
from xingke.indicators.moment import Moment
from xingke.indicators.rules import Evidence, Indicator
from xingke.ledger.tables import TABLES

if TYPE_CHECKING:
    import duckdb

# Raise it when the same evidence is worked out, rounded, approximated or worded otherwise, or is held against other
# siblings or years: figures that were frozen before are then told from records that changed. 0 was before it had a number.
RULES = 1

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


def _answer(
    kind: str, window: Window, statement: Callable[[str], str], moment: Moment | None = None
) -> list[tuple[Any, ...]]:
    """What a statement answers. statement: made from the ``WITH rows AS (…)`` that every compiled one reads.

    A column file that goes away or is cut while it is being read costs time, never the answer.
    """
    import duckdb

    columns = source(kind, moment)
    try:
        return _run(columns, window, statement)
    except duckdb.Error:
        if columns.file is None or is_intact(columns.file):
            raise
    return _run(without_file(kind), window, statement)


def _run(columns: Source, window: Window, statement: Callable[[str], str]) -> list[tuple[Any, ...]]:
    cursor = _connection()
    try:
        return cursor.execute(statement(_with_rows(cursor, columns, window))).fetchall()
    finally:
        cursor.close()


def _with_rows(cursor: "duckdb.DuckDBPyConnection", columns: Source, window: Window) -> str:
    kind = TABLES[columns.kind]
    names = ", ".join(("record", "version", "subject", "path", "event", "step", *kind.asked, *kind.measures))
    in_force = (
        "seq_to IS NULL"
        if window.seq is None
        else f"seq_from <= {int(window.seq)} AND (seq_to IS NULL OR seq_to > {int(window.seq)})"
    )
    parts: list[str] = []

    def take(rows: str, but: str = "") -> None:
        """The rows of a table; those whose subject ends by its term in the window once more, as that."""
        happened = (
            f"SELECT {names}, day, effect, FALSE AS lapsed FROM {rows} WHERE {_inside(window)} AND {in_force}{but}"
        )
        parts.append(happened)
        if kind.is_lasting:
            parts.append(
                f"SELECT {names}, lapses_on AS day, (-1)::TINYINT AS effect, TRUE AS lapsed FROM {rows} "
                f"WHERE {_inside(window, 'lapses_on')} AND {in_force}{but} AND lapses_on IS NOT NULL"
            )

    needs_tail = window.seq is None or window.seq > columns.stamp.seq
    if columns.file is not None:
        but = ""
        if needs_tail and columns.tail.closed.num_rows:
            cursor.register("closed_since", columns.tail.closed)
            until = "" if window.seq is None else f" WHERE seq_to <= {int(window.seq)}"
            but = f" AND id NOT IN (SELECT id FROM closed_since{until})"
        take(f"read_parquet('{_quoted(str(columns.file))}')", but)
    if columns.file is None or (needs_tail and columns.tail.rows.num_rows):
        cursor.register("tail_rows", columns.tail.rows)
        take("tail_rows")
    return f"WITH rows AS ({' UNION ALL '.join(parts)}) "


def _inside(window: Window, day: str = "day") -> str:
    """The condition for the places and days of a window."""
    low, high = (int(each) for each in window.paths)
    inside = [f"path >= {low} AND path < {high}"]
    if window.first:
        inside.append(f"{day} >= DATE '{window.first.isoformat()}'")
    if window.last:
        inside.append(f"{day} <= DATE '{window.last.isoformat()}'")
    return " AND ".join(inside)


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _window(indicator: Indicator, window: Window) -> Window:
    """A stock looks at everything up to the last day, whatever the first."""
    if indicator.nature == "stock":
        return Window(paths=window.paths, last=window.last, seq=window.seq)
    return window


def evidence(indicator: Indicator, window: Window) -> list[Evidence]:
    """The records behind a flow or stock, in record order."""
    behind = f"SELECT record, version, contribution FROM ({compiler.evidence_sql(indicator)}) ORDER BY record"
    found = _answer(indicator.of, _window(indicator, window), lambda rows: f"{rows} {behind}")
    return [Evidence(*row) for row in found]


def newest_evidence(
    indicator: Indicator, window: Window, *, offset: int = 0, limit: int | None = None
) -> list[Evidence]:
    """The same records, newest event first, and only some of them: what one page of a list shows."""
    some = f" LIMIT {int(limit)} OFFSET {int(offset)}" if limit is not None else ""
    newest = f"""SELECT behind.record, behind.version, behind.contribution
        FROM ({compiler.evidence_sql(indicator)}) AS behind JOIN rows AS happened
          ON happened.record = behind.record AND happened.version = behind.version AND NOT happened.lapsed
        ORDER BY happened.day DESC, behind.record{some}"""
    found = _answer(indicator.of, _window(indicator, window), lambda rows: f"{rows} {newest}")
    return [Evidence(*row) for row in found]


@dataclass(frozen=True)
class Sealed:
    """The evidence of a value in short: its sum, how many records, and the digest over all of them."""

    total: int
    count: int
    digest: str


_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of nothing


def seal(indicator: Indicator, window: Window) -> Sealed:
    """Sum, count and digest of the evidence, without bringing the records here; equals ``evidence_digest``."""
    return seals(indicator.of, [(indicator, window)])[0]


def seals(kind: str, asked: Sequence[tuple[Indicator, Window]], moment: Moment | None = None) -> list[Sealed]:
    """The same of many values of one kind, read at one number, in one pass: the rows are fetched once for all."""
    windows = [_window(indicator, window) for indicator, window in asked]
    days = [window.last for window in windows]
    widest = Window(
        paths=(min(window.paths[0] for window in windows), max(window.paths[1] for window in windows)),
        last=None if None in days else max(day for day in days if day),
        seq=windows[0].seq,
    )
    each = [
        f"""SELECT {place} AS place, * FROM (
            WITH rows AS (SELECT * FROM fetched WHERE {_inside(window)}), lines AS (
                SELECT contribution, record || ':' || version || ':' || contribution AS line
                FROM ({compiler.evidence_sql(indicator)}))
            SELECT coalesce(sum(contribution), 0)::BIGINT, count(*), sha256(string_agg(line, chr(10) ORDER BY line)) FROM lines)"""
        for place, ((indicator, _asked), window) in enumerate(zip(asked, windows, strict=True))
    ]
    all_of_them = f", fetched AS MATERIALIZED (SELECT * FROM rows) {' UNION ALL '.join(each)} ORDER BY place"
    found = _answer(kind, widest, lambda rows: f"{rows}{all_of_them}", moment)
    return [Sealed(total, count, digest or _EMPTY) for _place, total, count, digest in found]
