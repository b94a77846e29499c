"""Those whom only lists name: a key without a name, by which records name somebody who is not entered yet. The reads.

Whoever enters people somewhere sees those whom records there name, and may say who they are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any  # a record is a row of any kind's table
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.ledger import queries
from xingke.ledger.models import State
from xingke.ledger.queries.holders import hide, seen_by
from xingke.ledger.tables import TABLES, Kind
from xingke.registry import queries as registry
from xingke.registry.models import Person, Region
from xingke.registry.queries import people
from xingke.registry.rules import listed_key

BARE = Q(region=None, merged_into=None, erased_at=None)


@dataclass(frozen=True)
class Listed:
    """Somebody whom only lists name. records: those the reader may see, the newest first. alike: those entered in the
    regions of the records by the very name the lists say, with where they work."""

    person: Person
    records: Sequence[Any]
    alike: Sequence[Person]

    @property
    def regions(self) -> list[Region]:
        """Where the records lie, each once, the newest first."""
        return list({each.region_id: each.region for each in self.records}.values())

    def is_named(self, name: str) -> bool:
        """Whether the lists say this name. False may be wrong: of records that were corrected to another region."""
        return any(listed_key(each.code, name) == self.person.key for each in self.regions)


def _kinds() -> list[Kind]:
    return [kind for kind in TABLES.values() if kind.names.names_persons]


def _records(user: User, kind: Kind) -> QuerySet[Any]:
    """The records of a kind that name somebody, of those a reader may see who may enter people there."""
    readable = queries.readable(registry.scope(user, Permission.RECORD_READ))
    inside = registry.in_scope(registry.scope(user, Permission.PERSON_EDIT), organisation="")
    rows = kind.subject._default_manager.filter(readable, inside, seq_to__isnull=True, person__isnull=False)
    return rows.exclude(state=State.VOID)


def people_listed(user: User, *, regions: Q | None = None, search: str = "") -> QuerySet[Person]:
    """Those whom only lists name, in the regions of a filter, the last to come first. search: in whose record it is, what
    the record is called, or the file it came with. One query, and one for the search."""
    wanted = Q()
    if text := search.strip():
        firms = list(registry.organisations_listed(user, search=text).values_list("pk", flat=True)[:500])
        wanted = Q(organisation__in=firms) | Q(name__icontains=text) | Q(source__icontains=text)
    named = Q(pk__in=())
    for kind in _kinds():
        rows = _records(user, kind).filter(regions or Q(), wanted)
        named |= Q(pk__in=rows.order_by().values("person"))
    return Person.objects.filter(named, BARE).order_by("-pk")


def listed(user: User, found: Collection[Person]) -> list[Listed]:
    """What is known of some of them, in their order. A query a kind, and two."""
    records: dict[int, list[Any]] = {each.pk: [] for each in found}
    for kind in _kinds():
        rows = _records(user, kind).filter(person__in=list(records)).select_related("region", "organisation__region")
        for row in rows.order_by("-happened_on", "-pk"):
            records[row.person_id].append(row)
    hide(seen_by(user), (row for rows in records.values() for row in rows))
    regions = {row.region_id: row.region for rows in records.values() for row in rows}
    alike = people.people_called_there(user, list(regions.values()))
    return [Listed(each, records[each.pk], alike.get(each.key, ())) for each in found]


def listed_person_for(user: User, key: UUID) -> Listed:
    """One of them, or 404 for whoever may not enter people where a record names them."""
    found = people_listed(user).filter(key=key).first()
    if found is None:
        raise Http404
    return listed(user, [found])[0]


def listed_person_shown(user: User, pk: int) -> Person | None:
    """The one a record names, where the reader may say who that is."""
    if not registry.has(user, Permission.PERSON_EDIT):
        return None
    return people_listed(user).filter(pk=pk).first()


def called_so(user: User, person: Person) -> Listed | None:
    """Whom lists of somebody's region name by the very name, where the reader may say that it is them."""
    other = people.called_so(person)
    shown = people_listed(user).filter(pk=other.pk).first() if other is not None else None
    return listed(user, [shown])[0] if shown is not None else None


def places_of(person: Person) -> list[Region]:
    """Where the records in force lie that name somebody, drafts too, whoever may see them. Two queries a kind, and one."""
    found: set[int] = set()
    for kind in _kinds():
        for model in (kind.subject, kind.event):
            rows = model._default_manager.filter(person=person, seq_to__isnull=True).exclude(state=State.VOID)
            found.update(rows.order_by().values_list("region", flat=True).distinct())
    return list(Region.objects.filter(pk__in=found))
