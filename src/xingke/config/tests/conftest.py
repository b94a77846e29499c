"""Fixtures of these tests."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

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
