"""Fixtures of these tests."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from xingke.config import moving

FURTHER = ("other", "bare", "again", "snapshot")


@pytest.fixture(autouse=True)
def _no_keys_of_others() -> None:
    """The tests share a data folder: keys of what others sealed and took back belong to nobody, which a check says."""
    shutil.rmtree(Path(settings.DATA) / "person-keys", ignore_errors=True)
    (Path(settings.DATA) / "person-marks.key").unlink(missing_ok=True)


@pytest.fixture
def further_databases(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test open databases that came up while it ran; Django's tests know only those of the settings."""
    usual = BaseDatabaseWrapper.ensure_connection

    def ensure_connection(self: BaseDatabaseWrapper) -> None:
        if self.connection is None and self.alias in FURTHER:
            with self.wrap_database_errors:
                self.connect()
        else:
            usual(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", ensure_connection)


@pytest.fixture
def two_empty(further_databases: None, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The aliases of two empty databases of the kind the suite runs on: files, or schemas beside the one of the tests."""
    aliases = ("other", "again")
    with ExitStack() as stack:
        for alias in aliases:
            stack.enter_context(moving.other_database(alias, _empty(alias, tmp_path)))
        yield aliases
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for alias in aliases:
                cursor.execute(f"DROP SCHEMA IF EXISTS {alias}_tables CASCADE")


def _empty(alias: str, folder: Path) -> dict[str, Any]:
    if connection.vendor != "postgresql":
        return moving.sqlite_file(folder / f"{alias}.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {alias}_tables")
    own = connection.settings_dict
    return {**own, "OPTIONS": {**own["OPTIONS"], "options": f"-c search_path={alias}_tables"}}
