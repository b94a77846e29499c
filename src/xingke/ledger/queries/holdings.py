"""What organisations hold, and what money reached them: the reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum, Value

from xingke.base.periods import Period
from xingke.ledger.models import State
from xingke.ledger.queries import current_subjects
from xingke.ledger.tables import TABLES, Kind
from xingke.registry.models import Organisation


@dataclass(frozen=True)
class Holding:
    """A title or patent held on a day, and since when."""

    kind: str
    subject: Any  # the model of its kind
    since: date
    until: date | None = None  # the last day by its term; None where it has none


def _standing(kind: Kind, on: date) -> Any:
    """The sum of effects up to a day, less what has ended by its own term by then."""
    lapsed = Count("pk", filter=Q(lapses_on__lte=on)) if kind.is_lasting else Value(0)
    return Sum("effect") - lapsed


def _held(kind: Kind, on: date) -> QuerySet[Any]:
    return kind.event._default_manager.filter(seq_to__isnull=True, state=State.CONFIRMED, happened_on__lte=on)


def titles_held(organisation: Organisation, *, on: date) -> list[Holding]:
    """The titles in force of an organisation, oldest first. Two queries."""
    kind = TABLES["recognition"]
    running = _held(kind, on).filter(organisation=organisation).order_by().values("subject")
    since = running.annotate(
        held=_standing(kind, on), since=Max("happened_on", filter=Q(effect=1)), lapses=Max("lapses_on")
    ).filter(held__gt=0)
    days = {subject: (since, lapses) for subject, since, lapses in since.values_list("subject", "since", "lapses")}
    subjects = current_subjects(kind, set(days))
    return sorted(
        (Holding(kind.code, subject, days[key][0], _day_before(days[key][1])) for key, subject in subjects.items()),
        key=lambda each: each.since,
    )


def _day_before(day: date | None) -> date | None:
    return day - timedelta(days=1) if day is not None else None


def patents_held(organisation: Organisation, *, on: date) -> dict[str, int]:
    """How many patents in force an organisation has, by form. One query."""
    running = _held(TABLES["patent"], on).filter(organisation=organisation).order_by().values("form")
    return {row["form"]: row["held"] for row in running.annotate(held=Sum("effect")) if row["held"] > 0}


def holding_counts(organisations: Iterable[int], *, on: date, kinds: Sequence[str]) -> dict[str, dict[int, int]]:
    """How much of some kinds organisations (by id) hold or run. One query per kind for 500 organisations."""
    wanted = list(organisations)
    found: dict[str, dict[int, int]] = {kind: {} for kind in kinds}
    for kind in (TABLES[code] for code in kinds):
        for start in range(0, len(wanted), 500):
            running = _held(kind, on).filter(organisation__in=wanted[start : start + 500]).order_by()
            found[kind.code] |= dict(
                running.values("organisation").annotate(held=_standing(kind, on)).values_list("organisation", "held")
            )
    return found


def money_arrived(organisation: Organisation, period: Period) -> int:
    """The money that arrived for an organisation in a period, in 分; 0 where none did. One query."""
    arrived = _held(TABLES["payment"], period.last).filter(
        organisation=organisation, event="arrived", happened_on__gte=period.first
    )
    found = arrived.aggregate(total=Sum("amount"))["total"]
    return int(found) if found is not None else 0
