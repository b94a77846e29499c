"""``migrate``, in seconds where there is nothing yet: an empty database is given the tables as they are now (ADR 0053).

A database that holds tables is led to them step by step, as ever.
"""

from collections.abc import Iterator
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

ON_EMPTY = "on_empty"
"""Attribute of a migration: what of its steps an empty database needs besides the tables of the models, called as ``RunPython`` does."""
NOT_PLAIN = ("app_label", "plan", "fake", "fake_initial", "check_unapplied", "prune")


class Command(migrate.Command):
    """Django's own, with the shorter way for an empty database."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if not any(options.get(each) for each in NOT_PLAIN) and not connection.introspection.table_names():
            make_tables(connection)
        super().handle(*args, **options)


def make_tables(connection: BaseDatabaseWrapper) -> None:
    """Make every table of an empty database and record its migrations as done: all of it in one transaction, or nothing."""
    loader, recorder = MigrationLoader(None), MigrationRecorder(connection)
    apps = loader.project_state().apps  # the models as the migrations leave them, drawn once
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        recorder.ensure_schema()
        for migration in _in_order(loader):
            for make in getattr(migration, ON_EMPTY, ()):
                make(apps, editor)
            for app, name in [(migration.app_label, migration.name), *migration.replaces]:
                recorder.record_applied(app, name)


def _in_order(loader: MigrationLoader) -> Iterator[Migration]:
    """Every migration, after those it depends on."""
    seen: set[tuple[str, str]] = set()
    for leaf in loader.graph.leaf_nodes():
        for key in loader.graph.forwards_plan(leaf):
            if key not in seen:
                seen.add(key)
                yield loader.graph.nodes[key]
