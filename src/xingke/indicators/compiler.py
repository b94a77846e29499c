"""Definitions become Ibis expressions over one table, ``rows``; their DuckDB SQL is kept, keyed by what made it.

Ibis loads slowly (seconds), so it is imported only when a definition meets this installation for the first time.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from xingke.indicators import intact
from xingke.indicators.columns import folder
from xingke.indicators.rules import Indicator
from xingke.ledger.tables import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

COMPILER = 8  # raise when the SQL for the same definition changes


def evidence_sql(indicator: Indicator) -> str:
    """SQL over ``rows`` giving (record, version, contribution), one row per record behind the value."""
    made_of = [
        COMPILER,
        indicator.of,
        indicator.nature,
        indicator.net,
        indicator.sum,
        indicator.events,
        sorted(indicator.where.items()),
    ]
    key = hashlib.sha256(json.dumps(made_of, default=list).encode()).hexdigest()[:32]
    return _remembered(key, lambda: _evidence(_rows(indicator.of), indicator))


_known: dict[str, str] = {}  # compiled SQL by key, as this process read or made it


def _remembered(key: str, build: Callable[[], "ir.Table"]) -> str:
    if key not in _known:
        _known[key] = _from_disk(key) or _compiled(key, build)
    return _known[key]


def _from_disk(key: str) -> str | None:
    for path in intact.found(folder() / "sql", key, ".sql"):
        with suppress(OSError, UnicodeDecodeError):
            return path.read_text(encoding="utf-8")
    return None


def _compiled(key: str, build: Callable[[], "ir.Table"]) -> str:
    """The SQL, made anew; kept for other processes where that is possible."""
    import ibis

    sql = str(ibis.to_sql(build(), dialect="duckdb"))
    with suppress(OSError), intact.keeping(folder() / "sql", key, ".sql") as kept:
        kept.part.write_text(sql, encoding="utf-8")
    return sql


def _rows(kind: str) -> "ir.Table":
    import ibis

    columns: dict[str, Any] = {
        "record": "string",
        "version": "int32",
        "subject": "string",
        "path": "int32",
        "day": "date",
        "event": "string",
        "effect": "int8",
        "step": "int16",
        "lapsed": "boolean",
    }
    columns |= dict.fromkeys(TABLES[kind].asked, "string") | dict.fromkeys(TABLES[kind].measures, "int64")
    return ibis.table(columns, name="rows")


def _condition(rows: "ir.Table", indicator: Indicator) -> "ir.BooleanValue":
    import ibis

    condition: Any = ibis.literal(value=True)
    for name in indicator.where:
        condition = condition & rows[name].isin(indicator.allows(name))
    if indicator.events:
        condition = condition & rows.event.isin(indicator.events)
    return condition


def _evidence(rows: "ir.Table", indicator: Indicator) -> "ir.Table":
    inside = rows.filter(_condition(rows, indicator))
    if indicator.nature == "flow":
        if indicator.net:
            inside = inside.filter(inside.effect != 0)
            return inside.select("record", "version", contribution=inside.effect.cast("int64"))
        inside = inside.filter(~inside.lapsed)
        if indicator.sum:
            inside = inside.filter(inside[indicator.sum].notnull())
            return inside.select("record", "version", contribution=inside[indicator.sum])
        import ibis

        return inside.select("record", "version", contribution=ibis.literal(1, "int64"))
    held = inside.group_by("subject").agg(
        record=inside.record.argmax(inside.step, where=inside.effect == 1),
        version=inside.version.argmax(inside.step, where=inside.effect == 1),
        last_record=inside.record.argmax(inside.step),
        last_version=inside.version.argmax(inside.step),
        contribution=inside.effect.sum().cast("int64"),
    )
    held = held.filter(held.contribution != 0)
    return held.select(
        record=held.record.coalesce(held.last_record),
        version=held.version.coalesce(held.last_version),
        contribution=held.contribution,
    )
