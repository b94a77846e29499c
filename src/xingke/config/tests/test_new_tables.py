"""An empty database is given its tables at once; a database that holds some is led to the same step by step (ADR 0053)."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as StepByStep
from django.db import connections

from xingke.config import moving

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_both_ways_lead_to_the_same_tables_and_rows(two_empty: tuple[str, str]) -> None:
    at_once, stepwise = two_empty
    call_command("migrate", database=at_once, verbosity=0, interactive=False)
    call_command(StepByStep(), database=stepwise, verbosity=0, interactive=False)

    made, led = _described(at_once), _described(stepwise)
    assert made.keys() == led.keys() >= {"registry_region", "casework_casestep", "search_entry", "django_migrations"}
    for table, told in led.items():
        assert made[table] == told, table
    assert moving.unapplied(at_once) == moving.unapplied(stepwise) == []


def test_what_holds_tables_is_not_taken_for_empty(two_empty: tuple[str, str]) -> None:
    alias = two_empty[0]
    with connections[alias].cursor() as cursor:
        cursor.execute("CREATE TABLE registry_region (id integer)")

    with pytest.raises(Exception, match="registry_region"):  # which error it is, is the database's
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT * FROM registry_region")
        assert [each[0] for each in cursor.description] == ["id"]


def _described(alias: str) -> dict[str, Any]:
    """Of every table its columns, constraints and indexes, however they are ordered, and how many rows it has; and what else there is."""
    made = connections[alias]
    with made.cursor() as cursor:
        tables = made.introspection.table_names(cursor)
        if made.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            found: dict[str, Any] = {name: _parts(sql) if name in tables else sql for name, sql in cursor.fetchall()}
        else:
            found = {table: _introspected(made, cursor, table) for table in tables}
        for table in tables:
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            found[table] = (found[table], cursor.fetchone()[0])
    return found


def _introspected(made: Any, cursor: Any, table: str) -> Any:
    columns = sorted(map(str, made.introspection.get_table_description(cursor, table)))
    constraints = made.introspection.get_constraints(cursor, table)
    return columns, {name: sorted(map(str, each.items())) for name, each in constraints.items()}


def _parts(sql: str) -> list[str]:
    """The columns and constraints that a statement makes a table of."""
    depth, quote, parts = 0, "", [""]
    for sign in sql[sql.index("(") + 1 : sql.rindex(")")]:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        else:
            depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += sign
    return sorted(part.strip() for part in parts)
