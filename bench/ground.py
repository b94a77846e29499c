"""The ground a bench stands on: a real installation in the bench's own data folder, made once and used again."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.ledger.models import Version
from xingke.registry import actions as registry
from xingke.registry.models import Region

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
NATION, FICTIONAL = "000000", "990000"
PACKS = Path(settings.PACKAGE) / "packs"


def stand(made_from: str, fill: Callable[[], None], *, hires: bool = True) -> bool:
    """A database with regions, packs and one statistician, filled once. Returns whether it had to be made.

    made_from: what the filling depends on besides migrations and packs; a database made from anything else is replaced.
    hires: False where the filling brings all of its accounts.
    """
    wanted = _signature(made_from)
    mark = Path(settings.DATA) / "made-from.txt"
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return False
    mark.unlink(missing_ok=True)
    _wipe()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA temp_store=MEMORY")  # large inserts keep their way back in memory, not in files
    call_command("migrate", verbosity=0)
    for pack in ("national", "fictional"):
        registry.load_regions(folder=PACKS / pack, by=None, now=NOW)
    registry.load_pack(folder=PACKS / "national", by=None, now=NOW)
    if hires:
        _hire()
    fill()
    mark.write_text(wanted, encoding="utf-8")
    return True


def _signature(made_from: str) -> str:
    digest = hashlib.sha256(made_from.encode())
    files = [*Path(settings.PACKAGE).glob("*/migrations/*.py"), *PACKS.glob("**/*.toml"), *PACKS.glob("*/regions.csv")]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return f"{made_from} {digest.hexdigest()}"


def _wipe() -> None:
    connection.close()
    database = Path(settings.DATABASES["default"]["NAME"])
    for file in (*database.parent.glob(database.name + "*"), *(Path(settings.DATA) / "columns").glob("*.*")):
        file.unlink()


def _hire() -> None:
    """The statistician, who may enter and confirm everywhere, and who confirms what needs four eyes."""
    for name in ("bench", "bench-checker"):
        user = accounts.create_account(username=name, name="测速账号", password="bench-2026-qingxi", by=None, now=NOW)
        for code in (NATION, FICTIONAL):
            registry.give_role(user=user, role="statistician", region=place(code), by=None, now=NOW)


def statistician() -> User:
    """Who does everything here."""
    return User.objects.get(username="bench")


def checker() -> User:
    """Who confirms it."""
    return User.objects.get(username="bench-checker")


def place(code: str) -> Region:
    """A current region by its code."""
    return Region.objects.get(code=code, valid_to__isnull=True)


def copy(model: type[Version], times: int) -> None:
    """Every event again and again, as in a ledger that has filled for years: filed one by one it would take hours."""
    columns = [field.column for field in model._meta.local_concrete_fields if not field.primary_key]
    taken = ["lower(hex(randomblob(16)))" if column == "record" else f'"{column}"' for column in columns]
    names, last = ", ".join(f'"{column}"' for column in columns), model._default_manager.latest("pk").pk
    with transaction.atomic(), connection.cursor() as cursor:
        for _time in range(times):
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(taken)} '
                f'FROM "{model._meta.db_table}" WHERE id <= %s',
                [last],
            )
