"""The engine: the records behind values, by the templates of ``evidence_sql`` over columns and tail, run by DuckDB in memory."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xingke.indicators.columns import ColumnSource, evidence_sql, source, without_file
from xingke.indicators.columns.evidence_sql import Window
from xingke.indicators.columns.intact import is_intact
from xingke.indicators.columns.moment import Moment
from xingke.indicators.rules import EvidenceRow, Indicator
from xingke.ledger.kinds import KINDS
from xingke.registry.queries.people import merged_into

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


def _answer(kind: str, window: Window, statement: str, moment: Moment | None = None) -> list[tuple[Any, ...]]:
    """What a statement answers. statement: what follows on the ``WITH rows AS (…)`` that it reads.

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


def _run(columns: ColumnSource, window: Window, statement: str) -> list[tuple[Any, ...]]:
    cursor = _connection()
    try:
        return cursor.execute(f"{_with_rows(cursor, columns, window)} {statement}").fetchall()
    finally:
        cursor.close()


def _with_rows(cursor: "duckdb.DuckDBPyConnection", columns: ColumnSource, window: Window) -> str:
    """The rows of the file that still stand, and those of the tail."""
    parts: list[str] = []
    merged = merged_into(window.seq) if KINDS[columns.kind].names_persons else {}
    needs_tail = window.seq is None or window.seq > columns.stamp.seq
    if columns.file is not None:
        but = ""
        if needs_tail and columns.tail.closed.num_rows:
            but = "closed_since"
            cursor.register(but, columns.tail.closed)
        parts += evidence_sql.rows_of(columns.kind, evidence_sql.file(columns.file), window, but=but, merged=merged)
    if columns.file is None or (needs_tail and columns.tail.rows.num_rows):
        cursor.register("tail_rows", columns.tail.rows)
        parts += evidence_sql.rows_of(columns.kind, "tail_rows", window, merged=merged)
    return f"WITH rows AS ({' UNION ALL '.join(parts)})"


def _window(indicator: Indicator, window: Window) -> Window:
    """A stock looks at everything up to the last day, whatever the first."""
    if indicator.nature == "stock":
        return Window(paths=window.paths, last=window.last, seq=window.seq)
    return window


def evidence(indicator: Indicator, window: Window) -> list[EvidenceRow]:
    """The records behind a flow or stock, in record order."""
    found = _answer(indicator.of, _window(indicator, window), evidence_sql.in_order(indicator))
    return [EvidenceRow(*row) for row in found]


def newest_evidence(
    indicator: Indicator, window: Window, *, offset: int = 0, limit: int | None = None
) -> list[EvidenceRow]:
    """The same records, newest event first, and only some of them: what one page of a list shows."""
    newest = evidence_sql.newest(indicator, offset=offset, limit=limit)
    return [EvidenceRow(*row) for row in _answer(indicator.of, _window(indicator, window), newest)]


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
    each = (
        evidence_sql.seal(place, indicator, window)
        for place, ((indicator, _asked), window) in enumerate(zip(asked, windows, strict=True))
    )
    all_of_them = f", fetched AS MATERIALIZED (SELECT * FROM rows) {' UNION ALL '.join(each)} ORDER BY place"
    found = _answer(kind, widest, all_of_them, moment)
    return [Sealed(total, count, digest or _EMPTY) for _place, total, count, digest in found]
