"""Fixtures of the whole suite."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck

from tests import cast as casting
from tests import database, holding, reading_here, reading_packs
from xingke.base import definitions
from xingke.press import documents, sheets


def pytest_configure() -> None:
    """Plain static files (nothing is collected for tests) and a quick password hash: neither is what tests are about."""
    if not Path(settings.DATA).name.startswith("xingke-test-"):
        raise pytest.UsageError("the tests would write to a real installation: unset DJANGO_SETTINGS_MODULE")
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # How long an example takes says how busy the machine is, and nothing about the code.
    hypothesis.settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis.settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with slow tests first, so that no worker is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,  # pytest-django exports no type for it
    pytestconfig: pytest.Config,
) -> Iterator[None]:
    """Regions and packs stand in the test database from the start, and again after a test that committed."""
    with django_db_blocker.unblock():
        template = database.template(pytestconfig.cache.mkdir("database"))
        template.open()

    def stands_again(test: TransactionTestCase) -> None:
        template.restore()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", stands_again)
        patch.setattr(definitions, "read_pack", reading_packs.read_pack)
        yield
    with django_db_blocker.unblock():
        template.close()


@pytest.fixture(autouse=True)
def _acts_work_in_the_database_only() -> Iterator[None]:
    """Whoever holds the counter keeps everybody waiting: no file, program or connection is opened meanwhile."""
    with holding.watched() as opened:
        yield
    assert opened == []


@pytest.fixture(autouse=True)
def _files_are_read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """But where the child that reads them is asked for."""
    if "press" not in request.path.parts and not request.node.get_closest_marker("slow"):
        for module in (sheets, documents):
            monkeypatch.setattr(module, "answers", reading_here.answers)


@pytest.fixture
def cast(db: None) -> casting.Cast:
    """Everybody, in their places; nothing is remembered of the ledger of the test before."""
    cache.clear()
    return casting.gather_again()


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
