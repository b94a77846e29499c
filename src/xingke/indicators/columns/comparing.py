"""Whether the columns still hold what the database holds: a row that was changed behind the ledger's back is found so.

Nothing else notices such a row while the columns stand: they are read instead of the table. A figure that rests on it is
found when the columns have been made anew, because its evidence at its own number is another then. What no evidence
covers, such as a name, is found by neither.
"""

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from xingke.accounts.queries import current_seq
from xingke.indicators.columns import rows_at, source
from xingke.ledger.tables import Kind


def differing_records(kind: Kind) -> list[str]:
    """The records (32 hex digits) of which the columns of a kind and the database say different things, in order."""
    found = source(kind.code)
    if found.file is None:  # the tail is the database
        return []
    seq = min(found.stamp.seq, current_seq())
    kept = pq.read_table(found.file).replace_schema_metadata(None)
    stored = rows_at(kind, seq)
    if kept.sort_by("id").equals(stored.sort_by("id")):
        return []
    return sorted({*_records_without(kept, stored), *_records_without(stored, kept)})


def _records_without(some: pa.Table, others: pa.Table) -> set[str]:
    """The records of the rows of one table that the other does not have just so."""
    joined = pa.compute.is_in(_lines(some), _lines(others))
    return set(some.filter(pa.compute.invert(joined))["record"].to_pylist())


def _lines(table: pa.Table) -> pa.ChunkedArray:
    """Each row as one text."""
    columns = [pa.compute.fill_null(each.cast(pa.string()), "∅") for each in table.columns]
    return pa.compute.binary_join_element_wise(*columns, "|")
