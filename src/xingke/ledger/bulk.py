"""Writing thousands of rows: column by column instead of object by object, some ten times as fast as bulk_create."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any

from django.db import connection, models

ROWS = 10_000  # in one go


def insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]], alike: Mapping[str, Any]) -> None:
    """Insert rows, each by column name (``region_id``), all with the same names. alike: columns that all share.

    What neither names gets the column's default. Each different value of a column is prepared once.
    """
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    varying = [field for field in fields if field.attname in rows[0]]
    same = [field for field in fields if field.attname not in rows[0]]
    constants = [field.get_db_prep_save(alike.get(field.attname, field.get_default()), connection) for field in same]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in (*varying, *same))
    places = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS):
            part = rows[start : start + ROWS]
            columns = [_prepared(field, list(map(itemgetter(field.attname), part))) for field in varying]
            cursor.executemany(sql, list(zip(*columns, *map(repeat, constants), strict=False)))


def insert_objects(rows: Sequence[models.Model]) -> None:
    """Insert unsaved objects of one model the same way."""
    if rows:
        model = type(rows[0])
        names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
        insert(model, [{name: getattr(row, name) for name in names} for row in rows], {})


def _prepared(field: "models.Field[Any, Any]", values: list[Any]) -> list[Any]:
    known = {value: field.get_db_prep_save(value, connection) for value in set(values)}
    return [known[value] for value in values]
