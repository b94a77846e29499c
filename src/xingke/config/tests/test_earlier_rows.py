"""What earlier releases kept is still there after the change of the tables."""

from datetime import UTC, date, datetime
from uuid import uuid4

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


def test_activities_become_events_with_their_keys_and_what_is_kept_of_them(two_empty: tuple[str, str]) -> None:
    alias, record, session = two_empty[0], uuid4(), uuid4()
    old = _led_to(alias, "ledger", "receivers")
    user = old.get_model("accounts", "User").objects.using(alias).create(username="old", name="旧")
    regions = old.get_model("registry", "Region").objects.using(alias)
    region = regions.create(code="990121", name="青溪县", path=1, level="county", valid_from=date(2000, 1, 1))
    common = {
        "version": 1,
        "seq_from": 5,
        "state": "confirmed",
        "region_id": region.pk,
        "happened_on": date(2025, 5, 24),
        "source": "旧",
        "entered_at": datetime(2025, 6, 1, tzinfo=UTC),
        "entered_by_id": user.pk,
        "topic": "training",
    }
    activities = old.get_model("ledger", "Activity").objects.using(alias)
    activities.create(record=record, name="惠企培训", number="", place="会堂", **common)
    told = {"subject": record, "event": "held", "effect": 0, "step": 1, "people": 1_200_000, "approximation": "余"}
    old.get_model("ledger", "ActivityEvent").objects.using(alias).create(record=session, **told, **common)
    declared = {"declared_at": datetime(2025, 6, 1, tzinfo=UTC), "declared_by_id": user.pk}
    kept = {"region_id": region.pk, "kind": "activity", "since": date(2025, 1, 1), "seq_from": 3, **declared}
    old.get_model("ledger", "RecordKeeping").objects.using(alias).create(**kept)

    new = _led_to(alias, "ledger", "events")

    events = new.get_model("ledger", "Event").objects.using(alias)
    event, happened = events.get(), new.get_model("ledger", "EventSession").objects.using(alias).get()
    said = (event.record, event.name, event.place, event.series, event.organisers, event.ended_on)
    assert said == (record, "惠企培训", "会堂", "", "", None)
    told = (happened.record, happened.subject, happened.people, happened.approximation, happened.farmers)
    assert told == (session, record, 1_200_000, "余", None)
    assert new.get_model("ledger", "RecordKeeping").objects.using(alias).get().kind == "event"
    further = {**common, "version": 2, "seq_from": 6}
    assert events.create(record=uuid4(), name="后来的", **further).pk > event.pk
