"""Where records are kept: the reads."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.ledger.models import RecordKeeping
from xingke.ledger.queries import as_of
from xingke.registry import queries as registry
from xingke.registry.models import Region


def is_record_keeping(region: Region, kind: str, first: date, last: date, *, seq: int | None = None) -> bool:
    """Whether records answer for that region, kind and stretch of time, as declared by ``seq``."""
    return region.pk in record_keeping_regions([region.pk], kind, first, last, seq=seq)


def record_keeping_regions(
    regions: Sequence[int], kind: str, first: date, last: date, *, seq: int | None = None
) -> frozenset[int]:
    """Those of the regions (by id) whose records of a kind are complete over the stretch. One query."""
    rows = RecordKeeping.objects.filter(as_of(seq), kind=kind, since__lte=first, region__in=regions)
    return frozenset(rows.filter(Q(until__isnull=True) | Q(until__gt=last)).values_list("region_id", flat=True))


def keeping_declared(user: User) -> list[RecordKeeping]:
    """The declarations in force where somebody may read records, by region, then kind."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    found = RecordKeeping.objects.filter(registry.in_scope(allowed, organisation=""), seq_to__isnull=True)
    return list(found.select_related("region", "declared_by").order_by("region__path", "kind"))
