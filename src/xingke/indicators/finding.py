"""Indicators for the search."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy

from xingke.accounts.permissions import Permission
from xingke.base.searching import Hit, Searchable, Text
from xingke.indicators import wording
from xingke.indicators.queries import indicators
from xingke.registry import queries as registry


def _changed(after: int, upto: int) -> Iterable[str]:
    return registry.definitions_loaded("indicator", after, upto)


def _texts(keys: Sequence[str]) -> Iterator[Text]:
    known = indicators()
    for each in (known[key] for key in keys if key in known):
        said = [each.meaning.zh, each.meaning.en, each.source, each.code.replace("_", " ")]
        yield Text(key=each.code, names=f"{each.label.zh} {each.label.en}", identifier=each.code, text=" ".join(said))


def _hits(keys: Sequence[str]) -> Mapping[str, Hit]:
    known, language = indicators(), get_language() or "zh"
    return {
        key: Hit(
            title=known[key].label.in_language(language),
            line=" · ".join([wording.group_word(known[key].group), known[key].meaning.in_language(language)]),
            url=reverse("indicators:indicator", args=[key]),
        )
        for key in keys
        if key in known
    }


INDICATORS = Searchable(
    code="indicator",
    label=pgettext_lazy("several", "指标"),
    permission=Permission.INDICATOR_READ,
    order=20,
    changed=_changed,
    texts=_texts,
    hits=_hits,
    is_everywhere=True,
)
