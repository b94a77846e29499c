"""Where records are kept: the reads."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.ledger.models import RecordKeeping, State
from xingke.ledger.queries import as_of
from xingke.ledger.tables import TABLES
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


def undeclared(user: User) -> list[tuple[str, str]]:
    """The kinds of which a reader's own regions hold confirmed records that nobody declared complete: the region's name
    and the kind's code. One query."""
    allowed = registry.scope(user, Permission.RECORD_CONFIRM)
    regions = [each for each in registry.own_regions(user) if allowed.covers(each.path)]
    kept = RecordKeeping.objects.filter(region=OuterRef("pk"), seq_to__isnull=True)
    asked = Region.objects.filter(pk__in=[each.pk for each in regions]).order_by("path")
    for kind in TABLES.values():
        held = kind.event._default_manager.filter(region=OuterRef("pk"), seq_to__isnull=True, state=State.CONFIRMED)
        silent = ExpressionWrapper(
            Q(Exists(held)) & ~Q(Exists(kept.filter(kind=kind.code))), output_field=BooleanField()
        )
        asked = asked.annotate(**{f"has_{kind.code}": silent})
    return [(region.name, kind) for region in asked for kind in TABLES if getattr(region, f"has_{kind}")]


def kept_now(regions: Collection[int]) -> set[tuple[str, int]]:
    """The kinds declared complete in regions, as (kind, region id). One query."""
    kept = RecordKeeping.objects.filter(region__in=regions, seq_to__isnull=True)
    return set(kept.values_list("kind", "region_id"))
