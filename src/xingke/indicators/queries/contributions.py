"""The records behind a counted value, with what each adds to it."""

from dataclasses import dataclass
from decimal import Decimal

from xingke.indicators.columns import engine
from xingke.indicators.queries import added
from xingke.indicators.queries.reader import window_of
from xingke.indicators.queries.values import Value
from xingke.indicators.rules import EvidenceRow
from xingke.ledger import queries as ledger
from xingke.ledger.models import EventVersion, Version
from xingke.ledger.queries import holders
from xingke.ledger.tables import TABLES
from xingke.registry.rules import Scope


@dataclass(frozen=True)
class Contribution:
    """One record behind a value and what it adds to it, with the event and the thing whose history it belongs to.

    amount: in the indicator's unit.
    """

    evidence: EvidenceRow
    amount: Decimal
    event: EventVersion | None
    subject: Version | None


def contributions(
    value: Value, *, seq: int | None, seen: Scope | None = None, offset: int = 0, limit: int | None = None
) -> list[Contribution]:
    """The records behind a records value, newest first, in the versions that were in force at ``seq``.

    seen: where whoever is shown them may see organisations, so that no other is named; None: nobody is shown them.
    One engine pass, and two queries per 500 rows.
    """
    rows = engine.newest_evidence(value.indicator, window_of(value, seq), offset=offset, limit=limit)
    kind = TABLES[value.indicator.of]
    events: dict[str, EventVersion] = {}
    for start in range(0, len(rows), 500):
        part = [row.record for row in rows[start : start + 500]]
        found = kind.event._default_manager.filter(ledger.as_of(seq), record__in=part)
        events |= {event.record.hex: event for event in found.select_related("organisation__region")}
    if seen is not None:
        holders.hide(seen, events.values())
    subjects = ledger.current_subjects(kind, {event.subject for event in events.values()})
    one = added(value.indicator, 1)
    return [
        Contribution(row, row.contribution * one, event, subjects.get(event.subject) if event else None)
        for row in rows
        for event in [events.get(row.record)]
    ]
