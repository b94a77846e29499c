"""Django's ORM over the same events: the tables it reads, and one query per kind as its manual advises.

The rows go into the ledger's own tables past the models and without the indexes of a living ledger, which a look at
every row does not use: ten million of them through ``bulk_create`` take an hour.
Asked is what the ORM can say in one statement: each flow, and the change of each stock, by county and month.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from django.db.models import Count, Q, Sum

from bench import ground
from bench.events import Events, Integers
from xingke.indicators.rules import Indicator
from xingke.ledger.models import State
from xingke.ledger.tables import TABLES
from xingke.registry.models import Region

CHUNK = 50_000


def fill(made: Events, columns: pa.Table, paths: Integers) -> None:
    """Put the events, as the engine's columns have them, into the table of their kind."""
    kind = TABLES[made.kind]
    table = kind.event._meta.db_table
    _found_regions(paths)
    regions = dict(Region.objects.filter(valid_to__isnull=True).values_list("path", "pk"))
    constants = {
        "state": State.CONFIRMED,
        "zone_id": None,
        "organisation_id": None,
        "person_id": None,
        "source": "bench",
        "source_place": "",
        "is_fictional": True,
        "entered_at": ground.NOW,
        "entered_by_id": ground.statistician().pk,
        "confirmed_at": ground.NOW,
        "confirmed_by_id": ground.statistician().pk,
        "reason": "",
        "approximation": "",
        "until": None,
        "certificate": "",
    }
    fields = [each for each in kind.event._meta.concrete_fields if not each.primary_key]
    given = [str(each.column) for each in fields if each.column not in constants]
    fixed = [each.get_db_prep_value(constants[each.column], connection) for each in fields if each.column in constants]
    names = ", ".join([*given, *(str(each.column) for each in fields if each.column in constants)])
    marks = ", ".join(["%s"] * len(fields))
    columns = columns.set_column(columns.schema.get_field_index("record"), "record", _in_order(made.record))
    columns = columns.set_column(columns.schema.get_field_index("subject"), "subject", _in_order(made.subject))
    rows = _rows(columns, given, fixed, regions)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL", [table]
        )
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")
        cursor.execute(f"DELETE FROM {table}")
        while chunk := list(islice(rows, CHUNK)):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", chunk)


def _in_order(numbers: Integers) -> pa.Array:
    """Keys that grow as numbers do, like keys taken one after the other: the table's own index grows at its end."""
    return pa.array([f"{number:032x}" for number in numbers.tolist()])


def _found_regions(paths: Integers) -> None:
    known = set(Region.objects.filter(valid_to__isnull=True).values_list("path", flat=True))
    Region.objects.bulk_create(
        Region(code=f"{path:06}", path=path, name=f"样本{path}", level="county", is_fictional=True)
        for path in paths.tolist()
        if path not in known
    )


def _rows(
    columns: pa.Table, given: Sequence[str], fixed: Sequence[Any], regions: dict[int, int]
) -> Iterator[tuple[Any, ...]]:
    for piece in columns.to_batches(max_chunksize=CHUNK):
        values = []
        for name in given:
            if name == "region_id":
                values.append([regions[path] for path in piece["path"].to_pylist()])
            elif name == "happened_on":
                values.append([day.isoformat() for day in piece["day"].to_pylist()])
            else:
                values.append(piece[name].to_pylist())
        for row in zip(*values, strict=True):
            yield (*row, *fixed)


def changes(kind: str, asked: Sequence[Indicator]) -> list[tuple[int, ...]]:
    """Path, year, month and one number per indicator, for every county and month in which something happened."""
    rows = (
        TABLES[kind]
        .event._default_manager.filter(seq_to__isnull=True, state=State.CONFIRMED)
        .order_by()
        .values_list("region__path", "happened_on__year", "happened_on__month")
        .annotate(**{f"of_{each.code}": _aggregate(each) for each in asked})
    )
    return list(rows)


def _aggregate(each: Indicator) -> Any:
    condition = Q(**{f"{name}__in": each.allows(name) for name in each.where})
    if each.events:
        condition &= Q(event__in=each.events)
    if each.sum:
        return Sum(each.sum, filter=condition)
    return Count("pk", filter=condition) if each.events else Sum("effect", filter=condition)


def totals(kind: str, asked: Sequence[Indicator], found: Sequence[tuple[int, ...]]) -> dict[str, int]:
    """What the numbers of ``changes`` add up to, by indicator: enough to see that both counted the same."""
    numbers = np.array([[number or 0 for number in row[3:]] for row in found], dtype=np.int64)
    return dict(zip((each.code for each in asked), numbers.sum(axis=0).tolist(), strict=True))
