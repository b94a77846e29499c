"""Persons: the reads."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from xingke.accounts import queries as accounts
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.registry import sealing
from xingke.registry.models import Employment, Person, Region
from xingke.registry.queries import in_scope, own_persons, scope
from xingke.registry.rules import listed_key

SHOWN = {"phone": (3, 4), "email": (1, 4), "address": (6, 0), "identity": (3, 2)}
"""How much of what is sealed everybody may see who may read the person: so many signs at the front, so many at the end."""


def people_visible_to(user: User) -> QuerySet[Person]:
    """The persons somebody may see, without those merged into another, or forgotten."""
    allowed = scope(user, Permission.PERSON_READ)
    alive = Person.objects.filter(merged_into=None, erased_at=None).exclude(name="")
    return alive.filter(in_scope(allowed)).select_related("region", "organisation")


def may_name(user: User, person: Person) -> bool:
    """Whether somebody may say that something is a person's: who sees them, and who acts in their name."""
    is_own = person.pk in {each.pk for each in own_persons(user)}
    return is_own or people_visible_to(user).filter(pk=person.pk).exists()


def erased_owners() -> set[UUID]:
    """Of whom nothing is sealed any more and never will be under the same key: persons who were erased or merged, and what upper rooms say."""
    gone = Person.objects.filter(sealed="").exclude(erased_at=None, merged_into=None)
    return set(gone.values_list("key", flat=True)).union(*(sealer.erased() for sealer in sealing.SEALERS))


def people_listed(user: User, *, search: str = "") -> QuerySet[Person]:
    """Those whose name, or whose employer's, holds ``search``. Never by number: an address stands in logs and histories."""
    wanted = search.strip()
    if not wanted:
        return people_visible_to(user)
    found = Q(name__icontains=wanted) | Q(employments__employer__icontains=wanted, employments__until=None)
    return people_visible_to(user).filter(found).distinct()


def people_in(regions: Collection[int]) -> QuerySet[Person]:
    """Those entered in some regions, by id, without those merged into another or forgotten, the first entered last."""
    alive = Person.objects.filter(region__in=regions, merged_into=None, erased_at=None).exclude(name="")
    return alive.select_related("region").order_by("-pk")


def people_by_key(keys: Sequence[str]) -> QuerySet[Person]:
    """Those of some keys who are somebody of their own, with where they work. For the search, which knows who asks."""
    alive = Person.objects.filter(key__in=keys, region__isnull=False, merged_into=None, erased_at=None).exclude(name="")
    return alive.select_related("region").prefetch_related("employments")


def work_of(person: Person) -> tuple[str, str]:
    """Where somebody works now, and as what; loaded with ``employments``."""
    now = next((job for job in person.employments.all() if job.until is None), None)
    return (now.employer, now.post) if now else ("", "")


def people_changed(after: int, upto: int) -> Iterator[UUID]:
    """The persons entered, changed, merged or forgotten after a ledger number and up to another, some more than once."""
    if not after:
        yield from Person.objects.filter(region__isnull=False).values_list("key", flat=True).iterator()
        return
    for target, detail in accounts.changes_to("person", after, upto):
        yield UUID(target)
        if gone := detail.get("merged"):
            yield UUID(gone)


def people_called_there(user: User, regions: Collection[Region]) -> dict[UUID, list[Person]]:
    """Those somebody may see who are entered in some regions, by the key a list there would name them by. Two queries."""
    found: dict[UUID, list[Person]] = {}
    for each in people_visible_to(user).filter(region__in=regions).prefetch_related("employments").order_by("pk"):
        if each.region is not None:
            found.setdefault(listed_key(each.region.code, each.name), []).append(each)
    return found


def called_so(person: Person) -> Person | None:
    """Whom lists of somebody's region name by their name, where that is another who is not entered yet."""
    if person.region is None:
        return None
    key = listed_key(person.region.code, person.name)
    return Person.objects.filter(key=key, region=None, merged_into=None, erased_at=None).first()


def people_called(user: User, text: str) -> list[Person]:
    """Those somebody may see who are called so: by name, by name and employer in brackets, or by key; two at most."""
    visible = people_visible_to(user)
    with suppress(ValueError):
        return list(visible.filter(key=UUID(text)))
    return list(_called(visible, text)[:2])


def _called(known: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those of some who are called so: by name, or by name and employer in brackets."""
    name, bracket, employer = text.replace("(", "（").replace(")", "）").rstrip("）").partition("（")
    found = known.filter(name=name.strip())
    if bracket:
        found = found.filter(employments__employer=employer.strip(), employments__until=None)
    return found.distinct()


def people_of(region: Region) -> QuerySet[Person]:
    """Those entered who belong to a region: they live there, or where they work lies in it."""
    low, high = region.range
    lives = Q(region__path__gte=low, region__path__lt=high)
    works = Q(organisation__region__path__gte=low, organisation__region__path__lt=high)
    alive = Person.objects.filter(region__isnull=False, merged_into=None, erased_at=None)
    return alive.filter(lives | works)


def person_of(region: Region, text: str) -> Person | None:
    """The one person of a region somebody names by key, by name, or by name and employer in brackets; None for nobody and for
    several: for whoever gives roles, who may see no persons and is told no more than whether there is exactly one.

    The key may be that of an entry that was merged into theirs.
    """
    known = people_of(region)
    with suppress(ValueError):
        return known.filter(Q(key=UUID(text.strip())) | Q(merged__key=UUID(text.strip()))).distinct().first()
    found = list(_called(known.exclude(name=""), text)[:2])
    return found[0] if len(found) == 1 else None


def granted_as(person: Person) -> Q:
    """The grants that were given for somebody, or for whoever turned out to be them."""
    return Q(person=person) | Q(person__merged_into=person)


def told_apart(user: User, person: Person) -> str:
    """What ``people_called`` finds only this person by: the name, with the employer in brackets where need be, or the key."""
    employer, _post = work_of(person)
    ways = (person.name, f"{person.name}（{employer}）" if employer else "")
    return next((way for way in ways if way and people_called(user, way) == [person]), str(person.key))


def person_for(user: User, key: UUID) -> Person:
    """One person, or whom they were merged into; 404 for whoever may not see them."""
    found = Person.objects.filter(key=key).select_related("merged_into").first()
    who = found.merged_into if found is not None and found.merged_into is not None else found
    shown = people_visible_to(user).filter(pk=who.pk).first() if who is not None else None
    if shown is None:
        raise Http404
    return shown


def person_shown(user: User, pk: int) -> Person | None:
    """The person of a record, or whom they were merged into; None for whoever may not see them."""
    return people_visible_to(user).filter(Q(pk=pk) | Q(merged=pk)).first()


def employments_of(person: Person) -> QuerySet[Employment]:
    """Where somebody works and worked, the newest first, with what stood under the entries merged into theirs."""
    return Employment.objects.filter(Q(person=person) | Q(person__merged_into=person))


def known_as(person: Person) -> UUID | None:
    """What tells a person from others: their key, or that of whom they were merged into; None for one an import named, of
    whom the register knows nothing: it may be anybody. person: loaded with ``merged_into``."""
    if person.merged_into is not None:
        return person.merged_into.key
    return person.key if person.region_id is not None else None


def merged_into(seq: int | None = None) -> dict[int, int]:
    """Who had turned out to be whom at a ledger number (None: now), by id. One query."""
    merged = Person.objects.filter(merged_into__isnull=False)
    if seq is None:
        return {pk: other for pk, other in merged.values_list("pk", "merged_into") if other is not None}
    then = merged.filter(Q(merged_seq=None) | Q(merged_seq__lte=seq))
    rows = then.values_list("pk", "merged_first", "merged_into")
    found = {pk: other for pk, first, last in rows if (other := first or last) is not None}
    for pk, other in found.items():
        while other in found:  # nobody was ever merged into who was merged before: no circle
            other = found[other]
        found[pk] = other
    return found


def facts_of(person: Person) -> dict[str, str]:
    """What is sealed of somebody. Only for actions and pages that may open it."""
    return sealing.unseal(person.key, person.sealed)


def masked(facts: Mapping[str, str]) -> dict[str, str]:
    """The same, so that it is known again but not read: 138****5678."""
    return {name: _masked(text, *SHOWN[name]) for name, text in facts.items() if text}


def _masked(text: str, front: int, end: int) -> str:
    if len(text) <= front + end:
        return "*" * len(text)
    return text[:front] + "*" * (len(text) - front - end) + (text[-end:] if end else "")
