"""Tails: the events of a kind that were filed or ended since its file, read through Django's connection and remembered."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute
from django.db import connection
from django.db.models import Q

from xingke.indicators.columns import tallies
from xingke.indicators.columns.moment import Moment
from xingke.indicators.columns.tallies import Tally
from xingke.ledger.models import State
from xingke.ledger.tables import Kind

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
    ("organisation", "organisation_id", pa.int64()),
    ("person", "person_id", pa.int64()),
)
LAPSE = "lapses_on"  # the column of the kinds whose subjects end by a term of their own


def schema(kind: Kind) -> pa.Schema:
    """The Arrow schema of a kind's columns; ``record`` and ``subject`` are UUIDs as 32 hex digits."""
    fields = [(name, kind_type) for name, _path, kind_type in _COMMON]
    fields += [(name, pa.string()) for name in kind.asked]
    fields += [(LAPSE, pa.date32())] if kind.is_lasting else []
    return pa.schema(fields + [(name, pa.int64()) for name in kind.measures])


def rows_of(kind: Kind, condition: Q) -> pa.Table:
    """The confirmed event versions of a kind for which something holds, as columns."""
    paths = [path for _name, path, _type in _COMMON] + schema(kind).names[len(_COMMON) :]
    found = kind.event._default_manager.filter(condition, state=State.CONFIRMED).order_by().values_list(*paths)
    target = schema(kind)
    pieces = []
    for piece in batched_rows(found.iterator(chunk_size=20_000)):
        columns: list[Any] = list(zip(*piece, strict=True))
        columns[1] = [key.hex for key in columns[1]]
        columns[3] = [key.hex for key in columns[3]]
        arrays = [pa.array(values, each.type) for values, each in zip(columns, target, strict=True)]
        pieces.append(pa.record_batch(arrays, schema=target))
    return pa.Table.from_batches(pieces, schema=target)


def batched_rows(rows: Iterator[tuple[Any, ...]], size: int = 20_000) -> Iterator[list[tuple[Any, ...]]]:
    """The rows in lists of at most ``size``."""
    while piece := [row for _index, row in zip(range(size), rows, strict=False)]:
        yield piece


@dataclass(frozen=True)
class Tail:
    """What the file does not know yet: rows filed since, and its own rows that have ended since."""

    kind: Kind
    rows: pa.Table
    closed: pa.Table

    @property
    def is_empty(self) -> bool:
        return not len(self)

    def __len__(self) -> int:
        return int(self.rows.num_rows + self.closed.num_rows)

    @cached_property
    def tally(self) -> Tally:
        """Both as arrays to be counted."""
        return tallies.tally(self.kind, self.rows, self.closed)


@dataclass(frozen=True)
class _Remembered:
    """The tail of one kind as this process read it last: of which ledger, since which number, at which number."""

    ledger: str
    since: int
    seq: int
    trail: str
    tail: Tail


_tails: dict[str, _Remembered] = {}


def forget() -> None:
    """Read every tail anew from now on: for whoever does not trust what is remembered."""
    _tails.clear()


def tail(kind: Kind, since: int, moment: Moment) -> Tail:
    """What was filed or ended after ``since``. What was read before is remembered, and only what came since is read.

    Inside a transaction nothing is remembered: it may be rolled back. Nor is what a restored backup does not have.
    """
    if connection.in_atomic_block:
        return _read(kind, since)
    known = _tails.get(kind.code)
    if (
        known is None
        or (known.ledger, known.since) != (moment.ledger, since)
        or known.seq > moment.seq
        or known.trail != moment.trail(known.seq)
    ):
        found = _read(kind, since)
    elif known.seq == moment.seq:
        return known.tail
    else:
        found = _grown(kind, known) if moment.filed[kind.code] > known.seq else known.tail
    _tails[kind.code] = _Remembered(moment.ledger, since, moment.seq, moment.trail(moment.seq), found)
    return found


def _read(kind: Kind, since: int) -> Tail:
    return Tail(kind, rows_of(kind, Q(seq_from__gt=since)), _ended(kind, since, since))


def _ended(kind: Kind, since: int, after: int) -> pa.Table:
    """Rows of the file that is good for ``since`` that ended after a number."""
    return rows_of(kind, Q(seq_from__lte=since, seq_to__gt=after)) if since else schema(kind).empty_table()


def _grown(kind: Kind, known: _Remembered) -> Tail:
    """A remembered tail with what was filed or ended since; its own rows that ended are read again."""
    later = Q(seq_from__gt=known.seq) | Q(seq_to__gt=known.seq)
    fresh = rows_of(kind, Q(seq_from__gt=known.since) & later)
    rows = known.tail.rows
    kept = rows.filter(pa.compute.invert(pa.compute.is_in(rows["id"], fresh["id"])))
    ended = _ended(kind, known.since, known.seq)
    return Tail(kind, pa.concat_tables([kept, fresh]), pa.concat_tables([known.tail.closed, ended]))
