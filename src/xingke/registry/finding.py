"""Organisations and persons for the search."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from xingke.accounts.permissions import Permission
from xingke.base.pinyin import initials
from xingke.base.searching import Hit, Searchable, Text
from xingke.registry import queries
from xingke.registry.models import Organisation, Person, Region
from xingke.registry.queries import people


def _changed(after: int, upto: int) -> Iterable[str]:
    return (str(key) for key in queries.organisations_changed(after, upto).values_list("key", flat=True).iterator())


def _texts(keys: Sequence[str]) -> Iterator[Text]:
    for each in Organisation.objects.filter(key__in=keys).select_related("region__parent", "zone"):
        yield Text(
            key=str(each.key),
            names=each.name,
            identifier=each.credit_code,
            path=each.region.path,
            organisation=each.pk,
            text=" ".join([each.region.name, each.zone.name if each.zone else "", each.get_kind_display()]),
            initials=initials(each.name, places=_places(each.region)),
        )


def _places(region: Region) -> list[str]:
    """What the names of a region's firms begin with: it, or what it lies in."""
    return [region.name, *([region.parent.name] if region.parent else [])]


def _hits(keys: Sequence[str]) -> Mapping[str, Hit]:
    return {str(each.key): _hit(each) for each in Organisation.objects.filter(key__in=keys).select_related("region")}


def _hit(each: Organisation) -> Hit:
    about = [each.get_kind_display(), each.credit_code, each.region.name]
    return Hit(
        title=each.name,
        line=" · ".join(part for part in about if part),
        url=reverse("registry:organisation", args=[each.key]),
        is_fictional=each.is_fictional,
    )


ORGANISATIONS = Searchable(
    code="organisation",
    label=pgettext_lazy("several", "单位"),
    permission=Permission.ORGANISATION_READ,
    order=10,
    changed=_changed,
    texts=_texts,
    hits=_hits,
    recipe=2,
)


# ── persons: a name, a place and where somebody works; of what is sealed nothing is ever indexed or shown ────────────


def _people_changed(after: int, upto: int) -> Iterable[str]:
    return (str(key) for key in people.people_changed(after, upto))


def _person_texts(keys: Sequence[str]) -> Iterator[Text]:
    for each in people.people_by_key(keys):
        yield Text(
            key=str(each.key),
            names=each.name,
            path=each.region.path if each.region else None,
            organisation=each.organisation_id,
            text=" ".join([each.region.name if each.region else "", *people.work_of(each)]),
            initials=initials(each.name, is_person=True),
        )


def _person_hits(keys: Sequence[str]) -> Mapping[str, Hit]:
    return {str(each.key): _person_hit(each) for each in people.people_by_key(keys)}


def _person_hit(each: Person) -> Hit:
    about = [*people.work_of(each), each.region.name if each.region else ""]
    return Hit(
        title=each.name,
        line=" · ".join(part for part in about if part),
        url=reverse("registry:person", args=[each.key]),
        is_fictional=each.is_fictional,
    )


PEOPLE = Searchable(
    code="person",
    label=pgettext_lazy("several", "人员"),
    permission=Permission.PERSON_READ,
    order=15,
    changed=_people_changed,
    texts=_person_texts,
    hits=_person_hits,
    recipe=1,
)
