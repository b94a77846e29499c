"""Columns: the confirmed events of each kind as Parquet under the data folder, and the tail written since.

The file is written through Django's own connection and carries the ledger's identity, the number it is good for and
the state of the region tree. Rows filed or closed later are fetched through Django's connection, so an action sees
its own uncommitted writes. No other library ever opens the database file. Deleting the folder rebuilds it.
"""

import os
import threading
from collections.abc import Iterator
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

from xingke.accounts.queries import current_seq, ledger_identity
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
    """What a file was made from."""

    ledger: str
    seq: int
    regions: str


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


def source(kind_code: str) -> Source:
    """The columns of a kind as of now, rebuilt first where the tail has grown long.

    Inside a transaction nothing is rebuilt: a file must hold committed rows only.
    """
    kind = KINDS[kind_code]
    stamp = Stamp(ledger_identity(), current_seq(), region_tree_stamp())
    file, made = _newest_file(kind, stamp)
    tail = _tail(kind, made.seq if made else 0, stamp)
    if tail.rows.num_rows + tail.closed.num_rows >= REBUILD_AT and not connection.in_atomic_block:
        file = rebuild(kind_code)
        stamp = Stamp(ledger_identity(), current_seq(), region_tree_stamp())
        file, made = _newest_file(kind, stamp)
        tail = _tail(kind, made.seq if made else 0, stamp)
    return Source(kind_code, file, made or Stamp(stamp.ledger, 0, stamp.regions), tail)


def rebuild(kind_code: str) -> Path:
    """Write a kind's file anew and drop all but the last two. Returns the new file.

    Raises RuntimeError inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("columns are written outside transactions: a file must hold committed rows only")
    kind = KINDS[kind_code]
    stamp = Stamp(ledger_identity(), current_seq(), region_tree_stamp())
    rows = _query(kind, Q(seq_from__lte=stamp.seq)).iterator(chunk_size=20_000)
    table = _table(kind, rows)
    if table.num_rows:
        later = pa.compute.greater(table["seq_to"], stamp.seq)  # closed while this file is being read
        open_again = pa.compute.if_else(pa.compute.fill_null(later, False), None, table["seq_to"])
        table = table.set_column(table.schema.get_field_index("seq_to"), "seq_to", open_again)
        table = table.sort_by([("path", "ascending"), ("day", "ascending"), ("record", "ascending")])
    meta = {"ledger": stamp.ledger, "seq": str(stamp.seq), "regions": stamp.regions}
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{kind_code}.{stamp.seq:012}.parquet"
    unfinished = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    pq.write_table(
        table.replace_schema_metadata(meta), unfinished, compression="zstd", row_group_size=ROW_GROUP,
        use_dictionary=["event", *kind.repeated],
    )  # fmt: skip
    unfinished.replace(path)
    for old in sorted(folder().glob(f"{kind_code}.*.parquet"))[:-2]:
        old.unlink(missing_ok=True)
    return path


def _newest_file(kind: Kind, now: Stamp) -> tuple[Path | None, Stamp | None]:
    """The newest file that belongs to this ledger and region tree and is not ahead of it."""
    for path in sorted(folder().glob(f"{kind.code}.*.parquet"), reverse=True):
        made = _read_stamp(path, path.stat().st_mtime_ns)
        if made.ledger == now.ledger and made.regions == now.regions and made.seq <= now.seq:
            return path, made
    return None, None


@cache
def _read_stamp(path: Path, _written: int) -> Stamp:
    meta = pq.read_schema(path).metadata or {}
    return Stamp(meta[b"ledger"].decode(), int(meta[b"seq"]), meta[b"regions"].decode())


_tails: dict[str, tuple[tuple[str, int, int], Tail]] = {}


def _tail(kind: Kind, since: int, now: Stamp) -> Tail:
    """Rows and closings after ``since``; remembered per ledger number, except inside a transaction."""
    identity = (now.ledger, since, now.seq)
    if not connection.in_atomic_block and (known := _tails.get(kind.code)) and known[0] == identity:
        return known[1]
    rows = _table(kind, _query(kind, Q(seq_from__gt=since)).iterator(chunk_size=20_000))
    closed = _query(kind, Q(seq_from__lte=since, seq_to__gt=since)).values_list("id", "seq_to") if since else []
    tail = Tail(
        rows,
        pa.table(
            {
                "id": pa.array([row[0] for row in closed], pa.int64()),
                "seq_to": pa.array([row[1] for row in closed], pa.int64()),
            }
        ),
    )
    if not connection.in_atomic_block:
        _tails[kind.code] = (identity, tail)
    return tail
