"""Fixtures of the whole suite."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests import cast as casting
from tests import holding


def pytest_configure() -> None:
    """Plain static files (nothing is collected for tests) and a quick password hash: neither is what tests are about."""
    if not Path(settings.DATA).name.startswith("xingke-test-"):
        raise pytest.UsageError("the tests would write to a real installation: unset DJANGO_SETTINGS_MODULE")
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """Regions and packs stand in the test database from the start, as in an installation."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django exports no type for it
        casting.load_packs()


@pytest.fixture(autouse=True)
def _acts_work_in_the_database_only() -> Iterator[None]:
    """Whoever holds the counter keeps everybody waiting: no file, program or connection is opened meanwhile."""
    with holding.watched() as opened:
        yield
    assert opened == []


@pytest.fixture
def cast(db: None) -> casting.Cast:
    """Everybody, in their places; nothing is remembered of the ledger of the test before."""
    cache.clear()
    return casting.gather()


@pytest.fixture
def signed_in(client: Client, cast: casting.Cast) -> Callable[[str], Client]:
    """A browser in which one of the cast is signed in: ``signed_in("officer").get(…)``."""

    def as_somebody(name: str) -> Client:
        client.force_login(cast.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_somebody


@pytest.fixture
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data folder of the test's own, for what leaves files behind."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(settings, "DATA", folder)
    return folder
