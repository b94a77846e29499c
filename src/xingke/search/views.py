"""The search page, and the suggestions under the box in every page's head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from xingke.base.searching import Searchable
from xingke.registry import queries as registry
from xingke.registry.filtering import PAGE_SIZE
from xingke.search import actions, queries, rules
from xingke.search.queries import NUMBER, FoundEntry
from xingke.search.rules import Asked, Piece

SUGGESTED, OF_EACH = 8, 5
ENOUGH, FEW = 2, 6  # characters that are looked for; pages and acts that the palette shows of what was typed
SOON = 500  # changed things that are indexed while somebody waits for the page: a fraction of a second
COUNTED = 10_000  # things that are not indexed yet, up to which they are counted


@dataclass(frozen=True)
class HitLine:
    """A hit with the words that were found apart."""

    kind: Any  # the kind's lazy label
    title: Sequence[Piece]
    line: Sequence[Piece]
    passage: Sequence[Piece]
    url: str
    is_fictional: bool


@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    kinds = queries.findable(user)
    text = request.GET.get("q", "").strip()[: rules.LONGEST]
    asked = rules.asked(text, registry.wordings())
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]  # django_htmx adds it
        found = queries.best(user, asked, each=3) if asked else []
        nearest = sorted(found, key=lambda each: each.near)[:SUGGESTED]
        return render(request, "search/search.html#suggestions", {"lines": [_line(each, asked) for each in nearest]})
    left = 0 if actions.catch_up(limit=SOON) else actions.count_left(most=COUNTED)
    counts = queries.counts(user, asked) if asked else {}
    chosen = next((each for each in kinds if each.code == request.GET.get("kind")), None)
    context = {
        "text": text,
        "asked": asked,
        "kinds": kinds,
        "chosen": chosen,
        "left": left,
        "counted": COUNTED,
        "total": sum(counts.values()),
        "tabs": [
            (each, counts.get(each.code, 0)) for each in kinds if each.code in counts or (each == chosen and asked)
        ],
    }
    if not asked:
        return render(request, "search/search.html", context)
    if chosen is None:
        found = queries.best(user, asked, each=OF_EACH)
        context["numbers"] = [_line(each, asked) for each in found if each.near == NUMBER]
        context["groups"] = _groups(found, counts, asked)
    else:
        page = Paginator(queries.listed(user, asked, chosen.code), PAGE_SIZE).get_page(request.GET.get("page"))
        found = queries.shown(page.object_list)
        context |= {"page": page, "lines": [_line(each, asked) for each in found]}
    context["is_fictional"] = any(each.hit.is_fictional for each in found)
    return render(request, "search/search.html", context)


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """What the palette shows of what was typed: where to go, what to begin, what was found. A part of a page and none itself."""
    user = registry.reader(request.user)
    text = request.GET.get("q", "").strip()[: rules.LONGEST]
    ways = queries.ways(user, text)
    is_looked_for = len(text) >= ENOUGH and queries.may_find(user)
    asked = rules.asked(text, registry.wordings()) if is_looked_for else Asked()
    found = sorted(queries.best(user, asked, each=3), key=lambda each: each.near) if asked else []
    context = {
        "text": text,
        "go": ways.go[: FEW if text else None],
        "begin": ways.begin[: FEW if text else None],
        "lines": [_line(each, asked) for each in found[:SUGGESTED]],
        "all_url": f"{reverse('search:search')}?{urlencode({'q': text})}" if asked else "",
    }
    return render(request, "search/palette.html", context)


def _groups(
    found: Sequence[FoundEntry], counts: Mapping[str, int], asked: Asked
) -> list[tuple[Searchable, int, Sequence[HitLine]]]:
    """The best of each kind and how many there are; what was found by its number stands above them already."""
    kinds = dict.fromkeys(each.kind.code for each in found)
    groups: list[tuple[Searchable, int, Sequence[HitLine]]] = []
    for code in kinds:
        own = [each for each in found if each.kind.code == code]
        if lines := [_line(each, asked) for each in own if each.near != NUMBER]:
            groups.append((own[0].kind, counts.get(code, len(own)), lines))
    return groups


def _line(found: FoundEntry, asked: Asked) -> HitLine:
    hit = found.hit
    return HitLine(
        found.kind.label,
        rules.marked(hit.title, asked.marks),
        rules.marked(hit.line, asked.marks),
        rules.marked(rules.passage(hit.passage, asked.marks), asked.marks),
        hit.url,
        hit.is_fictional,
    )
