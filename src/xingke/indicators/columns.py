"""Columns: the confirmed events of each kind as Parquet under the data folder, with their tally and the tail since.

The file is written through Django's own connection and carries the ledger's identity, the number it is good for and
the state of the region tree. Rows filed or closed later are fetched through Django's connection, so an action sees
its own uncommitted writes. No other library ever opens the database file. Deleting the folder rebuilds it.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection
from django.db.models import Q

from xingke.accounts.queries import current_seq, ledger_identity, trail_digest
from xingke.indicators import tallies
from xingke.indicators.moment import Moment
from xingke.indicators.tails import Tail, rows_of, schema, tail
from xingke.indicators.tallies import Tally
from xingke.ledger.kinds import KINDS, Kind
from xingke.registry.queries import region_tree_stamp

REBUILD_AT = 4_000  # rows of tail that make a new file worth its seconds
ROW_GROUP = 32_768
TALLY = ".tally"  # how the name of a tally ends


@dataclass(frozen=True)
class Stamp:
    """What a file was made from. trail: digest of the audit trail at ``seq``, other after a backup was restored."""

    ledger: str
    seq: int
    regions: str
    trail: str = ""

    def words(self) -> dict[str, str]:
        """As it stands in a file."""
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Source:
    """The columns of one kind: a file (None before the first is worth writing) and the tail that completes it."""

    kind: str
    file: Path | None
    stamp: Stamp
    tail: Tail

    @property
    def tallies(self) -> Sequence[Tally]:
        """What there is to be counted, of the file and of the tail."""
        of_tail = [] if self.tail.is_empty else [self.tail.tally]
        return of_tail if self.file is None else [_tally(self.file, self.stamp), *of_tail]


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.DATA) / "columns"


_held: ContextVar[dict[str, Source] | None] = ContextVar("held", default=None)


@contextmanager
def held() -> Iterator[None]:
    """Look at each kind only once inside: for the many questions of a document, which file nothing in between."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def source(kind_code: str, moment: Moment | None = None) -> Source:
    """The columns of a kind as of now, rebuilt first where the tail has grown long.

    moment: where it has been asked for already. Inside a transaction nothing is rebuilt: a file must hold
    committed rows only.
    """
    known = _held.get()
    if known is None:
        return _source(kind_code, moment)
    if kind_code not in known:
        known[kind_code] = _source(kind_code, moment)
    return known[kind_code]


def _source(kind_code: str, moment: Moment | None) -> Source:
    kind, moment = KINDS[kind_code], moment or Moment()
    file, made = _newest_file(kind, moment)
    since = tail(kind, made.seq if made else 0, moment)
    if len(since) >= REBUILD_AT and not connection.in_atomic_block:
        file = rebuild(kind_code) if file is None else _completed(kind, file, since, moment.seq)
        moment = Moment()
        file, made = _newest_file(kind, moment)
        since = tail(kind, made.seq if made else 0, moment)
    return Source(kind_code, file, made or Stamp(moment.ledger, 0, moment.regions), since)


def rebuild(kind_code: str) -> Path:
    """Write a kind's file anew and drop all but the last two. Returns the new file.

    Raises RuntimeError inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("columns are written outside transactions: a file must hold committed rows only")
    kind = KINDS[kind_code]
    seq = current_seq()
    stamp = Stamp(ledger_identity(), seq, region_tree_stamp(), trail_digest(seq))
    return write_file(kind_code, _in_force_at(stamp.seq, rows_of(kind, Q(seq_from__lte=stamp.seq))), stamp)


def _completed(kind: Kind, file: Path, since: Tail, seq: int) -> Path:
    """A file and its tail, read at ``seq``, as one new file: a tenth of the time that asking the database anew takes."""
    known = pq.read_table(file).replace_schema_metadata(None)
    closed = since.closed["seq_to"].take(pa.compute.index_in(known["id"], since.closed["id"]))
    known = _with_seq_to(known, pa.compute.coalesce(closed, known["seq_to"]))
    together = pa.concat_tables([known, since.rows])
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
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{kind_code}.{stamp.seq:012}.parquet"
    _write_tally(path, stamp, table)
    with _replacing(path) as unfinished:
        pq.write_table(
            table.replace_schema_metadata(stamp.words()), unfinished, compression="zstd", row_group_size=ROW_GROUP,
            use_dictionary=["event", *KINDS[kind_code].asked],
        )  # fmt: skip
    others = sorted(each for each in folder().glob(f"{kind_code}.*.parquet") if each != path)
    kept = max((each for each in others if each < path), default=None)  # somebody may be reading it
    for old in others:
        if old != kept:
            old.unlink(missing_ok=True)
            old.with_suffix(TALLY).unlink(missing_ok=True)
    return path


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A name to write to; the file takes its place when it is whole."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    yield unfinished
    unfinished.replace(path)


def _write_tally(path: Path, stamp: Stamp, table: pa.Table) -> None:
    """Keep the tally of a column file beside it."""
    with _replacing(path.with_suffix(TALLY)) as unfinished:
        tallies.write(unfinished, tallies.tally(KINDS[path.name.partition(".")[0]], table), stamp.words())
    _tally.cache_clear()


@lru_cache(maxsize=32)
def _tally(path: Path, stamp: Stamp) -> Tally:
    """The tally of a column file; made first where there is none, or one of another file."""
    kept, words = path.with_suffix(TALLY), stamp.words()
    found = tallies.read(kept, words)
    if found is None:
        _write_tally(path, stamp, pq.read_table(path))
        found = tallies.read(kept, words)
    assert found is not None  # just written
    return found


def _newest_file(kind: Kind, moment: Moment) -> tuple[Path | None, Stamp | None]:
    """The newest file that belongs to this ledger and region tree, has every column and is not ahead of it."""
    for path in sorted(folder().glob(f"{kind.code}.*.parquet"), reverse=True):
        made, names = _read_stamp(path, path.stat().st_mtime_ns)
        if names != tuple(schema(kind).names):  # of a program that knew other columns
            continue
        is_ours = made.ledger == moment.ledger and made.regions == moment.regions and made.seq <= moment.seq
        if is_ours and made.trail == moment.trail(made.seq):
            return path, made
    return None, None


@cache
def _read_stamp(path: Path, _written: int) -> tuple[Stamp, tuple[str, ...]]:
    """What a file was made from, and its columns."""
    found = pq.read_schema(path)
    meta = found.metadata or {}
    stamp = Stamp(
        meta[b"ledger"].decode(), int(meta[b"seq"]), meta[b"regions"].decode(), meta.get(b"trail", b"").decode()
    )
    return stamp, tuple(found.names)
