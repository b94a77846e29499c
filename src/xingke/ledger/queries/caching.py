"""Answers that are kept until something is filed, or until a reader's rights change.

What takes no number must not be kept here: a file that was checked waits to be filed, and the ledger's stamp is as it was.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from django.core.cache import cache
from django.db import connection
from django.db.models import Model

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.queries import trail_digest
from xingke.base.remembering import remembered
from xingke.ledger.models import Observation, RecordKeeping
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry
from xingke.registry.models import Definition

T = TypeVar("T")
KEPT = 24 * 3600  # seconds


def ledger_stamp() -> int:
    """The number of the last write that a figure or name can depend on: records, reported figures, declarations, definitions.

    A document written at this number or later says what the ledger says. One query that reads the ends of indexes only.
    """
    tables: list[type[Model]] = [
        *(table for kind in TABLES.values() for table in (kind.event, kind.subject)),
        Observation,
        RecordKeeping,
    ]
    quoted = connection.ops.quote_name
    newest = [f"SELECT max(seq) FROM {quoted(Definition._meta.db_table)}"]
    for name in (quoted(table._meta.db_table) for table in tables):
        newest.append(f"SELECT max(seq_from) FROM {name}")
        newest.append(f"SELECT max(seq_to) FROM {name} WHERE seq_to IS NOT NULL")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(newest))
        return max((number for (number,) in cursor.fetchall() if number is not None), default=0)


def stamp() -> int:
    """The ledger's stamp, asked once for the page."""
    return remembered("xingke.ledger.stamp", ledger_stamp)


def moment() -> str:
    """The ledger as it stands: its stamp, and the trail up to there, other after a backup was restored."""
    return remembered("xingke.ledger.moment", lambda: f"{stamp()}:{trail_digest(stamp())}")


def kept(name: str, ask: Callable[[], T]) -> T:
    """What was found, kept until something is filed. name: says everything else that the answer depends on."""
    key = f"xingke.{name}:{moment()}"
    found: tuple[T] | None = cache.get(key)
    if found is None:
        found = (ask(),)
        cache.set(key, found, KEPT)
    return found[0]


def kept_for(user: User, name: str, ask: Callable[[], T]) -> T:
    """What was found for a reader, kept until something is filed or their rights change."""
    rights = repr([(each, registry.scope(user, each)) for each in sorted(Permission)])
    return kept(f"{name}:{user.pk}:{sha256(rights.encode()).hexdigest()[:16]}", ask)
