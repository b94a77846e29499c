"""Organisations for the search."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from xingke.accounts.permissions import Permission
from xingke.base.searching import Hit, Searchable, Text
from xingke.registry import queries
from xingke.registry.models import Organisation


def _changed(after: int, upto: int) -> Iterable[str]:
    return (str(key) for key in queries.organisations_changed(after, upto).values_list("key", flat=True).iterator())


def _texts(keys: Sequence[str]) -> Iterator[Text]:
    for each in Organisation.objects.filter(key__in=keys).select_related("region", "zone"):
        yield Text(
            key=str(each.key),
            names=each.name,
            identifier=each.credit_code,
            path=each.region.path,
            organisation=each.pk,
            text=" ".join([each.region.name, each.zone.name if each.zone else "", each.get_kind_display()]),
        )


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
    recipe=1,
)
