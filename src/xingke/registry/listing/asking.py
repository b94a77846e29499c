"""What somebody asks of a list: read from the address, narrowed to their scope, and said again as fields, chips and addresses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any  # fields of filter_bar are a template's mappings
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.periods import Period
from xingke.press.exports import wants_file
from xingke.registry import filtering, queries
from xingke.registry.listing.paging import any_of
from xingke.registry.listing.rules import (
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    ListColumn,
    ListFilter,
    OwnFilter,
    RegionFilter,
    SearchFilter,
    SectionFilter,
    day_or_none,
)
from xingke.registry.models import Region
from xingke.registry.rules import Scope

TAKE_BACK = "?clear=1"  # the address of a list with nothing chosen: one without it brings back what was
LONGEST = 200  # signs of anything typed


@dataclass
class ListRequest:
    """What is asked of a list, and by whom. ``rows``, ``load`` and all the rest of a declaration are given this.

    values: what is typed and chosen, by the names of the filters; "" for nothing. allowed: where the reader may see rows.
    kept: what ``load`` and ``further`` want to know of one another.
    """

    listed: DeclaredList
    request: HttpRequest
    reader: User
    allowed: Scope
    values: Mapping[str, str]
    kept: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def is_file(self) -> bool:
        """Whether every row is asked for as a file."""
        return wants_file(self.request)

    @cached_property
    def regions(self) -> dict[str, filtering.RegionChoice]:
        """The regions chosen, by the names of their filters."""
        return {
            each.name: filtering.choose_region(self.allowed, self.values[each.name], name=each.name)
            for each in self.listed.filters
            if isinstance(each, RegionFilter)
        }

    @property
    def region(self) -> Region | None:
        """The region chosen, where one was."""
        return next((choice.region for choice in self.regions.values() if choice.region), None)

    @property
    def problem(self) -> str:
        """Why nothing is found, where a choice has no answer."""
        return next((choice.problem for choice in self.regions.values() if choice.problem), "")

    @cached_property
    def narrow(self) -> Q:
        """What the filters keep, but for those the list's ``rows`` see to."""
        kept = Q()
        for each in self.listed.filters:
            kept &= self._kept_by(each)
        return kept

    def _kept_by(self, each: ListFilter) -> Q:
        match each:
            case RegionFilter():
                return self.regions[each.name].narrow(each.path) if each.path else Q()
            case DayFilter() if each.path:
                first, last = (day_or_none(self[name]) for name in each.names)
                ends = {f"{each.path}__gte": first, f"{each.path}__lte": last}
                return Q(**{path: day for path, day in ends.items() if day})
            case OwnFilter() if each.path and self[each.name]:
                return Q(**{each.path: self.reader.pk})
            case SectionFilter() if self[each.name]:
                return self._of_my_sections(each)
            case SearchFilter() | ChoiceFilter() if each.narrow and self[each.name]:
                kept: Q = each.narrow(self[each.name])
                return kept
        return Q()

    def _of_my_sections(self, each: SectionFilter) -> Q:
        """The rows of the sections the reader works in, at each of their bureaus."""
        mine = []
        for region in queries.own_regions(self.reader):
            sections = queries.sections_of(self.reader, region)
            prefix = f"{each.region}__path" if each.region else "path"
            low, high = region.range
            there = Q(**{f"{prefix}__gte": low, f"{prefix}__lt": high})
            mine.append(there if sections is None else there & Q(**{f"{each.path}__in": sorted(sections)}))
        return any_of(mine)

    @cached_property
    def fields(self) -> list[dict[str, Any]]:
        """The fields of a filter_bar, with what is chosen in them."""
        return [*self.leading_fields, *self.further_fields]

    @cached_property
    def leading_fields(self) -> list[dict[str, Any]]:
        """Those that are seen at once."""
        return [found for each in self.listed.filters[: self.listed.leading] for found in self._fields_of(each)]

    @cached_property
    def further_fields(self) -> list[dict[str, Any]]:
        """Those that are folded away until one of them is chosen."""
        return [found for each in self.listed.filters[self.listed.leading :] for found in self._fields_of(each)]

    def _fields_of(self, each: ListFilter) -> Iterator[dict[str, Any]]:
        match each:
            case RegionFilter():
                if found := self.regions[each.name].field:
                    yield dict(found)
            case DayFilter():
                for name, word in zip(each.names, (_("%(what)s从"), _("%(what)s到")), strict=True):
                    typed = self[name] if day_or_none(self[name]) else ""
                    yield {"name": name, "label": word % {"what": str(each.label)}, "kind": "day", "value": typed}
            case OwnFilter() | SectionFilter():
                options = [{"value": "1", "label": _("是")}]
                yield {
                    "name": each.name,
                    "label": str(each.label),
                    "kind": "check",
                    "value": self[each.name] and "1",
                    "options": options,
                }
            case SearchFilter(is_month=True):
                yield {
                    "name": each.name,
                    "label": str(each.label),
                    "kind": "month",
                    "value": month.code if (month := month_of(self[each.name])) else "",
                }
            case SearchFilter():
                yield filtering.search(each.name, str(each.label), self[each.name], str(each.placeholder))
            case ChoiceFilter():
                everything = each.everything() if each.everything else ""
                yield filtering.select(each.name, str(each.label), self[each.name], each.options(self), everything)

    @property
    def chosen(self) -> dict[str, str]:
        """What was typed and chosen, without what was left open."""
        return {name: value for name, value in self.values.items() if value}

    def address(self, **changes: str) -> str:
        """The address of the same list with the same choices but for some; "" takes one away. Always on its first page."""
        keep = {name: self.request.GET.get(name, "") for name in ("sort", "columns")}
        query = {name: value for name, value in {**self.chosen, **keep, **changes}.items() if value}
        return f"?{urlencode(query)}" if query else TAKE_BACK

    @property
    def chips(self) -> list[dict[str, str]]:
        """What is chosen, each with the address that takes it back."""
        found = []
        for each in self.fields:
            if value := each.get("value"):
                words = {option["value"]: option["label"] for option in each.get("options", ())}
                said = "" if each.get("kind") == "check" else words.get(value, value)
                found.append({"label": each["label"], "value": said, "url": self.address(**{each["name"]: ""})})
        return found


def month_of(text: str) -> Period | None:
    """A month as the browser writes it, 2026-11; None for anything else."""
    try:
        found = Period.parse(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.length == 1 else None


def ask(listed: DeclaredList, request: HttpRequest) -> ListRequest:
    """What a request asks of a list; 404 for whoever may see nothing of the kind."""
    reader = queries.reader(request.user)
    allowed = require_list(reader, listed)
    return ListRequest(listed, request, reader, allowed, typed_values(listed, request.GET))


def require_list(reader: User, listed: DeclaredList) -> Scope:
    """Where somebody may see rows of a list; 404 for whoever may see nothing of the kind."""
    if allowed := where_listed(reader, listed):
        return allowed
    raise Http404


def where_listed(reader: User, listed: DeclaredList) -> Scope:
    """The same; an empty scope for whoever may see nothing of the kind."""
    for each in (listed.permission, *listed.or_permissions):
        allowed = queries.scope(reader, each)
        if allowed.home if listed.of_bureau else allowed:
            return allowed.at_home if listed.of_bureau else allowed
    return Scope()


def typed_values(listed: DeclaredList, typed: QueryDict) -> dict[str, str]:
    """What is typed and chosen, by the names of a list's filters."""
    values = {name: typed.get(name, "").strip()[:LONGEST] for name in filter_names(listed)}
    return values | {
        each.name: each.today(values[each.name]) for each in listed.filters if isinstance(each, ChoiceFilter)
    }


def filter_names(listed: DeclaredList) -> Sequence[str]:
    """The names of a list's filters, as they stand in an address."""
    return [name for each in listed.filters for name in (each.names if isinstance(each, DayFilter) else (each.name,))]


def kept_query(listed: DeclaredList, query: str) -> str:
    """What a view may keep of an address: what a list is narrowed to, its order and its columns; "" for nothing.

    Nothing that does something when it is opened, as a file or taking back what was chosen, and no page, which is another's tomorrow.
    """
    names = {*filter_names(listed), "sort", "columns"}
    said = urlencode([(name, value) for name, value in parse_qsl(query.removeprefix("?")) if value and name in names])
    return f"?{said}" if said else ""


def all_columns(asked: ListRequest) -> list[ListColumn]:
    """The columns of a list as it is asked for."""
    listed = asked.listed
    return [*listed.columns, *(listed.further(asked) if listed.further else ())]
