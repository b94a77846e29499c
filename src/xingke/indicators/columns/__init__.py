"""Columns: the confirmed events of each kind as Parquet under the data folder, with their tally and the tail since.

The file is written through Django's own connection and carries the ledger's identity, the number it is good for and
the state of the region tree; its name carries the checksum of what it holds (see ``intact``). Rows filed or closed later
are fetched through Django's connection, so an action sees its own uncommitted writes. No other library ever opens the
database file. A file that is damaged, foreign or gone is made anew; where none can be written, the rows answer from memory.
"""

import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection
from django.db.models import Q

import xingke.ledger
from xingke.accounts.queries import current_seq, ledger_identity, trail_digest
from xingke.base import files
from xingke.indicators.columns import intact, tails, tallies
from xingke.indicators.columns.intact import FileIdentity
from xingke.indicators.columns.moment import Moment
from xingke.indicators.columns.tails import Tail, rows_of, schema, tail
from xingke.indicators.columns.tallies import Tally
from xingke.ledger.tables import TABLES, Kind
from xingke.registry.queries import region_tree_stamp

REBUILD_AT = 4_000  # rows of tail that make a new file worth its seconds
ROW_GROUP = 32_768
FORM = 3  # raise when the same records make other columns
COLUMNS, TALLY = ".parquet", ".tally"  # how the names of files end
AGAIN = 60.0  # seconds after which writing is tried again where it failed
LEFTOVER = 3_600  # seconds after which a file that was never finished is somebody's who ended
log = logging.getLogger("xingke.columns")
_NAME = re.compile(r"(?P<kind>[a-z_]+)\.(?P<seq>[0-9]{12})\.[0-9a-f]{32}\.parquet")


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
class ColumnSource:
    """The columns of one kind: a file (None before the first is worth writing) and the tail that completes it."""

    kind: str
    file: Path | None
    stamp: Stamp
    tail: Tail

    @property
    def tallies(self) -> Sequence[Tally]:
        """What there is to be counted, of the file and of the tail."""
        of_tail = [] if self.tail.is_empty else [self.tail.tally]
        return of_tail if self.file is None else [_tally_of(self.file, self.stamp), *of_tail]


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.DATA) / "columns"


_held: ContextVar[dict[str, ColumnSource] | None] = ContextVar("held", default=None)


@contextmanager
def held() -> Iterator[None]:
    """Look at each kind only once inside: for the many questions of a document, which file nothing in between."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def source(kind_code: str, moment: Moment | None = None) -> ColumnSource:
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


def _source(kind_code: str, moment: Moment | None) -> ColumnSource:
    kind, moment = TABLES[kind_code], moment or Moment()
    file, made = _newest_file(kind, moment)
    since = tail(kind, made.seq if made else 0, moment)
    if len(since) >= REBUILD_AT and _may_be_written(kind) and _is_written(kind, file, since, moment.seq):
        moment = Moment()
        file, made = _newest_file(kind, moment)
        since = tail(kind, made.seq if made else 0, moment)
    return ColumnSource(kind_code, file, made or Stamp(moment.ledger, 0, moment.regions), since)


def without_file(kind_code: str) -> ColumnSource:
    """The same from the database alone, where a file went away while it was being read; it also counts for ``held``."""
    moment = Moment()
    found = ColumnSource(kind_code, None, Stamp(moment.ledger, 0, moment.regions), tail(TABLES[kind_code], 0, moment))
    known = _held.get()
    if known is not None:
        known[kind_code] = found
    return found


def renew(kinds: Sequence[str]) -> None:
    """Forget what is known of some kinds and read them from the database again, where a value and its evidence disagree."""
    tails.forget()
    for kind in kinds:
        for path in (*folder().glob(f"{kind}.*{COLUMNS}"), *folder().glob(f"{kind}.*{TALLY}")):
            intact.throw_away(path, "does not agree with the records behind it")
        _source(kind, None)


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_failed: dict[str, float] = {}  # when a kind's file could not be written, by the clock that is never set


def _may_be_written(kind: Kind) -> bool:
    """Not inside a transaction, as a file must hold committed rows only; nor right after it failed."""
    return not connection.in_atomic_block and not _failed_lately(kind)


def _failed_lately(kind: Kind) -> bool:
    last = _failed.get(kind.code)
    return last is not None and time.monotonic() - last <= AGAIN


def _not_written(kind: Kind, error: Exception) -> None:
    _failed[kind.code] = time.monotonic()
    log.warning("columns of %s cannot be written: %s", kind.code, error, extra={"event": "columns-not-written"})


def _is_written(kind: Kind, file: Path | None, since: Tail, seq: int) -> bool:
    """Write a new file, if it can be; if not, the rows go on answering from memory."""
    try:
        if file is None:
            rebuild(kind.code)
        else:
            _complete(kind, file, since, seq)
    except (OSError, pa.ArrowException) as error:
        _not_written(kind, error)
        return False
    _failed.pop(kind.code, None)
    return True


def rebuild(kind_code: str) -> Path:
    """Write a kind's file anew and drop all but the last two. Returns the new file.

    Raises RuntimeError inside a transaction, OSError where nothing can be written.
    """
    if connection.in_atomic_block:
        raise RuntimeError("columns are written outside transactions: a file must hold committed rows only")
    kind, stamp = TABLES[kind_code], stamp_now()
    return write_file(kind_code, rows_at(kind, stamp.seq), stamp)


def stamp_now() -> Stamp:
    """What a file would be made from now."""
    seq = current_seq()
    return Stamp(ledger_identity(), seq, region_tree_stamp(), trail_digest(seq))


def rows_at(kind: Kind, seq: int) -> pa.Table:
    """All rows of a kind as they stood at a number, from the database."""
    return _in_force_at(seq, rows_of(kind, Q(seq_from__lte=seq)))


def _complete(kind: Kind, file: Path, since: Tail, seq: int) -> None:
    """A file and its tail, read at ``seq``, as one new file: a tenth of the time that asking the database anew takes."""
    known = pq.read_table(file).replace_schema_metadata(None)
    closed = since.closed["seq_to"].take(pa.compute.index_in(known["id"], since.closed["id"]))
    known = _with_seq_to(known, pa.compute.coalesce(closed, known["seq_to"]))
    together = pa.concat_tables([known, since.rows])
    together = together.filter(pa.compute.less_equal(together["seq_from"], seq))
    stamp = Stamp(ledger_identity(), seq, region_tree_stamp(), trail_digest(seq))
    write_file(kind.code, _in_force_at(seq, together), stamp)


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
    words = _words(kind_code, stamp)
    with intact.keeping(folder(), f"{kind_code}.{stamp.seq:012}", COLUMNS) as kept:
        pq.write_table(
            table.replace_schema_metadata(words),
            kept.part,
            compression="zstd",
            row_group_size=ROW_GROUP,
            use_dictionary=["event", *TABLES[kind_code].asked],
        )
    _write_tally(kept.path, tallies.tally(TABLES[kind_code], table), words)
    _tidy_up(kind_code, kept.path)
    return kept.path


def _tidy_up(kind_code: str, newest: Path) -> None:
    """Remove a kind's files but a new one and the one before it, which somebody may be reading; and what was never finished."""
    before = max((each for each in folder().glob(f"{kind_code}.*{COLUMNS}") if each < newest), default=newest)
    standing = (f"{newest.stem}.", f"{before.stem}.")
    codes = (kind_code, *TABLES[kind_code].names.formerly)
    for old in (found for code in codes for end in (COLUMNS, TALLY) for found in folder().glob(f"{code}.*{end}")):
        if not old.name.startswith(standing):
            with suppress(OSError):
                old.unlink()
    for part in folder().glob(f"*{files.PART}"):
        with suppress(OSError):
            if abs(time.time() - part.stat().st_mtime) > LEFTOVER:
                part.unlink()


# ── tallies ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _write_tally(path: Path, made: Tally, words: dict[str, str]) -> None:
    """Keep the tally of a column file beside it."""
    with intact.keeping(folder(), path.stem, TALLY) as kept:
        tallies.write(kept.part, made, words)


def _tally_of(path: Path, stamp: Stamp) -> Tally:
    """The tally of a column file: as it was kept, else made from the file, else from the database."""
    words = _words(path.name.partition(".")[0], stamp)
    for kept in intact.found(folder(), path.stem, TALLY):
        known = _identity(kept)
        found = _mapped(kept, known, tuple(words.items())) if known else None
        if found is not None:
            return found
        intact.throw_away(kept, intact.FOREIGN)
    return _tally_anew(path, stamp)


@lru_cache(maxsize=32)
def _mapped(kept: Path, _known: FileIdentity, words: tuple[tuple[str, str], ...]) -> Tally | None:
    return tallies.read(kept, dict(words))


_unkept: dict[str, tuple[Path, Stamp, Tally]] = {}  # by kind: tallies that could not be kept as files


def _tally_anew(path: Path, stamp: Stamp) -> Tally:
    """The tally made again; kept where that is possible, else remembered."""
    kind = TABLES[path.name.partition(".")[0]]
    known = _unkept.get(kind.code)
    if known is not None and known[:2] == (path, stamp) and _failed_lately(kind):
        return known[2]
    try:
        if not intact.is_intact(path):
            raise OSError(f"{path} went away")
        table = pq.read_table(path)
    except (OSError, pa.ArrowException):
        table = rows_at(kind, stamp.seq)
    made = tallies.tally(kind, table)
    try:
        _write_tally(path, made, _words(kind.code, stamp))
    except (OSError, pa.ArrowException) as error:
        _not_written(kind, error)
        _unkept[kind.code] = (path, stamp, made)
    return made


# ── finding ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _words(kind_code: str, stamp: Stamp) -> dict[str, str]:
    """What a file says of itself: what it was made from, of which kind, by which program."""
    return {**stamp.words(), "kind": kind_code, "program": _program()}


@lru_cache(maxsize=1)
def _program() -> str:
    """What makes files of one program foreign to another: their form, and what was done to the ledger's tables since."""
    done = sorted(path.stem for path in (Path(xingke.ledger.__path__[0]) / "migrations").glob("[0-9]*.py"))
    return f"{FORM} {done[-1] if done else ''}"


def _newest_file(kind: Kind, moment: Moment) -> tuple[Path | None, Stamp | None]:
    """The newest file that belongs to this ledger and region tree, has every column and is not ahead of it."""
    for path in reversed(intact.found(folder(), kind.code, COLUMNS)):
        known = _identity(path)
        made = _stamp(path, known) if known else None
        if made is None:
            intact.throw_away(path, intact.FOREIGN)
            continue
        is_ours = made.ledger == moment.ledger and made.regions == moment.regions and made.seq <= moment.seq
        if is_ours and made.trail == moment.trail(made.seq):
            return path, made
    return None, None


def _identity(path: Path) -> FileIdentity | None:
    try:
        return intact.identity(path)
    except OSError:  # it went away in this moment
        return None


@lru_cache(maxsize=256)
def _stamp(path: Path, _known: FileIdentity) -> Stamp | None:
    """What a file was made from; None for a file that this program does not know how to read, or under another's name."""
    name = _NAME.fullmatch(path.name)
    try:
        found = pq.read_schema(path)
        meta = {key.decode(): value.decode() for key, value in (found.metadata or {}).items()}
        stamp = Stamp(meta["ledger"], int(meta["seq"]), meta["regions"], meta["trail"])
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None
    if name is None or stamp.seq != int(name["seq"]) or name["kind"] not in TABLES:
        return None
    is_known = found.names == schema(TABLES[name["kind"]]).names and meta.get("program") == _program()
    return stamp if is_known and meta.get("kind") == name["kind"] else None
