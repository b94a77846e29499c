"""Moving every table to another database, and knowing that it arrived."""

import secrets
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, connections

from tests import cast as casting
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.config import moving
from xingke.config.backup import back_up
from xingke.config.tests import small
from xingke.intake.models import ImportBatch
from xingke.ledger.models import PatentEvent
from xingke.registry.models import Region
from xingke.reports.models import Document
from xingke.reports.queries import public_edition
from xingke.search import actions as searching
from xingke.search.models import Entry
from xingke.search.queries import Says
from xingke.search.rules import asked

pytestmark = [
    pytest.mark.db,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("further_databases"),
]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Path:
    """An empty SQLite database with its tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "other.sqlite3"
    with django_db_blocker.unblock(), moving.other_database("other", moving.sqlite_file(path)) as alias:
        moving.migrate(alias)
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def other(tmp_path: Path, migrated: Path) -> Iterator[str]:
    """An empty SQLite database elsewhere, with its tables."""
    path = shutil.copy(migrated, tmp_path / "other.sqlite3")
    with moving.other_database("other", moving.sqlite_file(path)) as alias:
        yield alias
    shutil.rmtree(Path(settings.DATA) / "columns", ignore_errors=True)


def test_tables_come_after_those_they_refer_to() -> None:
    names = [model._meta.db_table for model in moving.tables()]

    assert names.index("accounts_user") < names.index("accounts_auditentry")
    assert names.index("registry_region") < names.index("ledger_patentevent") < len(names)
    assert names.index("indicators_figure") < names.index("reports_documentfigure")
    assert len(names) == len(set(names)) >= 25


def test_everything_arrives_as_it_was(other: str) -> None:
    small.furnish()

    moved = {table.name: table for table in moving.copy(source="default", target=other)}

    assert moved["ledger_patentevent"].rows == 5
    assert moved["accounts_counter"].rows == 1
    for model in moving.tables():
        assert moving.digest(model, "default") == moving.digest(model, other) == moved[model._meta.db_table]
    was, now = User.objects.get(username="officer"), User.objects.using(other).get(username="officer")
    assert (now.pk, now.created_at, now.password) == (was.pk, was.created_at, was.password)


def test_migrating_another_database_leaves_this_one_as_it_was(tmp_path: Path) -> None:
    """What migrations carry over they carry over in the database they migrate: not the imports and documents of this."""
    _cast, document = small.furnish()
    assert ImportBatch.objects.count() == 1
    assert public_edition(document.work) == document
    before = [moving.digest(model, "default") for model in moving.tables()]

    with moving.other_database("other", moving.sqlite_file(tmp_path / "other.sqlite3")) as other:
        moving.migrate(other)
        moving.copy(source="default", target=other)

    assert [moving.digest(model, "default") for model in moving.tables()] == before
    document.refresh_from_db()
    assert public_edition(document.work) == document


def test_backing_up_leaves_every_table_as_it_was(tmp_path: Path) -> None:
    _cast, document = small.furnish()
    before = [moving.digest(model, "default") for model in moving.tables()]

    made = back_up(to=tmp_path / "one.zip", now=casting.NOW)

    assert [moving.digest(model, "default") for model in moving.tables()] == before
    with zipfile.ZipFile(made.path) as archive:
        archive.extract("database.sqlite3", tmp_path)
    with moving.other_database("other", moving.sqlite_file(tmp_path / "database.sqlite3")) as other:
        assert [moving.digest(model, other) for model in moving.tables()] == before
        assert Document.objects.using(other).get().work == document.work


def test_what_could_be_found_can_be_found_where_it_arrived(other: str) -> None:
    small.furnish()
    searching.catch_up()
    moving.copy(source="default", target=other)

    wanted = Says(asked("明渠"))
    assert Entry.objects.using(other).filter(wanted).count() == Entry.objects.filter(wanted).count() > 0


def test_new_rows_are_numbered_after_those_that_arrived(other: str) -> None:
    small.furnish()
    moving.copy(source="default", target=other)

    last = PatentEvent.objects.using(other).order_by("-pk").first()
    assert last is not None
    last.pk, last.record = None, last.subject
    last.save(using=other, force_insert=True)

    assert last.pk == PatentEvent.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1


def test_a_target_that_holds_data_is_refused(other: str) -> None:
    small.furnish()
    Region.objects.using(other).create(code="999999", path=999999, name="某地", level="county")

    with pytest.raises(Refused, match="表 registry_region 里已有数据"):
        moving.copy(source="default", target=other)

    assert User.objects.using(other).count() == 0


def test_a_target_without_its_tables_is_refused(tmp_path: Path) -> None:
    with (
        moving.other_database("bare", moving.sqlite_file(tmp_path / "bare.sqlite3")) as bare,
        pytest.raises(Refused, match=r"缺少 \d+ 项结构升级"),
    ):
        moving.copy(source="default", target=bare)


def test_what_arrives_otherwise_is_taken_back(other: str) -> None:
    """A trigger plays the part of a database that does not keep what it is given."""
    small.furnish()
    with connections[other].cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER twist AFTER INSERT ON ledger_patentevent WHEN NEW.id = (SELECT min(id) FROM ledger_patentevent) "
            "BEGIN UPDATE ledger_patentevent SET effect = 0 WHERE id = NEW.id; END"
        )
    PatentEvent.objects.filter(pk=PatentEvent.objects.order_by("pk")[0].pk).update(effect=1)

    with pytest.raises(Refused, match="表 ledger_patentevent 复制后不一致：原有 5 行，复制后 5 行，摘要不同"):
        moving.copy(source="default", target=other)

    assert [
        model
        for model in moving.tables()
        if model._meta.app_label == "ledger" and model._base_manager.using(other).exists()
    ] == []


def test_a_digest_does_not_depend_on_the_order_but_on_every_value() -> None:
    def total(*rows: tuple[object, ...]) -> str:
        found = moving._Sum()
        for row in rows:
            found.add(row)
        return found.table("t").digest

    assert total((1, "甲"), (2, None)) == total((2, None), (1, "甲"))
    assert total((1, "甲"), (1, "甲")) != total((1, "甲"))
    assert total((1, {"b": 1, "a": 2})) == total((1, {"a": 2, "b": 1}))
    assert total((1, "")) != total((1, None))


def test_an_address_that_is_no_postgresql_is_refused() -> None:
    with pytest.raises(ValueError, match="only postgres://"):
        moving.database_at("mysql://somewhere/xingke")


# ── PostgreSQL ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def fresh_postgres() -> Iterator[str]:
    """The address of an empty database on the server of this run; dropped afterwards."""
    import os

    name = f"moved_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(os.environ["XINGKE_DATABASE_URL"])._replace(path=f"/{name}"))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.postgres
def test_from_postgresql_to_sqlite_and_back_nothing_changes(other: str, fresh_postgres: str) -> None:
    casting.load_packs()
    small.furnish()

    before = [moving.digest(model, "default") for model in moving.tables()]
    there = moving.copy(source="default", target=other)
    assert [moving.digest(model, "default") for model in moving.tables()] == before == there
    with moving.other_database("again", moving.database_at(fresh_postgres)) as again:
        moving.migrate(again)
        back = moving.copy(source=other, target=again)
        row = AuditEntry.objects.using(again).order_by("-seq")[0]
        before = AuditEntry.objects.using(again).get(seq=row.seq - 1)
        assert row.digest == row.chained_digest(before.digest)
        last = PatentEvent.objects.using(again).order_by("-pk")[0]
        last.pk, last.record = None, last.subject
        last.save(using=again, force_insert=True)

    assert [(table.name, table.rows, table.digest) for table in back] == [
        (table.name, table.rows, table.digest) for table in there
    ]


@pytest.mark.postgres
def test_the_command_moves_an_installation_and_the_other_database_answers(tmp_path: Path, fresh_postgres: str) -> None:
    _cast, _document = small.furnish()
    home = tmp_path / "home"
    restored = small.command(home, "restore", str(back_up(to=tmp_path / "one.zip", now=casting.NOW).path))
    assert restored.returncode == 0, restored.stdout + restored.stderr

    moved = small.command(home, "move", fresh_postgres)
    assert moved.returncode == 0, moved.stdout + moved.stderr
    checked = small.command(home, "check", XINGKE_DATABASE_URL=fresh_postgres)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"台账序号 {current_seq()}，完整" in checked.stdout
    again = small.command(home, "move", fresh_postgres)
    assert again.returncode == 2
    assert "目标数据库不是空的" in again.stderr
