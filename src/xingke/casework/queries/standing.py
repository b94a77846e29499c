"""How a case stands in what it shares with others, as far as its next step depends on it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q

from xingke.casework.models import Case, PublicityItem


@dataclass(frozen=True)
class PublicityStanding:
    """The publicity a case was in last: until when it runs, and how many objections against it are not answered."""

    until: date | None = None
    objections_open: int = 0


def publicity_standing(case: Case) -> PublicityStanding:
    """The publicity a case was in last. One query."""
    return publicity_standings([case.pk]).get(case.pk, PublicityStanding())


def publicity_standings(cases: Collection[int]) -> dict[int, PublicityStanding]:
    """The publicity each of some cases was in last, by case; those that were in none are left out. One query."""
    open_still = Q(publicity__objections__answered_at__isnull=True, publicity__objections__isnull=False)
    against = Q(publicity__objections__item__isnull=True) | Q(publicity__objections__item=F("pk"))
    found = (
        PublicityItem.objects.filter(case__in=cases)
        .annotate(open_still=Count("publicity__objections", filter=open_still & against, distinct=True))
        .order_by("pk")
        .values_list("case_id", "publicity__until", "open_still")
    )
    return {case: PublicityStanding(until, count) for case, until, count in found}
