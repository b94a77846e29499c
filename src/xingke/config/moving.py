"""Every table from one database to another, row by row through Django's own connections, and the proof that it arrived.

Between SQLite and PostgreSQL either way. A backup of a PostgreSQL installation is such a copy into a SQLite file: one
format for both, and no program whose version has to fit the server's.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models.sql import InsertQuery

from xingke.base.refusals import Refused
from xingke.config import settings as installation

CHUNK = 1_000  # rows that are read, digested and inserted at a time
# Migrating fills these by itself; the copy replaces what is in them.
FILLED_BY_MIGRATING = ("contenttypes", "auth")


@dataclass(frozen=True)
class ArrivedTable:
    """One table as it arrived: its name, how many rows, and the digest over all of them, in whatever order."""

    name: str
    rows: int
    digest: str


class _Sum:
    """A digest that does not depend on the order of rows: the sum of their SHA-256 modulo 2²⁵⁶."""

    def __init__(self) -> None:
        self.rows, self.total = 0, 0

    def add(self, row: tuple[Any, ...]) -> None:
        line = json.dumps(row, default=_plain, ensure_ascii=False, sort_keys=True)
        self.total = (self.total + int.from_bytes(hashlib.sha256(line.encode()).digest())) % (1 << 256)
        self.rows += 1

    def table(self, name: str) -> ArrivedTable:
        return ArrivedTable(name, self.rows, f"{self.total:064x}")


def _plain(value: object) -> str:
    """A value as both databases would write it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"no digest is defined for a {type(value).__name__}")


def tables() -> list[type[models.Model]]:
    """Every table of the installation, each after those it refers to (where they do not refer to each other)."""
    waiting = [each for each in apps.get_models(include_auto_created=True) if _is_stored(each)]
    found: list[type[models.Model]] = []
    while waiting:
        free = [each for each in waiting if not (_referred(each) & set(waiting) - {each})] or waiting[:1]
        found += free
        waiting = [each for each in waiting if each not in free]
    return found


def _is_stored(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy


def _referred(model: type[models.Model]) -> set[Any]:
    return {field.related_model for field in model._meta.local_fields if field.is_relation}


@contextmanager
def other_database(alias: str, config: dict[str, Any]) -> Iterator[str]:
    """A further database under an alias of its own, while the block runs; closed afterwards."""
    config = {**config, "OPTIONS": {key: each for key, each in config["OPTIONS"].items() if key != "pool"}}
    connections.settings[alias] = connections.configure_settings({"default": {}, alias: config})[alias]
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def sqlite_file(path: Path) -> dict[str, Any]:
    """The configuration of a SQLite file elsewhere."""
    return {**_configured(""), "NAME": path}


def database_at(address: str) -> dict[str, Any]:
    """The configuration of ``postgres://…``, or of ``sqlite``: the file in the data folder. Raises ValueError."""
    return _configured("" if address == "sqlite" else address)


def _configured(url: str) -> dict[str, Any]:
    """What the settings make of an address; they read it from the environment."""
    name = "XINGKE_DATABASE_URL"
    before = os.environ.get(name)
    os.environ[name] = url
    try:
        return installation._database()
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def unapplied(alias: str) -> list[str]:
    """Migrations that the program has and the database has not."""
    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def is_begun(alias: str) -> bool:
    """Whether any table of ours was ever made there."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        return "accounts_user" in connection.introspection.table_names(cursor)


def unknown(alias: str) -> list[str]:
    """Migrations of our own rooms that the database has and the program has not: a newer version wrote it."""
    loader = MigrationExecutor(connections[alias]).loader
    return sorted(
        f"{app}.{name}" for app, name in loader.applied_migrations if (app, name) not in loader.disk_migrations
    )


def require_empty(alias: str) -> None:
    """Raise Refused if the database holds anything but what migrating puts there. It may have no tables at all."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
    for model in tables():
        if model._meta.app_label in FILLED_BY_MIGRATING or model._meta.db_table not in existing:
            continue
        if model._base_manager.using(alias).exists():
            raise Refused(
                f"目标数据库不是空的：表 {model._meta.db_table} 里已有数据。没有写入任何内容；请新建一个空数据库。"
            )


def migrate(alias: str) -> None:
    """Bring a database to the program's tables."""
    call_command("migrate", database=alias, verbosity=0, interactive=False)


def copy(*, source: str, target: str) -> list[ArrivedTable]:
    """Copy every table into a migrated database that holds no data, in one transaction; then read all of it back.

    Nobody can write to a SQLite source meanwhile; a PostgreSQL source is read in one snapshot. Raises Refused if either
    lacks migrations, the target holds data or does not take a row, or what arrived differs; nothing is kept then.
    """
    for alias in (source, target):
        if missing := unapplied(alias):
            raise Refused(f"数据库缺少 {len(missing)} 项结构升级（{missing[0]} 等）；请先运行 xingke upgrade。")
    require_empty(target)
    ordered = tables()
    with ExitStack() as stack:
        stack.enter_context(_snapshot(source))
        stack.enter_context(transaction.atomic(using=target))
        for model in reversed([each for each in ordered if each._meta.app_label in FILLED_BY_MIGRATING]):
            model._base_manager.using(target).all()._raw_delete(target)
        sent = [_copy_table(model, source, target) for model in ordered]
        with connections[target].cursor() as cursor:
            for statement in connections[target].ops.sequence_reset_sql(no_style(), ordered):
                cursor.execute(statement)
        for model, table in zip(ordered, sent, strict=True):
            arrived = digest(model, target)
            if arrived != table:
                raise Refused(
                    f"表 {table.name} 复制后不一致：原有 {table.rows} 行，复制后 {arrived.rows} 行，"
                    f"摘要{'相同' if arrived.digest == table.digest else '不同'}。全部撤回，没有写入任何内容。"
                )
    return sent


def _snapshot(alias: str) -> AbstractContextManager[None]:
    connection = connections[alias]
    return _one_snapshot(connection) if connection.vendor == "postgresql" else transaction.atomic(using=alias)


@contextmanager
def _one_snapshot(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _rows(model: type[models.Model], alias: str) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in model._meta.local_concrete_fields]
    return model._base_manager.using(alias).order_by("pk").values_list(*names).iterator(chunk_size=CHUNK)


def digest(model: type[models.Model], alias: str) -> ArrivedTable:
    """Count and digest of a table as it stands."""
    total = _Sum()
    for row in _rows(model, alias):
        total.add(row)
    return total.table(model._meta.db_table)


def _copy_table(model: type[models.Model], source: str, target: str) -> ArrivedTable:
    """Insert every row as it is: no default, no auto_now and no signal has a say."""
    fields = model._meta.local_concrete_fields
    names = [field.attname for field in fields]
    size = max(1, min(CHUNK, connections[target].ops.bulk_batch_size(list(fields), [None] * CHUNK)))
    total, rows = _Sum(), _rows(model, source)
    while piece := list(islice(rows, size)):
        for row in piece:
            total.add(row)
        query = InsertQuery(model)
        query.insert_values(fields, [model.from_db(target, names, row) for row in piece], raw=True)
        try:
            query.get_compiler(using=target).execute_sql()
        except (DatabaseError, ValueError) as error:  # ValueError: a NUL in a text, which PostgreSQL cannot keep
            raise Refused(
                f"目标数据库不接受表 {model._meta.db_table} 第 {total.rows - len(piece) + 1} 至 {total.rows} 行中的内容：{error}"
            ) from error
    return total.table(model._meta.db_table)
