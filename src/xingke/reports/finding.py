"""Documents for the search: their titles and every sentence they say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from xingke.accounts import queries as accounts
from xingke.accounts.permissions import Permission
from xingke.base.searching import Hit, Searchable, Text
from xingke.base.templatetags.xk import day
from xingke.press import tree
from xingke.reports import queries
from xingke.reports.models import DisclosureStep, Document
from xingke.reports.queries import tree_of
from xingke.reports.rules import disclosure


def _changed(after: int, upto: int) -> Iterable[str]:
    replaced = DisclosureStep.objects.filter(step=disclosure.SUPERSEDED, seq__gt=after, seq__lte=upto)
    yield from accounts.targets_changed("document", after, upto)
    yield from (str(key) for key in replaced.values_list("document", flat=True).distinct())  # is no target of its own


def _said(document: Document) -> str:
    return "".join(tree.plain(passage) for passage in tree.passages(tree_of(document)))


def _texts(keys: Sequence[str]) -> Iterator[Text]:
    found = Document.objects.filter(key__in=keys).select_related("region")
    finished = set(queries.finished(found).values_list("pk", flat=True))
    for each in found:
        yield Text(
            key=str(each.key),
            names=each.title,
            identifier=str(each.key),
            text=_said(each),
            path=each.region.path,
            on=timezone.localdate(each.written_at),
            is_finished=each.pk in finished,
        )


def _hits(keys: Sequence[str]) -> Mapping[str, Hit]:
    found = Document.objects.filter(key__in=keys).select_related("region", "written_by")
    return {
        str(each.key): Hit(
            title=each.title,
            url=reverse("reports:document", args=[each.key]),
            passage=_said(each),
            line=" · ".join(
                [
                    each.region.name,
                    gettext("第 %(n)s 版") % {"n": each.edition},
                    day(each.written_at),
                    each.written_by.name,
                ]
            ),
            is_fictional=each.is_fictional,
        )
        for each in found
    }


DOCUMENTS = Searchable(
    code="document",
    label=gettext_lazy("文稿"),
    permission=Permission.DOCUMENT_READ,
    order=30,
    changed=_changed,
    texts=_texts,
    hits=_hits,
    recipe=1,
)
