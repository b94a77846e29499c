"""The indicators there are."""

from collections.abc import Mapping
from decimal import Decimal

from xingke.base.quantities import Unit
from xingke.indicators import rules
from xingke.indicators.rules import Indicator
from xingke.ledger.models import EventVersion
from xingke.registry import queries as registry
from xingke.registry.models import Region


def indicators() -> dict[str, Indicator]:
    """Every indicator in force everywhere, by code, in the order of the pack."""
    return {key: found.value for key, found in registry.catalogue("indicator").items()}


def indicator(code: str, *, region: Region | None = None) -> Indicator:
    """One indicator as it holds in a region. Raises LookupError naming the code."""
    found: Indicator = registry.definition("indicator", code, region=region).value
    return found


def whose(row: EventVersion) -> dict[str, int]:
    """Whose an event is, as counts of different ones see it: the person as whom they were merged into."""
    person = row.person.merged_into_id or row.person_id if row.person is not None else None
    both = {"organisation": row.organisation_id, "person": person}
    return {name: who for name, who in both.items() if who is not None}


def added(each: Indicator, total: int, units: Mapping[str, Unit] | None = None) -> Decimal:
    """What contributions add up to, in the indicator's unit: a count as it is, a measure from its integers."""
    if not each.sum:
        return Decimal(total)
    known = registry.units() if units is None else units
    return Decimal(total) / rules.scale_of(each) / known[each.unit].factor
