"""Whether anything was ever filed, confirmed or declared in some regions, as conditions; see ``base.beginnings``."""

from typing import Any

from django.db.models import Exists, Q

from xingke.ledger.models import Observation, RecordKeeping, State
from xingke.ledger.tables import TABLES


def any_record(inside: Q, **more: Any) -> Q:
    """A record of any kind, or a reported figure."""
    found = Q(Exists(Observation.objects.filter(inside, seq_to__isnull=True, **more)))
    for kind in TABLES.values():
        found |= Q(Exists(kind.event._default_manager.filter(inside, seq_to__isnull=True, **more)))
    return found


def any_confirmed(inside: Q) -> Q:
    """One that is confirmed."""
    return any_record(inside, state=State.CONFIRMED)


def any_declared(inside: Q) -> Q:
    """A kind whose records are declared complete."""
    return Q(Exists(RecordKeeping.objects.filter(inside, seq_to__isnull=True)))
