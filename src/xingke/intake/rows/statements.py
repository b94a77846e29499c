"""All that a row says, in codes and exact amounts: for programs, and for pages that show what would be filed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from xingke.base.quantities import Unit
from xingke.intake.rows.contents import Content, Happened, Partly
from xingke.intake.rows.incoming import Measured, NamedHolder, Row, StatedFact, Statement
from xingke.ledger import queries
from xingke.ledger.tables import Kind
from xingke.ledger.words import measure_of
from xingke.registry.actions import NewOrganisation


def stated(kind: Kind, row: Row) -> Statement:
    """What a row of a kind with a history says; of one with problems, as far as it was understood."""
    found: Content | Partly | None = row.content or row.partly
    if found is None:
        return Statement("", None, [])
    firm = found.firm
    holder = NamedHolder(firm.name, str(firm.key), isinstance(firm, NewOrganisation)) if firm is not None else None
    fields = {name: value for name, value in found.columns.items() if value}
    facts = [
        StatedFact(
            each.event,
            each.on,
            fields | _certified(kind, fields, each),
            {name: exactly(name, each.measures[name]) for name in kind.measures if name in each.measures},
        )
        for each in found.happened
    ]
    return Statement(found.region.code if found.region else "", holder, facts)


def _certified(kind: Kind, fields: Mapping[str, str], each: Happened) -> dict[str, str]:
    """Until which day the certificate an event gives holds, as the row or its title's term says."""
    until = each.until or queries.usual_last_day(kind, fields, each.event, each.on)
    return {"until": until.isoformat()} if until is not None else {}


def exactly(measure: str, scaled: int) -> Measured:
    """A measure as the ledger keeps it, in its base unit."""
    unit = measure_of(measure).units[-1]
    return Measured(Decimal(scaled) / unit.scale, unit.code)


def in_unit(scaled: int, unit: Unit) -> str:
    """An amount in the unit a file has it in: 0.5万元, 120人次."""
    return f"{plain(Decimal(scaled) / unit.scale / unit.factor)}{unit.code}"


def plain(value: Decimal) -> str:
    """A number as text: all its digits and no more, never with an exponent."""
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def as_json(statement: Statement) -> dict[str, Any]:
    """A statement as programs get it."""
    return {
        "region": statement.region or None,
        "organisation": (
            {"name": statement.holder.name, "key": statement.holder.key, "new": statement.holder.is_new}
            if statement.holder
            else None
        ),
        "facts": [
            {
                "event": fact.event,
                "on": fact.on.isoformat() if fact.on else None,
                "fields": dict(fact.fields),
                "measures": {
                    code: {"value": plain(each.value), "unit": each.unit} for code, each in fact.measures.items()
                },
            }
            for fact in statement.facts
        ],
    }
