"""What confirming many records is about: which they are, where, and whether indicators will count them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.ledger.actions import ConfirmationPlan
from xingke.ledger.queries import keeping
from xingke.ledger.queries.events import TimelineEntry
from xingke.ledger.tables import TABLES
from xingke.ledger.words import kind_word
from xingke.registry.models import Region

PAGE = "records-confirm"  # upper rooms add panels to it: see ``Intended``
Place = tuple[str, Region]  # kind, region


@dataclass(frozen=True)
class Intended:
    """What somebody is about to confirm, for the panels of its page. records: keys by kind, all of which can be.

    count: how many they are; until: the number of the ledger they were seen at; entries: the first of them; places:
    kinds and regions of all of them.
    """

    by: User
    records: Mapping[str, Sequence[UUID]]
    count: int
    until: int
    entries: Sequence[TimelineEntry]
    places: Sequence[Place]


def places_of(plan: ConfirmationPlan) -> list[Place]:
    """The kinds and regions of what a plan confirms, each once."""
    found: dict[tuple[str, int], Place] = {}
    for code, changes in plan.versions.items():
        for row, _columns in changes:
            if isinstance(row, TABLES[code].event):
                found.setdefault((code, row.region_id), (code, row.region))
    return list(found.values())


def uncounted(places: Sequence[Place]) -> list[str]:
    """The kinds and regions whose records nobody has declared complete, so that indicators do not count them. One query."""
    regions = {region.pk for _kind, region in places}
    kept = keeping.kept_now(regions)
    return [
        _("%(region)s的%(kind)s") % {"region": region.name, "kind": kind_word(kind)}
        for kind, region in places
        if (kind, region.pk) not in kept
    ]


def confirmed_words(done: int, left: int, silent: Sequence[str]) -> str:
    """What was done, and whether it counts from now on: only where the records are declared complete."""
    said = [
        _("已确认 %(done)d 条，从现在起计入指标；") % {"done": done}
        if not silent
        else _("已确认 %(done)d 条；%(what)s还没有声明完整，指标暂不计数；")
        % {"done": done, "what": _("、").join(silent[:5])}
    ]
    said.append(_("%(left)d 条没有确认，仍在这里。") % {"left": left})
    return "".join(said)
