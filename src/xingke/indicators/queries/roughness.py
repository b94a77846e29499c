"""Which sums of records are approximations: they add up events whose number came with 余, 近 or 约."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from xingke.base.periods import Period
from xingke.indicators.rules import Indicator, sum_word
from xingke.ledger import queries as ledger
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import State
from xingke.ledger.tables import TABLES
from xingke.registry.models import Region


def sum_words(
    asked: Iterable[Indicator], regions: Sequence[Region], periods: Sequence[Period], *, seq: int | None
) -> dict[tuple[str, int, Period], str]:
    """The word a sum is said with, by indicator, region and period; none for one that is exact.

    One query per kind that keeps such words; none where no indicator adds up what they belong to.
    """
    found: dict[tuple[str, int, Period], str] = {}
    kinds: dict[str, list[Indicator]] = {}
    for each in asked:
        if each.sum and each.sum == KINDS[each.of].rough:
            kinds.setdefault(each.of, []).append(each)
    for kind, summing in kinds.items() if regions and periods else ():
        rows = _rough_events(kind, regions, periods, seq)
        for each in summing:
            own = [row for row in rows if _is_counted(each, row)]
            for region in regions:
                low, high = region.range
                here = [row for row in own if low <= row["region__path"] < high]
                for period in periods if here else ():
                    words = {row["approximation"] for row in here if period.first <= row["happened_on"] <= period.last}
                    if words:
                        found[each.code, region.pk, period] = sum_word(words)
    return found


def _rough_events(
    kind: str, regions: Sequence[Region], periods: Sequence[Period], seq: int | None
) -> list[dict[str, Any]]:
    known = TABLES[kind]
    rows = known.event._default_manager.filter(
        ledger.as_of(seq),
        state=State.CONFIRMED,
        happened_on__gte=min(each.first for each in periods),
        happened_on__lte=max(each.last for each in periods),
        region__path__gte=min(each.range[0] for each in regions),
        region__path__lt=max(each.range[1] for each in regions),
    )
    worded = rows.exclude(Q(approximation="") | Q(**{known.names.rough: None}))
    return list(worded.values("region__path", "happened_on", "event", "approximation", *known.repeated).distinct())


def _is_counted(each: Indicator, row: dict[str, Any]) -> bool:
    return row["event"] in each.events and all(row[name] in each.allows(name) for name in each.where)
