"""Definitions become Ibis expressions over one table, ``rows``; their DuckDB SQL is kept, keyed by what made it.

Ibis loads slowly (seconds), so it is imported only when a definition meets this installation for the first time.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xingke.indicators.columns import folder
from xingke.indicators.rules import Indicator
from xingke.ledger.kinds import KINDS

if TYPE_CHECKING:
    import ibis.expr.types as ir

COMPILER = 6  # raise when the SQL for the same definition changes


def cells_sql(kind: str, indicators: Sequence[Indicator]) -> str:
    """SQL over ``rows`` giving (path, month, one column per indicator): events counted, or effects summed, per month.

    month is year × 12 + month − 1. A stock's column is its change within the month; summing from the beginning gives
    the stock. A sum or balance has a second column, ``CODE_records``, after all the others.
    """
    return _compiled("cells", kind, tuple(indicators), _cells)


def evidence_sql(indicator: Indicator) -> str:
    """SQL over ``rows`` giving (record, version, contribution), one row per record behind the value."""
    return _compiled("evidence", indicator.of, (indicator,), _evidence)


def _compiled(what: str, kind: str, indicators: tuple[Indicator, ...], build: Callable[..., "ir.Table"]) -> str:
    asked = [
        COMPILER,
        what,
        kind,
        [[i.code, i.nature, i.net, i.sum, i.events, sorted(i.where.items())] for i in indicators],
    ]
    key = hashlib.sha256(json.dumps(asked, default=list).encode()).hexdigest()[:32]
    return _remembered(key, lambda: build(_rows(kind), indicators))


@lru_cache(maxsize=256)
def _from_disk(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _remembered(key: str, build: Callable[[], "ir.Table"]) -> str:
    path = folder() / "sql" / f"{key}.sql"
    try:
        return _from_disk(path)
    except FileNotFoundError:
        import ibis

        sql = str(ibis.to_sql(build(), dialect="duckdb"))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(sql, encoding="utf-8")
        unfinished.replace(path)
        return sql


def _rows(kind: str) -> "ir.Table":
    import ibis

    columns: dict[str, Any] = {
        "record": "string", "version": "int32", "subject": "string", "path": "int32", "day": "date",
        "event": "string", "effect": "int8", "step": "int16",
    }  # fmt: skip
    columns |= dict.fromkeys(KINDS[kind].repeated, "string") | dict.fromkeys(KINDS[kind].measures, "int64")
    return ibis.table(columns, name="rows")


def _condition(rows: "ir.Table", indicator: Indicator) -> "ir.BooleanValue":
    import ibis

    condition: Any = ibis.literal(value=True)
    for name in indicator.where:
        condition = condition & rows[name].isin(indicator.allows(name))
    if indicator.events:
        condition = condition & rows.event.isin(indicator.events)
    return condition


def needs_count(indicator: Indicator) -> bool:
    """Whether the value is something else than the number of records behind it: a sum, or a balance of effects."""
    return bool(indicator.sum or indicator.net)


def _cells(rows: "ir.Table", indicators: Sequence[Indicator]) -> "ir.Table":
    """Every indicator in one pass over the rows.

    Counting the combinations of event and fields first, and the indicators over those, was tried: no faster on 10^7
    rows, half as fast on 10^6 over 3,000 regions and 36 months, where nearly every row is its own combination.
    """
    month = rows.day.year().cast("int32") * 12 + rows.day.month().cast("int32") - 1
    by_month = rows.mutate(month=month)
    measures: dict[str, Any] = {}
    for indicator in indicators:
        asked = _condition(by_month, indicator)
        if indicator.sum:
            measures[indicator.code] = by_month[indicator.sum].sum(where=asked).fill_null(0)
        elif indicator.events:
            measures[indicator.code] = by_month.count(where=asked)
        else:
            measures[indicator.code] = by_month.effect.sum(where=asked).fill_null(0)
    for indicator in indicators:  # how many records stand behind what is no plain count
        if needs_count(indicator):
            counts = by_month[indicator.sum].notnull() if indicator.sum else by_month.effect != 0
            measures[f"{indicator.code}_records"] = by_month.count(where=_condition(by_month, indicator) & counts)
    return by_month.group_by(["path", "month"]).agg(**measures)


def _evidence(rows: "ir.Table", indicators: Sequence[Indicator]) -> "ir.Table":
    (indicator,) = indicators
    inside = rows.filter(_condition(rows, indicator))
    if indicator.nature == "flow":
        if indicator.net:
            inside = inside.filter(inside.effect != 0)
            return inside.select("record", "version", contribution=inside.effect.cast("int64"))
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
