"""Thousands of rows at once: written column by column instead of object by object, and found by all their keys."""

import gc
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, count, repeat
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import RawSQL

ROWS = 500  # in one statement, at most
Column: TypeAlias = "models.Field[Any, Any]"
PLAIN_FIELDS = (models.CharField, models.IntegerField, models.BooleanField, models.ForeignKey)
PLAIN = frozenset({str, int, bool, type(None)})  # what such a field hands to the database as it is
TYPES = {str: "text", int: "bigint", UUID: "uuid"}  # what PostgreSQL calls them


def insert(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], alike: Mapping[str, Any]
) -> None:
    """Insert rows of the columns ``names`` (``region_id``). alike: columns that all share, by name.

    What neither names gets the column's default. Each different value of a column is prepared once.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
    same = [field for name, field in fields.items() if name not in names]
    shared = [field.get_db_prep_save(alike.get(field.attname, field.get_default()), connection) for field in same]
    varying = [fields[name] for name in names]
    columns = [_prepared(field, each, connection) for field, each in zip(varying, zip(*rows, strict=True), strict=True)]
    write = _copied if connection.vendor == "postgresql" else _inserted
    with connection.cursor() as cursor, connection.wrap_database_errors:
        write(cursor, model, [*same, *varying], shared, columns)


def insert_objects(rows: Sequence[models.Model]) -> None:
    """Insert unsaved objects of one model the same way."""
    if rows:
        model = type(rows[0])
        names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
        insert(model, names, list(map(attrgetter(*names), rows)), {})


def follow(rows: "models.QuerySet[Any]", said: Mapping[str, Any], *, counted: str) -> None:
    """Insert after each of some rows one that says the same but for the columns ``said``, by name; ``counted`` is one more. One statement: no
    row leaves the database."""
    fields = [field for field in rows.model._meta.concrete_fields if not field.primary_key]
    picked = [
        models.Value(said[field.attname], output_field=getattr(field, "target_field", field))
        if field.attname in said
        else models.F(field.attname) + 1
        if field.attname == counted
        else models.F(field.attname)
        for field in fields
    ]
    select, parameters = rows.order_by().values_list(*picked).query.sql_with_params()
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f"INSERT INTO {_table(cursor, rows.model)} ({_names(cursor, fields)}) {select}", parameters)


def _prepared(field: Column, values: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
    if isinstance(field, PLAIN_FIELDS) and PLAIN.issuperset(map(type, values)):
        return values
    if isinstance(field, models.UUIDField):  # seldom twice the same, and slow to compare
        return values if connection.features.has_native_uuid_field else [each and each.hex for each in values]
    known = {value: field.get_db_prep_save(value, connection) for value in set(values)}
    return [known[value] for value in values]


def _inserted(
    cursor: CursorWrapper, model: type[models.Model], fields: Sequence[Column], shared: list[Any], columns: list[Any]
) -> None:
    """In statements of many rows each, which name what all share only once: past Django, which knows no ?1."""
    into = f"INSERT INTO {_table(cursor, model)} ({_names(cursor, fields)}) VALUES "
    rows = list(zip(*columns, strict=True))
    most = cursor.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    size = min(ROWS, (most - len(shared)) // len(columns))
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        values = [*shared, *chain.from_iterable(part)]
        cursor.connection.execute(into + _places(len(shared), len(columns), len(part)), values)


@lru_cache(16)
def _places(shared: int, varying: int, rows: int) -> str:
    """Numbered places for so many rows, those of the shared values the same in each."""
    common = [f"?{number}" for number in range(1, shared + 1)]
    own = count(shared + 1)
    return ",".join(
        [f"({','.join([*common, *(f'?{next(own)}' for _column in range(varying))])})" for _row in range(rows)]
    )


def _copied(
    cursor: CursorWrapper, model: type[models.Model], fields: Sequence[Column], shared: list[Any], columns: list[Any]
) -> None:
    """With PostgreSQL's COPY."""
    with cursor.copy(f"COPY {_table(cursor, model)} ({_names(cursor, fields)}) FROM STDIN") as stream:
        for row in zip(*map(repeat, shared), *columns, strict=False):
            stream.write_row(row)


def _table(cursor: CursorWrapper, model: type[models.Model]) -> str:
    return str(cursor.db.ops.quote_name(model._meta.db_table))


def _names(cursor: CursorWrapper, fields: Sequence[Column]) -> str:
    return ", ".join(cursor.db.ops.quote_name(str(field.column)) for field in fields)


def listed(values: Iterable[Any]) -> RawSQL:
    """Any number of texts, numbers or keys, at least one, as one parameter for ``column__in``."""
    found = list(values)
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        return RawSQL(f"SELECT unnest(%s::{TYPES[type(found[0])]}[])", [found])
    plain = [each.hex if isinstance(each, UUID) else each for each in found]
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(plain)])


@contextmanager
def uncollected() -> Iterator[None]:
    """While thousands of rows come to life, none of which is garbage, Python does not look for any."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
