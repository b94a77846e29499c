"""How a case stands in what it shares with others, as far as its next step depends on it."""

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
    open_still = Q(publicity__objections__answered_at__isnull=True, publicity__objections__isnull=False)
    against = Q(publicity__objections__item__isnull=True) | Q(publicity__objections__item=F("pk"))
    found = (
        PublicityItem.objects.filter(case=case)
        .annotate(open_still=Count("publicity__objections", filter=open_still & against, distinct=True))
        .order_by("-pk")
        .values_list("publicity__until", "open_still")
        .first()
    )
    return PublicityStanding(*found) if found is not None else PublicityStanding()
