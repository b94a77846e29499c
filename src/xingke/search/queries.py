"""The search: the reads. Scope stands in every query, before anything is counted or cut off."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Func, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.http import Http404
from django.urls import NoReverseMatch, reverse

from xingke.accounts.models import User
from xingke.accounts.permissions import PERMISSIONS
from xingke.accounts.queries import current_seq
from xingke.base import menu, searching
from xingke.base.menu import Way
from xingke.base.searching import Hit, Searchable
from xingke.registry import queries as registry
from xingke.search.models import Entry, Progress
from xingke.search.rules import Asked, nearness, recipe

NUMBER, NAME, TEXT = 0, 1, 2  # where the words stand; the lower, the nearer to what was meant


class Says(Func):
    """Whether an entry says what was asked, in its names only or anywhere; each database in its own language."""

    output_field = BooleanField()
    function = None

    def __init__(self, asked: Asked, *, names_only: bool = False) -> None:
        super().__init__()
        self.asked, self.names_only = asked, names_only

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[str, ...]]:
        words = self.asked.fts5()
        matched = "SELECT rowid FROM search_words WHERE search_words MATCH %s"
        return f"search_entry.id IN ({matched})", (f"{{names}} : ({words})" if self.names_only else words,)

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[str, ...]]:
        words = self.asked.tsquery("A" if self.names_only else "")
        return "search_entry.words @@ to_tsquery('simple', %s)", (words,)


@dataclass(frozen=True)
class FoundEntry:
    """A thing that was found, as it is shown."""

    kind: Searchable
    hit: Hit
    near: int  # NUMBER, NAME or TEXT


def findable(user: User) -> list[Searchable]:
    """The kinds somebody may find something of; 404 for whoever may find nothing."""
    held = registry.permissions_of(user)
    found = [each for each in searching.searchables() if each.permission in held]
    if not found:
        raise Http404
    return found


@dataclass(frozen=True)
class WaysOffered:
    """What of the palette is no search: where somebody may go, and what they may begin, the nearest to what was typed first."""

    go: Sequence[Way]
    begin: Sequence[Way]


def ways(user: User, text: str) -> WaysOffered:
    """Where somebody may go and what they may begin that is called so, each address once; everything where nothing was typed."""
    held = registry.permissions_of(user)
    pages = [Way(str(each.label), url, each.icon) for each in menu.visible_to(user) if (url := _address(each.url_name))]
    acts = [
        Way(str(each.label), url, each.icon)
        for each in menu.shortcuts(held)
        if not each.is_look and (url := _address(each.url_name))
    ]
    go = _nearest_ways([*pages, *menu.ways(user, begins=False)], text)
    return WaysOffered(go, _nearest_ways([*acts, *menu.ways(user, begins=True)], text))


def _address(url_name: str) -> str:
    """The address of a page; empty where it is not installed."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _nearest_ways(offered: Iterable[Way], text: str) -> list[Way]:
    once: dict[str, Way] = {}
    for way in offered:
        once.setdefault(way.url, way)
    known = [(near, way) for way in once.values() if (near := nearness(way.label, text)) is not None]
    return [way for _near, way in sorted(known, key=lambda pair: pair[0])]


def may_find(user: User) -> bool:
    """Whether somebody may find something of any kind."""
    return not searching.permissions().isdisjoint(registry.permissions_of(user))


def is_up_to_date() -> bool:
    """Whether the index stands at the ledger's number. Two queries."""
    seq = current_seq()
    known = {(kind, recipe): seq for kind, recipe, seq in Progress.objects.values_list("kind", "recipe", "seq")}
    return all(known.get((each.code, recipe(each)), 0) >= seq for each in searching.searchables())


def counts(user: User, asked: Asked) -> dict[str, int]:
    """How many of each kind say what was asked, of those somebody may read. One query."""
    found = _matching(user, asked).values("kind").annotate(times=Count("pk")).values_list("kind", "times")
    return dict(found.order_by())


def best(user: User, asked: Asked, *, each: int) -> list[FoundEntry]:
    """The nearest ``each`` of every kind, kinds in their order. One query, and a few per kind for what is shown."""
    place = Window(RowNumber(), partition_by="kind", order_by=_nearest())
    rows = _ranked(user, asked).values_list("kind", "key", "near").annotate(place=place).filter(place__lte=each)
    return shown((kind, key, near) for kind, key, near, _place in rows.order_by("kind", "place"))


def listed(user: User, asked: Asked, kind: str) -> QuerySet[Entry, tuple[str, str, int]]:
    """Everything of one kind that says what was asked, the nearest first."""
    found = _ranked(user, asked).filter(kind=kind).order_by(*_nearest())
    return found.values_list("kind", "key", "near")


def shown(rows: Iterable[tuple[str, str, int]]) -> list[FoundEntry]:
    """Rows of the index as hits, in their order within each kind; what has gone since is left out."""
    keys: dict[str, list[str]] = defaultdict(list)
    near: dict[tuple[str, str], int] = {}
    for kind, key, where in rows:
        keys[kind].append(key)
        near[kind, key] = where
    found = []
    for each in (each for each in searching.searchables() if each.code in keys):
        hits = each.hits(keys[each.code])
        found += [FoundEntry(each, hits[key], near[each.code, key]) for key in keys[each.code] if key in hits]
    return found


def _matching(user: User, asked: Asked) -> QuerySet[Entry]:
    return Entry.objects.filter(_readable(user, findable(user)), Says(asked))


def _readable(user: User, kinds: Sequence[Searchable]) -> Q:
    """The entries somebody may read: of each kind those in the scope of its permission."""
    everywhere = [each.code for each in kinds if each.is_everywhere]
    condition = Q(kind__in=everywhere)
    for permission in {each.permission for each in kinds if not each.is_everywhere}:
        codes = [each.code for each in kinds if each.permission == permission and not each.is_everywhere]
        allowed = registry.scope(user, PERMISSIONS[permission].permission)
        inside = registry.in_scope(allowed, region="", organisation="organisation")
        if not allowed.is_all_home:
            inside &= Q(is_finished=True) | registry.in_scope(allowed.at_home, region="", organisation="organisation")
        condition |= Q(inside, kind__in=codes)
    for each in kinds:
        if each.also is not None and (keys := list(each.also(user))):
            condition |= Q(kind=each.code, key__in=keys)
    return condition


def _ranked(user: User, asked: Asked) -> QuerySet[Any, Any]:  # entries annotated with "near"
    """What says what was asked, with where it says so: as its official number, in its names, or in its text."""
    near = Case(
        *([When(identifier=asked.number, then=Value(NUMBER))] if asked.number else []),
        When(Says(asked, names_only=True), then=Value(NAME)),
        default=Value(TEXT),
        output_field=IntegerField(),
    )
    return _matching(user, asked).annotate(near=near)


def _nearest() -> list[Any]:
    return [F("near").asc(), F("on").desc(nulls_last=True), F("id").asc()]
