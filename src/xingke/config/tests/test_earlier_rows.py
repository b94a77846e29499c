"""What earlier releases kept is still there after the change of the tables."""

from datetime import UTC, datetime

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def _executor(alias: str) -> MigrationExecutor:
    """One that goes through the migrations one by one, though what they come to is made at once where nothing stands."""
    executor = MigrationExecutor(connections[alias])
    loader = executor.loader
    loader.replace_migrations = False
    loader.build_graph()
    for key in [key for key, each in loader.graph.nodes.items() if each.replaces]:
        loader.graph.remove_replacement_node(key, ())  # it stands in nobody's way
        loader.applied_migrations.pop(key, None)
    return executor


def _named(executor: MigrationExecutor, room: str, name: str) -> tuple[str, str]:
    """A migration by its name without its number."""
    return next(key for key in executor.loader.graph.nodes if key[0] == room and key[1][5:] == name)


def _before(alias: str, room: str, name: str) -> StateApps:
    """An empty database led to where it was before a migration: the models of that time."""
    executor = _executor(alias)
    dependencies = executor.loader.get_migration(*_named(executor, room, name)).dependencies
    before = [key for key in dependencies if key[0] == room]
    return executor.migrate(before).apps


def _led_to(alias: str, room: str, name: str) -> StateApps:
    executor = _executor(alias)
    return executor.migrate([_named(executor, room, name)]).apps


def test_why_jobs_failed_is_kept(two_empty: tuple[str, str]) -> None:
    alias = two_empty[0]
    old = _before(alias, "accounts", "failures_as_sayings")
    user = old.get_model("accounts", "User").objects.using(alias).create(username="old", name="旧")
    made = {"kind": "import.file", "asked_at": NOW, "asked_by": user}
    for error in ("文件只有表头。", ""):
        old.get_model("accounts", "Job").objects.using(alias).create(**made, error=error)

    new = _led_to(alias, "accounts", "failures_as_sayings")

    jobs = new.get_model("accounts", "Job").objects.using(alias).order_by("pk")
    assert list(jobs.values_list("failure", flat=True)) == ["文件只有表头。", ""]


def test_the_rows_left_by_imports_are_kept_with_what_was_said_of_them(two_empty: tuple[str, str]) -> None:
    alias = two_empty[0]
    old = _before(alias, "ledger", "staged_imports")
    user = old.get_model("accounts", "User").objects.using(alias).create(username="old", name="旧")
    batch = (
        old.get_model("ledger", "ImportBatch")
        .objects.using(alias)
        .create(
            kind="observation",
            file_name="旧.csv",
            digest="d",
            encoding="UTF-8",
            seq=7,
            imported_at=NOW,
            imported_by_id=user.pk,
            counts={"rejected": 1, "waiting": 1},
        )
    )
    rows = old.get_model("ledger", "ImportRow").objects.using(alias)
    rows.create(batch=batch, number=3, key="x", status="waiting", problems=["等。"], raw={"figure": "x"})
    rows.create(
        batch=batch, number=2, key="y", status="rejected", problems=["甲。", "乙。"], raw={"figure": "y", "unit": "担"}
    )

    new = _led_to(alias, "ledger", "imports_filed_or_not")

    kept = new.get_model("ledger", "ImportBatch").objects.using(alias).get()
    assert (kept.state, kept.form, kept.prepared_by_id, kept.header) == (
        "filed",
        "observation",
        user.pk,
        ["figure", "unit"],
    )
    chunks = new.get_model("ledger", "ImportChunk").objects.using(alias).order_by("place")
    assert [(chunk.outcome, chunk.rows) for chunk in chunks] == [
        ("rejected", [[2, ["y", "担"], [["", "", "甲。", {}], ["", "", "乙。", {}]]]]),
        ("waiting", [[3, ["x", ""], [["", "", "等。", {}]]]]),
    ]
