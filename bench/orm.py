"""Every monthly flow and stock of the pack from a real ledger: the engine beside Django's ORM on the same database.

The ORM is asked as its manual advises: one query per kind, one conditional aggregate per indicator, grouped by county
and month. Both give a stock's change within the month.
"""

from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum

from bench.events import KINDS
from bench.measuring import Line, WrongAnswer, in_turn
from xingke.indicators import engine
from xingke.indicators.queries import indicators
from xingke.indicators.rules import Indicator
from xingke.ledger.models import State

GOAL = 1 / 20
Cells = dict[tuple[int, int, str], int]


def line(rounds: int) -> Line:
    """Ours and the ORM in turn. Raises WrongAnswer unless every cell is the same."""
    asked = {kind: [each for each in indicators().values() if each.of == kind] for kind in KINDS}

    def ours() -> Cells:
        found: Cells = {}
        for kind, wanted in asked.items():
            cells = engine.cells(kind, wanted, engine.Window(paths=(0, 1_000_000)))
            for path, month, *values in cells.rows:
                found |= {(path, month, code): value for code, value in zip(cells.codes, values, strict=False) if value}
        return found

    def theirs() -> Cells:
        return {key: value for kind, wanted in asked.items() for key, value in _by_orm(kind, wanted).items()}

    if ours() != theirs():
        raise WrongAnswer("the engine and Django's ORM count differently")
    best = in_turn(rounds, ours, theirs)
    rows = sum(kind.event._default_manager.count() for kind in KINDS.values())
    return Line(
        name=f"{sum(map(len, asked.values()))} flows and changes of stocks, all counties and months", ours=best[0],
        peer=best[1], peer_name="Django ORM", ratio_goal=GOAL,
        note=f"{rows:,} event versions on {connection.vendor}; every cell is the same",
    )  # fmt: skip


def _by_orm(kind: str, asked: list[Indicator]) -> Cells:
    rows = (
        KINDS[kind]
        .event._default_manager.filter(seq_to__isnull=True, state=State.CONFIRMED)
        .order_by()
        .values_list("region__path", "happened_on__year", "happened_on__month")
        .annotate(**{f"of_{each.code}": _aggregate(each) for each in asked})
    )
    found: Cells = {}
    for path, year, month, *values in rows:
        for each, value in zip(asked, values, strict=True):
            if value:
                found[path, year * 12 + month - 1, each.code] = value
    return found


def _aggregate(each: Indicator) -> Any:
    condition = Q(**{f"{name}__in": each.allows(name) for name in each.where})
    if each.events:
        condition &= Q(event__in=each.events)
    if each.sum:
        return Sum(each.sum, filter=condition)
    return Count("pk", filter=condition) if each.events else Sum("effect", filter=condition)
