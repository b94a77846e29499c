"""Reported figures: the reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

from django.db.models import Q, QuerySet

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.quantities import Quantity, Unit
from xingke.ledger.models import Observation, State
from xingke.ledger.queries import as_of, readable
from xingke.ledger.rules import Reported, Told, chosen, written_figures
from xingke.registry import queries as registry
from xingke.registry.models import Region

Row = TypeVar("Row", Observation, Told)


def reported(
    *,
    indicators: Sequence[str],
    regions: Sequence[int],
    periods: Sequence[str],
    aspects: Sequence[str] = ("level",),
    seq: int | None = None,
) -> list[Told]:
    """Confirmed figures that could answer, ordered by indicator, region and period. One query."""
    rows = Observation.objects.filter(
        as_of(seq),
        state=State.CONFIRMED,
        indicator__in=indicators,
        region__in=regions,
        real_period__in=periods,
        aspect__in=aspects,
        part="",
    ).order_by("indicator", "region_id", "real_period", "document", "place")
    return [Told._make(row) for row in rows.values_list(*Told._fields)]


def choose(rows: Sequence[Row]) -> Row | None:
    """The one that counts among rival figures; None if a person must choose."""
    verdict = chosen([Reported(row, row.value, row.accepted) for row in rows])
    return None if verdict is None else verdict.key  # type: ignore[return-value]  # the row put in above


def quantity(row: Observation | Told) -> Quantity:
    """The stated value of a figure; its unit as loaded now, else as the row says."""
    unit = registry.units().get(row.unit) or Unit(code=row.unit, kind=row.kind)
    return Quantity(scaled=row.value, unit=unit, decimals=row.decimals)


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def listed(
    user: User, *, document: str = "", mapped: str = "", period: str = "", state: str = "", search: str = ""
) -> QuerySet[Observation]:
    """The reported figures somebody may read, by document and place. mapped: yes, no, or empty for both."""
    allowed = registry.require_page(user, Permission.RECORD_READ)
    found = Observation.objects.filter(readable(allowed), seq_to__isnull=True).select_related("region")
    if document:
        found = found.filter(document=document)
    if mapped in ("yes", "no"):
        found = found.exclude(indicator="") if mapped == "yes" else found.filter(indicator="")
    if period:
        found = found.filter(Q(stated_period=period) | Q(real_period=period))
    if state in State.values:
        found = found.filter(state=state)
    if text := search.strip():
        found = found.filter(Q(name__icontains=text) | Q(place__icontains=text))
    return found.order_by("document", "place", "pk")


def choices(user: User) -> tuple[list[str], list[str]]:
    """The documents and the periods (real, newest first) of the reported figures somebody may read. Two queries."""
    allowed = registry.require_page(user, Permission.RECORD_READ)
    found = Observation.objects.filter(readable(allowed), seq_to__isnull=True).order_by()
    documents = sorted(found.values_list("document", flat=True).distinct())
    periods = set(found.exclude(real_period="").values_list("real_period", flat=True).distinct())
    return documents, sorted(periods, reverse=True)


# ── rivals ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Choice:
    """Several reported figures of one name, place and period that differ: a person must say which one counts."""

    indicator: str
    region: Region
    period: str
    rows: Sequence[Observation]


def rivals_of(row: Observation) -> list[Observation]:
    """The reported figures of the same indicator, place and period, this one among them. One query."""
    if not row.indicator or not row.real_period:
        return [row]
    return list(
        Observation.objects.filter(
            indicator=row.indicator,
            aspect=row.aspect,
            region=row.region,
            real_period=row.real_period,
            part=row.part,
            seq_to__isnull=True,
        )
        .exclude(state=State.VOID)
        .select_related("region")
        .order_by("document", "place")
    )


def choice_of(row: Observation) -> Choice | None:
    """The open choice a reported figure stands in; None if nobody has to choose."""
    rivals = [rival for rival in rivals_of(row) if rival.state == State.CONFIRMED]
    if row.part or len(rivals) < 2 or choose(rivals) is not None or row.pk not in {rival.pk for rival in rivals}:
        return None
    return Choice(row.indicator, row.region, row.real_period, rivals)


def open_choices(user: User) -> list[Choice]:
    """The choices that wait for whoever may make them. One query."""
    allowed = registry.scope(user, Permission.OBSERVATION_CHOOSE)
    if not allowed:
        return []
    rows = (
        Observation.objects.filter(registry.in_scope(allowed), seq_to__isnull=True, state=State.CONFIRMED, part="")
        .exclude(indicator="")
        .exclude(real_period="")
        .select_related("region")
        .order_by("indicator", "aspect", "region_id", "real_period", "document", "place")
    )
    choices = []
    for (indicator, _aspect, _region, period), group in groupby(
        rows, key=lambda row: (row.indicator, row.aspect, row.region_id, row.real_period)
    ):
        rivals = list(group)
        if len(rivals) > 1 and choose(rivals) is None:
            choices.append(Choice(indicator, rivals[0].region, period, rivals))
    return choices


# ── filed before words were held against numbers ────────────────────────────────────────────────────────────────────


def read_otherwise() -> Iterator[tuple[Observation, written_figures.FigureWords]]:
    """The figures that stand whose word of approximation or amount is not what their own words say now. One query.

    They stay as they were filed until somebody corrects them.
    """
    units = registry.units()
    rows = Observation.objects.filter(seq_to__isnull=True).exclude(state=State.VOID).select_related("region")
    for row in rows.order_by("document", "place").iterator():
        value = quantity(row)
        most = replace(value, scaled=row.value_max) if row.value_max is not None else None
        read = written_figures.read(
            row.as_written, value=value, most=most, units=units, is_change=row.measure == "growth"
        )
        if read.problem or (not read.is_silent and read.word != row.approximation):
            yield row, read
