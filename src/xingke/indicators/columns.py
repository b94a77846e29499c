"""Columns: the confirmed events of each kind as Parquet under the data folder, and the tail written since.

The file is written through Django's own connection and carries the ledger's identity, the number it is good for and
the state of the region tree. Rows filed or closed later are fetched through Django's connection, so an action sees
its own uncommitted writes. No other library ever opens the database file. Deleting the folder rebuilds it.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection
from django.db.models import Q

from xingke.accounts.models import Counter
from xingke.accounts.queries import current_seq, ledger_identity, trail_digest
from xingke.ledger.kinds import KINDS, Kind
from xingke.ledger.models import State
from xingke.registry.queries import region_tree_stamp

REBUILD_AT = 4_000  # rows of tail that make a new file worth its seconds
ROW_GROUP = 32_768
_COMMON: tuple[tuple[str, str, pa.DataType], ...] = (  # column, Django path, type
    ("id", "id", pa.int64()),
    ("record", "record", pa.string()),
    ("version", "version", pa.int32()),
    ("subject", "subject", pa.string()),
    ("seq_from", "seq_from", pa.int64()),
    ("seq_to", "seq_to", pa.int64()),
    ("path", "region__path", pa.int32()),
    ("day", "happened_on", pa.date32()),
    ("event", "event", pa.string()),
    ("effect", "effect", pa.int8()),
    ("step", "step", pa.int16()),
)


@dataclass(frozen=True)
class Stamp:
    """What a file was made from. trail: digest of the audit trail at ``seq``, other after a backup was restored."""

    ledger: str
    seq: int
    regions: str
    trail: str = ""


@dataclass(frozen=True)
class Tail:
    """What the file does not know yet: rows filed since, and ids of its rows closed since."""

    rows: pa.Table
    closed: pa.Table

    @property
    def is_empty(self) -> bool:
        return not (self.rows.num_rows or self.closed.num_rows)


@dataclass(frozen=True)
class Source:
    """The columns of one kind: a file (None before the first is worth writing) and the tail that completes it."""

    kind: str
    file: Path | None
    stamp: Stamp
    tail: Tail


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.DATA) / "columns"


def schema(kind: Kind) -> pa.Schema:
    """The Arrow schema of a kind's columns; ``record`` and ``subject`` are UUIDs as 32 hex digits."""
    fields = [(name, kind_type) for name, _path, kind_type in _COMMON]
    fields += [(name, pa.string()) for name in kind.repeated]
    return pa.schema(fields + [(name, pa.int64()) for name in kind.measures])


def _query(kind: Kind, condition: Q) -> Any:
    paths = [path for _name, path, _type in _COMMON] + [*kind.repeated, *kind.measures]
    return kind.event._default_manager.filter(condition, state=State.CONFIRMED).order_by().values_list(*paths)


def _table(kind: Kind, rows: Iterator[tuple[Any, ...]]) -> pa.Table:
    target = schema(kind)
    pieces = []
    for piece in batched_rows(rows):
        columns: list[Any] = list(zip(*piece, strict=True))
        columns[1] = [key.hex for key in columns[1]]
        columns[3] = [key.hex for key in columns[3]]
        pieces.append(
            pa.record_batch(
                [pa.array(values, each.type) for values, each in zip(columns, target, strict=True)], schema=target
            )
        )
    return pa.Table.from_batches(pieces, schema=target)


def batched_rows(rows: Iterator[tuple[Any, ...]], size: int = 20_000) -> Iterator[list[tuple[Any, ...]]]:
    """The rows in lists of at most ``size``."""
    while piece := [row for _index, row in zip(range(size), rows, strict=False)]:
        yield piece


_held: ContextVar[dict[str, Source] | None] = ContextVar("held", default=None)


@contextmanager
def held() -> Iterator[None]:
    """Look at each kind only once inside: for the many questions of a document, which file nothing in between."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def source(kind_code: str, stamp: "Now | None" = None) -> Source:
    """The columns of a kind as of now, rebuilt first where the tail has grown long.

    stamp: the moment, where it has been asked for already. Inside a transaction nothing is rebuilt: a file must hold
    committed rows only.
    """
    known = _held.get()
    if known is None:
        return _source(kind_code, stamp)
    if kind_code not in known:
        known[kind_code] = _source(kind_code, stamp)
    return known[kind_code]


def _source(kind_code: str, stamp: "Now | None") -> Source:
    kind = KINDS[kind_code]
    stamp = stamp or Now()
    file, made = _newest_file(kind, stamp)
    tail = _tail(kind, made.seq if made else 0, stamp)
    if tail.rows.num_rows + tail.closed.num_rows >= REBUILD_AT and not connection.in_atomic_block:
        file = rebuild(kind_code) if file is None else _completed(kind, file, tail, stamp.seq)
        stamp = Now()
        file, made = _newest_file(kind, stamp)
        tail = _tail(kind, made.seq if made else 0, stamp)
    return Source(kind_code, file, made or Stamp(stamp.ledger, 0, stamp.regions), tail)


class Now:
    """The ledger and the region tree at one moment; asked before everything else, so in one query each.

    One answers for all kinds a page counts.
    """

    def __init__(self) -> None:
        identity, self.seq = Counter.objects.filter(name=Counter.LEDGER).values_list("ledger", "value").first() or (
            "",
            0,
        )
        self.ledger, self.regions = str(identity), region_tree_stamp()
        self._trails: dict[int, str] = {}

    def trail(self, seq: int) -> str:
        """The digest of the audit trail at a number. One query for each number."""
        if seq not in self._trails:
            self._trails[seq] = trail_digest(seq)
        return self._trails[seq]


def rebuild(kind_code: str) -> Path:
    """Write a kind's file anew and drop all but the last two. Returns the new file.

    Raises RuntimeError inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("columns are written outside transactions: a file must hold committed rows only")
    kind = KINDS[kind_code]
    seq = current_seq()
    stamp = Stamp(ledger_identity(), seq, region_tree_stamp(), trail_digest(seq))
    rows = _query(kind, Q(seq_from__lte=stamp.seq)).iterator(chunk_size=20_000)
    return write_file(kind_code, _in_force_at(stamp.seq, _table(kind, rows)), stamp)


def _completed(kind: Kind, file: Path, tail: Tail, seq: int) -> Path:
    """A file and its tail, read at ``seq``, as one new file: a tenth of the time that asking the database anew takes."""
    known = pq.read_table(file).replace_schema_metadata(None)
    closed = tail.closed["seq_to"].take(pa.compute.index_in(known["id"], tail.closed["id"]))
    known = _with_seq_to(known, pa.compute.coalesce(closed, known["seq_to"]))
    together = pa.concat_tables([known, tail.rows])
    together = together.filter(pa.compute.less_equal(together["seq_from"], seq))
    stamp = Stamp(ledger_identity(), seq, region_tree_stamp(), trail_digest(seq))
    return write_file(kind.code, _in_force_at(seq, together), stamp)


def _in_force_at(seq: int, table: pa.Table) -> pa.Table:
    """The same rows, those open again that were closed while they were being read."""
    if not table.num_rows:
        return table
    later = pa.compute.fill_null(pa.compute.greater(table["seq_to"], seq), False)
    return _with_seq_to(table, pa.compute.if_else(later, None, table["seq_to"]))


def _with_seq_to(table: pa.Table, values: Any) -> pa.Table:
    return table.set_column(table.schema.get_field_index("seq_to"), "seq_to", values)


def write_file(kind_code: str, table: pa.Table, stamp: Stamp) -> Path:
    """Keep a kind's rows as of ``stamp`` and drop all its other files but the one before. Returns the new file."""
    table = table.sort_by([("path", "ascending"), ("day", "ascending"), ("record", "ascending")])
    meta = {"ledger": stamp.ledger, "seq": str(stamp.seq), "regions": stamp.regions, "trail": stamp.trail}
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{kind_code}.{stamp.seq:012}.parquet"
    unfinished = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    pq.write_table(
        table.replace_schema_metadata(meta), unfinished, compression="zstd", row_group_size=ROW_GROUP,
        use_dictionary=["event", *KINDS[kind_code].repeated],
    )  # fmt: skip
    unfinished.replace(path)
    others = sorted(each for each in folder().glob(f"{kind_code}.*.parquet") if each != path)
    kept = max((each for each in others if each < path), default=None)  # somebody may be reading it
    for old in others:
        if old != kept:
            old.unlink(missing_ok=True)
    return path


def _newest_file(kind: Kind, now: Now) -> tuple[Path | None, Stamp | None]:
    """The newest file that belongs to this ledger and region tree and is not ahead of it."""
    for path in sorted(folder().glob(f"{kind.code}.*.parquet"), reverse=True):
        made = _read_stamp(path, path.stat().st_mtime_ns)
        is_ours = made.ledger == now.ledger and made.regions == now.regions and made.seq <= now.seq
        if is_ours and made.trail == now.trail(made.seq):
            return path, made
    return None, None


@cache
def _read_stamp(path: Path, _written: int) -> Stamp:
    meta = pq.read_schema(path).metadata or {}
    return Stamp(
        meta[b"ledger"].decode(), int(meta[b"seq"]), meta[b"regions"].decode(), meta.get(b"trail", b"").decode()
    )


@dataclass(frozen=True)
class _Remembered:
    """The tail of one kind as this process read it last: of which ledger, from which number, at which number."""

    ledger: str
    since: int
    seq: int
    trail: str
    tail: Tail


_tails: dict[str, _Remembered] = {}


def _tail(kind: Kind, since: int, now: Now) -> Tail:
    """Rows and closings after ``since``. What was read before is remembered, and only what came since then is read.

    Inside a transaction nothing is remembered: it may be rolled back. Nor is what a restored backup does not have.
    """
    if connection.in_atomic_block:
        return _read_tail(kind, since)
    known = _tails.get(kind.code)
    if known is None or (known.ledger, known.since) != (now.ledger, since) or known.seq > now.seq:
        known = None
    elif known.seq == now.seq:
        return known.tail
    elif known.trail != now.trail(known.seq):
        known = None
    tail = _grown(kind, known) if known else _read_tail(kind, since)
    _tails[kind.code] = _Remembered(now.ledger, since, now.seq, now.trail(now.seq), tail)
    return tail


def _read_tail(kind: Kind, since: int) -> Tail:
    rows = _table(kind, _query(kind, Q(seq_from__gt=since)).iterator(chunk_size=20_000))
    return Tail(rows, _closed_table(_closings(kind, since, since) if since else []))


def _closings(kind: Kind, since: int, after: int) -> list[tuple[int, int]]:
    """Rows of the file that is good for ``since``, closed after a number: their ids and when."""
    return list(_query(kind, Q(seq_from__lte=since, seq_to__gt=after)).values_list("id", "seq_to"))


def _grown(kind: Kind, known: _Remembered) -> Tail:
    """A remembered tail with what was filed or closed since; its own rows that were closed are read again."""
    later = Q(seq_from__gt=known.seq) | Q(seq_to__gt=known.seq)
    fresh = _table(kind, _query(kind, Q(seq_from__gt=known.since) & later).iterator(chunk_size=20_000))
    rows = known.tail.rows
    kept = rows.filter(pa.compute.invert(pa.compute.is_in(rows["id"], fresh["id"])))
    closed = _closed_table(_closings(kind, known.since, known.seq) if known.since else [])
    return Tail(pa.concat_tables([kept, fresh]), pa.concat_tables([known.tail.closed, closed]))


def _closed_table(closed: list[tuple[int, int]]) -> pa.Table:
    target = pa.schema([("id", pa.int64()), ("seq_to", pa.int64())])
    if not closed:  # pyarrow loads pandas, a second's work, for its first array: not for nothing
        return target.empty_table()
    return pa.table([pa.array(values, pa.int64()) for values in zip(*closed, strict=True)], schema=target)
