"""What a text may mean, for whoever chooses a case: among those given, and no more than a few."""

from django.db.models import Q, QuerySet

from xingke.casework.models import Case
from xingke.registry.queries.choosing import MATCHES, Match, key_written


def cases_meant(cases: QuerySet[Case], text: str) -> list[Match]:
    """Those whose number or title, or whose organisation's name, answers, or that of a key; the newest first, one more than is offered."""
    if not text:
        return []
    said = Q(number__icontains=text) | Q(title__icontains=text) | Q(organisation__name__icontains=text)
    if (key := key_written(text)) is not None:
        said = Q(key=key)
    found = cases.filter(said).select_related("organisation", "region").order_by("-pk")
    return [_match(each) for each in found[: MATCHES + 1]]


def case_named(cases: QuerySet[Case], text: str) -> Case | None:
    """The one that a key or a number says."""
    key = key_written(text)
    said = Q(key=key) if key is not None else Q(number=text)
    found = list(cases.filter(said).select_related("organisation", "region")[:2])
    return found[0] if len(found) == 1 else None


def _match(case: Case) -> Match:
    whose = case.organisation.name if case.organisation is not None else ""
    note = " · ".join(filter(None, (case.title if case.number else "", whose, case.region.name)))
    return Match(str(case.key), case.number or case.title, note)
