"""The test database: regions and packs stand in it from the start, as in an installation.

Loading takes some seconds, copying what came of it a hundredth of one: so it is done once per state of the
source and kept as a template, in a file (SQLite) or as a database beside (PostgreSQL). Every worker of the suite copies
the template, and so does a test that commits, once it is over.
"""

import fcntl
import hashlib
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests import cast
from xingke.accounts.models import Counter

ROOT = Path(__file__).resolve().parent.parent
ENDINGS = ("*.py", "*.toml", "*.csv", "*.json", "*.sql")


def digest() -> str:
    """Of everything the template is made from."""
    known = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    source = ROOT / "src" / "xingke"
    paths = {path for ending in ENDINGS for path in source.rglob(ending) if "tests" not in path.parts}
    for path in sorted({*paths, Path(cast.__file__)}):
        known.update(f"{path.relative_to(ROOT)}\0".encode())
        known.update(path.read_bytes())
    return known.hexdigest()[:16]


class Template:
    """What the test databases of a suite are copied from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.digest = digest()

    def open(self) -> None:
        """Point Django to a test database that is as the template is, made first where there is none."""
        with self._alone():
            if not self._stands():
                self._make()
        self.restore()

    def close(self) -> None:
        """Give the test database up."""
        _leave()

    def restore(self) -> None:
        """Make the test database as the template is, whatever was committed to it; but a ledger of its own, so that
        nothing that is remembered of another is taken for it."""
        self._copy()
        Counter.objects.update(ledger=uuid.uuid4())

    def _copy(self) -> None:
        raise NotImplementedError

    def _stands(self) -> bool:
        raise NotImplementedError

    def _make(self) -> None:
        raise NotImplementedError

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One worker makes the template, the others wait for it."""
        with (self.folder / "making.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _point_to(self, name: str) -> None:
        _leave()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name

    def _fill(self) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        cast.load_packs()


class SqliteTemplate(Template):
    """A file, and so is the test database: other connections and processes of the tests see what was committed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.name = connection.creation._get_test_db_name()
        self.file = folder / f"{self.digest}.sqlite3"

    def _stands(self) -> bool:
        return self.file.exists()

    def _make(self) -> None:
        for old in self.folder.glob("*.sqlite3*"):
            old.unlink()
        self._point_to(self.name)
        self._fill()
        part = self.file.with_suffix(".sqlite3-part")
        with sqlite3.connect(part) as made:
            _native(connection).backup(made)
        made.close()
        part.replace(self.file)

    def _copy(self) -> None:
        if settings.DATABASES["default"]["NAME"] != self.name:
            self._point_to(self.name)
        template = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        template.backup(_native(connection))
        template.close()


class PostgresTemplate(Template):
    """A database of the same server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.name = connection.creation._get_test_db_name()
        self.template = f"xingke_template_{self.digest}"

    def _stands(self) -> bool:
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template])
            return cursor.fetchone() is not None

    def _make(self) -> None:
        part = f"{self.template}_part"
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'xingke\\_template\\_%%'")
            for (old,) in cursor.fetchall():
                cursor.execute(f"DROP DATABASE {old}")
            cursor.execute(f"CREATE DATABASE {part}")
        self._point_to(part)
        self._fill()
        _leave()
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {part} RENAME TO {self.template}")

    def _copy(self) -> None:
        self._point_to(self.name)
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {self.name} TEMPLATE {self.template}")

    def close(self) -> None:
        super().close()
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def _leave() -> None:
    """Give every connection up, those that lie in a pool too: a database that somebody uses cannot be copied."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def _native(wrapper: BaseDatabaseWrapper) -> sqlite3.Connection:
    wrapper.ensure_connection()
    return wrapper.connection


def template(folder: Path) -> Template:
    """The template of the database that the suite runs on, kept in a folder between runs."""
    return SqliteTemplate(folder) if connection.vendor == "sqlite" else PostgresTemplate(folder)
