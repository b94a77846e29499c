"""How long somebody waits for the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def impatient() -> Iterator[None]:
    """Where another writer holds the database, give up at once instead of waiting for it."""
    usual = settings.DATABASES["default"].get("OPTIONS", {}).get("timeout", 5) * 1000
    statements = {
        "sqlite": ("PRAGMA busy_timeout = 0", f"PRAGMA busy_timeout = {usual:.0f}"),
        "postgresql": ("SET lock_timeout = '100ms'", "SET lock_timeout = DEFAULT"),
    }
    before, afterwards = statements[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(before)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(afterwards)
