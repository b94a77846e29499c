"""Choices above lists that many rooms share: the region, the page, the order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any  # a filter_bar field is a template's mapping

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from xingke.registry import queries
from xingke.registry.models import Region
from xingke.registry.rules import Scope

PAGE_SIZE = 50
CHOICES_LIMIT = 60  # more regions than this are typed, not picked


def select(
    name: str, label: str, value: str, options: Sequence[tuple[str, str]], everything: str = ""
) -> dict[str, Any]:
    """A filter_bar field to pick from; its first option means no choice."""
    first = {"value": "", "label": everything or _("全部")}
    rest = [{"value": code, "label": words} for code, words in options]
    return {"name": name, "label": label, "value": value, "options": [first, *rest]}


def search(name: str, label: str, value: str, placeholder: str = "") -> dict[str, Any]:
    """A filter_bar field to type into."""
    return {"name": name, "label": label, "value": value, "kind": "search", "placeholder": placeholder}


@dataclass(frozen=True)
class RegionChoice:
    """What somebody chose of the regions they may see.

    field: for the filter_bar; None where there is nothing to choose. problem: a sentence when no region answers.
    """

    field: Mapping[str, Any] | None
    region: Region | None = None
    problem: str = ""

    def narrow(self, path: str = "region") -> Q:
        """The filter of rows in the chosen region and below; nothing passes an unknown one."""
        if self.problem:
            return Q(pk__in=())
        if self.region is None:
            return Q()
        low, high = self.region.range
        return Q(**{f"{path}__path__gte": low, f"{path}__path__lt": high})


def choose_region(allowed: Scope, text: str, *, name: str = "region") -> RegionChoice:
    """The regions of a scope to choose from, and the chosen one. At most two queries.

    text: a six-digit code, or a name. One that is none of them shows nothing, and says so.
    """
    known = list(queries.regions_within(allowed)[: CHOICES_LIMIT + 1])
    wanted = text.strip()
    if len(known) <= CHOICES_LIMIT:
        chosen = next((region for region in known if wanted and wanted in (region.code, region.name)), None)
        options = [(region.code, region.name) for region in known]
        field = select(name, _("区划"), chosen.code if chosen else "", options) if len(known) > 1 else None
        return RegionChoice(field, chosen, _outside(wanted) if wanted and chosen is None else "")
    field = search(name, _("区划"), wanted, _("名称或六位代码"))
    if not wanted:
        return RegionChoice(field)
    try:
        chosen = queries.region_by_name_or_code(wanted)
    except LookupError:
        return RegionChoice(field, problem=_("没有名为“%(name)s”的区划，请填全称或六位代码。") % {"name": wanted})
    return RegionChoice(field, chosen, "" if allowed.covers(chosen.path) else _outside(wanted))


def _outside(wanted: str) -> str:
    """That a region is none of those somebody may see; whether there is one of that name is not told."""
    return _("您可以查看的范围里没有区划“%(name)s”，请去掉这个条件，或换一个区划。") % {"name": wanted[:64]}


def emptiness(
    request: HttpRequest, title: str, text: str, *, problem: str = "", begin: tuple[str, str] | None = None
) -> dict[str, str]:
    """What a data_table says when it has no rows: loosen the choices if there are any, else why there is nothing.

    begin: where the reader may make a beginning: address and words.
    """
    if problem or any(request.GET.values()):
        return {"empty_text": problem or _("请放宽条件，或检查写法。"), "empty_url": "?"}
    url, action = begin or ("", "")
    return {"empty_title": title, "empty_text": text, "empty_url": url, "empty_action": action}


def order(asked: str, known: Mapping[str, str], usual: str) -> tuple[str, str]:
    """How a list is sorted: the key as asked (``-`` turns it round) and the column behind it.

    known: sort keys of the heads and their columns. Whatever is not known is sorted as usual.
    """
    key = asked if asked.removeprefix("-") in known else usual
    column = known[key.removeprefix("-")]
    return key, f"-{column}" if key.startswith("-") else column


def columns(heads: Sequence[Mapping[str, Any]], sorted_by: str) -> list[dict[str, Any]]:
    """The heads of a data_table with the sorted one marked."""
    marks = {sorted_by.removeprefix("-"): "desc" if sorted_by.startswith("-") else "asc"}
    return [{**head, "sort": marks.get(head.get("key", ""))} for head in heads]
