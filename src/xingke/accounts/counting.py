"""The one counter and the trail behind it: what ``acts`` is made of, and nobody else writes."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from xingke.accounts.models import AuditEntry, Counter, User

PROGRAM = "系统"  # who did what no account did


def take() -> int:
    """The next number. Must run inside the transaction that writes; holds the counter until its end.

    Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken inside the transaction that writes")
    table, name, value = (connection.ops.quote_name(each) for each in (Counter._meta.db_table, "name", "value"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {value} = {value} + 1 WHERE {name} = %s RETURNING {value}", [Counter.LEDGER]
        )
        row = cursor.fetchone()
    if row is None:
        return Counter.objects.create(name=Counter.LEDGER, value=1, ledger=uuid.uuid4()).value
    return int(row[0])


def hold() -> None:
    """Hold the counter until the transaction ends. SQLite has no rows to hold: there the transaction has the whole database."""
    if connection.features.has_select_for_update:
        Counter.objects.filter(name=Counter.LEDGER).update(value=F("value"))


def record(
    *,
    seq: int,
    by: User | None,
    action: str,
    target_kind: str,
    target: str,
    now: datetime,
    count: int = 1,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write the audit row of the change that took ``seq``; its digest chains to the entry before."""
    before = AuditEntry.objects.order_by("-seq").values_list("digest", flat=True).first() or ""
    entry = AuditEntry(
        seq=seq,
        at=now,
        by=by,
        by_name=by.name if by else PROGRAM,
        action=action,
        target_kind=target_kind,
        target=target[:200],
        count=count,
        reason=reason,
        detail=dict(detail or {}),
    )
    entry.digest = entry.chained_digest(before)
    entry.save(force_insert=True)
    return entry
