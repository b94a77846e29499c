"""What earlier releases kept is still there after the change of the tables."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from xingke.accounts.models import User

pytestmark = pytest.mark.db

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def _executor() -> MigrationExecutor:
    """One that goes through the migrations one by one, though what they come to is made at once where nothing stands."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    loader.replace_migrations = False
    loader.build_graph()
    for key in [key for key, each in loader.graph.nodes.items() if each.replaces]:
        loader.graph.remove_replacement_node(key, ())  # it stands in nobody's way
        loader.applied_migrations.pop(key, None)
    return executor


def _named(executor: MigrationExecutor, name: str) -> tuple[str, str]:
    """A migration of the ledger by its name without its number."""
    return next(key for key in executor.loader.graph.nodes if key[0] == "ledger" and key[1][5:] == name)


@pytest.mark.django_db(transaction=True)
def test_the_rows_left_by_earlier_imports_are_kept_with_what_was_said_of_them() -> None:
    call_command("flush", verbosity=0, interactive=False)
    try:
        executor = _executor()
        changed = executor.loader.get_migration(*_named(executor, "staged_imports"))
        before = [key for key in changed.dependencies if key[0] == "ledger"]
        executor.migrate(before)
        old = executor.loader.project_state(before).apps
        user = User.objects.create(username="old", name="旧")
        batch = old.get_model("ledger", "ImportBatch").objects.create(
            kind="observation",
            file_name="旧.csv",
            digest="d",
            encoding="UTF-8",
            seq=7,
            imported_at=NOW,
            imported_by_id=user.pk,
            counts={"rejected": 1, "waiting": 1},
        )
        rows = old.get_model("ledger", "ImportRow").objects
        rows.create(batch=batch, number=3, key="x", status="waiting", problems=["等。"], raw={"figure": "x"})
        rows.create(
            batch=batch,
            number=2,
            key="y",
            status="rejected",
            problems=["甲。", "乙。"],
            raw={"figure": "y", "unit": "担"},
        )

        executor = _executor()
        after = [_named(executor, "imports_filed_or_not")]
        executor.migrate(after)

        new = executor.loader.project_state(after).apps
        kept = new.get_model("ledger", "ImportBatch").objects.get()
        assert (kept.state, kept.form, kept.prepared_by_id, kept.header) == (
            "filed",
            "observation",
            user.pk,
            ["figure", "unit"],
        )
        chunks = new.get_model("ledger", "ImportChunk").objects.order_by("place")
        assert [(chunk.outcome, chunk.rows) for chunk in chunks] == [
            ("rejected", [[2, ["y", "担"], [["", "", "甲。", {}], ["", "", "乙。", {}]]]]),
            ("waiting", [[3, ["x", ""], [["", "", "等。", {}]]]]),
        ]
    finally:
        connection.check_constraints()
        executor = _executor()
        executor.migrate(executor.loader.graph.leaf_nodes())
