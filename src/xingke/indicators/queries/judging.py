"""Identities judged for regions and periods, and reported figures against what is worked out: where numbers disagree."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from xingke.base import expressions
from xingke.base.periods import Period
from xingke.indicators import columns
from xingke.indicators.queries import indicators
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Growth, Value
from xingke.indicators.rules.identities import Amount, IdentityVerdict, IndicatorIdentity, judge
from xingke.ledger import queries as ledger
from xingke.ledger.models import Observation, RecordKeeping, State
from xingke.ledger.queries.caching import FIGURES, kept_of
from xingke.registry import queries as registry
from xingke.registry.models import Region

Status = Literal["differs", "holds", "unknown"]
ORDER: Sequence[Status] = ("differs", "holds", "unknown")


@dataclass(frozen=True)
class IdentityTerm:
    """One term of an identity and the values it is: its own, or those of the regions right below."""

    name: expressions.Name
    values: tuple[Value, ...]

    @property
    def missing(self) -> tuple[Value, ...]:
        """The values that are not known well enough to be reckoned with: unknown, or approximations."""
        return tuple(value for value in self.values if value.amount is None or value.is_rough)

    @property
    def amount(self) -> Amount | None:
        if not self.values or self.missing:
            return None
        total = sum((value.amount for value in self.values if value.amount is not None), Decimal(0))
        return Amount(total, sum((_slack(value) for value in self.values), Decimal(0)))


@dataclass(frozen=True)
class Judged:
    """One identity at one place; verdict is None where a term is unknown."""

    identity: IndicatorIdentity
    region: Region
    period: Period
    terms: tuple[IdentityTerm, ...]
    verdict: IdentityVerdict | None

    @property
    def status(self) -> Status:
        if self.verdict is None:
            return "unknown"
        return "holds" if self.verdict.holds else "differs"

    @property
    def missing(self) -> tuple[IdentityTerm, ...]:
        return tuple(term for term in self.terms if term.amount is None)


def _slack(value: Value) -> Decimal:
    """Half a unit of the last digit a figure was reported with; a plain count is exact."""
    stated = value.stated
    if value.observation is None or stated is None or value.amount is None:
        return Decimal(0)
    if stated.unit.kind == "count" and stated.unit.factor == 1 and not stated.decimals:
        return Decimal(0)
    return Decimal(5).scaleb(-stated.decimals - 1) * (value.amount / stated.stated if stated.stated else 1)


def identities() -> dict[str, IndicatorIdentity]:
    """Every identity in force everywhere, by code."""
    return {key: found.value for key, found in registry.catalogue("identity").items()}


def judged(
    reader: Reader, wanted: Iterable[IndicatorIdentity], regions: Sequence[Region], period: Period
) -> Iterator[Judged]:
    """The identities at some places of one period, read in a few passes.

    Nothing is said of a whole against its parts where the whole was put together from them, nor of ``reported``
    identities whose terms were counted.
    """
    wanted = list(wanted)
    terms = {term for identity in wanted for term in identity.terms}
    known = indicators()
    for shift, periods in (("", [period]), ("children", [period]), ("year_before", [period.year_before])):
        asked = [known[code] for code in dict.fromkeys(term.code for term in terms if term.shift == shift)]
        if asked:
            reader.values(asked, regions, periods)
    for region in regions:
        below = registry.children(region, on=period.last) if region.level != Region.Level.COUNTY else []
        for identity in wanted:
            found = tuple(_term(reader, term, region, below, period) for term in identity.terms)
            if _is_vacuous(found):
                continue
            routes = {value.route for term in found for value in term.values if value.is_known}
            if identity.among == "reported" and routes - {"observation"}:
                continue
            amounts = {term.name.key: term.amount for term in found}
            complete = {key: amount for key, amount in amounts.items() if amount is not None}
            verdict = judge(identity, complete) if len(complete) == len(amounts) else None
            yield Judged(identity, region, period, found, verdict)


def _is_vacuous(terms: Sequence[IdentityTerm]) -> bool:
    """Whether a whole would be held against the parts it was put together from, or there are no parts."""
    below = [term for term in terms if term.name.shift == "children"]
    others = [value for term in terms if term.name.shift != "children" for value in term.values]
    return any(not term.values for term in below) or (
        bool(below) and any(value.route == "children" for value in others)
    )


def _term(
    reader: Reader, name: expressions.Name, region: Region, below: Sequence[Region], period: Period
) -> IdentityTerm:
    asked = reader.indicator(name.code, region=region)
    if name.shift == "children":
        return IdentityTerm(name, tuple(reader.values([asked], below, [period])) if below else ())
    shifted = period.year_before if name.shift == "year_before" else period
    return IdentityTerm(name, (reader.value(asked, region, shifted),))


# ── everywhere ──────────────────────────────────────────────────────────────────────────────────────────────────────


def places(regions: Iterable[Region]) -> dict[Period, list[Region]]:
    """Where something is known: the periods reported of each region, and the full years of those that keep records."""
    by_pk = {region.pk: region for region in regions}
    found: dict[Period, dict[int, Region]] = {}
    for pk, code in kept_of([FIGURES], f"places:{sorted(by_pk)}", lambda: _reported_places(by_pk)):
        found.setdefault(Period.parse(code), {})[pk] = by_pk[pk]
    years = {period for period in found if period.length == 12}
    kept = RecordKeeping.objects.filter(ledger.as_of(None), region__in=by_pk)
    for pk, since in kept.values_list("region_id", "since"):
        for year in years:
            if since <= year.first:
                found[year][pk] = by_pk[pk]
    return {period: list(some.values()) for period, some in sorted(found.items(), reverse=True)}


def _reported_places(regions: Iterable[int]) -> list[tuple[int, str]]:
    """The regions, by id, and the periods of which something was reported. One query."""
    rows = Observation.objects.filter(region__in=regions, seq_to__isnull=True, state=State.CONFIRMED)
    rows = rows.exclude(real_period="").exclude(indicator="").order_by()
    return list(rows.values_list("region_id", "real_period").distinct())


def everywhere(regions: Iterable[Region]) -> list[Judged]:
    """Every identity wherever something is known, those that differ first; for pages."""
    reader, wanted = Reader(is_for_page=True), list(identities().values())
    with columns.held():
        found = [each for period, some in places(regions).items() for each in judged(reader, wanted, some, period)]
    return sorted(found, key=lambda each: ORDER.index(each.status))


# ── reported against worked out ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Disagreement:
    """A reported figure that is not what records or a formula say; growth: where it is the growth that disagrees."""

    value: Value
    growth: Growth | None = None


def disagreements(reader: Reader, region: Region, period: Period) -> list[Disagreement]:
    """Where what was reported of a region and period disagrees with what is worked out."""
    asked = list(indicators().values())
    found = []
    for growth in reader.growths(asked, [region], period):
        if not growth.now.agrees:
            found.append(Disagreement(growth.now))
        if growth.reported is not None and not growth.agrees:
            found.append(Disagreement(growth.now, growth))
    return found
